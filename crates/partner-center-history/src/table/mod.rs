//! Tables in Parquet files, with the types of the facts, for engines such as DuckDB and Spark.
//!
//! Texts are not escaped as in csv: no spreadsheet runs them as formulas. A time has two columns: the instant in UTC with
//! microseconds, and the text as received where the instant does not say all of it.

mod read;
mod values;
mod write;

pub(crate) use self::read::TableFile;
pub use self::write::TableWriter;
