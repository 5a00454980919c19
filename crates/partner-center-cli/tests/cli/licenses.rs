//! `licenses deployment` and `licenses usage` in every format.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use partner_center_emulator::{CustomerState, Emulator};
use serde_json::Value;

use crate::formats::in_every_format;
use crate::support::{DOCUMENTED, TestEmulator, beside, embedded, stable};

const UNKNOWN: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f05";

#[test]
fn every_command_in_every_format() {
    let _guard = stable();
    for command in ["deployment", "usage"] {
        for (of, more) in [("customer", &["--customer", DOCUMENTED][..]), ("partner", &[])] {
            let run = |format: &str| embedded(&[&["licenses", command, "--format", format], more].concat());
            let [table, json] = in_every_format(run);
            insta::assert_snapshot!(format!("{of}-{command}-table"), table);
            insta::assert_snapshot!(format!("{of}-{command}-json"), json);
        }
    }
}

#[test]
fn json_is_what_a_pipe_gets() {
    let run = embedded(&["licenses", "deployment", "--customer", DOCUMENTED]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["schemaVersion"], 3);
    assert_eq!(document["rows"].as_array().unwrap().len(), 3);
    assert_eq!(document["summary"]["totals"][0]["licensesSold"], 8);
}

fn in_state(emulator: &Emulator, state: CustomerState) -> String {
    emulator.book().customers().find(|customer| customer.state == state).unwrap().id.to_string()
}

fn several() -> TestEmulator {
    beside(Emulator::builder())
}

#[test]
fn several_customers_share_a_table() {
    let _guard = stable();
    let beside = several();
    let second = beside.emulator.book().customer(2).unwrap().id.to_string();
    let run = beside.run(&[
        "licenses",
        "deployment",
        "--format",
        "table",
        "--customer",
        &second,
        "--customer",
        DOCUMENTED,
        "--customer",
        &second.to_uppercase(),
    ]);
    insta::assert_snapshot!("several-table", run);
    assert_eq!(beside.emulator.request_count(), 2, "a customer that is given twice is read once");
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{run}");
}

#[test]
fn some_fail_and_the_rest_is_on_stdout() {
    let _guard = stable();
    let beside = several();
    let lapsed = in_state(&beside.emulator, CustomerState::Lapsed);
    let customers = ["-c", UNKNOWN, "-c", DOCUMENTED, "-c", &lapsed];
    let run = |format: &str| {
        beside.run(&[&["licenses", "deployment", "--format", format], &customers[..]].concat())
    };
    let [_, json] = in_every_format(run);
    insta::assert_snapshot!("some-failed-json", json);
}

#[test]
fn stdout_stays_empty_if_all_customers_fail() {
    let beside = several();
    let lapsed = in_state(&beside.emulator, CustomerState::Lapsed);
    for format in ["table", "json", "ndjson", "csv"] {
        let run = beside.run(&["licenses", "usage", "--format", format, "-c", &lapsed]);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{format}\n{run}");
    }
    let run = beside.run(&["licenses", "usage", "-c", &lapsed, "-c", UNKNOWN]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "with different exit codes\n{run}");
}

#[test]
fn a_note_says_that_an_empty_response_proves_nothing() {
    let _guard = stable();
    let beside = several();
    let empty = in_state(&beside.emulator, CustomerState::Empty);
    let run = |format: &str| beside.run(&["licenses", "deployment", "--format", format, "-c", &empty]);
    let [table, json] = in_every_format(run);
    insta::assert_snapshot!("empty-deployment-table", table);
    insta::assert_snapshot!("empty-deployment-json", json);
    let run = beside.run(&["licenses", "deployment", "--quiet", "-c", &empty]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "a note is not an error");
    let run = beside.run(&["licenses", "usage", "-c", &empty]);
    assert!(run.stderr.contains("no rows") && !run.stderr.contains("2021"), "{run}");
}

#[test]
fn a_rejected_token_ends_the_run() {
    let beside = several();
    let ids: Vec<_> = beside.emulator.book().customers().map(|customer| customer.id.to_string()).collect();
    let mut command = beside.command();
    command.env("PARTNER_CENTER_ACCESS_TOKEN", "another-token").args(["licenses", "deployment"]);
    for id in &ids {
        command.args(["-c", id]);
    }
    let run = crate::support::finish(&mut command);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run}");
    assert_eq!(run.stderr.matches("error:").count(), 1, "reported once\n{run}");
    assert!(beside.emulator.request_count() < 10, "of {} customers", ids.len());
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let beside = several();
    let ids: Vec<_> = beside.emulator.book().customers().map(|customer| customer.id.to_string()).collect();
    for format in ["ndjson", "csv", "json", "table"] {
        let mut command = beside.command();
        command.args(["--quiet", "licenses", "usage", "--format", format]);
        for id in ids.iter().filter(|id| **id != in_state(&beside.emulator, CustomerState::Lapsed)) {
            command.args(["-c", id]);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        // Dropping the reader after the first line closes the pipe.
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
fn a_formula_in_a_name_stays_a_text_in_csv() {
    let beside = beside(Emulator::builder().customers(200));
    let (id, name) = beside
        .emulator
        .book()
        .customers()
        .filter(|customer| customer.state == CustomerState::Active)
        .map(|customer| (customer.id.to_string(), customer.company_name))
        .find(|(_, name)| name.starts_with(['=', '+', '-', '@']))
        .unwrap();
    let csv = beside.run(&["licenses", "deployment", "--format", "csv", "-c", &id]).stdout;
    assert!(
        csv.contains(&format!(",'{name}")) || csv.contains(&format!(",\"'{}", name.replace('"', "\"\""))),
        "{csv}"
    );
    assert!(csv.starts_with("customerId,") && csv.lines().count() > 1, "{csv}");
    assert_eq!(csv.matches('\n').count(), csv.matches("\r\n").count(), "RFC 4180 ends lines with CR LF");
    let json = beside.run(&["licenses", "deployment", "--format", "json", "-c", &id]).stdout;
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["rows"][0]["customerName"], name.as_str(), "json is unchanged");
}

#[test]
fn locale_and_ids_are_sent_and_verbose_shows_no_secret() {
    let beside = several();
    let run = beside.run(&["-vv", "--locale", "sv-SE", "licenses", "deployment"]);
    assert_eq!(run.code, 0, "{run}");
    let requests = beside.emulator.requests();
    let [request] = requests.as_slice() else { panic!("one request, not {}", requests.len()) };
    assert_eq!(request.header("x-locale"), Some("sv-SE"));
    assert_eq!(request.header("ms-partnercenter-application"), Some("partner-center-cli"));
    let id = request.header("ms-requestid").unwrap();
    assert!(run.stderr.contains(id), "the log names the request\n{run}");
}
