//! Advice for responses without a service error, and the bodies that `-vv` shows.

use partner_center_emulator::{Emulator, FaultScript};
use partner_center_test_support::{FakeServer, reply};

use crate::support::{DOCUMENTED, Run, TOKEN, TestEmulator, beside};

fn failing(script: &str) -> TestEmulator {
    beside(Emulator::builder().faults(script.parse::<FaultScript>().unwrap()))
}

fn ask(beside: &TestEmulator, more: &[&str]) -> Run {
    beside.run(&[more, &["licenses", "deployment", "-c", DOCUMENTED, "--max-attempts", "1"]].concat())
}

// The advice mentioned the service's description when there was none.
#[test]
fn advice_does_not_mention_a_missing_description() {
    for shape in ["fault", "analytics", "error-object", "message"] {
        let run = ask(&failing(&format!("/v1/* 400(body={shape})")), &[]);
        assert!(run.stderr.contains("service says") && !run.stderr.contains("-vv"), "{shape}\n{run}");
    }
    for shape in ["empty", "html"] {
        let run = ask(&failing(&format!("/v1/* 400(body={shape})")), &[]);
        assert_eq!(run.code, 1, "{run}");
        assert!(!run.stderr.contains("service says"), "{shape}\n{run}");
        assert!(!run.stderr.contains("service's description says"), "{shape}\n{run}");
        assert!(run.stderr.contains("The service did not say what is wrong"), "{shape}\n{run}");
        assert_eq!(run.stderr.contains("-vv"), shape == "html", "there is a body to show\n{run}");
    }
}

// The advice was to look at the raw body, and no option showed it.
#[test]
fn vv_shows_the_body_with_a_warning() {
    for (script, code) in [("/v1/* html", 9), ("/v1/* 400(body=html)", 1), ("/v1/* 503(body=html)", 7)] {
        let beside = failing(script);
        let plain = ask(&beside, &[]);
        assert_eq!((plain.code, plain.stderr.contains("<html")), (code, false), "{plain}");
        assert!(!ask(&beside, &["-v"]).stderr.contains("<html"), "once is not enough");
        let shown = ask(&beside, &["-vv"]);
        assert_eq!(shown.code, code, "{shown}");
        assert!(shown.stderr.contains("which may contain customer data:\n  | "), "{shown}");
        assert!(shown.stderr.to_lowercase().contains("<html"), "{shown}");
        assert!(!shown.stderr.contains("with -vv"), "{shown}");
    }
    // An endless body is cut.
    let run = ask(&failing("/v1/* 400(body=html)+endless(mib=1)"), &["-vv"]);
    assert!(run.stderr.len() < 20_000, "{} bytes", run.stderr.len());
}

#[test]
fn a_redirect_shows_only_the_host() {
    let beside = failing("/v1/* redirect(to=https://user:secret@login.example.com/path?code=hush)");
    let run = ask(&beside, &[]);
    assert!(run.stderr.contains("redirects to") && run.stderr.contains("login.example.com"), "{run}");
    assert!(!run.stderr.contains("hush") && !run.stderr.contains("secret"), "{run}");
}

// A host that echoes what it was sent, in the one place where a body is shown.
#[test]
fn a_token_in_the_body_is_not_shown() {
    let server = FakeServer::responding(|request| {
        let echo =
            request.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()));
        reply(400, &[], echo.collect::<String>())
    });
    let mut command = crate::support::command_at(server.url());
    let run = crate::support::finish(command.args(["-vv", "licenses", "deployment", "--max-attempts", "1"]));
    assert!(run.stderr.to_lowercase().contains("| authorization: bearer "), "the request is echoed\n{run}");
    assert!(!run.stderr.contains(TOKEN), "{run}");
}
