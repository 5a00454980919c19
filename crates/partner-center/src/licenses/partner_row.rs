//! The rows with the partner's totals over all customers.

use serde::{Deserialize, Serialize};

use super::percent::round_percent;
use crate::models::{Channel, PartnerLicensesDeploymentInsights, PartnerLicensesUsageInsights, Timestamp};
use crate::service;

/// How many licenses of one service the partner sold, and which share of them is deployed.
///
/// The [service](crate::service) has the same form as in the rows of customers, and percentages have two decimal
/// places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PartnerDeploymentRow {
    /// The code of the service, such as o365 or crm.
    pub service_code: Option<String>,
    /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
    pub service_name: Option<String>,
    /// How the licenses were sold.
    pub channel: Option<Channel>,
    /// How many licenses were sold.
    pub licenses_sold: Option<i64>,
    /// Deployed licenses as a percentage of sold over all customers, as the service computed it.
    pub prorated_deployment_percent: Option<f64>,
    /// When the service last computed the row, as received.
    pub processed_date_time: Option<Timestamp>,
}

impl From<PartnerLicensesDeploymentInsights> for PartnerDeploymentRow {
    fn from(row: PartnerLicensesDeploymentInsights) -> Self {
        let (service_code, service_name) = service::code_and_name(row.service_code, row.service_name);
        Self {
            service_code,
            service_name,
            channel: row.channel,
            licenses_sold: row.licenses_sold,
            prorated_deployment_percent: row.prorated_deployment_percent.map(round_percent),
            processed_date_time: row.processed_date_time,
        }
    }
}

/// Which share of the licenses that the partner sold is used, by service and workload.
///
/// The [service](crate::service) has the same form as in the rows of customers, and percentages have two decimal
/// places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PartnerUsageRow {
    /// The code of the service, such as o365 or crm.
    pub service_code: Option<String>,
    /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
    pub service_name: Option<String>,
    /// The name of the workload, such as Exchange.
    pub workload_name: Option<String>,
    /// How the licenses were sold.
    pub channel: Option<Channel>,
    /// Active licenses as a percentage of qualified over all customers, as the service computed it.
    pub prorated_licenses_usage_percent: Option<f64>,
    /// When the service last computed the row, as received.
    pub processed_date_time: Option<Timestamp>,
}

impl From<PartnerLicensesUsageInsights> for PartnerUsageRow {
    fn from(row: PartnerLicensesUsageInsights) -> Self {
        let (service_code, service_name) = service::code_and_name(row.service_code, row.service_name);
        Self {
            service_code,
            service_name,
            workload_name: row.workload_name,
            channel: row.channel,
            prorated_licenses_usage_percent: row.prorated_licenses_usage_percent.map(round_percent),
            processed_date_time: row.processed_date_time,
        }
    }
}
