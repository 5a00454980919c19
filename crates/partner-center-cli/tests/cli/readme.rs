//! What the README shows is what the commands print.

use crate::support::{command, finish};

/// Of each console block: the command lines after `$ `, each with what is printed below it.
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

/// The same, whatever the year.
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
fn what_the_readme_shows_is_what_is_printed() {
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
        if !arguments.contains("--format") {
            // A reader of the README sits at a terminal; this test does not.
            command.args(["--format", "table"]);
        }
        let run = finish(command.args(split(arguments)));
        assert_eq!(run.code, 0, "{line}\n{run}");
        let printed_now = format!("{}{}", run.stderr, run.stdout);
        assert_eq!(without_age(&printed_now), without_age(printed), "{line}");
    }
    assert!(shown >= 3, "the README shows no commands any more");
}

/// Splits a command line as a shell does, as far as the README goes: double quotes group.
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
