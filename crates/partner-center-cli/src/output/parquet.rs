//! Parquet: the columns with the types of the facts, for engines such as DuckDB and Spark.

use std::io::{self, Write};

use partner_center_history::cell;
use partner_center_history::table::TableWriter;

use super::row::cells;
use super::{Column, Columns, Failure, Row, SCHEMA_VERSION, Sink, Summary};

pub(super) struct Parquet<W: Write + Send> {
    table: TableWriter<W>,
    columns: Columns,
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new<R: Row>(out: W, columns: &Columns) -> Self {
        let columns = columns.for_cells(true);
        let stored = |column: &Column| cell::Column::named(column.name(), column.kind, column.required);
        Self { table: TableWriter::new(out, R::TYPE, columns.iter().map(stored).collect()), columns }
    }
}

impl<R: Row, W: Write + Send> Sink<R> for Parquet<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        rows.iter().try_for_each(|row| self.table.row(cells(row, &self.columns)))
    }

    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()> {
        // The service's message may name a customer; it is on stderr.
        let failures = serde_json::to_string(failures)?;
        let tenant = summary.about.tenant.clone();
        let entries = [
            ("schemaVersion", Some(SCHEMA_VERSION.to_string())),
            ("type", Some(R::TYPE.to_owned())),
            ("snapshotDate", Some(summary.about.day())),
            ("partnerTenantId", tenant),
            ("failures", Some(crate::secrets::redact(&failures).into_owned())),
        ];
        self.table.finish(entries.into_iter().filter_map(|(key, value)| Some((key, value?))))
    }
}
