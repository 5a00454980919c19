//! The rows of the classic four operations.

use partner_center::CustomerId;
use partner_center::models::{
    Channel, CustomerLicensesDeploymentInsights, CustomerLicensesUsageInsights, Guid,
    PartnerLicensesDeploymentInsights, PartnerLicensesUsageInsights, Timestamp,
};

use crate::output::row::Shown::{As, InPlaceOf, No, WhoseRow};
use crate::output::row::row;

row! {
    /// How many licences of one product a customer bought, and how many of them are deployed.
    Deployment = "deployment" from model: CustomerLicensesDeploymentInsights {
        /// The id of the customer's tenant; the one that was asked about where the service leaves it out.
        #[schemars(with = "Guid")]
        "customerId" customer_id: Option<Guid>, No;
        /// The customer's name.
        "customerName" customer_name: Option<String>, WhoseRow;
        /// The name of the product, in capitals.
        "productName" product_name: Option<String>, As("Product");
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, As("Service");
        /// The name of the service; the service puts its code here.
        "serviceName" service_name: Option<String>, InPlaceOf("serviceCode", "Service");
        /// How the licences were sold.
        "channel" channel: Option<Channel>, No;
        /// How many licences were sold.
        "licensesSold" licenses_sold: Option<i64>, As("Sold");
        /// How many of them are deployed.
        "licensesDeployed" licenses_deployed: Option<i64>, As("Deployed");
        /// Deployed of sold as the service computed it, from 0 to 100.
        "deploymentPercent" deployment_percent: Option<f64>, As("%");
        /// When the service computed the row, as it came.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    const PERCENT: Option<[&'static str; 3]> = Some(["deploymentPercent", "licensesDeployed", "licensesSold"]);

    fn customer(&self) -> (Option<&Guid>, Option<&str>) {
        (self.customer_id.as_ref(), self.customer_name.as_deref())
    }

    fn processed(&self) -> Option<&Timestamp> {
        self.processed_date_time.as_ref()
    }
}

row! {
    /// How many licences of one product qualify for one workload, and how many are active in it.
    Usage = "usage" from model: CustomerLicensesUsageInsights {
        /// The id of the customer's tenant; the one that was asked about where the service leaves it out.
        #[schemars(with = "Guid")]
        "customerId" customer_id: Option<Guid>, No;
        /// The customer's name.
        "customerName" customer_name: Option<String>, WhoseRow;
        /// The name of the product, in capitals.
        "productName" product_name: Option<String>, As("Product");
        /// The code of the workload, such as EXO, SPO or SFB.
        "workloadCode" workload_code: Option<String>, InPlaceOf("workloadName", "Workload");
        /// The name of the workload, such as Exchange.
        "workloadName" workload_name: Option<String>, As("Workload");
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, No;
        /// The name of the service; the service puts its code here.
        "serviceName" service_name: Option<String>, No;
        /// How the licences were sold.
        "channel" channel: Option<Channel>, No;
        /// How many licences qualify for the workload.
        "licensesQualified" licenses_qualified: Option<i64>, As("Qualified");
        /// How many of them are active in it.
        "licensesActive" licenses_active: Option<i64>, As("Active");
        /// Active of qualified as the service computed it, from 0 to 100.
        "usagePercent" usage_percent: Option<f64>, As("%");
        /// When the service computed the row, as it came.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    // A licence counts once in every workload it qualifies for.
    const TOTALS_BY: &'static [&'static str] = &["workloadCode", "workloadName"];
    const PERCENT: Option<[&'static str; 3]> = Some(["usagePercent", "licensesActive", "licensesQualified"]);

    fn customer(&self) -> (Option<&Guid>, Option<&str>) {
        (self.customer_id.as_ref(), self.customer_name.as_deref())
    }

    fn processed(&self) -> Option<&Timestamp> {
        self.processed_date_time.as_ref()
    }
}

row! {
    /// How many licences of one service the partner sold, and which share of them is deployed.
    PartnerDeployment = "partner-deployment" from model: PartnerLicensesDeploymentInsights {
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, As("Service");
        /// The name of the service; the service puts its code here.
        "serviceName" service_name: Option<String>, InPlaceOf("serviceCode", "Service");
        /// How the licences were sold.
        "channel" channel: Option<Channel>, As("Channel");
        /// How many licences were sold.
        "licensesSold" licenses_sold: Option<i64>, As("Sold");
        /// Deployed of sold over all customers as the service computed it, from 0 to 100.
        "proratedDeploymentPercent" prorated_deployment_percent: Option<f64>, As("% deployed");
        /// When the service computed the row, as it came.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    fn processed(&self) -> Option<&Timestamp> {
        self.processed_date_time.as_ref()
    }
}

row! {
    /// Which share of the licences the partner sold is used, by service and workload.
    PartnerUsage = "partner-usage" from model: PartnerLicensesUsageInsights {
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, As("Service");
        /// The name of the service; the service puts its code here.
        "serviceName" service_name: Option<String>, InPlaceOf("serviceCode", "Service");
        /// The name of the workload, such as Exchange.
        "workloadName" workload_name: Option<String>, As("Workload");
        /// How the licences were sold.
        "channel" channel: Option<Channel>, As("Channel");
        /// Active of qualified over all customers as the service computed it, from 0 to 100.
        "proratedLicensesUsagePercent" prorated_licenses_usage_percent: Option<f64>, As("% used");
        /// When the service computed the row, as it came.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    fn processed(&self) -> Option<&Timestamp> {
        self.processed_date_time.as_ref()
    }
}

impl Deployment {
    pub(crate) fn of(customer: CustomerId, row: CustomerLicensesDeploymentInsights) -> Self {
        let mut row = Self::from(row);
        fill(&mut row.customer_id, customer);
        row
    }
}

impl Usage {
    pub(crate) fn of(customer: CustomerId, row: CustomerLicensesUsageInsights) -> Self {
        let mut row = Self::from(row);
        fill(&mut row.customer_id, customer);
        row
    }
}

/// The id that was asked about, where the service left it out or sent something else in its place.
fn fill(id: &mut Option<Guid>, asked: CustomerId) {
    if id.as_ref().and_then(Guid::as_uuid).is_none() {
        *id = Some(asked.as_uuid().into());
    }
}
