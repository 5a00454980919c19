//! The log of `-v` on stderr, and without it the notes about long waits.

use std::io::{self, Write};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

use crate::args::Global;
use crate::console::Console;
use crate::problem;
use crate::terminal::text::showable_lines;
use crate::wait_notes::{self, WaitNotes};

/// Sets up logging for the whole process.
pub(crate) fn init(global: &Global, console: Console) {
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
