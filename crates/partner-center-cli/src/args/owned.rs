//! Arguments of the commands about what customers own: subscriptions and SKUs.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::report::{CustomerReading, Writing};
use super::{Whose, help, values};

#[derive(Debug, Subcommand)]
pub(crate) enum SubscriptionsCommand {
    /// The subscriptions of customers: how many licenses, until when, and how many can be reduced
    #[command(after_help = help::SUBSCRIPTIONS_HELP)]
    List(SubscriptionList),

    /// Query the subscriptions of all customers at once, as analytics has them
    #[command(after_help = help::SUBSCRIPTIONS_FILTER_HELP)]
    Query(SubscriptionsQuery),
}

/// Arguments of `subscriptions query`.
#[derive(Args, Debug)]
pub(crate) struct SubscriptionsQuery {
    /// Only rows that match, such as "status eq 'ACTIVE' and commitmentEndDate le '2027-03-01'"
    #[arg(short, long, value_name = "FILTER")]
    pub(crate) filter: Option<String>,

    /// Count by these fields, such as subscriptionType,status
    #[arg(short, long, value_name = "FIELDS")]
    pub(crate) group_by: Option<String>,

    /// The length of the periods of a date in --group-by [default: one period]
    #[arg(long, value_name = "PERIOD", requires = "group_by")]
    pub(crate) aggregation_level: Option<AggregationLevel>,

    /// Rows per page; all pages are read in any case [default: 10000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) top: Option<u32>,

    #[command(flatten)]
    pub(crate) writing: Writing,
}

/// The length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AggregationLevel {
    Day,
    Week,
    Month,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SkusCommand {
    /// The SKUs in the tenants of customers: how many licenses there are now, and how many are assigned
    #[command(after_help = help::SKUS_HELP)]
    List(SkuList),
}

/// Arguments of `subscriptions list`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("someone").args(["customers", "customers_from", "all_customers"]).required(true))]
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
#[command(group = ArgGroup::new("someone").args(["customers", "customers_from", "all_customers"]).required(true))]
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
