//! Formats the tables and figures of the page.

use std::fmt::Write as _;

use indicatif::HumanFloatCount;

/// A Markdown table: the first column is text, the others are figures.
pub(super) struct Table {
    columns: usize,
    text: String,
}

impl Table {
    pub(super) fn new(header: &[&str]) -> Self {
        let mut table = Self { columns: header.len(), text: String::new() };
        table.push(header.iter().map(|column| (*column).to_owned()));
        let _infallible = writeln!(table.text, "|---|{}", "---:|".repeat(table.columns - 1));
        table
    }

    pub(super) fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        debug_assert_eq!(cells.len(), self.columns, "{cells:?}");
        let _infallible = writeln!(self.text, "| {} |", cells.join(" | "));
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// The median; for an even number of values, the mean of the two in the middle.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => sorted[middle],
        (_, middle) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// A count, with commas as thousands separators.
pub(super) fn count(value: f64) -> String {
    format!("{:.0}", HumanFloatCount(value))
}

/// The minimum and the maximum.
pub(super) fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| {
        (least.min(*value), most.max(*value))
    })
}

/// The line of the page that says whether a target was met.
pub(super) fn verdict(met: bool, target: &str) -> String {
    format!("Target: {target}. {}.\n", if met { "Met" } else { "**Missed**" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        assert_eq!(count(0.4), "0");
        assert_eq!(count(999.0), "999");
        assert_eq!(count(1_234_567.4), "1,234,567");
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert_eq!(range(&[2.0, 1.0, 3.0]), (1.0, 3.0));
    }

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new(&["client", "calls/s"]);
        table.push(["one".to_owned(), count(1000.0)]);
        assert_eq!(table.finish(), "| client | calls/s |\n|---|---:|\n| one | 1,000 |\n");
    }
}
