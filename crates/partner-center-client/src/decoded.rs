//! What a body is decoded into: its value, what was odd about it, and what it says about further pages.

use std::fmt;

use partner_center_models::Findings;

use crate::decode_error::DecodeError;

/// A decoded body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decoded<T> {
    /// The value.
    pub value: T,
    /// The values and rows that could not be decoded. All other values are in `value`.
    pub findings: Findings,
    /// What the response says about further pages.
    pub paging_info: PagingInfo,
}

/// What a response says about further pages. Check that a link is on the service's host before following it with a token.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PagingInfo {
    /// The links to the next page. Usually there is at most one.
    pub links: Vec<LinkedPage>,
    /// The continuation tokens.
    pub tokens: Vec<String>,
    /// Whether the response announces another page in an unknown format.
    pub unclear: bool,
}

/// A link to a page: a URI, headers to send, or both.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkedPage {
    /// The URI, in any of the forms that the service uses.
    pub uri: Option<String>,
    /// The names and values of the headers.
    pub headers: Vec<(String, String)>,
}

/// Omits the texts: a link contains the filter, which may contain a customer's name.
impl fmt::Debug for PagingInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagingInfo")
            .field("links", &self.links.len())
            .field("tokens", &self.tokens.len())
            .field("unclear", &self.unclear)
            .finish()
    }
}

impl fmt::Debug for LinkedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkedPage").finish_non_exhaustive()
    }
}

/// What the body of a 2xx response becomes: a model, or bytes.
pub(crate) trait FromBody: Sized {
    /// `empty` is the value of an empty body, if there is one.
    fn from_body(
        body: &[u8],
        charset: Option<&str>,
        empty: fn() -> Option<Self>,
    ) -> Result<Decoded<Self>, DecodeError>;
}
