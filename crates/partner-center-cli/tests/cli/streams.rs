//! Runs of the binary with a text on stdin, or with a pseudoterminal.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::Run;

/// Runs with these bytes on stdin.
pub(crate) fn with_stdin(command: &mut Command, bytes: impl AsRef<[u8]>) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes.as_ref()).unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// Runs with a terminal as one of its streams, which `attach` chooses; the other is not read. Returns what the terminal
/// shows, and the exit code.
#[cfg(unix)]
pub(crate) fn on_terminal(
    command: &mut Command,
    attach: fn(&mut Command, Stdio) -> &mut Command,
) -> (String, i32) {
    use std::fs::File;
    use std::io::Read as _;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = File::options().read(true).write(true).open(name).unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = attach(command, terminal.into()).spawn().unwrap();
    // Closes this process's handle, so that reading reaches the end.
    attach(command, Stdio::null());
    let (mut master, mut shown) = (File::from(master), Vec::new());
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = master.read(&mut piece) {
        shown.extend_from_slice(&piece[..read]);
    }
    let code = child.wait().unwrap().code().unwrap();
    (String::from_utf8(shown).unwrap(), code)
}
