//! The settings of a run: flags over what the SDK reads from the environment and the profile.

use partner_center::settings::{Setting, Settings, SettingsBuilder, Source};
use secrecy::ExposeSecret;

use crate::args::Global;
use crate::console::Console;
use crate::problem::Problem;
use crate::{credentials, secrets};

/// The settings of this process.
pub(crate) fn read(global: &Global) -> Result<Settings, Problem> {
    read_over(Settings::builder(), global)
}

fn read_over(mut builder: SettingsBuilder, global: &Global) -> Result<Settings, Problem> {
    if let Some(profile) = flag("--profile", global.profile.as_ref()) {
        builder = builder.profile(profile);
    }
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
fn password(proxy: &str) -> Option<&str> {
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
    use crate::exit::Exit;

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
