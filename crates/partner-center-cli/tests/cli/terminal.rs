//! Terminal output: external text cannot control a terminal, and no secret is shown, whatever a host sends.

use std::process::Command;

use partner_center_emulator::Entra;
use partner_center_test_support::{FakeServer, json, ok};

use crate::streams;
use crate::support::{Run, command, command_at, finish};

/// What a run that succeeds writes to a terminal as stdout.
fn on_terminal(command: &mut Command) -> String {
    let (shown, code) = streams::on_terminal(command, Command::stdout);
    assert_eq!(code, 0, "{shown}");
    shown
}

const CUSTOMERS: &str = r#"{"totalCount":1,"items":[{"id":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","companyProfile":{
    "tenantId":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","domain":"a\u001b]0;gone\u0007.example",
    "companyName":"Fabrikam \u001b[2J\u009b2K\u202eresu\u2066\u200f\u0000\u007f Ltd"},
    "relationshipToPartner":"reseller"}]}"#;

#[test]
fn external_text_cannot_control_a_terminal_in_any_format() {
    let server = FakeServer::repeating([ok(CUSTOMERS)]);
    let list = |format: &str| {
        let mut command = command_at(server.url());
        command.args(["customers", "list", "--color", "never", "--format", format]);
        command
    };
    for format in ["table", "csv", "json", "ndjson"] {
        let shown = on_terminal(&mut list(format));
        assert!(shown.contains("Fabrikam") && shown.contains('\u{fffd}'), "{format}: {shown:?}");
        let bad = |c: char| {
            (c.is_control() && !matches!(c, '\r' | '\n')) || matches!(c, '\u{200f}' | '\u{202e}' | '\u{2066}')
        };
        assert!(!shown.contains(bad), "{format}: {shown:?}");
    }
    // In a pipe, data is unchanged.
    let csv = finish(&mut list("csv"));
    assert!(
        csv.stdout.contains("Fabrikam \u{1b}[2J\u{9b}2K\u{202e}resu\u{2066}\u{200f}\0\u{7f} Ltd"),
        "{csv}"
    );
    let ndjson = finish(&mut list("ndjson"));
    let row: serde_json::Value = serde_json::from_str(&ndjson.stdout).unwrap();
    assert!(row.to_string().contains('\u{202e}'), "{ndjson}");
}

#[test]
fn a_raw_body_cannot_control_a_terminal() {
    let server = FakeServer::repeating([ok("a\u{1b}[2J\u{202e}b")]);
    for arguments in [&["api", "/v1/x"][..], &["api", "/v1/x", "--include"]] {
        let shown = on_terminal(command_at(server.url()).args(arguments));
        assert!(shown.ends_with("a\u{fffd}[2J\u{fffd}b\r\n"), "{shown:?}");
    }
}

#[test]
fn the_sign_in_code_cannot_control_a_terminal() {
    let host = FakeServer::responding(|request| {
        if request.target.contains("devicecode") {
            let code = "{\"device_code\":\"d\",\"user_code\":\"AB\\u001b[2J\\u202eCD\",\
                        \"verification_uri\":\"https://example.com/\\u009bx\",\"expires_in\":60,\"interval\":1}";
            ok(code)
        } else {
            json(400, r#"{"error":"authorization_declined","error_description":"AADSTS\u001b[31m"}"#)
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let run = finish(
        command()
            .env("PARTNER_CENTER_CONFIG_DIR", directory.path())
            .env("PARTNER_CENTER_AUTHORITY", host.url())
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID)
            .arg("login"),
    );
    assert_ne!(run.code, 0, "{run}");
    assert!(!run.stderr.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{:?}", run.stderr);
}

/// The encodings in which hosts repeat what they were sent.
fn forms(secret: &str) -> Vec<String> {
    let each = |rule: fn(u8) -> String| -> String {
        secret
            .bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { rule(b) })
            .collect()
    };
    vec![
        secret.to_owned(),
        each(|b| format!("%{b:02X}")),
        each(|b| format!("%{b:02x}")),
        each(|b| format!("&#{b};")),
        each(|b| format!("\\u{b:04x}")),
    ]
}

fn holds_none(run: &Run, secret: &str, what: &str) {
    for form in forms(secret) {
        assert!(!run.stdout.contains(&form) && !run.stderr.contains(&form), "{what}: {form}\n{run}");
    }
}

#[test]
fn a_host_that_repeats_what_it_was_sent_shows_no_secret() {
    let token = "eyJ0eXAiOiJKV1Qi.eyJhdWQi/+x==.c2lnbmF0dXJl_-";
    for (place, form) in forms(token).into_iter().enumerate() {
        for shape in 0..4 {
            let echo = format!("you sent Authorization: Bearer {form} to us");
            let quoted = serde_json::to_string(&echo).unwrap();
            let server = FakeServer::repeating([match shape {
                0 => json(403, format!(r#"{{"code":"900001","description":{quoted}}}"#)),
                1 => json(400, format!(r#"{{"error":{{"code":{quoted},"message":{quoted}}}}}"#)),
                2 => json(404, quoted),
                _ => json(404, format!("<html><title>{echo}</title></html>")),
            }]);
            for format in ["json", "csv"] {
                let run = finish(
                    command()
                        .env("PARTNER_CENTER_ACCESS_TOKEN", token)
                        .env("PARTNER_CENTER_BASE_URL", server.url())
                        .args(["-vv", "--max-attempts", "1", "licenses", "deployment", "--format", format])
                        .args(["-c", crate::support::DOCUMENTED]),
                );
                assert_ne!(run.code, 0, "{run}");
                holds_none(&run, token, &format!("form {place}, shape {shape}"));
            }
        }
    }
}

#[test]
fn a_sign_in_host_that_repeats_what_it_was_sent_shows_no_secret() {
    let (refresh, secret) = ("0.AXg~refresh/token+with=signs", "client~8Q/secret+x=");
    for place in 0..forms(refresh).len() {
        let echo = format!("AADSTS9002313: {} {}", forms(refresh)[place], forms(secret)[place]);
        let quoted = serde_json::to_string(&echo).unwrap();
        let host = FakeServer::repeating([json(
            400,
            format!(r#"{{"error":"invalid_request","error_description":{quoted},"error_codes":[9002313]}}"#),
        )]);
        for arguments in [
            &["-vv", "licenses", "usage"][..],
            &["doctor", "--format", "json"],
            &["doctor", "--format", "table"],
        ] {
            let run = finish(
                command()
                    .env("PARTNER_CENTER_REFRESH_TOKEN", refresh)
                    .env("PARTNER_CENTER_CLIENT_SECRET", secret)
                    .env("PARTNER_CENTER_AUTHORITY", host.url())
                    .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
                    .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID)
                    .args(arguments),
            );
            assert_ne!(run.code, 0, "{run}");
            holds_none(&run, refresh, "the refresh token");
            holds_none(&run, secret, "the client's secret");
        }
    }
}

/// Shows the list of customers on a terminal with a pager that keeps what it gets, and returns both texts.
fn paged(pager: &dyn Fn(&str) -> String, arguments: &[&str]) -> (String, Option<String>) {
    let directory = tempfile::tempdir().unwrap();
    let (script, kept) = (directory.path().join("pager"), directory.path().join("kept"));
    std::fs::write(&script, format!("#!/bin/sh\ncat > '{}'\necho paged\n", kept.display())).unwrap();
    let mut permissions = std::fs::metadata(&script).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    std::fs::set_permissions(&script, permissions).unwrap();
    let mut command = command();
    command.env("PAGER", pager(script.to_str().unwrap())).env("TERM", "xterm");
    let shown = on_terminal(command.args(["--emulator", "-q", "customers", "list"]).args(arguments));
    (shown, std::fs::read_to_string(kept).ok())
}

#[test]
fn a_long_table_goes_through_the_pager() {
    let itself = |script: &str| script.to_owned();
    let (shown, kept) = paged(&itself, &[]);
    assert_eq!(shown, "paged\r\n");
    let kept = kept.unwrap();
    assert!(
        kept.contains("\u{1b}[1m") && kept.contains("Tailspin Toys") && kept.lines().count() > 24,
        "{kept}"
    );
    let (_, plain) = paged(&itself, &["--color", "never"]);
    assert_eq!(plain.unwrap(), anstream::adapter::strip_str(&kept).to_string());
    // The pager's options, and a pager that leaves without reading.
    let (shown, kept) = paged(&|script| format!("{script} --option"), &[]);
    assert!(shown == "paged\r\n" && kept.is_some(), "{shown}");
    let (shown, kept) = paged(&|script| format!("'{script}' -P 'my prompt'"), &[]);
    assert!(shown == "paged\r\n" && kept.is_some(), "{shown}");
    let (shown, _) = paged(&|_| "true".to_owned(), &[]);
    assert_eq!(shown, "");
}

// The process ended, and left the pager on a terminal that the shell read too.
#[test]
fn ctrl_c_in_the_pager_is_for_the_pager() {
    let interrupted = |script: &str| format!("kill -INT $PPID; sleep 0.6; kill -INT $PPID; '{script}'");
    let (shown, kept) = paged(&interrupted, &[]);
    assert!(shown == "paged\r\n" && kept.is_some(), "{shown}");
}

#[test]
fn short_tables_other_formats_and_no_pager_are_shown_directly() {
    let itself = |script: &str| script.to_owned();
    for (pager, arguments) in [
        (&itself as &dyn Fn(&str) -> String, &["--limit", "3"][..]),
        (&itself, &["--no-pager"]),
        (&itself, &["--format", "csv"]),
        (&|_| String::new(), &[]),
        (&|_| "cat".to_owned(), &[]),
        (&|_| "no-such-pager".to_owned(), &[]),
        (&|_| "env no-such-pager".to_owned(), &[]),
    ] {
        let (shown, kept) = paged(pager, arguments);
        assert!(shown.contains("Southridge Video"), "{arguments:?}: {shown}");
        assert_eq!(kept, None, "{arguments:?}");
    }
}
