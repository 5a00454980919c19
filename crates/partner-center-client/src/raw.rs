//! Requests to paths that the contract does not describe. Their bodies are not decoded.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::Method;
use partner_center_models::Findings;

use crate::decode::{paging_info_of, text};
use crate::decode_error::DecodeError;
use crate::decoded::{Decoded, FromBody, PagingInfo};
use crate::generated_requests;
use crate::operation::{BuildRequest, CountScope, Operation, OperationDetails, PageExtent};

/// A path below the base URL, with its query.
#[derive(Clone)]
pub struct RawTarget {
    path: String,
    query: Option<String>,
}

impl RawTarget {
    /// Creates a target. The URL of its requests always has the scheme, host and port of the base URL. Dot segments in
    /// the path are resolved, so a caller that accepts paths from others must reject them.
    #[must_use]
    pub fn new(path: impl Into<String>, query: Option<String>) -> Self {
        Self { path: path.into(), query }
    }

    /// The path below the base URL.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    fn request(
        &self,
        method: Method,
        requests: &generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        let mut request = requests.client.request(method, &requests.baseurl).build()?;
        let url = request.url_mut();
        // Concatenating the texts would let a path without a leading slash change the host.
        let path = format!("{}/{}", url.path().trim_end_matches('/'), self.path.trim_start_matches('/'));
        url.set_path(&path);
        url.set_query(self.query.as_deref());
        Ok(request)
    }
}

/// Omits path and query, which may name a customer.
impl fmt::Debug for RawTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawTarget").finish_non_exhaustive()
    }
}

/// A GET request.
#[derive(Clone, Debug)]
pub struct GetRaw(pub RawTarget);

/// A HEAD request.
#[derive(Clone, Debug)]
pub struct HeadRaw(pub RawTarget);

/// A GET request for a page: a JSON document that may link to another page.
#[derive(Clone, Debug)]
pub struct GetRawPage(pub RawTarget);

/// The body of a response, as it was received after decompression.
#[derive(Clone)]
pub struct BodyBytes(pub Bytes);

/// Like [`BodyBytes`], but it is known to be empty or JSON.
#[derive(Clone)]
pub struct PageBytes(pub Bytes);

/// The metadata. The path is not part of it: it may contain customer data, and the number of paths is unbounded.
const fn details(method: &'static str) -> OperationDetails {
    OperationDetails { id: "raw", method, path: "/{path}", superseded_by: None, skips: false, seeks: true }
}

impl Operation for GetRaw {
    type Response = BodyBytes;
    const DETAILS: OperationDetails = details("GET");

    fn path(&self) -> Cow<'static, str> {
        Cow::Owned(self.0.path.clone())
    }
}

impl Operation for HeadRaw {
    type Response = BodyBytes;
    const DETAILS: OperationDetails = details("HEAD");

    fn path(&self) -> Cow<'static, str> {
        Cow::Owned(self.0.path.clone())
    }
}

impl Operation for GetRawPage {
    type Response = PageBytes;
    const DETAILS: OperationDetails = details("GET");

    fn path(&self) -> Cow<'static, str> {
        Cow::Owned(self.0.path.clone())
    }

    /// The document counts as one row, and an empty body as none: it is unknown what the rows of the document are.
    fn extent(page: &PageBytes) -> Option<PageExtent> {
        Some(PageExtent { rows: usize::from(!page.0.is_empty()), total: None, counts: CountScope::Page })
    }
}

impl BuildRequest for GetRaw {
    fn request(&self, requests: &generated_requests::Client) -> reqwest::Result<reqwest::Request> {
        self.0.request(Method::GET, requests)
    }
}

impl BuildRequest for HeadRaw {
    fn request(&self, requests: &generated_requests::Client) -> reqwest::Result<reqwest::Request> {
        self.0.request(Method::HEAD, requests)
    }
}

impl BuildRequest for GetRawPage {
    fn request(&self, requests: &generated_requests::Client) -> reqwest::Result<reqwest::Request> {
        self.0.request(Method::GET, requests)
    }
}

impl FromBody for BodyBytes {
    fn from_body(
        body: &[u8],
        _: Option<&str>,
        _: fn() -> Option<Self>,
    ) -> Result<Decoded<Self>, DecodeError> {
        let value = Self(Bytes::copy_from_slice(body));
        Ok(Decoded { value, findings: Findings::default(), paging_info: PagingInfo::default() })
    }
}

impl FromBody for PageBytes {
    fn from_body(
        body: &[u8],
        charset: Option<&str>,
        _: fn() -> Option<Self>,
    ) -> Result<Decoded<Self>, DecodeError> {
        let text = text(body, charset)?;
        let (body, paging_info) = match text.trim_ascii() {
            "" => (&[][..], PagingInfo::default()),
            json => (body, paging_info_of(json)?),
        };
        let value = Self(Bytes::copy_from_slice(body));
        Ok(Decoded { value, findings: Findings::default(), paging_info })
    }
}

impl fmt::Debug for BodyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyBytes({} bytes)", self.0.len())
    }
}

impl fmt::Debug for PageBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageBytes({} bytes)", self.0.len())
    }
}
