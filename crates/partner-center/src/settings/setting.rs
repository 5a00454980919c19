//! A value with its origin.

use std::fmt;

use crate::error::Error;

/// Where a value came from. `Display` writes it as it is named in errors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The caller of the [builder](super::SettingsBuilder), under a name that its user knows, such as `--profile`.
    Explicit(&'static str),
    /// The environment variable of this name.
    Environment(&'static str),
    /// The profile of this name.
    Profile(String),
    /// The sign-in in the token store.
    SignIn,
    /// The default.
    Default,
}

impl Source {
    /// Adds where the value came from to an error about it.
    pub(super) fn add_to(&self, error: Error) -> Error {
        error.with_fact("from", self.to_string())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit(name) | Self::Environment(name) => f.write_str(name),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::SignIn => f.write_str("the sign-in"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
///
/// A value alone converts into a setting that comes from the program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub source: Source,
}

impl<T> Setting<T> {
    /// Creates a setting.
    #[must_use]
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }

    /// Changes the value and keeps its source.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), source: self.source }
    }
}

impl<T> From<T> for Setting<T> {
    fn from(value: T) -> Self {
        Self::new(value, Source::Explicit("the program"))
    }
}

impl From<&str> for Setting<String> {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}
