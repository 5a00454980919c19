//! The pages of a raw request, as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream;
use partner_center_client::Operation as _;
use partner_center_client::raw::{GetRawPage, RawTarget};
use uuid::Uuid;

use super::{RawBody, target};
use crate::call::CallContext;
use crate::client::PartnerCenter;
use crate::continuation::{Arguments, PageCursor};
use crate::error::{Error, Result};
use crate::paging::{LoopGuard, page};
use crate::response::Response;

/// A stream of the pages of a raw request, created by [`RawRequest::pages`](super::RawRequest::pages).
///
/// Nothing is sent until it is polled. Links and tokens are recognized in all spellings of the other lists, and a link
/// is followed only to the path of the request at the base URL; other links, and a link that was already followed, are
/// errors. A page must be JSON. What its rows are is unknown, so they are not counted. The stream ends after the last page
/// or after an error, from which it cannot be resumed.
#[must_use = "streams do nothing unless polled"]
pub struct RawPages(Pin<Box<dyn Stream<Item = Result<Response<RawBody>>> + Send>>);

impl RawPages {
    pub(super) fn new(partner: &PartnerCenter, prepared: Result<(RawTarget, CallContext)>) -> Self {
        match prepared {
            Err(error) => Self(Box::pin(stream::iter([Err(error)]))),
            Ok((target, call_context)) => {
                // Of the query, a token without a link does not include the size.
                let arguments = Arguments { size: target::size(&target), ..Arguments::default() };
                let reader = PageReader {
                    partner: partner.clone(),
                    call_context,
                    operation: GetRawPage(target),
                    guard: LoopGuard::default(),
                    next: Some(PageCursor { arguments, ..PageCursor::default() }),
                    linked_by: None,
                };
                Self(Box::pin(stream::try_unfold(reader, PageReader::read)))
            }
        }
    }

    /// The next page; `None` after the last. The same as polling the stream, for programs without `futures-util`.
    ///
    /// This method is cancel safe: if the future is dropped, the next call returns the page that was being requested.
    pub async fn try_next(&mut self) -> Result<Option<Response<RawBody>>> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await.transpose()
    }
}

impl Stream for RawPages {
    type Item = Result<Response<RawBody>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for RawPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawPages").finish_non_exhaustive()
    }
}

/// The state between two pages.
struct PageReader {
    partner: PartnerCenter,
    call_context: CallContext,
    operation: GetRawPage,
    guard: LoopGuard,
    /// `None` after the last page.
    next: Option<PageCursor>,
    /// The id of the request that returned the link to the next page.
    linked_by: Option<Uuid>,
}

impl PageReader {
    async fn read(mut self) -> Result<Option<(Response<RawBody>, Self)>> {
        let Some(at) = self.next.take() else { return Ok(None) };
        self.guard.admit(&at).map_err(|error| self.attribute(error))?;
        let (response, next) = page(&self.partner, &self.call_context, &at, &self.operation)
            .await
            .map_err(|error| self.attribute(error))?;
        self.linked_by = Some(response.request_id());
        self.next = next;
        Ok(Some((response.map(|body| RawBody::new(body.0)), self)))
    }

    /// Adds the operation and, to an error without a request, the ids of the response that caused it.
    fn attribute(&self, error: Error) -> Error {
        match (error.request_id(), self.linked_by) {
            (None, Some(linked_by)) => error.with_ids(linked_by, self.call_context.correlation_id),
            _ => error,
        }
        .with_operation(GetRawPage::DETAILS.id)
    }
}
