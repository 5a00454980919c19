//! Rows as typed cells, in columns: what files with types are written from.

use std::borrow::Cow;

use partner_center::CustomerId;
use partner_center::funnel::{Flag, Workload};
use partner_center::licenses::Source;
use partner_center::models::{Channel, Guid, RelationshipToPartner, Timestamp};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{Change, Day};

/// A column of a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Column {
    /// Its name in the file.
    pub name: Cow<'static, str>,
    /// The kind of its values.
    pub kind: Kind,
    /// Whether every row has a value.
    pub required: bool,
}

impl Column {
    /// A column whose values may be missing.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name: Cow::Borrowed(name), kind, required: false }
    }

    /// A column with this name, which may be computed.
    #[must_use]
    pub fn named(name: Cow<'static, str>, kind: Kind, required: bool) -> Self {
        Self { name, kind, required }
    }

    /// The column of a field of this type.
    #[must_use]
    pub const fn of<F: Field>(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), kind: F::KIND, required: F::REQUIRED }
    }
}

/// The kind of values in a column.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Texts.
    Text,
    /// Ids, as texts.
    Id,
    /// Whole numbers.
    Count,
    /// Percentages.
    Percent,
    /// Amounts of money.
    Money,
    /// Times as received.
    Time,
    /// Members with these columns.
    List(&'static [Column]),
}

impl Kind {
    /// Whether its values are numbers.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Count | Self::Percent | Self::Money)
    }
}

/// The value of a field.
pub enum Cell<'a> {
    /// A text.
    Text(Option<Cow<'a, str>>),
    /// An id. Users copy it, so it is never wrapped.
    Id(Option<Cow<'a, str>>),
    /// A whole number.
    Count(Option<i64>),
    /// A percentage.
    Percent(Option<f64>),
    /// An amount per month in the currency of the column or the row.
    Money(Option<Decimal>),
    /// A time as received.
    Time(Option<&'a Timestamp>),
    /// Several members.
    List(&'a dyn List),
}

/// The value of a field with several members.
pub trait List {
    /// One text for csv and tables; `None` without members.
    fn text(&self) -> Option<String>;

    /// The members, each with its fields. They are in the order of the columns of [`Kind::List`].
    fn members(&self) -> Vec<Vec<Cell<'_>>>;
}

impl<'a> Cell<'a> {
    /// The value as text, exactly; empty without a value.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
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
}

/// A field type of a row.
pub trait Field: Sized {
    /// The kind of its values.
    const KIND: Kind;
    /// Whether every row has a value.
    const REQUIRED: bool = false;

    /// The value.
    fn cell(&self) -> Cell<'_>;
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

impl Field for Day {
    const KIND: Kind = Kind::Id;
    const REQUIRED: bool = true;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(Some(Cow::Owned(self.to_string())))
    }
}

impl Field for Change {
    const KIND: Kind = Kind::Text;
    const REQUIRED: bool = true;

    fn cell(&self) -> Cell<'_> {
        Cell::Text(json_name(self).map(Cow::Owned))
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
        Cell::Text(json_name(self).map(Cow::Owned))
    }
}

/// A list of texts without spaces, which separate them in csv and table.
const TEXTS: Kind = Kind::List(&[Column::new("element", Kind::Text)]);

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
        let flags: Vec<_> = self.iter().filter_map(json_name).collect();
        joined(flags.iter().map(String::as_str))
    }

    fn members(&self) -> Vec<Vec<Cell<'_>>> {
        self.iter().map(|flag| vec![Cell::Text(json_name(flag).map(Cow::Owned))]).collect()
    }
}

impl Field for Vec<Workload> {
    const KIND: Kind = Kind::List(&[
        Column::new("workloadCode", Kind::Text),
        Column::new("workloadName", Kind::Text),
        Column::new("licensesActive", Kind::Count),
        Column::new("licensesQualified", Kind::Count),
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
fn json_name(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
