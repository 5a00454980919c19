//! What `--live` adds to a row of the funnel: the licenses of its product in the customer's tenant now.

use std::borrow::Cow;

use partner_center_history::cell::{Cell, Kind};
use schemars::JsonSchema;
use serde::Serialize;

use crate::output::columns::Shown::{As, No};
use crate::output::columns::{Column, Columns};

/// The licenses of a SKU now, or why they are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the name of the column")]
pub(crate) struct Live {
    /// With --live: how many licenses the customer's tenant has now, active and in warning.
    #[serde(rename = "liveTotal")]
    pub(crate) total: Option<i64>,
    /// How many of them are assigned now.
    #[serde(rename = "liveAssigned")]
    pub(crate) assigned: Option<i64>,
    /// Whether analytics and tenant both have the product.
    pub(crate) live_match: LiveMatch,
}

/// Whether analytics and tenant both have the product of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LiveMatch {
    /// Both have it.
    Matched,
    /// The tenant has no such SKU now.
    WithoutSku,
    /// The analytics have no such row. The row has the SKU's id and name, and no counts of the analytics.
    WithoutAnalytics,
    /// A row or a SKU of the customer has no product id, so it is unknown whether they belong together.
    WithoutProductId,
    /// The licenses of the SKU are in another row of the same product, so that they count once.
    InAnotherRow,
    /// The customer is not in the list of customers, so its SKUs were not read.
    NotListed,
    /// The partner has no relationship with the customer, or the tenant no longer exists.
    Skipped,
    /// The user may not read the SKUs of the customer's tenant.
    Refused,
    /// The SKUs of the customer's tenant could not be read.
    Failed,
}

impl LiveMatch {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::WithoutSku => "withoutSku",
            Self::WithoutAnalytics => "withoutAnalytics",
            Self::WithoutProductId => "withoutProductId",
            Self::InAnotherRow => "inAnotherRow",
            Self::NotListed => "notListed",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

const TOTAL: Column = Column::new("liveTotal", As("Now"), Kind::Count);
const ASSIGNED: Column = Column::new("liveAssigned", As("Assigned"), Kind::Count);
const MATCH: Column = Column::new("liveMatch", No, Kind::Text);

/// The columns with those of `--live`.
pub(crate) fn with_live(columns: &Columns) -> Columns {
    let own = columns.iter().map(Column::beside_more);
    own.chain([TOTAL, ASSIGNED, MATCH]).collect()
}

/// The value in a column of `--live`; `None` if it is another column.
pub(super) fn cell<'a>(live: Option<&Live>, column: &Column) -> Option<Cell<'a>> {
    let live_match = || live.map(|live| Cow::Borrowed(live.live_match.as_str()));
    Some(match column.name {
        "liveTotal" => Cell::Count(live.and_then(|live| live.total)),
        "liveAssigned" => Cell::Count(live.and_then(|live| live.assigned)),
        "liveMatch" => Cell::Text(live_match()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_in_cells_are_those_in_json() {
        use LiveMatch::{
            Failed, InAnotherRow, Matched, Refused, WithoutAnalytics, WithoutProductId, WithoutSku,
        };
        for found in [Matched, WithoutSku, WithoutAnalytics, WithoutProductId, InAnotherRow, Refused, Failed]
        {
            assert_eq!(serde_json::to_value(found).unwrap(), found.as_str());
        }
    }
}
