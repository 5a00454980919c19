//! Parses short texts: filters, links, `Retry-After`, timestamps and ids.

use std::time::{Duration, SystemTime};

use http::HeaderValue;
use partner_center::{filter as filters, fuzz, paging};
use partner_center_models::{Guid, Timestamp};
use uuid::Uuid;

use crate::{again, invariant};

/// The invariants of filters and groupings hold for any text.
pub fn filter(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let checked = filters::check_properties(text);
    invariant!(checked.is_ok(), "{checked:?}");
}

/// The invariants of next links hold for any text; above all, no link leads to another host.
pub fn link(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let checked = paging::check_properties(text);
    invariant!(checked.is_ok(), "{checked:?}");
}

/// Any header gives a wait or none, and no wait is longer than a day.
pub fn retry_after(input: &[u8]) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let Ok(value) = HeaderValue::from_bytes(input) else { return };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
    let wait = fuzz::retry_after(value, now);
    invariant!(wait.is_none_or(|wait| wait <= DAY), "a wait of {wait:?}");
    let digits = input.trim_ascii();
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        invariant!(wait.is_some(), "digits give no wait");
    }
    // A day later, a date gives a shorter wait.
    let later = HeaderValue::from_bytes(input).ok().and_then(|value| fuzz::retry_after(value, now + DAY));
    invariant!(wait.is_some() == later.is_some() && later <= wait, "{wait:?}, but {later:?} a day later");
}

/// Any text is a timestamp that prints unchanged.
pub fn timestamp(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let time = Timestamp::from(text);
    invariant!(time.to_string() == text, "it is printed as {time}");
    invariant!(time.is_recognized() || format!("{time:?}") == "<not a timestamp>", "`Debug` shows {time:?}");
    invariant!(time.is_recognized() || time.unix_seconds().is_none(), "an unrecognized text has seconds");
    invariant!(time.unix_seconds().is_none() || !time.is_never(), "a date that means never has seconds");
    invariant!(again(&time) == Some(time), "the timestamp does not round-trip");
}

/// Any text is an id that prints unchanged and, if it is a GUID, equals itself in either letter case.
pub fn guid(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let guid = Guid::from(text);
    invariant!(guid.to_string() == text, "it is printed as {guid}");
    if let Some(uuid) = guid.as_uuid() {
        invariant!(Uuid::parse_str(text) == Ok(uuid), "it is parsed as {uuid}");
        invariant!(Guid::from(text.to_ascii_uppercase().as_str()) == guid, "letter case makes a difference");
    }
    invariant!(again(&guid) == Some(guid), "the id does not round-trip");
}
