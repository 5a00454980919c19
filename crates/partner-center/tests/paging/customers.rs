//! Paging of the list of customers: by `links.next` with its headers, or else by the token in the body.

use futures_util::FutureExt as _;
use partner_center::{CustomerFilter, ErrorKind};
use serde_json::json;

use crate::support::{Service, customers, customers_then, drain, linked};

#[tokio::test]
async fn each_page_has_its_own_request_id_and_all_share_a_correlation_id() {
    let service = Service::responding([
        customers_then(&["1", "2"], "a,/=+"),
        customers_then(&["3", "4"], "b"),
        customers(&["5"]),
    ]);
    let mut pages = service.partner().customers().list().size(2).pages();
    let mut ids = Vec::new();
    let mut requests = Vec::new();
    let mut correlations = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        ids.extend(page.items().iter().map(|customer| customer.id.to_string()));
        requests.push(Some(page.request_id().to_string()));
        correlations.push(Some(page.correlation_id().to_string()));
    }
    assert_eq!(ids, ["1", "2", "3", "4", "5"]);
    assert_eq!(
        service.targets(),
        [
            "/v1/customers?size=2",
            "/v1/customers?size=2&seekOperation=Next",
            "/v1/customers?size=2&seekOperation=Next"
        ]
    );
    let token = |text: &str| Some(text.to_owned());
    assert_eq!(service.sent("ms-continuationtoken"), [None, token("a,/=+"), token("b")]);
    assert_eq!(service.sent("authorization"), vec![token("Bearer the-token"); 3]);
    assert_eq!(service.sent("ms-requestid"), requests);
    assert_eq!(service.sent("ms-correlationid"), correlations);
    assert!(requests[0] != requests[1] && requests[1] != requests[2] && requests[0] != requests[2]);
    assert!(correlations.iter().all(|id| id == &correlations[0]));
    assert_eq!(pages.continuation(), None);
    assert!(pages.try_next().await.unwrap().is_none(), "the stream stays ended");
    assert_eq!(service.requests().len(), 3);
    assert!(service.requests().iter().all(|request| request.method.as_str() == "GET"));
}

#[tokio::test]
async fn a_retry_of_a_page_keeps_its_request_id() {
    let service = Service::start();
    service.responds(&customers_then(&["1"], "a"));
    service.fails(503);
    service.responds(&customers(&["2"]));
    let mut pages = service.partner().customers().list().pages();
    assert_eq!(drain(&mut pages).await.0, [1, 1]);
    let ids = service.sent("ms-requestid");
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[1], ids[2]);
    assert_eq!(service.sent("ms-continuationtoken")[2].as_deref(), Some("a"));
}

#[tokio::test]
async fn a_filter_is_sent_as_documented_and_only_for_the_first_page() {
    let service = Service::responding([customers_then(&["1"], "a"), customers(&["2"])]);
    let filter = CustomerFilter::company_name("O'Brien & Söhne");
    let mut pages = service.partner().customers().list().filter(filter).size(0).pages();
    assert_eq!(drain(&mut pages).await.0, [1, 1]);
    let requests = service.requests();
    let sent = |number: usize| requests[number].target.strip_prefix("/v1/customers?").unwrap();
    let query: Vec<_> = url::form_urlencoded::parse(sent(0).as_bytes()).into_owned().collect();
    let filter = r#"{"Field":"CompanyName","Value":"O'Brien & Söhne","Operator":"starts_with"}"#;
    assert_eq!(query, [("filter".into(), filter.into()), ("size".into(), "0".into())]);
    assert!(!sent(0).contains('+'), "a space is written as %20");
    assert_eq!(sent(1), "size=2&seekOperation=Next");
}

#[tokio::test]
async fn the_token_in_the_body_is_used_if_the_link_has_none() {
    let mut without_links = customers(&["1"]);
    without_links["continuationToken"] = json!("a");
    let mut without_header = linked(&["2"], "/customers?size=7&seekOperation=Next", &[]);
    without_header["continuationToken"] = json!("b");
    let mut without_uri = customers(&["3"]);
    without_uri["links"] =
        json!({ "next": { "headers": [{ "key": "ms-continuationtoken", "value": "c" }] } });
    without_uri["continuationToken"] = json!("not this one");
    let mut last = customers(&["4"]);
    last["continuationToken"] = json!("");
    last["links"] = json!({ "self": { "uri": "/customers" }, "next": { "method": "GET", "headers": [] } });
    let service = Service::responding([without_links, without_header, without_uri, last]);
    let mut pages = service.partner().customers().list().size(7).pages();
    assert_eq!(drain(&mut pages).await.0, [1, 1, 1, 1]);
    let next = "/v1/customers?size=7&seekOperation=Next";
    assert_eq!(service.targets(), ["/v1/customers?size=7", next, next, next]);
    let sent = service.sent("ms-continuationtoken");
    let sent: Vec<_> = sent.iter().map(Option::as_deref).collect();
    assert_eq!(sent, [None, Some("a"), Some("b"), Some("c")]);
}

#[tokio::test]
async fn an_empty_page_in_the_middle_does_not_end_the_list() {
    let empty = customers_then(&[], "b");
    let pages = [customers_then(&["1"], "a"), empty.clone(), empty, customers(&["2", "3"])];
    let service = Service::responding(pages);
    let mut pages = service.partner().customers().list().pages();
    assert_eq!(drain(&mut pages).await.0, [1, 0, 2]);
    assert_eq!((pages.empty_pages(), service.requests().len()), (1, 4), "requested twice, then followed");
}

#[tokio::test]
async fn an_empty_list_is_one_page_without_items() {
    let service = Service::responding([customers(&[]), customers(&[])]);
    let list = service.partner().customers().list();
    assert_eq!(drain(&mut list.pages()).await.0, [0]);
    assert!(list.stream().try_next().await.unwrap().is_none());
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn no_page_is_requested_before_it_is_polled() {
    let service = Service::responding([customers_then(&["1", "2"], "a")]);
    let list = service.partner().customers().list();
    let mut customers = list.stream();
    drop(list.pages());
    assert_eq!(service.requests().len(), 0, "creating a stream sends nothing");
    for id in ["1", "2"] {
        assert_eq!(customers.try_next().await.unwrap().unwrap().id.to_string(), id);
    }
    drop(customers);
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn dropping_the_future_loses_no_page() {
    let service = Service::responding([customers_then(&["1"], "a"), customers(&["2"])]);
    let mut pages = service.partner().customers().list().pages();
    assert!(pages.try_next().now_or_never().is_none(), "there is no response yet");
    assert_eq!(drain(&mut pages).await.0, [1, 1]);
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn a_size_that_is_too_large_is_rejected_before_sending() {
    let service = Service::start();
    let mut pages = service.partner().customers().list().size(501).pages();
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.operation(), Some("list_customers"));
    assert!(error.message().contains("500"), "{error}");
    assert_eq!((error.attempts(), error.continuation()), (0, None));
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!((service.requests().len(), service.token_requests()), (0, 0));
}
