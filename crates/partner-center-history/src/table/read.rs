//! Reads columns of a table by name.

use bytes::Bytes;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use partner_center::models::Timestamp;

use crate::error::{Error, Result};

/// A Parquet file whose bytes are in memory.
pub(crate) struct TableFile {
    reader: SerializedFileReader<Bytes>,
    /// Its name, for errors.
    name: String,
}

impl TableFile {
    pub(crate) fn open(name: &str, bytes: Bytes) -> Result<Self> {
        let reader = SerializedFileReader::new(bytes).map_err(|error| Error::damaged(name, error))?;
        Ok(Self { reader, name: name.to_owned() })
    }

    /// The number of row groups.
    pub(crate) fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// The texts of a column in a row group.
    pub(crate) fn texts(&self, group: usize, column: &str) -> Result<Vec<Option<ByteArray>>> {
        self.read(group, column, |reader, rows, max_level| match reader {
            ColumnReader::ByteArrayColumnReader(reader) => values(reader, rows, max_level),
            _ => Err(unexpected_type()),
        })
    }

    /// The counts of a column in a row group.
    pub(crate) fn counts(&self, group: usize, column: &str) -> Result<Vec<Option<i64>>> {
        self.read(group, column, |reader, rows, max_level| match reader {
            ColumnReader::Int64ColumnReader(reader) => values(reader, rows, max_level),
            _ => Err(unexpected_type()),
        })
    }

    /// The times of a column in a row group: the text where there is one, else the instant.
    pub(crate) fn times(&self, group: usize, column: &str) -> Result<Vec<Option<Timestamp>>> {
        let instants = self.counts(group, column)?;
        let texts = self.texts(group, &format!("{column}Text"))?;
        Ok(instants
            .into_iter()
            .zip(texts)
            .map(|(instant, text)| match text.as_ref().map(ByteArray::as_utf8) {
                Some(Ok(text)) => Some(Timestamp::from(text)),
                _ => instant
                    .and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok())
                    .map(|instant| Timestamp::from(instant.to_string().as_str())),
            })
            .collect())
    }

    /// The lists of texts of a column in a row group.
    pub(crate) fn lists(&self, group: usize, column: &str) -> Result<Vec<Vec<ByteArray>>> {
        self.read(group, &format!("{column}.list.element"), |reader, rows, _| match reader {
            ColumnReader::ByteArrayColumnReader(reader) => lists(reader, rows),
            _ => Err(unexpected_type()),
        })
    }

    fn read<T>(
        &self,
        group: usize,
        column: &str,
        read: impl FnOnce(ColumnReader, usize, i16) -> ParquetResult<T>,
    ) -> Result<T> {
        let find = || {
            let group = self.reader.get_row_group(group)?;
            let schema = self.reader.metadata().file_metadata().schema_descr();
            let place = schema.columns().iter().position(|leaf| leaf.path().string() == column);
            let place = place.ok_or_else(|| ParquetError::General(format!("it has no column {column}")))?;
            let rows = usize::try_from(group.metadata().num_rows())
                .map_err(|_| ParquetError::General("a number of rows is negative".to_owned()))?;
            read(group.get_column_reader(place)?, rows, schema.column(place).max_def_level())
        };
        find().map_err(|error| Error::damaged(&self.name, error))
    }
}

fn unexpected_type() -> ParquetError {
    ParquetError::General("a column has an unexpected type".to_owned())
}

/// All values of a column that is not a list.
fn values<D: DataType>(
    mut reader: ColumnReaderImpl<D>,
    rows: usize,
    max_level: i16,
) -> ParquetResult<Vec<Option<D::T>>> {
    let (mut levels, mut present) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let (records, ..) = reader.read_records(rows - read, Some(&mut levels), None, &mut present)?;
        if records == 0 {
            return Err(ParquetError::General("it ends early".to_owned()));
        }
        read += records;
    }
    if max_level == 0 {
        return Ok(present.into_iter().map(Some).collect());
    }
    let mut present = present.into_iter();
    Ok(levels.into_iter().map(|level| if level == max_level { present.next() } else { None }).collect())
}

/// The members of a column of lists of required texts.
fn lists<D: DataType>(mut reader: ColumnReaderImpl<D>, rows: usize) -> ParquetResult<Vec<Vec<D::T>>> {
    let (mut levels, mut repetitions, mut present) = (Vec::new(), Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let (records, ..) =
            reader.read_records(rows - read, Some(&mut levels), Some(&mut repetitions), &mut present)?;
        if records == 0 {
            return Err(ParquetError::General("it ends early".to_owned()));
        }
        read += records;
    }
    let mut lists: Vec<Vec<D::T>> = Vec::with_capacity(rows);
    let mut present = present.into_iter();
    for (level, repetition) in levels.into_iter().zip(repetitions) {
        if repetition == 0 {
            lists.push(Vec::new());
        }
        if level > 0
            && let Some(list) = lists.last_mut()
        {
            list.extend(present.next());
        }
    }
    Ok(lists)
}
