//! The commands: what each asks the service and hands to the output. One file per command.

mod licenses;

use std::io::IsTerminal;

use crate::cli::{Cli, Command};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::Format;
use crate::report::Stop;

/// Runs a command to its end.
pub(crate) async fn run(cli: &Cli, console: Console) -> Result<Exit, Stop> {
    let format = cli
        .global
        .format
        .unwrap_or_else(|| if std::io::stdout().is_terminal() { Format::Table } else { Format::Json });
    match &cli.command {
        Command::Licenses(command) => licenses::run(command, &cli.global, format, console).await,
    }
}
