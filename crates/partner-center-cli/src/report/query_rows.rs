//! Converts rows of a report back to rows of the commercial queries, for the join of the funnel.

use partner_center::licenses::{DeploymentRow, UsageRow};
use partner_center::models::{CommercialLicensesDeploymentInsights, CommercialLicensesUsageInsights, Guid};

/// Converts a deployment row, which has a parsed customer id.
pub(super) fn deployment(row: DeploymentRow) -> CommercialLicensesDeploymentInsights {
    let mut model = CommercialLicensesDeploymentInsights::default();
    model.customer_tenant_id = row.customer_id.map(|id| Guid::from(id.as_uuid()));
    model.customer_name = row.customer_name;
    model.product_id = row.product_id;
    model.product_name = row.product_name;
    model.service_code = row.service_code;
    model.service_name = row.service_name;
    model.channel = row.channel;
    model.licenses_sold = row.licenses_sold;
    model.licenses_deployed = row.licenses_deployed;
    model.processed_date_time = row.processed_date_time;
    model
}

/// Converts a usage row.
pub(super) fn usage(row: UsageRow) -> CommercialLicensesUsageInsights {
    let mut model = CommercialLicensesUsageInsights::default();
    model.customer_tenant_id = row.customer_id.map(|id| Guid::from(id.as_uuid()));
    model.customer_name = row.customer_name;
    model.product_id = row.product_id;
    model.product_name = row.product_name;
    model.service_code = row.service_code;
    model.service_name = row.service_name;
    model.channel = row.channel;
    model.workload_code = row.workload_code;
    model.workload_name = row.workload_name;
    model.licenses_active = row.licenses_active;
    model.licenses_qualified = row.licenses_qualified;
    model.processed_date_time = row.processed_date_time;
    model
}
