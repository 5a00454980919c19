//! Token stores: the [`TokenStore`] trait, its implementations, and [`StoredToken`].
//!
//! A store keeps one refresh token between runs. [`RefreshToken`](super::RefreshToken) redeems and replaces it.

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
#[cfg(feature = "settings")]
pub(crate) use file::open_file;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;

/// Reads a stored token and writes it again.
#[cfg(feature = "fuzzing")]
pub(crate) fn rewrite(bytes: &[u8]) -> Option<Vec<u8>> {
    let token = format::read(bytes).ok()?;
    format::write(&token).ok().map(|written| written.to_vec())
}

/// Whether a store failed because a newer version of this program wrote it.
pub(super) fn is_newer(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    matches!(source, Some(format::Unreadable::Newer(_)))
}

/// Whether a token can be stored and read back.
pub(super) fn is_storable(token: &StoredToken) -> bool {
    format::write(token).is_ok()
}

/// Storage for one refresh token.
///
/// Redeeming a refresh token returns its successor, which must not be lost. Hold [`lock`](Self::lock) while loading,
/// redeeming and saving: if two processes share a store, the second one then loads the successor that the first one
/// saved.
///
/// Object-safe; implement it for your own vault. An implementation must not block the thread it is polled on.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Locks the store against all other users, in this process and in others, until the returned lock is dropped.
    ///
    /// # Errors
    ///
    /// If the lock is not available, or another process does not release it.
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>>;

    /// Loads the stored token; `None` if the store is empty.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, is open to other users, or contains something that this version cannot read. Such a
    /// store must not be reported as empty, because it would then be overwritten.
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>>;

    /// Replaces the stored token atomically and durably: if the process is killed, the store contains either the old or
    /// the new token. Called with the lock held; if a write continues after this future is dropped, it must hold the
    /// lock until it ends.
    ///
    /// # Errors
    ///
    /// If the store cannot be written; the previous token is then still stored.
    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<()>>;

    /// Removes the stored token. Does nothing if the store is empty.
    ///
    /// # Errors
    ///
    /// If the store cannot be written.
    fn clear(&self) -> BoxFuture<'_, Result<()>>;
}

/// Keeps a store locked until it is dropped.
pub struct StoreLock {
    _guard: Option<Box<dyn Any + Send + Sync>>,
}

impl StoreLock {
    /// Holds `guard` and drops it when the lock is dropped.
    #[must_use]
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self { _guard: Some(Box::new(guard)) }
    }

    /// Creates a lock that holds nothing, for a store that is not shared.
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

/// A refresh token with its tenant, application and user.
///
/// The tenant and the client id are stored because a refresh token works only for the application it was issued to:
/// redeeming it as another application fails here, before the sign-in service responds with AADSTS700007.
#[derive(Clone, Debug)]
pub struct StoredToken {
    pub(super) tenant: String,
    pub(super) client_id: String,
    pub(super) account: Option<String>,
    pub(super) refresh_token: SecretString,
    pub(super) obtained_at: SystemTime,
}

impl StoredToken {
    /// Creates a token that was issued to this application in this tenant at this time.
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

    /// Sets the object id of the user who signed in, a GUID without meaning outside the tenant.
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

    /// When it was issued. It expires after 90 days without use, and every use returns a new one.
    #[must_use]
    pub fn obtained_at(&self) -> SystemTime {
        self.obtained_at
    }
}
