//! What arrived: a bounded ring of requests for tests to assert on, and counts that never forget.

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

/// One request as it arrived, and what became of it. Cloning is cheap.
///
/// `Debug` shows neither header values nor bodies: both carry secrets.
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
    /// Its place among all requests to the same host, from 1, in order of arrival.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// When it arrived, by the emulator's clock.
    pub fn arrived_at(&self) -> SystemTime {
        self.0.at
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The path, as it was sent.
    pub fn path(&self) -> &str {
        self.0.uri.path()
    }

    /// The query without its question mark, as it was sent.
    pub fn query(&self) -> Option<&str> {
        self.0.uri.query()
    }

    /// Path and query, as they were sent.
    pub fn path_and_query(&self) -> &str {
        self.0.uri.path_and_query().map_or("/", |both| both.as_str())
    }

    /// All headers, secrets included: do not print them.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// One header as text; `None` if it is absent or not ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }

    /// True if an `Authorization` header came with it.
    pub fn token_attached(&self) -> bool {
        self.0.headers.contains_key(header::AUTHORIZATION)
    }

    /// The value of one field of a form body (the token endpoint's), decoded. Secrets included.
    pub fn form(&self, name: &str) -> Option<String> {
        let body = self.0.body.get()?;
        form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The status answered. `None` while it is being answered, and for ever if the connection was reset instead or the
    /// client went away first.
    pub fn status(&self) -> Option<u16> {
        match self.0.status.load(Ordering::Acquire) {
            0 => None,
            status => Some(status),
        }
    }

    /// The faults that fell on it, as the fault script writes them, joined by `+`; `None` if none did.
    pub fn fault(&self) -> Option<&str> {
        self.0.fault.get().map(String::as_str)
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0.uri
    }

    pub(crate) fn answered(&self, status: u16) {
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

/// What the server read into is shared by everything read from it: a few bytes kept would keep kilobytes.
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

    /// Takes note of an arrival; the answer's status is filled in later.
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
