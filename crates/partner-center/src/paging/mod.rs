//! Answers in pages: one page after the other, as a stream of pages or of what is on them.
//!
//! One engine for both ways in which the service pages. It asks for a page once the consumer wants one and never ahead,
//! gives all of them one `MS-CorrelationId` and each its own `MS-RequestId`, and stops where the service would have it
//! run in a circle. Where the next page is, each collection says for itself (`customers`, `commercial`); how one page
//! is had, with its attempts and waits, is the call's.
//!
//! # Page by page
//!
//! ```no_run
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let mut pages = partner.customers().list().pages();
//! while let Some(page) = pages.try_next().await? {
//!     println!("{} customers, in request {}", page.items.len(), page.request_id());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Pages`] and [`Items`] are streams: with the extension traits of `futures-util` in scope, all their combinators
//! are there.
//!
//! # After a failure
//!
//! An error ends the stream. It carries the [`Continuation`] from which the page that failed is asked again:
//!
//! ```no_run
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let query = partner.analytics().commercial().licenses().deployment();
//! let mut pages = query.pages();
//! loop {
//!     match pages.try_next().await {
//!         Ok(Some(page)) => println!("{} rows", page.value.len()),
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
//! # How the end is proved
//!
//! No list ends because nothing came. Every collection is judged by what its pages say of themselves:
//!
//! - **A link or a token leads on**, in whichever spelling (`@nextLink`, `nextLink`, `@odata.nextLink`, `links.next`,
//!   `continuationToken` and others; the contract lists them). One that is not understood, or two that disagree, are
//!   [`ErrorKind::InvalidAnswer`](crate::ErrorKind::InvalidAnswer): the response says that there is more.
//! - **The count of a commercial query** (`TotalCount`) is of the whole query, before `skip` and `top`: the largest count
//!   that any page gave has to be reached by `skip` and the rows together, over resumed readings too. Of a grouped query
//!   it counts the groups, since these are its rows. `top` is the size of a page and limits nothing: where rows are left,
//!   the page has a continuation. More rows than were counted are no error.
//! - **The count of the other collections** (`totalCount`) is of the page: fewer rows than that, without a link, are an
//!   error. It never ends a list.
//! - **Where a commercial page has no link**, the next one is asked for by `skip`: while the count is not reached, or
//!   where there is none, while pages are full. A reading that began by links never goes on by `skip`, nor the other way
//!   round, since nothing says that both count in the same order.
//! - **An empty page after the first** is asked for again, as a failure that may pass, unless the count is reached
//!   already. If it stays empty, its link is followed ([`Pages::empty_pages`] counts these); without one it is an error.
//!   An empty first page without a link is an empty collection.
//!
//! Such an error stands in the place of its page and carries the continuation that asks for this page again.
//!
//! # What is refused
//!
//! A link to the next page may be absolute, rooted or relative, with or without a version prefix, but it must be on the
//! service's own scheme, host and port and be the operation's own. Otherwise it is refused with
//! [`ErrorKind::InvalidAnswer`](crate::ErrorKind::InvalidAnswer) before a token is attached. Headers that a link asks to
//! be sent are sent, except those that are not the service's to choose, such as `Authorization`, `Host`, `Cookie` and
//! the ids. A link that was followed already ends the stream with an error and without a continuation, since going on
//! would repeat what was seen; to notice, eight bytes are kept for each page. Nothing else grows with their number.

mod collection;
pub(crate) mod commercial;
mod continuation;
mod customers;
mod guard;
mod judge;
mod link;
mod whole;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use uuid::Uuid;

pub use self::collection::Collection;
pub use self::continuation::Continuation;
#[doc(hidden)]
pub use self::link::check_laws;
use crate::call::Logical;
use crate::error::{Error, Result};
use crate::partner::PartnerCenter;
use crate::response::Response;
pub(crate) use continuation::Arguments;
use guard::Guard;

/// One page being asked for.
type Asking<C> = Pin<Box<dyn Future<Output = Result<Response<C>>> + Send>>;

/// A stream of pages, each with what its call knows.
///
/// Made by `pages()` of a list or query. Nothing is sent until it is polled, and no page is asked for before the one
/// before it has been taken. It ends after the last page or after an error.
///
/// ```no_run
/// use futures_util::StreamExt as _;
///
/// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
/// let mut two = partner.customers().list().pages().take(2);
/// while let Some(page) = two.next().await {
///     println!("{} customers", page?.items.len());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Pages<C> {
    partner: PartnerCenter,
    logical: Logical,
    /// The page that comes next; `None` after the last.
    next: Option<Continuation>,
    /// Why there is nothing to ask for.
    refused: Option<Error>,
    asking: Option<Asking<C>>,
    guard: Guard,
    /// The request that was answered with what comes next.
    linked_by: Option<Uuid>,
    empty: u64,
    over: bool,
}

impl<C: Collection> Pages<C> {
    pub(crate) fn new(partner: &PartnerCenter, arguments: &Arguments, resume: Option<&Continuation>) -> Self {
        let (next, refused) = match Continuation::start(C::OPERATION, arguments.clone(), resume.cloned()) {
            Ok(start) => (Some(start), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            logical: partner.logical(),
            partner: partner.clone(),
            next,
            refused,
            asking: None,
            guard: Guard::default(),
            linked_by: None,
            empty: 0,
            over: false,
        }
    }

    /// Where the stream stands: `resume` from here asks for the page that has not been given yet, be it because nobody
    /// wanted it or because it failed. `None` once there is nothing to go on to.
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
    /// let mut pages = partner.customers().list().pages();
    /// let first = pages.try_next().await?;
    /// if let Some(continuation) = pages.continuation() {
    ///     let rest = partner.customers().list().resume(continuation.clone()).pages();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.next.as_ref()
    }

    /// How many pages were empty although others follow, even when they were asked for again.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        self.empty
    }

    /// The next page; `None` after the last. The same as polling the stream, for programs without `futures-util`.
    ///
    /// Dropping the future loses nothing: the page that was being asked for is given by the next call.
    pub async fn try_next(&mut self) -> Result<Option<Response<C>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// Starts to ask for the next page.
    fn ask(&mut self) -> Option<Result<Asking<C>>> {
        if self.over {
            return None;
        }
        if let Some(error) = self.refused.take() {
            return Some(Err(error));
        }
        let at = self.next.clone()?;
        if let Err(error) = self.guard.admit(at.standing()) {
            self.next = None;
            return Some(Err(self.attribute(error)));
        }
        let (partner, logical) = (self.partner.clone(), self.logical.clone());
        Some(Ok(Box::pin(async move { fetch(&partner, &logical, at).await })))
    }

    /// An error that comes before a request of its own is about the answer before it, and carries that one's ids.
    fn attribute(&self, error: Error) -> Error {
        match (error.request_id(), self.linked_by) {
            (None, Some(linked_by)) => error.with_ids(linked_by, self.logical.correlation_id),
            _ => error,
        }
        .with_operation(C::OPERATION)
    }

    /// Takes note of what came of it.
    fn settle(&mut self, result: Result<Response<C>>) -> Result<Response<C>> {
        let response = result.map_err(|error| self.attribute(error))?;
        self.linked_by = Some(response.request_id());
        let is_empty = response.items().is_empty() && response.findings().unreadable_count() == 0;
        self.empty += u64::from(is_empty && response.continuation().is_some());
        let at = std::mem::replace(&mut self.next, response.continuation().cloned());
        if let Some(at) = at
            && let Err(error) = self.guard.look(at.standing(), response.items())
        {
            self.next = None;
            return Err(self.attribute(error).with_status(response.status()));
        }
        Ok(response)
    }
}

impl<C: Collection> Stream for Pages<C> {
    type Item = Result<Response<C>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let asking = match &mut this.asking {
            Some(asking) => asking,
            None => match this.ask() {
                Some(Ok(asking)) => this.asking.insert(asking),
                Some(Err(error)) => {
                    this.over = true;
                    return Poll::Ready(Some(Err(error)));
                }
                None => return Poll::Ready(None),
            },
        };
        let result = ready!(asking.as_mut().poll(context));
        this.asking = None;
        let result = this.settle(result);
        this.over = result.is_err();
        Poll::Ready(Some(result))
    }
}

/// One page, with where the next one is; or its error, with where it is itself.
async fn fetch<C: Collection>(
    partner: &PartnerCenter,
    logical: &Logical,
    at: Continuation,
) -> Result<Response<C>> {
    match C::ask(partner, logical, at.standing()).await {
        Ok((response, next)) => Ok(response.with_continuation(next.map(Continuation::new))),
        Err(error) => Err(error.with_continuation(at)),
    }
}

/// One page on its own.
pub(crate) async fn get<C: Collection>(
    partner: &PartnerCenter,
    arguments: &Arguments,
    resume: Option<&Continuation>,
) -> Result<Response<C>> {
    let at = Continuation::start(C::OPERATION, arguments.clone(), resume.cloned())?;
    fetch(partner, &partner.logical(), at).await
}

impl<C> fmt::Debug for Pages<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("next", &self.next)
            .field("asking", &self.asking.is_some())
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

/// A stream of what is on the pages, one item after the other.
///
/// Made by `stream()` of a list or query. An error comes after all items of the pages before it, so that its
/// continuation neither repeats nor skips an item. To save where a stream stands without an error, use [`Pages`].
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
pub struct Items<C: Collection> {
    pages: Pages<C>,
    /// What is left of the page at hand.
    page: std::vec::IntoIter<C::Item>,
}

impl<C: Collection> Items<C> {
    pub(crate) fn new(pages: Pages<C>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// The next item; `None` after the last. The same as polling the stream, for programs without `futures-util`.
    pub async fn try_next(&mut self) -> Result<Option<C::Item>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }
}

impl<C: Collection> Stream for Items<C> {
    type Item = Result<C::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => this.page = page.into_inner().into_items().into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<C: Collection> fmt::Debug for Items<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("left", &self.page.len()).finish()
    }
}
