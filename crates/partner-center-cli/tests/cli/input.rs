//! Invalid input, settings and responses: each has its exit code and advice, and leaves stdout empty.

use std::fmt::Write as _;

use partner_center_emulator::Emulator;

use crate::support::{DOCUMENTED, beside, command, command_at, finish, rejections, run, stable};

#[test]
fn invalid_arguments() {
    let _guard = stable();
    let text = rejections(&[
        &["licenses", "deployment", "--customer", "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f"],
        &["licenses", "deployment", "--customer", ""],
        &["licenses", "deployment", "--customer"],
        &["lisenses"],
        &["licenses", "deployment", "--format", "xml"],
        &["licenses", "deployment", "--timeout", "soon"],
        &["licenses", "deployment", "--max-attempts", "0"],
        &["--emulator", "--base-url", "http://127.0.0.1:9", "licenses", "deployment"],
    ]);
    insta::assert_snapshot!("invalid-arguments", text);
}

#[test]
fn invalid_settings_are_reported_before_anything_is_sent() {
    let _guard = stable();
    let mut text = String::new();
    for url in ["nope", "http://api.partnercenter.microsoft.com", "https://user:secret@example.com"] {
        let run = finish(command_at(url).args(["licenses", "deployment"]));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{url}");
        assert!(!run.stderr.contains("secret"), "{run}");
        writeln!(text, "{url}\n{}", run.stderr).unwrap();
    }
    insta::assert_snapshot!("invalid-base-url", text);
    let without_token = run(&["--base-url", "http://example.com", "licenses", "deployment"]);
    assert_eq!(without_token.code, 2, "also without credentials\n{without_token}");
}

#[test]
fn a_missing_token_is_reported_without_a_prompt() {
    let _guard = stable();
    let missing = run(&["licenses", "deployment"]);
    insta::assert_snapshot!("no-token", missing);
    let empty = finish(command().env("PARTNER_CENTER_ACCESS_TOKEN", " ").args(["licenses", "deployment"]));
    assert_eq!(empty.code, 4);
    assert_eq!(empty.stderr, missing.stderr);
    let unusable =
        finish(command().env("PARTNER_CENTER_ACCESS_TOKEN", "two words").args(["licenses", "usage"]));
    assert_eq!(unusable.code, 2, "{unusable}");
    assert!(
        unusable.stderr.contains("PARTNER_CENTER_ACCESS_TOKEN") && !unusable.stderr.contains("two words")
    );
}

#[test]
fn a_refused_connection_is_a_network_error() {
    let _guard = stable();
    let arguments = ["--max-attempts", "1", "licenses", "deployment", "--customer", DOCUMENTED];
    let run = finish(command_at(&partner_center_test_support::unused_url()).args(arguments));
    assert_eq!((run.code, run.stdout.as_str()), (8, ""));
    assert!(run.stderr.contains("could not connect to the service"), "{run}");
    assert!(!run.stderr.contains("panicked") && !run.stderr.contains("Error {"), "{run}");
}

#[test]
fn an_unknown_customer_is_not_found() {
    let beside = beside(Emulator::builder());
    let run = beside.run(&["licenses", "usage", "--customer", "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f05"]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(run.stderr.starts_with("error: no such customer\n"), "{run}");
}

#[test]
fn the_embedded_emulator_ignores_the_users_token_and_base_url() {
    let run = finish(
        command()
            .env("PARTNER_CENTER_BASE_URL", "http://127.0.0.1:1")
            .env("PARTNER_CENTER_ACCESS_TOKEN", "two words")
            .args(["--emulator", "licenses", "deployment"]),
    );
    assert_eq!(run.code, 0, "{run}");
}
