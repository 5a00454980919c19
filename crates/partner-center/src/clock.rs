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

/// How far this machine's clock is from a service's, by the `Date` of an answer.
///
/// It is exact to some seconds: the service writes whole ones, and an answer takes its time.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use partner_center::clock::ClockOffset;
///
/// let service = SystemTime::now();
/// let offset = ClockOffset::between(service + Duration::from_secs(7200), service);
/// assert!(offset.is_off() && offset.is_fast() && offset.is_plausible());
/// assert_eq!(offset.to_string(), "2 hours fast");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockOffset {
    fast: bool,
    by: Duration,
}

impl ClockOffset {
    /// Less is what an answer spends on its way.
    const NOTICED: Duration = Duration::from_secs(60);
    /// A service's clock is not believed to be further away than this.
    const PLAUSIBLE: Duration = Duration::from_secs(24 * 3600);

    /// How far `local` is from `service`.
    #[must_use]
    pub fn between(local: SystemTime, service: SystemTime) -> Self {
        match local.duration_since(service) {
            Ok(by) => Self { fast: true, by },
            Err(slow) => Self { fast: false, by: slow.duration() },
        }
    }

    /// By how much.
    #[must_use]
    pub fn by(self) -> Duration {
        self.by
    }

    /// Whether this machine's clock is ahead of the service's.
    #[must_use]
    pub fn is_fast(self) -> bool {
        self.fast
    }

    /// Whether the clocks differ by more than a minute.
    #[must_use]
    pub fn is_off(self) -> bool {
        self.by > Self::NOTICED
    }

    /// Whether the service's date can be believed: it is at most a day away. What is further away is somebody's
    /// mistake, and not certainly this machine's; it is used for `Retry-After` dates, which are its own, and for
    /// nothing else.
    #[must_use]
    pub fn is_plausible(self) -> bool {
        self.by <= Self::PLAUSIBLE
    }

    /// The service's time at this time of this machine; `local` itself if the offset is not plausible.
    #[must_use]
    pub fn service_time(self, local: SystemTime) -> SystemTime {
        let time = match (self.is_plausible(), self.fast) {
            (false, _) => None,
            (true, true) => local.checked_sub(self.by),
            (true, false) => local.checked_add(self.by),
        };
        time.unwrap_or(local)
    }
}

impl fmt::Display for ClockOffset {
    /// Such as `2 hours fast`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", in_words(self.by), if self.fast { "fast" } else { "slow" })
    }
}

/// The time in the largest unit that tells it.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The offset at a service's last answer.
#[derive(Debug, Default)]
pub(crate) struct ClockWatch(Mutex<Option<(http::HeaderValue, ClockOffset)>>);

impl ClockWatch {
    /// Compares the clocks by the headers of an answer that is just coming in.
    pub(crate) fn observe(&self, headers: &http::HeaderMap, clock: &dyn Clock) {
        // An answer out of a cache has the date it had when it was put there.
        if headers.contains_key(http::header::AGE) {
            return;
        }
        let Some(date) = headers.get(http::header::DATE) else { return };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Of many answers in a second one is read.
        if last.as_ref().is_some_and(|(seen, _)| seen == date) {
            return;
        }
        let Some(service) = crate::call::service_time(headers) else { return };
        let offset = ClockOffset::between(clock.system_time(), service);
        let before = last.replace((date.clone(), offset)).map(|(_, before)| before);
        drop(last);
        if offset.is_off() && !before.is_some_and(ClockOffset::is_off) {
            tracing::warn!("this machine's clock is {offset}, by the date of the service's answer");
        }
    }

    pub(crate) fn offset(&self) -> Option<ClockOffset> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, offset)| *offset)
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

    // F10
    #[test]
    fn offsets_are_told_and_the_impossible_is_not_believed() {
        let (hour, service) =
            (Duration::from_secs(3600), SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 31));
        for (local, text, off, plausible) in [
            (service, "0 seconds fast", false, true),
            (service + Duration::from_secs(60), "60 seconds fast", false, true),
            (service + 2 * hour, "2 hours fast", true, true),
            (service - 2 * hour, "2 hours slow", true, true),
            (service - 24 * hour, "24 hours slow", true, true),
            (service + 25 * hour, "25 hours fast", true, false),
            (SystemTime::UNIX_EPOCH, "24855 days slow", true, false),
        ] {
            let offset = ClockOffset::between(local, service);
            assert_eq!(
                (offset.to_string().as_str(), offset.is_off(), offset.is_plausible()),
                (text, off, plausible),
            );
            assert_eq!(offset.service_time(local), if plausible { service } else { local }, "{text}");
        }
    }

    #[test]
    fn the_last_answer_counts_unless_it_comes_out_of_a_cache() {
        let (watch, clock) = (ClockWatch::default(), ManualClock::new());
        let headers = |date: SystemTime| {
            let mut headers = http::HeaderMap::new();
            headers.insert(http::header::DATE, httpdate::fmt_http_date(date).parse().unwrap());
            headers
        };
        watch.observe(&http::HeaderMap::new(), &clock);
        assert_eq!(watch.offset(), None);
        watch.observe(&headers(clock.system_time() - Duration::from_secs(7200)), &clock);
        assert!(watch.offset().unwrap().is_fast() && watch.offset().unwrap().is_off());
        let mut cached = headers(clock.system_time());
        cached.insert(http::header::AGE, "7200".parse().unwrap());
        watch.observe(&cached, &clock);
        assert!(watch.offset().unwrap().is_off());
        watch.observe(&headers(clock.system_time()), &clock);
        assert!(!watch.offset().unwrap().is_off());
    }
}
