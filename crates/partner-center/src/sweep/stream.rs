//! The engine: lists, begins, judges and hands out, all within one task.
//!
//! Nothing is spawned. Every call is a future inside the stream, so dropping the stream drops all of them at once, and
//! nothing happens while nobody polls. One task is enough: what it does between two waits is decoding, and that keeps
//! ahead of any rate the service allows.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::checkpoint::Place;
use super::gate::Gate;
use super::ledger::{Ledger, Turn};
use super::outcome::{Interrupted, holds_for_all};
use super::roster::Roster;
use super::{Checkpoint, Operation, Order, Outcome, Rows, Summary, Sweep, Swept};
use crate::chain::CustomerHandle;
use crate::clock::BoxFuture;
use crate::error::{Error, Result};
use crate::partner::PartnerCenter;
use crate::response::Response;

/// How many customers are asked about at the same time, for each attempt that may go at once. More than one, so that
/// customers that wait for another attempt keep nobody from being asked about.
const BEGUN_PER_ATTEMPT: usize = 4;

/// How many outcomes, and rows in them, may wait for those of customers before them. A customer that is asked again and
/// again takes a few seconds, in which a fast service answers for thousands; it should not hold them up. That many
/// ordinary outcomes are some ten megabytes, and the rows bound what extraordinary ones can come to.
const MOST_JUDGED: usize = 4096;
const MOST_JUDGED_ROWS: usize = 32_768;

/// The outcomes of a sweep, one customer after the other.
///
/// Made by [`Sweep::stream`](super::Sweep::stream). It ends after the last customer, or with [`Interrupted`]. Work is
/// done only while it is polled, and dropping it stops everything at once.
#[must_use = "streams do nothing unless polled"]
pub struct SweepStream<T> {
    partner: PartnerCenter,
    operation: Operation<T>,
    order: Order,
    gate: Arc<Gate>,
    listing: Listing,
    ledger: Ledger,
    begun: FuturesUnordered<BoxFuture<'static, (Turn, Result<Response<T>>)>>,
    /// Judged, and waiting for those before them in the list.
    judged: BTreeMap<u64, (Turn, Outcome<T>)>,
    judged_rows: usize,
    /// Whose turn it is to be handed out, if the order is the list's.
    next: u64,
    most_begun: usize,
    /// A checkpoint that does not fit. It stays as good as it was.
    refused: Option<Checkpoint>,
}

enum Listing {
    Going,
    /// Nothing more is listed. What is listed is still asked about, and then this ends the stream.
    Failed(Error),
    /// The stream has ended.
    Over,
}

/// Nothing in it is pinned in place: the futures are boxed, and values are only moved.
impl<T> Unpin for SweepStream<T> {}

impl<T: Rows + Send + 'static> SweepStream<T> {
    pub(super) fn new(sweep: Sweep<T>, gate: Arc<Gate>, roster: Roster, kind: Place) -> Self {
        let Sweep { partner, operation, order, resume, concurrency, .. } = sweep;
        Self {
            partner,
            operation,
            order,
            gate,
            listing: Listing::Going,
            ledger: Ledger::new(roster, order, kind, resume),
            begun: FuturesUnordered::new(),
            judged: BTreeMap::new(),
            judged_rows: 0,
            next: 0,
            most_begun: concurrency * BEGUN_PER_ATTEMPT,
            refused: None,
        }
    }

    /// A sweep that cannot begin: it stands where it stood.
    pub(super) fn refused(sweep: Sweep<T>, gate: Arc<Gate>, error: Error, checkpoint: Checkpoint) -> Self {
        let stream = Self::new(sweep, gate, Roster::given([]), Place::Given);
        Self { listing: Listing::Failed(error), refused: Some(checkpoint), ..stream }
    }

    /// Lists ahead, as far as is wanted.
    fn list(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        while matches!(self.listing, Listing::Going) && self.ledger.wants_page() {
            match self.ledger.roster_mut().poll_page(context) {
                Poll::Ready(Some(Ok(new))) => self.ledger.list(new),
                Poll::Ready(Some(Err(error))) if holds_for_all(&error) => return Err(error),
                Poll::Ready(Some(Err(error))) => self.listing = Listing::Failed(error),
                Poll::Ready(None) => self.ledger.end_list(),
                Poll::Pending => break,
            }
        }
        Ok(())
    }

    /// Begins with customers while there is room.
    fn begin(&mut self) {
        while self.ledger.waiting() > 0
            && self.begun.len() < self.most_begun
            && self.judged.len() < MOST_JUDGED
            && self.judged_rows < MOST_JUDGED_ROWS
            && let Some(caller) = self.gate.begin()
            && let Some(turn) = self.ledger.begin()
        {
            let partner = self.partner.admitted_by(Arc::clone(&caller) as _);
            let call = (self.operation)(CustomerHandle::new(partner, turn.customer));
            self.begun.push(Box::pin(async move {
                let result = call.await;
                // An operation that asked nothing through its handle took room until here.
                caller.settle();
                (turn, result)
            }));
        }
    }

    fn hand_out(&mut self, turn: Turn, outcome: Outcome<T>) -> Swept<T> {
        self.ledger.hand_out(turn, &outcome, false);
        Swept { customer: turn.customer, name: self.ledger.name(turn).map(str::to_owned), outcome }
    }

    fn interrupt(&mut self, error: Error) -> Interrupted {
        self.listing = Listing::Over;
        self.begun.clear();
        self.judged.clear();
        Interrupted::new(error, self.checkpoint())
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Swept<T>, Interrupted>>> {
        loop {
            if matches!(self.listing, Listing::Over) {
                return Poll::Ready(None);
            }
            // Before looking for room, so that room made meanwhile is not missed.
            self.gate.register(context.waker());
            if let Err(error) = self.list(context) {
                return Poll::Ready(Some(Err(self.interrupt(error))));
            }
            self.begin();
            if let Some((turn, outcome)) = self.judged.remove(&self.next) {
                self.next += 1;
                self.judged_rows -= outcome.row_count();
                return Poll::Ready(Some(Ok(self.hand_out(turn, outcome))));
            }
            match self.begun.poll_next_unpin(context) {
                Poll::Ready(Some((_, Err(error)))) if holds_for_all(&error) => {
                    return Poll::Ready(Some(Err(self.interrupt(error))));
                }
                Poll::Ready(Some((turn, result))) => {
                    let outcome = Outcome::of(result);
                    match self.order {
                        Order::Completion => return Poll::Ready(Some(Ok(self.hand_out(turn, outcome)))),
                        Order::Customer => {
                            self.judged_rows += outcome.row_count();
                            self.judged.insert(turn.number, (turn, outcome));
                        }
                    }
                }
                Poll::Ready(None) if self.ledger.waiting() == 0 => {
                    match std::mem::replace(&mut self.listing, Listing::Over) {
                        Listing::Failed(error) => return Poll::Ready(Some(Err(self.interrupt(error)))),
                        Listing::Going if !self.ledger.all_listed() => {
                            self.listing = Listing::Going;
                            return Poll::Pending;
                        }
                        Listing::Going | Listing::Over => return Poll::Ready(None),
                    }
                }
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<T: Rows + Send + 'static> SweepStream<T> {
    /// The next customer; `None` after the last. The same as polling the stream, for programs without `futures-util`.
    ///
    /// Dropping the future loses nothing: whoever was being asked about is handed out by a later call.
    ///
    /// # Errors
    ///
    /// [`Interrupted`], after which there is nothing more.
    pub async fn try_next(&mut self) -> Result<Option<Swept<T>>, Interrupted> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// Where the sweep stands: every customer that was handed out is done, nobody else is.
    ///
    /// It costs as much as copying and sorting the ids of all customers that were handed out: some milliseconds for a
    /// hundred thousand.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.refused.clone().unwrap_or_else(|| self.ledger.checkpoint())
    }

    /// How the sweep is getting on. Cheap enough to ask after every customer.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            known: self.ledger.known(),
            all_known: self.ledger.all_listed(),
            ..Progress::of(&self.gate, self.ledger.summary(), self.begun.len())
        }
    }

    /// How many outcomes are kept, and how many rows, for the tests that this is bounded.
    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.begun.len() + self.judged.len(), self.judged_rows)
    }
}

impl<T: Rows + Send + 'static> Stream for SweepStream<T> {
    type Item = Result<Swept<T>, Interrupted>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for SweepStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SweepStream")
            .field("order", &self.order)
            .field("gate", &self.gate)
            .field("begun", &self.begun.len())
            .field("judged", &self.judged.len())
            .finish_non_exhaustive()
    }
}

/// How a sweep is getting on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Customers that are known: listed, or handed out by the run that this one goes on from.
    pub known: u64,
    /// Whether no further customers can become known: then `known` is the size of the book.
    pub all_known: bool,
    /// What the sweep has come to, the runs before it included.
    pub summary: Summary,
    /// Customers being asked about.
    pub in_flight: usize,
    /// How many requests may be sent at once at present.
    pub limit: usize,
    /// For how long the service has asked this sweep to wait so far.
    pub throttled: Duration,
    /// How much longer it has asked this partner to wait, if it is waiting now.
    pub pause: Option<Duration>,
}

impl Progress {
    /// What the gate tells, with no customers known.
    pub(super) fn of(gate: &Gate, summary: Summary, in_flight: usize) -> Self {
        let gate = gate.read();
        Self {
            known: 0,
            all_known: false,
            summary,
            in_flight,
            limit: gate.limit,
            throttled: gate.throttled,
            pause: gate.pause,
        }
    }
}
