//! `customers list` and `customers show`.

use partner_center_emulator::Emulator;
use serde_json::Value;

use crate::formats::in_every_format;
use crate::support::{DOCUMENTED, beside, embedded, rejections, stable};

#[test]
fn the_list_in_every_format() {
    let _guard = stable();
    let run = |format: &str| embedded(&["customers", "list", "--format", format, "--filter", "co"]);
    let [table, _] = in_every_format(run);
    insta::assert_snapshot!("customers-table", table);
}

#[test]
fn all_pages_of_the_list_and_nothing_twice() {
    let beside = beside(Emulator::builder().customers(57).page_size(10));
    let run = beside.run(&["customers", "list", "--format", "ndjson"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let ids: Vec<String> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["customerId"].as_str().unwrap().to_owned())
        .collect();
    let expected: Vec<String> =
        beside.emulator.book().customers().map(|customer| customer.id.to_string()).collect();
    assert_eq!(ids, expected);
    assert_eq!(beside.emulator.request_count(), 6);
}

#[test]
fn one_customer() {
    let _guard = stable();
    let run = |format: &str| embedded(&["customers", "show", DOCUMENTED, "--format", format]);
    let [table, json] = in_every_format(run);
    insta::assert_snapshot!("customer-table", table);
    insta::assert_snapshot!("customer-json", json);
}

#[test]
fn an_unknown_customer() {
    let _guard = stable();
    let run = embedded(&["-q", "customers", "show", "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f05"]);
    insta::assert_snapshot!("customer-unknown", run);
}

#[test]
fn invalid_filters() {
    let _guard = stable();
    let text = rejections(&[&["customers", "list", "--filter", "city=Oslo"]]);
    insta::assert_snapshot!("invalid-customer-filter", text);
}

#[test]
fn the_filter_is_sent_as_documented() {
    let beside = beside(Emulator::builder());
    for (filter, sent) in [
        ("co", r#"{"Field":"CompanyName","Value":"co","Operator":"starts_with"}"#),
        ("companyname=co=op", r#"{"Field":"CompanyName","Value":"co=op","Operator":"starts_with"}"#),
        ("domain=contoso", r#"{"Field":"Domain","Value":"contoso","Operator":"starts_with"}"#),
    ] {
        let run = beside.run(&["customers", "list", "--filter", filter]);
        assert_eq!(run.code, 0, "{run}");
        let request = beside.emulator.requests().pop().unwrap();
        let url = format!("http://x/?{}", request.query().unwrap());
        let parsed = url::Url::parse(&url).unwrap();
        let value = parsed.query_pairs().find(|(name, _)| name == "filter").unwrap().1.into_owned();
        assert_eq!(value, sent);
    }
}
