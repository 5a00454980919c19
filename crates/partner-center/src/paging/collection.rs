//! The trait of paged collections, and the request for one page of any operation.

use partner_center_client::{Operation, PagingInfo};
use partner_center_models::Findings;

use super::next_link;
use super::next_page::{self, PageOutcome};
use crate::call::{Acceptance, CallContext, RequestTarget};
use crate::client::PartnerCenter;
use crate::collection::Collection;
use crate::continuation::PageCursor;
use crate::error::{Error, ErrorKind, Result};
use crate::response::Response;

/// A collection that the service sends in pages: customers, or rows of a commercial query.
///
/// The trait allows generic code over all of them. It is sealed.
///
/// ```no_run
/// use partner_center::paging::{PagedCollection, Pages};
///
/// async fn count<C: PagedCollection>(mut pages: Pages<C>) -> partner_center::Result<usize> {
///     let mut count = 0;
///     while let Some(page) = pages.try_next().await? {
///         count += page.items().len();
///     }
///     Ok(count)
/// }
/// ```
#[expect(private_bounds, reason = "seals the trait")]
pub trait PagedCollection: Paged {}

impl<C: Paged> PagedCollection for C {}

/// A collection whose pages can be requested.
pub(crate) trait Paged: Collection {
    /// The operation's id in the contract.
    const OPERATION: &'static str;

    /// Requests the page at this position. Returns it with the position of the next page, if there is one.
    fn request_page(
        partner: &PartnerCenter,
        call_context: &CallContext,
        at: &PageCursor,
    ) -> impl Future<Output = Result<(Response<Self>, Option<PageCursor>)>> + Send;
}

/// Requests one page of an operation, by the link if there is one, or by the operation's arguments. Returns it with the
/// position of the next page.
pub(crate) async fn page<O: Operation>(
    partner: &PartnerCenter,
    call_context: &CallContext,
    at: &PageCursor,
    operation: &O,
) -> Result<(Response<O::Response>, Option<PageCursor>)> {
    let verdict = |page: &O::Response, findings: &Findings, paging_info: &PagingInfo| match O::extent(page) {
        // Unreadable rows count as received.
        Some(extent) => next_page::outcome(at, &O::DETAILS, extent, findings.unreadable_count(), paging_info),
        None => Ok(PageOutcome::Last),
    };
    let judge = |page: &O::Response, findings: &Findings, paging_info: &PagingInfo| match verdict(
        page,
        findings,
        paging_info,
    ) {
        Ok(PageOutcome::Last | PageOutcome::Next(_)) => Acceptance::Good,
        Ok(PageOutcome::Empty(next)) => Acceptance::Doubtful(next.is_none().then(next_page::empty)),
        Err(error) => Acceptance::Bad(error),
    };
    let response = match &at.link {
        None => partner.execute_page(call_context, RequestTarget::Operation(operation), &judge).await?,
        Some(linked) => {
            let base = &partner.core().base.url;
            let resolved = next_link::resolve(base, &operation.path(), &linked.uri)
                .and_then(|url| next_link::headers(&linked.headers).map(|headers| (url, headers)));
            let (url, headers) = resolved.map_err(|refusal| {
                Error::new(ErrorKind::InvalidResponse, refusal.message())
                    .with_operation(O::DETAILS.id)
                    .with_advice("The link was not followed and no token was sent to it. Check the base URL.")
            })?;
            let target = RequestTarget::Link { url: url.as_str(), headers: &headers };
            partner.execute_page::<O>(call_context, target, &judge).await?
        }
    };
    let next = match verdict(response.value(), response.findings(), response.paging_info())? {
        PageOutcome::Last => None,
        PageOutcome::Next(next) => Some(next),
        PageOutcome::Empty(next) => next,
    };
    Ok((response, next))
}
