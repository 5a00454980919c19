//! So many requests a minute: the rate, and what holds requests to it. The algorithm is governor's; time is the
//! client's own clock, so that a test of an hour takes no time.

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

/// How many requests may be sent in any minute, retries included, as the service counts them.
///
/// The service's own limits are not published and shift; what it takes can only be learnt from its answers. A rate
/// keeps a sweep from using up all of it, where other programs of the same partner need some.
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
    /// At most this many requests in any minute. They are spread over the minute: at 600, one every tenth of a second.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for 0, at which no request could ever be sent.
    pub fn per_minute(requests: u32) -> Result<Self> {
        match NonZeroU32::new(requests) {
            Some(per_minute) => Ok(Self { per_minute }),
            None => {
                Err(Error::new(ErrorKind::InvalidInput, "a rate of 0 requests per minute lets none be sent")
                    .with_advice("Leave the rate out for no limit."))
            }
        }
    }

    /// The quota at which no minute, wherever it begins, sees more requests than the rate says.
    ///
    /// Timers wake a little late. A tenth of a second's worth of requests may therefore be sent together; without that,
    /// a high rate would never be reached. What this allows at once is taken off what follows.
    fn quota(self) -> Quota {
        let requests = self.per_minute.get();
        let burst = (requests / 600).max(1);
        // The first requests go at once, and one more at the end of each interval that ends within the minute. Rounded
        // up, lest the last of them ends a few nanoseconds early.
        let interval = Duration::from_nanos(60_000_000_000_u64.div_ceil(u64::from(requests - burst + 1)));
        let quota = Quota::with_period(interval).unwrap_or_else(|| Quota::per_minute(self.per_minute));
        quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
    }
}

/// Holds one key (the partner, or the partner with one customer) to a rate.
pub(super) struct Limiter(RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Duration>>);

impl Limiter {
    pub(super) fn new(rate: Rate, clock: Arc<dyn Clock>) -> Self {
        let clock = Elapsed { start: clock.now(), clock };
        Self(RateLimiter::direct_with_clock(rate.quota(), clock))
    }

    /// Takes note of a request that is sent now; or how long to wait before asking again, and then nothing is noted.
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

/// The client's clock as governor reads it.
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

    /// When each of so many requests was let through, in nanoseconds.
    fn times(rate: u32, requests: usize, idle: &[u64]) -> Vec<u128> {
        let clock = ManualClock::new();
        let limiter = Limiter::new(Rate::per_minute(rate).unwrap(), Arc::new(clock.clone()));
        let mut idle = idle.iter().cycle();
        (0..requests)
            .map(|_| {
                clock.advance(Duration::from_millis(*idle.next().unwrap()));
                while let Err(wait) = limiter.admit() {
                    assert!(!wait.is_zero(), "a refusal must say how long to wait");
                    clock.advance(wait);
                }
                clock.elapsed().as_nanos()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn no_minute_sees_more_than_the_rate(
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
    fn a_rate_of_none_is_refused() {
        assert_eq!(Rate::per_minute(0).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
