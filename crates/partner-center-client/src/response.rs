//! Responses: decoded, and as received.

use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use partner_center_models::Findings;

use crate::decoded::PagingInfo;

/// A decoded 2xx response with its metadata.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The decoded body.
    pub value: T,
    /// The values and rows that could not be decoded. All other values are in `value`.
    pub findings: Findings,
    /// What the response says about further pages.
    pub paging_info: PagingInfo,
    /// The HTTP status: 200, or another 2xx.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes that were decoded, after decompression. They contain customer data.
    pub body: Bytes,
}

/// Omits headers and body, which may contain secrets and customer data.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("value", &self.value)
            .field("findings", &self.findings)
            .field("paging_info", &self.paging_info)
            .finish_non_exhaustive()
    }
}

/// A response as it was received.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReceivedResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body after decompression. If it was not read to its end, this is at most its first 64 KiB. It may contain
    /// customer data.
    pub body: Bytes,
}

/// Omits headers and body, which may contain secrets and customer data.
impl fmt::Debug for ReceivedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedResponse")
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}
