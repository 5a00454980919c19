//! A loopback server that responds to each request in the contract with the contract's example, and to all others with
//! status 501. It records the requests.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::{BYTE_ORDER_MARK, Contract, Operation, Request, openapi};

/// The server. It stops with the runtime it was started on.
pub struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    /// Examples for the next responses, instead of the first example.
    examples: VecDeque<String>,
    /// Status and body of the next responses, whatever the request. They take precedence over examples.
    scripted: VecDeque<(u16, String)>,
}

impl Server {
    /// Starts the server on a free port of the loopback interface.
    ///
    /// # Panics
    ///
    /// If no port is available.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.unwrap_or_else(|error| panic!("no loopback port: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let contract = Arc::new(Contract::read());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (contract, shared) = (Arc::clone(&contract), Arc::clone(&shared));
                let service = service_fn(move |request: hyper::Request<Incoming>| {
                    let request = Request::new(request.method().as_str(), request.uri(), request.headers());
                    let answer = lock(&shared).answer(&contract, request);
                    std::future::ready(Ok::<_, Infallible>(answer))
                });
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, state }
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Responds to the next valid request with this example.
    pub fn answer_with(&self, file: &str) {
        lock(&self.state).examples.push_back(file.to_owned());
    }

    /// Responds to the next request with this status and body, whatever the request.
    pub fn script(&self, status: u16, body: impl Into<String>) {
        lock(&self.state).scripted.push_back((status, body.into()));
    }

    /// The requests received since the last call.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut lock(&self.state).requests)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    #[expect(clippy::print_stderr, reason = "shown with the failure of the test")]
    fn answer(&mut self, contract: &Contract, request: Request) -> hyper::Response<Full<Bytes>> {
        let (status, body) = match (self.scripted.pop_front(), request.described(contract)) {
            (Some((status, body)), _) => {
                (StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT), body.into_bytes())
            }
            (None, Ok(operation)) => {
                let file = self.examples.pop_front().unwrap_or_else(|| first_example(operation));
                (StatusCode::OK, [BYTE_ORDER_MARK, &example(&file)].concat())
            }
            (None, Err(objections)) => {
                eprintln!("{objections}");
                (StatusCode::NOT_IMPLEMENTED, objections.into_bytes())
            }
        };
        self.requests.push(request);
        let mut answer = hyper::Response::new(Full::new(body.into()));
        *answer.status_mut() = status;
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
        answer
    }
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
    let answer = sender.send_request(request).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.unwrap_or_else(|error| panic!("{path}: {error}"));
    (parts.status.as_u16(), parts.headers, body.to_bytes())
}
