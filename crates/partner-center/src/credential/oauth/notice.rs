//! What a credential has to report although no call fails of it.

use std::fmt;

/// Something that went well enough to go on, and that somebody should know all the same.
///
/// Heard by [`AppRegistration::with_notices`](super::AppRegistration::with_notices). `Display` is one line, safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The sign-in service sent a refresh token that cannot be kept. The one before it stays in use; it dies 90 days
    /// after it was issued unless a later one can be kept.
    UnusableSuccessor(Unusable),
}

/// Why a refresh token cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// There is nothing in it.
    Empty,
    /// It holds characters no token has.
    Malformed,
    /// It is longer than what a store reads back.
    TooLong,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::UnusableSuccessor(why) = self;
        let why = match why {
            Unusable::Empty => "is empty",
            Unusable::Malformed => "holds characters that no token has",
            Unusable::TooLong => "is too long",
        };
        write!(f, "the sign-in service sent a new refresh token that {why}; the one before it is kept")
    }
}
