//! Parquet: the csv columns with their types.
//!
//! Texts are not escaped as in csv: no spreadsheet runs them as formulas.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::row::Kind;
use super::{Cell, Failure, Row, SCHEMA_VERSION, Sink, Summary};

/// Rows per row group. A group is held in memory: some tens of megabytes.
const GROUP: usize = 50_000;

pub(super) struct Parquet<W: Write + Send> {
    state: State<W>,
    columns: Vec<Values>,
    rows: usize,
}

enum State<W: Write + Send> {
    /// Nothing is written yet.
    New(Option<W>),
    Open(SerializedFileWriter<W>),
}

/// The values of a column in the next row group, and for each row whether it has one.
struct Values {
    data: Data,
    present: Vec<i16>,
}

enum Data {
    Texts(Vec<ByteArray>),
    Counts(Vec<i64>),
    Percents(Vec<f64>),
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(out: W) -> Self {
        Self { state: State::New(Some(out)), columns: Vec::new(), rows: 0 }
    }

    fn writer<R: Row>(&mut self) -> Result<&mut SerializedFileWriter<W>> {
        if let State::New(out) = &mut self.state {
            let out = out.take().ok_or_else(|| ParquetError::General("no file was opened".to_owned()))?;
            let entry = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
            let entries =
                vec![entry("schemaVersion", SCHEMA_VERSION.to_string()), entry("type", R::TYPE.to_owned())];
            let properties = WriterProperties::builder()
                .set_compression(Compression::SNAPPY)
                .set_created_by(concat!("partner-center ", env!("CARGO_PKG_VERSION")).to_owned())
                .set_key_value_metadata(Some(entries))
                .build();
            let writer = SerializedFileWriter::new(out, schema::<R>()?, Arc::new(properties))?;
            self.state = State::Open(writer);
        }
        match &mut self.state {
            State::Open(writer) => Ok(writer),
            State::New(_) => Err(ParquetError::General("no file was opened".to_owned())),
        }
    }

    fn write_group<R: Row>(&mut self) -> Result<()> {
        self.rows = 0;
        let columns = std::mem::take(&mut self.columns);
        let mut group = self.writer::<R>()?.next_row_group()?;
        for values in &columns {
            let Some(mut column) = group.next_column()? else { break };
            values.write(&mut column)?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

impl<R: Row, W: Write + Send> Sink<R> for Parquet<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        for row in rows {
            if self.columns.is_empty() {
                self.columns = R::COLUMNS.iter().map(|column| Values::of(column.kind)).collect();
            }
            for (cell, values) in row.cells().zip(&mut self.columns) {
                values.push(cell);
            }
            self.rows += 1;
            if self.rows == GROUP {
                self.write_group::<R>().map_err(in_writing)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary, _: &[Failure]) -> io::Result<()> {
        let mut finish = || {
            if self.rows > 0 {
                self.write_group::<R>()?;
            }
            self.writer::<R>()?.finish()?;
            Ok(())
        };
        finish().map_err(in_writing)
    }
}

impl Values {
    fn of(kind: Kind) -> Self {
        let data = match kind {
            Kind::Text | Kind::Id => Data::Texts(Vec::new()),
            Kind::Count => Data::Counts(Vec::new()),
            Kind::Percent => Data::Percents(Vec::new()),
        };
        Self { data, present: Vec::new() }
    }

    fn push(&mut self, cell: Cell<'_>) {
        let present = match (&mut self.data, cell) {
            (Data::Texts(texts), Cell::Text(Some(text))) => {
                texts.push(ByteArray::from(text.as_bytes().to_vec()));
                true
            }
            (Data::Texts(texts), Cell::Id(Some(id))) => {
                texts.push(ByteArray::from(id.into_bytes()));
                true
            }
            (Data::Counts(counts), Cell::Count(Some(count))) => {
                counts.push(count);
                true
            }
            (Data::Percents(percents), Cell::Percent(Some(percent))) => {
                percents.push(percent);
                true
            }
            _ => false,
        };
        self.present.push(i16::from(present));
    }

    fn write(&self, column: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let present = Some(self.present.as_slice());
        match &self.data {
            Data::Texts(texts) => column.typed::<ByteArrayType>().write_batch(texts, present, None),
            Data::Counts(counts) => column.typed::<Int64Type>().write_batch(counts, present, None),
            Data::Percents(percents) => column.typed::<DoubleType>().write_batch(percents, present, None),
        }?;
        Ok(())
    }
}

fn schema<R: Row>() -> Result<Arc<Type>> {
    let field = |name: &str, kind: Kind| {
        let (physical, logical) = match kind {
            Kind::Text | Kind::Id => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Count => (Physical::INT64, None),
            Kind::Percent => (Physical::DOUBLE, None),
        };
        let field = Type::primitive_type_builder(name, physical);
        field.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build().map(Arc::new)
    };
    let fields: Result<Vec<_>> = R::COLUMNS.iter().map(|column| field(column.name, column.kind)).collect();
    Type::group_type_builder(R::TYPE).with_fields(fields?).build().map(Arc::new)
}

/// Unwraps I/O errors, so that a closed pipe is recognized.
fn in_writing(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        other => io::Error::other(other),
    }
}
