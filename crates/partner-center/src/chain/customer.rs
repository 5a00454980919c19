//! `partner.customers().by_id(id)`: one customer, its license analytics and its subscriptions.
#![expect(
    deprecated,
    reason = "the classic operations are superseded, but only they have the service's own percentages"
)]

use partner_center_client::operations::{
    GetCustomer, GetCustomerLicensesDeployment, GetCustomerLicensesUsage,
};
use partner_center_models::{
    Customer, CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection,
};

use crate::chain::{CustomerSubscriptions, SubscribedSkus};
use crate::client::PartnerCenter;
use crate::{CustomerId, Response, Result};

/// One customer.
#[derive(Clone, Debug)]
#[must_use]
pub struct CustomerHandle {
    partner: PartnerCenter,
    id: CustomerId,
}

impl CustomerHandle {
    pub(crate) fn new(partner: PartnerCenter, id: CustomerId) -> Self {
        Self { partner, id }
    }

    pub(crate) fn partner(&self) -> &PartnerCenter {
        &self.partner
    }

    /// The customer's id.
    #[must_use]
    pub fn id(&self) -> CustomerId {
        self.id
    }

    /// Analytics of this customer.
    pub fn analytics(&self) -> CustomerAnalytics {
        CustomerAnalytics { customer: self.clone() }
    }

    /// Subscriptions of this customer.
    pub fn subscriptions(&self) -> CustomerSubscriptions {
        CustomerSubscriptions::new(self.clone())
    }

    /// The SKUs of this customer's tenant.
    pub fn subscribed_skus(&self) -> SubscribedSkus {
        SubscribedSkus::new(self.clone())
    }

    /// Gets the customer with its company and billing profiles.
    ///
    /// `GET /v1/customers/{customer-id}`; application-only and App+User tokens.
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-a-customer-by-id>
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CustomerNotFound`](crate::ErrorKind::CustomerNotFound) if the customer does not exist,
    /// [`ErrorKind::NoRelationship`](crate::ErrorKind::NoRelationship) if it is not a customer of the partner.
    pub fn get(&self) -> impl Future<Output = Result<Response<Customer>>> + Send + use<> {
        self.partner.call(GetCustomer { customer_id: self.id.as_uuid() })
    }
}

/// Analytics of one customer.
#[derive(Clone, Debug)]
#[must_use]
pub struct CustomerAnalytics {
    customer: CustomerHandle,
}

impl CustomerAnalytics {
    /// License analytics of this customer.
    pub fn licenses(&self) -> CustomerLicenses {
        CustomerLicenses { customer: self.customer.clone() }
    }
}

/// License analytics of one customer.
#[derive(Clone, Debug)]
#[must_use]
pub struct CustomerLicenses {
    customer: CustomerHandle,
}

impl CustomerLicenses {
    /// How many licenses are deployed.
    pub fn deployment(&self) -> CustomerLicensesDeployment {
        CustomerLicensesDeployment { customer: self.customer.clone() }
    }

    /// How many licenses are used.
    pub fn usage(&self) -> CustomerLicensesUsage {
        CustomerLicensesUsage { customer: self.customer.clone() }
    }
}

/// How many licenses of one customer are deployed.
#[derive(Clone, Debug)]
#[must_use]
pub struct CustomerLicensesDeployment {
    customer: CustomerHandle,
}

impl CustomerLicensesDeployment {
    /// Gets one row per product: licenses sold, and how many of them are deployed.
    ///
    /// `GET /v1/customers/{customer-id}/analytics/licenses/deployment`; App+User tokens only.
    /// Source:
    /// <https://learn.microsoft.com/en-us/partner-center/developer/get-customer-licenses-deployment-information>
    ///
    /// # Superseded
    ///
    /// This operation is superseded by the [commercial query](super::CommercialLicenses::deployment), filtered by
    /// `customerTenantId`. Since November 2021 it is reported to return an empty list for customers that have licenses:
    /// **an empty response does not prove that there are none.**
    ///
    /// # Errors
    ///
    /// The most frequent are [`ErrorKind::NoRelationship`](crate::ErrorKind::NoRelationship) and
    /// [`ErrorKind::AppOnlyToken`](crate::ErrorKind::AppOnlyToken); see [`Error`](crate::Error).
    ///
    /// # Example
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
    /// let deployment = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
    /// let sold: i64 = deployment.items().iter().filter_map(|row| row.licenses_sold).sum();
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(
        &self,
    ) -> impl Future<Output = Result<Response<CustomerLicensesDeploymentInsightsCollection>>> + Send + use<>
    {
        let operation = GetCustomerLicensesDeployment { customer_id: self.customer.id.as_uuid() };
        self.customer.partner.call(operation)
    }
}

/// How many licenses of one customer are used.
#[derive(Clone, Debug)]
#[must_use]
pub struct CustomerLicensesUsage {
    customer: CustomerHandle,
}

impl CustomerLicensesUsage {
    /// Gets one row per product and workload: licenses that qualify for the workload, and how many are active in it.
    ///
    /// `GET /v1/customers/{customer-id}/analytics/licenses/usage`; App+User tokens only.
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-customer-licenses-usage-information>
    ///
    /// # Superseded
    ///
    /// This operation is superseded by the [commercial query](super::CommercialLicenses::usage), filtered by
    /// `customerTenantId`.
    ///
    /// # Errors
    ///
    /// As for [deployment](CustomerLicensesDeployment::get).
    ///
    /// # Example
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
    /// let usage = partner.customers().by_id(id).analytics().licenses().usage().get().await?;
    /// for row in usage.items() {
    ///     let (active, qualified) = (row.licenses_active, row.licenses_qualified);
    ///     println!("{:?}: {active:?} of {qualified:?} active", row.workload_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(
        &self,
    ) -> impl Future<Output = Result<Response<CustomerLicensesUsageInsightsCollection>>> + Send + use<> {
        let operation = GetCustomerLicensesUsage { customer_id: self.customer.id.as_uuid() };
        self.customer.partner.call(operation)
    }
}
