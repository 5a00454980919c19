//! Who lets attempts through: the hook by which a group of calls, such as a sweep, is held to limits of its own.
//!
//! It decides nothing. A call of a client without admission goes straight ahead; one with it asks before every attempt
//! and says how the attempt ended, the ones a retry made up for included.

use std::fmt;
use std::time::Duration;

use crate::clock::BoxFuture;
use crate::credential::AccessToken;
use crate::error::{Cause, Error, ErrorKind, Result};

/// Decides when attempts of a group of calls may be sent.
pub(crate) trait Admission: fmt::Debug + Send + Sync {
    /// Ends right before an attempt may be sent, when every wait is over: the pause the service asked this partner
    /// for, too. The time it takes is not held against the call's own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Throttled`] if the service has asked to wait for longer than anybody should.
    fn admit(&self) -> BoxFuture<'_, Result<Box<dyn Admitted>>>;
}

/// An attempt that was let through. Dropping it says that the attempt is over, without a word on how.
pub(crate) trait Admitted: Send {
    /// The attempt is over, and this is how it ended, with which token. Without a token, none could be had.
    fn ended(self: Box<Self>, ending: Ending, token: Option<&AccessToken>);
}

/// How an attempt ended, as far as limits are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The service did its work, be the answer rows or a refusal.
    Answered,
    /// The service did its work and refused the token.
    Refused,
    /// The service asked to slow down.
    Throttled {
        /// For how long, if it said so.
        retry_after: Option<Duration>,
    },
    /// No answer, or that of a service in trouble: no measure of how much it can take.
    Failed,
    /// This process has as many connections open as it may.
    Crowded,
}

impl Ending {
    /// How an attempt ended that failed with this error; `cut_off` if that is a refusal whose body broke off.
    pub(crate) fn of_failure(error: &Error, cut_off: bool) -> Self {
        if error.cause() == Some(Cause::TooManyOpenFiles) {
            Self::Crowded
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
