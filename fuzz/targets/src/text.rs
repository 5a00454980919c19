//! Short texts: filters, links, waits, times and ids.

use std::time::{Duration, SystemTime};

use http::HeaderValue;
use partner_center::{filter as filters, fuzz, paging};
use partner_center_models::{Guid, Timestamp};
use uuid::Uuid;

use crate::{again, law};

/// The laws of filters and groupings, for any text.
pub fn filter(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let laws = filters::check_laws(text);
    law!(laws.is_ok(), "{laws:?}");
}

/// The laws of links to the next page, for any text: above all that none leads to another host.
pub fn link(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let laws = paging::check_laws(text);
    law!(laws.is_ok(), "{laws:?}");
}

/// Any header is a wait or none, and no wait is longer than a day.
pub fn retry_after(input: &[u8]) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let Ok(value) = HeaderValue::from_bytes(input) else { return };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
    let wait = fuzz::retry_after(value, now);
    law!(wait.is_none_or(|wait| wait <= DAY), "a wait of {wait:?}");
    let digits = input.trim_ascii();
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        law!(wait.is_some(), "digits are no wait");
    }
    // Later, a date asks for less.
    let later = HeaderValue::from_bytes(input).ok().and_then(|value| fuzz::retry_after(value, now + DAY));
    law!(wait.is_some() == later.is_some() && later <= wait, "{wait:?}, but {later:?} a day later");
}

/// Any text is a time that prints as it came, and is as many seconds as its parts say.
pub fn timestamp(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let time = Timestamp::from(text);
    law!(time.to_string() == text, "it prints as {time}");
    law!(time.is_recognized() || format!("{time:?}") == "<not a timestamp>", "`Debug` shows {time:?}");
    law!(time.is_recognized() || time.unix_seconds().is_none(), "a text in no known form has seconds");
    law!(time.unix_seconds().is_none() || !time.is_never(), "never has seconds");
    law!(again(&time) == Some(time), "it does not read as it was written");
}

/// Any text is an id that prints as it came and, if it is a GUID, is the same in either letter case.
pub fn guid(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let guid = Guid::from(text);
    law!(guid.to_string() == text, "it prints as {guid}");
    if let Some(uuid) = guid.as_uuid() {
        law!(Uuid::parse_str(text) == Ok(uuid), "it is read as {uuid}");
        law!(Guid::from(text.to_ascii_uppercase().as_str()) == guid, "letter case counts");
    }
    law!(again(&guid) == Some(guid), "it does not read as it was written");
}
