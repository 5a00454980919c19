//! Profiles: named sets of settings in `config.toml`. Secrets are rejected there.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::{Setting, Source, config_dir};
use crate::exit::Exit;
use crate::input::{self, Kind, UnusableReason};
use crate::problem::Problem;

/// The profile that is used by default.
pub(super) const DEFAULT: &str = "default";

/// One profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) cloud: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) authority: Option<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) store: Option<StoreKind>,
}

impl Profile {
    /// Normalizes the values, or returns the key of an invalid one.
    fn bare(&mut self) -> Result<(), (&'static str, UnusableReason)> {
        for (key, kind, value) in [
            ("cloud", Kind::Text, &mut self.cloud),
            ("base-url", Kind::Text, &mut self.base_url),
            ("authority", Kind::Text, &mut self.authority),
            ("tenant-id", Kind::Id, &mut self.tenant_id),
            ("client-id", Kind::Id, &mut self.client_id),
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
pub(crate) enum StoreKind {
    /// A file that only its owner can read.
    #[default]
    File,
    /// The operating system's keyring.
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
    /// Reads the file. A missing file is not an error.
    pub(super) fn read(directory: Option<&Path>, at_most: Duration) -> Result<Self, Problem> {
        let Some(path) = directory.map(config_dir::profiles) else { return Ok(Self::default()) };
        let bytes = match input::read(&path, at_most) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path: Some(path), profiles: BTreeMap::new() });
            }
            Err(error) => {
                return Err(Problem::new(Exit::Usage, "could not read the configuration")
                    .fact("file", path.display().to_string())
                    .because(error.to_string()));
            }
        };
        let unusable = |UnusableReason { why, advice }| {
            Problem::new(Exit::Usage, format!("invalid configuration: it {why}"))
                .fact("file", path.display().to_string())
                .advice(advice)
        };
        let text = input::text(&bytes).map_err(unusable)?;
        let File { profile: mut profiles } =
            toml::from_str(&text).map_err(|error| wrong(&path, &text, &error))?;
        for (name, profile) in &mut profiles {
            profile.bare().map_err(|(key, unusable_value)| {
                unusable(unusable_value).fact("setting", format!("{key} of profile {name}"))
            })?;
        }
        if let Some(name) = profiles.keys().find(|name| !is_name(name)) {
            return Err(Problem::new(Exit::Usage, "a profile name may contain letters, digits, - and _")
                .fact("file", path.display().to_string())
                .fact("profile", name.as_str()));
        }
        Ok(Self { path: Some(path), profiles })
    }

    /// The named profile, or the default one if it exists.
    pub(super) fn choose(
        mut self,
        named: Option<Setting<String>>,
    ) -> Result<Option<(Setting<String>, Profile)>, Problem> {
        let Some(named) = named else {
            let default = self.profiles.remove(DEFAULT);
            return Ok(default.map(|profile| (Setting::new(DEFAULT.to_owned(), Source::Default), profile)));
        };
        match self.profiles.remove(&named.value) {
            Some(profile) => Ok(Some((named, profile))),
            None => Err(self.unknown(&named)),
        }
    }

    fn unknown(&self, named: &Setting<String>) -> Problem {
        let there_are = self.profiles.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let file = self.path.as_ref().map_or_else(|| "none".to_owned(), |path| path.display().to_string());
        Problem::new(Exit::Usage, format!("there is no profile named {}", named.value))
            .fact("from", named.source.to_string())
            .fact("file", file)
            .fact("profiles", if there_are.is_empty() { "none".to_owned() } else { there_are })
            .advice("Use one of these profiles, or add this one to the file. Nothing was sent.")
    }
}

/// Names become file names.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The error and its position, but not the line itself, which may contain a secret.
fn wrong(path: &Path, text: &str, error: &toml::de::Error) -> Problem {
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
    let problem = Problem::new(Exit::Usage, format!("invalid configuration: {what}")).fact("file", place);
    if ["secret", "token", "password"]
        .iter()
        .any(|word| what.split('`').nth(1).is_some_and(|key| key.contains(word)))
    {
        return problem.advice(
            "Secrets do not belong in this file: pass them as PARTNER_CENTER_CLIENT_SECRET or \
             PARTNER_CENTER_REFRESH_TOKEN, or sign in with `partner-center login`.",
        );
    }
    problem.advice("Fix the file. Nothing was sent.")
}
