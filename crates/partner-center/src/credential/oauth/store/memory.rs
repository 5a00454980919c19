//! A store that lasts as long as the process.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::BoxFuture;
use crate::credential::{StoreLock, StoredToken, TokenStore};
use crate::error::Result;

/// Keeps a refresh token in memory, and forgets it with the process.
///
/// Clones keep the same token. For tests, and for jobs that are given a refresh token at every start; such a token
/// is never replaced by its successors, so it dies 90 days after it was issued. Use a
/// [`FileStore`](super::FileStore) for anything that should run longer.
#[derive(Clone, Default)]
pub struct MemoryStore {
    kept: Arc<Mutex<Option<StoredToken>>>,
    lock: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A store that keeps this token.
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
