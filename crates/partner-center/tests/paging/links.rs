//! Links to next pages: followed in all valid forms, rejected if they lead elsewhere.

use partner_center::ErrorKind;

use crate::support::{Service, customers, customers_then, drain, linked, rows};

const QUERY: &str = "size=2&seekOperation=Next";

#[tokio::test]
async fn links_of_all_forms_lead_to_the_same_place() {
    for stem in ["", "/partners/one"] {
        let service = Service::start();
        let uri = service.server.url();
        let forms = [
            format!("/customers?{QUERY}"),
            format!("/v1/customers?{QUERY}"),
            format!("customers?{QUERY}"),
            format!("v1/customers?{QUERY}"),
            format!("?{QUERY}"),
            format!("/v1//v1/customers?{QUERY}"),
            format!("{stem}/v1/customers?{QUERY}"),
            format!("{uri}{stem}/v1/customers?{QUERY}"),
            format!("{uri}/v1//v1/customers/?{QUERY}#fragment"),
        ];
        for (number, form) in forms.iter().enumerate() {
            service.responds(&linked(&["1"], form, &[("MS-ContinuationToken", &number.to_string())]));
        }
        service.responds(&customers(&["2"]));
        let (sizes, error) = drain(&mut service.partner_at(stem).customers().list().pages()).await;
        assert_eq!((sizes.len(), error.map(|error| error.to_string())), (forms.len() + 1, None));
        for target in service.targets().iter().skip(1) {
            assert_eq!(target, &format!("{stem}/v1/customers?{QUERY}"));
        }
    }
}

#[tokio::test]
async fn links_that_lead_elsewhere_are_rejected_before_a_token_is_attached() {
    let service = Service::start();
    let elsewhere = Service::start();
    let host = service.server.url().replace("http://", "");
    let other = elsewhere.server.url().replace("http://", "");
    for (link, what) in [
        (format!("http://{other}/v1/customers?q=Contoso"), "a different port"),
        (format!("//{other}/v1/customers?q=Contoso"), "a different port"),
        (format!("/\\{other}/v1/customers?q=Contoso"), "a different port"),
        (format!("\t/\n/{other}/v1/customers?q=Contoso"), "a different port"),
        ("http://localhost.example/v1/customers?q=Contoso".to_owned(), "a different host"),
        (format!("http://{host}.example/v1/customers?q=Contoso"), "not a URL"),
        (format!("https://{host}/v1/customers?q=Contoso"), "a different scheme"),
        (format!("http://user@{host}/v1/customers?q=Contoso"), "user name"),
        (format!("http://{host}@{other}/v1/customers?q=Contoso"), "a different port"),
        (format!("http://user:{other}@{host}/v1/customers?q=Contoso"), "user name"),
        ("/v1/customers/4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04?q=Contoso".to_owned(), "another operation"),
        ("/v1/customers/../invoices?q=Contoso".to_owned(), "another operation"),
        ("/?q=Contoso".to_owned(), "another operation"),
        ("/v1?q=Contoso".to_owned(), "another operation"),
        (format!("/v1/customers?q=Contoso{}", "x".repeat(20_000)), "too long"),
    ] {
        let (before, tokens) = (service.requests().len(), service.token_requests());
        service.responds(&linked(&["1"], &link, &[]));
        let mut pages = service.partner().customers().list().pages();
        let (sizes, error) = drain(&mut pages).await;
        let error = error.unwrap();
        assert_eq!(sizes, [1], "the page with the link is good: {link}");
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{link}");
        assert_eq!(error.operation(), Some("list_customers"));
        let linked_by = service.sent("ms-requestid")[before].clone();
        assert_eq!(error.request_id().map(|id| id.to_string()), linked_by);
        assert_eq!(error.attempts(), 0);
        assert!(error.message().contains(what), "{link}: {error}");
        assert!(!format!("{error} {error:?} {}", error.advice()).contains("Contoso"));
        assert_eq!(service.requests().len(), before + 1, "{link}");
        assert_eq!(service.token_requests(), tokens + 1, "{link}");
        let resumed = service.partner().customers().list().resume(error.continuation().unwrap().clone());
        assert!(
            resumed.pages().try_next().await.unwrap_err().is_invalid_response(),
            "also rejected from a saved continuation"
        );
        assert_eq!(service.requests().len(), before + 1, "{link}");
    }
    assert_eq!(elsewhere.requests().len(), 0);
}

#[tokio::test]
async fn a_link_may_set_headers_but_not_those_of_the_call() {
    let headers = [
        ("MS-ContinuationToken", "a"),
        ("X-Anything-Else", "b"),
        ("Authorization", "Bearer theirs"),
        ("host", "elsewhere.example"),
        ("Cookie", "theirs=1"),
        ("Content-Length", "7"),
        ("Transfer-Encoding", "chunked"),
        ("MS-RequestId", "11111111-1111-1111-1111-111111111111"),
        ("MS-CorrelationId", "11111111-1111-1111-1111-111111111111"),
        ("X-Locale", "tlh"),
        ("X-HTTP-Method-Override", "DELETE"),
    ];
    let service = Service::responding([linked(&["1"], "/customers", &headers), customers(&["2"])]);
    assert_eq!(drain(&mut service.partner().customers().list().pages()).await.0, [1, 1]);
    let request = service.requests().remove(1);
    let sent = |name: &str| -> Vec<_> {
        request.headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(sent("ms-continuationtoken"), ["a"]);
    assert_eq!(sent("x-anything-else"), ["b"]);
    assert_eq!(sent("authorization"), ["Bearer the-token"]);
    assert_eq!(sent("host"), [service.server.url().replace("http://", "")]);
    assert_eq!(sent("x-locale"), ["en-US"]);
    for name in ["cookie", "content-length", "transfer-encoding", "x-http-method-override"] {
        assert!(sent(name).is_empty(), "{name}");
    }
    for name in ["ms-requestid", "ms-correlationid"] {
        assert_eq!(sent(name).len(), 1);
        assert!(!sent(name)[0].starts_with("1111"), "{name}");
    }
    assert_eq!(request.method.as_str(), "GET");
}

#[tokio::test]
async fn a_link_with_an_invalid_header_is_rejected() {
    for header in [("MS-ContinuationToken", "a\r\nHost: elsewhere"), ("MS Token", "a"), ("", "a")] {
        let service = Service::responding([linked(&["1"], "/customers", &[header])]);
        let (sizes, error) = drain(&mut service.partner().customers().list().pages()).await;
        assert_eq!((sizes, error.unwrap().kind()), (vec![1], ErrorKind::InvalidResponse));
        assert_eq!(service.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_repeated_link_ends_the_pages_with_an_error() {
    // A loop may be longer than one page, and the link may be spelled differently the second time.
    let again = linked(&["3"], "v1/customers?size=2&seekOperation=Next#", &[("MS-ContinuationToken", "a")]);
    let service = Service::responding([customers_then(&["1"], "a"), customers_then(&["2"], "b"), again]);
    let mut pages = service.partner().customers().list().pages();
    let (sizes, error) = drain(&mut pages).await;
    let error = error.unwrap();
    assert_eq!((sizes, error.kind()), (vec![1, 1, 1], ErrorKind::InvalidResponse));
    assert_eq!(error.operation(), Some("list_customers"));
    assert_eq!(error.continuation(), None, "resuming would repeat pages");
    let last_sent = service.sent("ms-requestid")[2].clone();
    assert_eq!(
        error.request_id().map(|id| id.to_string()),
        last_sent,
        "the id is from the response with the link"
    );
    assert_eq!(pages.continuation(), None);
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(service.requests().len(), 3);
}

#[tokio::test]
async fn a_commercial_link_must_not_lead_to_the_other_query() {
    let link = "/partner/v1/analytics/commercial/usage/license?skip=1";
    let service = Service::responding([rows(&["a"], Some(2), Some(link))]);
    let query = service.partner().analytics().commercial().licenses().deployment();
    let (sizes, error) = drain(&mut query.pages()).await;
    assert_eq!((sizes, error.unwrap().kind()), (vec![1], ErrorKind::InvalidResponse));
    assert_eq!(service.requests().len(), 1);
}
