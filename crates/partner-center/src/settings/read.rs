//! Reads the settings: values of the program over the environment, over the profile, over the defaults.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use super::directory::{self, EarlierDirectory};
use super::input::{self, Kind};
use super::key::check_proxy_address;
use super::profile::{self, Profile, ProfileFile, StoreKind};
use super::{ProfileKey, Setting, Settings, Source, variables};
use crate::cloud::Cloud;
use crate::error::{Error, ErrorKind, Result};
use crate::proxy;

/// Reads a variable; [`std::env::var_os`] by default.
type Lookup = Box<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// A builder for [`Settings`]. Its values override the environment and the profile.
///
/// ```
/// use partner_center::settings::{Setting, Settings, Source};
///
/// // A program with a flag names it, so that errors name it too.
/// let profile = Setting::new("work".to_owned(), Source::Explicit("--profile"));
/// let settings = Settings::builder().profile(profile).environment(|_| None).directory("/nowhere").read();
/// assert_eq!(settings.unwrap_err().facts().next(), Some(("from", "--profile")));
/// ```
#[derive(Default)]
#[must_use]
pub struct SettingsBuilder {
    profile: Option<Setting<String>>,
    directory: Option<Setting<PathBuf>>,
    cloud: Option<Setting<Cloud>>,
    base_url: Option<Setting<String>>,
    authority: Option<Setting<String>>,
    tenant_id: Option<Setting<String>>,
    client_id: Option<Setting<String>>,
    proxy: Option<Setting<String>>,
    environment: Option<Lookup>,
    profile_may_be_new: bool,
}

/// The directory, the earlier one, and the name of the profile if one is named.
type Place = (Option<Setting<PathBuf>>, Option<EarlierDirectory>, Option<Setting<String>>);

/// Where profiles are, and which one is meant: what is known without reading them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProfilePlace {
    /// The directory of profiles and sign-ins. `None` if the platform has none, as in a container without a home.
    pub directory: Option<Setting<PathBuf>>,
    /// The directory of earlier versions, if it still has files.
    pub earlier_directory: Option<EarlierDirectory>,
    /// The name of the profile, which need not exist.
    pub profile: Setting<String>,
}

impl ProfilePlace {
    /// The path of the file with the profiles, which need not exist.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        Some(self.directory.as_ref()?.value.join(ProfileFile::NAME))
    }
}

impl SettingsBuilder {
    /// The profile to use, which must exist. Default: the one named `default`, if it exists.
    pub fn profile(mut self, name: impl Into<Setting<String>>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Accepts a profile that does not exist yet, for a program that creates it. It is read as if it were empty.
    pub fn new_profile_allowed(mut self) -> Self {
        self.profile_may_be_new = true;
        self
    }

    /// The directory of profiles and sign-ins. Default: [the platform's](crate::settings#profiles), such as
    /// `~/.config/partner-center`.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into().into());
        self
    }

    /// The national cloud. Default: [`Cloud::Global`].
    pub fn cloud(mut self, cloud: impl Into<Setting<Cloud>>) -> Self {
        self.cloud = Some(cloud.into());
        self
    }

    /// The base URL. Default: the cloud's.
    pub fn base_url(mut self, url: impl Into<Setting<String>>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The sign-in host. Default: the cloud's.
    pub fn authority(mut self, authority: impl Into<Setting<String>>) -> Self {
        self.authority = Some(authority.into());
        self
    }

    /// The partner tenant: its GUID or one of its domains.
    pub fn tenant_id(mut self, tenant: impl Into<Setting<String>>) -> Self {
        self.tenant_id = Some(tenant.into());
        self
    }

    /// The application (client) id of the app registration.
    pub fn client_id(mut self, id: impl Into<Setting<String>>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// The proxy for calls and sign-in, as `http://host:port`. Default: that of the environment or the profile.
    pub fn proxy(mut self, url: impl Into<Setting<String>>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Reads variables with this function instead of [`std::env::var_os`]: for tests, and for variables that are not
    /// those of this process.
    pub fn environment(mut self, lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        self.environment = Some(Box::new(lookup));
        self
    }

    /// Finds the profile without reading it, for a program that shows where it is or that changes it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if a variable is invalid, or if no profile can have this name.
    pub fn locate(&self) -> Result<ProfilePlace> {
        let (directory, earlier_directory, named) = self.place(&self.variables())?;
        let default = || Setting::new(profile::DEFAULT.to_owned(), Source::Default);
        Ok(ProfilePlace { directory, earlier_directory, profile: named.unwrap_or_else(default) })
    }

    fn variables(&self) -> Variables<'_> {
        match &self.environment {
            Some(lookup) => Variables(lookup),
            None => Variables(&|name| std::env::var_os(name)),
        }
    }

    fn place(&self, environment: &Variables<'_>) -> Result<Place> {
        let explicit = match &self.directory {
            Some(directory) => Some(directory.clone()),
            None => environment.get(variables::CONFIG_DIR, Kind::Text)?.map(|path| path.map(PathBuf::from)),
        };
        let (directory, earlier) = match explicit {
            Some(directory) => (Some(directory), None),
            None => directory::find()
                .map_or((None, None), |(path, earlier)| (Some(Setting::new(path, Source::Default)), earlier)),
        };
        let named = match &self.profile {
            Some(name) => Some(name.clone()),
            None => environment.get(variables::PROFILE, Kind::Text)?,
        };
        named.as_ref().map_or(Ok(()), profile::check_name)?;
        Ok((directory, earlier, named))
    }

    /// Reads the settings. The profile file is read on the calling thread; a missing file is not an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if a variable, the profile file or the name of the profile is invalid.
    pub fn read(self) -> Result<Settings> {
        let environment = self.variables();
        let (directory, earlier_directory, named) = self.place(&environment)?;
        let (profile, values) =
            ProfileFile::in_directory(directory.as_ref().map(|directory| directory.value.as_path()))?
                .choose(named, self.profile_may_be_new)?
                .map_or((None, Profile::default()), |(name, profile)| (Some(name), profile));
        let source = Source::Profile(profile.as_ref().map(|name| name.value.clone()).unwrap_or_default());
        let from_profile = |key| Some(Setting::new(values.get(key)?.to_owned(), source.clone()));
        let destination = |explicit: &Option<Setting<String>>, name, key| match explicit {
            Some(explicit) => Ok(Some(explicit.clone())),
            None => Ok::<_, Error>(environment.destination(name)?.or_else(|| from_profile(key))),
        };
        let id = |explicit: &Option<Setting<String>>, name, key| match explicit {
            Some(explicit) => Ok(Some(explicit.clone())),
            None => Ok::<_, Error>(environment.get(name, Kind::Id)?.or_else(|| from_profile(key))),
        };
        let cloud = match &self.cloud {
            Some(cloud) => cloud.clone(),
            None => match destination(&None, variables::CLOUD, ProfileKey::Cloud)? {
                Some(name) => cloud(name)?,
                None => Setting::new(Cloud::default(), Source::Default),
            },
        };
        let proxy = match &self.proxy {
            Some(proxy) => Some(proxy.clone()),
            None => environment.first(&proxy::PROXY)?.or_else(|| from_profile(ProfileKey::Proxy)),
        };
        let no_proxy = environment.first(&proxy::NO_PROXY)?.or_else(|| from_profile(ProfileKey::NoProxy));
        if let Some(proxy) = &proxy {
            check_proxy_address(&proxy.value).map_err(|error| proxy.source.add_to(error))?;
        }
        let path = |name, key| {
            let found = environment.get(name, Kind::Text)?.or_else(|| from_profile(key));
            Ok::<_, Error>(found.map(|path| path.map(PathBuf::from)))
        };
        Ok(Settings {
            cloud,
            proxy,
            no_proxy,
            base_url: destination(&self.base_url, variables::BASE_URL, ProfileKey::BaseUrl)?,
            authority: destination(&self.authority, variables::AUTHORITY, ProfileKey::Authority)?,
            tenant_id: id(&self.tenant_id, variables::TENANT_ID, ProfileKey::TenantId)?,
            client_id: id(&self.client_id, variables::CLIENT_ID, ProfileKey::ClientId)?,
            client_secret: environment.secret(variables::CLIENT_SECRET, Kind::Secret)?,
            client_certificate_path: path(
                variables::CLIENT_CERTIFICATE_PATH,
                ProfileKey::ClientCertificatePath,
            )?,
            federated_token_file: path(variables::FEDERATED_TOKEN_FILE, ProfileKey::FederatedTokenFile)?,
            refresh_token: environment.secret(variables::REFRESH_TOKEN, Kind::Token)?,
            access_token: environment.secret(variables::ACCESS_TOKEN, Kind::Token)?,
            store: match from_profile(ProfileKey::Store) {
                Some(name) => store(name, directory.as_ref())?,
                None => Setting::new(StoreKind::default(), Source::Default),
            },
            profile,
            directory,
            earlier_directory,
            change_app: None,
            change_store: None,
        })
    }
}

impl fmt::Debug for SettingsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingsBuilder")
            .field("profile", &self.profile)
            .field("directory", &self.directory)
            .field("cloud", &self.cloud)
            .finish_non_exhaustive()
    }
}

fn cloud(name: Setting<String>) -> Result<Setting<Cloud>> {
    match name.value.parse() {
        Ok(cloud) => Ok(Setting::new(cloud, name.source)),
        Err(error) => Err(name.source.add_to(error)),
    }
}

/// Only a profile has it, so an error can name the file.
fn store(name: Setting<String>, directory: Option<&Setting<PathBuf>>) -> Result<Setting<StoreKind>> {
    match name.value.parse() {
        Ok(store) => Ok(Setting::new(store, name.source)),
        Err(error) => {
            let error = name.source.add_to(error).with_fact("setting", ProfileKey::Store.name());
            Err(match directory {
                Some(directory) => {
                    error.with_fact("file", directory.value.join(ProfileFile::NAME).display().to_string())
                }
                None => error,
            })
        }
    }
}

/// The variables of an environment.
struct Variables<'a>(&'a (dyn Fn(&str) -> Option<OsString> + Send + Sync));

impl Variables<'_> {
    /// A variable; `None` if it is not set or empty. CI systems leave unknown secrets empty.
    fn get(&self, name: &'static str, kind: Kind) -> Result<Option<Setting<String>>> {
        let Some(value) = (self.0)(name) else { return Ok(None) };
        let refused = |why: &str, advice: &str| {
            Err(Error::new(ErrorKind::Configuration, format!("{name} {why}"))
                .with_advice(format!("{advice} Nothing was sent.")))
        };
        match value.into_string() {
            Ok(value) => match input::bare(&value, kind) {
                Ok("") => Ok(None),
                Ok(value) => Ok(Some(Setting::new(value.to_owned(), Source::Environment(name)))),
                Err(unusable) => refused(unusable.why, unusable.advice),
            },
            Err(value) => match value.as_encoded_bytes() {
                // A variable cannot hold the whole UTF-16 text: half of its bytes are zeros.
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                    refused("is not valid text: it is UTF-16", "Save the file that it is set from as UTF-8.")
                }
                _ => refused("is not valid text", "Set it again."),
            },
        }
    }

    /// The first of these variables that is set and not empty.
    fn first(&self, names: &[&'static str]) -> Result<Option<Setting<String>>> {
        for name in names {
            if let Some(found) = self.get(name, Kind::Text)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn secret(&self, name: &'static str, kind: Kind) -> Result<Option<Setting<SecretString>>> {
        Ok(self.get(name, kind)?.map(|secret| secret.map(SecretString::from)))
    }

    /// A variable that determines where tokens are sent. An empty one is rejected: it was set to override the default,
    /// which is production.
    fn destination(&self, name: &'static str) -> Result<Option<Setting<String>>> {
        match self.get(name, Kind::Text)? {
            None if (self.0)(name).is_some() => {
                Err(Error::new(ErrorKind::Configuration, format!("{name} is empty"))
                    .with_advice("Set it, or unset it for the default. Nothing was sent."))
            }
            found => Ok(found),
        }
    }
}
