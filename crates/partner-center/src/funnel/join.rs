//! Joins the rows of one customer and product, and returns funnel rows. The parent module describes the rules.

use super::entries::Entries;
use super::merge::RowValues;
use super::product_group::{ProductGroup, complete_by_name};
use super::product_key::{Product, WorkloadLabel, filled, fold};
use super::{FunnelRow, JoinReport};
use crate::CustomerId;
use crate::licenses::Source;
use crate::models::{
    CommercialLicensesDeploymentInsights, CommercialLicensesUsageInsights,
    CustomerLicensesDeploymentInsights, CustomerLicensesUsageInsights, Guid,
};
use crate::service;

/// The result of a join: the funnel rows and a report on the input rows.
///
/// The rows are sorted by customer id, and then by product name.
///
/// ```
/// use partner_center::funnel::Funnel;
///
/// let deployment = [
///     serde_json::from_str(r#"{"productName":"VISIO","licensesSold":2,"licensesDeployed":1}"#)?,
///     serde_json::from_str(r#"{"productName":"PROJECT","licensesSold":3,"licensesDeployed":1}"#)?,
/// ];
/// let funnel = Funnel::classic("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &[]);
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
}

/// The product of a row of any of the four types, which have the same field names but no common type.
macro_rules! product {
    ($row:expr, $id:expr, $code:expr, $name:expr) => {
        Product::new($id, $row.product_name.as_deref(), $code, $name, $row.channel.as_ref())
    };
    // A classic row has no id, and has the code of the service in place of its name.
    ($row:expr) => {{
        let (code, name) = service::code_and_name($row.service_code.clone(), $row.service_name.clone());
        product!($row, None, code.as_deref(), name.as_deref())
    }};
    ($row:expr, $id:expr) => {
        product!($row, $id, $row.service_code.as_deref(), $row.service_name.as_deref())
    };
}

impl Funnel {
    /// Joins the rows of the two classic operations for one customer.
    ///
    /// The rows need not name the customer; in the published examples they do not. A row that names another customer is
    /// left out.
    ///
    /// ```
    /// use partner_center::funnel::Funnel;
    ///
    /// let deployment =
    ///     [serde_json::from_str(r#"{"productName":"VISIO","licensesSold":5,"licensesDeployed":4}"#)?];
    /// let usage = [serde_json::from_str(r#"{"productName":"Visio ","licensesActive":1}"#)?];
    /// let funnel = Funnel::classic("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &usage);
    /// assert_eq!((funnel.rows[0].shelfware, funnel.rows[0].idle), (Some(1), Some(3)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn classic(
        customer: CustomerId,
        deployment: &[CustomerLicensesDeploymentInsights],
        usage: &[CustomerLicensesUsageInsights],
    ) -> Self {
        let mut join = Join::default();
        for row in deployment {
            join.report.deployment_rows = join.report.deployment_rows.saturating_add(1);
            let customer = join.asked_for(customer, row.customer_id.as_ref());
            let counts = [row.licenses_sold, row.licenses_deployed];
            let part = RowValues::new(
                counts,
                row.deployment_percent,
                row.processed_date_time.as_ref(),
                &mut join.report,
            );
            join.push(customer, row.customer_name.as_deref(), product!(row), None, part);
        }
        for row in usage {
            join.report.usage_rows = join.report.usage_rows.saturating_add(1);
            let customer = join.asked_for(customer, row.customer_id.as_ref());
            let workload = WorkloadLabel::new(row.workload_code.as_deref(), row.workload_name.as_deref());
            let counts = [row.licenses_active, row.licenses_qualified];
            let part =
                RowValues::new(counts, row.usage_percent, row.processed_date_time.as_ref(), &mut join.report);
            join.push(customer, row.customer_name.as_deref(), product!(row), Some(workload), part);
        }
        let mut rows = Vec::new();
        let report = join.emit(Source::Classic, |row| rows.push(row));
        Self { rows, report }
    }

    /// Joins the rows of the two commercial queries, for any number of customers. For responses of many pages, use
    /// [`Join`].
    ///
    /// ```
    /// use partner_center::funnel::Funnel;
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"customerTenantId":"0112A436-B14E-4888-967B-CA4BB2CF1234",
    ///         "productId":"6FD2C87F-B296-42F0-B197-1E91E994B900","licensesSold":9,"licensesDeployed":5}"#,
    /// )?];
    /// let usage = [serde_json::from_str(
    ///     r#"{"customerTenantId":"0112A436-B14E-4888-967B-CA4BB2CF1234",
    ///         "productId":"6FD2C87F-B296-42F0-B197-1E91E994B900","workloadCode":"SPO","licenseActive":3}"#,
    /// )?];
    /// let funnel = Funnel::commercial(&deployment, &usage);
    /// assert_eq!((funnel.rows[0].shelfware, funnel.rows[0].idle), (Some(4), Some(2)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn commercial(
        deployment: &[CommercialLicensesDeploymentInsights],
        usage: &[CommercialLicensesUsageInsights],
    ) -> Self {
        let mut join = Join::default();
        for row in deployment {
            join.deployment(row);
        }
        for row in usage {
            join.usage(row);
        }
        let mut rows = Vec::new();
        let report = join.finish(|row| rows.push(row));
        Self { rows, report }
    }
}

/// An incremental join of commercial rows, of any number of customers and in any order.
///
/// A usage row may come before or after its deployment row, so all rows are kept until the end: 20 bytes each, because
/// names, products and dates are shared. Funnel rows are then returned one at a time.
///
/// ```
/// use partner_center::funnel::{FunnelTotals, Join};
///
/// let mut join = Join::new();
/// join.usage(&serde_json::from_str(
///     r#"{"customerTenantId":"0112A436-B14E-4888-967B-CA4BB2CF1234","workloadCode":"SPO","channel":"reseller",
///         "productId":"6FD2C87F-B296-42F0-B197-1E91E994B900","licensesActive":3}"#,
/// )?);
/// join.deployment(&serde_json::from_str(
///     r#"{"customerTenantId":"0112a436-b14e-4888-967b-ca4bb2cf1234","channel":"reseller",
///         "productId":"6fd2c87f-b296-42f0-b197-1e91e994b900","productName":"OFFICE 365 ENTERPRISE E3",
///         "licensesSold":9,"licensesDeployed":5}"#,
/// )?);
///
/// let mut totals = FunnelTotals::default();
/// let report = join.finish(|row| totals.add(&row));
/// assert_eq!((totals.book().shelfware.sum, totals.book().idle.sum), (4, 2));
/// assert_eq!(report.funnel_rows, 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Join {
    entries: Entries,
    report: JoinReport,
}

impl Join {
    /// Creates a join without rows.
    ///
    /// ```
    /// use partner_center::funnel::{Join, JoinReport};
    ///
    /// assert_eq!(Join::new().finish(drop), JoinReport::default());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a deployment row.
    ///
    /// ```
    /// use partner_center::funnel::{Flag, Join};
    ///
    /// let mut join = Join::new();
    /// join.deployment(&serde_json::from_str(
    ///     r#"{"customerTenantId":"0112A436-B14E-4888-967B-CA4BB2CF1234","productName":"DYNAMICS AX TASK",
    ///         "licensesSold":9,"licensesDeployed":0}"#,
    /// )?);
    /// join.finish(|row| {
    ///     assert_eq!((row.shelfware, row.idle), (Some(9), None));
    ///     assert!(row.has(Flag::WithoutUsage));
    /// });
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn deployment(&mut self, row: &CommercialLicensesDeploymentInsights) {
        self.report.deployment_rows = self.report.deployment_rows.saturating_add(1);
        let customer = self.named(row.customer_tenant_id.as_ref());
        let counts = [row.licenses_sold, row.licenses_deployed];
        let part = RowValues::new(counts, None, row.processed_date_time.as_ref(), &mut self.report);
        self.push(customer, row.customer_name.as_deref(), product!(row, row.product_id.as_ref()), None, part);
    }

    /// Adds a usage row.
    ///
    /// ```
    /// use partner_center::funnel::{Flag, Join};
    ///
    /// let mut join = Join::new();
    /// join.usage(&serde_json::from_str(
    ///     r#"{"customerTenantId":"0112A436-B14E-4888-967B-CA4BB2CF1234","productName":"OFFICE 365 ENTERPRISE E3",
    ///         "workloadCode":"SPO","licenseActive":7,"licensesQualified":9}"#,
    /// )?);
    /// join.finish(|row| {
    ///     assert_eq!((row.licenses_sold, row.licenses_active), (None, Some(7)));
    ///     assert!(row.has(Flag::WithoutDeployment));
    /// });
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn usage(&mut self, row: &CommercialLicensesUsageInsights) {
        self.report.usage_rows = self.report.usage_rows.saturating_add(1);
        let customer = self.named(row.customer_tenant_id.as_ref());
        let workload = WorkloadLabel::new(row.workload_code.as_deref(), row.workload_name.as_deref());
        let counts = [row.licenses_active, row.licenses_qualified];
        let part = RowValues::new(counts, None, row.processed_date_time.as_ref(), &mut self.report);
        self.push(
            customer,
            row.customer_name.as_deref(),
            product!(row, row.product_id.as_ref()),
            Some(workload),
            part,
        );
    }

    /// Joins the added rows. Calls `each` with one row per customer, product and channel, sorted by customer id and
    /// then by product name, and returns a report on the input rows.
    ///
    /// ```
    /// use partner_center::funnel::Join;
    ///
    /// let mut join = Join::new();
    /// join.deployment(&serde_json::from_str(
    ///     r#"{"customerTenantId":"0112A436-B14E-4888-967B-CA4BB2CF1234","productName":"VISIO","licensesSold":9}"#,
    /// )?);
    /// let mut rows = Vec::new();
    /// let report = join.finish(|row| rows.push(row));
    /// assert_eq!((rows.len(), report.missing_counts), (1, 1));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn finish(self, each: impl FnMut(FunnelRow)) -> JoinReport {
        self.emit(Source::Commercial, each)
    }

    /// The requested customer, unless the row names another.
    fn asked_for(&mut self, customer: CustomerId, named: Option<&Guid>) -> Option<CustomerId> {
        match named.and_then(Guid::as_uuid) {
            Some(uuid) if !uuid.is_nil() && uuid != customer.as_uuid() => {
                self.report.other_customer = self.report.other_customer.saturating_add(1);
                None
            }
            _ => Some(customer),
        }
    }

    /// The customer that the row names.
    fn named(&mut self, id: Option<&Guid>) -> Option<CustomerId> {
        let uuid = id.and_then(Guid::as_uuid).filter(|uuid| !uuid.is_nil());
        self.report.without_customer = self.report.without_customer.saturating_add(u64::from(uuid.is_none()));
        uuid.map(CustomerId::from)
    }

    fn push(
        &mut self,
        customer: Option<CustomerId>,
        name: Option<&str>,
        product: Option<Product>,
        workload: Option<WorkloadLabel>,
        part: RowValues,
    ) {
        let Some(customer) = customer else { return };
        let Some(product) = product else {
            self.report.without_product = self.report.without_product.saturating_add(1);
            return;
        };
        self.entries.push(customer, filled(name), product, workload, part);
    }

    fn emit(self, source: Source, mut each: impl FnMut(FunnelRow)) -> JoinReport {
        let Self { entries, mut report } = self;
        entries.by_customer(|customer, name, of_customer| {
            let cells = of_customer
                .chunk_by(|a, b| a.product.join_key() == b.product.join_key())
                .map(ProductGroup::new);
            let mut rows: Vec<_> = complete_by_name(cells.collect())
                .into_iter()
                .map(|group| group.row(customer, name.map(str::to_owned), source, &mut report))
                .collect();
            rows.sort_by_cached_key(|row| {
                let folded = |text: &Option<String>| text.as_deref().and_then(fold);
                let channel = row.channel.as_ref().map(ToString::to_string);
                let id = row.product_id.as_ref().map(Guid::to_string);
                let service = folded(&row.service_code).or_else(|| folded(&row.service_name));
                (folded(&row.product_name), service, channel, id)
            });
            for row in rows {
                report.see(&row);
                each(row);
            }
        });
        report
    }
}
