//! The columns of deployment and usage: of customers, and the partner's totals.

use partner_center::CustomerId;
use partner_center::licenses::{DeploymentRow, PartnerDeploymentRow, PartnerUsageRow, UsageRow};
use partner_center::models::Timestamp;

use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, InPlaceOf, No, WhoseRow};
use crate::output::row::{AddToGroups, columns};

columns! {
    DeploymentRow as "deployment" {
        "customerId" customer_id, No;
        "customerName" customer_name, WhoseRow;
        "productId" product_id, InPlaceOf("productName", "Product");
        "productName" product_name, As("Product");
        "serviceCode" service_code, As("Service");
        "serviceName" service_name, InPlaceOf("serviceCode", "Service");
        "channel" channel, No;
        "licensesSold" licenses_sold, As("Sold");
        "licensesDeployed" licenses_deployed, As("Deployed");
        "deploymentPercent" deployment_percent, As("%");
        "processedDateTime" processed_date_time, No;
        "source" source, No;
    }

    const PERCENTS: &'static [[&'static str; 3]] = &[["deploymentPercent", "licensesDeployed", "licensesSold"]];
    const GROUPED: Option<AddToGroups<Self>> = Some(|row, groups| groups.add(row));

    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        anonymizer.customer(&mut self.customer_id, &mut self.customer_name);
    }

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (self.customer_id, self.customer_name.as_deref())
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

columns! {
    UsageRow as "usage" {
        "customerId" customer_id, No;
        "customerName" customer_name, WhoseRow;
        "productId" product_id, InPlaceOf("productName", "Product");
        "productName" product_name, As("Product");
        "workloadCode" workload_code, InPlaceOf("workloadName", "Workload");
        "workloadName" workload_name, As("Workload");
        // Only of rows that are grouped without the product.
        "serviceCode" service_code, InPlaceOf("productName", "Service");
        "serviceName" service_name, No;
        "channel" channel, No;
        "licensesQualified" licenses_qualified, As("Qualified");
        "licensesActive" licenses_active, As("Active");
        "usagePercent" usage_percent, As("%");
        "processedDateTime" processed_date_time, No;
        "source" source, No;
    }

    const GROUPED: Option<AddToGroups<Self>> = Some(|row, groups| groups.add(row));
    /// Usage alone does not say what is unused.
    const GROUPS_SORTED_BY: &'static str = "licensesActive:desc";
    // A license counts once in every workload it qualifies for.
    const TOTALS_BY: &'static [&'static str] = &["workloadCode", "workloadName"];
    const PERCENTS: &'static [[&'static str; 3]] = &[["usagePercent", "licensesActive", "licensesQualified"]];

    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        anonymizer.customer(&mut self.customer_id, &mut self.customer_name);
    }

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (self.customer_id, self.customer_name.as_deref())
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

columns! {
    PartnerDeploymentRow as "partner-deployment" {
        "serviceCode" service_code, As("Service");
        "serviceName" service_name, InPlaceOf("serviceCode", "Service");
        "channel" channel, As("Channel");
        "licensesSold" licenses_sold, As("Sold");
        "proratedDeploymentPercent" prorated_deployment_percent, As("% deployed");
        "processedDateTime" processed_date_time, No;
    }

    /// It names no customer.
    fn anonymize(&mut self, _: &Anonymizer) {}

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

columns! {
    PartnerUsageRow as "partner-usage" {
        "serviceCode" service_code, As("Service");
        "serviceName" service_name, InPlaceOf("serviceCode", "Service");
        "workloadName" workload_name, As("Workload");
        "channel" channel, As("Channel");
        "proratedLicensesUsagePercent" prorated_licenses_usage_percent, As("% used");
        "processedDateTime" processed_date_time, No;
    }

    /// It names no customer.
    fn anonymize(&mut self, _: &Anonymizer) {}

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}
