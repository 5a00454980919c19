//! Input with quotes, byte order marks and UTF-16 is normalized, wherever it is read.

use partner_center_emulator::{Emulator, Entra};

use crate::streams::with_stdin;
use crate::support::{DOCUMENTED, TOKEN, beside, finish};

/// A text in the encodings that tools use.
fn encodings(text: &str) -> [(&'static str, Vec<u8>); 4] {
    let utf16 =
        |bytes: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect();
    [
        ("plain", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
    ]
}

#[test]
fn a_token_on_stdin() {
    let beside = beside(Emulator::builder());
    let directory = tempfile::tempdir().unwrap();
    let login = |bytes: &[u8]| {
        let mut command = beside.in_directory(directory.path());
        command
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID);
        with_stdin(command.args(["login", "--refresh-token-stdin"]), bytes)
    };
    for form in ["{}", "{}\r\n", "\"{}\"\r\n", "'{}'\n", "Bearer {}", "  {}  "] {
        for place in 0..4 {
            let token = beside.emulator.entra().issue_refresh_token();
            let (encoding, bytes) = encodings(&form.replace("{}", &token))[place].clone();
            let run = login(&bytes);
            assert_eq!(run.code, 0, "{form} {encoding}\n{run}");
        }
    }
    let requests = beside.emulator.entra().token_requests().refresh_token;
    for json in [r#"{"refresh_token":"rt-secret-x"}"#, "{\r\n \"access_token\": \"rt-secret-x\"\r\n}"] {
        for (encoding, bytes) in encodings(json) {
            let run = login(&bytes);
            assert_eq!(run.code, 2, "{encoding}\n{run}");
            assert!(run.stderr.contains("JSON") && !run.stderr.contains("rt-secret-x"), "{run}");
        }
    }
    let without_mark: Vec<u8> = "rt-secret-x".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [&without_mark[..], b"\xff\xfe\x00"] {
        let run = login(bytes);
        assert!(run.code == 2 && run.stderr.contains("UTF-8"), "{run}");
    }
    assert_eq!(beside.emulator.entra().token_requests().refresh_token, requests, "nothing was sent");
}

#[test]
fn environment_variables() {
    let beside = beside(Emulator::builder());
    let list = |token: &str, url: &str| {
        let mut command = beside.command();
        command.env("PARTNER_CENTER_ACCESS_TOKEN", token).env("PARTNER_CENTER_BASE_URL", url);
        finish(command.args(["--quiet", "customers", "list"]))
    };
    let url = beside.emulator.base_url();
    for form in ["{}", "\u{feff}{}", "\"{}\"", "'{}'", "Bearer {}", "\"bearer {}\"", "{}\r", " {} "] {
        let run = list(&form.replace("{}", TOKEN), url);
        assert_eq!(run.code, 0, "{form}\n{run}");
        if !form.contains("earer") {
            let run = list(TOKEN, &form.replace("{}", url));
            assert_eq!(run.code, 0, "{form}\n{run}");
        }
    }
    let requests = beside.emulator.request_count();
    let json = list(r#"{"access_token":"at-secret-x"}"#, url);
    assert!(json.code == 2 && json.stderr.contains("PARTNER_CENTER_ACCESS_TOKEN is JSON"), "{json}");
    assert!(!json.stderr.contains("at-secret-x"), "{json}");
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        // What remains of a UTF-16 file in a variable.
        let mut command = beside.command();
        command.env("PARTNER_CENTER_ACCESS_TOKEN", OsStr::from_bytes(b"\xff\xfeat-x"));
        let run = finish(command.args(["customers", "list"]));
        assert!(run.code == 2 && run.stderr.contains("UTF-16"), "{run}");
    }
    assert_eq!(beside.emulator.request_count(), requests, "nothing was sent");
}

#[test]
fn ids_on_the_command_line() {
    let beside = beside(Emulator::builder());
    let ask = |id: &str| beside.run(&["--quiet", "licenses", "deployment", "--format", "csv", "-c", id]);
    let right = ask(DOCUMENTED);
    assert_eq!(right.code, 0, "{right}");
    for form in ["{{}}", "({})", "\"{}\"", "'{}'", "\u{feff}{}", "{}\r\n", "\"{{}}\""] {
        let run = ask(&form.replace("{}", DOCUMENTED));
        assert_eq!((run.code, &run.stdout), (0, &right.stdout), "{form}\n{run}");
    }
    let json = ask(&format!(r#"{{"id":"{DOCUMENTED}"}}"#));
    assert!(json.code == 2 && json.stderr.contains("JSON"), "{json}");
}

#[test]
fn profiles_and_rules() {
    let beside = beside(Emulator::builder());
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let url = beside.emulator.base_url();
    let profile =
        format!("[profile.default]\r\nbase-url = \"{url}\"\r\ntenant-id = \"{{{}}}\"\r\n", Entra::TENANT_ID);
    let rules = "[[ignore]]\r\nproduct = \"*\"\r\n";
    for place in 0..4 {
        let (encoding, bytes) = encodings(&profile)[place].clone();
        std::fs::write(path("config.toml"), bytes).unwrap();
        std::fs::write(path("rules.toml"), &encodings(rules)[place].1).unwrap();
        let mut command = beside.in_directory(directory.path());
        command.env_remove("PARTNER_CENTER_BASE_URL").env("PARTNER_CENTER_ACCESS_TOKEN", TOKEN);
        let run = finish(
            command
                .args(["licenses", "funnel", "-c", DOCUMENTED, "--format", "csv", "--ignore"])
                .arg(path("rules.toml")),
        );
        assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{encoding}\n{run}");
        let mut doctor = beside.in_directory(directory.path());
        let doctor =
            finish(doctor.env("PARTNER_CENTER_ACCESS_TOKEN", TOKEN).args(["doctor", "--format", "json"]));
        let id = format!("\"value\": \"{}\"", Entra::TENANT_ID);
        assert!(doctor.stdout.contains(&id), "{encoding}\n{doctor}");
    }
    let unmarked: Vec<u8> = profile.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(path("config.toml"), &unmarked).unwrap();
    let mut command = beside.in_directory(directory.path());
    let run = finish(command.env("PARTNER_CENTER_ACCESS_TOKEN", TOKEN).args(["customers", "list"]));
    assert!(run.code == 2 && run.stderr.contains("UTF-8") && run.stderr.contains("config.toml"), "{run}");
}
