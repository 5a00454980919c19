//! The manifests of a dataset and of its days, as JSON files.

use partner_center::CustomerId;
use partner_center::licenses::Source;
use partner_center::models::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Day;
use crate::error::{Error, Result};
use crate::layout::Table;

/// The version of the layout: of folders, files and columns. It increases when something is renamed, removed or changes
/// its meaning, but not when a column or a field is added.
pub const VERSION: u64 = 1;

/// The file that marks the root of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Root {
    version: u64,
    /// The partner's tenant; `None` for sample data.
    pub(crate) tenant: Option<String>,
}

impl Root {
    pub(crate) fn new(tenant: Option<&str>) -> Self {
        Self { version: VERSION, tenant: tenant.map(str::to_owned) }
    }
}

/// The manifest of a day: where its data comes from, and what is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Manifest {
    /// The version of the layout.
    pub version: u64,
    /// The version of the program that wrote it.
    pub tool_version: String,
    /// The day.
    pub snapshot_date: Day,
    /// The partner's tenant; `None` for sample data.
    pub tenant: Option<String>,
    /// Where the rows come from.
    pub source: Option<Source>,
    /// Whether the run requested this day instead of the latest data.
    pub requested: bool,
    /// The oldest time at which the service computed a row.
    pub oldest_data: Option<Timestamp>,
    /// The newest time at which the service computed a row.
    pub newest_data: Option<Timestamp>,
    /// How many customers were read.
    pub customers: CustomerCounts,
    /// Whether every customer was read, apart from those that are skipped.
    pub complete: bool,
    /// The customers that were not read.
    pub unread: Vec<UnreadCustomer>,
    /// The files.
    pub parts: Vec<Part>,
    /// When the run began, in UTC.
    pub began: String,
    /// When the run ended, in UTC.
    pub ended: String,
}

/// How many customers a run found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomerCounts {
    /// The entries in the list of customers; `None` if the list was not read to its end.
    pub listed: Option<u64>,
    /// Customers with rows.
    pub with_rows: u64,
    /// Customers without rows; `None` if the list was not read to its end.
    pub without_rows: Option<u64>,
    /// Customers whose licenses cannot be read, such as those that ended the relationship.
    pub skipped: u64,
    /// Customers that could not be read this time.
    pub failed: u64,
}

/// A customer that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnreadCustomer {
    /// The customer.
    pub customer_id: CustomerId,
    /// The code of the service's error, if it sent one.
    pub code: Option<String>,
    /// Whether its licenses cannot be read at all.
    pub skipped: bool,
}

/// A file of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Part {
    /// The table.
    pub table: Table,
    /// The path from the root.
    pub path: String,
    /// The number of rows.
    pub rows: u64,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// The SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// The file of a table.
    #[must_use]
    pub fn part(&self, table: Table) -> Option<&Part> {
        self.parts.iter().find(|part| part.table == table)
    }
}

/// Reads a JSON file with a version.
pub(crate) fn read<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    let damaged = |error: serde_json::Error| Error::damaged(file, error);
    let Versioned { version } = serde_json::from_slice(bytes).map_err(damaged)?;
    if version > VERSION {
        return Err(Error::LaterVersion { file: file.to_owned(), version });
    }
    serde_json::from_slice(bytes).map_err(damaged)
}

/// The text of a JSON file: one line, which engines read as one row.
pub(crate) fn text(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec(value).map_err(|error| Error::damaged("the manifest", error))?;
    text.push(b'\n');
    Ok(text)
}
