//! Arguments that concern prices and product names.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::help;
use super::report::{Csv, Requests};

/// Files that add prices and names to the rows of a report.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rows")]
pub(crate) struct Pricing {
    /// Add what unused licenses cost per month, with the prices in this csv file: product,price,currency,per[,from].
    /// A product is an id, a name, or a pattern with * and ?; per is month or year; from is the day from which the
    /// price applies. prices template writes such a file
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,

    /// Add the names of products from this csv file: Microsoft's "Product names and service plan identifiers for
    /// licensing"
    #[arg(long, value_name = "FILE")]
    pub(crate) products: Option<PathBuf>,
}

impl Pricing {
    /// The files, with the names of their arguments.
    pub(crate) fn files(&self) -> Vec<(&'static str, &Path)> {
        let files = [("--prices", &self.prices), ("--products", &self.products)];
        files.into_iter().filter_map(|(name, path)| Some((name, path.as_deref()?))).collect()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum PricesCommand {
    /// Write a price file for the products of all customers, with empty prices
    #[command(after_help = help::PRICES_HELP, mut_arg("source", |arg| arg.help(help::SOURCE_OF_ALL)))]
    Template {
        /// Write to this csv file, which must not exist yet and appears only when it is complete; - is stdout
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,

        #[command(flatten)]
        csv: Csv,

        #[command(flatten)]
        requests: Requests,
    },

    /// List products without a price, products that several patterns match, and prices that match no product
    #[command(after_help = format!("{}\n\n{}", help::PRICES_HELP, help::CHECK_HELP), mut_arg("source", |arg| arg.help(help::SOURCE_OF_ALL)))]
    Check {
        /// The price file
        #[arg(long, value_name = "FILE")]
        prices: PathBuf,

        #[command(flatten)]
        requests: Requests,
    },
}
