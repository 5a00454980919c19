//! Combines flags, environment and profile, and records where each value came from. Flags override the environment,
//! which overrides the profile.
//!
//! Values are not validated here: the SDK checks URLs and ids.

mod config_dir;
mod profile;
#[cfg(test)]
mod tests;

use std::env::VarError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use partner_center::Cloud;
use secrecy::SecretString;

use crate::args::Global;
use crate::exit::Exit;
use crate::input::Kind;
use crate::problem::Problem;
use crate::secrets;
pub(crate) use profile::StoreKind;
use profile::{Profile, Profiles};

pub(crate) const ACCESS_TOKEN: &str = "PARTNER_CENTER_ACCESS_TOKEN";
pub(crate) const REFRESH_TOKEN: &str = "PARTNER_CENTER_REFRESH_TOKEN";
pub(crate) const TENANT_ID: &str = "PARTNER_CENTER_TENANT_ID";
pub(crate) const CLIENT_ID: &str = "PARTNER_CENTER_CLIENT_ID";
pub(crate) const CLIENT_SECRET: &str = "PARTNER_CENTER_CLIENT_SECRET";
pub(crate) const CLOUD: &str = "PARTNER_CENTER_CLOUD";
pub(crate) const AUTHORITY: &str = "PARTNER_CENTER_AUTHORITY";
pub(crate) const BASE_URL: &str = "PARTNER_CENTER_BASE_URL";
pub(crate) const PROFILE: &str = "PARTNER_CENTER_PROFILE";
pub(crate) const CONFIG_DIR: &str = "PARTNER_CENTER_CONFIG_DIR";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Flag(&'static str),
    Environment(&'static str),
    Profile(String),
    /// The sign-in that the token store keeps.
    SignIn,
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::SignIn => f.write_str("the sign-in"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
}

impl<T> Setting<T> {
    pub(crate) fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), source: self.source }
    }
}

/// All settings. Secrets are in types that cannot be printed.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) profile: Option<Setting<String>>,
    /// The configuration directory. `None` if the platform has none, as in a container without a home.
    pub(crate) directory: Option<Setting<PathBuf>>,
    pub(crate) cloud: Setting<Cloud>,
    pub(crate) base_url: Option<Setting<String>>,
    pub(crate) authority: Option<Setting<String>>,
    pub(crate) tenant_id: Option<Setting<String>>,
    pub(crate) client_id: Option<Setting<String>>,
    pub(crate) client_secret: Option<Setting<SecretString>>,
    pub(crate) refresh_token: Option<Setting<SecretString>>,
    pub(crate) access_token: Option<Setting<SecretString>>,
    pub(crate) store: Setting<StoreKind>,
    /// The longest time to wait for anything.
    pub(crate) patience: Duration,
}

/// Reads an environment variable: `std::env::var`, or a fake in tests.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Result<String, VarError>;

impl Settings {
    /// The settings of this process.
    pub(crate) fn of(global: &Global) -> Result<Self, Problem> {
        Self::read(global, &|name| std::env::var(name))
    }

    fn read(global: &Global, environment: Environment<'_>) -> Result<Self, Problem> {
        let variable = |name, kind| variable(name, kind, environment);
        let secret = |name, kind| {
            let secret = variable(name, kind)?;
            if let Some(secret) = &secret {
                secrets::remember(&secret.value);
            }
            Ok::<_, Problem>(secret.map(|secret| secret.map(SecretString::from)))
        };
        let directory = config_dir::directory(variable(CONFIG_DIR, Kind::Text)?);
        let named = flag("--profile", global.profile.clone()).or(variable(PROFILE, Kind::Text)?);
        let (profile, of_profile) =
            Profiles::read(directory.as_ref().map(|directory| directory.value.as_path()), global.patience())?
                .choose(named)?
                .map_or((None, Profile::default()), |(name, profile)| (Some(name), profile));
        let source = Source::Profile(profile.as_ref().map(|name| name.value.clone()).unwrap_or_default());
        let from_profile = |value: Option<String>| value.map(|value| Setting::new(value, source.clone()));
        let cloud = match flag("--cloud", global.cloud) {
            Some(cloud) => cloud,
            None => match destination(CLOUD, environment)?.or(from_profile(of_profile.cloud)) {
                Some(name) => cloud(name)?,
                None => Setting::new(Cloud::default(), Source::Default),
            },
        };
        let base_url = match flag("--base-url", global.base_url.clone()) {
            Some(url) => Some(url),
            None => destination(BASE_URL, environment)?.or(from_profile(of_profile.base_url)),
        };
        Ok(Self {
            cloud,
            base_url,
            authority: destination(AUTHORITY, environment)?.or(from_profile(of_profile.authority)),
            tenant_id: variable(TENANT_ID, Kind::Id)?.or(from_profile(of_profile.tenant_id)),
            client_id: variable(CLIENT_ID, Kind::Id)?.or(from_profile(of_profile.client_id)),
            client_secret: secret(CLIENT_SECRET, Kind::Secret)?,
            refresh_token: secret(REFRESH_TOKEN, Kind::Token)?,
            access_token: secret(ACCESS_TOKEN, Kind::Token)?,
            store: of_profile.store.map_or(Setting::new(StoreKind::default(), Source::Default), |store| {
                Setting::new(store, source.clone())
            }),
            profile,
            directory,
            patience: global.patience(),
        })
    }

    /// The name of the token store: one for each profile.
    pub(crate) fn store_name(&self) -> &str {
        self.profile.as_ref().map_or(profile::DEFAULT, |profile| &profile.value)
    }
}

fn flag<T>(name: &'static str, value: Option<T>) -> Option<Setting<T>> {
    value.map(|value| Setting::new(value, Source::Flag(name)))
}

fn cloud(name: Setting<String>) -> Result<Setting<Cloud>, Problem> {
    match name.value.parse() {
        Ok(cloud) => Ok(Setting::new(cloud, name.source)),
        Err(error) => Err(Problem::of_call(&error, None).fact("from", name.source.to_string())),
    }
}

/// A variable that determines where tokens are sent. An empty one is rejected: it was set to override the default,
/// which is production.
fn destination(name: &'static str, environment: Environment<'_>) -> Result<Option<Setting<String>>, Problem> {
    match variable(name, Kind::Text, environment)? {
        None if environment(name).is_ok() => Err(Problem::new(Exit::Usage, format!("{name} is empty"))
            .advice("Set it, or unset it for the default. Nothing was sent.")),
        found => Ok(found),
    }
}

/// A variable; `None` if it is not set or empty. CI systems leave unknown secrets empty.
fn variable(
    name: &'static str,
    kind: Kind,
    environment: Environment<'_>,
) -> Result<Option<Setting<String>>, Problem> {
    let refused = |why: &str, advice: &str| {
        Err(Problem::new(Exit::Usage, format!("{name} {why}")).advice(format!("{advice} Nothing was sent.")))
    };
    match environment(name) {
        Ok(value) => match crate::input::bare(&value, kind) {
            Ok("") => Ok(None),
            Ok(value) => Ok(Some(Setting::new(value.to_owned(), Source::Environment(name)))),
            Err(unusable) => refused(unusable.why, unusable.advice),
        },
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(value)) => match value.as_encoded_bytes() {
            // A variable cannot hold the whole UTF-16 text: half of its bytes are zeros.
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                refused("is not valid text: it is UTF-16", "Save the file that it is set from as UTF-8.")
            }
            _ => refused("is not valid text", "Set it again."),
        },
    }
}
