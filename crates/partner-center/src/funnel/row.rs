//! Funnel rows and their flags.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::counted::HasFacts as _;
use crate::CustomerId;
use crate::licenses::{self, Source};
use crate::models::{Channel, Guid, Timestamp};

/// How many licenses of one product a customer bought, how many are deployed, and how many are in use.
///
/// Serialized fields have the names of the API contract in camel case, and unknown values are `null`. `Debug` does not
/// show customer names.
///
/// ```
/// use partner_center::funnel::{Flag, FunnelRow};
///
/// let row: FunnelRow = serde_json::from_str(
///     r#"{"customerId":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","customerName":"Contoso",
///         "productId":null,"productName":"POWER BI PRO","serviceCode":null,"serviceName":"o365","channel":"reseller",
///         "licensesSold":10,"licensesDeployed":8,"licensesActive":null,"shelfware":2,"idle":null,"unused":2,
///         "deploymentPercent":80.0,"usagePercent":null,"reportedDeploymentPercent":80.0,"reportedUsagePercent":null,
///         "workloads":[],"deploymentProcessedDateTime":"2017-03-14T03:25:16.36+00:00",
///         "usageProcessedDateTime":null,"source":"classic",
///         "flags":["withoutUsage","unusedIsLowerBound"]}"#,
/// )?;
/// assert!(row.has(Flag::WithoutUsage));
/// assert_eq!((row.shelfware, row.idle, row.unused), (Some(2), None, Some(2)));
/// assert!(!format!("{row:?}").contains("Contoso"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FunnelRow {
    /// The id of the customer's tenant.
    #[cfg_attr(feature = "schemars", schemars(with = "Guid"))]
    pub customer_id: CustomerId,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// The id of the product, which is that of its SKU in Microsoft Entra; not sent by the classic operations.
    pub product_id: Option<Guid>,
    /// The name of the product, in capitals.
    pub product_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    pub service_code: Option<String>,
    /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
    pub service_name: Option<String>,
    /// How the licenses were sold.
    pub channel: Option<Channel>,
    /// How many licenses were sold.
    pub licenses_sold: Option<i64>,
    /// How many licenses are deployed.
    pub licenses_deployed: Option<i64>,
    /// How many licenses are in use: the maximum of the workloads' counts.
    pub licenses_active: Option<i64>,
    /// Licenses that were sold but are not deployed; 0 if more are deployed than sold.
    pub shelfware: Option<i64>,
    /// Licenses that are deployed but not in use; 0 if more are in use than deployed.
    pub idle: Option<i64>,
    /// Licenses that were sold but are not in use: shelfware plus idle. If only one of them is known, this is the known
    /// one, and a flag says that it is a lower bound.
    ///
    /// `None` if neither is known. The flag is [`Flag::UnusedIsLowerBound`].
    pub unused: Option<i64>,
    /// Deployed licenses as a percentage of sold, computed from the counts to two decimal places; may exceed 100.
    pub deployment_percent: Option<f64>,
    /// Active licenses as a percentage of deployed, computed from the counts to two decimal places; may exceed 100.
    pub usage_percent: Option<f64>,
    /// Deployed licenses as a percentage of sold, as computed by the service; the commercial query sends none.
    pub reported_deployment_percent: Option<f64>,
    /// Active licenses as a percentage of qualified, as computed by the service, for the workload with the most active
    /// licenses; the commercial query sends none.
    pub reported_usage_percent: Option<f64>,
    /// The usage of each workload, sorted by code, or by name if there is no code.
    pub workloads: Vec<Workload>,
    /// When the service last computed the deployment, as received.
    pub deployment_processed_date_time: Option<Timestamp>,
    /// When the service last computed the usage, as received: the oldest time of the workloads.
    pub usage_processed_date_time: Option<Timestamp>,
    /// The operations that the row comes from.
    pub source: Source,
    /// Anomalies of the row, without duplicates.
    pub flags: Vec<Flag>,
}

impl FunnelRow {
    /// A row of this customer in which everything else is unknown, for programs that fill in rows that they have kept.
    ///
    /// ```
    /// use partner_center::funnel::FunnelRow;
    /// use partner_center::licenses::Source;
    ///
    /// let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
    /// let mut row = FunnelRow::new(customer, Source::Commercial);
    /// row.licenses_sold = Some(10);
    /// assert_eq!(row.unused(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(customer_id: CustomerId, source: Source) -> Self {
        Self {
            customer_id,
            customer_name: None,
            product_id: None,
            product_name: None,
            service_code: None,
            service_name: None,
            channel: None,
            licenses_sold: None,
            licenses_deployed: None,
            licenses_active: None,
            shelfware: None,
            idle: None,
            unused: None,
            deployment_percent: None,
            usage_percent: None,
            reported_deployment_percent: None,
            reported_usage_percent: None,
            workloads: Vec::new(),
            deployment_processed_date_time: None,
            usage_processed_date_time: None,
            source,
            flags: Vec::new(),
        }
    }

    /// Whether the row has this flag.
    ///
    /// ```
    /// use partner_center::funnel::{Flag, Funnel};
    ///
    /// let usage = [serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesActive":1}"#)?];
    /// let funnel = Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &[], &usage);
    /// assert!(funnel.rows[0].has(Flag::WithoutDeployment));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// The older `processedDateTime` of the two sides. `None` if neither is a valid time.
    ///
    /// ```
    /// use partner_center::funnel::Funnel;
    /// use partner_center::models::Timestamp;
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"source":"classic","productName":"VISIO","licensesSold":1,"licensesDeployed":1,
    ///         "processedDateTime":"2017-03-14T03:25:16Z"}"#,
    /// )?];
    /// let usage = [serde_json::from_str(
    ///     r#"{"source":"classic","productName":"VISIO","licensesActive":1,
    ///         "processedDateTime":"2017-03-09T00:00:00Z"}"#,
    /// )?];
    /// let funnel = Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &usage);
    /// assert_eq!(funnel.rows[0].processed_date_time(), Some(&Timestamp::from("2017-03-09T00:00:00Z")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn processed_date_time(&self) -> Option<&Timestamp> {
        self.facts().stamps().min_by_key(|stamp| stamp.unix_seconds())
    }

    /// The same as the field: shelfware plus idle, of what is known.
    ///
    /// ```
    /// use partner_center::funnel::{Flag, Funnel};
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"source":"classic","productName":"VISIO","licensesSold":10,"licensesDeployed":7}"#,
    /// )?];
    /// let usage = [serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesActive":3}"#)?];
    /// let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
    /// let row = &Funnel::of_customer(customer, &deployment, &usage).rows[0];
    /// assert_eq!((row.unused(), row.has(Flag::UnusedIsLowerBound)), (Some(7), false));
    ///
    /// let row = &Funnel::of_customer(customer, &deployment, &[]).rows[0];
    /// assert_eq!((row.unused(), row.has(Flag::UnusedIsLowerBound)), (Some(3), true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn unused(&self) -> Option<i64> {
        self.unused
    }

    /// Whether at least this many licenses are idle. `None` if that is unknown.
    ///
    /// ```
    /// use partner_center::funnel::Funnel;
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"source":"classic","productName":"VISIO","licensesSold":10,"licensesDeployed":7}"#,
    /// )?];
    /// let usage = [serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesActive":3}"#)?];
    /// let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
    /// let row = &Funnel::of_customer(customer, &deployment, &usage).rows[0];
    /// assert_eq!((row.idle_at_least(4), row.idle_at_least(5)), (Some(true), Some(false)));
    ///
    /// let row = &Funnel::of_customer(customer, &deployment, &[]).rows[0];
    /// assert_eq!(row.idle_at_least(1), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn idle_at_least(&self, licenses: i64) -> Option<bool> {
        Some(self.idle? >= licenses)
    }

    /// Whether the row is below this percentage, from 0 to 100: in deployed of sold, in active of deployed, or in both.
    /// `None` if one of them is unknown and the other is not below. If nothing is sold or deployed, there is no
    /// percentage, which does not count as below.
    ///
    /// ```
    /// use partner_center::funnel::Funnel;
    ///
    /// let deployment = [serde_json::from_str(
    ///     r#"{"source":"classic","productName":"VISIO","licensesSold":10,"licensesDeployed":7}"#,
    /// )?];
    /// let usage = [serde_json::from_str(r#"{"source":"classic","productName":"VISIO","licensesActive":7}"#)?];
    /// let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
    /// let row = &Funnel::of_customer(customer, &deployment, &usage).rows[0];
    /// assert_eq!((row.below_percent(71.0), row.below_percent(70.0)), (Some(true), Some(false)));
    ///
    /// let row = &Funnel::of_customer(customer, &deployment, &[]).rows[0];
    /// assert_eq!((row.below_percent(71.0), row.below_percent(70.0)), (Some(true), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn below_percent(&self, percent: f64) -> Option<bool> {
        let below = |part, whole| match (part, whole) {
            (_, Some(0)) => Some(false),
            (part, whole) => Some(licenses::percent(part?, whole?)? < percent),
        };
        let deployment = below(self.licenses_deployed, self.licenses_sold);
        let usage = below(self.licenses_active, self.licenses_deployed);
        match (deployment, usage) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }
    }
}

/// A count, unless it is negative, which no number of licenses is.
pub(super) fn known(count: Option<i64>) -> Option<i64> {
    count.filter(|count| *count >= 0)
}

/// The part of the whole that is left; 0 if the part exceeds the whole.
pub(super) fn difference(whole: Option<i64>, part: Option<i64>) -> Option<i64> {
    Some(whole?.saturating_sub(part?).max(0))
}

/// Shelfware plus idle, of what is known; `None` if neither is.
pub(super) fn sum_of_known(shelfware: Option<i64>, idle: Option<i64>) -> Option<i64> {
    match (shelfware, idle) {
        (Some(shelfware), Some(idle)) => Some(shelfware.saturating_add(idle)),
        (one, other) => one.or(other),
    }
}

impl fmt::Debug for FunnelRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Destructured, so that a new field requires a decision whether it may be logged.
        let Self {
            customer_id,
            customer_name,
            product_id,
            product_name,
            service_code,
            service_name,
            channel,
            licenses_sold,
            licenses_deployed,
            licenses_active,
            shelfware,
            idle,
            unused,
            deployment_percent,
            usage_percent,
            reported_deployment_percent,
            reported_usage_percent,
            workloads,
            deployment_processed_date_time,
            usage_processed_date_time,
            source,
            flags,
        } = self;
        f.debug_struct("FunnelRow")
            .field("customer_id", customer_id)
            .field("customer_name", &customer_name.as_ref().map(|_| format_args!("<customer data>")))
            .field("product_id", product_id)
            .field("product_name", product_name)
            .field("service_code", service_code)
            .field("service_name", service_name)
            .field("channel", channel)
            .field("licenses_sold", licenses_sold)
            .field("licenses_deployed", licenses_deployed)
            .field("licenses_active", licenses_active)
            .field("shelfware", shelfware)
            .field("idle", idle)
            .field("unused", unused)
            .field("deployment_percent", deployment_percent)
            .field("usage_percent", usage_percent)
            .field("reported_deployment_percent", reported_deployment_percent)
            .field("reported_usage_percent", reported_usage_percent)
            .field("workloads", workloads)
            .field("deployment_processed_date_time", deployment_processed_date_time)
            .field("usage_processed_date_time", usage_processed_date_time)
            .field("source", source)
            .field("flags", flags)
            .finish()
    }
}

/// The usage of one workload of a product.
///
/// ```
/// use partner_center::funnel::Funnel;
///
/// let usage = [serde_json::from_str(
///     r#"{"source":"classic","productName":"VISIO","workloadName":"SharePoint",
///         "licensesActive":3,"licensesQualified":4}"#,
/// )?];
/// let funnel = Funnel::of_customer("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &[], &usage);
/// let workload = &funnel.rows[0].workloads[0];
/// assert_eq!(workload.workload_name.as_deref(), Some("SharePoint"));
/// assert_eq!(workload.usage_percent, Some(75.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Workload {
    /// The code of the workload, such as EXO, SPO or SFB.
    pub workload_code: Option<String>,
    /// The name of the workload, such as Exchange.
    pub workload_name: Option<String>,
    /// How many licenses are active in the workload.
    pub licenses_active: Option<i64>,
    /// How many licenses qualify for the workload.
    pub licenses_qualified: Option<i64>,
    /// Active licenses as a percentage of qualified, computed from the counts to two decimal places; may exceed 100.
    pub usage_percent: Option<f64>,
    /// Active licenses as a percentage of qualified, as computed by the service; not sent by the commercial query.
    pub reported_usage_percent: Option<f64>,
    /// When the service last computed the usage of the workload.
    pub processed_date_time: Option<Timestamp>,
}

/// An anomaly of a row.
///
/// ```
/// use partner_center::funnel::Flag;
///
/// assert_eq!(serde_json::to_string(&Flag::DeployedExceedsSold)?, "\"deployedExceedsSold\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Flag {
    /// There is no usage row for the deployment row: active and idle are unknown.
    WithoutUsage,
    /// There is no deployment row for the usage rows: sold, deployed, shelfware and idle are unknown.
    WithoutDeployment,
    /// One side has no product id, so the sides were joined by name.
    JoinedByName,
    /// The row has no product id, or lacks its counterpart, and there are several candidates: none was chosen.
    Ambiguous,
    /// A row occurred more than once, and is counted once.
    Repeated,
    /// There were rows of an older snapshot, which are not counted.
    Superseded,
    /// Several different rows of one snapshot were added up.
    Summed,
    /// A usage row names no workload: its count may be a sum over workloads, which counts users several times.
    WithoutWorkload,
    /// A count that the row should have is missing or negative.
    UnknownCount,
    /// Either shelfware or idle is unknown, so that unused is only the other one: at least as many are unused.
    UnusedIsLowerBound,
    /// More licenses are deployed than were sold: shelfware is 0.
    DeployedExceedsSold,
    /// More licenses are active than deployed: idle is 0.
    ActiveExceedsDeployed,
    /// The oldest and the newest `processedDateTime` of the row are a day or more apart, as the two sides of the
    /// classic operations often are.
    MixedAges,
    /// A `processedDateTime` is missing or is not a valid time.
    UnknownAge,
}
