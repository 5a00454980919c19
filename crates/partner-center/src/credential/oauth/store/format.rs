//! The format of a stored token in a file or a keyring: versioned JSON.

use std::fmt;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use super::StoredToken;
use crate::error::{Error, ErrorKind, ErrorReason};

/// The version this program writes. It reads this version and older ones; there are none yet.
const VERSION: u32 = 1;

/// The longest stored token. Refresh tokens are one to two thousand bytes.
pub(super) const LONGEST: usize = 64 * 1024;

#[derive(Deserialize)]
struct Header {
    version: u32,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    tenant: &'a str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    refresh_token: &'a str,
    /// Seconds since 1970.
    obtained_at: u64,
}

#[derive(Deserialize)]
struct Read {
    tenant: String,
    client_id: String,
    #[serde(default)]
    account: Option<String>,
    refresh_token: String,
    obtained_at: u64,
}

/// Why a stored token cannot be read or written. The parser's own errors would quote the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    Newer(u32),
    Broken,
    /// It could not be read back, so it is not written.
    Unkeepable,
}

impl Unreadable {
    /// The error for a token kept in `place`.
    pub(super) fn into_error(self, place: &str) -> Error {
        let error = match self {
            Self::Newer(version) => Error::new(
                ErrorKind::Configuration,
                format!("{place} was written by a newer version of this program (format {version})"),
            )
            .with_advice("Upgrade this program, or sign in with a separate token store."),
            Self::Broken => {
                Error::new(ErrorKind::Configuration, format!("{place} does not contain a stored token"))
                    .with_reason(ErrorReason::StoredTokenUnreadable)
                    .with_advice("Delete it, and sign in again.")
            }
            Self::Unkeepable => Error::new(
                ErrorKind::TokenStore,
                format!("cannot store the token in {place}: it is empty or too long"),
            )
            .with_advice("The previous token is still stored. Check where this token came from."),
        };
        if self == Self::Broken { error } else { error.with_source(self) }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(version) => {
                write!(f, "its format is {version}, and this version supports up to {VERSION}")
            }
            Self::Broken => f.write_str("the content is not a stored token"),
            Self::Unkeepable => write!(f, "a stored token must be 1 to {LONGEST} bytes"),
        }
    }
}

impl std::error::Error for Unreadable {}

pub(super) fn write(token: &StoredToken) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let refresh_token = token.refresh_token.expose_secret();
    // Allocated in full, because a buffer that grows leaves copies of the secret in memory.
    let mut buffer = Zeroizing::new(Vec::with_capacity(2 * refresh_token.len() + 1024));
    let written = Written {
        version: VERSION,
        tenant: &token.tenant,
        client_id: &token.client_id,
        account: token.account.as_deref(),
        refresh_token,
        obtained_at: token
            .obtained_at
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |time| time.as_secs()),
    };
    serde_json::to_writer_pretty(&mut *buffer, &written).map_err(|_| Unreadable::Unkeepable)?;
    buffer.push(b'\n');
    if buffer.len() > LONGEST || read(&buffer).is_err() {
        return Err(Unreadable::Unkeepable);
    }
    Ok(buffer)
}

pub(super) fn read(bytes: &[u8]) -> Result<StoredToken, Unreadable> {
    // The version is read first: a newer format may have none of the other fields.
    let header: Header = serde_json::from_slice(bytes).map_err(|_| Unreadable::Broken)?;
    if header.version > VERSION {
        return Err(Unreadable::Newer(header.version));
    }
    let read: Read = serde_json::from_slice(bytes).map_err(|_| Unreadable::Broken)?;
    let obtained_at = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(read.obtained_at))
        .ok_or(Unreadable::Broken)?;
    if header.version == 0 || read.refresh_token.is_empty() {
        return Err(Unreadable::Broken);
    }
    Ok(StoredToken {
        tenant: read.tenant,
        client_id: read.client_id,
        account: read.account,
        refresh_token: read.refresh_token.into(),
        obtained_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_token_is_read_back() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
        let token = StoredToken::new("contoso.example", "app", "a \"secret\"\n", at).with_account("who");
        let read = read(&write(&token).unwrap()).unwrap();
        assert_eq!(read.tenant(), "contoso.example");
        assert_eq!(read.client_id(), "app");
        assert_eq!(read.account(), Some("who"));
        assert_eq!(read.refresh_token().expose_secret(), "a \"secret\"\n");
        assert_eq!(read.obtained_at(), at);
    }

    #[test]
    fn a_token_that_cannot_be_read_back_is_not_written() {
        let at = SystemTime::UNIX_EPOCH;
        let token = |secret: String| StoredToken::new("tenant", "client", secret, at);
        let fixed = write(&token("x".to_owned())).unwrap().len() - 1;
        assert_eq!(write(&token("x".repeat(LONGEST - fixed))).unwrap().len(), LONGEST);
        for refused in [String::new(), "x".repeat(LONGEST - fixed + 1), "\"".repeat(LONGEST / 2)] {
            assert_eq!(write(&token(refused)).unwrap_err(), Unreadable::Unkeepable);
        }
    }

    #[test]
    fn a_newer_format_is_distinguished_from_an_invalid_one() {
        assert_eq!(read(br#"{"version":2,"sealed":"x"}"#).unwrap_err(), Unreadable::Newer(2));
        for broken in [
            "",
            "{}",
            "[]",
            r#"{"version":1}"#,
            r#"{"version":"1"}"#,
            r#"{"version":1,"tenant":"t","client_id":"c","refresh_token":"","obtained_at":0}"#,
            r#"{"version":0,"tenant":"t","client_id":"c","refresh_token":"r","obtained_at":0}"#,
            r#"{"version":1,"tenant":"t","client_id":"c","refresh_token":"r","obtained_at":18446744073709551615}"#,
            r#"{"version":1,"tenant":"t","client_id":"c","refresh_token":"r","obtained"#,
        ] {
            assert_eq!(read(broken.as_bytes()).unwrap_err(), Unreadable::Broken, "{broken}");
        }
    }
}
