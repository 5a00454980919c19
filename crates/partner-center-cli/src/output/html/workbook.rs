//! The workbook of one customer, beside its page.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::output::columns::Columns;
use crate::output::rows::AnnotatedRow;
use crate::output::{About, End, Sink, Tally, workbook};

/// What the workbook cannot say about itself: a response can have the rows of many customers.
const NOTE: &str = "Rows that could not be read are counted for all customers together, and not here.";

/// Has the sheets of `licenses funnel` for the rows of this customer.
pub(super) struct Workbook {
    sink: Box<dyn Sink<AnnotatedRow>>,
    tally: Tally,
    columns: Columns,
    /// Its name until the name of the customer is known, which can be in the last row.
    path: PathBuf,
}

impl Workbook {
    pub(super) fn begin(folder: &Path, columns: &Columns) -> io::Result<Self> {
        let path = folder.join("workbook.partial");
        let file = File::create(&path).map_err(in_file(&path))?;
        let tally = Tally::default().with_costs_if::<AnnotatedRow>(columns);
        Ok(Self { sink: workbook(BufWriter::new(file), columns)?, tally, columns: columns.clone(), path })
    }

    pub(super) fn add(&mut self, row: &AnnotatedRow) -> io::Result<()> {
        self.tally.add(row, &self.columns);
        self.sink.rows(std::slice::from_ref(row))
    }

    /// Writes the file. `about` must not name another customer.
    pub(super) fn finish(self, name: &str, about: About) -> io::Result<()> {
        let Self { mut sink, tally, columns, path } = self;
        let end = End { about, notes: vec![NOTE.to_owned()], ..End::default() };
        sink.finish(&tally.summary::<AnnotatedRow>(&columns, end), &[])?;
        drop(sink);
        let finished = path.with_file_name(name);
        fs::rename(&path, &finished).map_err(in_file(&finished))
    }
}

/// Adds the path to an error.
pub(super) fn in_file(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
