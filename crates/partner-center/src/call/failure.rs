//! Converts the errors of the client to the errors of this crate, with messages and advice.

use bytes::Bytes;
use http::HeaderMap;
use partner_center_client::{
    BodyError, ClientError, DecodeError, DecodeErrorKind, HttpError, HttpErrorKind, ReceivedResponse,
    encoding,
};

use super::RequestRun;
use crate::error::connection::failed_connection;
use crate::error::service_error::ServiceError;
use crate::error::{Error, ErrorKind, ErrorReason};
use crate::retry_after::retry_after;

/// Why an attempt did not return a decoded response.
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
    /// Converts the error of an attempt.
    pub(super) fn failed(&self, error: ClientError) -> AttemptFailure {
        match error {
            ClientError::NoResponse(error) => http_failure(error).into(),
            ClientError::Status { response, body_error } => {
                self.refused(*response, body_error.map(|error| self.body_failure(error)))
            }
            ClientError::Body { response, error } => {
                with_response(self.body_failure(error), *response).into()
            }
            ClientError::Decode { response, error } => {
                let ReceivedResponse { status, headers, body, .. } = *response;
                undecodable(error, status, headers, body).into()
            }
            other => Error::new(ErrorKind::InvalidResponse, "the response could not be used")
                .with_source(other)
                .into(),
        }
    }

    /// The error of an attempt whose time is over: the time of the call, or that of an attempt.
    pub(super) fn timed_out(&self, is_call: bool, received: Option<ReceivedResponse>) -> AttemptFailure {
        let error = if is_call {
            let message = "the service did not respond within the time allowed for the call";
            Error::new(ErrorKind::Timeout, message)
        } else {
            let message = "the service did not respond within the time allowed for an attempt";
            Error::new(ErrorKind::Network, message).with_reason(ErrorReason::AttemptTimedOut)
        };
        match received {
            None => error.into(),
            // The status still gives the kind of error, and the headers the wait.
            Some(response) if !is_call && !is_success(response.status) => self.refused(response, Some(error)),
            Some(response) => with_response(error, response).into(),
        }
    }

    /// The error for a response whose status is not 2xx. `incomplete` is the reason if its body was not read to the end.
    fn refused(&self, response: ReceivedResponse, incomplete: Option<Error>) -> AttemptFailure {
        let ReceivedResponse { status, headers, body, .. } = response;
        // Only an error status has a body with details.
        let cut_off = status >= 400 && incomplete.is_some_and(|error| error.kind() == ErrorKind::Network);
        let wait = retry_after(&headers, self.core.clock.system_time());
        let error = Error::from_response(status, headers, body);
        let error = match wait {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        };
        AttemptFailure { error, cut_off }
    }

    /// Converts the error of a body that was not read to its end.
    fn body_failure(&self, error: BodyError) -> Error {
        let limits = self.core.limits.body;
        match error {
            BodyError::TooLong => Error::new(
                ErrorKind::InvalidResponse,
                format!("the response is longer than the {} bytes allowed", limits.size),
            )
            .with_advice("Raise the builder's body_limit, or request smaller pages."),
            BodyError::Stalled => Error::new(
                ErrorKind::Network,
                format!("the response stalled: less than one byte per second for {:?}", limits.stall),
            ),
            BodyError::Broken(error) => http_failure(error),
            other => Error::new(ErrorKind::Network, "the response could not be read").with_source(other),
        }
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Adds what was received of a response.
fn with_response(error: Error, response: ReceivedResponse) -> Error {
    error.with_status(response.status).with_headers(response.headers).with_body(response.body)
}

/// Converts the error of a 2xx response that could not be decoded.
pub(crate) fn undecodable(error: DecodeError, status: u16, headers: HeaderMap, body: Bytes) -> Error {
    let invalid = |message| Error::new(ErrorKind::InvalidResponse, message);
    let kind = error.kind();
    let fault = match kind {
        // Some parts of the service send an error body with status 200.
        DecodeErrorKind::Mismatch => {
            let charset = encoding::charset(&headers);
            ServiceError::recognise(&body, charset.as_deref()).filter(|fault| fault.code.is_some())
        }
        _ => None,
    };
    let undecodable = match (fault, kind) {
        (Some(ServiceError { code, description }), _) => {
            let error = invalid("the service sent an error with a successful status".into());
            let error = code.into_iter().fold(error, Error::with_code);
            description.into_iter().fold(error, Error::with_description)
        }
        (None, DecodeErrorKind::Charset) => invalid(error.into_message())
            .with_advice("Partner Center sends UTF-8: check the proxy and the base URL."),
        (None, DecodeErrorKind::WebPage) => invalid(error.into_message())
            .with_advice("Check the proxy and the base URL, and whether the network requires a sign-in."),
        (None, _) => invalid(error.into_message()),
    };
    undecodable.with_status(status).with_headers(headers).with_body(body)
}

/// Converts the error of an exchange that brought no response, or not a whole one.
fn http_failure(error: HttpError) -> Error {
    if is_too_many_open_files(&error) {
        return Error::new(
            ErrorKind::Network,
            "too many open files: this process cannot open another connection",
        )
        .with_reason(ErrorReason::TooManyOpenFiles)
        .with_advice("Raise the limit (ulimit -n), or send fewer requests at once.")
        .with_source(error);
    }
    if let Some(failed) = failed_connection(error.kind(), "the service") {
        return failed.with_source(error);
    }
    let (kind, message) = match error.kind() {
        HttpErrorKind::Settings => (ErrorKind::InvalidInput, "the request could not be built"),
        HttpErrorKind::Connect => (ErrorKind::Network, "could not connect to the service"),
        HttpErrorKind::Body => (ErrorKind::Network, "the connection broke before the response was complete"),
        HttpErrorKind::Coding => {
            (ErrorKind::InvalidResponse, "the response has a content coding that was not requested")
        }
        _ => (ErrorKind::Network, "the connection broke before the service responded"),
    };
    let mut failed = Error::new(kind, message);
    if error.kind() == HttpErrorKind::Coding {
        failed =
            failed.with_advice("Partner Center sends gzip or no coding: check the proxy and the base URL.");
    }
    let failed = if error.kind().is_final() { failed.permanent() } else { failed };
    failed.with_source(error)
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

#[cfg(test)]
mod tests {
    use partner_center_client::decode;
    use partner_center_client::operations::ListCustomers;

    use super::*;

    fn error_of(body: &'static [u8]) -> Error {
        let error = decode::<ListCustomers>(body, None).unwrap_err();
        undecodable(error, 200, HeaderMap::new(), Bytes::from_static(body))
    }

    #[test]
    fn an_undecodable_response_keeps_its_status_and_bytes() {
        for (body, message, advice) in [
            (&b"<html>"[..], "the response is a web page", "Check the proxy"),
            (b"{}", "the response does not match the API contract: missing field `items`", ""),
            (b"\x80", "the response is not text", ""),
            (br#"{"items":[{"id":"1"},{"id"#, "the response is truncated", ""),
        ] {
            let error = error_of(body);
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(200)));
            assert_eq!(error.body().map(AsRef::as_ref), Some(body), "the bytes are kept");
            assert!(error.message().starts_with(message), "{error}");
            assert!(error.advice().contains(advice), "{}", error.advice());
        }
    }

    #[test]
    fn an_error_body_with_a_successful_status_is_an_error() {
        for body in [
            &br#"{"code":400072,"description":"Contoso is not known","data":[],"source":"x"}"#[..],
            br#"{"code":400072,"description":"Contoso \ud83d is not known","data":[],"source":"x"}"#,
        ] {
            let error = error_of(body);
            assert_eq!(error.message(), "the service sent an error with a successful status");
            assert_eq!(error.code(), Some("400072"));
            assert!(error.description().is_some_and(|description| description.starts_with("Contoso")));
            assert!(!format!("{error} {error:?}").contains("Contoso"));
        }
    }
}
