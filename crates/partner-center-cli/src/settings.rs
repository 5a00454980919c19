//! What flags and environment come to together, and where each value came from. Flags win.
//!
//! Whether a value can be used is found out by whoever uses it: the SDK's builder checks the base URL.

use std::env::VarError;

use crate::cli::Global;
use crate::exit::Exit;
use crate::report::Problem;

pub(crate) const ACCESS_TOKEN: &str = "PARTNER_CENTER_ACCESS_TOKEN";
pub(crate) const BASE_URL: &str = "PARTNER_CENTER_BASE_URL";

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Flag(&'static str),
    Environment(&'static str),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
}

/// The environment as a program sees it: `std::env::var`, or a test's own.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Result<String, VarError>;

/// Where the service is; `None` for the service itself.
pub(crate) fn base_url(
    global: &Global,
    environment: Environment<'_>,
) -> Result<Option<Setting<String>>, Problem> {
    match &global.base_url {
        Some(url) => Ok(Some(Setting { value: url.clone(), source: Source::Flag("--base-url") })),
        None => variable(BASE_URL, environment),
    }
}

/// A variable; `None` if it is not set or empty, as a secret that a CI system does not know is.
pub(crate) fn variable(
    name: &'static str,
    environment: Environment<'_>,
) -> Result<Option<Setting<String>>, Problem> {
    match environment(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(Setting { value, source: Source::Environment(name) })),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Problem::new(Exit::Usage, format!("{name} is not valid text"))
            .advice("Set it again; nothing was sent.")),
    }
}
