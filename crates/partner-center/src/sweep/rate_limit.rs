//! Rate limits in requests per minute. Uses the governor crate with the client's clock, so that tests need no real
//! time.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use governor::clock::Reference as _;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};

/// The number of requests that may be sent in any minute. Retries count, as they do for the service.
///
/// The service does not publish its limits, and they change; they show only in its responses. A rate keeps a sweep from
/// using the whole quota when other programs of the same partner need some of it.
///
/// ```
/// use partner_center::sweep::Rate;
///
/// let rate = Rate::per_minute(600)?;
/// assert!(Rate::per_minute(0).is_err());
/// # Ok::<(), partner_center::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    per_minute: NonZeroU32,
}

impl Rate {
    /// Allows at most this many requests in any minute, evenly spread: at 600, one every tenth of a second.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for 0, which would allow no request.
    pub fn per_minute(requests: u32) -> Result<Self> {
        match NonZeroU32::new(requests) {
            Some(per_minute) => Ok(Self { per_minute }),
            None => {
                Err(Error::new(ErrorKind::InvalidInput, "a rate of 0 requests per minute allows no requests")
                    .with_advice("Omit the rate for no limit."))
            }
        }
    }

    /// The quota that keeps any period of one minute within the rate.
    ///
    /// Timers wake late. The requests of a tenth of a second may therefore be sent together, or a high rate would never
    /// be reached. This burst is subtracted from the requests that follow.
    fn quota(self) -> Quota {
        let requests = self.per_minute.get();
        let burst = (requests / 600).max(1);
        // The burst is sent at once, and one more request at the end of each interval within the minute. The interval
        // is rounded up, so that the last one does not end a few nanoseconds early.
        let interval = Duration::from_nanos(60_000_000_000_u64.div_ceil(u64::from(requests - burst + 1)));
        let quota = Quota::with_period(interval).unwrap_or_else(|| Quota::per_minute(self.per_minute));
        quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
    }
}

/// A rate limiter for one key: the partner, or the partner with one customer.
pub(super) struct Limiter(RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Duration>>);

impl Limiter {
    pub(super) fn new(rate: Rate, clock: Arc<dyn Clock>) -> Self {
        let clock = Elapsed { start: clock.now(), clock };
        Self(RateLimiter::direct_with_clock(rate.quota(), clock))
    }

    /// Counts a request that is sent now. If the rate does not allow it, returns how long to wait and counts nothing.
    pub(super) fn admit(&self) -> Result<(), Duration> {
        self.0.check().map_err(|not_yet| {
            let earliest = not_yet.earliest_possible();
            earliest.duration_since(governor::clock::Clock::now(self.0.clock())).into()
        })
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

/// Adapts the client's clock for governor.
struct Elapsed {
    clock: Arc<dyn Clock>,
    start: Instant,
}

impl governor::clock::Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.clock.now().saturating_duration_since(self.start)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;
    use crate::clock::ManualClock;

    /// The time of each request, in nanoseconds.
    fn times(rate: u32, requests: usize, idle: &[u64]) -> Vec<u128> {
        let clock = ManualClock::new();
        let limiter = Limiter::new(Rate::per_minute(rate).unwrap(), Arc::new(clock.clone()));
        let mut idle = idle.iter().cycle();
        (0..requests)
            .map(|_| {
                clock.advance(Duration::from_millis(*idle.next().unwrap()));
                while let Err(wait) = limiter.admit() {
                    assert!(!wait.is_zero(), "the wait must not be zero");
                    clock.advance(wait);
                }
                clock.elapsed().as_nanos()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn no_minute_exceeds_the_rate(
            rate in 1_u32..5_000,
            idle in prop::collection::vec(0_u64..200, 1..10),
        ) {
            let mut minute: VecDeque<u128> = VecDeque::new();
            for time in times(rate, rate as usize * 2 + 10, &idle) {
                minute.push_back(time);
                while minute.front().is_some_and(|first| time - first >= 60_000_000_000) {
                    minute.pop_front();
                }
                prop_assert!(minute.len() <= rate as usize, "{} in a minute at {rate}", minute.len());
            }
        }
    }

    #[test]
    fn the_rate_is_reached() {
        for rate in [1, 7, 600, 60_000] {
            let times = times(rate, rate as usize * 2 + 1, &[0]);
            let (first, last) = (times[0], times[times.len() - 1]);
            let minutes = (last - first) / 1_000_000_000;
            assert!((119..=121).contains(&minutes), "two minutes' worth at {rate} took {minutes} s");
        }
    }

    #[test]
    fn a_rate_of_zero_is_rejected() {
        assert_eq!(Rate::per_minute(0).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
