//! No missing rows with exit 0: how the command line handles empty pages, and a list with customers without a valid id.

use partner_center_emulator::{CustomerState, Emulator, FaultScript};
use serde_json::{Value, json};

use crate::reports::{records, truth};
use crate::support::{Run, TestEmulator, beside, run_with_bodies};

fn emulated(customers: usize, script: &str) -> TestEmulator {
    let builder = Emulator::builder().customers(customers).page_size(50);
    beside(builder.faults(script.parse::<FaultScript>().unwrap()))
}

fn rows(run: &Run) -> usize {
    records(&run.stdout).len()
}

/// Scripts that lost 1,800 of 2,000 customers, and similar ones.
#[test]
fn an_empty_response_is_never_taken_for_the_end() {
    let (classic, commercial): (&[&str], &[&str]) = (&["--source", "classic"], &["--source", "commercial"]);
    let check = |script: &str, source: &[&str], exit: i32| {
        let beside = emulated(250, script);
        let arguments =
            ["licenses", "deployment", "--all-customers", "--format", "csv", "--max-attempts", "2"];
        let run = beside.run(&[&arguments, source].concat());
        assert_eq!(run.code, exit, "{script}\n{}", run.stderr);
        let truth = truth(beside.emulator.book()).len();
        if exit == 0 {
            assert_eq!(rows(&run), truth, "{script}\n{}", run.stderr);
        } else {
            assert!(rows(&run) < truth && run.stderr.contains("error: "), "{script}\n{}", run.stderr);
        }
    };
    std::thread::scope(|scope| {
        for (script, source, exit) in [
            ("#3 /v1/customers 204", classic, 0),
            ("#3 /v1/customers empty-body", classic, 0),
            ("#3 /v1/customers empty-page", classic, 0),
            ("#3- /v1/customers 204", classic, 9),
            ("#9 /partner/* 204", commercial, 0),
            ("#9 /partner/* empty-body", commercial, 0),
            ("#9 /partner/* empty-page", commercial, 0),
            ("#9- /partner/* empty-body", commercial, 9),
            // The link is followed, and the total count is not reached.
            ("#9-10 /partner/* empty-page", commercial, 9),
            ("#9- /partner/* no-rows", commercial, 9),
        ] {
            scope.spawn(move || check(script, source, exit));
        }
    });
}

/// At the command line: an empty page with a next link.
#[test]
fn an_empty_page_with_a_link_is_followed_and_noted() {
    let beside = emulated(120, "#2-3 /v1/customers empty-page");
    let run = beside.run(&["customers", "list", "--format", "json", "--max-attempts", "2"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["summary"]["emptyPages"], 1);
    assert_eq!(document["summary"]["customers"]["listed"], 70);
    assert!(run.stderr.contains("1 page was empty"), "{}", run.stderr);
}

/// The same in a sweep's list: customers may be missing, and a note says so.
#[test]
fn an_empty_list_page_in_a_sweep_is_noted() {
    let beside = emulated(120, "#2-3 /v1/customers empty-page");
    let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--format", "json"];
    let run = beside.run(&[&arguments[..], &["--max-attempts", "2"]].concat());
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["summary"]["emptyPages"], 1, "{}", run.stderr);
    assert!(run.stderr.contains("1 page was empty"), "{}", run.stderr);
}

/// An entry without a GUID is listed, counted, noted, and changes the exit code.
#[test]
fn customers_without_a_valid_id_are_reported() {
    let list = json!({ "totalCount": 3, "items": [
        { "id": "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04", "companyProfile": { "companyName": "One" } },
        { "id": "n/a", "companyProfile": { "companyName": "Two" } },
        { "id": "00000000-0000-0000-0000-000000000000" },
    ]});
    let run = run_with_bodies(&[&list.to_string()], &["customers", "list", "--format", "json"]);
    assert_eq!(run.code, 3, "{run}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["rows"].as_array().unwrap().len(), 3, "they are written unchanged");
    assert_eq!(
        document["summary"]["customers"],
        json!({
            "listed": 3, "withRows": 1, "withoutRows": 0, "withoutId": 2, "skipped": 0, "unreadable": 0, "failed": 0,
            "complete": false,
        })
    );
    assert!(run.stderr.contains("2 of 3 customers have no valid id"), "{run}");
}

/// Customers without rows are counted and named by either source, and the list is read once.
#[test]
fn customers_without_rows_are_named_by_either_source() {
    let beside = emulated(120, "");
    let book = beside.emulator.book();
    let expected: Vec<String> = book
        .customers()
        .filter(|customer| customer.deployment().is_empty() && customer.state != CustomerState::Lapsed)
        .map(|customer| customer.id.to_string())
        .collect();
    let lapsed = book.customers().filter(|customer| customer.state == CustomerState::Lapsed).count();
    assert!(!expected.is_empty() && lapsed > 0);
    for (command, source) in [
        ("deployment", "classic"),
        ("deployment", "commercial"),
        ("funnel", "commercial"),
        ("funnel", "classic"),
    ] {
        let before = beside.emulator.requests().len();
        let run = beside.run(&["licenses", command, "-a", "--source", source, "--format", "json"]);
        assert_eq!(run.code, 0, "{command} {source}: {}", run.stderr);
        let lists =
            beside.emulator.requests().iter().skip(before).filter(|it| it.path() == "/v1/customers").count();
        assert_eq!(lists, 3, "{command} {source}");
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        let summary = &document["summary"];
        let number = |name: &str| usize::try_from(summary["customers"][name].as_u64().unwrap()).unwrap();
        // The commercial query does not mention lapsed customers.
        let without = expected.len() + if source == "commercial" { lapsed } else { 0 };
        assert_eq!((number("listed"), number("withoutRows")), (120, without), "{command} {source}");
        assert_eq!(number("withRows") + number("withoutRows") + number("skipped"), 120, "{command} {source}");
        assert_eq!(summary["customers"]["complete"], true);
        let named = summary["withoutRowsList"].as_array().unwrap();
        assert_eq!(named.len(), without);
        assert!(named.iter().all(|customer| customer["customerName"].is_string()), "{command} {source}");
        let ids: Vec<_> = named.iter().map(|customer| customer["customerId"].as_str().unwrap()).collect();
        assert!(expected.iter().all(|id| ids.contains(&id.as_str())), "{command} {source}");
    }
}

/// The list fails, the query succeeds.
#[test]
fn rows_are_written_when_the_list_fails() {
    for command in ["deployment", "funnel"] {
        let beside = emulated(30, "/v1/customers 403(code=900150)");
        let run = beside.run(&["licenses", command, "-a", "--source", "commercial", "--format", "json"]);
        assert_eq!(run.code, 3, "{command}: {}", run.stderr);
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(document["rows"].as_array().unwrap().len() > 20);
        let customers = &document["summary"]["customers"];
        assert_eq!((&customers["listed"], &customers["complete"]), (&Value::Null, &json!(false)));
        assert_eq!((&customers["failed"], &customers["withoutRows"]), (&json!(0), &json!(0)));
        assert!(run.stderr.contains("could not read the list of customers"), "{}", run.stderr);
    }
}

/// Rows of a customer that is not in the list.
#[test]
fn a_customer_that_is_not_in_the_list_is_counted_and_noted() {
    let listed = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";
    let row = |id: &str| json!({ "customerTenantId": id, "productName": "X", "licensesSold": 1 });
    let rows =
        json!({ "Value": [row(listed), row("11111111-1111-1111-1111-111111111111")], "TotalCount": 2 });
    let list = json!({ "totalCount": 2, "items": [
        { "id": listed, "companyProfile": { "companyName": "One" } },
        { "id": "22222222-2222-2222-2222-222222222222", "companyProfile": { "companyName": "Two" } },
    ]});
    let run = run_with_bodies(
        &[&rows.to_string(), &list.to_string()],
        &["licenses", "deployment", "-a", "--source", "commercial", "--format", "json"],
    );
    assert_eq!(run.code, 0, "{run}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let customers = &document["summary"]["customers"];
    assert_eq!((&customers["listed"], &customers["withRows"]), (&json!(2), &json!(2)));
    assert_eq!(
        document["summary"]["withoutRowsList"],
        json!([{ "customerId": "22222222-2222-2222-2222-222222222222", "customerName": "Two" }])
    );
    assert!(run.stderr.contains("1 of the customers with rows are not in the list"), "{run}");
}
