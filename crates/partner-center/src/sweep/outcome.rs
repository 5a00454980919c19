//! What became of a customer, and of a sweep that could not go on. It judges answers; it asks for none.

use std::fmt;

use super::{Checkpoint, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::{CustomerId, Response};

/// One customer of a sweep, and what became of it.
#[derive(Clone)]
pub struct Swept<T> {
    /// The customer.
    pub customer: CustomerId,
    /// What the list of customers calls it, if it was listed with a name. Customer data.
    pub name: Option<String>,
    /// What became of it.
    pub outcome: Outcome<T>,
}

/// Without the customer's name.
impl<T: fmt::Debug> fmt::Debug for Swept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Swept")
            .field("customer", &self.customer)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// What became of a customer.
#[derive(Clone, Debug)]
pub enum Outcome<T> {
    /// The service answered with rows.
    Rows(Response<T>),
    /// The service answered, and there was no row in it.
    ///
    /// Apart from [`Rows`](Self::Rows) because **it is no proof that there is nothing**: the service is reported to
    /// have answered for customers with licenses like this. The response has the request id to ask Microsoft about it.
    Empty(Response<T>),
    /// There is nothing to ask about this customer, now or later.
    ///
    /// The partner has no relationship with it ([`ErrorKind::NoRelationship`], code `20002`), or there is no such
    /// tenant any more ([`ErrorKind::CustomerNotFound`], code `60003`); [`Error::code`] tells which. A list of
    /// customers holds such entries; asking again does not help, so a sweep does not count them as failures.
    Skipped(Error),
    /// The customer could not be read: the service refused the call, or it failed for a reason that may pass until the
    /// sweep gave up. [`Checkpoint::missing`] names the latter; a sweep that resumes asks about them again.
    Failed(Error),
}

impl<T: Rows> Outcome<T> {
    pub(super) fn of(result: Result<Response<T>>) -> Self {
        match result {
            // Rows that could not be read are no proof that there is nothing.
            Ok(response) if response.row_count() == 0 && response.unreadable_count() == 0 => {
                Self::Empty(response)
            }
            Ok(response) => Self::Rows(response),
            Err(error) => match error.kind() {
                ErrorKind::NoRelationship | ErrorKind::CustomerNotFound => Self::Skipped(error),
                _ => Self::Failed(error),
            },
        }
    }
}

/// The rows of the answer; none if there is no answer.
impl<T: Rows> Rows for Outcome<T> {
    fn row_count(&self) -> usize {
        match self {
            Self::Rows(response) | Self::Empty(response) => response.row_count(),
            Self::Skipped(_) | Self::Failed(_) => 0,
        }
    }
}

/// Whether every other customer would get the same answer, so that asking on only repeats it.
///
/// A missing role and a Conditional Access policy are not among these: both can be a matter of one customer, whose
/// tenant has policies and grants roles of its own.
pub(super) fn holds_for_all(error: &Error) -> bool {
    error.is_unauthorized()
        || error.is_invalid_input()
        || matches!(error.kind(), ErrorKind::AppOnlyToken | ErrorKind::NotEnrolled)
}

/// Why a sweep ended before all customers had their turn, and where it stood.
///
/// Resuming from [`checkpoint`](Self::checkpoint) goes on with what is left. It converts into the [`Error`] alone, for
/// `?` in functions that have no use for the checkpoint.
#[derive(Clone)]
pub struct Interrupted(Box<(Error, Checkpoint)>);

impl Interrupted {
    pub(super) fn new(error: Error, checkpoint: Checkpoint) -> Self {
        Self(Box::new((error, checkpoint)))
    }

    /// What went wrong. If it was the list of customers, it carries that list's
    /// [`continuation`](Error::continuation), too.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// Where the sweep stood: every customer that was handed out before is done.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.0.1
    }

    /// Both.
    #[must_use]
    pub fn into_parts(self) -> (Error, Checkpoint) {
        *self.0
    }
}

impl From<Interrupted> for Error {
    fn from(interrupted: Interrupted) -> Self {
        interrupted.into_parts().0
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sweep ended early: {}", self.error())
    }
}

impl fmt::Debug for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupted")
            .field("error", self.error())
            .field("checkpoint", self.checkpoint())
            .finish()
    }
}

impl std::error::Error for Interrupted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().source()
    }
}
