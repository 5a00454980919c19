//! Joins the rows of one customer and product, and returns funnel rows. The parent module describes the rules.

use std::fmt;

use super::counted::{Facts, HasFacts as _};
use super::entries::{ByCustomer, CustomerEntries, Entries};
use super::merge::RowValues;
use super::product_group::{ProductGroup, complete_by_name};
use super::product_key::{Product, WorkloadLabel, filled, fold};
use super::{FunnelRow, JoinReport};
use crate::chain::CustomerHandle;
use crate::licenses::{DeploymentRow, LicenseRow as _, UsageRow};
use crate::models::Guid;
use crate::sweep::Rows;
use crate::{CustomerId, Response, Result};

/// The result of a join: the funnel rows and a report on the input rows.
///
/// The rows are sorted by customer id, and then by product name.
///
/// ```
/// use partner_center::funnel::Funnel;
///
/// let deployment = [
///     serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesSold":2}"#)?,
///     serde_json::from_str(r#"{"source":"classic","productName":"PROJECT","licensesSold":3}"#)?,
/// ];
/// let funnel = Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &[]);
/// let names: Vec<_> = funnel.rows.iter().filter_map(|row| row.product_name.as_deref()).collect();
/// assert_eq!(names, ["PROJECT", "VISIO"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Funnel {
    /// One row per customer, product and channel.
    pub rows: Vec<FunnelRow>,
    /// What happened to the input rows.
    pub report: JoinReport,
    /// The input rows, if they were asked for: see [`FunnelReport::with_input`](super::FunnelReport::with_input).
    pub input: InputRows,
}

/// The rows that a funnel was joined from.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct InputRows {
    /// The rows of deployment.
    pub deployment: Vec<DeploymentRow>,
    /// The rows of usage.
    pub usage: Vec<UsageRow>,
}

impl Funnel {
    /// Reads deployment and usage of one customer with the classic operations, and joins them. Use it as the operation
    /// of a [sweep](crate::chain::Customers::sweep), or call it directly.
    ///
    /// ```no_run
    /// use partner_center::funnel::Funnel;
    ///
    /// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
    /// let funnel = Funnel::read(partner.customers().by_id(id)).await?;
    /// for row in funnel.into_value().rows {
    ///     println!("{:?}: {:?} shelfware, {:?} idle", row.product_name, row.shelfware, row.idle);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`CustomerLicensesDeployment::get`](crate::chain::CustomerLicensesDeployment::get).
    pub async fn read(customer: CustomerHandle) -> Result<Response<Self>> {
        let funnel = Self::read_with_input(customer).await?;
        Ok(funnel.map(|funnel| Self { input: InputRows::default(), ..funnel }))
    }

    /// Like [`read`](Self::read), with the input rows.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub async fn read_with_input(customer: CustomerHandle) -> Result<Response<Self>> {
        let id = customer.id();
        let deployment = DeploymentRow::read(customer.clone()).await?;
        let usage = UsageRow::read(customer).await?;
        Ok(deployment.zip(usage).map(|(deployment, usage)| {
            let joined = Self::of_customer(id, &deployment, &usage);
            Self { input: InputRows { deployment, usage }, ..joined }
        }))
    }

    /// Joins the rows of one customer.
    ///
    /// The rows need not name the customer. A row that names another customer is left out.
    ///
    /// ```
    /// use partner_center::funnel::Funnel;
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"source":"classic","productName":"VISIO","licensesSold":5,"licensesDeployed":4}"#,
    /// )?];
    /// let usage =
    ///     [serde_json::from_str(r#"{"source":"classic","productName":"Visio ","licensesActive":1}"#)?];
    /// let funnel = Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &usage);
    /// assert_eq!((funnel.rows[0].shelfware, funnel.rows[0].idle), (Some(1), Some(3)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_customer(customer: CustomerId, deployment: &[DeploymentRow], usage: &[UsageRow]) -> Self {
        Self::joined(Join::of_customer(customer), deployment, usage)
    }

    /// Joins rows that name their customers. For responses of many pages, use [`Join`].
    ///
    /// ```
    /// use partner_center::funnel::Funnel;
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"source":"commercial","customerId":"0112a436-b14e-4888-967b-ca4bb2cf1234",
    ///         "productId":"6fd2c87f-b296-42f0-b197-1e91e994b900","licensesSold":9,"licensesDeployed":5}"#,
    /// )?];
    /// let usage = [serde_json::from_str(
    ///     r#"{"source":"commercial","customerId":"0112a436-b14e-4888-967b-ca4bb2cf1234",
    ///         "productId":"6fd2c87f-b296-42f0-b197-1e91e994b900","workloadCode":"SPO","licensesActive":3}"#,
    /// )?];
    /// let funnel = Funnel::of_customers(&deployment, &usage);
    /// assert_eq!((funnel.rows[0].shelfware, funnel.rows[0].idle), (Some(4), Some(2)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn of_customers(deployment: &[DeploymentRow], usage: &[UsageRow]) -> Self {
        Self::joined(Join::new(), deployment, usage)
    }

    fn joined(mut join: Join, deployment: &[DeploymentRow], usage: &[UsageRow]) -> Self {
        for row in deployment {
            join.deployment(row);
        }
        for row in usage {
            join.usage(row);
        }
        let mut joined = join.finish();
        let rows = joined.by_ref().collect();
        Self { rows, report: joined.report, input: InputRows::default() }
    }
}

/// Counts the input rows, including those that were left out.
impl Rows for Funnel {
    fn row_count(&self) -> usize {
        let rows = self.report.deployment_rows.saturating_add(self.report.usage_rows);
        usize::try_from(rows).unwrap_or(usize::MAX)
    }
}

/// An incremental join of rows of any number of customers, in any order.
///
/// A usage row may come before or after its deployment row, so all rows are kept until the end: 20 bytes each, because
/// names, products and dates are shared. Funnel rows are then returned one at a time.
///
/// ```
/// use partner_center::funnel::{FunnelTotals, Join};
///
/// let mut join = Join::new();
/// join.usage(&serde_json::from_str(
///     r#"{"source":"commercial","customerId":"0112a436-b14e-4888-967b-ca4bb2cf1234","workloadCode":"SPO",
///         "channel":"reseller","productId":"6fd2c87f-b296-42f0-b197-1e91e994b900","licensesActive":3}"#,
/// )?);
/// join.deployment(&serde_json::from_str(
///     r#"{"source":"commercial","customerId":"0112a436-b14e-4888-967b-ca4bb2cf1234","channel":"reseller",
///         "productId":"6fd2c87f-b296-42f0-b197-1e91e994b900","productName":"OFFICE 365 ENTERPRISE E3",
///         "licensesSold":9,"licensesDeployed":5}"#,
/// )?);
///
/// let (mut totals, mut rows) = (FunnelTotals::default(), join.finish());
/// for row in &mut rows {
///     totals.add(&row);
/// }
/// assert_eq!((totals.overall().shelfware.sum, totals.overall().idle.sum), (4, 2));
/// assert_eq!(rows.report().funnel_rows, 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Join {
    /// The customer of all rows, if there is only one.
    customer: Option<CustomerId>,
    entries: Entries,
    report: JoinReport,
}

impl Join {
    /// Creates a join without rows.
    ///
    /// ```
    /// use partner_center::funnel::Join;
    ///
    /// assert_eq!(Join::new().finish().next(), None);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn of_customer(customer: CustomerId) -> Self {
        Self { customer: Some(customer), ..Self::default() }
    }

    /// Adds a deployment row.
    ///
    /// ```
    /// use partner_center::funnel::{Flag, Join};
    ///
    /// let mut join = Join::new();
    /// join.deployment(&serde_json::from_str(
    ///     r#"{"source":"commercial","customerId":"0112a436-b14e-4888-967b-ca4bb2cf1234",
    ///         "productName":"DYNAMICS AX TASK","licensesSold":9,"licensesDeployed":0}"#,
    /// )?);
    /// for row in join.finish() {
    ///     assert_eq!((row.shelfware, row.idle), (Some(9), None));
    ///     assert!(row.has(Flag::WithoutUsage));
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn deployment(&mut self, row: &DeploymentRow) {
        self.report.deployment_rows = self.report.deployment_rows.saturating_add(1);
        let part = RowValues::new(
            [row.licenses_sold, row.licenses_deployed],
            row.deployment_percent,
            row.processed_date_time.as_ref(),
            row.source,
            &mut self.report,
        );
        self.push(&row.facts(), None, part);
    }

    /// Adds a usage row.
    ///
    /// ```
    /// use partner_center::funnel::{Flag, Join};
    ///
    /// let mut join = Join::new();
    /// join.usage(&serde_json::from_str(
    ///     r#"{"source":"commercial","customerId":"0112a436-b14e-4888-967b-ca4bb2cf1234",
    ///         "productName":"OFFICE 365 ENTERPRISE E3","workloadCode":"SPO","licensesActive":7}"#,
    /// )?);
    /// for row in join.finish() {
    ///     assert_eq!((row.licenses_sold, row.licenses_active), (None, Some(7)));
    ///     assert!(row.has(Flag::WithoutDeployment));
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn usage(&mut self, row: &UsageRow) {
        self.report.usage_rows = self.report.usage_rows.saturating_add(1);
        let part = RowValues::new(
            [row.licenses_active, row.licenses_qualified],
            row.usage_percent,
            row.processed_date_time.as_ref(),
            row.source,
            &mut self.report,
        );
        let workload = WorkloadLabel::new(row.workload_code.as_deref(), row.workload_name.as_deref());
        self.push(&row.facts(), Some(workload), part);
    }

    /// Joins the added rows. Returns one row per customer, product and channel, sorted by customer id and then by
    /// product name.
    ///
    /// ```
    /// use partner_center::funnel::Join;
    ///
    /// let mut join = Join::new();
    /// join.deployment(&serde_json::from_str(
    ///     r#"{"source":"commercial","customerId":"0112a436-b14e-4888-967b-ca4bb2cf1234",
    ///         "productName":"VISIO","licensesSold":9}"#,
    /// )?);
    /// let mut rows = join.finish();
    /// assert_eq!((rows.by_ref().count(), rows.report().missing_counts), (1, 1));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn finish(self) -> FunnelRows {
        FunnelRows {
            customers: self.entries.into_customers(),
            ready: Vec::new().into_iter(),
            report: self.report,
        }
    }

    /// The report on the rows added so far.
    pub(super) fn report(&self) -> &JoinReport {
        &self.report
    }

    /// The customer of a row; `None` if the row is left out.
    fn customer(&mut self, named: Option<CustomerId>) -> Option<CustomerId> {
        let named = named.filter(|id| !id.as_uuid().is_nil());
        match (self.customer, named) {
            (Some(only), Some(named)) if only != named => {
                self.report.other_customer = self.report.other_customer.saturating_add(1);
                None
            }
            (None, None) => {
                self.report.without_customer = self.report.without_customer.saturating_add(1);
                None
            }
            (only, named) => only.or(named),
        }
    }

    fn push(&mut self, row: &Facts<'_>, workload: Option<WorkloadLabel>, part: RowValues) {
        let Some(customer) = self.customer(row.customer_id) else { return };
        let Some(product) = Product::new(row) else {
            self.report.without_product = self.report.without_product.saturating_add(1);
            return;
        };
        self.entries.push(customer, filled(row.customer_name), product, workload, part);
    }
}

/// The rows of a finished [`Join`], one at a time: sorted by customer id, and then by product name.
#[must_use = "iterators do nothing unless consumed"]
#[derive(Default)]
pub struct FunnelRows {
    customers: ByCustomer,
    /// The remaining rows of the current customer.
    ready: std::vec::IntoIter<FunnelRow>,
    report: JoinReport,
}

impl FunnelRows {
    /// A report on the input rows. It is complete after the last row was returned.
    #[must_use]
    pub fn report(&self) -> &JoinReport {
        &self.report
    }

    /// The rows of the next customer. Not to be mixed with [`next`](Iterator::next), which returns single rows.
    pub(super) fn next_customer(&mut self) -> Option<Vec<FunnelRow>> {
        let CustomerEntries { id, name, entries } = self.customers.next()?;
        let groups =
            entries.chunk_by(|a, b| a.product.join_key() == b.product.join_key()).map(ProductGroup::new);
        let mut rows: Vec<_> = complete_by_name(groups.collect())
            .into_iter()
            .map(|group| group.row(id, name.clone(), &mut self.report))
            .collect();
        rows.sort_by_cached_key(|row| {
            let folded = |text: &Option<String>| text.as_deref().and_then(fold);
            let channel = row.channel.as_ref().map(ToString::to_string);
            let id = row.product_id.as_ref().map(Guid::to_string);
            let service = folded(&row.service_code).or_else(|| folded(&row.service_name));
            (folded(&row.product_name), service, channel, id)
        });
        for row in &rows {
            self.report.see(row);
        }
        Some(rows)
    }
}

impl Iterator for FunnelRows {
    type Item = FunnelRow;

    fn next(&mut self) -> Option<FunnelRow> {
        loop {
            if let Some(row) = self.ready.next() {
                return Some(row);
            }
            self.ready = self.next_customer()?.into_iter();
        }
    }
}

/// Without the rows.
impl fmt::Debug for FunnelRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunnelRows").field("report", &self.report).finish_non_exhaustive()
    }
}
