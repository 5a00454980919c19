//! Days, and the timestamps of the rows of a day.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::Date;

use super::{Processed, Service};

/// A civil day, written as `2026-08-30`.
///
/// ```
/// use partner_center_emulator::{Book, Day};
///
/// let latest = Book::new(25, 7).latest_day();
/// assert_eq!(latest.to_string(), "2026-08-30");
/// assert_eq!(latest.minus_days(30), "2026-07-31".parse::<Day>()?);
/// assert!("yesterday".parse::<Day>().is_err());
/// # Ok::<(), partner_center_emulator::DayError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The latest day of a book, unless another is set. Fixed, so that the same seed gives the same bytes.
    pub(crate) const DEFAULT: Self = Self(jiff::civil::date(2026, 8, 30));

    pub(crate) fn of(date: Date) -> Self {
        Self(date)
    }

    /// The day this number of days earlier, or the first day of the calendar (in the year -9999) if that is later.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        // More days than the calendar has are an error of the span, not of the subtraction.
        let days = Span::new().try_days(days);
        Self(days.and_then(|days| self.0.checked_sub(days)).unwrap_or(Date::MIN))
    }

    /// The day this number of days later, or the last day of the calendar (in the year 9999) if that is earlier.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        let days = Span::new().try_days(days);
        Self(days.and_then(|days| self.0.checked_add(days)).unwrap_or(Date::MAX))
    }

    /// The number of days since the default day; negative for earlier days.
    pub(super) fn since_default(self) -> i64 {
        self.0.duration_since(Self::DEFAULT.0).as_hours() / 24
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text is not a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayError(String);

impl fmt::Display for DayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a date; write it like 2026-08-30", self.0)
    }
}

impl std::error::Error for DayError {}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        text.parse().map(Self).map_err(|_| DayError(text.to_owned()))
    }
}

/// The timestamps of the rows of one day. As in the documented examples, classic deployment rows of Office 365 have
/// hundredths of a second; all others are at midnight, some days earlier. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Stamps {
    pub(super) day: Day,
    deployment: [Processed; 2],
    usage: [Processed; 2],
}

impl Stamps {
    pub(super) fn new(day: Day) -> Self {
        let commercial = format!("{day}T00:00:00");
        let stamp = |classic: String| Processed::new(&classic, &commercial);
        let dynamics = stamp(format!("{}T00:00:00+00:00", day.minus_days(4)));
        Self {
            day,
            deployment: [dynamics.clone(), stamp(format!("{day}T03:25:16.36+00:00"))],
            usage: [dynamics, stamp(format!("{}T00:00:00+00:00", day.minus_days(5)))],
        }
    }

    pub(super) fn deployment(&self, service: Service) -> Processed {
        of(&self.deployment, service)
    }

    pub(super) fn usage(&self, service: Service) -> Processed {
        of(&self.usage, service)
    }
}

fn of(stamps: &[Processed; 2], service: Service) -> Processed {
    let [dynamics, office] = stamps;
    match service {
        Service::Dynamics => dynamics.clone(),
        Service::Office365 => office.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_the_default_day_over_the_whole_calendar() {
        for (day, days) in [(Day::DEFAULT, 0), (Day::DEFAULT.minus_days(400), -400)] {
            assert_eq!(day.since_default(), days);
        }
        assert_eq!(Day(jiff::civil::date(2026, 9, 1)).since_default(), 2);
        let [first, last] = [Day(Date::MIN), Day(Date::MAX)];
        assert_eq!(last.minus_days(7_304_483), first);
        assert_eq!(last.since_default() - first.since_default(), 7_304_483);
        assert_eq!(first.minus_days(u32::MAX), first);
        assert_eq!(Stamps::new(first).usage(Service::Dynamics).classic(), "-009999-01-01T00:00:00+00:00");
    }
}
