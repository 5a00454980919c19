//! `partner-center`: the license analytics of Microsoft Partner Center on the command line.
//!
//! Reads the arguments, runs a command and turns its result into an exit code. `commands` sends the requests, `output`
//! writes the rows.

mod anonymizer;
mod anonymizer_key;
mod args;
mod commands;
mod completion;
mod connect;
mod console;
mod credentials;
mod csv_dialect;
mod customer_search;
mod dataset;
mod days;
mod exit;
mod free_skus;
mod input;
mod known_customers;
mod log;
mod output;
mod page;
mod prices;
mod private_files;
mod problem;
mod profile_file;
mod renewals;
mod report;
mod secrets;
mod settings;
mod signals;
mod spreadsheet;
mod terminal;
mod topics;
mod wait_notes;

use std::process::ExitCode;

use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};

fn main() -> ExitCode {
    signals::ignore_sigxfsz();
    completion::answer();
    let cli = match args::parse() {
        Ok(cli) => cli,
        Err(error) => return exit_of(commands::topic::of_rejected(&error)).into(),
    };
    let console = Console::new(&cli.global);
    if let Err(problem) = log::init(&cli.global, console) {
        Console::report(&problem);
        return problem.exit().into();
    }
    if cli.global.no_pager {
        output::pager::forbid();
    }
    // One thread: a command waits for the service, it does not compute.
    let exit = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let exit = runtime.block_on(async {
                let exit = exit_of(commands::run(&cli, console).await);
                credentials::settle(exit).await;
                exit
            });
            // A thread that still waits for DNS or for a pipe must not delay the exit.
            runtime.shutdown_background();
            exit
        }
        Err(error) => {
            let problem = Problem::new(Exit::Unexpected, "could not start the async runtime");
            exit_of(Err(problem.because(error.to_string()).into()))
        }
    };
    exit.into()
}

/// The exit code of a command. Reports its problem, if there is one.
fn exit_of(result: Result<Exit, Stop>) -> Exit {
    match result {
        Ok(exit) => exit,
        Err(Stop::ReaderGone) => Exit::Done,
        Err(Stop::Problem(problem)) => {
            Console::report(&problem);
            problem.exit()
        }
    }
}
