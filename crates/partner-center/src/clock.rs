//! Time and chance, injected: what a call asks for the hour, for a wait, for an id and for jitter.
//!
//! Nothing else in this crate reads a clock or draws a random number, so that a test of a ten minute wait takes no
//! time and ends the same way every time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use uuid::Uuid;

/// A boxed future, as object-safe traits of this crate return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a client gets the time from. [`SystemClock`] unless you inject your own.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// A time that never goes back, for deadlines and waits.
    fn now(&self) -> Instant;

    /// The time of day, for token expiry and `Retry-After` dates.
    fn system_time(&self) -> SystemTime;

    /// Ends after this long.
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()>;
}

/// The machine's clock, with waits by tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A clock for tests: a sleep moves it forward and ends at once, and remembers how long it was asked to be.
///
/// ```
/// use std::time::Duration;
/// use partner_center::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now() - before, Duration::from_secs(3600));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: (Instant, SystemTime),
    state: Arc<Mutex<ManualState>>,
}

#[derive(Debug, Default)]
struct ManualState {
    elapsed: Duration,
    sleeps: Vec<Duration>,
}

impl ManualState {
    fn advance(&mut self, by: Duration) {
        self.elapsed = self.elapsed.saturating_add(by).min(FURTHEST);
    }
}

/// A hundred years, after which every system's clocks still count.
const FURTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A time that much later, or in a hundred years if that is sooner.
pub(crate) fn later(time: Instant, by: Duration) -> Instant {
    time.checked_add(by.min(FURTHEST)).unwrap_or(time)
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    /// A clock that stands at the present.
    #[must_use]
    pub fn new() -> Self {
        Self { start: (Instant::now(), SystemTime::now()), state: Arc::default() }
    }

    /// Moves the time forward, by a hundred years in all at most: clocks of some systems go no further.
    pub fn advance(&self, by: Duration) {
        self.state().advance(by);
    }

    /// How long the time has moved since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// Every wait that was asked for, in order.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.state().sleeps.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, ManualState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        self.start.0 + self.elapsed()
    }

    fn system_time(&self) -> SystemTime {
        self.start.1 + self.elapsed()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.state();
        state.advance(wait);
        state.sleeps.push(wait);
        // Other tasks get their turn, as they would during a real wait.
        Box::pin(tokio::task::yield_now())
    }
}

/// Where a client gets ids and jitter from. [`SystemRandom`] unless you inject your own.
pub trait Random: fmt::Debug + Send + Sync + 'static {
    /// A number from 0 up to, but not including, 1.
    fn fraction(&self) -> f64;

    /// A fresh random (version 4) GUID.
    fn uuid(&self) -> Uuid;
}

/// A number from 0 to 1, whatever the source says.
pub(crate) fn fraction(random: &dyn Random) -> f64 {
    let number = random.fraction();
    if number.is_nan() { 0.5 } else { number.clamp(0.0, 1.0) }
}

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fraction(&self) -> f64 {
        // 53 random bits fill the mantissa of an f64 evenly.
        const STEPS: f64 = 9_007_199_254_740_992.0;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
        let step = (Uuid::new_v4().as_u128() >> 75) as f64;
        step / STEPS
    }

    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // S11
    #[test]
    fn a_manual_clock_stops_where_time_does() {
        let clock = ManualClock::new();
        for _ in 0..3 {
            clock.advance(Duration::MAX);
            drop(clock.sleep(Duration::MAX));
        }
        assert_eq!(clock.elapsed(), FURTHEST);
        assert_eq!(later(clock.now(), Duration::MAX) - clock.now(), FURTHEST);
        assert!(clock.system_time() > SystemTime::now());
        assert_eq!(clock.sleeps(), [Duration::MAX; 3]);
    }
}
