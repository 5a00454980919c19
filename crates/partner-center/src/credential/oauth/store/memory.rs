//! A token store in memory.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::BoxFuture;
use crate::credential::{StoreLock, StoredToken, TokenStore};
use crate::error::Result;

/// Keeps a refresh token in memory for the lifetime of the process.
///
/// Clones share the token. For tests, and for jobs that receive a refresh token at every start. The token that such a
/// job receives is not replaced by its successors, so it expires 90 days after it was issued. Use a
/// [`FileStore`](super::FileStore) for jobs that must run longer than that.
#[derive(Clone, Default)]
pub struct MemoryStore {
    kept: Arc<Mutex<Option<StoredToken>>>,
    lock: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a store that contains this token.
    #[must_use]
    pub fn holding(token: StoredToken) -> Self {
        let store = Self::default();
        store.replace(Some(token));
        store
    }

    fn replace(&self, token: Option<StoredToken>) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

impl TokenStore for MemoryStore {
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        Box::pin(async { Ok(StoreLock::new(Arc::clone(&self.lock).lock_owned().await)) })
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(std::future::ready(Ok(kept)))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<()>> {
        self.replace(Some(token.clone()));
        Box::pin(std::future::ready(Ok(())))
    }

    fn clear(&self) -> BoxFuture<'_, Result<()>> {
        self.replace(None);
        Box::pin(std::future::ready(Ok(())))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
