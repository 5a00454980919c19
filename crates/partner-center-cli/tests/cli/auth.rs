//! `auth status`: the short form of `doctor`, with its exit codes.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use partner_center_emulator::{Emulator, Entra, FaultScript, TokenSpec};
use serde_json::Value;

use crate::support::{Run, TOKEN, TestEmulator, beside, embedded, finish, run, stable};

/// What a run has: variables, and the refresh token of a stored sign-in.
struct State {
    name: &'static str,
    variables: Vec<(&'static str, String)>,
    stored: Option<String>,
    fault: &'static str,
}

impl State {
    fn command(&self, beside: &TestEmulator, directory: &std::path::Path) -> Command {
        if let Some(token) = &self.stored {
            let tokens = directory.join("tokens");
            std::fs::create_dir_all(&tokens).unwrap();
            let file = serde_json::json!({
                "version": 1, "tenant": Entra::TENANT_ID, "client_id": Entra::CLIENT_ID,
                "obtained_at": three_days_ago(), "refresh_token": token,
            });
            std::fs::write(tokens.join("default.json"), file.to_string()).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(
                tokens.join("default.json"),
                std::os::unix::fs::PermissionsExt::from_mode(0o600),
            )
            .unwrap();
        }
        let mut command = beside.in_directory(directory);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// In seconds since 1970.
fn three_days_ago() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_secs() - 3 * 24 * 3600
}

/// The states of an installation that `doctor` tells apart.
fn states(entra: &Entra) -> Vec<State> {
    let state = |name, variables: &[(&'static str, String)], stored, fault| State {
        name,
        variables: variables.to_vec(),
        stored,
        fault,
    };
    let access = |spec: &TokenSpec| [("PARTNER_CENTER_ACCESS_TOKEN", entra.issue_access_token(spec))];
    let ids = [
        ("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID.to_owned()),
        ("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID.to_owned()),
    ];
    let with = |name, value: &str| [&ids[..], &[(name, value.to_owned())]].concat();
    vec![
        state("no credentials", &[], None, ""),
        state("a user's token", &access(&TokenSpec::user()), None, ""),
        state("application-only", &access(&TokenSpec::application()), None, ""),
        state("no second factor", &access(&TokenSpec::user().without_mfa()), None, ""),
        state(
            "another audience",
            &access(&TokenSpec::user().audience("https://graph.windows.net")),
            None,
            "",
        ),
        state("expired", &access(&TokenSpec::user().lifetime(Duration::ZERO)), None, ""),
        state("opaque", &[("PARTNER_CENTER_ACCESS_TOKEN", TOKEN.to_owned())], None, ""),
        state("a sign-in", &[], Some(entra.issue_refresh_token()), ""),
        state("a revoked sign-in", &[], Some("1.not-issued-here".to_owned()), ""),
        state(
            "a refresh token",
            &with("PARTNER_CENTER_REFRESH_TOKEN", &entra.issue_refresh_token()),
            None,
            "",
        ),
        state("a secret alone", &with("PARTNER_CENTER_CLIENT_SECRET", Entra::CLIENT_SECRET), None, ""),
        state("a wrong secret", &with("PARTNER_CENTER_CLIENT_SECRET", "not-the-secret"), None, ""),
        state("a refresh token without ids", &[("PARTNER_CENTER_REFRESH_TOKEN", "1.x".to_owned())], None, ""),
        state("an unknown cloud", &[("PARTNER_CENTER_CLOUD", "germany".to_owned())], None, ""),
        state("no sign-in host", &[], Some(entra.issue_refresh_token()), "#1-100 /*/oauth2/* 503"),
        state(
            "denied",
            &[("PARTNER_CENTER_ACCESS_TOKEN", TOKEN.to_owned())],
            None,
            "/partner/* 403(code=1002)",
        ),
        state("unavailable", &[("PARTNER_CENTER_ACCESS_TOKEN", TOKEN.to_owned())], None, "/partner/* 503"),
    ]
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_default()
}

#[test]
fn the_exit_code_and_the_findings_are_those_of_doctor() {
    let beside = beside(Emulator::builder());
    let entra = beside.emulator.entra();
    let mut codes = std::collections::BTreeSet::new();
    for online in [false, true] {
        let flag: &[&str] = if online { &["--online"] } else { &[] };
        // A run may use up a refresh token, so that each command gets its own state.
        for (of_doctor, of_status) in states(entra).iter().zip(&states(entra)) {
            let run = |state: &State, arguments: &[&str]| {
                let directory = tempfile::tempdir().unwrap();
                beside.emulator.set_faults(state.fault.parse::<FaultScript>().unwrap());
                let mut command = state.command(&beside, directory.path());
                let run = finish(command.args(arguments).args(flag).args(["--max-attempts", "1"]));
                let secrets = state
                    .variables
                    .iter()
                    .filter(|(name, _)| name.contains("TOKEN") || name.contains("SECRET"));
                for secret in secrets.map(|(_, value)| value).chain(&state.stored) {
                    assert!(
                        secret.len() < 4 || !run.to_string().contains(secret.as_str()),
                        "a secret shows\n{run}"
                    );
                }
                run
            };
            let doctor = run(of_doctor, &["doctor", "--format", "json"]);
            let status = run(of_status, &["auth", "status", "--format", "json"]);
            let name = of_doctor.name;
            assert_eq!(
                (status.code, &status.stderr),
                (doctor.code, &doctor.stderr),
                "{name}\n{doctor}\n{status}"
            );
            codes.insert(doctor.code);
            let (doctor, status) = (report(&doctor), report(&status));
            assert_eq!(status["analyticsWouldWork"], doctor["analyticsWouldWork"], "{name}");
            let topics = |report: &Value| {
                let findings = report["findings"].as_array().cloned().unwrap_or_default();
                let of = |finding: &Value| ["level", "topic", "code"].map(|field| finding[field].clone());
                findings.iter().map(of).collect::<Vec<_>>()
            };
            assert_eq!(topics(&status), topics(&doctor), "{name}");
            let used = doctor["credentials"]
                .as_array()
                .and_then(|places| places.iter().find(|place| place["used"] == true));
            assert_eq!(used.map_or(&Value::Null, |used| &used["place"]), &status["credentials"], "{name}");
        }
    }
    assert_eq!(codes, [0, 2, 4, 7, 11].into(), "the states have every code that doctor documents");
}

#[test]
fn it_says_who_is_signed_in_and_for_how_long() {
    let beside = beside(Emulator::builder());
    let entra = beside.emulator.entra();
    let status = |name: &str| {
        let directory = tempfile::tempdir().unwrap();
        let state = states(entra).into_iter().find(|state| state.name == name).unwrap();
        let run =
            finish(state.command(&beside, directory.path()).args(["auth", "status", "--format", "json"]));
        report(&run)
    };
    let signed_in = status("a sign-in");
    assert_eq!(signed_in["type"], "auth-status");
    assert_eq!(signed_in["user"], "robin@partner.onmicrosoft.com");
    assert_eq!((&signed_in["access"], &signed_in["credentials"]), (&"user".into(), &"token store".into()));
    assert_eq!(signed_in["tenantId"], Entra::TENANT_ID);
    assert_eq!(signed_in["clientId"], Entra::CLIENT_ID);
    assert!(signed_in["tokenStore"].as_str().unwrap().ends_with("default.json"));
    assert!(signed_in["refreshTokenObtainedAt"].as_str().unwrap().ends_with('Z'), "{signed_in}");
    assert!(signed_in["accessTokenExpiresAt"].as_str().unwrap().ends_with('Z'), "{signed_in}");
    let secret = status("a secret alone");
    assert_eq!((&secret["user"], &secret["access"]), (&Value::Null, &"application".into()));
    assert_eq!(secret["tokenStore"], Value::Null);
    let nobody = status("no credentials");
    for field in
        ["user", "access", "credentials", "tenantId", "accessTokenExpiresAt", "refreshTokenObtainedAt"]
    {
        assert_eq!(nobody[field], Value::Null, "{field}");
    }
}

#[test]
fn a_few_lines() {
    let _guard = stable();
    let beside = beside(Emulator::builder());
    let entra = beside.emulator.entra();
    let mut shown = String::new();
    for name in ["a sign-in", "a revoked sign-in", "application-only", "no credentials"] {
        let directory = tempfile::tempdir().unwrap();
        let state = states(entra).into_iter().find(|state| state.name == name).unwrap();
        let run =
            finish(state.command(&beside, directory.path()).args(["auth", "status", "--format", "table"]));
        assert!(run.stdout.lines().count() <= 20, "{run}");
        writeln!(shown, "{name}\n{run}").unwrap();
    }
    insta::assert_snapshot!("auth-status", shown);
    let embedded = embedded(&["-q", "auth", "status", "--online", "--format", "table"]);
    assert!(embedded.code == 0 && embedded.stdout.contains("Partner Center responded."), "{embedded}");
    let csv = run(&["auth", "status", "--format", "csv"]);
    assert_eq!((csv.code, csv.stdout.as_str()), (2, ""), "{csv}");
}
