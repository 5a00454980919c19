//! What the engine asks of a collection, and how it asks for one page of any operation.

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

/// How pages of a collection are asked for.
pub(crate) trait Paged: Sized + Send + 'static {
    /// The operation's id in the contract.
    const OPERATION: &'static str;

    /// Asks for the page that the query stands at, and says where the next one is, if it is not the last.
    fn ask(
        partner: &PartnerCenter,
        logical: &Logical,
        at: &Standing,
    ) -> impl Future<Output = Result<(Response<Self>, Option<Standing>)>> + Send;
}

/// One page of an operation, asked for by the operation's own arguments or by the link if there is one, and where the next
/// one is.
pub(super) async fn page<O: Operation>(
    partner: &PartnerCenter,
    logical: &Logical,
    at: &Standing,
    operation: &O,
) -> Result<(Response<O::Answer>, Option<Standing>)> {
    let verdict = |answer: &O::Answer, findings: &Findings, said: &Said| match O::extent(answer) {
        // A row that could not be read came all the same.
        Some(extent) => judge::judge(at, &O::DETAILS, extent, findings.unreadable_count(), said),
        None => Ok(Verdict::Last),
    };
    let judge = |answer: &O::Answer, findings: &Findings, said: &Said| match verdict(answer, findings, said) {
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
                Error::new(ErrorKind::InvalidAnswer, refusal.message())
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
