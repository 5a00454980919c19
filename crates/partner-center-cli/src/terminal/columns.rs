//! Text in columns, wrapped to the width of the terminal.

use comfy_table::{Cell as TableCell, ColumnConstraint, ContentArrangement, TableStyle};

use super::text::showable;

/// Texts in columns without headings. The last column is wrapped to fit the width.
pub(crate) fn columns(rows: &[Vec<String>], width: u16) -> Vec<String> {
    let mut table = comfy_table::Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    for row in rows {
        table.add_row(row.iter().map(|text| TableCell::new(showable(text))));
    }
    let last = table.column_count().saturating_sub(1);
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if place == last { 0 } else { 2 }));
        if place != last {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}
