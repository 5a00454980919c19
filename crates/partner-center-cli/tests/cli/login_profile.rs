//! `login --tenant --client`: the profile that a sign-in writes.

use std::process::Command;

use partner_center_emulator::{Emulator, Entra, FaultScript};

use crate::streams::with_stdin;
use crate::support::{Run, TestEmulator, beside, finish};

/// An emulator that approves sign-ins automatically, and a configuration directory.
struct Desk {
    beside: TestEmulator,
    directory: tempfile::TempDir,
}

impl Desk {
    fn new(file: &str) -> Self {
        Self::with(Emulator::builder().approve_device_codes_after(1).device_interval(1), file)
    }

    fn with(builder: partner_center_emulator::EmulatorBuilder, file: &str) -> Self {
        let desk = Self { beside: beside(builder), directory: tempfile::tempdir().unwrap() };
        if !file.is_empty() {
            std::fs::write(desk.directory.path().join("config.toml"), file).unwrap();
        }
        desk
    }

    /// The binary, configured with the two addresses and the directory only.
    fn command(&self) -> Command {
        self.beside.in_directory(self.directory.path())
    }

    fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command().args(arguments))
    }

    /// The profiles, empty if there is no file.
    fn text(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("config.toml")).unwrap_or_default()
    }

    fn sent(&self) -> usize {
        self.beside.emulator.authority_requests().len() + self.beside.emulator.requests().len()
    }
}

const IDS: [&str; 4] = ["--tenant", Entra::TENANT_ID, "--client", Entra::CLIENT_ID];

fn profile(name: &str, more: &str) -> String {
    format!(
        "[profile.{name}]\ntenant-id = \"{}\"\nclient-id = \"{}\"\n{more}",
        Entra::TENANT_ID,
        Entra::CLIENT_ID
    )
}

#[test]
fn a_sign_in_writes_the_profile_that_later_runs_use() {
    let others = "# Ours.\n[profile.home] # at home\ntenant-id = \"home.example\"\n";
    let changed = "[profile.default]\ntenant-id = \"old.example\" # was it\ncloud = \"global\"\n";
    for (arguments, before, after, notes) in [
        (&[][..], "", profile("default", ""), &["created profile default in "][..]),
        (&["--profile", "work"], "", profile("work", ""), &["created profile work in "]),
        (
            &["--profile", "work"],
            others,
            format!("{others}\n{}", profile("work", "")),
            &["created profile work in "],
        ),
        (
            &["--cloud", "global"],
            "",
            profile("default", "cloud = \"global\"\n"),
            &["with tenant-id, client-id, cloud"],
        ),
        (
            &[],
            changed,
            format!(
                "[profile.default]\ntenant-id = \"{}\" # was it\ncloud = \"global\"\nclient-id = \"{}\"\n",
                Entra::TENANT_ID,
                Entra::CLIENT_ID
            ),
            &["changed profile default in ", "tenant-id was old.example in profile default"],
        ),
        (&[], &profile("default", "# kept"), profile("default", "# kept"), &["is unchanged"]),
    ] {
        let desk = Desk::new(before);
        let login = desk.run(&[arguments, &["login"], &IDS].concat());
        assert_eq!((login.code, login.stdout.as_str()), (0, ""), "{login}");
        for note in notes {
            assert!(login.stderr.contains(note), "{note}\n{login}");
        }
        assert_eq!(desk.text(), after);
        let name = if arguments.contains(&"work") { "work" } else { "default" };
        assert!(desk.directory.path().join(format!("tokens/{name}.json")).exists());
        // Neither arguments nor variables, as in another shell.
        let later = desk.run(&["--profile", name, "licenses", "deployment"]);
        assert_eq!(later.code, 0, "{later}");
    }
}

#[test]
fn the_base_url_of_the_command_line_is_written_and_the_proxy_is_not() {
    let desk = Desk::new("");
    let url = desk.beside.emulator.base_url().to_owned();
    let login =
        desk.run(&[&["login", "--base-url", &url, "--proxy", "http://proxy.example:1"], &IDS[..]].concat());
    assert_eq!(login.code, 0, "{login}");
    assert_eq!(desk.text(), profile("default", &format!("base-url = \"{url}\"\n")));
}

#[test]
fn without_the_arguments_only_a_new_profile_is_written() {
    let with_ids = |desk: &Desk, arguments: &[&str]| {
        let mut command = desk.command();
        command
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID);
        let login = finish(command.args(arguments).arg("login"));
        assert_eq!(login.code, 0, "{login}");
        login
    };
    let desk = Desk::new("");
    let login = with_ids(&desk, &[]);
    assert!(!login.stderr.contains("profile"), "{login}");
    assert_eq!(desk.text(), "");
    let login = with_ids(&desk, &["--profile", "work"]);
    assert!(login.stderr.contains("created profile work"), "{login}");
    assert!(login.stderr.contains("PARTNER_CENTER_TENANT_ID is set and takes precedence"), "{login}");
    assert_eq!(desk.text(), profile("work", ""));

    // The other id may come from the environment.
    let desk = Desk::new("");
    let mut command = desk.command();
    command.env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID);
    let login = finish(command.args(["login", "--tenant", Entra::TENANT_ID]));
    assert_eq!((login.code, desk.text()), (0, profile("default", "")), "{login}");
}

#[test]
fn invalid_arguments_are_refused_before_anything_is_sent() {
    for (arguments, text) in [
        (
            &["--tenant", "no tenant", "--client", Entra::CLIENT_ID][..],
            "the tenant is neither a GUID nor a domain",
        ),
        (&["--tenant", "{\"tenant\":1}", "--client", Entra::CLIENT_ID], "is JSON"),
        (
            &["--tenant", "", "--client", Entra::CLIENT_ID],
            "error: --tenant is empty Give it a value, or leave it out. Nothing was sent.",
        ),
        (&["--tenant", Entra::TENANT_ID, "--client", " "], "--client is empty"),
        (&["--tenant", "''", "--client", Entra::CLIENT_ID], "tenant-id is empty"),
        (
            &["--base-url", "", "--tenant", Entra::TENANT_ID, "--client", Entra::CLIENT_ID],
            "--base-url is empty",
        ),
        (&["--tenant", Entra::TENANT_ID, "--client", "1234"], "the client id is not a GUID"),
        (&["--tenant", Entra::TENANT_ID], "PARTNER_CENTER_CLIENT_ID is not set"),
        (&["--client", Entra::CLIENT_ID], "PARTNER_CENTER_TENANT_ID is not set"),
        (&["--profile", "new"], "pass --tenant and --client"),
        (&["--profile", "a/b", "--tenant", Entra::TENANT_ID], "a profile name may contain"),
        (&["--base-url", "nowhere", "--tenant", Entra::TENANT_ID, "--client", Entra::CLIENT_ID], "base URL"),
    ] {
        let desk = Desk::new("");
        let run = desk.run(&[&["login"], arguments].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}\n{run}");
        let shown = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(text), "{text}\n{run}");
        assert_eq!((desk.sent(), desk.text().as_str()), (0, ""), "{arguments:?}");
    }
    let broken = "[profile.default]\nx = 1\n";
    let desk = Desk::new(broken);
    let run = desk.run(&[&["login"], &IDS[..]].concat());
    assert_eq!((run.code, desk.sent(), desk.text().as_str()), (2, 0, broken), "{run}");
}

#[test]
fn a_sign_in_that_fails_writes_nothing() {
    for script in ["#2 /*/oauth2/* aadsts(53003)", "#1 /*/oauth2/* aadsts(90002)"] {
        let builder = Emulator::builder().approve_device_codes_after(1).device_interval(1);
        let desk = Desk::with(builder.faults(script.parse::<FaultScript>().unwrap()), "");
        let run = desk.run(&[&["--profile", "new", "login"], &IDS[..]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run}");
        assert_eq!(desk.text(), "");
        assert!(!desk.directory.path().join("tokens/new.json").exists());
        // Elsewhere, a profile must exist.
        assert_eq!(desk.run(&["--profile", "new", "licenses", "deployment"]).code, 2);
    }
    // A refresh token that is not accepted.
    let desk = Desk::new("");
    let mut command = desk.command();
    let run = with_stdin(command.args(["login", "--refresh-token-stdin"]).args(IDS), "1.not-issued-here");
    assert_eq!(run.code, 4, "{run}");
    assert_eq!(desk.text(), "");
}

// The sign-in must not be reported as failed with nothing sent.
#[cfg(unix)]
#[test]
fn a_profile_that_cannot_be_written_after_the_sign_in_is_said() {
    let desk = Desk::new("");
    // The lock cannot be opened for writing, not even by root.
    std::fs::create_dir(desk.directory.path().join("config.toml.lock")).unwrap();
    let run = desk.run(&[&["login"], &IDS[..]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
    let shown = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("The sign-in is stored; only the profile was not written"), "{run}");
    assert!(desk.directory.path().join("tokens/default.json").exists());
}
