//! The [`Operation`] trait and the metadata of an operation.

use std::borrow::Cow;
use std::fmt;

use crate::decoded::FromBody;
use crate::generated_requests;

/// One operation with its arguments, ready to be sent any number of times.
///
/// The structs in [`operations`](crate::operations) implement it, which the contract describes, and those in
/// [`raw`](crate::raw), which it does not. The trait is sealed.
#[expect(private_bounds, reason = "seals the trait")]
pub trait Operation: BuildRequest + fmt::Debug + Send + Sync {
    /// What the body of a successful response becomes: a model of the contract, or bytes.
    type Response: FromBody + Send + 'static;

    /// The metadata of the operation.
    const DETAILS: OperationDetails;

    /// The path, with the values of its parameters.
    fn path(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::DETAILS.path)
    }

    /// The value of an empty successful body: a collection without rows, or `None` if the response is not a collection.
    fn empty() -> Option<Self::Response> {
        None
    }

    /// The number of rows in a response and the total it reports; `None` if it is not a collection.
    fn extent(_: &Self::Response) -> Option<PageExtent> {
        None
    }

    /// Appends the rows of the next page to a response, and replaces its other fields with those of that page.
    fn append(_: &mut Self::Response, _: Self::Response) {}
}

/// Builds the request of an operation: its method, path and query.
pub(crate) trait BuildRequest {
    fn request(&self, requests: &generated_requests::Client) -> reqwest::Result<reqwest::Request>;
}

/// The metadata of an operation, for logs and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationDetails {
    /// The operation id in the contract, or `raw`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with the names of its parameters in braces.
    pub path: &'static str,
    /// The id of the operation that replaces this one, if it is deprecated.
    pub superseded_by: Option<&'static str>,
    /// Whether it has the parameter `skip`: how many rows to skip.
    pub skips: bool,
    /// Whether it accepts a continuation token in the header `MS-ContinuationToken`.
    pub seeks: bool,
}

/// The number of rows of a page, and the total that it reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageExtent {
    /// The number of rows on the page.
    pub rows: usize,
    /// The total that the page reports.
    pub total: Option<i64>,
    /// What `total` counts.
    pub counts: CountScope,
}

/// What the total of a page counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountScope {
    /// The rows of this page.
    Page,
    /// The rows of all pages.
    Query,
}

/// The names of the JSON members that point to the next page, in every spelling in the contract.
pub(crate) struct NextPageKeys {
    /// Members that hold a link to the next page.
    pub(crate) links: &'static [&'static str],
    /// Members that hold a continuation token.
    pub(crate) tokens: &'static [&'static str],
    /// Members that hold an object with a link in `next`.
    pub(crate) objects: &'static [&'static str],
}
