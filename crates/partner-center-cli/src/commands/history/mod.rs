//! `history`: records days in a dataset, and compares them. Only `record` sends requests to Partner Center.

mod diff;
mod files;
mod list;
mod problem;
mod prune;
mod record;
mod threshold;
mod trend;

use partner_center_history::{Dataset, Day, Days, Manifest, Place};

use self::problem::problem;
use crate::args::{Global, HistoryCommand};
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};

pub(crate) async fn run(command: &HistoryCommand, global: &Global, console: Console) -> Result<Exit, Stop> {
    match command {
        HistoryCommand::Record(arguments) => record::run(arguments, global, console).await,
        HistoryCommand::List { dataset, writing } => {
            list::run(&dataset.dataset, writing, global, console).await
        }
        HistoryCommand::Diff(arguments) => diff::run(arguments, global, console).await,
        HistoryCommand::Trend(arguments) => trend::run(arguments, global, console).await,
        HistoryCommand::Prune { dataset, keep, before } => {
            prune::run(&dataset.dataset, *keep, *before, console).await
        }
    }
}

async fn open(place: &str) -> Result<Dataset, Stop> {
    let place = Place::new(place).map_err(problem)?;
    Ok(Dataset::open(place).await.map_err(problem)?)
}

/// The days of a dataset. Those that are unfinished are named on stderr.
async fn days(dataset: &Dataset, console: Console) -> Result<Days, Stop> {
    let days = dataset.days().await.map_err(problem)?;
    for day in &days.unfinished {
        console
            .note(&format!("{day} is unfinished and does not count: recording it again replaces its files"));
    }
    Ok(days)
}

async fn manifests(dataset: &Dataset, days: &[Day]) -> Result<Vec<Manifest>, Stop> {
    let mut manifests = Vec::with_capacity(days.len());
    for day in days {
        manifests.push(dataset.manifest(*day).await.map_err(problem)?);
    }
    Ok(manifests)
}

/// The error that a dataset has too few days.
fn too_few(place: &str, days: usize, needed: usize) -> Problem {
    let has = match days {
        0 => "no day".to_owned(),
        1 => "one day".to_owned(),
        days => format!("{days} days"),
    };
    Problem::new(Exit::Usage, format!("the dataset has {has}, and {needed} are needed"))
        .fact("dataset", place)
        .advice("Record a day with partner-center history record --dataset, once a day from a scheduler.")
}
