//! The sweep engine: lists customers, starts calls, classifies results and returns outcomes, all within one task.
//!
//! Nothing is spawned. Every call is a future inside the stream, so dropping the stream drops all of them at once, and
//! nothing happens unless it is polled. One task is enough: it only decodes responses, faster than the service allows
//! requests.

mod outcomes;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::checkpoint::Place;
use super::concurrency::{AdaptiveLimiter, CustomerPermit, REST};
use super::customer_index::CustomerIndex;
use super::outcome::{SweepError, holds_for_all};
use super::progress::Progress;
use super::unauthorized_customers::{Resolution, UnauthorizedCustomers};
use super::work_queue::{Task, WorkQueue};
use super::{Checkpoint, CustomerOutcome, Operation, Order, Outcome, Rows, Sweep};
use crate::CustomerId;
use crate::chain::CustomerHandle;
use crate::client::PartnerCenter;
use crate::clock::BoxFuture;
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::limits::may_pass;
use crate::models::Findings;
use crate::response::Response;

/// How many customers are started for each attempt that may run at once. More than one, so that customers that wait for
/// another attempt do not block others.
const BEGUN_PER_ATTEMPT: usize = 4;

/// How many outcomes, and rows in them, may wait for an earlier customer. A customer with several attempts takes a few
/// seconds, in which a fast service responds for thousands of others, and should not block them. This many ordinary
/// outcomes take about ten megabytes; the limit on rows bounds the size of unusual ones.
const MOST_JUDGED: usize = 4096;
const MOST_JUDGED_ROWS: usize = 32_768;

/// The outcomes of a sweep, one customer at a time.
///
/// Created by [`Sweep::stream`](super::Sweep::stream). The stream ends after the last customer, or with
/// [`SweepError`]. Work is done only while it is polled, and dropping it cancels everything at once.
#[must_use = "streams do nothing unless polled"]
pub struct SweepStream<T> {
    partner: PartnerCenter,
    operation: Operation<T>,
    order: Order,
    limiter: Arc<AdaptiveLimiter>,
    listing: Listing,
    work_queue: WorkQueue,
    begun: FuturesUnordered<BoxFuture<'static, Ended<T>>>,
    /// Outcomes that wait for an earlier customer; `None` for deferred customers.
    judged: BTreeMap<u64, Option<(Task, Outcome<T>)>>,
    judged_rows: usize,
    /// The task to return next, if the order is by customer.
    next: u64,
    most_begun: usize,
    /// The errors of deferred customers.
    failures: HashMap<CustomerId, Error>,
    /// The last transient error, and whether it came from the credential.
    trouble: Option<(Error, bool)>,
    unauthorized: UnauthorizedCustomers,
    /// The delay before another round.
    rest: Option<BoxFuture<'static, ()>>,
    /// To be returned before the stream ends; the flag says whether a resumed sweep reads the customer again.
    leaving: VecDeque<(Task, Outcome<T>, bool)>,
    /// A checkpoint of another kind of sweep, returned unchanged.
    refused: Option<Checkpoint>,
    /// Since when the stream was not polled.
    idle_since: Option<Instant>,
}

/// A call about a customer that has ended.
struct Ended<T> {
    task: Task,
    permit: Arc<CustomerPermit>,
    result: Result<Response<T>>,
}

enum Listing {
    Going,
    /// The next page failed with a transient error; waiting to retry.
    Resting(BoxFuture<'static, ()>),
    /// The list failed. Customers that are already listed are still read, and then the stream ends with this error.
    Failed(Error),
    /// Given up: the stream ends, with this error if there is one, once all remaining outcomes were returned.
    Leaving(Option<Error>),
    /// The stream has ended.
    Over,
}

/// No field is pinned: the futures are boxed, and values are only moved.
impl<T> Unpin for SweepStream<T> {}

impl<T: Rows + Send + 'static> SweepStream<T> {
    pub(crate) fn new(
        sweep: Sweep<T>,
        limiter: Arc<AdaptiveLimiter>,
        customer_index: CustomerIndex,
        kind: Place,
    ) -> Self {
        let Sweep { partner, operation, order, resume, concurrency, .. } = sweep;
        Self {
            partner,
            operation,
            order,
            limiter,
            listing: Listing::Going,
            work_queue: WorkQueue::new(customer_index, order, kind, resume),
            begun: FuturesUnordered::new(),
            judged: BTreeMap::new(),
            judged_rows: 0,
            next: 0,
            most_begun: concurrency * BEGUN_PER_ATTEMPT,
            failures: HashMap::new(),
            trouble: None,
            unauthorized: UnauthorizedCustomers::default(),
            rest: None,
            leaving: VecDeque::new(),
            refused: None,
            idle_since: None,
        }
    }

    /// A sweep that cannot start, because its checkpoint is of another kind.
    pub(crate) fn refused(
        sweep: Sweep<T>,
        limiter: Arc<AdaptiveLimiter>,
        error: Error,
        checkpoint: Checkpoint,
    ) -> Self {
        let stream = Self::new(sweep, limiter, CustomerIndex::given([]), Place::Given);
        Self { listing: Listing::Failed(error), refused: Some(checkpoint), ..stream }
    }

    /// Lists customers as far ahead as needed.
    fn list(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        while self.work_queue.wants_page() {
            match &mut self.listing {
                Listing::Going => {}
                Listing::Resting(rest) => match rest.as_mut().poll(context) {
                    Poll::Ready(()) => self.listing = Listing::Going,
                    Poll::Pending => break,
                },
                Listing::Failed(_) | Listing::Leaving(_) | Listing::Over => break,
            }
            match self.work_queue.roster_mut().poll_page(context) {
                Poll::Ready(Some(Ok(new))) => self.work_queue.list(new),
                Poll::Ready(Some(Err(error))) if is_for_all(&error) => return Err(error),
                Poll::Ready(Some(Err(error))) if self.limiter.waits_out(&error) => {
                    self.note_trouble(&error);
                    self.listing = Listing::Resting(self.partner.core().clock.sleep(REST));
                }
                Poll::Ready(Some(Err(error))) => self.listing = Listing::Failed(error),
                Poll::Ready(None) => self.work_queue.end_list(),
                Poll::Pending => break,
            }
        }
        Ok(())
    }

    /// Starts customers while permits are free.
    fn begin(&mut self) {
        while self.work_queue.waiting() > 0
            && self.begun.len() < self.most_begun
            && self.judged.len() < MOST_JUDGED
            && self.judged_rows < MOST_JUDGED_ROWS
            && !self.unauthorized.is_checking()
            && let Some(permit) = self.limiter.begin()
            && let Some(task) = self.work_queue.begin()
        {
            let partner = self.partner.limited_by(Arc::clone(&permit) as _);
            let call = (self.operation)(CustomerHandle::new(partner, task.customer));
            self.begun.push(Box::pin(async move {
                let result = call.await;
                // An operation that sent nothing through its handle was counted as starting until here.
                permit.settle();
                Ended { task, permit, result }
            }));
        }
    }

    fn hand_out(&mut self, task: Task, outcome: Outcome<T>, missing: bool) -> CustomerOutcome<T> {
        self.work_queue.hand_out(task, &outcome, missing);
        CustomerOutcome {
            customer: task.customer,
            name: self.work_queue.name(task).map(str::to_owned),
            outcome,
        }
    }

    fn interrupt(&mut self, error: Error) -> SweepError {
        self.listing = Listing::Over;
        self.begun.clear();
        self.judged.clear();
        SweepError::new(error, self.checkpoint())
    }

    fn note_trouble(&mut self, error: &Error) {
        self.trouble = Some((error.clone(), error.is_from_credential()));
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<CustomerOutcome<T>, SweepError>>> {
        let now = || self.partner.core().clock.now();
        if let Some(since) = self.idle_since {
            self.limiter.exclude_idle(now().saturating_duration_since(since));
        }
        let polled = self.advance(context);
        self.idle_since = polled.is_ready().then(|| self.partner.core().clock.now());
        polled
    }

    fn advance(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<CustomerOutcome<T>, SweepError>>> {
        loop {
            if let Some((task, outcome, missing)) = self.leaving.pop_front() {
                return Poll::Ready(Some(Ok(self.hand_out(task, outcome, missing))));
            }
            match &mut self.listing {
                Listing::Over => return Poll::Ready(None),
                Listing::Leaving(error) => {
                    if let Some(error) = error.take() {
                        return Poll::Ready(Some(Err(self.interrupt(error))));
                    }
                    self.listing = Listing::Over;
                    return Poll::Ready(None);
                }
                _ => {}
            }
            // Before looking for a permit, so that a permit freed meanwhile is not missed.
            self.limiter.register(context.waker());
            if let Err(error) = self.list(context) {
                return Poll::Ready(Some(Err(self.interrupt(error))));
            }
            self.begin();
            if self.limiter.has_given_up() {
                self.give_up();
                continue;
            }
            if let Some(entry) = self.judged.remove(&self.next) {
                self.next += 1;
                let Some((task, outcome)) = entry else { continue };
                self.judged_rows -= outcome.row_count();
                return Poll::Ready(Some(Ok(self.hand_out(task, outcome, false))));
            }
            match self.check_unauthorized(context) {
                Ok(None) => {}
                Ok(Some(swept)) => return Poll::Ready(Some(Ok(swept))),
                Err(error) => return Poll::Ready(Some(Err(self.interrupt(error)))),
            }
            if self.limiter.has_given_up() || self.judged.contains_key(&self.next) {
                continue;
            }
            match self.begun.poll_next_unpin(context) {
                Poll::Ready(Some(ended)) => match self.judge(ended) {
                    Ok(None) => {}
                    Ok(Some(swept)) => return Poll::Ready(Some(Ok(swept))),
                    Err(error) => return Poll::Ready(Some(Err(self.interrupt(error)))),
                },
                Poll::Ready(None) if self.work_queue.waiting() == 0 && self.unauthorized.is_empty() => {
                    if let Some(end) = ready!(self.end_round(context)) {
                        return Poll::Ready(end);
                    }
                }
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Called when no customers are in progress or waiting: starts another round, or ends the stream.
    #[expect(clippy::type_complexity, reason = "what the stream ends with, if it ends")]
    fn end_round(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Option<Result<CustomerOutcome<T>, SweepError>>>> {
        match std::mem::replace(&mut self.listing, Listing::Over) {
            Listing::Failed(error) => return Poll::Ready(Some(Some(Err(self.interrupt(error))))),
            listing if !self.work_queue.all_listed() => {
                self.listing = listing;
                return Poll::Pending;
            }
            listing if self.work_queue.has_later() => self.listing = listing,
            _ => return Poll::Ready(Some(None)),
        }
        if self.work_queue.has_begun() {
            let clock = &self.partner.core().clock;
            ready!(self.rest.get_or_insert_with(|| clock.sleep(REST)).as_mut().poll(context));
            self.rest = None;
        }
        self.work_queue.next_round();
        Poll::Ready(None)
    }
}

/// Whether an error ends the sweep: it applies to all customers, or no more requests should be sent now.
fn is_for_all(error: &Error) -> bool {
    holds_for_all(error)
        || error.reason() == Some(ErrorReason::WaitTooLong)
        || (error.is_from_credential() && !error.is_transient())
}

impl<T: Rows + Send + 'static> SweepStream<T> {
    /// Returns the next customer; `None` after the last. Like polling the stream, for programs without `futures-util`.
    ///
    /// This method is cancel safe: customers in progress are returned by a later call.
    ///
    /// # Errors
    ///
    /// [`SweepError`], after which the stream has ended.
    pub async fn try_next(&mut self) -> Result<Option<CustomerOutcome<T>>, SweepError> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// A checkpoint of the customers returned so far.
    ///
    /// This copies and sorts the ids of all customers returned so far, which takes a few milliseconds for a hundred
    /// thousand.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.refused.clone().unwrap_or_else(|| self.work_queue.checkpoint())
    }

    /// Findings about the list of customers so far, by position in the list: entries that could not be decoded, and
    /// values that are invalid for their field. Findings about customers are in each [`Response`].
    #[must_use]
    pub fn list_findings(&self) -> &Findings {
        self.work_queue.customer_index().findings()
    }

    /// The number of pages of the list that were empty although more pages follow, even after another request:
    /// customers may be missing.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        self.work_queue.customer_index().empty_pages()
    }

    /// The progress so far. Cheap enough to call after every customer.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            known: self.work_queue.known(),
            all_known: self.work_queue.all_listed(),
            ..Progress::of(&self.limiter, self.work_queue.summary(), self.begun.len())
        }
    }

    /// How many customers and rows are held in memory, for tests.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        (self.begun.len() + self.judged.len(), self.judged_rows)
    }
}

impl<T: Rows + Send + 'static> Stream for SweepStream<T> {
    type Item = Result<CustomerOutcome<T>, SweepError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for SweepStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SweepStream")
            .field("order", &self.order)
            .field("limiter", &self.limiter)
            .field("begun", &self.begun.len())
            .field("judged", &self.judged.len())
            .finish_non_exhaustive()
    }
}
