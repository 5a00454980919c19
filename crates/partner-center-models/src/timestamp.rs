//! The [`Timestamp`] type: a date, or a date and time with an offset, with `Z` or with neither.
//!
//! Calendar arithmetic is done by jiff. This module parses the text and keeps its form, so that printing restores it.

use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// A point in time as the service wrote it. `Display` prints the original text; comparison is by text.
///
/// One response may mix several forms. A time without an offset is taken as UTC. A text in an unknown form is kept, and
/// [`is_recognized`](Self::is_recognized) returns false for it. The year 1 means [never](Self::is_never).
///
/// ```
/// use partner_center_models::Timestamp;
///
/// let precise = Timestamp::from("2017-03-14T03:25:16.36+00:00");
/// let bare = Timestamp::from("2018-10-14T00:00:00");
/// assert_eq!(bare.unix_seconds(), Some(1_539_475_200));
/// assert_eq!(precise.to_string(), "2017-03-14T03:25:16.36+00:00");
/// assert!(Timestamp::from("0001-01-01T00:00:00").is_never());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(Form);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    Known {
        /// The local time as written, without the offset applied.
        local: DateTime,
        offset: Offset,
        /// Fraction digits; 0 without a fraction.
        digits: u8,
        date_only: bool,
    },
    Other(Box<str>),
}

/// The offset from UTC as written in a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Offset {
    /// No offset.
    Absent,
    /// `Z`.
    Zulu,
    /// Minutes east of UTC, as `+00:00`.
    Minutes(i16),
}

impl Timestamp {
    /// Whether the text has a date form that this version knows.
    #[must_use]
    pub fn is_recognized(&self) -> bool {
        matches!(self.0, Form::Known { .. })
    }

    /// Whether this is in the year 1, which the service writes for "never".
    #[must_use]
    pub fn is_never(&self) -> bool {
        matches!(self.0, Form::Known { local, .. } if local.year() == 1)
    }

    /// The offset as written; `None` if the text is not recognized.
    #[must_use]
    pub fn offset(&self) -> Option<Offset> {
        match self.0 {
            Form::Known { offset, .. } => Some(offset),
            Form::Other(_) => None,
        }
    }

    /// Seconds since 1970 in UTC, rounded down. `None` for "never" and for unrecognized texts.
    #[must_use]
    pub fn unix_seconds(&self) -> Option<i64> {
        let Form::Known { local, offset, .. } = self.0 else { return None };
        if local.year() == 1 {
            return None;
        }
        let whole = local.with().subsec_nanosecond(0).build().ok()?;
        let as_utc = TimeZone::UTC.to_timestamp(whole).ok()?.as_second();
        Some(match offset {
            Offset::Minutes(minutes) => as_utc - i64::from(minutes) * 60,
            Offset::Absent | Offset::Zulu => as_utc,
        })
    }

    /// The time. `None` for "never" and for unrecognized texts.
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        let Form::Known { local, .. } = self.0 else { return None };
        let seconds = self.unix_seconds()?;
        let distance = Duration::from_secs(seconds.unsigned_abs());
        let second = if seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        };
        second?.checked_add(Duration::from_nanos(local.subsec_nanosecond().unsigned_abs().into()))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(parse(text.as_bytes()).unwrap_or_else(|| Form::Other(text.into())))
    }
}

/// Parses exactly `YYYY-MM-DD[THH:MM:SS[.f{1,9}][Z|+HH:MM|-HH:MM]]`, so that printing restores the text.
fn parse(text: &[u8]) -> Option<Form> {
    let (date, rest) = text.split_at_checked(10)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let year = i16::from(pair(y1, y2)?) * 100 + i16::from(pair(y3, y4)?);
    let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
    let at = |hour, minute, second, nanosecond| {
        DateTime::new(year, month, day, hour, minute, second, nanosecond).ok()
    };
    if rest.is_empty() {
        return Some(Form::Known {
            local: at(0, 0, 0, 0)?,
            offset: Offset::Absent,
            digits: 0,
            date_only: true,
        });
    }
    let (time, mut rest) = rest.split_at_checked(9)?;
    let &[b'T', h1, h2, b':', n1, n2, b':', s1, s2] = time else { return None };
    let (mut nanosecond, mut digits) = (0, 0u8);
    if let [b'.', fraction @ ..] = rest {
        let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, after) = fraction.split_at_checked(length)?;
        if !(1..=9).contains(&length) {
            return None;
        }
        for place in 0..9 {
            nanosecond = nanosecond * 10 + i32::from(fraction.get(place).map_or(0, |digit| digit - b'0'));
        }
        digits = u8::try_from(length).ok()?;
        rest = after;
    }
    let offset = match *rest {
        [] => Offset::Absent,
        [b'Z'] => Offset::Zulu,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (pair(h1, h2)?, pair(m1, m2)?);
            let total = i16::from(hours) * 60 + i16::from(minutes);
            if hours > 14 || minutes > 59 || (sign == b'-' && total == 0) {
                return None;
            }
            Offset::Minutes(if sign == b'-' { -total } else { total })
        }
        _ => return None,
    };
    let local = at(pair(h1, h2)?, pair(n1, n2)?, pair(s1, s2)?, nanosecond)?;
    Some(Form::Known { local, offset, digits, date_only: false })
}

fn pair(tens: u8, units: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    i8::try_from(digit(tens)? * 10 + digit(units)?).ok()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, offset, digits, date_only) = match &self.0 {
            Form::Other(text) => return f.write_str(text),
            Form::Known { local, offset, digits, date_only } => (local, offset, digits, date_only),
        };
        write!(f, "{:04}-{:02}-{:02}", local.year(), local.month(), local.day())?;
        if *date_only {
            return Ok(());
        }
        write!(f, "T{:02}:{:02}:{:02}", local.hour(), local.minute(), local.second())?;
        if *digits > 0 {
            let dropped = 10_i32.pow(9 - u32::from(*digits));
            write!(f, ".{:0width$}", local.subsec_nanosecond() / dropped, width = usize::from(*digits))?;
        }
        match *offset {
            Offset::Absent => Ok(()),
            Offset::Zulu => f.write_str("Z"),
            Offset::Minutes(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // The text may be anything, including a name.
            Form::Other(_) => f.write_str("<not a timestamp>"),
            Form::Known { .. } => write!(f, "{self}"),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
                Ok(Timestamp::from(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // No format: the text often lacks the offset that `date-time` requires.
        schemars::json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_the_service_sends_is_parsed_and_printed_unchanged() {
        for (text, seconds) in [
            ("2017-03-14T03:25:16.36+00:00", 1_489_461_916),
            ("2017-03-10T00:00:00+00:00", 1_489_104_000),
            ("2017-10-13T03:55:46.21Z", 1_507_866_946),
            ("2018-10-14T00:00:00", 1_539_475_200),
            ("2016-02-04T19:29:38.037", 1_454_614_178),
            ("2020-09-02T23:26:19.7753934Z", 1_599_089_179),
            ("2020-09-02T23:26:19.123456789Z", 1_599_089_179),
            ("2018-05-30", 1_527_638_400),
            ("2018-05-30T02:00:00+02:00", 1_527_638_400),
            ("2018-05-29T18:30:00-05:30", 1_527_638_400),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            let timestamp = Timestamp::from(text);
            assert_eq!(timestamp.unix_seconds(), Some(seconds), "{text}");
            assert_eq!(timestamp.to_string(), text);
        }
    }

    #[test]
    fn a_system_time_has_the_fraction() {
        for (text, nanoseconds) in [
            ("1970-01-01T00:00:01.5Z", 1_500_000_000),
            ("1970-01-01T01:00:00.123456789+01:00", 123_456_789),
            ("1969-12-31T23:59:59.25Z", -750_000_000),
            ("1970-01-02", 86_400_000_000_000),
        ] {
            let time = Timestamp::from(text).to_system_time().unwrap();
            let since = match time.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) => i128::try_from(since.as_nanos()).unwrap(),
                Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap(),
            };
            assert_eq!(since, nanoseconds, "{text}");
        }
        assert_eq!(Timestamp::from("1969-12-31T23:59:59.25Z").unix_seconds(), Some(-1), "rounded down");
    }

    #[test]
    fn year_one_is_never() {
        let never = Timestamp::from("0001-01-01T00:00:00");
        assert!(never.is_recognized() && never.is_never());
        assert_eq!(never.to_system_time(), None);
    }

    #[test]
    fn other_texts_are_kept_and_unrecognized() {
        for text in [
            "",
            "soon",
            "2018-13-01",
            "2018-02-30T00:00:00",
            "2018-10-14 00:00:00",
            "2018-10-14T00:00:00.",
            "2018-10-14T00:00:00.1234567890",
            "2018-10-14T00:00:00-00:00",
            "2018-10-14T00:00:00+00:0",
            "2018-10-14T24:00:00",
            "２018-10-14",
        ] {
            let timestamp = Timestamp::from(text);
            assert!(!timestamp.is_recognized(), "{text}");
            assert_eq!(timestamp.to_string(), text);
            assert_eq!(timestamp.unix_seconds(), None);
        }
    }
}
