//! Totals of funnel rows: per product, or over all rows.
//!
//! Every total is a sum over rows, so the order in which rows are added and totals are merged does not matter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FunnelRow;
use super::counted::{Counted, Facts};
use super::product_key::{ProductKey, fold, keep_smaller};
use crate::licenses::rounded_percent;
use crate::models::{Guid, Timestamp};

/// A sum over rows, with the number of rows that are not included because their count is unknown.
///
/// ```
/// use partner_center::funnel::Totals;
///
/// let totals = Totals::default();
/// assert_eq!((totals.idle.sum, totals.idle.unknown_rows), (0, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tally {
    /// The sum of the known counts. If any are unknown, this is a lower bound.
    pub sum: i64,
    /// The number of rows with an unknown count.
    pub unknown_rows: u64,
}

impl Tally {
    fn add(&mut self, count: Option<i64>) {
        match count {
            Some(count) => self.sum = self.sum.saturating_add(count),
            None => self.unknown_rows = self.unknown_rows.saturating_add(1),
        }
    }

    fn merge(&mut self, other: Self) {
        self.sum = self.sum.saturating_add(other.sum);
        self.unknown_rows = self.unknown_rows.saturating_add(other.unknown_rows);
    }
}

/// A part of a whole, for a percentage. Both are summed over the rows in which both are known.
///
/// The serialized form includes the percentage, which is ignored when it is read.
///
/// ```
/// use partner_center::funnel::Share;
///
/// let share: Share = serde_json::from_str(r#"{"part":3,"whole":4}"#)?;
/// assert_eq!(share.percent(), Some(75.0));
/// assert_eq!(serde_json::to_string(&share)?, r#"{"part":3,"whole":4,"percent":75.0}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(into = "WrittenShare", from = "WrittenShare")]
#[non_exhaustive]
pub struct Share {
    /// The sum of the parts.
    pub part: i64,
    /// The sum of the wholes.
    pub whole: i64,
}

impl Share {
    /// The part as a percentage of the whole, with two decimal places; may exceed 100. `None` if the whole is 0.
    ///
    /// ```
    /// use partner_center::funnel::Share;
    ///
    /// assert_eq!(Share::default().percent(), None);
    /// ```
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        rounded_percent(Some(self.part), Some(self.whole))
    }

    fn add(&mut self, part: Option<i64>, whole: Option<i64>) {
        if let (Some(part), Some(whole)) = (part, whole) {
            self.merge(Self { part, whole });
        }
    }

    fn merge(&mut self, other: Self) {
        self.part = self.part.saturating_add(other.part);
        self.whole = self.whole.saturating_add(other.whole);
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
struct WrittenShare {
    part: i64,
    whole: i64,
    #[serde(default)]
    percent: Option<f64>,
}

impl From<Share> for WrittenShare {
    fn from(share: Share) -> Self {
        Self { part: share.part, whole: share.whole, percent: share.percent() }
    }
}

impl From<WrittenShare> for Share {
    fn from(WrittenShare { part, whole, .. }: WrittenShare) -> Self {
        Self { part, whole }
    }
}

/// Sums over funnel rows.
///
/// [`deployment`](Self::deployment) has the sums of sold and deployed over the rows in which both are known; for these,
/// `sold + deployed_beyond_sold = deployed + shelfware`. The same applies to deployed and active.
///
/// ```
/// use partner_center::funnel::{Funnel, Totals};
///
/// let deployment = [
///     serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesSold":10,"licensesDeployed":4}"#)?,
///     serde_json::from_str(
///         r#"{"source":"classic","productName":"PROJECT","licensesSold":10,"licensesDeployed":12}"#,
///     )?,
///     serde_json::from_str(r#"{"source":"classic","productName":"POWER BI PRO","licensesSold":5}"#)?,
/// ];
/// let mut totals = Totals::default();
/// for row in &Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &[]).rows {
///     totals.add(row);
/// }
/// assert_eq!((totals.licenses_sold.sum, totals.licenses_deployed.sum), (25, 16));
/// assert_eq!((totals.shelfware.sum, totals.shelfware.unknown_rows), (6, 1));
/// assert_eq!(totals.deployed_beyond_sold, 2);
/// assert_eq!(totals.deployment.percent(), Some(80.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Totals {
    /// The number of rows.
    pub rows: u64,
    /// How many licenses were sold.
    pub licenses_sold: Tally,
    /// How many licenses are deployed.
    pub licenses_deployed: Tally,
    /// How many licenses are in use.
    pub licenses_active: Tally,
    /// How many licenses were sold but are not deployed.
    pub shelfware: Tally,
    /// How many licenses are deployed but not in use.
    pub idle: Tally,
    /// How many licenses were sold but are not in use: the sum of shelfware and idle, of what is known. Its
    /// `unknown_rows` are the rows in which one of the two, or both, are unknown.
    pub unused: Tally,
    /// The excess of deployed over sold, summed over the rows that have one.
    pub deployed_beyond_sold: i64,
    /// The excess of active over deployed, summed over the rows that have one.
    pub active_beyond_deployed: i64,
    /// Deployed of sold, over the rows in which both are known.
    pub deployment: Share,
    /// Active of deployed, over the rows in which both are known.
    pub usage: Share,
    /// The oldest `processedDateTime` of all rows, on either side.
    pub oldest_processed_date_time: Option<Timestamp>,
    /// The newest `processedDateTime` of all rows, on either side.
    pub newest_processed_date_time: Option<Timestamp>,
    /// The number of rows without a valid `processedDateTime` on either side.
    pub rows_without_age: u64,
}

impl Totals {
    /// Adds a row.
    ///
    /// ```
    /// use partner_center::funnel::{Funnel, Totals};
    ///
    /// let usage = [serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesActive":3}"#)?];
    /// let mut totals = Totals::default();
    /// totals.add(&Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &[], &usage).rows[0]);
    /// assert_eq!((totals.licenses_active.sum, totals.idle.unknown_rows), (3, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add(&mut self, row: &impl Counted) {
        self.add_facts(&row.facts());
    }

    pub(super) fn add_facts(&mut self, row: &Facts<'_>) {
        let (sold, deployed, active) = (row.sold, row.deployed, row.active);
        let beyond = |part: Option<i64>, whole: Option<i64>| {
            part.zip(whole).map_or(0, |(part, whole)| part.saturating_sub(whole).max(0))
        };
        self.rows = self.rows.saturating_add(1);
        self.licenses_sold.add(sold);
        self.licenses_deployed.add(deployed);
        self.licenses_active.add(active);
        self.shelfware.add(row.shelfware);
        self.idle.add(row.idle);
        let is_whole = row.shelfware.is_some() && row.idle.is_some();
        self.unused.merge(Tally { sum: row.unused.unwrap_or(0), unknown_rows: u64::from(!is_whole) });
        self.deployed_beyond_sold = self.deployed_beyond_sold.saturating_add(beyond(deployed, sold));
        self.active_beyond_deployed = self.active_beyond_deployed.saturating_add(beyond(active, deployed));
        self.deployment.add(deployed, sold);
        self.usage.add(active, deployed);
        self.rows_without_age =
            self.rows_without_age.saturating_add(u64::from(row.stamps().next().is_none()));
        for stamp in row.stamps() {
            self.stretch(stamp);
        }
    }

    /// Adds other totals.
    ///
    /// ```
    /// use partner_center::funnel::Totals;
    ///
    /// let mut totals = Totals::default();
    /// totals.merge(&Totals::default());
    /// assert_eq!(totals, Totals::default());
    /// ```
    pub fn merge(&mut self, other: &Self) {
        // Destructured, so that no new field is forgotten.
        let Self {
            rows,
            licenses_sold,
            licenses_deployed,
            licenses_active,
            shelfware,
            idle,
            unused,
            deployed_beyond_sold,
            active_beyond_deployed,
            deployment,
            usage,
            oldest_processed_date_time,
            newest_processed_date_time,
            rows_without_age,
        } = other;
        self.rows = self.rows.saturating_add(*rows);
        self.licenses_sold.merge(*licenses_sold);
        self.licenses_deployed.merge(*licenses_deployed);
        self.licenses_active.merge(*licenses_active);
        self.shelfware.merge(*shelfware);
        self.idle.merge(*idle);
        self.unused.merge(*unused);
        self.deployed_beyond_sold = self.deployed_beyond_sold.saturating_add(*deployed_beyond_sold);
        self.active_beyond_deployed = self.active_beyond_deployed.saturating_add(*active_beyond_deployed);
        self.deployment.merge(*deployment);
        self.usage.merge(*usage);
        self.rows_without_age = self.rows_without_age.saturating_add(*rows_without_age);
        for stamp in [oldest_processed_date_time, newest_processed_date_time].into_iter().flatten() {
            self.stretch(stamp);
        }
    }

    fn stretch(&mut self, stamp: &Timestamp) {
        // A time can be written in several ways; the result must not depend on the order of rows.
        let moment = |stamp: &Timestamp| (stamp.unix_seconds(), stamp.to_string());
        if self.oldest_processed_date_time.as_ref().is_none_or(|oldest| moment(stamp) < moment(oldest)) {
            self.oldest_processed_date_time = Some(stamp.clone());
        }
        if self.newest_processed_date_time.as_ref().is_none_or(|newest| moment(stamp) > moment(newest)) {
            self.newest_processed_date_time = Some(stamp.clone());
        }
    }
}

/// The totals of one product, over customers and channels.
///
/// ```
/// use partner_center::funnel::{Funnel, FunnelTotals};
///
/// let deployment = [serde_json::from_str(
///     r#"{"source":"classic","productName":"VISIO","licensesSold":10,"licensesDeployed":4}"#,
/// )?];
/// let mut totals = FunnelTotals::default();
/// totals.add(&Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &[]).rows[0]);
/// let visio = totals.products()[0];
/// assert_eq!(visio.product_name.as_deref(), Some("VISIO"));
/// assert_eq!(visio.totals.shelfware.sum, 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProductTotals {
    /// The product's id; not sent by the classic operations.
    pub product_id: Option<Guid>,
    /// The name of the product, in capitals.
    pub product_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    pub service_code: Option<String>,
    /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
    pub service_name: Option<String>,
    /// The sums.
    pub totals: Totals,
}

impl ProductTotals {
    fn key(&self) -> Option<ProductKey> {
        ProductKey::new(
            self.product_id.as_ref().map(Guid::to_string).as_deref(),
            self.product_name.as_deref(),
            self.service_code.as_deref(),
            self.service_name.as_deref(),
        )
    }

    fn merge(&mut self, other: &Self) {
        keep_smaller(&mut self.product_id, other.product_id.as_ref());
        keep_smaller(&mut self.product_name, other.product_name.as_ref());
        keep_smaller(&mut self.service_code, other.service_code.as_ref());
        keep_smaller(&mut self.service_name, other.service_name.as_ref());
        self.totals.merge(&other.totals);
    }
}

/// The totals of all rows, and of each product. The size depends on the number of products, not of rows. Totals can be
/// serialized and read again between two runs.
///
/// Rows with and without a product id count as different products. If some rows come from the classic operations and
/// others from the commercial queries, a product is therefore listed twice. The totals of all rows are correct in any
/// case.
///
/// ```
/// use partner_center::funnel::{Funnel, FunnelTotals};
///
/// let deployment = [serde_json::from_str(
///     r#"{"source":"classic","productName":"VISIO","licensesSold":10,"licensesDeployed":4}"#,
/// )?];
/// let mut totals = FunnelTotals::default();
/// for customer in ["4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04", "0112a436-b14e-4888-967b-ca4bb2cf1234"] {
///     for row in &Funnel::of_customer(customer.parse()?, &deployment, &[]).rows {
///         totals.add(row);
///     }
/// }
/// assert_eq!(totals.overall().licenses_sold.sum, 20);
/// assert_eq!(totals.products().len(), 1);
///
/// let saved = serde_json::to_string(&totals)?;
/// assert_eq!(serde_json::from_str::<FunnelTotals>(&saved)?, totals);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(into = "WrittenTotals", from = "WrittenTotals")]
pub struct FunnelTotals {
    overall: Totals,
    #[cfg_attr(feature = "schemars", schemars(with = "Vec<ProductTotals>"))]
    products: BTreeMap<Option<ProductKey>, ProductTotals>,
}

impl FunnelTotals {
    /// Adds a row.
    ///
    /// ```
    /// use partner_center::funnel::{Funnel, FunnelTotals};
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"source":"classic","productName":"VISIO","licensesSold":10,"licensesDeployed":4}"#,
    /// )?];
    /// let mut totals = FunnelTotals::default();
    /// totals.add(&Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &[]).rows[0]);
    /// assert_eq!(totals.overall().rows, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add(&mut self, row: &FunnelRow) {
        let mut totals = Totals::default();
        totals.add(row);
        self.add_product(&ProductTotals {
            product_id: row.product_id.clone(),
            product_name: row.product_name.clone(),
            service_code: row.service_code.clone(),
            service_name: row.service_name.clone(),
            totals,
        });
    }

    /// Adds the totals of other rows.
    ///
    /// ```
    /// use partner_center::funnel::FunnelTotals;
    ///
    /// let mut totals = FunnelTotals::default();
    /// totals.merge(&FunnelTotals::default());
    /// assert_eq!(totals, FunnelTotals::default());
    /// ```
    pub fn merge(&mut self, other: &Self) {
        other.products.values().for_each(|product| self.add_product(product));
    }

    /// The totals of all rows.
    ///
    /// ```
    /// assert_eq!(partner_center::funnel::FunnelTotals::default().overall().rows, 0);
    /// ```
    #[must_use]
    pub fn overall(&self) -> &Totals {
        &self.overall
    }

    /// The totals of each product, sorted by name.
    ///
    /// ```
    /// assert!(partner_center::funnel::FunnelTotals::default().products().is_empty());
    /// ```
    #[must_use]
    pub fn products(&self) -> Vec<&ProductTotals> {
        let mut products: Vec<_> = self.products.values().collect();
        products.sort_by_cached_key(|product| product.product_name.as_deref().and_then(fold));
        products
    }

    fn add_product(&mut self, product: &ProductTotals) {
        self.overall.merge(&product.totals);
        self.products.entry(product.key()).or_default().merge(product);
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
struct WrittenTotals {
    /// The sum of the products; ignored when it is read.
    #[serde(default)]
    overall: Totals,
    products: Vec<ProductTotals>,
}

impl From<FunnelTotals> for WrittenTotals {
    fn from(totals: FunnelTotals) -> Self {
        Self { products: totals.products().into_iter().cloned().collect(), overall: totals.overall }
    }
}

impl From<WrittenTotals> for FunnelTotals {
    fn from(written: WrittenTotals) -> Self {
        let mut totals = Self::default();
        written.products.iter().for_each(|product| totals.add_product(product));
        totals
    }
}
