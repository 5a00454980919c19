//! `completions` and `man`: what a shell and a manual want to know of the command line.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::report::{Problem, Stop};

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "partner-center", &mut script);
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&script)?;
    stdout.flush()?;
    Ok(Exit::Done)
}

pub(crate) fn man(directory: &Path) -> Result<Exit, Stop> {
    std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), directory))
        .map_err(|error| {
            Problem::new(Exit::Unexpected, "the manual pages could not be written")
                .fact("directory", directory.display().to_string())
                .because(error.to_string())
        })?;
    Ok(Exit::Done)
}
