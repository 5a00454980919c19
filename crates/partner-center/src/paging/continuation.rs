//! Where a stream of pages stands, so that it can be saved and gone on from.
//!
//! It is plain data. Who may go on from it is checked here; what is sent for it is in `customers` and `commercial`.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::models::Timestamp;

/// The form that this version writes and reads.
const VERSION: u64 = 2;

/// Where a stream of pages stands: everything the request for its next page needs, and no credential.
///
/// There is one on every page that another follows ([`Response::continuation`](crate::Response::continuation)), on the
/// stream ([`Pages::continuation`](super::Pages::continuation)) and on the error of a page that could not be had
/// ([`Error::continuation`](crate::Error::continuation)). Hand it to `resume` of the same operation, in this process
/// or, by way of serde, in a later one. How long the service honours its own tokens is not published: take it for
/// minutes rather than days.
///
/// It serialises to an object with a version, for formats that describe themselves, such as JSON. What is serialised
/// holds the query's filter, and so perhaps the name of a customer, and the service's own token for the next page;
/// `Debug` shows neither.
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
/// // Later, and perhaps elsewhere:
/// let continuation: Continuation = serde_json::from_slice(&std::fs::read(path)?)?;
/// let mut pages = partner.customers().list().resume(continuation).pages();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Continuation {
    version: u64,
    #[serde(flatten)]
    standing: Standing,
}

/// A query, and how far it got.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    /// The operation's id in the contract.
    pub(super) operation: String,
    pub(super) arguments: Arguments,
    /// How many rows come before the next page, those that the caller left out included.
    pub(super) skip: u64,
    /// The largest count of all rows that a page has given so far: as many have to come.
    pub(super) counted: Option<u64>,
    /// Whether pages are asked for by `skip`. A reading that began like this stays with it.
    pub(super) by_count: bool,
    /// Where the last answer linked to; `null` if the operation is to be asked by its own arguments.
    pub(super) link: Option<Link>,
}

/// A link as the service wrote it. It is looked at when it is followed, whoever kept it meanwhile.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) uri: String,
    pub(super) headers: Vec<(String, String)>,
}

/// The arguments of a query that is answered in pages, as they go on the wire.
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

impl Standing {
    /// Whether no page has been given yet.
    pub(super) fn is_first(&self) -> bool {
        self.link.is_none() && !self.by_count && self.skip == self.arguments.skip.unwrap_or_default()
    }
}

impl Continuation {
    pub(super) fn new(standing: Standing) -> Self {
        Self { version: VERSION, standing }
    }

    pub(super) fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Where a query starts, or goes on if it is resumed.
    pub(super) fn start(operation: &'static str, arguments: Arguments, resume: Option<Self>) -> Result<Self> {
        let refused = |error: Error| error.with_operation(operation);
        let start = match resume {
            Some(continuation) => {
                continuation.check(operation, &arguments).map_err(refused)?;
                continuation
            }
            None => Self::new(Standing {
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

    /// Whether this query may go on from here.
    fn check(&self, operation: &'static str, arguments: &Arguments) -> Result<()> {
        let refuse = |message: String| Error::new(ErrorKind::InvalidInput, message);
        if self.standing.operation != operation {
            return Err(refuse(format!("the continuation is of another operation than {operation}"))
                .with_advice("Resume the operation that it came from, or start again without it."));
        }
        match arguments.unlike(&self.standing.arguments) {
            None => Ok(()),
            Some(name) => Err(refuse(format!("the continuation is of a query with another {name}"))
                .with_advice("A continuation brings its arguments along: leave them out, or give the same.")),
        }
    }
}

/// Reads a continuation of this version with exactly the members it has: what another version left out or added may mean
/// another page, and a misspelled argument another query.
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
            // Without this a lost link would mean the first page.
            #[serde(deserialize_with = "Option::deserialize")]
            link: Option<Link>,
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        let version =
            version.ok_or_else(|| D::Error::custom("this is no continuation: it has no version"))?;
        if version != VERSION {
            return Err(D::Error::custom(format_args!(
                "the continuation is of version {version}, and version {VERSION} is the one that can be resumed: \
                 resume with the release that wrote it, or start again without it"
            )));
        }
        // What serde would say quotes the text, and with it perhaps a filter.
        let Known { version, operation, arguments, skip, counted, by_count, link } =
            serde_json::from_value(value)
                .map_err(|_| D::Error::custom("this is no continuation that can be read"))?;
        Ok(Self { version, standing: Standing { operation, arguments, skip, counted, by_count, link } })
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

/// Without the filter, which may hold the name of a customer.
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
    /// The day of the data, in the form that the documented rows carry.
    pub(crate) fn set_processed(&mut self, day: &Timestamp) {
        let mut text = day.to_string();
        if day.is_recognised() && text.len() == "YYYY-MM-DD".len() {
            text.push_str("T00:00:00");
        }
        self.processed_date_time = Some(text);
    }

    /// Refuses before sending what the contract does not allow.
    fn check(&self) -> Result<()> {
        let refuse = |message| Err(Error::new(ErrorKind::InvalidInput, message));
        if self.size.is_some_and(|size| size > 500) {
            return refuse("size is more than 500, the most customers that a page can hold");
        }
        if self.top.is_some_and(|top| !(1..=10_000).contains(&top)) {
            return refuse("top is not between 1 and 10000, the most rows that a page can hold");
        }
        if self.skip.is_some_and(|skip| i64::try_from(skip).is_err()) {
            return refuse("skip is larger than any number of rows");
        }
        if let Some(text) = &self.processed_date_time {
            let time = Timestamp::from(text.as_str());
            if !time.is_recognised() || time.is_never() {
                return refuse("processed is no date such as 2018-10-14 or 2018-10-14T00:00:00");
            }
        }
        Ok(())
    }

    /// The first argument that was given here and is another there.
    fn unlike(&self, saved: &Self) -> Option<&'static str> {
        fn unlike<T: PartialEq>(given: Option<&T>, saved: Option<&T>) -> bool {
            given.is_some() && given != saved
        }
        let prefix = self.prefix.is_some_and(|prefix| prefix != saved.prefix.unwrap_or_default());
        [
            ("size", unlike(self.size.as_ref(), saved.size.as_ref())),
            ("prefix", prefix),
            ("filter", unlike(self.filter.as_ref(), saved.filter.as_ref())),
            ("grouping", unlike(self.groupby.as_ref(), saved.groupby.as_ref())),
            ("processed date", unlike(self.processed_date_time.as_ref(), saved.processed_date_time.as_ref())),
            ("top", unlike(self.top.as_ref(), saved.top.as_ref())),
            ("skip", unlike(self.skip.as_ref(), saved.skip.as_ref())),
        ]
        .into_iter()
        .find_map(|(name, unlike)| unlike.then_some(name))
    }
}
