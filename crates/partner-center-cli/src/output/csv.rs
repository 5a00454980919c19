//! Csv as in RFC 4180: always a header, lines that end with CR LF, quotes where they are needed. Texts that a
//! spreadsheet would run as formulas are marked; see [`spreadsheet`](crate::spreadsheet).

use std::io::{self, Write};

use super::{Cell, Failure, Row, Sink, Summary};
use crate::spreadsheet::harmless;

pub(super) struct Csv<W: Write> {
    out: csv::Writer<W>,
    opened: bool,
}

impl<W: Write> Csv<W> {
    /// `resumes` is whether the file already has a header and rows.
    pub(super) fn new(out: W, resumes: bool) -> Self {
        let out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        Self { out, opened: resumes }
    }

    fn open<R: Row>(&mut self) -> io::Result<()> {
        if !self.opened {
            self.opened = true;
            self.out.write_record(R::COLUMNS.iter().map(|column| column.name))?;
        }
        Ok(())
    }
}

impl<R: Row, W: Write> Sink<R> for Csv<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.open::<R>()?;
        for row in rows {
            for cell in row.cells() {
                match cell {
                    Cell::Text(text) => {
                        self.out.write_field(harmless(text.as_deref().unwrap_or_default()).as_bytes())
                    }
                    Cell::Id(id) => {
                        self.out.write_field(harmless(id.as_deref().unwrap_or_default()).as_bytes())
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
        self.open::<R>()?;
        self.out.flush()
    }
}

fn number(count: Option<i64>) -> String {
    count.map_or_else(String::new, |count| count.to_string())
}
