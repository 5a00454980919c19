//! Arguments of the commands about what customers own: subscriptions and SKUs.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::report::{CustomerReading, Whose, Writing};
use super::{help, values};

#[derive(Debug, Subcommand)]
pub(crate) enum SubscriptionsCommand {
    /// The subscriptions of customers: how many licenses, until when, and how many can be reduced
    #[command(after_help = help::SUBSCRIPTIONS_HELP)]
    List(SubscriptionList),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SkusCommand {
    /// The SKUs in the tenants of customers: how many licenses there are now, and how many are assigned
    #[command(after_help = help::SKUS_HELP)]
    List(SkuList),
}

/// Arguments of `subscriptions list`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("someone").args(["customers", "all_customers"]).required(true))]
pub(crate) struct SubscriptionList {
    #[command(flatten)]
    pub(crate) whose: Whose,
    #[command(flatten)]
    pub(crate) reading: CustomerReading,

    /// Only subscriptions whose term ends within this time from today, such as 30d
    #[arg(long, value_name = "DAYS", value_parser = values::days, help_heading = "Rows")]
    pub(crate) renewing_within: Option<u32>,

    /// Only subscriptions with this status, such as active; can be repeated
    #[arg(long, value_name = "STATUS", help_heading = "Rows")]
    pub(crate) status: Vec<String>,

    /// Exit with code 10 if a number in a row crosses this threshold, such as 'daysToRenewal < 30'. Can be repeated; all
    /// rows are written in any case
    #[arg(long, value_name = "THRESHOLD", help_heading = "Rows", conflicts_with = "checkpoint")]
    pub(crate) fail_on: Vec<String>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

/// Arguments of `skus list`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("someone").args(["customers", "all_customers"]).required(true))]
pub(crate) struct SkuList {
    #[command(flatten)]
    pub(crate) whose: Whose,
    #[command(flatten)]
    pub(crate) reading: CustomerReading,

    /// Also the SKUs that cost nothing, such as FLOW_FREE
    #[arg(long, help_heading = "Rows")]
    pub(crate) include_free: bool,

    /// Leave out rows that match the rules in this TOML file; see licenses funnel --help
    #[arg(long, value_name = "FILE", help_heading = "Rows")]
    pub(crate) ignore: Option<PathBuf>,

    /// Exit with code 10 if a number in a row crosses this threshold, such as 'available < 5'. Can be repeated; all rows are
    /// written in any case
    #[arg(long, value_name = "THRESHOLD", help_heading = "Rows", conflicts_with = "checkpoint")]
    pub(crate) fail_on: Vec<String>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}
