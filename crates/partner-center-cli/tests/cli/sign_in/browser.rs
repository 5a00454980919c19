//! The test as the browser: it reads the address that `login` prints, answers on the page, and posts the form.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use partner_center_emulator::{Emulator, EmulatorBuilder, Entra};

use crate::support::{Run, TestEmulator, beside};

pub(super) struct Desk {
    pub(super) beside: TestEmulator,
    pub(super) directory: tempfile::TempDir,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::with(Emulator::builder().approve_device_codes_after(1).device_interval(1))
    }

    pub(super) fn with(builder: EmulatorBuilder) -> Self {
        Self { beside: beside(builder), directory: tempfile::tempdir().unwrap() }
    }

    pub(super) fn command(&self) -> Command {
        let mut command = self.beside.in_directory(self.directory.path());
        command
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID)
            // Nothing that opens a window.
            .env("BROWSER", if cfg!(windows) { "where /q" } else { "true" });
        for variable in ["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"] {
            command.env_remove(variable);
        }
        command
    }

    pub(super) fn login(&self, arguments: &[&str]) -> Login {
        Login::start(self.command().args(["-vv", "login", "--browser"]).args(arguments))
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.directory.path().join("tokens/default.json").exists()
    }

    /// What must not be shown: all that the sign-in host was sent and is secret.
    pub(super) fn check(&self, run: Run) -> Run {
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
pub(super) struct Login {
    child: Child,
    lines: Receiver<String>,
    seen: String,
    /// The address that it printed.
    pub(super) url: String,
}

impl Login {
    pub(super) fn start(command: &mut Command) -> Self {
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
    pub(super) fn line(&mut self, text: &str) -> String {
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
    pub(super) fn parameter(&self, name: &str) -> String {
        let url = url::Url::parse(&self.url).unwrap();
        url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
    }

    /// `host:port` of the listener.
    pub(super) fn host(&self) -> String {
        self.parameter("redirect_uri").strip_prefix("http://").unwrap().to_owned()
    }

    /// The form that the browser posts to the listener after an answer on the page of the sign-in host.
    pub(super) fn answer(&self, answer: &str) -> String {
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

    pub(super) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.host().replace("localhost", "127.0.0.1")).unwrap()
    }

    pub(super) fn get(&self, target: &str) -> String {
        exchange(self.connect(), format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host()).as_bytes())
    }

    pub(super) fn post(&self, form: &str) -> String {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Origin: null\r\nContent-Length: {}\r\n\r\n{form}",
            self.host(),
            form.len(),
        );
        exchange(self.connect(), request.as_bytes())
    }

    /// Posts the form, and follows the redirect to the last page.
    pub(super) fn follow(&self, form: &str) -> String {
        let onward = self.post(form);
        assert_eq!((status(&onward), header(&onward, "location")), (303, Some("/done")), "{onward}");
        self.get("/done")
    }

    pub(super) fn finish(mut self) -> Run {
        let code = self.child.wait().unwrap().code().unwrap();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(60)) {
            self.seen += &line;
            self.seen.push('\n');
        }
        Run { stdout: String::new(), stderr: self.seen, code }
    }
}

/// Sends bytes, and reads until the connection is closed. Empty if it is closed without a response.
pub(super) fn exchange(mut connection: TcpStream, bytes: &[u8]) -> String {
    connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // The listener may stop reading in the middle.
    let _ = connection.write_all(bytes);
    let mut response = Vec::new();
    let _ = connection.read_to_end(&mut response);
    String::from_utf8(response).unwrap()
}

pub(super) fn status(response: &str) -> u16 {
    response.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

pub(super) fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    let lines = response.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The text of stderr on one line.
pub(super) fn words(run: &Run) -> String {
    run.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
}
