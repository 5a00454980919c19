//! Excel workbooks: a summary, the groups of the rows, the rows, and what was not read, as tables with filters.
//!
//! The sheets come in another order than the data: *Rows* is behind sheets that need all rows, and a table has to know
//! its length before its first row. So the rows wait in a temporary file, and everything is written at the end, row by
//! row: memory grows with the number of groups only. All texts are written as texts, which no spreadsheet runs.

mod cells;
mod not_read;
mod ranking;
mod spill;
mod summary;
mod table;
mod temporary;

use std::io::{self, Write};

use partner_center::funnel::{GroupBy, Groups};
use rust_xlsxwriter::{Workbook, XlsxError};

use self::cells::Formats;
use self::ranking::Ranking;
use self::spill::Spill;
use self::table::{Head, Table};
use super::row::cells;
use super::rows::{GroupExtra, GroupRow, group};
use super::{Columns, Failure, Row, RowOrder, Sink, Summary};
use crate::prices::Currency;

pub(super) struct Xlsx<R: Row, W: Write> {
    out: W,
    columns: Columns,
    spill: Spill,
    /// Only of rows that can be grouped.
    groups: Option<[Groups<GroupExtra>; 2]>,
    /// Of rows that are groups themselves.
    ranking: Ranking,
    /// How many rows a sheet holds, without its header.
    rows_per_sheet: usize,
    row: std::marker::PhantomData<fn(R)>,
}

impl<R: Row, W: Write + Send> Xlsx<R, W> {
    pub(super) fn new(out: W, columns: &Columns) -> io::Result<Self> {
        let columns = columns.for_cells(false);
        Ok(Self {
            out,
            spill: Spill::new(&columns)?,
            columns,
            groups: R::GROUPED.map(|_| [GroupBy::Customer, GroupBy::Product].map(Groups::new)),
            ranking: Ranking::new("Groups"),
            rows_per_sheet: table::MOST_ROWS,
            row: std::marker::PhantomData,
        })
    }

    fn add(&mut self, row: &R) -> io::Result<()> {
        self.spill.add(cells(row, &self.columns).map(super::Cell::text))?;
        let Some(groups) = &mut self.groups else {
            let text = |name| {
                R::COLUMNS.iter().find(|column| column.name == name).map(|column| row.cell(column).text())
            };
            let name = text("name").filter(|name| !name.is_empty()).or_else(|| text("key"));
            self.ranking.add(row.count("unused"), &name.unwrap_or_default());
            return Ok(());
        };
        for groups in groups {
            // In the currencies of the rows.
            group::add(groups, Some(&[]), row);
        }
        Ok(())
    }

    /// The customers and the products, in the order of `--by`.
    fn sorted_groups(&mut self, columns: &Columns) -> Option<[Vec<GroupRow>; 2]> {
        let groups = self.groups.take()?;
        let order = RowOrder::read(columns, Some(R::GROUPS_SORTED_BY), None);
        Some(groups.map(|groups| {
            let mut groups: Vec<_> = group::rows(groups).collect();
            if let Ok(order) = &order {
                order.arrange(&mut groups);
            }
            groups
        }))
    }

    fn write(&mut self, summary: &Summary, failures: &[Failure]) -> Result<(), XlsxError> {
        let currencies: Option<Vec<Currency>> =
            summary.costs.as_ref().map(|costs| costs.currencies().map(|(currency, _)| currency).collect());
        let columns = group::columns(currencies.as_deref()).for_cells(false);
        let groups = self.sorted_groups(&columns);
        if let Some([customers, products]) = &groups {
            let (most, what) =
                if customers.len() == 1 { (products, "Products") } else { (customers, "Customers") };
            self.ranking = Ranking::new(what);
            for group in most {
                let name = group.name.as_deref().or(group.key.as_deref());
                self.ranking.add(group.unused(), name.unwrap_or("(unknown)"));
            }
        }

        let formats = Formats::default();
        let mut workbook = Workbook::new();
        summary::write::<R>(
            &mut workbook,
            &formats,
            &self.columns,
            summary,
            &self.ranking,
            self.spill.rows(),
        )?;
        for (name, groups) in ["Customers", "Products"].into_iter().zip(groups.into_iter().flatten()) {
            let heads: Vec<_> =
                columns.iter().map(|column| Head::of(column, longest(&groups, column))).collect();
            let sheets = groups.chunks(self.rows_per_sheet).zip(1..);
            let none = groups.is_empty().then_some((groups.as_slice(), 1));
            for (groups, number) in sheets.chain(none) {
                let name = sheet_name(name, number);
                let mut table = Table::begin(&mut workbook, &formats, &name, &heads, &[], groups.len())?;
                for group in groups {
                    table.row(cells(group, &columns).map(super::Cell::text))?;
                }
            }
        }
        self.write_rows(&mut workbook, &formats)?;
        not_read::write(&mut workbook, &formats, summary, failures)?;
        let mut out = Steady { out: &mut self.out, error: None };
        let saved = workbook.save_to_writer(&mut out);
        out.error.map_or(saved, |error| Err(error.into()))?;
        Ok(self.out.flush()?)
    }

    /// All rows, on as many sheets as they need.
    fn write_rows(&mut self, workbook: &mut Workbook, formats: &Formats) -> Result<(), XlsxError> {
        let lengths = self.spill.lengths().to_vec();
        let heads = self.columns.iter().zip(lengths).map(|(column, longest)| Head::of(column, longest));
        let heads: Vec<_> = heads.collect();
        let (mut left, mut number) = (self.spill.rows(), 1);
        let mut records = self.spill.records()?;
        loop {
            let count = left.min(self.rows_per_sheet);
            let mut table = Table::begin(workbook, formats, &sheet_name("Rows", number), &heads, &[], count)?;
            for _ in 0..count {
                if let Some(record) = records.next()? {
                    table.row(record.iter())?;
                }
            }
            left -= count;
            number += 1;
            if left == 0 {
                return Ok(());
            }
        }
    }
}

impl<R: Row, W: Write + Send> Sink<R> for Xlsx<R, W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        rows.iter().try_for_each(|row| self.add(row))
    }

    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()> {
        temporary::catching(|| self.write(summary, failures)).map_err(in_writing)
    }
}

/// The names of the sheets of one table: `Rows`, `Rows 2`.
fn sheet_name(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name} {number}") }
}

fn longest(groups: &[GroupRow], column: &super::Column) -> usize {
    groups.iter().map(|group| group.cell(column).text().chars().count()).max().unwrap_or_default()
}

/// Remembers the first error and takes everything after it, because the zip library complains on stderr if it cannot
/// end a file.
struct Steady<'a, W> {
    out: &'a mut W,
    error: Option<io::Error>,
}

impl<W: Write> Write for Steady<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.error.is_none() {
            self.error = self.out.write_all(bytes).err();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps the kind of I/O errors.
fn in_writing(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        XlsxError::TempFileError(directory, error) => in_directory(&directory, &error),
        other => io::Error::other(other),
    }
}

fn in_directory(directory: &std::path::Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("cannot keep rows in the directory {}: {error}", directory.display()),
    )
}

#[cfg(test)]
mod tests;
