//! Checkpoints: the serializable state of a sweep, used to resume it. Plain data; the work queue creates them.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::models::Findings;
use crate::{Continuation, CustomerId, versioned};

/// The format version that this release writes and reads.
const VERSION: u64 = 2;

/// The state of a sweep: the customers that it has returned, and those that it could not read.
///
/// It contains the ids of the returned customers, 32 characters each, and no position in the list of customers: a
/// resumed sweep reads the list again, in any order, and skips the customers that are done.
/// [`SweepStream::checkpoint`](super::SweepStream::checkpoint) creates one at any time, and
/// [`Sweep::resume`](super::Sweep::resume) resumes from it. For the order in which to save output and checkpoint, see
/// [the module documentation](super#resuming-a-sweep).
///
/// It serializes to an object with a version. Deserializing fails for other versions and for unknown members. It
/// contains customer ids, but no names.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    version: u64,
    /// What is left; `None` if nothing is.
    pub(crate) at: Option<Place>,
    /// Customers that were returned and need no further request. Empty once only missing customers are left.
    pub(crate) done: Ids,
    /// Customers that failed, or were not read, because of a transient error.
    pub(crate) missing: Ids,
    pub(crate) summary: Summary,
}

/// What is left of a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Place {
    /// The customers of the service's list that are not done.
    Listed,
    /// The customers of the caller's list that are not done.
    Given,
    /// Only missing customers: the list was read to its end.
    Missing,
    /// The rest of the commercial query, from this page on.
    Queried(Box<Continuation>),
}

/// Customer ids, sorted and unique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ids(Vec<CustomerId>);

impl Ids {
    pub(crate) fn as_slice(&self) -> &[CustomerId] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, customer: &CustomerId) -> bool {
        self.position(customer).is_some()
    }

    pub(crate) fn position(&self, customer: &CustomerId) -> Option<usize> {
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

/// The length of an id: hexadecimal digits without hyphens. Ids are written without separators.
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
        let unreadable = || D::Error::custom("expected a sorted list of customer ids");
        let ids = text.as_bytes().chunks(DIGITS).map(|digits| match digits.len() {
            DIGITS => Uuid::try_parse_ascii(digits).map(CustomerId::from).map_err(|_| unreadable()),
            _ => Err(unreadable()),
        });
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        // This type writes ids sorted and unique, so anything else is invalid.
        if ids.is_sorted_by(|one, next| one < next) { Ok(Self(ids)) } else { Err(unreadable()) }
    }
}

/// The counts of a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Summary {
    /// Customers returned: the sum of the next four.
    pub customers: u64,
    /// Customers with rows.
    pub with_rows: u64,
    /// Customers without rows.
    pub empty: u64,
    /// Customers without a relationship or a tenant; see [`Outcome::Skipped`](super::Outcome::Skipped).
    pub skipped: u64,
    /// Customers that failed.
    pub failed: u64,
    /// Failed customers that a resumed sweep reads again, because the error was transient.
    pub missing: u64,
    /// Rows of all customers.
    pub rows: u64,
    /// Customers that were returned in a later round than the first, after all others.
    pub later: u64,
    /// Entries of the service's list whose id is missing or is not a GUID: they cannot be read.
    pub without_id: u64,
    /// Entries of the service's list that could not be decoded.
    pub unreadable: u64,
    /// Rows that could not be decoded, of the customers that were returned.
    pub unreadable_rows: u64,
    /// Values that are invalid for their field, in the responses about the customers that were returned.
    pub odd_values: u64,
}

impl Summary {
    /// Adds the findings about a response.
    pub(crate) fn count(&mut self, findings: &Findings) {
        self.unreadable_rows = self.unreadable_rows.saturating_add(findings.unreadable_count());
        self.odd_values = self.odd_values.saturating_add(findings.odd_value_count());
    }
}

impl Checkpoint {
    pub(crate) fn new(at: Option<Place>, done: Ids, missing: Ids, summary: Summary) -> Self {
        Self { version: VERSION, at, done, missing, summary }
    }

    /// Creates the checkpoint of a commercial query with this next page, whose rows named these customers.
    pub(crate) fn queried(at: Option<Continuation>, with_rows: Ids, summary: Summary) -> Self {
        Self::new(at.map(|at| Place::Queried(Box::new(at))), with_rows, Ids::default(), summary)
    }

    /// The counts so far, including earlier runs.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Whether nothing is left. A sweep that resumes from a finished checkpoint returns no customers.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.at.is_none()
    }

    /// The customers that could not be read so far because of a transient error, in order of id: their calls failed, or
    /// the sweep gave up before them. A resumed sweep reads them after all others.
    pub fn missing(&self) -> impl ExactSizeIterator<Item = CustomerId> + '_ {
        self.missing.as_slice().iter().copied()
    }
}

impl<'de> Deserialize<'de> for Checkpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Known {
            // Without this, an absent member would be read as `None`, which means the end.
            #[serde(deserialize_with = "Option::deserialize")]
            at: Option<Place>,
            done: Ids,
            missing: Ids,
            summary: Summary,
        }
        let Known { at, done, missing, summary } =
            versioned::read(deserializer, "sweep checkpoint", VERSION)?;
        if missing.0.iter().any(|customer| done.contains(customer)) {
            return Err(D::Error::custom(
                "the sweep checkpoint cannot be read: a customer is both done and missing",
            ));
        }
        Ok(Self::new(at, done, missing, summary))
    }
}

/// Omits the ids: there may be thousands.
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
