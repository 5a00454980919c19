//! Pages of a raw request.

use partner_center::clock::ManualClock;
use partner_center::raw::RawPages;
use partner_center::{Error, ErrorKind};
use partner_center_test_support::{FakeServer, Reply, ok, reply};
use serde_json::{Value, json};

use crate::support::{builder, partner};

/// Reads all pages; returns the bodies, and the error at the end.
async fn drain(mut pages: RawPages) -> (Vec<String>, Option<Error>) {
    let mut bodies = Vec::new();
    let error = loop {
        match pages.try_next().await {
            Ok(Some(page)) => bodies.push(page.text().unwrap().into_owned()),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(pages.try_next().await.unwrap().is_none(), "it has ended");
    (bodies, error)
}

fn server(bodies: &[Value]) -> FakeServer {
    FakeServer::scripted(bodies.iter().map(|body| ok(body.to_string())))
}

#[tokio::test]
async fn links_and_tokens_are_followed_in_every_spelling() {
    const QUERY: &str = "/v1/invoices?skip=2&seekOperation=Next";
    let token = ("ms-continuationtoken", "t");
    let linked = |name: &str, link: Value| json!({ "items": [1], name: link });
    let header = json!([{ "key": "MS-ContinuationToken", "value": "t" }]);
    let mut cases: Vec<_> = [
        "nextLink",
        "@nextLink",
        "@NextLink",
        "NextLink",
        "@odata.nextLink",
        "odata.nextLink",
        "Odata.nextLink",
    ]
    .into_iter()
    .map(|name| (linked(name, json!(QUERY)), QUERY, None))
    .collect();
    for uri in [
        QUERY,
        "/invoices?skip=2&seekOperation=Next",
        "invoices?skip=2&seekOperation=Next",
        "?skip=2&seekOperation=Next",
    ] {
        let next = json!({ "next": { "uri": uri, "method": "GET", "headers": header } });
        cases.push((linked("links", next.clone()), QUERY, Some(token)));
        cases.push((linked("Links", next), QUERY, Some(token)));
    }
    for name in ["continuationToken", "ContinuationToken"] {
        // The page size is not in the token.
        cases.push((linked(name, json!("t")), "/v1/invoices?size=2&seekOperation=Next", Some(token)));
    }
    for (first, target, header) in cases {
        let server = server(&[first.clone(), json!([])]);
        let request = partner(&server).raw().get("/v1/invoices").query("size", "2").header("X-Own", "1");
        let (pages, error) = drain(request.pages()).await;
        assert_eq!(error.map(|error| error.to_string()), None, "{first}");
        assert_eq!(pages, [first.to_string(), "[]".to_owned()]);
        let [one, two] = &server.requests()[..] else { panic!("two requests") };
        assert_eq!((one.target.as_str(), two.target.as_str()), ("/v1/invoices?size=2", target), "{first}");
        if let Some((name, value)) = header {
            assert_eq!(two.header(name), Some(value), "{first}");
        }
        assert_eq!(two.header("x-own"), Some("1"), "own headers are sent for every page");
        assert_eq!(one.header("ms-correlationid"), two.header("ms-correlationid"));
        assert_ne!(one.header("ms-requestid"), two.header("ms-requestid"));
    }
}

#[tokio::test]
async fn a_link_leads_to_the_path_of_the_request_below_the_base_url() {
    let server = FakeServer::scripted([]);
    let base = format!("{}/stem", server.url());
    for link in ["?p=2".to_owned(), format!("{base}/v1/a%20b?p=2"), "/stem/v1/a b?p=2".to_owned()] {
        server.push(ok(json!({ "nextLink": link }).to_string()));
        server.push(ok("5"));
        let partner = builder(&server, &ManualClock::new()).base_url(&base).build().unwrap();
        let (pages, error) = drain(partner.raw().get("/v1/a b").pages()).await;
        assert_eq!((pages.len(), error.map(|error| error.to_string())), (2, None), "{link}");
        let targets = server.take_requests().into_iter().map(|request| request.target);
        assert_eq!(targets.collect::<Vec<_>>(), ["/stem/v1/a%20b", "/stem/v1/a%20b?p=2"], "{link}");
    }
}

#[tokio::test]
async fn a_link_that_leads_elsewhere_is_rejected_before_a_token_is_attached() {
    let elsewhere = FakeServer::repeating([ok("{}")]);
    for (link, what) in [
        (format!("{}/v1/x?q=Contoso", elsewhere.url()), "a different port"),
        (elsewhere.url().replace("http:", "") + "/v1/x?q=Contoso", "a different port"),
        ("http://elsewhere.example/v1/x?q=Contoso".to_owned(), "a different host"),
        ("/v1/y?q=Contoso".to_owned(), "another operation"),
        ("/v1/x/../y?q=Contoso".to_owned(), "another operation"),
    ] {
        let server = server(&[json!({ "nextLink": link })]);
        let (pages, error) = drain(partner(&server).raw().get("/v1/x").pages()).await;
        let error = error.unwrap();
        assert_eq!((pages.len(), error.kind()), (1, ErrorKind::InvalidResponse), "{link}");
        assert!(error.message().contains(what), "{error}");
        let linked_by = server.requests()[0].header("ms-requestid").unwrap().to_owned();
        assert_eq!(error.request_id().unwrap().to_string(), linked_by);
        assert_eq!((error.operation(), error.continuation()), (Some("raw"), None));
        assert!(!format!("{error} {error:?}").contains("Contoso"));
        assert_eq!(server.requests().len(), 1);
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_repeated_link_ends_the_pages_with_an_error() {
    let page = |n: u32| json!({ "nextLink": format!("/v1/x?p={n}") });
    let server = server(&[page(2), page(3), page(2)]);
    let (pages, error) = drain(partner(&server).raw().get("/v1/x").pages()).await;
    let error = error.unwrap();
    assert_eq!((pages.len(), error.kind(), error.operation()), (3, ErrorKind::InvalidResponse, Some("raw")));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_page_that_is_not_json_is_an_error_with_the_response() {
    for body in
        [&b"<html>Contoso"[..], b"Contoso", b"{\"Contoso\":", b"{\"nextLink\":{\"page\":\"Contoso\"}}"]
    {
        let server = FakeServer::scripted([reply(200, &["MS-CV: x.0"], body)]);
        let (pages, error) = drain(partner(&server).raw().get("/v1/x").pages()).await;
        let error = error.unwrap();
        assert_eq!((pages.len(), error.kind(), error.status()), (0, ErrorKind::InvalidResponse, Some(200)));
        assert_eq!(error.body().map(AsRef::as_ref), Some(body));
        assert_eq!(error.raw_headers()["ms-cv"], "x.0");
        assert!(!format!("{error} {error:?}").contains("Contoso"), "{error}");
    }
}

#[tokio::test]
async fn an_empty_body_ends_the_pages_only_if_it_is_the_first() {
    let server = FakeServer::scripted([reply(204, &[], "")]);
    assert_eq!(drain(partner(&server).raw().get("/v1/x").pages()).await.0, [""]);

    let linking = || ok(r#"{"nextLink":"?p=2"}"#);
    let empty = || reply(200, &[], "");
    let server = FakeServer::scripted([linking(), empty(), ok("{}")]);
    assert_eq!(drain(partner(&server).raw().get("/v1/x").pages()).await.0.len(), 2, "it is requested again");

    let server = FakeServer::scripted(std::iter::once(linking()).chain((0..4).map(|_| empty())));
    let (pages, error) = drain(partner(&server).raw().get("/v1/x").pages()).await;
    assert_eq!((pages.len(), error.unwrap().kind()), (1, ErrorKind::InvalidResponse));
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_failed_page_is_retried_and_then_ends_the_pages() {
    let replies: [Reply; 4] = [
        ok(r#"{"nextLink":"?p=2"}"#),
        reply(503, &[], ""),
        ok(r#"{"nextLink":"?p=3"}"#),
        reply(404, &[], ""),
    ];
    let server = FakeServer::scripted(replies);
    let mut pages = partner(&server).raw().get("/v1/x").pages();
    assert_eq!(pages.try_next().await.unwrap().unwrap().attempts(), 1);
    assert_eq!(pages.try_next().await.unwrap().unwrap().attempts(), 2);
    assert!(pages.try_next().await.unwrap_err().is_not_found());
    assert!(pages.try_next().await.unwrap().is_none());
}
