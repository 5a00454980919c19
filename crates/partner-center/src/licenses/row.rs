//! Row types with the fields of both sources, under the names of the API contract.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Source;
use crate::chain::CustomerHandle;
use crate::client::PartnerCenter;
use crate::clock::BoxFuture;
use crate::models::{
    Channel, CommercialLicensesDeploymentInsights, CommercialLicensesDeploymentInsightsCollection,
    CommercialLicensesUsageInsights, CommercialLicensesUsageInsightsCollection,
    CustomerLicensesDeploymentInsights, CustomerLicensesUsageInsights, Guid, Timestamp,
};
use crate::paging::{PagedCollection, Pages};
use crate::service;
use crate::{Continuation, CustomerId, Response, Result};

/// A row type of a report on all customers: [`DeploymentRow`] or [`UsageRow`]. The trait is sealed.
#[expect(private_bounds, reason = "what seals the trait")]
pub trait LicenseRow: Kind {}

/// How each source reads rows of one kind.
pub(crate) trait Kind: Sized + Send + 'static {
    /// A page of the commercial query.
    type Page: PagedCollection<Item: Into<Self>>;

    /// The customer of the row, if it names one.
    fn customer(&self) -> Option<CustomerId>;

    /// The rows of all customers, from the commercial query.
    fn query(partner: &PartnerCenter, resume: Option<Continuation>) -> Pages<Self::Page>;

    /// The rows of one customer, from the classic operation.
    fn ask(customer: CustomerHandle) -> BoxFuture<'static, Result<Response<Vec<Self>>>>;
}

/// Declares a row type: the fields that both sources have, and the one that only the classic source has.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $name:ident from $classic:ident or $commercial:ident in $page:ident by $operation:ident {
            $($(#[$both_meta:meta])* $both:ident: $both_type:ty,)+
        }
        $(#[$percent_meta:meta])* $percent:ident
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            /// The source of the row.
            pub source: Source,
            /// The customer: the requested one, or the one that a commercial row names. `None` only if that is not a
            /// GUID.
            #[cfg_attr(feature = "schemars", schemars(with = "Option<Guid>"))]
            pub customer_id: Option<CustomerId>,
            /// The customer's name, if the service sent it.
            pub customer_name: Option<String>,
            /// The product's id, which is that of its SKU in Microsoft Entra; not sent by the classic operations.
            pub product_id: Option<Guid>,
            /// The name of the product, in capitals.
            pub product_name: Option<String>,
            /// The code of the service, such as o365 or crm.
            pub service_code: Option<String>,
            /// The name of the service, the same for both sources: see [`service`](crate::service).
            pub service_name: Option<String>,
            /// How the licenses were sold.
            pub channel: Option<Channel>,
            $($(#[$both_meta])* pub $both: $both_type,)+
            $(#[$percent_meta])*
            pub $percent: Option<f64>,
            /// When the service last computed the row. Rows of one response may differ.
            pub processed_date_time: Option<Timestamp>,
        }

        impl $name {
            /// Converts a row of the classic operation for the requested customer.
            #[must_use]
            pub fn classic(customer: CustomerId, row: $classic) -> Self {
                let (service_code, service_name) = service::code_and_name(row.service_code, row.service_name);
                Self {
                    source: Source::Classic,
                    customer_id: row.customer_id.and_then(|id| id.as_uuid()).map_or(Some(customer), |id| {
                        Some(id.into())
                    }),
                    customer_name: row.customer_name,
                    product_id: None,
                    product_name: row.product_name,
                    service_code,
                    service_name,
                    channel: row.channel,
                    $($both: row.$both,)+
                    $percent: row.$percent,
                    processed_date_time: row.processed_date_time,
                }
            }
        }

        impl From<$commercial> for $name {
            fn from(row: $commercial) -> Self {
                Self {
                    source: Source::Commercial,
                    customer_id: row.customer_tenant_id.and_then(|id| id.as_uuid()).map(CustomerId::from),
                    customer_name: row.customer_name,
                    product_id: row.product_id,
                    product_name: row.product_name,
                    service_code: row.service_code,
                    service_name: row.service_name,
                    channel: row.channel,
                    $($both: row.$both,)+
                    $percent: None,
                    processed_date_time: row.processed_date_time,
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("source", &self.source)
                    .field("customer_id", &self.customer_id)
                    .field("customer_name", &self.customer_name.as_ref().map(|_| format_args!("<customer data>")))
                    .field("product_id", &self.product_id)
                    .field("product_name", &self.product_name)
                    .field("service_code", &self.service_code)
                    .field("service_name", &self.service_name)
                    .field("channel", &self.channel)
                    $(.field(stringify!($both), &self.$both))+
                    .field(stringify!($percent), &self.$percent)
                    .field("processed_date_time", &self.processed_date_time)
                    .finish()
            }
        }

        impl Kind for $name {
            type Page = $page;

            fn customer(&self) -> Option<CustomerId> {
                self.customer_id
            }

            fn query(partner: &PartnerCenter, resume: Option<Continuation>) -> Pages<$page> {
                let query = partner.analytics().commercial().licenses().$operation();
                match resume {
                    Some(continuation) => query.resume(continuation).pages(),
                    None => query.pages(),
                }
            }

            fn ask(customer: CustomerHandle) -> BoxFuture<'static, Result<Response<Vec<Self>>>> {
                Box::pin(async move {
                    let id = customer.id();
                    let answer = customer.analytics().licenses().$operation().get().await?;
                    let row = |row| Self::classic(id, row);
                    Ok(answer.map(|answer| answer.items.into_iter().map(row).collect()))
                })
            }
        }

        impl LicenseRow for $name {}
    };
}

row! {
    /// How many licenses of one product a customer bought, and how many of them are deployed.
    ///
    /// Serialized fields have the names of the API contract, and unknown values are `null`. `Debug` does not show
    /// customer names.
    DeploymentRow from CustomerLicensesDeploymentInsights or CommercialLicensesDeploymentInsights
    in CommercialLicensesDeploymentInsightsCollection by deployment {
        /// How many licenses were sold.
        licenses_sold: Option<i64>,
        /// How many of the sold licenses are deployed.
        licenses_deployed: Option<i64>,
    }
    /// The deployed percentage of sold licenses, from 0 to 100, as computed by the service; not sent by the commercial
    /// query.
    deployment_percent
}

row! {
    /// How many licenses of one product of a customer qualify for a workload, and how many are active in it.
    ///
    /// Serialized fields have the names of the API contract, and unknown values are `null`. `Debug` does not show
    /// customer names.
    UsageRow from CustomerLicensesUsageInsights or CommercialLicensesUsageInsights
    in CommercialLicensesUsageInsightsCollection by usage {
        /// The code of the workload, such as EXO, SPO or SFB.
        workload_code: Option<String>,
        /// The name of the workload, such as Exchange.
        workload_name: Option<String>,
        /// How many licenses are active in the workload.
        licenses_active: Option<i64>,
        /// How many licenses qualify for the workload.
        licenses_qualified: Option<i64>,
    }
    /// The active percentage of qualified licenses, from 0 to 100, as computed by the service; not sent by the
    /// commercial query.
    usage_percent
}
