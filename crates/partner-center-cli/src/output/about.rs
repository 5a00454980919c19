//! What an output says about itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use partner_center::licenses::Source;

/// Where the rows come from, and when they were read.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The partner's tenant id, if it is known.
    pub(crate) tenant: Option<String>,
    /// `None` if it was not decided, or if the rows come from both.
    pub(crate) source: Option<Source>,
    /// Whether the rows are sample data of the embedded emulator.
    pub(crate) is_sample: bool,
    /// The command as it was typed.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "only workbooks show it"))]
    pub(crate) command: String,
    /// When the command began.
    pub(crate) began: Timestamp,
}

impl Default for About {
    fn default() -> Self {
        Self { tenant: None, source: None, is_sample: false, command: command(), began: Timestamp::now() }
    }
}

impl About {
    /// The day in UTC on which the command began, as `2026-11-27`.
    pub(crate) fn day(&self) -> String {
        self.began.to_zoned(TimeZone::UTC).date().to_string()
    }
}

/// The arguments of this process, quoted where a shell needs it. The place of the output says nothing about the rows.
fn command() -> String {
    let arguments: Vec<_> =
        std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect();
    typed(&arguments)
}

fn typed(arguments: &[String]) -> String {
    let mut command = "partner-center".to_owned();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "-o" || argument == "--output" {
            arguments.next();
            continue;
        }
        if argument.starts_with("--output=") || (argument.starts_with("-o") && !argument.starts_with("--")) {
            continue;
        }
        command.push(' ');
        let is_plain = |character: char| character.is_alphanumeric() || "-_./:=,@%+".contains(character);
        if argument.is_empty() || !argument.chars().all(is_plain) {
            command.push('\'');
            command.push_str(&argument.replace('\'', r"'\''"));
            command.push('\'');
        } else {
            command.push_str(argument);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_without_its_output() {
        for (arguments, command) in [
            (&["licenses", "funnel", "-a", "-o", "x.xlsx"][..], "partner-center licenses funnel -a"),
            (
                &["--output", "x", "--output=y", "-oz", "--order", "customer"],
                "partner-center --order customer",
            ),
            (
                &["--fail-on", "idle > 5", "--ignore", "it's"],
                r"partner-center --fail-on 'idle > 5' --ignore 'it'\''s'",
            ),
        ] {
            let arguments: Vec<_> = arguments.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(typed(&arguments), command);
        }
    }
}
