//! The rows of the commercial queries.

use partner_center::models::{
    Channel, CommercialLicensesDeploymentInsights, CommercialLicensesUsageInsights, Guid, Timestamp,
};

use super::licenses::share;
use crate::output::row::Shown::{As, InPlaceOf, No, WhoseRow};
use crate::output::row::row;

row! {
    /// How many licenses of one product a customer bought, and how many of them are deployed; with grouping, the sums
    /// of a group.
    QueryDeployment = "query-deployment" from model: CommercialLicensesDeploymentInsights {
        /// The customer's tenant id. Null if the query was grouped without it.
        "customerId" customer_id: Option<Guid> = model.customer_tenant_id.clone(), No;
        /// The same id, under the name that the query uses.
        "customerTenantId" customer_tenant_id: Option<Guid>, No;
        /// The customer's name.
        "customerName" customer_name: Option<String>, WhoseRow;
        /// The id of the product.
        "productId" product_id: Option<Guid>, InPlaceOf("productName", "Product");
        /// The name of the product, in capitals.
        "productName" product_name: Option<String>, As("Product");
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, As("Service");
        /// The name of the service.
        "serviceName" service_name: Option<String>, InPlaceOf("serviceCode", "Service");
        /// How the licenses were sold.
        "channel" channel: Option<Channel>, No;
        /// How many licenses were sold.
        "licensesSold" licenses_sold: Option<i64>, As("Sold");
        /// How many of them are deployed.
        "licensesDeployed" licenses_deployed: Option<i64>, As("Deployed");
        /// Deployed of sold, computed from the two counts: the service sends no percentage here. Null if none were
        /// sold.
        "deploymentPercent" deployment_percent: Option<f64> = share(model.licenses_deployed, model.licenses_sold), As("%");
        /// When the service computed the row, as received.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    const PERCENTS: &'static [[&'static str; 3]] = &[["deploymentPercent", "licensesDeployed", "licensesSold"]];

    fn customer(&self) -> (Option<&Guid>, Option<&str>) {
        (self.customer_id.as_ref(), self.customer_name.as_deref())
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

row! {
    /// How many licenses of one product of a customer qualify for one workload, and how many are active in it; with
    /// grouping, the sums of a group.
    QueryUsage = "query-usage" from model: CommercialLicensesUsageInsights {
        /// The customer's tenant id. Null if the query was grouped without it.
        "customerId" customer_id: Option<Guid> = model.customer_tenant_id.clone(), No;
        /// The same id, under the name that the query uses.
        "customerTenantId" customer_tenant_id: Option<Guid>, No;
        /// The customer's name.
        "customerName" customer_name: Option<String>, WhoseRow;
        /// The id of the product.
        "productId" product_id: Option<Guid>, InPlaceOf("productName", "Product");
        /// The name of the product, in capitals.
        "productName" product_name: Option<String>, As("Product");
        /// The code of the workload, such as EXO, SPO or SFB.
        "workloadCode" workload_code: Option<String>, InPlaceOf("workloadName", "Workload");
        /// The name of the workload, such as Exchange.
        "workloadName" workload_name: Option<String>, As("Workload");
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, InPlaceOf("productName", "Service");
        /// The name of the service.
        "serviceName" service_name: Option<String>, No;
        /// How the licenses were sold.
        "channel" channel: Option<Channel>, No;
        /// How many licenses qualify for the workload.
        "licensesQualified" licenses_qualified: Option<i64>, As("Qualified");
        /// How many of them are active in it.
        "licensesActive" licenses_active: Option<i64>, As("Active");
        /// Active of qualified, computed from the two counts: the service sends no percentage here. Null if none
        /// qualify.
        "usagePercent" usage_percent: Option<f64> = share(model.licenses_active, model.licenses_qualified), As("%");
        /// When the service computed the row, as received.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    // A license counts once in every workload it qualifies for.
    const TOTALS_BY: &'static [&'static str] = &["workloadCode", "workloadName"];
    const PERCENTS: &'static [[&'static str; 3]] = &[["usagePercent", "licensesActive", "licensesQualified"]];

    fn customer(&self) -> (Option<&Guid>, Option<&str>) {
        (self.customer_id.as_ref(), self.customer_name.as_deref())
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}
