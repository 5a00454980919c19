//! The columns of the funnel.

use partner_center::CustomerId;
use partner_center::funnel::{Flag, FunnelRow};
use partner_center::models::Timestamp;

use crate::anonymizer::Anonymizer;
use crate::output::columns::Column;
use crate::output::columns::Shown::{As, IfWide, InPlaceOf, No, WhoseRow};
use crate::output::row::columns;

columns! {
    FunnelRow as "funnel" {
        "customerId" customer_id, No;
        "customerName" customer_name, WhoseRow;
        "productId" product_id, InPlaceOf("productName", "Product");
        "productName" product_name, As("Product");
        "serviceCode" service_code, No;
        "serviceName" service_name, No;
        "channel" channel, No;
        "licensesSold" licenses_sold, As("Sold");
        "licensesDeployed" licenses_deployed, As("Deployed");
        "licensesActive" licenses_active, As("Active");
        "shelfware" shelfware, As("Shelf");
        "idle" idle, As("Idle");
        "unused" unused, As("Unused");
        "deploymentPercent" deployment_percent, IfWide("% depl.");
        "usagePercent" usage_percent, IfWide("% used");
        "reportedDeploymentPercent" reported_deployment_percent, No;
        "reportedUsagePercent" reported_usage_percent, No;
        "workloads" workloads, No;
        "deploymentProcessedDateTime" deployment_processed_date_time, No;
        "usageProcessedDateTime" usage_processed_date_time, No;
        "source" source, No;
        "flags" flags, No;
    }

    const PERCENTS: &'static [[&'static str; 3]] = &[
        ["deploymentPercent", "licensesDeployed", "licensesSold"],
        ["usagePercent", "licensesActive", "licensesDeployed"],
    ];

    const DIFFERENCES: &'static [[&'static str; 3]] = &[
        ["shelfware", "licensesSold", "licensesDeployed"],
        ["idle", "licensesDeployed", "licensesActive"],
    ];

    const LOWER_BOUNDS: &'static [&'static str] = &["unused"];

    /// Only `unused` can be incomplete although it has a value.
    fn complete_rows(&self, column: &Column) -> u64 {
        u64::from(!(column.name == "unused" && self.has(Flag::UnusedIsLowerBound)))
    }

    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        self.customer_name = self.customer_name.take().map(|name| anonymizer.name(Some(self.customer_id), &name));
        self.customer_id = anonymizer.id(self.customer_id);
    }

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (Some(self.customer_id), self.customer_name.as_deref())
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.deployment_processed_date_time.as_ref(), self.usage_processed_date_time.as_ref()]
    }
}
