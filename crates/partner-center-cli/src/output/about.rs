//! What an output says about itself.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use partner_center::licenses::Source;
use partner_center_history::Day;

use crate::anonymizer::anonymizer;

/// Where the rows come from, and when they were read.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The partner's tenant id, if it is known.
    pub(crate) tenant: Option<String>,
    /// `None` if it was not decided, or if the rows come from both.
    pub(crate) source: Option<Source>,
    /// The day of a dataset that the rows are read from.
    pub(crate) recorded: Option<Day>,
    /// Whether the rows are sample data of the embedded emulator.
    pub(crate) is_sample: bool,
    /// The command as it was typed; empty where it could name a customer that the reader must not see.
    pub(crate) command: String,
    /// When the command began.
    pub(crate) began: Timestamp,
}

impl Default for About {
    fn default() -> Self {
        Self {
            tenant: None,
            source: None,
            recorded: None,
            is_sample: false,
            command: command(),
            began: Timestamp::now(),
        }
    }
}

impl About {
    /// The day in UTC on which the command began, as `2026-11-27`.
    pub(crate) fn day(&self) -> String {
        self.began.to_zoned(TimeZone::UTC).date().to_string()
    }
}

/// The arguments of this process.
fn command() -> String {
    let arguments: Vec<_> =
        std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect();
    typed(&arguments, anonymizer().is_some())
}

/// The arguments, quoted where a shell needs it. Only the names of files, because a path can name a person; without the
/// place of the output, the address of the service and the profile, which say nothing about the rows. Anonymized, no
/// values: an id or a filter can name a customer.
fn typed(arguments: &[String], anonymized: bool) -> String {
    const FILES: [&str; 6] = ["--prices", "--products", "--ignore", "--checkpoint", "--dataset", "-d"];
    const LEFT_OUT: [&str; 4] = ["--output", "--base-url", "--profile", "--report"];
    const WORDS: [&str; 10] =
        ["licenses", "deployment", "usage", "funnel", "query", "customers", "list", "show", "report", "pack"];
    let mut command = "partner-center".to_owned();
    let mut arguments = arguments.iter().map(String::as_str);
    let mut previous = "";
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (argument, None),
        };
        let is_short = argument.starts_with('-') && !argument.starts_with("--");
        if LEFT_OUT.contains(&name) || (is_short && argument.starts_with("-o")) {
            if argument == "-o" || LEFT_OUT.contains(&argument) {
                arguments.next();
            }
            continue;
        }
        let file =
            |path: &str| Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = match value {
            _ if anonymized && is_short => argument.chars().take(2).collect(),
            _ if anonymized && name.starts_with("--") => name.to_owned(),
            _ if anonymized && !WORDS.contains(&argument) => continue,
            _ if is_short && argument.starts_with("-d") && argument != "-d" => {
                format!("-d{}", quoted(&file(argument.trim_start_matches("-d"))))
            }
            Some(path) if FILES.contains(&name) => format!("{name}={}", quoted(&file(path))),
            Some(value) => format!("{name}={}", quoted(value)),
            None if FILES.contains(&previous) => quoted(&file(argument)),
            None => quoted(argument),
        };
        previous = argument;
        command.push(' ');
        command.push_str(&shown);
    }
    command
}

fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_./:=,@%+".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_without_its_output() {
        for (arguments, command, anonymized) in [
            (&["licenses", "funnel", "-a", "-o", "x.xlsx"][..], "licenses funnel -a", "licenses funnel -a"),
            (&["--output", "x", "--output=y", "-oz", "--order", "customer"], "--order customer", "--order"),
            (
                &["--fail-on", "idle > 5", "--ignore", "/home/x/it's", "--prices=/home/x/p"],
                r"--fail-on 'idle > 5' --ignore 'it'\''s' --prices=p",
                "--fail-on --ignore --prices",
            ),
            (&["customers", "show", "4d3c"], "customers show 4d3c", "customers show"),
            (
                &["--base-url", "http://x", "--profile=y", "report", "pack", "-c", "4d3c"],
                "report pack -c 4d3c",
                "report pack -c",
            ),
            (
                &["report", "-d", "/home/x/a", "-d/home/x/b", "--dataset=s3://c/d", "--report", "r.html"],
                "report -d a -db --dataset=d",
                "report -d -d --dataset",
            ),
            (
                &["customers", "list", "--filter=Contoso", "-cid"],
                "customers list --filter=Contoso -cid",
                "customers list --filter -c",
            ),
        ] {
            let arguments: Vec<_> = arguments.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(typed(&arguments, false), format!("partner-center {command}"));
            assert_eq!(typed(&arguments, true), format!("partner-center {anonymized}"));
        }
    }
}
