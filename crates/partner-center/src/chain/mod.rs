//! The chain of handles that leads to a call, such as `customers().by_id(id).analytics()`.
//!
//! Handles are cheap to create and to clone. They send nothing until `get`, `pages` or `stream` is called.

mod analytics;
mod commercial;
mod customer;
mod customers;
mod subscriptions;
mod subscriptions_query;

pub use analytics::{Analytics, PartnerLicenses, PartnerLicensesDeployment, PartnerLicensesUsage};
pub use commercial::{CommercialAnalytics, CommercialLicenses, CommercialLicensesQuery};
pub use customer::{
    CustomerAnalytics, CustomerHandle, CustomerLicenses, CustomerLicensesDeployment, CustomerLicensesUsage,
};
pub use customers::{CustomerList, Customers};
pub use subscriptions::{CustomerSubscriptions, SubscribedSkus, SubscriptionHandle, SubscriptionList};

pub use subscriptions_query::SubscriptionsQuery;

pub use crate::continuation::{AggregationLevel, CommercialPrefix};

use crate::client::PartnerCenter;

impl PartnerCenter {
    /// The customers of the partner.
    pub fn customers(&self) -> Customers {
        Customers::new(self.clone())
    }

    /// Analytics over all customers of the partner.
    pub fn analytics(&self) -> Analytics {
        Analytics::new(self.clone())
    }
}
