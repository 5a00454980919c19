// Made by `cargo xtask codegen` from openapi/partner-center.yaml, sha256 f5f3777e40d0a9618ae59277e04bf7bf2531e6a9e706126b0f784aa4af772c48.
// Do not edit: edit the contract and run the command.

/// The licence deployment of a customer, one row per product.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesDeploymentInsightsCollection {
    /// How many rows this page holds.
    #[serde(
        rename = "totalCount",
        alias = "TotalCount",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub total_count: Option<i64>,
    /// The rows. Empty is not proof that there are no licences.
    #[serde(
        alias = "Items",
        alias = "Value",
        alias = "value",
        deserialize_with = "crate::lenient::rows"
    )]
    pub items: Vec<CustomerLicensesDeploymentInsights>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

/// How many licences of one product a customer bought, and how many of them are deployed.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesDeploymentInsights {
    /// The id of the customer's tenant. Letter case varies.
    #[serde(
        rename = "customerId",
        alias = "CustomerId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(
        rename = "customerName",
        alias = "CustomerName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_name: Option<String>,
    /// The name of the product, in capitals.
    #[serde(
        rename = "productName",
        alias = "ProductName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub product_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    #[serde(
        rename = "serviceCode",
        alias = "ServiceCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_code: Option<String>,
    /// The name of the service; the classic operations put its code here.
    #[serde(
        rename = "serviceName",
        alias = "ServiceName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_name: Option<String>,
    /// How the licences were sold.
    #[serde(alias = "Channel", default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// How many of the sold licences are deployed.
    #[serde(
        rename = "licensesDeployed",
        alias = "LicensesDeployed",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_deployed: Option<i64>,
    /// How many licences were sold.
    #[serde(
        rename = "licensesSold",
        alias = "LicensesSold",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_sold: Option<i64>,
    /// Deployed of sold as the service computed it, from 0 to 100.
    #[serde(
        rename = "deploymentPercent",
        alias = "DeploymentPercent",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_number"
    )]
    pub deployment_percent: Option<f64>,
    /// When the service last computed the row. Rows of one answer differ.
    #[serde(
        rename = "processedDateTime",
        alias = "ProcessedDateTime",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub processed_date_time: Option<crate::Timestamp>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}
impl std::fmt::Debug for CustomerLicensesDeploymentInsights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerLicensesDeploymentInsights")
            .field("customer_id", &self.customer_id)
            .field("customer_name", &crate::private(&self.customer_name))
            .field("product_name", &self.product_name)
            .field("service_code", &self.service_code)
            .field("service_name", &self.service_name)
            .field("channel", &self.channel)
            .field("licenses_deployed", &self.licenses_deployed)
            .field("licenses_sold", &self.licenses_sold)
            .field("deployment_percent", &self.deployment_percent)
            .field("processed_date_time", &self.processed_date_time)
            .field("attributes", &self.attributes)
            .finish()
    }
}

/// The licence usage of a customer, one row per product and workload.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesUsageInsightsCollection {
    /// How many rows this page holds.
    #[serde(
        rename = "totalCount",
        alias = "TotalCount",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub total_count: Option<i64>,
    /// The rows.
    #[serde(
        alias = "Items",
        alias = "Value",
        alias = "value",
        deserialize_with = "crate::lenient::rows"
    )]
    pub items: Vec<CustomerLicensesUsageInsights>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

/// How many licences of one product qualify for one workload, and how many are active in it.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesUsageInsights {
    /// The id of the customer's tenant. Letter case varies.
    #[serde(
        rename = "customerId",
        alias = "CustomerId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(
        rename = "customerName",
        alias = "CustomerName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_name: Option<String>,
    /// The name of the product, in capitals.
    #[serde(
        rename = "productName",
        alias = "ProductName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub product_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    #[serde(
        rename = "serviceCode",
        alias = "ServiceCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_code: Option<String>,
    /// The name of the service; the classic operations put its code here.
    #[serde(
        rename = "serviceName",
        alias = "ServiceName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_name: Option<String>,
    /// How the licences were sold.
    #[serde(alias = "Channel", default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The code of the workload, such as EXO, SPO or SFB.
    #[serde(
        rename = "workloadCode",
        alias = "WorkloadCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub workload_code: Option<String>,
    /// The name of the workload, such as Exchange.
    #[serde(
        rename = "workloadName",
        alias = "WorkloadName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub workload_name: Option<String>,
    /// How many licences are active in the workload. Documented as licensesActive; the commercial example says licenseActive.
    #[serde(
        rename = "licensesActive",
        alias = "LicensesActive",
        alias = "licenseActive",
        alias = "LicenseActive",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_active: Option<i64>,
    /// How many licences qualify for the workload.
    #[serde(
        rename = "licensesQualified",
        alias = "LicensesQualified",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_qualified: Option<i64>,
    /// Active of qualified as the service computed it, from 0 to 100.
    #[serde(
        rename = "usagePercent",
        alias = "UsagePercent",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_number"
    )]
    pub usage_percent: Option<f64>,
    /// When the service last computed the row. Rows of one answer differ.
    #[serde(
        rename = "processedDateTime",
        alias = "ProcessedDateTime",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub processed_date_time: Option<crate::Timestamp>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}
impl std::fmt::Debug for CustomerLicensesUsageInsights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerLicensesUsageInsights")
            .field("customer_id", &self.customer_id)
            .field("customer_name", &crate::private(&self.customer_name))
            .field("product_name", &self.product_name)
            .field("service_code", &self.service_code)
            .field("service_name", &self.service_name)
            .field("channel", &self.channel)
            .field("workload_code", &self.workload_code)
            .field("workload_name", &self.workload_name)
            .field("licenses_active", &self.licenses_active)
            .field("licenses_qualified", &self.licenses_qualified)
            .field("usage_percent", &self.usage_percent)
            .field("processed_date_time", &self.processed_date_time)
            .field("attributes", &self.attributes)
            .finish()
    }
}

/// The licence deployment of all customers of a partner, one row per service.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesDeploymentInsightsCollection {
    /// How many rows this page holds.
    #[serde(
        rename = "totalCount",
        alias = "TotalCount",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub total_count: Option<i64>,
    /// The rows.
    #[serde(
        alias = "Items",
        alias = "Value",
        alias = "value",
        deserialize_with = "crate::lenient::rows"
    )]
    pub items: Vec<PartnerLicensesDeploymentInsights>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

/// How many licences of one service a partner sold, and which share of them is deployed.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesDeploymentInsights {
    /// The code of the service, such as o365 or crm.
    #[serde(
        rename = "serviceCode",
        alias = "ServiceCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_code: Option<String>,
    /// The name of the service; the classic operations put its code here.
    #[serde(
        rename = "serviceName",
        alias = "ServiceName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_name: Option<String>,
    /// How the licences were sold.
    #[serde(alias = "Channel", default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// How many licences were sold.
    #[serde(
        rename = "licensesSold",
        alias = "LicensesSold",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_sold: Option<i64>,
    /// Deployed of sold over all customers as the service computed it, from 0 to 100.
    #[serde(
        rename = "proratedDeploymentPercent",
        alias = "ProratedDeploymentPercent",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_number"
    )]
    pub prorated_deployment_percent: Option<f64>,
    /// When the service last computed the row. Rows of one answer differ.
    #[serde(
        rename = "processedDateTime",
        alias = "ProcessedDateTime",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub processed_date_time: Option<crate::Timestamp>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

/// The licence usage of all customers of a partner, one row per service and workload.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesUsageInsightsCollection {
    /// How many rows this page holds.
    #[serde(
        rename = "totalCount",
        alias = "TotalCount",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub total_count: Option<i64>,
    /// The rows.
    #[serde(
        alias = "Items",
        alias = "Value",
        alias = "value",
        deserialize_with = "crate::lenient::rows"
    )]
    pub items: Vec<PartnerLicensesUsageInsights>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

/// Which share of the licences that qualify for one workload of one service is used.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesUsageInsights {
    /// The code of the service, such as o365 or crm.
    #[serde(
        rename = "serviceCode",
        alias = "ServiceCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_code: Option<String>,
    /// The name of the service; the classic operations put its code here.
    #[serde(
        rename = "serviceName",
        alias = "ServiceName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_name: Option<String>,
    /// How the licences were sold.
    #[serde(alias = "Channel", default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The name of the workload, such as Exchange.
    #[serde(
        rename = "workloadName",
        alias = "WorkloadName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub workload_name: Option<String>,
    /// Active of qualified over all customers as the service computed it, from 0 to 100.
    #[serde(
        rename = "proratedLicensesUsagePercent",
        alias = "ProratedLicensesUsagePercent",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_number"
    )]
    pub prorated_licenses_usage_percent: Option<f64>,
    /// When the service last computed the row. Rows of one answer differ.
    #[serde(
        rename = "processedDateTime",
        alias = "ProcessedDateTime",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub processed_date_time: Option<crate::Timestamp>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

/// A page of licence deployment over all customers.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesDeploymentInsightsCollection {
    /// The rows.
    #[serde(
        rename = "Value",
        alias = "value",
        alias = "items",
        alias = "Items",
        deserialize_with = "crate::lenient::rows"
    )]
    pub value: Vec<CommercialLicensesDeploymentInsights>,
    /// Where the next page is; null, empty or absent on the last. It repeats the filter.
    #[serde(rename = "@nextLink", default, skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
    /// How many rows the whole query has.
    #[serde(
        rename = "TotalCount",
        alias = "totalCount",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub total_count: Option<i64>,
}
impl std::fmt::Debug for CommercialLicensesDeploymentInsightsCollection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommercialLicensesDeploymentInsightsCollection")
            .field("value", &self.value)
            .field("next_link", &crate::private(&self.next_link))
            .field("total_count", &self.total_count)
            .finish()
    }
}

/// How many licences of one product a customer bought, and how many of them are deployed; in a grouped query, of one group.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesDeploymentInsights {
    /// When the service last computed the row; a midnight, without the offset.
    #[serde(
        rename = "processedDateTime",
        alias = "ProcessedDateTime",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub processed_date_time: Option<crate::Timestamp>,
    /// The code of the service, such as o365 or crm.
    #[serde(
        rename = "serviceCode",
        alias = "ServiceCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_code: Option<String>,
    /// The name of the service; the classic operations put its code here.
    #[serde(
        rename = "serviceName",
        alias = "ServiceName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_name: Option<String>,
    /// How the licences were sold.
    #[serde(alias = "Channel", default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The id of the customer's tenant. Letter case varies.
    #[serde(
        rename = "customerTenantId",
        alias = "CustomerTenantId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_tenant_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(
        rename = "customerName",
        alias = "CustomerName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_name: Option<String>,
    /// The id of the product. Letter case varies.
    #[serde(
        rename = "productId",
        alias = "ProductId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub product_id: Option<crate::Guid>,
    /// The name of the product, in capitals.
    #[serde(
        rename = "productName",
        alias = "ProductName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub product_name: Option<String>,
    /// How many of the sold licences are deployed.
    #[serde(
        rename = "licensesDeployed",
        alias = "LicensesDeployed",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_deployed: Option<i64>,
    /// How many licences were sold.
    #[serde(
        rename = "licensesSold",
        alias = "LicensesSold",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_sold: Option<i64>,
}
impl std::fmt::Debug for CommercialLicensesDeploymentInsights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommercialLicensesDeploymentInsights")
            .field("processed_date_time", &self.processed_date_time)
            .field("service_code", &self.service_code)
            .field("service_name", &self.service_name)
            .field("channel", &self.channel)
            .field("customer_tenant_id", &self.customer_tenant_id)
            .field("customer_name", &crate::private(&self.customer_name))
            .field("product_id", &self.product_id)
            .field("product_name", &self.product_name)
            .field("licenses_deployed", &self.licenses_deployed)
            .field("licenses_sold", &self.licenses_sold)
            .finish()
    }
}

/// A page of licence usage over all customers.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesUsageInsightsCollection {
    /// The rows.
    #[serde(
        rename = "Value",
        alias = "value",
        alias = "items",
        alias = "Items",
        deserialize_with = "crate::lenient::rows"
    )]
    pub value: Vec<CommercialLicensesUsageInsights>,
    /// Where the next page is; null, empty or absent on the last. It repeats the filter.
    #[serde(rename = "@nextLink", default, skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
    /// How many rows the whole query has.
    #[serde(
        rename = "TotalCount",
        alias = "totalCount",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub total_count: Option<i64>,
}
impl std::fmt::Debug for CommercialLicensesUsageInsightsCollection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommercialLicensesUsageInsightsCollection")
            .field("value", &self.value)
            .field("next_link", &crate::private(&self.next_link))
            .field("total_count", &self.total_count)
            .finish()
    }
}

/// How many licences of one product of a customer qualify for one workload, and how many are active in it; in a grouped query, of one group.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesUsageInsights {
    /// When the service last computed the row; a midnight, without the offset.
    #[serde(
        rename = "processedDateTime",
        alias = "ProcessedDateTime",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub processed_date_time: Option<crate::Timestamp>,
    /// The code of the workload, such as EXO, SPO or SFB.
    #[serde(
        rename = "workloadCode",
        alias = "WorkloadCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub workload_code: Option<String>,
    /// The name of the workload, such as Exchange.
    #[serde(
        rename = "workloadName",
        alias = "WorkloadName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub workload_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    #[serde(
        rename = "serviceCode",
        alias = "ServiceCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_code: Option<String>,
    /// The name of the service; the classic operations put its code here.
    #[serde(
        rename = "serviceName",
        alias = "ServiceName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub service_name: Option<String>,
    /// How the licences were sold.
    #[serde(alias = "Channel", default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The id of the customer's tenant. Letter case varies.
    #[serde(
        rename = "customerTenantId",
        alias = "CustomerTenantId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_tenant_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(
        rename = "customerName",
        alias = "CustomerName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_name: Option<String>,
    /// The id of the product. Letter case varies.
    #[serde(
        rename = "productId",
        alias = "ProductId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub product_id: Option<crate::Guid>,
    /// The name of the product, in capitals.
    #[serde(
        rename = "productName",
        alias = "ProductName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub product_name: Option<String>,
    /// How many licences are active in the workload. Documented as licensesActive; the commercial example says licenseActive.
    #[serde(
        rename = "licensesActive",
        alias = "LicensesActive",
        alias = "licenseActive",
        alias = "LicenseActive",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_active: Option<i64>,
    /// How many licences qualify for the workload.
    #[serde(
        rename = "licensesQualified",
        alias = "LicensesQualified",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub licenses_qualified: Option<i64>,
}
impl std::fmt::Debug for CommercialLicensesUsageInsights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommercialLicensesUsageInsights")
            .field("processed_date_time", &self.processed_date_time)
            .field("workload_code", &self.workload_code)
            .field("workload_name", &self.workload_name)
            .field("service_code", &self.service_code)
            .field("service_name", &self.service_name)
            .field("channel", &self.channel)
            .field("customer_tenant_id", &self.customer_tenant_id)
            .field("customer_name", &crate::private(&self.customer_name))
            .field("product_id", &self.product_id)
            .field("product_name", &self.product_name)
            .field("licenses_active", &self.licenses_active)
            .field("licenses_qualified", &self.licenses_qualified)
            .finish()
    }
}

/// A page of customers.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerCollection {
    /// How many rows this page holds.
    #[serde(
        rename = "totalCount",
        alias = "TotalCount",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_integer"
    )]
    pub total_count: Option<i64>,
    /// The customers; only id, company profile and relationship are given in a list.
    #[serde(
        alias = "Items",
        alias = "Value",
        alias = "value",
        deserialize_with = "crate::lenient::rows"
    )]
    pub items: Vec<Customer>,
    /// The opaque token of the next page, where links.next does not carry it.
    #[serde(
        rename = "continuationToken",
        alias = "ContinuationToken",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub continuation_token: Option<String>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

/// A customer of the partner.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Customer {
    /// The customer's id, which is the id of its tenant.
    #[serde(alias = "Id")]
    pub id: crate::Guid,
    /// The customer's id in the commerce system.
    #[serde(
        rename = "commerceId",
        alias = "CommerceId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub commerce_id: Option<String>,
    /// The company behind a customer.
    #[serde(
        rename = "companyProfile",
        alias = "CompanyProfile",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub company_profile: Option<CustomerCompanyProfile>,
    /// Who is billed for a customer.
    #[serde(
        rename = "billingProfile",
        alias = "BillingProfile",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub billing_profile: Option<CustomerBillingProfile>,
    /// What the partner is to the customer.
    #[serde(
        rename = "relationshipToPartner",
        alias = "RelationshipToPartner",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub relationship_to_partner: Option<crate::RelationshipToPartner>,
    /// Whether the partner may administer on the customer's behalf.
    #[serde(
        rename = "allowDelegatedAccess",
        alias = "AllowDelegatedAccess",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub allow_delegated_access: Option<bool>,
    /// The customer's own domains.
    #[serde(
        rename = "customDomains",
        alias = "CustomDomains",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub custom_domains: Option<Vec<String>>,
    /// The indirect reseller's partner id.
    #[serde(
        rename = "associatedPartnerId",
        alias = "AssociatedPartnerId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub associated_partner_id: Option<String>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}
impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("commerce_id", &self.commerce_id)
            .field("company_profile", &self.company_profile)
            .field("billing_profile", &self.billing_profile)
            .field("relationship_to_partner", &self.relationship_to_partner)
            .field("allow_delegated_access", &self.allow_delegated_access)
            .field("custom_domains", &crate::private(&self.custom_domains))
            .field("associated_partner_id", &self.associated_partner_id)
            .field("links", &self.links)
            .field("attributes", &self.attributes)
            .finish()
    }
}

/// The company behind a customer.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerCompanyProfile {
    /// The id of the customer's tenant. Letter case varies.
    #[serde(
        rename = "tenantId",
        alias = "TenantId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub tenant_id: Option<crate::Guid>,
    /// The tenant's domain.
    #[serde(alias = "Domain", default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The company's name.
    #[serde(
        rename = "companyName",
        alias = "CompanyName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub company_name: Option<String>,
    /// A postal address.
    #[serde(alias = "Address", default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The company's e-mail address.
    #[serde(alias = "Email", default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}
impl std::fmt::Debug for CustomerCompanyProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerCompanyProfile")
            .field("tenant_id", &self.tenant_id)
            .field("domain", &crate::private(&self.domain))
            .field("company_name", &crate::private(&self.company_name))
            .field("address", &self.address)
            .field("email", &crate::private(&self.email))
            .field("links", &self.links)
            .field("attributes", &self.attributes)
            .finish()
    }
}

/// Who is billed for a customer.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerBillingProfile {
    /// The billing profile's id.
    #[serde(alias = "Id", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The contact's first name.
    #[serde(
        rename = "firstName",
        alias = "FirstName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub first_name: Option<String>,
    /// The contact's last name.
    #[serde(
        rename = "lastName",
        alias = "LastName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub last_name: Option<String>,
    /// The contact's e-mail address.
    #[serde(alias = "Email", default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The culture of texts, such as en-US.
    #[serde(alias = "Culture", default, skip_serializing_if = "Option::is_none")]
    pub culture: Option<String>,
    /// The language of texts, such as en.
    #[serde(alias = "Language", default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The company's name.
    #[serde(
        rename = "companyName",
        alias = "CompanyName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub company_name: Option<String>,
    /// A postal address.
    #[serde(
        rename = "defaultAddress",
        alias = "DefaultAddress",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub default_address: Option<Address>,
    /// Links from a resource.
    #[serde(alias = "Links", default, skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// What the service says about a resource beside its fields.
    #[serde(alias = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}
impl std::fmt::Debug for CustomerBillingProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerBillingProfile")
            .field("id", &self.id)
            .field("first_name", &crate::private(&self.first_name))
            .field("last_name", &crate::private(&self.last_name))
            .field("email", &crate::private(&self.email))
            .field("culture", &self.culture)
            .field("language", &self.language)
            .field("company_name", &crate::private(&self.company_name))
            .field("default_address", &self.default_address)
            .field("links", &self.links)
            .field("attributes", &self.attributes)
            .finish()
    }
}

/// A postal address.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Address {
    /// The country, as ISO 3166 alpha-2.
    #[serde(alias = "Country", default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The region.
    #[serde(alias = "Region", default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The city.
    #[serde(alias = "City", default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The state.
    #[serde(alias = "State", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The first line.
    #[serde(
        rename = "addressLine1",
        alias = "AddressLine1",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub address_line1: Option<String>,
    /// The second line.
    #[serde(
        rename = "addressLine2",
        alias = "AddressLine2",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub address_line2: Option<String>,
    /// The postal code.
    #[serde(
        rename = "postalCode",
        alias = "PostalCode",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub postal_code: Option<String>,
    /// The contact's first name.
    #[serde(
        rename = "firstName",
        alias = "FirstName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub first_name: Option<String>,
    /// The contact's last name.
    #[serde(
        rename = "lastName",
        alias = "LastName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub last_name: Option<String>,
    /// The phone number.
    #[serde(
        rename = "phoneNumber",
        alias = "PhoneNumber",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub phone_number: Option<String>,
}
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("country", &self.country)
            .field("region", &crate::private(&self.region))
            .field("city", &crate::private(&self.city))
            .field("state", &crate::private(&self.state))
            .field("address_line1", &crate::private(&self.address_line1))
            .field("address_line2", &crate::private(&self.address_line2))
            .field("postal_code", &crate::private(&self.postal_code))
            .field("first_name", &crate::private(&self.first_name))
            .field("last_name", &crate::private(&self.last_name))
            .field("phone_number", &crate::private(&self.phone_number))
            .finish()
    }
}

/// What the service says about a resource beside its fields.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ResourceAttributes {
    /// What kind of resource this is.
    #[serde(
        rename = "objectType",
        alias = "ObjectType",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub object_type: Option<crate::ObjectType>,
    /// The version of the resource.
    #[serde(alias = "Etag", default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// Links from a resource.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ResourceLinks {
    /// A link to a resource, with what to send along.
    #[serde(
        rename = "self",
        alias = "Self",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub self_: Option<Link>,
    /// A link to a resource, with what to send along.
    #[serde(alias = "Next", default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Link>,
    /// A link to a resource, with what to send along.
    #[serde(alias = "Previous", default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Link>,
}

/// A link to a resource, with what to send along.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Link {
    /// Where to; absolute, or from the root of the service with or without its version prefix. It repeats the filter.
    #[serde(alias = "Uri", default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The HTTP method.
    #[serde(alias = "Method", default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The headers to send.
    #[serde(
        alias = "Headers",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::lenient::optional_rows"
    )]
    pub headers: Option<Vec<LinkHeader>>,
}
impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("uri", &crate::private(&self.uri))
            .field("method", &self.method)
            .field("headers", &self.headers)
            .finish()
    }
}

/// A header to send along a link.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LinkHeader {
    /// The header's name.
    #[serde(alias = "Key")]
    pub key: String,
    /// The header's value.
    #[serde(alias = "Value")]
    pub value: String,
}

/// The error body of the service itself.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ApiFault {
    /// A code of the service; documented as a text, sent as a number by most parts.
    #[serde(alias = "Code", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<FaultCode>,
    /// What went wrong.
    #[serde(alias = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Further texts.
    #[serde(alias = "Data", default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<String>>,
    /// The part of the service that failed.
    #[serde(alias = "Source", default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What went wrong in the words of newer parts.
    #[serde(alias = "Message", default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The error's name in newer parts.
    #[serde(
        rename = "errorName",
        alias = "ErrorName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub error_name: Option<String>,
    /// Whether sending again may help.
    #[serde(
        rename = "isRetryable",
        alias = "IsRetryable",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub is_retryable: Option<bool>,
    /// Further texts of the analytics back end; only seen empty.
    #[serde(alias = "Details", default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Vec<String>>,
    /// The fault proper, which the analytics back end wraps into another. Documented for its sibling API of the Microsoft Store.
    #[serde(alias = "Innererror", default, skip_serializing_if = "Option::is_none")]
    pub innererror: Option<InnerFault>,
}
impl std::fmt::Debug for ApiFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiFault")
            .field("code", &self.code)
            .field("description", &crate::private(&self.description))
            .field("data", &crate::private(&self.data))
            .field("source", &self.source)
            .field("message", &crate::private(&self.message))
            .field("error_name", &self.error_name)
            .field("is_retryable", &self.is_retryable)
            .field("details", &crate::private(&self.details))
            .field("innererror", &self.innererror)
            .finish()
    }
}

/// The fault proper, which the analytics back end wraps into another. Documented for its sibling API of the Microsoft Store.
#[derive(Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InnerFault {
    /// A code of the service; documented as a text, sent as a number by most parts.
    #[serde(alias = "Code", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<FaultCode>,
    /// What went wrong.
    #[serde(alias = "Message", default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Further texts.
    #[serde(alias = "Data", default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<String>>,
    /// Further texts; only seen empty.
    #[serde(alias = "Details", default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Vec<String>>,
    /// The part of the service that failed.
    #[serde(alias = "Source", default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}
impl std::fmt::Debug for InnerFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InnerFault")
            .field("code", &self.code)
            .field("message", &crate::private(&self.message))
            .field("data", &crate::private(&self.data))
            .field("details", &crate::private(&self.details))
            .field("source", &self.source)
            .finish()
    }
}

/// A code of the service; documented as a text, sent as a number by most parts.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
#[serde(untagged)]
pub enum FaultCode {
    Int64(i64),
    String(String),
}

/// The error body of the gateway in front of the service.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct GatewayFault {
    /// The HTTP status.
    #[serde(
        rename = "statusCode",
        alias = "StatusCode",
        deserialize_with = "crate::lenient::integer"
    )]
    pub status_code: i64,
    /// What went wrong.
    #[serde(alias = "Message")]
    pub message: String,
    /// The gateway's own trace id.
    #[serde(
        rename = "activityId",
        alias = "ActivityId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub activity_id: Option<String>,
}

crate::open_enum::open_enum! {
    /// What kind of resource this is.
    pub enum ObjectType {
        /// `Collection`
        Collection = "Collection",
        /// `Customer`
        Customer = "Customer",
        /// `CustomerBillingProfile`
        CustomerBillingProfile = "CustomerBillingProfile",
        /// `CustomerCompanyProfile`
        CustomerCompanyProfile = "CustomerCompanyProfile",
        /// `CustomerLicensesDeploymentInsights`
        CustomerLicensesDeploymentInsights = "CustomerLicensesDeploymentInsights",
        /// `CustomerLicensesUsageInsights`
        CustomerLicensesUsageInsights = "CustomerLicensesUsageInsights",
        /// `PartnerLicensesDeploymentInsights`
        PartnerLicensesDeploymentInsights = "PartnerLicensesDeploymentInsights",
        /// `PartnerLicensesUsageInsights`
        PartnerLicensesUsageInsights = "PartnerLicensesUsageInsights",
    }
}

crate::open_enum::open_enum! {
    /// How the licences were sold.
    pub enum Channel {
        /// `reseller`
        Reseller = "reseller",
    }
}

crate::open_enum::open_enum! {
    /// What the partner is to the customer.
    pub enum RelationshipToPartner {
        /// `unknown`
        Unknown = "unknown",
        /// `reseller`
        Reseller = "reseller",
        /// `advisor`
        Advisor = "advisor",
        /// `syndication`
        Syndication = "syndication",
        /// `microsoft_support`
        MicrosoftSupport = "microsoft_support",
        /// `none`
        None = "none",
    }
}

/// Calls the macro of the given name with the names of all models.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_model {
    ($callback:ident) => {
        $callback! {
            CustomerLicensesDeploymentInsightsCollection,
            CustomerLicensesDeploymentInsights,
            CustomerLicensesUsageInsightsCollection,
            CustomerLicensesUsageInsights,
            PartnerLicensesDeploymentInsightsCollection,
            PartnerLicensesDeploymentInsights,
            PartnerLicensesUsageInsightsCollection,
            PartnerLicensesUsageInsights,
            CommercialLicensesDeploymentInsightsCollection,
            CommercialLicensesDeploymentInsights,
            CommercialLicensesUsageInsightsCollection,
            CommercialLicensesUsageInsights,
            CustomerCollection,
            Customer,
            CustomerCompanyProfile,
            CustomerBillingProfile,
            Address,
            ResourceAttributes,
            ResourceLinks,
            Link,
            LinkHeader,
            ApiFault,
            InnerFault,
            FaultCode,
            GatewayFault,
            ObjectType,
            Channel,
            RelationshipToPartner,
        }
    };
}
