//! Rows of output and their columns. The rows are those of the SDK; this module adds what the formats need to know.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use partner_center::CustomerId;
use partner_center::funnel::{Flag, Groups, Workload};
use partner_center::licenses::{Source, percent};
use partner_center::models::{Channel, Guid, RelationshipToPartner, Timestamp};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::columns::{Column, Columns, Kind, Shown};
use super::rows::GroupCosts;
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

    /// The id of its product with the display name, if it has both.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "only workbooks need it"))]
    fn product(&self) -> Option<(&Guid, &Arc<str>)> {
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

/// Adds a row to its group, and returns the costs of the group, to which the row's own are not added yet.
pub(crate) type AddToGroups<R> = for<'a> fn(&R, &'a mut Groups<GroupCosts>) -> &'a mut GroupCosts;

/// The values of a row, in the order of the columns.
pub(super) fn cells<'a, R: Row>(row: &'a R, columns: &'a Columns) -> impl Iterator<Item = Cell<'a>> {
    columns.iter().map(|column| row.cell(column))
}

/// The value of a field.
pub(crate) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    /// A text that users copy, and so is never wrapped.
    Id(Option<Cow<'a, str>>),
    Count(Option<i64>),
    Percent(Option<f64>),
    /// An amount per month in the currency of the column or the row.
    Money(Option<Decimal>),
    /// A time as received.
    Time(Option<&'a Timestamp>),
    List(&'a dyn List),
}

/// The value of a field with several members.
pub(crate) trait List {
    /// One text for csv and tables; `None` without members.
    fn text(&self) -> Option<String>;

    /// The members, each with its fields. They are in the order of the columns of [`Kind::List`].
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only parquet has members"))]
    fn members(&self) -> Vec<Vec<Cell<'_>>>;
}

impl<'a> Cell<'a> {
    /// The value as text, exactly; empty without a value.
    pub(super) fn text(self) -> Cow<'a, str> {
        let text = match self {
            Self::Text(text) | Self::Id(text) => text,
            Self::Count(count) => count.map(|count| Cow::Owned(count.to_string())),
            // `Debug` prints the shortest exact form of a float, with a decimal point.
            Self::Percent(percent) => percent.map(|percent| Cow::Owned(format!("{percent:?}"))),
            Self::Money(amount) => amount.map(|amount| Cow::Owned(amount.to_string())),
            Self::Time(time) => time.map(|time| Cow::Owned(time.to_string())),
            Self::List(list) => list.text().map(Cow::Owned),
        };
        text.unwrap_or_default()
    }

    /// Compares texts without letter case; missing values are last.
    pub(super) fn order(&self, other: &Self, descending: bool) -> Ordering {
        fn order<T>(
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
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => {
                order(a.as_deref(), b.as_deref(), descending, |a, b| texts(a, b))
            }
            (Self::Id(a), Self::Id(b)) => order(a.as_deref(), b.as_deref(), descending, |a, b| texts(a, b)),
            (Self::Count(a), Self::Count(b)) => order(*a, *b, descending, Ord::cmp),
            (Self::Percent(a), Self::Percent(b)) => order(*a, *b, descending, f64::total_cmp),
            (Self::Money(a), Self::Money(b)) => order(*a, *b, descending, Ord::cmp),
            (Self::Time(a), Self::Time(b)) => {
                let text = |time: Option<&Timestamp>| time.map(ToString::to_string);
                order(text(*a), text(*b), descending, |a, b| texts(a, b))
            }
            (Self::List(a), Self::List(b)) => order(a.text(), b.text(), descending, |a, b| texts(a, b)),
            // The cells of one column are of one kind.
            _ => Ordering::Equal,
        }
    }
}

/// A field type of a row.
pub(super) trait Field: Sized {
    const KIND: Kind;
    /// Whether every row has a value.
    const REQUIRED: bool = false;

    fn cell(&self) -> Cell<'_>;
}

/// The column of a field, whose type is inferred from the function that borrows it.
pub(super) const fn column_of<R, F: Field>(
    name: &'static str,
    shown: Shown,
    _: for<'a> fn(&'a R) -> &'a F,
) -> Column {
    Column { required: F::REQUIRED, ..Column::new(name, shown, F::KIND) }
}

impl Field for Option<String> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_deref().map(Cow::Borrowed))
    }
}

impl Field for Option<i64> {
    const KIND: Kind = Kind::Count;

    fn cell(&self) -> Cell<'_> {
        Cell::Count(*self)
    }
}

impl Field for Option<f64> {
    const KIND: Kind = Kind::Percent;

    fn cell(&self) -> Cell<'_> {
        Cell::Percent(*self)
    }
}

impl Field for Option<Guid> {
    const KIND: Kind = Kind::Id;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(self.as_ref().map(|id| Cow::Owned(id.to_string())))
    }
}

impl Field for Option<CustomerId> {
    const KIND: Kind = Kind::Id;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(self.map(|id| Cow::Owned(id.to_string())))
    }
}

impl Field for CustomerId {
    const KIND: Kind = Kind::Id;
    const REQUIRED: bool = true;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(Some(Cow::Owned(self.to_string())))
    }
}

impl Field for Option<Timestamp> {
    const KIND: Kind = Kind::Time;

    fn cell(&self) -> Cell<'_> {
        Cell::Time(self.as_ref())
    }
}

impl Field for Option<Channel> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|channel| Cow::Borrowed(channel.as_str())))
    }
}

impl Field for Option<RelationshipToPartner> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|relationship| Cow::Borrowed(relationship.as_str())))
    }
}

impl Field for Option<bool> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.map(|yes| Cow::Borrowed(if yes { "true" } else { "false" })))
    }
}

impl Field for Source {
    const KIND: Kind = Kind::Text;
    const REQUIRED: bool = true;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(spelt(self).map(Cow::Owned))
    }
}

/// A list of texts without spaces, which separate them in csv and table.
const TEXTS: Kind = Kind::List(&[Column::new("element", Shown::No, Kind::Text)]);

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let texts: Vec<_> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

impl Field for Option<Vec<String>> {
    const KIND: Kind = TEXTS;

    fn cell(&self) -> Cell<'_> {
        Cell::List(self)
    }
}

impl List for Option<Vec<String>> {
    fn text(&self) -> Option<String> {
        joined(self.iter().flatten().map(String::as_str))
    }

    fn members(&self) -> Vec<Vec<Cell<'_>>> {
        self.iter().flatten().map(|text| vec![Cell::Text(Some(Cow::Borrowed(text)))]).collect()
    }
}

impl Field for Vec<Flag> {
    const KIND: Kind = TEXTS;

    fn cell(&self) -> Cell<'_> {
        Cell::List(self)
    }
}

impl List for Vec<Flag> {
    fn text(&self) -> Option<String> {
        let flags: Vec<_> = self.iter().filter_map(spelt).collect();
        joined(flags.iter().map(String::as_str))
    }

    fn members(&self) -> Vec<Vec<Cell<'_>>> {
        self.iter().map(|flag| vec![Cell::Text(spelt(flag).map(Cow::Owned))]).collect()
    }
}

impl Field for Vec<Workload> {
    const KIND: Kind = Kind::List(&[
        Column::new("workloadCode", Shown::No, Kind::Text),
        Column::new("workloadName", Shown::No, Kind::Text),
        Column::new("licensesActive", Shown::No, Kind::Count),
        Column::new("licensesQualified", Shown::No, Kind::Count),
    ]);

    fn cell(&self) -> Cell<'_> {
        Cell::List(self)
    }
}

impl List for Vec<Workload> {
    /// `Exchange 60/100; SharePoint 25/100`, a question mark for an unknown count.
    fn text(&self) -> Option<String> {
        let count = |count: Option<i64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
        let workload = |workload: &Workload| {
            let name = workload.workload_name.as_deref().or(workload.workload_code.as_deref()).unwrap_or("?");
            format!("{name} {}/{}", count(workload.licenses_active), count(workload.licenses_qualified))
        };
        let workloads: Vec<_> = self.iter().map(workload).collect();
        (!workloads.is_empty()).then(|| workloads.join("; "))
    }

    fn members(&self) -> Vec<Vec<Cell<'_>>> {
        let text = |text: &Option<String>| Cell::Text(text.clone().map(Cow::Owned));
        let member = |workload: &Workload| {
            vec![
                text(&workload.workload_code),
                text(&workload.workload_name),
                Cell::Count(workload.licenses_active),
                Cell::Count(workload.licenses_qualified),
            ]
        };
        self.iter().map(member).collect()
    }
}

/// The JSON name of a value.
fn spelt(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// Implements [`Row`] for a type: `"contractName" field, shown;` for each column, in the order of the csv columns.
macro_rules! columns {
    (
        $row:ty as $type:literal {
            $($column:literal $field:ident, $shown:expr;)+
        }
        $($item:item)*
    ) => {
        impl $crate::output::row::Row for $row {
            const TYPE: &'static str = $type;
            const COLUMNS: &'static [$crate::output::columns::Column] = &$crate::output::columns::numbered([
                $($crate::output::row::column_of::<$row, _>($column, $shown, |row| &row.$field),)+
            ]);

            fn cell(&self, column: &$crate::output::columns::Column) -> $crate::output::row::Cell<'_> {
                const CELLS: &[for<'a> fn(&'a $row) -> $crate::output::row::Cell<'a>] =
                    &[$(|row| $crate::output::row::Field::cell(&row.$field)),+];
                CELLS.get(column.place).map_or($crate::output::row::Cell::Text(None), |cell| cell(self))
            }

            $($item)*
        }
    };
}

pub(super) use columns;

#[cfg(test)]
mod tests;
