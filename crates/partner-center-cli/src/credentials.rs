//! The credentials of a run. The SDK selects them; `--help`, the README and `doctor` show the same order.
//!
//! Nothing is sent here: the first call requests a token.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partner_center::clock::{BoxFuture, ClockOffset};
use partner_center::credential::{AccessToken, Credential, StoreLock, StoredToken, TokenStore};
use partner_center::settings::variables::CONFIG_DIR;
use partner_center::settings::{FoundCredential, ProfileStore, Settings};
use partner_center::{Error, ErrorKind};
use secrecy::ExposeSecret;

use crate::exit::Exit;
use crate::problem::Problem;
use crate::secrets;

/// Looks in each place in turn.
pub(crate) async fn find(settings: &Settings) -> Result<FoundCredential, Problem> {
    let mut found = settings.credential().await.map_err(|error| Problem::of_call(&error, None))?;
    found.credential = Arc::new(RegisteringCredential(found.credential));
    IN_USE.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&found.credential));
    Ok(found)
}

/// The token store of the profile, which must have a directory.
pub(crate) async fn store(settings: &Settings) -> Result<ProfileStore, Problem> {
    let store = settings.token_store().await.map_err(|error| Problem::of_call(&error, None))?;
    store.ok_or_else(|| {
        Problem::new(Exit::Usage, "no directory for the token store: this user has no home directory")
            .advice(format!("Set {CONFIG_DIR} to a directory that this user owns."))
    })
}

/// The credentials that this process uses.
static IN_USE: Mutex<Vec<Arc<dyn Credential>>> = Mutex::new(Vec::new());

/// Waits until no refresh is in progress, some seconds at most. Redeeming a refresh token returns its successor; a
/// process that ends before storing it loses the sign-in.
pub(crate) async fn settle(exit: Exit) {
    // After a timeout, the user has waited long enough.
    let at_most = Duration::from_secs(if exit == Exit::Network { 1 } else { 5 });
    let in_use = std::mem::take(&mut *IN_USE.lock().unwrap_or_else(PoisonError::into_inner));
    for credential in in_use {
        let _ = tokio::time::timeout(at_most, credential.settle()).await;
    }
}

/// Registers the tokens of a credential as secrets, so that they are removed from what is shown.
#[derive(Debug)]
struct RegisteringCredential<C>(C);

impl<C: Credential> Credential for RegisteringCredential<C> {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        Box::pin(async move {
            let token = self.0.token().await?;
            secrets::remember(token.expose());
            Ok(token)
        })
    }

    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, Error>> {
        Box::pin(async move {
            let token = self.0.refresh(refused).await?;
            if let Some(token) = &token {
                secrets::remember(token.expose());
            }
            Ok(token)
        })
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        self.0.settle()
    }

    fn clock_offset(&self) -> Option<ClockOffset> {
        self.0.clock_offset()
    }
}

/// Limits the wait for a store, and registers its tokens as secrets.
pub(crate) fn bounded(mut found: ProfileStore, patience: Duration) -> ProfileStore {
    found.store = Arc::new(BoundedStore { store: found.store, place: found.place.clone(), patience });
    found
}

/// Limits the wait for a store, and registers its tokens as secrets.
#[derive(Debug)]
struct BoundedStore {
    store: Arc<dyn TokenStore>,
    place: String,
    patience: Duration,
}

impl BoundedStore {
    /// The store may be a pipe without a writer, or on a disk that does not respond.
    async fn in_time<T>(
        &self,
        what: &str,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        tokio::time::timeout(self.patience, answer).await.unwrap_or_else(|_| {
            let message =
                format!("the token store {} could not be {what} within the time allowed", self.place);
            Err(Error::new(ErrorKind::Timeout, message).with_advice(
                "Check that it is a file, not a pipe, and that its disk responds; --timeout allows more time.",
            ))
        })
    }
}

impl TokenStore for BoundedStore {
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock, Error>> {
        Box::pin(self.in_time("locked", self.store.lock()))
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, Error>> {
        Box::pin(async move {
            let stored = self.in_time("read", self.store.load()).await?;
            if let Some(stored) = &stored {
                secrets::remember(stored.refresh_token().expose_secret());
            }
            Ok(stored)
        })
    }

    /// Not limited: the token would be lost.
    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), Error>> {
        secrets::remember(token.refresh_token().expose_secret());
        self.store.save(token)
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.in_time("emptied", self.store.clear()))
    }
}
