//! `partner.analytics()`: licenses over all customers of the partner.
#![expect(
    deprecated,
    reason = "the classic operations are superseded, but only they have the service's own percentages"
)]

use partner_center_client::operations::{GetPartnerLicensesDeployment, GetPartnerLicensesUsage};
use partner_center_models::{
    PartnerLicensesDeploymentInsightsCollection, PartnerLicensesUsageInsightsCollection,
};

use crate::chain::{CommercialAnalytics, SubscriptionsQuery};
use crate::client::PartnerCenter;
use crate::{Response, Result};

/// Analytics over all customers of the partner.
#[derive(Clone, Debug)]
#[must_use]
pub struct Analytics {
    partner: PartnerCenter,
}

impl Analytics {
    pub(crate) fn new(partner: PartnerCenter) -> Self {
        Self { partner }
    }

    /// Commercial analytics: the queries that supersede the classic operations.
    pub fn commercial(&self) -> CommercialAnalytics {
        CommercialAnalytics::new(self.partner.clone())
    }

    /// The subscriptions of all customers, as analytics has them.
    ///
    /// `GET /partner/v1/analytics/subscriptions`
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-all-subscription-analytics>
    pub fn subscriptions(&self) -> SubscriptionsQuery {
        SubscriptionsQuery::new(self.partner.clone())
    }

    /// License totals, by service.
    pub fn licenses(&self) -> PartnerLicenses {
        PartnerLicenses { partner: self.partner.clone() }
    }
}

/// License totals of the partner.
#[derive(Clone, Debug)]
#[must_use]
pub struct PartnerLicenses {
    partner: PartnerCenter,
}

impl PartnerLicenses {
    /// How many licenses are deployed.
    pub fn deployment(&self) -> PartnerLicensesDeployment {
        PartnerLicensesDeployment { partner: self.partner.clone() }
    }

    /// How many licenses are used.
    pub fn usage(&self) -> PartnerLicensesUsage {
        PartnerLicensesUsage { partner: self.partner.clone() }
    }
}

/// How many licenses of all customers are deployed.
#[derive(Clone, Debug)]
#[must_use]
pub struct PartnerLicensesDeployment {
    partner: PartnerCenter,
}

impl PartnerLicensesDeployment {
    /// Gets one row per service: licenses sold, and the share of them that is deployed.
    ///
    /// `GET /v1/analytics/licenses/deployment`; App+User tokens only.
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-partner-licenses-deployment-information>
    ///
    /// # Superseded
    ///
    /// This operation is superseded by the [commercial query](super::CommercialLicenses::deployment), grouped by
    /// `serviceCode`.
    ///
    /// # Errors
    ///
    /// The most frequent are [`ErrorKind::AppOnlyToken`](crate::ErrorKind::AppOnlyToken) and
    /// [`ErrorKind::MissingRole`](crate::ErrorKind::MissingRole); see [`Error`](crate::Error).
    ///
    /// # Example
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
    /// let deployment = partner.analytics().licenses().deployment().get().await?;
    /// for row in deployment.items() {
    ///     // From 0 to 100.
    ///     println!("{:?}: {:?} sold, {:?} % deployed", row.service_name, row.licenses_sold, row.prorated_deployment_percent);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[expect(deprecated, reason = "superseded, but the only one with the service's prorated percentages")]
    pub fn get(
        &self,
    ) -> impl Future<Output = Result<Response<PartnerLicensesDeploymentInsightsCollection>>> + Send + use<>
    {
        self.partner.call(GetPartnerLicensesDeployment {})
    }
}

/// How many licenses of all customers are used.
#[derive(Clone, Debug)]
#[must_use]
pub struct PartnerLicensesUsage {
    partner: PartnerCenter,
}

impl PartnerLicensesUsage {
    /// Gets one row per service and workload: the share of qualified licenses that is used.
    ///
    /// `GET /v1/analytics/licenses/usage`; App+User tokens only.
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-partner-licenses-usage-information>
    ///
    /// # Superseded
    ///
    /// This operation is superseded by the [commercial query](super::CommercialLicenses::usage), grouped by
    /// `serviceCode,workloadCode`.
    ///
    /// # Errors
    ///
    /// As for [deployment](PartnerLicensesDeployment::get).
    ///
    /// # Example
    #[expect(deprecated, reason = "superseded, but the only one with the service's prorated percentages")]
    pub fn get(
        &self,
    ) -> impl Future<Output = Result<Response<PartnerLicensesUsageInsightsCollection>>> + Send + use<> {
        self.partner.call(GetPartnerLicensesUsage {})
    }
}
