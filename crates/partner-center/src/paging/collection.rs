//! What the engine asks of a collection: how a page is had, and where the next one is.

use partner_center_client::Operation;
use serde::Serialize;

use super::continuation::Standing;
use super::link;
use crate::call::{Logical, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::partner::PartnerCenter;
use crate::response::Response;

/// What comes in pages: a collection of customers, or of the rows of a commercial query.
///
/// The trait is there to write code for all of them; it is sealed.
///
/// ```no_run
/// use partner_center::paging::{Collection, Pages};
///
/// async fn count<C: Collection>(mut pages: Pages<C>) -> partner_center::Result<usize> {
///     let mut count = 0;
///     while let Some(page) = pages.try_next().await? {
///         count += page.items().len();
///     }
///     Ok(count)
/// }
/// ```
#[expect(private_bounds, reason = "what seals the trait")]
pub trait Collection: Paged {
    /// What it holds.
    type Item: Serialize + Send + Unpin + 'static;

    /// What it holds.
    fn items(&self) -> &[Self::Item];

    /// What it holds, without the rest.
    fn into_items(self) -> Vec<Self::Item>;
}

/// How pages of a collection follow each other.
pub(crate) trait Paged: Sized + Send + 'static {
    /// The operation's id in the contract.
    const OPERATION: &'static str;

    /// Asks for the page that the query stands at.
    fn ask(
        partner: &PartnerCenter,
        logical: &Logical,
        at: &Standing,
    ) -> impl Future<Output = Result<Response<Self>>> + Send;

    /// Where the query stands after this page, if it is not the last.
    fn next(&self, at: &Standing) -> Option<Standing>;
}

/// Asks by the operation's own arguments, or follows the link if there is one.
pub(super) async fn ask<O: Operation>(
    partner: &PartnerCenter,
    logical: &Logical,
    at: &Standing,
    operation: O,
) -> Result<Response<O::Answer>> {
    let Some(linked) = &at.link else {
        return partner.execute_page(logical, Target::Operation(&operation)).await;
    };
    let base = &partner.core().base.url;
    let resolved = link::resolve(base, O::DETAILS.path, &linked.uri)
        .and_then(|url| link::headers(&linked.headers).map(|headers| (url, headers)));
    let (url, headers) = resolved.map_err(|refusal| {
        Error::new(ErrorKind::InvalidAnswer, refusal.message())
            .with_operation(O::DETAILS.id)
            .with_advice("The link was not followed and no token was sent to it. Check the base URL.")
    })?;
    partner.execute_page::<O>(logical, Target::Link { url: url.as_str(), headers: &headers }).await
}
