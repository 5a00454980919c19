//! A response before it is sent. Routes create it, faults may change it, and `server` sends it.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{StatusCode, header};
use serde::Serialize;

use crate::error_shape::ErrorShape;

/// The content type of most v1 services.
pub(crate) const JSON: &str = "application/json; charset=utf-8";
/// The content type of the customer list.
pub(crate) const BARE_JSON: &str = "application/json";

/// The encoding of the body on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// UTF-8 with a byte-order mark.
    MarkedUtf8,
    /// UTF-16 little-endian with a byte-order mark.
    MarkedUtf16,
}

/// A response. The body is UTF-8 without a byte-order mark until it is sent.
#[derive(Debug)]
pub(crate) struct ServiceResponse {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<Cow<'static, str>>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) encoding: Encoding,
    /// Whether to send the `MS-*` ids. The gateway and the sign-in host do not.
    pub(crate) ids: bool,
}

impl ServiceResponse {
    /// A successful response of the v1 services, which begins with a byte-order mark.
    pub(crate) fn v1(content_type: &'static str, value: &impl Serialize) -> Self {
        Self { encoding: Encoding::MarkedUtf8, ..Self::json(StatusCode::OK, content_type, value) }
    }

    pub(crate) fn json(status: StatusCode, content_type: &'static str, value: &impl Serialize) -> Self {
        // Serialization of plain structs and maps with string keys does not fail.
        let body = serde_json::to_vec(value).unwrap_or_default();
        Self::new(status, Some(content_type), body)
    }

    pub(crate) fn new(
        status: StatusCode,
        content_type: Option<&'static str>,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            status,
            content_type: content_type.map(Cow::Borrowed),
            headers: Vec::new(),
            body: body.into(),
            encoding: Encoding::Utf8,
            ids: true,
        }
    }

    /// An error of the v1 services, which close the connection after it.
    pub(crate) fn fault(status: StatusCode, code: u32, description: &str) -> Self {
        Self::error(status, ErrorShape::Fault, code, description)
            .with(header::CONNECTION, HeaderValue::from_static("close"))
    }

    pub(crate) fn error(status: StatusCode, shape: ErrorShape, code: u32, message: &str) -> Self {
        let response = Self::new(status, shape.content_type(), shape.body(status, code, message));
        Self { ids: !shape.is_from_a_gateway(), ..response }
    }

    /// The gateway's response to a throttled request.
    pub(crate) fn throttled(seconds: u64) -> Self {
        let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
        Self::error(StatusCode::TOO_MANY_REQUESTS, ErrorShape::Gateway, 0, &message)
            .with(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.retain(|(present, _)| *present != name);
        self.headers.push((name, value));
        self
    }
}
