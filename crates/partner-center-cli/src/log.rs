//! The log for `-v`, `RUST_LOG` and `--log-file`, and the notes about long waits.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use tracing::Level;
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
    let has_notes = !global.quiet && (place.is_some() || !has_waits(levels.as_ref()));
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

/// Whether a log of these levels has the waits.
fn has_waits(levels: Option<&Targets>) -> bool {
    levels.is_some_and(|levels| levels.would_enable(wait_notes::TARGET, &Level::WARN))
}

fn ours(level: LevelFilter) -> Targets {
    Targets::new().with_targets(OURS.map(|target| (target, level)))
}

/// The levels of `RUST_LOG` for this project's own targets. The rest of the variable is for other programs.
fn of_variable(text: &str) -> Result<Targets, Problem> {
    let (mut levels, mut own) = (ours(LevelFilter::OFF), Vec::new());
    for directive in text.split(',').map(str::trim) {
        match directive.split_once('=') {
            None if is_ours(directive) => own.push((directive, LevelFilter::TRACE)),
            None => levels = directive.parse().map_or(levels, ours),
            Some((target, level)) if is_ours(target) => {
                let level = level.parse().map_err(|_| {
                    Problem::new(Exit::Usage, format!("invalid value of {RUST_LOG}: {level} is not a level"))
                        .advice("Use off, error, warn, info, debug or trace, or unset it. Nothing was sent.")
                })?;
                own.push((target, level));
            }
            Some(_) => {}
        }
    }
    Ok(levels.with_targets(own))
}

fn is_ours(target: &str) -> bool {
    let below =
        |ours: &str| target.strip_prefix(ours).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    OURS.into_iter().any(below)
}

/// Opens the file. Only the owner can read a new one.
fn open(path: &std::path::Path) -> Result<File, Problem> {
    let refused = |cause: String| {
        Problem::new(Exit::Usage, "the log file cannot be opened")
            .fact("--log-file", path.display().to_string())
            .because(cause)
            .advice("Use another file. Nothing was sent.")
    };
    // Opening a pipe waits for its reader.
    if path.metadata().is_ok_and(|it| !it.is_file()) {
        return Err(refused("it is not a file".to_owned()));
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| refused(error.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_the_waits_only_at_levels_that_include_them() {
        assert!(!has_waits(None) && has_waits(Some(&ours(LevelFilter::DEBUG))));
        for (variable, expected) in [
            ("off", false),
            ("error", false),
            ("warn", true),
            ("hyper=debug", false),
            ("partner_center_client=debug", false),
            ("partner_center=info", true),
            ("partner_center::call", true),
            ("debug,partner_center=error", false),
        ] {
            assert_eq!(has_waits(Some(&of_variable(variable).unwrap())), expected, "{variable}");
        }
    }
}
