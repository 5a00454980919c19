//! Shows a text that is longer than the terminal in the user's pager.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice, StripStream};

use crate::signals::CtrlC;

/// Whether a pager may be used.
static ALLOWED: AtomicBool = AtomicBool::new(true);

/// Uses no pager from now on, in the whole process.
pub(crate) fn forbid() {
    ALLOWED.store(false, Ordering::Relaxed);
}

/// Stdout for a text that is written at once: on a terminal through the pager if it is longer than the screen. Styles are
/// removed where color is off.
pub(crate) fn stdout() -> Box<dyn Write + Send> {
    match pager(|name| std::env::var_os(name)) {
        Some(command) if io::stdout().is_terminal() && ALLOWED.load(Ordering::Relaxed) => {
            Box::new(Paged { command, text: Vec::new() })
        }
        _ => Box::new(AutoStream::auto(io::stdout())),
    }
}

/// The command line of the pager; `None` if no pager is used.
fn pager(variable: impl Fn(&str) -> Option<OsString>) -> Option<String> {
    if variable("TERM").is_some_and(|terminal| terminal == "dumb") {
        return None;
    }
    let command = match variable("PAGER") {
        Some(command) => command.into_string().ok()?,
        // The pager of Windows does not show styles.
        None if cfg!(windows) => return None,
        None => "less".to_owned(),
    };
    let command = command.trim();
    (!command.is_empty() && command != "cat").then(|| command.to_owned())
}

/// Holds a text until it is flushed.
struct Paged {
    command: String,
    text: Vec<u8>,
}

impl Paged {
    /// Shows the text. Returns whether the pager could do so.
    fn show(&self, text: &[u8]) -> bool {
        let mut command = self.command();
        // As git does: less keeps styles, and leaves the text on the screen.
        for (name, value) in [("LESS", "FRX"), ("LESSCHARSET", "utf-8")] {
            if std::env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        // less has a meaning of its own for Ctrl-C.
        let _elsewhere = CtrlC::leave_to_another_program();
        let Ok(mut pager) = command.stdin(Stdio::piped()).spawn() else { return false };
        let written =
            pager.stdin.take().map_or(Ok(()), |mut input| match AutoStream::choice(&io::stdout()) {
                ColorChoice::Never => {
                    let input: Box<dyn Write + Send> = Box::new(input);
                    StripStream::new(input).write_all(text)
                }
                _ => input.write_all(text),
            });
        match pager.wait() {
            // The user may quit before the end.
            Ok(status) if status.success() => true,
            // The shell did not find the program, or it ended before it had read the text.
            Ok(status) => !matches!(status.code(), Some(126 | 127)) && written.is_ok(),
            Err(_) => false,
        }
    }

    /// The pager, as the shell reads its command line.
    #[cfg(unix)]
    fn command(&self) -> Command {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(&self.command);
        shell
    }

    #[cfg(not(unix))]
    fn command(&self) -> Command {
        let mut words = self.command.split_whitespace();
        let mut program = Command::new(words.next().unwrap_or_default());
        program.args(words);
        program
    }
}

impl Write for Paged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = std::mem::take(&mut self.text);
        let lines = text.split(|byte| *byte == b'\n').count();
        let height = terminal_size::terminal_size().map_or(24, |(_, height)| height.0);
        if lines > usize::from(height) && self.show(&text) {
            return Ok(());
        }
        let mut out = AutoStream::auto(io::stdout());
        out.write_all(&text)?;
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_is_that_of_the_environment() {
        let usual = (!cfg!(windows)).then(|| "less".to_owned());
        for (pager_variable, terminal, expected) in [
            (None, Some("xterm"), usual.clone()),
            (None, None, usual),
            (Some("most -w"), None, Some("most -w".to_owned())),
            (Some(""), None, None),
            (Some(" cat "), None, None),
            (Some("less"), Some("dumb"), None),
        ] {
            let variable = |name: &str| {
                let value = if name == "PAGER" { pager_variable } else { terminal };
                value.map(OsString::from)
            };
            assert_eq!(pager(variable), expected, "{pager_variable:?} {terminal:?}");
        }
    }
}
