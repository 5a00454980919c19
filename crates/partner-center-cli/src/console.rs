//! Output to stderr: notes and errors. Data is never written here.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use crate::args::{Color, Global};
use crate::problem::Problem;
use crate::secrets::redact;
use crate::terminal::columns;
use crate::terminal::text::showable;

/// Which messages are written to stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    quiet: bool,
    verbose: bool,
}

impl Console {
    /// Sets up color for the whole process.
    pub(crate) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        Self { quiet: global.quiet, verbose: global.verbose > 0 }
    }

    /// A console that writes no notes, for tests.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        Self { quiet: true, verbose: false }
    }

    /// Whether to show a progress line: on a terminal, and neither with `-q` nor with `-v`, which logs there.
    pub(crate) fn shows_progress(self) -> bool {
        !self.quiet && !self.verbose && io::stderr().is_terminal()
    }

    /// Prints a note. It may have several lines; indented lines are not wrapped.
    pub(crate) fn note(self, text: &str) {
        const NOTE: Style = AnsiColor::Cyan.on_default().bold();
        if self.quiet {
            return;
        }
        let width = width();
        let lines = text.lines().flat_map(|line| match width {
            Some(width) if !line.starts_with(' ') => {
                columns(&[vec![line.to_owned()]], width.saturating_sub(6).max(20))
            }
            _ => vec![showable(line)],
        });
        let text = lines.collect::<Vec<_>>().join("\n      ");
        Self::say(&format!("{NOTE}note{NOTE:#}: {text}\n"));
    }

    /// Prints an error, even with `--quiet`.
    pub(crate) fn report(problem: &Problem) {
        Self::say(&problem.render(width()));
    }

    /// Prints text, even with `--quiet`. Errors of stderr itself are ignored.
    pub(crate) fn say(text: &str) {
        let _ = anstream::stderr().lock().write_all(redact(text).as_bytes());
    }
}

/// The width of stderr, if it is a terminal.
fn width() -> Option<u16> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0)
}
