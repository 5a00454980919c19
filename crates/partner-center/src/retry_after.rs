//! `Retry-After`, `Date` and the dates in them.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

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
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

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

    // A clock that is two hours fast or slow or a year fast, and a response without a date.
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
}
