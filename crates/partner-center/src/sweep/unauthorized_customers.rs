//! Decides whether a 401 is caused by the token or by the customer.
//!
//! It is the customer's own failure if the same token is accepted afterwards, for another customer or for the list. The
//! next response usually shows this. If several customers were rejected or none are left, a page with one customer of
//! the list is requested to find out. A token that was accepted earlier proves nothing: it may have expired since.

use std::task::{Context, Poll, ready};

use super::concurrency::AdaptiveLimiter;
use super::work_queue::Task;
use crate::clock::BoxFuture;
use crate::error::{Error, Result};

/// With this many rejected customers and none accepted, the list is requested to find out.
const MANY: usize = 3;

#[derive(Default)]
pub(super) struct UnauthorizedCustomers {
    refused: Vec<UnauthorizedCustomer>,
    check: Option<BoxFuture<'static, Result<()>>>,
}

struct UnauthorizedCustomer {
    task: Task,
    error: Error,
    /// The fingerprint of the rejected token, and how many attempts were admitted by then.
    token: u64,
    after: u64,
}

/// The decision about a suspect.
pub(super) enum Resolution {
    /// The failure is the customer's own: the same token is accepted for others.
    Own(Task, Error),
    /// A newer token is accepted: retry the customer with it.
    Again(Task, Error),
}

impl UnauthorizedCustomers {
    pub(super) fn add(&mut self, task: Task, error: Error, token: u64, after: u64) {
        self.refused.push(UnauthorizedCustomer { task, error, token, after });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.refused.is_empty()
    }

    /// Whether a check is in progress or due, so that no other customers should be started.
    pub(super) fn is_checking(&self) -> bool {
        self.check.is_some() || self.refused.len() >= MANY
    }

    /// Takes a suspect that can be decided now.
    pub(super) fn take(&mut self, limiter: &AdaptiveLimiter) -> Option<Resolution> {
        let known = |suspect: &UnauthorizedCustomer| limiter.is_accepted(None, suspect.after);
        let place = self.refused.iter().position(known)?;
        let UnauthorizedCustomer { task, error, token, after } = self.refused.remove(place);
        Some(if limiter.is_accepted(Some(token), after) {
            Resolution::Own(task, error)
        } else {
            Resolution::Again(task, error)
        })
    }

    /// Runs the check request if one is due. Ready with `None` if none is due, and with the result of the check once it
    /// ends; an error then applies to all customers.
    pub(super) fn poll_check(
        &mut self,
        context: &mut Context<'_>,
        none_left: bool,
        check: impl FnOnce() -> BoxFuture<'static, Result<()>>,
    ) -> Poll<Option<Result<()>>> {
        let due = !self.refused.is_empty() && (none_left || self.refused.len() >= MANY);
        if self.check.is_none() && !due {
            return Poll::Ready(None);
        }
        let result = ready!(self.check.get_or_insert_with(check).as_mut().poll(context));
        self.check = None;
        Poll::Ready(Some(result))
    }

    /// The error of the first suspect.
    pub(super) fn error(&self) -> Option<Error> {
        self.refused.first().map(|suspect| suspect.error.clone())
    }

    /// How many attempts were admitted when the first suspect was rejected.
    pub(super) fn after(&self) -> u64 {
        self.refused.first().map_or(0, |suspect| suspect.after)
    }

    /// Drops all unauthorized. Returns the error that ends the sweep, if there were any.
    pub(super) fn give_up(&mut self) -> Option<Error> {
        self.check = None;
        let error = self.error();
        self.refused.clear();
        error
    }
}
