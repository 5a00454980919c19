//! Writes tables, row by row. A group of rows is held in memory.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use super::values::{MONEY_BYTES, MONEY_DIGITS, MONEY_SCALE, Values};
use crate::cell::{Cell, Column, Kind};

/// Rows per row group. A group is held in memory, and engines read groups in parallel.
const GROUP: usize = 128 * 1024;

/// Writes a table to a Parquet file, compressed with zstd. Nothing is written before the first group is full or the
/// table is finished.
///
/// ```
/// use partner_center_history::cell::{Cell, Column, Kind};
/// use partner_center_history::table::TableWriter;
///
/// let columns = vec![Column::new("productName", Kind::Text), Column::new("licensesSold", Kind::Count)];
/// let mut file = Vec::new();
/// let mut table = TableWriter::new(&mut file, "products", columns);
/// table.row([Cell::Text(Some("VISIO".into())), Cell::Count(Some(5))])?;
/// table.finish([("origin", "an example".to_owned())])?;
/// drop(table);
/// assert_eq!(&file[..4], b"PAR1");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TableWriter<W: Write + Send> {
    state: State<W>,
    /// The name of the table in the schema of the file.
    name: &'static str,
    columns: Vec<Column>,
    /// The values of each column in the next row group.
    values: Vec<Values>,
    rows: usize,
}

enum State<W: Write + Send> {
    /// Nothing is written yet.
    New(Option<W>),
    Open(SerializedFileWriter<W>),
}

impl<W: Write + Send> TableWriter<W> {
    /// Creates a table with these columns.
    #[must_use]
    pub fn new(out: W, name: &'static str, columns: Vec<Column>) -> Self {
        Self { state: State::New(Some(out)), name, columns, values: Vec::new(), rows: 0 }
    }

    /// Adds a row: its values in the order of the columns.
    ///
    /// # Errors
    ///
    /// The output cannot be written.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> io::Result<()> {
        if self.values.is_empty() {
            self.values = self.columns.iter().map(Values::of).collect();
        }
        for (cell, values) in cells.into_iter().zip(&mut self.values) {
            values.push(cell);
        }
        self.rows += 1;
        if self.rows == GROUP { self.write_group().map_err(in_writing) } else { Ok(()) }
    }

    /// Writes the rest, and these entries of the file's metadata.
    ///
    /// # Errors
    ///
    /// The output cannot be written.
    pub fn finish<'a>(&mut self, metadata: impl IntoIterator<Item = (&'a str, String)>) -> io::Result<()> {
        let finish = || {
            if self.rows > 0 {
                self.write_group()?;
            }
            let writer = self.writer()?;
            for (key, value) in metadata {
                writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
            }
            writer.finish()?;
            Ok(())
        };
        finish().map_err(in_writing)
    }

    fn writer(&mut self) -> Result<&mut SerializedFileWriter<W>> {
        if let State::New(out) = &mut self.state {
            let out = out.take().ok_or_else(|| ParquetError::General("no file was opened".to_owned()))?;
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .set_created_by(concat!("partner-center ", env!("CARGO_PKG_VERSION")).to_owned())
                .build();
            let fields = self.columns.iter().map(fields).collect::<Result<Vec<_>>>()?.into_iter().flatten();
            let schema = Type::group_type_builder(self.name).with_fields(fields.collect()).build()?;
            let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
            self.state = State::Open(writer);
        }
        match &mut self.state {
            State::Open(writer) => Ok(writer),
            State::New(_) => Err(ParquetError::General("no file was opened".to_owned())),
        }
    }

    fn write_group(&mut self) -> Result<()> {
        self.rows = 0;
        let values = std::mem::take(&mut self.values);
        let mut group = self.writer()?.next_row_group()?;
        for leaf in values.iter().flat_map(Values::leaves) {
            let Some(mut column) = group.next_column()? else { break };
            leaf.write(&mut column)?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

/// The fields of a column: two for a time.
fn fields(column: &Column) -> Result<Vec<TypePtr>> {
    let name = &*column.name;
    let repetition = if column.required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    match column.kind {
        Kind::Time => {
            let text = format!("{name}Text");
            Ok(vec![leaf(name, column.kind, repetition)?, leaf(&text, Kind::Text, Repetition::OPTIONAL)?])
        }
        Kind::List(members) => Ok(vec![list(name, members)?]),
        kind => Ok(vec![leaf(name, kind, repetition)?]),
    }
}

/// A list as the format specifies it: a group, in it a repeated group, in it the element.
fn list(name: &str, members: &[Column]) -> Result<TypePtr> {
    const ELEMENT: &str = "element";
    let element = match members {
        [only] => leaf(ELEMENT, only.kind, Repetition::REQUIRED)?,
        members => {
            let fields = members.iter().map(|member| leaf(&member.name, member.kind, Repetition::OPTIONAL));
            let fields = fields.collect::<Result<Vec<_>>>()?;
            let group = Type::group_type_builder(ELEMENT).with_repetition(Repetition::REQUIRED);
            Arc::new(group.with_fields(fields).build()?)
        }
    };
    let repeated =
        Type::group_type_builder("list").with_repetition(Repetition::REPEATED).with_fields(vec![element]);
    let list = Type::group_type_builder(name)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::List));
    list.with_fields(vec![Arc::new(repeated.build()?)]).build().map(Arc::new)
}

fn leaf(name: &str, kind: Kind, repetition: Repetition) -> Result<TypePtr> {
    let (physical, logical) = match kind {
        // The members of a list have no members.
        Kind::Text | Kind::Id | Kind::List(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Count => (Physical::INT64, None),
        Kind::Percent => (Physical::DOUBLE, None),
        Kind::Money => {
            let decimal = LogicalType::decimal(MONEY_SCALE.cast_signed(), MONEY_DIGITS);
            (Physical::FIXED_LEN_BYTE_ARRAY, Some(decimal))
        }
        Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    let mut field =
        Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(logical);
    if matches!(kind, Kind::Money) {
        field =
            field.with_length(MONEY_BYTES).with_precision(MONEY_DIGITS).with_scale(MONEY_SCALE.cast_signed());
    }
    field.build().map(Arc::new)
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
