//! What the service does wrong: the workspace's table of faults (`tests/faults/table.toml`), row by row, for the exit
//! code it promises; and what is not even told.

use std::sync::atomic::{AtomicUsize, Ordering};

use partner_center_emulator::{Emulator, FaultScript};
use serde::Deserialize;

use crate::support::{DOCUMENTED, beside};

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

fn check(row: &Row) -> Option<String> {
    let script: FaultScript = row.script.parse().unwrap();
    let beside = beside(Emulator::builder().customers(7).page_size(2).faults(script));
    let mut arguments = match row.call.as_str() {
        "deployment" => vec!["licenses", "deployment", "--customer", DOCUMENTED],
        "customers" => vec!["customers", "list"],
        "commercial" => vec!["licenses", "query", "deployment"],
        other => panic!("the table names no such call: {other}"),
    };
    // Here waits are real: a body that stalls may take a second, everything else the time it needs.
    let timeout = if row.gets == "Timeout" { "1" } else { "60" };
    arguments.extend(["--format", "ndjson", "--max-attempts", "2", "--timeout", timeout]);
    let run = beside.run(&arguments);
    let rows = run.stdout.lines().count();
    if run.code != row.exit {
        return Some(format!("{}: exit code {} in place of {}\n{run}", row.name, run.code, row.exit));
    }
    if run.code != 0 && !run.stderr.lines().any(|line| line.starts_with("error: ")) {
        return Some(format!("{}: no error is told\n{run}", row.name));
    }
    if row.gets.strip_suffix(" rows").is_some_and(|promised| promised.parse() != Ok(rows)) {
        return Some(format!("{}: {rows} rows in place of {}\n{run}", row.name, row.gets));
    }
    // An error is for people, and says by which id Microsoft support finds the call.
    // Rows that are missing of an answer are no error of a call.
    let told = matches!(run.code, 0 | 3) || run.stderr.contains("correlation id");
    if !told || ["panicked", "Error {", "Some(", "backtrace"].iter().any(|debug| run.stderr.contains(debug)) {
        return Some(format!("{}: the error is not told as errors are\n{run}", row.name));
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
    // Most of a row's time is waiting, so many wait at once.
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
fn what_mends_itself_is_not_told() {
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
        assert!(run.stderr.contains("no proof"), "{fault}\n{run}");
    }
}
