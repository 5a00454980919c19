//! The circuit breaker of a sweep: slows requests down during an outage.
//!
//! After several failures in a row it allows one request at a time, as a probe, with a pause between probes that
//! doubles up to a few seconds. The first response closes the breaker. If nothing succeeds for the time limit of a
//! single call, the sweep gives up. The breaker does not read a clock; callers pass the time.

use std::time::{Duration, Instant};

/// This many failures in a row count as an outage.
const FAILURES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Breaker {
    /// Failures since the last response.
    failures: u32,
    /// The time of the first of them, moved forward by the time in which the stream was not polled.
    since: Option<Instant>,
    open: Option<Open>,
    given_up: bool,
}

#[derive(Debug)]
struct Open {
    pause: Duration,
    until: Instant,
    probing: bool,
}

/// Whether an attempt may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BreakerDecision {
    Now,
    /// As a probe.
    Probe,
    /// After this much time has passed.
    After(Duration),
    /// After the probe in progress has ended.
    AfterProbe,
}

impl Breaker {
    pub(super) fn turn(&self, now: Instant) -> BreakerDecision {
        match &self.open {
            None => BreakerDecision::Now,
            Some(open) if open.probing => BreakerDecision::AfterProbe,
            Some(open) if now < open.until => BreakerDecision::After(open.until - now),
            Some(_) => BreakerDecision::Probe,
        }
    }

    /// Records that a probe is sent.
    pub(super) fn probe(&mut self) {
        if let Some(open) = &mut self.open {
            open.probing = true;
        }
    }

    /// Records that the probe has ended, with any result.
    pub(super) fn probe_over(&mut self) {
        if let Some(open) = &mut self.open {
            open.probing = false;
        }
    }

    /// Records a response of the service.
    pub(super) fn answered(&mut self) {
        if self.open.take().is_some() {
            tracing::info!("the service responds again");
        }
        (self.failures, self.since) = (0, None);
    }

    /// Records a failed attempt. `timeout` is how long nothing may succeed before the sweep gives up.
    pub(super) fn failed(&mut self, probe: bool, now: Instant, timeout: Duration) {
        self.failures = self.failures.saturating_add(1);
        self.look_at_the_clock(now, timeout);
        match &mut self.open {
            // It was sent before the breaker opened, so it changes nothing.
            Some(_) if !probe => {}
            Some(open) => {
                open.pause = (open.pause * 2).min(LONGEST_PAUSE);
                open.until = now + open.pause;
            }
            None if self.failures >= FAILURES => {
                self.open = Some(Open { pause: FIRST_PAUSE, until: now + FIRST_PAUSE, probing: false });
            }
            None => {}
        }
    }

    /// Records that the service asked to wait for a given time.
    pub(super) fn held_back(&mut self, probe: bool, now: Instant, timeout: Duration) {
        self.look_at_the_clock(now, timeout);
        if probe && let Some(open) = &mut self.open {
            open.until = now;
        }
    }

    fn look_at_the_clock(&mut self, now: Instant, timeout: Duration) {
        let since = *self.since.get_or_insert(now);
        self.given_up |= now.saturating_duration_since(since) >= timeout;
    }

    /// Excludes time in which the stream was not polled.
    pub(super) fn exclude_idle(&mut self, idle: Duration) {
        self.since = self.since.map(|since| since + idle);
    }

    /// How many attempts have failed in a row.
    pub(super) fn failures(&self) -> usize {
        usize::try_from(self.failures).unwrap_or(usize::MAX)
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// How long nothing has succeeded, if the breaker is open.
    pub(super) fn open_for(&self, now: Instant) -> Option<Duration> {
        self.open.as_ref()?;
        self.since.map(|since| now.saturating_duration_since(since))
    }

    /// Whether nothing has succeeded for too long.
    pub(super) fn has_given_up(&self) -> bool {
        self.given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(180);

    #[test]
    fn an_outage_causes_one_probe_every_few_seconds_until_the_breaker_gives_up() {
        let start = Instant::now();
        let (mut breaker, mut now, mut probes) = (Breaker::default(), start, 0);
        for _ in 0..FAILURES {
            assert_eq!(breaker.turn(now), BreakerDecision::Now);
            breaker.failed(false, now, TIMEOUT);
        }
        let mut pauses = Vec::new();
        while !breaker.has_given_up() {
            let BreakerDecision::After(pause) = breaker.turn(now) else { panic!("{breaker:?}") };
            pauses.push(pause.as_millis());
            now += pause;
            assert_eq!(breaker.turn(now), BreakerDecision::Probe);
            breaker.probe();
            assert_eq!(breaker.turn(now), BreakerDecision::AfterProbe, "one at a time");
            breaker.failed(true, now, TIMEOUT);
            // An attempt that was sent before the breaker opened.
            breaker.failed(false, now, TIMEOUT);
            breaker.probe_over();
            probes += 1;
        }
        assert_eq!(pauses[..7], [250, 500, 1000, 2000, 4000, 5000, 5000]);
        assert!((35..45).contains(&probes), "{probes}");
        assert!(now - start < TIMEOUT + LONGEST_PAUSE);
    }

    #[test]
    fn a_response_closes_the_breaker_and_four_failures_do_not_open_it() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..10 {
            (1..FAILURES).for_each(|_| breaker.failed(false, now, TIMEOUT));
            assert_eq!(breaker.turn(now), BreakerDecision::Now);
            breaker.answered();
        }
        (0..FAILURES).for_each(|_| breaker.failed(false, now, TIMEOUT));
        assert!(breaker.is_open());
        breaker.answered();
        assert_eq!((breaker.turn(now), breaker.open_for(now)), (BreakerDecision::Now, None));
    }

    #[test]
    fn time_without_polling_does_not_count() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        breaker.failed(false, now, TIMEOUT);
        breaker.exclude_idle(2 * TIMEOUT);
        breaker.failed(false, now + 2 * TIMEOUT, TIMEOUT);
        assert!(!breaker.has_given_up());
        breaker.failed(false, now + 3 * TIMEOUT, TIMEOUT);
        assert!(breaker.has_given_up());
    }
}
