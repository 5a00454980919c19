//! The rows until the end, in a temporary file without a name, as csv without any marks.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use csv::StringRecord;

use super::super::Columns;

pub(super) struct Spill {
    rows: csv::Writer<File>,
    count: usize,
    /// The number of characters of the longest text in each column.
    lengths: Vec<usize>,
}

impl Spill {
    pub(super) fn new(columns: &Columns) -> io::Result<Self> {
        let file = tempfile::tempfile().map_err(in_temporary_directory)?;
        Ok(Self { rows: csv::Writer::from_writer(file), count: 0, lengths: vec![0; columns.len()] })
    }

    pub(super) fn add<'a>(&mut self, row: impl Iterator<Item = Cow<'a, str>>) -> io::Result<()> {
        self.write(row).map_err(|error| in_temporary_directory(error.into()))?;
        self.count += 1;
        Ok(())
    }

    fn write<'a>(&mut self, row: impl Iterator<Item = Cow<'a, str>>) -> csv::Result<()> {
        for (text, length) in row.zip(&mut self.lengths) {
            *length = (*length).max(text.chars().count());
            self.rows.write_field(text.as_bytes())?;
        }
        self.rows.write_record(None::<&[u8]>)
    }

    pub(super) fn rows(&self) -> usize {
        self.count
    }

    pub(super) fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// The rows in their order.
    pub(super) fn records(&mut self) -> io::Result<Records> {
        self.rows.flush().map_err(in_temporary_directory)?;
        let mut file = self.rows.get_ref().try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
        Ok(Records { reader, record: StringRecord::new() })
    }
}

pub(super) struct Records {
    reader: csv::Reader<File>,
    record: StringRecord,
}

impl Records {
    pub(super) fn next(&mut self) -> io::Result<Option<&StringRecord>> {
        Ok(self.reader.read_record(&mut self.record)?.then_some(&self.record))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn in_temporary_directory(error: io::Error) -> io::Error {
    super::in_directory(&std::env::temp_dir(), &error)
}
