//! `history`: records days in a dataset, and compares them. Only `record` sends requests to Partner Center.

mod diff;
mod diff_table;
mod files;
mod list;
mod prune;
mod record;
mod threshold;
mod trend;

use crate::args::{Global, HistoryCommand};
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::Stop;

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
