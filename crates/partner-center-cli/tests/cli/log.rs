//! The log: `-v`, `RUST_LOG` and `--log-file`, what is in it and what is not.

use partner_center_emulator::{Emulator, FaultScript};

use crate::support::{DOCUMENTED, Run, TOKEN, TestEmulator, beside, command, finish};

const DEPLOYMENT: [&str; 5] = ["licenses", "deployment", "-c", DOCUMENTED, "--format=csv"];

fn run(beside: &TestEmulator, variable: &str, arguments: &[&str]) -> Run {
    let mut command = beside.command();
    finish(command.env("RUST_LOG", variable).args(DEPLOYMENT).args(arguments))
}

/// Whether a text has the ends of calls, and those of their attempts.
fn logged(text: &str) -> (bool, bool) {
    (text.contains(" INFO "), text.contains(" DEBUG "))
}

#[test]
fn the_variable_and_the_flags_choose_the_level() {
    let beside = beside(Emulator::builder());
    for (variable, arguments, expected) in [
        ("", &[][..], (false, false)),
        (" ", &[], (false, false)),
        ("", &["-v"], (true, true)),
        ("", &["-vv"], (true, true)),
        ("info", &[], (true, false)),
        ("trace", &[], (true, true)),
        ("warn,partner_center=debug", &[], (true, true)),
        ("debug,partner_center=info", &[], (true, false)),
        ("partner_center_client=debug", &[], (false, false)),
        ("off", &["-v"], (true, true)),
        ("off", &[], (false, false)),
        // Events of the layers below may contain what must not be pasted into a ticket.
        ("hyper=trace,reqwest=trace,tokio=trace", &[], (false, false)),
        ("trace", &["--anonymize"], (false, false)),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = beside.command();
        command.env("RUST_LOG", variable).env("PARTNER_CENTER_CONFIG_DIR", directory.path());
        let run = finish(command.args(DEPLOYMENT).args(arguments));
        assert_eq!(run.code, 0, "{variable:?} {arguments:?}\n{run}");
        assert_eq!(logged(&run.stderr), expected, "{variable:?} {arguments:?}\n{run}");
        assert!(!run.stderr.contains("hyper") && !run.stderr.contains(TOKEN), "{run}");
    }
    // What other programs read.
    let run = run(&beside, "my_crate[span{field=1}]=debug,loud", &[]);
    assert_eq!((run.code, logged(&run.stderr)), (0, (false, false)), "{run}");
    let run = self::run(&beside, "partner_center=loud", &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.contains("RUST_LOG"), "{run}");
}

#[test]
fn a_log_file_is_appended_to_and_stderr_keeps_its_notes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("partner-center.log");
    let file = path.to_str().unwrap();
    let faults = "#1 429(retry-after=1)".parse::<FaultScript>().unwrap();
    let beside = beside(Emulator::builder().faults(faults));
    let first = run(&beside, "", &["--log-file", file]);
    assert_eq!((first.code, logged(&first.stderr)), (0, (false, false)), "{first}");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(logged(&text), (true, true), "{text}");
    assert!(text.contains("429"), "{text}");
    let second = run(&beside, "", &["--log-file", file, "-vv"]);
    assert_eq!((second.code, logged(&second.stderr)), (0, (false, false)), "{second}");
    let both = std::fs::read_to_string(&path).unwrap();
    assert!(both.starts_with(&text) && both.len() > text.len() && !both.contains(TOKEN), "{both}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_log_file_that_cannot_be_opened_ends_the_run_before_anything_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let beside = beside(Emulator::builder());
    let run = run(&beside, "", &["--log-file", directory.path().to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.contains("--log-file"), "{run}");
    assert_eq!(beside.emulator.request_count(), 0);
    let both = finish(command().args(["--anonymize", "--log-file", "x", "customers", "list"]));
    assert_eq!(both.code, 2, "{both}");
}
