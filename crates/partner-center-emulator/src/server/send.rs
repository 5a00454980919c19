//! An answer as bytes on the wire: byte-order mark, compression, headers.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::Full;

use super::handle::Ids;
use crate::answer::Answer;
use crate::state::State;

pub(super) type Body = Full<Bytes>;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
/// Smaller bodies are not worth compressing, to a gateway or to anybody.
const WORTH_COMPRESSING: usize = 1024;

pub(super) fn response(state: &Arc<State>, answer: Answer, ids: &Ids, asked: &HeaderMap) -> Response<Body> {
    let mut body = answer.body;
    if answer.mark {
        body = [UTF8_MARK, &body].concat().into();
    }
    let mut response = Response::new(Body::default());
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(header::DATE, date(state));
    if let Some(content_type) = answer.content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if answer.ids {
        headers.insert(HeaderName::from_static(super::handle::CORRELATION_ID), ids.correlation.clone());
        headers.insert(HeaderName::from_static(super::handle::REQUEST_ID), ids.request.clone());
        headers.insert(HeaderName::from_static("ms-cv"), ids.vector.clone());
        headers.insert(HeaderName::from_static("ms-serverid"), HeaderValue::from_static("102030524"));
    }
    for (name, value) in answer.headers {
        headers.insert(name, value);
    }
    if state.settings.compress
        && body.len() >= WORTH_COMPRESSING
        && let Some((name, compressed)) = compress(&body, asked)
    {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        body = compressed;
    }
    *response.body_mut() = Full::new(body);
    response
}

fn date(state: &State) -> HeaderValue {
    let date = httpdate::fmt_http_date(state.clock.now());
    HeaderValue::from_str(&date).unwrap_or_else(|_| HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
}

/// With the first of gzip and brotli the client accepts; the cheapest level, for this runs on the machine under test.
fn compress(body: &[u8], asked: &HeaderMap) -> Option<(&'static str, Bytes)> {
    let accepted = asked.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
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
