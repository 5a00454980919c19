//! One customer in a hundred has an unreadable row: all other rows are written, each unreadable row is reported, and
//! kills do not change the output.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use partner_center_emulator::{Emulator, FaultScript};
use serde_json::Value;

use crate::cases;
use crate::support::{Draw, TestEmulator, beside, finish};

const DEPLOYMENT: [&str; 7] =
    ["licenses", "deployment", "--all-customers", "--source", "classic", "--concurrency", "64"];

/// Makes the first row of every n-th customer unreadable, among those with several rows.
fn spoil(beside: &TestEmulator, every: usize) -> BTreeSet<String> {
    let customers = beside.emulator.book().customers().filter(|customer| customer.deployment().len() > 1);
    let chosen: BTreeSet<String> = customers.step_by(every).map(|customer| customer.id.to_string()).collect();
    let mut script = String::new();
    for id in &chosen {
        let _ = write!(script, "/v1/customers/{id}/analytics/licenses/deployment bad-row; ");
    }
    beside.emulator.set_faults(script.parse::<FaultScript>().unwrap());
    chosen
}

fn document(beside: &TestEmulator, code: i32) -> Value {
    let run = beside.run(&[&DEPLOYMENT[..], &["--format", "json"]].concat());
    assert_eq!(run.code, code, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn into_file(beside: &TestEmulator, directory: &Path) -> Command {
    let mut command = beside.command();
    command.args(DEPLOYMENT).current_dir(directory);
    command.args(["--output", "book.csv", "--checkpoint", "checkpoint.json"]);
    command
}

#[test]
fn unreadable_rows_do_not_affect_other_rows_and_kills_change_nothing() {
    let (customers, every) = if cases() > 12 { (10_000, 100) } else { (300, 30) };
    let beside = beside(Emulator::builder().customers(customers).page_size(500));
    let clean = document(&beside, 0);
    let spoiled = spoil(&beside, every);
    assert!(spoiled.len() > 3, "{spoiled:?}");

    let found = document(&beside, 3);
    let mut expected: Vec<_> = clean["rows"].as_array().unwrap().iter().collect();
    let mut seen = BTreeSet::new();
    expected.retain(|row| {
        let id = row["customerId"].as_str().unwrap();
        !spoiled.contains(id) || !seen.insert(id)
    });
    assert_eq!(found["rows"].as_array().unwrap().iter().collect::<Vec<_>>(), expected);
    let failures = found["failures"].as_array().unwrap();
    let named: BTreeSet<_> =
        failures.iter().map(|failure| failure["customerId"].as_str().unwrap().to_owned()).collect();
    assert_eq!((failures.len(), named), (spoiled.len(), spoiled.clone()));
    let counts = &found["summary"]["customers"];
    assert_eq!(counts["unreadable"], spoiled.len(), "{counts}");
    assert_eq!((&counts["failed"], &counts["complete"]), (&Value::from(0), &Value::from(false)), "{counts}");

    let undisturbed = tempfile::tempdir().unwrap();
    let run = finish(&mut into_file(&beside, undisturbed.path()));
    assert_eq!(run.code, 3, "{run}");
    let bytes = fs::read(undisturbed.path().join("book.csv")).unwrap();

    let (directory, mut draw) = (tempfile::tempdir().unwrap(), Draw(3));
    for _ in 0..5 {
        let requests = 1 + draw.below(u64::try_from(customers / 3).unwrap());
        let before = beside.emulator.request_count();
        let mut command = into_file(&beside, directory.path());
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = quiet.spawn().unwrap();
        while beside.emulator.request_count() < before + requests && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        // SIGKILL: the run cannot react.
        let _ = child.kill();
        if child.wait().unwrap().code().is_some() {
            break;
        }
    }
    let run = finish(&mut into_file(&beside, directory.path()));
    assert_eq!(run.code, 3, "{run}");
    assert!(bytes == fs::read(directory.path().join("book.csv")).unwrap(), "a kill changed the output");
}
