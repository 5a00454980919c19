//! Stderr: notes, errors, and what `-v` shows. Data never comes this way.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

use crate::cli::{Color, Global};
use crate::holds::{self, Holds};
use crate::output::columns;
use crate::output::text::{showable, showable_lines};
use crate::report::{self, Problem};
use crate::secrets::conceal;

/// What may be said on stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    quiet: bool,
    verbose: bool,
}

impl Console {
    /// Sets colour and logging up, for the whole process.
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
            0 => tracing_subscriber::registry().with(Holds::new(console).with_filter(holds::events())).init(),
            1 => log(LevelFilter::DEBUG),
            _ => log(LevelFilter::TRACE),
        }
        if global.verbose > 1 {
            report::show_bodies();
        }
        console
    }

    /// One that says nothing, for tests.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        Self { quiet: true, verbose: false }
    }

    /// Whether a person looks on who wants to see how it is getting on. What `-v` shows would run through that.
    pub(crate) fn has_onlooker(self) -> bool {
        !self.quiet && !self.verbose && io::stderr().is_terminal()
    }

    /// Something worth knowing that is no error. May have several lines; one that is indented is left as it is.
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

    /// Something that went wrong. Not silenced by `--quiet`.
    pub(crate) fn report(problem: &Problem) {
        Self::say(&problem.told(width()));
    }

    /// Something that must be read, however quiet it is to be. If stderr is gone there is nobody left to tell.
    pub(crate) fn say(text: &str) {
        let _ = anstream::stderr().lock().write_all(conceal(text).as_bytes());
    }
}

/// Where events go: to stderr, as safe as everything else there. An event is written in one piece.
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

/// How wide stderr is, if it is a terminal.
fn width() -> Option<u16> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0)
}

/// Only this project's own events: those of the layers below may hold more than a person should paste into a ticket.
fn log(level: LevelFilter) {
    let ours =
        Targets::new().with_target("partner_center", level).with_target("partner_center_client", level);
    // The close of a span is the end of a call, with its status and the time it took.
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(|| Log)
        .with_ansi(false)
        .with_target(false)
        .with_span_events(FmtSpan::CLOSE);
    tracing_subscriber::registry().with(ours).with(layer).init();
}
