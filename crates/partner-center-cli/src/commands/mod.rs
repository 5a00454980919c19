//! The commands: what each asks the service and hands to the output. One file per command.

mod customers;
mod doctor;
mod emulator;
mod licenses;
mod login;
mod query;
mod schema;
mod shell;

use std::io::IsTerminal;

use crate::cli::{Cli, Command, Licenses};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::Format;
use crate::report::Stop;

pub(crate) use schema::RowType;

/// Runs a command to its end.
pub(crate) async fn run(cli: &Cli, console: Console) -> Result<Exit, Stop> {
    let global = &cli.global;
    let format = global
        .format
        .unwrap_or_else(|| if std::io::stdout().is_terminal() { Format::Table } else { Format::Json });
    match &cli.command {
        Command::Licenses(Licenses::Deployment(arguments)) => {
            licenses::deployment(arguments, global, format, console).await
        }
        Command::Licenses(Licenses::Usage(arguments)) => {
            licenses::usage(arguments, global, format, console).await
        }
        Command::Licenses(Licenses::Query(command)) => query::run(command, global, format, console).await,
        Command::Customers(command) => customers::run(command, global, format, console).await,
        Command::Login { refresh_token_stdin, no_browser: _ } => {
            login::login(global, *refresh_token_stdin, console).await
        }
        Command::Logout => login::logout(global, console).await,
        Command::Doctor => doctor::run(global, format, console).await,
        Command::Emulator(arguments) => emulator::run(arguments, console).await,
        Command::Schema { row } => schema::run(*row),
        Command::Completions { shell } => shell::completions(*shell),
        Command::Man { directory } => shell::man(directory),
    }
}
