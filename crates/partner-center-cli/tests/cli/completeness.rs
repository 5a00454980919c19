//! Never short with exit 0: what the command line makes of pages that come back empty, and of a list that names
//! customers who cannot be asked about.

use partner_center_emulator::{Emulator, FaultScript};
use serde_json::{Value, json};

use crate::book::{records, truth};
use crate::support::{Beside, Run, beside};

fn emulated(customers: usize, script: &str) -> Beside {
    let builder = Emulator::builder().customers(customers).page_size(50);
    beside(builder.faults(script.parse::<FaultScript>().unwrap()))
}

fn rows(run: &Run) -> usize {
    records(&run.stdout).len()
}

/// R1: the scripts that lost 1,800 of 2,000 customers, and their likes.
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
            // Its link is followed, and the count is not reached.
            ("#9-10 /partner/* empty-page", commercial, 9),
            ("#9- /partner/* no-rows", commercial, 9),
        ] {
            scope.spawn(move || check(script, source, exit));
        }
    });
}

/// F3 at the command line: a response that says that there is more.
#[test]
fn a_page_without_rows_and_with_a_link_is_followed_and_told() {
    let beside = emulated(120, "#2-3 /v1/customers empty-page");
    let run = beside.run(&["customers", "list", "--format", "json", "--max-attempts", "2"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["summary"]["emptyPages"], 1);
    assert_eq!(document["summary"]["customers"]["listed"], 70);
    assert!(run.stderr.contains("1 pages came back empty"), "{}", run.stderr);
}

/// R7: an entry without a GUID is in the list, in a field, in a note and in the exit code.
#[test]
fn customers_without_an_id_are_told() {
    let list = json!({ "totalCount": 3, "items": [
        { "id": "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04", "companyProfile": { "companyName": "One" } },
        { "id": "n/a", "companyProfile": { "companyName": "Two" } },
        { "id": "00000000-0000-0000-0000-000000000000" },
    ]});
    let service = crate::support::answering(&[list.to_string()]);
    let run = service.run(&["customers", "list", "--format", "json"]);
    assert_eq!(run.code, 3, "{run}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["rows"].as_array().unwrap().len(), 3, "they are written as they came");
    assert_eq!(
        document["summary"]["customers"],
        json!({
            "listed": 3, "withRows": 1, "withoutRows": 0, "withoutId": 2, "skipped": 0, "unreadable": 0, "failed": 0,
            "complete": false,
        })
    );
    assert!(run.stderr.contains("2 of 3 customers have no id"), "{run}");
}
