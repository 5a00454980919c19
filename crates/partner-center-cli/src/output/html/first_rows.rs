//! The rows with most unused licenses, as many as a page shows.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::mem;

use partner_center::CustomerId;

use crate::output::columns::Column;
use partner_center_history::cell::Cell;

use crate::output::row::Row as _;
use crate::output::rows::AnnotatedRow;
use crate::page::{self, ROWS, RowTable, Text};
use crate::terminal::text::{grouped, grouped_amount};

/// The columns of the table, by their names. The customer is the first.
const COLUMNS: [(&str, &str, bool); 12] = [
    ("customerName", "Customer", false),
    ("productName", "Product", false),
    ("channel", "Channel", false),
    ("licensesSold", "Sold", true),
    ("licensesDeployed", "Deployed", true),
    ("licensesActive", "Active", true),
    ("shelfware", "Shelfware", true),
    ("idle", "Idle", true),
    ("unused", "Unused", true),
    ("unusedCost", "Cost a month", true),
    ("currency", "Currency", false),
    ("flags", "Flags", false),
];

/// Rows that are shown, of all that were added.
pub(super) struct FirstRows {
    /// The last of them first.
    rows: BinaryHeap<Reverse<Shown>>,
    columns: Vec<(Column, page::Column)>,
    count: u64,
    elsewhere: Text,
}

struct Shown {
    unused: Option<i64>,
    /// Orders rows with the same number, so that a page does not depend on the order of responses.
    tie: Reverse<(String, CustomerId, String, String)>,
    cells: Vec<Text>,
}

impl FirstRows {
    /// `columns` are those of the rows. `elsewhere` completes the sentence "All rows are in".
    pub(super) fn new(columns: &[Column], names_customers: bool, elsewhere: &str) -> Self {
        let shown = COLUMNS.into_iter().skip(usize::from(!names_customers));
        let has_display_name = columns.iter().any(|column| column.name == "productDisplayName");
        let columns = shown.filter_map(|(name, heading, is_number)| {
            let name = if has_display_name && name == "productName" { "productDisplayName" } else { name };
            let column = columns.iter().find(|column| column.name == name)?;
            Some((*column, page::Column { heading, is_number }))
        });
        Self {
            columns: columns.collect(),
            rows: BinaryHeap::new(),
            count: 0,
            elsewhere: Text::sentence(elsewhere),
        }
    }

    pub(super) fn add(&mut self, row: &AnnotatedRow) {
        self.count = self.count.saturating_add(1);
        let is_full = self.rows.len() >= ROWS;
        if is_full && self.rows.peek().is_some_and(|Reverse(last)| row.row.unused < last.unused) {
            return;
        }
        let text = |text: Option<&str>| text.unwrap_or_default().to_lowercase();
        let channel = row.row.channel.as_ref().map(ToString::to_string).unwrap_or_default();
        let (customer, product) =
            (text(row.row.customer_name.as_deref()), text(row.row.product_name.as_deref()));
        self.rows.push(Reverse(Shown {
            unused: row.row.unused,
            tie: Reverse((customer, row.row.customer_id, product, channel)),
            cells: self.columns.iter().map(|(column, _)| cell(row, column)).collect(),
        }));
        if is_full {
            self.rows.pop();
        }
    }

    /// The table of all rows that were added.
    pub(super) fn take_table(&mut self) -> RowTable {
        let rows = mem::take(&mut self.rows).into_sorted_vec().into_iter().map(|Reverse(row)| row.cells);
        let columns = mem::take(&mut self.columns).into_iter().map(|(_, column)| column);
        RowTable::new(columns.collect(), rows, mem::take(&mut self.count), self.elsewhere.clone())
    }
}

/// The text of a cell; a count that is not known is not 0.
fn cell(row: &AnnotatedRow, column: &Column) -> Text {
    let unknown = || "–".to_owned();
    match row.cell(column) {
        Cell::Text(text) | Cell::Id(text) => match text {
            None if column.name == "customerName" => Text::new(&row.row.customer_id.to_string()),
            None if column.name == "productName" => {
                let id = row.row.product_id.as_ref().map(ToString::to_string);
                Text::new(&id.unwrap_or_else(unknown))
            }
            text => Text::new(&text.unwrap_or_default()),
        },
        Cell::Count(count) => Text::new(&count.map_or_else(unknown, grouped)),
        Cell::Percent(percent) => Text::new(&percent.map_or_else(unknown, |percent| percent.to_string())),
        Cell::Money(amount) => Text::new(&amount.map_or_else(unknown, grouped_amount)),
        Cell::Time(time) => Text::new(&time.map(ToString::to_string).unwrap_or_default()),
        Cell::List(list) => Text::new(&list.text().unwrap_or_default()),
    }
}

impl Ord for Shown {
    fn cmp(&self, other: &Self) -> Ordering {
        self.unused.cmp(&other.unused).then_with(|| self.tie.cmp(&other.tie))
    }
}

impl PartialOrd for Shown {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Shown {}
