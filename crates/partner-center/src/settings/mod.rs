//! Settings from the environment and from profiles: which partner tenant, which credentials, which cloud.
//!
//! [`PartnerCenter::from_env`] builds a client in one call. [`Settings::builder`] adds values of the program and the
//! choice of a profile, and [`Settings`] shows every value with its source.
//!
//! ```no_run
//! use partner_center::PartnerCenter;
//! use partner_center::settings::Settings;
//!
//! # async fn run() -> partner_center::Result<()> {
//! let partner = PartnerCenter::from_env().await?;
//!
//! let settings = Settings::builder().profile("work").read()?;
//! let partner = settings.client().await?.application("license-report").build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Precedence
//!
//! A value of the [builder](SettingsBuilder) overrides the environment, which overrides the profile, which overrides the
//! default.
//!
//! | variable | key in a profile | meaning |
//! |---|---|---|
//! | `PARTNER_CENTER_ACCESS_TOKEN` | | an access token |
//! | `PARTNER_CENTER_REFRESH_TOKEN` | | a refresh token |
//! | `PARTNER_CENTER_TENANT_ID` | `tenant-id` | the partner tenant, a GUID or a domain |
//! | `PARTNER_CENTER_CLIENT_ID` | `client-id` | the application (client) id of the app registration |
//! | `PARTNER_CENTER_CLIENT_SECRET` | | the client secret of the app registration |
//! | `PARTNER_CENTER_CLIENT_CERTIFICATE_PATH` | `client-certificate-path` | a PEM file with its certificate and private key |
//! | `PARTNER_CENTER_FEDERATED_TOKEN_FILE` | `federated-token-file` | a file with the token of a federated identity |
//! | `PARTNER_CENTER_CLOUD` | `cloud` | `global` (default), `usgov` or `china` |
//! | `PARTNER_CENTER_AUTHORITY` | `authority` | the sign-in host, instead of the cloud's |
//! | `PARTNER_CENTER_BASE_URL` | `base-url` | the base URL, instead of the cloud's |
//! | `PARTNER_CENTER_PROFILE` | | the profile to use, instead of `default` |
//! | `PARTNER_CENTER_CONFIG_DIR` | | the directory of profiles and sign-ins |
//! | `HTTPS_PROXY`, `ALL_PROXY` | `proxy` | the proxy for calls and sign-in, as `http://host:port` |
//! | `NO_PROXY` | `no-proxy` | the hosts that are reached without it; this machine always is |
//! | | `store` | where the sign-in is stored: `file` (default) or `keyring` |
//!
//! The proxy variables can be in lower case too. An empty variable counts as not set, because CI systems leave unknown
//! secrets empty. An empty cloud, authority or base URL is an error: it was set to keep tokens from the default, which is
//! production. Whitespace, quotes and a byte order mark around a value are removed.
//!
//! # Profiles
//!
//! Profiles are in `config.toml` in the configuration directory, which is also that of the sign-ins. The profile `default`
//! is used if it exists and no other is named. Secrets are rejected there.
//!
//! | platform | configuration directory |
//! |---|---|
//! | Linux | `~/.config/partner-center`, or below `$XDG_CONFIG_HOME` |
//! | Windows | `%APPDATA%\partner-center\config` |
//! | macOS | `~/Library/Application Support/partner-center` |
//!
//! On macOS, earlier versions used the directory of Linux. It is still used if only it has files;
//! [`Settings::earlier_directory`] says so. [`ProfileKey`] has the keys and the rules for their values, for programs that
//! write profiles.
//!
//! ```toml
//! [profile.default]
//! tenant-id = "contoso.onmicrosoft.com"
//! client-id = "00000000-1111-2222-3333-444444444444"
//! ```
//!
//! # Credentials
//!
//! The first of these is used: the access token, the refresh token, the sign-in that the profile's token store keeps,
//! the client secret, certificate or federated token. The last three give app-only access, which license analytics
//! refuse; with a refresh token, they authenticate the application. At most one of them may be set.
//!
//! # Errors
//!
//! Errors name the variable, the file and line, or the key that is wrong, and say what is right. They contain no secret.
//! [`Error::facts`](crate::Error::facts) has the place apart from the message.

mod credential;
mod directory;
pub mod input;
mod key;
mod profile;
mod read;
mod setting;
#[cfg(test)]
mod tests;
pub mod variables;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::base_url::BaseUrl;
use crate::client::{PartnerCenter, PartnerCenterBuilder};
use crate::cloud::Cloud;
use crate::credential::AppRegistration;
use crate::error::Result;
use crate::proxy;

/// An address as it may be shown.
pub use partner_center_client::without_user;

pub use credential::{CredentialPlace, FoundCredential, ProfileStore, Registration};
pub use directory::EarlierDirectory;
pub use key::ProfileKey;
pub use profile::{ProfileFile, StoreKind};
pub use read::{ProfilePlace, SettingsBuilder};
pub use setting::{Setting, Source};

/// All settings, each with its source.
///
/// `Debug` shows no secret. Values are not checked before they are used, except the cloud and the store.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The profile; `None` if none is named and there is none named `default`.
    pub profile: Option<Setting<String>>,
    /// The directory of profiles and sign-ins. `None` if the platform has none, as in a container without a home.
    pub directory: Option<Setting<PathBuf>>,
    /// The directory of earlier versions, if it still has files. Always `None` if the program or a variable names the
    /// directory.
    pub earlier_directory: Option<EarlierDirectory>,
    /// The national cloud.
    pub cloud: Setting<Cloud>,
    /// The base URL, instead of the cloud's.
    pub base_url: Option<Setting<String>>,
    /// The sign-in host, instead of the cloud's.
    pub authority: Option<Setting<String>>,
    /// The partner tenant.
    pub tenant_id: Option<Setting<String>>,
    /// The application (client) id of the app registration.
    pub client_id: Option<Setting<String>>,
    /// The client secret of the app registration.
    pub client_secret: Option<Setting<SecretString>>,
    /// The PEM file with the certificate of the app registration and its private key.
    pub client_certificate_path: Option<Setting<PathBuf>>,
    /// The file with the token of a federated identity, which is read for each token request.
    pub federated_token_file: Option<Setting<PathBuf>>,
    /// The proxy for calls and sign-in. Its value may have a password.
    pub proxy: Option<Setting<String>>,
    /// The hosts that are reached without the proxy, besides this machine.
    pub no_proxy: Option<Setting<String>>,
    /// A refresh token.
    pub refresh_token: Option<Setting<SecretString>>,
    /// An access token.
    pub access_token: Option<Setting<SecretString>>,
    /// Where the sign-in is stored.
    pub store: Setting<StoreKind>,
    change_app: Option<Change<AppRegistration>>,
    change_store: Option<Change<ProfileStore>>,
}

/// A change that the program makes to what the settings build.
type Change<T> = Arc<dyn Fn(T) -> T + Send + Sync>;

impl Settings {
    /// Returns a builder, for values that override the environment and the profile.
    pub fn builder() -> SettingsBuilder {
        SettingsBuilder::default()
    }

    /// Reads the environment of this process, and the default profile if there is one.
    ///
    /// # Errors
    ///
    /// Like [`SettingsBuilder::read`].
    pub fn read() -> Result<Self> {
        Self::builder().read()
    }

    /// Changes the app registration before it is used: to add notices, a proxy, or a certificate instead of the client
    /// secret.
    #[must_use]
    pub fn map_app(
        mut self,
        change: impl Fn(AppRegistration) -> AppRegistration + Send + Sync + 'static,
    ) -> Self {
        self.change_app = Some(Arc::new(change));
        self
    }

    /// Changes the token store before it is used: to wrap it in one that limits the wait, or to use a vault instead.
    #[must_use]
    pub fn map_store(
        mut self,
        change: impl Fn(ProfileStore) -> ProfileStore + Send + Sync + 'static,
    ) -> Self {
        self.change_store = Some(Arc::new(change));
        self
    }

    /// Sets the cloud, the base URL and the proxy of a client. The credential is not set.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the base URL is invalid.
    pub fn configure(&self, builder: PartnerCenterBuilder) -> Result<PartnerCenterBuilder> {
        let mut builder = builder.cloud(self.cloud.value);
        if let Some((proxy, no_proxy)) = self.proxy_and_exceptions() {
            builder = builder.proxy(proxy).no_proxy(no_proxy);
        }
        let Some(url) = &self.base_url else { return Ok(builder) };
        // Checked here, where its source is known.
        BaseUrl::parse(&url.value).map_err(|error| url.source.add_to(error))?;
        Ok(builder.base_url(&url.value))
    }

    /// The proxy, and all hosts that are reached without it.
    fn proxy_and_exceptions(&self) -> Option<(&str, String)> {
        let hosts = self.no_proxy.as_ref().map(|hosts| hosts.value.as_str());
        Some((self.proxy.as_ref()?.value.as_str(), proxy::without_proxy(hosts)))
    }

    /// Returns a builder for a client with the credential, the cloud and the base URL of these settings. Nothing is
    /// sent.
    ///
    /// # Errors
    ///
    /// Like [`credential`](Self::credential), and if the base URL is invalid.
    pub async fn client(&self) -> Result<PartnerCenterBuilder> {
        let builder = self.configure(PartnerCenter::builder())?;
        Ok(builder.credential(self.credential().await?.credential))
    }
}

impl PartnerCenter {
    /// Builds a client from the environment of this process, and from the default profile if there is one. Nothing is
    /// sent.
    ///
    /// See [`settings`](crate::settings) for the variables and the profile file. For another profile, or more settings
    /// of the client, use [`Settings::builder`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a setting is invalid; the message names the
    /// variable or the key. [`ErrorKind::Credential`](crate::ErrorKind::Credential) if there are no credentials.
    pub async fn from_env() -> Result<Self> {
        Settings::read()?.client().await?.build()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Someone may have put a password into an address.
        let address = |setting: &Option<Setting<String>>| {
            setting.clone().map(|setting| setting.map(|url| without_user(&url)))
        };
        f.debug_struct("Settings")
            .field("profile", &self.profile)
            .field("directory", &self.directory)
            .field("cloud", &self.cloud)
            .field("base_url", &address(&self.base_url))
            .field("authority", &address(&self.authority))
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
            .field("client_certificate_path", &self.client_certificate_path)
            .field("federated_token_file", &self.federated_token_file)
            .field("proxy", &address(&self.proxy))
            .field("no_proxy", &self.no_proxy)
            .field("refresh_token", &self.refresh_token)
            .field("access_token", &self.access_token)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
