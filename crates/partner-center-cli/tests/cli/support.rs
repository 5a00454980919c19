//! Runs the binary without this machine's settings, and formats the result for a snapshot.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use partner_center_emulator::{Emulator, EmulatorBuilder};
use partner_center_test_support::{FakeServer, ok};

/// The documented customer, with the rows of the documented example.
pub(crate) const DOCUMENTED: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

/// The result of a run.
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code: {}\n----- stdout\n{}----- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// The binary, with an environment without settings.
pub(crate) fn command() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("partner-center"));
    for (name, _) in std::env::vars_os() {
        let settings = ["PARTNER_CENTER_", "CLICOLOR", "NO_COLOR", "COLUMNS", "RUST_LOG", "PAGER", "LESS"];
        let is_setting = |name: &str| {
            settings.iter().any(|setting| name.starts_with(setting))
                || name.to_lowercase().ends_with("_proxy")
        };
        if name.to_str().is_some_and(is_setting) {
            command.env_remove(name);
        }
    }
    command.env("PARTNER_CENTER_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/nobody-is-signed-in"));
    command
}

pub(crate) fn finish(command: &mut Command) -> Run {
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("not killed by a signal"),
    }
}

/// Runs the binary.
pub(crate) fn run(arguments: &[&str]) -> Run {
    finish(command().args(arguments))
}

/// Runs the binary with its embedded emulator.
pub(crate) fn embedded(arguments: &[&str]) -> Run {
    finish(command().arg("--emulator").args(arguments))
}

/// An emulator in the test process, which records the requests of the binary.
pub(crate) struct TestEmulator {
    pub(crate) emulator: Emulator,
    runtime: tokio::runtime::Runtime,
}

/// The token the binary is given.
pub(crate) const TOKEN: &str = "a-token-that-must-not-show";

pub(crate) fn beside(builder: EmulatorBuilder) -> TestEmulator {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let emulator = runtime.block_on(builder.accept_token(TOKEN).start()).unwrap();
    TestEmulator { emulator, runtime }
}

impl TestEmulator {
    /// The binary, configured with this emulator's two hosts and a directory of the test for its sign-ins.
    pub(crate) fn in_directory(&self, directory: &Path) -> Command {
        let mut command = command();
        command
            .env("PARTNER_CENTER_BASE_URL", self.emulator.base_url())
            .env("PARTNER_CENTER_AUTHORITY", self.emulator.authority())
            .env("PARTNER_CENTER_CONFIG_DIR", directory);
        command
    }

    pub(crate) fn command(&self) -> Command {
        command_at(self.emulator.base_url())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let run = finish(self.command().args(arguments));
        assert!(!run.stdout.contains(TOKEN) && !run.stderr.contains(TOKEN), "the token shows:\n{run}");
        run
    }
}

impl Drop for TestEmulator {
    fn drop(&mut self) {
        // The emulator's tasks must be dropped inside the runtime.
        let _guard = self.runtime.enter();
    }
}

/// The binary, configured with this service.
pub(crate) fn command_at(url: &str) -> Command {
    let mut command = command();
    command.env("PARTNER_CENTER_BASE_URL", url).env("PARTNER_CENTER_ACCESS_TOKEN", TOKEN);
    command
}

/// Runs the binary with a service that sends these bodies one after the other, whatever the request.
pub(crate) fn run_with_bodies(bodies: &[&str], arguments: &[&str]) -> Run {
    let server = FakeServer::scripted(bodies.iter().map(ok));
    finish(command_at(server.url()).args(arguments))
}

/// The messages of runs with invalid arguments, for one snapshot. Nothing may be written to stdout.
pub(crate) fn rejections(cases: &[&[&str]]) -> String {
    let mut text = String::new();
    for arguments in cases {
        let run = run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}\n{run}");
        writeln!(text, "{arguments:?}\n{}", run.stderr).unwrap();
    }
    text
}

/// Filters values that differ between runs out of a snapshot.
pub(crate) fn stable() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d+ (day|month|year)s? old|of today", "[age]");
    settings.add_filter(r"(?m)^(  (?:request|correlation) id\s+)[0-9a-f-]{36}$", "$1[id]");
    settings.add_filter(r"correlation id [0-9a-f-]{36}", "correlation id [id]");
    settings.add_filter(r#""(requestId|correlationId)":"[0-9a-f-]{36}""#, r#""$1":"[id]""#);
    settings.add_filter(r"\d+ (second|minute)s?\b", "[time]");
    settings.add_filter(r"/\S*/\.tmp\w+", "[directory]");
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("../snapshots");
    settings.bind_to_scope()
}

/// A splitmix generator: the same numbers in every run of the test.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    #[allow(dead_code, reason = "one of the two test binaries draws only numbers")]
    pub(crate) fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        let index = usize::try_from(self.below(u64::try_from(choices.len()).unwrap())).unwrap();
        choices[index]
    }
}
