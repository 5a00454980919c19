//! Requests pages of customers.

use partner_center_client::operations::ListCustomers;
use partner_center_models::{Customer, CustomerCollection};

use super::collection::{Collection, Paged, page};
use crate::call::CallContext;
use crate::client::PartnerCenter;
use crate::continuation::PageCursor;
use crate::error::Result;
use crate::response::Response;

impl Collection for CustomerCollection {
    type Item = Customer;

    fn items(&self) -> &[Customer] {
        &self.items
    }

    fn into_items(self) -> Vec<Customer> {
        self.items
    }
}

impl Paged for CustomerCollection {
    const OPERATION: &'static str = "list_customers";

    async fn ask(
        partner: &PartnerCenter,
        call_context: &CallContext,
        at: &PageCursor,
    ) -> Result<(Response<Self>, Option<PageCursor>)> {
        let operation = ListCustomers {
            filter: at.arguments.filter.clone(),
            seek_operation: None,
            size: at.arguments.size.map(i64::from),
        };
        page(partner, call_context, at, &operation).await
    }
}
