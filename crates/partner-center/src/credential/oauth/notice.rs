//! Notices: events that a credential reports without failing a call.

use std::fmt;

/// An event that does not fail a call but needs attention.
///
/// Passed to the function set with [`AppRegistration::with_notices`](super::AppRegistration::with_notices). `Display`
/// is one line, safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The sign-in service sent a refresh token that cannot be stored. The previous one stays in use; it expires 90
    /// days after it was issued unless a later one can be stored.
    UnusableRefreshToken(UnusableReason),
}

/// Why a refresh token cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnusableReason {
    /// It is empty.
    Empty,
    /// It contains characters that are not valid in a token.
    Malformed,
    /// It is longer than a store can read back.
    TooLong,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::UnusableRefreshToken(why) = self;
        let why = match why {
            UnusableReason::Empty => "is empty",
            UnusableReason::Malformed => "contains characters that are not valid in a token",
            UnusableReason::TooLong => "is too long",
        };
        write!(f, "the sign-in service sent a new refresh token that {why}; the previous one is kept")
    }
}
