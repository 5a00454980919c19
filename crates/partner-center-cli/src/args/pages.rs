//! Arguments of the commands that write pages.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::report::{Filters, Requests};
use super::{NamedCustomers, Pricing, help};

/// Arguments of `report`, and its subcommand.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    mut_arg("customers", |arg| arg.help(help::CUSTOMERS_OF_PAGES)),
    mut_arg("source", |arg| arg.help(help::SOURCE_OF_PAGES)),
    mut_arg("rate", |arg| arg.conflicts_with("named")),
)]
pub(crate) struct Report {
    #[command(subcommand)]
    pub(crate) pack: Option<PackCommand>,

    #[command(flatten)]
    pub(crate) page: Pages,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Write one page per customer that has rows, to send to that customer, and an index of the pages; with --format
    /// xlsx also one workbook per customer
    #[command(
        after_help = help::PACK_HELP,
        mut_arg("customers", |arg| arg.help(help::CUSTOMERS_OF_PAGES)),
        mut_arg("source", |arg| arg.help(help::SOURCE_OF_PAGES)),
        mut_arg("rate", |arg| arg.conflicts_with("named")),
        mut_arg("output", |arg| arg.value_name("DIR").help(help::OUTPUT_OF_PACK)),
    )]
    Pack(Pages),
}

/// What pages cover, and where they are written.
#[derive(Args, Debug)]
pub(crate) struct Pages {
    #[command(flatten)]
    pub(crate) named: NamedCustomers,

    /// Write the page to this file, whose name ends in .html; it appears only when it is complete
    // The subcommand has its own, so that clap itself cannot require it here.
    #[arg(short, long, value_name = "FILE", required = true)]
    pub(crate) output: Option<PathBuf>,

    /// Show the last recorded day of this dataset instead of asking the service. Nothing is sent, and no credentials are
    /// needed
    #[arg(short, long, value_name = "PLACE", conflicts_with_all = ["source", "concurrency", "rate"])]
    pub(crate) dataset: Option<String>,

    /// Read what renews when from the subscriptions of each customer, instead of with one query of analytics for all
    #[arg(long, conflicts_with = "dataset")]
    pub(crate) renewals: bool,

    #[command(flatten)]
    pub(crate) requests: Requests,

    #[command(flatten)]
    pub(crate) filters: Filters,

    #[command(flatten)]
    pub(crate) pricing: Pricing,
}
