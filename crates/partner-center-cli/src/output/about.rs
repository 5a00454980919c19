//! What an output says about itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use partner_center::licenses::Source;

/// Where the rows come from, and when they were read.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The partner's tenant id, if it is known.
    pub(crate) tenant: Option<String>,
    /// `None` if it was not decided, or if the rows come from both.
    pub(crate) source: Option<Source>,
    /// Whether the rows are sample data of the embedded emulator.
    pub(crate) is_sample: bool,
    /// When the command began.
    pub(crate) began: Timestamp,
}

impl Default for About {
    fn default() -> Self {
        Self { tenant: None, source: None, is_sample: false, began: Timestamp::now() }
    }
}

impl About {
    /// The day in UTC on which the command began, as `2026-11-27`.
    pub(crate) fn day(&self) -> String {
        self.began.to_zoned(TimeZone::UTC).date().to_string()
    }
}
