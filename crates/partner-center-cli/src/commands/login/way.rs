//! How a user signs in: with a browser on this machine, or with a device code.

use std::env;
use std::io::{self, IsTerminal};

use crate::args::Login;
use crate::exit::Exit;
use crate::problem::Problem;

/// How a user signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Browser,
    DeviceCode,
    /// A device code, although none was requested: why no browser is opened.
    DeviceCodeBecause(&'static str),
}

/// What determines whether a browser can be opened on this machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    terminal: bool,
    remote: bool,
    display: bool,
}

impl Machine {
    /// This machine.
    pub(super) fn this() -> Self {
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        // On other systems a browser needs no variable.
        let needs_display = cfg!(all(unix, not(target_os = "macos")));
        Self {
            // The address and the notes are written to stderr.
            terminal: io::stderr().is_terminal(),
            remote: is_set("SSH_CONNECTION") || is_set("SSH_TTY"),
            display: !needs_display || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
        }
    }

    /// Why the user's browser cannot be opened on this machine.
    fn obstacle(self) -> Option<&'static str> {
        if !self.terminal {
            Some("stderr is not a terminal")
        } else if self.remote {
            Some("this is a session over SSH")
        } else if !self.display {
            Some("there is no display")
        } else {
            None
        }
    }
}

/// Chooses by the arguments, or else by the machine.
pub(super) fn choose(arguments: &Login, machine: Machine) -> Result<Way, Problem> {
    match machine.obstacle() {
        _ if arguments.device_code => Ok(Way::DeviceCode),
        None => Ok(Way::Browser),
        Some(_) if arguments.browser => Ok(Way::Browser),
        Some(why) if arguments.confidential => {
            Err(Problem::new(Exit::Usage, format!("--confidential needs a browser on this machine, but {why}"))
                .advice(
                    "To open the address yourself, add --browser: the browser must reach this machine as localhost. Or \
                     sign in on another machine and pass its refresh token to --refresh-token-stdin.",
                ))
        }
        Some(why) => Ok(Way::DeviceCodeBecause(why)),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    const DESKTOP: Machine = Machine { terminal: true, remote: false, display: true };

    fn way(flags: &[&str], machine: Machine) -> Result<Way, Exit> {
        let cli = Cli::try_parse_from(["partner-center", "login"].iter().chain(flags)).unwrap();
        let Command::Login(arguments) = cli.command else { panic!("another command") };
        choose(&arguments, machine).map_err(|problem| problem.exit())
    }

    #[test]
    fn the_machine_decides_unless_a_flag_does() {
        let pipe = Machine { terminal: false, ..DESKTOP };
        let remote = Machine { remote: true, ..DESKTOP };
        let headless = Machine { display: false, ..DESKTOP };
        assert_eq!(way(&[], DESKTOP), Ok(Way::Browser));
        assert_eq!(way(&["--confidential"], DESKTOP), Ok(Way::Browser));
        for (machine, why) in [(pipe, "stderr"), (remote, "SSH"), (headless, "display")] {
            assert!(matches!(way(&[], machine), Ok(Way::DeviceCodeBecause(said)) if said.contains(why)));
            assert_eq!(way(&["--confidential"], machine), Err(Exit::Usage));
        }
        for machine in [DESKTOP, pipe, remote, headless] {
            assert_eq!(way(&["--browser"], machine), Ok(Way::Browser));
            assert_eq!(way(&["--browser", "--confidential"], machine), Ok(Way::Browser));
            assert_eq!(way(&["--device-code"], machine), Ok(Way::DeviceCode));
            assert_eq!(way(&["--no-browser"], machine), Ok(Way::DeviceCode));
        }
    }

    #[test]
    fn contradictory_flags_are_rejected() {
        for flags in [
            ["--browser", "--device-code"],
            ["--browser", "--no-browser"],
            ["--confidential", "--device-code"],
            ["--confidential", "--refresh-token-stdin"],
            ["--browser", "--refresh-token-stdin"],
            ["--device-code", "--refresh-token-stdin"],
        ] {
            let arguments = ["partner-center", "login"].iter().chain(&flags);
            assert!(Cli::try_parse_from(arguments).is_err(), "{flags:?}");
        }
    }
}
