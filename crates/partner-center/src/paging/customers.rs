//! Requests pages of customers.

use partner_center_client::Operation as _;
use partner_center_client::operations::ListCustomers;
use partner_center_models::CustomerCollection;

use super::collection::{Paged, page};
use crate::call::CallContext;
use crate::client::PartnerCenter;
use crate::continuation::PageCursor;
use crate::error::Result;
use crate::response::Response;

impl Paged for CustomerCollection {
    const OPERATION: &'static str = ListCustomers::DETAILS.id;

    async fn request_page(
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
