//! What `login` writes to the profile, so that later runs need neither arguments nor variables.

use partner_center::settings::{ProfileKey, Registration, Setting, Settings, Source};

use super::config::{note_changes, note_override};
use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::profile_file;
use crate::settings::{check_flag, locate};

/// The app registration to sign in with.
pub(super) fn registration(settings: &Settings) -> Result<Registration, Problem> {
    // The sign-in does not use the base URL, but it may be written to the profile.
    base_url(settings)?;
    settings.registration(None).map_err(|error| {
        let problem = Problem::of_call(&error, None);
        if settings.tenant_id.is_some() && settings.client_id.is_some() {
            return problem;
        }
        let advice = problem.advice_text().to_owned();
        problem
            .advice(format!("{advice} Or pass --tenant and --client, which are then written to the profile."))
    })
}

/// The setting, if it is an argument of this run.
fn of_flag<T>(setting: Option<&Setting<T>>) -> Option<&Setting<T>> {
    setting.filter(|setting| matches!(setting.source, Source::Explicit(_)))
}

/// The base URL of the arguments, as it is written to the profile.
fn base_url(settings: &Settings) -> Result<Option<String>, Problem> {
    let url = of_flag(settings.base_url.as_ref());
    url.map(|url| check_flag(ProfileKey::BaseUrl, &url.source.to_string(), &url.value)).transpose()
}

/// Writes the two ids to the profile if one of them was an argument, or if the profile is new. The cloud and the base
/// URL are written with them if they were arguments, because the sign-in is valid only for them. A proxy is not: it
/// belongs to the network, not to the partner.
pub(super) fn record(
    settings: &Settings,
    registration: &Registration,
    global: &Global,
    console: Console,
) -> Result<(), Problem> {
    // The sign-in is stored already, and requests were sent.
    let after_sign_in = |problem: Problem| {
        let advice = problem.advice_text().to_owned();
        problem.with_exit(Exit::Unexpected).advice(format!(
            "{advice} The sign-in is stored; only the profile was not written: set tenant-id and client-id with \
             `partner-center config set`."
        ))
    };
    let place = locate(global)?;
    let path = profile_file::path(&place)?;
    let [tenant, client] = [&registration.tenant_id, &registration.client_id];
    let is_new = settings.profile.is_some()
        && profile_file::is_new(&path, &place.profile.value).map_err(after_sign_in)?;
    if of_flag(Some(tenant)).or(of_flag(Some(client))).is_none() && !is_new {
        return Ok(());
    }
    let mut values = vec![
        (ProfileKey::TenantId, Some(tenant.value.as_str())),
        (ProfileKey::ClientId, Some(client.value.as_str())),
    ];
    if let Some(cloud) = of_flag(Some(&settings.cloud)) {
        values.push((ProfileKey::Cloud, Some(cloud.value.name())));
    }
    let url = base_url(settings).map_err(after_sign_in)?;
    if let Some(url) = &url {
        values.push((ProfileKey::BaseUrl, Some(url)));
    }
    let changed =
        profile_file::change(&path, &place.profile, &values, global.patience()).map_err(after_sign_in)?;
    note_changes(&changed, &place.profile.value, console);
    for (key, _) in &values {
        note_override(*key, global, console);
    }
    Ok(())
}
