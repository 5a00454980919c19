//! Selects the credentials of a run. `--help`, the README and `doctor` show the same order.
//!
//! Nothing is sent here: the first call requests a token.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partner_center::clock::{BoxFuture, ClockOffset};
use partner_center::credential::{
    AccessToken, AppRegistration, ClientCredentials, Credential, FileStore, RefreshToken, StaticToken,
    StoreLock, StoredToken, TokenStore,
};
use partner_center::{Error, ErrorKind};
use secrecy::ExposeSecret;

use crate::console::Console;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::secrets;
use crate::settings::{
    ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, Setting, Settings, Source, StoreKind, TENANT_ID,
};

/// Where credentials are looked for, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    AccessToken,
    RefreshToken,
    SignIn,
    ClientSecret,
}

impl Place {
    pub(crate) const ORDER: [Self; 4] =
        [Self::AccessToken, Self::RefreshToken, Self::SignIn, Self::ClientSecret];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AccessToken => ACCESS_TOKEN,
            Self::RefreshToken => REFRESH_TOKEN,
            Self::SignIn => "token store",
            Self::ClientSecret => CLIENT_SECRET,
        }
    }
}

/// The credentials that were found.
pub(crate) struct Found {
    pub(crate) place: Place,
    pub(crate) credential: Arc<dyn Credential>,
    /// The app registration for token requests; `None` for a fixed access token.
    pub(crate) app: Option<Registration>,
    /// The stored token, if the token store is used.
    pub(crate) stored: Option<StoredToken>,
}

impl Found {
    fn new(place: Place, credential: impl Credential) -> Self {
        let credential: Arc<dyn Credential> = Arc::new(RegisteringCredential(credential));
        IN_USE.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&credential));
        Self { place, credential, app: None, stored: None }
    }

    fn with_app(mut self, app: Registration) -> Self {
        self.app = Some(app);
        self
    }
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

/// Looks in each place in turn.
pub(crate) async fn find(settings: &Settings) -> Result<Found, Problem> {
    if let Some(token) = &settings.access_token {
        let credential =
            StaticToken::new(token.value.expose_secret()).map_err(|error| unusable(&error, token))?;
        return Ok(Found::new(Place::AccessToken, credential));
    }
    if let Some(token) = &settings.refresh_token {
        let registration = Registration::new(settings, None)?;
        let credential = RefreshToken::from_token(&registration.app, token.value.clone())
            .map_err(|error| unusable(&error, token))?;
        return Ok(Found::new(Place::RefreshToken, credential).with_app(registration));
    }
    if let Some(Store { store, .. }) = Store::of(settings).await?
        && let Some(stored) = store.load().await.map_err(|error| Problem::of_call(&error, None))?
    {
        let registration = Registration::new(settings, Some(&stored))?;
        let credential =
            RefreshToken::new(&registration.app, store).map_err(|error| Problem::of_call(&error, None))?;
        let found = Found::new(Place::SignIn, credential).with_app(registration);
        return Ok(Found { stored: Some(stored), ..found });
    }
    if let Some(secret) = &settings.client_secret {
        let registration = Registration::new(settings, None)?;
        let credential =
            ClientCredentials::new(&registration.app).map_err(|error| unusable(&error, secret))?;
        return Ok(Found::new(Place::ClientSecret, credential).with_app(registration));
    }
    let mut problem = Problem::new(Exit::Credentials, "no credentials found");
    for place in Place::ORDER {
        problem = problem.fact(place.name(), if place == Place::SignIn { "empty" } else { "not set" });
    }
    Err(problem.advice(
        "Sign in with `partner-center login`, set one of these, or try --emulator. Nothing was sent.",
    ))
}

fn unusable<T>(error: &Error, setting: &Setting<T>) -> Problem {
    Problem::of_call(error, None).fact("from", setting.source.to_string())
}

/// The app registration, and where its two ids came from.
pub(crate) struct Registration {
    pub(crate) app: AppRegistration,
    pub(crate) tenant_id: Setting<String>,
    pub(crate) client_id: Setting<String>,
}

impl Registration {
    /// From the settings, completed by the stored sign-in.
    pub(crate) fn new(settings: &Settings, stored: Option<&StoredToken>) -> Result<Self, Problem> {
        let known = |setting: &Option<Setting<String>>, of_sign_in: Option<&str>| {
            let of_sign_in = || of_sign_in.map(|id| Setting::new(id.to_owned(), Source::SignIn));
            setting.clone().or_else(of_sign_in)
        };
        let tenant_id =
            known(&settings.tenant_id, stored.map(StoredToken::tenant)).ok_or_else(|| missing(TENANT_ID))?;
        let client_id = known(&settings.client_id, stored.map(StoredToken::client_id))
            .ok_or_else(|| missing(CLIENT_ID))?;
        let mut app = AppRegistration::new(&tenant_id.value, &client_id.value)
            .with_cloud(settings.cloud.value)
            .with_notices(|notice| Console::say(&format!("warning: {notice}\n")));
        if let Some(authority) = &settings.authority {
            app = app.with_authority(&authority.value);
        }
        if let Some(secret) = &settings.client_secret {
            app = app.with_client_secret(secret.value.clone());
        }
        Ok(Self { app, tenant_id, client_id })
    }
}

fn missing(name: &str) -> Problem {
    Problem::new(Exit::Usage, format!("{name} is not set in the environment or in a profile"))
        .advice("Set it, or add it to a profile; docs/consent.md explains where to find the two ids.")
}

/// A store that keeps refresh tokens between runs.
pub(crate) struct Store {
    pub(crate) store: Arc<dyn TokenStore>,
    /// Its name in messages.
    pub(crate) place: String,
}

impl Store {
    /// The store of the profile; `None` if there is no directory for it.
    pub(crate) async fn of(settings: &Settings) -> Result<Option<Self>, Problem> {
        let Some(path) = settings.store_path() else { return Ok(None) };
        match settings.store.value {
            StoreKind::File => {
                let place = path.display().to_string();
                let store = Arc::new(FileStore::new(path));
                Ok(Some(Self::new(store, place, settings.patience)))
            }
            StoreKind::Keyring => keyring(settings.store_name(), path, settings.patience).await.map(Some),
        }
    }

    fn new(store: Arc<dyn TokenStore>, place: String, patience: Duration) -> Self {
        let store = Arc::new(BoundedStore { store, place: place.clone(), patience });
        Self { store, place }
    }

    /// Like [`Store::of`], but fails if there is no directory.
    pub(crate) async fn needed(settings: &Settings) -> Result<Self, Problem> {
        Self::of(settings).await?.ok_or_else(|| {
            Problem::new(Exit::Usage, "no directory for the token store: this user has no home directory")
                .advice("Set PARTNER_CENTER_CONFIG_DIR to a directory that this user owns.")
        })
    }
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

#[cfg(feature = "keyring")]
async fn keyring(name: &str, lock: std::path::PathBuf, patience: Duration) -> Result<Store, Problem> {
    let store = partner_center::credential::KeyringStore::new(name, lock)
        .await
        .map_err(|error| Problem::of_call(&error, None))?;
    Ok(Store::new(Arc::new(store), format!("the keyring, as {name}"), patience))
}

#[cfg(not(feature = "keyring"))]
#[expect(clippy::unused_async, reason = "the same shape as with the feature")]
async fn keyring(_name: &str, _lock: std::path::PathBuf, _patience: Duration) -> Result<Store, Problem> {
    Err(Problem::new(Exit::Usage, "this build does not support the keyring")
        .fact("from", "store = \"keyring\" in the profile")
        .advice("Build with `--features keyring`, or use store = \"file\"."))
}
