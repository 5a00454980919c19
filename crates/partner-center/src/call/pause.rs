//! What one throttled call was told, for all calls of the partner.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Clock;

/// Until when the service has asked this partner's calls to wait.
#[derive(Debug, Default)]
pub(crate) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    /// Holds all calls until then, if they are not held longer already.
    pub(crate) fn until(&self, time: Instant) {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Some(until.map_or(time, |held| held.max(time)));
    }

    /// How long calls are still held.
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
        pause.until(now + 5 * second);
        pause.until(now + 2 * second);
        assert_eq!(pause.remaining(&clock), Some(5 * second));
        clock.advance(5 * second);
        assert_eq!(pause.remaining(&clock), None);
    }
}
