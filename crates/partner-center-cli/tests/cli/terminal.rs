//! Terminal output: external text cannot control a terminal, and no secret is shown, whatever a host sends.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use partner_center_emulator::Entra;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{Run, TOKEN, command, finish};

/// A host that computes its response from the request. Serves until the test ends.
fn host(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = request(&mut stream);
            let (status, body) = answer(&request);
            let _ = write!(
                stream,
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

fn request(stream: &mut TcpStream) -> String {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or_default() {
                return text;
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

/// What a run writes to a terminal as stdout.
fn on_terminal(command: &mut Command) -> String {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = File::options().read(true).write(true).open(name).unwrap();
    let mut child = command.stdin(Stdio::null()).stdout(terminal).stderr(Stdio::null()).spawn().unwrap();
    // Closes this process's handle, so that reading reaches the end.
    command.stdout(Stdio::null());
    let (mut master, mut shown) = (File::from(master), Vec::new());
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = master.read(&mut piece) {
        shown.extend_from_slice(&piece[..read]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(shown).unwrap()
}

const CUSTOMERS: &str = r#"{"totalCount":1,"items":[{"id":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","companyProfile":{
    "tenantId":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","domain":"a\u001b]0;gone\u0007.example",
    "companyName":"Fabrikam \u001b[2J\u009b2K\u202eresu\u2066\u200f\u0000\u007f Ltd"},
    "relationshipToPartner":"reseller"}]}"#;

// R11
#[test]
fn external_text_cannot_control_a_terminal_in_any_format() {
    let url = host(|_| (200, CUSTOMERS.to_owned()));
    let list = |format: &str| {
        let mut command = command();
        command.env("PARTNER_CENTER_ACCESS_TOKEN", TOKEN).env("PARTNER_CENTER_BASE_URL", &url);
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

// R11
#[test]
fn the_sign_in_code_cannot_control_a_terminal() {
    let url = host(|request| {
        if request.contains("devicecode") {
            let code = "{\"device_code\":\"d\",\"user_code\":\"AB\\u001b[2J\\u202eCD\",\
                        \"verification_uri\":\"https://example.com/\\u009bx\",\"expires_in\":60,\"interval\":1}";
            (200, code.to_owned())
        } else {
            (400, r#"{"error":"authorization_declined","error_description":"AADSTS\u001b[31m"}"#.to_owned())
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let run = finish(
        command()
            .env("PARTNER_CENTER_CONFIG_DIR", directory.path())
            .env("PARTNER_CENTER_AUTHORITY", &url)
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

// R18
#[test]
fn a_host_that_repeats_what_it_was_sent_shows_no_secret() {
    let token = "eyJ0eXAiOiJKV1Qi.eyJhdWQi/+x==.c2lnbmF0dXJl_-";
    for (place, form) in forms(token).into_iter().enumerate() {
        for shape in 0..4 {
            let form = form.clone();
            let url = host(move |_| {
                let said = format!("you sent Authorization: Bearer {form} to us");
                let quoted = serde_json::to_string(&said).unwrap();
                match shape {
                    0 => (403, format!(r#"{{"code":"900001","description":{quoted}}}"#)),
                    1 => (400, format!(r#"{{"error":{{"code":{quoted},"message":{quoted}}}}}"#)),
                    2 => (404, quoted),
                    _ => (404, format!("<html><title>{said}</title></html>")),
                }
            });
            for format in ["json", "csv"] {
                let run = finish(
                    command()
                        .env("PARTNER_CENTER_ACCESS_TOKEN", token)
                        .env("PARTNER_CENTER_BASE_URL", &url)
                        .args(["-vv", "--max-attempts", "1", "licenses", "deployment", "--format", format])
                        .args(["-c", crate::support::DOCUMENTED]),
                );
                assert_ne!(run.code, 0, "{run}");
                holds_none(&run, token, &format!("form {place}, shape {shape}"));
            }
        }
    }
}

// R18
#[test]
fn a_sign_in_host_that_repeats_what_it_was_sent_shows_no_secret() {
    let (refresh, secret) = ("0.AXg~refresh/token+with=signs", "client~8Q/secret+x=");
    for place in 0..forms(refresh).len() {
        let said = format!("{} {}", forms(refresh)[place], forms(secret)[place]);
        let url = host(move |_| {
            let quoted = serde_json::to_string(&format!("AADSTS9002313: {said}")).unwrap();
            (
                400,
                format!(
                    r#"{{"error":"invalid_request","error_description":{quoted},"error_codes":[9002313]}}"#
                ),
            )
        });
        for arguments in [
            &["-vv", "licenses", "usage"][..],
            &["doctor", "--format", "json"],
            &["doctor", "--format", "table"],
        ] {
            let run = finish(
                command()
                    .env("PARTNER_CENTER_REFRESH_TOKEN", refresh)
                    .env("PARTNER_CENTER_CLIENT_SECRET", secret)
                    .env("PARTNER_CENTER_AUTHORITY", &url)
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
