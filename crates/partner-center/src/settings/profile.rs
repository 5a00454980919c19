//! Profiles: named sets of settings in `config.toml`. Secrets are rejected there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use serde::Deserialize;

use super::input::{self, Kind, UnusableText};
use super::{Setting, Source, variables};
use crate::error::{Error, ErrorKind, ErrorReason, Result};

/// The profile that is used by default.
pub(super) const DEFAULT: &str = "default";

/// The name of the file in the configuration directory.
const FILE: &str = "config.toml";

/// The longest file that is read: profiles are far shorter.
const LONGEST: u64 = 4 * 1024 * 1024;

/// One profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) cloud: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) authority: Option<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_certificate_path: Option<String>,
    pub(super) federated_token_file: Option<String>,
    pub(super) proxy: Option<String>,
    pub(super) no_proxy: Option<String>,
    pub(super) store: Option<StoreKind>,
}

impl Profile {
    /// Normalizes the values, or returns the key of an invalid one.
    fn bare(&mut self) -> Result<(), (&'static str, UnusableText)> {
        for (key, kind, value) in [
            ("cloud", Kind::Text, &mut self.cloud),
            ("base-url", Kind::Text, &mut self.base_url),
            ("authority", Kind::Text, &mut self.authority),
            ("tenant-id", Kind::Id, &mut self.tenant_id),
            ("client-id", Kind::Id, &mut self.client_id),
            ("client-certificate-path", Kind::Text, &mut self.client_certificate_path),
            ("federated-token-file", Kind::Text, &mut self.federated_token_file),
            ("proxy", Kind::Text, &mut self.proxy),
            ("no-proxy", Kind::Text, &mut self.no_proxy),
        ] {
            if let Some(value) = value {
                *value = input::bare(value, kind).map_err(|unusable| (key, unusable))?.to_owned();
            }
        }
        Ok(())
    }
}

/// Where refresh tokens are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StoreKind {
    /// A file that only its owner can read.
    #[default]
    File,
    /// The operating system's keyring. Requires the feature `keyring`.
    Keyring,
}

/// The whole file.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    path: Option<PathBuf>,
    profiles: BTreeMap<String, Profile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profile: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Reads the file in this directory. A missing file is not an error.
    pub(super) fn read(directory: Option<&Path>) -> Result<Self> {
        let Some(path) = directory.map(|directory| directory.join(FILE)) else { return Ok(Self::default()) };
        let bytes = match contents(&path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Self { path: Some(path), profiles: BTreeMap::new() }),
            Err(error) => {
                return Err(invalid("could not read the configuration")
                    .with_advice("Check that it is a file and that this user can read it. Nothing was sent.")
                    .with_fact("file", path.display().to_string())
                    .with_fact("cause", error.to_string()));
            }
        };
        let unusable = |UnusableText { why, advice, .. }| {
            invalid(format!("invalid configuration: it {why}"))
                .with_advice(advice)
                .with_fact("file", path.display().to_string())
        };
        let text = input::text(&bytes).map_err(unusable)?;
        let File { profile: mut profiles } =
            toml::from_str(&text).map_err(|error| wrong(&path, &text, &error))?;
        for (name, profile) in &mut profiles {
            profile.bare().map_err(|(key, unusable_value)| {
                unusable(unusable_value).with_fact("setting", format!("{key} of profile {name}"))
            })?;
        }
        if let Some(name) = profiles.keys().find(|name| !is_name(name)) {
            return Err(invalid("a profile name may contain letters, digits, - and _")
                .with_fact("file", path.display().to_string())
                .with_fact("profile", name.as_str()));
        }
        Ok(Self { path: Some(path), profiles })
    }

    /// The named profile, or the default one if it exists.
    pub(super) fn choose(
        mut self,
        named: Option<Setting<String>>,
    ) -> Result<Option<(Setting<String>, Profile)>> {
        let Some(named) = named else {
            let default = self.profiles.remove(DEFAULT);
            return Ok(default.map(|profile| (Setting::new(DEFAULT.to_owned(), Source::Default), profile)));
        };
        match self.profiles.remove(&named.value) {
            Some(profile) => Ok(Some((named, profile))),
            None => Err(self.unknown(&named)),
        }
    }

    fn unknown(&self, named: &Setting<String>) -> Error {
        let there_are = self.profiles.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let file = self.path.as_ref().map_or_else(|| "none".to_owned(), |path| path.display().to_string());
        invalid(format!("there is no profile named {}", named.value))
            .with_advice("Use one of these profiles, or add this one to the file. Nothing was sent.")
            .with_fact("from", named.source.to_string())
            .with_fact("file", file)
            .with_fact("profiles", if there_are.is_empty() { "none".to_owned() } else { there_are })
    }
}

fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Configuration, message).with_advice("Fix the file. Nothing was sent.")
}

/// The bytes of the file; `None` if it does not exist. It may hold a secret, although it should not.
pub(super) fn contents(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(file) = crate::credential::open_file(path)? else { return Ok(None) };
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST) {
        Ok(Some(bytes))
    } else {
        Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than 4 MiB"))
    }
}

/// Names become file names.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The error and its position, but not the line itself, which may contain a secret.
fn wrong(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let message = error.message();
    let place = match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => {
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("{}, line {line}, column {column}", path.display())
        }
        None => path.display().to_string(),
    };
    // serde quotes a value of the wrong type.
    let what = match message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.lines().next().unwrap_or_default().to_owned(),
    };
    let is_secret = ["secret", "token", "password"]
        .iter()
        .any(|word| what.split('`').nth(1).is_some_and(|key| key.contains(word)));
    let error = invalid(format!("invalid configuration: {what}")).with_fact("file", place);
    if !is_secret {
        return error;
    }
    error.with_reason(ErrorReason::SecretInProfile).with_advice(format!(
        "Secrets do not belong in this file: pass them as {} or {}.",
        variables::CLIENT_SECRET,
        variables::REFRESH_TOKEN
    ))
}
