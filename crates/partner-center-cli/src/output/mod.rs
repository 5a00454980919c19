//! From rows to stdout: what a row is to the four formats, and the sinks that write them.
//!
//! Rows go through one by one and are added up on the way; only the table has to hold on to them. Nothing here knows
//! where rows come from, and nothing here writes to stderr.

mod age;
mod csv;
mod json;
mod row;
pub(crate) mod rows;
mod summary;
mod table;
pub(crate) mod text;

use std::io::{self, Write};

use serde::Serialize;

pub(crate) use row::Row;
use row::{Cell, Column, Shown};
use summary::Tally;
pub(crate) use summary::{Customers, Failure, Summary};
pub(crate) use table::columns;

/// The version of the JSON document and of the columns. It grows when something is renamed, removed or means something
/// else; a field more is no new version.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    // Explained in the long help, so that the help of every other command stays short.
    Table,
    Json,
    Ndjson,
    Csv,
}

/// What writes rows in one format.
trait Sink<R: Row> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()>;
    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()>;
}

/// Rows on their way to stdout.
///
/// Nothing is written before the first rows, or the knowledge that there are none, so that a command that fails as a
/// whole leaves stdout empty.
pub(crate) struct Output<R: Row> {
    sink: Box<dyn Sink<R>>,
    tally: Tally,
}

impl<R: Row> Output<R> {
    pub(crate) fn stdout(format: Format) -> Self {
        let plain = || io::BufWriter::new(io::stdout());
        let sink: Box<dyn Sink<R>> = match format {
            Format::Table => Box::new(table::Table::new(anstream::AutoStream::auto(io::stdout()), width())),
            Format::Json => Box::new(json::Document::new(plain())),
            Format::Ndjson => Box::new(json::Lines::new(plain())),
            Format::Csv => Box::new(csv::Csv::new(plain())),
        };
        Self { sink, tally: Tally::default() }
    }

    /// The rows of one answer.
    pub(crate) fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        for row in rows {
            self.tally.add(row);
        }
        self.sink.rows(rows)
    }

    /// The end: totals, failures, whatever the format closes with.
    pub(crate) fn finish(mut self, customers: Option<Customers>, failures: &[Failure]) -> io::Result<()> {
        let summary = self.tally.summary::<R>(customers);
        self.sink.finish(&summary, failures)
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
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes one JSON value and a line end.
fn write_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
