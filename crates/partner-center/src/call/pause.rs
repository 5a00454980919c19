//! The pause that a throttled call imposes on all calls of the partner.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Clock;

/// The end of the pause requested by the service, if any.
#[derive(Debug, Default)]
pub(crate) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    /// Pauses all calls until `time`. Returns `false` if a longer pause is already in effect.
    pub(crate) fn until(&self, time: Instant) -> bool {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let longer = until.is_none_or(|held| held < time);
        if longer {
            *until = Some(time);
        }
        longer
    }

    /// The time left of the pause.
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
        let (pause, clock) = (Pause::default(), ManualClock::new());
        let (now, second) = (clock.now(), Duration::from_secs(1));
        assert_eq!(pause.remaining(&clock), None);
        assert!(pause.until(now + 5 * second));
        assert!(!pause.until(now + 2 * second));
        assert_eq!(pause.remaining(&clock), Some(5 * second));
        clock.advance(5 * second);
        assert_eq!(pause.remaining(&clock), None);
    }
}
