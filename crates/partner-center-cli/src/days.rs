//! Days, which are those of UTC everywhere.

use jiff::Timestamp as Instant;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use partner_center::models::Timestamp;

/// The current day.
pub(crate) fn today() -> Date {
    Instant::now().to_zoned(TimeZone::UTC).date()
}

/// The day of a time; `None` if it is not a valid time.
pub(crate) fn day_of(time: &Timestamp) -> Option<Date> {
    Some(Instant::from_second(time.unix_seconds()?).ok()?.to_zoned(TimeZone::UTC).date())
}
