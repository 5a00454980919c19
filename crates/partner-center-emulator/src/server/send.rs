//! Sends a response: byte-order mark, compression, headers, and the faults that affect how the body is sent.

use std::convert::Infallible;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream::{self, Stream, StreamExt as _};
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::Frame;

use super::gzip_bomb;
use super::handle::{CORRELATION_ID, Ids, REQUEST_ID};
use super::socket::ResetSwitch;
use crate::faults::Fault;
use crate::response::{Encoding, ServiceResponse};
use crate::state::State;

/// A body that is sent at once or in pieces.
pub(super) type Body = Either<Full<Bytes>, StreamBody<Pieces>>;
pub(super) type Pieces = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, ConnectionAborted>> + Send>>;

/// The error that makes the HTTP library close the connection.
#[derive(Debug)]
pub(super) struct ConnectionAborted;

impl fmt::Display for ConnectionAborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection closed on purpose")
    }
}

impl std::error::Error for ConnectionAborted {}

impl From<Infallible> for ConnectionAborted {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The size in bytes from which bodies are compressed.
const WORTH_COMPRESSING: usize = 1024;

pub(super) fn response(
    state: &State,
    service_response: ServiceResponse,
    ids: &Ids,
    request_headers: &HeaderMap,
    faults: &[Fault],
    reset: &ResetSwitch,
) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = service_response.status;
    let headers = response.headers_mut();
    headers.insert(header::DATE, date(state));
    if let Some(content_type) =
        service_response.content_type.as_deref().and_then(|text| HeaderValue::from_str(text).ok())
    {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    if service_response.ids {
        headers.insert(HeaderName::from_static(CORRELATION_ID), ids.correlation.clone());
        headers.insert(HeaderName::from_static(REQUEST_ID), ids.request.clone());
        headers.insert(HeaderName::from_static("ms-cv"), ids.vector.clone());
        headers.insert(HeaderName::from_static("ms-serverid"), HeaderValue::from_static("102030524"));
    }
    for (name, value) in service_response.headers {
        headers.insert(name, value);
    }
    let mut body = encode(service_response.body, service_response.encoding);
    if state.settings.compress
        && body.len() >= WORTH_COMPRESSING
        && let Some((name, compressed)) = compress(&body, request_headers)
    {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        body = compressed;
    }
    *response.body_mut() = deliver(body, faults, reset, headers);
    response
}

fn date(state: &State) -> HeaderValue {
    let date = httpdate::fmt_http_date(state.clock.now());
    HeaderValue::from_str(&date).unwrap_or_else(|_| HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
}

/// Encodes the body. An empty body gets no byte-order mark.
fn encode(body: Bytes, encoding: Encoding) -> Bytes {
    match encoding {
        _ if body.is_empty() => body,
        Encoding::Utf8 => body,
        Encoding::MarkedUtf8 => [b"\xef\xbb\xbf", &*body].concat().into(),
        Encoding::MarkedUtf16 => {
            let text = String::from_utf8_lossy(&body);
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        }
    }
}

/// Compresses with gzip or brotli, if the client accepts one. Uses the fastest level to leave CPU time to the client.
fn compress(body: &[u8], request_headers: &HeaderMap) -> Option<(&'static str, Bytes)> {
    let accepted = request_headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |name: &str| {
        accepted.split(',').any(|coding| {
            let mut parts = coding.split(';');
            parts.next().is_some_and(|coding| coding.trim().eq_ignore_ascii_case(name))
                && !parts.any(|quality| quality.trim() == "q=0")
        })
    };
    if accepts("gzip") {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).ok()?;
        return Some(("gzip", encoder.finish().ok()?.into()));
    }
    if accepts("br") {
        let mut compressed = Vec::new();
        brotli::CompressorReader::new(body, 4096, 1, 20).read_to_end(&mut compressed).ok()?;
        return Some(("br", compressed.into()));
    }
    None
}

/// Applies the first fault that affects how the body is sent.
fn deliver(body: Bytes, faults: &[Fault], reset: &ResetSwitch, headers: &mut HeaderMap) -> Body {
    let length = |bytes: usize| HeaderValue::from(bytes);
    for fault in faults {
        let pieces = match fault {
            Fault::BigHeader { kib } => {
                let padding = "x".repeat(*kib as usize * 1024);
                if let Ok(padding) = HeaderValue::from_str(&padding) {
                    headers.insert(HeaderName::from_static("x-padding"), padding);
                }
                continue;
            }
            Fault::ResetBody { after } => {
                headers.insert(header::CONTENT_LENGTH, length(body.len().max(1)));
                let bytes = after.unwrap_or(body.len() / 2).min(body.len().saturating_sub(1));
                break_after(body.slice(..bytes), Some(reset.clone()))
            }
            Fault::WrongLength => {
                headers.insert(header::CONTENT_LENGTH, length(body.len() + 100));
                break_after(body, None)
            }
            Fault::Drip { bytes, ms } => {
                headers.insert(header::CONTENT_LENGTH, length(body.len()));
                drip(body, *bytes, Duration::from_millis(*ms))
            }
            Fault::Stall { after, ms } => {
                headers.insert(header::CONTENT_LENGTH, length(body.len()));
                stall(body, *after, Duration::from_millis(*ms))
            }
            Fault::Endless { mib } => {
                headers.remove(header::CONTENT_ENCODING);
                endless(*mib)
            }
            Fault::GzipBomb { mib } => {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                gzip_bomb::pieces(*mib)
            }
            _ => continue,
        };
        return Either::Right(StreamBody::new(pieces));
    }
    Either::Left(Full::new(body))
}

/// Sends these bytes and then closes the connection, with or without a reset.
fn break_after(body: Bytes, reset: Option<ResetSwitch>) -> Pieces {
    /// Gives the bytes time to be sent: closing the connection discards unsent bytes.
    const LEAVE: Duration = Duration::from_millis(5);
    let then = stream::once(async move {
        tokio::time::sleep(LEAVE).await;
        if let Some(reset) = reset {
            reset.request_reset();
        }
        Err(ConnectionAborted)
    });
    stream::iter([Ok(Frame::data(body))]).chain(then).boxed()
}

fn drip(body: Bytes, bytes: usize, pause: Duration) -> Pieces {
    stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(bytes.clamp(1, rest.len()));
        Some((Ok(Frame::data(piece)), rest))
    })
    .boxed()
}

fn stall(mut body: Bytes, after: usize, pause: Duration) -> Pieces {
    let first = body.split_to(after.min(body.len()));
    let rest = stream::once(async move {
        tokio::time::sleep(pause).await;
        Ok(Frame::data(body))
    });
    stream::iter([Ok(Frame::data(first))]).chain(rest).boxed()
}

/// Sends this many mebibytes of rows and leaves the JSON incomplete. Stops earlier if the client disconnects.
fn endless(mib: u32) -> Pieces {
    const ROW: &[u8] = br#"{"customerName":"ENDLESS","productName":"ENDLESS","licensesSold":1},"#;
    const MEBIBYTE: usize = 1024 * 1024;
    let rows = Bytes::from(ROW.repeat(64 * 1024 / ROW.len()));
    let pieces = mib as usize * MEBIBYTE / rows.len();
    let opening = stream::iter([Ok(Frame::data(Bytes::from_static(br#"{"totalCount":1,"items":["#)))]);
    opening.chain(stream::iter((0..pieces).map(move |_| Ok(Frame::data(rows.clone()))))).boxed()
}
