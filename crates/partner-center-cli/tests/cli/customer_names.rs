//! Customers given by domain or name: which requests are sent, and what an unknown or ambiguous name says.

use std::fmt::Write as _;

use partner_center_emulator::{Emulator, FaultScript};
use serde_json::Value;

use crate::streams::with_stdin;
use crate::support::{DOCUMENTED, Run, TestEmulator, beside, finish, run, stable};

const TAILSPIN: &str = "b7df1322-0955-468e-afc0-1df08360bcd9";

/// Runs the command, and returns the paths and queries of its requests.
fn requested(beside: &TestEmulator, arguments: &[&str]) -> (Run, Vec<String>) {
    let before = beside.emulator.requests().len();
    let run = beside.run(arguments);
    let requests = beside.emulator.requests().into_iter().skip(before);
    let shown = requests.map(|it| format!("{}?{}", it.path(), it.query().unwrap_or_default()));
    (run, shown.collect())
}

fn customer_ids(run: &Run) -> Vec<String> {
    let rows = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut ids: Vec<_> = rows.map(|row| row["customerId"].as_str().unwrap().to_owned()).collect();
    ids.dedup();
    ids
}

#[test]
fn every_command_finds_a_customer_by_name_and_the_name_is_not_sent() {
    let beside = beside(Emulator::builder());
    let directory = tempfile::tempdir().unwrap();
    let page = directory.path().join("page.html");
    let page = page.to_str().unwrap();
    for command in [
        &["licenses", "deployment", "--format", "ndjson", "-c"][..],
        &["licenses", "usage", "--format", "ndjson", "-c"],
        &["licenses", "funnel", "--format", "ndjson", "-c"],
        &["licenses", "funnel", "--live", "--format", "ndjson", "-c"],
        &["subscriptions", "list", "--format", "ndjson", "-c"],
        &["skus", "list", "--format", "ndjson", "-c"],
        &["customers", "show", "--format", "ndjson"],
        &["report", "--output", page, "-c"],
    ] {
        for name in [" tailspin  TOYS ", "tailspintoys.onmicrosoft.com", "Tailsp"] {
            let (run, requests) = requested(&beside, &[command, &[name]].concat());
            assert_eq!(run.code, 0, "{command:?} {name}\n{run}");
            if !command.contains(&"report") {
                assert_eq!(customer_ids(&run), [TAILSPIN], "{command:?} {name}\n{run}");
            }
            let note = format!("\"{name}\" is Tailspin Toys, tailspintoys.onmicrosoft.com, {TAILSPIN}");
            assert_eq!(run.stderr.contains(&note), name == "Tailsp", "{run}");
            assert!(requests[0].starts_with("/v1/customers?"), "{requests:?}");
            let text = requests.join("\n").to_lowercase();
            assert!(text.contains(TAILSPIN) && !text.contains("tailsp"), "{text}");
            let other = requests.iter().skip(1).find(|request| request.starts_with("/v1/customers?"));
            assert_eq!(other, None, "the list is read once");
        }
    }
}

#[test]
fn ids_alone_do_not_read_the_list() {
    let beside = beside(Emulator::builder());
    let both = format!("{DOCUMENTED},{TAILSPIN}");
    let (run, requests) = requested(&beside, &["licenses", "deployment", "--format", "ndjson", "-c", &both]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(customer_ids(&run), [DOCUMENTED, TAILSPIN]);
    assert!(requests.iter().all(|request| !request.starts_with("/v1/customers?")), "{requests:?}");
}

#[test]
fn what_means_no_customer_or_several_is_refused_once_the_list_was_read() {
    let _guard = stable();
    let beside = beside(Emulator::builder());
    let mut text = String::new();
    for (names, list) in [
        (&["Contoso"][..], 1),
        (&["Messenger"], 1),
        (&["Nobody & Sons"], 1),
        (&["Contoso", "Nobody", TAILSPIN], 1),
        (&["onmicrosoft"], 1),
        (&[""], 0),
        (&["b7df1322-0955-468e-afc0-1df08360bcd"], 0),
    ] {
        let customers = names.iter().flat_map(|name| ["-c", name]);
        let arguments: Vec<_> = ["licenses", "funnel"].into_iter().chain(customers).collect();
        let (run, requests) = requested(&beside, &arguments);
        assert_eq!((run.code, run.stdout.as_str(), requests.len()), (2, "", list), "{names:?}\n{run}");
        writeln!(text, "{names:?}\n{}", run.stderr).unwrap();
    }
    insta::assert_snapshot!("invalid-customer-names", text);
}

#[test]
fn a_name_that_is_refused_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let beside = beside(Emulator::builder());
    let target = directory.path().join("rows.csv");
    let run = beside.run(&["licenses", "funnel", "-c", "Nobody", "-o", target.to_str().unwrap()]);
    assert_eq!(run.code, 2, "{run}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn with_pseudonyms_no_name_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let beside = beside(Emulator::builder());
    for (name, code) in [("Tailsp", 0), ("Contoso", 2), ("Messenger", 2), ("Nobody", 2)] {
        let mut command = beside.command();
        command.env("PARTNER_CENTER_CONFIG_DIR", directory.path());
        let run = finish(command.args(["--anonymize", "licenses", "deployment", "-c", name]));
        assert_eq!(run.code, code, "{run}");
        assert_eq!(run.stderr.contains("the text that was given"), name != "Messenger" || code == 2, "{run}");
        let shown = format!("{}{}", run.stdout, run.stderr).to_lowercase();
        for word in [name, "tailspin", "contoso", "messenger", TAILSPIN] {
            assert!(!shown.contains(&word.to_lowercase()), "{word}:\n{run}");
        }
    }
}

#[test]
fn customers_of_a_file_or_of_stdin() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("customers.txt");
    let file = path.to_str().unwrap();
    let beside = beside(Emulator::builder());
    let good = format!("\u{feff}# the first two\r\n{DOCUMENTED}\r\n\r\n  Tailspin Toys\r\n");
    let utf_16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(good[3..].encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [good.as_bytes(), &utf_16] {
        std::fs::write(&path, bytes).unwrap();
        let arguments = ["licenses", "deployment", "--format", "ndjson", "--customers-from", file];
        let (run, _) = requested(&beside, &arguments);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(customer_ids(&run), [DOCUMENTED, TAILSPIN]);
    }
    for (content, why) in [
        ("", "it names no customer"),
        ("# nothing\n\n", "it names no customer"),
        ("Tailspin Toys\n4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f0\n", "line 2: it has 35 characters"),
        ("a\u{0}b", "not valid text"),
    ] {
        std::fs::write(&path, content).unwrap();
        let (run, requests) = requested(&beside, &["licenses", "usage", "--customers-from", file]);
        assert_eq!((run.code, requests.len()), (2, 0), "{run}");
        assert!(run.stderr.contains(why) && run.stderr.contains("one customer per line"), "{run}");
    }
    let (run, requests) = requested(&beside, &["licenses", "usage", "--customers-from", "no-such-file"]);
    assert_eq!((run.code, requests.len()), (2, 0), "{run}");

    let mut command = beside.command();
    command.args(["licenses", "deployment", "--format", "ndjson", "-c", DOCUMENTED, "--customers-from", "-"]);
    let run = with_stdin(&mut command, "Tailspin Toys\n");
    assert_eq!(customer_ids(&run), [DOCUMENTED, TAILSPIN], "{run}");
}

#[test]
fn a_list_that_cannot_be_read_is_its_own_error() {
    let beside =
        beside(Emulator::builder().faults("/v1/customers 403(code=900150)".parse::<FaultScript>().unwrap()));
    let run = beside.run(&["licenses", "deployment", "-c", "Tailspin Toys"]);
    assert_eq!(run.code, 5, "{run}");
    assert_eq!(beside.emulator.requests().iter().filter(|it| it.path() != "/v1/customers").count(), 0);
}

#[test]
fn all_customers_and_some_exclude_each_other() {
    for some in [["-c", "Contoso"], ["--customers-from", "file"]] {
        let run = run(&[&["licenses", "funnel", "--all-customers"][..], &some].concat());
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("cannot be used with"), "{run}");
    }
}
