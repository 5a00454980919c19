//! `partner-center`: the licence analytics of Microsoft Partner Center on the command line.
//!
//! Here the arguments are read, a command is run and its end becomes an exit code. What is asked is in `commands`, how
//! it is written in `output`.

mod cli;
mod commands;
mod connect;
mod console;
mod credentials;
mod exit;
mod output;
mod report;
mod secrets;
mod settings;
mod signals;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Exit;
use crate::report::{Problem, Stop};

fn main() -> ExitCode {
    signals::outlive_file_size_limit();
    let cli = Cli::parse();
    let console = Console::new(&cli.global);
    // One thread: a command waits for the service, it does not compute.
    let result = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let result = runtime.block_on(commands::run(&cli, console));
            // A thread that still waits, for the address of a host or for a pipe, keeps nobody from leaving.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(Problem::new(Exit::Unexpected, "no runtime could be started")
            .because(error.to_string())
            .into()),
    };
    match result {
        Ok(exit) => exit,
        Err(Stop::ReaderGone) => Exit::Done,
        Err(Stop::Problem(problem)) => {
            Console::report(&problem);
            problem.exit()
        }
    }
    .into()
}
