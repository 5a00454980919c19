//! A loopback server that responds to each request in the contract with the contract's example, and to all others with
//! status 501. It records the requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{self, HeaderMap};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use partner_center_test_support::{FakeServer, Reply, json, ok, reply};
use tokio::net::TcpStream;

use crate::{BYTE_ORDER_MARK, Contract, Operation, Request, openapi};

/// The server. It serves until the process ends.
pub struct Server {
    server: FakeServer,
    /// Examples for the next responses, instead of the first example.
    examples: Arc<Mutex<VecDeque<String>>>,
}

impl Server {
    /// Starts the server on a free port of the loopback interface.
    #[must_use]
    pub fn start() -> Self {
        let contract = Contract::read();
        let examples = Arc::<Mutex<VecDeque<String>>>::default();
        let next = Arc::clone(&examples);
        let server =
            FakeServer::responding(move |request| match Request::received(request).described(&contract) {
                Ok(operation) => {
                    let file = next.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    ok([BYTE_ORDER_MARK, &example(&file.unwrap_or_else(|| first_example(operation)))]
                        .concat())
                }
                Err(objections) => rejected(&objections),
            });
        Self { server, examples }
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.server.url()
    }

    /// Responds to the next valid request with this example.
    pub fn respond_with(&self, file: &str) {
        self.examples.lock().unwrap_or_else(PoisonError::into_inner).push_back(file.to_owned());
    }

    /// Responds to the next request with this status and body, whatever the request.
    pub fn script(&self, status: u16, body: impl AsRef<[u8]>) {
        self.server.push(json(status, body));
    }

    /// The requests received since the last call.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Request> {
        self.server.take_requests().iter().map(Request::received).collect()
    }
}

#[expect(clippy::print_stderr, reason = "shown with the failure of the test")]
fn rejected(objections: &str) -> Reply {
    eprintln!("{objections}");
    reply(501, &[], objections)
}

fn first_example(operation: &Operation) -> String {
    let file = operation.responses.get(&200).and_then(|response| response.examples.first());
    file.unwrap_or_else(|| panic!("{} has no example", operation.id)).clone()
}

fn example(file: &str) -> Vec<u8> {
    std::fs::read(openapi().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Sends a GET request without an SDK client and reads the whole response.
///
/// # Panics
///
/// If there is no response.
pub async fn fetch(base_url: &str, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Bytes) {
    let host = base_url.trim_start_matches("http://");
    let stream = TcpStream::connect(host).await.unwrap_or_else(|error| panic!("{host}: {error}"));
    let connection = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = connection.unwrap_or_else(|error| panic!("{host}: {error}"));
    tokio::spawn(connection);
    let mut request = hyper::Request::get(path).header(header::HOST, host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Empty::<Bytes>::new()).unwrap_or_else(|error| panic!("{path}: {error}"));
    let response = sender.send_request(request).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap_or_else(|error| panic!("{path}: {error}"));
    (parts.status.as_u16(), parts.headers, body.to_bytes())
}
