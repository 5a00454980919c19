//! Paging of the commercial queries: by `@nextLink`, or else by `skip`.

use futures_util::TryStreamExt as _;
use partner_center::ErrorKind;
use partner_center::chain::CommercialPrefix;
use partner_center::filter::{Field, Grouping};
use serde_json::json;

use crate::support::{Service, drain, rows};

const DEPLOYMENT: &str = "/partner/v1/analytics/commercial/deployment/license";
const USAGE: &str = "/partner/v1/analytics/commercial/usage/license";

#[tokio::test]
async fn a_query_is_sent_as_documented() {
    let service = Service::responding([rows(&[], Some(0), None), rows(&[], Some(0), None)]);
    let licenses = service.partner().analytics().commercial().licenses();
    let query = licenses
        .deployment()
        .filter("serviceCode eq 'O365' or customerName ne 'O''Brien'".parse().unwrap())
        .group_by(Grouping::by(Field::CUSTOMER_TENANT_ID).and(Field::PRODUCT_NAME))
        .processed("2018-10-14")
        .top(1000)
        .skip(5);
    let page = query.get().await.unwrap();
    assert_eq!((page.items().len(), page.continuation(), page.status()), (0, None, 200));
    let usage = licenses.usage().prefix(CommercialPrefix::V1).filter(Field::WORKLOAD_CODE.eq("SPO").unwrap());
    assert_eq!(usage.get().await.unwrap().items().len(), 0);
    assert_eq!(
        service.targets(),
        [
            format!(
                "{DEPLOYMENT}?filter=serviceCode%20eq%20%27O365%27%20or%20customerName%20ne%20%27O%27%27Brien%27\
                 &groupby=customerTenantId%2CproductName&processedDateTime=2018-10-14T00%3A00%3A00&skip=5&top=1000"
            ),
            "/v1/analytics/commercial/usage/license?filter=workloadCode%20eq%20%27SPO%27".to_owned(),
        ]
    );
}

#[tokio::test]
async fn links_are_followed_in_all_their_forms() {
    let service = Service::start();
    let forms = [
        format!("{}{USAGE}?top=1&skip=1", service.server.url()),
        format!("{USAGE}?top=1&skip=2"),
        "/v1/analytics/commercial/usage/license?top=1&skip=3".to_owned(),
        "license?top=1&skip=4".to_owned(),
        "/analytics/commercial/usage/license/?top=1&skip=5".to_owned(),
        "?top=1&skip=6".to_owned(),
    ];
    for form in &forms {
        service.responds(&rows(&["a"], None, Some(form)));
    }
    service.responds(&json!({ "Value": [{ "productName": "b" }], "@nextLink": null }));
    let query = service.partner().analytics().commercial().licenses().usage().top(1);
    assert_eq!(drain(&mut query.pages()).await.0, [1, 1, 1, 1, 1, 1, 1]);
    let mut expected = vec![format!("{USAGE}?top=1")];
    expected.extend((1..=6).map(|skip| format!("{USAGE}?top=1&skip={skip}")));
    assert_eq!(service.targets(), expected);
    let ids = service.sent("ms-requestid");
    assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), 7);
    let correlations = service.sent("ms-correlationid");
    assert!(correlations.iter().all(|id| id.is_some() && id == &correlations[0]));
}

#[tokio::test]
async fn a_link_with_the_other_prefix_is_followed_on_the_prefix_of_the_first_page() {
    let service = Service::responding([
        rows(&["a"], None, Some("/partner/v1/analytics/commercial/deployment/license?skip=1")),
        rows(&["b"], None, Some("")),
    ]);
    let query = service.partner().analytics().commercial().licenses().deployment();
    assert_eq!(drain(&mut query.prefix(CommercialPrefix::V1).pages()).await.0, [1, 1]);
    let path = "/v1/analytics/commercial/deployment/license";
    assert_eq!(service.targets(), [path.to_owned(), format!("{path}?skip=1")]);
}

#[tokio::test]
async fn without_a_link_the_count_decides_whether_to_continue_by_skip() {
    let service = Service::responding([
        rows(&["a", "b"], Some(7), None),
        rows(&["c", "d"], Some(7), None),
        // Shorter than requested, but not the last page.
        rows(&["e"], Some(7), None),
    ]);
    let query = service
        .partner()
        .analytics()
        .commercial()
        .licenses()
        .deployment()
        .filter(Field::CHANNEL.eq("reseller").unwrap())
        .top(2)
        .skip(2);
    let names: Vec<_> = query.stream().map_ok(|row| row.product_name.unwrap()).try_collect().await.unwrap();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    let target = |skip| format!("{DEPLOYMENT}?filter=channel%20eq%20%27reseller%27&skip={skip}&top=2");
    assert_eq!(service.targets(), [target(2), target(4), target(6)]);
}

#[tokio::test]
async fn without_link_and_count_a_full_page_is_not_the_last() {
    for page in [rows(&["a", "b"], None, None), rows(&["a", "b"], Some(0), None)] {
        let service = Service::responding([page, rows(&["c"], None, None)]);
        let query = service.partner().analytics().commercial().licenses().deployment().top(2);
        assert_eq!(drain(&mut query.pages()).await.0, [2, 1]);
        assert_eq!(service.targets(), [format!("{DEPLOYMENT}?top=2"), format!("{DEPLOYMENT}?skip=2&top=2")]);
    }
}

#[tokio::test]
async fn the_last_page_is_the_last() {
    let mut null = rows(&["a", "b"], Some(2), None);
    null["@nextLink"] = json!(null);
    for last in [
        null,
        rows(&["a", "b"], Some(2), None),
        rows(&["a", "b"], Some(2), Some("")),
        rows(&["a", "b"], Some(2), Some(" ")),
        rows(&["a"], None, None),
        rows(&[], Some(0), None),
        rows(&[], None, None),
    ] {
        let service = Service::responding([last.clone()]);
        let mut pages = service.partner().analytics().commercial().licenses().usage().top(2).pages();
        let (sizes, error) = drain(&mut pages).await;
        assert_eq!((sizes.len(), error.map(|error| error.to_string())), (1, None), "{last}");
        assert_eq!(service.requests().len(), 1, "{last}");
    }
}

#[tokio::test]
async fn a_service_that_ignores_skip_is_detected() {
    let page = rows(&["a", "b"], None, None);
    let service = Service::responding([page.clone(), page]);
    let mut pages = service.partner().analytics().commercial().licenses().usage().top(2).pages();
    let (sizes, error) = drain(&mut pages).await;
    let error = error.unwrap();
    assert_eq!((sizes, error.kind()), (vec![2], ErrorKind::InvalidResponse));
    assert_eq!((error.status(), error.continuation(), pages.continuation()), (Some(200), None, None));
    assert!(error.request_id().is_some());
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn invalid_arguments_are_rejected_before_sending() {
    let service = Service::start();
    let query = service.partner().analytics().commercial().licenses().deployment();
    for (query, what) in [
        (query.clone().top(0), "top"),
        (query.clone().top(10_001), "top"),
        (query.clone().skip(u64::MAX), "skip"),
        (query.clone().processed("yesterday"), "processed"),
        (query.clone().processed("0001-01-01T00:00:00"), "processed"),
    ] {
        for error in [query.get().await.unwrap_err(), query.pages().try_next().await.unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.operation(), Some("query_commercial_licenses_deployment"));
            assert!(error.message().starts_with(what), "{error}");
            assert_eq!(error.attempts(), 0);
        }
    }
    assert_eq!((service.requests().len(), service.token_requests()), (0, 0));
    service.responds(&rows(&[], None, None));
    assert!(query.top(10_000).processed("2018-10-14T00:00:00Z").get().await.is_ok());
    assert_eq!(
        service.targets(),
        [format!("{DEPLOYMENT}?processedDateTime=2018-10-14T00%3A00%3A00Z&top=10000")],
        "a time with a zone is sent as it was given"
    );
}

#[test]
fn an_invalid_filter_becomes_this_crates_error() {
    fn read(
        text: &str,
    ) -> partner_center::Result<partner_center::filter::Filter<partner_center::filter::Usage>> {
        Ok(text.parse()?)
    }
    let error = read("customerName eq Contoso").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.message().contains("column 17"), "{error}");
    assert!(!format!("{error} {error:?}").contains("Contoso"));
}
