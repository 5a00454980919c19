//! A token store in the operating system's keyring.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use keyring_core::{Entry, Error as KeyringError};
use secrecy::zeroize::Zeroizing;

use super::file::{FileStore, off_the_runtime};
use super::format;
use crate::clock::BoxFuture;
use crate::credential::{StoreLock, StoredToken, TokenStore};
use crate::error::{Error, ErrorKind, Result};

/// The service name of the keyring entries.
const SERVICE: &str = "partner-center";

/// Keeps a refresh token in the keyring of the user who runs the program: Keychain on macOS, Credential Manager on
/// Windows, the Secret Service elsewhere.
///
/// A keyring needs the session of a signed-in user; use a [`FileStore`] for jobs on servers. Keyrings have no locks, so
/// processes exclude each other with a lock on an empty file.
///
/// Requires the feature `keyring`.
#[derive(Clone)]
pub struct KeyringStore {
    entry: Arc<Entry>,
    account: String,
    lock: FileStore,
}

impl KeyringStore {
    /// Opens the store for this account, a name of your choice such as the name of a profile. `lock` is the path of the
    /// lock file without its extension (`LOCK.lock` is created); use the same path in all processes that share the
    /// account.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the keyring is not available.
    pub async fn new(account: impl Into<String>, lock: impl Into<PathBuf>) -> Result<Self> {
        let account = account.into();
        let lock = FileStore::new(lock);
        let name = account.clone();
        // This may block: finding the keyring uses the session bus.
        let entry =
            off_the_runtime(move || keyring::Entry::new(SERVICE, &name).map_err(|error| unusable(&error)));
        Ok(Self { entry: Arc::new(entry.await?.inner), account, lock })
    }

    async fn on_entry<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entry) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T> {
        let entry = Arc::clone(&self.entry);
        off_the_runtime(move || work(&entry).map_err(|error| unusable(&error))).await
    }

    fn place(&self) -> String {
        format!("the keyring entry {SERVICE}/{}", self.account)
    }
}

impl TokenStore for KeyringStore {
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        self.lock.lock()
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        Box::pin(async {
            let secret = self.on_entry(|entry| match entry.get_secret() {
                Ok(secret) => Ok(Some(Zeroizing::new(secret))),
                Err(KeyringError::NoEntry) => Ok(None),
                Err(error) => Err(error),
            });
            match secret.await? {
                Some(secret) => {
                    format::read(&secret).map(Some).map_err(|error| error.into_error(&self.place()))
                }
                None => Ok(None),
            }
        })
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            let secret = format::write(token).map_err(|error| error.into_error(&self.place()))?;
            let guard = self.lock.guard();
            self.on_entry(move |entry| {
                let set = entry.set_secret(&secret);
                // Not earlier: the write continues even if its future is dropped.
                drop(guard);
                set
            })
            .await
        })
    }

    fn clear(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.on_entry(|entry| match entry.delete_credential() {
            Err(KeyringError::NoEntry) => Ok(()),
            result => result,
        }))
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringStore").field("account", &self.account).finish_non_exhaustive()
    }
}

/// The keyring's own errors are not shown: one of them contains the data it could not decode.
fn unusable(error: &KeyringError) -> Error {
    let why = match error {
        KeyringError::NoDefaultStore | KeyringError::NoStorageAccess(_) => "is not available or is locked",
        KeyringError::TooLong(..) => "does not accept a secret of this length",
        KeyringError::Ambiguous(_) => "contains several entries with this name",
        _ => "could not be used",
    };
    Error::new(ErrorKind::Configuration, format!("the operating system's keyring {why}"))
        .with_advice("Unlock the keyring and try again, or keep the token in a file instead.")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use keyring_core::api::CredentialStoreApi;
    use secrecy::ExposeSecret;

    use super::*;

    /// A keyring in memory with the same interface.
    fn store(directory: &tempfile::TempDir) -> (KeyringStore, Arc<Entry>) {
        let keyring = keyring_core::mock::Store::new().unwrap();
        let entry = Arc::new(keyring.build(SERVICE, "default", None).unwrap());
        let lock = FileStore::new(directory.path().join("default"));
        (KeyringStore { entry: Arc::clone(&entry), account: "default".to_owned(), lock }, entry)
    }

    #[tokio::test]
    async fn a_saved_token_is_loaded_until_it_is_cleared() {
        let directory = tempfile::tempdir().unwrap();
        let (store, _) = store(&directory);
        assert!(store.load().await.unwrap().is_none());
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
        let lock = store.lock().await.unwrap();
        store.save(&StoredToken::new("tenant", "client", "sentinel", at)).await.unwrap();
        drop(lock);
        let loaded = store.load().await.unwrap().unwrap();
        assert_eq!(loaded.refresh_token().expose_secret(), "sentinel");
        assert!(!format!("{store:?}").contains("sentinel"));
        store.clear().await.unwrap();
        store.clear().await.unwrap();
        assert!(store.load().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_unreadable_entry_is_an_error_and_not_an_empty_store() {
        let directory = tempfile::tempdir().unwrap();
        let (store, entry) = store(&directory);
        entry.set_secret(b"{\"version\":9}").unwrap();
        let error = store.load().await.unwrap_err();
        assert!(error.message().contains("newer version"), "{error}");
        let mock = entry.as_any().downcast_ref::<keyring_core::mock::Cred>().unwrap();
        mock.set_error(KeyringError::BadEncoding(b"sentinel".to_vec()));
        let error = store.load().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!format!("{error} {error:?} {}", error.advice()).contains("sentinel"));
    }
}
