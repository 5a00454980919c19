//! `doctor`: the report, and the exit code for whether analytics would work.

use std::time::Duration;

use partner_center_emulator::{Clock, Emulator, Entra, TokenSpec};
use partner_center_test_support::token::with_claims;
use serde_json::Value;

use crate::support::{TestEmulator, beside, embedded, finish, run, stable};

fn doctor(beside: &TestEmulator, token: &str, format: &str) -> crate::support::Run {
    let directory = tempfile::tempdir().unwrap();
    let run = finish(
        beside
            .in_directory(directory.path())
            .env("PARTNER_CENTER_ACCESS_TOKEN", token)
            .env("PARTNER_CENTER_CLIENT_SECRET", "hush-hush")
            .args(["doctor", "--format", format]),
    );
    assert!(!run.stdout.contains(token) && !run.stdout.contains("hush-hush"), "a secret shows\n{run}");
    run
}

#[test]
fn each_token_has_its_verdict() {
    let beside = beside(Emulator::builder());
    let entra = beside.emulator.entra();
    for (name, spec, code, finding) in [
        ("good", TokenSpec::user(), 0, None),
        ("app-only", TokenSpec::application(), 4, Some("900329")),
        ("no-mfa", TokenSpec::user().without_mfa(), 4, Some("900421")),
        ("audience", TokenSpec::user().audience("https://graph.windows.net"), 4, Some("900420")),
        ("ended", TokenSpec::user().lifetime(Duration::ZERO), 4, Some("400")),
    ] {
        let run = doctor(&beside, &entra.issue_access_token(&spec), "json");
        assert_eq!((run.code, run.stderr.as_str()), (code, ""), "{name}\n{run}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["analyticsWouldWork"], code == 0, "{name}");
        let problem =
            report["findings"].as_array().unwrap().iter().find(|finding| finding["level"] == "problem");
        assert_eq!(problem.and_then(|finding| finding["code"].as_str()), finding, "{name}\n{run}");
        assert!(problem.is_none_or(|finding| finding["fix"] != ""), "{name}: there is a fix");
    }
    assert_eq!(beside.emulator.request_count(), 0, "no request to Partner Center");
}

// `PARTNER_CENTER_ACCESS_TOKEN=xyz` was approved.
#[test]
fn an_insufficient_token_is_reported_as_unknown() {
    let beside = beside(Emulator::builder());
    let in_an_hour =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() + 3600;
    let whole = serde_json::json!({
        "aud": "https://api.partnercenter.microsoft.com", "idtyp": "user", "scp": "user_impersonation",
        "amr": ["pwd", "mfa"], "exp": in_an_hour, "ver": "2.0",
    });
    let code = |token: &str| {
        let run = doctor(&beside, token, "json");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["online"], false);
        let works = match run.code {
            0 => Value::Bool(true),
            4 => Value::Bool(false),
            _ => Value::Null,
        };
        assert_eq!(report["analyticsWouldWork"], works, "{run}");
        run.code
    };
    assert_eq!(code(&with_claims(&whole)), 0, "a readable token with sufficient claims");
    assert_eq!(code("xyz"), 11);
    for left_out in ["aud", "scp", "amr", "exp"] {
        let mut claims = whole.clone();
        claims.as_object_mut().unwrap().remove(left_out);
        assert_eq!(code(&with_claims(&claims)), 11, "without {left_out}");
    }
    let mut without_kind = whole.clone();
    without_kind.as_object_mut().unwrap().retain(|name, _| name != "idtyp" && name != "scp");
    assert_eq!(code(&with_claims(&without_kind)), 11, "neither user nor application");
    let mut other = whole;
    other["aud"] = "https://graph.windows.net".into();
    assert_eq!(code(&with_claims(&other)), 4);
    assert_eq!(beside.emulator.request_count(), 0, "no request to Partner Center");
}

fn online(beside: &TestEmulator, token: &str) -> (crate::support::Run, Value) {
    let directory = tempfile::tempdir().unwrap();
    let run = finish(
        beside
            .in_directory(directory.path())
            .env("PARTNER_CENTER_ACCESS_TOKEN", token)
            .args(["doctor", "--online", "--format", "json"]),
    );
    assert!(!run.stdout.contains(token), "a secret shows\n{run}");
    let report = serde_json::from_str(&run.stdout).unwrap();
    (run, report)
}

#[test]
fn online_one_request_decides_the_verdict() {
    for (fault, token, code, works) in [
        ("", crate::support::TOKEN, 0, Value::Bool(true)),
        ("", "another-opaque-token", 4, Value::Bool(false)),
        ("/partner/* 401(code=900421)", crate::support::TOKEN, 4, Value::Bool(false)),
        ("/partner/* 403(code=1002)", crate::support::TOKEN, 4, Value::Bool(false)),
        ("/partner/* 404", crate::support::TOKEN, 11, Value::Null),
        ("/partner/* 503", crate::support::TOKEN, 7, Value::Null),
        ("/partner/* 429(retry-after=1)", crate::support::TOKEN, 7, Value::Null),
        ("/partner/* reset", crate::support::TOKEN, 8, Value::Null),
        ("/partner/* html", crate::support::TOKEN, 9, Value::Null),
    ] {
        let beside = beside(
            Emulator::builder().faults(fault.parse::<partner_center_emulator::FaultScript>().unwrap()),
        );
        let (run, report) = online(&beside, token);
        assert_eq!((run.code, &report["analyticsWouldWork"]), (code, &works), "{fault}\n{run}");
        assert_eq!(report["online"], true);
        let requests = beside.emulator.requests();
        let [request] = requests.as_slice() else { panic!("{fault}: {} requests", requests.len()) };
        assert!(request.path().contains("/commercial/deployment/"), "{}", request.path());
        assert!(request.query().unwrap().contains("top=1"));
        let findings = report["findings"].as_array().unwrap();
        assert!(findings.iter().any(|finding| finding["topic"] == "online"), "{run}");
    }
    let beside = beside(Emulator::builder());
    let user = beside.emulator.entra().issue_access_token(&TokenSpec::user());
    assert_eq!(online(&beside, &user).0.code, 0);
    let application = beside.emulator.entra().issue_access_token(&TokenSpec::application());
    assert_eq!(online(&beside, &application).0.code, 4);

    let embedded = embedded(&["-q", "doctor", "--online", "--format", "table"]);
    assert_eq!(embedded.code, 0, "{embedded}");
    assert!(embedded.stdout.contains("License analytics work: Partner Center responded."), "{embedded}");
}

#[test]
fn one_screen() {
    let _guard = stable();
    let beside = beside(Emulator::builder());
    let token = beside.emulator.entra().issue_access_token(&TokenSpec::user().without_mfa());
    let run = doctor(&beside, &token, "table");
    assert!(run.stdout.lines().count() <= 40, "{run}");
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{run}");
    insta::assert_snapshot!("doctor", run);
}

#[test]
fn without_credentials_it_lists_where_it_looked() {
    let run = run(&["doctor", "--format", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (4, ""), "{run}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let places: Vec<_> = report["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|looked| looked["place"].as_str().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "PARTNER_CENTER_ACCESS_TOKEN",
            "PARTNER_CENTER_REFRESH_TOKEN",
            "token store",
            "PARTNER_CENTER_CLIENT_SECRET",
            "PARTNER_CENTER_CLIENT_CERTIFICATE_PATH",
            "PARTNER_CENTER_FEDERATED_TOKEN_FILE"
        ]
    );
    assert!(report["credentials"].as_array().unwrap().iter().all(|looked| looked["used"] == false));
}

#[test]
fn a_sign_in_that_was_revoked() {
    let beside = beside(Emulator::builder());
    let directory = tempfile::tempdir().unwrap();
    let token = beside.emulator.entra().issue_refresh_token();
    beside.emulator.entra().revoke_refresh_tokens();
    let run = finish(
        beside
            .in_directory(directory.path())
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID)
            .env("PARTNER_CENTER_REFRESH_TOKEN", &token)
            .args(["doctor", "--format", "table"]),
    );
    assert_eq!((run.code, run.stderr.as_str()), (4, ""), "{run}");
    assert!(run.stdout.contains("AADSTS50173") && !run.stdout.contains(&token), "{run}");
}

#[test]
fn the_embedded_emulator_passes() {
    let run = embedded(&["-q", "doctor", "--format", "table"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert!(run.stdout.contains("acts for a user"), "the real sign-in was used\n{run}");
}

#[test]
fn csv_is_rejected() {
    let run = run(&["doctor", "--format", "csv"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
}

// A wrong clock made a working setup fail, or was reported to agree.
#[test]
fn a_wrong_clock_is_a_warning_with_its_offset() {
    let (now, hour) = (std::time::SystemTime::now(), Duration::from_secs(3600));
    for (service, level, amount) in [
        (now, "ok", "agrees"),
        (now + 5 * hour / 2, "warning", "2 hours slow"),
        (now - 5 * hour / 2, "warning", "2 hours fast"),
        (
            now - 61 * hour,
            "warning",
            "2 days fast according to the service's response, which is not plausible",
        ),
        (
            now + 61 * hour,
            "warning",
            "2 days slow according to the service's response, which is not plausible",
        ),
    ] {
        let beside = beside(Emulator::builder().clock(Clock::fixed(service)));
        let directory = tempfile::tempdir().unwrap();
        let token = beside.emulator.entra().issue_refresh_token();
        let run = finish(
            beside
                .in_directory(directory.path())
                .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
                .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID)
                .env("PARTNER_CENTER_REFRESH_TOKEN", &token)
                .args(["doctor", "--format", "json"]),
        );
        assert_eq!(run.code, 0, "{amount}\n{run}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let clocks: Vec<_> = findings.iter().filter(|finding| finding["topic"] == "clock").collect();
        assert_eq!(clocks.len(), 1, "{run}");
        assert_eq!(clocks[0]["level"], level, "{run}");
        assert!(clocks[0]["sentence"].as_str().unwrap().contains(amount), "{run}");
        assert!(findings.iter().all(|finding| finding["level"] != "problem"), "{run}");
    }
}
