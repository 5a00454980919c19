//! A raw request is made like any call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use partner_center::clock::{BoxFuture, ManualClock};
use partner_center::credential::{AccessToken, Credential};
use partner_center::{Error, ErrorKind, RequestContext, Result};
use partner_center_test_support::{FakeServer, Reply, gzip, json, ok, reply};
use serde_json::{Value, json};

use crate::support::{TOKEN, builder, customer, partner};

#[tokio::test]
async fn the_request_has_the_headers_of_a_call_and_its_own() {
    let server = FakeServer::scripted([reply(503, &[], ""), ok("\u{feff}{\"a\":[1]}")]);
    let partner = partner(&server).with(RequestContext::new().locale("sv-SE"));
    let request = partner.raw().get("/v1/invoices?size=2").query("filter", "a b+c").header("X-Own", "1");
    let response = request.send().await.unwrap();
    assert_eq!((response.status(), response.attempts()), (200, 2));
    assert_eq!(response.bytes(), "\u{feff}{\"a\":[1]}".as_bytes(), "as it was received");
    assert_eq!(response.text().unwrap(), "{\"a\":[1]}");
    assert_eq!(response.json::<Value>().unwrap(), json!({ "a": [1] }));
    assert_eq!(response.content_type(), Some("application/json; charset=utf-8"));

    let requests = server.requests();
    let mut names: Vec<_> = requests[1].headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "authorization",
            "host",
            "ms-correlationid",
            "ms-partnercenter-client",
            "ms-requestid",
            "user-agent",
            "x-locale",
            "x-own",
        ]
    );
    for request in &requests {
        assert_eq!(request.method, "GET");
        assert_eq!(request.target, "/v1/invoices?size=2&filter=a%20b%2Bc");
        assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        assert_eq!(request.header("ms-requestid"), Some(response.request_id().to_string().as_str()));
        assert_eq!(request.header("ms-correlationid"), Some(response.correlation_id().to_string().as_str()));
        assert_eq!((request.header("x-locale"), request.header("x-own")), (Some("sv-SE"), Some("1")));
    }
    assert_eq!(response.into_value().into_bytes().len(), 12);
}

#[tokio::test]
async fn a_head_request_has_no_body() {
    let gzip = &["Content-Encoding: gzip", "MS-CV: x.0"];
    let server = FakeServer::scripted([reply(200, gzip, ""), reply(404, &[], "")]);
    let partner = partner(&server);
    let response = partner.raw().head("/v1/domains/contoso.example").send().await.unwrap();
    assert_eq!((response.status(), response.bytes()), (200, &b""[..]));
    assert_eq!(response.raw_headers()["ms-cv"], "x.0");
    assert!(response.json::<Value>().unwrap_err().is_invalid_response());
    assert!(partner.raw().head("/v1/domains/contoso.example").send().await.unwrap_err().is_not_found());
    assert!(server.requests().iter().all(|request| request.method == "HEAD"));
}

/// What a caller sees of an error, without the ids.
fn seen(error: &Error) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (error.kind(), error.message().to_owned(), error.advice().to_owned(), error.reason()),
        (error.status(), error.code().map(str::to_owned), error.description().map(str::to_owned)),
        (error.attempts(), error.retry_after(), error.body().cloned()),
    )
}

#[tokio::test]
async fn errors_are_those_of_any_call() {
    let fault = |code: u32| format!(r#"{{"code":{code},"description":"d","data":[],"source":"s"}}"#);
    let cut =
        |head: &str| Reply::Cut(format!("HTTP/1.1 {head}\r\nContent-Length: 99\r\n\r\n{{").into_bytes());
    for answer in [
        json(400, fault(2000)),
        json(400, r#"{"error":{"code":"InvalidQueryParameters","message":"m"}}"#),
        json(401, fault(900_421)),
        json(403, fault(20002)),
        json(403, fault(900_001)),
        json(404, fault(3000)),
        reply(404, &[], "<html>gateway"),
        reply(407, &[], ""),
        reply(302, &["Location: https://elsewhere.example/"], ""),
        reply(429, &["Retry-After: 3"], r#"{ "statusCode": 429, "message": "Rate limit is exceeded." }"#),
        reply(502, &[], "<html>gateway"),
        reply(503, &["Retry-After: 2"], ""),
        reply(599, &[], ""),
        reply(200, &["Content-Encoding: zstd"], [0x28, 0xB5, 0x2F, 0xFD]),
        cut("200 OK"),
        cut("403 Forbidden"),
        ok(vec![b' '; 2001]),
    ] {
        let server = FakeServer::repeating([answer.clone()]);
        let partner = || builder(&server, &ManualClock::new()).body_limit(2000).build().unwrap();
        let typed = partner().customers().by_id(customer()).get().await.unwrap_err();
        let raw = partner().raw().get("/v1/x").send().await.unwrap_err();
        assert_eq!(seen(&raw), seen(&typed), "{answer:?}");
        assert_eq!(raw.operation(), Some("raw"));
        assert!(raw.correlation_id().is_some() && raw.request_id().is_some());
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_fails_at_once_and_holds_every_other_call() {
    let server = FakeServer::scripted([reply(429, &["Retry-After: 200"], ""), ok("{}")]);
    let clock = ManualClock::new();
    let partner = builder(&server, &clock).build().unwrap();
    let raw = partner.raw().get("/v1/x");
    assert_eq!(raw.send().await.unwrap_err().retry_after(), Some(Duration::from_secs(200)));
    assert_eq!(partner.customers().by_id(customer()).get().await.unwrap_err().attempts(), 0);
    clock.advance(Duration::from_secs(201));
    assert_eq!(raw.send().await.unwrap().attempts(), 1, "a request can be sent again");
    assert_eq!((server.requests().len(), clock.sleeps().len()), (2, 0));
}

#[tokio::test]
async fn the_time_limit_applies() {
    let server =
        FakeServer::scripted([Reply::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec())]);
    let limit = Duration::from_millis(30);
    let partner = builder(&server, &ManualClock::new()).timeout(limit).build().unwrap();
    let error = partner.raw().get("/v1/x").send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, Some(200)));
}

/// A new token after each refresh.
#[derive(Debug, Default, Clone)]
struct Refreshed(Arc<AtomicU32>);

impl Credential for Refreshed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        let token = AccessToken::new(format!("token-{}", self.0.load(Ordering::SeqCst)));
        Box::pin(async { Ok(token) })
    }

    fn refresh<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        let next = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move { Ok(Some(AccessToken::new(format!("token-{next}")))) })
    }
}

#[tokio::test]
async fn a_rejected_token_is_refreshed_once() {
    let server =
        FakeServer::scripted([reply(401, &[], ""), ok("{}"), reply(401, &[], ""), reply(401, &[], "")]);
    let partner = builder(&server, &ManualClock::new())
        .credential(Refreshed::default())
        .max_attempts(1)
        .build()
        .unwrap();
    assert_eq!(partner.raw().get("/v1/x").send().await.unwrap().attempts(), 2);
    assert!(partner.raw().get("/v1/x").send().await.unwrap_err().is_unauthorized());
    let sent: Vec<_> =
        server.requests().iter().map(|request| request.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(sent, ["Bearer token-0", "Bearer token-1", "Bearer token-1", "Bearer token-2"]);
}

#[tokio::test]
async fn a_body_is_decompressed_and_decoded_but_never_judged() {
    let text = "{\"name\":\"Bl\u{e5}b\u{e4}r\"}";
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect::<Vec<_>>();
    for (headers, body, bytes) in [
        (&["Content-Type: application/json; charset=utf-16"][..], utf_16.clone(), utf_16),
        (&["Content-Type: application/json; charset=iso-8859-1"], latin.clone(), latin),
        (&["Content-Encoding: gzip"], gzip(text.as_bytes()), text.as_bytes().to_vec()),
    ] {
        let server = FakeServer::scripted([reply(200, headers, body)]);
        let response = partner(&server).raw().get("/v1/x").send().await.unwrap();
        assert_eq!((response.bytes(), response.text().unwrap().as_ref()), (&bytes[..], text), "{headers:?}");
    }
    for body in
        [&b"<html>Contoso"[..], b"", b"Contoso", b"{\"count\":\"Contoso\"}", b"{\"count\":", b"\xFF\xFE\xFF"]
    {
        let server = FakeServer::scripted([reply(200, &[], body)]);
        let response = partner(&server).raw().get("/v1/x").send().await.unwrap();
        assert_eq!(response.bytes(), body);
        let error = response.json::<std::collections::HashMap<String, u64>>().unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(200)));
        assert_eq!((error.request_id(), error.operation()), (Some(response.request_id()), Some("raw")));
        assert_eq!(error.body().map(AsRef::as_ref), Some(body));
        assert!(!format!("{error} {error:?} {response:?}").contains("Contoso"), "{error}");
    }
}
