//! `help TOPIC`: prints one of the texts of `topics`.
//!
//! clap's own `help` knows only commands, and cannot be extended. This module handles the words that it rejects.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::args;
use crate::exit::Exit;
use crate::output;
use crate::problem::{Problem, Stop};
use crate::topics::{TOPICS, Topic};

/// Longer lines are hard to read. The same as the help of commands.
const WIDEST: u16 = 100;

/// Handles arguments that clap rejected: ends the program as clap does, unless they are `help` and a word.
pub(crate) fn of_rejected(error: &clap::Error) -> Result<Exit, Stop> {
    match after_help(error, std::env::args_os()) {
        None => error.exit(),
        Some((word, is_last)) => match Topic::named(&word) {
            Some(topic) if is_last => print(topic),
            Some(topic) => Err(not_last(topic).into()),
            None if is_last => Err(unknown(&word).into()),
            None => error.exit(),
        },
    }
}

/// The word after `help`, if clap rejected it, and whether it is the last argument. A command of that name would not be
/// rejected.
fn after_help(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Option<(String, bool)> {
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    // The first argument is the program.
    let arguments: Vec<_> = arguments.skip(1).collect();
    let mut pairs = arguments.windows(2);
    pairs.position(|pair| matches!(pair, [help, word] if help == "help" && word == OsStr::new(unknown)))?;
    Some((unknown.clone(), pairs.next().is_none()))
}

fn print(topic: &Topic) -> Result<Exit, Stop> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(topic.text(output::width().min(WIDEST).into()).as_bytes())?;
    stdout.flush()?;
    Ok(Exit::Done)
}

fn not_last(topic: &Topic) -> Problem {
    Problem::new(Exit::Usage, format!("the topic {} takes no further arguments", topic.name)).advice(format!(
        "Write options before `help`, such as `partner-center --no-pager help {}`.",
        topic.name
    ))
}

fn unknown(word: &str) -> Problem {
    let cli = args::command();
    let commands: Vec<_> = cli.get_subcommands().map(clap::Command::get_name).collect();
    Problem::new(Exit::Usage, format!("there is no command or topic '{word}'"))
        .fact("topics", TOPICS.map(|topic| topic.name).join(", "))
        .fact("commands", commands.join(", "))
        .advice("`partner-center help` describes all of them.")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn only_an_unknown_word_after_help_is_a_topic() {
        let found = |line: &str| {
            let arguments = || ["partner-center"].into_iter().chain(line.split(' ')).map(OsString::from);
            let error = Cli::try_parse_from(arguments()).unwrap_err();
            after_help(&error, arguments())
        };
        for (line, word, is_last) in [
            ("help consent", "consent", true),
            ("--quiet help nothing", "nothing", true),
            ("help consent x", "consent", false),
            ("help consent --color never", "consent", false),
        ] {
            assert_eq!(found(line), Some((word.to_owned(), is_last)), "{line}");
        }
        for line in ["help", "help login", "help licenses funnel", "consent", "helpp", "--help"] {
            assert_eq!(found(line), None, "{line}");
        }
    }
}
