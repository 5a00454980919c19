//! Requests a resource, or all rows of a collection that is documented as a single page, as one response.
//!
//! If the service sends further pages, their rows are appended. If a page fails or rows are missing, the result is an
//! error without rows and without a continuation: repeat the call.

use partner_center_client::Operation;

use super::collection;
use super::loop_guard::LoopGuard;
use crate::client::PartnerCenter;
use crate::continuation::PageCursor;
use crate::error::Result;
use crate::response::Response;

impl PartnerCenter {
    /// Makes a call and reads all its pages. The future owns all it needs, so that it can be spawned, or joined with others.
    pub(crate) fn call<O: Operation>(
        &self,
        operation: O,
    ) -> impl Future<Output = Result<Response<O::Response>>> + Send + use<O> {
        let partner = self.clone();
        async move { partner.execute(&operation).await }
    }

    /// Makes a call and reads all its pages.
    async fn execute<O: Operation>(&self, operation: &O) -> Result<Response<O::Response>> {
        let call_context = self.call_context();
        let mut at = PageCursor::default();
        let (mut whole, mut next) = collection::page(self, &call_context, &at, operation).await?;
        let mut guard = None;
        while let Some(cursor) = next {
            at = cursor;
            let guard = guard.get_or_insert_with(LoopGuard::default);
            guard.admit(&at).map_err(|error| {
                error.with_operation(O::DETAILS.id).with_ids(whole.request_id(), call_context.correlation_id)
            })?;
            let (page, then) = collection::page(self, &call_context, &at, operation).await?;
            whole.append::<O>(page);
            next = then;
        }
        Ok(whole)
    }
}
