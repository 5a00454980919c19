//! The bridge between the OAuth library and the transport: one request, bounded in time and size.
//!
//! It hands on what the OAuth library understands (an answer, or an error body) and names everything else itself,
//! because the library would put the body of an answer it cannot read into its error.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use partner_center_client::{Transport, TransportError};
use serde_json::Value;

use crate::call::retry_after;
use crate::clock::{BoxFuture, Clock};

/// Token answers are a few thousand bytes.
const LONGEST_BODY: usize = 256 * 1024;
/// Real time, not the injected clock's: what is bounded here is the wire.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Sends the OAuth library's requests over the transport.
#[derive(Debug)]
pub(super) struct Http {
    pub(super) transport: Transport,
    /// What a `Retry-After` date is counted from.
    pub(super) clock: Arc<dyn Clock>,
}

/// Why a request to a sign-in service had no answer that can be used.
#[derive(Debug)]
pub(super) enum HttpFailure {
    Transport(TransportError),
    Timeout,
    /// A status that says "not now" or nothing this crate knows.
    Status {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// A body that is not a token endpoint's, such as a proxy's page.
    Unreadable {
        status: u16,
    },
}

impl Http {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let mut answer =
            self.transport.send(request.map(Bytes::from)).await.map_err(HttpFailure::Transport)?;
        let status = answer.status();
        if !matches!(status, 200 | 400..=499) || matches!(status, 408 | 429) {
            let retry_after = retry_after(answer.headers(), self.clock.system_time());
            return Err(HttpFailure::Status { status, retry_after });
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(HttpFailure::Transport)? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(HttpFailure::Unreadable { status });
            }
            body.extend_from_slice(&chunk);
        }
        let body = readable(&body, status).ok_or(HttpFailure::Unreadable { status })?;
        http::Response::builder().status(status).body(body).map_err(|_| HttpFailure::Unreadable { status })
    }
}

/// The body as the OAuth library takes it: JSON without a byte-order mark, and numbers that are numbers.
fn readable(body: &[u8], status: u16) -> Option<Vec<u8>> {
    let text = crate::call::text::decode(body).ok()?;
    let mut value: Value = serde_json::from_str(&text).ok()?;
    let object = value.as_object_mut()?;
    if status != 200 {
        return object.get("error")?.is_string().then(|| text.into_owned().into_bytes());
    }
    let mut changed = false;
    // Endpoints of version 1 write numbers as strings.
    for key in ["expires_in", "interval"] {
        if let Some(Value::String(number)) = object.get(key) {
            let number: u64 = number.trim().parse().ok()?;
            object.insert(key.to_owned(), number.into());
            changed = true;
        }
    }
    if changed { serde_json::to_vec(&value).ok() } else { Some(text.into_owned().into_bytes()) }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpFailure;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpFailure>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            tokio::time::timeout(LONGEST_REQUEST, self.exchange(request))
                .await
                .unwrap_or(Err(HttpFailure::Timeout))
        })
    }
}

impl fmt::Display for HttpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::Timeout => f.write_str("the sign-in service did not answer in time"),
            Self::Status { status, .. } => write!(f, "the sign-in service answered with status {status}"),
            Self::Unreadable { status } => {
                write!(f, "the answer with status {status} is not a sign-in service's")
            }
        }
    }
}

impl std::error::Error for HttpFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_come_as_strings_and_marks_are_stripped() {
        let read = |body: &[u8]| readable(body, 200).map(|body| String::from_utf8(body).unwrap());
        assert_eq!(read(b"\xEF\xBB\xBF{\"a\":1}").unwrap(), r#"{"a":1}"#);
        assert_eq!(read(br#"{"expires_in":"3599","a":"7"}"#).unwrap(), r#"{"a":"7","expires_in":3599}"#);
        assert_eq!(read(br#"{"interval":" 5 "}"#).unwrap(), r#"{"interval":5}"#);
        for bad in [r#"{"expires_in":"soon"}"#, "<html>", "", "[]", "\"text\""] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn an_error_body_must_name_its_error() {
        assert!(readable(br#"{"error":"invalid_grant"}"#, 400).is_some());
        assert!(readable(br#"{"error":{"code":"x"}}"#, 400).is_none());
        assert!(readable(br#"{"message":"x"}"#, 401).is_none());
    }
}
