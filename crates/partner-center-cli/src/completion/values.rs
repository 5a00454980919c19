//! The values that are completed: profiles, columns and customers.

use std::ffi::OsStr;

use clap_complete::engine::CompletionCandidate;
use partner_center::settings::{ProfileFile, ProfilePlace, Settings};

use crate::known_customers;
use crate::terminal::text::printable;

/// The profiles of the file.
pub(super) fn profiles(current: &OsStr) -> Vec<CompletionCandidate> {
    let file = place().and_then(|place| ProfileFile::read(place.file()?).ok()).unwrap_or_default();
    file.names().filter(|name| begins(name, current)).map(CompletionCandidate::new).collect()
}

/// The remembered customers, by domain or id. A name has spaces, and is shown beside them.
pub(super) fn customers(current: &OsStr) -> Vec<CompletionCandidate> {
    let known = place().map(|place| known_customers::read(&place)).unwrap_or_default();
    let candidate = |customer: known_customers::KnownCustomer| {
        let values = [customer.domain, Some(customer.id)];
        let value = values.into_iter().flatten().find(|value| begins(value, current))?;
        let name = customer.name.map(|name| printable(&name).into_owned().into());
        Some(CompletionCandidate::new(value).help(name))
    };
    known.into_iter().filter_map(candidate).collect()
}

/// The names that can follow in a list that is separated by commas.
pub(super) fn list(names: &[&'static str], current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let (before, last) = current.rsplit_once(',').map_or(("", current), |(before, last)| (before, last));
    let used: Vec<_> = before.split(',').collect();
    let next = names.iter().filter(|name| !used.contains(name) && begins(name, OsStr::new(last)));
    let separator = if before.is_empty() { "" } else { "," };
    next.map(|name| CompletionCandidate::new(format!("{before}{separator}{name}"))).collect()
}

/// The names to sort by, in either direction.
pub(super) fn sorting(names: &[&'static str], current: &OsStr) -> Vec<CompletionCandidate> {
    let directions = names.iter().flat_map(|name| [(*name).to_owned(), format!("{name}:desc")]);
    directions.filter(|value| begins(value, current)).map(CompletionCandidate::new).collect()
}

fn begins(value: &str, current: &OsStr) -> bool {
    let Some(current) = current.to_str() else { return false };
    value.get(..current.len()).is_some_and(|start| start.eq_ignore_ascii_case(current))
}

/// The profile that the line names, or that of the environment.
fn place() -> Option<ProfilePlace> {
    let words: Vec<_> = std::env::args().collect();
    let named =
        words.iter().enumerate().rev().find_map(|(place, word)| match word.strip_prefix("--profile") {
            Some("") => words.get(place + 1).cloned(),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => None,
        });
    let builder = match named {
        // An unfinished name.
        Some(name) if name.is_empty() => Settings::builder(),
        Some(name) => Settings::builder().profile(name),
        None => Settings::builder(),
    };
    builder.locate().or_else(|_| Settings::builder().locate()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(candidates: Vec<CompletionCandidate>) -> Vec<String> {
        let value = |one: CompletionCandidate| one.get_value().to_str().unwrap().to_owned();
        candidates.into_iter().map(value).collect()
    }

    #[test]
    fn the_last_name_of_a_list_is_completed() {
        let names = ["licensesSold", "licensesActive", "idle"];
        for (current, expected) in [
            ("", &["licensesSold", "licensesActive", "idle"][..]),
            ("lic", &["licensesSold", "licensesActive"]),
            ("idle,LIC", &["idle,licensesSold", "idle,licensesActive"]),
            ("idle,", &["idle,licensesSold", "idle,licensesActive"]),
            ("x", &[]),
        ] {
            assert_eq!(shown(list(&names, OsStr::new(current))), expected, "{current}");
        }
        assert_eq!(shown(sorting(&names, OsStr::new("idle:"))), ["idle:desc"]);
    }
}
