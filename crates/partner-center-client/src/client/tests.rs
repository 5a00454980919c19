//! Tests of sending an operation over a socket, without the facade.

use std::error::Error as _;
use std::time::Duration;

use http::HeaderValue;
use http::header::AUTHORIZATION;
use partner_center_models::CustomerCollection;
use partner_center_test_support::{FakeServer, Reply, reply, unused_url};

use super::*;
use crate::body::BodyError;
use crate::decode_error::DecodeErrorKind;
use crate::http_client::HttpSettings;
use crate::http_error::HttpErrorKind;
use crate::operations::{GetCustomer, ListCustomers};
use crate::raw::{GetRaw, HeadRaw, RawTarget};

const CUSTOMER: uuid::Uuid = uuid::Uuid::from_u128(7);

/// A client of this server, with a slash after the base URL.
fn client(url: &str) -> Client {
    let mut settings = HttpSettings::new("test");
    settings.plain_only = true;
    let limits = BodyLimits { size: 1000, stall: Duration::from_millis(100) };
    Client::new(&format!("{url}/base/"), &HttpClient::new(&settings).unwrap()).with_body_limits(limits)
}

fn send<O: Operation>(client: &Client, operation: &O) -> Result<Response<O::Response>, ClientError> {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer secret"))]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.send(operation, headers))
}

/// The result of listing customers, if this is the reply.
fn list(reply: Reply) -> Result<Response<CustomerCollection>, ClientError> {
    send(&client(FakeServer::scripted([reply]).url()), &ListCustomers::default())
}

#[test]
fn the_request_has_the_given_headers_and_an_encoded_query() {
    let server = FakeServer::scripted([reply(200, &[], ""), reply(404, &[], "")]);
    let filter = Some("{\"Value\":\"a +&b\"}".to_owned());
    let operation = ListCustomers { filter, size: Some(5), ..ListCustomers::default() };
    let response = send(&client(server.url()), &operation).unwrap();
    assert_eq!((response.status, response.value.items.len()), (200, 0));
    let error = send(&client(server.url()), &GetCustomer { customer_id: CUSTOMER }).unwrap_err();
    assert_eq!(error.status(), Some(404));

    let requests = server.requests();
    let target = "/base/v1/customers?filter=%7B%22Value%22%3A%22a%20%2B%26b%22%7D&size=5";
    assert_eq!((requests[0].method.as_str(), requests[0].target.as_str()), ("GET", target));
    assert_eq!(requests[1].target, format!("/base/v1/customers/{CUSTOMER}"));
    for request in &requests {
        let mut names: Vec<_> = request.headers.keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "authorization", "host", "user-agent"]);
    }
}

#[test]
fn a_response_is_decoded_with_its_findings_and_links() {
    let body = "\u{feff}{\"items\":[{\"id\":\"1\",\"commerceId\":[{}]},{\"no\":\"id\"}],\
                \"links\":{\"next\":{\"uri\":\"/secret?x\"}}}";
    let response = list(reply(200, &["MS-CV: x"], body)).unwrap();
    assert_eq!((response.status, response.headers["ms-cv"].as_bytes()), (200, &b"x"[..]));
    assert_eq!((response.value.items.len(), &response.body[..]), (1, body.as_bytes()));
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
    Stalled,
    Broken,
    Decode(DecodeErrorKind),
}

fn said(error: &ClientError) -> Said {
    match error {
        ClientError::Status { body_error, .. } => Said::Status { complete: body_error.is_none() },
        ClientError::Body { error: BodyError::TooLong, .. } => Said::TooLong,
        ClientError::Body { error: BodyError::Stalled, .. } => Said::Stalled,
        ClientError::Body { error: BodyError::Broken(_), .. } => Said::Broken,
        ClientError::Decode { error, .. } => Said::Decode(error.kind()),
        other @ ClientError::NoResponse(_) => panic!("{other:?}"),
    }
}

#[test]
fn an_error_keeps_status_headers_and_body() {
    const JSON: &str = "{\"secret\":";
    const PAGE: &str = "<html>secret";
    let whole = |status, body| reply(status, &["MS-CV: x", "Location: /secret"], body);
    let cut = |status: u16| {
        let head = format!("HTTP/1.1 {status} Status\r\nContent-Length: 99\r\nMS-CV: x\r\n\r\n{JSON}");
        Reply::Cut(head.into_bytes())
    };
    for (reply, status, expected, body) in [
        (whole(403, JSON), 403, Said::Status { complete: true }, JSON),
        (whole(302, ""), 302, Said::Status { complete: true }, ""),
        (cut(503), 503, Said::Status { complete: false }, JSON),
        (cut(200), 200, Said::Broken, JSON),
        (whole(200, JSON), 200, Said::Decode(DecodeErrorKind::Truncated), JSON),
        (whole(200, PAGE), 200, Said::Decode(DecodeErrorKind::WebPage), PAGE),
    ] {
        let error = list(reply).unwrap_err();
        assert_eq!((error.status(), said(&error)), (Some(status), expected));
        let received = error.response().unwrap();
        assert_eq!((&received.body[..], received.headers["ms-cv"].as_bytes()), (body.as_bytes(), &b"x"[..]));
        let source = error.source().map(ToString::to_string).unwrap_or_default();
        assert!(!format!("{error} {error:?} {source}").contains("secret"), "{error:?}");
    }
}

#[test]
fn a_body_is_limited_in_size_and_time() {
    let stalling = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{";
    let error = list(Reply::Stall(stalling.to_vec())).unwrap_err();
    assert_eq!((said(&error), &error.response().unwrap().body[..]), (Said::Stalled, &b"{"[..]));
    let error = list(reply(200, &[], " ".repeat(1001))).unwrap_err();
    assert_eq!(said(&error), Said::TooLong);
}

#[test]
fn a_connection_that_fails_brings_no_response() {
    let error = send(&client(&unused_url()), &ListCustomers::default()).unwrap_err();
    assert!(error.response().is_none());
    assert!(matches!(error, ClientError::NoResponse(error) if error.kind() == HttpErrorKind::Connect));
}

#[test]
fn a_raw_request_stays_below_the_base_url() {
    for (path, query, target) in [
        ("/v1/x", None, "/base/v1/x"),
        ("v1/x", Some("a=b&c"), "/base/v1/x?a=b&c"),
        ("//elsewhere.example/x", None, "/base/elsewhere.example/x"),
        (".elsewhere.example", None, "/base/.elsewhere.example"),
        ("@elsewhere.example:1", None, "/base/@elsewhere.example:1"),
        ("a b/\u{f6}?%2F#", Some("c d#"), "/base/a%20b/%C3%B6%3F%2F%23?c%20d%23"),
        ("", None, "/base/"),
    ] {
        let server = FakeServer::scripted([reply(200, &[], [0xFF, 0x00]), reply(204, &[], "")]);
        let raw = RawTarget::new(path, query.map(str::to_owned));
        assert_eq!(format!("{raw:?}"), "RawTarget { .. }");
        let response = send(&client(server.url()), &GetRaw(raw.clone())).unwrap();
        assert_eq!(&response.value.0[..], [0xFF, 0x00], "the bytes are not decoded");
        assert_eq!(send(&client(server.url()), &HeadRaw(raw)).unwrap().status, 204);
        let requests = server.requests().into_iter().map(|request| (request.method, request.target));
        let expected = ["GET", "HEAD"].map(|method| (method.to_owned(), target.to_owned()));
        assert_eq!(requests.collect::<Vec<_>>(), expected, "{path}");
    }
}
