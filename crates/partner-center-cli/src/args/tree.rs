//! Walks the tree of commands.

use clap::Command;

/// Changes a command and all below it. `change` is given the words of each command behind the program's name.
pub(crate) fn change_each(command: Command, change: &dyn Fn(Command, &str) -> Command) -> Command {
    change_below(command, "", change)
}

fn change_below(command: Command, path: &str, change: &dyn Fn(Command, &str) -> Command) -> Command {
    change(command, path).mut_subcommands(|below| {
        let path = format!("{path} {}", below.get_name());
        change_below(below, path.trim_start(), change)
    })
}
