//! A run over all customers is complete or reports what is missing: no missing rows with exit 0, no row twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use partner_center_emulator::{Emulator, FaultScript};
use serde_json::Value;

use crate::cases;
use crate::support::{Draw, Run, TestEmulator, beside};

const COMMANDS: [&str; 3] = ["deployment", "usage", "funnel"];
const SOURCES: [&str; 2] = ["classic", "commercial"];

/// Faults for any request.
const ANYWHERE: [&str; 12] = [
    "503",
    "500(body=empty)",
    "502(body=html)",
    "429(retry-after=1)",
    "429(retry-after=none)",
    "reset",
    "reset-body",
    "wrong-length",
    "truncated",
    "html",
    "403(code=20002)",
    "401",
];

/// Faults for pages after the first. An empty first page is a documented empty collection.
const LATER_PAGES: [&str; 6] =
    ["204", "empty-body", "empty-page", "no-row-array", "repeated-link", "no-rows"];

/// The paths with pages.
const PAGED: [&str; 3] = ["/v1/customers", "/partner/*deployment*", "/partner/*usage*"];

const PATHS: [&str; 5] = ["/v1/customers", "/v1/customers/*", "/partner/*", "/*", "/v1/*"];

/// A script of one to three rules.
fn script(draw: &mut Draw) -> String {
    let mut script = format!("seed={}", draw.below(1_000_000));
    for _ in 0..=draw.below(3) {
        let first = 2 + draw.below(30);
        if draw.below(3) == 0 {
            let (path, fault) = (draw.one_of(&PAGED.each_ref().map(|path| *path)), draw.one_of(&LATER_PAGES));
            let last = first + draw.below(2) * draw.below(4);
            let _ = write!(script, "; #{first}-{last} {path} {fault}");
        } else {
            let (path, fault) = (draw.one_of(&PATHS), draw.one_of(&ANYWHERE));
            let _ = match draw.below(3) {
                0 => write!(script, "; #{first}-{} {path} {fault}", first + draw.below(40)),
                1 => write!(script, "; {}% most=1 {path} {fault}", 1 + draw.below(8)),
                _ => write!(script, "; #{first} {path} {fault}"),
            };
        }
    }
    script
}

/// The output of a run.
struct Document {
    /// The rows of each customer, as text.
    rows: BTreeMap<String, Vec<String>>,
    summary: Value,
    failures: BTreeSet<String>,
}

fn document(run: &Run) -> Option<Document> {
    let document: Value = serde_json::from_str(&run.stdout).ok()?;
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in document["rows"].as_array()? {
        rows.entry(row["customerId"].as_str()?.to_lowercase()).or_default().push(row.to_string());
    }
    let failures = document["failures"].as_array().into_iter().flatten();
    let failures = failures.filter_map(|failure| failure["customerId"].as_str()).map(str::to_owned).collect();
    Some(Document { rows, summary: document["summary"].clone(), failures })
}

fn read(beside: &TestEmulator, command: &str, source: &str) -> Run {
    beside.run(&[
        "licenses",
        command,
        "--all-customers",
        "--source",
        source,
        "--format",
        "json",
        "--timeout",
        "20",
        "--max-attempts",
        "5",
        "--concurrency",
        "16",
    ])
}

/// Checks the output of a run, or returns what is wrong.
fn verdict(run: &Run, truth: &Document) -> Result<(), String> {
    let Some(found) = document(run) else {
        return if run.code == 0 { Err("exit 0 without a document".to_owned()) } else { Ok(()) };
    };
    for (customer, rows) in &found.rows {
        let distinct: BTreeSet<_> = rows.iter().collect();
        let whole = truth.rows.get(customer).ok_or("a customer without expected rows has rows")?;
        if distinct.len() != rows.len() && whole.len() < rows.len() {
            return Err(format!("customer {customer} is written twice"));
        }
        if let Some(row) = rows.iter().find(|row| !whole.contains(row)) {
            // A funnel that failed halfway must not write half a row.
            return Err(format!("a row is wrong: {row}"));
        }
        if rows.len() != whole.len() && run.code == 0 {
            return Err(format!("customer {customer} lacks rows with exit 0"));
        }
    }
    let customers = &found.summary["customers"];
    let missing: Vec<_> = truth.rows.keys().filter(|id| !found.rows.contains_key(*id)).collect();
    match run.code {
        0 if !missing.is_empty() && customers["skipped"] == 0 => {
            Err(format!("{} customers are missing with exit 0", missing.len()))
        }
        0 if customers["complete"] != true => Err("exit 0 without being complete".to_owned()),
        3 if customers["complete"] == true => Err("exit 3 although complete".to_owned()),
        3 if found.failures.is_empty()
            && customers["listed"] != Value::Null
            && customers["withoutId"] == 0
            && customers["unreadable"] == 0 =>
        {
            Err("exit 3 although nothing failed".to_owned())
        }
        _ => Ok(()),
    }
}

#[test]
fn random_faults_lose_no_rows_without_a_report() {
    let clean = beside(Emulator::builder().customers(60).page_size(7));
    let truths: BTreeMap<_, _> = COMMANDS
        .iter()
        .flat_map(|command| SOURCES.map(|source| (*command, source)))
        .map(|(command, source)| {
            let run = read(&clean, command, source);
            assert_eq!(run.code, 0, "{run}");
            ((command, source), document(&run).unwrap())
        })
        .collect();
    let (next, cases) = (AtomicU64::new(0), cases());
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut wrong = Vec::new();
            loop {
                let case = next.fetch_add(1, Ordering::Relaxed);
                if case >= cases {
                    return wrong;
                }
                let mut draw = Draw(case);
                let script = script(&mut draw);
                let (command, source) = (draw.one_of(&COMMANDS), draw.one_of(&SOURCES));
                let faults: FaultScript = script.parse().unwrap();
                let beside = beside(Emulator::builder().customers(60).page_size(7).faults(faults));
                let run = read(&beside, command, source);
                let truth = truths.iter().find(|((name, from), _)| (*name, *from) == (command, source));
                if let Err(why) = verdict(&run, truth.unwrap().1) {
                    wrong.push(format!(
                        "case {case}: {why}\n{command} from {source}, faults `{script}`\n{}\n{}",
                        run.code, run.stderr
                    ));
                }
            }
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n\n"));
}
