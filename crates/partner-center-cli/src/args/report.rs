//! Arguments of the commands that read licenses of customers: customers, source, rows and output.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};
use partner_center::funnel::GroupBy;

use super::{Pricing, Whose};
use crate::csv_dialect::Dialect;
use crate::exit::Exit;
use crate::output::Format;
use crate::problem::Problem;

/// Arguments of `licenses deployment` and `licenses usage`.
#[derive(Args, Debug)]
pub(crate) struct LicenseArgs {
    #[command(flatten)]
    pub(crate) whose: Whose,
    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Only rows with a percentage below this one, from 0 to 100
    #[arg(long, value_name = "PERCENT", value_parser = super::values::percent, requires = "whose", help_heading = ROWS)]
    pub(crate) below: Option<f64>,

    /// Write the totals per customer, product or service instead of the rows, those with most unused licenses first
    #[arg(long, value_name = "GROUP", requires = "whose", conflicts_with = "checkpoint", help_heading = ROWS)]
    pub(crate) by: Option<By>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

/// Arguments of `licenses funnel`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("someone").args(["customers", "customers_from", "all_customers"]).required(true))]
pub(crate) struct Funnel {
    #[command(flatten)]
    pub(crate) whose: Whose,
    #[command(flatten)]
    pub(crate) reading: Reading,

    #[command(flatten)]
    pub(crate) filters: Filters,

    /// Also read what the tenants of the customers have and have assigned now, customer by customer, and products that
    /// only the tenants have. The user needs a role in each tenant
    #[arg(long, conflicts_with_all = ["by", "checkpoint"], help_heading = ROWS)]
    pub(crate) live: bool,

    /// Exit with code 10 if a row crosses this threshold, such as 'idle > 100', or if the total of all rows does, such
    /// as 'total idle > 5000'. Can be repeated; all rows are written in any case
    #[arg(long, value_name = "THRESHOLD", help_heading = ROWS)]
    pub(crate) fail_on: Vec<String>,

    /// Write the totals per customer, product or service instead of the rows, those with most unused licenses first
    #[arg(long, value_name = "GROUP", conflicts_with = "checkpoint", help_heading = ROWS)]
    pub(crate) by: Option<By>,

    #[command(flatten)]
    pub(crate) pricing: Pricing,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

const ROWS: &str = "Rows";

/// Which rows of the funnel count.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Rows")]
pub(crate) struct Filters {
    /// Only rows with at least this many idle licenses; rows with an unknown count are left out
    #[arg(long, value_name = "N")]
    pub(crate) min_idle: Option<u64>,

    /// Only rows where deployed of sold, or active of deployed, is below this percentage
    #[arg(long, value_name = "PERCENT", value_parser = super::values::percent)]
    pub(crate) below: Option<f64>,

    /// Leave out rows that match the rules in this TOML file
    #[arg(long, value_name = "FILE")]
    pub(crate) ignore: Option<PathBuf>,
}

/// Controls how fast requests are sent.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Pace {
    /// Maximum number of concurrent requests [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) concurrency: Option<u16>,

    /// Maximum number of requests per minute [default: as many as the service accepts]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
}

/// Controls which requests are sent, and how fast.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Requests {
    /// Where the rows come from: commercial (queries that return thousands of rows at once), classic (operations that
    /// return one customer at a time) or auto (commercial, or classic if that is not available). In pipelines, choose
    /// commercial or classic [default: auto with --all-customers; with --customer classic, then commercial for
    /// customers without rows]
    #[arg(long, value_name = "SOURCE")]
    pub(crate) source: Option<Source>,

    #[command(flatten)]
    pub(crate) pace: Pace,
}

/// Controls how the licenses of many customers are read.
#[derive(Args, Debug)]
#[command(
    next_help_heading = "Reading",
    group = ArgGroup::new("requests_of_customers").args(["source", "concurrency"]).multiple(true).requires("whose"),
    group = ArgGroup::new("requests_of_all").arg("rate").requires("all_customers").conflicts_with("named"),
)]
pub(crate) struct Reading {
    #[command(flatten)]
    pub(crate) requests: Requests,

    #[command(flatten)]
    pub(crate) progress: Progress,
}

/// Controls how subscriptions and SKUs are read, customer by customer.
#[derive(Args, Debug)]
#[command(
    next_help_heading = "Reading",
    group = ArgGroup::new("requests_of_all").arg("rate").requires("all_customers").conflicts_with("named"),
)]
pub(crate) struct CustomerReading {
    #[command(flatten)]
    pub(crate) pace: Pace,

    #[command(flatten)]
    pub(crate) progress: Progress,
}

/// The order of customers, and how a run is resumed.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Progress {
    /// The order of the rows: customer (by customer id, the same in every run and from either source; rows of the
    /// commercial queries are held until the end) or completion (as responses arrive). A table is sorted by customer
    /// name in either case [default: customer]
    #[arg(long, value_name = "ORDER", requires = "all_customers", conflicts_with = "named")]
    pub(crate) order: Option<Order>,

    /// Save progress in this file, and resume from it if it exists; it is removed when the run is complete. Requires
    /// --output with csv or ndjson. Valid for 12 hours, so that one file does not mix the data of two days
    #[arg(long, value_name = "FILE", requires_all = ["all_customers", "output"], conflicts_with_all = ["named", "sort", "limit"])]
    pub(crate) checkpoint: Option<PathBuf>,
}

/// The groups whose totals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    Customer,
    Product,
    Service,
}

impl From<By> for GroupBy {
    fn from(by: By) -> Self {
        match by {
            By::Customer => Self::Customer,
            By::Product => Self::Product,
            By::Service => Self::Service,
        }
    }
}

/// Where the rows of all customers come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    #[default]
    Auto,
    Commercial,
    Classic,
}

/// The order of the customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    #[default]
    Customer,
    Completion,
}

/// Where rows are written, and which of them.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rows")]
pub(crate) struct Writing {
    /// Write only these columns of the rows, in this order, such as customerName,licensesSold. The summary of json, and the
    /// sheets of xlsx with customers and products, stay as they are
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) columns: Option<String>,

    /// Sort the rows by this csv column, such as licensesSold:desc. All rows are held until the end
    #[arg(long, value_name = "COLUMN[:desc]")]
    pub(crate) sort: Option<String>,

    /// Write at most this many rows. Without --sort, no more requests are sent once they are read
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Write to this file, which appears only when it is complete. Its extension selects the format unless --format is
    /// given; - is stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) csv: Csv,
}

impl Writing {
    /// The file to write to, if it is not stdout.
    pub(crate) fn file(&self) -> Option<&Path> {
        file(self.output.as_deref())
    }
}

/// How csv is written.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Csv {
    /// Begin csv with a byte order mark, by which Excel recognizes UTF-8
    #[arg(long)]
    csv_bom: bool,

    /// Separate the columns of csv with this character: , ; | or tab [default: ,]
    #[arg(long, value_name = "C", value_parser = super::values::delimiter)]
    csv_delimiter: Option<u8>,
}

impl Csv {
    /// The dialect, if it is not given for a format other than csv.
    pub(crate) fn dialect(self, format: Format) -> Result<Dialect, Problem> {
        let given = [("--csv-bom", self.csv_bom), ("--csv-delimiter", self.csv_delimiter.is_some())];
        if let Some((name, _)) = given.into_iter().find(|(_, given)| *given && format != Format::Csv) {
            let format = format!("{format:?}").to_lowercase();
            return Err(Problem::new(
                Exit::Usage,
                format!("{name} can be used only with csv, not with {format}"),
            )
            .advice(format!("Add --format csv, or remove {name}. Nothing was sent.")));
        }
        let delimiter = self.csv_delimiter.unwrap_or(Dialect::default().delimiter);
        Ok(Dialect { delimiter, bom: self.csv_bom })
    }
}

/// The file of `--output`, if it is not stdout.
pub(crate) fn file(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| *path != Path::new("-"))
}
