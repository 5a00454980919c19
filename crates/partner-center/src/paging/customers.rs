//! Requests pages of customers.

use partner_center_client::operations::ListCustomers;
use partner_center_models::{Customer, CustomerCollection};

use super::collection::{Collection, Paged, page};
use super::continuation::Standing;
use crate::call::Logical;
use crate::error::Result;
use crate::partner::PartnerCenter;
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
        logical: &Logical,
        at: &Standing,
    ) -> Result<(Response<Self>, Option<Standing>)> {
        let operation = ListCustomers {
            filter: at.arguments.filter.clone(),
            seek_operation: None,
            size: at.arguments.size.map(i64::from),
        };
        page(partner, logical, at, &operation).await
    }
}
