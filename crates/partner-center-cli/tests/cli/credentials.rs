//! `login`, `logout`, and which credentials a run uses.

use std::process::{Command, Stdio};

use partner_center_emulator::{Application, CustomerState, Emulator, Entra};
use partner_center_test_support::token::with_claims;
use partner_center_test_support::{FakeServer, ok};
use serde_json::{Value, json};

use crate::streams::with_stdin;
use crate::support::{Run, TOKEN, TestEmulator, beside, finish, run, stable};

/// An emulator that approves sign-ins automatically, and a directory for the stored tokens.
struct Workspace {
    beside: TestEmulator,
    directory: tempfile::TempDir,
}

impl Workspace {
    fn new() -> Self {
        let builder = Emulator::builder().approve_device_codes_after(1).device_interval(1);
        Self { beside: beside(builder), directory: tempfile::tempdir().unwrap() }
    }

    fn entra(&self) -> &Entra {
        self.beside.emulator.entra()
    }

    /// The binary, configured only with the addresses and the directory.
    fn bare(&self) -> Command {
        self.beside.in_directory(self.directory.path())
    }

    /// The binary, configured with the emulator's app registration.
    fn command(&self) -> Command {
        let mut command = self.bare();
        command
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID);
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.hush(finish(self.command().args(arguments)))
    }

    fn store(&self) -> std::path::PathBuf {
        self.directory.path().join("tokens").join("default.json")
    }

    /// The stored refresh token.
    fn stored(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.store()).ok()?;
        let file: Value = serde_json::from_str(&text).unwrap();
        let token = find(&file, "refresh")?;
        Some(token)
    }

    fn hush(&self, run: Run) -> Run {
        for secret in [self.stored().unwrap_or_else(|| TOKEN.to_owned()), Entra::CLIENT_SECRET.to_owned()] {
            assert!(!run.stdout.contains(&secret) && !run.stderr.contains(&secret), "a secret shows\n{run}");
        }
        run
    }
}

/// The text of the first member with a name that contains a word.
fn find(value: &Value, word: &str) -> Option<String> {
    let object = value.as_object()?;
    object.iter().find_map(|(name, value)| match value {
        Value::String(text) if name.contains(word) => Some(text.clone()),
        other => find(other, word),
    })
}

#[test]
fn from_sign_in_to_revocation() {
    let desk = Workspace::new();
    let login = desk.run(&["login"]);
    assert_eq!((login.code, login.stdout.as_str()), (0, ""), "{login}");
    assert!(login.stderr.starts_with("To sign in, open http://127.0.0.1:"), "{login}");
    assert!(login.stderr.contains("signed in as robin@partner.onmicrosoft.com"), "{login}");

    let first = desk.stored().unwrap();
    // Later runs need neither tenant nor client id: the stored sign-in has them.
    let usage = desk.hush(finish(desk.bare().args(["-vv", "licenses", "usage", "--format", "csv"])));
    assert_eq!(usage.code, 0, "{usage}");
    let second = desk.stored().unwrap();
    assert_ne!(first, second, "the rotated refresh token is stored");
    assert_eq!(desk.entra().token_requests().refresh_token, 1);

    // The access token expires during a run: it is refreshed once, without a message.
    desk.beside
        .emulator
        .set_faults("#1 revoke-token".parse::<partner_center_emulator::FaultScript>().unwrap());
    let refreshed = desk.run(&["licenses", "usage", "--format", "csv"]);
    assert_eq!((refreshed.code, refreshed.stderr.as_str()), (0, ""), "{refreshed}");
    assert_eq!(refreshed.stdout, usage.stdout);
    assert_eq!(desk.entra().token_requests().refresh_token, 3);

    desk.entra().revoke_refresh_tokens();
    let revoked = desk.run(&["licenses", "usage"]);
    assert_eq!((revoked.code, revoked.stdout.as_str()), (4, ""), "{revoked}");
    assert!(revoked.stderr.contains("AADSTS50173"), "{revoked}");
    assert!(revoked.stderr.contains("partner-center login"), "{revoked}");

    let logout = desk.run(&["logout"]);
    assert_eq!(logout.code, 0, "{logout}");
    assert!(logout.stderr.contains("signed out"), "{logout}");
    assert_eq!(desk.stored(), None);
    let again = desk.run(&["logout"]);
    assert!(again.code == 0 && again.stderr.contains("not signed in: "), "{again}");
    assert_eq!(desk.run(&["licenses", "usage"]).code, 4);
}

#[test]
fn a_token_from_a_consent_is_tested_before_it_is_stored() {
    let desk = Workspace::new();
    let token = desk.entra().issue_refresh_token();
    let adopt =
        |text: &str| desk.hush(with_stdin(desk.command().args(["login", "--refresh-token-stdin"]), text));

    for (text, code) in [("", 2), ("two words", 2), ("1.not-issued-here", 4), (&token[..token.len() - 4], 4)]
    {
        let run = adopt(text);
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run}");
        assert_eq!(desk.stored(), None, "nothing is stored");
    }
    let run = adopt(&format!("{token}\n"));
    assert_eq!(run.code, 0, "{run}");
    let kept = desk.stored().unwrap();
    assert_ne!(kept, token, "its successor is stored");
    assert_eq!(adopt("1.not-issued-here").code, 4);
    assert_eq!(desk.stored(), Some(kept), "a bad token does not replace a good sign-in");
}

#[test]
fn a_sign_in_without_a_second_factor_is_reported_at_once() {
    let desk = Workspace::new();
    desk.entra().issue_with_mfa(false);
    let run = desk.run(&["login"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("900421"), "{run}");
}

#[test]
fn a_declined_or_expired_sign_in_fails() {
    for (declined, words) in [(true, "declin"), (false, "code")] {
        let directory = tempfile::tempdir().unwrap();
        let beside = beside(Emulator::builder().device_interval(1));
        let mut command = beside.in_directory(directory.path());
        command
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID);
        let child = command.arg("login").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let entra = beside.emulator.entra();
        let code = loop {
            match entra.pending_device_codes().pop() {
                Some(code) => break code,
                None => std::thread::yield_now(),
            }
        };
        assert!(if declined { entra.decline_device_code(&code) } else { entra.expire_device_code(&code) });
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{stderr}");
        assert!(stderr.contains(words) && stderr.contains("Run `partner-center login`."), "{stderr}");
        assert!(!directory.path().join("tokens/default.json").exists());
    }
}

#[test]
fn credentials_are_used_in_the_documented_order() {
    let desk = Workspace::new();
    assert_eq!(desk.run(&["login"]).code, 0);
    let counts = || {
        let requests = desk.entra().token_requests();
        (requests.refresh_token, requests.client_credentials)
    };
    let calls = |command: &mut Command| {
        let run = desk.hush(finish(command.args(["customers", "list", "--format", "csv"])));
        assert_eq!(run.code, 0, "{run}");
    };
    let signed_in = desk.stored();
    calls(
        desk.command()
            .env("PARTNER_CENTER_ACCESS_TOKEN", TOKEN)
            .env("PARTNER_CENTER_REFRESH_TOKEN", "1.unused"),
    );
    assert_eq!(counts(), (0, 0), "no access token is requested");
    calls(desk.command().env("PARTNER_CENTER_REFRESH_TOKEN", desk.entra().issue_refresh_token()));
    assert_eq!((counts(), desk.stored()), ((1, 0), signed_in), "the sign-in is unchanged");
    calls(desk.command().env("PARTNER_CENTER_CLIENT_SECRET", Entra::CLIENT_SECRET));
    assert_eq!(counts(), (2, 0), "the sign-in is used");
    assert_eq!(desk.run(&["logout"]).code, 0);
    calls(desk.command().env("PARTNER_CENTER_CLIENT_SECRET", Entra::CLIENT_SECRET));
    assert_eq!(counts(), (2, 1), "the application signs in alone");
}

#[test]
fn an_application_alone_reads_customers_but_no_licenses() {
    let desk = Workspace::new();
    let mut command = desk.command();
    command.env("PARTNER_CENTER_CLIENT_SECRET", Entra::CLIENT_SECRET);
    let run = desk.hush(finish(command.args(["licenses", "deployment"])));
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    assert!(run.stderr.contains("900329") && run.stderr.contains("App+User"), "{run}");
}

#[test]
fn variables_alone_run_unattended() {
    let desk = Workspace::new();
    let mut command = desk.command();
    command
        .env_remove("PARTNER_CENTER_CONFIG_DIR")
        .env_remove("HOME")
        .env_remove("XDG_CONFIG_HOME")
        .env("PARTNER_CENTER_CLIENT_SECRET", Entra::CLIENT_SECRET)
        .env("PARTNER_CENTER_REFRESH_TOKEN", desk.entra().issue_refresh_token());
    // All customers, one by one, without a terminal.
    let sweep =
        ["--quiet", "licenses", "deployment", "--all-customers", "--source", "classic", "--format", "csv"];
    let run = desk.hush(finish(command.args(sweep)));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let book = desk.beside.emulator.book();
    let active = book.customers().filter(|customer| customer.state == CustomerState::Active);
    let rows: usize = active.map(|customer| customer.deployment().len()).sum();
    assert_eq!(run.stdout.lines().count(), 1 + rows, "{run}");
    assert_eq!(desk.entra().token_requests().refresh_token, 1, "one token for the whole sweep");
}

// Certificates could not be used from the command line.
#[test]
fn a_certificate_or_a_federated_identity_instead_of_the_secret() {
    let application = Application::new(Entra::CLIENT_ID).federated("repo:contoso");
    let desk = Workspace { beside: beside(Emulator::builder().application(application)), ..Workspace::new() };
    let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/certificates/valid.pem");
    let federated = with_claims(&json!({
        "iss": "https://ci.example", "sub": "repo:contoso", "aud": "api://AzureADTokenExchange",
        "exp": 9_999_999_999_u64,
    }));
    let token_file = desk.directory.path().join("federated");
    std::fs::write(&token_file, format!("{federated}\n")).unwrap();
    for (variable, path) in [
        ("PARTNER_CENTER_CLIENT_CERTIFICATE_PATH", certificate),
        ("PARTNER_CENTER_FEDERATED_TOKEN_FILE", token_file.to_str().unwrap()),
    ] {
        let refresh_token = desk.entra().issue_refresh_token();
        let run = |arguments: &[&str], refresh_token: &str| {
            let mut command = desk.command();
            command.env(variable, path).env("PARTNER_CENTER_REFRESH_TOKEN", refresh_token);
            let run = finish(command.args(arguments));
            assert!(!run.stderr.contains(&federated) && !run.stdout.contains(&federated), "{run}");
            run
        };
        let sent = desk.beside.emulator.authority_requests().len();
        assert_eq!(run(&["licenses", "deployment"], &refresh_token).code, 0, "{variable}");
        // Alone, it gives application-only access.
        assert_eq!(run(&["customers", "list"], "").code, 0, "{variable}");
        let requests = desk.beside.emulator.authority_requests();
        assert!(requests.len() > sent + 1);
        for request in &requests[sent..] {
            assert!(request.form("client_assertion").is_some() && request.form("client_secret").is_none());
        }
        let doctor = run(&["doctor", "--format", "json"], &refresh_token).stdout;
        let report: Value = serde_json::from_str(&doctor).unwrap();
        let of_certificate = |finding: &&Value| finding["topic"] == "certificate";
        let found = report["findings"].as_array().unwrap().iter().find(of_certificate);
        match found {
            Some(finding) => assert!(
                finding["level"] == "ok" && finding["sentence"].as_str().unwrap().contains("valid until 21"),
                "{finding}"
            ),
            None => assert!(variable.contains("FEDERATED"), "{doctor}"),
        }
    }
}

#[test]
fn a_wrong_secret_and_a_missing_consent_are_distinguished() {
    let desk = Workspace::new();
    let token = desk.entra().issue_refresh_token();
    let refused = |secret: &str| {
        let mut command = desk.command();
        command.env("PARTNER_CENTER_CLIENT_SECRET", secret).env("PARTNER_CENTER_REFRESH_TOKEN", &token);
        let run = finish(command.args(["licenses", "deployment"]));
        assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run}");
        assert!(!run.stderr.contains(&token) && !run.stderr.contains("not-the-secret"), "{run}");
        run.stderr
    };
    let wrong = refused("not-the-secret");
    assert!(
        wrong.contains("AADSTS7000215") && wrong.contains("Set PARTNER_CENTER_CLIENT_SECRET."),
        "{wrong}"
    );
    desk.entra().set_consent(Entra::CLIENT_ID, false);
    assert!(refused(Entra::CLIENT_SECRET).contains("AADSTS65001"));
}

#[test]
fn settings_that_are_missing_are_named() {
    let _guard = stable();
    let desk = Workspace::new();
    let refresh = finish(desk.bare().env("PARTNER_CENTER_REFRESH_TOKEN", "1.x").args(["licenses", "usage"]));
    assert_eq!((refresh.code, refresh.stdout.as_str()), (2, ""), "{refresh}");
    let login = finish(desk.bare().env("PARTNER_CENTER_TENANT_ID", "contoso.example").arg("login"));
    assert_eq!((login.code, login.stdout.as_str()), (2, ""), "{login}");
    insta::assert_snapshot!("missing-settings", refresh.stderr + "\n" + &login.stderr);
    let emulator = run(&["--emulator", "login"]);
    assert_eq!((emulator.code, emulator.stdout.as_str()), (2, ""), "{emulator}");
    assert_eq!(desk.entra().token_requests().refused, 0, "nothing was sent");
}

#[cfg(unix)]
#[test]
fn a_store_that_others_can_read_is_rejected_with_the_command_that_fixes_it() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Workspace::new();
    assert_eq!(desk.run(&["login"]).code, 0);
    std::fs::set_permissions(desk.store(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let run = desk.run(&["licenses", "usage"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.contains("chmod 600 ") && run.stderr.contains("partner-center login"), "{run}");
    std::fs::set_permissions(desk.store(), std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(desk.store(), "{}").unwrap();
    let unreadable = desk.run(&["licenses", "usage"]);
    assert_eq!(unreadable.code, 2, "{unreadable}");
    assert!(unreadable.stderr.contains("Run `partner-center logout`, then"), "{unreadable}");
    let logout = desk.run(&["logout"]);
    assert_eq!(logout.code, 0, "it can still be deleted\n{logout}");
    assert!(!desk.store().exists());
}

#[test]
fn profiles_have_sign_ins_of_their_own() {
    let desk = Workspace::new();
    let profile = |name: &str| {
        format!(
            "[profile.{name}]\ntenant-id = \"{}\"\nclient-id = \"{}\"\n",
            Entra::TENANT_ID,
            Entra::CLIENT_ID
        )
    };
    std::fs::write(desk.directory.path().join("config.toml"), profile("work") + &profile("home")).unwrap();
    let run = |profile: &str, arguments: &[&str]| {
        finish(desk.bare().args(["--profile", profile]).args(arguments)).code
    };
    assert_eq!(run("work", &["login"]), 0);
    assert_eq!(run("work", &["customers", "list"]), 0);
    assert_eq!(run("home", &["customers", "list"]), 4);
    assert_eq!(run("away", &["customers", "list"]), 2);
    let by_variable = finish(desk.bare().env("PARTNER_CENTER_PROFILE", "work").args(["customers", "list"]));
    assert_eq!(by_variable.code, 0, "{by_variable}");
    assert!(desk.directory.path().join("tokens/work.json").exists());
}

#[test]
fn an_invalid_configuration_is_reported_before_anything_is_sent() {
    let desk = Workspace::new();
    std::fs::write(
        desk.directory.path().join("config.toml"),
        "[profile.default]\nclient-secret = \"hush\"\n",
    )
    .unwrap();
    let run = finish(desk.command().env("PARTNER_CENTER_ACCESS_TOKEN", TOKEN).args(["licenses", "usage"]));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(
        run.stderr.contains("Secrets do not belong in this file") && !run.stderr.contains("hush"),
        "{run}"
    );
    assert_eq!(desk.beside.emulator.request_count(), 0);
}

// The advice was to repeat the sign-in that the policy had just blocked.
#[test]
fn the_advice_for_a_sign_in_blocked_by_a_policy_is_not_to_sign_in_again() {
    for number in [50097, 50131, 53000, 53003, 530_003, 530_036] {
        let script = format!("#2 /*/oauth2/* aadsts({number})");
        let builder =
            Emulator::builder().faults(script.parse::<partner_center_emulator::FaultScript>().unwrap());
        let desk = Workspace { beside: beside(builder), directory: tempfile::tempdir().unwrap() };
        let login = desk.run(&["login"]);
        assert_eq!((login.code, login.stdout.as_str()), (4, ""), "{login}");
        let text = login.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&format!("AADSTS{number}")), "{login}");
        for said in [
            "a policy of the tenant blocked the sign-in",
            "device code",
            "another device",
            "browser",
            "--refresh-token-stdin",
        ] {
            assert!(text.contains(said), "{said}\n{login}");
        }
        assert!(!text.to_lowercase().contains("sign in again"), "{login}");
        assert_eq!(desk.stored(), None);
    }
}

// A response "try again" with status 400 or 200 ended the run.
#[test]
fn a_temporary_error_of_the_sign_in_service_is_retried() {
    for status in [200, 400, 503] {
        let desk = Workspace::new();
        let token = desk.entra().issue_refresh_token();
        let faults = |requests: &str| {
            let script = format!("{requests} /*/oauth2/* aadsts(90033,status={status})");
            desk.beside.emulator.set_faults(script.parse::<partner_center_emulator::FaultScript>().unwrap());
        };
        let list = || {
            let mut command = desk.command();
            command.env("PARTNER_CENTER_REFRESH_TOKEN", &token);
            desk.hush(finish(command.args(["licenses", "usage", "--format", "csv"])))
        };
        faults("#1-2");
        let run = list();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        faults("#1-100");
        let run = desk.hush(finish(desk.command().env("PARTNER_CENTER_REFRESH_TOKEN", &token).args([
            "licenses",
            "usage",
            "--max-attempts",
            "1",
        ])));
        assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
        assert!(run.stderr.contains("AADSTS90033") && !run.stderr.contains("login"), "{run}");
    }
}

/// A directory with a sign-in at the emulator.
fn signed_in() -> Workspace {
    let desk = Workspace::new();
    std::fs::create_dir_all(desk.store().parent().unwrap()).unwrap();
    let file = serde_json::json!({
        "version": 1, "tenant": Entra::TENANT_ID, "client_id": Entra::CLIENT_ID, "obtained_at": 1_764_000_000,
        "refresh_token": desk.entra().issue_refresh_token(),
    });
    std::fs::write(desk.store(), file.to_string()).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(desk.store(), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    desk
}

// The next run reported that the file "does not contain a stored token".
#[test]
fn an_invalid_new_refresh_token_does_not_lose_the_sign_in() {
    for (successor, why) in [(String::new(), "is empty"), ("x".repeat(65_500), "is too long")] {
        let desk = signed_in();
        let before = desk.stored();
        let access = desk.entra().issue_access_token(&partner_center_emulator::TokenSpec::user());
        let host = FakeServer::repeating([ok(format!(
            r#"{{"token_type":"Bearer","access_token":"{access}","expires_in":3599,"refresh_token":"{successor}"}}"#
        ))]);
        for _ in 0..2 {
            let mut command = desk.bare();
            let run = desk.hush(finish(
                command
                    .env("PARTNER_CENTER_AUTHORITY", host.url())
                    .args(["licenses", "usage", "--format", "csv"]),
            ));
            assert_eq!(run.code, 0, "{run}");
            assert!(run.stderr.contains(why) && run.stderr.contains("the previous one is kept"), "{run}");
            assert_eq!(desk.stored(), before, "{why}");
        }
    }
}

// A full disk was a usage error, exit code 2.
#[cfg(unix)]
#[test]
fn a_full_disk_is_not_a_usage_error() {
    let desk = signed_in();
    let before = desk.stored();
    let bare = desk.bare();
    // Simulates a full disk: no file may grow.
    let mut command = Command::new("sh");
    command.args(["-c", r#"ulimit -f 0; exec "$0" licenses usage"#]).arg(bare.get_program());
    command.env_clear().envs(bare.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = desk.hush(finish(&mut command));
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
    assert!(run.stderr.contains("could not be written") && run.stderr.contains("still stored"), "{run}");
    assert_eq!(desk.stored(), before);
}
