//! Opens datasets for reading. Their errors have exit codes and advice.

use partner_center_history::{Dataset, Day, Days, Error, Manifest, Place};

use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};

pub(crate) async fn open(place: &str) -> Result<Dataset, Stop> {
    let place = Place::new(place).map_err(problem)?;
    Ok(Dataset::open(place).await.map_err(problem)?)
}

/// The days of a dataset. Those that are unfinished are named on stderr.
pub(crate) async fn days(dataset: &Dataset, console: Console) -> Result<Days, Stop> {
    let days = dataset.days().await.map_err(problem)?;
    for day in &days.unfinished {
        console
            .note(&format!("{day} is unfinished and does not count: recording it again replaces its files"));
    }
    Ok(days)
}

pub(crate) async fn manifests(dataset: &Dataset, days: &[Day]) -> Result<Vec<Manifest>, Stop> {
    let mut manifests = Vec::with_capacity(days.len());
    for day in days {
        manifests.push(dataset.manifest(*day).await.map_err(problem)?);
    }
    Ok(manifests)
}

/// At most this many of the days, or of their counts: the last of every so many, which is returned as well.
pub(crate) fn thinned<T: Copy>(of_days: &[T], most: usize) -> (usize, Vec<T>) {
    let each = of_days.len().div_ceil(most).max(1);
    (each, of_days.rchunks(each).rev().filter_map(|days| days.last().copied()).collect())
}

/// The error that a dataset has too few days.
pub(crate) fn too_few(place: &str, days: usize, needed: usize) -> Problem {
    let has = match days {
        0 => "no day".to_owned(),
        1 => "one day".to_owned(),
        days => format!("{days} days"),
    };
    Problem::new(Exit::Usage, format!("the dataset has {has}, and {needed} are needed"))
        .fact("dataset", place)
        .advice("Record a day with partner-center history record --dataset, once a day from a scheduler.")
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
pub(crate) fn problem(error: Error) -> Problem {
    let (exit, advice) = match &error {
        Error::InvalidPlace { .. } => (
            Exit::Usage,
            "Use the name of a folder, or a URL that begins with s3://, az://, abfss:// or gs:// in a build with the \
             feature object-store.",
        ),
        Error::NotADataset { .. } => {
            (Exit::Usage, "Check --dataset; partner-center history record creates a dataset in a new folder.")
        }
        Error::NotEmpty { .. } => (Exit::Usage, "Use a new or empty folder. Nothing was sent or written."),
        Error::OtherTenant { .. } => {
            (Exit::Usage, "Use one dataset per partner tenant. Nothing was sent or written.")
        }
        Error::InUse { .. } => (
            Exit::Usage,
            "Wait for it to end. In an object store, delete that file if no process is running. Nothing was sent.",
        ),
        Error::NoSuchDay { .. } => (Exit::Usage, "partner-center history list shows the days."),
        Error::Damaged { .. } => (
            Exit::InvalidResponse,
            "Restore the file, or record the day again with partner-center history record --date.",
        ),
        Error::LaterVersion { .. } => (Exit::InvalidResponse, "Use a newer partner-center."),
        Error::Unreachable { .. } => {
            (Exit::Network, "Check the place, its credentials and the network, and try again.")
        }
        _ => (Exit::Unexpected, "Check the place, its permissions and the free space."),
    };
    Problem::new(exit, error.to_string()).advice(advice)
}
