//! The sheet *Summary*: the question, where the answer comes from, what to know about it, the totals and a chart.

use rust_xlsxwriter::{Chart, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::super::footnotes::{self, Place};
use super::super::{Column, Columns, Kind, Row, Summary, age_of, words};
use super::cells::{self, Formats, cell_text};
use super::ranking::Ranking;
use super::table::BAR;
use crate::prices::Costs;
use crate::secrets::redact;
use crate::terminal::text::grouped;

const NAME: &str = "Summary";

pub(super) fn write<R: Row>(
    workbook: &mut Workbook,
    formats: &Formats,
    columns: &Columns,
    summary: &Summary,
    ranking: &Ranking,
    written: usize,
) -> Result<(), XlsxError> {
    let mut page = Page { sheet: workbook.add_worksheet(), formats, next: 0 };
    page.write::<R>(columns, summary, ranking, written)
}

/// The sheet and the next free row.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    formats: &'a Formats,
    next: u32,
}

impl Page<'_> {
    fn write<R: Row>(
        &mut self,
        columns: &Columns,
        summary: &Summary,
        ranking: &Ranking,
        written: usize,
    ) -> Result<(), XlsxError> {
        self.sheet.set_name(NAME)?.set_landscape().set_print_fit_to_pages(1, 0).set_screen_gridlines(false);
        self.sheet.set_column_width(0, 36)?;
        for column in 1..16 {
            self.sheet.set_column_width(column, 18)?;
        }
        self.sheet.write_string_with_format(0, 0, title::<R>(), &self.formats.title)?;
        self.next = 2;
        self.totals::<R>(columns, summary)?;
        if let Some(costs) = &summary.costs {
            self.costs(costs)?;
        }
        self.chart(ranking)?;
        self.about(summary)?;
        self.caveats::<R>(columns, summary, written)
    }

    fn line(&mut self, label: &str, text: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.next, 0, label, &self.formats.label)?;
        self.sheet.write_string(self.next, 1, cell_text(text))?;
        self.next += 1;
        Ok(())
    }

    fn header<T: AsRef<str>>(&mut self, names: impl Iterator<Item = T>) -> Result<(), XlsxError> {
        for (place, name) in (0..).zip(names) {
            let format = if place == 0 { &self.formats.heading } else { &self.formats.number_heading };
            self.sheet.write_string_with_format(self.next, place, name.as_ref(), format)?;
        }
        self.next += 1;
        Ok(())
    }

    fn cells<'t>(
        &mut self,
        cells: impl Iterator<Item = (Kind, std::borrow::Cow<'t, str>)>,
    ) -> Result<(), XlsxError> {
        for (place, (kind, text)) in (0..).zip(cells) {
            if !text.is_empty() {
                cells::write(self.sheet, (self.next, place), self.formats, kind, &text)?;
            }
        }
        self.next += 1;
        Ok(())
    }

    /// One line per group of totals, with the columns that have one.
    fn totals<R: Row>(&mut self, columns: &Columns, summary: &Summary) -> Result<(), XlsxError> {
        let has_total = |column: &&Column| summary.totals.iter().any(|total| total.contains_key(column.name));
        let columns: Vec<_> = columns.iter().filter(has_total).collect();
        self.header(["Total of"].into_iter().chain(columns.iter().map(|column| column.name)))?;
        let all = format!("{} rows", grouped(summary.rows));
        for total in &summary.totals {
            let of = if R::TOTALS_BY.is_empty() { all.as_str() } else { "rows of" };
            let value = |column: &&Column| {
                (
                    column.kind,
                    match total.get(column.name) {
                        Some(Value::String(text)) => text.clone().into(),
                        Some(Value::Null) | None => "".into(),
                        Some(other) => other.to_string().into(),
                    },
                )
            };
            self.cells([(Kind::Text, of.into())].into_iter().chain(columns.iter().map(value)))?;
        }
        if summary.totals.is_empty() {
            self.line(&all, "")?;
        }
        self.next += 1;
        Ok(())
    }

    fn costs(&mut self, costs: &Costs) -> Result<(), XlsxError> {
        self.header(["Cost per month", "shelfwareCost", "idleCost", "unusedCost", "rows"].into_iter())?;
        for (currency, costs) in costs.currencies() {
            let sums = [costs.shelfware_cost(), costs.idle_cost(), costs.unused_cost()];
            let sums = sums.map(|sum| {
                (Kind::Money, sum.total().map(|total| total.to_string()).unwrap_or_default().into())
            });
            let rows = (Kind::Count, costs.rows().to_string().into());
            self.cells([(Kind::Text, currency.code().into())].into_iter().chain(sums).chain([rows]))?;
        }
        if costs.rows_unpriced() > 0 {
            let rows = (Kind::Count, costs.rows_unpriced().to_string().into());
            let none = || (Kind::Text, "".into());
            self.cells([(Kind::Text, "without a price".into()), none(), none(), none(), rows].into_iter())?;
        }
        self.next += 1;
        Ok(())
    }

    /// The ranking as cells and as a chart beside them.
    fn chart(&mut self, ranking: &Ranking) -> Result<(), XlsxError> {
        const HEIGHT: u32 = 16;
        if ranking.first.is_empty() {
            return Ok(());
        }
        let title = format!("{} with most unused licenses", ranking.what);
        self.header([title.clone(), "unused".to_owned()].into_iter())?;
        let first = self.next;
        for (unused, name) in &ranking.first {
            self.cells([(Kind::Text, name.into()), (Kind::Count, unused.to_string().into())].into_iter())?;
        }
        let last = self.next - 1;
        let mut chart = Chart::new_bar();
        let bars = chart
            .add_series()
            .set_categories((NAME, first, 0, last, 0))
            .set_values((NAME, first, 1, last, 1));
        bars.set_name("unused").set_gap(40).set_format(
            rust_xlsxwriter::ChartFormat::new()
                .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(BAR)),
        );
        bars.set_data_label(rust_xlsxwriter::ChartDataLabel::new().show_value().set_num_format("#,##0"));
        chart.title().set_name(&title).set_font(rust_xlsxwriter::ChartFont::new().set_size(12));
        chart.legend().set_hidden();
        // The first is at the top.
        chart.y_axis().set_reverse();
        chart.x_axis().set_hidden(true).set_major_gridlines(false);
        chart.set_width(760).set_height(HEIGHT * 20).set_alt_text(&title);
        self.sheet.insert_chart_with_offset(first - 1, 2, &chart, 12, 0)?;
        self.next = self.next.max(first + HEIGHT);
        Ok(())
    }

    fn about(&mut self, summary: &Summary) -> Result<(), XlsxError> {
        let about = &summary.about;
        self.header(["About", ""].into_iter())?;
        if !about.command.is_empty() {
            self.line("Command", &redact(&about.command))?;
        }
        self.line("Read on", &about.day())?;
        if let Some(age) = age_of(summary) {
            self.line("Data", &age)?;
        }
        if about.source.is_some() {
            self.line("Source", &words::source(about.source, about.is_sample))?;
        }
        if let Some(day) = about.recorded {
            self.line("Recorded for", &day.to_string())?;
        }
        if let Some(tenant) = &about.tenant {
            self.line("Partner tenant", tenant)?;
        }
        if let Some(customers) = &summary.customers {
            let read = format!("{} with rows", grouped(customers.with_rows));
            let whole =
                if customers.complete { "; all were read" } else { "; not all were read: see Not read" };
            self.line("Customers", &(read + whole))?;
        }
        self.line("Made by", concat!("partner-center ", env!("CARGO_PKG_VERSION")))?;
        self.next += 1;
        Ok(())
    }

    /// What to know about the rows and the totals.
    fn caveats<R: Row>(
        &mut self,
        columns: &Columns,
        summary: &Summary,
        written: usize,
    ) -> Result<(), XlsxError> {
        let places: Vec<_> = (0..)
            .zip(columns.iter())
            .map(|(index, column)| Place { index, column, heading: column.name().into_owned() })
            .collect();
        let mut caveats = footnotes::in_words::<R>(summary, &places);
        if u64::try_from(written).is_ok_and(|written| written < summary.rows) {
            caveats.push(format!(
                "The other sheets have {} of {} rows because of --limit; the totals cover all of them.",
                grouped(u64::try_from(written).unwrap_or(u64::MAX)),
                grouped(summary.rows)
            ));
        }
        caveats.extend(summary.notes.iter().map(|note| redact(note).into_owned()));
        if caveats.is_empty() {
            return Ok(());
        }
        self.header(["Caveats"].into_iter())?;
        for caveat in caveats.iter().flat_map(|caveat| caveat.lines()) {
            self.sheet.write_string(self.next, 0, cell_text(caveat))?;
            self.next += 1;
        }
        Ok(())
    }
}

/// The question in words: what such a row is.
fn title<R: Row>() -> String {
    let schema = schemars::schema_for!(R);
    let description = schema.get("description").and_then(Value::as_str).unwrap_or(R::TYPE);
    description.split("\n\n").next().unwrap_or_default().trim_end_matches('.').to_owned()
}
