//! Which customers are listed, begun with and handed out. It asks nobody and waits for nothing.
//!
//! What it holds is bounded by how far a sweep looks ahead: a page is forgotten, with the ids on it, once all its
//! customers are handed out and so are those of the pages before it.

use std::collections::{BTreeSet, HashSet, VecDeque};

use super::checkpoint::{Checkpoint, Place, Summary};
use super::{Outcome, Rows};
use crate::CustomerId;

/// How many customers may be listed ahead of the first that is not handed out. Enough for most partners' whole book,
/// which then has a known size early; and enough that one slow customer does not hold up the list.
pub(super) const LOOK_AHEAD: usize = 10_000;

pub(super) struct Ledger {
    /// Listed pages from the first that is not done.
    pages: VecDeque<Page>,
    /// How many pages are forgotten.
    forgotten: u64,
    /// Everybody on those pages, to hand out nobody twice who is listed twice.
    listed: HashSet<CustomerId>,
    /// Whom an earlier run handed out and whom this one has not seen in the list yet.
    earlier: BTreeSet<CustomerId>,
    /// Listed and not begun with.
    waiting: VecDeque<Turn>,
    turns: u64,
    /// Where the next page is, or `None` after the last.
    next: Option<Place>,
    summary: Summary,
}

struct Page {
    at: Option<Place>,
    done: Vec<CustomerId>,
    left: usize,
    without_id: u64,
}

/// A customer's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) customer: CustomerId,
    /// Its place in the order of the list, without gaps.
    pub(super) number: u64,
    page: u64,
}

impl Ledger {
    /// A sweep that has not begun, or one that goes on from a checkpoint.
    pub(super) fn new(resume: Option<Checkpoint>, next: Option<Place>) -> Self {
        let (earlier, summary) = match resume {
            Some(checkpoint) => (checkpoint.done.into_iter().collect(), checkpoint.summary),
            None => (BTreeSet::new(), Summary::default()),
        };
        Self {
            pages: VecDeque::new(),
            forgotten: 0,
            listed: HashSet::new(),
            earlier,
            waiting: VecDeque::new(),
            turns: 0,
            next,
            summary,
        }
    }

    /// Whether another page should be asked for.
    pub(super) fn wants_page(&self) -> bool {
        self.next.is_some() && self.listed.len() < LOOK_AHEAD
    }

    /// Whether all pages are listed.
    pub(super) fn all_listed(&self) -> bool {
        self.next.is_none()
    }

    /// Takes a page in. An id that is `None` could not be read.
    pub(super) fn list(
        &mut self,
        customers: impl IntoIterator<Item = Option<CustomerId>>,
        next: Option<Place>,
    ) {
        let at = std::mem::replace(&mut self.next, next);
        let mut page = Page { at, done: Vec::new(), left: 0, without_id: 0 };
        let number = self.forgotten + u64::try_from(self.pages.len()).unwrap_or(u64::MAX);
        for customer in customers {
            let Some(customer) = customer else {
                page.without_id += 1;
                continue;
            };
            if !self.listed.insert(customer) {
                continue;
            }
            if self.earlier.remove(&customer) {
                page.done.push(customer);
                continue;
            }
            self.waiting.push_back(Turn { customer, number: self.turns, page: number });
            self.turns += 1;
            page.left += 1;
        }
        self.pages.push_back(page);
        self.forget();
    }

    /// The customer to begin with next.
    pub(super) fn begin(&mut self) -> Option<Turn> {
        self.waiting.pop_front()
    }

    /// How many are waiting to be begun with.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes note that a customer is handed out.
    pub(super) fn hand_out<T: Rows>(&mut self, turn: Turn, outcome: &Outcome<T>) {
        self.summary.customers += 1;
        self.summary.rows += u64::try_from(outcome.row_count()).unwrap_or(u64::MAX);
        match outcome {
            Outcome::Rows(_) => self.summary.with_rows += 1,
            Outcome::Empty(_) => self.summary.empty += 1,
            Outcome::Skipped(_) => self.summary.skipped += 1,
            Outcome::Failed(_) => self.summary.failed += 1,
        }
        let index = usize::try_from(turn.page - self.forgotten).unwrap_or(usize::MAX);
        // A page with a customer that is not handed out is never forgotten, so it is there.
        if let Some(page) = self.pages.get_mut(index) {
            page.done.push(turn.customer);
            page.left -= 1;
        }
        self.forget();
    }

    fn forget(&mut self) {
        while self.pages.front().is_some_and(|page| page.left == 0) {
            if let Some(page) = self.pages.pop_front() {
                self.forgotten += 1;
                self.summary.without_id += page.without_id;
                for customer in &page.done {
                    self.listed.remove(customer);
                }
            }
        }
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        let at = match self.pages.front() {
            Some(page) => page.at.clone(),
            None => self.next.clone(),
        };
        let done = self.pages.iter().flat_map(|page| &page.done).chain(&self.earlier);
        let mut done: Vec<_> = done.copied().collect();
        done.sort_unstable();
        Checkpoint::new(at, done, self.summary)
    }

    /// What the sweep has come to, with the unreadable entries of pages that are still open.
    pub(super) fn summary(&self) -> Summary {
        let mut summary = self.summary;
        summary.without_id += self.pages.iter().map(|page| page.without_id).sum::<u64>();
        summary
    }

    /// How many customers are known: handed out in this run or before it, or listed.
    pub(super) fn known(&self) -> u64 {
        let open: usize = self.pages.iter().map(|page| page.left).sum();
        self.summary.customers + u64::try_from(open).unwrap_or(u64::MAX)
    }

    /// How many ids are held, for the test that this is bounded.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        let done: usize = self.pages.iter().map(|page| page.done.len()).sum();
        self.listed.len() + self.earlier.len() + self.waiting.len() + done + self.pages.len()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::error::{Error, ErrorKind};

    fn customer(number: u128) -> CustomerId {
        Uuid::from_u128(number).into()
    }

    fn place(taken: u64) -> Place {
        Place::Given { taken, digest: 0 }
    }

    fn hand_out(ledger: &mut Ledger) -> Turn {
        let turn = ledger.begin().unwrap();
        ledger.hand_out(turn, &Outcome::<Vec<u8>>::Failed(Error::new(ErrorKind::Network, "")));
        turn
    }

    #[test]
    fn a_checkpoint_stands_at_the_first_page_with_somebody_left() {
        let mut ledger = Ledger::new(None, Some(place(0)));
        ledger.list([1, 2].map(|number| Some(customer(number))), Some(place(1)));
        ledger.list([3, 4].map(|number| Some(customer(number))), Some(place(2)));
        let slow = ledger.begin().unwrap();
        for _ in 0..3 {
            hand_out(&mut ledger);
        }
        let checkpoint = ledger.checkpoint();
        assert_eq!(checkpoint.at, Some(place(0)));
        assert_eq!(checkpoint.done, [2, 3, 4].map(customer));
        assert_eq!((ledger.known(), checkpoint.summary.customers), (4, 3));

        ledger.hand_out(slow, &Outcome::<Vec<u8>>::Failed(Error::new(ErrorKind::Network, "")));
        assert_eq!((ledger.checkpoint().at, ledger.checkpoint().done), (Some(place(2)), vec![]));
        ledger.list([], None);
        assert!(ledger.checkpoint().is_finished());
        assert_eq!(ledger.held(), 0);
    }

    #[test]
    fn entries_without_an_id_are_counted_once_however_often_their_page_is_listed() {
        let page = [Some(customer(1)), None, Some(customer(2)), None];
        let mut ledger = Ledger::new(None, Some(place(0)));
        ledger.list(page, None);
        hand_out(&mut ledger);
        assert_eq!((ledger.summary().without_id, ledger.checkpoint().summary().without_id), (2, 0));

        let mut ledger = Ledger::new(Some(ledger.checkpoint()), Some(place(0)));
        ledger.list(page, None);
        assert_eq!(hand_out(&mut ledger).customer, customer(2));
        assert_eq!(ledger.checkpoint().summary().without_id, 2);
        assert!(ledger.checkpoint().is_finished());
    }

    #[test]
    fn whoever_is_listed_twice_has_one_turn_and_whoever_vanished_has_none() {
        let done = Checkpoint::new(Some(place(0)), vec![customer(7), customer(8)], Summary::default());
        let mut ledger = Ledger::new(Some(done), Some(place(0)));
        ledger.list([1, 7].map(|number| Some(customer(number))), Some(place(1)));
        ledger.list([1, 2].map(|number| Some(customer(number))), Some(place(2)));
        assert_eq!(hand_out(&mut ledger).customer, customer(1));
        // Customer 8 was done before and may still be listed.
        assert_eq!(ledger.checkpoint().done, [8].map(customer));
        ledger.list([8].map(|number| Some(customer(number))), None);
        assert_eq!(hand_out(&mut ledger).customer, customer(2));
        assert_eq!(ledger.begin(), None);
        assert!(ledger.checkpoint().is_finished());
    }
}
