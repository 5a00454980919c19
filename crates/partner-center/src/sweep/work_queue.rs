//! The work queue of a sweep: which customers are listed, started, deferred and returned. It does no I/O.
//!
//! Each customer has one task in the first round. Customers that fail with a transient error have another task in a
//! later round, which starts once all others are done.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::checkpoint::{Checkpoint, Ids, Place, Summary};
use super::customer_index::CustomerIndex;
use super::{Order, Outcome, Rows};
use crate::CustomerId;

/// How many customers may be listed ahead of those being read, unless the order is by customer. Enough for all
/// customers of most partners, so that their number is known early.
const LOOK_AHEAD: usize = 10_000;

pub(super) struct WorkQueue {
    customer_index: CustomerIndex,
    order: Order,
    /// The kind of checkpoint while customers of the list are left.
    kind: Place,
    /// Customers that earlier runs returned, and those that they could not read.
    earlier: Ids,
    missing: Ids,
    /// Which of the missing customers were listed so far.
    missing_listed: Vec<bool>,
    /// The states of the customers of the index, by number.
    states: Vec<State>,
    /// How many of them are open.
    open: usize,
    /// Not started in this round.
    waiting: VecDeque<usize>,
    /// Started and put back, by the number of their task.
    put_back: BTreeMap<u64, usize>,
    /// Deferred to the next round.
    later: Vec<usize>,
    round: u32,
    turns: u64,
    summary: Summary,
    /// Customers that earlier runs completed.
    before: u64,
    /// Customers of the index that earlier runs did not complete.
    fresh: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Waiting or in progress in the first round.
    Open,
    /// Failed with a transient error.
    Later,
    /// Returned.
    Done,
    /// Returned as failed, to be read again by a resumed sweep.
    Missing,
    /// Returned by an earlier run.
    Earlier,
}

/// A customer's task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) customer: CustomerId,
    /// Its position in the order of turns, without gaps.
    pub(super) number: u64,
    /// Its number in the index.
    index: usize,
}

impl WorkQueue {
    /// Creates the queue for a new sweep over these customers, or for one that resumes from a checkpoint.
    pub(super) fn new(
        customer_index: CustomerIndex,
        order: Order,
        kind: Place,
        resume: Option<Checkpoint>,
    ) -> Self {
        let (earlier, missing, mut summary) = match resume {
            Some(checkpoint) => (checkpoint.done, checkpoint.missing, checkpoint.summary),
            None => (Ids::default(), Ids::default(), Summary::default()),
        };
        // Missing customers are read again and counted then.
        summary.customers = summary.customers.saturating_sub(summary.missing);
        summary.failed = summary.failed.saturating_sub(summary.missing);
        summary.missing = 0;
        let mut work_queue = Self {
            missing_listed: vec![false; missing.as_slice().len()],
            customer_index,
            order,
            kind,
            earlier,
            missing,
            states: Vec::new(),
            open: 0,
            waiting: VecDeque::new(),
            put_back: BTreeMap::new(),
            later: Vec::new(),
            round: 0,
            turns: 0,
            before: summary.customers,
            summary,
            fresh: 0,
        };
        // The index may already be read.
        work_queue.list(0..work_queue.customer_index.len());
        if work_queue.customer_index.is_complete() {
            work_queue.end_list();
        }
        work_queue
    }

    /// The customer's name from the list, if it has one.
    pub(super) fn name(&self, task: Task) -> Option<&str> {
        self.customer_index.name(task.index)
    }

    pub(super) fn customer_index(&self) -> &CustomerIndex {
        &self.customer_index
    }

    pub(super) fn roster_mut(&mut self) -> &mut CustomerIndex {
        &mut self.customer_index
    }

    /// Whether another page of the list should be requested.
    pub(super) fn wants_page(&self) -> bool {
        !self.all_listed() && (self.order == Order::Customer || self.waiting.len() < LOOK_AHEAD)
    }

    /// Whether all customers are listed.
    pub(super) fn all_listed(&self) -> bool {
        self.customer_index.is_complete()
    }

    /// Adds the customers of a page.
    pub(super) fn list(&mut self, new: Range<usize>) {
        for index in new {
            let Some(id) = self.customer_index.ids().get(index) else { break };
            let state = if self.earlier.contains(id) {
                State::Earlier
            } else if let Some(place) = self.missing.position(id) {
                self.missing_listed[place] = true;
                State::Later
            } else {
                State::Open
            };
            self.enter(index, state);
        }
    }

    fn enter(&mut self, index: usize, state: State) {
        self.states.push(state);
        match state {
            State::Open => {
                self.open += 1;
                self.fresh += 1;
                // In order of id, turns are assigned only once all customers are known.
                if self.order == Order::Completion {
                    self.waiting.push_back(index);
                }
            }
            State::Later => {
                self.fresh += 1;
                self.later.push(index);
            }
            State::Done | State::Missing | State::Earlier => {}
        }
    }

    /// Records that all customers are listed.
    pub(super) fn end_list(&mut self) {
        let unlisted = self.missing.as_slice().iter().zip(&self.missing_listed);
        let unlisted: Vec<_> = unlisted.filter(|(_, listed)| !**listed).map(|(id, _)| *id).collect();
        for id in unlisted {
            let index = self.customer_index.add(id);
            self.enter(index, State::Later);
        }
        self.missing_listed.fill(true);
        if self.order == Order::Customer {
            let open = (0..self.states.len()).filter(|index| self.states[*index] == State::Open);
            self.waiting = self.by_id(open.collect()).into();
        }
    }

    fn by_id(&self, mut indices: Vec<usize>) -> Vec<usize> {
        indices.sort_unstable_by_key(|index| self.customer_index.ids().get(*index));
        indices
    }

    /// The customer to start next.
    pub(super) fn begin(&mut self) -> Option<Task> {
        let (number, index) = if let Some(put_back) = self.put_back.pop_first() {
            put_back
        } else {
            let index = self.waiting.pop_front()?;
            self.turns += 1;
            (self.turns - 1, index)
        };
        Some(Task { customer: *self.customer_index.ids().get(index)?, number, index })
    }

    /// Puts back a customer that was started, when the reason is not the customer's: it keeps its place.
    pub(super) fn put_back(&mut self, task: Task) {
        self.put_back.insert(task.number, task.index);
    }

    /// Defers a customer to the next round.
    pub(super) fn put_off(&mut self, task: Task) {
        self.settle(task, State::Later);
        self.later.push(task.index);
    }

    /// Starts another round with the deferred customers, and returns whether there are any. Call it only when no other
    /// customers are left.
    pub(super) fn next_round(&mut self) -> bool {
        let later = std::mem::take(&mut self.later);
        self.waiting = match self.order {
            Order::Customer => self.by_id(later).into(),
            Order::Completion => later.into(),
        };
        self.round += 1;
        !self.waiting.is_empty()
    }

    /// Whether any customer was started.
    pub(super) fn has_begun(&self) -> bool {
        self.turns > 0
    }

    /// Whether any customer was deferred.
    pub(super) fn has_later(&self) -> bool {
        !self.later.is_empty()
    }

    /// All listed customers that were not returned, as turns of a last round: in order of id, or in the order of the
    /// list.
    pub(super) fn give_up(&mut self) -> Vec<Task> {
        self.waiting.clear();
        self.put_back.clear();
        self.later.clear();
        let left = |state| matches!(state, State::Open | State::Later);
        let mut left: Vec<_> = (0..self.states.len()).filter(|index| left(self.states[*index])).collect();
        if self.order == Order::Customer {
            left = self.by_id(left);
        }
        let task =
            |index: usize| Some(Task { customer: *self.customer_index.ids().get(index)?, number: 0, index });
        left.into_iter().filter_map(task).collect()
    }

    /// How many customers wait to be started in this round.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len() + self.put_back.len()
    }

    /// Records that a customer is returned. `missing` means that a resumed sweep must read it again.
    pub(super) fn hand_out<T: Rows>(&mut self, task: Task, outcome: &Outcome<T>, missing: bool) {
        let summary = &mut self.summary;
        let add = |count: &mut u64, more: usize| {
            *count = count.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
        };
        add(&mut summary.customers, 1);
        add(&mut summary.rows, outcome.row_count());
        if let Outcome::Rows(response) | Outcome::Empty(response) = outcome {
            summary.count(response.findings());
        }
        match outcome {
            Outcome::Rows(_) => add(&mut summary.with_rows, 1),
            Outcome::Empty(_) => add(&mut summary.empty, 1),
            Outcome::Skipped(_) => add(&mut summary.skipped, 1),
            Outcome::Failed(_) => add(&mut summary.failed, 1),
        }
        add(&mut summary.missing, usize::from(missing));
        add(&mut summary.later, usize::from(self.round > 0));
        self.settle(task, if missing { State::Missing } else { State::Done });
    }

    fn settle(&mut self, task: Task, state: State) {
        let before = std::mem::replace(&mut self.states[task.index], state);
        self.open -= usize::from(before == State::Open);
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        let with = |wanted: fn(State) -> bool| {
            let of_roster = self.customer_index.ids().iter().zip(&self.states);
            of_roster.filter(move |(_, state)| wanted(**state)).map(|(id, _)| *id)
        };
        let unlisted = self.missing.as_slice().iter().zip(&self.missing_listed);
        let unlisted = unlisted.filter(|(_, listed)| !**listed).map(|(id, _)| *id);
        let missing: Ids =
            with(|state| matches!(state, State::Later | State::Missing)).chain(unlisted).collect();
        let (at, done) = if !self.all_listed() || self.open > 0 {
            let done = with(|state| state == State::Done).chain(self.earlier.as_slice().iter().copied());
            (Some(self.kind.clone()), done.collect())
        } else {
            ((!missing.is_empty()).then_some(Place::Missing), Ids::default())
        };
        Checkpoint::new(at, done, missing, self.summary())
    }

    /// The counts so far.
    pub(super) fn summary(&self) -> Summary {
        match self.kind {
            // The other counts of the list are in the summary of the run that read it.
            Place::Missing => self.summary,
            _ => Summary {
                without_id: self.customer_index.without_id(),
                unreadable: self.customer_index.unreadable(),
                ..self.summary
            },
        }
    }

    /// How many customers are known: returned by earlier runs, or listed.
    pub(super) fn known(&self) -> u64 {
        self.before.saturating_add(self.fresh)
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use uuid::Uuid;

    use super::*;
    use crate::error::{Error, ErrorKind};

    fn customer(number: u128) -> CustomerId {
        Uuid::from_u128(number).into()
    }

    fn work_queue(listed: &[u128], order: Order, resume: Option<Checkpoint>) -> WorkQueue {
        let listed: Vec<_> = listed.iter().copied().map(customer).collect();
        let mut work_queue = WorkQueue::new(CustomerIndex::given(listed), order, Place::Given, resume);
        while work_queue.wants_page() {
            let page = work_queue.roster_mut().poll_page(&mut Context::from_waker(Waker::noop()));
            match page {
                std::task::Poll::Ready(Some(page)) => work_queue.list(page.unwrap()),
                _ => work_queue.end_list(),
            }
        }
        work_queue
    }

    fn failed() -> Outcome<Vec<u8>> {
        Outcome::Failed(Error::new(ErrorKind::Rejected, ""))
    }

    fn hand_out(work_queue: &mut WorkQueue) -> Option<CustomerId> {
        let task = work_queue.begin()?;
        work_queue.hand_out(task, &failed(), false);
        Some(task.customer)
    }

    fn ids(numbers: &[u128]) -> Ids {
        numbers.iter().copied().map(customer).collect()
    }

    #[test]
    fn a_checkpoint_contains_the_returned_customers_and_no_position() {
        let mut work_queue = work_queue(&[4, 2, 3, 1], Order::Completion, None);
        let slow = work_queue.begin().unwrap();
        hand_out(&mut work_queue);
        hand_out(&mut work_queue);
        let checkpoint = work_queue.checkpoint();
        assert_eq!((checkpoint.at, checkpoint.done), (Some(Place::Given), ids(&[2, 3])));
        assert_eq!((work_queue.known(), checkpoint.summary.customers), (4, 2));
        work_queue.hand_out(slow, &failed(), false);
        hand_out(&mut work_queue);
        assert!(work_queue.checkpoint().is_finished());
        assert_eq!(work_queue.checkpoint().done, Ids::default(), "no longer needed");
    }

    // The list has grown at its front, and lists a customer again on a later page.
    #[test]
    fn a_completed_customer_has_no_second_turn_wherever_it_is_listed() {
        let mut first = work_queue(&[1, 2, 3, 4], Order::Completion, None);
        hand_out(&mut first);
        hand_out(&mut first);
        let mut second = work_queue(&[8, 9, 1, 2, 3, 4, 9, 1], Order::Completion, Some(first.checkpoint()));
        let rest: Vec<_> = std::iter::from_fn(|| hand_out(&mut second)).collect();
        assert_eq!(rest, [8, 9, 3, 4].map(customer));
        assert_eq!((second.summary().customers, second.known()), (6, 6));
        assert!(second.checkpoint().is_finished());
    }

    #[test]
    fn deferred_customers_come_last_even_after_a_resume() {
        let mut first = work_queue(&[4, 2, 3, 1], Order::Customer, None);
        let task = first.begin().unwrap();
        first.put_off(task);
        assert_eq!(hand_out(&mut first), Some(customer(2)));
        let checkpoint = first.checkpoint();
        assert_eq!((&checkpoint.done, &checkpoint.missing), (&ids(&[2]), &ids(&[1])));
        for mut work_queue in [first, work_queue(&[1, 2, 3, 4], Order::Customer, Some(checkpoint.clone()))] {
            let mut rest: Vec<_> = std::iter::from_fn(|| hand_out(&mut work_queue)).collect();
            assert_eq!(work_queue.checkpoint().at, Some(Place::Missing));
            assert!(work_queue.has_later() && work_queue.next_round());
            rest.extend(std::iter::from_fn(|| hand_out(&mut work_queue)));
            assert_eq!(rest, [3, 4, 1].map(customer));
            assert_eq!((work_queue.summary().later, work_queue.summary().customers), (1, 4));
            assert!(work_queue.checkpoint().is_finished() && !work_queue.next_round());
        }
        // A missing customer that is no longer listed is read nevertheless.
        let mut second = work_queue(&[2, 3, 4], Order::Customer, Some(checkpoint));
        while hand_out(&mut second).is_some() {}
        assert!(second.next_round());
        assert_eq!(hand_out(&mut second), Some(customer(1)));
    }

    #[test]
    fn given_up_customers_are_missing_and_a_resumed_sweep_reads_only_them() {
        let mut first = work_queue(&[4, 2, 3, 1], Order::Completion, None);
        hand_out(&mut first);
        first.begin();
        for task in first.give_up() {
            first.hand_out(task, &failed(), true);
        }
        let checkpoint = first.checkpoint();
        assert_eq!((&checkpoint.at, &checkpoint.missing), (&Some(Place::Missing), &ids(&[1, 2, 3])));
        let summary = checkpoint.summary();
        assert_eq!((summary.customers, summary.failed, summary.missing), (4, 4, 3));

        let customer_index = CustomerIndex::given(checkpoint.missing().collect::<Vec<_>>());
        let mut second = WorkQueue::new(customer_index, Order::Completion, Place::Missing, Some(checkpoint));
        while let std::task::Poll::Ready(Some(Ok(page))) =
            second.roster_mut().poll_page(&mut Context::from_waker(Waker::noop()))
        {
            second.list(page);
        }
        second.end_list();
        assert_eq!((second.summary().customers, second.summary().failed, second.known()), (1, 1, 4));
        assert!(second.next_round());
        let again: Vec<_> = std::iter::from_fn(|| hand_out(&mut second)).collect();
        assert_eq!(again, [1, 2, 3].map(customer));
        assert!(second.checkpoint().is_finished());
        assert_eq!((second.summary().customers, second.summary().missing), (4, 0));
    }

    #[test]
    fn order_by_customer_is_by_id() {
        let mut work_queue = work_queue(&[4, 2, 3, 1], Order::Customer, None);
        let all: Vec<_> = std::iter::from_fn(|| hand_out(&mut work_queue)).collect();
        assert_eq!(all, [1, 2, 3, 4].map(customer));
    }
}
