//! The row types, by the names that `schema` accepts.

use clap::ValueEnum;

/// The row types, by the names in `type` of the JSON document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowType {
    /// A row of licenses deployment for customers, and of licenses query deployment
    #[value(alias = "query-deployment")]
    Deployment,
    /// A row of licenses usage for customers, and of licenses query usage
    #[value(alias = "query-usage")]
    Usage,
    /// A row of licenses funnel
    Funnel,
    /// The totals of a customer, product or service, as --by writes them
    Group,
    /// A row of history list
    Day,
    /// A row of history diff
    Diff,
    /// A row of history diff with --by
    DiffGroup,
    /// A row of history trend; the table has one line per group instead
    Trend,
    /// A row of licenses deployment, for the partner
    PartnerDeployment,
    /// A row of licenses usage, for the partner
    PartnerUsage,
    /// A row of customers list and customers show
    Customer,
    /// A row of subscriptions list
    Subscription,
    /// A row of subscriptions query
    SubscriptionInsight,
    /// A row of skus list
    Sku,
    /// A row of config list
    Setting,
}
