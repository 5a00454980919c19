//! The interface of a limiter for a group of calls, such as a sweep.
//!
//! A client without a limiter sends attempts directly. A client with one waits for a permit before every attempt,
//! including retries, and reports how the attempt ended.

use std::fmt;
use std::time::Duration;

use crate::clock::BoxFuture;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, ErrorReason, Result};

/// Decides when the attempts of a group of calls may be sent.
pub(crate) trait RequestLimiter: fmt::Debug + Send + Sync {
    /// Waits until an attempt may be sent, including any wait that the service requested for this partner. This time
    /// does not count towards the timeout of the call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Throttled`] if the service requested a longer wait than the limiter accepts.
    fn admit(&self) -> BoxFuture<'_, Result<Box<dyn Permit>>>;
}

/// A permit for one attempt. Dropping it ends the attempt without an outcome.
pub(crate) trait Permit: Send {
    /// Reports how the attempt ended and which token it used. `token` is `None` if no token could be obtained.
    fn ended(self: Box<Self>, ending: AttemptOutcome, token: Option<&AccessToken>);
}

/// The outcome of an attempt, as relevant for limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// The service processed the request, with success or with an error.
    Answered,
    /// The service processed the request and rejected the token.
    Refused,
    /// The service asked to slow down.
    Throttled {
        /// The requested wait, if any.
        retry_after: Option<Duration>,
    },
    /// No response, or a server error: says nothing about the capacity of the service.
    Failed,
    /// This process cannot open another connection.
    TooManyConnections,
}

impl AttemptOutcome {
    /// The outcome of an attempt that failed with this error. `cut_off` means that the body of an error response was
    /// incomplete.
    pub(crate) fn of_failure(error: &Error, cut_off: bool) -> Self {
        if error.reason() == Some(ErrorReason::TooManyOpenFiles) {
            Self::TooManyConnections
        } else if error.kind() == ErrorKind::Throttled {
            Self::Throttled { retry_after: error.retry_after() }
        } else if cut_off || error.is_transient() {
            Self::Failed
        } else if error.is_unauthorized() {
            Self::Refused
        } else {
            Self::Answered
        }
    }
}
