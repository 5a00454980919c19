//! The log for `-v`, `RUST_LOG` and `--log-file`, and the notes about long waits.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{self, Problem};
use crate::terminal::text::showable_lines;
use crate::wait_notes::{self, WaitNotes};

/// The variable with the levels of the log, in the notation of the Rust crate `tracing`.
const RUST_LOG: &str = "RUST_LOG";

/// The targets that are logged. Events of the layers below may contain data that must not be pasted into a ticket.
const OURS: [&str; 2] = ["partner_center", "partner_center_client"];

/// Sets up logging for the whole process.
pub(crate) fn init(global: &Global, console: Console) -> Result<(), Problem> {
    let place = global.log_file.as_ref().map(|path| Ok(Place::File(Mutex::new(open(path)?))));
    let place = place.transpose()?;
    // With --anonymize there is no log: requests name customers.
    let variable = std::env::var(RUST_LOG).ok().filter(|text| !text.trim().is_empty() && !global.anonymize);
    let levels = match (global.verbose, variable) {
        (0, Some(text)) => Some(of_variable(&text)?),
        (0, None) if place.is_none() => None,
        (0 | 1, _) => Some(ours(LevelFilter::DEBUG)),
        _ => Some(ours(LevelFilter::TRACE)),
    };
    // A log on stderr already reports the waits.
    let has_notes = !global.quiet && (levels.is_none() || place.is_some());
    let notes = has_notes.then(|| WaitNotes::new(console).with_filter(wait_notes::events()));
    // A span closes at the end of a call, with its status and duration.
    let log = levels.map(|levels| {
        tracing_subscriber::fmt::layer()
            .with_writer(place.unwrap_or(Place::Stderr))
            .with_ansi(false)
            .with_target(false)
            .with_span_events(FmtSpan::CLOSE)
            .with_filter(levels)
    });
    tracing_subscriber::registry().with(log).with(notes).init();
    if global.verbose > 1 {
        problem::show_bodies();
    }
    Ok(())
}

fn ours(level: LevelFilter) -> Targets {
    Targets::new().with_targets(OURS.map(|target| (target, level)))
}

/// The levels of `RUST_LOG` for this project's own targets.
fn of_variable(text: &str) -> Result<Targets, Problem> {
    let levels: Targets = text.parse().map_err(|error: tracing_subscriber::filter::ParseError| {
        Problem::new(Exit::Usage, format!("invalid value of {RUST_LOG}"))
            .because(error.to_string())
            .advice("Use a level such as debug, or partner_center=trace; or unset it. Nothing was sent.")
    })?;
    let default = levels.default_level().unwrap_or(LevelFilter::OFF);
    let own = levels.iter().filter(|(target, _)| OURS.iter().any(|ours| target.starts_with(ours)));
    Ok(ours(default).with_targets(own))
}

/// Opens the file. Only the owner can read a new one.
fn open(path: &std::path::Path) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        Problem::new(Exit::Usage, "the log file cannot be opened")
            .fact("--log-file", path.display().to_string())
            .because(error.to_string())
            .advice("Use another file. Nothing was sent.")
    })
}

/// Where the log is written.
enum Place {
    Stderr,
    File(Mutex<File>),
}

/// Writes log events, with unsafe characters and secrets replaced. An event is written in one piece.
struct Log<'a>(&'a Place);

impl Write for Log<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = showable_lines(&String::from_utf8_lossy(bytes));
        match self.0 {
            Place::Stderr => Console::say(&text),
            Place::File(file) => {
                file.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Place {
    type Writer = Log<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Log(self)
    }
}
