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
use partner_center::{CustomerFilter, CustomerId};
use partner_center_emulator::FaultScript;

use crate::commands::RowType;
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

const FORMATS: &str = "\
Formats:
  table   for people: aligned, with totals and the age of the data
  json    one document: schemaVersion, rows, failures, summary
  ndjson  one row per line, as they come
  csv     RFC 4180 with a header; a text that a spreadsheet would run as a formula
          gets an apostrophe in front";

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
    after_long_help = format!("{FORMATS}\n\n{ENVIRONMENT}\n\n{}", exit::HELP),
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

    /// When to use colour: auto is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Licences sold, deployed and used
    #[command(subcommand)]
    Licenses(Licenses),

    /// The partner's customers
    #[command(subcommand)]
    Customers(CustomerCommand),

    /// Serve the emulator until Ctrl-C
    Emulator(Emulator),

    /// Print the JSON Schema of an output row
    Schema {
        /// Which row
        #[arg(value_name = "TYPE")]
        row: RowType,
    },

    /// Print completions for a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },

    /// Write the manual pages into a directory
    #[command(hide = true)]
    Man {
        /// Where to
        directory: std::path::PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Licenses {
    /// How many of the licences sold are deployed
    #[command(after_help = DEPLOYMENT_HELP)]
    Deployment(Customers),

    /// How many of the licences deployed are used
    #[command(after_help = USAGE_HELP)]
    Usage(Customers),

    /// Ask the queries that supersede the classic operations
    #[command(subcommand)]
    Query(Query),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Query {
    /// Licences sold and deployed, by customer, product, service and channel
    Deployment(QueryArguments),

    /// Licences qualified and active, by workload, customer, product, service and channel
    Usage(QueryArguments),
}

/// What a query can be narrowed and grouped by is checked before anything is sent; the fields differ by query, so the
/// texts are read in the command.
#[derive(Args, Debug)]
#[command(after_help = FILTER_HELP)]
pub(crate) struct QueryArguments {
    /// Only some rows, such as "serviceCode eq 'o365' and channel ne 'reseller'"
    #[arg(short, long, value_name = "FILTER")]
    pub(crate) filter: Option<String>,

    /// Sums by these fields, such as customerTenantId,productName
    #[arg(short, long, value_name = "FIELDS")]
    pub(crate) group_by: Option<String>,

    /// The data of this day rather than the latest, such as 2018-10-14
    #[arg(long, value_name = "DAY")]
    pub(crate) processed: Option<String>,

    /// How many rows to ask for at a time; all pages are read in any case [default: 10000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) top: Option<u32>,
}

const DEPLOYMENT_HELP: &str = "\
With --customer a row per customer and product, else the partner's totals, a row per service.

Since 2021 the service is reported to answer with no rows for customers that do have licences.
`licenses query deployment` asks the operation that supersedes this one.";

const USAGE_HELP: &str = "\
With --customer a row per customer, product and workload, else the partner's totals, a row per
service and workload. `licenses query usage` asks the operation that supersedes this one.";

const COMPLETIONS_HELP: &str = "\
To install them:
  bash        partner-center completions bash \\
                > ~/.local/share/bash-completion/completions/partner-center
  zsh         partner-center completions zsh > ~/.zfunc/_partner-center
              with ~/.zfunc in fpath
  fish        partner-center completions fish \\
                > ~/.config/fish/completions/partner-center.fish
  powershell  partner-center completions powershell | Out-String | Invoke-Expression
              in $PROFILE";

const FILTER_HELP: &str = "\
Filters:
  FIELD eq 'VALUE', FIELD ne 'VALUE', combined with and, or and parentheses.
  A quote inside a value is written twice: customerName eq 'O''Brien'

Fields:
  serviceCode, serviceName, channel, customerTenantId, customerName, productId, productName;
  for usage also workloadCode, workloadName";

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// All customers, with id, name, domain and relationship
    List {
        /// Only customers of whom a field starts with a text: FIELD=TEXT, or a text alone for the company's name. The
        /// fields are companyName, domain, indirectReseller and indirectCloudSolutionProvider
        #[arg(short, long, value_name = "FILTER", value_parser = customer_filter)]
        filter: Option<CustomerFilter>,
    },

    /// One customer, with what the service knows of it
    Show {
        /// The customer's id, which is its tenant's id
        #[arg(value_name = "ID", value_parser = customer_id)]
        id: CustomerId,
    },
}

const EMULATOR_HELP: &str = "\
A Partner Center and a sign-in host on this machine's loopback, for trying programs out in any
language. The first line on stdout is the base URL. Any bearer token will do.";

#[derive(Args, Debug)]
#[command(after_help = format!("{EMULATOR_HELP}\n\nFault scripts:\n{}", FaultScript::help()))]
pub(crate) struct Emulator {
    /// How many customers there are
    #[arg(long, value_name = "N", default_value_t = partner_center_emulator::Book::DEFAULT_CUSTOMERS)]
    pub(crate) customers: usize,

    /// Another seed, another book; the same seed, the same bytes
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,

    /// How many milliseconds every answer takes at least
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,

    /// How many calls a minute are answered before the partner is throttled [default: no limit]
    #[arg(long, value_name = "CALLS")]
    pub(crate) rate: Option<u32>,

    /// How many calls a minute about one customer are answered before it is throttled [default: no limit]
    #[arg(long, value_name = "CALLS")]
    pub(crate) customer_rate: Option<u32>,

    /// How many rows or customers a page holds at most
    #[arg(long, value_name = "ROWS")]
    pub(crate) page_size: Option<usize>,

    /// The day of the latest data [default: 2026-08-30]
    #[arg(long, value_name = "DAY")]
    pub(crate) processed_on: Option<String>,

    /// What goes wrong, and when, such as "#1 429(retry-after=2); 5% 503"
    #[arg(long, value_name = "SCRIPT")]
    pub(crate) fault: Option<FaultScript>,

    /// The port to serve on, of 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
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

/// `FIELD=TEXT`, or `TEXT` for the company's name.
fn customer_filter(text: &str) -> Result<CustomerFilter, String> {
    type Make = fn(String) -> CustomerFilter;
    const FIELDS: [(&str, Make); 4] = [
        ("companyName", CustomerFilter::company_name),
        ("domain", CustomerFilter::domain),
        ("indirectReseller", CustomerFilter::indirect_reseller),
        ("indirectCloudSolutionProvider", CustomerFilter::indirect_cloud_solution_provider),
    ];
    let Some((name, value)) = text.split_once('=') else { return Ok(CustomerFilter::company_name(text)) };
    match FIELDS.iter().find(|(field, _)| field.eq_ignore_ascii_case(name.trim())) {
        Some((_, make)) => Ok(make(value.to_owned())),
        None => Err(format!("the fields are {}", FIELDS.map(|(field, _)| field).join(", "))),
    }
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
