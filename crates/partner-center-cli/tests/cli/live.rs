//! `licenses funnel --live`: the licenses of the tenants beside the rows of the analytics.

use std::collections::BTreeMap;

use partner_center_emulator::{Book, Emulator, FaultScript};
use serde_json::Value;

use crate::formats::in_every_format;
use crate::reports::records;
use crate::support::{DOCUMENTED, TestEmulator, beside, rejections, stable};

const FUNNEL: &[&str] = &["licenses", "funnel", "--live", "--format", "csv"];
const ALL: &[&str] = &["--all-customers"];

fn emulator(customers: usize, script: &str) -> TestEmulator {
    let script: FaultScript = script.parse().unwrap();
    beside(Emulator::builder().customers(customers).faults(script))
}

/// Each row's customer, product, sold, deployed, live licenses, and match.
fn cells(csv: &str) -> Vec<[String; 7]> {
    const COLUMNS: [&str; 7] = [
        "customerId",
        "productId",
        "licensesSold",
        "licensesDeployed",
        "liveTotal",
        "liveAssigned",
        "liveMatch",
    ];
    records(csv).into_iter().map(|row| COLUMNS.map(|name| row[name].clone())).collect()
}

fn count(rows: &[[String; 7]], found: &str) -> usize {
    rows.iter().filter(|row| row[6] == found).count()
}

/// The tenants of the book have the licenses that its analytics have.
#[test]
fn the_analytics_and_the_tenants_of_the_book_agree() {
    let beside = emulator(100, "");
    let run = beside.run(&[FUNNEL, ALL].concat());
    assert_eq!(run.code, 0, "{run}");
    let rows = cells(&run.stdout);
    let refusing: Vec<_> = refusing(beside.emulator.book());
    assert!(!refusing.is_empty());
    for [customer, product, sold, deployed, total, assigned, found] in &rows {
        if refusing.contains(customer) {
            assert_eq!([total.as_str(), assigned, found], ["", "", "refused"], "{customer}");
        } else {
            // Of two documented products there is only usage.
            let expected = if sold.is_empty() { "withoutSku" } else { "matched" };
            assert_eq!([total, assigned, found.as_str()], [sold, deployed, expected], "{customer} {product}");
        }
    }
    let mut sorted = rows.clone();
    sorted.sort_by(|a, b| a[0].cmp(&b[0]));
    assert!(rows.iter().map(|row| &row[0]).eq(sorted.iter().map(|row| &row[0])), "by customer");
    let note = "3 customers were skipped, without a relationship or a tenant; those of 5 customers were refused, 5 \
                with code 900308: the user needs a role in each tenant";
    assert!(run.stderr.contains(note), "{}", run.stderr);
    let lines = format!("{} of customers whose SKUs the user may not read", count(&rows, "refused"));
    assert!(run.stderr.contains(&lines) && run.stderr.contains("free SKUs"), "{}", run.stderr);
    // The rows of the analytics are those of a run without it.
    let without = beside.run(&[&["licenses", "funnel", "--format", "csv"], ALL].concat());
    assert_eq!(records(&without.stdout).len(), rows.len());
}

fn refusing(book: &Book) -> Vec<String> {
    book.customers().filter(|one| !one.grants_a_role()).map(|one| one.id.to_string()).collect()
}

#[test]
fn what_only_one_side_knows_is_flagged() {
    // The tenant of this customer has no SKUs; the analytics of no customer have rows.
    let beside = emulator(3, &format!("/v1/customers/{DOCUMENTED}/subscribedskus no-rows"));
    let run = beside.run(&[FUNNEL, &["--customer", DOCUMENTED]].concat());
    assert_eq!(run.code, 0, "{run}");
    let rows = cells(&run.stdout);
    assert!(!rows.is_empty() && count(&rows, "withoutSku") == rows.len(), "{run}");
    assert!(run.stderr.contains("without a SKU in the customer's tenant"), "{}", run.stderr);
    drop(beside);

    let beside = emulator(3, "/*licenses* no-rows; /*commercial* 404");
    let run = beside.run(&[FUNNEL, ALL].concat());
    assert_eq!(run.code, 0, "{run}");
    let rows = cells(&run.stdout);
    let skus = beside.run(&["skus", "list", "--all-customers", "--format", "csv"]);
    let skus: BTreeMap<_, _> = records(&skus.stdout)
        .into_iter()
        .map(|row| {
            (
                (row["customerId"].clone(), row["skuId"].clone()),
                [row["total"].clone(), row["assigned"].clone()],
            )
        })
        .collect();
    assert_eq!(rows.len(), skus.len());
    for [customer, product, sold, deployed, total, assigned, found] in &rows {
        assert_eq!([sold.as_str(), deployed, found], ["", "", "withoutAnalytics"]);
        assert_eq!(&skus[&(customer.clone(), product.clone())], &[total.clone(), assigned.clone()]);
    }
}

/// The classic operations send no product ids, and names are not compared.
#[test]
fn rows_without_product_ids_are_not_joined() {
    let beside = emulator(3, "");
    let run = beside.run(&[FUNNEL, ALL, &["--source", "classic"]].concat());
    assert_eq!(run.code, 0, "{run}");
    let rows = cells(&run.stdout);
    assert_eq!(count(&rows, "withoutProductId"), rows.len(), "{run}");
    assert!(rows.iter().any(|row| row[2].is_empty() && !row[4].is_empty()), "rows of SKUs: {run}");
    assert!(run.stderr.contains("that cannot be joined"), "{}", run.stderr);
}

/// Totals and thresholds are about the analytics, and so are those of a run with rows that only the tenants have.
#[test]
fn totals_do_not_depend_on_it() {
    let beside = emulator(3, "");
    let products = |more: &[&str]| {
        let funnel = ["licenses", "funnel", "--all-customers", "--source", "classic", "--format", "json"];
        let run = beside.run(&[&funnel[..], more].concat());
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        (document["rows"].as_array().unwrap().len(), document["summary"]["products"].clone())
    };
    let ((rows, products_alone), (with_tenants, products_beside)) = (products(&[]), products(&["--live"]));
    assert!(rows < with_tenants);
    assert_eq!(products_alone, products_beside);
}

#[test]
fn a_customer_whose_skus_cannot_be_read_keeps_its_rows() {
    let beside = emulator(3, &format!("/v1/customers/{DOCUMENTED}/subscribedskus 400(code=2000)"));
    let arguments = ["licenses", "funnel", "--live", "--all-customers", "--format", "json"];
    let run = beside.run(&arguments);
    assert_eq!(run.code, 3, "{run}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let of = |id: &str| -> Vec<&Value> {
        document["rows"].as_array().unwrap().iter().filter(|row| row["customerId"] == id).collect()
    };
    let rows = of(DOCUMENTED);
    assert!(!rows.is_empty() && rows.iter().all(|row| row["liveMatch"] == "failed"), "{run}");
    assert!(rows.iter().all(|row| row["licensesSold"].is_i64() && row["liveTotal"].is_null()));
    assert_eq!(document["failures"][0]["customerId"], DOCUMENTED);
    assert_eq!(document["summary"]["live"]["customersFailed"], 1);
    assert_eq!(document["summary"]["customers"]["complete"], false);
    assert_eq!(document["summary"]["customers"]["failed"], 0, "its analytics were read");
    assert!(run.stderr.contains(DOCUMENTED) && run.stderr.contains("2000"), "{}", run.stderr);
}

#[test]
fn every_customer_refuses_its_skus() {
    let beside = emulator(5, "/*subscribedskus 403(code=900308)");
    let run = beside.run(&[FUNNEL, ALL].concat());
    assert_eq!(run.code, 3, "{run}");
    let rows = cells(&run.stdout);
    assert!(!rows.is_empty() && count(&rows, "refused") == rows.len(), "{run}");
    assert!(run.stderr.contains("those of 5 customers were refused, 5 with code 900308"), "{}", run.stderr);
}

#[test]
fn one_customer_live_in_every_format() {
    let _guard = stable();
    let beside = emulator(1, "");
    let run = |format: &str| {
        beside.run(&["licenses", "funnel", "--live", "--customer", DOCUMENTED, "--format", format])
    };
    let [table, json] = in_every_format(run);
    insta::assert_snapshot!("live-table", table);
    insta::assert_snapshot!("live-json", json);
}

#[test]
fn it_does_not_go_with_groups_or_checkpoints() {
    let _guard = stable();
    let funnel = ["licenses", "funnel", "--all-customers", "--live"];
    let text = rejections(&[
        &[&funnel[..], &["--by", "customer"]].concat(),
        &[&funnel[..], &["--output", "rows.csv", "--checkpoint", "state.json"]].concat(),
    ]);
    insta::assert_snapshot!("invalid-live", text);
}
