//! Counts of the input rows of a join, by what happened to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Flag, FunnelRow};

/// Counts of the input rows of a join, by what happened to them.
///
/// Every input row is in a funnel row, or was left out, or is counted in `repeated`, `superseded` or `summed`. Reports
/// can be [merged](Self::merge).
///
/// ```
/// use partner_center::funnel::{Flag, Funnel, JoinReport};
///
/// let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
/// let deployment = [
///     serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesSold":5,"licensesDeployed":6}"#)?,
///     serde_json::from_str(r#"{"source":"classic","licensesSold":1,"licensesDeployed":1}"#)?,
/// ];
/// let mut report = JoinReport::default();
/// report.merge(&Funnel::of_customer(customer, &deployment, &[]).report);
/// report.merge(&Funnel::of_customer(customer, &deployment, &[]).report);
/// assert_eq!((report.deployment_rows, report.funnel_rows), (4, 2));
/// assert_eq!((report.without_product, report.left_out()), (2, 2));
/// assert_eq!(report.flagged(Flag::DeployedExceedsSold), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JoinReport {
    /// Deployment rows in the input.
    pub deployment_rows: u64,
    /// Usage rows in the input.
    pub usage_rows: u64,
    /// Funnel rows in the output.
    pub funnel_rows: u64,
    /// Rows left out because they name no customer.
    pub without_customer: u64,
    /// Rows left out because they name a customer other than the requested one.
    pub other_customer: u64,
    /// Rows left out because they have neither a product id nor a product name.
    pub without_product: u64,
    /// Duplicates of another row, which are not counted again.
    pub repeated: u64,
    /// Rows of an older snapshot, which are not counted.
    pub superseded: u64,
    /// Rows that were added to another row of the same snapshot.
    pub summed: u64,
    /// Counts that are missing in rows.
    pub missing_counts: u64,
    /// Counts below zero, which are treated as unknown.
    pub negative_counts: u64,
    /// The number of funnel rows with each flag; flags that no row has are absent.
    pub flags: BTreeMap<Flag, u64>,
}

impl JoinReport {
    /// Adds the counts of another report.
    ///
    /// ```
    /// use partner_center::funnel::JoinReport;
    ///
    /// let mut report = JoinReport::default();
    /// report.merge(&JoinReport::default());
    /// assert_eq!(report, JoinReport::default());
    /// ```
    pub fn merge(&mut self, other: &Self) {
        let Self {
            deployment_rows,
            usage_rows,
            funnel_rows,
            without_customer,
            other_customer,
            without_product,
            repeated,
            superseded,
            summed,
            missing_counts,
            negative_counts,
            flags,
        } = other;
        for (sum, more) in [
            (&mut self.deployment_rows, deployment_rows),
            (&mut self.usage_rows, usage_rows),
            (&mut self.funnel_rows, funnel_rows),
            (&mut self.without_customer, without_customer),
            (&mut self.other_customer, other_customer),
            (&mut self.without_product, without_product),
            (&mut self.repeated, repeated),
            (&mut self.superseded, superseded),
            (&mut self.summed, summed),
            (&mut self.missing_counts, missing_counts),
            (&mut self.negative_counts, negative_counts),
        ] {
            *sum = sum.saturating_add(*more);
        }
        for (flag, more) in flags {
            let sum = self.flags.entry(*flag).or_default();
            *sum = sum.saturating_add(*more);
        }
    }

    /// How many funnel rows have this flag.
    ///
    /// ```
    /// use partner_center::funnel::{Flag, JoinReport};
    ///
    /// assert_eq!(JoinReport::default().flagged(Flag::MixedAges), 0);
    /// ```
    #[must_use]
    pub fn flagged(&self, flag: Flag) -> u64 {
        self.flags.get(&flag).copied().unwrap_or_default()
    }

    /// How many rows are left out because they name no product, no customer or another customer.
    ///
    /// ```
    /// use partner_center::funnel::Join;
    ///
    /// let mut join = Join::new();
    /// join.deployment(&serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesSold":5}"#)?);
    /// let mut rows = join.finish();
    /// assert_eq!((rows.next(), rows.report().left_out()), (None, 1), "it names no customer");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.without_customer.saturating_add(self.other_customer).saturating_add(self.without_product)
    }

    pub(super) fn see(&mut self, row: &FunnelRow) {
        self.funnel_rows = self.funnel_rows.saturating_add(1);
        for flag in &row.flags {
            let rows = self.flags.entry(*flag).or_default();
            *rows = rows.saturating_add(1);
        }
    }

    /// Converts a count; `None` if it is missing or negative.
    pub(super) fn count(&mut self, count: Option<i64>) -> Option<i64> {
        let Some(count) = count else {
            self.missing_counts = self.missing_counts.saturating_add(1);
            return None;
        };
        self.negative_counts = self.negative_counts.saturating_add(u64::from(count < 0));
        (count >= 0).then_some(count)
    }
}
