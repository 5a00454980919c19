//! Resuming after a failure, an interruption or a restart.

use futures_util::TryStreamExt as _;
use partner_center::chain::CommercialPrefix;
use partner_center::filter::Field;
use partner_center::paging::{Items, Pages};
use partner_center::{Continuation, CustomerFilter, ErrorKind};
use serde_json::{Value, json};

use crate::support::{Service, customers, customers_then, drain, rows};

/// Serialized and read again, as in another process.
fn kept(continuation: &Continuation) -> Continuation {
    serde_json::from_slice(&serde_json::to_vec(continuation).unwrap()).unwrap()
}

#[tokio::test]
async fn a_failed_page_is_requested_again() {
    let service = Service::start();
    service.responds(&customers_then(&["1", "2"], "a"));
    service.fails(503);
    service.fails(503);
    let list = service.partner().customers().list().size(2);
    let mut customers_seen = list.stream();
    let mut ids = Vec::new();
    let error = loop {
        match customers_seen.try_next().await {
            Ok(customer) => ids.push(customer.unwrap().id.to_string()),
            Err(error) => break error,
        }
    };
    assert_eq!(ids, ["1", "2"], "an error comes after the items before it");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 2));
    assert!(customers_seen.try_next().await.unwrap().is_none(), "an error ends the stream");
    assert_eq!(service.requests().len(), 3);

    service.responds(&customers_then(&["3"], "b"));
    service.responds(&customers(&["4"]));
    let resumed = service.partner().customers().list().resume(kept(error.continuation().unwrap()));
    let more: Vec<_> =
        resumed.stream().map_ok(|customer| customer.id.to_string()).try_collect().await.unwrap();
    assert_eq!(more, ["3", "4"]);
    let tokens = service.sent("ms-continuationtoken");
    let tokens: Vec<_> = tokens.iter().map(Option::as_deref).collect();
    assert_eq!(tokens, [None, Some("a"), Some("a"), Some("a"), Some("b")]);
    let correlations = service.sent("ms-correlationid");
    assert_ne!(correlations[2], correlations[3], "another call");
}

#[tokio::test]
async fn a_failed_first_page_is_requested_again_with_its_arguments() {
    let service = Service::start();
    service.fails(400);
    let query = service.partner().analytics().commercial().licenses().usage();
    let arguments = query
        .clone()
        .prefix(CommercialPrefix::V1)
        .filter(Field::CUSTOMER_NAME.eq("Contoso").unwrap())
        .group_by("workloadCode".parse().unwrap())
        .processed("2018-10-14")
        .top(3)
        .skip(1);
    let mut pages = arguments.pages();
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(pages.continuation(), error.continuation());
    service.responds(&rows(&["a"], None, None));
    let resumed = query.resume(kept(error.continuation().unwrap()));
    assert_eq!(resumed.get().await.unwrap().items().len(), 1);
    let targets = service.targets();
    assert_eq!(targets[0], targets[1]);
    assert!(targets[0].starts_with("/v1/analytics/commercial/usage/license?filter=customerName"));
}

#[tokio::test]
async fn a_stopped_reader_resumes_with_the_next_page() {
    let service = Service::responding([
        rows(&["a", "b"], Some(5), None),
        rows(&["c", "d"], Some(5), Some("license?skip=4&top=2")),
        rows(&["e"], Some(5), None),
    ]);
    let query = service.partner().analytics().commercial().licenses().deployment().top(2);
    let first = query.get().await.unwrap();
    let mut pages = query.clone().resume(kept(first.continuation().unwrap())).pages();
    let second = pages.try_next().await.unwrap().unwrap();
    assert_eq!(second.continuation(), pages.continuation());
    let third = query.clone().resume(kept(pages.continuation().unwrap())).get().await.unwrap();
    assert_eq!(third.continuation(), None);
    let names = [&first, &second, &third].map(|page| page.items()[0].product_name.clone().unwrap());
    assert_eq!(names, ["a", "c", "e"]);
    let path = "/partner/v1/analytics/commercial/deployment/license";
    assert_eq!(
        service.targets(),
        [format!("{path}?top=2"), format!("{path}?skip=2&top=2"), format!("{path}?skip=4&top=2")]
    );
}

#[tokio::test]
async fn a_continuation_is_rejected_for_another_query() {
    let service = Service::responding([customers_then(&["1"], "a"), rows(&["x"], Some(2), None)]);
    let partner = service.partner();
    let filter = CustomerFilter::domain("contoso");
    let list = partner.customers().list().filter(filter.clone()).size(2);
    let of_list = list.pages().try_next().await.unwrap().unwrap().continuation().unwrap().clone();
    let licenses = partner.analytics().commercial().licenses();
    let of_query = licenses.usage().top(1).get().await.unwrap().continuation().unwrap().clone();
    let (sent, tokens) = (service.requests().len(), service.token_requests());
    let lists = [
        (list.clone().resume(of_query.clone()), "an operation other than list_customers"),
        (list.clone().size(3).resume(of_list.clone()), "a different size"),
        (
            list.clone().filter(CustomerFilter::domain("fabrikam")).resume(of_list.clone()),
            "a different filter",
        ),
    ];
    for (list, what) in lists {
        let error = list.pages().try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains(what), "{error}");
        assert!(!format!("{error:?}{}", error.advice()).contains("contoso"));
    }
    for (query, what) in [
        (licenses.usage().resume(of_list.clone()), "an operation other than"),
        (licenses.usage().prefix(CommercialPrefix::V1).resume(of_query.clone()), "a different prefix"),
        (licenses.usage().top(2).resume(of_query.clone()), "a different top"),
        (licenses.usage().processed("2018-10-14").resume(of_query.clone()), "a different processed date"),
        (
            licenses.usage().group_by("channel".parse().unwrap()).resume(of_query.clone()),
            "a different grouping",
        ),
        (licenses.usage().skip(1).resume(of_query.clone()), "a different skip"),
    ] {
        let error = query.get().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains(what), "{error}");
    }
    let error = licenses.deployment().resume(of_query.clone()).get().await.unwrap_err();
    assert!(error.message().contains("an operation other than"), "deployment is not usage: {error}");
    assert_eq!((service.requests().len(), service.token_requests()), (sent, tokens));

    service.responds(&customers(&["2"]));
    assert_eq!(
        drain(&mut list.filter(filter).resume(of_list).pages()).await.0,
        [1],
        "the same again is fine"
    );
}

#[tokio::test]
async fn a_continuation_has_a_fixed_format_and_prints_neither_names_nor_tokens() {
    let service = Service::responding([customers_then(&["1"], "opaque")]);
    let list = service.partner().customers().list().filter(CustomerFilter::company_name("Contoso")).size(2);
    let page = list.pages().try_next().await.unwrap().unwrap();
    let continuation = page.continuation().unwrap();
    let expected = json!({
        "version": 2,
        "operation": "list_customers",
        "arguments": {
            "size": 2,
            "filter": "{\"Field\":\"CompanyName\",\"Value\":\"Contoso\",\"Operator\":\"starts_with\"}"
        },
        "skip": 1,
        "counted": null,
        "byCount": false,
        "link": {
            "uri": "/customers?size=2&seekOperation=Next",
            "headers": [["MS-ContinuationToken", "opaque"]]
        }
    });
    assert_eq!(serde_json::to_value(continuation).unwrap(), expected);
    assert_eq!(&kept(continuation), continuation);
    let resumed = list.resume(continuation.clone());
    let printed = format!("{continuation:?} {resumed:?} {:?} {:?}", resumed.pages(), resumed.stream());
    for secret in ["Contoso", "opaque", "the-token"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn an_invalid_continuation_is_not_read() {
    let whole = json!({
        "version": 2,
        "operation": "list_customers",
        "arguments": {},
        "skip": 0,
        "counted": null,
        "byCount": false,
        "link": null,
    });
    assert!(serde_json::from_value::<Continuation>(whole.clone()).is_ok());
    for member in ["version", "operation", "arguments", "skip", "counted", "byCount", "link"] {
        let mut part = whole.clone();
        part.as_object_mut().unwrap().remove(member);
        assert!(serde_json::from_value::<Continuation>(part).is_err(), "without {member}");
    }
    // Other versions and unknown members are rejected when it is read.
    for version in [1, 3] {
        let mut other = whole.clone();
        other["version"] = json!(version);
        other["link"] = json!("in another form");
        let error = serde_json::from_value::<Continuation>(other).unwrap_err();
        assert!(error.to_string().contains(&format!("version {version}")), "{error}");
    }
    let link = json!({ "uri": "/customers", "headers": [], "Contoso": 1 });
    for (member, value) in
        [("Contoso", json!(1)), ("arguments", json!({ "fliter": "Contoso" })), ("link", link)]
    {
        let mut more = whole.clone();
        more[member] = value;
        let error = serde_json::from_value::<Continuation>(more).unwrap_err().to_string();
        assert!(error.contains("unknown format") && !error.contains("Contoso"), "{error}");
    }
    let mut wrong = whole;
    wrong["arguments"] = json!({ "top": "Contoso" });
    for wrong in [wrong, json!("Contoso"), json!([]), Value::Null] {
        let error = serde_json::from_value::<Continuation>(wrong).unwrap_err();
        assert!(!error.to_string().contains("Contoso"), "{error}");
    }
}

#[test]
fn streams_are_send_and_unpin() {
    fn check<T: Send + Unpin + 'static>() {}
    fn sync<T: Send + Sync + 'static>() {}
    check::<Pages<partner_center::models::CustomerCollection>>();
    check::<Items<partner_center::models::CommercialLicensesUsageInsightsCollection>>();
    sync::<Continuation>();
}
