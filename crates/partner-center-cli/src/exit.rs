//! The exit codes: public interface, so that cron and CI can tell what happened without reading texts.
//!
//! What goes wrong is sorted here and nowhere else. The texts are in `report`.

use std::process::ExitCode;

use partner_center::ErrorKind;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked for is on stdout.
    Done = 0,
    /// Something this program has no better word for.
    Unexpected = 1,
    /// An argument or a setting cannot be used; nothing was sent.
    Usage = 2,
    /// Some customers failed, or some rows or entries of the list could not be read; the rest is on stdout.
    SomeFailed = 3,
    /// No credentials, or the service refused them (401).
    Credentials = 4,
    /// The service knows who asks and refuses (403).
    Refused = 5,
    /// There is no such customer or resource (404).
    NotFound = 6,
    /// Throttled or unavailable after all attempts.
    Unavailable = 7,
    /// No connection, or no answer within the time allowed.
    Network = 8,
    /// The answer could not be read or breaks the contract.
    InvalidAnswer = 9,
    /// A threshold was crossed; everything asked for is on stdout.
    Crossed = 10,
    /// Whether license analytics would work cannot be told, as `doctor` says.
    Unknown = 11,
    /// Stopped by Ctrl-C, as shells count it.
    Interrupted = 130,
    /// Told to terminate.
    Terminated = 143,
}

/// The table every long help ends with.
pub(crate) const HELP: &str = "\
Exit codes:
    0  done
    1  unexpected, or the output cannot be written
    2  an argument or a setting cannot be used; nothing was sent
    3  some customers or rows are missing (failed, unreadable, without an id);
       the rest is on stdout
    4  no credentials, or the service refused them (401)
    5  the service refused the call (403)
    6  not found (404)
    7  throttled or unavailable after all attempts
    8  no connection, or out of time
    9  the answer could not be read or breaks the contract
   10  a threshold of --fail-on was crossed; all rows are on stdout
   11  doctor: whether license analytics would work cannot be told
  130  stopped by Ctrl-C; 143 by a signal to terminate";

impl Exit {
    /// The code for an error of the SDK.
    pub(crate) fn of(error: &partner_center::Error) -> Self {
        if error.is_usage() {
            return Self::Usage;
        }
        if error.is_unauthorized() {
            return Self::Credentials;
        }
        if error.is_forbidden() {
            return Self::Refused;
        }
        if error.is_not_found() {
            return Self::NotFound;
        }
        match error.kind() {
            ErrorKind::Throttled | ErrorKind::Unavailable => Self::Unavailable,
            ErrorKind::Network | ErrorKind::Timeout => Self::Network,
            ErrorKind::InvalidAnswer => Self::InvalidAnswer,
            // `Rejected`, `TokenStore` (a full disk is no setting), and whatever a later version of the SDK knows.
            _ => Self::Unexpected,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_documented_code() {
        for (kind, code) in [
            (ErrorKind::InvalidInput, 2),
            (ErrorKind::Configuration, 2),
            (ErrorKind::Credential, 4),
            (ErrorKind::TokenStore, 1),
            (ErrorKind::Unauthorized, 4),
            (ErrorKind::WrongAudience, 4),
            (ErrorKind::MfaRequired, 4),
            (ErrorKind::Forbidden, 5),
            (ErrorKind::AppOnlyToken, 5),
            (ErrorKind::MissingRole, 5),
            (ErrorKind::ConditionalAccess, 5),
            (ErrorKind::NotEnrolled, 5),
            (ErrorKind::NoRelationship, 5),
            (ErrorKind::NotFound, 6),
            (ErrorKind::CustomerNotFound, 6),
            (ErrorKind::Rejected, 1),
            (ErrorKind::Throttled, 7),
            (ErrorKind::Unavailable, 7),
            (ErrorKind::Network, 8),
            (ErrorKind::Timeout, 8),
            (ErrorKind::InvalidAnswer, 9),
        ] {
            let exit = Exit::of(&partner_center::Error::new(kind, "x"));
            assert_eq!(exit as u8, code, "{kind:?}");
        }
    }
}
