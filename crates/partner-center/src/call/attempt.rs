//! One attempt: headers out, a whole answer in, or the error it stands for.

use std::pin::pin;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue};
use partner_center_client::{Client, Operation, RawAnswer, TransportError, TransportErrorKind};
use tracing::Instrument;

use super::body::{self, BodyError, Pace};
use super::{Logical, Run, Target, patience, retry};
use crate::credential::AccessToken;
use crate::error::{Cause, Error, ErrorKind, Result};

const REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");
const CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
const LOCALE: HeaderName = HeaderName::from_static("x-locale");
const CLIENT: HeaderName = HeaderName::from_static("ms-partnercenter-client");
const APPLICATION: HeaderName = HeaderName::from_static("ms-partnercenter-application");

/// A 2xx answer, read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// The charset it says it is in.
    pub(super) fn charset(&self) -> Option<String> {
        super::text::charset(&self.headers)
    }
}

/// Why an attempt brought no 2xx answer.
pub(super) struct Failure {
    pub(super) error: Error,
    /// The error is a refusal judged by its status alone, because its body broke off.
    pub(super) cut_off: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, cut_off: false }
    }
}

impl Run<'_> {
    /// The language to ask in.
    pub(super) fn locale(&self, logical: &Logical) -> Result<HeaderValue> {
        let Some(locale) = &logical.locale else { return Ok(HeaderValue::from_static("en-US")) };
        HeaderValue::from_str(locale).ok().filter(|_| is_locale(locale)).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "the locale is not a language tag such as sv-SE")
                .with_operation(self.details.id)
        })
    }

    /// The headers of an attempt.
    fn headers<O>(
        &self,
        locale: &HeaderValue,
        target: &Target<'_, O>,
        token: &AccessToken,
    ) -> Result<HeaderMap> {
        let mut headers = HeaderMap::with_capacity(8);
        if let Target::Link { headers: linked, .. } = target {
            headers.extend((*linked).clone());
        }
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(REQUEST_ID, guid(self.request_id));
        headers.insert(CORRELATION_ID, guid(self.correlation_id));
        headers.insert(LOCALE, locale.clone());
        headers.insert(CLIENT, HeaderValue::from_static(crate::partner::CLIENT_NAME));
        if let Some(application) = &self.core.application {
            headers.insert(APPLICATION, application.clone());
        }
        headers.insert(AUTHORIZATION, bearer(token)?);
        Ok(headers)
    }

    /// Sends once and reads the answer to its end. Any status but 2xx is the error it stands for.
    pub(super) async fn attempt<O: Operation>(
        &self,
        locale: &HeaderValue,
        target: &Target<'_, O>,
        token: &AccessToken,
        number: u32,
    ) -> Result<Answer, Failure> {
        let headers = self.headers(locale, target, token)?;
        let client = Client::new(&self.core.base_url, &self.core.transport, headers);
        let span = tracing::debug_span!(
            "partner_center.attempt",
            number,
            http.response.status_code = tracing::field::Empty,
        );
        let limit = self.core.limits.attempt_timeout.min(self.remaining());
        let mut seen = Seen::default();
        let outcome = {
            let exchange = pin!(self.exchange(client, target, &mut seen));
            pin!(patience::within(limit, exchange)).instrument(span.clone()).await
        };
        if let Some(status) = seen.status {
            span.record("http.response.status_code", status);
        }
        let error = match outcome {
            Ok(Ok(body)) => return Ok(self.judge(seen, body)?),
            Ok(Err(error)) => error,
            Err(_) if limit < self.core.limits.attempt_timeout => {
                let message = "the service did not answer within the time allowed for the call";
                return Err(seen.tell(Error::new(ErrorKind::Timeout, message)).into());
            }
            Err(_) => Error::new(
                ErrorKind::Network,
                "the service did not answer within the time allowed for an attempt",
            )
            .with_cause(Cause::AttemptTimedOut),
        };
        if seen.is_refusal() {
            // The status says what it is, if only roughly, and how long to wait.
            let cut_off = error.kind() == ErrorKind::Network && seen.is_error();
            let body = std::mem::take(&mut seen.partial).into();
            return self.judge(seen, body).map_err(|error| Failure { error, cut_off });
        }
        Err(seen.tell(error).into())
    }

    async fn exchange<O: Operation>(
        &self,
        client: Client,
        target: &Target<'_, O>,
        seen: &mut Seen,
    ) -> Result<Bytes> {
        let sent = match target {
            Target::Operation(operation) => pin!(operation.send(client)).await,
            Target::Link { url, .. } => pin!(client.follow(url)).await,
        };
        let mut answer: RawAnswer = sent.map_err(failed)?;
        seen.status = Some(answer.status());
        seen.headers = answer.take_headers();
        self.core.clock_watch.observe(&seen.headers, &*self.core.clock);
        let limits = &self.core.limits;
        let expected = body::expected_length(&seen.headers);
        let pace = Pace::new(limits.stall);
        let body = body::read(&mut answer, expected, limits.body, pace, &mut seen.partial).await;
        body.map_err(|error| match error {
            BodyError::TooLong => Error::new(
                ErrorKind::InvalidAnswer,
                format!("the answer is longer than the {} bytes allowed", limits.body),
            )
            .with_advice("Raise the builder's body_limit, or ask for smaller pages."),
            BodyError::Stalled => Error::new(
                ErrorKind::Network,
                format!("the answer stalled: it brought less than a byte a second for {:?}", limits.stall),
            ),
            BodyError::Broken(error) => failed(error),
        })
    }

    /// What a whole answer stands for by its status.
    fn judge(&self, seen: Seen, body: Bytes) -> Result<Answer> {
        let status = seen.status.unwrap_or_default();
        if (200..300).contains(&status) {
            return Ok(Answer { status, headers: seen.headers, body });
        }
        let wait = retry::retry_after(&seen.headers, self.core.clock.system_time());
        let error = Error::from_answer(status, seen.headers, body);
        Err(match wait {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        })
    }
}

/// What was seen of an answer before it ended, well or badly.
#[derive(Default)]
struct Seen {
    status: Option<u16>,
    headers: HeaderMap,
    partial: Vec<u8>,
}

impl Seen {
    /// Whether a status came that stands for no rows.
    fn is_refusal(&self) -> bool {
        self.status.is_some_and(|status| !(200..300).contains(&status))
    }

    /// Whether it is one of an error's, whose body says more than the status.
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

/// The error for an answer that did not come, or not to its end.
fn failed(error: TransportError) -> Error {
    if is_too_many_open_files(&error) {
        return Error::new(
            ErrorKind::Network,
            "this process has as many files and connections open as it may",
        )
        .with_cause(Cause::TooManyOpenFiles)
        .with_advice("Raise the limit (ulimit -n), or have fewer requests at once.")
        .with_source(error);
    }
    let kind = match error.kind() {
        TransportErrorKind::Settings => ErrorKind::InvalidInput,
        TransportErrorKind::Coding => ErrorKind::InvalidAnswer,
        _ => ErrorKind::Network,
    };
    let (message, advice) = match error.kind() {
        TransportErrorKind::Settings => ("the request could not be built", None),
        TransportErrorKind::Connect => ("no connection to the service could be made", None),
        TransportErrorKind::NoSuchHost => (
            "no host has the name of the service",
            Some("Check the base URL, and that this network resolves names of the internet."),
        ),
        TransportErrorKind::Certificate => (
            "the certificate of the service is not trusted",
            Some(
                "If a proxy inspects TLS, its root certificate has to be trusted here: add it to the system's. If not, \
                 check the base URL: somebody else may be answering.",
            ),
        ),
        TransportErrorKind::ProxyCredentials => (
            "the proxy asks for a user name and password",
            Some("Give the proxy's user name and password in its address: http://user:password@host:port."),
        ),
        TransportErrorKind::Body => ("the answer broke off before its end", None),
        TransportErrorKind::Coding => (
            "the answer is in a content coding that was not asked for",
            Some("Partner Center sends gzip or none: check the proxy and the base URL."),
        ),
        _ => ("the connection broke before the service answered", None),
    };
    let is_final = error.kind().is_final();
    let mut failed = Error::new(kind, message).with_source(error);
    if let Some(advice) = advice {
        failed = failed.with_advice(advice);
    }
    if is_final { failed.with_no_hope() } else { failed }
}

/// Whether the system would not open another socket for this process (`EMFILE`, `WSAEMFILE`) or for any (`ENFILE`).
fn is_too_many_open_files(error: &TransportError) -> bool {
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
    // A hyphenated GUID is always a valid header value; the fallback is never taken.
    HeaderValue::from_str(id.as_hyphenated().encode_lower(&mut buffer))
        .unwrap_or_else(|_| HeaderValue::from_static("00000000-0000-0000-0000-000000000000"))
}

/// Letters, digits and hyphens, as language tags are written.
fn is_locale(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
