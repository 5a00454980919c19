//! The sweep engine: lists customers, starts calls, classifies results and returns outcomes, all within one task.
//!
//! Nothing is spawned. Every call is a future inside the stream, so dropping the stream drops all of them at once, and
//! nothing happens unless it is polled. One task is enough: it only decodes responses, faster than the service allows
//! requests.

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
use super::gate::{Caller, Gate, REST};
use super::ledger::{Ledger, Turn};
use super::outcome::{Interrupted, holds_for_all};
use super::progress::Progress;
use super::roster::Roster;
use super::suspects::{Suspects, Verdict};
use super::{Checkpoint, Operation, Order, Outcome, Rows, Sweep, Swept};
use crate::CustomerId;
use crate::call::may_pass;
use crate::chain::CustomerHandle;
use crate::client::PartnerCenter;
use crate::clock::BoxFuture;
use crate::error::{Cause, Error, ErrorKind, Result};
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
/// [`Interrupted`]. Work is done only while it is polled, and dropping it cancels everything at once.
#[must_use = "streams do nothing unless polled"]
pub struct SweepStream<T> {
    partner: PartnerCenter,
    operation: Operation<T>,
    order: Order,
    gate: Arc<Gate>,
    listing: Listing,
    ledger: Ledger,
    begun: FuturesUnordered<BoxFuture<'static, Ended<T>>>,
    /// Outcomes that wait for an earlier customer; `None` for deferred customers.
    judged: BTreeMap<u64, Option<(Turn, Outcome<T>)>>,
    judged_rows: usize,
    /// The turn to return next, if the order is by customer.
    next: u64,
    most_begun: usize,
    /// The errors of deferred customers.
    failures: HashMap<CustomerId, Error>,
    /// The last transient error, and whether it came from the credential.
    trouble: Option<(Error, bool)>,
    suspects: Suspects,
    /// The delay before another round.
    rest: Option<BoxFuture<'static, ()>>,
    /// To be returned before the stream ends; the flag says whether a resumed sweep reads the customer again.
    leaving: VecDeque<(Turn, Outcome<T>, bool)>,
    /// A checkpoint of another kind of sweep, returned unchanged.
    refused: Option<Checkpoint>,
    /// Since when the stream was not polled.
    idle_since: Option<Instant>,
}

/// A call about a customer that has ended.
struct Ended<T> {
    turn: Turn,
    caller: Arc<Caller>,
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
            failures: HashMap::new(),
            trouble: None,
            suspects: Suspects::default(),
            rest: None,
            leaving: VecDeque::new(),
            refused: None,
            idle_since: None,
        }
    }

    /// A sweep that cannot start, because its checkpoint is of another kind.
    pub(super) fn refused(sweep: Sweep<T>, gate: Arc<Gate>, error: Error, checkpoint: Checkpoint) -> Self {
        let stream = Self::new(sweep, gate, Roster::given([]), Place::Given);
        Self { listing: Listing::Failed(error), refused: Some(checkpoint), ..stream }
    }

    /// Lists customers as far ahead as needed.
    fn list(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        while self.ledger.wants_page() {
            match &mut self.listing {
                Listing::Going => {}
                Listing::Resting(rest) => match rest.as_mut().poll(context) {
                    Poll::Ready(()) => self.listing = Listing::Going,
                    Poll::Pending => break,
                },
                Listing::Failed(_) | Listing::Leaving(_) | Listing::Over => break,
            }
            match self.ledger.roster_mut().poll_page(context) {
                Poll::Ready(Some(Ok(new))) => self.ledger.list(new),
                Poll::Ready(Some(Err(error))) if is_for_all(&error) => return Err(error),
                Poll::Ready(Some(Err(error))) if self.gate.waits_out(&error) => {
                    self.note_trouble(&error);
                    self.listing = Listing::Resting(self.partner.core().clock.sleep(REST));
                }
                Poll::Ready(Some(Err(error))) => self.listing = Listing::Failed(error),
                Poll::Ready(None) => self.ledger.end_list(),
                Poll::Pending => break,
            }
        }
        Ok(())
    }

    /// Starts customers while permits are free.
    fn begin(&mut self) {
        while self.ledger.waiting() > 0
            && self.begun.len() < self.most_begun
            && self.judged.len() < MOST_JUDGED
            && self.judged_rows < MOST_JUDGED_ROWS
            && !self.suspects.is_checking()
            && let Some(caller) = self.gate.begin()
            && let Some(turn) = self.ledger.begin()
        {
            let partner = self.partner.limited_by(Arc::clone(&caller) as _);
            let call = (self.operation)(CustomerHandle::new(partner, turn.customer));
            self.begun.push(Box::pin(async move {
                let result = call.await;
                // An operation that sent nothing through its handle was counted as starting until here.
                caller.settle();
                Ended { turn, caller, result }
            }));
        }
    }

    fn hand_out(&mut self, turn: Turn, outcome: Outcome<T>, missing: bool) -> Swept<T> {
        self.ledger.hand_out(turn, &outcome, missing);
        Swept { customer: turn.customer, name: self.ledger.name(turn).map(str::to_owned), outcome }
    }

    fn interrupt(&mut self, error: Error) -> Interrupted {
        self.listing = Listing::Over;
        self.begun.clear();
        self.judged.clear();
        Interrupted::new(error, self.checkpoint())
    }

    fn note_trouble(&mut self, error: &Error) {
        self.trouble = Some((error.clone(), error.is_from_credential()));
    }

    /// Handles the result of a call: returns the outcome if it can be returned now, or the error that ends the sweep.
    fn judge(&mut self, ended: Ended<T>) -> Result<Option<Swept<T>>, Error> {
        let Ended { turn, caller, result } = ended;
        if !caller.has_asked() {
            self.gate.outside(!result.as_ref().is_err_and(may_pass));
        }
        let result = match result {
            Err(error) if error.is_from_credential() && error.is_transient() => {
                // An error of the credential is not the customer's failure.
                self.note_trouble(&error);
                self.ledger.put_back(turn);
                return Ok(None);
            }
            Err(error) => match caller.refused_token() {
                Some(token) if error.status() == Some(401) => {
                    self.suspects.add(turn, error, token, self.gate.admitted());
                    return Ok(None);
                }
                _ if is_for_all(&error) => return Err(error),
                _ if may_pass(&error) => {
                    self.put_off(turn, error);
                    return Ok(None);
                }
                _ => Err(error),
            },
            Ok(response) => Ok(response),
        };
        Ok(self.settle(turn, Outcome::of(result)))
    }

    fn put_off(&mut self, turn: Turn, error: Error) {
        self.note_trouble(&error);
        self.failures.insert(turn.customer, error);
        self.ledger.put_off(turn);
        if self.order == Order::Customer {
            self.judged.insert(turn.number, None);
        }
    }

    fn settle(&mut self, turn: Turn, outcome: Outcome<T>) -> Option<Swept<T>> {
        self.trouble = None;
        self.failures.remove(&turn.customer);
        match self.order {
            Order::Completion => Some(self.hand_out(turn, outcome, false)),
            Order::Customer => {
                self.judged_rows += outcome.row_count();
                self.judged.insert(turn.number, Some((turn, outcome)));
                None
            }
        }
    }

    /// Decides about customers that were rejected with 401.
    fn look_at_suspects(&mut self, context: &mut Context<'_>) -> Result<Option<Swept<T>>, Error> {
        loop {
            match self.suspects.take(&self.gate) {
                Some(Verdict::Own(turn, error)) => match self.settle(turn, Outcome::Failed(error)) {
                    None => continue,
                    swept => return Ok(swept),
                },
                Some(Verdict::Again(turn, error)) => {
                    self.put_off(turn, error);
                    continue;
                }
                None => {}
            }
            let nobody_left = self.begun.is_empty() && self.ledger.waiting() == 0 && self.ledger.all_listed();
            let list = || self.partner.limited_by(self.gate.listing()).customers().list().size(1);
            let ask = || -> BoxFuture<'static, Result<()>> {
                let mut pages = list().pages();
                Box::pin(async move { pages.try_next().await.map(drop) })
            };
            match self.suspects.poll_check(context, nobody_left, ask) {
                Poll::Ready(Some(Err(error))) if error.cause() == Some(Cause::PauseTooLong) => {
                    return Err(error);
                }
                Poll::Ready(Some(Err(error))) if error.is_transient() => {
                    self.note_trouble(&error);
                    if self.gate.has_given_up() {
                        return Ok(None);
                    }
                }
                Poll::Ready(Some(_)) => match self.suspects.error() {
                    Some(error) if !self.gate.is_accepted(None, self.suspects.after()) => return Err(error),
                    _ => {}
                },
                Poll::Ready(None) | Poll::Pending => return Ok(None),
            }
        }
    }

    /// Ends the sweep when nothing has succeeded for too long: all remaining customers are returned as failed and
    /// missing. If the list is incomplete, or the credential fails or may be rejected, the sweep ends with an error
    /// instead.
    fn give_up(&mut self) {
        self.begun.clear();
        let judged: HashSet<_> = self.judged.values().flatten().map(|(turn, _)| turn.customer).collect();
        let waiting = std::mem::take(&mut self.judged).into_values().flatten();
        self.leaving.extend(waiting.map(|(turn, outcome)| (turn, outcome, false)));
        let error = match (self.suspects.give_up(), self.trouble.take()) {
            (Some(error), _) | (None, Some((error, true))) => Some(error),
            (None, trouble) => {
                let trouble = trouble.map(|(error, _)| error);
                let given_up = self.given_up(trouble.as_ref());
                if self.ledger.all_listed() {
                    for turn in self.ledger.give_up() {
                        if !judged.contains(&turn.customer) {
                            let error = self.failures.remove(&turn.customer);
                            let outcome = Outcome::Failed(error.unwrap_or_else(|| given_up.clone()));
                            self.leaving.push_back((turn, outcome, true));
                        }
                    }
                    None
                } else {
                    trouble.or(Some(given_up))
                }
            }
        };
        tracing::warn!("no request has succeeded within the time limit of a call: the sweep gives up");
        self.listing = Listing::Leaving(error);
    }

    /// The error for customers without an error of their own.
    fn given_up(&self, trouble: Option<&Error>) -> Error {
        let kind = trouble.map_or(ErrorKind::Unavailable, Error::kind);
        let seconds = self.partner.core().limits.timeout.as_secs_f64().round();
        Error::new(
            kind,
            format!(
                "no request has succeeded for {seconds} seconds, and the sweep gave up before this customer"
            ),
        )
        .with_advice(
            "Resume from the checkpoint once the service recovers: only the missing customers are read.",
        )
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Swept<T>, Interrupted>>> {
        let now = || self.partner.core().clock.now();
        if let Some(since) = self.idle_since {
            self.gate.excuse(now().saturating_duration_since(since));
        }
        let polled = self.advance(context);
        self.idle_since = polled.is_ready().then(|| self.partner.core().clock.now());
        polled
    }

    fn advance(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Swept<T>, Interrupted>>> {
        loop {
            if let Some((turn, outcome, missing)) = self.leaving.pop_front() {
                return Poll::Ready(Some(Ok(self.hand_out(turn, outcome, missing))));
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
            self.gate.register(context.waker());
            if let Err(error) = self.list(context) {
                return Poll::Ready(Some(Err(self.interrupt(error))));
            }
            self.begin();
            if self.gate.has_given_up() {
                self.give_up();
                continue;
            }
            if let Some(entry) = self.judged.remove(&self.next) {
                self.next += 1;
                let Some((turn, outcome)) = entry else { continue };
                self.judged_rows -= outcome.row_count();
                return Poll::Ready(Some(Ok(self.hand_out(turn, outcome, false))));
            }
            match self.look_at_suspects(context) {
                Ok(None) => {}
                Ok(Some(swept)) => return Poll::Ready(Some(Ok(swept))),
                Err(error) => return Poll::Ready(Some(Err(self.interrupt(error)))),
            }
            if self.gate.has_given_up() || self.judged.contains_key(&self.next) {
                continue;
            }
            match self.begun.poll_next_unpin(context) {
                Poll::Ready(Some(ended)) => match self.judge(ended) {
                    Ok(None) => {}
                    Ok(Some(swept)) => return Poll::Ready(Some(Ok(swept))),
                    Err(error) => return Poll::Ready(Some(Err(self.interrupt(error)))),
                },
                Poll::Ready(None) if self.ledger.waiting() == 0 && self.suspects.is_empty() => {
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
    ) -> Poll<Option<Option<Result<Swept<T>, Interrupted>>>> {
        match std::mem::replace(&mut self.listing, Listing::Over) {
            Listing::Failed(error) => return Poll::Ready(Some(Some(Err(self.interrupt(error))))),
            listing if !self.ledger.all_listed() => {
                self.listing = listing;
                return Poll::Pending;
            }
            listing if self.ledger.has_later() => self.listing = listing,
            _ => return Poll::Ready(Some(None)),
        }
        if self.ledger.has_begun() {
            let clock = &self.partner.core().clock;
            ready!(self.rest.get_or_insert_with(|| clock.sleep(REST)).as_mut().poll(context));
            self.rest = None;
        }
        self.ledger.next_round();
        Poll::Ready(None)
    }
}

/// Whether an error ends the sweep: it applies to all customers, or no more requests should be sent now.
fn is_for_all(error: &Error) -> bool {
    holds_for_all(error)
        || error.cause() == Some(Cause::PauseTooLong)
        || (error.is_from_credential() && !error.is_transient())
}

impl<T: Rows + Send + 'static> SweepStream<T> {
    /// Returns the next customer; `None` after the last. Like polling the stream, for programs without `futures-util`.
    ///
    /// This method is cancel safe: customers in progress are returned by a later call.
    ///
    /// # Errors
    ///
    /// [`Interrupted`], after which the stream has ended.
    pub async fn try_next(&mut self) -> Result<Option<Swept<T>>, Interrupted> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// A checkpoint of the customers returned so far.
    ///
    /// This copies and sorts the ids of all customers returned so far, which takes a few milliseconds for a hundred
    /// thousand.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.refused.clone().unwrap_or_else(|| self.ledger.checkpoint())
    }

    /// Findings about the list of customers so far, by position in the list: entries that could not be decoded, and
    /// values that are invalid for their field. Findings about customers are in each [`Response`].
    #[must_use]
    pub fn list_findings(&self) -> &Findings {
        self.ledger.roster().findings()
    }

    /// The number of pages of the list that were empty although more pages follow, even after another request:
    /// customers may be missing.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        self.ledger.roster().empty_pages()
    }

    /// The progress so far. Cheap enough to call after every customer.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            known: self.ledger.known(),
            all_known: self.ledger.all_listed(),
            ..Progress::of(&self.gate, self.ledger.summary(), self.begun.len())
        }
    }

    /// How many customers and rows are held in memory, for tests.
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
