//! What a row of output is: one declaration per row type, from which its JSON, its schema, its csv columns, its place in
//! the table and its making from the model all follow.

use std::borrow::Cow;

use partner_center::models::{Channel, Guid, RelationshipToPartner, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// A row of output: the contract's field names, `customerId` always there, timestamps as they came.
pub(crate) trait Row: Serialize + JsonSchema + Sized + 'static {
    /// What `schema` and the JSON document call it.
    const TYPE: &'static str;
    /// Every field, in the order of the csv columns.
    const COLUMNS: &'static [Column<Self>];
    /// What the totals are kept apart by, besides adding up all counts: the names of columns.
    const TOTALS_BY: &'static [&'static str] = &[];
    /// The percentage among the columns that the totals recompute: its name, the part's and the whole's.
    const PERCENT: Option<[&'static str; 3]> = None;

    /// The id and the name of the customer it is about, as far as it says.
    fn customer(&self) -> (Option<&Guid>, Option<&str>) {
        (None, None)
    }

    /// When the service computed it.
    fn processed(&self) -> Option<&Timestamp> {
        None
    }
}

/// One field of a row.
pub(crate) struct Column<R: 'static> {
    /// The name in the contract, and in every format but the table.
    pub(crate) name: &'static str,
    pub(crate) shown: Shown,
    pub(crate) get: for<'a> fn(&'a R) -> Cell<'a>,
}

/// Whether the table has this column. One without a single value is left out in any case.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    As(&'static str),
    /// Only where there is room for it beside the rest.
    IfWide(&'static str),
    /// Only where the column of this name is left out.
    InPlaceOf(&'static str, &'static str),
    /// Only where rows are of several customers; a single one is named above the table.
    WhoseRow,
    No,
}

/// The value of a field.
pub(crate) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    /// A text that is copied, and so is never broken over two lines.
    Id(Option<String>),
    Count(Option<i64>),
    Percent(Option<f64>),
}

/// A type a field of a row can have.
pub(super) trait Field {
    fn cell(&self) -> Cell<'_>;
}

impl Field for Option<String> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_deref().map(Cow::Borrowed))
    }
}

impl Field for Option<i64> {
    fn cell(&self) -> Cell<'_> {
        Cell::Count(*self)
    }
}

impl Field for Option<f64> {
    fn cell(&self) -> Cell<'_> {
        Cell::Percent(*self)
    }
}

impl Field for Option<Guid> {
    fn cell(&self) -> Cell<'_> {
        Cell::Id(self.as_ref().map(ToString::to_string))
    }
}

impl Field for Option<Timestamp> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|time| Cow::Owned(time.to_string())))
    }
}

impl Field for Option<Channel> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|channel| Cow::Borrowed(channel.as_str())))
    }
}

impl Field for Option<RelationshipToPartner> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|relationship| Cow::Borrowed(relationship.as_str())))
    }
}

impl Field for Option<bool> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.map(|yes| Cow::Borrowed(if yes { "true" } else { "false" })))
    }
}

/// One text in csv and table, with a space between the members: those of lists here have none inside.
impl Field for Option<Vec<String>> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self.as_ref().map(|texts| Cow::Owned(texts.join(" "))))
    }
}

/// Declares a row type: `"contractName" field: type, shown;` for each field, in the order of the csv columns. The name
/// is written once and is the same in every format. Fields are taken from the model's fields of the same name, unless
/// an expression says what else they are.
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
                Self { $($field: $crate::output::row::row!(@value $model $field $($value)?),)+ }
            }
        }

        impl $crate::output::row::Row for $name {
            const TYPE: &'static str = $type;
            const COLUMNS: &'static [$crate::output::row::Column<Self>] = &[$(
                $crate::output::row::Column {
                    name: $column,
                    shown: $shown,
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
