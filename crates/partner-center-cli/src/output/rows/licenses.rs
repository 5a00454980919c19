//! The rows of `licenses deployment` and `licenses usage`: of customers, and the partner's totals.

use partner_center::licenses::Source;
use partner_center::licenses::{DeploymentRow, UsageRow};
use partner_center::models::{
    Channel, Guid, PartnerLicensesDeploymentInsights, PartnerLicensesUsageInsights, Timestamp,
};
use partner_center::service;

use crate::output::percent;
use crate::output::row::Shown::{As, InPlaceOf, No, WhoseRow};
use crate::output::row::row;

row! {
    /// How many licenses of one product a customer bought, and how many of them are deployed.
    Deployment = "deployment" from model: DeploymentRow {
        /// The id of the customer's tenant; the requested customer's id if the service omits it. Null only if the id in
        /// a commercial row is not a GUID.
        "customerId" customer_id: Option<Guid> = model.customer_id.map(|id| id.as_uuid().into()), No;
        /// The customer's name.
        "customerName" customer_name: Option<String>, WhoseRow;
        /// The id of the product; the classic operations send none.
        "productId" product_id: Option<Guid>, InPlaceOf("productName", "Product");
        /// The name of the product, in capitals.
        "productName" product_name: Option<String>, As("Product");
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, As("Service");
        /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
        "serviceName" service_name: Option<String>, InPlaceOf("serviceCode", "Service");
        /// How the licenses were sold.
        "channel" channel: Option<Channel>, No;
        /// How many licenses were sold.
        "licensesSold" licenses_sold: Option<i64>, As("Sold");
        /// How many of them are deployed.
        "licensesDeployed" licenses_deployed: Option<i64>, As("Deployed");
        /// Deployed of sold, from 0 to 100: as the service computed it, or computed from the counts if it sends none.
        "deploymentPercent" deployment_percent: Option<f64> = model.deployment_percent.or_else(|| share(model.licenses_deployed, model.licenses_sold)), As("%");
        /// When the service computed the row, as received.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
        /// Which operations the row came from: classic or commercial.
        "source" source: Source, No;
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
    /// How many licenses of one product qualify for one workload, and how many are active in it.
    Usage = "usage" from model: UsageRow {
        /// The id of the customer's tenant; the requested customer's id if the service omits it. Null only if the id in
        /// a commercial row is not a GUID.
        "customerId" customer_id: Option<Guid> = model.customer_id.map(|id| id.as_uuid().into()), No;
        /// The customer's name.
        "customerName" customer_name: Option<String>, WhoseRow;
        /// The id of the product; the classic operations send none.
        "productId" product_id: Option<Guid>, InPlaceOf("productName", "Product");
        /// The name of the product, in capitals.
        "productName" product_name: Option<String>, As("Product");
        /// The code of the workload, such as EXO, SPO or SFB.
        "workloadCode" workload_code: Option<String>, InPlaceOf("workloadName", "Workload");
        /// The name of the workload, such as Exchange.
        "workloadName" workload_name: Option<String>, As("Workload");
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String>, No;
        /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
        "serviceName" service_name: Option<String>, No;
        /// How the licenses were sold.
        "channel" channel: Option<Channel>, No;
        /// How many licenses qualify for the workload.
        "licensesQualified" licenses_qualified: Option<i64>, As("Qualified");
        /// How many of them are active in it.
        "licensesActive" licenses_active: Option<i64>, As("Active");
        /// Active of qualified, from 0 to 100: as the service computed it, or computed from the counts if it sends
        /// none.
        "usagePercent" usage_percent: Option<f64> = model.usage_percent.or_else(|| share(model.licenses_active, model.licenses_qualified)), As("%");
        /// When the service computed the row, as received.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
        /// Which operations the row came from: classic or commercial.
        "source" source: Source, No;
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

row! {
    /// How many licenses of one service the partner sold, and which share of them is deployed.
    PartnerDeployment = "partner-deployment" from model: PartnerLicensesDeploymentInsights {
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String> = service::code_and_name(model.service_code.clone(), model.service_name.clone()).0, As("Service");
        /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
        "serviceName" service_name: Option<String> = service::code_and_name(model.service_code, model.service_name).1, InPlaceOf("serviceCode", "Service");
        /// How the licenses were sold.
        "channel" channel: Option<Channel>, As("Channel");
        /// How many licenses were sold.
        "licensesSold" licenses_sold: Option<i64>, As("Sold");
        /// Deployed of sold over all customers, as the service computed it, from 0 to 100.
        "proratedDeploymentPercent" prorated_deployment_percent: Option<f64>, As("% deployed");
        /// When the service computed the row, as received.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

row! {
    /// Which share of the licenses the partner sold is used, by service and workload.
    PartnerUsage = "partner-usage" from model: PartnerLicensesUsageInsights {
        /// The code of the service, such as o365 or crm.
        "serviceCode" service_code: Option<String> = service::code_and_name(model.service_code.clone(), model.service_name.clone()).0, As("Service");
        /// The name of the service, such as Microsoft Office 365; the code if the service is unknown.
        "serviceName" service_name: Option<String> = service::code_and_name(model.service_code, model.service_name).1, InPlaceOf("serviceCode", "Service");
        /// The name of the workload, such as Exchange.
        "workloadName" workload_name: Option<String>, As("Workload");
        /// How the licenses were sold.
        "channel" channel: Option<Channel>, As("Channel");
        /// Active of qualified over all customers, as the service computed it, from 0 to 100.
        "proratedLicensesUsagePercent" prorated_licenses_usage_percent: Option<f64>, As("% used");
        /// When the service computed the row, as received.
        "processedDateTime" processed_date_time: Option<Timestamp>, No;
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

pub(super) fn share(part: Option<i64>, whole: Option<i64>) -> Option<f64> {
    percent(part?, whole?)
}
