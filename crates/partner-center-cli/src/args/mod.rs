//! Command-line arguments and their `--help` texts. `settings` combines flags, environment and profile.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help texts, and a terminal shows backticks as they are"
)]

mod api;
mod config;
mod examples;
mod help;
mod history;
mod login;
mod owned;
mod pages;
mod prices;
mod report;
mod tree;
mod values;
mod version;
mod whose;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use partner_center::{Cloud, CustomerFilter};
use partner_center_emulator::FaultScript;

use crate::output::Format;
use crate::output::row_type::RowType;
use crate::{exit, topics};

pub(crate) use api::{Api, Method};
pub(crate) use config::{AuthCommand, ConfigCommand};
pub(crate) use examples::{command, parse};
pub(crate) use history::{Diff, HistoryCommand, Record, Trend};
pub(crate) use login::Login;
pub(crate) use owned::{
    AggregationLevel, SkuList, SkusCommand, SubscriptionList, SubscriptionsCommand, SubscriptionsQuery,
};
pub(crate) use pages::{PackCommand, Pages, Report};
pub(crate) use prices::{PricesCommand, Pricing};
pub(crate) use report::{
    By, Csv, CustomerReading, Filters, Funnel, LicenseArgs, Order, Pace, Progress, Requests, Source, Writing,
    file,
};
pub(crate) use tree::change_each;
pub(crate) use whose::{ChosenCustomers, GivenCustomer, NamedCustomers, Whose};

/// License analytics of Microsoft Partner Center: which licenses customers bought, how many are deployed and used.
///
/// Try it without an account: partner-center --emulator licenses deployment
///
/// Data goes to stdout, everything else to stderr. Not a Microsoft product.
#[derive(Debug, Parser)]
#[command(
    name = "partner-center",
    version,
    long_version = version::LONG.as_str(),
    styles = help::STYLES,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = topics::HELP.as_str(),
    after_long_help = format!("{}\n\n{}\n\n{}\n\n{}", topics::HELP.as_str(), help::FORMATS, help::ENVIRONMENT, exit::HELP),
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Arguments of every command.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Use the embedded emulator, with sample data, instead of Partner Center
    #[arg(long, global = true, conflicts_with_all = ["base_url", "cloud", "profile"])]
    pub(crate) emulator: bool,

    /// The base URL of the service: https, or plain http to this machine
    #[arg(long, hide_short_help = true, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// The national cloud: global, usgov or china [default: global]
    #[arg(long, hide_short_help = true, global = true, value_name = "CLOUD", value_parser = values::cloud)]
    pub(crate) cloud: Option<Cloud>,

    /// The profile to use, from config.toml in the configuration directory
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// The proxy, as http://host:port [default: that of HTTPS_PROXY, ALL_PROXY or the profile]. Other programs can see this
    /// argument: pass a password in the variable
    #[arg(long, hide_short_help = true, global = true, value_name = "URL")]
    pub(crate) proxy: Option<String>,

    /// The output format [default: by the extension of --output, else table on a terminal, json otherwise]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,

    /// Replace names and ids of customers by pseudonyms, in everything that is shown or written. They are the same in
    /// every run on this machine
    #[arg(long, hide_short_help = true, global = true, conflicts_with = "verbose")]
    pub(crate) anonymize: bool,

    /// The language of the service's texts, such as sv-SE [default: en-US]
    #[arg(long, hide_short_help = true, global = true, value_name = "TAG")]
    pub(crate) locale: Option<String>,

    /// Time limit for a whole call, such as 90s or 3m; a plain number is seconds [default: 3m]
    #[arg(long, hide_short_help = true, global = true, value_name = "TIME", value_parser = values::duration)]
    pub(crate) timeout: Option<Duration>,

    /// Maximum number of attempts per call [default: 4]
    #[arg(long, hide_short_help = true, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) max_attempts: Option<u32>,

    /// Log requests and waits to stderr; -vv logs more, and the bodies of failed responses
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,

    /// Append the log to this file instead of writing it to stderr; without -v or RUST_LOG as much as with -v
    #[arg(long, hide_short_help = true, global = true, value_name = "FILE", conflicts_with = "anonymize")]
    pub(crate) log_file: Option<PathBuf>,

    /// Print no notes on stderr, only errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Do not show tables that are longer than the terminal in the pager of PAGER
    #[arg(long, hide_short_help = true, global = true)]
    pub(crate) no_pager: bool,

    /// When to use color; auto means on a terminal, unless NO_COLOR is set
    #[arg(long, hide_short_help = true, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

impl Global {
    /// The longest time to wait for anything.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout.unwrap_or(Duration::from_secs(3 * 60))
    }
}

/// When to use color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Licenses sold, deployed and used
    #[command(subcommand)]
    Licenses(LicensesCommand),

    /// What customers bought, and until when
    #[command(subcommand)]
    Subscriptions(SubscriptionsCommand),

    /// What customers' tenants have and have assigned now
    #[command(subcommand)]
    Skus(SkusCommand),

    /// A page to send: which licenses are unused, where, and what they cost
    #[command(after_help = help::REPORT_HELP)]
    Report(Report),

    /// A dataset of days: record them, and see what changed
    #[command(subcommand)]
    History(HistoryCommand),

    /// Price files, for what unused licenses cost
    #[command(subcommand)]
    Prices(PricesCommand),

    /// The partner's customers
    #[command(subcommand)]
    Customers(CustomerCommand),

    /// Any other endpoint of Partner Center, by its path; reads only
    #[command(after_help = help::API_HELP)]
    Api(Api),

    /// Sign in, and store the refresh token for later runs
    Login(Login),

    /// Delete the stored sign-in
    Logout,

    /// Check settings and credentials
    #[command(after_help = help::DOCTOR_HELP)]
    Doctor {
        /// Also request a single row from license analytics, which checks roles, the network and any proxy
        #[arg(long)]
        online: bool,
    },

    /// Who is signed in
    #[command(subcommand)]
    Auth(AuthCommand),

    /// Show and change the settings of a profile
    #[command(subcommand, after_help = help::CONFIG_HELP)]
    Config(ConfigCommand),

    /// Serve the emulator until Ctrl-C
    Emulator(Emulator),

    /// Print the JSON Schema of an output row
    Schema {
        /// The row type
        #[arg(value_name = "TYPE")]
        row: RowType,
    },

    /// Print completions for a shell
    #[command(after_help = help::COMPLETIONS_HELP)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },

    /// Write the manual pages into a directory
    Man {
        /// The directory; created if it does not exist
        directory: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LicensesCommand {
    /// How many of the licenses sold are deployed
    #[command(after_help = help::DEPLOYMENT_HELP)]
    Deployment(LicenseArgs),

    /// How many of the licenses deployed are used
    #[command(after_help = help::USAGE_HELP)]
    Usage(LicenseArgs),

    /// Licenses sold but not deployed, and deployed but not used
    #[command(after_help = help::FUNNEL_HELP)]
    Funnel(Funnel),

    /// Run the commercial queries, which supersede the classic operations
    #[command(subcommand)]
    Query(Query),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Query {
    /// Licenses sold and deployed, by customer, product, service and channel
    Deployment(QueryArguments),

    /// Licenses qualified and active, by workload, customer, product, service and channel
    Usage(QueryArguments),
}

/// Filter and grouping are checked before anything is sent. Their fields differ by query, so the command parses them.
#[derive(Args, Debug)]
#[command(after_help = help::FILTER_HELP)]
pub(crate) struct QueryArguments {
    /// Only rows that match, such as "serviceCode eq 'o365' and channel ne 'reseller'"
    #[arg(short, long, value_name = "FILTER")]
    pub(crate) filter: Option<String>,

    /// Sum the counts by these fields, such as customerTenantId,productName
    #[arg(short, long, value_name = "FIELDS")]
    pub(crate) group_by: Option<String>,

    /// Use the data of this day instead of the latest, such as 2018-10-14
    #[arg(long, value_name = "DAY")]
    pub(crate) processed: Option<String>,

    /// Rows per page; all pages are read in any case [default: 10000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) top: Option<u32>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// All customers, with id, name, domain and relationship
    List {
        /// Only customers with a field that starts with a text: FIELD=TEXT, or TEXT alone for the company name. The
        /// fields are companyName, domain, indirectReseller and indirectCloudSolutionProvider
        #[arg(short, long, value_name = "FILTER", value_parser = values::customer_filter)]
        filter: Option<CustomerFilter>,

        /// Remember the customers on this machine, so that a shell can complete them: their ids, or also their domains
        /// and names; nothing forgets them
        #[arg(long, value_name = "WHAT", conflicts_with_all = ["filter", "limit", "emulator", "anonymize"])]
        remember: Option<Remembered>,

        #[command(flatten)]
        writing: Writing,
    },

    /// One customer, with all its details
    Show {
        /// The customer's id (its tenant id), domain, name or the beginning of its name
        #[arg(value_name = "CUSTOMER", value_parser = whose::given_customer)]
        customer: GivenCustomer,

        #[command(flatten)]
        csv: Csv,
    },
}

/// What is remembered of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Remembered {
    Ids,
    Names,
    Nothing,
}

#[derive(Args, Debug)]
#[command(after_help = format!("{}\n\nFault scripts:\n{}", help::EMULATOR_HELP, FaultScript::help()))]
pub(crate) struct Emulator {
    /// Number of customers
    #[arg(long, value_name = "N", default_value_t = partner_center_emulator::Book::DEFAULT_CUSTOMERS)]
    pub(crate) customers: usize,

    /// Seed of the sample data; the same seed gives the same bytes
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Minimum time per response, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,

    /// Calls per minute before the partner is throttled [default: no limit]
    #[arg(long, value_name = "CALLS")]
    pub(crate) rate: Option<u32>,

    /// Calls per minute for one customer before that customer is throttled [default: no limit]
    #[arg(long, value_name = "CALLS")]
    pub(crate) customer_rate: Option<u32>,

    /// Maximum number of rows or customers per page
    #[arg(long, value_name = "ROWS")]
    pub(crate) page_size: Option<usize>,

    /// The latest day with data; the numbers are those of this day [default: 2026-08-30]
    #[arg(long, value_name = "DAY")]
    pub(crate) processed_on: Option<String>,

    /// Faults to inject, and when, such as "#1 429(retry-after=2); 5% 503"
    #[arg(long, value_name = "SCRIPT")]
    pub(crate) fault: Option<FaultScript>,

    /// The port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
