//! Requests pages of lists: of customers, and of the subscriptions of a customer.

use partner_center_client::Operation as _;
use partner_center_client::operations::{ListCustomerSubscriptions, ListCustomers};
use partner_center_models::{CustomerCollection, SubscriptionCollection};

use super::collection::{Paged, page};
use crate::call::CallContext;
use crate::client::PartnerCenter;
use crate::continuation::{Arguments, PageCursor};
use crate::error::{Error, ErrorKind, Result};
use crate::response::Response;

macro_rules! list {
    ($collection:ty, $operation:ident, $build:expr) => {
        impl Paged for $collection {
            const OPERATION: &'static str = $operation::DETAILS.id;

            async fn request_page(
                partner: &PartnerCenter,
                call_context: &CallContext,
                at: &PageCursor,
            ) -> Result<(Response<Self>, Option<PageCursor>)> {
                let build: fn(&Arguments) -> Result<$operation> = $build;
                page(partner, call_context, at, &build(&at.arguments)?).await
            }
        }
    };
}

list!(CustomerCollection, ListCustomers, |arguments| {
    Ok(ListCustomers {
        filter: arguments.filter.clone(),
        seek_operation: None,
        size: arguments.size.map(i64::from),
    })
});
list!(SubscriptionCollection, ListCustomerSubscriptions, subscriptions);

/// The operation that lists the subscriptions of a customer.
pub(crate) fn subscriptions(arguments: &Arguments) -> Result<ListCustomerSubscriptions> {
    let customer_id = arguments.customer_id.ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, "the continuation names no customer")
            .with_advice("It was not made by this SDK, or has been changed. Start the list without it.")
    })?;
    Ok(ListCustomerSubscriptions {
        customer_id,
        mpn_id: arguments.partner_id.clone(),
        order_id: arguments.order_id.clone(),
    })
}
