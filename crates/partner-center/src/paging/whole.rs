//! An operation as one response: a resource, or all rows of a collection that is documented as a single page.
//!
//! All or nothing: the rows of further pages are appended, and where one cannot be read or anything is missing there is an
//! error and no row. It has no continuation, since the rows before it were not handed out: asking again is the way on.

use partner_center_client::Operation;

use super::collection;
use super::continuation::Standing;
use super::guard::Guard;
use crate::error::Result;
use crate::partner::PartnerCenter;
use crate::response::Response;

impl PartnerCenter {
    /// Makes a call and reads its response to the end.
    pub(crate) async fn execute<O: Operation>(&self, operation: &O) -> Result<Response<O::Answer>> {
        let logical = self.logical();
        let mut at = Standing::default();
        let (mut whole, mut next) = collection::page(self, &logical, &at, operation).await?;
        let mut guard = None;
        while let Some(standing) = next {
            at = standing;
            let guard = guard.get_or_insert_with(Guard::default);
            guard.admit(&at).map_err(|error| {
                error.with_operation(O::DETAILS.id).with_ids(whole.request_id(), logical.correlation_id)
            })?;
            let (page, then) = collection::page(self, &logical, &at, operation).await?;
            whole.append::<O>(page);
            next = then;
        }
        Ok(whole)
    }
}
