//! Selects the credentials, and builds them. Nothing is sent: the first call requests a token.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::input::{self, Kind};
use super::profile::{self, StoreKind};
use super::{Setting, Settings, Source, variables};
use crate::client::require_runtime;
use crate::credential::{
    AppRegistration, Certificate, ClientCredentials, Credential, FileStore, RefreshToken, StaticToken,
    StoredToken, TokenStore,
};
use crate::error::{Error, ErrorKind, ErrorReason, Result};

/// Where credentials are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialPlace {
    /// The access token in the environment.
    AccessToken,
    /// The refresh token in the environment.
    RefreshToken,
    /// The sign-in in the token store of the profile.
    SignIn,
    /// The client secret in the environment, for app-only access.
    ClientSecret,
    /// The certificate of the app registration, for app-only access.
    ClientCertificate,
    /// The token of a federated identity, for app-only access.
    FederatedToken,
}

impl CredentialPlace {
    /// All places, in the order in which they are looked at.
    pub const ORDER: &'static [Self] = &[
        Self::AccessToken,
        Self::RefreshToken,
        Self::SignIn,
        Self::ClientSecret,
        Self::ClientCertificate,
        Self::FederatedToken,
    ];

    /// The name of the variable, or `token store`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessToken => variables::ACCESS_TOKEN,
            Self::RefreshToken => variables::REFRESH_TOKEN,
            Self::SignIn => "token store",
            Self::ClientSecret => variables::CLIENT_SECRET,
            Self::ClientCertificate => variables::CLIENT_CERTIFICATE_PATH,
            Self::FederatedToken => variables::FEDERATED_TOKEN_FILE,
        }
    }
}

/// The credentials that were found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundCredential {
    /// Where they were found.
    pub place: CredentialPlace,
    /// The credential.
    pub credential: Arc<dyn Credential>,
    /// The app registration for token requests; `None` for an access token.
    pub registration: Option<Registration>,
    /// The stored token, if it is a sign-in.
    pub stored: Option<StoredToken>,
}

impl FoundCredential {
    fn new(
        place: CredentialPlace,
        credential: impl Credential,
        registration: impl Into<Option<Registration>>,
    ) -> Self {
        Self { place, credential: Arc::new(credential), registration: registration.into(), stored: None }
    }
}

/// The app registration of the settings, and where its two ids came from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Registration {
    /// The app registration.
    pub app: AppRegistration,
    /// The partner tenant.
    pub tenant_id: Setting<String>,
    /// The application (client) id.
    pub client_id: Setting<String>,
}

/// The token store of a profile, which keeps the sign-in between runs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProfileStore {
    /// The store.
    pub store: Arc<dyn TokenStore>,
    /// Where it is, for messages: the path of the file, or the entry of the keyring.
    pub place: String,
}

impl Settings {
    /// Looks for credentials in each [`place`](CredentialPlace::ORDER) in turn. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`] if there are none, or [`ErrorKind::Configuration`] if those that were found cannot be
    /// used, or if the tenant or client id that they need is not set.
    pub async fn credential(&self) -> Result<FoundCredential> {
        require_runtime()?;
        if let Some(token) = &self.access_token {
            let credential =
                StaticToken::new(token.value.expose_secret()).map_err(|error| token.source.add_to(error))?;
            return Ok(FoundCredential::new(CredentialPlace::AccessToken, credential, None));
        }
        if let Some(token) = &self.refresh_token {
            let registration = self.registration(None)?;
            let credential = RefreshToken::from_token(&registration.app, token.value.clone())
                .map_err(|error| token.source.add_to(error))?;
            return Ok(FoundCredential::new(CredentialPlace::RefreshToken, credential, registration));
        }
        if let Some(ProfileStore { store, .. }) = self.token_store().await?
            && let Some(stored) = store.load().await?
        {
            let registration = self.registration(Some(&stored))?;
            let credential = RefreshToken::new(&registration.app, store)?;
            let found = FoundCredential::new(CredentialPlace::SignIn, credential, registration);
            return Ok(FoundCredential { stored: Some(stored), ..found });
        }
        if let Some(authentication) = self.authentication()? {
            let registration = self.registration(None)?;
            let credential = ClientCredentials::new(&registration.app)
                .map_err(|error| authentication.source().add_to(error))?;
            return Ok(FoundCredential::new(authentication.place(), credential, registration));
        }
        let error = Error::new(ErrorKind::Credential, "no credentials found")
            .with_reason(ErrorReason::NoCredentials)
            .with_advice(
                "Set one of these variables, or store a sign-in in the token store. Nothing was sent.",
            );
        Err(CredentialPlace::ORDER.iter().fold(error, |error, place| {
            error.with_fact(place.name(), if *place == CredentialPlace::SignIn { "empty" } else { "not set" })
        }))
    }

    /// Returns the app registration of the settings. The stored sign-in, if there is one, completes the two ids.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the tenant or the client id is not known, or if the certificate or the federated
    /// token cannot be read.
    pub fn registration(&self, stored: Option<&StoredToken>) -> Result<Registration> {
        let known = |setting: &Option<Setting<String>>, of_sign_in: Option<&str>| {
            let of_sign_in = || of_sign_in.map(|id| Setting::new(id.to_owned(), Source::SignIn));
            setting.clone().or_else(of_sign_in)
        };
        let tenant_id = known(&self.tenant_id, stored.map(StoredToken::tenant))
            .ok_or_else(|| missing(variables::TENANT_ID, "tenant-id"))?;
        let client_id = known(&self.client_id, stored.map(StoredToken::client_id))
            .ok_or_else(|| missing(variables::CLIENT_ID, "client-id"))?;
        let mut app = AppRegistration::new(&tenant_id.value, &client_id.value).with_cloud(self.cloud.value);
        if let Some(authority) = &self.authority {
            app = app.with_authority(&authority.value);
        }
        if let Some(authentication) = self.authentication()? {
            app = authentication.add_to(app).map_err(|error| authentication.source().add_to(error))?;
        }
        if let Some((proxy, no_proxy)) = self.proxy_and_exceptions() {
            app = app.with_proxy(proxy).with_no_proxy(no_proxy);
        }
        if let Some(change) = &self.change_app {
            app = change(app);
        }
        Ok(Registration { app, tenant_id, client_id })
    }

    /// How the application authenticates. The environment overrides the profile.
    fn authentication(&self) -> Result<Option<Authentication<'_>>> {
        let set = [
            self.client_secret.as_ref().map(Authentication::Secret),
            self.client_certificate_path.as_ref().map(Authentication::Certificate),
            self.federated_token_file.as_ref().map(Authentication::FederatedToken),
        ];
        let set: Vec<_> = set.into_iter().flatten().collect();
        let is_of_environment = |one: &&Authentication<'_>| matches!(one.source(), Source::Environment(_));
        let of_environment: Vec<_> = set.iter().filter(is_of_environment).copied().collect();
        match if of_environment.is_empty() { set } else { of_environment }.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            [one, other, ..] => {
                let message = format!("{} and {} are both set", one.place().name(), other.place().name());
                let error = Error::new(ErrorKind::Configuration, message).with_advice(
                    "The application authenticates with one of them: unset the other. Nothing was sent.",
                );
                Err(one.source().add_to(error))
            }
        }
    }

    /// Opens the token store of the profile; `None` if there is no directory for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the profile asks for the keyring, and it is not available.
    pub async fn token_store(&self) -> Result<Option<ProfileStore>> {
        require_runtime()?;
        let Some(path) = self.store_path() else { return Ok(None) };
        let store = match self.store.value {
            StoreKind::File => {
                let place = path.display().to_string();
                ProfileStore { store: Arc::new(FileStore::new(path)), place }
            }
            StoreKind::Keyring => keyring(self.store_name(), path).await?,
        };
        Ok(Some(match &self.change_store {
            Some(change) => change(store),
            None => store,
        }))
    }

    /// The name of the token store: one for each profile.
    #[must_use]
    pub fn store_name(&self) -> &str {
        self.profile.as_ref().map_or(profile::DEFAULT, |profile| &profile.value)
    }

    /// The path of the token store, or of the keyring's lock file; `None` if there is no directory.
    #[must_use]
    pub fn store_path(&self) -> Option<PathBuf> {
        let directory = self.directory.as_ref()?;
        Some(directory.value.join("tokens").join(format!("{}.json", self.store_name())))
    }
}

/// How the application authenticates.
#[derive(Clone, Copy)]
enum Authentication<'a> {
    Secret(&'a Setting<SecretString>),
    Certificate(&'a Setting<PathBuf>),
    FederatedToken(&'a Setting<PathBuf>),
}

impl<'a> Authentication<'a> {
    fn source(self) -> &'a Source {
        match self {
            Self::Secret(secret) => &secret.source,
            Self::Certificate(path) | Self::FederatedToken(path) => &path.source,
        }
    }

    fn place(self) -> CredentialPlace {
        match self {
            Self::Secret(_) => CredentialPlace::ClientSecret,
            Self::Certificate(_) => CredentialPlace::ClientCertificate,
            Self::FederatedToken(_) => CredentialPlace::FederatedToken,
        }
    }

    fn add_to(self, app: AppRegistration) -> Result<AppRegistration> {
        Ok(match self {
            Self::Secret(secret) => app.with_client_secret(secret.value.clone()),
            Self::Certificate(path) => {
                let pem = file(&path.value, "certificate")?;
                let certificate = Certificate::from_pem(&pem, &pem)
                    .map_err(|error| error.with_fact("file", path.value.display().to_string()))?;
                app.with_certificate(certificate)
            }
            Self::FederatedToken(path) => {
                // Read now, so that a wrong path is an error of the settings, and again for each token request.
                federated_token(&path.value)?;
                let path = path.value.clone();
                app.with_assertion(move || std::future::ready(federated_token(&path)))
            }
        })
    }
}

/// The content of a file with a secret.
fn file(path: &Path, what: &str) -> Result<Zeroizing<Vec<u8>>> {
    let unreadable = |cause: String| {
        Error::new(ErrorKind::Configuration, format!("could not read the file with the {what}"))
            .with_advice("Check the path, and that this user can read the file. Nothing was sent.")
            .with_fact("file", path.display().to_string())
            .with_fact("cause", cause)
    };
    match profile::contents(path) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(unreadable("it does not exist".to_owned())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// The token of a federated identity, which its platform renews in the file.
fn federated_token(path: &Path) -> Result<SecretString> {
    let bytes = file(path, "federated token")?;
    let unusable = |why: &str, advice: &'static str| {
        Error::new(
            ErrorKind::Configuration,
            format!("the file with the federated token cannot be used: it {why}"),
        )
        .with_advice(advice)
        .with_fact("file", path.display().to_string())
    };
    let text = input::text(&bytes).map(Zeroizing::new);
    match text.as_ref().map_err(|unusable| *unusable).and_then(|text| input::bare(text, Kind::Token)) {
        Ok("") => Err(unusable("is empty", "Check that the platform writes the token there.")),
        Ok(token) => Ok(SecretString::from(token)),
        Err(refused) => Err(unusable(refused.why, refused.advice)),
    }
}

fn missing(variable: &str, key: &str) -> Error {
    let message = format!("{variable} is not set in the environment or in a profile");
    Error::new(ErrorKind::Configuration, message).with_advice(format!(
        "Set it, or {key} in a profile. Both ids are on the overview page of the app registration in Microsoft Entra."
    ))
}

#[cfg(feature = "keyring")]
async fn keyring(name: &str, lock: PathBuf) -> Result<ProfileStore> {
    let store = crate::credential::KeyringStore::new(name, lock).await?;
    Ok(ProfileStore { store: Arc::new(store), place: format!("the keyring, as {name}") })
}

#[cfg(not(feature = "keyring"))]
#[expect(clippy::unused_async, reason = "the same shape as with the feature")]
async fn keyring(_name: &str, _lock: PathBuf) -> Result<ProfileStore> {
    Err(no_keyring().with_fact("from", "store = \"keyring\" in the profile"))
}

#[cfg(not(feature = "keyring"))]
fn no_keyring() -> Error {
    Error::new(ErrorKind::Configuration, "this build does not support the keyring")
        .with_reason(ErrorReason::NoKeyring)
        .with_advice("Enable the feature keyring of the SDK, or use store = \"file\".")
}

/// Rejects a place for the sign-in that this build does not support.
#[cfg_attr(
    feature = "keyring",
    expect(clippy::unnecessary_wraps, reason = "without the feature it can fail")
)]
pub(super) fn check_store(store: StoreKind) -> Result<()> {
    match store {
        #[cfg(not(feature = "keyring"))]
        StoreKind::Keyring => Err(no_keyring()),
        _ => Ok(()),
    }
}
