//! A server that sends scripted bytes, one reply per request, and records the requests.
//!
//! Not an HTTP server: it reads the head of a request and writes the bytes of the test, so that a test can send replies
//! that no HTTP server would.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::{CustomerId, PartnerCenter, PartnerCenterBuilder};

/// The token of every test, which must appear in the header only.
pub(crate) const TOKEN: &str = "sentinel-token-e5b1";

/// The documented customer.
pub(crate) const CUSTOMER: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Request {
    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The reply to one request.
pub(crate) enum Reply {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes; then the connection is closed.
    Cut(Vec<u8>),
    /// Nothing, for as long as the client waits.
    Silence,
    /// These bytes, and then nothing for as long as the client waits.
    Stall(Vec<u8>),
    /// 200 with this body, after a delay.
    After(std::time::Duration, &'static str),
}

/// A head with these lines and a body with its true length.
pub(crate) fn answer(status: u16, headers: &[&str], body: &[u8]) -> Reply {
    let mut bytes = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len()).into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// 200 with this body.
pub(crate) fn ok(body: impl AsRef<[u8]>) -> Reply {
    answer(200, &["Content-Type: application/json; charset=utf-8"], body.as_ref())
}

/// The running server.
pub(crate) struct Scripted {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Scripted {
    /// Serves these replies in order, over any number of connections. Further requests get a 599.
    pub(crate) fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let replies = Arc::new(Mutex::new(replies.into_iter()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (replies, seen) = (Arc::clone(&replies), Arc::clone(&seen));
                // In many tests the client disconnects in the middle.
                std::thread::spawn(move || drop(serve(&stream.unwrap(), &replies, &seen)));
            }
        });
        Self { url, requests }
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// A client of this server, with a manual clock.
    pub(crate) fn builder(&self, clock: &ManualClock) -> PartnerCenterBuilder {
        PartnerCenter::builder()
            .base_url(&self.url)
            .credential(StaticToken::new(TOKEN).unwrap())
            .clock(clock.clone())
    }

    /// The client of most tests.
    pub(crate) fn partner(&self) -> PartnerCenter {
        self.builder(&ManualClock::new()).build().unwrap()
    }
}

fn serve(
    stream: &TcpStream,
    replies: &Mutex<std::vec::IntoIter<Reply>>,
    seen: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        seen.lock().unwrap().push(Request { line: line.trim_end().to_owned(), headers });
        let reply = replies.lock().unwrap().next();
        match reply {
            Some(Reply::Bytes(bytes)) => writer.write_all(&bytes)?,
            Some(Reply::Cut(bytes)) => return writer.write_all(&bytes),
            Some(Reply::Silence) => {
                // Until the client disconnects.
                reader.read_line(&mut String::new())?;
                return Ok(());
            }
            Some(Reply::Stall(bytes)) => {
                writer.write_all(&bytes)?;
                reader.read_line(&mut String::new())?;
                return Ok(());
            }
            Some(Reply::After(wait, body)) => {
                std::thread::sleep(wait);
                write!(writer, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
            }
            None => writer.write_all(b"HTTP/1.1 599 Script Over\r\nContent-Length: 0\r\n\r\n")?,
        }
    }
}

/// These bytes, compressed.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The documented customer's id.
pub(crate) fn customer() -> CustomerId {
    CUSTOMER.parse().unwrap()
}
