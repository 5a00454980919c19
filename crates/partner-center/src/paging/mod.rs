//! Paged responses, as a stream of pages or of items.
//!
//! A page is requested when the consumer polls for it, never in advance. All pages of a stream have the same
//! `MS-CorrelationId`, and each has its own `MS-RequestId`. The stream stops with an error if the service links to the
//! same page twice.
//!
//! # Page by page
//!
//! ```no_run
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let mut pages = partner.customers().list().pages();
//! while let Some(page) = pages.try_next().await? {
//!     println!("{} customers, in request {}", page.items().len(), page.request_id());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Pages`] and [`Items`] are streams: import the extension traits of `futures-util` to use its combinators.
//!
//! # After a failure
//!
//! An error ends the stream. It contains the [`Continuation`] that requests the failed page again:
//!
//! ```no_run
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let query = partner.analytics().commercial().licenses().deployment();
//! let mut pages = query.pages();
//! loop {
//!     match pages.try_next().await {
//!         Ok(Some(page)) => println!("{} rows", page.items().len()),
//!         Ok(None) => break,
//!         Err(error) => match error.continuation() {
//!             Some(continuation) if error.is_transient() => {
//!                 pages = query.clone().resume(continuation.clone()).pages();
//!             }
//!             _ => return Err(error),
//!         },
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How the last page is detected
//!
//! A stream never ends just because a page is empty or short. These rules decide whether there are more pages:
//!
//! - **A next link or a token** means that there is another page, in any spelling (`@nextLink`, `nextLink`,
//!   `@odata.nextLink`, `links.next`, `continuationToken` and others; the contract lists them). An unknown format, or
//!   two different links, are [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse).
//! - **The count of a commercial query** (`TotalCount`) covers the whole query, before `skip` and `top`. `skip` plus
//!   the rows received must reach the largest count of any page, including pages read before a resume. For a grouped
//!   query it counts the groups. `top` is only the page size: if rows are left, the page has a continuation. More rows
//!   than the count are not an error.
//! - **The count of other collections** (`totalCount`) covers the page. Fewer rows than the count, without a link,
//!   are an error. The count never ends a list.
//! - **A commercial page without a link** is followed by a request with `skip`, as long as the count is not reached,
//!   or, if there is no count, as long as pages are full. A stream that began with links never switches to `skip`, or
//!   vice versa, because the two may use different orders.
//! - **An empty page after the first** is retried as a transient failure, unless the count is already reached. If it is
//!   still empty, its link is followed ([`Pages::empty_pages`] counts such pages); without a link it is an error. An
//!   empty first page without a link is an empty collection.
//!
//! Such an error takes the place of its page and contains the continuation that requests this page again.
//!
//! # Rejected links
//!
//! A next link may be absolute, root-relative or relative, with or without a version prefix, but it must have the
//! scheme, host and port of the base URL and the path of the operation. Other links are rejected with
//! [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse), and no token is sent to them. Headers of a link are
//! sent, except those that a link may not set, such as `Authorization`, `Host`, `Cookie` and the ids. A link that was
//! already followed ends the stream with an error and without a continuation, because resuming would repeat pages. To
//! detect this, a stream keeps eight bytes for each page. Nothing else grows with the number of pages.

mod all_pages;
mod collection;
mod commercial;
mod cursor;
mod lists;
mod loop_guard;
mod next_link;
mod next_page;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use uuid::Uuid;

pub use self::collection::PagedCollection;
pub(crate) use self::collection::page;
pub(crate) use self::loop_guard::LoopGuard;
#[doc(hidden)]
pub use self::next_link::check_properties;
pub(crate) use self::next_link::is_reserved;
use crate::call::CallContext;
use crate::client::PartnerCenter;
use crate::continuation::{Arguments, Continuation};
use crate::error::{Error, Result};
use crate::response::Response;
pub(crate) use lists::subscriptions;

/// The request for a page in progress.
type PageRequest<C> = Pin<Box<dyn Future<Output = Result<Response<C>>> + Send>>;

/// A stream of pages, each with its response metadata.
///
/// Created by `pages()` of a list or query. Nothing is sent until it is polled, and a page is requested only after the
/// previous one has been taken. The stream ends after the last page or after an error.
///
/// ```no_run
/// use futures_util::StreamExt as _;
///
/// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
/// let mut two = partner.customers().list().pages().take(2);
/// while let Some(page) = two.next().await {
///     println!("{} customers", page?.items().len());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Pages<C> {
    partner: PartnerCenter,
    call_context: CallContext,
    /// The page that comes next; `None` after the last.
    next: Option<Continuation>,
    /// The error for invalid arguments, returned by the first poll.
    refused: Option<Error>,
    request: Option<PageRequest<C>>,
    guard: LoopGuard,
    /// The id of the request that returned the link to the next page.
    linked_by: Option<Uuid>,
    empty: u64,
    over: bool,
}

impl<C: PagedCollection> Pages<C> {
    pub(crate) fn new(partner: &PartnerCenter, arguments: &Arguments, resume: Option<&Continuation>) -> Self {
        let (next, refused) = match Continuation::start(C::OPERATION, arguments.clone(), resume.cloned()) {
            Ok(start) => (Some(start), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            call_context: partner.call_context(),
            partner: partner.clone(),
            next,
            refused,
            request: None,
            guard: LoopGuard::default(),
            linked_by: None,
            empty: 0,
            over: false,
        }
    }

    /// The position of the stream. `resume` from here requests the next page that has not been returned yet, also if it
    /// failed. `None` if there are no more pages.
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.next.as_ref()
    }

    /// The number of pages that were empty after all retries although more pages follow.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        self.empty
    }

    /// The next page; `None` after the last. The same as polling the stream, for programs without `futures-util`.
    ///
    /// This method is cancel safe: if the future is dropped, the next call returns the page that was being requested.
    pub async fn try_next(&mut self) -> Result<Option<Response<C>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// Starts the request for the next page.
    fn next_request(&mut self) -> Option<Result<PageRequest<C>>> {
        if self.over {
            return None;
        }
        if let Some(error) = self.refused.take() {
            return Some(Err(error));
        }
        let at = self.next.clone()?;
        if let Err(error) = self.guard.admit(at.cursor()) {
            self.next = None;
            return Some(Err(self.attribute(error)));
        }
        let (partner, call_context) = (self.partner.clone(), self.call_context.clone());
        Some(Ok(Box::pin(async move { fetch(&partner, &call_context, at).await })))
    }

    /// Adds the operation and, to an error without a request, the ids of the response that caused it.
    fn attribute(&self, error: Error) -> Error {
        match (error.request_id(), self.linked_by) {
            (None, Some(linked_by)) => error.with_ids(linked_by, self.call_context.correlation_id),
            _ => error,
        }
        .with_operation(C::OPERATION)
    }

    /// Records the result of a request.
    fn settle(&mut self, result: Result<Response<C>>) -> Result<Response<C>> {
        let response = result.map_err(|error| self.attribute(error))?;
        self.linked_by = Some(response.request_id());
        let is_empty = response.items().is_empty() && response.findings().unreadable_count() == 0;
        self.empty += u64::from(is_empty && response.continuation().is_some());
        let at = std::mem::replace(&mut self.next, response.continuation().cloned());
        if let Some(at) = at
            && let Err(error) = self.guard.look(at.cursor(), response.items())
        {
            self.next = None;
            return Err(self.attribute(error).with_status(response.status()));
        }
        Ok(response)
    }
}

impl<C: PagedCollection> Stream for Pages<C> {
    type Item = Result<Response<C>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let request = match &mut this.request {
            Some(request) => request,
            None => match this.next_request() {
                Some(Ok(request)) => this.request.insert(request),
                Some(Err(error)) => {
                    this.over = true;
                    return Poll::Ready(Some(Err(error)));
                }
                None => return Poll::Ready(None),
            },
        };
        let result = ready!(request.as_mut().poll(context));
        this.request = None;
        let result = this.settle(result);
        this.over = result.is_err();
        Poll::Ready(Some(result))
    }
}

/// Requests one page. The response has the position of the next page, an error that of the failed page.
async fn fetch<C: PagedCollection>(
    partner: &PartnerCenter,
    call_context: &CallContext,
    at: Continuation,
) -> Result<Response<C>> {
    match C::request_page(partner, call_context, at.cursor()).await {
        Ok((response, next)) => Ok(response.with_continuation(next.map(Continuation::new))),
        Err(error) => Err(error.with_continuation(at)),
    }
}

/// Requests a single page. The future owns all it needs.
pub(crate) fn get<C: PagedCollection>(
    partner: &PartnerCenter,
    arguments: &Arguments,
    resume: Option<&Continuation>,
) -> impl Future<Output = Result<Response<C>>> + Send + use<C> {
    let start = Continuation::start(C::OPERATION, arguments.clone(), resume.cloned());
    let partner = partner.clone();
    async move { fetch(&partner, &partner.call_context(), start?).await }
}

impl<C> fmt::Debug for Pages<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("next", &self.next)
            .field("request", &self.request.is_some())
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

/// A stream of the items on all pages.
///
/// Created by `stream()` of a list or query. An error comes after all items of the previous pages, so its continuation
/// neither repeats nor skips items. To save the position of a stream without an error, use [`Pages`].
///
/// ```no_run
/// use futures_util::TryStreamExt as _;
/// use partner_center::models::Customer;
///
/// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
/// let customers: Vec<Customer> = partner.customers().list().stream().try_collect().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Items<C: PagedCollection> {
    pages: Pages<C>,
    /// The remaining items of the current page.
    page: std::vec::IntoIter<C::Item>,
}

impl<C: PagedCollection> Items<C> {
    pub(crate) fn new(pages: Pages<C>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// The next item; `None` after the last. The same as polling the stream, for programs without `futures-util`.
    pub async fn try_next(&mut self) -> Result<Option<C::Item>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }
}

impl<C: PagedCollection> Stream for Items<C> {
    type Item = Result<C::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => this.page = page.into_items().into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<C: PagedCollection> fmt::Debug for Items<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("left", &self.page.len()).finish()
    }
}
