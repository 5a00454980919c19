//! What can be wrong with a dataset or its place.

use std::{fmt, io};

use crate::Day;
use crate::layout::ROOT;

/// The result of reading or writing a dataset.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a dataset. Its texts name places and files, and no customer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The text does not name a place, or this build cannot reach it.
    InvalidPlace {
        /// The place as it was given.
        place: String,
        /// Why.
        cause: String,
    },
    /// The place is not a dataset.
    NotADataset {
        /// The place.
        place: String,
    },
    /// The place has other files and is not a dataset, so nothing is written into it.
    NotEmpty {
        /// The place.
        place: String,
    },
    /// The dataset has the customers of another partner.
    OtherTenant {
        /// The place.
        place: String,
        /// The tenant of the dataset; `None` for sample data.
        has: Option<String>,
        /// The tenant that was to be written.
        given: Option<String>,
    },
    /// Another process writes to the dataset. In an object store, it may also have been killed.
    InUse {
        /// The place.
        place: String,
        /// The file that says so.
        lock: String,
        /// The process that created the file, and when, if that is known.
        holder: Option<String>,
    },
    /// The dataset has no such day.
    NoSuchDay {
        /// The day.
        day: Day,
    },
    /// A file of the dataset is damaged or missing.
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A later version of this library wrote the file.
    LaterVersion {
        /// The file.
        file: String,
        /// Its version.
        version: u64,
    },
    /// The place could not be read or written.
    Io {
        /// The file.
        file: String,
        /// The error.
        cause: io::Error,
    },
    /// The service of the place could not be reached, or refused the request.
    Unreachable {
        /// The file.
        file: String,
        /// The error, without secrets.
        cause: String,
    },
}

impl Error {
    pub(crate) fn io(file: impl fmt::Display, cause: io::Error) -> Self {
        Self::Io { file: file.to_string(), cause }
    }

    pub(crate) fn damaged(file: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self::Damaged { file: file.to_string(), cause: cause.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenant = |tenant: &Option<String>| match tenant {
            Some(tenant) => format!("the tenant {tenant}"),
            None => "sample data".to_owned(),
        };
        match self {
            Self::InvalidPlace { place, cause } => write!(f, "{place} is not a place for a dataset: {cause}"),
            Self::NotADataset { place } => write!(f, "{place} is not a dataset: it has no {ROOT}"),
            Self::NotEmpty { place } => {
                write!(f, "{place} has other files and no {ROOT}, so it is not a dataset")
            }
            Self::OtherTenant { place, has, given } => {
                write!(f, "{place} is the dataset of {}, not of {}", tenant(has), tenant(given))
            }
            Self::InUse { place, lock, holder } => {
                write!(f, "another process writes to {place}: it holds {lock}")?;
                holder.as_ref().map_or(Ok(()), |holder| write!(f, " ({holder})"))
            }
            Self::NoSuchDay { day } => write!(f, "the dataset has no data of {day}"),
            Self::Damaged { file, cause } => write!(f, "{file} is damaged: {cause}"),
            Self::LaterVersion { file, version } => {
                write!(f, "{file} has version {version}, which a later program wrote")
            }
            Self::Io { file, cause } => write!(f, "{file}: {cause}"),
            Self::Unreachable { file, cause } => write!(f, "{file} cannot be reached: {cause}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
