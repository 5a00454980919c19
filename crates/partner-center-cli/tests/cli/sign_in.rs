//! `login` with a browser: the listener, what it turns away, and when a device code is used instead.
//!
//! The test is the browser: it reads the address that `login` prints, and follows it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv6Addr, Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use partner_center_emulator::{Application, Emulator, EmulatorBuilder, Entra};

use crate::support::{Run, TestEmulator, beside, finish};

struct Desk {
    beside: TestEmulator,
    directory: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::with(Emulator::builder().approve_device_codes_after(1).device_interval(1))
    }

    fn with(builder: EmulatorBuilder) -> Self {
        Self { beside: beside(builder), directory: tempfile::tempdir().unwrap() }
    }

    fn command(&self) -> Command {
        let mut command = self.beside.in_directory(self.directory.path());
        command
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID)
            // Nothing that opens a window.
            .env("BROWSER", "true");
        for variable in ["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"] {
            command.env_remove(variable);
        }
        command
    }

    fn login(&self, arguments: &[&str]) -> Login {
        Login::start(self.command().args(["-vv", "login", "--browser"]).args(arguments))
    }

    fn is_signed_in(&self) -> bool {
        self.directory.path().join("tokens/default.json").exists()
    }

    /// What must not be shown: all that the sign-in host was sent and is secret.
    fn check(&self, run: Run) -> Run {
        assert_eq!(run.stdout, "", "{run}");
        for request in self.beside.emulator.authority_requests() {
            for name in ["code", "code_verifier", "client_secret", "refresh_token"] {
                if let Some(secret) = request.form(name) {
                    assert!(!run.stderr.contains(&secret), "{name} shows\n{run}");
                }
            }
        }
        let stored = std::fs::read_to_string(self.directory.path().join("tokens/default.json"));
        let stored: serde_json::Value = serde_json::from_str(&stored.unwrap_or_default()).unwrap_or_default();
        if let Some(token) = stored["refresh_token"].as_str() {
            assert!(!run.stderr.contains(token), "the refresh token shows\n{run}");
        }
        run
    }
}

/// A running `login`.
struct Login {
    child: Child,
    lines: Receiver<String>,
    seen: String,
    /// The address that it printed.
    url: String,
}

impl Login {
    fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        let mut login = Self { child, lines, seen: String::new(), url: String::new() };
        let line = login.line("/oauth2/v2.0/authorize?");
        line.trim().clone_into(&mut login.url);
        login
    }

    /// The next line with a text.
    fn line(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|_| panic!("no line with {text:?} in\n{}", self.seen));
            self.seen += &line;
            self.seen.push('\n');
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The value of a parameter of the address.
    fn parameter(&self, name: &str) -> String {
        let url = url::Url::parse(&self.url).unwrap();
        url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
    }

    /// `host:port` of the listener.
    fn host(&self) -> String {
        self.parameter("redirect_uri").strip_prefix("http://").unwrap().to_owned()
    }

    /// The form that the browser posts to the listener after an answer on the page of the sign-in host.
    fn answer(&self, answer: &str) -> String {
        let (address, query) = self.url.split_once('?').unwrap();
        let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let form = format!("{query}&answer={answer}");
        let length = form.len();
        let response = exchange(
            TcpStream::connect(host).unwrap(),
            format!("POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{form}")
                .as_bytes(),
        );
        assert!(response.contains(&format!(r#"action="http://{}/""#, self.host())), "{response}");
        let fields = response.split(r#"<input type="hidden" name=""#).skip(1);
        let pairs = fields.map(|field| {
            // `code" value="..">`
            let parts: Vec<_> = field.split('"').collect();
            format!("{}={}", parts[0], parts[2].replace(' ', "+"))
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.host().replace("localhost", "127.0.0.1")).unwrap()
    }

    fn get(&self, target: &str) -> String {
        exchange(self.connect(), format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host()).as_bytes())
    }

    fn post(&self, form: &str) -> String {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Origin: null\r\nContent-Length: {}\r\n\r\n{form}",
            self.host(),
            form.len(),
        );
        exchange(self.connect(), request.as_bytes())
    }

    /// Posts the form, and follows the redirect to the last page.
    fn follow(&self, form: &str) -> String {
        let onward = self.post(form);
        assert_eq!((status(&onward), header(&onward, "location")), (303, Some("/done")), "{onward}");
        self.get("/done")
    }

    fn finish(mut self) -> Run {
        let code = self.child.wait().unwrap().code().unwrap();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(60)) {
            self.seen += &line;
            self.seen.push('\n');
        }
        Run { stdout: String::new(), stderr: self.seen, code }
    }
}

/// Sends bytes, and reads until the connection is closed. Empty if it is closed without a response.
fn exchange(mut connection: TcpStream, bytes: &[u8]) -> String {
    connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // The listener may stop reading in the middle.
    let _ = connection.write_all(bytes);
    let mut response = Vec::new();
    let _ = connection.read_to_end(&mut response);
    String::from_utf8(response).unwrap()
}

fn status(response: &str) -> u16 {
    response.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    let lines = response.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The text of stderr on one line.
fn words(run: &Run) -> String {
    run.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
}

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
    let desk = Desk::new();
    for (flags, expected) in [
        (&[][..], ["Mobile and desktop applications", "--device-code"]),
        (&["--confidential"], ["\"Web\"", "AADSTS50011"]),
    ] {
        let mut command = desk.command();
        command
            .env("PARTNER_CENTER_CLIENT_SECRET", Entra::CLIENT_SECRET)
            .args(["login", "--browser", "--timeout", "1"])
            .args(flags);
        let run = desk.check(finish(&mut command));
        assert_eq!(run.code, 8, "{run}");
        let (while_waiting, at_the_end) = run.stderr.split_once("error: ").unwrap();
        for text in [while_waiting, at_the_end] {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for expected in expected.into_iter().chain(["AADSTS50011", "http://localhost"]) {
                assert!(text.contains(expected), "{expected}\n{run}");
            }
        }
    }
    assert_eq!(desk.beside.emulator.entra().token_requests().authorization_code, 0);
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
    assert!(words(&automatic).contains("a device code, because stderr is not a terminal; --browser"));
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

#[cfg(unix)]
mod on_a_terminal {
    use std::fs::File;
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;

    /// Runs with stderr as a terminal.
    fn run(command: &mut Command) -> Run {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let terminal = File::options().read(true).write(true).open(name).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(terminal).spawn().unwrap();
        command.stderr(Stdio::null());
        let (mut master, mut shown) = (File::from(master), Vec::new());
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = master.read(&mut piece) {
            shown.extend_from_slice(&piece[..read]);
        }
        let code = child.wait().unwrap().code().unwrap();
        Run { stdout: String::new(), stderr: String::from_utf8(shown).unwrap(), code }
    }

    /// A browser that keeps the address it is given.
    fn browser(desk: &Desk) -> (std::path::PathBuf, std::path::PathBuf) {
        let (script, opened) = (desk.directory.path().join("browser"), desk.directory.path().join("opened"));
        let text = format!("#!/bin/sh\nprintf '%s' \"$1\" > '{}'\n", opened.display());
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
        (script, opened)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_desktop_opens_its_browser() {
        let desk = Desk::new();
        let (script, opened) = browser(&desk);
        let mut command = desk.command();
        command.env("BROWSER", &script).env("DISPLAY", ":0").args([
            "login",
            "--color",
            "never",
            "--timeout",
            "2",
        ]);
        let shown = run(&mut command);
        assert_eq!(shown.code, 8, "{shown}");
        let url = std::fs::read_to_string(opened).unwrap();
        assert!(
            shown.stderr.replace(['\r', '\n'], "").contains(&url),
            "the same address is printed\n{shown}"
        );
        assert!(url.contains("code_challenge=") && !url.contains("verifier"), "{url}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_display_over_ssh_or_without_a_browser_a_device_code_is_used() {
        for (variables, why) in [
            (&[][..], "there is no display"),
            (&[("DISPLAY", "")], "there is no display"),
            (&[("DISPLAY", ":0"), ("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")], "over SSH"),
            (
                &[("WAYLAND_DISPLAY", "wayland-0"), ("BROWSER", ""), ("PATH", "")],
                "no browser could be opened",
            ),
        ] {
            let desk = Desk::new();
            let mut command = desk.command();
            command.envs(variables.iter().copied()).args(["login", "--color", "never"]);
            let shown = run(&mut command);
            assert_eq!(shown.code, 0, "{why}\n{shown}");
            assert!(words(&shown).contains(why), "{why}\n{shown}");
            let counts = desk.beside.emulator.entra().token_requests();
            assert_eq!((counts.device_authorization, counts.authorization_code), (1, 0), "{why}");
        }
    }

    #[test]
    fn a_requested_browser_that_cannot_be_opened_leaves_the_address() {
        let desk = Desk::new();
        let mut command = desk.command();
        command.env("BROWSER", "").env("PATH", "").args(["login", "--browser", "--timeout", "2"]);
        let shown = finish(&mut command);
        assert_eq!(shown.code, 8, "{shown}");
        if cfg!(target_os = "linux") {
            assert!(words(&shown).contains("open the address above yourself"), "{shown}");
        }
        assert_eq!(desk.beside.emulator.entra().token_requests().device_authorization, 0);
    }
}
