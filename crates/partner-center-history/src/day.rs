//! Days of a dataset.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day, written as `2026-11-27`.
///
/// ```
/// use partner_center_history::Day;
///
/// let day: Day = "2026-03-31".parse()?;
/// assert_eq!(day.month_before().to_string(), "2026-02-28");
/// assert!("2026-3-31".parse::<Day>().is_err());
/// # Ok::<(), partner_center_history::InvalidDay>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A text that is not a day such as `2026-11-27`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDay;

impl Day {
    /// The same day of the month before, or the last day of that month.
    #[must_use]
    pub fn month_before(self) -> Self {
        Self(self.0.checked_sub(1.month()).unwrap_or(self.0))
    }

    /// The number of days from another day to this one.
    #[must_use]
    pub fn days_since(self, other: Self) -> i64 {
        self.0.since(other.0).map_or(0, |span| span.get_days().into())
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        // Only the form in which days are written, so that a day has one name.
        let day = text.parse::<Date>().map(Self).map_err(|_| InvalidDay)?;
        if day.to_string() == text { Ok(day) } else { Err(InvalidDay) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for InvalidDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day such as 2026-11-27")
    }
}

impl std::error::Error for InvalidDay {}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
