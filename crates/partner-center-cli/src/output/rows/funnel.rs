//! The rows of the funnel.

use partner_center::funnel::{Flag, FunnelRow, Workload};
use partner_center::licenses::Source;
use partner_center::models::{Channel, Guid, Timestamp};

use super::licenses::share;
use crate::output::row::Shown::{As, IfWide, InPlaceOf, No, WhoseRow};
use crate::output::row::row;

row! {
    /// How many licenses of one product a customer bought, how many are deployed, and how many are in use.
    Funnel = "funnel" from model: FunnelRow {
        /// The id of the customer's tenant.
        #[schemars(with = "Guid")]
        "customerId" customer_id: Option<Guid> = Some(model.customer_id.as_uuid().into()), No;
        /// The customer's name.
        "customerName" customer_name: Option<String>, WhoseRow;
        /// The id of the product; the classic operations send none.
        "productId" product_id: Option<Guid>, InPlaceOf("productName", "Product");
        /// The name of the product, in capitals.
        "productName" product_name: Option<String>, As("Product");
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, No;
        /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
        "serviceName" service_name: Option<String>, No;
        /// How the licenses were sold.
        "channel" channel: Option<Channel>, No;
        /// How many licenses were sold.
        "licensesSold" licenses_sold: Option<i64>, As("Sold");
        /// How many of them are deployed.
        "licensesDeployed" licenses_deployed: Option<i64>, As("Deployed");
        /// How many are in use: the greatest of the workloads' counts.
        "licensesActive" licenses_active: Option<i64>, As("Active");
        /// Sold and not deployed; 0 if more are deployed than were sold.
        "shelfware" shelfware: Option<i64>, As("Shelf");
        /// Deployed and not in use; 0 if more are in use than deployed.
        "idle" idle: Option<i64>, As("Idle");
        /// Deployed of sold, computed from the counts, from 0 to 100 or above. Null if none were sold.
        "deploymentPercent" deployment_percent: Option<f64> = share(model.licenses_deployed, model.licenses_sold), IfWide("% depl.");
        /// Active of deployed, computed from the counts, from 0 to 100 or above. Null if none are deployed.
        "usagePercent" usage_percent: Option<f64> = share(model.licenses_active, model.licenses_deployed), IfWide("% used");
        /// Deployed of sold as the service computed it; the commercial query sends none.
        "reportedDeploymentPercent" reported_deployment_percent: Option<f64>, No;
        /// Active of qualified as the service computed it, for the workload with the most active licenses; the
        /// commercial query sends none.
        "reportedUsagePercent" reported_usage_percent: Option<f64>, No;
        /// The usage of each workload; in text formats its name, active and qualified licenses.
        "workloads" workloads: Vec<Workload>, No;
        /// When the service computed the deployment, as received.
        "deploymentProcessedDateTime" deployment_processed_date_time: Option<Timestamp>, No;
        /// When the service computed the usage, as received: the oldest time of the workloads.
        "usageProcessedDateTime" usage_processed_date_time: Option<Timestamp>, No;
        /// Which operations the row was made from.
        "source" source: Source, No;
        /// Flags for unusual values in the row.
        "flags" flags: Vec<Flag>, No;
    }

    const PERCENTS: &'static [[&'static str; 3]] = &[
        ["deploymentPercent", "licensesDeployed", "licensesSold"],
        ["usagePercent", "licensesActive", "licensesDeployed"],
    ];

    const DIFFERENCES: &'static [[&'static str; 3]] = &[
        ["shelfware", "licensesSold", "licensesDeployed"],
        ["idle", "licensesDeployed", "licensesActive"],
    ];

    fn customer(&self) -> (Option<&Guid>, Option<&str>) {
        (self.customer_id.as_ref(), self.customer_name.as_deref())
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.deployment_processed_date_time.as_ref(), self.usage_processed_date_time.as_ref()]
    }
}
