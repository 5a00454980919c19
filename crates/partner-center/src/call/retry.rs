//! How often, how long and whether: the limits of a call, and the wait before its next attempt.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use crate::clock::{Random, fraction};
use crate::error::{Error, ErrorKind};

/// What bounds a call.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Requests at most, a retry after a refreshed token not counted.
    pub(crate) attempts: u32,
    /// The time for a whole call, waits included.
    pub(crate) timeout: Duration,
    /// The time for one attempt.
    pub(crate) attempt_timeout: Duration,
    /// How long a body may bring less than a byte a second.
    pub(crate) stall: Duration,
    /// Bytes of a decompressed body at most.
    pub(crate) body: usize,
    /// What the first wait is drawn below, and what no wait without `Retry-After` exceeds.
    pub(crate) backoff: (Duration, Duration),
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: 4,
            // The service has been seen to take over 100 seconds.
            timeout: Duration::from_secs(180),
            attempt_timeout: Duration::from_secs(150),
            // As the AWS SDKs have it.
            stall: Duration::from_secs(20),
            body: 64 * 1024 * 1024,
            backoff: (Duration::from_millis(500), Duration::from_secs(30)),
        }
    }
}

impl Limits {
    /// How long to wait before another attempt; `None` if there is to be none.
    pub(crate) fn wait(&self, error: &Error, attempts: u32, random: &dyn Random) -> Option<Duration> {
        if may_retry(error) { self.wait_anyway(error, attempts, random) } else { None }
    }

    /// How long to wait before another attempt, whatever the error is; `None` if none is left.
    pub(crate) fn wait_anyway(&self, error: &Error, attempts: u32, random: &dyn Random) -> Option<Duration> {
        (attempts < self.attempts).then(|| self.backoff(error, attempts, random))
    }

    /// How long to wait before a credential is asked again that failed so; `None` if it is not to be. `tries` are
    /// those that got as far as a request.
    pub(crate) fn credential_wait(&self, error: &Error, tries: u32, random: &dyn Random) -> Option<Duration> {
        // Its requests are not this service's, so that the status says nothing here.
        let passes =
            matches!(error.kind(), ErrorKind::Network | ErrorKind::Throttled | ErrorKind::Unavailable);
        (tries < self.attempts && passes && !error.is_final()).then(|| self.backoff(error, tries, random))
    }

    fn backoff(&self, error: &Error, attempts: u32, random: &dyn Random) -> Duration {
        let (base, cap) = self.backoff;
        let bound = base.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(cap).min(LONGEST);
        // Full jitter: calls that failed together do not come back together.
        let jittered = bound.mul_f64(fraction(random));
        jittered.max(error.retry_after().unwrap_or_default())
    }

    /// How long to wait, after so many attempts that could not be sent at all, for this process to close a connection.
    pub(crate) fn crowded_wait(&self, unsent: u32, random: &dyn Random) -> Duration {
        let bound = FIRST_CROWDED.saturating_mul(1 << unsent.saturating_sub(1).min(6)).min(self.backoff.1);
        bound.mul_f64(0.5 + random.fraction().clamp(0.0, 1.0) / 2.0)
    }
}

/// What the first wait for a connection of this process to be closed is drawn below.
const FIRST_CROWDED: Duration = Duration::from_millis(20);

/// Whether a later call may do better where this one had all its attempts, or all its time.
pub(crate) fn may_pass(error: &Error) -> bool {
    may_retry(error) || error.kind() == ErrorKind::Timeout
}

/// Whether the same request may do better. All operations are reads, so it may always be repeated.
fn may_retry(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Network | ErrorKind::Throttled => !error.is_final(),
        ErrorKind::Unavailable => matches!(error.status(), Some(408 | 500 | 502 | 503 | 504)),
        _ => false,
    }
}

/// What `Retry-After` asks for, in seconds or until a date; a date that has passed asks for nothing.
///
/// A date is read against the `Date` of the same answer, which is the same clock's. Only without one does it have to be
/// read against this machine's, where it is as wrong as that clock.
pub(crate) fn retry_after(headers: &HeaderMap, local: SystemTime) -> Option<Duration> {
    let now = service_time(headers).unwrap_or(local);
    // Two proxies may each have added one.
    headers.get_all(RETRY_AFTER).iter().filter_map(|value| parse_retry_after(value.as_bytes(), now)).max()
}

/// When the service says that it answered.
pub(crate) fn service_time(headers: &HeaderMap) -> Option<SystemTime> {
    http_date(headers.get(DATE)?.to_str().ok()?.trim())
}

/// A wait longer than this is taken for it: a day is longer than any call.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads the value of `Retry-After`.
pub(crate) fn parse_retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    // A list is what a proxy makes of two headers. Dates have a comma of their own, and no list of them is known.
    if text.contains(',') && text.bytes().all(|byte| byte.is_ascii_digit() || b", \t".contains(&byte)) {
        return text.split(',').filter_map(|text| parse_retry_after(text.as_bytes(), now)).max();
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    Some(http_date(text)?.duration_since(now).unwrap_or_default().min(LONGEST))
}

/// Reads a date as HTTP headers have it, in any of its three forms, without regard to letter case; `UTC` is `GMT`.
pub(crate) fn http_date(text: &str) -> Option<SystemTime> {
    // The parser takes names and numbers only as they are best written. Nearly all are.
    if let Ok(date) = httpdate::parse_http_date(text) {
        return Some(date);
    }
    let mut words: Vec<_> = text.split_ascii_whitespace().map(titled).collect();
    match words.as_mut_slice() {
        // Sun, 06 Nov 1994 08:49:37 GMT
        [_, day, _, _, _, _] if day.len() == 1 => day.insert(0, '0'),
        // Sun Nov  6 08:49:37 1994
        [_, _, day, _, _] if day.len() == 1 => day.insert(0, ' '),
        _ => {}
    }
    httpdate::parse_http_date(&words.join(" ")).ok()
}

/// A word of a date with its names as they are best written: `Sun`, `06-Nov-94`, `GMT`.
fn titled(word: &str) -> String {
    if ["GMT", "UTC"].iter().any(|zone| word.eq_ignore_ascii_case(zone)) {
        return "GMT".to_owned();
    }
    let mut after_letter = false;
    let case = |character: char| {
        let cased =
            if after_letter { character.to_ascii_lowercase() } else { character.to_ascii_uppercase() };
        after_letter = character.is_ascii_alphabetic();
        cased
    };
    word.chars().map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |text: &str| parse_retry_after(text.as_bytes(), now).map(|wait| wait.as_secs());
        assert_eq!(read("57"), Some(57));
        assert_eq!(read(" 0 "), Some(0));
        assert_eq!(read("99999999999999999999999"), Some(86_400));
        assert_eq!(read("5, 7,6"), Some(7));
        assert_eq!(read(","), None);
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:07 GMT"), Some(0), "in the past");
        // F4
        for date in [
            "sun, 06 nov 1994 08:49:47 gmt",
            "SUN, 06 NOV 1994 08:49:47 GMT",
            "Sun, 06 Nov 1994 08:49:47 UTC",
            "Sun, 6 Nov 1994 08:49:47 GMT",
            "  Sun,  06 Nov 1994  08:49:47 GMT ",
            "sunday, 06-nov-94 08:49:47 gmt",
            "SUNDAY, 06-NOV-94 08:49:47 GMT",
            "sun nov  6 08:49:47 1994",
            "SUN NOV  6 08:49:47 1994",
        ] {
            assert_eq!(read(date), Some(10), "{date}");
        }
        assert_eq!(read("soon"), None);
        assert_eq!(read("-1"), None);
        assert_eq!(read("1.5"), None);
        assert_eq!(read(""), None);
    }

    // F10: two hours off in either direction, a year, or no date at all.
    #[test]
    fn a_date_is_read_against_the_date_of_the_same_answer() {
        let service = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let hour = Duration::from_secs(3600);
        let headers = |date: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, "Sun, 06 Nov 1994 08:49:47 GMT".parse().unwrap());
            date.map(|date| headers.insert(DATE, date.parse().unwrap()));
            headers
        };
        let of_service = headers(Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        for local in [service, service + 2 * hour, service - 2 * hour, service + 8760 * hour] {
            assert_eq!(retry_after(&of_service, local), Some(Duration::from_secs(10)));
        }
        for without in [headers(None), headers(Some("yesterday"))] {
            assert_eq!(retry_after(&without, service), Some(Duration::from_secs(10)));
        }
    }

    #[derive(Debug)]
    struct Always(f64);
    impl Random for Always {
        fn fraction(&self) -> f64 {
            self.0
        }
        fn uuid(&self) -> uuid::Uuid {
            uuid::Uuid::nil()
        }
    }

    // S11
    #[test]
    fn no_random_number_and_no_backoff_makes_it_panic() {
        let error = Error::new(ErrorKind::Network, "");
        for backoff in
            [(Duration::MAX, Duration::MAX), (Duration::ZERO, Duration::MAX), (Duration::MAX, Duration::ZERO)]
        {
            let limits = Limits { attempts: u32::MAX, backoff, ..Limits::default() };
            for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 2.0, f64::MAX, 1.0] {
                for attempts in [0, 1, 2, 99, u32::MAX - 1] {
                    assert!(limits.wait(&error, attempts, &Always(number)).unwrap() <= LONGEST);
                }
            }
        }
    }

    #[test]
    fn waits_grow_up_to_the_cap_and_are_never_shorter_than_asked_for() {
        let limits = Limits { attempts: 100, ..Limits::default() };
        let error = Error::new(ErrorKind::Unavailable, "").with_status(503);
        let wait = |attempts| limits.wait(&error, attempts, &Always(1.0)).unwrap();
        assert_eq!(wait(1), Duration::from_millis(500));
        assert_eq!(wait(2), Duration::from_secs(1));
        assert_eq!(wait(7), Duration::from_secs(30));
        assert_eq!(wait(99), Duration::from_secs(30));
        let asked = error.with_retry_after(Duration::from_secs(57));
        assert_eq!(limits.wait(&asked, 1, &Always(0.0)), Some(Duration::from_secs(57)));
    }

    #[test]
    fn only_what_may_pass_is_tried_again_and_not_for_ever() {
        let limits = Limits::default();
        let retried =
            |kind, status| limits.wait(&Error::new(kind, "").with_status(status), 1, &Always(0.5)).is_some();
        for status in [408, 500, 502, 503, 504] {
            assert!(retried(ErrorKind::Unavailable, status), "{status}");
        }
        assert!(retried(ErrorKind::Throttled, 429));
        assert!(!retried(ErrorKind::Unavailable, 501));
        for kind in [ErrorKind::Rejected, ErrorKind::Forbidden, ErrorKind::NotFound, ErrorKind::InvalidAnswer]
        {
            assert!(!retried(kind, 400), "{kind:?}");
        }
        assert!(limits.wait(&Error::new(ErrorKind::Network, ""), limits.attempts, &Always(0.5)).is_none());
    }
}
