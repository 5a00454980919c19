//! The outcome for a customer, and the error of a sweep that ended early.

use std::fmt;

use super::{Checkpoint, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::{CustomerId, Response};

/// One customer of a sweep, with its outcome.
#[derive(Clone)]
pub struct CustomerOutcome<T> {
    /// The customer.
    pub customer: CustomerId,
    /// The customer's name from the list of customers, if it has one. Customer data.
    pub name: Option<String>,
    /// The outcome for this customer.
    pub outcome: Outcome<T>,
}

/// Omits the customer's name.
impl<T: fmt::Debug> fmt::Debug for CustomerOutcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerOutcome")
            .field("customer", &self.customer)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// The outcome for a customer.
#[derive(Clone, Debug)]
pub enum Outcome<T> {
    /// The service responded with rows.
    Rows(Response<T>),
    /// The service responded without rows.
    ///
    /// This is distinct from [`Rows`](Self::Rows) because **it does not prove that the customer has no licenses**: the
    /// service is reported to respond like this for customers with licenses, too. The response has the request id, for
    /// a support request to Microsoft.
    Empty(Response<T>),
    /// The customer cannot be read, now or later.
    ///
    /// The partner has no relationship with the customer ([`ErrorKind::NoRelationship`], code `20002`), or the tenant
    /// no longer exists ([`ErrorKind::CustomerNotFound`], code `60003`); [`Error::code`] says which. Lists of customers
    /// contain such entries, and retrying does not help, so a sweep does not count them as failures.
    Skipped(Error),
    /// The customer could not be read: the service rejected the call, or the call failed with transient errors until
    /// the sweep gave up. [`Checkpoint::missing`] names the latter; a resumed sweep reads them again.
    Failed(Error),
}

impl<T: Rows> Outcome<T> {
    pub(crate) fn of(result: Result<Response<T>>) -> Self {
        match result {
            // Rows that could not be decoded are rows nevertheless.
            Ok(response) if response.value().row_count() == 0 && response.unreadable_count() == 0 => {
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

/// The rows of the response; 0 without a response.
impl<T: Rows> Rows for Outcome<T> {
    fn row_count(&self) -> usize {
        match self {
            Self::Rows(response) | Self::Empty(response) => response.value().row_count(),
            Self::Skipped(_) | Self::Failed(_) => 0,
        }
    }
}

/// Whether the error would be the same for every other customer.
///
/// A missing role and a Conditional Access policy may affect a single customer, because each tenant has its own
/// policies and grants its own roles. They are therefore not included.
pub(crate) fn holds_for_all(error: &Error) -> bool {
    error.is_unauthorized()
        || error.is_invalid_input()
        || matches!(error.kind(), ErrorKind::AppOnlyToken | ErrorKind::NotEnrolled)
}

/// The error of a sweep that ended early, with a checkpoint.
///
/// Resume from [`checkpoint`](Self::checkpoint) to read the remaining customers. It converts into [`Error`], so `?`
/// works in functions that do not need the checkpoint.
#[derive(Clone)]
pub struct SweepError(Box<(Error, Checkpoint)>);

impl SweepError {
    pub(crate) fn new(error: Error, checkpoint: Checkpoint) -> Self {
        Self(Box::new((error, checkpoint)))
    }

    /// The cause. If the list of customers failed, it has that list's [`continuation`](Error::continuation), too.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// The checkpoint at the end of the sweep: every customer returned before is done.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.0.1
    }

    /// Returns the error and the checkpoint.
    #[must_use]
    pub fn into_parts(self) -> (Error, Checkpoint) {
        *self.0
    }
}

impl From<SweepError> for Error {
    fn from(interrupted: SweepError) -> Self {
        interrupted.into_parts().0
    }
}

impl fmt::Display for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sweep ended early")
    }
}

impl fmt::Debug for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SweepError")
            .field("error", self.error())
            .field("checkpoint", self.checkpoint())
            .finish()
    }
}

impl std::error::Error for SweepError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.error())
    }
}
