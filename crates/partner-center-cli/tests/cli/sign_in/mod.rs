//! `login` with a browser: the listener, what it turns away, and when a device code is used instead.

mod browser;
#[cfg(target_os = "linux")]
mod on_a_terminal;

use std::io::Write;
use std::net::{Ipv6Addr, Shutdown, TcpStream};

use partner_center_emulator::{Application, Emulator, Entra};

use self::browser::{Desk, Login, exchange, header, status, words};
use crate::support::finish;

#[test]
fn from_the_browser_to_the_licenses() {
    let desk = Desk::new();
    let login = desk.login(&[]);
    let (url, query) = (login.url.clone(), login.answer("accept"));
    let page = login.follow(&query);
    assert_eq!(status(&page), 200);
    assert!(page.contains("You are signed in. Close this tab and go back to the terminal."), "{page}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "text/html; charset=utf-8"),
        ("connection", "close"),
    ] {
        assert_eq!(header(&page, name), Some(value));
    }
    let policy = header(&page, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    let run = desk.check(login.finish());
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("signed in as robin@partner.onmicrosoft.com"), "{run}");

    let token = desk.beside.emulator.authority_requests().pop().unwrap();
    for never in [token.form("code_verifier").unwrap(), token.form("code").unwrap()] {
        assert!(!url.contains(&never) && !page.contains(&never));
    }
    assert_eq!(token.form("client_secret"), None);
    assert_eq!(desk.beside.emulator.entra().token_requests().authorization_code, 1);
    let licenses = finish(desk.command().args(["licenses", "deployment", "--format", "csv"]));
    assert_eq!(licenses.code, 0, "{licenses}");
}

#[test]
fn other_requests_are_turned_away_and_the_wait_goes_on() {
    let desk = Desk::new();
    let login = desk.login(&[]);
    let query = login.answer("accept");
    let host = login.host();
    // A connection that sends nothing, and one that does not finish.
    let silent = login.connect();
    let mut slow = login.connect();
    slow.write_all(b"GET /?code=").unwrap();

    let get = |target: &str, host: &str| format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let own = |target: &str| get(target, &host);
    let state = login.parameter("state");
    let long = "x".repeat(100_000);
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let many = "X-Many: yes, many\r\n".repeat(1000);
    for (request, expected) in [
        (own("/"), 400),
        (own("/?code=c"), 400),
        (own("/?code=c&state=guess"), 400),
        (own("/?error=access_denied&state=guess"), 400),
        (own(&format!("/?state={state}")), 400),
        (own(&format!("/elsewhere?{query}")), 404),
        (own("/favicon.ico"), 404),
        (own("/done"), 404),
        (get(&format!("/?{query}"), "evil.example"), 400),
        (get(&format!("/?{query}"), "localhost:1"), 400),
        (format!("GET /?{query} HTTP/1.1\r\n\r\n"), 400),
        (format!("POST /?{query} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc"), 400),
        (format!("HEAD /?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n"), 400),
        (
            format!("POST / HTTP/1.1\r\nHost: {host}\r\n{form}Content-Length: 18\r\n\r\ncode=c&state=guess"),
            400,
        ),
        (format!("POST / HTTP/1.1\r\nHost: {host}\r\n{form}Content-Length: 100000\r\n\r\n{long}"), 400),
        (own(&format!("/?code={long}&state=guess")), 431),
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\n{many}\r\n"), 431),
        ("\u{16}\u{3}\u{1}\0\r\n\r\n".to_owned(), 400),
        ("not http\r\n\r\n".to_owned(), 400),
    ] {
        let response = exchange(login.connect(), request.as_bytes());
        let shown: String = request.chars().take(80).collect();
        // Large requests may be cut off before the response is read.
        assert!(
            status(&response) == expected || request.len() > 10_000 && response.is_empty(),
            "{shown:?}: {response}"
        );
        assert!(!response.contains(&state), "{shown:?}: {response}");
    }
    // More connections than are kept open.
    let flood: Vec<TcpStream> = (0..100).map(|_| login.connect()).collect();
    assert!(login.follow(&query).contains("You are signed in"));
    let run = desk.check(login.finish());
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        desk.beside.emulator.entra().token_requests().authorization_code,
        1,
        "nothing else was redeemed"
    );
    drop((silent, slow, flood));
}

#[test]
fn a_second_tab_is_told_that_the_sign_in_is_done() {
    // The sign-in host is slow, so that both tabs come in time.
    let faults = "/*/oauth2/v2.0/token slow-start(ms=500)";
    let faults: partner_center_emulator::FaultScript = faults.parse().unwrap();
    let desk = Desk::with(Emulator::builder().faults(faults));
    let login = desk.login(&[]);
    let query = login.answer("accept");
    // A host that does not post a form redirects with a query.
    let onward = login.get(&format!("/?{query}"));
    assert_eq!(status(&onward), 303);
    let second = login.post(&query);
    assert!(status(&second) == 200 && second.contains("already completed in another tab"), "{second}");
    assert_eq!(status(&login.get("/?code=c&state=guess")), 400);
    assert!(login.get("/done").contains("You are signed in"));
    assert_eq!(desk.check(login.finish()).code, 0);
    assert_eq!(desk.beside.emulator.entra().token_requests().authorization_code, 1);
}

#[test]
fn a_declined_sign_in_ends_like_other_refused_credentials() {
    let desk = Desk::new();
    let login = desk.login(&[]);
    let page = login.follow(&login.answer("cancel"));
    assert!(page.contains("The sign-in was declined. Close this tab"), "{page}");
    let run = desk.check(login.finish());
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("AADSTS65004") && run.stderr.contains("`partner-center login`"), "{run}");
    assert!(!desk.is_signed_in());

    // The redemption fails.
    let faults = "/*/oauth2/v2.0/token aadsts(50076)";
    let faults: partner_center_emulator::FaultScript = faults.parse().unwrap();
    let desk = Desk::with(Emulator::builder().faults(faults));
    let login = desk.login(&[]);
    let page = login.follow(&login.answer("accept"));
    assert!(page.contains("did not succeed") && !page.contains("AADSTS"), "{page}");
    let run = desk.check(login.finish());
    assert!(run.code == 4 && run.stderr.contains("AADSTS50076"), "{run}");
    assert!(!desk.is_signed_in());
}

#[test]
fn the_wait_ends_and_says_what_a_page_without_end_means() {
    const SECRET: (&str, &str) = ("PARTNER_CENTER_CLIENT_SECRET", Entra::CLIENT_SECRET);
    let desk = Desk::new();
    for (variables, flags, expected) in [
        (&[][..], &[][..], ["Mobile and desktop applications", "--device-code"]),
        (&[SECRET], &["--confidential"], ["\"Web\"", "AADSTS50011"]),
        // The secret is sent without the flag too.
        (&[SECRET], &[], ["\"Web\"", "AADSTS50011"]),
    ] {
        let mut command = desk.command();
        command.envs(variables.iter().copied()).args(["login", "--browser", "--timeout", "1"]).args(flags);
        let run = desk.check(finish(&mut command));
        assert_eq!(run.code, 8, "{run}");
        let (while_waiting, at_the_end) = run.stderr.split_once("error: ").unwrap();
        for text in [while_waiting, at_the_end] {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for expected in expected.into_iter().chain(["AADSTS50011", "http://localhost"]) {
                assert!(text.contains(expected), "{expected}\n{run}");
            }
            assert_eq!(text.contains("--device-code"), variables.is_empty(), "{run}");
        }
    }
    assert_eq!(desk.beside.emulator.entra().token_requests().authorization_code, 0);
}

// The browser was opened, and then `login` panicked.
#[test]
fn a_time_limit_of_more_than_a_day_is_refused_before_anything_is_sent() {
    let desk = Desk::new();
    for arguments in
        [&["login", "--browser"][..], &["login", "--device-code"], &["logout"], &["licenses", "deployment"]]
    {
        for time in ["86401", "18446744073709551615"] {
            let run = desk.check(finish(desk.command().args(arguments).args(["--timeout", time])));
            assert_eq!(run.code, 2, "{run}");
            assert!(words(&run).contains("more than 0 and at most one day"), "{run}");
        }
    }
    assert_eq!(desk.beside.emulator.authority_requests().len(), 0);
}

#[test]
fn a_confidential_application_redeems_with_its_credential() {
    const CLIENT: &str = "22222222-0b1d-4c77-8e2e-6d5f3a1b9c40";
    let application = Application::new(CLIENT).secret("the-s3cret-of-the-app");
    let desk = Desk::with(Emulator::builder().application(application));
    let command = |secret: Option<&str>, flags: &[&str]| {
        let mut command = desk.command();
        command.env("PARTNER_CENTER_CLIENT_ID", CLIENT);
        secret.map(|secret| command.env("PARTNER_CENTER_CLIENT_SECRET", secret));
        command.args(["-vv", "login"]).args(flags);
        command
    };
    let missing = desk.check(finish(&mut command(None, &["--browser", "--confidential"])));
    assert_eq!(missing.code, 2, "{missing}");
    assert!(missing.stderr.contains("PARTNER_CENTER_CLIENT_SECRET"), "{missing}");
    // Device codes are for public clients.
    let unseen = desk.check(finish(&mut command(Some("the-s3cret-of-the-app"), &["--confidential"])));
    assert!(unseen.code == 2 && unseen.stderr.contains("needs a browser on this machine"), "{unseen}");
    assert_eq!(desk.beside.emulator.authority_requests().len(), 0, "nothing was sent");

    for (secret, code) in [("the-s3cret-of-the-app", 0), ("not-the-s3cret-at-all", 4)] {
        let login = Login::start(&mut command(Some(secret), &["--browser", "--confidential"]));
        assert!(!login.url.contains(secret));
        let page = login.follow(&login.answer("accept"));
        assert_eq!(page.contains("You are signed in"), code == 0, "{page}");
        let run = desk.check(login.finish());
        assert_eq!(run.code, code, "{run}");
        let token = desk.beside.emulator.authority_requests().pop().unwrap();
        assert_eq!(token.form("client_secret").as_deref(), Some(secret));
        assert!(token.form("code_verifier").is_some());
    }
}

#[test]
fn without_a_terminal_a_device_code_is_used() {
    let desk = Desk::new();
    let automatic = desk.check(finish(desk.command().arg("login")));
    assert_eq!(automatic.code, 0, "{automatic}");
    assert!(words(&automatic).contains("using a device code, because stderr is not a terminal; --browser"));
    for flag in ["--device-code", "--no-browser"] {
        let requested = desk.check(finish(desk.command().args(["login", flag])));
        assert_eq!(requested.code, 0, "{requested}");
        assert!(!requested.stderr.contains("because"), "{requested}");
    }
    let counts = desk.beside.emulator.entra().token_requests();
    assert_eq!((counts.device_authorization, counts.authorization_code), (3, 0));
}

#[test]
fn both_loopback_addresses_are_served() {
    let desk = Desk::new();
    let login = desk.login(&[]);
    let query = login.answer("accept");
    let (_, port) =
        login.host().split_once(':').map(|(name, port)| (name.to_owned(), port.to_owned())).unwrap();
    // Not every machine has IPv6.
    if let Ok(six) = TcpStream::connect((Ipv6Addr::LOCALHOST, port.parse().unwrap())) {
        let response = exchange(six, format!("GET / HTTP/1.1\r\nHost: [::1]:{port}\r\n\r\n").as_bytes());
        assert_eq!(status(&response), 400, "{response}");
    }
    let mut half = login.connect();
    half.write_all(b"GET /done").unwrap();
    half.shutdown(Shutdown::Write).unwrap();
    login.follow(&query);
    assert_eq!(desk.check(login.finish()).code, 0);
}
