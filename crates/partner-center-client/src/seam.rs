//! Where the generated code meets whoever executes it: an operation as a value, sent once by a client made for one
//! attempt.
//!
//! The generated client writes path and query. Headers, which are the same for all operations, come with the attempt.
//! There is no retry here and no credential: the headers say what they say.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use progenitor_client::{ByteStream, ClientHooks, OperationInfo, ResponseValue};

use crate::generated;
use crate::transport::{RawAnswer, Transport, TransportError};

/// What comes of sending an operation: an answer of any status, or none.
pub type Sent = Result<RawAnswer, TransportError>;

/// One operation of the contract with its arguments, ready to be sent any number of times.
pub trait Operation: fmt::Debug + Send + Sync {
    /// The model of a successful answer.
    type Answer: partner_center_models::Model + Send + 'static;

    /// What the contract says of the operation.
    const DETAILS: OperationDetails;

    /// Its path, with the values of parameters.
    fn path(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::DETAILS.path)
    }

    /// What an empty successful body stands for: no rows, where the answer is a collection.
    fn empty() -> Option<Self::Answer> {
        None
    }

    /// How many rows an answer has, and how many it says that there are; `None` if it is no collection.
    fn extent(_: &Self::Answer) -> Option<Extent> {
        None
    }

    /// Puts the rows of the next page behind those of an answer, and takes over what that page says beside them.
    fn append(_: &mut Self::Answer, _: Self::Answer) {}

    /// Sends it once.
    fn send(&self, client: Client) -> impl Future<Output = Sent> + Send;
}

/// What the contract says of an operation, for logs and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationDetails {
    /// Its id in the contract.
    pub id: &'static str,
    /// Its HTTP method.
    pub method: &'static str,
    /// Its path, with the names of parameters in braces.
    pub path: &'static str,
    /// The id of the operation that replaces it, if it is deprecated.
    pub superseded_by: Option<&'static str>,
    /// Whether it takes `skip`: how many rows to leave out.
    pub skips: bool,
    /// Whether it takes a token of the service for a further page, in `MS-ContinuationToken`.
    pub seeks: bool,
}

/// How many rows a page has, and how many it says that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The rows it has.
    pub rows: usize,
    /// The count beside them.
    pub total: Option<i64>,
    /// What that counts.
    pub counts: Counts,
}

/// What the count beside the rows of a page counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The rows of this page.
    Page,
    /// The rows of all pages.
    Query,
}

/// The members by which a collection says that there is more, in every spelling the contract knows.
#[derive(Clone, Copy, Debug)]
pub struct Continuations {
    /// Of links to the next page.
    pub links: &'static [&'static str],
    /// Of tokens of the next page.
    pub tokens: &'static [&'static str],
    /// Of objects whose `next` is a link.
    pub objects: &'static [&'static str],
}

/// The headers of one attempt: those of the request until it is sent, then those of the answer. Moved there and back,
/// because generated code would copy them twice each way, and a small call would feel it.
#[derive(Debug, Default)]
pub(crate) struct Attempt(Mutex<HeaderMap>);

impl Attempt {
    /// Puts these in, and takes out what was there.
    fn exchange(&self, headers: HeaderMap) -> HeaderMap {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), headers)
    }
}

/// Generated clients can be cloned; an attempt is never, and a copy of it has no headers.
impl Clone for Attempt {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A client for one attempt, and used up by it.
#[derive(Debug)]
pub struct Client(generated::Client);

impl Client {
    /// A client that sends these headers, over this transport, to this base URL (without a slash at its end).
    #[must_use]
    pub fn new(base_url: &str, transport: &Transport, headers: HeaderMap) -> Self {
        let attempt = Attempt(Mutex::new(headers));
        Self(generated::Client::new_with_client(base_url, transport.client(), attempt))
    }

    /// Sends a GET to where an answer linked to, in place of an operation's own path and query. The caller has made
    /// sure that the URL is on the service's own host.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if no answer came.
    pub async fn follow(self, url: &str) -> Sent {
        let request = self.0.client.get(url).build().map_err(TransportError::new)?;
        let response = self.0.execute(request).await.map_err(TransportError::new)?;
        Ok(self.raw(ResponseValue::stream(response)))
    }

    pub(crate) fn generated(&self) -> &generated::Client {
        &self.0
    }

    /// Flattens what generated code returns: every status is an answer here.
    pub(crate) fn sent(
        &self,
        result: Result<ResponseValue<ByteStream>, progenitor_client::Error<ByteStream>>,
    ) -> Sent {
        use progenitor_client::Error;
        match result {
            Ok(answer) | Err(Error::ErrorResponse(answer)) => Ok(self.raw(answer)),
            // A status the contract does not name, such as a redirect.
            Err(Error::UnexpectedResponse(response)) => Ok(self.raw(ResponseValue::stream(response))),
            Err(
                Error::CommunicationError(error)
                | Error::ResponseBodyError(error)
                | Error::InvalidUpgrade(error),
            ) => Err(TransportError::new(error)),
            // These come of typed answers and of hooks, and this client has neither.
            Err(Error::InvalidRequest(_) | Error::InvalidResponsePayload(..) | Error::Custom(_)) => {
                Err(TransportError::unsendable())
            }
        }
    }

    fn raw(&self, answer: ResponseValue<ByteStream>) -> RawAnswer {
        let headers = self.0.inner.exchange(HeaderMap::new());
        RawAnswer::new(answer.status().as_u16(), headers, answer.into_inner_stream())
    }
}

impl generated::Client {
    /// Sends the request with the headers of the attempt, and keeps those of the answer.
    async fn execute(&self, mut request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
        // In place of what is there, not beside it: progenitor's own `api-version` is unknown to the service, and
        // header parameters are taken out of the contract before generating.
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
        // The documentation writes a space in a query as %20; a form's plus sign is another convention.
        if let Some(query) = request.url().query().filter(|query| query.contains('+')) {
            let query = query.replace('+', "%20");
            request.url_mut().set_query(Some(&query));
        }
        self.execute(request).await
    }
}
