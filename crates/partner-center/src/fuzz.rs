//! Entrances to the inside for fuzz targets and benchmarks, behind the feature `fuzzing`.
//!
//! They do what a call does and nothing else. They are no part of the public interface and may change in any release.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue};
use partner_center_client::Operation;

use crate::error::Result;

/// Reads the body of a successful answer, and what was odd about it.
pub fn decode<O: Operation>(body: &Bytes) -> Result<(O::Answer, partner_center_models::Findings)> {
    crate::call::decode::decode::<O>(body, None).map(|(answer, findings, _)| (answer, findings))
}

/// Reads `Retry-After`.
pub fn retry_after(value: HeaderValue, now: SystemTime) -> Option<Duration> {
    crate::call::retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value)]), now)
}

/// Reads what a file or a keyring holds for a token, and writes it again.
#[cfg(feature = "oauth")]
pub fn rewrite_stored_token(bytes: &[u8]) -> Option<Vec<u8>> {
    crate::credential::rewrite_stored_token(bytes)
}
