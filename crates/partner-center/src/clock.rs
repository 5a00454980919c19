//! Injectable sources of time and randomness.
//!
//! Nothing else in this crate reads a clock or generates random numbers, so a test of a ten-minute wait finishes at
//! once and is deterministic.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use uuid::Uuid;

/// A boxed future, as returned by the object-safe traits of this crate.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The source of time of a client. Default: [`SystemClock`].
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// A monotonic time, for deadlines and waits.
    fn now(&self) -> Instant;

    /// The time of day, for token expiry and `Retry-After` dates.
    fn system_time(&self) -> SystemTime;

    /// Completes after `wait`.
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()>;
}

/// The system clock and tokio's timer. A test that pauses tokio's time also pauses [`Clock::now`] of this clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A clock for tests: a sleep advances the clock, completes at once and is recorded.
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
#[derive(Clone)]
pub struct ManualClock {
    start: (Instant, SystemTime),
    state: Arc<Mutex<ManualState>>,
    on_sleep: Option<Arc<OnSleep>>,
}

/// Called with the length of each sleep.
type OnSleep = dyn Fn(Duration) + Send + Sync;

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

/// A hundred years: the clocks of all systems can represent this.
const FURTHEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Adds `by`, at most a hundred years, to `time`.
pub(crate) fn later(time: Instant, by: Duration) -> Instant {
    time.checked_add(by.min(FURTHEST)).unwrap_or(time)
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    /// Creates a clock that starts at the current time.
    #[must_use]
    pub fn new() -> Self {
        Self { start: (Instant::now(), SystemTime::now()), state: Arc::default(), on_sleep: None }
    }

    /// Calls a function with the length of each sleep of this clock and of its later clones, after the clock has advanced:
    /// for example to advance the clock of an emulator as well.
    ///
    /// ```
    /// use std::time::Duration;
    /// use partner_center::clock::{Clock, ManualClock};
    ///
    /// let other = ManualClock::new();
    /// let advanced = other.clone();
    /// let clock = ManualClock::new().on_sleep(move |wait| advanced.advance(wait));
    /// drop(clock.sleep(Duration::from_secs(60)));
    /// assert_eq!(other.elapsed(), Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn on_sleep(mut self, function: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.on_sleep = Some(Arc::new(function));
        self
    }

    /// Advances the clock, by at most a hundred years in total: some systems cannot represent more.
    pub fn advance(&self, by: Duration) {
        self.state().advance(by);
    }

    /// How far the clock has advanced since it was created.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// All requested waits, in order.
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
        {
            let mut state = self.state();
            state.advance(wait);
            state.sleeps.push(wait);
        }
        if let Some(function) = &self.on_sleep {
            function(wait);
        }
        // Let other tasks run, as they would during a real wait.
        Box::pin(tokio::task::yield_now())
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualClock")
            .field("start", &self.start)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The difference between this machine's clock and the service's, measured by the `Date` header of a response.
///
/// It is accurate to a few seconds: `Date` has whole seconds, and the response takes time to arrive.
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
    /// A smaller offset may be network delay.
    const NOTICED: Duration = Duration::from_secs(60);
    /// A larger offset is not trusted.
    const PLAUSIBLE: Duration = Duration::from_secs(24 * 3600);

    /// The offset of `local` from `service`.
    #[must_use]
    pub fn between(local: SystemTime, service: SystemTime) -> Self {
        match local.duration_since(service) {
            Ok(by) => Self { fast: true, by },
            Err(slow) => Self { fast: false, by: slow.duration() },
        }
    }

    /// The absolute difference.
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

    /// Whether the service's date can be trusted: it differs by at most a day. A larger difference may be the service's
    /// mistake, so such a date is used only to interpret `Retry-After` dates of the same response.
    #[must_use]
    pub fn is_plausible(self) -> bool {
        self.by <= Self::PLAUSIBLE
    }

    /// Converts a local time to the service's time. Returns `local` if the offset is not plausible.
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
    /// Formats the offset as `2 hours fast`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", in_words(self.by), if self.fast { "fast" } else { "slow" })
    }
}

/// Formats a duration in its largest suitable unit, rounded down.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(partner_center::clock::in_words(Duration::from_secs(7300)), "2 hours");
/// ```
#[must_use]
pub fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Tracks the clock offset at the last response.
#[derive(Debug, Default)]
pub(crate) struct ClockWatch(Mutex<Option<(http::HeaderValue, ClockOffset)>>);

impl ClockWatch {
    /// Compares the clocks using the headers of a response that has just arrived.
    pub(crate) fn observe(&self, headers: &http::HeaderMap, clock: &dyn Clock) {
        // A cached response carries the date at which it was stored.
        if headers.contains_key(http::header::AGE) {
            return;
        }
        let Some(date) = headers.get(http::header::DATE) else { return };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Evaluate only one response per second.
        if last.as_ref().is_some_and(|(seen, _)| seen == date) {
            return;
        }
        let Some(service) = crate::retry_after::service_time(headers) else { return };
        let offset = ClockOffset::between(clock.system_time(), service);
        let before = last.replace((date.clone(), offset)).map(|(_, before)| before);
        drop(last);
        if offset.is_off() && !before.is_some_and(ClockOffset::is_off) {
            tracing::warn!("this machine's clock is {offset}, according to the Date header of the service");
        }
    }

    pub(crate) fn offset(&self) -> Option<ClockOffset> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, offset)| *offset)
    }
}

/// The source of ids and jitter of a client. Default: [`SystemRandom`].
pub trait Random: fmt::Debug + Send + Sync + 'static {
    /// A number from 0 up to, but not including, 1.
    fn fraction(&self) -> f64;

    /// A new random (version 4) GUID.
    fn uuid(&self) -> Uuid;
}

/// Returns a number from 0 to 1, even if the source is faulty.
pub(crate) fn fraction(random: &dyn Random) -> f64 {
    let number = random.fraction();
    if number.is_nan() { 0.5 } else { number.clamp(0.0, 1.0) }
}

/// Random numbers from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fraction(&self) -> f64 {
        // The last 53 bits of a random UUID are all random, and fill the mantissa of an f64 evenly.
        const STEPS: f64 = 9_007_199_254_740_992.0;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
        let step = (Uuid::new_v4().as_u128() & ((1 << 53) - 1)) as f64;
        step / STEPS
    }

    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// Numbers for tests: always the same fraction, and GUIDs that are counted. Clones share the count.
///
/// ```
/// use partner_center::clock::{FixedRandom, Random};
///
/// let random = FixedRandom::new(0.5);
/// assert_eq!(random.fraction(), 0.5);
/// assert_ne!(random.uuid(), random.uuid());
/// ```
#[derive(Clone, Debug)]
pub struct FixedRandom {
    fraction: f64,
    uuids: Arc<AtomicU64>,
}

impl FixedRandom {
    /// Creates a source of this fraction, which is returned as it is.
    #[must_use]
    pub fn new(fraction: f64) -> Self {
        Self { fraction, uuids: Arc::default() }
    }
}

impl Random for FixedRandom {
    fn fraction(&self) -> f64 {
        self.fraction
    }

    fn uuid(&self) -> Uuid {
        let number = self.uuids.fetch_add(1, Ordering::Relaxed);
        uuid::Builder::from_random_bytes(u128::from(number).to_be_bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_does_not_overflow() {
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

    #[test]
    fn offsets_are_displayed_and_implausible_dates_are_ignored() {
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
    fn the_last_response_counts_unless_it_is_cached() {
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
