//! The counts of one day, and how they add up.

use partner_center::funnel::{Tally, Totals};
use serde::{Deserialize, Serialize};

/// The counts of licenses of some rows: the sums of what is known, `None` if no row has the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Counts {
    /// How many licenses were sold.
    pub licenses_sold: Option<i64>,
    /// How many licenses are deployed.
    pub licenses_deployed: Option<i64>,
    /// How many licenses are in use.
    pub licenses_active: Option<i64>,
    /// Sold and not deployed.
    pub shelfware: Option<i64>,
    /// Deployed and not in use.
    pub idle: Option<i64>,
    /// Shelfware plus idle, of what is known.
    pub unused: Option<i64>,
}

impl From<&Totals> for Counts {
    fn from(totals: &Totals) -> Self {
        let known = |tally: Tally| (tally.unknown_rows < totals.rows).then_some(tally.sum);
        let (shelfware, idle) = (known(totals.shelfware), known(totals.idle));
        Self {
            licenses_sold: known(totals.licenses_sold),
            licenses_deployed: known(totals.licenses_deployed),
            licenses_active: known(totals.licenses_active),
            shelfware,
            idle,
            unused: match (shelfware, idle) {
                (Some(shelfware), Some(idle)) => Some(shelfware.saturating_add(idle)),
                (one, other) => one.or(other),
            },
        }
    }
}
