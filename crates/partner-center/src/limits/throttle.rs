//! The wait that a throttled call imposes on all calls of the partner.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Clock;

/// The end of the wait requested by the service, if any.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Option<Instant>>);

impl Throttle {
    /// Pauses all calls until `time`. Returns `false` if a longer wait is already in effect.
    pub(crate) fn until(&self, time: Instant) -> bool {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let longer = until.is_none_or(|held| held < time);
        if longer {
            *until = Some(time);
        }
        longer
    }

    /// The time left of the wait.
    pub(crate) fn remaining(&self, clock: &dyn Clock) -> Option<Duration> {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = (*until)?.saturating_duration_since(clock.now());
        if wait.is_zero() {
            *until = None;
            return None;
        }
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn the_longest_pause_holds_and_then_ends() {
        let (throttle, clock) = (Throttle::default(), ManualClock::new());
        let (now, second) = (clock.now(), Duration::from_secs(1));
        assert_eq!(throttle.remaining(&clock), None);
        assert!(throttle.until(now + 5 * second));
        assert!(!throttle.until(now + 2 * second));
        assert_eq!(throttle.remaining(&clock), Some(5 * second));
        clock.advance(5 * second);
        assert_eq!(throttle.remaining(&clock), None);
    }
}
