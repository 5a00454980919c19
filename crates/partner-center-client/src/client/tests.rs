//! Tests of sending an operation over a socket, without the facade.

use std::error::Error as _;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::*;
use crate::body::BodyError;
use crate::decode::DecodeErrorKind;
use crate::http_client::HttpSettings;
use crate::http_error::HttpErrorKind;
use crate::operations::{GetCustomer, ListCustomers};

const CUSTOMER: uuid::Uuid = uuid::Uuid::from_u128(7);

/// Serves one request with these bytes, and then closes the connection after `open`. Returns the port, and the request.
fn serve(response: &'static [u8], open: Duration) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, request) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut received = vec![0; 8192];
        let length = stream.read(&mut received).unwrap();
        let _ = tell.send(String::from_utf8_lossy(&received[..length]).into_owned());
        let _ = stream.write_all(response);
        thread::sleep(open);
    });
    (port, request)
}

fn client(port: u16) -> Client {
    let mut settings = HttpSettings::new("test");
    settings.plain_only = true;
    let limits = BodyLimits { size: 1000, stall: Duration::from_millis(100) };
    let http = HttpClient::new(&settings).unwrap();
    Client::new(&format!("http://127.0.0.1:{port}/base/"), &http).with_body_limits(limits)
}

fn send<O: Operation>(client: &Client, operation: &O) -> Result<Response<O::Response>, ClientError> {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer secret"))]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.send(operation, headers))
}

fn exchange(
    response: &'static [u8],
) -> Result<Response<partner_center_models::CustomerCollection>, ClientError> {
    let (port, _request) = serve(response, Duration::ZERO);
    send(&client(port), &ListCustomers::default())
}

#[test]
fn the_request_has_the_given_headers_and_an_encoded_query() {
    let filter = Some("{\"Value\":\"a +&b\"}".to_owned());
    let operation = ListCustomers { filter, size: Some(5), ..ListCustomers::default() };
    let (port, request) = serve(b"HTTP/1.1 204 No Content\r\n\r\n", Duration::ZERO);
    let response = send(&client(port), &operation).unwrap();
    assert_eq!((response.status, response.value.items.len()), (204, 0));
    let request = request.recv().unwrap().to_ascii_lowercase();
    let mut lines = request.lines();
    let line = "get /base/v1/customers?filter=%7b%22value%22%3a%22a%20%2b%26b%22%7d&size=5 http/1.1";
    assert_eq!(lines.next(), Some(line));
    let mut names: Vec<_> = lines.filter_map(|line| Some(line.split_once(':')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "authorization", "host", "user-agent"]);

    let (port, request) = serve(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Duration::ZERO);
    assert_eq!(send(&client(port), &GetCustomer { customer_id: CUSTOMER }).unwrap_err().status(), Some(404));
    assert!(request.recv().unwrap().starts_with(&format!("GET /base/v1/customers/{CUSTOMER} HTTP/1.1\r\n")));
}

#[test]
fn a_response_is_decoded_with_its_findings_and_links() {
    let response = exchange(
        b"HTTP/1.1 200 OK\r\nContent-Length: 92\r\nMS-CV: x\r\n\r\n\xEF\xBB\xBF\
          {\"items\":[{\"id\":\"1\",\"commerceId\":[{}]},{\"no\":\"id\"}],\"links\":{\"next\":{\"uri\":\"/secret?x\"}}}",
    )
    .unwrap();
    assert_eq!((response.status, response.headers["ms-cv"].as_bytes()), (200, &b"x"[..]));
    assert_eq!((response.value.items.len(), response.body.len()), (1, 92));
    assert_eq!(response.findings.odd_values()[0].field(), "commerceId");
    assert_eq!(response.findings.unreadable_count(), 1);
    assert_eq!(response.paging_info.links[0].uri.as_deref(), Some("/secret?x"));
    assert!(!format!("{response:?} {:?}", response.paging_info.links).contains("secret"));
}

/// What an error says, apart from the response that it keeps.
#[derive(Debug, PartialEq)]
enum Said {
    Status { complete: bool },
    TooLong,
    Broken,
    Decode(DecodeErrorKind),
}

fn said(error: &ClientError) -> Said {
    match error {
        ClientError::Status { body_error, .. } => Said::Status { complete: body_error.is_none() },
        ClientError::Body { error: BodyError::TooLong, .. } => Said::TooLong,
        ClientError::Body { error: BodyError::Broken(_), .. } => Said::Broken,
        ClientError::Decode { error, .. } => Said::Decode(error.kind()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_error_keeps_status_headers_and_body() {
    const SECRET: &[u8] = b"{\"secret\":";
    for (response, status, expected, body) in [
        (
            &b"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\nMS-CV: x\r\n\r\n{\"secret\":"[..],
            403,
            Said::Status { complete: true },
            SECRET,
        ),
        (
            b"HTTP/1.1 503 Unavailable\r\nContent-Length: 99\r\nMS-CV: x\r\n\r\n{\"secret\":",
            503,
            Said::Status { complete: false },
            SECRET,
        ),
        (
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nMS-CV: x\r\nLocation: /secret\r\n\r\n",
            302,
            Said::Status { complete: true },
            b"",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nMS-CV: x\r\n\r\n{\"secret\":", 200, Said::Broken, SECRET),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nMS-CV: x\r\n\r\n{\"secret\":",
            200,
            Said::Decode(DecodeErrorKind::Truncated),
            SECRET,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nMS-CV: x\r\n\r\n<html>secret",
            200,
            Said::Broken,
            b"<html>secret",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nMS-CV: x\r\n\r\n<html>secret",
            200,
            Said::Decode(DecodeErrorKind::WebPage),
            b"<html>secret",
        ),
    ] {
        let error = exchange(response).unwrap_err();
        assert_eq!((error.status(), said(&error)), (Some(status), expected));
        let received = error.response().unwrap();
        assert_eq!((&received.body[..], received.headers["ms-cv"].as_bytes()), (body, &b"x"[..]));
        let source = error.source().map(ToString::to_string).unwrap_or_default();
        assert!(!format!("{error} {error:?} {source}").contains("secret"), "{error:?}");
    }
}

#[test]
fn a_body_is_limited_in_size_and_time() {
    let (port, _request) = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{", Duration::from_secs(2));
    let error = send(&client(port), &ListCustomers::default()).unwrap_err();
    assert!(matches!(&error, ClientError::Body { error: BodyError::Stalled, .. }), "{error:?}");
    assert_eq!(&error.response().unwrap().body[..], b"{");

    let (port, _request) = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Duration::ZERO);
    let tight = client(port).with_body_limits(BodyLimits { size: 1, ..BodyLimits::default() });
    assert_eq!(said(&send(&tight, &ListCustomers::default()).unwrap_err()), Said::TooLong);
}

#[test]
fn a_connection_that_fails_brings_no_response() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = send(&client(port), &ListCustomers::default()).unwrap_err();
    assert!(error.response().is_none());
    assert!(matches!(error, ClientError::NoResponse(error) if error.kind() == HttpErrorKind::Connect));
}
