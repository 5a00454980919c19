//! Where a sweep stands, so that it can be saved and gone on from. Plain data; who keeps it up to date is the ledger.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::models::Findings;
use crate::{Continuation, CustomerId};

/// The form that this version writes and reads.
const VERSION: u64 = 2;

/// Where a sweep stands: which customers it has handed out, and which of them it could not read.
///
/// It holds ids and no place in the list of customers, 32 letters for each customer that was handed out: a resumed sweep
/// reads the list anew, in whatever order it comes by then, and leaves out who is done.
/// [`SweepStream::checkpoint`](super::SweepStream::checkpoint) makes one at any time;
/// [`Sweep::resume`](super::Sweep::resume) goes on from it. See [the module](super#to-be-able-to-go-on) for the order in
/// which to save output and checkpoint.
///
/// It serializes to an object with a version. One of another version is refused, and so is one with members that are not
/// known. Customer ids are in it; names are not.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    version: u64,
    /// What is left; `None` if nothing is.
    pub(super) at: Option<Place>,
    /// Who is handed out and needs no further question. Empty once nobody but the missing is left.
    pub(super) done: Ids,
    /// Whose calls failed for a reason that may pass, or who was not asked for such a reason.
    pub(super) missing: Ids,
    pub(super) summary: Summary,
}

/// What is left of a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Place {
    /// Whoever of the service's list is not done.
    Listed,
    /// Whoever of the list that the caller gave is not done.
    Given,
    /// Nobody but those who are missing: the list was read to its end.
    Missing,
    /// Not customers but rows: those of the commercial query from here on.
    Queried(Box<Continuation>),
}

/// Customers, in order of id and each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ids(Vec<CustomerId>);

impl Ids {
    pub(super) fn as_slice(&self) -> &[CustomerId] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, customer: &CustomerId) -> bool {
        self.position(customer).is_some()
    }

    pub(super) fn position(&self, customer: &CustomerId) -> Option<usize> {
        self.0.binary_search(customer).ok()
    }
}

impl FromIterator<CustomerId> for Ids {
    fn from_iter<I: IntoIterator<Item = CustomerId>>(ids: I) -> Self {
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }
}

/// How many hexadecimal digits an id is written with: no hyphens, and nothing between one id and the next.
const DIGITS: usize = 32;

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(self.0.len() * DIGITS);
        let mut buffer = Uuid::encode_buffer();
        for id in &self.0 {
            text.push_str(id.as_uuid().as_simple().encode_lower(&mut buffer));
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unreadable = || D::Error::custom("these are no ids of customers");
        let ids = text.as_bytes().chunks(DIGITS).map(|digits| match digits.len() {
            DIGITS => Uuid::try_parse_ascii(digits).map(CustomerId::from).map_err(|_| unreadable()),
            _ => Err(unreadable()),
        });
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        // Written in order and each once; what is not was not written by this.
        if ids.is_sorted_by(|one, next| one < next) { Ok(Self(ids)) } else { Err(unreadable()) }
    }
}

/// What a sweep has come to, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    /// Those of the failed that a resumed sweep asks about again, since what they failed with may pass.
    pub missing: u64,
    /// Rows of all customers.
    pub rows: u64,
    /// Customers that were handed out in a later round than the first, and so after all others.
    pub later: u64,
    /// Entries of the service's list without an id that is a GUID: nothing can be asked about them.
    pub without_id: u64,
    /// Entries of the service's list that could not be read at all.
    pub unreadable: u64,
    /// Rows that could not be read, of the customers that were handed out.
    pub unreadable_rows: u64,
    /// Values that their fields cannot take, in the answers about the customers that were handed out.
    pub odd_values: u64,
}

impl Summary {
    /// CountScope what was odd about a response with rows.
    pub(super) fn count(&mut self, findings: &Findings) {
        self.unreadable_rows = self.unreadable_rows.saturating_add(findings.unreadable_count());
        self.odd_values = self.odd_values.saturating_add(findings.odd_value_count());
    }
}

impl Checkpoint {
    pub(super) fn new(at: Option<Place>, done: Ids, missing: Ids, summary: Summary) -> Self {
        Self { version: VERSION, at, done, missing, summary }
    }

    /// Of a reading of the commercial query, whose next page is here, and whose rows named these customers.
    pub(super) fn queried(at: Option<Continuation>, with_rows: Ids, summary: Summary) -> Self {
        Self::new(at.map(|at| Place::Queried(Box::new(at))), with_rows, Ids::default(), summary)
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

    /// Who could not be read so far for a reason that may pass, in order of id: their calls failed, or they were not
    /// asked since the service was out of order. A sweep that resumes from here asks about them after all others.
    pub fn missing(&self) -> impl ExactSizeIterator<Item = CustomerId> + '_ {
        self.missing.as_slice().iter().copied()
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
            done: Ids,
            missing: Ids,
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
        let unreadable = || D::Error::custom("this is no checkpoint of a sweep that can be read");
        // What serde would say quotes the text.
        let Known { version, at, done, missing, summary } =
            serde_json::from_value(value).map_err(|_| unreadable())?;
        if missing.0.iter().any(|customer| done.contains(customer)) {
            return Err(unreadable());
        }
        Ok(Self { version, at, done, missing, summary })
    }
}

/// Without the ids: there may be thousands.
impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint")
            .field("at", &self.at)
            .field("done", &self.done.0.len())
            .field("missing", &self.missing.0.len())
            .field("summary", &self.summary)
            .finish_non_exhaustive()
    }
}
