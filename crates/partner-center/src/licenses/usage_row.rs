//! The row of license usage.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::row::{LicenseRow, Sealed, customer};
use super::{PartnerUsageRow, Source, percent};
use crate::chain::{CommercialLicensesQuery, CustomerHandle};
use crate::client::PartnerCenter;
use crate::filter::Usage;
use crate::models::{
    Channel, CommercialLicensesUsageInsights, CustomerLicensesUsageInsights, Guid, Timestamp,
};
use crate::{CustomerId, Response, Result, service};

/// How many licenses of one product of a customer qualify for a workload, and how many are active in it.
///
/// A row has the same form for either source: ids are in lower case, percentages have two decimal places, and the
/// [service](crate::service) has a code and a name. Serialized fields have the names of the API contract, and unknown
/// values are `null`. `Debug` does not show customer names.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UsageRow {
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
    /// The code of the workload, such as EXO, SPO or SFB.
    pub workload_code: Option<String>,
    /// The name of the workload, such as Exchange.
    pub workload_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    pub service_code: Option<String>,
    /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
    pub service_name: Option<String>,
    /// How the licenses were sold.
    pub channel: Option<Channel>,
    /// How many licenses qualify for the workload.
    pub licenses_qualified: Option<i64>,
    /// How many of the qualified licenses are active in the workload.
    pub licenses_active: Option<i64>,
    /// Active licenses as a percentage of qualified: as the service computed it, or, for a commercial row, which has
    /// none, computed from the counts.
    pub usage_percent: Option<f64>,
    /// When the service last computed the row, as received. Rows of one response may differ.
    pub processed_date_time: Option<Timestamp>,
    /// The operations that the row comes from.
    pub source: Source,
}

impl UsageRow {
    /// A row in which everything but its source is unknown, for programs that fill in rows that they have kept.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            customer_id: None,
            customer_name: None,
            product_id: None,
            product_name: None,
            workload_code: None,
            workload_name: None,
            service_code: None,
            service_name: None,
            channel: None,
            licenses_qualified: None,
            licenses_active: None,
            usage_percent: None,
            processed_date_time: None,
            source,
        }
    }

    /// Converts a row of the classic operation for the requested customer.
    #[must_use]
    pub fn classic(requested: CustomerId, row: CustomerLicensesUsageInsights) -> Self {
        let (service_code, service_name) = service::code_and_name(row.service_code, row.service_name);
        Self {
            customer_id: customer(row.customer_id).or(Some(requested)),
            customer_name: row.customer_name,
            product_id: None,
            product_name: row.product_name,
            workload_code: row.workload_code,
            workload_name: row.workload_name,
            service_code,
            service_name,
            channel: row.channel,
            licenses_qualified: row.licenses_qualified,
            licenses_active: row.licenses_active,
            usage_percent: row.usage_percent.map(percent::round_percent),
            processed_date_time: row.processed_date_time,
            source: Source::Classic,
        }
    }
}

/// Converts a row of the commercial query.
impl From<CommercialLicensesUsageInsights> for UsageRow {
    fn from(row: CommercialLicensesUsageInsights) -> Self {
        Self {
            customer_id: customer(row.customer_tenant_id),
            customer_name: row.customer_name,
            product_id: row.product_id.map(Guid::into_lowercase),
            product_name: row.product_name,
            workload_code: row.workload_code,
            workload_name: row.workload_name,
            service_code: row.service_code,
            service_name: row.service_name,
            channel: row.channel,
            licenses_qualified: row.licenses_qualified,
            licenses_active: row.licenses_active,
            usage_percent: percent::rounded(row.licenses_active, row.licenses_qualified),
            processed_date_time: row.processed_date_time,
            source: Source::Commercial,
        }
    }
}

impl Sealed for UsageRow {}

impl LicenseRow for UsageRow {
    type Operation = Usage;
    type PartnerRow = PartnerUsageRow;

    async fn read(customer: CustomerHandle) -> Result<Response<Vec<Self>>> {
        let id = customer.id();
        let response = customer.analytics().licenses().usage().get().await?;
        Ok(response.map(|page| page.items.into_iter().map(|row| Self::classic(id, row)).collect()))
    }

    fn commercial(partner: &PartnerCenter) -> CommercialLicensesQuery<Usage> {
        partner.analytics().commercial().licenses().usage()
    }

    fn read_partner(
        partner: &PartnerCenter,
    ) -> impl Future<Output = Result<Response<Vec<PartnerUsageRow>>>> + Send + 'static {
        let call = partner.analytics().licenses().usage().get();
        async { Ok(call.await?.map(|page| page.items.into_iter().map(Into::into).collect())) }
    }

    fn customer_id(&self) -> Option<CustomerId> {
        self.customer_id
    }

    fn customer_mut(&mut self) -> (&mut Option<CustomerId>, &mut Option<String>) {
        (&mut self.customer_id, &mut self.customer_name)
    }

    fn counts_mut(&mut self) -> ([&mut Option<i64>; 2], &mut Option<f64>) {
        ([&mut self.licenses_active, &mut self.licenses_qualified], &mut self.usage_percent)
    }
}

impl fmt::Debug for UsageRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Destructured, so that a new field requires a decision whether it may be logged.
        let Self {
            customer_id,
            customer_name,
            product_id,
            product_name,
            workload_code,
            workload_name,
            service_code,
            service_name,
            channel,
            licenses_qualified,
            licenses_active,
            usage_percent,
            processed_date_time,
            source,
        } = self;
        f.debug_struct("UsageRow")
            .field("customer_id", customer_id)
            .field("customer_name", &customer_name.as_ref().map(|_| format_args!("<customer data>")))
            .field("product_id", product_id)
            .field("product_name", product_name)
            .field("workload_code", workload_code)
            .field("workload_name", workload_name)
            .field("service_code", service_code)
            .field("service_name", service_name)
            .field("channel", channel)
            .field("licenses_qualified", licenses_qualified)
            .field("licenses_active", licenses_active)
            .field("usage_percent", usage_percent)
            .field("processed_date_time", processed_date_time)
            .field("source", source)
            .finish()
    }
}
