//! The commands, one file each: send requests and pass the rows to the output.

mod api;
mod auth;
mod config;
mod customers;
mod doctor;
mod emulator;
mod history;
mod licenses;
mod login;
mod login_profile;
mod man;
mod prices;
mod query;
mod report;
mod schema;
pub(crate) mod topic;

use partner_center::licenses::{DeploymentRow, UsageRow};

use crate::anonymizer_key;
use crate::args::{Cli, Command, LicensesCommand, SkusCommand, SubscriptionsCommand};
use crate::completion;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::Stop;
use crate::report::{self as reports, output_options};
use crate::signals::unless_stopped;

/// Runs a command to its end, or until a signal stops it.
pub(crate) async fn run(cli: &Cli, console: Console) -> Result<Exit, Stop> {
    let global = &cli.global;
    anonymizer_key::prepare(global)?;
    match &cli.command {
        Command::Licenses(LicensesCommand::Deployment(arguments)) => {
            Box::pin(licenses::run::<DeploymentRow>(arguments, global, console)).await
        }
        Command::Licenses(LicensesCommand::Usage(arguments)) => {
            Box::pin(licenses::run::<UsageRow>(arguments, global, console)).await
        }
        Command::Licenses(LicensesCommand::Funnel(arguments)) => {
            licenses::funnel(arguments, global, console).await
        }
        Command::Licenses(LicensesCommand::Query(command)) => query::run(command, global, console).await,
        Command::Subscriptions(SubscriptionsCommand::List(arguments)) => {
            Box::pin(reports::subscriptions(arguments, global, console)).await
        }
        Command::Subscriptions(SubscriptionsCommand::Query(arguments)) => {
            Box::pin(query::subscriptions(arguments, global, console)).await
        }
        Command::Skus(SkusCommand::List(arguments)) => {
            Box::pin(reports::skus(arguments, global, console)).await
        }
        Command::Report(arguments) => Box::pin(report::run(arguments, global, console)).await,
        Command::History(command) => Box::pin(history::run(command, global, console)).await,
        Command::Prices(command) => Box::pin(prices::run(command, global, console)).await,
        Command::Customers(command) => {
            unless_stopped(Box::pin(customers::run(command, global, console))).await
        }
        Command::Api(arguments) => Box::pin(api::run(arguments, global, console)).await,
        Command::Login(arguments) => unless_stopped(login::login(arguments, global, console)).await,
        Command::Logout => unless_stopped(login::logout(global, console)).await,
        Command::Doctor { online } => {
            unless_stopped(doctor::run(global, *online, output_options::format(global, None)?, console)).await
        }
        Command::Auth(command) => unless_stopped(auth::run(*command, global, console)).await,
        Command::Config(command) => config::run(command, global, console),
        Command::Emulator(arguments) => emulator::run(arguments, console).await,
        Command::Schema { row } => schema::run(*row),
        Command::Completions { shell } => completion::print_script(*shell),
        Command::Man { directory } => man::man(directory),
    }
}
