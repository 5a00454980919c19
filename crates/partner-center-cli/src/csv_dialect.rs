//! What csv files differ in: `--csv-delimiter` and `--csv-bom`.

use std::io::{self, Write};

/// How a csv file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    /// Whether a file begins with a byte order mark, by which Excel recognizes UTF-8.
    pub(crate) bom: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', bom: false }
    }
}

impl Dialect {
    /// The delimiters that `--csv-delimiter` takes.
    pub(crate) const DELIMITERS: [u8; 4] = *b",;\t|";

    pub(crate) fn writer<W: Write>(self, out: W) -> csv::Writer<W> {
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).delimiter(self.delimiter).from_writer(out)
    }

    /// Writes the first line of a file. The mark is part of it, so that nothing is written before there is a header.
    pub(crate) fn write_header<W: Write>(
        self,
        out: &mut csv::Writer<W>,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> io::Result<()> {
        let mut mark = if self.bom { "\u{feff}" } else { "" };
        for name in names {
            out.write_field(format!("{}{}", std::mem::take(&mut mark), name.as_ref()))?;
        }
        Ok(out.write_record(None::<&[u8]>)?)
    }
}
