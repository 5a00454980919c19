//! `config`: shows and changes the settings of a profile.

use std::io::{self, Write as _};

use partner_center::settings::{ProfileKey, Setting, Settings, Source, without_user};
use secrecy::SecretString;

use crate::args::{ConfigCommand, Global};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::{SettingName, SettingRow, Unbroken};
use crate::output::{End, Layout};
use crate::problem::{Problem, Stop};
use crate::profile_file::{self, Changed};
use crate::report::output_options;
use crate::settings;
use crate::terminal::text::showable;

pub(crate) fn run(command: &ConfigCommand, global: &Global, console: Console) -> Result<Exit, Stop> {
    if global.emulator {
        return Err(Problem::new(Exit::Usage, "--emulator has no settings")
            .advice("Remove it to see and change the settings of a profile.")
            .into());
    }
    match command {
        ConfigCommand::List { writing } => {
            let mut output = output_options::output::<SettingRow>(global, writing, Layout::AsTheyCome)?;
            let settings = settings::read(global)?;
            settings::note_earlier_directory(settings.earlier_directory.as_ref(), console);
            output.rows(rows(&settings))?;
            output.finish(End::default())?;
            Ok(Exit::Done)
        }
        ConfigCommand::Get { key } => get(key, global),
        ConfigCommand::Set { key, value } => set(key, value, global, console),
        ConfigCommand::Unset { key } => unset(key, global, console),
        ConfigCommand::Path => {
            let place = settings::locate(global)?;
            settings::note_earlier_directory(place.earlier_directory.as_ref(), console);
            writeln!(io::stdout(), "{}", profile_file::path(&place)?.display())?;
            Ok(Exit::Done)
        }
    }
}

/// A row for each key of a profile and for each secret. Only the environment can set secrets.
fn rows(settings: &Settings) -> Vec<SettingRow> {
    let row = |key: &'static str, setting: Option<Setting<String>>| {
        let (value, source) = setting.map(|setting| (setting.value, setting.source.to_string())).unzip();
        SettingRow { key: SettingName(key), value: Unbroken(value), source }
    };
    let secret = |secret: &Option<Setting<SecretString>>| {
        secret.clone().map(|secret| secret.map(|_| "set, not shown".to_owned()))
    };
    let keys = ProfileKey::ALL
        .iter()
        .map(|key| row(key.name(), settings.value_of(*key).map(|value| shown(*key, value))));
    let secrets = [
        ("client-secret", &settings.client_secret),
        ("refresh-token", &settings.refresh_token),
        ("access-token", &settings.access_token),
    ];
    keys.chain(secrets.map(|(name, value)| row(name, secret(value)))).collect()
}

/// The value without a user name and password in a URL.
fn shown(key: ProfileKey, value: Setting<String>) -> Setting<String> {
    match key {
        ProfileKey::BaseUrl | ProfileKey::Authority | ProfileKey::Proxy => {
            value.map(|url| without_user(&url))
        }
        _ => value,
    }
}

fn parsed(key: &str) -> Result<ProfileKey, Problem> {
    key.parse().map_err(|error| Problem::of_call(&error, None))
}

fn get(key: &str, global: &Global) -> Result<Exit, Stop> {
    let key = parsed(key)?;
    let settings = settings::read(global)?;
    let Some(value) = settings.value_of(key).filter(|value| !value.value.is_empty()) else {
        return Err(Problem::new(Exit::NotFound, format!("{key} has no value"))
            .advice(format!("Set it with `partner-center config set {key} VALUE`."))
            .into());
    };
    writeln!(io::stdout(), "{}", showable(&shown(key, value).value))?;
    Ok(Exit::Done)
}

fn set(key: &str, value: &str, global: &Global, console: Console) -> Result<Exit, Stop> {
    let key = parsed(key)?;
    let value = key.check(value).map_err(|error| Problem::of_call(&error, None))?;
    if key == ProfileKey::Proxy && settings::password(&value).is_some() {
        return Err(Problem::new(Exit::Usage, "the address of the proxy has a password")
            .fact("setting", key.name())
            .advice("Other programs can see arguments: pass such an address in HTTPS_PROXY.")
            .into());
    }
    let (profile, changed) = change(key, Some(&value), global, console)?;
    note_changes(&changed, &profile, console);
    note_override(key, global, console);
    Ok(Exit::Done)
}

fn unset(key: &str, global: &Global, console: Console) -> Result<Exit, Stop> {
    let key = parsed(key)?;
    let (profile, changed) = change(key, None, global, console)?;
    console.note(&if changed.keys.is_empty() {
        format!("{key} was not set in profile {profile}")
    } else {
        format!("removed {key} from profile {profile} in {}", changed.path.display())
    });
    Ok(Exit::Done)
}

/// Sets or removes a value, and returns the name of the profile and what changed.
fn change(
    key: ProfileKey,
    value: Option<&str>,
    global: &Global,
    console: Console,
) -> Result<(String, Changed), Problem> {
    let place = settings::locate(global)?;
    settings::note_earlier_directory(place.earlier_directory.as_ref(), console);
    let path = profile_file::path(&place)?;
    let changed = profile_file::change(&path, &place.profile, &[(key, value)], global.patience())?;
    Ok((place.profile.value, changed))
}

/// Reports what was written, and which values were replaced.
pub(super) fn note_changes(changed: &Changed, profile: &str, console: Console) {
    let path = changed.path.display();
    let names: Vec<_> = changed.keys.iter().map(|(key, _)| key.name()).collect();
    console.note(&match (names.as_slice(), changed.is_new_profile) {
        ([], _) => format!("profile {profile} in {path} is unchanged: it already has these values"),
        (names, true) => format!("created profile {profile} in {path}, with {}", names.join(", ")),
        (names, false) => format!("changed profile {profile} in {path}: {}", names.join(", ")),
    });
    for (key, before) in &changed.keys {
        if let Some(before) = before {
            let before = shown(*key, Setting::new(before.clone(), Source::Default)).value;
            console.note(&format!("{key} was {before} in profile {profile}"));
        }
    }
}

/// Reports that a variable takes precedence over the value in the profile.
pub(super) fn note_override(key: ProfileKey, global: &Global, console: Console) {
    // The change is done. Commands that use the settings report other problems.
    let Ok(settings) = settings::read(global) else { return };
    if let Some(Setting { source: source @ Source::Environment(_), .. }) = settings.value_of(key) {
        console.note(&format!("{source} is set and takes precedence over {key} in the profile"));
    }
}
