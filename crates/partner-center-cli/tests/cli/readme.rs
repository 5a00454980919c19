//! The README shows the actual output of the commands.

use crate::support::{command, finish};

/// The command lines after `$ ` in console blocks, each with the output below it.
fn sessions(text: &str) -> Vec<(String, String)> {
    let mut sessions: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), sessions.last_mut()) {
                (Some(command), _) => sessions.push((command.to_owned(), String::new())),
                (None, Some((_, printed))) => {
                    printed.push_str(line);
                    printed.push('\n');
                }
                (None, None) => panic!("output before any command: {line}"),
            },
        }
    }
    sessions
}

/// The text without the age of the data.
fn without_age(text: &str) -> String {
    let line = |line: &str| match line.split_once("Data of ") {
        Some((before, after)) => {
            format!("{before}Data of {}", after.split_once(", ").map_or(after, |(days, _)| days))
        }
        None => line.trim_end().to_owned(),
    };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_readme_shows_the_actual_output() {
    let sessions = sessions(include_str!("../../../../README.md"));
    let mut shown = 0;
    for (line, printed) in &sessions {
        let Some(arguments) =
            line.strip_prefix("cargo run -- ").or_else(|| line.strip_prefix("partner-center "))
        else {
            continue;
        };
        shown += 1;
        let mut command = command();
        // It names files of the repository.
        command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        if !arguments.contains("--format") {
            // A reader of the README sits at a terminal; this test does not.
            command.args(["--format", "table"]);
        }
        let run = finish(command.args(split(arguments)));
        assert_eq!(run.code, 0, "{line}\n{run}");
        let printed_now = format!("{}{}", run.stderr, run.stdout);
        assert_eq!(without_age(&printed_now), without_age(printed), "{line}");
    }
    assert!(shown >= 3, "the README shows at least three commands");
}

/// Splits a command line like a shell, with double quotes only.
fn split(line: &str) -> Vec<String> {
    line.split('"')
        .enumerate()
        .flat_map(|(place, part)| {
            if place % 2 == 1 {
                vec![part.to_owned()]
            } else {
                part.split_whitespace().map(str::to_owned).collect()
            }
        })
        .collect()
}
