//! The columns of settings.

use std::borrow::Cow;

use partner_center_history::cell::{Cell, Field, Kind};
use schemars::JsonSchema;
use serde::Serialize;

use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::As;
use crate::output::row::columns;
use crate::output::rows::Unbroken;

/// A setting with its value.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingRow {
    /// The key in a profile, or what a secret is, which only a variable can have.
    #[schemars(with = "String")]
    pub(crate) key: SettingName,
    /// The value that is used; `null` if there is none. A secret and the user in an address are not shown.
    #[schemars(with = "Option<String>")]
    pub(crate) value: Unbroken,
    /// Where the value came from: a flag, a variable, a profile, or default.
    pub(crate) source: Option<String>,
}

/// The name of a setting, which every row has and no table breaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct SettingName(pub(crate) &'static str);

impl Field for SettingName {
    const KIND: Kind = Kind::Id;
    const REQUIRED: bool = true;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(Some(Cow::Borrowed(self.0)))
    }
}

columns! {
    SettingRow as "setting" {
        "key" key, As("Key");
        "value" value, As("Value");
        "source" source, As("From");
    }

    const ADDS_UP: bool = false;

    /// It names no customer.
    fn anonymize(&mut self, _: &Anonymizer) {}
}
