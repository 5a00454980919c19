//! A server on a free loopback port that sends scripted bytes and records the requests.
//!
//! It does not implement all of HTTP, so a test can send replies that a real server never would. It runs on threads of
//! its own, independent of the runtimes of the test.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

/// A received request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its path and query, as they were sent.
    pub target: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Request {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The next request on a connection, or `None` if the client has closed it.
    fn read(connection: &mut BufReader<&TcpStream>) -> Option<Self> {
        let mut line = || {
            let mut line = String::new();
            connection.read_line(&mut line).ok().filter(|&length| length > 0)?;
            Some(line.trim_end().to_owned())
        };
        let first = line()?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = HeaderMap::new();
        while let Some((name, value)) = line()?.split_once(':') {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
        }
        let length =
            headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        connection.read_exact(&mut body).ok()?;
        Some(Self { method, target, headers, body: String::from_utf8(body).unwrap() })
    }
}

/// The reply to one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes; then the connection is closed.
    Cut(Vec<u8>),
    /// These bytes, and then nothing for as long as the client waits.
    Stall(Vec<u8>),
}

/// A response with these header lines and this body, and the true length of the body.
#[must_use]
pub fn reply(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len()).into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// A response with this JSON body.
#[must_use]
pub fn json(status: u16, body: impl AsRef<[u8]>) -> Reply {
    reply(status, &["Content-Type: application/json; charset=utf-8"], body)
}

/// Status 200 with this JSON body.
#[must_use]
pub fn ok(body: impl AsRef<[u8]>) -> Reply {
    json(200, body)
}

/// The running server. It serves until the process ends.
#[derive(Debug)]
pub struct FakeServer {
    url: String,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    requests: Mutex<Vec<Request>>,
    received: Condvar,
    replies: Mutex<VecDeque<Reply>>,
}

impl FakeServer {
    /// Sends these replies in order, over any number of connections. Further requests get status 599.
    #[must_use]
    pub fn scripted(replies: impl IntoIterator<Item = Reply>) -> Self {
        let server = Self::responding(|_| reply(599, &[], ""));
        server.shared.replies.lock().unwrap().extend(replies);
        server
    }

    /// Sends these replies in order, and the last one for all further requests.
    #[must_use]
    pub fn repeating(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: VecDeque<_> = replies.into_iter().collect();
        let last = replies.pop_back().unwrap();
        let server = Self::responding(move |_| last.clone());
        *server.shared.replies.lock().unwrap() = replies;
        server
    }

    /// Sends the replies that this function returns. It may block: each connection has its own thread.
    #[must_use]
    pub fn responding(respond: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (shared, respond) = (Arc::<Shared>::default(), Arc::new(respond));
        let server = Self { url, shared: Arc::clone(&shared) };
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (shared, respond) = (Arc::clone(&shared), Arc::clone(&respond));
                // In many tests the client disconnects in the middle.
                std::thread::spawn(move || shared.serve(&connection.unwrap(), &*respond).ok());
            }
        });
        server
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Queues a reply, to be sent after all queued replies.
    pub fn push(&self, reply: Reply) {
        self.shared.replies.lock().unwrap().push_back(reply);
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The requests since the last call.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.shared.requests.lock().unwrap())
    }

    /// Waits until this many requests have arrived. Their replies may still be held back.
    pub fn wait_for_requests(&self, count: usize) {
        let requests = self.shared.requests.lock().unwrap();
        let limit = Duration::from_secs(60);
        let waited = self.shared.received.wait_timeout_while(requests, limit, |all| all.len() < count);
        assert!(!waited.unwrap().1.timed_out(), "fewer than {count} requests arrived");
    }
}

/// A base URL at which nothing listens.
#[must_use]
pub fn unused_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

impl Shared {
    fn serve(&self, connection: &TcpStream, respond: &impl Fn(&Request) -> Reply) -> std::io::Result<()> {
        let (mut reader, mut writer) = (BufReader::new(connection), connection);
        while let Some(request) = Request::read(&mut reader) {
            self.requests.lock().unwrap().push(request.clone());
            self.received.notify_all();
            let scripted = self.replies.lock().unwrap().pop_front();
            match scripted.unwrap_or_else(|| respond(&request)) {
                Reply::Bytes(bytes) => writer.write_all(&bytes)?,
                Reply::Cut(bytes) => return writer.write_all(&bytes),
                Reply::Stall(bytes) => {
                    writer.write_all(&bytes)?;
                    // Until the client disconnects.
                    return reader.read_line(&mut String::new()).map(drop);
                }
            }
        }
        Ok(())
    }
}
