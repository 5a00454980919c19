//! Customers whose calls were refused with 401: is it the token, which nobody else will get further with, or them?
//!
//! It is the customer's own failure if the same token was accepted afterwards, for another customer or for the list. Most
//! of the time the next answer says so. Where none comes, since several were refused or nobody is left to be asked about,
//! a page of one customer of the list is asked for to find out. A token that was accepted only before proves nothing: it
//! may have expired in between.

use std::task::{Context, Poll, ready};

use super::gate::Gate;
use super::ledger::Turn;
use crate::clock::BoxFuture;
use crate::error::{Error, Result};

/// So many refused customers, and nobody accepted, are reason enough to find out.
const MANY: usize = 3;

#[derive(Default)]
pub(super) struct Suspects {
    refused: Vec<Suspect>,
    check: Option<BoxFuture<'static, Result<()>>>,
}

struct Suspect {
    turn: Turn,
    error: Error,
    /// The token it was refused for, and how many attempts had been let through by then.
    token: u64,
    after: u64,
}

/// What turned out.
pub(super) enum Verdict {
    /// The same token is good for others.
    Own(Turn, Error),
    /// A newer token is: with that one the customer may fare better.
    Again(Turn, Error),
}

impl Suspects {
    pub(super) fn add(&mut self, turn: Turn, error: Error, token: u64, after: u64) {
        self.refused.push(Suspect { turn, error, token, after });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.refused.is_empty()
    }

    /// Whether it is being found out about them, so that nobody else should be asked about.
    pub(super) fn is_checking(&self) -> bool {
        self.check.is_some() || self.refused.len() >= MANY
    }

    /// One about whom it is certain by now.
    pub(super) fn take(&mut self, gate: &Gate) -> Option<Verdict> {
        let known = |suspect: &Suspect| gate.is_accepted(None, suspect.after);
        let place = self.refused.iter().position(known)?;
        let Suspect { turn, error, token, after } = self.refused.remove(place);
        Some(if gate.is_accepted(Some(token), after) {
            Verdict::Own(turn, error)
        } else {
            Verdict::Again(turn, error)
        })
    }

    /// Finds out about those who are left, by asking for something else. Ready with what that came to once nothing is to
    /// be found out any more; an error then holds for everybody.
    pub(super) fn poll_check(
        &mut self,
        context: &mut Context<'_>,
        nobody_left: bool,
        ask: impl FnOnce() -> BoxFuture<'static, Result<()>>,
    ) -> Poll<Option<Result<()>>> {
        let due = !self.refused.is_empty() && (nobody_left || self.refused.len() >= MANY);
        if self.check.is_none() && !due {
            return Poll::Ready(None);
        }
        let result = ready!(self.check.get_or_insert_with(ask).as_mut().poll(context));
        self.check = None;
        Poll::Ready(Some(result))
    }

    /// The first error, for everybody.
    pub(super) fn error(&self) -> Option<Error> {
        self.refused.first().map(|suspect| suspect.error.clone())
    }

    /// How many attempts had been let through when the first of them was refused.
    pub(super) fn after(&self) -> u64 {
        self.refused.first().map_or(0, |suspect| suspect.after)
    }

    /// It will not be found out any more: what ends the sweep, if there was anything to find out.
    pub(super) fn give_up(&mut self) -> Option<Error> {
        self.check = None;
        let error = self.error();
        self.refused.clear();
        error
    }
}
