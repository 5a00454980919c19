//! Makes one attempt: sends the request and reads the whole response.

use std::pin::pin;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue};
use partner_center_client::{Client, HttpError, HttpErrorKind, Operation, RawResponse};
use tracing::Instrument;

use super::body::{self, BodyError, StallDetector};
use super::{CallContext, RequestRun, RequestTarget, poll_timeout};
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::request_context::is_language_tag;
use crate::wire::retry_after::retry_after;
use crate::wire::{CLIENT_NAME, encoding};

const REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");
const CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
const LOCALE: HeaderName = HeaderName::from_static("x-locale");
const CLIENT: HeaderName = HeaderName::from_static("ms-partnercenter-client");
const APPLICATION: HeaderName = HeaderName::from_static("ms-partnercenter-application");

/// A complete 2xx response.
pub(super) struct SuccessResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl SuccessResponse {
    /// The declared charset.
    pub(super) fn charset(&self) -> Option<String> {
        encoding::charset(&self.headers)
    }
}

/// Why an attempt did not return a 2xx response.
pub(super) struct AttemptFailure {
    pub(super) error: Error,
    /// The body of the error response was incomplete, so the error is based on the status alone.
    pub(super) cut_off: bool,
}

impl From<Error> for AttemptFailure {
    fn from(error: Error) -> Self {
        Self { error, cut_off: false }
    }
}

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
        locale: &HeaderValue,
        target: &RequestTarget<'_, O>,
        token: &AccessToken,
    ) -> Result<HeaderMap> {
        let mut headers = HeaderMap::with_capacity(8);
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

    /// Sends one request and reads the whole response. Any status other than 2xx becomes an error.
    pub(super) async fn attempt<O: Operation>(
        &self,
        locale: &HeaderValue,
        target: &RequestTarget<'_, O>,
        token: &AccessToken,
        number: u32,
    ) -> Result<SuccessResponse, AttemptFailure> {
        let headers = self.headers(locale, target, token)?;
        let client = Client::new(&self.core.base_url, &self.core.transport, headers);
        let span = tracing::debug_span!(
            "partner_center.attempt",
            number,
            http.response.status_code = tracing::field::Empty,
        );
        let limit = self.core.limits.attempt_timeout.min(self.remaining());
        let mut seen = PartialResponse::default();
        let outcome = {
            let exchange = pin!(self.exchange(client, target, &mut seen));
            pin!(poll_timeout::within(limit, exchange)).instrument(span.clone()).await
        };
        if let Some(status) = seen.status {
            span.record("http.response.status_code", status);
        }
        let error = match outcome {
            Ok(Ok(body)) => return Ok(self.judge(seen, body)?),
            Ok(Err(error)) => error,
            Err(_) if limit < self.core.limits.attempt_timeout => {
                let message = "the service did not respond within the time allowed for the call";
                return Err(seen.tell(Error::new(ErrorKind::Timeout, message)).into());
            }
            Err(_) => Error::new(
                ErrorKind::Network,
                "the service did not respond within the time allowed for an attempt",
            )
            .with_reason(ErrorReason::AttemptTimedOut),
        };
        if seen.is_refusal() {
            // The status still gives the kind of error, and the headers the wait.
            let cut_off = error.kind() == ErrorKind::Network && seen.is_error();
            let body = std::mem::take(&mut seen.partial).into();
            return self.judge(seen, body).map_err(|error| AttemptFailure { error, cut_off });
        }
        Err(seen.tell(error).into())
    }

    async fn exchange<O: Operation>(
        &self,
        client: Client,
        target: &RequestTarget<'_, O>,
        seen: &mut PartialResponse,
    ) -> Result<Bytes> {
        let sent = match target {
            RequestTarget::Operation(operation) => pin!(operation.send(client)).await,
            RequestTarget::Link { url, .. } => pin!(client.follow(url)).await,
        };
        let mut answer: RawResponse = sent.map_err(failed)?;
        seen.status = Some(answer.status());
        seen.headers = answer.take_headers();
        self.core.clock_watch.observe(&seen.headers, &*self.core.clock);
        let limits = &self.core.limits;
        let expected = body::expected_length(&seen.headers);
        let pace = StallDetector::new(limits.stall);
        let body = body::read(&mut answer, expected, limits.body, pace, &mut seen.partial).await;
        body.map_err(|error| match error {
            BodyError::TooLong => Error::new(
                ErrorKind::InvalidResponse,
                format!("the response is longer than the {} bytes allowed", limits.body),
            )
            .with_advice("Raise the builder's body_limit, or request smaller pages."),
            BodyError::Stalled => Error::new(
                ErrorKind::Network,
                format!("the response stalled: less than one byte per second for {:?}", limits.stall),
            ),
            BodyError::Broken(error) => failed(error),
        })
    }

    /// Converts a response to an error if its status is not 2xx.
    fn judge(&self, seen: PartialResponse, body: Bytes) -> Result<SuccessResponse> {
        let status = seen.status.unwrap_or_default();
        if (200..300).contains(&status) {
            return Ok(SuccessResponse { status, headers: seen.headers, body });
        }
        let wait = retry_after(&seen.headers, self.core.clock.system_time());
        let error = Error::from_response(status, seen.headers, body);
        Err(match wait {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        })
    }
}

/// The parts of a response received so far.
#[derive(Default)]
struct PartialResponse {
    status: Option<u16>,
    headers: HeaderMap,
    partial: Vec<u8>,
}

impl PartialResponse {
    /// Whether a status other than 2xx was received.
    fn is_refusal(&self) -> bool {
        self.status.is_some_and(|status| !(200..300).contains(&status))
    }

    /// Whether the status is an error status, for which the body has details.
    fn is_error(&self) -> bool {
        self.status.is_some_and(|status| status >= 400)
    }

    fn tell(self, error: Error) -> Error {
        match self.status {
            Some(status) => error.with_status(status).with_headers(self.headers).with_body(self.partial),
            None => error,
        }
    }
}

/// Converts a transport error.
fn failed(error: HttpError) -> Error {
    if is_too_many_open_files(&error) {
        return Error::new(
            ErrorKind::Network,
            "too many open files: this process cannot open another connection",
        )
        .with_reason(ErrorReason::TooManyOpenFiles)
        .with_advice("Raise the limit (ulimit -n), or send fewer requests at once.")
        .with_source(error);
    }
    let kind = match error.kind() {
        HttpErrorKind::Settings => ErrorKind::InvalidInput,
        HttpErrorKind::Coding => ErrorKind::InvalidResponse,
        _ => ErrorKind::Network,
    };
    let (message, advice) = match error.kind() {
        HttpErrorKind::Settings => ("the request could not be built", None),
        HttpErrorKind::Connect => ("could not connect to the service", None),
        HttpErrorKind::NoSuchHost => (
            "could not resolve the host name of the service",
            Some("Check the base URL, and that this network resolves internet host names."),
        ),
        HttpErrorKind::Certificate => (
            "the certificate of the service is not trusted",
            Some(
                "If a proxy inspects TLS, add its root certificate to the trusted certificates of this system. If not, \
                 check the base URL: the server may not be Partner Center.",
            ),
        ),
        HttpErrorKind::ProxyCredentials => (
            "the proxy requires a user name and password",
            Some("Put the user name and password in the proxy URL: http://user:password@host:port."),
        ),
        HttpErrorKind::Body => ("the connection broke before the response was complete", None),
        HttpErrorKind::Coding => (
            "the response has a content coding that was not requested",
            Some("Partner Center sends gzip or no coding: check the proxy and the base URL."),
        ),
        _ => ("the connection broke before the service responded", None),
    };
    let is_final = error.kind().is_final();
    let mut failed = Error::new(kind, message).with_source(error);
    if let Some(advice) = advice {
        failed = failed.with_advice(advice);
    }
    if is_final { failed.permanent() } else { failed }
}

/// Whether the limit of open files of this process (`EMFILE`, `WSAEMFILE`) or of the system (`ENFILE`) was reached.
fn is_too_many_open_files(error: &HttpError) -> bool {
    const CODES: &[i32] = if cfg!(windows) { &[10_024] } else { &[23, 24] };
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let code = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::raw_os_error);
        if code.is_some_and(|code| CODES.contains(&code)) {
            return true;
        }
        next = error.source();
    }
    false
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
