//! The emulator's clock, used for token expiry, throttling windows and the `Date` header. Latency and other delays use
//! real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that tests can advance. Clones share the time.
///
/// ```
/// use partner_center_emulator::Clock;
/// use std::time::{Duration, SystemTime};
///
/// let clock = Clock::fixed(SystemTime::UNIX_EPOCH);
/// clock.advance(Duration::from_secs(90 * 24 * 3600));
/// assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(7_776_000));
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    origin: SystemTime,
    /// `None` for a clock that only `advance` moves.
    ticking_since: Option<Instant>,
    advanced_nanos: AtomicU64,
}

impl Clock {
    /// Creates a clock that starts at the system time and runs.
    pub fn system() -> Self {
        Self::new(SystemTime::now(), Some(Instant::now()))
    }

    /// Creates a clock that stays at `time` until [`advance`](Self::advance) moves it.
    pub fn fixed(time: SystemTime) -> Self {
        Self::new(time, None)
    }

    fn new(origin: SystemTime, ticking_since: Option<Instant>) -> Self {
        Self(Arc::new(Inner { origin, ticking_since, advanced_nanos: AtomicU64::new(0) }))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let nanos = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        // Saturates instead of wrapping to the past.
        let _ = self
            .0
            .advanced_nanos
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |so_far| Some(so_far.saturating_add(nanos)));
    }

    /// The current time of the clock.
    pub fn now(&self) -> SystemTime {
        let ticked = self.0.ticking_since.map_or(Duration::ZERO, |since| since.elapsed());
        let advanced = Duration::from_nanos(self.0.advanced_nanos.load(Ordering::Relaxed));
        self.0.origin + ticked + advanced
    }

    /// Whole seconds since 1970, as in tokens.
    pub(crate) fn unix_seconds(&self) -> u64 {
        self.now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}
