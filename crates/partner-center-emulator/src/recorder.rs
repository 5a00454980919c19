//! Records the latest requests for tests to inspect, and counts all requests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, Uri, header};

use crate::lock;

/// A request as it arrived, with the status of its response. Cheap to clone.
///
/// `Debug` shows neither header values nor bodies, because both contain secrets.
#[derive(Clone)]
pub struct RecordedRequest(Arc<Entry>);

struct Entry {
    number: u64,
    at: SystemTime,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: OnceLock<Bytes>,
    fault: OnceLock<String>,
    status: AtomicU16,
}

impl RecordedRequest {
    /// The number among all requests to the same host, from 1, in order of arrival.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// When the request arrived, on the emulator's clock.
    pub fn arrived_at(&self) -> SystemTime {
        self.0.at
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The path as sent.
    pub fn path(&self) -> &str {
        self.0.uri.path()
    }

    /// The query as sent, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.0.uri.query()
    }

    /// Path and query as sent.
    pub fn path_and_query(&self) -> &str {
        self.0.uri.path_and_query().map_or("/", |both| both.as_str())
    }

    /// All headers, including secrets: do not print them.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// A header as text; `None` if it is missing or not ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }

    /// Whether the request has an `Authorization` header.
    pub fn token_attached(&self) -> bool {
        self.0.headers.contains_key(header::AUTHORIZATION)
    }

    /// The decoded value of a field of a form body, as sent to the token endpoint. May be a secret.
    pub fn form(&self, name: &str) -> Option<String> {
        let body = self.0.body.get()?;
        form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The status of the response. `None` until the response is sent, and permanently if the connection was reset or
    /// the client disconnected first.
    pub fn status(&self) -> Option<u16> {
        match self.0.status.load(Ordering::Acquire) {
            0 => None,
            status => Some(status),
        }
    }

    /// The faults that were applied, in the syntax of fault scripts and joined by `+`; `None` if there were none.
    pub fn fault(&self) -> Option<&str> {
        self.0.fault.get().map(String::as_str)
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0.uri
    }

    pub(crate) fn responded(&self, status: u16) {
        self.0.status.store(status, Ordering::Release);
    }

    pub(crate) fn faulted(&self, fault: String) {
        let _ = self.0.fault.set(fault);
    }

    pub(crate) fn carried(&self, body: Bytes) {
        let _ = self.0.body.set(body);
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("number", &self.number())
            .field("method", self.method())
            .field("path", &self.path())
            .field("headers", &self.headers().keys().collect::<Vec<_>>())
            .field("status", &self.status())
            .field("fault", &self.fault())
            .finish_non_exhaustive()
    }
}

/// Copies the headers. The originals share the server's read buffer and would keep kilobytes alive.
fn detached_headers(headers: &HeaderMap) -> HeaderMap {
    let mut detached = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            detached.append(name, value);
        }
    }
    detached
}

fn detached_uri(uri: &Uri) -> Uri {
    uri.to_string().parse().unwrap_or_else(|_| uri.clone())
}

/// The requests of one host.
pub(crate) struct Recorder {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    total: u64,
    ring: VecDeque<RecordedRequest>,
}

impl Recorder {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, kept: Mutex::default() }
    }

    /// Records a request; the status is set later.
    pub(crate) fn arrived(&self, at: SystemTime, request: Parts) -> RecordedRequest {
        let mut kept = lock(&self.kept);
        kept.total += 1;
        let request = RecordedRequest(Arc::new(Entry {
            number: kept.total,
            at,
            method: request.method,
            uri: detached_uri(&request.uri),
            headers: detached_headers(&request.headers),
            body: OnceLock::new(),
            fault: OnceLock::new(),
            status: AtomicU16::new(0),
        }));
        if self.capacity > 0 {
            if kept.ring.len() == self.capacity {
                kept.ring.pop_front();
            }
            kept.ring.push_back(request.clone());
        }
        request
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.kept).ring.iter().cloned().collect()
    }

    pub(crate) fn total(&self) -> u64 {
        lock(&self.kept).total
    }
}
