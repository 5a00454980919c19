//! Arguments of the commands that record and compare days.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use partner_center_history::Day;

use super::report::{By, Requests, Writing};
use super::{Pricing, help};

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// Read the licenses of all customers, and keep them as a day of a dataset
    #[command(
        after_help = help::RECORD_HELP,
        mut_arg("source", |arg| arg.help(help::SOURCE_OF_ALL)),
        mut_arg("prices", |arg| arg.requires("report").help(help::PRICES_OF_PAGE)),
        mut_arg("products", |arg| arg.requires("report").help(help::PRODUCTS_OF_PAGE)),
    )]
    Record(Record),

    /// The days of a dataset: whether they are complete, and how many customers they have
    #[command(after_help = help::HISTORY_HELP)]
    List {
        #[command(flatten)]
        dataset: DatasetPlace,
        #[command(flatten)]
        writing: Writing,
    },

    /// What appeared, is gone or changed between two days
    #[command(after_help = help::DIFF_HELP)]
    Diff(Diff),

    /// How the counts moved over the days
    #[command(after_help = help::HISTORY_HELP)]
    Trend(Trend),

    /// Remove days from a dataset
    #[command(after_help = help::HISTORY_HELP, group = ArgGroup::new("which").args(["keep", "before"]).required(true))]
    Prune {
        #[command(flatten)]
        dataset: DatasetPlace,

        /// Keep this many of the latest days
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        keep: Option<u32>,

        /// Remove the days before this one
        #[arg(long, value_name = "DAY")]
        before: Option<Day>,
    },
}

/// Where a dataset is.
#[derive(Args, Debug)]
pub(crate) struct DatasetPlace {
    /// The dataset: a folder, or, in a build with object-store, a URL such as s3://bucket/path or az://container/path
    #[arg(short, long, value_name = "PLACE")]
    pub(crate) dataset: String,
}

/// Arguments of `history record`.
#[derive(Args, Debug)]
pub(crate) struct Record {
    #[command(flatten)]
    pub(crate) dataset: DatasetPlace,

    /// Record this day, with the data that the service processed on it, instead of today with the latest data. Only the
    /// commercial queries have earlier data
    #[arg(long, value_name = "DAY")]
    pub(crate) date: Option<Day>,

    /// Also write the page of the day to this file, whose name ends in .html: what report --dataset writes
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) requests: Requests,

    #[command(flatten)]
    pub(crate) pricing: Pricing,
}

/// Arguments of `history diff`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("place").arg("dataset"))]
pub(crate) struct Diff {
    /// The earlier day, such as 2026-08-01, or a file that licenses funnel wrote [default: the last day but one]
    #[arg(value_name = "FROM")]
    pub(crate) from: Option<String>,

    /// The later day or file [default: the last day]
    #[arg(value_name = "TO")]
    pub(crate) to: Option<String>,

    /// The dataset: a folder or a URL. Not needed to compare two files
    #[arg(short, long, value_name = "PLACE")]
    pub(crate) dataset: Option<String>,

    /// Compare the totals per customer, product or service instead of the rows
    #[arg(long, value_name = "GROUP", help_heading = "Rows")]
    pub(crate) by: Option<By>,

    /// Only changes of at least this many licenses sold, deployed, active or unused
    #[arg(long, value_name = "N", help_heading = "Rows")]
    pub(crate) min_change: Option<u64>,

    /// Exit with code 10 if the total of all customers that were read on both days changed this much, such as 'unused
    /// +10%', 'sold -100' or, with --prices, 'unusedCost_EUR +500'. With --by, if a group did. Can be repeated
    #[arg(long, value_name = "CHANGE", help_heading = "Rows")]
    pub(crate) fail_on: Vec<String>,

    #[command(flatten)]
    pub(crate) pricing: Pricing,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

/// Arguments of `history trend`.
#[derive(Args, Debug)]
pub(crate) struct Trend {
    #[command(flatten)]
    pub(crate) dataset: DatasetPlace,

    /// One line per customer, product or service instead of one for all
    #[arg(long, value_name = "GROUP", help_heading = "Rows")]
    pub(crate) by: Option<By>,

    /// Only this many of the latest days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Rows")]
    pub(crate) last: Option<u32>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

impl Diff {
    /// The two files, if that is what is compared.
    pub(crate) fn files(&self) -> Option<[PathBuf; 2]> {
        let is_file = |text: &String| text.parse::<Day>().is_err();
        let (from, to) = (self.from.as_ref()?, self.to.as_ref()?);
        (is_file(from) && is_file(to)).then(|| [from.into(), to.into()])
    }
}
