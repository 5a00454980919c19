//! The body of a raw response: bytes, text or JSON.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use partner_center_client::Operation as _;
use partner_center_client::encoding;
use partner_center_client::raw::GetRaw;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::response::Response;

/// A body as it was received, after decompression. It may contain customer data, so `Debug` shows only its length.
#[derive(Clone, PartialEq, Eq)]
pub struct RawBody(Bytes);

impl RawBody {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({} bytes)", self.0.len())
    }
}

impl Response<RawBody> {
    /// The body as it was received, after decompression.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.value().0
    }

    /// The value of `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.raw_headers().get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The body as text, without a byte order mark. UTF-16 and declared charsets are decoded.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) if it is not text in a supported charset.
    pub fn text(&self) -> Result<Cow<'_, str>> {
        let charset = encoding::charset(self.raw_headers());
        encoding::decode(self.bytes(), charset.as_deref()).map_err(|error| self.body_error(error.to_string()))
    }

    /// The body as JSON, such as a `serde_json::Value` or a type of your own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) if it is not JSON, or does not fit the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.text()?).map_err(|error| {
            // The error of the parser would quote the body.
            let what = match error.classify() {
                serde_json::error::Category::Data => "the JSON of the response does not fit the type",
                serde_json::error::Category::Eof => "the response is empty or truncated",
                _ => "the response is not JSON",
            };
            self.body_error(format!("{what} (line {}, column {})", error.line(), error.column()))
        })
    }

    /// An error about the body, with everything that is known of the call.
    fn body_error(&self, message: String) -> Error {
        Error::new(ErrorKind::InvalidResponse, message)
            .with_operation(GetRaw::DETAILS.id)
            .with_status(self.status())
            .with_ids(self.request_id(), self.correlation_id())
            .with_attempts(self.attempts())
            .with_headers(self.raw_headers().clone())
            .with_body(self.value().0.clone())
    }
}
