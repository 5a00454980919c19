//! Requests pages of the commercial queries.

use partner_center_client::Operation as _;
use partner_center_client::operations::{
    QueryCommercialLicensesDeployment, QueryCommercialLicensesDeploymentV1, QueryCommercialLicensesUsage,
    QueryCommercialLicensesUsageV1, QuerySubscriptions,
};
use partner_center_models::{
    CommercialLicensesDeploymentInsightsCollection, CommercialLicensesUsageInsightsCollection,
    SubscriptionInsightsCollection,
};

use super::collection::{Paged, page};
use crate::call::CallContext;
use crate::client::PartnerCenter;
use crate::continuation::CommercialPrefix;
use crate::continuation::PageCursor;
use crate::error::Result;
use crate::response::Response;

/// The default page size of the service.
pub(super) const DEFAULT_TOP: u32 = 10_000;

macro_rules! query {
    ($collection:ty, $partner_v1:ident, $v1:ident) => {
        impl Paged for $collection {
            const OPERATION: &'static str = $partner_v1::DETAILS.id;

            async fn request_page(
                partner: &PartnerCenter,
                call_context: &CallContext,
                at: &PageCursor,
            ) -> Result<(Response<Self>, Option<PageCursor>)> {
                let arguments = at.arguments.clone();
                let (filter, groupby) = (arguments.filter, arguments.groupby);
                let (processed_date_time, top) =
                    (arguments.processed_date_time, arguments.top.map(i64::from));
                let skip = skip(at);
                match arguments.prefix.unwrap_or_default() {
                    CommercialPrefix::PartnerV1 => {
                        let operation = $partner_v1 { filter, groupby, processed_date_time, skip, top };
                        page(partner, call_context, at, &operation).await
                    }
                    CommercialPrefix::V1 => {
                        let operation = $v1 { filter, groupby, processed_date_time, skip, top };
                        page(partner, call_context, at, &operation).await
                    }
                }
            }
        }
    };
}

query!(
    CommercialLicensesDeploymentInsightsCollection,
    QueryCommercialLicensesDeployment,
    QueryCommercialLicensesDeploymentV1
);
query!(
    CommercialLicensesUsageInsightsCollection,
    QueryCommercialLicensesUsage,
    QueryCommercialLicensesUsageV1
);

impl Paged for SubscriptionInsightsCollection {
    const OPERATION: &'static str = QuerySubscriptions::DETAILS.id;

    async fn request_page(
        partner: &PartnerCenter,
        call_context: &CallContext,
        at: &PageCursor,
    ) -> Result<(Response<Self>, Option<PageCursor>)> {
        let arguments = at.arguments.clone();
        let operation = QuerySubscriptions {
            aggregation_level: arguments.aggregation_level.map(|level| level.as_str().to_owned()),
            filter: arguments.filter,
            group_by: arguments.groupby,
            skip: skip(at),
            top: arguments.top.map(i64::from),
        };
        page(partner, call_context, at, &operation).await
    }
}

/// The value of `skip`: `None` on the first page, unless the caller set it.
fn skip(at: &PageCursor) -> Option<i64> {
    if at.skip == 0 && at.arguments.skip.is_none() {
        return None;
    }
    Some(i64::try_from(at.skip).unwrap_or(i64::MAX))
}
