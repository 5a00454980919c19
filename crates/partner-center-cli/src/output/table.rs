//! The table format, for people.

use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{
    Cell as TableCell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle,
};
use serde_json::{Map, Value};

use super::footnotes::{self, Place};
use super::row::cells;
use super::{Cell, Column, Columns, Failure, Layout, Row, Shown, Sink, Summary, age};
use crate::terminal::text::{grouped, grouped_amount, printable};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// From this width on, optional columns are shown.
const WIDE: u16 = 110;

/// Placeholder for the line above the totals until the table is drawn. External text cannot contain it: `printable`
/// replaces control characters.
const RULE: &str = "\u{1}";

pub(super) struct Table<W> {
    out: W,
    columns: Columns,
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
    pub(super) fn new(out: W, columns: &Columns, width: u16, layout: Layout) -> Self {
        let columns = columns.for_cells(false);
        Self { out, columns, width, layout, rows: Vec::new(), customers: Vec::new() }
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
            self.rows.push(self.columns.iter().zip(cells(row, &self.columns)).map(field).collect());
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
        let all = self.columns.clone();
        let columns = visible(&all, &self.rows, self.width, self.layout);
        let mut table = comfy_table::Table::new();
        table
            .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')))
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width)
            .set_header(columns.iter().map(|shown| TableCell::new(&shown.heading)));
        let mut before = None;
        for (row, customer) in self.rows.iter().zip(&self.customers) {
            let repeated = before == Some(customer);
            before = Some(customer);
            table.add_row(columns.iter().map(|shown| {
                let field = row.get(shown.index).cloned().unwrap_or_default();
                let blank = repeated && shown.column.names_customer();
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
                table.add_row(total_cells(&columns, total, summary, if place == 0 { &label } else { "" }));
            }
        }
        let last = columns.len().saturating_sub(1);
        for (place, Place { index, .. }) in columns.iter().enumerate() {
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
        let mut sentences = if has_totals { footnotes::in_words::<R>(summary, &columns) } else { Vec::new() };
        sentences.extend(footnotes::costs(summary));
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
}

/// The columns to show.
fn visible<'a>(columns: &'a Columns, rows: &[Vec<Field>], width: u16, layout: Layout) -> Vec<Place<'a>> {
    let has_values =
        |index: usize| rows.iter().any(|row| row.get(index).is_some_and(|field| field.text.is_some()));
    let place = |name: &str| columns.iter().position(|column| column.name == name);
    let is_shown = |index: usize, column: &Column| {
        let is_chosen = match column.shown {
            Shown::As(_) => true,
            Shown::Chosen(_) => return true,
            Shown::IfKnown(_) => has_values(index),
            Shown::InPlaceOf(other, _) => !place(other).is_some_and(has_values),
            Shown::IfWide(_) => width >= WIDE,
            Shown::WhoseRow => layout != Layout::OneCustomer,
            Shown::No => false,
        };
        // A number column is shown even if all its values are unknown.
        is_chosen && (has_values(index) || column.kind.is_number())
    };
    let shown = columns.iter().enumerate().filter(|(index, column)| is_shown(*index, column));
    shown
        .filter_map(|(index, column)| Some(Place { index, column, heading: column.heading()?.into_owned() }))
        .collect()
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
            Cell::Time(time) => {
                Self { text: time.map(|time| printable(&time.to_string()).into_owned()), side: Side::Left }
            }
            Cell::List(list) => {
                Self { text: list.text().map(|text| printable(&text).into_owned()), side: Side::Left }
            }
            Cell::Money(amount) => Self { text: amount.map(grouped_amount), side: Side::Right },
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
fn total_cells(
    columns: &[Place<'_>],
    total: &Map<String, Value>,
    summary: &Summary,
    label: &str,
) -> Vec<TableCell> {
    let value = |column: &Column| {
        Some(match total.get(column.name) {
            Some(Value::String(text)) => printable(text).into_owned(),
            Some(Value::Number(number)) => match number.as_i64() {
                Some(count) => grouped(count),
                None => format!("{:.1}", number.as_f64().unwrap_or_default()),
            },
            Some(_) => String::new(),
            None => grouped_amount(summary.total_cost(column)?),
        })
    };
    let cells = columns.iter().map(|shown| value(shown.column));
    let mut cells: Vec<_> = cells.map(Option::unwrap_or_default).collect();
    if let Some((first, shown)) = cells.first_mut().zip(columns.first())
        && !shown.column.kind.is_number()
    {
        label.clone_into(first);
    }
    cells.into_iter().map(TableCell::new).collect()
}

/// Writes one row, one field per line: heading or name, and value. Missing values are left out.
pub(super) fn show<R: Row>(row: &R, columns: &Columns, mut out: impl Write) -> io::Result<()> {
    let fields = columns.iter().zip(cells(row, columns)).map(|(column, cell)| {
        let name = match column.shown {
            Shown::WhoseRow => None,
            _ => column.heading(),
        };
        (name.unwrap_or_else(|| column.name()), Field::of(cell).text)
    });
    let fields: Vec<_> = fields.filter_map(|(name, text)| Some((name, text?))).collect();
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, text) in fields {
        writeln!(out, "{BOLD}{name:width$}{BOLD:#}  {text}")?;
    }
    out.flush()
}
