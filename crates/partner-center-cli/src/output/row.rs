//! Rows of output and their columns. The rows are those of the SDK; this module adds what the formats need to know.

use std::borrow::Cow;
use std::cmp::Ordering;

use partner_center::CustomerId;
use partner_center::funnel::{Flag, Workload};
use partner_center::licenses::{Source, percent};
use partner_center::models::{Channel, Guid, RelationshipToPartner, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// A row of output: the contract's field names, timestamps as received. Its serialized fields are its columns.
///
/// A row type with more columns than an SDK row wraps it with `#[serde(flatten)]`. Its columns are those of the SDK row
/// and then its own, and `cell` passes the first indexes on.
pub(crate) trait Row: Serialize + JsonSchema + Sized + 'static {
    /// Its name in `schema` and in the JSON document.
    const TYPE: &'static str;
    /// Every field, in the order of the csv columns.
    const COLUMNS: &'static [Column];
    /// The names of the columns that totals are grouped by.
    const TOTALS_BY: &'static [&'static str] = &[];
    /// The percentage columns, as the names of the percentage, the part and the whole. Totals recompute them, and a row
    /// is below a percentage if one of them is.
    const PERCENTS: &'static [[&'static str; 3]] = &[];

    /// The difference columns, as the names of the difference, the whole and the part. If the part exceeds the whole,
    /// the difference is 0.
    const DIFFERENCES: &'static [[&'static str; 3]] = &[];

    /// The value in the column at this index.
    fn cell(&self, index: usize) -> Cell<'_>;

    /// The values in all columns.
    fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..Self::COLUMNS.len()).map(|index| self.cell(index))
    }

    /// The order of groups of such rows, as `--sort` takes it.
    const GROUPS_SORTED_BY: &'static str = "unused:desc";
    /// The columns that are a lower bound in some rows.
    const LOWER_BOUNDS: &'static [&'static str] = &[];

    /// How many rows of the service's data it stands for.
    fn stands_for(&self) -> u64 {
        1
    }

    /// Of these, how many have the whole count in the column at this index, which has a count.
    fn complete_rows(&self, _index: usize) -> u64 {
        self.stands_for()
    }

    /// The id and the name of its customer, if it has them.
    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (None, None)
    }

    /// When the service computed it; two times if it was joined from deployment and usage.
    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [None, None]
    }

    /// Finds the index of a column by its csv name, its table heading, or its name in thresholds.
    fn column(called: &str) -> Option<usize> {
        let called = called.trim();
        let is = |name: &str| name.eq_ignore_ascii_case(called);
        let has_name =
            |column: &Column| is(column.name) || column.name.strip_prefix("licenses").is_some_and(is);
        let has_heading = |column: &Column| match column.shown {
            Shown::As(heading) | Shown::IfKnown(heading) | Shown::IfWide(heading) => is(heading),
            Shown::WhoseRow => is(CUSTOMER),
            Shown::InPlaceOf(..) | Shown::No => false,
        };
        // If two columns share a heading, the one that is preferred in the table is found.
        let has_heading_too =
            |column: &Column| matches!(column.shown, Shown::InPlaceOf(_, heading) if is(heading));
        let find = |is_it: &dyn Fn(&Column) -> bool| Self::COLUMNS.iter().position(is_it);
        find(&has_name).or_else(|| find(&has_heading)).or_else(|| find(&has_heading_too))
    }

    /// The count in the column of this name.
    fn count(&self, name: &str) -> Option<i64> {
        match self.cell(Self::COLUMNS.iter().position(|column| column.name == name)?) {
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

/// A column, which has one field of each row.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// The name in the contract, and in every format but the table.
    pub(crate) name: &'static str,
    pub(crate) shown: Shown,
    pub(crate) kind: Kind,
}

/// The kind of values in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Id,
    Count,
    Percent,
}

/// Whether the table shows this column. A text column without values is always left out.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    As(&'static str),
    /// Only if a row has a value. Other number columns are shown even if all values are unknown.
    IfKnown(&'static str),
    /// Only in a wide terminal.
    IfWide(&'static str),
    /// Only if the column of this name is left out.
    InPlaceOf(&'static str, &'static str),
    /// Not for a single customer, who is named above the table.
    WhoseRow,
    No,
}

/// The heading of the column that names the customer of a row.
pub(super) const CUSTOMER: &str = "Customer";

/// The value of a field.
pub(crate) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    /// A text that users copy, and so is never wrapped.
    Id(Option<String>),
    Count(Option<i64>),
    Percent(Option<f64>),
}

impl Cell<'_> {
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
            // The cells of one column are of one kind.
            _ => Ordering::Equal,
        }
    }
}

/// A field type of a row.
pub(super) trait Field: Sized {
    const KIND: Kind;

    fn cell(&self) -> Cell<'_>;
}

/// The kind of a field, inferred from the function that borrows it.
pub(super) const fn kind_of<R, F: Field>(_: for<'a> fn(&'a R) -> &'a F) -> Kind {
    F::KIND
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
        Cell::Id(self.as_ref().map(ToString::to_string))
    }
}

impl Field for Option<CustomerId> {
    const KIND: Kind = Kind::Id;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(self.map(|id| id.to_string()))
    }
}

impl Field for CustomerId {
    const KIND: Kind = Kind::Id;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(Some(self.to_string()))
    }
}

impl Field for Option<Timestamp> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|time| Cow::Owned(time.to_string())))
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

/// One text in csv and table, with the members separated by spaces, which they do not contain.
impl Field for Option<Vec<String>> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|texts| Cow::Owned(texts.join(" "))))
    }
}

impl Field for Source {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(spelt(self).map(Cow::Owned))
    }
}

/// One text in csv and table, with the members separated by spaces.
impl Field for Vec<Flag> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        let flags: Vec<_> = self.iter().filter_map(spelt).collect();
        Cell::Text((!flags.is_empty()).then(|| Cow::Owned(flags.join(" "))))
    }
}

/// One text in csv and table: `Exchange 60/100; SharePoint 25/100`, a question mark for an unknown count.
impl Field for Vec<Workload> {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        let count = |count: Option<i64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
        let workload = |workload: &Workload| {
            let name = workload.workload_name.as_deref().or(workload.workload_code.as_deref()).unwrap_or("?");
            format!("{name} {}/{}", count(workload.licenses_active), count(workload.licenses_qualified))
        };
        let workloads: Vec<_> = self.iter().map(workload).collect();
        Cell::Text((!workloads.is_empty()).then(|| Cow::Owned(workloads.join("; "))))
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
            const COLUMNS: &'static [$crate::output::row::Column] = &[$(
                $crate::output::row::Column {
                    name: $column,
                    shown: $shown,
                    kind: $crate::output::row::kind_of::<$row, _>(|row| &row.$field),
                },
            )+];

            fn cell(&self, index: usize) -> $crate::output::row::Cell<'_> {
                const CELLS: &[for<'a> fn(&'a $row) -> $crate::output::row::Cell<'a>] =
                    &[$(|row| $crate::output::row::Field::cell(&row.$field)),+];
                CELLS.get(index).map_or($crate::output::row::Cell::Text(None), |cell| cell(self))
            }

            $($item)*
        }
    };
}

pub(super) use columns;

#[cfg(test)]
mod tests {
    use partner_center::funnel::{FunnelRow, Group, GroupBy, Groups};
    use partner_center::licenses::{DeploymentRow, PartnerDeploymentRow, PartnerUsageRow, UsageRow};
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::output::rows::Customer;
    use crate::report::threshold::{Metric, Threshold};

    fn every_name_finds_its_column<R: Row>() {
        let find = |called: &str| R::column(called).and_then(|index| R::COLUMNS.get(index));
        for column in R::COLUMNS {
            let name = |called: &str| find(called).map(|found| found.name);
            assert_eq!(name(column.name), Some(column.name), "{}", R::TYPE);
            assert_eq!(name(&format!(" {} ", column.name.to_uppercase())), Some(column.name), "{}", R::TYPE);
            let heading = match column.shown {
                Shown::As(heading)
                | Shown::IfKnown(heading)
                | Shown::IfWide(heading)
                | Shown::InPlaceOf(_, heading) => heading,
                Shown::WhoseRow => CUSTOMER,
                Shown::No => continue,
            };
            let has_it = match find(heading).map(|found| found.shown) {
                Some(
                    Shown::As(found)
                    | Shown::IfKnown(found)
                    | Shown::IfWide(found)
                    | Shown::InPlaceOf(_, found),
                ) => found == heading,
                Some(Shown::WhoseRow) => heading == CUSTOMER,
                _ => false,
            };
            assert!(has_it, "{}: {heading}", R::TYPE);
        }
        assert!(R::column("").is_none() && R::column("licenses").is_none());
    }

    // U12: `--sort sold` was unknown, though the table is headed Sold.
    #[test]
    fn a_column_is_found_by_name_by_heading_and_by_threshold_metric() {
        every_name_finds_its_column::<DeploymentRow>();
        every_name_finds_its_column::<UsageRow>();
        every_name_finds_its_column::<FunnelRow>();
        every_name_finds_its_column::<Group>();
        every_name_finds_its_column::<PartnerDeploymentRow>();
        every_name_finds_its_column::<PartnerUsageRow>();
        every_name_finds_its_column::<Customer>();
        for metric in Metric::ALL {
            let column = FunnelRow::COLUMNS[FunnelRow::column(metric.name()).unwrap()];
            assert!(matches!(column.kind, Kind::Count | Kind::Percent), "{}", metric.name());
        }
        // Conversely, a threshold accepts the name and the heading of a number column.
        for column in FunnelRow::COLUMNS {
            if let Shown::As(heading) | Shown::IfWide(heading) = column.shown
                && matches!(column.kind, Kind::Count | Kind::Percent)
            {
                for name in [column.name, heading] {
                    let threshold = format!("{name} > 1").parse::<Threshold>();
                    assert!(threshold.is_ok(), "{name}");
                }
            }
        }
    }

    /// The names of the serialized fields, in order.
    fn fields(row: &impl Serialize) -> Vec<String> {
        let json = serde_json::to_string(row).unwrap();
        let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
        let place = |name: &String| json.find(&format!("\"{name}\":"));
        let mut names: Vec<_> = members.into_iter().map(|(name, _)| name).collect();
        names.sort_by_key(place);
        names
    }

    fn columns_are_the_serialized_fields<R: Row>(row: &R) {
        let names: Vec<_> = R::COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(fields(row), names, "{}", R::TYPE);
        for (column, cell) in R::COLUMNS.iter().zip(row.cells()) {
            let kind = match cell {
                Cell::Text(_) => Kind::Text,
                Cell::Id(_) => Kind::Id,
                Cell::Count(_) => Kind::Count,
                Cell::Percent(_) => Kind::Percent,
            };
            assert_eq!(kind, column.kind, "{} {}", R::TYPE, column.name);
        }
    }

    fn read<R: DeserializeOwned>(json: &str) -> R {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_format_has_the_same_columns_in_the_same_order() {
        const SOURCE: &str = r#"{"source":"classic"}"#;
        columns_are_the_serialized_fields::<DeploymentRow>(&read(SOURCE));
        columns_are_the_serialized_fields::<UsageRow>(&read(SOURCE));
        columns_are_the_serialized_fields::<PartnerDeploymentRow>(&read("{}"));
        columns_are_the_serialized_fields::<PartnerUsageRow>(&read("{}"));
        let row: FunnelRow = read(
            r#"{"customerId":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","source":"classic","workloads":[],"flags":[]}"#,
        );
        columns_are_the_serialized_fields(&row);
        for group in Groups::<()>::of(GroupBy::Product, [&row]) {
            columns_are_the_serialized_fields(&group);
        }
        columns_are_the_serialized_fields(&Customer::from(partner_center::models::Customer::default()));
    }

    /// A row with a column that the SDK row does not have.
    #[derive(Serialize, JsonSchema)]
    struct WithShare {
        #[serde(flatten)]
        row: DeploymentRow,
        share: Option<f64>,
    }

    const OWN: usize = DeploymentRow::COLUMNS.len();

    impl Row for WithShare {
        const TYPE: &'static str = "deployment-with-share";
        const COLUMNS: &'static [Column] = &{
            let mut columns = [Column { name: "share", shown: Shown::No, kind: Kind::Percent }; OWN + 1];
            let (of_row, _) = columns.split_at_mut(OWN);
            of_row.copy_from_slice(DeploymentRow::COLUMNS);
            columns
        };

        fn cell(&self, index: usize) -> Cell<'_> {
            if index == OWN { self.share.cell() } else { self.row.cell(index) }
        }
    }

    #[test]
    fn a_row_can_add_columns_to_a_row_of_the_sdk() {
        let row = read(r#"{"source":"classic","licensesSold":5}"#);
        let row = WithShare { row, share: Some(12.5) };
        columns_are_the_serialized_fields(&row);
        assert_eq!((row.count("licensesSold"), WithShare::column("share")), (Some(5), Some(OWN)));
    }
}
