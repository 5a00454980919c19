//! Who asks: the trait every call asks for a token, the token itself, and the ways to come by one.
//!
//! A credential knows nothing of calls, retries or the chain. `call` asks it once per attempt, and once more with
//! [`Credential::refresh`] when the service refused the token.
//!
//! | credential | access | for |
//! |---|---|---|
//! | [`RefreshToken`] | App+User | everything, unattended: the secure application model |
//! | [`DeviceCode`] | App+User | a person signing in; becomes a [`RefreshToken`] |
//! | [`ClientCredentials`] | app-only | customers, but no license analytics |
//! | [`StaticToken`] | whatever the token is | trying things out |
//!
//! The feature `oauth`, on by default, brings all but [`StaticToken`]. Its credentials refresh on a thread of their own,
//! so that a refresh goes on while the caller's runtime stands still or is shut down, and serves callers on several
//! runtimes. A [`TokenStore`] or a source of assertions of yours is polled there, on a tokio runtime that ends with the
//! refresh.

use std::fmt;
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};

use crate::clock::{BoxFuture, ClockOffset};
use crate::error::Result;

mod fixed;
#[cfg(feature = "oauth")]
pub mod inspect;
#[cfg(feature = "oauth")]
mod oauth;

pub use crate::redact::Redactor;
pub use fixed::StaticToken;
#[cfg(feature = "oauth")]
pub use inspect::Token;
#[cfg(feature = "keyring")]
pub use oauth::KeyringStore;
#[cfg(all(feature = "fuzzing", feature = "oauth"))]
pub(crate) use oauth::rewrite_stored_token;
#[cfg(feature = "oauth")]
pub use oauth::{
    AppRegistration, Certificate, ClientCredentials, DeviceCode, FileStore, MemoryStore, Notice, Reason,
    RefreshToken, Refusal, StoreLock, StoredToken, TokenScope, TokenStore, Unusable,
};

/// A source of access tokens, asked before every attempt of every call.
///
/// Object-safe; implement it for your own token service. An implementation should hold on to a token until shortly
/// before it expires, and let concurrent callers share one refresh.
pub trait Credential: fmt::Debug + Send + Sync + 'static {
    /// The token for the next request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential) if none can be had; the call fails with this error and
    /// nothing is sent.
    ///
    /// An error that may pass ([`Network`](crate::ErrorKind::Network), [`Unavailable`](crate::ErrorKind::Unavailable) or
    /// [`Throttled`](crate::ErrorKind::Throttled)) does not fail the call at once: it waits and asks again, as often as
    /// it may make attempts and within its time. An error for which nothing was sent ([`attempts`] of 0) and that says
    /// when to ask again ([`retry_after`]) uses up no attempt.
    ///
    /// [`attempts`]: crate::Error::attempts
    /// [`retry_after`]: crate::Error::retry_after
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>>;

    /// A token other than `refused`, which the service just answered with 401: the one that replaced it if there is
    /// one by now, else a new one. `None` if this credential cannot get another.
    ///
    /// A call asks this at most once.
    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>>;

    /// Ends when nothing is under way that would be lost with the process, such as a refresh token's successor that
    /// is yet to be stored. It starts nothing.
    ///
    /// Await it, for some seconds at most, before a process that was told to stop exits. By default there is nothing
    /// to wait for.
    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// How far this machine's clock was from the token service's at its last answer, if that is known.
    fn clock_offset(&self) -> Option<ClockOffset> {
        None
    }
}

/// A bearer token. Its text cannot be printed and is wiped from memory when the last copy goes.
#[derive(Clone)]
pub struct AccessToken {
    secret: SecretString,
    expires_at: Option<SystemTime>,
}

impl AccessToken {
    /// A token whose end is not known.
    #[must_use]
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self { secret: secret.into(), expires_at: None }
    }

    /// Says when it ends.
    #[must_use]
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// When it ends, if known.
    #[must_use]
    pub fn expiry(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The text of the token, for the `Authorization` header and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("secret", &"[redacted]")
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

impl PartialEq for AccessToken {
    /// Whether both carry the same text.
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for AccessToken {}
