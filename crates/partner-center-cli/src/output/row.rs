//! Declares row types. One declaration defines the JSON, the schema, the csv columns, the table columns and the
//! conversion from the model.

use std::borrow::Cow;
use std::cmp::Ordering;

use partner_center::funnel::{Flag, Workload};
use partner_center::licenses::Source;
use partner_center::models::{Channel, Guid, RelationshipToPartner, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// A row of output: the contract's field names, timestamps as received.
pub(crate) trait Row: Serialize + JsonSchema + Sized + 'static {
    /// Its name in `schema` and in the JSON document.
    const TYPE: &'static str;
    /// Every field, in the order of the csv columns.
    const COLUMNS: &'static [Column<Self>];
    /// The names of the columns that totals are grouped by.
    const TOTALS_BY: &'static [&'static str] = &[];
    /// The percentage columns, as the names of the percentage, the part and the whole. Totals recompute them, and a row
    /// is below a percentage if one of them is.
    const PERCENTS: &'static [[&'static str; 3]] = &[];

    /// The difference columns, as the names of the difference, the whole and the part. If the part exceeds the whole,
    /// the difference is 0.
    const DIFFERENCES: &'static [[&'static str; 3]] = &[];

    /// The id and the name of its customer, if it has them.
    fn customer(&self) -> (Option<&Guid>, Option<&str>) {
        (None, None)
    }

    /// When the service computed it; two times if it was joined from deployment and usage.
    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [None, None]
    }

    /// Finds a column by its csv name, its table heading, or its name in thresholds.
    fn column(called: &str) -> Option<&'static Column<Self>> {
        let called = called.trim();
        let is = |name: &str| name.eq_ignore_ascii_case(called);
        let has_name =
            |column: &Column<Self>| is(column.name) || column.name.strip_prefix("licenses").is_some_and(is);
        let has_heading = |column: &Column<Self>| match column.shown {
            Shown::As(heading) | Shown::IfWide(heading) => is(heading),
            Shown::WhoseRow => is(CUSTOMER),
            Shown::InPlaceOf(..) | Shown::No => false,
        };
        // If two columns share a heading, the one that is preferred in the table is found.
        let has_heading_too =
            |column: &Column<Self>| matches!(column.shown, Shown::InPlaceOf(_, heading) if is(heading));
        let find = |is_it: &dyn Fn(&Column<Self>) -> bool| Self::COLUMNS.iter().find(|column| is_it(column));
        find(&has_name).or_else(|| find(&has_heading)).or_else(|| find(&has_heading_too))
    }

    /// The count in the column of this name.
    fn count(&self, name: &str) -> Option<i64> {
        let column = Self::COLUMNS.iter().find(|column| column.name == name)?;
        match (column.get)(self) {
            Cell::Count(count) => count,
            _ => None,
        }
    }

    /// Whether one of its percentages is below this one. Unknown percentages and those of zero are not below it.
    fn is_below(&self, percent: f64) -> bool {
        let is_below = |[_, part, whole]: &[&str; 3]| {
            let share = super::share(self.count(part)?, self.count(whole)?)?;
            Some(share < percent)
        };
        Self::PERCENTS.iter().any(|names| is_below(names) == Some(true))
    }
}

/// One field of a row.
pub(crate) struct Column<R: 'static> {
    /// The name in the contract, and in every format but the table.
    pub(crate) name: &'static str,
    pub(crate) shown: Shown,
    pub(crate) kind: Kind,
    pub(crate) get: for<'a> fn(&'a R) -> Cell<'a>,
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

    /// The value in the form that every format writes.
    fn uniform(self) -> Self {
        self
    }
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

    /// Rounded to two decimal places, as the service does.
    fn uniform(self) -> Self {
        self.map(super::two_places)
    }
}

impl Field for Option<Guid> {
    const KIND: Kind = Kind::Id;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(self.as_ref().map(ToString::to_string))
    }

    /// In lower case: operations differ in letter case, and their rows must join.
    fn uniform(self) -> Self {
        self.map(|id| id.as_uuid().map_or(id, Guid::from))
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

    fn uniform(mut self) -> Self {
        for workload in &mut self {
            workload.reported_usage_percent = workload.reported_usage_percent.uniform();
        }
        self
    }
}

/// The JSON name of a value.
fn spelt(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// Declares a row type: `"contractName" field: type, shown;` for each field, in the order of the csv columns. The name
/// is written once and is the same in every format. A field is taken from the model's field of the same name, unless an
/// expression is given.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $name:ident = $type:literal from $model:ident: $model_type:ty {
            $($(#[$field_meta:meta])* $column:literal $field:ident: $field_type:ty $(= $value:expr)?, $shown:expr;)+
        }
        $($item:item)*
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize, schemars::JsonSchema)]
        pub(crate) struct $name {
            $($(#[$field_meta])* #[serde(rename = $column)] $field: $field_type,)+
        }

        impl From<$model_type> for $name {
            fn from($model: $model_type) -> Self {
                Self { $($field: $crate::output::row::Field::uniform($crate::output::row::row!(@value $model $field $($value)?)),)+ }
            }
        }

        impl $crate::output::row::Row for $name {
            const TYPE: &'static str = $type;
            const COLUMNS: &'static [$crate::output::row::Column<Self>] = &[$(
                $crate::output::row::Column {
                    name: $column,
                    shown: $shown,
                    kind: <$field_type as $crate::output::row::Field>::KIND,
                    get: |row| $crate::output::row::Field::cell(&row.$field),
                },
            )+];

            $($item)*
        }
    };
    (@value $model:ident $field:ident) => { $model.$field };
    (@value $model:ident $field:ident $value:expr) => { $value };
}

pub(super) use row;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::rows;
    use crate::report::threshold::{Metric, Threshold};

    fn every_name_finds_its_column<R: Row>() {
        for column in R::COLUMNS {
            let find = |called: &str| R::column(called).map(|found| found.name);
            assert_eq!(find(column.name), Some(column.name), "{}", R::TYPE);
            assert_eq!(find(&format!(" {} ", column.name.to_uppercase())), Some(column.name), "{}", R::TYPE);
            let heading = match column.shown {
                Shown::As(heading) | Shown::IfWide(heading) | Shown::InPlaceOf(_, heading) => heading,
                Shown::WhoseRow => CUSTOMER,
                Shown::No => continue,
            };
            let found = R::column(heading).map(|found| found.shown);
            let has_it = match found {
                Some(Shown::As(found) | Shown::IfWide(found) | Shown::InPlaceOf(_, found)) => {
                    found == heading
                }
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
        every_name_finds_its_column::<rows::Deployment>();
        every_name_finds_its_column::<rows::Usage>();
        every_name_finds_its_column::<rows::Funnel>();
        every_name_finds_its_column::<rows::PartnerDeployment>();
        every_name_finds_its_column::<rows::PartnerUsage>();
        every_name_finds_its_column::<rows::QueryDeployment>();
        every_name_finds_its_column::<rows::QueryUsage>();
        every_name_finds_its_column::<rows::Customer>();
        for metric in Metric::ALL {
            let column = rows::Funnel::column(metric.name()).unwrap();
            assert!(matches!(column.kind, Kind::Count | Kind::Percent), "{}", metric.name());
        }
        // Conversely, a threshold accepts the name and the heading of a number column.
        for column in rows::Funnel::COLUMNS {
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

    // U12: 66.67 and 66.66666666666666 were mixed, and ids in upper and lower case.
    #[test]
    fn values_are_written_in_one_form() {
        assert_eq!(Some(66.666_666_666_666_66).uniform(), Some(66.67));
        let id = |text: &str| Some(Guid::from(text)).uniform().map(|id| id.to_string());
        let small = "0112a436-b14e-4888-967b-ca4bb2cf1234";
        for text in [small, "0112A436-B14E-4888-967B-CA4BB2CF1234", "0112a436-B14E-4888-967b-CA4BB2CF1234"] {
            assert_eq!(id(text).as_deref(), Some(small));
        }
        assert_eq!(id("no GUID").as_deref(), Some("no GUID"), "an invalid id is unchanged");
    }
}
