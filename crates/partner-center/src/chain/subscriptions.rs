//! `partner.customers().by_id(id).subscriptions()` and `.subscribed_skus()`: what a customer bought and until when, and
//! what its tenant has now.

use partner_center_client::operations::{GetCustomerSubscribedSkus, GetCustomerSubscription};
use partner_center_models::{LicenseGroup, SubscribedSkuCollection, Subscription, SubscriptionCollection};

use crate::chain::CustomerHandle;
use crate::client::PartnerCenter;
use crate::continuation::{Arguments, Continuation};
use crate::paging::{self, Items, Pages};
use crate::{Response, Result, SubscriptionId};

/// The subscriptions of one customer.
#[derive(Clone, Debug)]
#[must_use]
pub struct CustomerSubscriptions {
    customer: CustomerHandle,
}

impl CustomerSubscriptions {
    pub(super) fn new(customer: CustomerHandle) -> Self {
        Self { customer }
    }

    /// One subscription, by id. Nothing is sent.
    pub fn by_id(&self, id: impl Into<SubscriptionId>) -> SubscriptionHandle {
        SubscriptionHandle { customer: self.customer.clone(), id: id.into() }
    }

    /// All subscriptions of the customer, a page at a time.
    pub fn list(&self) -> SubscriptionList {
        let arguments = Arguments { customer_id: Some(self.customer.id().as_uuid()), ..Arguments::default() };
        SubscriptionList { partner: self.customer.partner().clone(), arguments, resume: None }
    }
}

/// One subscription of a customer.
#[derive(Clone, Debug)]
#[must_use]
pub struct SubscriptionHandle {
    customer: CustomerHandle,
    id: SubscriptionId,
}

impl SubscriptionHandle {
    /// Gets the subscription.
    ///
    /// `GET /v1/customers/{customer-id}/subscriptions/{subscription-id}`; application-only and App+User tokens.
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-a-subscription-by-id>
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the customer has no such subscription; as for
    /// [the customer](CustomerHandle::get) otherwise.
    pub fn get(&self) -> impl Future<Output = Result<Response<Subscription>>> + Send + use<> {
        self.customer.partner().call(GetCustomerSubscription {
            customer_id: self.customer.id().as_uuid(),
            subscription_id: self.id.as_uuid(),
        })
    }
}

/// A request for the subscriptions of a customer.
///
/// `GET /v1/customers/{customer-id}/subscriptions`; application-only and App+User tokens. Usually one page.
/// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-all-of-a-customer-s-subscriptions>
///
/// # Errors
///
/// [`ErrorKind::CustomerNotFound`](crate::ErrorKind::CustomerNotFound) if the customer does not exist,
/// [`ErrorKind::NoRelationship`](crate::ErrorKind::NoRelationship) if it is not a customer of the partner.
///
/// ```no_run
/// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
/// let mut subscriptions = partner.customers().by_id(id).subscriptions().list().stream();
/// while let Some(subscription) = subscriptions.try_next().await? {
///     println!("{:?} licenses until {:?}", subscription.quantity, subscription.commitment_end_date);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until `pages` or `stream` is called"]
pub struct SubscriptionList {
    partner: PartnerCenter,
    arguments: Arguments,
    resume: Option<Continuation>,
}

impl SubscriptionList {
    /// Lists only the subscriptions of this order.
    pub fn order_id(mut self, id: impl Into<String>) -> Self {
        self.arguments.order_id = Some(id.into());
        self
    }

    /// Lists only the subscriptions whose reseller of record has this partner id.
    pub fn partner_id(mut self, id: impl Into<String>) -> Self {
        self.arguments.partner_id = Some(id.into());
        self
    }

    /// Resumes a list of subscriptions. The continuation includes its arguments; any argument that is also set here must
    /// have the same value.
    pub fn resume(mut self, continuation: Continuation) -> Self {
        self.resume = Some(continuation);
        self
    }

    /// Gets all pages as one response. If a page fails, the result is an error without subscriptions.
    pub fn all(&self) -> impl Future<Output = Result<Response<SubscriptionCollection>>> + Send + use<> {
        let (partner, arguments) = (self.partner.clone(), self.arguments.clone());
        async move { partner.call(paging::subscriptions(&arguments)?).await }
    }

    /// The pages of the list. Each page is requested when the stream is polled for it.
    pub fn pages(&self) -> Pages<SubscriptionCollection> {
        Pages::new(&self.partner, &self.arguments, self.resume.as_ref())
    }

    /// The subscriptions of the list, as a stream.
    pub fn stream(&self) -> Items<SubscriptionCollection> {
        Items::new(self.pages())
    }
}

/// The SKUs of one customer's tenant: how many licenses there are now, and how many are assigned.
#[derive(Clone, Debug)]
#[must_use = "this does nothing until `get` is called"]
pub struct SubscribedSkus {
    customer: CustomerHandle,
    groups: Option<Vec<String>>,
}

impl SubscribedSkus {
    pub(super) fn new(customer: CustomerHandle) -> Self {
        Self { customer, groups: None }
    }

    /// Returns the SKUs of these groups of licenses. The service's default is [`LicenseGroup::Group1`].
    pub fn groups(mut self, groups: impl IntoIterator<Item = LicenseGroup>) -> Self {
        // Requests name a group with a capital, responses without.
        let name = |group: LicenseGroup| match group {
            LicenseGroup::Group1 => "Group1".to_owned(),
            LicenseGroup::Group2 => "Group2".to_owned(),
            other => other.to_string(),
        };
        self.groups = Some(groups.into_iter().map(name).collect());
        self
    }

    /// Gets the SKUs.
    ///
    /// `GET /v1/customers/{customer-id}/subscribedskus`; App+User tokens only, and the user needs a delegated role in the
    /// customer's tenant. Not available in China (21Vianet).
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-a-list-of-available-licenses>
    ///
    /// Free SKUs have thousands of units: leave them out of any sum.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingRole`](crate::ErrorKind::MissingRole) without a role in the customer's tenant, which says nothing
    /// about other customers.
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
    /// let skus = partner.customers().by_id(id).subscribed_skus().get().await?;
    /// for sku in skus.items() {
    ///     println!("{:?} of {:?} assigned", sku.consumed_units, sku.total_units);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self) -> impl Future<Output = Result<Response<SubscribedSkuCollection>>> + Send + use<> {
        self.customer.partner().call(GetCustomerSubscribedSkus {
            customer_id: self.customer.id().as_uuid(),
            license_group_ids: self.groups.clone(),
        })
    }
}
