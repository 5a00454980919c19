//! Parquet: the columns with the types of the facts, for engines such as DuckDB and Spark.
//!
//! Texts are not escaped as in csv: no spreadsheet runs them as formulas. A time has two columns: the instant in UTC with
//! microseconds, and the text as received where the instant does not say all of it.

mod values;

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use self::values::{MONEY_BYTES, MONEY_DIGITS, MONEY_SCALE, Values};
use super::row::cells;
use super::{Column, Columns, Failure, Kind, Row, SCHEMA_VERSION, Sink, Summary};

/// Rows per row group. A group is held in memory, and engines read groups in parallel.
const GROUP: usize = 128 * 1024;

pub(super) struct Parquet<W: Write + Send> {
    state: State<W>,
    columns: Columns,
    /// The values of each column in the next row group.
    values: Vec<Values>,
    rows: usize,
}

enum State<W: Write + Send> {
    /// Nothing is written yet.
    New(Option<W>),
    Open(SerializedFileWriter<W>),
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(out: W, columns: &Columns) -> Self {
        Self { state: State::New(Some(out)), columns: columns.for_cells(true), values: Vec::new(), rows: 0 }
    }

    fn writer<R: Row>(&mut self) -> Result<&mut SerializedFileWriter<W>> {
        if let State::New(out) = &mut self.state {
            let out = out.take().ok_or_else(|| ParquetError::General("no file was opened".to_owned()))?;
            let entries =
                vec![entry("schemaVersion", SCHEMA_VERSION.to_string()), entry("type", R::TYPE.to_owned())];
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .set_created_by(concat!("partner-center ", env!("CARGO_PKG_VERSION")).to_owned())
                .set_key_value_metadata(Some(entries))
                .build();
            let fields = self.columns.iter().map(fields).collect::<Result<Vec<_>>>()?.into_iter().flatten();
            let schema = Type::group_type_builder(R::TYPE).with_fields(fields.collect()).build()?;
            let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
            self.state = State::Open(writer);
        }
        match &mut self.state {
            State::Open(writer) => Ok(writer),
            State::New(_) => Err(ParquetError::General("no file was opened".to_owned())),
        }
    }

    fn write_group<R: Row>(&mut self) -> Result<()> {
        self.rows = 0;
        let values = std::mem::take(&mut self.values);
        let mut group = self.writer::<R>()?.next_row_group()?;
        for leaf in values.iter().flat_map(Values::leaves) {
            let Some(mut column) = group.next_column()? else { break };
            leaf.write(&mut column)?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

impl<R: Row, W: Write + Send> Sink<R> for Parquet<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        for row in rows {
            if self.values.is_empty() {
                self.values = self.columns.iter().map(Values::of).collect();
            }
            for (cell, values) in cells(row, &self.columns).zip(&mut self.values) {
                values.push(cell);
            }
            self.rows += 1;
            if self.rows == GROUP {
                self.write_group::<R>().map_err(in_writing)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()> {
        // The service's message may name a customer; it is on stderr.
        let failures = serde_json::to_string(failures)?;
        let mut finish = || {
            if self.rows > 0 {
                self.write_group::<R>()?;
            }
            let writer = self.writer::<R>()?;
            writer.append_key_value_metadata(entry("snapshotDate", summary.about.day()));
            if let Some(tenant) = &summary.about.tenant {
                writer.append_key_value_metadata(entry("partnerTenantId", tenant.clone()));
            }
            writer
                .append_key_value_metadata(entry("failures", crate::secrets::redact(&failures).into_owned()));
            writer.finish()?;
            Ok(())
        };
        finish().map_err(in_writing)
    }
}

fn entry(key: &str, value: String) -> KeyValue {
    KeyValue::new(key.to_owned(), value)
}

/// The fields of a column: two for a time.
fn fields(column: &Column) -> Result<Vec<TypePtr>> {
    let name = column.name();
    let repetition = if column.required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    match column.kind {
        Kind::Time => {
            let text = format!("{name}Text");
            Ok(vec![leaf(&name, column.kind, repetition)?, leaf(&text, Kind::Text, Repetition::OPTIONAL)?])
        }
        Kind::List(members) => Ok(vec![list(&name, members)?]),
        kind => Ok(vec![leaf(&name, kind, repetition)?]),
    }
}

/// A list as the format specifies it: a group, in it a repeated group, in it the element.
fn list(name: &str, members: &[Column]) -> Result<TypePtr> {
    const ELEMENT: &str = "element";
    let element = match members {
        [only] => leaf(ELEMENT, only.kind, Repetition::REQUIRED)?,
        members => {
            let fields = members.iter().map(|member| leaf(member.name, member.kind, Repetition::OPTIONAL));
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
