//! Paths of the configuration and the token stores.

use std::path::{Path, PathBuf};

use etcetera::{AppStrategy, AppStrategyArgs};

use super::{Setting, Source};

/// The directory that is set, else the platform's: `~/.config/partner-center`, or below `%APPDATA%` on Windows.
pub(super) fn directory(said: Option<Setting<String>>) -> Option<Setting<PathBuf>> {
    if let Some(said) = said {
        return Some(said.map(PathBuf::from));
    }
    let names = AppStrategyArgs { app_name: "partner-center".to_owned(), ..AppStrategyArgs::default() };
    let strategy = etcetera::choose_app_strategy(names).ok()?;
    Some(Setting::new(strategy.config_dir(), Source::Default))
}

/// The file of the profiles.
pub(super) fn profiles(directory: &Path) -> PathBuf {
    directory.join("config.toml")
}

impl super::Settings {
    /// The path of the token store, or of the keyring's lock file.
    pub(crate) fn store_path(&self) -> Option<PathBuf> {
        let directory = self.directory.as_ref()?;
        Some(directory.value.join("tokens").join(format!("{}.json", self.store_name())))
    }
}
