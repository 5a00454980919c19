//! The customers that the user chose to remember on this machine, for completions: a file beside the profiles that only its
//! owner can read.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use partner_center::settings::ProfilePlace;

use crate::private_files;

/// A remembered customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownCustomer {
    pub(crate) id: String,
    pub(crate) domain: Option<String>,
    pub(crate) name: Option<String>,
}

/// The file of a profile.
fn path(place: &ProfilePlace) -> Option<PathBuf> {
    Some(place.directory.as_ref()?.value.join(format!("customers-{}.tsv", place.profile.value)))
}

/// The remembered customers; none if there is no such file.
pub(crate) fn read(place: &ProfilePlace) -> Vec<KnownCustomer> {
    let text = path(place).and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let customer = |line: &str| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().filter(|cell| !cell.is_empty()).map(str::to_owned);
        Some(KnownCustomer { id: cell()?, domain: cell(), name: cell() })
    };
    text.lines().filter_map(customer).collect()
}

/// Replaces the remembered customers, and returns the file.
pub(crate) fn write(place: &ProfilePlace, customers: &[KnownCustomer]) -> io::Result<PathBuf> {
    let no_directory = || io::Error::new(io::ErrorKind::NotFound, "this user has no configuration directory");
    let path = path(place).ok_or_else(no_directory)?;
    let directory = path.parent().ok_or_else(no_directory)?;
    private_files::create_directory(directory)?;
    let mut text = String::new();
    for KnownCustomer { id, domain, name } in customers {
        let cell =
            |text: &Option<String>| text.as_deref().unwrap_or_default().replace(['\t', '\n', '\r'], " ");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{id}\t{}\t{}", cell(domain), cell(name));
    }
    private_files::replace(&path, text.as_bytes(), None)?;
    Ok(path)
}

/// Removes the file, if there is one.
pub(crate) fn forget(place: &ProfilePlace) -> io::Result<()> {
    match path(place).map(std::fs::remove_file) {
        Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
