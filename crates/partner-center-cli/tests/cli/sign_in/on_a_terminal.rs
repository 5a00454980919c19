//! `login` with stderr as a terminal: it chooses between a browser and a device code.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::browser::{Desk, words};
use crate::streams::on_terminal;
use crate::support::{Run, finish};

/// Runs with stderr as a terminal.
fn run(command: &mut Command) -> Run {
    let (stderr, code) = on_terminal(command, Command::stderr);
    Run { stdout: String::new(), stderr, code }
}

/// A browser that keeps the address it is given.
fn browser(desk: &Desk) -> (std::path::PathBuf, std::path::PathBuf) {
    let (script, opened) = (desk.directory.path().join("browser"), desk.directory.path().join("opened"));
    let text = format!("#!/bin/sh\nprintf '%s' \"$1\" > '{}'\n", opened.display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    (script, opened)
}

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
    assert!(shown.stderr.replace(['\r', '\n'], "").contains(&url), "the same address is printed\n{shown}");
    assert!(url.contains("code_challenge=") && !url.contains("verifier"), "{url}");
}

#[test]
fn without_a_display_over_ssh_or_without_a_browser_a_device_code_is_used() {
    for (variables, why) in [
        (&[][..], "there is no display"),
        (&[("DISPLAY", "")], "there is no display"),
        (&[("DISPLAY", ":0"), ("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")], "over SSH"),
        (&[("WAYLAND_DISPLAY", "wayland-0"), ("BROWSER", ""), ("PATH", "")], "no browser could be opened"),
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
    assert!(words(&shown).contains("open the address above yourself"), "{shown}");
    assert_eq!(desk.beside.emulator.entra().token_requests().device_authorization, 0);
}
