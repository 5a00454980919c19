//! Requests that are refused before anything is sent.

use partner_center::ErrorKind;
use partner_center::raw::RawRequest;
use partner_center_test_support::{FakeServer, ok};

use crate::support::partner;

async fn is_refused(request: &RawRequest, what: &str) {
    for error in [request.send().await.unwrap_err(), request.pages().try_next().await.unwrap_err()] {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidInput, Some("raw")), "{what}");
        assert_eq!((error.attempts(), error.status()), (0, None), "{what}");
        let shown = format!("{error} {error:?} {} {request:?}", error.advice());
        assert!(!shown.contains("Contoso"), "{shown}");
    }
}

// The rules and their reasons are tested in `raw/target.rs`.
#[tokio::test]
async fn a_path_that_leads_elsewhere_is_refused() {
    let (server, elsewhere) = (FakeServer::repeating([ok("{}")]), FakeServer::repeating([ok("{}")]));
    let (host, other) = (server.url().replace("http://", ""), elsewhere.url().replace("http://", ""));
    for path in [
        String::new(),
        "?q=Contoso".to_owned(),
        format!("//{other}/v1/Contoso"),
        format!("/\\{other}/v1/Contoso"),
        format!("http://{other}/v1/Contoso"),
        format!("https://{host}/v1/Contoso"),
        format!("http://user:Contoso@{host}/v1/x"),
        format!("http://{host}@{other}/v1/Contoso"),
        format!("{other}/v1/Contoso"),
        "/v1/../Contoso".to_owned(),
        "/v1/%2e%2e/Contoso".to_owned(),
        "/v1/%252E%252e/Contoso".to_owned(),
        "/v1/x\r\nContoso: y".to_owned(),
        "/v1/x%0aContoso".to_owned(),
        "/v1/x#Contoso".to_owned(),
        format!("/v1/{}", "Contoso".repeat(3000)),
    ] {
        is_refused(&partner(&server).raw().get(&path), &path).await;
    }
    assert!(server.requests().is_empty() && elsewhere.requests().is_empty());

    for path in ["/v1/x".to_owned(), "v1/x".to_owned(), format!("http://{host}/v1/x")] {
        partner(&server).raw().get(&path).send().await.unwrap();
    }
    assert!(server.requests().iter().all(|request| request.target == "/v1/x"));
}

#[tokio::test]
async fn a_header_of_the_call_or_an_invalid_one_is_refused() {
    let server = FakeServer::repeating([ok("{}")]);
    let invalid =
        [("X Name", "Contoso"), ("", "Contoso"), ("X-Name", "Contoso\r\nHost: y"), ("Contoso:", "x")];
    let reserved = [
        "Authorization",
        "Host",
        "cookie",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "MS-RequestId",
        "ms-correlationid",
        "X-Locale",
        "User-Agent",
        "Accept",
        "MS-PartnerCenter-Application",
        "Proxy-Authorization",
        "X-HTTP-Method-Override",
    ];
    for (name, value) in invalid.into_iter().chain(reserved.map(|name| (name, "Contoso"))) {
        is_refused(&partner(&server).raw().get("/v1/x").header("X-Fine", "1").header(name, value), name)
            .await;
    }
    let error = partner(&server).raw().get("/v1/x").header("Cookie", "a").send().await.unwrap_err();
    assert!(error.to_string().contains("cookie"), "a known name is named: {error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_head_request_has_no_pages() {
    let server = FakeServer::repeating([ok("{}")]);
    let error = partner(&server).raw().head("/v1/x").pages().try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn debug_shows_neither_path_nor_query_nor_headers() {
    let server = FakeServer::scripted([]);
    let raw = partner(&server).raw();
    let request = raw.get("/v1/Contoso?a=Contoso").query("Contoso", "Contoso").header("X-Contoso", "Contoso");
    let shown = format!("{raw:?} {request:?} {:?}", request.pages());
    assert!(shown.contains("query: 1") && shown.contains("headers: 1"), "{shown}");
    assert!(!shown.contains("Contoso"), "{shown}");
}
