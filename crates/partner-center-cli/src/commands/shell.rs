//! `completions` and `man`: shell completions and manual pages.

use std::io::Write;
use std::path::Path;

use clap_complete::Shell;

use crate::args;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::topics::{self, TOPICS};

const NAME: &str = "partner-center";

/// The name inside a script that cannot contain the hyphen.
const WITHOUT_HYPHEN: &str = "partner_center";

/// Prints the script that completes this command line in a shell.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Stop> {
    let script = script(shell);
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(script.as_bytes())?;
    stdout.flush()?;
    Ok(Exit::Done)
}

fn script(shell: Shell) -> String {
    let generate = |name: &'static str| {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut with_topics(name), name, &mut script);
        String::from_utf8_lossy(&script).into_owned()
    };
    if shell != Shell::Bash {
        return generate(NAME);
    }
    // In the bash script, clap spells a hyphen of the program's name in two ways, so it never finds a subcommand (clap
    // #6421, #6529). Generate it for a name without a hyphen, then register it for the real name.
    let script = generate(WITHOUT_HYPHEN);
    let line = |line: &str| match line.strip_suffix(WITHOUT_HYPHEN) {
        Some(registered) if line.trim_start().starts_with("complete ") => format!("{registered}{NAME}\n"),
        _ => format!("{line}\n"),
    };
    script.lines().map(line).collect()
}

/// The command line of a program of this name, with the topics below `help`.
fn with_topics(name: &'static str) -> clap::Command {
    let mut cli = args::command().bin_name(name);
    // Adds `help`, with all commands below it.
    cli.build();
    let topics = TOPICS.iter().map(|topic| {
        let bin_name = format!("{name} help {}", topic.name);
        clap::Command::new(topic.name).about(topic.about).bin_name(bin_name).disable_help_flag(true)
    });
    cli.mut_subcommand("help", |help| help.subcommands(topics))
}

pub(crate) fn man(directory: &Path) -> Result<Exit, Stop> {
    std::fs::create_dir_all(directory)
        .and_then(|()| topics::command::write_pages(args::command(), directory))
        .and_then(|()| {
            TOPICS
                .iter()
                .try_for_each(|topic| std::fs::write(directory.join(topic.page_file()), topic.page()))
        })
        .map_err(|error| {
            Problem::new(Exit::Unexpected, "the manual pages could not be written")
                .fact("directory", directory.display().to_string())
                .because(error.to_string())
        })?;
    Ok(Exit::Done)
}
