//! The settings of a run: flags over what the SDK reads from the environment and the profile.

use std::path::Path;

use partner_center::settings::{
    EarlierDirectory, ProfileKey, ProfilePlace, Setting, Settings, SettingsBuilder, Source,
};
use secrecy::ExposeSecret;

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::{credentials, secrets};

/// The settings of this process.
pub(crate) fn read(global: &Global) -> Result<Settings, Problem> {
    read_over(Settings::builder(), global)
}

/// The settings for a sign-in: the profile may be new, and the two ids may be arguments.
pub(crate) fn read_to_sign_in(
    global: &Global,
    [tenant, client]: [Option<&str>; 2],
) -> Result<Settings, Problem> {
    let checked = |key: ProfileKey, flag, text: Option<&str>| {
        let id = text.map(|text| check_flag(key, flag, text)).transpose()?;
        Ok::<_, Problem>(id.map(|id| Setting::new(id, Source::Explicit(flag))))
    };
    let mut builder = Settings::builder().new_profile_allowed();
    if let Some(tenant) = checked(ProfileKey::TenantId, "--tenant", tenant)? {
        builder = builder.tenant_id(tenant);
    }
    if let Some(client) = checked(ProfileKey::ClientId, "--client", client)? {
        builder = builder.client_id(client);
    }
    read_over(builder, global)
}

/// Checks the value of a flag that is written to a profile, and returns it as it belongs there.
pub(crate) fn check_flag(key: ProfileKey, flag: &str, text: &str) -> Result<String, Problem> {
    // The advice for a key of a profile does not apply.
    if text.trim().is_empty() {
        return Err(Problem::new(Exit::Usage, format!("{flag} is empty"))
            .advice("Give it a value, or leave it out. Nothing was sent."));
    }
    key.check(text).map_err(|error| Problem::of_call(&error, None).fact("from", flag))
}

/// Where the profile is, without reading it.
pub(crate) fn locate(global: &Global) -> Result<ProfilePlace, Problem> {
    with_profile(Settings::builder(), global).locate().map_err(|error| Problem::of_call(&error, None))
}

fn with_profile(builder: SettingsBuilder, global: &Global) -> SettingsBuilder {
    match flag("--profile", global.profile.as_ref()) {
        Some(profile) => builder.profile(profile),
        None => builder,
    }
}

/// What the user should know about a directory of an earlier version, and what to do: two sentences.
pub(crate) fn about_earlier_directory(found: &EarlierDirectory) -> (String, String) {
    about_directories(&found.path, &found.successor, found.is_used)
}

fn about_directories(earlier: &Path, own: &Path, earlier_is_used: bool) -> (String, String) {
    let (earlier, own) = (earlier.display(), own.display());
    if earlier_is_used {
        (
            format!("Settings and sign-ins are in {earlier}, where earlier versions kept them."),
            format!("Move its files to {own}, the place for them on this system; until then it is used."),
        )
    } else {
        (
            format!(
                "Settings and sign-ins are in {own}; those of an earlier version in {earlier} are ignored."
            ),
            format!("Delete {earlier}, once nothing in it is needed."),
        )
    }
}

/// Notes where the files are, if an earlier version kept them elsewhere.
pub(crate) fn note_earlier_directory(found: Option<&EarlierDirectory>, console: Console) {
    if let Some((sentence, advice)) = found.map(about_earlier_directory) {
        console.note(&format!("{sentence} {advice}"));
    }
}

fn read_over(builder: SettingsBuilder, global: &Global) -> Result<Settings, Problem> {
    let mut builder = with_profile(builder, global);
    if let Some(cloud) = flag("--cloud", global.cloud.as_ref()) {
        builder = builder.cloud(cloud);
    }
    if let Some(url) = flag("--base-url", global.base_url.as_ref()) {
        builder = builder.base_url(url);
    }
    if let Some(proxy) = flag("--proxy", global.proxy.as_ref()) {
        builder = builder.proxy(proxy);
    }
    let settings = builder.read().map_err(|error| Problem::of_call(&error, None))?;
    let all = [&settings.client_secret, &settings.refresh_token, &settings.access_token];
    all.into_iter().flatten().for_each(|secret| secrets::remember(secret.value.expose_secret()));
    if let Some(password) = settings.proxy.as_ref().and_then(|proxy| password(&proxy.value)) {
        secrets::remember(password);
    }
    let patience = global.patience();
    Ok(settings
        .map_app(|app| app.with_notices(|notice| Console::say(&format!("warning: {notice}\n"))))
        .map_store(move |store| credentials::bounded(store, patience)))
}

/// The password in the address of a proxy.
pub(crate) fn password(proxy: &str) -> Option<&str> {
    let (user, _) = proxy.rsplit_once('@')?;
    let (_, user) = user.split_once("://").unwrap_or(("", user));
    Some(user.split_once(':')?.1).filter(|password| !password.is_empty())
}

fn flag<T: Clone>(name: &'static str, value: Option<&T>) -> Option<Setting<T>> {
    value.map(|value| Setting::new(value.clone(), Source::Explicit(name)))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Parser;
    use partner_center::Cloud;
    use partner_center::settings::variables::{BASE_URL, CLIENT_SECRET, PROFILE};

    use super::*;
    use crate::args::Cli;

    const PROFILES: &str = "[profile.default]\ncloud = \"usgov\"\n\n[profile.work]\ncloud = \"china\"\n";

    /// The settings with this profile file, these flags and these variables.
    fn read_with(
        file: &str,
        flags: &[&str],
        variables: &'static [(&str, &str)],
    ) -> (tempfile::TempDir, Result<Settings, Problem>) {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config.toml"), file).unwrap();
        let cli = Cli::try_parse_from(["partner-center", "logout"].iter().chain(flags)).unwrap();
        let lookup = |name: &str| variables.iter().find(|(known, _)| *known == name);
        let environment = move |name: &str| lookup(name).map(|(_, value)| OsString::from(value));
        let builder = Settings::builder().directory(directory.path()).environment(environment);
        let settings = read_over(builder, &cli.global);
        (directory, settings)
    }

    #[test]
    fn flags_override_the_environment_and_the_profile() {
        let variables: &[_] =
            &[(BASE_URL, "https://variable.example"), (PROFILE, "work"), (CLIENT_SECRET, "hush-hush-hush")];
        let (_directory, settings) = read_with(PROFILES, &[], variables);
        let settings = settings.unwrap();
        assert_eq!(settings.cloud.value, Cloud::China21Vianet);
        assert_eq!(settings.base_url.unwrap().source, Source::Environment(BASE_URL));
        assert_eq!(secrets::redact("hush-hush-hush!"), "[redacted]!");
        let flags = ["--profile", "default", "--base-url", "https://flag.example"];
        let (_directory, settings) = read_with(PROFILES, &flags, variables);
        let settings = settings.unwrap();
        assert_eq!(settings.cloud.value, Cloud::UsGov);
        assert_eq!(settings.profile.unwrap().source.to_string(), "--profile");
        let url = settings.base_url.unwrap();
        assert_eq!(
            (url.value.as_str(), url.source.to_string().as_str()),
            ("https://flag.example", "--base-url")
        );
        let (_directory, settings) = read_with(PROFILES, &["--cloud", "global"], variables);
        assert_eq!(settings.unwrap().cloud.source.to_string(), "--cloud");
    }

    #[test]
    fn both_directories_are_named() {
        for is_used in [true, false] {
            let (sentence, advice) = about_directories(Path::new("/earlier"), Path::new("/own"), is_used);
            let text = format!("{sentence} {advice}");
            assert!(text.contains("/earlier") && text.contains("/own"), "{text}");
            assert_eq!(text.contains("Move"), is_used, "{text}");
        }
    }

    #[test]
    fn errors_name_the_place_and_the_command_that_helps() {
        for (file, flags, text) in [
            (
                "[profile.work]\nclient-secret = \"hush\"\n",
                &[][..],
                "error: invalid configuration: unknown field `client-secret`, expected one of `cloud`, `base-url`, \
                 `authority`, `tenant-id`, `client-id`, `client-certificate-path`, `federated-token-file`, \
                 `proxy`, `no-proxy`, `store`\n  file  DIR/config.toml, line 2, column 1\n  \
                 Secrets do not belong in this file: pass them as PARTNER_CENTER_CLIENT_SECRET or \
                 PARTNER_CENTER_REFRESH_TOKEN, or sign in with `partner-center login`.\n",
            ),
            (
                "[profile.work]\ntenant-id = 5\n",
                &[],
                "error: invalid configuration: expected a string\n  file  DIR/config.toml, line 2, column 13\n  \
                 Fix the file. Nothing was sent.\n",
            ),
            (
                PROFILES,
                &["--profile", "home"],
                "error: there is no profile named home\n  from      --profile\n  file      DIR/config.toml\n  \
                 profiles  default, work\n  Use one of these profiles, or add this one to the file. Nothing was sent.\n",
            ),
        ] {
            let (directory, settings) = read_with(file, flags, &[]);
            let problem = settings.unwrap_err();
            assert_eq!(problem.exit(), Exit::Usage);
            let shown = anstream::adapter::strip_str(&problem.render(None)).to_string();
            assert_eq!(shown.replace(&directory.path().display().to_string(), "DIR"), text);
        }
    }
}
