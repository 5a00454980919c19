//! The columns of days and of their counts.

use partner_center_history::{Day, TrendRow};
use schemars::JsonSchema;
use serde::Serialize;

use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, IfKnown, IfWide, No};
use crate::output::row::columns;

/// A day of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayRow {
    /// The day.
    #[schemars(with = "String")]
    pub(crate) snapshot_date: Day,
    /// Whether every customer was read. `null` if the day is unfinished: it has files but no manifest, and does not count.
    pub(crate) complete: Option<bool>,
    /// commercial or classic.
    pub(crate) source: Option<String>,
    /// Customers in the list.
    pub(crate) listed: Option<i64>,
    /// Customers with rows.
    pub(crate) with_rows: Option<i64>,
    /// Customers without rows.
    pub(crate) without_rows: Option<i64>,
    /// Customers whose licenses cannot be read.
    pub(crate) skipped: Option<i64>,
    /// Customers that could not be read this time.
    pub(crate) failed: Option<i64>,
    /// Rows of the funnel.
    pub(crate) rows: Option<i64>,
    /// The size of its files in bytes.
    pub(crate) bytes: Option<i64>,
    /// The oldest time at which the service computed a row.
    pub(crate) oldest_data: Option<String>,
    /// The newest time at which the service computed a row.
    pub(crate) newest_data: Option<String>,
}

columns! {
    DayRow as "day" {
        "snapshotDate" snapshot_date, As("Day");
        "complete" complete, As("Complete");
        "source" source, As("Source");
        "listed" listed, IfWide("Listed");
        "withRows" with_rows, As("With rows");
        "withoutRows" without_rows, As("Without");
        "skipped" skipped, As("Skipped");
        "failed" failed, As("Failed");
        "rows" rows, As("Rows");
        "bytes" bytes, IfWide("Bytes");
        "oldestData" oldest_data, No;
        "newestData" newest_data, IfWide("Newest data");
    }

    const ADDS_UP: bool = false;

    /// It names no customer.
    fn anonymize(&mut self, _: &Anonymizer) {}
}

columns! {
    TrendRow as "trend" {
        "snapshotDate" snapshot_date, As("Day");
        "key" key, No;
        "name" name, As("Name");
        "licensesSold" counts.licenses_sold, As("Sold");
        "licensesDeployed" counts.licenses_deployed, As("Deployed");
        "licensesActive" counts.licenses_active, As("Active");
        "shelfware" counts.shelfware, As("Shelf");
        "idle" counts.idle, As("Idle");
        "unused" counts.unused, As("Unused");
    }

    const ADDS_UP: bool = false;

    /// Groups have the pseudonyms of their rows.
    fn anonymize(&mut self, _: &Anonymizer) {}
}

/// The days of one group on one line, for the table.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct TrendLine {
    pub(crate) name: Option<String>,
    pub(crate) sold_first: Option<i64>,
    pub(crate) sold_last: Option<i64>,
    pub(crate) first: Option<i64>,
    pub(crate) line: Option<String>,
    pub(crate) last: Option<i64>,
    pub(crate) change: Option<String>,
}

columns! {
    TrendLine as "trend-line" {
        "name" name, IfKnown("Name");
        "soldFirst" sold_first, IfWide("Sold first");
        "soldLast" sold_last, As("Sold");
        "first" first, As("Unused first");
        "line" line, As("Unused");
        "last" last, As("Last");
        "change" change, As("Change");
    }

    const ADDS_UP: bool = false;

    /// Groups have the pseudonyms of their rows.
    fn anonymize(&mut self, _: &Anonymizer) {}
}
