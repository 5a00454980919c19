//! What the service does wrong, and the exit code that comes of it.

use partner_center_emulator::{Emulator, FaultScript};

use crate::support::{DOCUMENTED, beside};

/// The fault, further arguments, the exit code, and words that stderr must have.
const TABLE: &[(&str, &[&str], i32, &str)] = &[
    ("429(retry-after=60)", &["--timeout", "5s"], 7, "throttl"),
    ("429(retry-after-date=60)", &["--timeout", "5s"], 7, "throttl"),
    ("500", &["--max-attempts", "1"], 7, "unavailable"),
    ("502(body=html)", &["--max-attempts", "1"], 7, "unavailable"),
    ("503", &["--max-attempts", "1"], 7, "unavailable"),
    ("504", &["--max-attempts", "1"], 7, "unavailable"),
    ("400", &[], 1, "refused the request"),
    ("expired-token", &[], 4, "access token was refused"),
    ("401(code=900420)", &[], 4, "audience"),
    ("401(code=900421)", &[], 4, "multi-factor"),
    ("403(code=900329)", &[], 5, "application-only"),
    ("403(code=20002)", &[], 5, "no relationship"),
    ("403(code=900150)", &[], 5, "role"),
    ("404", &[], 6, "not found"),
    ("html", &[], 9, "web page"),
    ("truncated", &[], 9, "cut off"),
    ("no-row-array", &[], 9, "items"),
    ("bad-row", &[], 9, "items[0]"),
    ("redirect", &[], 9, "redirect"),
    ("wrong-length", &["--max-attempts", "1"], 8, "broke off"),
    ("reset", &["--max-attempts", "1"], 8, "connection"),
    ("reset-body", &["--max-attempts", "1"], 8, "broke off"),
    ("slow-start(ms=60000)", &["--timeout", "100ms"], 8, "time"),
    ("stall", &["--timeout", "100ms"], 8, "time"),
    ("gzip-bomb", &[], 9, "longer than"),
];

#[test]
fn every_fault_has_its_exit_code_and_leaves_stdout_empty() {
    let beside = beside(Emulator::builder());
    for (fault, arguments, code, words) in TABLE {
        beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
        let mut command = vec!["licenses", "usage", "--format", "csv", "--customer", DOCUMENTED];
        command.extend_from_slice(arguments);
        let run = beside.run(&command);
        assert_eq!((run.code, run.stdout.as_str()), (*code, ""), "{fault}\n{run}");
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains(words), "{fault}\n{run}");
        assert!(run.stderr.contains("correlation id"), "{fault}\n{run}");
        for leak in ["panicked", "Error {", "Some(", "stack backtrace"] {
            assert!(!run.stderr.contains(leak), "{fault}\n{run}");
        }
    }
    assert!(beside.emulator.stray_requests().is_empty(), "nothing went elsewhere");
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
