//! The row of license deployment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::row::{LicenseRow, Sealed, customer};
use super::{PartnerDeploymentRow, Source, percent};
use crate::chain::{CommercialLicensesQuery, CustomerHandle};
use crate::client::PartnerCenter;
use crate::filter::Deployment;
use crate::models::{
    Channel, CommercialLicensesDeploymentInsights, CustomerLicensesDeploymentInsights, Guid, Timestamp,
};
use crate::{CustomerId, Response, Result, service};

/// How many licenses of one product a customer bought, and how many of them are deployed.
///
/// A row has the same form for either source: ids are in lower case, percentages have two decimal places, and the
/// [service](crate::service) has a code and a name. Serialized fields have the names of the API contract, and unknown
/// values are `null`. `Debug` does not show customer names.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeploymentRow {
    /// The id of the customer's tenant: the one that the row names, or else the requested one. Unknown only in a
    /// commercial row that names no customer, or one that was grouped without it.
    #[cfg_attr(feature = "schemars", schemars(with = "Option<Guid>"))]
    pub customer_id: Option<CustomerId>,
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
    /// How many of the sold licenses are deployed.
    pub licenses_deployed: Option<i64>,
    /// Deployed licenses as a percentage of sold: as the service computed it, or, for a commercial row, which has none,
    /// computed from the counts.
    pub deployment_percent: Option<f64>,
    /// When the service last computed the row, as received. Rows of one response may differ.
    pub processed_date_time: Option<Timestamp>,
    /// The operations that the row comes from.
    pub source: Source,
}

impl DeploymentRow {
    /// A row in which everything but its source is unknown, for programs that fill in rows that they have kept.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            customer_id: None,
            customer_name: None,
            product_id: None,
            product_name: None,
            service_code: None,
            service_name: None,
            channel: None,
            licenses_sold: None,
            licenses_deployed: None,
            deployment_percent: None,
            processed_date_time: None,
            source,
        }
    }

    /// Converts a row of the classic operation for the requested customer.
    #[must_use]
    pub fn classic(requested: CustomerId, row: CustomerLicensesDeploymentInsights) -> Self {
        let (service_code, service_name) = service::code_and_name(row.service_code, row.service_name);
        Self {
            customer_id: customer(row.customer_id).or(Some(requested)),
            customer_name: row.customer_name,
            product_id: None,
            product_name: row.product_name,
            service_code,
            service_name,
            channel: row.channel,
            licenses_sold: row.licenses_sold,
            licenses_deployed: row.licenses_deployed,
            deployment_percent: row.deployment_percent.map(percent::round_percent),
            processed_date_time: row.processed_date_time,
            source: Source::Classic,
        }
    }
}

/// Converts a row of the commercial query.
impl From<CommercialLicensesDeploymentInsights> for DeploymentRow {
    fn from(row: CommercialLicensesDeploymentInsights) -> Self {
        Self {
            customer_id: customer(row.customer_tenant_id),
            customer_name: row.customer_name,
            product_id: row.product_id.map(Guid::into_lowercase),
            product_name: row.product_name,
            service_code: row.service_code,
            service_name: row.service_name,
            channel: row.channel,
            licenses_sold: row.licenses_sold,
            licenses_deployed: row.licenses_deployed,
            deployment_percent: percent::rounded(row.licenses_deployed, row.licenses_sold),
            processed_date_time: row.processed_date_time,
            source: Source::Commercial,
        }
    }
}

impl Sealed for DeploymentRow {}

impl LicenseRow for DeploymentRow {
    type Operation = Deployment;
    type PartnerRow = PartnerDeploymentRow;

    async fn read(customer: CustomerHandle) -> Result<Response<Vec<Self>>> {
        let id = customer.id();
        let response = customer.analytics().licenses().deployment().get().await?;
        Ok(response.map(|page| page.items.into_iter().map(|row| Self::classic(id, row)).collect()))
    }

    fn commercial(partner: &PartnerCenter) -> CommercialLicensesQuery<Deployment> {
        partner.analytics().commercial().licenses().deployment()
    }

    fn read_partner(
        partner: &PartnerCenter,
    ) -> impl Future<Output = Result<Response<Vec<PartnerDeploymentRow>>>> + Send + 'static {
        let call = partner.analytics().licenses().deployment().get();
        async { Ok(call.await?.map(|page| page.items.into_iter().map(Into::into).collect())) }
    }

    fn customer_id(&self) -> Option<CustomerId> {
        self.customer_id
    }

    fn customer_mut(&mut self) -> (&mut Option<CustomerId>, &mut Option<String>) {
        (&mut self.customer_id, &mut self.customer_name)
    }

    fn counts_mut(&mut self) -> ([&mut Option<i64>; 2], &mut Option<f64>) {
        ([&mut self.licenses_deployed, &mut self.licenses_sold], &mut self.deployment_percent)
    }
}

impl fmt::Debug for DeploymentRow {
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
            deployment_percent,
            processed_date_time,
            source,
        } = self;
        f.debug_struct("DeploymentRow")
            .field("customer_id", customer_id)
            .field("customer_name", &customer_name.as_ref().map(|_| format_args!("<customer data>")))
            .field("product_id", product_id)
            .field("product_name", product_name)
            .field("service_code", service_code)
            .field("service_name", service_name)
            .field("channel", channel)
            .field("licenses_sold", licenses_sold)
            .field("licenses_deployed", licenses_deployed)
            .field("deployment_percent", deployment_percent)
            .field("processed_date_time", processed_date_time)
            .field("source", source)
            .finish()
    }
}
