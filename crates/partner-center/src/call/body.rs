//! Reading a body to its end, under a cap that holds after decompression.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use partner_center_client::{RawAnswer, TransportError};

/// Why a body has no end here.
pub(super) enum BodyError {
    /// More bytes than allowed.
    TooLong,
    /// The connection broke, or the compression did.
    Broken(TransportError),
}

/// How much of a broken or overlong body an error keeps.
const KEPT: usize = 64 * 1024;
/// What is reserved up front at most, whatever the answer claims its length to be.
const RESERVED: usize = 8 * 1024 * 1024;

/// How long the answer says its body is, if it can be believed: not if it is compressed.
pub(super) fn expected_length(headers: &HeaderMap) -> Option<usize> {
    if headers.contains_key(CONTENT_ENCODING) {
        return None;
    }
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads to the end. What was read of a body that has none is left in `partial`.
pub(super) async fn read(
    answer: &mut RawAnswer,
    expected: Option<usize>,
    cap: usize,
    partial: &mut Vec<u8>,
) -> Result<Bytes, BodyError> {
    let Some(first) = next(answer, partial, &[]).await? else { return Ok(Bytes::new()) };
    check(&first, 0, cap, partial)?;
    if expected == Some(first.len()) {
        // The usual small answer comes in one piece, and is not copied.
        return Ok(first);
    }
    let reserve = expected.unwrap_or(0).min(RESERVED).min(cap).max(first.len());
    let mut whole = BytesMut::with_capacity(reserve);
    whole.extend_from_slice(&first);
    while let Some(chunk) = next(answer, partial, &whole).await? {
        check(&chunk, whole.len(), cap, partial).inspect_err(|_| keep(&whole, partial))?;
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

async fn next(
    answer: &mut RawAnswer,
    partial: &mut Vec<u8>,
    whole: &[u8],
) -> Result<Option<Bytes>, BodyError> {
    answer.chunk().await.map_err(|error| {
        keep(whole, partial);
        BodyError::Broken(error)
    })
}

fn check(chunk: &[u8], before: usize, cap: usize, partial: &mut Vec<u8>) -> Result<(), BodyError> {
    if before.saturating_add(chunk.len()) <= cap {
        return Ok(());
    }
    keep(chunk, partial);
    Err(BodyError::TooLong)
}

fn keep(bytes: &[u8], partial: &mut Vec<u8>) {
    partial.clear();
    partial.extend_from_slice(bytes.get(..KEPT).unwrap_or(bytes));
}
