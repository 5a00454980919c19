//! The engine: lists, begins, judges and hands out, all within one task.
//!
//! Nothing is spawned. Every call is a future inside the stream, so dropping the stream drops all of them at once, and
//! nothing happens while nobody polls. One task is enough: what it does between two waits is decoding, and that keeps
//! ahead of any rate the service allows.

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
    begun: FuturesUnordered<BoxFuture<'static, Ended<T>>>,
    /// Judged, and waiting for those before them; `None` for who was put off.
    judged: BTreeMap<u64, Option<(Turn, Outcome<T>)>>,
    judged_rows: usize,
    /// Whose turn it is to be handed out, if the order is by customer.
    next: u64,
    most_begun: usize,
    /// What those failed with who were put off.
    failures: HashMap<CustomerId, Error>,
    /// The last failure, and whether it was the credential's.
    trouble: Option<(Error, bool)>,
    suspects: Suspects,
    /// Before another round.
    rest: Option<BoxFuture<'static, ()>>,
    /// To be handed out before the stream ends: with whether a resumed sweep asks again.
    leaving: VecDeque<(Turn, Outcome<T>, bool)>,
    /// A checkpoint that does not fit. It stays as good as it was.
    refused: Option<Checkpoint>,
    /// Since when nobody has polled.
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
    /// The page that comes next could not be had just now.
    Resting(BoxFuture<'static, ()>),
    /// Nothing more is listed. What is listed is still asked about, and then this ends the stream.
    Failed(Error),
    /// Given up: the stream ends, with this error if there is one, once everybody has left.
    Leaving(Option<Error>),
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
            failures: HashMap::new(),
            trouble: None,
            suspects: Suspects::default(),
            rest: None,
            leaving: VecDeque::new(),
            refused: None,
            idle_since: None,
        }
    }

    /// A sweep that cannot begin: it stands where it stood.
    pub(super) fn refused(sweep: Sweep<T>, gate: Arc<Gate>, error: Error, checkpoint: Checkpoint) -> Self {
        let stream = Self::new(sweep, gate, Roster::given([]), Place::Given);
        Self { listing: Listing::Failed(error), refused: Some(checkpoint), ..stream }
    }

    /// Lists ahead, as far as is wanted.
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

    /// Begins with customers while there is room.
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
                // An operation that asked nothing through its handle took room until here.
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

    /// What a call about a customer came to: what is handed out now, if anything is, or what ends the sweep.
    fn judge(&mut self, ended: Ended<T>) -> Result<Option<Swept<T>>, Error> {
        let Ended { turn, caller, result } = ended;
        if !caller.has_asked() {
            self.gate.outside(!result.as_ref().is_err_and(may_pass));
        }
        let result = match result {
            Err(error) if error.is_from_credential() && error.is_transient() => {
                // What a credential fails with is nobody's own failure.
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

    /// Finds out about customers who were refused with 401.
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

    /// Nothing has succeeded for too long: everybody who is left leaves, as failed and missing. Where not everybody is
    /// known, or it is the credential that fails or may be refused, the sweep ends where it stands.
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
        tracing::warn!("nothing has succeeded for as long as a call may take: the sweep gives up");
        self.listing = Listing::Leaving(error);
    }

    /// What those fail with who have no failure of their own.
    fn given_up(&self, trouble: Option<&Error>) -> Error {
        let kind = trouble.map_or(ErrorKind::Unavailable, Error::kind);
        let seconds = self.partner.core().limits.timeout.as_secs_f64().round();
        Error::new(
            kind,
            format!("nothing has succeeded for {seconds} seconds, and the sweep has given up before this customer"),
        )
        .with_advice("Resume from the checkpoint once the service recovers: only those who are missing are asked about.")
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
            // Before looking for room, so that room made meanwhile is not missed.
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

    /// Nobody is being asked about and nobody waits for it: another round, or the end of the stream.
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

/// Whether an error ends the sweep: everybody else would get the same, or should not be asked about now.
fn is_for_all(error: &Error) -> bool {
    holds_for_all(error)
        || error.cause() == Some(Cause::PauseTooLong)
        || (error.is_from_credential() && !error.is_transient())
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

    /// What was odd about the list of customers so far, by position in the list: entries that could not be read, and
    /// values that their fields cannot take. Of the answers about customers, each [`Response`] says it.
    #[must_use]
    pub fn list_findings(&self) -> &Findings {
        self.ledger.roster().findings()
    }

    /// How many pages of the list were empty although others follow, even when they were asked for again: customers may
    /// be missing.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        self.ledger.roster().empty_pages()
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
