//! The trait of paged collections, and the request for one page of any operation.

use partner_center_client::Operation;
use partner_center_models::Findings;
use serde::Serialize;

use super::continuation::Standing;
use super::judge::{self, Verdict};
use super::link;
use crate::call::{Judged, Logical, Said, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::partner::PartnerCenter;
use crate::response::Response;

/// A page of a collection: customers, or rows of a commercial query.
///
/// The trait allows generic code over all collections. It is sealed.
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
#[expect(private_bounds, reason = "seals the trait")]
pub trait Collection: Paged {
    /// The type of the items.
    type Item: Serialize + Send + Unpin + 'static;

    /// The items on the page.
    fn items(&self) -> &[Self::Item];

    /// Converts the page into its items.
    fn into_items(self) -> Vec<Self::Item>;
}

/// A collection whose pages can be requested.
pub(crate) trait Paged: Sized + Send + 'static {
    /// The operation's id in the contract.
    const OPERATION: &'static str;

    /// Requests the page at this position. Returns it with the position of the next page, if there is one.
    fn ask(
        partner: &PartnerCenter,
        logical: &Logical,
        at: &Standing,
    ) -> impl Future<Output = Result<(Response<Self>, Option<Standing>)>> + Send;
}

/// Requests one page of an operation, by the link if there is one, or by the operation's arguments. Returns it with the
/// position of the next page.
pub(super) async fn page<O: Operation>(
    partner: &PartnerCenter,
    logical: &Logical,
    at: &Standing,
    operation: &O,
) -> Result<(Response<O::Response>, Option<Standing>)> {
    let verdict = |answer: &O::Response, findings: &Findings, said: &Said| match O::extent(answer) {
        // Unreadable rows count as received.
        Some(extent) => judge::judge(at, &O::DETAILS, extent, findings.unreadable_count(), said),
        None => Ok(Verdict::Last),
    };
    let judge = |answer: &O::Response, findings: &Findings, said: &Said| match verdict(answer, findings, said)
    {
        Ok(Verdict::Last | Verdict::Next(_)) => Judged::Good,
        Ok(Verdict::Empty(next)) => Judged::Doubtful(next.is_none().then(judge::empty)),
        Err(error) => Judged::Bad(error),
    };
    let response = match &at.link {
        None => partner.execute_page(logical, Target::Operation(operation), &judge).await?,
        Some(linked) => {
            let base = &partner.core().base.url;
            let resolved = link::resolve(base, &operation.path(), &linked.uri)
                .and_then(|url| link::headers(&linked.headers).map(|headers| (url, headers)));
            let (url, headers) = resolved.map_err(|refusal| {
                Error::new(ErrorKind::InvalidResponse, refusal.message())
                    .with_operation(O::DETAILS.id)
                    .with_advice("The link was not followed and no token was sent to it. Check the base URL.")
            })?;
            let target = Target::Link { url: url.as_str(), headers: &headers };
            partner.execute_page::<O>(logical, target, &judge).await?
        }
    };
    let next = match verdict(&response, response.findings(), response.said())? {
        Verdict::Last => None,
        Verdict::Next(next) => Some(next),
        Verdict::Empty(next) => next,
    };
    Ok((response, next))
}
