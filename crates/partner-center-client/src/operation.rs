//! The [`Operation`] trait, and the [`Client`] that sends an operation once.
//!
//! The generated client writes path and query. The caller supplies the headers, which are the same for all operations.
//! There are no retries and no credentials here: the headers are sent as given.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use http::HeaderMap;
use progenitor_client::{ByteStream, ClientHooks, OperationInfo, ResponseValue};

use crate::attempt::Attempt;
use crate::generated;
use crate::http_client::{HttpClient, RawResponse};
use crate::http_error::HttpError;

/// The result of sending an operation: a response of any status, or a http error.
pub type SendResult = Result<RawResponse, HttpError>;

/// One operation of the contract with its arguments, ready to be sent any number of times.
pub trait Operation: fmt::Debug + Send + Sync {
    /// The model of a successful response.
    type Response: partner_center_models::Model + Send + 'static;

    /// The metadata of the operation in the contract.
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

    /// Sends the operation once.
    fn send(&self, client: Client) -> impl Future<Output = SendResult> + Send;
}

/// The metadata of an operation in the contract, for logs and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationDetails {
    /// The operation id in the contract.
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
#[derive(Clone, Copy, Debug)]
pub struct NextPageKeys {
    /// Members that hold a link to the next page.
    pub links: &'static [&'static str],
    /// Members that hold a continuation token.
    pub tokens: &'static [&'static str],
    /// Members that hold an object with a link in `next`.
    pub objects: &'static [&'static str],
}

/// A client for one attempt. Sending consumes it.
#[derive(Debug)]
pub struct Client(generated::Client);

impl Client {
    /// Creates a client that sends these headers over this http to this base URL (without a trailing slash).
    #[must_use]
    pub fn new(base_url: &str, http: &HttpClient, headers: HeaderMap) -> Self {
        let attempt = Attempt::new(headers);
        Self(generated::Client::new_with_client(base_url, http.client(), attempt))
    }

    /// Sends a GET request to a link from a response, instead of to an operation's path and query. The caller must
    /// have checked that the URL is on the service's host.
    ///
    /// # Errors
    ///
    /// [`HttpError`] if no response arrived.
    pub async fn follow(self, url: &str) -> SendResult {
        let request = self.0.client.get(url).build().map_err(HttpError::new)?;
        let response = self.0.execute(request).await.map_err(HttpError::new)?;
        Ok(self.raw(ResponseValue::stream(response)))
    }

    pub(crate) fn generated(&self) -> &generated::Client {
        &self.0
    }

    /// Converts the result of the generated code: a response of any status is `Ok`.
    pub(crate) fn sent(
        &self,
        result: Result<ResponseValue<ByteStream>, progenitor_client::Error<ByteStream>>,
    ) -> SendResult {
        use progenitor_client::Error;
        match result {
            Ok(answer) | Err(Error::ErrorResponse(answer)) => Ok(self.raw(answer)),
            // A status that is not in the contract, such as a redirect.
            Err(Error::UnexpectedResponse(response)) => Ok(self.raw(ResponseValue::stream(response))),
            Err(
                Error::CommunicationError(error)
                | Error::ResponseBodyError(error)
                | Error::InvalidUpgrade(error),
            ) => Err(HttpError::new(error)),
            // Typed responses and hooks return these; this client has neither.
            Err(Error::InvalidRequest(_) | Error::InvalidResponsePayload(..) | Error::Custom(_)) => {
                Err(HttpError::unbuildable())
            }
        }
    }

    fn raw(&self, answer: ResponseValue<ByteStream>) -> RawResponse {
        let headers = self.0.inner.exchange(HeaderMap::new());
        RawResponse::new(answer.status().as_u16(), headers, answer.into_inner_stream())
    }
}

impl generated::Client {
    /// Sends the request with the headers of the attempt, and stores the headers of the response.
    async fn execute(&self, mut request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
        // All headers are replaced: the service does not know progenitor's `api-version`, and header parameters are
        // removed from the contract before generation.
        *request.headers_mut() = self.inner.exchange(HeaderMap::new());
        let mut response = self.client.execute(request).await?;
        self.inner.exchange(std::mem::take(response.headers_mut()));
        Ok(response)
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn exec(
        &self,
        mut request: reqwest::Request,
        _operation: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        // The documentation writes a space in a query as %20; the plus sign is the convention of forms.
        if let Some(query) = request.url().query().filter(|query| query.contains('+')) {
            let query = query.replace('+', "%20");
            request.url_mut().set_query(Some(&query));
        }
        self.execute(request).await
    }
}
