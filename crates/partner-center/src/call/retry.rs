//! Retry policy and `Retry-After` parsing.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use crate::clock::{Random, fraction};
use crate::error::{Error, ErrorKind};

/// The limits of a call.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// The maximum number of attempts, not counting a retry with a refreshed token.
    pub(crate) attempts: u32,
    /// The timeout of a whole call, including waits.
    pub(crate) timeout: Duration,
    /// The timeout of one attempt.
    pub(crate) attempt_timeout: Duration,
    /// How long a body may arrive at less than one byte per second.
    pub(crate) stall: Duration,
    /// The maximum size of a decompressed body in bytes.
    pub(crate) body: usize,
    /// The upper bound of the first wait, and the upper bound of any wait without `Retry-After`.
    pub(crate) backoff: (Duration, Duration),
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: 4,
            // The service has been seen to take over 100 seconds.
            timeout: Duration::from_secs(180),
            attempt_timeout: Duration::from_secs(150),
            // The value of the AWS SDKs.
            stall: Duration::from_secs(20),
            body: 64 * 1024 * 1024,
            backoff: (Duration::from_millis(500), Duration::from_secs(30)),
        }
    }
}

impl Limits {
    /// The wait before the next attempt; `None` if the call must not be retried.
    pub(crate) fn wait(&self, error: &Error, attempts: u32, random: &dyn Random) -> Option<Duration> {
        if may_retry(error) { self.wait_anyway(error, attempts, random) } else { None }
    }

    /// The wait before the next attempt, whatever the error is; `None` if no attempt is left.
    pub(crate) fn wait_anyway(&self, error: &Error, attempts: u32, random: &dyn Random) -> Option<Duration> {
        (attempts < self.attempts).then(|| self.backoff(error, attempts, random))
    }

    /// The wait before a token is requested again after the credential failed; `None` if it must not be retried.
    /// `tries` counts the tries that sent a request.
    pub(crate) fn credential_wait(&self, error: &Error, tries: u32, random: &dyn Random) -> Option<Duration> {
        // The status is that of another service, so only the kind counts.
        let passes =
            matches!(error.kind(), ErrorKind::Network | ErrorKind::Throttled | ErrorKind::Unavailable);
        (tries < self.attempts && passes && !error.is_final()).then(|| self.backoff(error, tries, random))
    }

    fn backoff(&self, error: &Error, attempts: u32, random: &dyn Random) -> Duration {
        let (base, cap) = self.backoff;
        let bound = base.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(cap).min(LONGEST);
        // Full jitter: calls that failed together are not retried together.
        let jittered = bound.mul_f64(fraction(random));
        jittered.max(error.retry_after().unwrap_or_default())
    }

    /// The wait for this process to close a connection, after `unsent` attempts that could not open one.
    pub(crate) fn connection_wait(&self, unsent: u32, random: &dyn Random) -> Duration {
        let bound = FIRST_CROWDED.saturating_mul(1 << unsent.saturating_sub(1).min(6)).min(self.backoff.1);
        bound.mul_f64(0.5 + random.fraction().clamp(0.0, 1.0) / 2.0)
    }
}

/// The upper bound of the first wait for this process to close a connection.
const FIRST_CROWDED: Duration = Duration::from_millis(20);

/// Whether a later call may succeed, although this one used all its attempts or all its time.
pub(crate) fn may_pass(error: &Error) -> bool {
    may_retry(error) || error.kind() == ErrorKind::Timeout
}

/// Whether the same request may succeed. All operations are reads, so repeating them is safe.
fn may_retry(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Network | ErrorKind::Throttled => !error.is_final(),
        ErrorKind::Unavailable => matches!(error.status(), Some(408 | 500 | 502 | 503 | 504)),
        _ => false,
    }
}

/// The wait requested by `Retry-After`, given in seconds or as a date. A date in the past gives zero.
///
/// A date is compared with the `Date` of the same response, because both come from the same clock. Without `Date`, this
/// machine's clock is used.
pub(crate) fn retry_after(headers: &HeaderMap, local: SystemTime) -> Option<Duration> {
    let now = service_time(headers).unwrap_or(local);
    // Several proxies may each have added one.
    headers.get_all(RETRY_AFTER).iter().filter_map(|value| parse_retry_after(value.as_bytes(), now)).max()
}

/// The time in the `Date` header.
pub(crate) fn service_time(headers: &HeaderMap) -> Option<SystemTime> {
    http_date(headers.get(DATE)?.to_str().ok()?.trim())
}

/// Longer waits are reduced to this: a day is longer than any call.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Parses the value of `Retry-After`.
pub(crate) fn parse_retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    // A proxy may join two headers to a list. Dates contain a comma, and lists of dates are not known to occur.
    if text.contains(',') && text.bytes().all(|byte| byte.is_ascii_digit() || b", \t".contains(&byte)) {
        return text.split(',').filter_map(|text| parse_retry_after(text.as_bytes(), now)).max();
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    Some(http_date(text)?.duration_since(now).unwrap_or_default().min(LONGEST))
}

/// Parses an HTTP date in any of its three formats, ignoring case. `UTC` is accepted for `GMT`.
pub(crate) fn http_date(text: &str) -> Option<SystemTime> {
    // `httpdate` accepts only the canonical spelling, which nearly all dates have.
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

/// A word of a date in canonical spelling: `Sun`, `06-Nov-94`, `GMT`.
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
    fn retry_after_is_parsed_as_seconds_or_as_a_date() {
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

    // F10: a clock that is two hours fast or slow or a year fast, and a response without a date.
    #[test]
    fn a_date_is_compared_with_the_date_of_the_same_response() {
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
    fn extreme_random_numbers_and_backoffs_do_not_panic() {
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
    fn waits_grow_up_to_the_cap_and_honor_retry_after() {
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
    fn only_transient_errors_are_retried_and_not_forever() {
        let limits = Limits::default();
        let retried =
            |kind, status| limits.wait(&Error::new(kind, "").with_status(status), 1, &Always(0.5)).is_some();
        for status in [408, 500, 502, 503, 504] {
            assert!(retried(ErrorKind::Unavailable, status), "{status}");
        }
        assert!(retried(ErrorKind::Throttled, 429));
        assert!(!retried(ErrorKind::Unavailable, 501));
        for kind in
            [ErrorKind::Rejected, ErrorKind::Forbidden, ErrorKind::NotFound, ErrorKind::InvalidResponse]
        {
            assert!(!retried(kind, 400), "{kind:?}");
        }
        assert!(limits.wait(&Error::new(ErrorKind::Network, ""), limits.attempts, &Always(0.5)).is_none());
    }
}
