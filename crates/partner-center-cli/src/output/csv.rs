//! Csv as in RFC 4180: always a header, lines that end with CR LF, quotes where they are needed. Texts that a
//! spreadsheet would run as formulas are marked; see [`spreadsheet`](crate::spreadsheet).

use std::io::{self, Write};

use super::row::cells;
use super::{Column, Columns, Failure, Row, Sink, Summary};
use crate::csv_dialect::Dialect;
use crate::spreadsheet::harmless;

pub(super) struct Csv<W: Write> {
    out: csv::Writer<W>,
    columns: Columns,
    dialect: Dialect,
    opened: bool,
}

impl<W: Write> Csv<W> {
    /// `resumes` is whether the file already has a header and rows.
    pub(super) fn new(out: W, columns: &Columns, dialect: Dialect, resumes: bool) -> Self {
        Self { out: dialect.writer(out), columns: columns.for_cells(false), dialect, opened: resumes }
    }

    fn open(&mut self) -> io::Result<()> {
        if !self.opened {
            self.opened = true;
            self.dialect.write_header(&mut self.out, self.columns.iter().map(Column::name))?;
        }
        Ok(())
    }
}

impl<R: Row, W: Write> Sink<R> for Csv<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.open()?;
        for row in rows {
            for (cell, column) in cells(row, &self.columns).zip(self.columns.iter()) {
                let text = cell.text();
                let is_number = column.kind.is_number();
                self.out.write_field(if is_number { text } else { harmless(&text) }.as_bytes())?;
            }
            self.out.write_record(None::<&[u8]>)?;
        }
        self.out.flush()
    }

    fn finish(&mut self, _: &Summary, _: &[Failure]) -> io::Result<()> {
        self.open()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use partner_center::licenses::{DeploymentRow, PartnerDeploymentRow};
    use serde_json::json;

    use super::*;
    use crate::output::End;
    use crate::output::summary::Tally;

    /// A file with this product, written by two runs: the second one resumes the first.
    fn written(dialect: Dialect, product: &str) -> String {
        let columns = Columns::of::<DeploymentRow>();
        let row = json!({"productName": product, "licensesSold": 8, "deploymentPercent": 12.5, "source": "classic"});
        let row: DeploymentRow = serde_json::from_value(row).unwrap();
        let mut bytes = Vec::new();
        for resumes in [false, true] {
            let mut csv = Csv::new(&mut bytes, &columns, dialect, resumes);
            csv.rows(std::slice::from_ref(&row)).unwrap();
            csv.rows(std::slice::from_ref(&row)).unwrap();
            let summary = Tally::default().summary::<DeploymentRow>(&columns, End::default());
            Sink::<DeploymentRow>::finish(&mut csv, &summary, &[]).unwrap();
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_dialect_is_read_back_and_has_at_most_one_mark() {
        let names: Vec<_> = DeploymentRow::COLUMNS.iter().map(Column::name).collect();
        for delimiter in Dialect::DELIMITERS {
            for bom in [false, true] {
                // Every delimiter, a quote and line breaks: each must be quoted where it separates.
                let product = "A,B;C\tD|E \"F\" \r\nG\u{feff}";
                let text = written(Dialect { delimiter, bom }, product);
                assert_eq!(text.starts_with('\u{feff}'), bom);
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
                assert!(reader.headers().unwrap().iter().eq(names.iter()));
                let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
                assert_eq!(rows.len(), 4);
                let place = |name: &str| names.iter().position(|known| known == name).unwrap();
                for row in rows {
                    let cell = |name: &str| row.get(place(name)).unwrap();
                    assert_eq!(
                        ["productName", "licensesSold", "deploymentPercent"].map(cell),
                        [product, "8", "12.5"]
                    );
                }
            }
        }
    }

    #[test]
    fn a_file_without_rows_has_a_mark_and_a_header() {
        let columns = Columns::of::<PartnerDeploymentRow>();
        let mut bytes = Vec::new();
        let mut csv = Csv::new(&mut bytes, &columns, Dialect { delimiter: b';', bom: true }, false);
        let rows: &[PartnerDeploymentRow] = &[];
        csv.rows(rows).unwrap();
        let summary = Tally::default().summary::<PartnerDeploymentRow>(&columns, End::default());
        Sink::<PartnerDeploymentRow>::finish(&mut csv, &summary, &[]).unwrap();
        drop(csv);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\u{feff}serviceCode;serviceName;channel;licensesSold;proratedDeploymentPercent;processedDateTime\r\n"
        );
    }
}
