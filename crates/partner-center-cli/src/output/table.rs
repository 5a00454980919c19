//! The table format, for people.

use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{
    Cell as TableCell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle,
};
use serde_json::{Map, Value};

use super::row::CUSTOMER;
use super::{Cell, Column, Failure, Kind, Layout, Row, Shown, Sink, Summary, age, footnotes};
use crate::terminal::text::{grouped, printable};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// From this width on, optional columns are shown.
const WIDE: u16 = 110;

/// Placeholder for the line above the totals until the table is drawn. External text cannot contain it: `printable`
/// replaces control characters.
const RULE: &str = "\u{1}";

pub(super) struct Table<W> {
    out: W,
    width: u16,
    layout: Layout,
    rows: Vec<Vec<Field>>,
    /// The customer of each row.
    customers: Vec<Customer>,
}

#[derive(PartialEq, Eq)]
struct Customer {
    id: Option<String>,
    name: Option<String>,
}

/// The text of a cell and its alignment.
#[derive(Clone, Default)]
struct Field {
    text: Option<String>,
    side: Side,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Side {
    #[default]
    Left,
    /// On the left, never wrapped.
    Whole,
    /// On the right, never wrapped.
    Right,
}

impl<W: Write> Table<W> {
    pub(super) fn new(out: W, width: u16, layout: Layout) -> Self {
        Self { out, width, layout, rows: Vec::new(), customers: Vec::new() }
    }

    /// Sorts rows by customer name; those without a name are last, by id.
    fn sort_by_name(&mut self) {
        let customers = std::mem::take(&mut self.customers);
        let mut rows: Vec<_> = customers.into_iter().zip(std::mem::take(&mut self.rows)).collect();
        rows.sort_by_cached_key(|(customer, _)| {
            let name = customer.name.as_deref().map(str::to_lowercase);
            (name.is_none(), name, customer.id.clone())
        });
        (self.customers, self.rows) = rows.into_iter().unzip();
    }
}

impl<R: Row, W: Write> Sink<R> for Table<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        for row in rows {
            let (id, name) = row.customer();
            let customer = Customer {
                id: id.map(|id| id.to_string()),
                name: name.map(|name| printable(name).into_owned()),
            };
            let field = |(column, cell): (&Column, Cell<'_>)| match column.shown {
                Shown::WhoseRow => Field {
                    text: customer.label().map(str::to_owned),
                    side: if customer.name.is_some() { Side::Left } else { Side::Whole },
                },
                _ => Field::of(cell),
            };
            self.rows.push(R::COLUMNS.iter().zip(row.cells()).map(field).collect());
            self.customers.push(customer);
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, _: &[Failure]) -> io::Result<()> {
        if self.rows.is_empty() {
            writeln!(self.out, "No rows.")?;
            return self.out.flush();
        }
        if self.layout == Layout::Customers {
            self.sort_by_name();
        }
        if self.layout == Layout::OneCustomer
            && let Some(Customer { id, name }) = self.customers.first()
        {
            match (id, name) {
                (Some(id), Some(name)) => writeln!(self.out, "{BOLD}{name}{BOLD:#}  {DIM}{id}{DIM:#}\n")?,
                (Some(only), None) | (None, Some(only)) => writeln!(self.out, "{BOLD}{only}{BOLD:#}\n")?,
                (None, None) => {}
            }
        }
        self.draw::<R>(summary)?;
        if let Some(sentence) = age::of_summary(summary) {
            writeln!(self.out, "\n{sentence}")?;
        }
        self.out.flush()
    }
}

impl<W: Write> Table<W> {
    fn draw<R: Row>(&mut self, summary: &Summary) -> io::Result<()> {
        let columns = self.visible::<R>();
        let mut table = comfy_table::Table::new();
        table
            .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')))
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width)
            .set_header(columns.iter().map(|(_, heading)| TableCell::new(heading)));
        let mut before = None;
        for (row, customer) in self.rows.iter().zip(&self.customers) {
            let repeated = before == Some(customer);
            before = Some(customer);
            table.add_row(columns.iter().map(|(index, _)| {
                let field = row.get(*index).cloned().unwrap_or_default();
                let blank = repeated && R::COLUMNS.get(*index).is_some_and(Column::names_customer);
                TableCell::new(if blank { "" } else { field.text.as_deref().unwrap_or_default() })
            }));
        }
        // Omit totals if every row is a group of its own.
        let sums = u64::try_from(summary.totals.len()).unwrap_or(u64::MAX);
        let has_totals = !summary.totals.is_empty() && sums < summary.rows;
        if has_totals {
            table.add_row(columns.iter().map(|_| TableCell::new(RULE)));
            let shown = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
            let label = match summary.rows {
                rows if rows > shown => format!("Total of {rows} rows"),
                _ => "Total".to_owned(),
            };
            for (place, total) in summary.totals.iter().enumerate() {
                table.add_row(total_cells::<R>(&columns, total, if place == 0 { &label } else { "" }));
            }
        }
        let last = columns.len().saturating_sub(1);
        for (place, (index, _)) in columns.iter().enumerate() {
            let sides = || self.rows.iter().filter_map(|row| row.get(*index)).map(|field| field.side);
            if let Some(column) = table.column_mut(place) {
                column.set_padding((0, u16::from(place != last)));
                if sides().any(|side| side != Side::Left) {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
                if sides().any(|side| side == Side::Right) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        self.write(&table)?;
        let sentences = if has_totals { footnotes::in_words::<R>(summary, &columns) } else { Vec::new() };
        if !sentences.is_empty() {
            writeln!(self.out)?;
        }
        for line in
            sentences.into_iter().flat_map(|sentence| crate::terminal::columns(&[vec![sentence]], self.width))
        {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Prints the header and the totals in bold, and a rule above the totals like the one below the header.
    fn write(&mut self, table: &comfy_table::Table) -> io::Result<()> {
        let lines: Vec<_> = table.lines().collect();
        let rule = lines.iter().position(|line| line.starts_with('─')).unwrap_or_default();
        let drawn = lines.get(rule).map(String::as_str).unwrap_or_default();
        let mut bold = true;
        for (number, line) in lines.iter().enumerate() {
            if number == rule || line.contains(RULE) {
                writeln!(self.out, "{DIM}{drawn}{DIM:#}")?;
                bold = number != rule;
            } else if bold {
                writeln!(self.out, "{BOLD}{}{BOLD:#}", line.trim_end())?;
            } else {
                writeln!(self.out, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }

    /// The indexes and headings of the columns to show.
    fn visible<R: Row>(&self) -> Vec<(usize, &'static str)> {
        let has_values = |index: usize| {
            self.rows.iter().any(|row| row.get(index).is_some_and(|field| field.text.is_some()))
        };
        let place = |name: &str| R::COLUMNS.iter().position(|column| column.name == name);
        let heading = |index: usize, column: &Column| {
            match column.shown {
                Shown::As(heading) => Some(heading),
                Shown::IfKnown(heading) => has_values(index).then_some(heading),
                Shown::InPlaceOf(other, heading) => {
                    (!place(other).is_some_and(has_values)).then_some(heading)
                }
                Shown::IfWide(heading) => (self.width >= WIDE).then_some(heading),
                Shown::WhoseRow => (self.layout != Layout::OneCustomer).then_some(CUSTOMER),
                Shown::No => None,
            }
            // A number column is shown even if all its values are unknown.
            .filter(|_| has_values(index) || column.kind != Kind::Text && column.kind != Kind::Id)
        };
        R::COLUMNS
            .iter()
            .enumerate()
            .filter_map(|(index, column)| Some((index, heading(index, column)?)))
            .collect()
    }
}

impl Customer {
    fn label(&self) -> Option<&str> {
        self.name.as_deref().or(self.id.as_deref())
    }
}

impl Field {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Text(text) => {
                Self { text: text.map(|text| printable(&text).into_owned()), side: Side::Left }
            }
            Cell::Id(id) => Self { text: id.map(|id| printable(&id).into_owned()), side: Side::Whole },
            Cell::Count(count) => Self { text: count.map(grouped), side: Side::Right },
            Cell::Percent(percent) => {
                Self { text: percent.map(|percent| format!("{percent:.1}")), side: Side::Right }
            }
        }
    }
}

impl Column {
    fn names_customer(&self) -> bool {
        matches!(self.shown, Shown::WhoseRow)
    }
}

/// The cells of a totals row; the first column has the label.
fn total_cells<R: Row>(columns: &[(usize, &str)], total: &Map<String, Value>, label: &str) -> Vec<TableCell> {
    let value = |index: usize| {
        let column = R::COLUMNS.get(index)?;
        Some(match total.get(column.name)? {
            Value::String(text) => printable(text).into_owned(),
            Value::Number(number) => match number.as_i64() {
                Some(count) => grouped(count),
                None => format!("{:.1}", number.as_f64().unwrap_or_default()),
            },
            _ => String::new(),
        })
    };
    let cells = columns.iter().map(|(index, _)| value(*index));
    let mut cells: Vec<_> = cells.map(Option::unwrap_or_default).collect();
    if let Some(first) = cells.first_mut() {
        label.clone_into(first);
    }
    cells.into_iter().map(TableCell::new).collect()
}

/// Writes one row, one field per line: heading or name, and value. Missing values are left out.
pub(super) fn show<R: Row>(row: &R, mut out: impl Write) -> io::Result<()> {
    let fields = R::COLUMNS.iter().zip(row.cells()).map(|(column, cell)| {
        let name = match column.shown {
            Shown::As(heading)
            | Shown::IfKnown(heading)
            | Shown::IfWide(heading)
            | Shown::InPlaceOf(_, heading) => heading,
            Shown::WhoseRow | Shown::No => column.name,
        };
        (name, Field::of(cell).text)
    });
    let fields: Vec<_> = fields.filter_map(|(name, text)| Some((name, text?))).collect();
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, text) in fields {
        writeln!(out, "{BOLD}{name:width$}{BOLD:#}  {text}")?;
    }
    out.flush()
}
