//! A serializable position in a paged query, used to resume it.
//!
//! It is plain data: `paging` checks whether a query may be resumed from it, and requests the next page.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::versioned;

/// The version of the serialized form.
const VERSION: u64 = 2;

/// A serializable position in a paged query, used to resume it.
///
/// It contains everything that the request for the next page needs, except the credential. It is available on every
/// page except the last ([`Response::continuation`](crate::Response::continuation)), on the stream
/// ([`Pages::continuation`](crate::paging::Pages::continuation)) and on the error of a page that failed
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
    cursor: PageCursor,
}

/// A query and its progress.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageCursor {
    /// The operation's id in the contract.
    pub(crate) operation: String,
    pub(crate) arguments: Arguments,
    /// The number of rows before the next page, including those skipped by the caller.
    pub(crate) skip: u64,
    /// The largest total count of any page so far. This many rows are expected.
    pub(crate) counted: Option<u64>,
    /// Whether pages are requested with `skip`. This does not change within a query.
    pub(crate) by_count: bool,
    /// The next link of the last response; `null` if the next request uses the operation's own arguments.
    pub(crate) link: Option<Link>,
}

/// A link as sent by the service. It is validated when it is followed, because it may have been stored outside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    pub(crate) uri: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// Declares the arguments of all paged queries: the name of each in messages, and its type.
macro_rules! arguments {
    ($($(#[$meta:meta])* $field:ident: $ty:ty = $name:literal,)*) => {
        /// The arguments of a paged query, as sent.
        #[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
        pub(crate) struct Arguments {
            $($(#[$meta])* #[serde(skip_serializing_if = "Option::is_none")] pub(crate) $field: Option<$ty>,)*
        }

        impl Arguments {
            /// The name of the first argument that is set here and differs from the saved one.
            pub(crate) fn first_difference(&self, saved: &Self) -> Option<&'static str> {
                $(if self.$field.is_some() && self.$field != saved.$field {
                    return Some($name);
                })*
                None
            }
        }
    };
}

arguments! {
    customer_id: Uuid = "customer",
    order_id: String = "order",
    partner_id: String = "partner",
    size: u32 = "size",
    prefix: CommercialPrefix = "prefix",
    filter: String = "filter",
    groupby: String = "grouping",
    aggregation_level: AggregationLevel = "aggregation level",
    processed_date_time: String = "processed date",
    top: u32 = "top",
    skip: u64 = "skip",
}

/// The length of the periods by which a query groups a date.
///
/// ```
/// use partner_center::chain::AggregationLevel;
///
/// assert_eq!(AggregationLevel::DateRange.as_str(), "dateRange");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum AggregationLevel {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// One period, from the first date to the last; the service's default.
    DateRange,
}

impl AggregationLevel {
    /// The text of the query parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::DateRange => "dateRange",
        }
    }
}

/// The path prefix of a commercial query.
///
/// The documentation of the service gives one path in a table and another in an example. Which of them works can only
/// be tested in production.
///
/// ```
/// use partner_center::chain::CommercialPrefix;
///
/// assert_eq!(CommercialPrefix::default(), CommercialPrefix::PartnerV1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CommercialPrefix {
    /// `/partner/v1/analytics/commercial/...`, as in the example and as in all other analytics of this kind.
    #[default]
    #[serde(rename = "partner/v1")]
    PartnerV1,
    /// `/v1/analytics/commercial/...`, as in the table.
    #[serde(rename = "v1")]
    V1,
}

impl PageCursor {
    /// Whether this is the position of the first page.
    pub(crate) fn is_first(&self) -> bool {
        self.link.is_none() && !self.by_count && self.skip == self.arguments.skip.unwrap_or_default()
    }
}

impl Continuation {
    pub(crate) fn new(cursor: PageCursor) -> Self {
        Self { version: VERSION, cursor }
    }

    pub(crate) fn cursor(&self) -> &PageCursor {
        &self.cursor
    }
}

/// Accepts only this version, with exactly its members: a missing or additional member could mean another page, and a
/// misspelled argument another query.
impl<'de> Deserialize<'de> for Continuation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Known {
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
        let Known { operation, arguments, skip, counted, by_count, link } =
            versioned::read(deserializer, "continuation", VERSION)?;
        Ok(Self::new(PageCursor { operation, arguments, skip, counted, by_count, link }))
    }
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Continuation")
            .field("version", &self.version)
            .field("operation", &self.cursor.operation)
            .field("arguments", &self.cursor.arguments)
            .field("skip", &self.cursor.skip)
            .field("has_link", &self.cursor.link.is_some())
            .finish()
    }
}

/// Omits the filter, which may contain the name of a customer.
impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments")
            .field("customer_id", &self.customer_id)
            .field("order_id", &self.order_id)
            .field("partner_id", &self.partner_id)
            .field("size", &self.size)
            .field("prefix", &self.prefix)
            .field("has_filter", &self.filter.is_some())
            .field("groupby", &self.groupby)
            .field("aggregation_level", &self.aggregation_level)
            .field("processed_date_time", &self.processed_date_time)
            .field("top", &self.top)
            .field("skip", &self.skip)
            .finish()
    }
}
