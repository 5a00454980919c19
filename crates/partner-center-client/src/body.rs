//! Reads a body with a limit on its decompressed size and a minimum rate.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use tokio::time::{Instant, timeout_at};

use crate::http_client::RawResponse;
use crate::http_error::HttpError;

/// Limits for the body of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyLimits {
    /// The maximum number of bytes after decompression. Default: 64 MiB.
    pub size: usize,
    /// How long a body may arrive at less than one byte per second. Default: 20 seconds, as in the AWS SDKs.
    pub stall: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self { size: 64 * 1024 * 1024, stall: Duration::from_secs(20) }
    }
}

/// Why a body was not read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// The body has more bytes than [`BodyLimits::size`].
    TooLong,
    /// The body arrived too slowly, according to [`BodyLimits::stall`].
    Stalled,
    /// The connection broke, or the body could not be decompressed.
    Broken(HttpError),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the response is longer than allowed",
            Self::Stalled => "the response stalled",
            Self::Broken(_) => "the response could not be read to its end",
        })
    }
}

impl std::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Broken(error) = self { Some(error) } else { None }
    }
}

/// The maximum number of bytes that an error keeps of an incomplete or overlong body.
const KEPT: usize = 64 * 1024;
/// The maximum capacity reserved in advance, regardless of the declared length.
const RESERVED: usize = 8 * 1024 * 1024;
/// If a wait ends this late, the body was not polled.
const LATE: Duration = Duration::from_secs(1);

/// The declared length of the body. It is meaningless if the body is compressed.
fn expected_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Detects a body that arrives at less than one byte per second while it is awaited.
struct StallDetector {
    /// How long the rate may be too low.
    grace: Duration,
    /// When the current wait began, and how many bytes have arrived since.
    since: Option<Instant>,
    bytes: u64,
}

impl StallDetector {
    fn new(grace: Duration) -> Self {
        Self { grace, since: None, bytes: 0 }
    }

    /// Records received bytes. If they are enough, counting restarts with the next wait.
    fn received(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.bytes >= self.grace.as_secs().max(1) {
            self.restart();
        }
    }

    /// When more bytes must have arrived. Only waits are timed: a body that is available at once never reads the clock.
    fn deadline(&mut self, now: impl FnOnce() -> Instant) -> Instant {
        *self.since.get_or_insert_with(now) + self.grace
    }

    /// Whether the body has stalled. Called when the deadline has passed.
    fn stalled(&mut self, deadline: Instant, now: Instant) -> bool {
        let late = now.saturating_duration_since(deadline) > LATE;
        if late {
            self.restart();
        }
        !late
    }

    fn restart(&mut self) {
        (self.since, self.bytes) = (None, 0);
    }
}

/// Reads the whole body. If this fails, the bytes read so far are in `partial`.
pub(crate) async fn read(
    response: &mut RawResponse,
    limits: BodyLimits,
    partial: &mut Vec<u8>,
) -> Result<Bytes, BodyError> {
    let cap = limits.size;
    let mut pace = StallDetector::new(limits.stall);
    let expected = expected_length(response.headers());
    let Some(first) = next(response, &mut pace, partial, &[]).await? else { return Ok(Bytes::new()) };
    check(&first, 0, cap, partial)?;
    let expected = expected.filter(|_| response.is_plain());
    if expected == Some(first.len()) {
        // A small body usually arrives in one chunk and is not copied.
        return Ok(first);
    }
    let reserve = expected.unwrap_or(0).min(RESERVED).min(cap).max(first.len());
    let mut whole = BytesMut::with_capacity(reserve);
    whole.extend_from_slice(&first);
    while let Some(chunk) = next(response, &mut pace, partial, &whole).await? {
        check(&chunk, whole.len(), cap, partial).inspect_err(|_| keep(&whole, partial))?;
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

async fn next(
    response: &mut RawResponse,
    pace: &mut StallDetector,
    partial: &mut Vec<u8>,
    whole: &[u8],
) -> Result<Option<Bytes>, BodyError> {
    let mut chunk = pin!(response.chunk());
    let chunk = match poll_fn(|context| Poll::Ready(chunk.as_mut().poll(context))).await {
        Poll::Ready(chunk) => chunk,
        Poll::Pending => loop {
            let deadline = pace.deadline(Instant::now);
            if let Ok(chunk) = timeout_at(deadline, chunk.as_mut()).await {
                break chunk;
            }
            if pace.stalled(deadline, Instant::now()) {
                keep(whole, partial);
                return Err(BodyError::Stalled);
            }
        },
    };
    let chunk = chunk.map_err(|error| {
        keep(whole, partial);
        BodyError::Broken(error)
    })?;
    pace.received(chunk.as_ref().map_or(0, Bytes::len));
    Ok(chunk)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_a_byte_a_second_is_a_stall_after_the_grace() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        // Bytes per chunk, seconds between chunks, and when this is a stall.
        for (bytes, wait, ends) in [
            (0, 1, Some(20)),
            (1, 2, Some(20)),
            (1, 19, Some(20)),
            (1, 1, None),
            (20, 19, None),
            (1_000_000, 19, None),
        ] {
            let mut pace = StallDetector::new(20 * second);
            let mut now = start;
            let stalled = (0..100).find_map(|_| {
                let deadline = pace.deadline(|| now);
                if now + wait * second > deadline {
                    return pace.stalled(deadline, deadline).then_some((deadline - start).as_secs());
                }
                now += wait * second;
                pace.received(bytes);
                None
            });
            assert_eq!(stalled, ends, "{bytes} bytes every {wait} s");
        }
    }

    #[test]
    fn time_without_polling_does_not_count() {
        let mut pace = StallDetector::new(Duration::from_secs(20));
        let start = Instant::now();
        let deadline = pace.deadline(|| start);
        assert!(!pace.stalled(deadline, deadline + Duration::from_secs(60)));
        assert!(pace.deadline(|| start + Duration::from_secs(80)) > deadline, "the grace period restarts");
    }
}
