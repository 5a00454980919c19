//! Makes one attempt: sends the request with its headers, and waits for the decoded response.

use std::pin::pin;

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue};
use partner_center_client::{ClientError, IncomingResponse, Operation, Response};
use tracing::Instrument;

use super::failure::AttemptFailure;
use super::{CallContext, RequestRun, RequestTarget, poll_timeout};
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, Result};
use crate::request_context::{CLIENT_NAME, is_language_tag};

const REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");
const CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
const LOCALE: HeaderName = HeaderName::from_static("x-locale");
const CLIENT: HeaderName = HeaderName::from_static("ms-partnercenter-client");
const APPLICATION: HeaderName = HeaderName::from_static("ms-partnercenter-application");

impl RequestRun<'_> {
    /// The value of `X-Locale`.
    pub(super) fn locale(&self, call_context: &CallContext) -> Result<HeaderValue> {
        let Some(locale) = &call_context.locale else { return Ok(HeaderValue::from_static("en-US")) };
        HeaderValue::from_str(locale).ok().filter(|_| is_language_tag(locale)).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "the locale is not a language tag such as sv-SE")
                .with_operation(self.details.id)
        })
    }

    /// The headers of an attempt.
    fn headers<O>(
        &self,
        call_context: &CallContext,
        locale: &HeaderValue,
        target: &RequestTarget<'_, O>,
        token: &AccessToken,
    ) -> Result<HeaderMap> {
        let mut headers = HeaderMap::with_capacity(8);
        if !call_context.headers.is_empty() {
            headers.extend(call_context.headers.clone());
        }
        if let RequestTarget::Link { headers: linked, .. } = target {
            headers.extend((*linked).clone());
        }
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(REQUEST_ID, guid(self.request_id));
        headers.insert(CORRELATION_ID, guid(self.correlation_id));
        headers.insert(LOCALE, locale.clone());
        headers.insert(CLIENT, HeaderValue::from_static(CLIENT_NAME));
        if let Some(application) = &self.core.application {
            headers.insert(APPLICATION, application.clone());
        }
        headers.insert(AUTHORIZATION, bearer(token)?);
        Ok(headers)
    }

    /// Sends one request and decodes the response. Any status other than 2xx becomes an error.
    pub(super) async fn attempt<O: Operation>(
        &self,
        call_context: &CallContext,
        locale: &HeaderValue,
        target: &RequestTarget<'_, O>,
        token: &AccessToken,
        number: u32,
    ) -> Result<Response<O::Response>, AttemptFailure> {
        let headers = self.headers(call_context, locale, target, token)?;
        let span = tracing::debug_span!(
            "partner_center.attempt",
            number,
            http.response.status_code = tracing::field::Empty,
        );
        let limit = self.core.limits.attempt_timeout.min(self.remaining());
        let mut incoming = None;
        let outcome = {
            let exchange = pin!(self.exchange(headers, target, &mut incoming));
            pin!(poll_timeout::within(limit, exchange)).instrument(span.clone()).await
        };
        if let Some(incoming) = &incoming {
            span.record("http.response.status_code", incoming.status());
        }
        if let Ok(result) = outcome {
            return result.map_err(|error| self.failed(error));
        }
        let received = incoming.map(IncomingResponse::into_received);
        Err(self.timed_out(limit < self.core.limits.attempt_timeout, received))
    }

    /// Leaves the response in `incoming`, so that its status is known even if the time is over before its end.
    async fn exchange<O: Operation>(
        &self,
        headers: HeaderMap,
        target: &RequestTarget<'_, O>,
        incoming: &mut Option<IncomingResponse<O>>,
    ) -> Result<Response<O::Response>, ClientError> {
        let client = &self.core.client;
        let started = match target {
            RequestTarget::Operation(operation) => pin!(client.start(*operation, headers)).await,
            RequestTarget::Link { url, .. } => pin!(client.follow(url, headers)).await,
        };
        let incoming = incoming.insert(started?);
        self.core.clock_watch.observe(incoming.headers(), &*self.core.clock);
        pin!(incoming.finish()).await
    }
}

fn bearer(token: &AccessToken) -> Result<HeaderValue> {
    let mut text = zeroize::Zeroizing::new(String::with_capacity(7 + token.expose().len()));
    text.push_str("Bearer ");
    text.push_str(token.expose());
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        Error::new(
            ErrorKind::Credential,
            "the access token contains a character that cannot be sent in a header",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn guid(id: uuid::Uuid) -> HeaderValue {
    let mut buffer = uuid::Uuid::encode_buffer();
    // A hyphenated GUID is always a valid header value; the fallback is never used.
    HeaderValue::from_str(id.as_hyphenated().encode_lower(&mut buffer))
        .unwrap_or_else(|_| HeaderValue::from_static("00000000-0000-0000-0000-000000000000"))
}
