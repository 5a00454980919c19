//! From rows to stdout or a file: what a row is to the formats, and the sinks that write them.
//!
//! Rows go through one by one and are added up on the way; only the table, and whoever asks for an order, has to hold on
//! to them. Nothing here knows where rows come from, and nothing here writes to stderr.

mod age;
mod arrange;
mod basis;
mod csv;
pub(crate) mod file;
mod json;
mod oddities;
#[cfg(feature = "parquet")]
mod parquet;
pub(crate) mod paths;
mod row;
pub(crate) mod rows;
mod summary;
mod table;
mod terminal;
pub(crate) mod text;

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::secrets;
pub(crate) use age::of_summary as age_of;
pub(crate) use arrange::Arrangement;
use file::{Covered, Partial};
pub(crate) use oddities::{Oddities, Position};
pub(crate) use row::Row;
use row::{Cell, Column, Kind, Shown};
pub(crate) use summary::{Customers, Failure, Summary, Tally, WithoutRows, percent};
pub(crate) use table::columns;

/// The version of the JSON document and of the columns. It grows when something is renamed, removed or means something
/// else; a field more is no new version.
pub(crate) const SCHEMA_VERSION: u32 = 2;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    // Explained in the long help, so that the help of every other command stays short.
    Table,
    Json,
    Ndjson,
    Csv,
    Parquet,
}

impl Format {
    /// What a file's name may end with.
    pub(crate) const EXTENSIONS: [(&'static str, Self); 6] = [
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("ndjson", Self::Ndjson),
        ("jsonl", Self::Ndjson),
        ("parquet", Self::Parquet),
        ("txt", Self::Table),
    ];

    /// The format that a file's name asks for.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        Self::EXTENSIONS
            .into_iter()
            .find_map(|(known, format)| known.eq_ignore_ascii_case(extension).then_some(format))
    }

    /// Whether a file of it can be cut behind a row and gone on with.
    pub(crate) fn goes_on(self) -> bool {
        matches!(self, Self::Ndjson | Self::Csv)
    }
}

/// Where rows go.
pub(crate) enum Target {
    Stdout,
    File(Partial),
}

/// What a table looks like, which is known before the first row: it depends on what was asked and not on what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One customer was asked about, who stands above the table.
    OneCustomer,
    /// Several were, or all. They are in the order of their names.
    Customers,
    /// Rows are in the order they came in.
    AsTheyCome,
}

/// What writes rows in one format.
trait Sink<R: Row> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()>;
    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()>;
}

/// Rows on their way out.
///
/// Nothing is written before the first rows, or the knowledge that there are none, so that a command that fails as a
/// whole leaves stdout empty.
pub(crate) struct Output<R: Row> {
    sink: Box<dyn Sink<R>>,
    target: Target,
    tally: Tally,
    arrangement: Arrangement<R>,
    /// Waiting to be brought in order.
    held: Vec<R>,
    written: usize,
}

/// What there is to say at the end, beside the rows.
#[derive(Default)]
pub(crate) struct End {
    pub(crate) customers: Option<Customers>,
    /// Those without rows.
    pub(crate) without_rows: Vec<WithoutRows>,
    pub(crate) empty_pages: u64,
    pub(crate) failures: Vec<Failure>,
    pub(crate) oddities: Oddities,
    /// What only one command has to say.
    pub(crate) more: Map<String, Value>,
}

impl<R: Row> Output<R> {
    /// Rows to this place. `before` is what the rows that are there already came to.
    pub(crate) fn new(
        format: Format,
        target: Target,
        arrangement: Arrangement<R>,
        layout: Layout,
        before: Option<Tally>,
    ) -> io::Result<Self> {
        // An order that was asked for is the order of the table as well.
        let layout = match layout {
            Layout::Customers if !arrangement.is_as_they_come() => Layout::AsTheyCome,
            layout => layout,
        };
        let out: Box<dyn Write + Send> = match &target {
            Target::Stdout => stdout(),
            Target::File(partial) => Box::new(partial.writer()?),
        };
        let goes_on = before.is_some();
        let sink: Box<dyn Sink<R>> = match format {
            Format::Table => match &target {
                Target::Stdout => {
                    Box::new(table::Table::new(anstream::AutoStream::auto(io::stdout()), width(), layout))
                }
                Target::File(_) => {
                    let out = io::BufWriter::new(anstream::StripStream::new(out));
                    Box::new(table::Table::new(out, 80, layout))
                }
            },
            Format::Json => Box::new(json::Document::new(io::BufWriter::new(out))),
            Format::Ndjson => Box::new(json::Lines::new(io::BufWriter::new(out))),
            Format::Csv => Box::new(csv::Csv::new(io::BufWriter::new(out), goes_on)),
            #[cfg(feature = "parquet")]
            Format::Parquet => Box::new(parquet::Parquet::new(io::BufWriter::new(out))),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(io::Error::other("this build has no parquet")),
        };
        let tally = before.unwrap_or_default();
        Ok(Self { sink, target, tally, arrangement, held: Vec::new(), written: 0 })
    }

    /// The rows of one answer.
    pub(crate) fn rows(&mut self, mut rows: Vec<R>) -> io::Result<()> {
        for row in &rows {
            self.tally.add(row);
        }
        if self.arrangement.is_as_they_come() {
            rows.truncate(self.arrangement.wants(self.written));
            self.written += rows.len();
            return self.sink.rows(&rows);
        }
        self.held.append(&mut rows);
        self.arrangement.settle(&mut self.held);
        Ok(())
    }

    /// Whether further rows would make no difference but to the totals.
    pub(crate) fn is_full(&self) -> bool {
        self.arrangement.is_full(self.written)
    }

    pub(crate) fn is_on_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// What the rows came to so far.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Makes sure that the rows written so far are on disk, and says which bytes they are.
    pub(crate) fn sync(&self) -> io::Result<Covered> {
        match &self.target {
            Target::Stdout => Ok(Covered::default()),
            Target::File(partial) => partial.sync(),
        }
    }

    /// Writes totals, failures, whatever the format closes with, and gives a file its name.
    pub(crate) fn finish(mut self, end: End) -> io::Result<Summary> {
        let summary = self.close(end)?;
        self.publish()?;
        Ok(summary)
    }

    /// Writes totals, failures, whatever the format closes with.
    pub(crate) fn close(&mut self, mut end: End) -> io::Result<Summary> {
        self.arrangement.arrange(&mut self.held);
        self.sink.rows(&self.held)?;
        self.held.clear();
        let failures = std::mem::take(&mut end.failures);
        let summary = self.tally.clone().summary::<R>(end);
        self.sink.finish(&summary, &failures)?;
        Ok(summary)
    }

    /// Gives a file its name. It is whole only once it is closed.
    pub(crate) fn publish(self) -> io::Result<()> {
        match self.target {
            Target::Stdout => Ok(()),
            Target::File(partial) => partial.commit(),
        }
    }

    /// Leaves nothing of what was written to a file.
    pub(crate) fn discard(self) {
        if let Target::File(partial) = self.target {
            partial.discard();
        }
    }
}

/// How wide a table may be: the terminal, or what fits everywhere.
pub(crate) fn width() -> u16 {
    terminal_size::terminal_size().map_or(80, |(width, _)| width.0)
}

/// Writes one row as a list of its fields, for people.
pub(crate) fn show<R: Row>(row: &R) -> io::Result<()> {
    table::show(row, anstream::AutoStream::auto(io::stdout()))
}

/// Writes one JSON value that is no row, laid out for reading.
pub(crate) fn write_json(value: &impl Serialize) -> io::Result<()> {
    let mut out = stdout();
    let text = serde_json::to_string_pretty(value)?;
    writeln!(out, "{}", secrets::conceal(&text))?;
    out.flush()
}

/// Stdout for data: safe for a terminal, and in a pipe as they are.
fn stdout() -> Box<dyn Write + Send> {
    let stdout = io::stdout();
    if stdout.is_terminal() { Box::new(terminal::Safe::new(stdout)) } else { Box::new(stdout) }
}

/// Writes one JSON value and a line end.
fn write_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
