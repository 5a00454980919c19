//! `emulator`: serves until a signal stops it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::support::{DOCUMENTED, command, finish, rejections, stable};

/// An emulator in its own process, killed at the end of the test.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let mut child =
            command().args(["-q", "emulator"]).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim_end().to_owned() }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_another_process() {
    let serving = Serving::start(&["--customers", "1", "--fault", "#1 503(retry-after=0)"]);
    assert!(serving.url.starts_with("http://127.0.0.1:"), "{}", serving.url);
    let run = finish(
        command()
            .env("PARTNER_CENTER_BASE_URL", &serving.url)
            .env("PARTNER_CENTER_ACCESS_TOKEN", "any")
            .args(["licenses", "deployment", "--format", "csv", "--customer", DOCUMENTED]),
    );
    assert_eq!((run.code, run.stdout.lines().count()), (0, 4), "{run}");
}

// The variables it printed were gone in the next shell.
#[test]
fn its_commands_sign_in_and_keep_the_settings() {
    let mut child = command().arg("emulator").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut note = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap) {
        note += line.trim().trim_end_matches('\\');
        if line.contains("--client") {
            break;
        }
        if !line.ends_with('\\') {
            note.push('\n');
        }
    }
    let _serving = Serving { child, url: String::new() };
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &mut dyn Iterator<Item = &str>| {
        let mut command = command();
        let run = finish(command.env("PARTNER_CENTER_CONFIG_DIR", directory.path()).args(arguments));
        assert_eq!(run.code, 0, "{note}\n{run}");
    };
    let commands: Vec<_> = note.lines().filter_map(|line| line.strip_prefix("partner-center ")).collect();
    assert_eq!(commands.len(), 3, "{note}");
    for command in commands {
        run(&mut command.split_whitespace());
    }
    run(&mut "--profile emulator licenses deployment".split_whitespace());
}

#[cfg(unix)]
#[test]
fn a_signal_stops_it() {
    for signal in ["-INT", "-TERM"] {
        let mut serving = Serving::start(&[]);
        let id = serving.child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(serving.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn invalid_arguments() {
    let _guard = stable();
    let text = rejections(&[&["emulator", "--fault", "#1 teapot"], &["emulator", "--processed-on", "soon"]]);
    insta::assert_snapshot!("invalid-emulator-arguments", text);
}
