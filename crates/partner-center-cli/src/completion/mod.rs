//! Completion of the command line. A shell calls this program, which knows the commands, the profiles, the columns of each
//! command and the remembered customers. Nothing is sent.

mod columns;
mod values;

use std::io::Write as _;

use clap::Command;
use clap_complete::Shell;
use clap_complete::engine::ArgValueCompleter;
use clap_complete::env::{CompleteEnv, Shells};

use crate::args;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::topics::TOPICS;

const NAME: &str = "partner-center";

/// The variable with which the script of a shell asks for completions.
const VARIABLE: &str = "PARTNER_CENTER_COMPLETE";

/// Answers if a shell asks for completions, and ends the process.
pub(crate) fn answer() {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// Prints the script that asks this program in a shell.
pub(crate) fn print_script(shell: Shell) -> Result<Exit, Stop> {
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(&shell.to_string()) else {
        return Err(Problem::new(Exit::Usage, format!("there are no completions for {shell}")).into());
    };
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, NAME, NAME, NAME, &mut script)?;
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&script)?;
    stdout.flush()?;
    Ok(Exit::Done)
}

/// The command line, with the completions of its values, and the topics below `help`.
fn command() -> Command {
    let mut command = args::change_each(args::command().bin_name(NAME), &with_values);
    // Adds `help`, with all commands below it.
    command.build();
    let topics =
        TOPICS.iter().map(|topic| Command::new(topic.name).about(topic.about).disable_help_flag(true));
    command.mut_subcommand("help", |help| help.subcommands(topics))
}

/// Adds the completions of values to the arguments of a command, whose words are `path`.
fn with_values(command: Command, path: &str) -> Command {
    let columns = columns::of(path);
    command.mut_args(|argument| match argument.get_id().as_str() {
        "profile" => argument.add(ArgValueCompleter::new(values::profiles)),
        "customers" | "customer" if path != "emulator" => {
            argument.add(ArgValueCompleter::new(values::customers))
        }
        "columns" => argument.add(ArgValueCompleter::new({
            let columns = columns.clone();
            move |current: &std::ffi::OsStr| values::list(&columns, current)
        })),
        "sort" => argument.add(ArgValueCompleter::new({
            let columns = columns.clone();
            move |current: &std::ffi::OsStr| values::sorting(&columns, current)
        })),
        _ => argument,
    })
}
