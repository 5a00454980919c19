//! The [`Client`], which sends an operation once and decodes the response.

use std::fmt;
use std::marker::PhantomData;
use std::pin::pin;

use bytes::Bytes;
use http::HeaderMap;

use crate::body::{self, BodyLimits};
use crate::decode::decode;
use crate::decoded::Decoded;
use crate::encoding;
use crate::error::ClientError;
use crate::generated_requests;
use crate::http_client::{HttpClient, RawResponse};
use crate::http_error::HttpError;
use crate::operation::Operation;
use crate::response::{ReceivedResponse, Response};

/// Sends operations to one base URL. Cheap to clone; clones share the connections of their [`HttpClient`].
///
/// Each call sends one request: there are no retries, and the headers are sent as given. The caller sets
/// `Authorization`.
#[derive(Clone)]
pub struct Client {
    requests: generated_requests::Client,
    http: HttpClient,
    limits: BodyLimits,
}

impl Client {
    /// Creates a client for this base URL, with the default [`BodyLimits`].
    #[must_use]
    pub fn new(base_url: &str, http: &HttpClient) -> Self {
        let base_url = base_url.trim_end_matches('/');
        Self {
            // Only builds requests, so it does not matter which runtime its pool belongs to.
            requests: generated_requests::Client::new_with_client(base_url, http.first().clone()),
            http: http.clone(),
            limits: BodyLimits::default(),
        }
    }

    /// Replaces the limits for response bodies.
    #[must_use]
    pub fn with_body_limits(mut self, limits: BodyLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Sends an operation with these headers, reads the response and decodes it.
    ///
    /// It needs a Tokio runtime with I/O and time enabled. It has no timeout for the whole exchange: wrap it in
    /// `tokio::time::timeout`.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if no response arrived, if its status is not 2xx, or if its body could not be read or decoded.
    pub async fn send<O: Operation>(
        &self,
        operation: &O,
        headers: HeaderMap,
    ) -> Result<Response<O::Response>, ClientError> {
        let mut incoming = pin!(self.start(operation, headers)).await?;
        pin!(incoming.finish()).await
    }

    /// Sends an operation, and returns as soon as the status and the headers of the response have arrived.
    ///
    /// # Errors
    ///
    /// [`HttpError`] if no response arrived.
    pub async fn start<O: Operation>(
        &self,
        operation: &O,
        headers: HeaderMap,
    ) -> Result<IncomingResponse<O>, HttpError> {
        let mut request = operation.request(&self.requests).map_err(HttpError::new)?;
        // The documentation writes a space in a query as %20; the plus sign is the convention of forms.
        if let Some(query) = request.url().query().filter(|query| query.contains('+')) {
            let query = query.replace('+', "%20");
            request.url_mut().set_query(Some(&query));
        }
        pin!(self.execute(request, headers)).await
    }

    /// Sends a GET request to a link to another page of an operation. The caller must have checked that the URL is on
    /// the service's host, because the headers usually contain a token.
    ///
    /// # Errors
    ///
    /// [`HttpError`] if no response arrived.
    pub async fn follow<O: Operation>(
        &self,
        url: &str,
        headers: HeaderMap,
    ) -> Result<IncomingResponse<O>, HttpError> {
        let request = self.http.first().get(url).build().map_err(HttpError::new)?;
        pin!(self.execute(request, headers)).await
    }

    async fn execute<O>(
        &self,
        mut request: reqwest::Request,
        headers: HeaderMap,
    ) -> Result<IncomingResponse<O>, HttpError> {
        *request.headers_mut() = headers;
        let response = pin!(self.http.execute(request)).await?;
        Ok(IncomingResponse { response, limits: self.limits, operation: PhantomData })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// A response whose status and headers have arrived, but not yet its body.
pub struct IncomingResponse<O> {
    response: RawResponse,
    limits: BodyLimits,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> IncomingResponse<O> {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status()
    }

    /// The headers; empty after [`finish`](Self::finish).
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Reads the body and decodes it. Call it once.
    ///
    /// If the future is dropped before it completes, [`into_received`](Self::into_received) still returns status and
    /// headers.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the status is not 2xx, or if the body could not be read or decoded.
    pub async fn finish(&mut self) -> Result<Response<O::Response>, ClientError> {
        let mut partial = Vec::new();
        let read = pin!(body::read(&mut self.response, self.limits, &mut partial)).await;
        let (status, headers) = (self.response.status(), self.response.take_headers());
        let is_success = (200..300).contains(&status);
        let (body, body_error) = match read {
            Ok(body) if is_success => return decoded::<O>(status, headers, body),
            Ok(body) => (body, None),
            Err(error) => (Bytes::from(partial), Some(error)),
        };
        let response = Box::new(ReceivedResponse { status, headers, body });
        Err(match body_error {
            Some(error) if is_success => ClientError::Body { response, error },
            body_error => ClientError::Status { response, body_error },
        })
    }

    /// Drops the connection and returns the status and the headers, without a body.
    #[must_use]
    pub fn into_received(mut self) -> ReceivedResponse {
        let headers = self.response.take_headers();
        ReceivedResponse { status: self.response.status(), headers, body: Bytes::new() }
    }
}

/// Decodes the body of a 2xx response.
fn decoded<O: Operation>(
    status: u16,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<O::Response>, ClientError> {
    match decode::<O>(&body, encoding::charset(&headers).as_deref()) {
        Ok(Decoded { value, findings, paging_info }) => {
            Ok(Response { value, findings, paging_info, status, headers, body })
        }
        Err(error) => {
            let response = Box::new(ReceivedResponse { status, headers, body });
            Err(ClientError::Decode { response, error })
        }
    }
}

impl<O> fmt::Debug for IncomingResponse<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingResponse").field("status", &self.response.status()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
