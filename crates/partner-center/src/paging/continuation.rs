//! A serializable position in a paged query, used to resume it.
//!
//! This module checks whether a query may be resumed from a position. The requests are in `customers` and `commercial`.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::models::Timestamp;

/// The version of the serialized form.
const VERSION: u64 = 2;

/// A serializable position in a paged query, used to resume it.
///
/// It contains everything that the request for the next page needs, except the credential. It is available on every
/// page except the last ([`Response::continuation`](crate::Response::continuation)), on the stream
/// ([`Pages::continuation`](super::Pages::continuation)) and on the error of a page that failed
/// ([`Error::continuation`](crate::Error::continuation)). Pass it to `resume` of the same operation, in this process
/// or, serialized, in a later one. How long the service honors its tokens is not published: expect minutes rather than
/// days.
///
/// It serializes to an object with a version, for self-describing formats such as JSON. The serialized form contains
/// the filter of the query, which may include the name of a customer, and the service's token for the next page.
/// `Debug` omits both.
///
/// ```no_run
/// # use partner_center::{Continuation, PartnerCenter};
/// # async fn run(partner: PartnerCenter, path: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let mut pages = partner.customers().list().pages();
/// if let Err(error) = pages.try_next().await
///     && let Some(continuation) = error.continuation()
/// {
///     std::fs::write(path, serde_json::to_vec(continuation)?)?;
/// }
///
/// // Later, possibly in another process:
/// let continuation: Continuation = serde_json::from_slice(&std::fs::read(path)?)?;
/// let mut pages = partner.customers().list().resume(continuation).pages();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Continuation {
    version: u64,
    #[serde(flatten)]
    standing: PageCursor,
}

/// A query and its progress.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageCursor {
    /// The operation's id in the contract.
    pub(super) operation: String,
    pub(super) arguments: Arguments,
    /// The number of rows before the next page, including those skipped by the caller.
    pub(super) skip: u64,
    /// The largest total count of any page so far. This many rows are expected.
    pub(super) counted: Option<u64>,
    /// Whether pages are requested with `skip`. This does not change within a query.
    pub(super) by_count: bool,
    /// The next link of the last response; `null` if the next request uses the operation's own arguments.
    pub(super) link: Option<Link>,
}

/// A link as sent by the service. It is validated when it is followed, because it may have been stored outside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) uri: String,
    pub(super) headers: Vec<(String, String)>,
}

/// The arguments of a paged query, as sent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Arguments {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prefix: Option<super::commercial::CommercialPrefix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) groupby: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) processed_date_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) top: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skip: Option<u64>,
}

impl PageCursor {
    /// Whether this is the position of the first page.
    pub(super) fn is_first(&self) -> bool {
        self.link.is_none() && !self.by_count && self.skip == self.arguments.skip.unwrap_or_default()
    }
}

impl Continuation {
    pub(super) fn new(standing: PageCursor) -> Self {
        Self { version: VERSION, standing }
    }

    pub(super) fn standing(&self) -> &PageCursor {
        &self.standing
    }

    /// The first position of a query, or the position to resume.
    pub(super) fn start(operation: &'static str, arguments: Arguments, resume: Option<Self>) -> Result<Self> {
        let refused = |error: Error| error.with_operation(operation);
        let start = match resume {
            Some(continuation) => {
                continuation.check(operation, &arguments).map_err(refused)?;
                continuation
            }
            None => Self::new(PageCursor {
                operation: operation.to_owned(),
                skip: arguments.skip.unwrap_or_default(),
                counted: None,
                by_count: false,
                arguments,
                link: None,
            }),
        };
        start.standing.arguments.check().map_err(refused)?;
        Ok(start)
    }

    /// Checks that this query may be resumed from here.
    fn check(&self, operation: &'static str, arguments: &Arguments) -> Result<()> {
        let refuse = |message: String| Error::new(ErrorKind::InvalidInput, message);
        if self.standing.operation != operation {
            return Err(refuse(format!("the continuation belongs to an operation other than {operation}"))
                .with_advice("Resume the operation that created it, or start without it."));
        }
        match arguments.first_difference(&self.standing.arguments) {
            None => Ok(()),
            Some(name) => Err(refuse(format!("the continuation belongs to a query with a different {name}"))
                .with_advice("A continuation includes its arguments: omit them, or pass the same values.")),
        }
    }
}

/// Accepts only this version, with exactly its members: a missing or additional member could mean another page, and a
/// misspelled argument another query.
impl<'de> Deserialize<'de> for Continuation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Known {
            version: u64,
            operation: String,
            arguments: Arguments,
            skip: u64,
            #[serde(deserialize_with = "Option::deserialize")]
            counted: Option<u64>,
            by_count: bool,
            // Required: a missing link would mean the first page.
            #[serde(deserialize_with = "Option::deserialize")]
            link: Option<Link>,
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        let version = version.ok_or_else(|| D::Error::custom("not a continuation: it has no version"))?;
        if version != VERSION {
            return Err(D::Error::custom(format_args!(
                "the continuation has version {version}, but this release supports only version {VERSION}: \
                 resume with the release that wrote it, or start without it"
            )));
        }
        // The message of serde would quote the text, which may contain a filter.
        let Known { version, operation, arguments, skip, counted, by_count, link } =
            serde_json::from_value(value)
                .map_err(|_| D::Error::custom("the continuation has an unknown format"))?;
        Ok(Self { version, standing: PageCursor { operation, arguments, skip, counted, by_count, link } })
    }
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Continuation")
            .field("version", &self.version)
            .field("operation", &self.standing.operation)
            .field("arguments", &self.standing.arguments)
            .field("skip", &self.standing.skip)
            .field("has_link", &self.standing.link.is_some())
            .finish()
    }
}

/// Omits the filter, which may contain the name of a customer.
impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments")
            .field("size", &self.size)
            .field("prefix", &self.prefix)
            .field("has_filter", &self.filter.is_some())
            .field("groupby", &self.groupby)
            .field("processed_date_time", &self.processed_date_time)
            .field("top", &self.top)
            .field("skip", &self.skip)
            .finish()
    }
}

impl Arguments {
    /// Sets the processed date, in the format of the documented rows.
    pub(crate) fn set_processed(&mut self, day: &Timestamp) {
        let mut text = day.to_string();
        if day.is_recognized() && text.len() == "YYYY-MM-DD".len() {
            text.push_str("T00:00:00");
        }
        self.processed_date_time = Some(text);
    }

    /// Rejects arguments that the contract does not allow.
    fn check(&self) -> Result<()> {
        let refuse = |message| Err(Error::new(ErrorKind::InvalidInput, message));
        if self.size.is_some_and(|size| size > 500) {
            return refuse("size must be at most 500, the most customers that a page can have");
        }
        if self.top.is_some_and(|top| !(1..=10_000).contains(&top)) {
            return refuse("top must be between 1 and 10000, the most rows that a page can have");
        }
        if self.skip.is_some_and(|skip| i64::try_from(skip).is_err()) {
            return refuse("skip is too large");
        }
        if let Some(text) = &self.processed_date_time {
            let time = Timestamp::from(text.as_str());
            if !time.is_recognized() || time.is_never() {
                return refuse("processed is not a date such as 2018-10-14 or 2018-10-14T00:00:00");
            }
        }
        Ok(())
    }

    /// The name of the first argument that is set here and differs from the saved one.
    fn first_difference(&self, saved: &Self) -> Option<&'static str> {
        fn first_difference<T: PartialEq>(given: Option<&T>, saved: Option<&T>) -> bool {
            given.is_some() && given != saved
        }
        let prefix = self.prefix.is_some_and(|prefix| prefix != saved.prefix.unwrap_or_default());
        [
            ("size", first_difference(self.size.as_ref(), saved.size.as_ref())),
            ("prefix", prefix),
            ("filter", first_difference(self.filter.as_ref(), saved.filter.as_ref())),
            ("grouping", first_difference(self.groupby.as_ref(), saved.groupby.as_ref())),
            (
                "processed date",
                first_difference(self.processed_date_time.as_ref(), saved.processed_date_time.as_ref()),
            ),
            ("top", first_difference(self.top.as_ref(), saved.top.as_ref())),
            ("skip", first_difference(self.skip.as_ref(), saved.skip.as_ref())),
        ]
        .into_iter()
        .find_map(|(name, first_difference)| first_difference.then_some(name))
    }
}
