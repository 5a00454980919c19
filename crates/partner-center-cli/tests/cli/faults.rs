//! Checks the exit code and the rows of every row in the table of faults (`tests/faults/table.toml`), and faults that are
//! not reported because a retry or the parser handles them.

use std::sync::atomic::{AtomicUsize, Ordering};

use partner_center_emulator::{Emulator, FaultScript};
use serde::Deserialize;
use serde_json::Value;

use crate::reports::{Line, truth};
use crate::support::{DOCUMENTED, Run, TestEmulator, beside};

#[derive(Deserialize)]
struct Table {
    fault: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    script: String,
    call: String,
    gets: String,
    exit: i32,
}

/// The rows that the emulator has for a call, sorted.
fn expected(beside: &TestEmulator, call: &str) -> Vec<Line> {
    let book = beside.emulator.book();
    let mut lines = match call {
        "customers" => {
            let line = |id: String| (id, String::new(), String::new(), String::new());
            book.customers().map(|customer| line(customer.id.to_string())).collect()
        }
        "commercial" => truth(book),
        _ => truth(book).into_iter().filter(|line| line.0 == DOCUMENTED).collect::<Vec<_>>(),
    };
    lines.sort_unstable();
    lines
}

/// The rows of a run, sorted. The letter case of GUIDs is one of the faults.
fn found(run: &Run) -> Vec<Line> {
    let line = |row: Value| {
        let text = |column: &str| match &row[column] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (
            text("customerId").to_lowercase(),
            text("productName"),
            text("licensesSold"),
            text("licensesDeployed"),
        )
    };
    let rows = run.stdout.lines().map(|row| serde_json::from_str(row).unwrap());
    let mut lines: Vec<_> = rows.map(line).collect();
    lines.sort_unstable();
    lines
}

fn check(row: &Row) -> Option<String> {
    let script: FaultScript = row.script.parse().unwrap();
    let beside = beside(Emulator::builder().customers(7).page_size(2).faults(script));
    let mut arguments = match row.call.as_str() {
        "deployment" => vec!["licenses", "deployment", "--customer", DOCUMENTED],
        "customers" => vec!["customers", "list"],
        "commercial" => vec!["licenses", "query", "deployment"],
        other => panic!("unknown call in the table: {other}"),
    };
    // Waits are real here: a stalled body may take a second, everything else as long as it needs.
    let timeout = if row.gets == "Timeout" { "1" } else { "60" };
    arguments.extend(["--format", "ndjson", "--max-attempts", "2", "--timeout", timeout]);
    let run = beside.run(&arguments);
    if run.code != row.exit {
        return Some(format!("{}: exit code {} instead of {}\n{run}", row.name, run.code, row.exit));
    }
    if run.code != 0 && !run.stderr.lines().any(|line| line.starts_with("error: ")) {
        return Some(format!("{}: no error is reported\n{run}", row.name));
    }
    let rows = found(&run);
    if row.gets.strip_suffix(" rows").is_some_and(|count| count.parse() != Ok(rows.len())) {
        return Some(format!("{}: {} rows instead of {}\n{run}", row.name, rows.len(), row.gets));
    }
    if row.gets == "whole" && rows != expected(&beside, &row.call) {
        return Some(format!("{}: the rows are not those of the emulator\n{run}", row.name));
    }
    // An error is readable, and has the id by which Microsoft support finds the call.
    // Missing rows of a response are not an error of a call.
    let has_id = matches!(run.code, 0 | 3) || run.stderr.contains("correlation id");
    if !has_id || ["panicked", "Error {", "Some(", "backtrace"].iter().any(|debug| run.stderr.contains(debug))
    {
        return Some(format!("{}: the error is not in the usual form\n{run}", row.name));
    }
    if !beside.emulator.stray_requests().is_empty() {
        return Some(format!("{}: a request went elsewhere", row.name));
    }
    None
}

#[test]
fn every_fault_ends_with_the_exit_code_of_the_table() {
    let text = include_str!("../../../../tests/faults/table.toml");
    let table: Table = toml::from_str(text).unwrap();
    let next = AtomicUsize::new(0);
    // A row mostly waits, so many run in parallel.
    let failures: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut failures = Vec::new();
            while let Some(row) = table.fault.get(next.fetch_add(1, Ordering::Relaxed)) {
                failures.extend(check(row));
            }
            failures
        };
        let workers: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(next.into_inner() > 60, "the table is read");
    assert!(failures.is_empty(), "{} rows differ:\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn recovered_faults_are_not_reported() {
    let beside = beside(Emulator::builder());
    let right = beside.run(&["licenses", "usage", "--format", "csv", "--customer", DOCUMENTED]).stdout;
    for fault in [
        "#1 reset",
        "no-mark",
        "utf16",
        "pascal-keys",
        "unknown-fields",
        "string-counts",
        "float-counts",
        "own-ids",
        "no-ids",
        "drip(bytes=512,ms=1)",
    ] {
        beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
        let run = beside.run(&["licenses", "usage", "--format", "csv", "--customer", DOCUMENTED]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{fault}\n{run}");
        assert_eq!(run.stdout, right, "{fault}");
    }
}

#[test]
fn no_content_is_no_rows_and_never_an_error() {
    let beside = beside(Emulator::builder());
    for fault in ["204", "empty-body", "no-rows"] {
        beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
        let run = beside.run(&["licenses", "deployment", "--format", "csv", "--customer", DOCUMENTED]);
        assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{fault}\n{run}");
        assert!(run.stderr.contains("does not prove"), "{fault}\n{run}");
    }
}
