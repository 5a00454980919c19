//! The cause of a failed request, without its URL, headers and bodies, which may contain keys and signatures.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

/// The texts of `object_store` before the status and the body of a response. Its types of these errors are private.
const STATUS: &str = "Server returned non-2xx status code: ";
const ERROR_BODY: &str = "Server returned error response: ";
const REDIRECT: &str = "Received redirect without LOCATION";
/// One of several responses in a response of Azure.
const BATCH: &str = "Bulk delete request failed";

/// A response that reports an error.
struct Response {
    /// Such as `403 Forbidden`.
    status: Option<String>,
    /// The store's own code, such as `NoSuchBucket`.
    code: Option<String>,
}

fn chain(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    successors(Some(first), |&error| error.source())
}

impl Response {
    fn of(error: &Error) -> Option<Self> {
        chain(error).find_map(|error| {
            let text = error.to_string();
            if let Some(text) = text.strip_prefix(STATUS) {
                let (status, body) = text.split_once(':').unwrap_or((text, ""));
                return Some(Self { status: short(status), code: between(body, "<Code>", "</Code>") });
            }
            if let Some(body) = text.strip_prefix(ERROR_BODY) {
                return Some(Self { status: None, code: between(body, "<Code>", "</Code>") });
            }
            let status = text.strip_prefix(BATCH).and_then(|text| between(text, "(code: ", ")"))?;
            Some(Self { status: Some(status), code: None })
        })
    }
}

/// A status or a code, which is short and has neither punctuation nor line ends.
fn short(text: &str) -> Option<String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
    (!text.is_empty() && text.len() <= 60 && text.chars().all(is_plain)).then(|| text.to_owned())
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, text) = text.split_once(before)?;
    short(text.split_once(after)?.0)
}

/// Whether only the object is missing. A missing bucket is an error: its name may be wrong.
pub(super) fn is_missing(error: &Error) -> bool {
    let code = || Response::of(error).and_then(|response| response.code).unwrap_or_default();
    matches!(error, Error::NotFound { .. })
        && !["Account", "Bucket", "Container", "Filesystem"].iter().any(|part| code().contains(part))
}

/// Whether the store does not know the operation.
pub(super) fn is_unsupported(error: &Error) -> bool {
    let is_501 = |response: Response| {
        response.status.is_some_and(|status| status.starts_with("501"))
            || response.code.is_some_and(|code| code == "NotImplemented")
    };
    matches!(error, Error::NotImplemented { .. } | Error::NotSupported { .. })
        || Response::of(error).is_some_and(is_501)
}

/// The cause of an error, in words of this crate and of the operating system.
pub(super) fn cause(error: &Error) -> String {
    if let Some(Response { status, code }) = Response::of(error) {
        let status = status.unwrap_or_else(|| "an error".to_owned());
        return match code {
            Some(code) => format!("the store responded with {status} ({code})"),
            None => format!("the store responded with {status}"),
        };
    }
    let texts = || chain(error).map(ToString::to_string);
    if texts().any(|text| text.starts_with(REDIRECT)) {
        return "the store redirects the request, perhaps because the bucket is in another region".to_owned();
    }
    if texts().any(|text| text.contains("169.254.169.254") || text.contains("metadata.google.internal")) {
        return "no credentials are set, and this machine has no service that issues them".to_owned();
    }
    let innermost = innermost(error);
    match chain(error).find_map(|error| error.downcast_ref::<HttpError>()).map(HttpError::kind) {
        Some(HttpErrorKind::Connect) => format!("no connection{innermost}"),
        Some(HttpErrorKind::Timeout) => "the store did not respond in time".to_owned(),
        Some(HttpErrorKind::Request | HttpErrorKind::Interrupted) => {
            format!("the connection was lost{innermost}")
        }
        Some(HttpErrorKind::Decode) => "the response was damaged".to_owned(),
        Some(_) => format!("the request failed{innermost}"),
        None => match error {
            Error::PermissionDenied { .. } => "the store denied the permission".to_owned(),
            Error::Unauthenticated { .. } => "the store did not accept the credentials".to_owned(),
            Error::NotFound { .. } => "it does not exist".to_owned(),
            Error::NotImplemented { .. } | Error::NotSupported { .. } => {
                "the store does not support the operation".to_owned()
            }
            Error::InvalidPath { .. } => "the store has an object whose name is not a path".to_owned(),
            _ => format!("the request failed{innermost}"),
        },
    }
}

/// The innermost error, if it comes from the operating system, TLS or HTTP, where no URL and no header is known.
fn innermost(error: &Error) -> String {
    let is_http = chain(error).any(<dyn StdError>::is::<HttpError>);
    match chain(error).last() {
        Some(last) if is_http || last.is::<io::Error>() => format!(": {last}"),
        _ => String::new(),
    }
}
