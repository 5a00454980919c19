//! How pages of a commercial query follow each other: by `@nextLink`, or else by `skip`.

use partner_center_client::operations::{
    QueryCommercialLicensesDeployment, QueryCommercialLicensesDeploymentV1, QueryCommercialLicensesUsage,
    QueryCommercialLicensesUsageV1,
};
use partner_center_models::{
    CommercialLicensesDeploymentInsights, CommercialLicensesDeploymentInsightsCollection,
    CommercialLicensesUsageInsights, CommercialLicensesUsageInsightsCollection,
};
use serde::{Deserialize, Serialize};

use super::collection::{Collection, Paged, ask};
use super::continuation::{Link, Standing};
use crate::call::Logical;
use crate::error::Result;
use crate::partner::PartnerCenter;
use crate::response::Response;

/// How many rows a page has if nobody says otherwise.
const DEFAULT_TOP: u32 = 10_000;

/// At which of its two documented paths a commercial query is asked.
///
/// The service's page gives one path in its table and another in its example. Which of them answers is not known
/// outside production.
///
/// ```
/// use partner_center::chain::CommercialPrefix;
///
/// assert_eq!(CommercialPrefix::default(), CommercialPrefix::PartnerV1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CommercialPrefix {
    /// `/partner/v1/analytics/commercial/...`, as in the example, and as all other analytics of this kind have it.
    #[default]
    #[serde(rename = "partner/v1")]
    PartnerV1,
    /// `/v1/analytics/commercial/...`, as in the table.
    #[serde(rename = "v1")]
    V1,
}

macro_rules! query {
    ($collection:ty, $row:ty, $operation:literal, $partner_v1:ident, $v1:ident) => {
        impl Collection for $collection {
            type Item = $row;

            fn items(&self) -> &[$row] {
                &self.value
            }

            fn into_items(self) -> Vec<$row> {
                self.value
            }
        }

        impl Paged for $collection {
            const OPERATION: &'static str = $operation;

            async fn ask(
                partner: &PartnerCenter,
                logical: &Logical,
                at: &Standing,
            ) -> Result<Response<Self>> {
                let arguments = at.arguments.clone();
                let (filter, groupby) = (arguments.filter, arguments.groupby);
                let (processed_date_time, top) =
                    (arguments.processed_date_time, arguments.top.map(i64::from));
                let skip = skip(at);
                match arguments.prefix.unwrap_or_default() {
                    CommercialPrefix::PartnerV1 => {
                        let operation = $partner_v1 { filter, groupby, processed_date_time, skip, top };
                        ask(partner, logical, at, operation).await
                    }
                    CommercialPrefix::V1 => {
                        let operation = $v1 { filter, groupby, processed_date_time, skip, top };
                        ask(partner, logical, at, operation).await
                    }
                }
            }

            fn next(&self, at: &Standing) -> Option<Standing> {
                next(self.next_link.as_deref(), self.value.len(), self.total_count, at)
            }
        }
    };
}

query!(
    CommercialLicensesDeploymentInsightsCollection,
    CommercialLicensesDeploymentInsights,
    "query_commercial_licenses_deployment",
    QueryCommercialLicensesDeployment,
    QueryCommercialLicensesDeploymentV1
);
query!(
    CommercialLicensesUsageInsightsCollection,
    CommercialLicensesUsageInsights,
    "query_commercial_licenses_usage",
    QueryCommercialLicensesUsage,
    QueryCommercialLicensesUsageV1
);

/// What is sent as `skip`: nothing on a first page, unless the caller said so.
fn skip(at: &Standing) -> Option<i64> {
    if at.skip == 0 && at.arguments.skip.is_none() {
        return None;
    }
    Some(i64::try_from(at.skip).unwrap_or(i64::MAX))
}

/// Where the query stands after a page.
///
/// A link is followed, also from a page without rows. Without one, the count decides, since a service that leaves the
/// link out must not pass for one that has no more rows; and without a count, whether the page is full.
fn next(link: Option<&str>, rows: usize, total: Option<i64>, at: &Standing) -> Option<Standing> {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    let skip = at.skip.saturating_add(rows);
    if let Some(uri) = link.map(str::trim).filter(|link| !link.is_empty()) {
        let link = Link { uri: uri.to_owned(), headers: Vec::new() };
        return Some(Standing { skip, link: Some(link), ..at.clone() });
    }
    // A count that is smaller than its own page counts something else.
    let total = total.and_then(|total| u64::try_from(total).ok()).filter(|total| *total >= rows);
    let more = match total {
        Some(total) => total > skip,
        None => rows >= u64::from(at.arguments.top.unwrap_or(DEFAULT_TOP)),
    };
    if more && rows == 0 {
        tracing::warn!(total, skip, "the service counts more rows than it has given, and gives no more");
    }
    (more && rows > 0).then(|| Standing { skip, link: None, ..at.clone() })
}
