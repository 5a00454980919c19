//! Arguments of `config` and `auth`.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Subcommand};
use partner_center::settings::ProfileKey;

use super::{Writing, help};

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// The value of every setting, and where it came from
    List {
        #[command(flatten)]
        writing: Writing,
    },

    /// Print the value of a setting; exit code 6 if it has none
    Get {
        /// The key
        #[arg(value_name = "KEY", value_parser = KeyParser)]
        key: String,
    },

    /// Write a value to the profile, which is created if it does not exist
    Set {
        /// The key
        #[arg(value_name = "KEY", value_parser = KeyParser)]
        key: String,

        /// The value
        #[arg(value_name = "VALUE")]
        value: String,
    },

    /// Remove a value from the profile
    Unset {
        /// The key
        #[arg(value_name = "KEY", value_parser = KeyParser)]
        key: String,
    },

    /// Print the path of config.toml, whether or not it exists
    Path,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum AuthCommand {
    #[command(after_help = help::AUTH_STATUS_HELP)]
    /// Who is signed in, where the credentials come from, and whether license analytics would accept them
    Status {
        /// Also request a single row from license analytics, which checks roles, the network and any proxy
        #[arg(long)]
        online: bool,
    },
}

/// Accepts any text, because the command has better advice for an unknown key. The keys are for help and completions.
#[derive(Clone)]
struct KeyParser;

impl TypedValueParser for KeyParser {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(ProfileKey::ALL.iter().map(|key| PossibleValue::new(key.name()))))
    }
}
