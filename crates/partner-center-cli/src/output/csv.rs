//! Csv as in RFC 4180: always a header, lines that end with CR LF, quotes where they are needed. Texts that a
//! spreadsheet would run as formulas are marked; see [`spreadsheet`](crate::spreadsheet).

use std::io::{self, Write};

use super::row::cells;
use super::{Cell, Column, Columns, Failure, Row, Sink, Summary};
use crate::spreadsheet::harmless;

pub(super) struct Csv<W: Write> {
    out: csv::Writer<W>,
    columns: Columns,
    opened: bool,
}

impl<W: Write> Csv<W> {
    /// `resumes` is whether the file already has a header and rows.
    pub(super) fn new(out: W, columns: &Columns, resumes: bool) -> Self {
        let out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        Self { out, columns: columns.for_cells(false), opened: resumes }
    }

    fn open(&mut self) -> io::Result<()> {
        if !self.opened {
            self.opened = true;
            self.out.write_record(self.columns.iter().map(Column::name).map(|name| name.into_owned()))?;
        }
        Ok(())
    }
}

impl<R: Row, W: Write> Sink<R> for Csv<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.open()?;
        for row in rows {
            for cell in cells(row, &self.columns) {
                match cell {
                    Cell::Text(text) | Cell::Id(text) => {
                        self.out.write_field(harmless(text.as_deref().unwrap_or_default()).as_bytes())
                    }
                    Cell::Time(time) => {
                        let text = time.map(ToString::to_string).unwrap_or_default();
                        self.out.write_field(harmless(&text).as_bytes())
                    }
                    Cell::List(list) => {
                        self.out.write_field(harmless(&list.text().unwrap_or_default()).as_bytes())
                    }
                    Cell::Money(amount) => {
                        self.out.write_field(amount.map_or_else(String::new, |amount| amount.to_string()))
                    }
                    Cell::Count(count) => self.out.write_field(number(count)),
                    // `Debug` prints the shortest exact form of a float, with a decimal point.
                    Cell::Percent(percent) => self
                        .out
                        .write_field(percent.map_or_else(String::new, |percent| format!("{percent:?}"))),
                }?;
            }
            self.out.write_record(None::<&[u8]>)?;
        }
        self.out.flush()
    }

    fn finish(&mut self, _: &Summary, _: &[Failure]) -> io::Result<()> {
        self.open()?;
        self.out.flush()
    }
}

fn number(count: Option<i64>) -> String {
    count.map_or_else(String::new, |count| count.to_string())
}
