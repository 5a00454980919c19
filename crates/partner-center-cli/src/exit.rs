//! Exit codes. They are public interface, so that cron and CI can react without parsing messages.
//!
//! All errors are mapped to exit codes here. The messages are in `problem`.

use std::process::ExitCode;

use partner_center::ErrorKind;

/// The exit code of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything requested is on stdout.
    Done = 0,
    /// Any other error.
    Unexpected = 1,
    /// An argument or a setting is invalid. Nothing was sent, except for the list of customers if one was named.
    Usage = 2,
    /// Some customers failed, or some rows or entries of the list could not be read; the rest is on stdout.
    Partial = 3,
    /// No credentials, or the service rejected them (401).
    Credentials = 4,
    /// The service knows the caller and denies access (403).
    Forbidden = 5,
    /// There is no such customer or resource (404), or the setting has no value.
    NotFound = 6,
    /// Throttled or unavailable after all attempts.
    Unavailable = 7,
    /// No connection, or no response in time.
    Network = 8,
    /// The response could not be read or breaks the contract.
    InvalidResponse = 9,
    /// A threshold was crossed, or a check has findings; everything requested is on stdout.
    CheckFailed = 10,
    /// `doctor` or `auth status` could not determine whether license analytics would work.
    Unknown = 11,
    /// Stopped by Ctrl-C: 128 + SIGINT, as in shells.
    Interrupted = 130,
    /// Stopped by SIGTERM or, on Windows, by Ctrl-Break, the end of the console or that of the system.
    Terminated = 143,
}

/// The table at the end of every long help.
pub(crate) const HELP: &str = "\
Exit codes:
    0  done
    1  unexpected error, or the output cannot be written
    2  an argument or a setting is invalid, or names no customer or several; nothing was sent,
       except the request for the list of customers if one is named
    3  some customers or rows are missing (failed, unreadable, without an id);
       the rest is on stdout
    4  no credentials, or the service rejected them (401)
    5  the service denied access (403)
    6  not found (404); config get: the setting has no value
    7  throttled or unavailable after all attempts
    8  no connection, or timed out
    9  the response could not be read or breaks the contract
   10  a threshold of --fail-on was crossed, or prices check has findings;
       all rows or findings are on stdout
   11  doctor, auth status: unknown whether license analytics would work
  130  stopped by Ctrl-C; 143 by SIGTERM";

impl Exit {
    /// The code for an error of the SDK.
    pub(crate) fn of(error: &partner_center::Error) -> Self {
        if error.is_invalid_input() {
            return Self::Usage;
        }
        if error.is_unauthorized() {
            return Self::Credentials;
        }
        if error.is_forbidden() {
            return Self::Forbidden;
        }
        if error.is_not_found() {
            return Self::NotFound;
        }
        match error.kind() {
            ErrorKind::Throttled | ErrorKind::Unavailable => Self::Unavailable,
            ErrorKind::Network | ErrorKind::Timeout => Self::Network,
            ErrorKind::InvalidResponse => Self::InvalidResponse,
            // `Rejected`, `TokenStore` (a full disk is not a setting), and kinds that a later version of the SDK adds.
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
            (ErrorKind::InvalidResponse, 9),
        ] {
            let exit = Exit::of(&partner_center::Error::new(kind, "x"));
            assert_eq!(exit as u8, code, "{kind:?}");
        }
    }
}
