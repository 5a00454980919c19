//! Profiles: named sets of settings in `config.toml`. Secrets are rejected there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::input::{self, UnusableText};
use super::{ProfileKey, Setting, Source, key};
use crate::error::{Error, ErrorKind, Result};

/// The profile that is used by default.
pub(super) const DEFAULT: &str = "default";

/// The longest file that is read: profiles are far shorter.
const LONGEST: u64 = 4 * 1024 * 1024;

/// One profile.
#[derive(Clone, Default)]
pub(super) struct Profile(BTreeMap<ProfileKey, String>);

impl Profile {
    pub(super) fn get(&self, key: ProfileKey) -> Option<&str> {
        self.0.get(&key).map(String::as_str)
    }

    /// Normalizes the values, or returns the key of an invalid one.
    fn bare(&mut self) -> Result<(), (ProfileKey, UnusableText)> {
        for (key, value) in &mut self.0 {
            *value = input::bare(value, key.kind()).map_err(|unusable| (*key, unusable))?.to_owned();
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Profile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a profile")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Profile, M::Error> {
                let mut values = BTreeMap::new();
                while let Some((key, value)) = map.next_entry()? {
                    values.insert(key, value);
                }
                Ok(Profile(values))
            }
        }

        deserializer.deserialize_map(Keys)
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

impl StoreKind {
    /// The name, as it is written in a profile: `file` or `keyring`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Keyring => "keyring",
        }
    }
}

impl FromStr for StoreKind {
    type Err = Error;

    /// Parses a [`name`](Self::name).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for any other text.
    fn from_str(text: &str) -> Result<Self> {
        [Self::File, Self::Keyring].into_iter().find(|store| store.name() == text).ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "unknown place for the sign-in")
                .with_advice("Use one of these names: file, keyring.")
        })
    }
}

/// The profiles of a `config.toml`, for programs that edit it.
///
/// The settings of a program come from [`Settings`](super::Settings).
#[derive(Default)]
pub struct ProfileFile {
    path: Option<PathBuf>,
    bytes: Zeroizing<Vec<u8>>,
    profiles: BTreeMap<String, Profile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profile: BTreeMap<String, Profile>,
}

impl ProfileFile {
    /// The name of the file in the configuration directory.
    pub const NAME: &'static str = "config.toml";

    /// Reads a file. One that does not exist has no profiles.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the file cannot be read, is not TOML, or has something else than profiles with
    /// their keys; the facts have the line and the column. Values are only checked when they are used.
    pub fn read(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let bytes = contents(&path).map_err(|error| {
            invalid("could not read the configuration")
                .with_advice("Check that it is a file and that this user can read it. Nothing was sent.")
                .with_fact("file", path.display().to_string())
                .with_fact("cause", error.to_string())
        })?;
        Self::parse(path, bytes.map(|mut bytes| std::mem::take(&mut *bytes)).unwrap_or_default())
    }

    /// Reads the content of a file. Errors name the path.
    ///
    /// # Errors
    ///
    /// Like [`read`](Self::read).
    pub fn parse(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Result<Self> {
        let (path, bytes) = (path.into(), Zeroizing::new(bytes));
        let profiles = parse(&path, &bytes)?;
        Ok(Self { path: Some(path), bytes, profiles })
    }

    /// Reads the file in this directory.
    pub(super) fn in_directory(directory: Option<&Path>) -> Result<Self> {
        directory.map_or_else(|| Ok(Self::default()), |directory| Self::read(directory.join(Self::NAME)))
    }

    /// The bytes of the file, as they were read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The names of the profiles, in the order of the alphabet.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Whether there is a profile of this name.
    #[must_use]
    pub fn has_profile(&self, name: &str) -> bool {
        self.profiles.contains_key(name)
    }

    /// The value of a key in a profile. That of the proxy may have a password.
    #[must_use]
    pub fn value(&self, profile: &str, key: ProfileKey) -> Option<&str> {
        self.profiles.get(profile)?.get(key)
    }

    /// The named profile, or the default one if it exists. A named one must exist, unless it may be new.
    pub(super) fn choose(
        mut self,
        named: Option<Setting<String>>,
        may_be_new: bool,
    ) -> Result<Option<(Setting<String>, Profile)>> {
        let Some(named) = named else {
            let default = self.profiles.remove(DEFAULT);
            return Ok(default.map(|profile| (Setting::new(DEFAULT.to_owned(), Source::Default), profile)));
        };
        match self.profiles.remove(&named.value) {
            Some(profile) => Ok(Some((named, profile))),
            None if may_be_new => Ok(Some((named, Profile::default()))),
            None => Err(self.unknown(&named)),
        }
    }

    /// The error for a profile that does not exist.
    #[must_use]
    pub fn unknown(&self, named: &Setting<String>) -> Error {
        let there_are = self.profiles.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let file = self.path.as_ref().map_or_else(|| "none".to_owned(), |path| path.display().to_string());
        invalid(format!("there is no profile named {}", named.value))
            .with_advice("Use one of these profiles, or add this one to the file. Nothing was sent.")
            .with_fact("from", named.source.to_string())
            .with_fact("file", file)
            .with_fact("profiles", if there_are.is_empty() { "none".to_owned() } else { there_are })
    }
}

impl fmt::Debug for ProfileFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without values: the address of a proxy may have a password.
        f.debug_struct("ProfileFile")
            .field("path", &self.path)
            .field("profiles", &self.profiles.keys())
            .finish_non_exhaustive()
    }
}

/// The profiles in the content of a file.
fn parse(path: &Path, bytes: &[u8]) -> Result<BTreeMap<String, Profile>> {
    let unusable = |UnusableText { why, advice, .. }| {
        invalid(format!("invalid configuration: it {why}"))
            .with_advice(advice)
            .with_fact("file", path.display().to_string())
    };
    let text = input::text(bytes).map_err(unusable)?;
    let File { mut profile } = toml::from_str(&text).map_err(|error| wrong(path, &text, &error))?;
    for (name, values) in &mut profile {
        values.bare().map_err(|(key, unusable_value)| {
            unusable(unusable_value).with_fact("setting", format!("{key} of profile {name}"))
        })?;
    }
    match profile.keys().find(|name| !is_name(name)) {
        None => Ok(profile),
        Some(name) => Err(invalid(UNUSABLE_NAME)
            .with_fact("file", path.display().to_string())
            .with_fact("profile", name.as_str())),
    }
}

const UNUSABLE_NAME: &str = "a profile name may contain letters, digits, - and _";

/// Rejects a name that no profile can have.
pub(super) fn check_name(name: &Setting<String>) -> Result<()> {
    if is_name(&name.value) {
        return Ok(());
    }
    let error = Error::new(ErrorKind::Configuration, UNUSABLE_NAME)
        .with_advice("Use another name. Nothing was sent.");
    Err(name.source.add_to(error).with_fact("profile", name.value.as_str()))
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
    let is_secret = what.split('`').nth(1).is_some_and(key::is_secret);
    let error = invalid(format!("invalid configuration: {what}")).with_fact("file", place);
    if is_secret { key::secret(error) } else { error }
}
