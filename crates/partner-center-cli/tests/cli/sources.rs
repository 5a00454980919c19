//! Sources of rows for selected customers, the requests they send, and that both sources return the same rows.

use std::collections::BTreeMap;

use partner_center_emulator::{CustomerState, Emulator, FaultScript};

use crate::reports::records;
use crate::support::{DOCUMENTED, Run, TestEmulator, beside};

const COMMANDS: &[&str] = &["deployment", "usage", "funnel"];

/// Empty responses of the classic operations, as reported for the service.
const CLASSIC_EMPTY: &str = "/v1/customers/* no-rows";

fn with_faults(script: &str) -> TestEmulator {
    beside(Emulator::builder().customers(40).faults(script.parse::<FaultScript>().unwrap()))
}

fn ask(beside: &TestEmulator, command: &str, more: &[&str]) -> Run {
    beside.run(&[&["licenses", command, "--format", "csv"], more].concat())
}

fn sources(run: &Run) -> Vec<String> {
    let mut sources: Vec<_> = records(&run.stdout).iter().map(|row| row["source"].clone()).collect();
    sources.dedup();
    sources
}

/// The ids of customers with rows, in the emulator's order.
fn with_rows(beside: &TestEmulator, most: usize) -> Vec<String> {
    let customers = beside.emulator.book().customers();
    let active = customers.filter(|customer| customer.state == CustomerState::Active);
    active.map(|customer| customer.id.to_string()).take(most).collect()
}

fn named(ids: &[String]) -> Vec<&str> {
    ids.iter().flat_map(|id| ["-c", id.as_str()]).collect()
}

/// The paths of the classic requests, and the ids in the filters of the commercial ones.
fn requests(beside: &TestEmulator) -> (Vec<String>, Vec<Vec<String>>) {
    let (mut classic, mut commercial) = (Vec::new(), Vec::new());
    for request in beside.emulator.requests() {
        if !request.path().contains("/commercial/") {
            classic.push(request.path().to_owned());
            continue;
        }
        let query = request.query().unwrap_or_default();
        assert!(query.len() < 2000, "{} characters", query.len());
        let url = url::Url::parse(&format!("http://x/?{query}")).unwrap();
        let filter = url.query_pairs().find(|(name, _)| name == "filter").unwrap().1.into_owned();
        let ids = filter.split(" or ").map(|one| {
            let id = one.strip_prefix("customerTenantId eq '").and_then(|id| id.strip_suffix('\''));
            id.unwrap_or_else(|| panic!("{filter}")).to_lowercase()
        });
        commercial.push(ids.collect());
    }
    (classic, commercial)
}

/// How many requests a command sends per customer or batch.
fn questions(command: &str) -> usize {
    if command == "funnel" { 2 } else { 1 }
}

#[test]
fn a_customer_with_rows_is_one_classic_request() {
    for command in COMMANDS {
        let beside = beside(Emulator::builder());
        let run = ask(&beside, command, &["-c", DOCUMENTED]);
        assert_eq!((run.code, run.stderr.contains("commercial")), (0, false), "{run}");
        assert_eq!(sources(&run), ["classic"]);
        assert_eq!(requests(&beside).0.len(), questions(command));
        assert!(requests(&beside).1.is_empty());
    }
}

// Since 2021 the classic operation is reported empty for customers that do have licenses.
#[test]
fn an_empty_classic_response_is_followed_by_one_commercial_query() {
    for command in COMMANDS {
        let beside = with_faults(CLASSIC_EMPTY);
        let ids = with_rows(&beside, 3);
        let run = ask(&beside, command, &named(&ids));
        assert_eq!((run.code, sources(&run)), (0, vec!["commercial".to_owned()]), "{run}");
        let found: Vec<_> = records(&run.stdout).iter().map(|row| row["customerId"].clone()).collect();
        assert!(found.is_sorted(), "by customer: {found:?}");
        assert!(ids.iter().all(|id| found.contains(id)));
        assert!(run.stderr.contains("the classic operation has no rows for 3 customers"), "{run}");

        let (classic, commercial) = requests(&beside);
        assert_eq!((classic.len(), commercial.len()), (3 * questions(command), questions(command)));
        let mut sorted = ids.clone();
        sorted.sort();
        assert!(commercial.iter().all(|requested| *requested == sorted), "{commercial:?}");
    }
}

#[test]
fn only_customers_without_rows_are_queried_again() {
    let beside = with_faults("");
    let ids = with_rows(&beside, 3);
    beside.emulator.set_faults(format!("/v1/customers/{}/* no-rows", ids[1]).parse::<FaultScript>().unwrap());
    let run = ask(&beside, "deployment", &named(&ids));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(requests(&beside).1, [[ids[1].clone()]]);
    for row in records(&run.stdout) {
        let expected = if row["customerId"] == ids[1] { "commercial" } else { "classic" };
        assert_eq!(row["source"], expected, "{row:?}");
    }
}

// A failure of the second step does not invalidate the first.
#[test]
fn a_failure_of_the_second_step_is_a_note() {
    for (fault, said) in [("404", "not found (status 404)"), ("403", "status 403"), ("503", "status 503")] {
        let beside = with_faults(&format!("{CLASSIC_EMPTY}; /partner/* {fault}"));
        let ids = with_rows(&beside, 2);
        let run = ask(&beside, "deployment", &[&named(&ids)[..], &["--max-attempts", "1"]].concat());
        assert_eq!((run.code, records(&run.stdout).len()), (0, 0), "{run}");
        assert!(run.stderr.contains("note: no rows for customer") && !run.stderr.contains("error:"), "{run}");
        assert!(run.stderr.contains(said), "{said}\n{run}");
        assert_eq!(requests(&beside).1.len(), 1);
    }
}

// `--source` was ignored with `--customer`.
#[test]
fn an_explicit_source_applies_to_selected_customers() {
    for command in COMMANDS {
        for source in ["commercial", "auto"] {
            let beside = with_faults("");
            let ids = with_rows(&beside, 4);
            let run = ask(&beside, command, &[&named(&ids)[..], &["--source", source]].concat());
            assert_eq!((run.code, sources(&run)), (0, vec!["commercial".to_owned()]), "{run}");
            let (classic, commercial) = requests(&beside);
            assert_eq!((classic.len(), commercial.len()), (0, questions(command)), "{command} {source}");
            assert!(commercial.iter().all(|requested| requested.len() == 4));
        }
        let beside = with_faults(CLASSIC_EMPTY);
        let ids = with_rows(&beside, 1);
        let run = ask(&beside, command, &[&named(&ids)[..], &["--source", "classic"]].concat());
        assert_eq!((run.code, records(&run.stdout).len()), (0, 0), "{run}");
        assert!(requests(&beside).1.is_empty(), "the classic operation alone");
        assert!(run.stderr.contains("does not prove") && run.stderr.contains("--source auto"), "{run}");
    }
}

#[test]
fn without_the_commercial_query_auto_falls_back_and_commercial_fails() {
    for command in COMMANDS {
        let beside = with_faults("/partner/* 404");
        let ids = with_rows(&beside, 2);
        let run = ask(&beside, command, &[&named(&ids)[..], &["--source", "auto"]].concat());
        assert_eq!((run.code, sources(&run)), (0, vec!["classic".to_owned()]), "{run}");
        assert!(run.stderr.contains("not found"), "{run}");
        let run = ask(&beside, command, &[&named(&ids)[..], &["--source", "commercial"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    }
}

// The length of a URL is limited.
#[test]
fn many_customers_are_queried_in_batches() {
    let beside = with_faults("");
    let ids = with_rows(&beside, 25);
    assert!(ids.len() > 20, "{}", ids.len());
    let run = ask(&beside, "deployment", &[&named(&ids)[..], &["--source", "commercial"]].concat());
    assert_eq!(run.code, 0, "{run}");
    let (classic, commercial) = requests(&beside);
    assert_eq!((classic.len(), commercial.len()), (0, 2));
    let mut requested = commercial.concat();
    let mut expected = ids;
    requested.sort();
    expected.sort();
    assert_eq!(requested, expected, "each customer once");
}

// Other arguments that were ignored with `--customer`.
#[test]
fn arguments_for_all_customers_are_rejected_with_selected_ones() {
    for more in [&["--rate", "9"][..], &["--order", "completion"], &["--checkpoint", "x", "-o", "x.csv"]] {
        let run = crate::support::run(&[&["licenses", "usage", "-c", DOCUMENTED], more].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{more:?}\n{run}");
    }
}

/// The rows without the columns that differ between the sources.
fn common(csv: &str) -> Vec<BTreeMap<String, String>> {
    const DIFFER: &[&str] = &[
        "productId",
        "workloadCode",
        "workloads",
        "source",
        "processedDateTime",
        "deploymentProcessedDateTime",
        "usageProcessedDateTime",
        "reportedDeploymentPercent",
        "reportedUsagePercent",
        "flags",
    ];
    let mut rows = records(csv);
    for row in &mut rows {
        row.retain(|name, _| !DIFFER.contains(&name.as_str()));
    }
    rows
}

// A column was a code from one source and a name from the other, and the order differed.
#[test]
fn both_sources_give_the_same_rows_in_the_same_order() {
    let beside = beside(Emulator::builder().customers(60).page_size(25));
    for command in COMMANDS {
        let of = |source: &str| {
            let run = ask(&beside, command, &["--all-customers", "--source", source]);
            assert_eq!(run.code, 0, "{run}");
            common(&run.stdout)
        };
        let (classic, commercial) = (of("classic"), of("commercial"));
        let ids: Vec<_> = commercial.iter().map(|row| row["customerId"].as_str()).collect();
        assert!(ids.is_sorted() && ids.len() > 50, "{command}");
        assert!(commercial.iter().all(|row| !row["serviceCode"].contains(' ')), "{command}");
        assert!(commercial.iter().any(|row| row["serviceName"] == "Microsoft Office 365"), "{command}");
        for (classic, commercial) in classic.iter().zip(&commercial) {
            assert_eq!(classic, commercial, "{command}");
        }
        assert_eq!(classic.len(), commercial.len(), "{command}");
    }
}

// Customers that were read only in a later round come last, and the summary says how many.
#[test]
fn customers_of_a_later_round_are_last_and_counted() {
    let beside = with_faults("");
    let mut ids = with_rows(&beside, usize::MAX);
    ids.sort();
    let late = ids[2].clone();
    beside
        .emulator
        .set_faults(format!("#1 /v1/customers/{late}/* 503(retry-after=0)").parse::<FaultScript>().unwrap());
    let arguments = ["-a", "--source", "classic", "--max-attempts", "1", "--format", "json"];
    let run = beside.run(&[&["licenses", "deployment"], &arguments[..]].concat());
    assert_eq!(run.code, 0, "{run}");
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut order: Vec<_> =
        document["rows"].as_array().unwrap().iter().map(|row| row["customerId"].as_str().unwrap()).collect();
    order.dedup();
    assert_eq!(order.pop(), Some(late.as_str()), "{order:?}");
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(document["summary"]["readLater"], 1);
    assert!(run.stderr.contains("1 customer was read in a later round; their rows come last"), "{run}");
}

// Sorting gives the same order from either source.
#[test]
fn rows_with_equal_values_are_sorted_by_customer() {
    let beside = beside(Emulator::builder().customers(60).page_size(25));
    let of = |source: &str| {
        let arguments = ["--all-customers", "--source", source, "--sort", "Product"];
        common(&ask(&beside, "deployment", &arguments).stdout)
    };
    assert_eq!(of("classic"), of("commercial"));
}

// Ids of the commercial queries were in capitals in some places, and those of the classic operations never.
#[test]
fn ids_are_lower_case_and_percentages_have_two_places() {
    let beside = beside(Emulator::builder().customers(60));
    let mut arguments: Vec<Vec<&str>> = vec![
        vec!["licenses", "query", "deployment"],
        vec!["licenses", "query", "usage"],
        vec!["licenses", "query", "deployment", "--group-by", "customerTenantId,productId"],
        vec!["customers", "list"],
    ];
    for command in COMMANDS {
        for source in ["classic", "commercial"] {
            arguments.push(vec!["licenses", command, "-a", "--source", source]);
            arguments.push(vec!["licenses", command, "-c", DOCUMENTED, "--source", source]);
        }
    }
    for arguments in arguments {
        let document = beside.run(&[&arguments[..], &["--format", "json"]].concat());
        let value: serde_json::Value = serde_json::from_str(&document.stdout).unwrap();
        check(&value, "", &arguments);
        let csv = beside.run(&[&arguments[..], &["--format", "csv"]].concat()).stdout;
        for row in records(&csv) {
            for (name, text) in row {
                check(
                    &text.parse::<f64>().map_or_else(|_| text.clone().into(), Into::into),
                    &name,
                    &arguments,
                );
            }
        }
    }
}

fn check(value: &serde_json::Value, name: &str, of: &[&str]) {
    match value {
        serde_json::Value::Object(members) => members.iter().for_each(|(name, value)| check(value, name, of)),
        serde_json::Value::Array(members) => members.iter().for_each(|value| check(value, name, of)),
        serde_json::Value::String(text) if name.ends_with("Id") && text.len() == 36 => {
            assert_eq!(*text, text.to_lowercase(), "{name} of {of:?}");
        }
        serde_json::Value::Number(number) if name.to_lowercase().ends_with("percent") => {
            let percent = number.as_f64().unwrap();
            assert!(
                ((percent * 100.0).round() / 100.0 - percent).abs() < f64::EPSILON,
                "{name} of {of:?}: {percent}"
            );
        }
        _ => {}
    }
}
