//! `api`: any endpoint by its path.

use std::process::Stdio;

use partner_center_emulator::{Emulator, FaultScript, documented};
use partner_center_test_support::{FakeServer, Reply, json, ok, reply, unused_url};
use serde_json::Value;

use crate::support::{
    DOCUMENTED, Run, TOKEN, beside, command_at, finish, rejections, run_with_bodies, stable,
};

fn run_at(url: &str, arguments: &[&str]) -> Run {
    finish(command_at(url).arg("api").args(arguments))
}

#[test]
fn the_body_is_written_as_it_came() {
    let beside = beside(Emulator::builder());
    let path = format!("/v1/customers/{DOCUMENTED}/analytics/licenses/deployment");
    let run = beside.run(&["api", &path, "-H", "X-Own: 1", "--query", "a b=c=d"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert_eq!(run.stdout, format!("\u{feff}{}", documented::CUSTOMER_LICENSES_DEPLOYMENT));
    let request = beside.emulator.requests().pop().unwrap();
    assert_eq!((request.method().as_str(), request.query()), ("GET", Some("a%20b=c%3Dd")));
    assert_eq!(request.headers()["x-own"], "1");

    // Bytes that are not text.
    let bytes = [0xFF, 0xFE, 0x00, 0x80];
    let server = FakeServer::repeating([reply(200, &[], bytes)]);
    let output = command_at(server.url()).args(["api", "/v1/x"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &bytes[..]));
}

#[test]
fn include_writes_status_and_headers_first_and_no_secret() {
    let beside = beside(Emulator::builder());
    let run = beside.run(&["api", "-X", "head", "/v1/customers", "--include"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let request = beside.emulator.requests().pop().unwrap();
    assert_eq!(request.method(), "HEAD");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!((lines[0], *lines.last().unwrap()), ("HTTP 200", ""), "{run}");
    let id = request.headers()["ms-requestid"].to_str().unwrap();
    assert!(lines.contains(&format!("ms-requestid: {id}").as_str()), "{run}");
    assert!(lines.contains(&"content-type: application/json"), "{run}");

    let secrets = ["Set-Cookie: session=hush", "X-Echo: Bearer a-token-that-must-not-show", "Api-Key: hush"];
    let server = FakeServer::repeating([reply(200, &secrets, "{}")]);
    let run = run_at(server.url(), &["/v1/x", "-i"]);
    assert!(run.stdout.starts_with("HTTP 200\n") && run.stdout.ends_with("\n\n{}"), "{run}");
    assert!(run.stdout.contains("set-cookie: [redacted]\n"), "{run}");
    assert!(!run.stdout.contains("hush") && !run.stdout.contains(TOKEN), "{run}");
}

#[test]
fn paginate_writes_a_line_for_each_page() {
    let beside = beside(Emulator::builder().customers(23).page_size(10));
    let run = beside.run(&["api", "/v1/customers", "--paginate"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let pages: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let items = pages.iter().flat_map(|page| page["items"].as_array().unwrap());
    let ids: Vec<_> = items.map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    let expected: Vec<_> =
        beside.emulator.book().customers().map(|customer| customer.id.to_string()).collect();
    assert_eq!((pages.len(), ids), (3, expected));
    assert_eq!(beside.emulator.request_count(), 3);
    assert!(!run.stdout.contains('\u{feff}'), "a mark belongs only at the beginning of a file");

    let bodies = ["\u{feff}{ \"n\": 1.50,\n \"nextLink\": \"?p=2\" }", "[ \"a b\" ]\n"];
    let run = run_with_bodies(&bodies, &["api", "/v1/x", "--paginate", "-q"]);
    assert_eq!(run.stdout, "{\"n\":1.50,\"nextLink\":\"?p=2\"}\n[\"a b\"]\n", "{run}");

    // Each page has its head.
    let server = FakeServer::scripted([ok(bodies[0]), ok(bodies[1])]);
    let run = run_at(server.url(), &["/v1/x", "--paginate", "--include"]);
    assert_eq!(run.stdout.matches("HTTP 200\n").count(), 2, "{run}");
}

#[test]
fn pages_before_an_error_are_announced_as_incomplete() {
    let beside = beside(Emulator::builder().customers(23).page_size(10));
    beside.emulator.set_faults("#2- 404".parse::<FaultScript>().unwrap());
    let run = beside.run(&["api", "/v1/customers", "--paginate"]);
    assert_eq!((run.code, run.stdout.lines().count()), (6, 1), "{run}");
    assert!(run.stderr.contains("pages written before the error below: 1"), "{run}");
}

#[test]
fn a_file_appears_only_when_it_is_complete() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("customers.anything");
    let beside = beside(Emulator::builder().customers(23).page_size(10));
    let arguments = ["api", "/v1/customers", "--paginate", "--output", file.to_str().unwrap()];
    beside.emulator.set_faults("#2- 404".parse::<FaultScript>().unwrap());
    let run = beside.run(&arguments);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "nothing is left");
    beside.emulator.set_faults(FaultScript::new());
    let run = beside.run(&arguments);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""), "{run}");
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 3);
}

#[test]
fn every_failure_has_its_exit_code_and_shows_no_body() {
    let fault = |status, code: u32| {
        json(status, format!(r#"{{"code":{code},"description":"d","data":["hush"],"source":"s"}}"#))
    };
    let cases: [(Reply, i32); 9] = [
        (fault(400, 2000), 1),
        (fault(401, 900_421), 4),
        (fault(403, 900_001), 5),
        (reply(404, &[], "<html>hush"), 6),
        (reply(429, &["Retry-After: 0"], "<html>hush"), 7),
        (reply(503, &[], "<html>hush"), 7),
        (Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhush".to_vec()), 8),
        (reply(200, &["Content-Encoding: zstd"], [0x28, 0xB5, 0x2F, 0xFD, 0x80]), 9),
        (reply(302, &["Location: /hush"], ""), 9),
    ];
    for (answer, code) in cases {
        for method in ["GET", "HEAD"] {
            if method == "HEAD" && matches!(code, 8 | 9) {
                continue;
            }
            let answer = if method == "HEAD" { without_body(&answer) } else { answer.clone() };
            let server = FakeServer::repeating([answer.clone()]);
            let run = run_at(server.url(), &["/v1/hush?q=hush", "--method", method, "--max-attempts", "1"]);
            assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{method}: {answer:?}\n{run}");
            assert!(!run.stderr.contains("hush"), "{run}");
        }
    }
    assert_eq!(run_at(&unused_url(), &["/v1/x", "--max-attempts", "1"]).code, 8);
    let page = FakeServer::repeating([ok("<html>hush")]);
    assert_eq!(run_at(page.url(), &["/v1/x", "--paginate"]).code, 9, "only a page must be JSON");
    let verbose = FakeServer::repeating([reply(404, &[], "<html>hush")]);
    assert!(run_at(verbose.url(), &["-vv", "/v1/x"]).stderr.contains("| <html>hush"));
}

/// The head of a reply.
fn without_body(whole: &Reply) -> Reply {
    let (Reply::Bytes(bytes) | Reply::Cut(bytes) | Reply::Stall(bytes)) = whole;
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n").unwrap() + 4;
    Reply::Bytes(bytes[..end].to_vec())
}

#[test]
fn whatever_is_not_a_read_below_the_base_url_is_refused_before_anything_is_sent() {
    let beside = beside(Emulator::builder());
    for (arguments, why) in [
        (&["-X", "POST", "/v1/customers"][..], "GET or HEAD"),
        (&["--method", "DELETE", "/v1/customers"], "GET or HEAD"),
        (&["-X", "HEAD", "--paginate", "/v1/customers"], "HEAD"),
        (&["https://elsewhere.example/v1/customers"], "scheme, host or port"),
        (&["//elsewhere.example/v1/customers"], "two slashes"),
        (&["/v1/../customers"], "dot segment"),
        (&["/v1/%2E%2e/customers"], "dot segment"),
        (&["/v1\\customers"], "backslash"),
        (&["/v1/customers\n"], "control character"),
        (&[""], "empty"),
        (&["/v1/customers", "-H", "Authorization: hush"], "header"),
        (&["/v1/customers", "-H", "Host: hush"], "header"),
        (&["/v1/customers", "-H", "hush"], "--header"),
        (&["/v1/customers", "-H", ": hush"], "--header"),
        (&["/v1/customers", "--query", "hush"], "--query"),
        (&["/v1/customers", "--format", "csv"], "formats"),
        (&["/v1/customers", "--anonymize"], "--anonymize"),
        (&["/v1/customers", "--output", "/no/such/directory/file"], "cannot be written"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = beside.command();
        command.env("PARTNER_CENTER_CONFIG_DIR", directory.path());
        let run = finish(command.arg("api").args(arguments));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}\n{run}");
        assert!(run.stderr.contains(why) && !run.stderr.contains("hush"), "{arguments:?}\n{run}");
    }
    assert_eq!(beside.emulator.request_count(), 0);
}

#[test]
fn invalid_requests() {
    let _guard = stable();
    let text = rejections(&[
        &["--emulator", "-q", "api", "-X", "POST", "/v1/customers"],
        &["--emulator", "-q", "api", "https://elsewhere.example/v1/customers"],
        &["--emulator", "-q", "api", "/v1/customers", "--header", "Authorization: Bearer x"],
        &["--emulator", "-q", "api", "/v1/customers", "--query", "x"],
    ]);
    insta::assert_snapshot!("invalid-api-requests", text);
}
