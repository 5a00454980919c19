//! Entry points for fuzz targets and benchmarks, behind the feature `fuzzing`.
//!
//! They run the same code as a call. They are not part of the public API and may change in any release.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue};
use partner_center_client::Operation;

use crate::error::Result;

/// Decodes the body of a successful response and returns the findings about it.
pub fn decode<O: Operation>(body: &Bytes) -> Result<(O::Response, partner_center_models::Findings)> {
    match partner_center_client::decode::<O>(body, None) {
        Ok(decoded) => Ok((decoded.value, decoded.findings)),
        Err(error) => Err(crate::call::undecodable(error, 200, HeaderMap::new(), body.clone())),
    }
}

/// Parses a `Retry-After` value.
pub fn retry_after(value: HeaderValue, now: SystemTime) -> Option<Duration> {
    crate::retry_after::retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value)]), now)
}

/// Parses the stored form of a token and serializes it again.
#[cfg(feature = "oauth")]
pub fn rewrite_stored_token(bytes: &[u8]) -> Option<Vec<u8>> {
    crate::credential::rewrite_stored_token(bytes)
}
