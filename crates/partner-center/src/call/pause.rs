//! What one throttled call was told, for all calls of the partner.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

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
    pub(crate) fn remaining(&self, now: Instant) -> Option<Duration> {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *until {
            Some(time) if time > now => Some(time - now),
            Some(_) => {
                *until = None;
                None
            }
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_holds_and_then_ends() {
        let (pause, now) = (Pause::default(), Instant::now());
        let second = Duration::from_secs(1);
        assert_eq!(pause.remaining(now), None);
        pause.until(now + 5 * second);
        pause.until(now + 2 * second);
        assert_eq!(pause.remaining(now), Some(5 * second));
        assert_eq!(pause.remaining(now + 5 * second), None);
    }
}
