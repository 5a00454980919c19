//! Where a sweep stands, so that it can be saved and gone on from. Plain data; who keeps it up to date is the ledger.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Continuation, CustomerId};

/// The form that this version writes and reads.
const VERSION: u64 = 1;

/// Where a sweep stands: which customers it has handed out, in a form that does not grow with their number.
///
/// It holds the place of the first page of customers that is not done, and the customers after that place that are:
/// never more than what a sweep looks ahead. [`SweepStream::checkpoint`](super::SweepStream::checkpoint) makes one at
/// any time; [`Sweep::resume`](super::Sweep::resume) goes on from it. See [the module](super#to-be-able-to-go-on) for
/// the order in which to save output and checkpoint.
///
/// It serialises to an object with a version, and one of a newer version is refused. Customer ids are in it; names are
/// not, unless the list of customers was filtered by one.
///
/// How long the service honours its own tokens for the next page is not published: take it for hours rather than days.
/// A sweep whose token has run out ends with the service's refusal; start it again without the checkpoint.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    version: u64,
    /// The first page that is not done; `None` if all pages are.
    pub(super) at: Option<Place>,
    /// What is done of that page and of those after it, in order of id.
    pub(super) done: Vec<CustomerId>,
    pub(super) summary: Summary,
}

/// Where a page is to be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Place {
    /// In the service's list.
    Listed(Continuation),
    /// Not of customers but of rows: in the commercial query.
    Queried(Continuation),
    /// In the list that the caller gave, after this many customers.
    Given {
        taken: u64,
        /// Of the customers before it: going on in another list would leave out some and repeat others.
        digest: u64,
    },
}

/// What a sweep has come to, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Summary {
    /// Customers handed out: the sum of the next four.
    pub customers: u64,
    /// Customers with rows.
    pub with_rows: u64,
    /// Customers without rows.
    pub empty: u64,
    /// Customers there is nothing to ask about.
    pub skipped: u64,
    /// Customers whose call failed.
    pub failed: u64,
    /// Rows of all customers.
    pub rows: u64,
    /// Entries of the service's list without an id that is a GUID: nothing can be asked about them.
    pub without_id: u64,
}

impl Checkpoint {
    pub(super) fn new(at: Option<Place>, done: Vec<CustomerId>, summary: Summary) -> Self {
        Self { version: VERSION, at, done, summary }
    }

    /// What the sweep had come to, the runs before it included.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Whether there is nothing left to do. A sweep that resumes from here hands out nothing.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.at.is_none()
    }
}

impl<'de> Deserialize<'de> for Checkpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Known {
            version: u64,
            // Without this a lost place would mean the end.
            #[serde(deserialize_with = "Option::deserialize")]
            at: Option<Place>,
            done: Vec<CustomerId>,
            summary: Summary,
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        let version =
            version.ok_or_else(|| D::Error::custom("this is no checkpoint of a sweep: it has no version"))?;
        if version != VERSION {
            return Err(D::Error::custom(format_args!(
                "the checkpoint is of version {version}, and version {VERSION} is the one that can be resumed: resume \
                 with the release that wrote it, or start again without it"
            )));
        }
        // What serde would say quotes the text.
        let Known { version, at, done, summary } = serde_json::from_value(value)
            .map_err(|_| D::Error::custom("this is no checkpoint of a sweep that can be read"))?;
        Ok(Self { version, at, done, summary })
    }
}

/// Without the ids: there may be thousands.
impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint")
            .field("at", &self.at)
            .field("done", &self.done.len())
            .field("summary", &self.summary)
            .finish_non_exhaustive()
    }
}
