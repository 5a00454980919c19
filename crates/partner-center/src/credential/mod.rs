//! Credentials: the [`Credential`] trait, the [`AccessToken`] it returns, and its implementations.
//!
//! A credential does not depend on calls or retries. Every attempt of a call requests a token from it, and the call
//! uses [`Credential::refresh`] once more if the service rejects the token.
//!
//! | credential | access | for |
//! |---|---|---|
//! | [`RefreshToken`] | App+User | everything, unattended: the secure application model |
//! | [`AuthorizationCode`] | App+User | a person signing in with a browser; becomes a [`RefreshToken`] |
//! | [`DeviceCode`] | App+User | a person signing in on another device; becomes a [`RefreshToken`] |
//! | [`ClientCredentials`] | app-only | customers, but no license analytics |
//! | [`StaticToken`] | whatever the token is | trying things out |
//!
//! The feature `oauth`, on by default, provides all of them except [`StaticToken`]. These credentials refresh on a
//! separate thread, so a refresh continues while the caller's runtime is idle or shut down, and one refresh can serve
//! callers on several runtimes. Your own [`TokenStore`] or assertion source is polled on that thread, in a tokio
//! runtime that ends with the refresh.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};

use crate::clock::{BoxFuture, ClockOffset};
use crate::error::Result;

#[cfg(feature = "oauth")]
mod inspect;
#[cfg(feature = "oauth")]
mod oauth;
mod static_token;

pub use crate::redact::Redactor;
#[cfg(feature = "oauth")]
pub use inspect::{TokenClaims, TokenKind};
#[cfg(feature = "keyring")]
pub use oauth::KeyringStore;
#[cfg(all(feature = "fuzzing", feature = "oauth"))]
pub(crate) use oauth::rewrite_stored_token;
#[cfg(feature = "oauth")]
pub use oauth::{
    AppRegistration, AuthorizationCode, Certificate, ClientCredentials, DeviceCode, FileStore, MemoryStore,
    Notice, OauthError, Reason, RefreshToken, StoreLock, StoredToken, TokenScope, TokenStore, UnusableReason,
};
#[cfg(feature = "settings")]
pub(crate) use oauth::{check_authority, check_client_id, check_tenant, open_file};
pub use static_token::StaticToken;

/// A source of access tokens, used before every attempt of every call.
///
/// Object-safe; implement it for your own token service. An implementation should cache a token until shortly before
/// it expires, and let concurrent callers share one refresh.
pub trait Credential: fmt::Debug + Send + Sync + 'static {
    /// Returns the token for the next request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential) if no token is available; the call fails with this error
    /// and sends nothing.
    ///
    /// A transient error ([`Network`](crate::ErrorKind::Network), [`Unavailable`](crate::ErrorKind::Unavailable) or
    /// [`Throttled`](crate::ErrorKind::Throttled)) does not fail the call at once: the call waits and tries again,
    /// within its limits on attempts and time. An error for which nothing was sent ([`attempts`] of 0) and that says
    /// when to try again ([`retry_after`]) does not use up an attempt.
    ///
    /// [`attempts`]: crate::Error::attempts
    /// [`retry_after`]: crate::Error::retry_after
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>>;

    /// Returns a token other than `refused`, which the service just rejected with 401: the token that has replaced it
    /// since, or else a new one. `None` if this credential cannot obtain another token.
    ///
    /// Each call uses this at most once.
    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>>;

    /// Waits for work in progress that would be lost if the process exited, such as storing a new refresh token. Does
    /// not start any work.
    ///
    /// Await it, for a few seconds at most, before a process that was told to stop exits. The default implementation
    /// returns at once.
    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// The offset of this machine's clock from the token service's, as of its last response, if known.
    fn clock_offset(&self) -> Option<ClockOffset> {
        None
    }
}

/// A shared credential.
impl<T: Credential + ?Sized> Credential for Arc<T> {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        (**self).token()
    }

    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        (**self).refresh(refused)
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        (**self).settle()
    }

    fn clock_offset(&self) -> Option<ClockOffset> {
        (**self).clock_offset()
    }
}

/// A bearer token. `Debug` redacts its text, which is wiped from memory when the last copy is dropped.
#[derive(Clone)]
pub struct AccessToken {
    secret: SecretString,
    expires_at: Option<SystemTime>,
}

impl AccessToken {
    /// Creates a token with an unknown expiry.
    #[must_use]
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self { secret: secret.into(), expires_at: None }
    }

    /// Sets the time at which the token expires.
    #[must_use]
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// The time at which the token expires, if known.
    #[must_use]
    pub fn expiry(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The text of the token, for use in the `Authorization` header only.
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
    /// Compares the text of both tokens.
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for AccessToken {}
