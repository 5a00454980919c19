//! The sums of what is known.

use serde::{Deserialize, Serialize};

use super::{Tally, Totals, row};

/// The counts of licenses of some rows: the sums of what is known, `None` if no row has the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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

impl Totals {
    /// The sums of what is known.
    ///
    /// ```
    /// use partner_center::funnel::{Funnel, Totals};
    ///
    /// let usage = [serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesActive":3}"#)?];
    /// let mut totals = Totals::default();
    /// totals.add(&Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &[], &usage).rows[0]);
    /// assert_eq!((totals.counts().licenses_active, totals.counts().idle), (Some(3), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn counts(&self) -> Counts {
        let known = |tally: Tally| (tally.unknown_rows < self.rows).then_some(tally.sum);
        let (shelfware, idle) = (known(self.shelfware), known(self.idle));
        Counts {
            licenses_sold: known(self.licenses_sold),
            licenses_deployed: known(self.licenses_deployed),
            licenses_active: known(self.licenses_active),
            shelfware,
            idle,
            unused: row::sum_of_known(shelfware, idle),
        }
    }
}
