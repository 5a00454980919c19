//! Output to stderr: notes, errors, and the log of `-v`. Data is never written here.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

use crate::args::{Color, Global};
use crate::output::columns;
use crate::output::text::{showable, showable_lines};
use crate::problem::{self, Problem};
use crate::secrets::redact;
use crate::wait_notes::{self, WaitNotes};

/// Which messages are written to stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    quiet: bool,
    verbose: bool,
}

impl Console {
    /// Sets up color and logging for the whole process.
    pub(crate) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let console = Self { quiet: global.quiet, verbose: global.verbose > 0 };
        match global.verbose {
            0 if global.quiet => {}
            0 => tracing_subscriber::registry()
                .with(WaitNotes::new(console).with_filter(wait_notes::events()))
                .init(),
            1 => log(LevelFilter::DEBUG),
            _ => log(LevelFilter::TRACE),
        }
        if global.verbose > 1 {
            problem::show_bodies();
        }
        console
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
        Self::say(&problem.told(width()));
    }

    /// Prints text, even with `--quiet`. Errors of stderr itself are ignored.
    pub(crate) fn say(text: &str) {
        let _ = anstream::stderr().lock().write_all(redact(text).as_bytes());
    }
}

/// Writes log events to stderr, with unsafe characters replaced. An event is written in one piece.
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Console::say(&showable_lines(&String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The width of stderr, if it is a terminal.
fn width() -> Option<u16> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0)
}

/// Logs this project's own events only: events of the layers below may contain data that must not be pasted into a
/// ticket.
fn log(level: LevelFilter) {
    let ours =
        Targets::new().with_target("partner_center", level).with_target("partner_center_client", level);
    // A span closes at the end of a call, with its status and duration.
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(|| Log)
        .with_ansi(false)
        .with_target(false)
        .with_span_events(FmtSpan::CLOSE);
    tracing_subscriber::registry().with(ours).with(layer).init();
}
