//! `--all-customers`: the rows from either source match the emulator's data.

use std::collections::BTreeMap;

use partner_center_emulator::{Book, CustomerState, Emulator, EmulatorBuilder, FaultScript};
use serde_json::Value;

use crate::formats::in_every_format;
use crate::support::{Run, TestEmulator, beside, rejections, stable};

fn faults(script: &str) -> FaultScript {
    script.parse().unwrap()
}

fn some() -> EmulatorBuilder {
    Emulator::builder().customers(60).page_size(25)
}

/// The cells of a csv, by column.
pub(crate) fn records(csv: &str) -> Vec<BTreeMap<String, String>> {
    records_separated_by(b',', csv)
}

/// Likewise, with another delimiter.
pub(crate) fn records_separated_by(delimiter: u8, csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let record = |record: csv::StringRecord| {
        names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|row| record(row.unwrap())).collect()
}

/// Customer, product, and the two counts of deployment.
pub(crate) type Line = (String, String, String, String);

fn lines(csv: &str) -> Vec<Line> {
    let cell = |row: &BTreeMap<String, String>, name: &str| row[name].clone();
    let line = |row: &BTreeMap<String, String>| {
        (
            cell(row, "customerId"),
            cell(row, "productName"),
            cell(row, "licensesSold"),
            cell(row, "licensesDeployed"),
        )
    };
    records(csv).iter().map(line).collect()
}

/// The expected rows, sorted by customer.
pub(crate) fn truth(book: &Book) -> Vec<Line> {
    let of_customer = |customer: partner_center_emulator::Customer| {
        let id = customer.id.to_string();
        let line = move |row: partner_center_emulator::DeploymentRow| {
            let count = |count: u64| count.to_string();
            (id.clone(), row.product.name.to_owned(), count(row.licenses_sold), count(row.licenses_deployed))
        };
        customer.deployment().into_iter().map(line).collect::<Vec<_>>()
    };
    let mut customers: Vec<_> = book.customers().collect();
    customers.sort_by_key(|customer| customer.id);
    customers.into_iter().flat_map(of_customer).collect()
}

fn in_state(book: &Book, state: CustomerState) -> usize {
    book.customers().filter(|customer| customer.state == state).count()
}

const DEPLOYMENT: &[&str] = &["licenses", "deployment", "--all-customers", "--format", "csv"];

fn run(beside: &TestEmulator, more: &[&str]) -> Run {
    beside.run(&[DEPLOYMENT, more].concat())
}

#[test]
fn classic_rows_match_the_emulator_and_are_sorted_by_customer() {
    let beside = beside(some().faults(faults("seed=3; 5% most=1 503(retry-after=0)")));
    let run = run(&beside, &["--source", "classic", "--concurrency", "16"]);
    assert_eq!(run.code, 0, "{run}");
    let book = beside.emulator.book();
    assert_eq!(lines(&run.stdout), truth(book));
    assert!(records(&run.stdout).iter().all(|row| row["source"] == "classic"));

    let (empty, skipped) = (in_state(book, CustomerState::Empty), in_state(book, CustomerState::Lapsed));
    let counts = format!(
        "note: 60 customers: {} with rows, {empty} without rows, {skipped} skipped, 0 failed\n      {} rows. Data of ",
        60 - empty - skipped,
        truth(book).len()
    );
    assert!(run.stderr.starts_with(&counts), "{run}");
    assert!(run.stderr.contains("does not prove"), "{run}");
    assert!(!run.stderr.contains(['\r', '\x1b']), "no progress line without a terminal\n{run}");
}

#[test]
fn the_commercial_query_is_tried_first_and_takes_few_requests() {
    let beside = beside(some());
    let run = run(&beside, &[]);
    assert_eq!(run.code, 0, "{run}");
    let (mut found, mut expected) = (lines(&run.stdout), truth(beside.emulator.book()));
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(
        records(&run.stdout).iter().all(|row| row["source"] == "commercial" && !row["productId"].is_empty())
    );
    let with_rows = in_state(beside.emulator.book(), CustomerState::Active);
    let counts = format!(
        "60 customers: {with_rows} with rows, {} without rows, by the commercial query",
        60 - with_rows
    );
    assert!(run.stderr.contains(&counts), "{run}");
    let requests = beside.emulator.requests();
    assert!(requests.len() <= 28, "{} requests", requests.len());
    let lists = requests.iter().filter(|request| request.path() == "/v1/customers").count();
    assert_eq!(lists, 3, "the list is read once");
    assert!(
        requests
            .iter()
            .all(|request| request.path().contains("/commercial/") || request.path() == "/v1/customers")
    );
}

#[test]
fn without_the_commercial_query_every_customer_is_read_with_a_note() {
    let _guard = stable();
    let beside = beside(some().faults(faults("/partner/v1/* 404")));
    for command in ["deployment", "usage", "funnel"] {
        let run = beside.run(&["licenses", command, "--all-customers", "--format", "csv"]);
        assert_eq!(run.code, 0, "{run}");
        assert!(records(&run.stdout).iter().all(|row| row["source"] == "classic"));
        assert!(
            run.stderr.starts_with(
                "note: the commercial query is not available (not found); reading customer by customer\n"
            ),
            "{run}"
        );
        let run = beside.run(&["licenses", command, "--all-customers", "--source", "commercial"]);
        assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    }
}

#[test]
fn one_bad_customer_never_ends_the_run() {
    let _guard = stable();
    let beside = beside(Emulator::builder().customers(6));
    let bad = beside.emulator.book().customer(3).unwrap().id;
    beside.emulator.set_faults(faults(&format!("/v1/customers/{bad}/* 400")));
    let all = ["licenses", "deployment", "--all-customers", "--source", "classic", "--format"];
    let [table, json] = in_every_format(|format| beside.run(&[&all[..], &[format]].concat()));
    insta::assert_snapshot!("report-one-failed-table", table);
    insta::assert_snapshot!("report-one-failed-json", json);
}

#[test]
fn nothing_is_written_if_all_customers_fail() {
    let beside = beside(Emulator::builder().customers(3).faults(faults("/v1/customers/* 400")));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("book.csv");
    let run = run(&beside, &["--source", "classic", "--output", path.to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
    assert_eq!(run.stderr.matches("error:").count(), 3, "{run}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn an_error_for_all_customers_ends_the_run_early() {
    let _guard = stable();
    // The list of customers and four of them succeed, then every request fails.
    let beside = beside(Emulator::builder().customers(40).faults(faults("#6- 401(code=900421)")));
    let (classic, json) = (["--source", "classic", "--concurrency", "1"], ["--format", "json"]);
    let run = beside.run(&[&["licenses", "usage", "--all-customers"], &classic[..], &json[..]].concat());
    assert_eq!(run.code, 4, "{run}");
    assert_eq!(run.stderr.matches("error:").count(), 1, "reported once\n{run}");
    assert!(run.stderr.contains("the output on stdout is incomplete"), "{run}");
    assert!(beside.emulator.request_count() < 12);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["summary"]["customers"]["complete"], false);
    assert_eq!(document["summary"]["customers"]["withRows"], 4);
    assert_eq!(document["summary"]["customers"]["listed"], Value::Null);
}

#[test]
fn sorted_and_limited() {
    let beside = beside(some());
    let by_sold = run(&beside, &["--sort", "licensessold:desc", "--limit", "7"]);
    assert_eq!(by_sold.code, 0, "{by_sold}");
    let mut expected: Vec<u64> =
        truth(beside.emulator.book()).iter().map(|line| line.2.parse().unwrap()).collect();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    expected.truncate(7);
    let found: Vec<u64> = lines(&by_sold.stdout).iter().map(|line| line.2.parse().unwrap()).collect();
    assert_eq!(found, expected);
    assert!(by_sold.stderr.contains(&format!("{} rows", truth(beside.emulator.book()).len())), "{by_sold}");

    let names = run(&beside, &["--sort", "productName"]);
    let found: Vec<_> = lines(&names.stdout).into_iter().map(|line| line.1.to_lowercase()).collect();
    assert!(found.is_sorted() && found.len() == truth(beside.emulator.book()).len());

    let before = beside.emulator.request_count();
    let first = run(&beside, &["--source", "classic", "--limit", "5", "--concurrency", "1"]);
    assert_eq!(lines(&first.stdout), truth(beside.emulator.book())[..5]);
    assert!(beside.emulator.request_count() - before < 12, "no more requests are sent");
    assert!(first.stderr.contains("not all were read because of --limit"), "{first}");
}

#[test]
fn below_a_percentage() {
    let beside = beside(some());
    for source in ["classic", "commercial"] {
        let run = run(&beside, &["--source", source, "--below", "50%"]);
        let share = |line: &Line| {
            let (part, whole): (f64, f64) = (line.3.parse().unwrap(), line.2.parse().unwrap());
            part / whole
        };
        let expected = truth(beside.emulator.book()).iter().filter(|line| share(line) < 0.5).count();
        let found = lines(&run.stdout);
        assert!(found.iter().all(|line| share(line) < 0.5) && expected > 10);
        assert_eq!(found.len(), expected, "{source}");
    }
}

#[test]
fn the_rate_is_in_requests_per_minute() {
    // At 600 per minute, four requests take at least 0.3 seconds, on the slowest machine as well.
    let beside = beside(Emulator::builder().customers(3));
    let began = std::time::Instant::now();
    let run = run(&beside, &["--source", "classic", "--rate", "600"]);
    assert_eq!((run.code, beside.emulator.request_count()), (0, 4), "{run}");
    assert!(began.elapsed() >= std::time::Duration::from_millis(300));
}

#[test]
fn conflicting_and_invalid_arguments() {
    let _guard = stable();
    let text = rejections(&[
        &["licenses", "funnel"],
        &["licenses", "usage", "--all-customers", "--customer", crate::support::DOCUMENTED],
        &["licenses", "usage", "--all-customers", "--checkpoint", "x"],
        &["licenses", "usage", "-a", "--checkpoint", "x", "-o", "x.json"],
        &["licenses", "usage", "-a", "--checkpoint", "x", "-o", "x.csv", "--sort", "channel"],
        &["licenses", "usage", "-a", "--sort", "sold"],
        &["licenses", "usage", "-a", "--below", "200"],
        &["licenses", "usage", "-a", "--sort", "channel:down"],
        &["licenses", "usage", "-a", "--below", "half"],
        &["licenses", "usage", "--below", "50"],
        &["licenses", "usage", "-a", "--output", "/"],
    ]);
    insta::assert_snapshot!("invalid-report-arguments", text);
}
