//! The examples in the help of every command. Tests parse each of them.

use clap::{Command, CommandFactory as _, FromArgMatches as _};

use super::Cli;
use super::tree::change_each;

/// The words of a command behind the program's name, and examples of it.
const EXAMPLES: [(&str, &[&str]); 42] = [
    ("licenses", &["licenses funnel --all-customers --by customer"]),
    (
        "licenses deployment",
        &[
            "licenses deployment",
            "licenses deployment --customer 'Contoso, Ltd.'",
            "licenses deployment --all-customers --below 50 --output deployment.csv",
        ],
    ),
    (
        "licenses usage",
        &[
            "licenses usage --customer contoso.com",
            "licenses usage --all-customers --by service --format json",
        ],
    ),
    (
        "licenses funnel",
        &[
            "licenses funnel --all-customers --sort unused:desc --limit 20",
            "licenses funnel --all-customers --prices prices.csv --output unused.xlsx",
            "licenses funnel --all-customers --fail-on 'total idle > 5000'",
        ],
    ),
    ("licenses query", &["licenses query deployment --group-by productName"]),
    (
        "licenses query deployment",
        &["licenses query deployment --filter \"serviceCode eq 'o365'\" --group-by productName"],
    ),
    (
        "licenses query usage",
        &["licenses query usage --group-by workloadName", "licenses query usage --processed 2026-08-30"],
    ),
    ("subscriptions", &["subscriptions list --all-customers --renewing-within 30d"]),
    (
        "subscriptions list",
        &[
            "subscriptions list --all-customers --renewing-within 30d --output renewals.xlsx",
            "subscriptions list --all-customers --status active --fail-on 'daysToRenewal < 30'",
        ],
    ),
    ("subscriptions query", &["subscriptions query --filter \"status eq 'ACTIVE'\" --group-by productName"]),
    ("skus", &["skus list --customer contoso.com"]),
    (
        "skus list",
        &["skus list --customer contoso.com", "skus list --all-customers --fail-on 'available < 0'"],
    ),
    (
        "report",
        &[
            "report --prices prices.csv --output report.html",
            "report --customer contoso.com --output contoso.html",
            "report --dataset licenses --output report.html",
        ],
    ),
    ("report pack", &["report pack --output pages", "report pack --format xlsx --output pages"]),
    ("history", &["history record --dataset licenses", "history diff --dataset licenses"]),
    (
        "history record",
        &["history record --dataset licenses", "history record --dataset licenses --report report.html"],
    ),
    ("history list", &["history list --dataset licenses"]),
    (
        "history diff",
        &[
            "history diff --dataset licenses --by customer",
            "history diff 2026-07-01 2026-08-01 --dataset licenses --by product",
            "history diff --dataset licenses --fail-on 'unused +10%'",
            "history diff july.json august.json",
        ],
    ),
    ("history trend", &["history trend --dataset licenses --by product --last 12"]),
    ("history prune", &["history prune --dataset licenses --keep 365"]),
    ("prices", &["prices template --output prices.csv", "prices check --prices prices.csv"]),
    ("prices template", &["prices template --output prices.csv"]),
    ("prices check", &["prices check --prices prices.csv"]),
    ("customers", &["customers list"]),
    (
        "customers list",
        &[
            "customers list --filter Contoso",
            "customers list --columns customerId --format csv --output ids.csv",
        ],
    ),
    ("customers show", &["customers show contoso.com"]),
    ("api", &["api /v1/invoices --query size=50", "api /v1/customers --paginate --output customers.ndjson"]),
    (
        "login",
        &[
            "login --tenant contoso.com --client 00000000-1111-2222-3333-444444444444",
            "login --device-code",
            "login --refresh-token-stdin < token.txt",
        ],
    ),
    ("logout", &["logout", "logout --profile work"]),
    ("doctor", &["doctor", "doctor --online"]),
    ("auth", &["auth status"]),
    ("auth status", &["auth status --online"]),
    ("config", &["config list", "config set cloud usgov"]),
    ("config list", &["config list", "config list --profile work --format json"]),
    ("config get", &["config get tenant-id"]),
    (
        "config set",
        &["config set tenant-id contoso.onmicrosoft.com", "config set proxy http://proxy.example:8080"],
    ),
    ("config unset", &["config unset proxy"]),
    ("config path", &["config path"]),
    ("emulator", &["emulator", "emulator --customers 2000 --fault '5% 503'"]),
    ("schema", &["schema funnel"]),
    ("completions", &["completions bash > ~/.local/share/bash-completion/completions/partner-center"]),
    ("man", &["man ~/.local/share/man/man1"]),
];

/// The command line, with the examples in its help.
pub(crate) fn command() -> Command {
    change_each(Cli::command(), &|command, path| match EXAMPLES.iter().find(|(known, _)| *known == path) {
        Some((_, examples)) => with_examples(command, examples),
        None => command,
    })
}

/// Parses the arguments of this process.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Adds examples to the help of a command. The short help has the examples only.
fn with_examples(command: Command, examples: &[&str]) -> Command {
    let lines: Vec<_> = examples.iter().map(|example| format!("  partner-center {example}")).collect();
    let short = format!("Examples:\n{}", lines.join("\n"));
    let long = command.get_after_long_help().or(command.get_after_help());
    let long =
        long.map_or_else(|| short.clone(), |text| format!("{}\n\n{short}", text.to_string().trim_end()));
    command.after_help(short).after_long_help(long)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    /// The words of a line, as a shell splits them.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
        for character in line.chars() {
            match (character, quote) {
                (' ', None) => words.push(std::mem::take(&mut word)),
                ('\'' | '"', None) => quote = Some(character),
                _ if quote == Some(character) => quote = None,
                _ => word.push(character),
            }
        }
        words.push(word);
        words
    }

    #[test]
    fn examples_are_accepted_by_their_command() {
        for (path, examples) in EXAMPLES {
            for example in examples {
                let mut arguments = words(example);
                let redirected = arguments.iter().position(|word| word == "<" || word == ">");
                arguments.truncate(redirected.unwrap_or(arguments.len()));
                let program = ["partner-center".to_owned()];
                let parsed = Cli::try_parse_from(program.iter().chain(&arguments));
                assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
                assert!(example.len() <= 81, "the help wraps {example}");
                assert!(example.starts_with(path), "{example} is no {path}");
            }
        }
    }

    #[test]
    fn every_command_has_examples() {
        fn check(command: &Command, path: &str) {
            let help = command.get_after_long_help().or(command.get_after_help());
            assert!(help.is_some_and(|help| help.to_string().contains("partner-center ")), "{path}");
            for command in command.get_subcommands() {
                check(command, &format!("{path} {}", command.get_name()));
            }
        }
        check(&command(), "partner-center");
    }
}
