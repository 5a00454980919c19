//! What an output says about itself.

use std::time::SystemTime;

use jiff::tz::TimeZone;
use partner_center::licenses::Source;

/// Where the rows come from, and when they were read.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The partner's tenant id, if it is known.
    pub(crate) tenant: Option<String>,
    /// `None` if nothing was read.
    pub(crate) source: Option<Source>,
    /// When the command began.
    pub(crate) began: SystemTime,
}

impl Default for About {
    fn default() -> Self {
        Self { tenant: None, source: None, began: SystemTime::now() }
    }
}

impl About {
    /// The day in UTC on which the command began, as `2026-11-27`.
    pub(crate) fn day(&self) -> String {
        let began = jiff::Timestamp::try_from(self.began).unwrap_or_default();
        began.to_zoned(TimeZone::UTC).date().to_string()
    }
}
