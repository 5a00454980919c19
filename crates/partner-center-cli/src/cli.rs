//! The command line as it is written and as `--help` explains it. Nothing is decided here; see `settings` for what
//! flags, environment and profile come to together.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help texts, and a terminal shows backticks as they are"
)]

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use partner_center::CustomerId;

use crate::exit;
use crate::output::Format;

/// Help looks like cargo's.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightGreen.on_default().bold())
    .usage(AnsiColor::BrightGreen.on_default().bold())
    .literal(AnsiColor::BrightCyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().bold())
    .valid(AnsiColor::BrightCyan.on_default())
    .invalid(Style::new().bold());

const ENVIRONMENT: &str = "\
Environment:
  PARTNER_CENTER_ACCESS_TOKEN  the token to call the service with
  PARTNER_CENTER_BASE_URL      where the service is, unless --base-url says

A flag wins over the environment. An empty variable counts as not set.";

/// Licence analytics of Microsoft Partner Center: who bought which licences, how many are deployed, how many are used.
///
/// Try it without an account: partner-center --emulator licenses deployment
///
/// Data goes to stdout, everything else to stderr. Not a Microsoft product.
#[derive(Debug, Parser)]
#[command(
    name = "partner-center",
    version,
    styles = STYLES,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_long_help = format!("{ENVIRONMENT}\n\n{}", exit::HELP),
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Ask the embedded emulator, with sample data, instead of Partner Center
    #[arg(long, global = true, conflicts_with = "base_url")]
    pub(crate) emulator: bool,

    /// Where the service is; https, or plain http to this machine
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// How to write the rows; table on a terminal, json otherwise
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,

    /// The language of the service's texts, such as sv-SE [default: en-US]
    #[arg(long, global = true, value_name = "TAG")]
    pub(crate) locale: Option<String>,

    /// How long a call may take in all, as 90s or 3m; a number alone is seconds [default: 3m]
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,

    /// How many requests a call may send before it gives up [default: 4]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) max_attempts: Option<u32>,

    /// Tell on stderr what is sent and waited for; twice for more
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,

    /// No notes on stderr, only errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Licences sold, deployed and used
    #[command(subcommand)]
    Licenses(Licenses),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Licenses {
    /// How many of the licences sold are deployed
    ///
    /// Per customer and product with --customer, else the partner's totals per service. These are the classic
    /// operations; the service supersedes them, and since 2021 the one for customers is reported to answer with no rows
    /// for customers that do have licences.
    Deployment(Customers),

    /// How many of the licences deployed are used
    ///
    /// Per customer, product and workload with --customer, else the partner's totals per service and workload.
    Usage(Customers),
}

#[derive(Args, Debug)]
pub(crate) struct Customers {
    /// The customer's id, which is its tenant's id; may be given several times
    #[arg(short, long = "customer", value_name = "ID", value_parser = customer_id)]
    pub(crate) customers: Vec<CustomerId>,
}

fn customer_id(text: &str) -> Result<CustomerId, String> {
    text.parse().map_err(|error: partner_center::Error| {
        let message = error.message();
        message.strip_prefix("not a customer id: ").unwrap_or(message).to_owned()
    })
}

/// `90`, `90s`, `3m`, `1m 30s`.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.trim().parse::<u64>().map(Duration::from_secs).ok();
    let spelled = || text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    match seconds.or_else(spelled) {
        Some(time) if !time.is_zero() => Ok(time),
        _ => Err("write a time such as 90s, 3m or 1m30s".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in
            [("90", 90), ("90s", 90), ("3m", 180), ("1m30s", 90), ("1m 30s", 90), ("1h", 3600)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "0", "0s", "-5s", "soon", "3 fortnights"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
