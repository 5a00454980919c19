//! The age of the data, in words.

use std::cmp::Ordering;

use jiff::Unit;
use jiff::civil::Date;
use partner_center::models::Timestamp;

use super::Summary;
use crate::days::{day_of, today};

/// The days of rows, and how old they are.
pub(crate) struct Age {
    /// `2017-03-14`; for several days, the first and the last.
    pub(crate) days: String,
    /// `9 years old`; for several days, the age of the newest.
    pub(crate) age: String,
}

impl Age {
    /// `None` if no row has a date.
    pub(crate) fn new(oldest: Option<&Timestamp>, newest: Option<&Timestamp>, today: Date) -> Option<Self> {
        let (oldest, newest) = (day_of(oldest?)?, day_of(newest?)?);
        let age = age(newest, today);
        Some(if oldest == newest {
            Self { days: newest.to_string(), age }
        } else {
            Self { days: format!("{oldest} to {newest}"), age: format!("the newest {age}") }
        })
    }
}

/// The age of the rows in a summary.
pub(crate) fn of_summary(summary: &Summary) -> Option<String> {
    let (oldest, newest) = (&summary.oldest_processed_date_time, &summary.newest_processed_date_time);
    sentence(oldest.as_ref(), newest.as_ref(), today())
}

/// `Data of 2017-03-14, 9 years old.`; for several days, the first and the last. `None` if no row has a date. A date in
/// the future is reported as such: either the service or this machine's clock is wrong.
fn sentence(oldest: Option<&Timestamp>, newest: Option<&Timestamp>, today: Date) -> Option<String> {
    Age::new(oldest, newest, today).map(|Age { days, age }| format!("Data of {days}, {age}."))
}

fn age(day: Date, today: Date) -> String {
    let (from, to, word) = match day.cmp(&today) {
        Ordering::Less => (day, today, "old"),
        Ordering::Equal => return "of today".to_owned(),
        Ordering::Greater => (today, day, "ahead of this machine's clock"),
    };
    let whole = |unit| from.until((unit, to)).ok();
    let days = whole(Unit::Day).map_or(0, |span| span.get_days());
    let (count, unit) = match days {
        ..60 => (days, "day"),
        _ => match whole(Unit::Month).map_or(0, |span| span.get_months()) {
            months @ ..24 => (months, "month"),
            months => (months / 12, "year"),
        },
    };
    format!("{count} {unit}{} {word}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_then_months_then_years() {
        let today = date(2026, 11, 23);
        for (day, words) in [
            // Dates in the future were "of today".
            (date(2031, 3, 14), "4 years ahead of this machine's clock"),
            (date(2027, 1, 23), "2 months ahead of this machine's clock"),
            (date(2026, 11, 24), "1 day ahead of this machine's clock"),
            (date(2026, 11, 23), "of today"),
            (date(2026, 11, 22), "1 day old"),
            (date(2026, 9, 25), "59 days old"),
            (date(2026, 9, 1), "2 months old"),
            (date(2024, 11, 24), "23 months old"),
            (date(2024, 11, 23), "2 years old"),
            (date(2017, 3, 14), "9 years old"),
        ] {
            assert_eq!(age(day, today), words, "{day}");
        }
    }

    #[test]
    fn one_day_or_a_range() {
        let (a, b) =
            (Timestamp::from("2017-03-10T00:00:00+00:00"), Timestamp::from("2017-03-14T03:25:16.36+00:00"));
        let today = date(2026, 11, 23);
        assert_eq!(sentence(Some(&b), Some(&b), today).unwrap(), "Data of 2017-03-14, 9 years old.");
        assert_eq!(
            sentence(Some(&a), Some(&b), today).unwrap(),
            "Data of 2017-03-10 to 2017-03-14, the newest 9 years old."
        );
        let ahead = Timestamp::from("2031-03-14T00:00:00");
        assert_eq!(
            sentence(Some(&b), Some(&ahead), today).unwrap(),
            "Data of 2017-03-14 to 2031-03-14, the newest 4 years ahead of this machine's clock."
        );
        assert_eq!(sentence(None, None, today), None);
    }
}
