//! The workspace's table of faults (`tests/faults/table.toml`), row by row, for the exit code it promises.

use std::sync::atomic::{AtomicUsize, Ordering};

use partner_center_emulator::{Emulator, FaultScript};
use serde::Deserialize;

use super::support::{DOCUMENTED, beside};

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
