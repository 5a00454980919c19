//! Rows of output and their columns. The rows are those of the SDK; this module adds what the formats need to know.

use std::cmp::Ordering;

use partner_center::CustomerId;
use partner_center::funnel::Groups;
use partner_center::licenses::percent;
use partner_center::models::Timestamp;
use partner_center_history::cell::{Cell, Field};
use schemars::JsonSchema;
use serde::Serialize;

use super::columns::{Column, Columns, Shown};
use super::rows::GroupExtra;
use crate::anonymizer::{Anonymizer, anonymizer};
use crate::prices::Costs;

/// A row of output: the contract's field names, timestamps as received. Its serialized fields are its columns.
pub(crate) trait Row: Serialize + JsonSchema + Sized + 'static {
    /// Its name in `schema` and in the JSON document.
    const TYPE: &'static str;
    /// Every field that all rows have, in the order of the csv columns.
    const COLUMNS: &'static [Column];
    /// The names of the columns that totals are grouped by.
    const TOTALS_BY: &'static [&'static str] = &[];
    /// The percentage columns, as the names of the percentage, the part and the whole. Totals recompute them, and a row
    /// is below a percentage if one of them is.
    const PERCENTS: &'static [[&'static str; 3]] = &[];

    /// Whether the counts of rows add up to totals.
    const ADDS_UP: bool = true;

    /// The names of the counts that do not add up.
    const NOT_ADDED: &'static [&'static str] = &[];

    /// The difference columns, as the names of the difference, the whole and the part. If the part exceeds the whole,
    /// the difference is 0.
    const DIFFERENCES: &'static [[&'static str; 3]] = &[];

    /// Replaces its customer's id and name by pseudonyms.
    fn anonymize(&mut self, anonymizer: &Anonymizer);

    /// The value in a column.
    fn cell(&self, column: &Column) -> Cell<'_>;

    /// How a row is added to groups, if such rows can be grouped.
    const GROUPED: Option<AddToGroups<Self>> = None;
    /// The order of groups of such rows, as `--sort` takes it.
    const GROUPS_SORTED_BY: &'static str = "unused:desc";
    /// The columns that are a lower bound in some rows.
    const LOWER_BOUNDS: &'static [&'static str] = &[];

    /// How many rows of the service's data it stands for.
    fn stands_for(&self) -> u64 {
        1
    }

    /// Of these, how many have the whole count in this column, which has a count.
    fn complete_rows(&self, _column: &Column) -> u64 {
        self.stands_for()
    }

    /// Adds its costs, if it has columns for costs.
    fn add_costs(&self, _costs: &mut Costs) {}

    /// The display name of its product, else its name, if display names were given.
    fn display_name(&self) -> Option<&str> {
        None
    }

    /// The id and the name of its customer, if it has them.
    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (None, None)
    }

    /// When the service computed it; two times if it was joined from deployment and usage.
    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [None, None]
    }

    /// The count in the column of this name.
    fn count(&self, name: &str) -> Option<i64> {
        match self.cell(Self::COLUMNS.iter().find(|column| column.name == name)?) {
            Cell::Count(count) => count,
            _ => None,
        }
    }

    /// Whether one of its percentages is below this one. Unknown percentages and those of zero are not below it.
    fn is_below(&self, limit: f64) -> bool {
        let is_below = |[_, part, whole]: &[&str; 3]| {
            let share = percent(self.count(part)?, self.count(whole)?)?;
            Some(share < limit)
        };
        Self::PERCENTS.iter().any(|names| is_below(names) == Some(true))
    }
}

/// The row, with pseudonyms if `--anonymize` is given. Call it once, after everything that needs the real names.
pub(crate) fn as_written<R: Row>(mut row: R) -> R {
    if let Some(anonymizer) = anonymizer() {
        row.anonymize(anonymizer);
    }
    row
}

/// Adds the counts of a row to its group, and returns what else is added up in the group.
pub(crate) type AddToGroups<R> = for<'a> fn(&R, &'a mut Groups<GroupExtra>) -> &'a mut GroupExtra;

/// The values of a row, in the order of the columns.
pub(super) fn cells<'a, R: Row>(row: &'a R, columns: &'a Columns) -> impl Iterator<Item = Cell<'a>> {
    columns.iter().map(|column| row.cell(column))
}

/// Compares texts without letter case; missing values are last.
pub(super) fn order(one: &Cell<'_>, other: &Cell<'_>, descending: bool) -> Ordering {
    fn by_value<T>(
        a: Option<T>,
        b: Option<T>,
        descending: bool,
        by: impl Fn(&T, &T) -> Ordering,
    ) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if descending => by(&b, &a),
            (Some(a), Some(b)) => by(&a, &b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
    let texts = |a: &str, b: &str| a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| a.cmp(b));
    match (one, other) {
        (Cell::Text(a), Cell::Text(b)) => {
            by_value(a.as_deref(), b.as_deref(), descending, |a, b| texts(a, b))
        }
        (Cell::Id(a), Cell::Id(b)) => by_value(a.as_deref(), b.as_deref(), descending, |a, b| texts(a, b)),
        (Cell::Count(a), Cell::Count(b)) => by_value(*a, *b, descending, Ord::cmp),
        (Cell::Percent(a), Cell::Percent(b)) => by_value(*a, *b, descending, f64::total_cmp),
        (Cell::Money(a), Cell::Money(b)) => by_value(*a, *b, descending, Ord::cmp),
        (Cell::Time(a), Cell::Time(b)) => {
            let text = |time: Option<&Timestamp>| time.map(ToString::to_string);
            by_value(text(*a), text(*b), descending, |a, b| texts(a, b))
        }
        (Cell::List(a), Cell::List(b)) => by_value(a.text(), b.text(), descending, |a, b| texts(a, b)),
        // The cells of one column are of one kind.
        _ => Ordering::Equal,
    }
}

/// The column of a field, whose type is inferred from the function that borrows it.
pub(super) const fn column_of<R, F: Field>(
    name: &'static str,
    shown: Shown,
    _: for<'a> fn(&'a R) -> &'a F,
) -> Column {
    Column { required: F::REQUIRED, ..Column::new(name, shown, F::KIND) }
}

/// Implements [`Row`] for a type: `"contractName" field, shown;` for each column, in the order of the csv columns.
macro_rules! columns {
    (
        $row:ty as $type:literal {
            $($column:literal $($field:ident).+, $shown:expr;)+
        }
        $($item:item)*
    ) => {
        impl $crate::output::row::Row for $row {
            const TYPE: &'static str = $type;
            const COLUMNS: &'static [$crate::output::columns::Column] = &$crate::output::columns::numbered([
                $($crate::output::row::column_of::<$row, _>($column, $shown, |row| &row.$($field).+),)+
            ]);

            fn cell(&self, column: &$crate::output::columns::Column) -> ::partner_center_history::cell::Cell<'_> {
                const CELLS: &[for<'a> fn(&'a $row) -> ::partner_center_history::cell::Cell<'a>] =
                    &[$(|row| ::partner_center_history::cell::Field::cell(&row.$($field).+)),+];
                CELLS.get(column.place).map_or(::partner_center_history::cell::Cell::Text(None), |cell| cell(self))
            }

            $($item)*
        }
    };
}

pub(super) use columns;

#[cfg(test)]
mod tests;
