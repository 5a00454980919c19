//! Writes rows to stdout or a file: columns, formats and their sinks.
//!
//! Rows are written and added up one by one; only the table and sorted output hold all rows. This module does not know
//! where rows come from, and does not write to stderr.

mod about;
mod age;
pub(crate) mod bytes;
pub(crate) mod columns;
mod csv;
pub(crate) mod file;
mod findings;
pub(crate) mod folder;
mod footnotes;
pub(crate) mod html;
mod json;
pub(crate) mod lock;
mod order;
pub(crate) mod pager;
mod parquet;
pub(crate) mod paths;
mod row;
pub(crate) mod row_type;
pub(crate) mod rows;
mod summary;
mod table;
pub(crate) mod words;
#[cfg(feature = "xlsx")]
mod xlsx;

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::anonymizer::anonymizer;
use crate::csv_dialect::Dialect;
use crate::prices::CostChanges;
use crate::secrets;
pub(crate) use about::About;
pub(crate) use age::{Age, of_summary as age_of};
use columns::{Column, Columns, Shown};
use file::{Covered, Partial};
pub(crate) use findings::{CollectedFindings, Position};
use folder::PartialFolder;
pub(crate) use order::RowOrder;
use partner_center_history::cell::{Cell, Kind};
pub(crate) use row::{Row, as_written};
pub(crate) use summary::{Customers, Failure, NamedCustomer, Summary, Tally, Unread};

/// The version of the JSON document and of the columns. It increases when something is renamed, removed or changes its
/// meaning, but not when a field is added.
pub(crate) const SCHEMA_VERSION: u32 = 3;

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    // Described in the long help only, so that the help of each command stays short.
    Table,
    Json,
    Ndjson,
    Csv,
    Parquet,
    Xlsx,
    // Pages, which only `report` writes: the other commands refuse it.
    #[value(hide = true)]
    Html,
}

impl Format {
    /// The known file extensions.
    pub(crate) const EXTENSIONS: [(&'static str, Self); 7] = [
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("ndjson", Self::Ndjson),
        ("jsonl", Self::Ndjson),
        ("parquet", Self::Parquet),
        ("txt", Self::Table),
        ("xlsx", Self::Xlsx),
    ];

    /// The format for the extension of a file.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        Self::EXTENSIONS
            .into_iter()
            .find_map(|(known, format)| known.eq_ignore_ascii_case(extension).then_some(format))
    }

    /// Whether it names the customers that failed or have no rows.
    pub(crate) fn lists_customers(self) -> bool {
        matches!(self, Self::Json | Self::Parquet | Self::Xlsx | Self::Html)
    }

    /// Whether cells can have members.
    pub(crate) fn is_nested(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson | Self::Parquet)
    }

    /// Whether a file of this format can be truncated after a row and appended to.
    pub(crate) fn is_resumable(self) -> bool {
        matches!(self, Self::Ndjson | Self::Csv)
    }
}

/// Where rows are written.
pub(crate) enum Target {
    Stdout,
    File(Partial),
    /// The sink writes files into it.
    Folder(PartialFolder),
}

impl Target {
    fn writer(&self) -> io::Result<Box<dyn Write + Send>> {
        Ok(match self {
            Self::Stdout => stdout(),
            Self::File(partial) => Box::new(partial.writer()?),
            Self::Folder(_) => Box::new(io::sink()),
        })
    }

    /// Renames a file or a folder to its final name.
    fn publish(self) -> io::Result<()> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(partial) => partial.commit(),
            Self::Folder(partial) => partial.commit(),
        }
    }
}

/// The layout of a table. It depends on the arguments, not on the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One customer, named above the table.
    OneCustomer,
    /// Several or all customers, sorted by name.
    Customers,
    /// Rows in their original order.
    AsTheyCome,
}

/// Writes rows in one format, or what a command makes of them.
pub(crate) trait Sink<R: Row> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()>;
    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()>;
}

/// The output of a command.
///
/// Nothing is written before the first rows or the end, so that a command that fails leaves stdout empty.
pub(crate) struct Output<R: Row> {
    sink: Box<dyn Sink<R>>,
    target: Target,
    columns: Columns,
    tally: Tally,
    arrangement: RowOrder<R>,
    /// Rows to sort at the end.
    held: Vec<R>,
    written: usize,
    /// Nothing is written before the end, whatever the format.
    at_end: bool,
}

/// The data for the end of the output, besides the rows.
#[derive(Default)]
pub(crate) struct End {
    pub(crate) customers: Option<Customers>,
    /// Customers without rows.
    pub(crate) without_rows: Vec<NamedCustomer>,
    pub(crate) unread: Unread,
    pub(crate) empty_pages: u64,
    pub(crate) failures: Vec<Failure>,
    pub(crate) findings: CollectedFindings,
    /// How costs changed between two days.
    pub(crate) cost_changes: Option<CostChanges>,
    /// Fields of a single command.
    pub(crate) more: Map<String, Value>,
    /// What the user should know about the rows.
    pub(crate) notes: Vec<String>,
    pub(crate) about: About,
}

impl<R: Row> Output<R> {
    /// Creates an output; only csv has dialects. `before` is the tally of the rows that an earlier run wrote.
    pub(crate) fn new(
        (format, dialect): (Format, Dialect),
        target: Target,
        arrangement: RowOrder<R>,
        layout: Layout,
        columns: Columns,
        before: Option<Tally>,
    ) -> io::Result<Self> {
        // `--sort` applies to the table as well.
        let layout = match layout {
            Layout::Customers if !arrangement.is_as_they_come() => Layout::AsTheyCome,
            layout => layout,
        };
        let out = target.writer()?;
        let resumes = before.is_some();
        let sink: Box<dyn Sink<R>> = match format {
            Format::Table => match &target {
                Target::Stdout => Box::new(table::Table::new(pager::stdout(), &columns, width(), layout)),
                Target::File(_) | Target::Folder(_) => {
                    let out = io::BufWriter::new(anstream::StripStream::new(out));
                    Box::new(table::Table::new(out, &columns, 80, layout))
                }
            },
            Format::Json => Box::new(json::Document::new(io::BufWriter::new(out), &columns)),
            Format::Ndjson => Box::new(json::Lines::new(io::BufWriter::new(out), &columns)),
            Format::Csv => Box::new(csv::Csv::new(io::BufWriter::new(out), &columns, dialect, resumes)),
            Format::Parquet => Box::new(parquet::Parquet::new::<R>(io::BufWriter::new(out), &columns)),
            Format::Xlsx => workbook(io::BufWriter::new(out), &columns)?,
            Format::Html => return Err(io::Error::other("only reports are written as html")),
        };
        let at_end = format == Format::Xlsx;
        let tally = before.unwrap_or_default().with_costs_if::<R>(&columns);
        Ok(Self { sink, target, columns, tally, arrangement, held: Vec::new(), written: 0, at_end })
    }

    /// Creates an output that writes, at the end, what a command makes of all rows.
    pub(crate) fn of_sink<S: Sink<R> + 'static>(
        target: Target,
        sink: impl FnOnce(Box<dyn Write + Send>) -> S,
    ) -> io::Result<Self> {
        let sink = Box::new(sink(target.writer()?));
        let (tally, arrangement) = (Tally::default(), RowOrder::none());
        Ok(Self {
            sink,
            target,
            columns: Columns::of::<R>(),
            tally,
            arrangement,
            held: Vec::new(),
            written: 0,
            at_end: true,
        })
    }

    /// Adds the rows of one response.
    pub(crate) fn rows(&mut self, mut rows: Vec<R>) -> io::Result<()> {
        for row in &rows {
            self.tally.add(row, &self.columns);
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

    /// Whether more rows would change only the totals.
    pub(crate) fn is_full(&self) -> bool {
        self.arrangement.is_full(self.written)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at_end
    }

    pub(crate) fn is_on_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// The tally of the rows so far.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Syncs the rows written so far to disk, and returns the covered bytes.
    pub(crate) fn sync(&self) -> io::Result<Covered> {
        match &self.target {
            Target::Stdout | Target::Folder(_) => Ok(Covered::default()),
            Target::File(partial) => partial.sync(),
        }
    }

    /// Closes the output and publishes it.
    pub(crate) fn finish(mut self, end: End) -> io::Result<Summary> {
        let summary = self.close(end)?;
        self.publish()?;
        Ok(summary)
    }

    /// Writes held rows, totals and failures, and the end of the format.
    pub(crate) fn close(&mut self, mut end: End) -> io::Result<Summary> {
        self.arrangement.arrange(&mut self.held);
        self.sink.rows(&self.held)?;
        self.held.clear();
        if anonymizer().is_some() {
            // Not in the order of the real ids.
            for customers in [&mut end.without_rows, &mut end.unread.failed, &mut end.unread.skipped] {
                customers.sort_by_key(|customer| customer.customer_id);
            }
            end.failures.sort_by_key(Failure::customer);
        }
        let failures = std::mem::take(&mut end.failures);
        let summary = self.tally.clone().summary::<R>(&self.columns, end);
        self.sink.finish(&summary, &failures)?;
        Ok(summary)
    }

    /// Renames a file to its final name. It must be closed first.
    pub(crate) fn publish(self) -> io::Result<()> {
        self.target.publish()
    }

    /// Removes the partial file. A partial folder is removed when it is dropped.
    pub(crate) fn discard(self) {
        if let Target::File(partial) = self.target {
            partial.discard();
        }
    }
}

/// Writes rows as a workbook.
fn workbook<R: Row>(out: impl Write + Send + 'static, columns: &Columns) -> io::Result<Box<dyn Sink<R>>> {
    #[cfg(feature = "xlsx")]
    return Ok(Box::new(xlsx::Xlsx::new(out, columns)?));
    #[cfg(not(feature = "xlsx"))]
    {
        let _ = (out, columns);
        Err(io::Error::other("this build does not support xlsx"))
    }
}

/// The width of the terminal, or 80.
pub(crate) fn width() -> u16 {
    terminal_size::terminal_size().map_or(80, |(width, _)| width.0)
}

/// Writes one row as a list of its fields, as text.
pub(crate) fn show<R: Row>(row: &R) -> io::Result<()> {
    table::show(row, &Columns::of::<R>(), anstream::AutoStream::auto(io::stdout()))
}

/// Writes one JSON value other than a row, indented.
pub(crate) fn write_json(value: &impl Serialize) -> io::Result<()> {
    write_json_to(&mut stdout(), value)
}

/// Like [`write_json`], to another writer.
pub(crate) fn write_json_to(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    writeln!(out, "{}", secrets::redact(&text))?;
    out.flush()
}

/// Stdout for data: unsafe characters are replaced on a terminal, but not in a pipe.
fn stdout() -> Box<dyn Write + Send> {
    let stdout = io::stdout();
    if stdout.is_terminal() { Box::new(crate::terminal::safe::Safe::new(stdout)) } else { Box::new(stdout) }
}
