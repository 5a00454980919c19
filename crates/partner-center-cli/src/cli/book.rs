//! The arguments of what reads licenses of customers: whose, from where, which rows, and where to.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};
use partner_center::CustomerId;

/// What `licenses deployment` and `licenses usage` take.
#[derive(Args, Debug)]
pub(crate) struct LicenseArgs {
    #[command(flatten)]
    pub(crate) whose: Whose,
    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Only rows of which the percentage is below this one, from 0 to 100
    #[arg(long, value_name = "PERCENT", value_parser = super::values::percent, requires = "whose", help_heading = ROWS)]
    pub(crate) below: Option<f64>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

/// What `licenses funnel` takes.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("someone").args(["customers", "all_customers"]).required(true))]
pub(crate) struct Funnel {
    #[command(flatten)]
    pub(crate) whose: Whose,
    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Only rows with at least so many idle licenses; those of which it is unknown are left out
    #[arg(long, value_name = "N", help_heading = ROWS)]
    pub(crate) min_idle: Option<u64>,

    /// Only rows with fewer deployed of sold, or active of deployed, than this percentage
    #[arg(long, value_name = "PERCENT", value_parser = super::values::percent, help_heading = ROWS)]
    pub(crate) below: Option<f64>,

    /// Leave out the rows that the rules in this TOML file name
    #[arg(long, value_name = "FILE", help_heading = ROWS)]
    pub(crate) ignore: Option<PathBuf>,

    /// End with exit code 10 if a row crosses this threshold, such as 'idle > 100', or with 'total idle > 5000' if all
    /// rows together do; may be given several times. All rows are written in any case
    #[arg(long, value_name = "THRESHOLD", help_heading = ROWS)]
    pub(crate) fail_on: Vec<String>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

const ROWS: &str = "Rows";

/// Whose licenses.
#[derive(Args, Debug)]
#[group(id = "whose", multiple = false)]
pub(crate) struct Whose {
    /// The customer's id, which is its tenant's id; may be given several times
    #[arg(short, long = "customer", value_name = "ID", value_parser = super::values::customer_id)]
    pub(crate) customers: Vec<CustomerId>,

    /// All customers of the partner
    #[arg(short, long)]
    pub(crate) all_customers: bool,
}

impl Whose {
    /// Whether the question is not about customers at all.
    pub(crate) fn is_nobody(&self) -> bool {
        self.customers.is_empty() && !self.all_customers
    }
}

/// How licenses of many customers are read.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Reading {
    /// Where licenses come from: the commercial queries, which answer thousands of rows at once, the classic operations,
    /// which answer one customer at a time, or auto: the former where they answer. Pipelines had better choose one
    /// [default: auto with --all-customers; with --customer classic, and commercial for those it has no rows for]
    #[arg(long, value_name = "SOURCE", requires = "whose")]
    pub(crate) source: Option<Source>,

    /// How many requests may go at once [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), requires = "whose")]
    pub(crate) concurrency: Option<u16>,

    /// How many requests may be sent in a minute [default: as many as the service takes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "all_customers", conflicts_with = "customers")]
    pub(crate) rate: Option<u32>,

    /// In which order the rows come: customer, by the customers' ids, which is the same in every run and from either
    /// source, and for which rows of the commercial queries are held until the end; or completion, as answers come in.
    /// A table is by the customers' names in any case [default: customer]
    #[arg(long, value_name = "ORDER", requires = "all_customers", conflicts_with = "customers")]
    pub(crate) order: Option<Order>,

    /// Keep in this file how far the run is, and go on from there if the file exists; it is removed at the end. Only
    /// with --output, as csv or ndjson. It is good for 12 hours: rows of two days are not to meet in one file
    #[arg(long, value_name = "FILE", requires_all = ["all_customers", "output"], conflicts_with_all = ["customers", "sort", "limit"])]
    pub(crate) checkpoint: Option<PathBuf>,
}

/// Where the licenses of a whole book come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    #[default]
    Auto,
    Commercial,
    Classic,
}

/// In which order customers come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    #[default]
    Customer,
    Completion,
}

/// Where rows go, and which of them.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rows")]
pub(crate) struct Writing {
    /// The order of the rows, by a column of csv, such as licensesSold:desc. All rows are held until the end
    #[arg(long, value_name = "COLUMN[:desc]")]
    pub(crate) sort: Option<String>,

    /// At most so many rows. Without --sort, nothing more is asked for once they are there
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Write to this file, which is there in whole or not at all; its extension gives the format unless --format does.
    /// A - is stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

impl Writing {
    /// The file to write to, if it is not stdout.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }
}
