//! Where a refresh token is kept between runs: the trait, and what is kept.
//!
//! A store keeps one token. It does not know what a token is good for or when it is redeemed; that is
//! [`RefreshToken`](super::RefreshToken)'s.

use std::any::Any;
use std::fmt;
use std::time::SystemTime;

use secrecy::SecretString;

use crate::clock::BoxFuture;
use crate::error::{Error, Result};

mod file;
mod format;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;

pub use file::FileStore;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;

/// What is kept in these bytes, written again.
#[cfg(feature = "fuzzing")]
pub(crate) fn rewrite(bytes: &[u8]) -> Option<Vec<u8>> {
    let token = format::read(bytes).ok()?;
    format::write(&token).ok().map(|written| written.to_vec())
}

/// Whether a store failed because a later version of this program wrote it.
pub(super) fn is_newer(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    matches!(source, Some(format::Unreadable::Newer(_)))
}

/// Whether a token that is kept would be read back.
pub(super) fn is_keepable(token: &StoredToken) -> bool {
    format::write(token).is_ok()
}

/// A place that keeps one refresh token.
///
/// Redeeming a refresh token yields its successor, and the successor must not be lost. So a redeemer holds
/// [`lock`](Self::lock) while it loads, redeems and saves: of two processes that share a store, the second finds the
/// successor that the first one saved.
///
/// Object-safe; implement it for your own vault. An implementation must not block the thread it is polled on.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps every other user of this place out until the returned lock is dropped, in this process and in others.
    ///
    /// # Errors
    ///
    /// When the lock cannot be had, or another process does not let go of it.
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>>;

    /// What is kept; `None` if nothing is.
    ///
    /// # Errors
    ///
    /// When the place cannot be read, is open to others, or holds something this version cannot read. Never
    /// mistaken for an empty store: that would invite overwriting it.
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>>;

    /// Replaces what is kept, wholly or not at all, whenever the process dies. Once this returns, the token outlives
    /// the process. Called with the lock held; where a write goes on when this future is dropped, it must hold the lock
    /// until it has ended.
    ///
    /// # Errors
    ///
    /// When the place cannot be written; it then still keeps what it kept.
    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<()>>;

    /// Forgets what is kept. Nothing kept is no error.
    ///
    /// # Errors
    ///
    /// When the place cannot be written.
    fn clear(&self) -> BoxFuture<'_, Result<()>>;
}

/// Keeps a store locked until it is dropped.
pub struct StoreLock {
    _guard: Option<Box<dyn Any + Send + Sync>>,
}

impl StoreLock {
    /// Holds `guard` and lets go of it when dropped.
    #[must_use]
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self { _guard: Some(Box::new(guard)) }
    }

    /// Holds nothing, for a store that no one shares.
    #[must_use]
    pub fn none() -> Self {
        Self { _guard: None }
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreLock").finish_non_exhaustive()
    }
}

/// A refresh token and whose it is.
///
/// The tenant and the client id are kept with it because a refresh token is good for no other application: redeeming
/// it as another one is refused here, before the sign-in service answers AADSTS700007.
#[derive(Clone, Debug)]
pub struct StoredToken {
    pub(super) tenant: String,
    pub(super) client_id: String,
    pub(super) account: Option<String>,
    pub(super) refresh_token: SecretString,
    pub(super) obtained_at: SystemTime,
}

impl StoredToken {
    /// A token issued to this application in this tenant at this time.
    #[must_use]
    pub fn new(
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        refresh_token: impl Into<SecretString>,
        obtained_at: SystemTime,
    ) -> Self {
        Self {
            tenant: tenant.into(),
            client_id: client_id.into(),
            account: None,
            refresh_token: refresh_token.into(),
            obtained_at,
        }
    }

    /// Says whose it is: the object id of the user who signed in, a GUID without meaning outside the tenant.
    #[must_use]
    pub fn with_account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// The tenant, as the application registration names it: a GUID or a domain.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The application it was issued to.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The object id of the user who signed in, if known.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The token itself.
    #[must_use]
    pub fn refresh_token(&self) -> &SecretString {
        &self.refresh_token
    }

    /// When it was issued. It dies of 90 days without use, and every use yields a new one.
    #[must_use]
    pub fn obtained_at(&self) -> SystemTime {
        self.obtained_at
    }
}
