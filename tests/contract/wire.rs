//! Compares the request of each method chain with the contract and with a snapshot.
//!
//! `cargo xtask wire` runs these tests; `cargo xtask wire --accept` accepts the current requests. A new operation needs
//! a test here, which creates its snapshot.

use std::collections::BTreeSet;
use std::path::Path;

use partner_center::chain::{AggregationLevel, CommercialPrefix};
use partner_center::credential::StaticToken;
use partner_center::filter::{Field, Grouping, SubscriptionField};
use partner_center::models::LicenseGroup;
use partner_center::{CustomerFilter, CustomerId, PartnerCenter, RequestContext};
use partner_center_tests::{Contract, Request, Server, openapi};
use serde_json::Value;

use crate::calls::{self, Reading};

const TOKEN: &str = "a.secret.token";

/// Headers that the documentation's request does not have: the name of the SDK, which Microsoft's own SDKs also send,
/// and headers of HTTP itself.
const NOT_IN_THE_DOCUMENTED_REQUEST: [&str; 3] = ["accept-encoding", "ms-partnercenter-client", "user-agent"];

/// The customer of the documentation.
fn customer() -> CustomerId {
    "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse().unwrap()
}

/// A server that responds with examples, and a client for it.
fn set_up() -> (Server, PartnerCenter) {
    let server = Server::start();
    let credential = StaticToken::new(TOKEN).unwrap();
    let partner =
        PartnerCenter::builder().base_url(server.base_url()).credential(credential).build().unwrap();
    (server, partner)
}

/// Compares the only request with its snapshot, which has the name of the operation, and of the case if there are
/// several.
#[track_caller]
fn check(server: &Server, snapshot: &str) -> Request {
    let contract = Contract::read();
    let requests = server.take_requests();
    let [request] = requests.as_slice() else { panic!("expected one request, got {}", requests.len()) };
    let operation = request.described(&contract).unwrap_or_else(|objections| panic!("{objections}"));
    assert_eq!(
        Some(operation.id.as_str()),
        snapshot.split('@').next(),
        "the snapshot has the name of another operation"
    );
    assert_eq!(request.header("authorization"), Some("Bearer a.secret.token"));
    for id in ["ms-requestid", "ms-correlationid"] {
        assert!(request.header(id).is_some_and(is_guid), "{id} is not a GUID");
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(snapshot, request.snapshot());
    });
    request.clone()
}

fn is_guid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}

#[tokio::test]
async fn customer_deployment() {
    let (server, partner) = set_up();
    partner.customers().by_id(customer()).analytics().licenses().deployment().get().await.unwrap();
    let request = check(&server, "getCustomerLicensesDeployment");

    let documented = include_str!("../documented/customer-licenses-deployment.request.http");
    let documented = Request::documented(documented);
    let head = |request: &Request| (request.method.clone(), request.path.clone(), request.raw_query.clone());
    assert_eq!(head(&request), head(&documented));
    let sent: Vec<_> = request.snapshot().lines().map(str::to_owned).collect();
    for line in documented.snapshot().lines() {
        assert!(sent.iter().any(|sent| sent == line), "documented but not sent: {line}\n{sent:#?}");
    }
    for (name, _) in &request.headers {
        let known =
            documented.header(name).is_some() || NOT_IN_THE_DOCUMENTED_REQUEST.contains(&name.as_str());
        assert!(known, "sent but not documented: {name}");
    }
}

/// The server sends a byte order mark first, as the service does.
#[tokio::test]
async fn the_documented_response_has_the_documented_rows() {
    let documented = include_str!("../documented/customer-licenses-deployment.response.http");
    let (_, documented) = documented.split_once("\n\n").unwrap();
    let example = std::fs::read(openapi().join("examples/customer-licenses-deployment.json")).unwrap();
    let as_json = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap();
    assert_eq!(
        as_json(&example),
        as_json(documented.as_bytes()),
        "the contract's example is the documented response"
    );

    let (_server, partner) = set_up();
    let deployment =
        partner.customers().by_id(customer()).analytics().licenses().deployment().get().await.unwrap();
    let rows = deployment.items().iter().map(|row| {
        (row.product_name.as_deref().unwrap(), row.licenses_sold.unwrap(), row.licenses_deployed.unwrap())
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            ("OFFICE 365 BUSINESS ESSENTIALS", 1, 0),
            ("EXCHANGE ONLINE (PLAN 1)", 5, 0),
            ("EXCHANGE ONLINE ARCHIVING FOR EXCHANGE ONLINE", 2, 0),
        ]
    );
}

/// The request of every operation, without optional parameters.
#[tokio::test]
async fn every_operation() {
    for operation in Contract::read().operations {
        let (server, partner) = set_up();
        let (_, _, error) = calls::call(&partner, &operation.id, Reading::default()).await;
        assert!(error.is_none(), "{}: {error:?}", operation.id);
        check(&server, &operation.id);
    }
}

#[tokio::test]
async fn subscriptions_of_a_partner_and_an_order() {
    let (server, partner) = set_up();
    server.respond_with("examples/subscriptions-by-partner.json");
    let subscriptions = partner.customers().by_id(customer()).subscriptions().list();
    subscriptions.partner_id("4847383").order_id("a/b").stream().try_next().await.unwrap();
    check(&server, "listCustomerSubscriptions@filtered");
}

#[tokio::test]
async fn subscribed_skus_of_both_groups() {
    let (server, partner) = set_up();
    let skus = partner.customers().by_id(customer()).subscribed_skus();
    skus.groups([LicenseGroup::Group1, LicenseGroup::Group2]).get().await.unwrap();
    check(&server, "getCustomerSubscribedSkus@groups");
}

#[tokio::test]
async fn customers_and_the_next_page() {
    let (server, partner) = set_up();
    server.respond_with("examples/customers-first-page.json");
    let mut pages = partner.customers().list().size(2).pages();
    pages.try_next().await.unwrap();
    check(&server, "listCustomers@first-page");
    pages.try_next().await.unwrap();
    check(&server, "listCustomers@next-page");
    assert!(pages.try_next().await.unwrap().is_none());
    assert!(server.take_requests().is_empty(), "requested a page after the last");
}

#[tokio::test]
async fn customers_by_name() {
    let (server, partner) = set_up();
    let list = partner.customers().list().filter(CustomerFilter::company_name("Fabrikam & Söhne"));
    list.pages().try_next().await.unwrap();
    check(&server, "listCustomers@filtered");
}

#[tokio::test]
async fn commercial_deployment() {
    let (server, partner) = set_up();
    let filter =
        Field::CUSTOMER_NAME.ne("O'Brien & Sons").unwrap().and(Field::SERVICE_CODE.eq("o365").unwrap());
    let grouping: Grouping<_> = "serviceCode, channel".parse().unwrap();
    let query = partner.analytics().commercial().licenses().deployment();
    let query = query.filter(filter).group_by(grouping).processed("2018-10-14").top(1_000).skip(2_000);
    query.get().await.unwrap();
    check(&server, "queryCommercialLicensesDeployment@everything");

    query.prefix(CommercialPrefix::V1).get().await.unwrap();
    check(&server, "queryCommercialLicensesDeploymentV1@everything");
}

#[tokio::test]
async fn commercial_usage() {
    let (server, partner) = set_up();
    let query = partner.analytics().commercial().licenses().usage();
    let query = query.filter(Field::WORKLOAD_CODE.eq("EXO").unwrap()).prefix(CommercialPrefix::V1);
    query.get().await.unwrap();
    check(&server, "queryCommercialLicensesUsageV1@filtered");
}

#[tokio::test]
async fn subscriptions_of_all_customers() {
    let (server, partner) = set_up();
    let filter = SubscriptionField::CUSTOMER_NAME
        .contains("O'Brien & Sons")
        .unwrap()
        .and(SubscriptionField::COMMITMENT_END_DATE.le("2027-03-01").unwrap())
        .and(SubscriptionField::AUTO_RENEW_ENABLED.eq(true));
    let grouping = Grouping::by(SubscriptionField::SUBSCRIPTION_TYPE.grouped())
        .and(SubscriptionField::CREATION_DATE.grouped());
    let query = partner.analytics().subscriptions().filter(filter).group_by(grouping);
    server.respond_with("examples/subscription-insights-grouped.json");
    let rows = query.aggregation_level(AggregationLevel::Month).top(100).skip(5).get().await.unwrap();
    // Counts of groups are texts.
    assert_eq!(rows.items()[4].license_count, Some(7485));
    check(&server, "querySubscriptions@everything");
}

/// The settings of a program affect only the headers.
#[tokio::test]
async fn a_context_and_an_application() {
    let server = Server::start();
    let partner = PartnerCenter::builder()
        .base_url(server.base_url())
        .credential(StaticToken::new(TOKEN).unwrap())
        .application("License desk")
        .build()
        .unwrap();
    let id = uuid::uuid!("ae3b8c36-348b-46bc-9a60-398f973153ff");
    let partner = partner.with(RequestContext::new().correlation_id(id).locale("sv-SE"));
    partner.customers().by_id(customer()).get().await.unwrap();
    let request = check(&server, "getCustomer@context");
    assert_eq!(request.header("ms-correlationid"), Some("ae3b8c36-348b-46bc-9a60-398f973153ff"));
}

#[test]
fn every_operation_has_its_snapshot_and_every_snapshot_its_operation() {
    let contract = Contract::read();
    let operations: BTreeSet<_> = contract.operations.iter().map(|operation| operation.id.clone()).collect();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract/snapshots");
    let files =
        std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let names = files.filter_map(|file| file.strip_suffix(".snap").map(str::to_owned));
    let (plain, cases): (BTreeSet<_>, BTreeSet<_>) = names.partition(|name| !name.contains('@'));
    assert_eq!(operations, plain, "operations and their snapshots; add a test for a new operation above");
    for case in cases {
        let (operation, _) = case.split_once('@').unwrap();
        assert!(operations.contains(operation), "{case} has no operation");
    }
}
