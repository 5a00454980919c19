// Made by `cargo xtask codegen` from openapi/partner-center.yaml, sha256 52f8701b98d064bf305fd92f4bea502978fdb83a5020f594f15fe0510bbb0600.
// Do not edit: edit the contract and run the command.

/// The license deployment of a customer, one row per product.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesDeploymentInsightsCollection {
    /// How many rows this page holds.
    #[serde(rename = "totalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// The rows. An empty list does not prove that there are no licenses.
    pub items: Vec<CustomerLicensesDeploymentInsights>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    CustomerLicensesDeploymentInsightsCollection {
        total_count: optional Count = "totalCount" | "TotalCount",
        items: rows CustomerLicensesDeploymentInsights = "items" | "Items" | "Value" | "value",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// How many licenses of one product a customer bought, and how many of them are deployed.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesDeploymentInsights {
    /// The id of the customer's tenant. Letter case varies.
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(rename = "customerName", skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The name of the product, in capitals.
    #[serde(rename = "productName", skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    #[serde(rename = "serviceCode", skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The name of the service. In the classic operations, its code.
    #[serde(rename = "serviceName", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// How the licenses were sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// How many of the sold licenses are deployed.
    #[serde(rename = "licensesDeployed", skip_serializing_if = "Option::is_none")]
    pub licenses_deployed: Option<i64>,
    /// How many licenses were sold.
    #[serde(rename = "licensesSold", skip_serializing_if = "Option::is_none")]
    pub licenses_sold: Option<i64>,
    /// Deployed licenses as a percentage of sold ones, computed by the service, from 0 to 100.
    #[serde(rename = "deploymentPercent", skip_serializing_if = "Option::is_none")]
    pub deployment_percent: Option<f64>,
    /// When the service last computed the row. May differ between rows of one response.
    #[serde(rename = "processedDateTime", skip_serializing_if = "Option::is_none")]
    pub processed_date_time: Option<crate::Timestamp>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    CustomerLicensesDeploymentInsights {
        customer_id: optional Text<crate::Guid> = "customerId" | "CustomerId",
        customer_name: optional Text<String> = "customerName" | "CustomerName",
        product_name: optional Text<String> = "productName" | "ProductName",
        service_code: optional Text<String> = "serviceCode" | "ServiceCode",
        service_name: optional Text<String> = "serviceName" | "ServiceName",
        channel: optional Text<crate::Channel> = "channel" | "Channel",
        licenses_deployed: optional Count = "licensesDeployed" | "LicensesDeployed",
        licenses_sold: optional Count = "licensesSold" | "LicensesSold",
        deployment_percent: optional Fraction = "deploymentPercent" | "DeploymentPercent",
        processed_date_time: optional Text<crate::Timestamp> = "processedDateTime" | "ProcessedDateTime",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The license usage of a customer, one row per product and workload.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesUsageInsightsCollection {
    /// How many rows this page holds.
    #[serde(rename = "totalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// The rows.
    pub items: Vec<CustomerLicensesUsageInsights>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    CustomerLicensesUsageInsightsCollection {
        total_count: optional Count = "totalCount" | "TotalCount",
        items: rows CustomerLicensesUsageInsights = "items" | "Items" | "Value" | "value",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// How many licenses of one product qualify for one workload, and how many are active in it.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerLicensesUsageInsights {
    /// The id of the customer's tenant. Letter case varies.
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(rename = "customerName", skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The name of the product, in capitals.
    #[serde(rename = "productName", skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    #[serde(rename = "serviceCode", skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The name of the service. In the classic operations, its code.
    #[serde(rename = "serviceName", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// How the licenses were sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The code of the workload, such as EXO, SPO or SFB.
    #[serde(rename = "workloadCode", skip_serializing_if = "Option::is_none")]
    pub workload_code: Option<String>,
    /// The name of the workload, such as Exchange.
    #[serde(rename = "workloadName", skip_serializing_if = "Option::is_none")]
    pub workload_name: Option<String>,
    /// How many licenses are active in the workload. Documented as licensesActive; the commercial example has licenseActive.
    #[serde(rename = "licensesActive", skip_serializing_if = "Option::is_none")]
    pub licenses_active: Option<i64>,
    /// How many licenses qualify for the workload.
    #[serde(rename = "licensesQualified", skip_serializing_if = "Option::is_none")]
    pub licenses_qualified: Option<i64>,
    /// Active licenses as a percentage of qualified ones, computed by the service, from 0 to 100.
    #[serde(rename = "usagePercent", skip_serializing_if = "Option::is_none")]
    pub usage_percent: Option<f64>,
    /// When the service last computed the row. May differ between rows of one response.
    #[serde(rename = "processedDateTime", skip_serializing_if = "Option::is_none")]
    pub processed_date_time: Option<crate::Timestamp>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    CustomerLicensesUsageInsights {
        customer_id: optional Text<crate::Guid> = "customerId" | "CustomerId",
        customer_name: optional Text<String> = "customerName" | "CustomerName",
        product_name: optional Text<String> = "productName" | "ProductName",
        service_code: optional Text<String> = "serviceCode" | "ServiceCode",
        service_name: optional Text<String> = "serviceName" | "ServiceName",
        channel: optional Text<crate::Channel> = "channel" | "Channel",
        workload_code: optional Text<String> = "workloadCode" | "WorkloadCode",
        workload_name: optional Text<String> = "workloadName" | "WorkloadName",
        licenses_active: optional Count = "licensesActive" | "LicensesActive" | "licenseActive" | "LicenseActive",
        licenses_qualified: optional Count = "licensesQualified" | "LicensesQualified",
        usage_percent: optional Fraction = "usagePercent" | "UsagePercent",
        processed_date_time: optional Text<crate::Timestamp> = "processedDateTime" | "ProcessedDateTime",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The license deployment of all customers of a partner, one row per service.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesDeploymentInsightsCollection {
    /// How many rows this page holds.
    #[serde(rename = "totalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// The rows.
    pub items: Vec<PartnerLicensesDeploymentInsights>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    PartnerLicensesDeploymentInsightsCollection {
        total_count: optional Count = "totalCount" | "TotalCount",
        items: rows PartnerLicensesDeploymentInsights = "items" | "Items" | "Value" | "value",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// How many licenses of one service a partner sold, and the percentage of them that is deployed.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesDeploymentInsights {
    /// The code of the service, such as o365 or crm.
    #[serde(rename = "serviceCode", skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The name of the service. In the classic operations, its code.
    #[serde(rename = "serviceName", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// How the licenses were sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// How many licenses were sold.
    #[serde(rename = "licensesSold", skip_serializing_if = "Option::is_none")]
    pub licenses_sold: Option<i64>,
    /// Deployed licenses of all customers as a percentage of sold ones, from 0 to 100.
    #[serde(
        rename = "proratedDeploymentPercent",
        skip_serializing_if = "Option::is_none"
    )]
    pub prorated_deployment_percent: Option<f64>,
    /// When the service last computed the row. May differ between rows of one response.
    #[serde(rename = "processedDateTime", skip_serializing_if = "Option::is_none")]
    pub processed_date_time: Option<crate::Timestamp>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    PartnerLicensesDeploymentInsights {
        service_code: optional Text<String> = "serviceCode" | "ServiceCode",
        service_name: optional Text<String> = "serviceName" | "ServiceName",
        channel: optional Text<crate::Channel> = "channel" | "Channel",
        licenses_sold: optional Count = "licensesSold" | "LicensesSold",
        prorated_deployment_percent: optional Fraction = "proratedDeploymentPercent" | "ProratedDeploymentPercent",
        processed_date_time: optional Text<crate::Timestamp> = "processedDateTime" | "ProcessedDateTime",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The license usage of all customers of a partner, one row per service and workload.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesUsageInsightsCollection {
    /// How many rows this page holds.
    #[serde(rename = "totalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// The rows.
    pub items: Vec<PartnerLicensesUsageInsights>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    PartnerLicensesUsageInsightsCollection {
        total_count: optional Count = "totalCount" | "TotalCount",
        items: rows PartnerLicensesUsageInsights = "items" | "Items" | "Value" | "value",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The percentage of the licenses qualified for one workload of one service that is active.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PartnerLicensesUsageInsights {
    /// The code of the service, such as o365 or crm.
    #[serde(rename = "serviceCode", skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The name of the service. In the classic operations, its code.
    #[serde(rename = "serviceName", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// How the licenses were sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The name of the workload, such as Exchange.
    #[serde(rename = "workloadName", skip_serializing_if = "Option::is_none")]
    pub workload_name: Option<String>,
    /// Active licenses of all customers as a percentage of qualified ones, from 0 to 100.
    #[serde(
        rename = "proratedLicensesUsagePercent",
        skip_serializing_if = "Option::is_none"
    )]
    pub prorated_licenses_usage_percent: Option<f64>,
    /// When the service last computed the row. May differ between rows of one response.
    #[serde(rename = "processedDateTime", skip_serializing_if = "Option::is_none")]
    pub processed_date_time: Option<crate::Timestamp>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    PartnerLicensesUsageInsights {
        service_code: optional Text<String> = "serviceCode" | "ServiceCode",
        service_name: optional Text<String> = "serviceName" | "ServiceName",
        channel: optional Text<crate::Channel> = "channel" | "Channel",
        workload_name: optional Text<String> = "workloadName" | "WorkloadName",
        prorated_licenses_usage_percent: optional Fraction = "proratedLicensesUsagePercent" | "ProratedLicensesUsagePercent",
        processed_date_time: optional Text<crate::Timestamp> = "processedDateTime" | "ProcessedDateTime",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// A page of license deployment over all customers.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesDeploymentInsightsCollection {
    /// The rows.
    #[serde(rename = "Value")]
    pub value: Vec<CommercialLicensesDeploymentInsights>,
    /// The link to the next page; null, empty or absent on the last. It contains the filter of the request.
    #[serde(rename = "@nextLink", skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
    /// How many rows all pages of the query hold.
    #[serde(rename = "TotalCount", skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    CommercialLicensesDeploymentInsightsCollection {
        value: rows CommercialLicensesDeploymentInsights = "Value" | "value" | "items" | "Items",
        next_link: optional Text<String> = "@nextLink" | "@NextLink" | "nextLink" | "NextLink" | "@odata.nextLink" | "odata.nextLink" | "Odata.nextLink",
        total_count: optional Count = "TotalCount" | "totalCount",
    }
}

/// How many licenses of one product a customer bought, and how many of them are deployed. In a grouped query, the counts of one group.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesDeploymentInsights {
    /// When the service last computed the row. Always midnight, without an offset.
    #[serde(rename = "processedDateTime", skip_serializing_if = "Option::is_none")]
    pub processed_date_time: Option<crate::Timestamp>,
    /// The code of the service, such as o365 or crm.
    #[serde(rename = "serviceCode", skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The name of the service. In the classic operations, its code.
    #[serde(rename = "serviceName", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// How the licenses were sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The id of the customer's tenant. Letter case varies.
    #[serde(rename = "customerTenantId", skip_serializing_if = "Option::is_none")]
    pub customer_tenant_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(rename = "customerName", skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The id of the product: that of its SKU in Microsoft Entra and Microsoft Graph (`skuId`). Letter case varies.
    #[serde(rename = "productId", skip_serializing_if = "Option::is_none")]
    pub product_id: Option<crate::Guid>,
    /// The name of the product, in capitals.
    #[serde(rename = "productName", skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// How many of the sold licenses are deployed.
    #[serde(rename = "licensesDeployed", skip_serializing_if = "Option::is_none")]
    pub licenses_deployed: Option<i64>,
    /// How many licenses were sold.
    #[serde(rename = "licensesSold", skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    CommercialLicensesDeploymentInsights {
        processed_date_time: optional Text<crate::Timestamp> = "processedDateTime" | "ProcessedDateTime",
        service_code: optional Text<String> = "serviceCode" | "ServiceCode",
        service_name: optional Text<String> = "serviceName" | "ServiceName",
        channel: optional Text<crate::Channel> = "channel" | "Channel",
        customer_tenant_id: optional Text<crate::Guid> = "customerTenantId" | "CustomerTenantId",
        customer_name: optional Text<String> = "customerName" | "CustomerName",
        product_id: optional Text<crate::Guid> = "productId" | "ProductId",
        product_name: optional Text<String> = "productName" | "ProductName",
        licenses_deployed: optional Count = "licensesDeployed" | "LicensesDeployed",
        licenses_sold: optional Count = "licensesSold" | "LicensesSold",
    }
}

/// A page of license usage over all customers.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesUsageInsightsCollection {
    /// The rows.
    #[serde(rename = "Value")]
    pub value: Vec<CommercialLicensesUsageInsights>,
    /// The link to the next page; null, empty or absent on the last. It contains the filter of the request.
    #[serde(rename = "@nextLink", skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
    /// How many rows all pages of the query hold.
    #[serde(rename = "TotalCount", skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    CommercialLicensesUsageInsightsCollection {
        value: rows CommercialLicensesUsageInsights = "Value" | "value" | "items" | "Items",
        next_link: optional Text<String> = "@nextLink" | "@NextLink" | "nextLink" | "NextLink" | "@odata.nextLink" | "odata.nextLink" | "Odata.nextLink",
        total_count: optional Count = "TotalCount" | "totalCount",
    }
}

/// How many licenses of one product of a customer qualify for one workload, and how many are active in it. In a grouped query, the counts of one group.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CommercialLicensesUsageInsights {
    /// When the service last computed the row. Always midnight, without an offset.
    #[serde(rename = "processedDateTime", skip_serializing_if = "Option::is_none")]
    pub processed_date_time: Option<crate::Timestamp>,
    /// The code of the workload, such as EXO, SPO or SFB.
    #[serde(rename = "workloadCode", skip_serializing_if = "Option::is_none")]
    pub workload_code: Option<String>,
    /// The name of the workload, such as Exchange.
    #[serde(rename = "workloadName", skip_serializing_if = "Option::is_none")]
    pub workload_name: Option<String>,
    /// The code of the service, such as o365 or crm.
    #[serde(rename = "serviceCode", skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The name of the service. In the classic operations, its code.
    #[serde(rename = "serviceName", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// How the licenses were sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<crate::Channel>,
    /// The id of the customer's tenant. Letter case varies.
    #[serde(rename = "customerTenantId", skip_serializing_if = "Option::is_none")]
    pub customer_tenant_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(rename = "customerName", skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The id of the product: that of its SKU in Microsoft Entra and Microsoft Graph (`skuId`). Letter case varies.
    #[serde(rename = "productId", skip_serializing_if = "Option::is_none")]
    pub product_id: Option<crate::Guid>,
    /// The name of the product, in capitals.
    #[serde(rename = "productName", skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// How many licenses are active in the workload. Documented as licensesActive; the commercial example has licenseActive.
    #[serde(rename = "licensesActive", skip_serializing_if = "Option::is_none")]
    pub licenses_active: Option<i64>,
    /// How many licenses qualify for the workload.
    #[serde(rename = "licensesQualified", skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    CommercialLicensesUsageInsights {
        processed_date_time: optional Text<crate::Timestamp> = "processedDateTime" | "ProcessedDateTime",
        workload_code: optional Text<String> = "workloadCode" | "WorkloadCode",
        workload_name: optional Text<String> = "workloadName" | "WorkloadName",
        service_code: optional Text<String> = "serviceCode" | "ServiceCode",
        service_name: optional Text<String> = "serviceName" | "ServiceName",
        channel: optional Text<crate::Channel> = "channel" | "Channel",
        customer_tenant_id: optional Text<crate::Guid> = "customerTenantId" | "CustomerTenantId",
        customer_name: optional Text<String> = "customerName" | "CustomerName",
        product_id: optional Text<crate::Guid> = "productId" | "ProductId",
        product_name: optional Text<String> = "productName" | "ProductName",
        licenses_active: optional Count = "licensesActive" | "LicensesActive" | "licenseActive" | "LicenseActive",
        licenses_qualified: optional Count = "licensesQualified" | "LicensesQualified",
    }
}

/// A page of customers.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerCollection {
    /// How many rows this page holds.
    #[serde(rename = "totalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// The customers, with only id, company profile and relationship.
    pub items: Vec<Customer>,
    /// The opaque token of the next page, if it is not in links.next.
    #[serde(rename = "continuationToken", skip_serializing_if = "Option::is_none")]
    pub continuation_token: Option<String>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    CustomerCollection {
        total_count: optional Count = "totalCount" | "TotalCount",
        items: rows Customer = "items" | "Items" | "Value" | "value",
        continuation_token: optional Text<String> = "continuationToken" | "ContinuationToken",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// A customer of the partner.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Customer {
    /// The customer's id, which is the id of its tenant.
    pub id: crate::Guid,
    /// The customer's id in the commerce system.
    #[serde(rename = "commerceId", skip_serializing_if = "Option::is_none")]
    pub commerce_id: Option<String>,
    /// The company profile of a customer.
    #[serde(rename = "companyProfile", skip_serializing_if = "Option::is_none")]
    pub company_profile: Option<CustomerCompanyProfile>,
    /// The billing profile of a customer.
    #[serde(rename = "billingProfile", skip_serializing_if = "Option::is_none")]
    pub billing_profile: Option<CustomerBillingProfile>,
    /// The partner's relationship to the customer. Microsoft's own description has an integer with these names, counted from 0; the service sends the name. A number is kept as its text.
    #[serde(rename = "relationshipToPartner", skip_serializing_if = "Option::is_none")]
    pub relationship_to_partner: Option<crate::RelationshipToPartner>,
    /// Whether the partner may administer on the customer's behalf.
    #[serde(rename = "allowDelegatedAccess", skip_serializing_if = "Option::is_none")]
    pub allow_delegated_access: Option<bool>,
    /// The customer's own domains.
    #[serde(rename = "customDomains", skip_serializing_if = "Option::is_none")]
    pub custom_domains: Option<Vec<String>>,
    /// The indirect reseller's partner id.
    #[serde(rename = "associatedPartnerId", skip_serializing_if = "Option::is_none")]
    pub associated_partner_id: Option<String>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    Customer {
        id: required Text<crate::Guid> = "id" | "Id",
        commerce_id: optional Text<String> = "commerceId" | "CommerceId",
        company_profile: optional Nested<CustomerCompanyProfile> = "companyProfile" | "CompanyProfile",
        billing_profile: optional Nested<CustomerBillingProfile> = "billingProfile" | "BillingProfile",
        relationship_to_partner: optional Text<crate::RelationshipToPartner> = "relationshipToPartner" | "RelationshipToPartner",
        allow_delegated_access: optional Flag = "allowDelegatedAccess" | "AllowDelegatedAccess",
        custom_domains: optional List<Text<String>> = "customDomains" | "CustomDomains",
        associated_partner_id: optional Text<String> = "associatedPartnerId" | "AssociatedPartnerId",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The company profile of a customer.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerCompanyProfile {
    /// The id of the customer's tenant. Letter case varies.
    #[serde(rename = "tenantId", skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<crate::Guid>,
    /// The tenant's domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The company's name.
    #[serde(rename = "companyName", skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// A postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The company's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The company's registration number; in some countries called INN.
    #[serde(
        rename = "organizationRegistrationNumber",
        skip_serializing_if = "Option::is_none"
    )]
    pub organization_registration_number: Option<String>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
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
            .field(
                "organization_registration_number",
                &crate::private(&self.organization_registration_number),
            )
            .field("links", &self.links)
            .field("attributes", &self.attributes)
            .finish()
    }
}

crate::lenient::model! {
    CustomerCompanyProfile {
        tenant_id: optional Text<crate::Guid> = "tenantId" | "TenantId",
        domain: optional Text<String> = "domain" | "Domain",
        company_name: optional Text<String> = "companyName" | "CompanyName",
        address: optional Nested<Address> = "address" | "Address",
        email: optional Text<String> = "email" | "Email",
        organization_registration_number: optional Text<String> = "organizationRegistrationNumber" | "OrganizationRegistrationNumber",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The billing profile of a customer.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerBillingProfile {
    /// The billing profile's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The contact's first name.
    #[serde(rename = "firstName", skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The contact's last name.
    #[serde(rename = "lastName", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The contact's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The culture of texts, such as en-US.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub culture: Option<String>,
    /// The language of texts, such as en.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The company's name.
    #[serde(rename = "companyName", skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// A postal address.
    #[serde(rename = "defaultAddress", skip_serializing_if = "Option::is_none")]
    pub default_address: Option<Address>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    CustomerBillingProfile {
        id: optional Text<String> = "id" | "Id",
        first_name: optional Text<String> = "firstName" | "FirstName",
        last_name: optional Text<String> = "lastName" | "LastName",
        email: optional Text<String> = "email" | "Email",
        culture: optional Text<String> = "culture" | "Culture",
        language: optional Text<String> = "language" | "Language",
        company_name: optional Text<String> = "companyName" | "CompanyName",
        default_address: optional Nested<Address> = "defaultAddress" | "DefaultAddress",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// A postal address.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Address {
    /// The address's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The country, as ISO 3166 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// The first line.
    #[serde(rename = "addressLine1", skip_serializing_if = "Option::is_none")]
    pub address_line1: Option<String>,
    /// The second line.
    #[serde(rename = "addressLine2", skip_serializing_if = "Option::is_none")]
    pub address_line2: Option<String>,
    /// The third line.
    #[serde(rename = "addressLine3", skip_serializing_if = "Option::is_none")]
    pub address_line3: Option<String>,
    /// The postal code.
    #[serde(rename = "postalCode", skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// The contact's first name.
    #[serde(rename = "firstName", skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The contact's middle name.
    #[serde(rename = "middleName", skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// The contact's last name.
    #[serde(rename = "lastName", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The contact's e-mail address.
    #[serde(rename = "emailAddress", skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
    /// The phone number.
    #[serde(rename = "phoneNumber", skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("id", &self.id)
            .field("country", &self.country)
            .field("region", &crate::private(&self.region))
            .field("city", &crate::private(&self.city))
            .field("state", &crate::private(&self.state))
            .field("district", &crate::private(&self.district))
            .field("address_line1", &crate::private(&self.address_line1))
            .field("address_line2", &crate::private(&self.address_line2))
            .field("address_line3", &crate::private(&self.address_line3))
            .field("postal_code", &crate::private(&self.postal_code))
            .field("first_name", &crate::private(&self.first_name))
            .field("middle_name", &crate::private(&self.middle_name))
            .field("last_name", &crate::private(&self.last_name))
            .field("email_address", &crate::private(&self.email_address))
            .field("phone_number", &crate::private(&self.phone_number))
            .finish()
    }
}

crate::lenient::model! {
    Address {
        id: optional Text<String> = "id" | "Id",
        country: optional Text<String> = "country" | "Country",
        region: optional Text<String> = "region" | "Region",
        city: optional Text<String> = "city" | "City",
        state: optional Text<String> = "state" | "State",
        district: optional Text<String> = "district" | "District",
        address_line1: optional Text<String> = "addressLine1" | "AddressLine1",
        address_line2: optional Text<String> = "addressLine2" | "AddressLine2",
        address_line3: optional Text<String> = "addressLine3" | "AddressLine3",
        postal_code: optional Text<String> = "postalCode" | "PostalCode",
        first_name: optional Text<String> = "firstName" | "FirstName",
        middle_name: optional Text<String> = "middleName" | "MiddleName",
        last_name: optional Text<String> = "lastName" | "LastName",
        email_address: optional Text<String> = "emailAddress" | "EmailAddress",
        phone_number: optional Text<String> = "phoneNumber" | "PhoneNumber",
    }
}

/// A page of the subscriptions of a customer.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SubscriptionCollection {
    /// How many rows this page holds.
    #[serde(rename = "totalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// The subscriptions.
    pub items: Vec<Subscription>,
    /// The opaque token of the next page, if it is not in links.next.
    #[serde(rename = "continuationToken", skip_serializing_if = "Option::is_none")]
    pub continuation_token: Option<String>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    SubscriptionCollection {
        total_count: optional Count = "totalCount" | "TotalCount",
        items: rows Subscription = "items" | "Items" | "Value" | "value",
        continuation_token: optional Text<String> = "continuationToken" | "ContinuationToken",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// What a customer bought, until when, and on what terms.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Subscription {
    /// The subscription's id. In capitals for legacy commerce, in small letters for new commerce.
    pub id: crate::Guid,
    /// The offer's id: in legacy commerce a GUID or a text such as MS-AZR-0145P, in new commerce the ids of product, SKU and availability, separated by colons.
    #[serde(rename = "offerId", skip_serializing_if = "Option::is_none")]
    pub offer_id: Option<String>,
    /// The entitlement's id; for Azure the id of its subscription.
    #[serde(rename = "entitlementId", skip_serializing_if = "Option::is_none")]
    pub entitlement_id: Option<String>,
    /// The offer's name.
    #[serde(rename = "offerName", skip_serializing_if = "Option::is_none")]
    pub offer_name: Option<String>,
    /// The name that the partner gave to the subscription; at first the name of the offer.
    #[serde(rename = "friendlyName", skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// The type of a product.
    #[serde(rename = "productType", skip_serializing_if = "Option::is_none")]
    pub product_type: Option<ProductType>,
    /// How many units were bought; for licenses, how many licenses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// What the quantity of a subscription counts.
    #[serde(rename = "unitType", skip_serializing_if = "Option::is_none")]
    pub unit_type: Option<crate::UnitType>,
    /// The id of the subscription that this one is an add-on of.
    #[serde(rename = "parentSubscriptionId", skip_serializing_if = "Option::is_none")]
    pub parent_subscription_id: Option<crate::Guid>,
    /// How consumption is charged.
    #[serde(rename = "consumptionType", skip_serializing_if = "Option::is_none")]
    pub consumption_type: Option<String>,
    /// When the subscription was created.
    #[serde(rename = "creationDate", skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<crate::Timestamp>,
    /// When the subscription began.
    #[serde(rename = "effectiveStartDate", skip_serializing_if = "Option::is_none")]
    pub effective_start_date: Option<crate::Timestamp>,
    /// When the term ends. In new commerce the whole day is part of the term, in legacy commerce it is not. A date in the year 9999 means never.
    #[serde(rename = "commitmentEndDate", skip_serializing_if = "Option::is_none")]
    pub commitment_end_date: Option<crate::Timestamp>,
    /// The instant at which the term ends. A date in the year 9999 means never.
    #[serde(rename = "commitmentEndDateTime", skip_serializing_if = "Option::is_none")]
    pub commitment_end_date_time: Option<crate::Timestamp>,
    /// Until when seats can be reduced or the subscription canceled in this term; null if never, the end of the term if at any time.
    #[serde(
        rename = "cancellationAllowedUntilDate",
        skip_serializing_if = "Option::is_none"
    )]
    pub cancellation_allowed_until_date: Option<crate::Timestamp>,
    /// The day on which the billing cycle ends.
    #[serde(rename = "billingCycleEndDate", skip_serializing_if = "Option::is_none")]
    pub billing_cycle_end_date: Option<crate::Timestamp>,
    /// The instant at which the billing cycle ends.
    #[serde(rename = "billingCycleEndDateTime", skip_serializing_if = "Option::is_none")]
    pub billing_cycle_end_date_time: Option<crate::Timestamp>,
    /// The state of a subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<crate::SubscriptionStatus>,
    /// Whether the subscription renews at the end of its term.
    #[serde(rename = "autoRenewEnabled", skip_serializing_if = "Option::is_none")]
    pub auto_renew_enabled: Option<bool>,
    /// Whether the subscription is a trial.
    #[serde(rename = "isTrial", skip_serializing_if = "Option::is_none")]
    pub is_trial: Option<bool>,
    /// What a subscription is billed by.
    #[serde(rename = "billingType", skip_serializing_if = "Option::is_none")]
    pub billing_type: Option<crate::BillingType>,
    /// How often a subscription is billed.
    #[serde(rename = "billingCycle", skip_serializing_if = "Option::is_none")]
    pub billing_cycle: Option<crate::BillingCycle>,
    /// The length of the term as an ISO 8601 duration, such as P1M, P1Y or P3Y; also NoTerm or empty.
    #[serde(rename = "termDuration", skip_serializing_if = "Option::is_none")]
    pub term_duration: Option<String>,
    /// The length of the next term, if it differs; often empty.
    #[serde(rename = "renewalTermDuration", skip_serializing_if = "Option::is_none")]
    pub renewal_term_duration: Option<String>,
    /// How much is refunded, and until when.
    #[serde(rename = "refundOptions", skip_serializing_if = "Option::is_none")]
    pub refund_options: Option<Vec<RefundOption>>,
    /// How many units can be reduced at the time of the request.
    #[serde(rename = "refundableQuantity", skip_serializing_if = "Option::is_none")]
    pub refundable_quantity: Option<RefundableQuantity>,
    /// Whether add-ons can be bought.
    #[serde(rename = "hasPurchasableAddons", skip_serializing_if = "Option::is_none")]
    pub has_purchasable_addons: Option<bool>,
    /// Whether Microsoft publishes the product.
    #[serde(rename = "isMicrosoftProduct", skip_serializing_if = "Option::is_none")]
    pub is_microsoft_product: Option<bool>,
    /// The partner id of the reseller of record in the indirect model; otherwise empty.
    #[serde(rename = "partnerId", skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<String>,
    /// Whether the subscription needs attention.
    #[serde(rename = "attentionNeeded", skip_serializing_if = "Option::is_none")]
    pub attention_needed: Option<bool>,
    /// Whether somebody has acted on it.
    #[serde(rename = "actionTaken", skip_serializing_if = "Option::is_none")]
    pub action_taken: Option<bool>,
    /// The actions that are allowed, such as edit and cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
    /// Why the subscription is suspended.
    #[serde(rename = "suspensionReasons", skip_serializing_if = "Option::is_none")]
    pub suspension_reasons: Option<Vec<String>>,
    /// The type of a contract.
    #[serde(rename = "contractType", skip_serializing_if = "Option::is_none")]
    pub contract_type: Option<crate::ContractType>,
    /// The publisher's name.
    #[serde(rename = "publisherName", skip_serializing_if = "Option::is_none")]
    pub publisher_name: Option<String>,
    /// The id of the promotion that applies.
    #[serde(rename = "promotionId", skip_serializing_if = "Option::is_none")]
    pub promotion_id: Option<String>,
    /// The id of the subscription of legacy commerce that this one continues.
    #[serde(
        rename = "migratedFromSubscriptionId",
        skip_serializing_if = "Option::is_none"
    )]
    pub migrated_from_subscription_id: Option<crate::Guid>,
    /// What changes when the next term begins. Only if a change is scheduled, and for every trial.
    #[serde(
        rename = "scheduledNextTermInstructions",
        skip_serializing_if = "Option::is_none"
    )]
    pub scheduled_next_term_instructions: Option<NextTermInstructions>,
    /// What changes when the next billing cycle begins. Only if a change is pending.
    #[serde(rename = "nextChargeInstructions", skip_serializing_if = "Option::is_none")]
    pub next_charge_instructions: Option<NextChargeInstructions>,
    /// The id of the purchase of a product.
    #[serde(rename = "productOrderId", skip_serializing_if = "Option::is_none")]
    pub product_order_id: Option<String>,
    /// Links from a subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<SubscriptionLinks>,
    /// The id of the order.
    #[serde(rename = "orderId", skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}
impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .field("offer_id", &self.offer_id)
            .field("entitlement_id", &self.entitlement_id)
            .field("offer_name", &self.offer_name)
            .field("friendly_name", &crate::private(&self.friendly_name))
            .field("product_type", &self.product_type)
            .field("quantity", &self.quantity)
            .field("unit_type", &self.unit_type)
            .field("parent_subscription_id", &self.parent_subscription_id)
            .field("consumption_type", &self.consumption_type)
            .field("creation_date", &self.creation_date)
            .field("effective_start_date", &self.effective_start_date)
            .field("commitment_end_date", &self.commitment_end_date)
            .field("commitment_end_date_time", &self.commitment_end_date_time)
            .field(
                "cancellation_allowed_until_date",
                &self.cancellation_allowed_until_date,
            )
            .field("billing_cycle_end_date", &self.billing_cycle_end_date)
            .field("billing_cycle_end_date_time", &self.billing_cycle_end_date_time)
            .field("status", &self.status)
            .field("auto_renew_enabled", &self.auto_renew_enabled)
            .field("is_trial", &self.is_trial)
            .field("billing_type", &self.billing_type)
            .field("billing_cycle", &self.billing_cycle)
            .field("term_duration", &self.term_duration)
            .field("renewal_term_duration", &self.renewal_term_duration)
            .field("refund_options", &self.refund_options)
            .field("refundable_quantity", &self.refundable_quantity)
            .field("has_purchasable_addons", &self.has_purchasable_addons)
            .field("is_microsoft_product", &self.is_microsoft_product)
            .field("partner_id", &self.partner_id)
            .field("attention_needed", &self.attention_needed)
            .field("action_taken", &self.action_taken)
            .field("actions", &self.actions)
            .field("suspension_reasons", &self.suspension_reasons)
            .field("contract_type", &self.contract_type)
            .field("publisher_name", &self.publisher_name)
            .field("promotion_id", &self.promotion_id)
            .field("migrated_from_subscription_id", &self.migrated_from_subscription_id)
            .field(
                "scheduled_next_term_instructions",
                &self.scheduled_next_term_instructions,
            )
            .field("next_charge_instructions", &self.next_charge_instructions)
            .field("product_order_id", &self.product_order_id)
            .field("links", &self.links)
            .field("order_id", &self.order_id)
            .field("attributes", &self.attributes)
            .finish()
    }
}

crate::lenient::model! {
    Subscription {
        id: required Text<crate::Guid> = "id" | "Id",
        offer_id: optional Text<String> = "offerId" | "OfferId",
        entitlement_id: optional Text<String> = "entitlementId" | "EntitlementId",
        offer_name: optional Text<String> = "offerName" | "OfferName",
        friendly_name: optional Text<String> = "friendlyName" | "FriendlyName",
        product_type: optional Nested<ProductType> = "productType" | "ProductType",
        quantity: optional Count = "quantity" | "Quantity",
        unit_type: optional Text<crate::UnitType> = "unitType" | "UnitType",
        parent_subscription_id: optional Text<crate::Guid> = "parentSubscriptionId" | "ParentSubscriptionId",
        consumption_type: optional Text<String> = "consumptionType" | "ConsumptionType",
        creation_date: optional Text<crate::Timestamp> = "creationDate" | "CreationDate",
        effective_start_date: optional Text<crate::Timestamp> = "effectiveStartDate" | "EffectiveStartDate",
        commitment_end_date: optional Text<crate::Timestamp> = "commitmentEndDate" | "CommitmentEndDate",
        commitment_end_date_time: optional Text<crate::Timestamp> = "commitmentEndDateTime" | "CommitmentEndDateTime",
        cancellation_allowed_until_date: optional Text<crate::Timestamp> = "cancellationAllowedUntilDate" | "CancellationAllowedUntilDate",
        billing_cycle_end_date: optional Text<crate::Timestamp> = "billingCycleEndDate" | "BillingCycleEndDate",
        billing_cycle_end_date_time: optional Text<crate::Timestamp> = "billingCycleEndDateTime" | "BillingCycleEndDateTime",
        status: optional Text<crate::SubscriptionStatus> = "status" | "Status",
        auto_renew_enabled: optional Flag = "autoRenewEnabled" | "AutoRenewEnabled",
        is_trial: optional Flag = "isTrial" | "IsTrial",
        billing_type: optional Text<crate::BillingType> = "billingType" | "BillingType",
        billing_cycle: optional Text<crate::BillingCycle> = "billingCycle" | "BillingCycle",
        term_duration: optional Text<String> = "termDuration" | "TermDuration",
        renewal_term_duration: optional Text<String> = "renewalTermDuration" | "RenewalTermDuration",
        refund_options: optional List<Nested<RefundOption>> = "refundOptions" | "RefundOptions",
        refundable_quantity: optional Nested<RefundableQuantity> = "refundableQuantity" | "RefundableQuantity",
        has_purchasable_addons: optional Flag = "hasPurchasableAddons" | "HasPurchasableAddons",
        is_microsoft_product: optional Flag = "isMicrosoftProduct" | "IsMicrosoftProduct",
        partner_id: optional Text<String> = "partnerId" | "PartnerId",
        attention_needed: optional Flag = "attentionNeeded" | "AttentionNeeded",
        action_taken: optional Flag = "actionTaken" | "ActionTaken",
        actions: optional List<Text<String>> = "actions" | "Actions",
        suspension_reasons: optional List<Text<String>> = "suspensionReasons" | "SuspensionReasons",
        contract_type: optional Text<crate::ContractType> = "contractType" | "ContractType",
        publisher_name: optional Text<String> = "publisherName" | "PublisherName",
        promotion_id: optional Text<String> = "promotionId" | "PromotionId",
        migrated_from_subscription_id: optional Text<crate::Guid> = "migratedFromSubscriptionId" | "MigratedFromSubscriptionId",
        scheduled_next_term_instructions: optional Nested<NextTermInstructions> = "scheduledNextTermInstructions" | "ScheduledNextTermInstructions",
        next_charge_instructions: optional Nested<NextChargeInstructions> = "nextChargeInstructions" | "NextChargeInstructions",
        product_order_id: optional Text<String> = "productOrderId" | "ProductOrderId",
        links: optional Nested<SubscriptionLinks> = "links" | "Links",
        order_id: optional Text<String> = "orderId" | "OrderId",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The type of a product.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProductType {
    /// The id of the type, such as OnlineServicesNCE or Software.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name of the type.
    #[serde(rename = "displayName", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// A part of a type of products.
    #[serde(rename = "subType", skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<ProductSubType>,
}

crate::lenient::model! {
    ProductType {
        id: optional Text<String> = "id" | "Id",
        display_name: optional Text<String> = "displayName" | "DisplayName",
        sub_type: optional Nested<ProductSubType> = "subType" | "SubType",
    }
}

/// A part of a type of products.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProductSubType {
    /// The id of the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name of the part.
    #[serde(rename = "displayName", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

crate::lenient::model! {
    ProductSubType {
        id: optional Text<String> = "id" | "Id",
        display_name: optional Text<String> = "displayName" | "DisplayName",
    }
}

/// One way to get a refund.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RefundOption {
    /// How much is refunded.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<crate::RefundType>,
    /// Until when; null if without end. Documented as expiresAfter, the example has expiresAt.
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<crate::Timestamp>,
}

crate::lenient::model! {
    RefundOption {
        type_: optional Text<crate::RefundType> = "type" | "Type",
        expires_at: optional Text<crate::Timestamp> = "expiresAt" | "ExpiresAt" | "expiresAfter" | "ExpiresAfter",
    }
}

/// How many units can be reduced at the time of the request.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RefundableQuantity {
    /// How many units in total.
    #[serde(rename = "totalQuantity", skip_serializing_if = "Option::is_none")]
    pub total_quantity: Option<i64>,
    /// How many of them until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Vec<RefundableQuantityDetail>>,
}

crate::lenient::model! {
    RefundableQuantity {
        total_quantity: optional Count = "totalQuantity" | "TotalQuantity",
        details: optional List<Nested<RefundableQuantityDetail>> = "details" | "Details",
    }
}

/// How many units can be reduced until an instant.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RefundableQuantityDetail {
    /// How many units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// Until when.
    #[serde(rename = "allowedUntilDateTime", skip_serializing_if = "Option::is_none")]
    pub allowed_until_date_time: Option<crate::Timestamp>,
}

crate::lenient::model! {
    RefundableQuantityDetail {
        quantity: optional Count = "quantity" | "Quantity",
        allowed_until_date_time: optional Text<crate::Timestamp> = "allowedUntilDateTime" | "AllowedUntilDateTime",
    }
}

/// What changes when the next term begins. Only if a change is scheduled, and for every trial.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NextTermInstructions {
    /// The product and terms to change to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<NextTermProduct>,
    /// How many units the next term has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// When the next term ends, if it is aligned to another subscription.
    #[serde(rename = "customTermEndDate", skip_serializing_if = "Option::is_none")]
    pub custom_term_end_date: Option<crate::Timestamp>,
}

crate::lenient::model! {
    NextTermInstructions {
        product: optional Nested<NextTermProduct> = "product" | "Product",
        quantity: optional Count = "quantity" | "Quantity",
        custom_term_end_date: optional Text<crate::Timestamp> = "customTermEndDate" | "CustomTermEndDate",
    }
}

/// What changes when the next billing cycle begins. Only if a change is pending.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NextChargeInstructions {
    /// The product and terms to change to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<NextTermProduct>,
    /// How many units are charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
}

crate::lenient::model! {
    NextChargeInstructions {
        product: optional Nested<NextTermProduct> = "product" | "Product",
        quantity: optional Count = "quantity" | "Quantity",
    }
}

/// The product and terms to change to.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NextTermProduct {
    /// The product's id.
    #[serde(rename = "productId", skip_serializing_if = "Option::is_none")]
    pub product_id: Option<String>,
    /// The SKU's id.
    #[serde(rename = "skuId", skip_serializing_if = "Option::is_none")]
    pub sku_id: Option<String>,
    /// The availability's id; changes over time.
    #[serde(rename = "availabilityId", skip_serializing_if = "Option::is_none")]
    pub availability_id: Option<String>,
    /// How often a subscription is billed.
    #[serde(rename = "billingCycle", skip_serializing_if = "Option::is_none")]
    pub billing_cycle: Option<crate::BillingCycle>,
    /// The length of the term as an ISO 8601 duration.
    #[serde(rename = "termDuration", skip_serializing_if = "Option::is_none")]
    pub term_duration: Option<String>,
    /// The promotion's id.
    #[serde(rename = "promotionId", skip_serializing_if = "Option::is_none")]
    pub promotion_id: Option<String>,
}

crate::lenient::model! {
    NextTermProduct {
        product_id: optional Text<String> = "productId" | "ProductId",
        sku_id: optional Text<String> = "skuId" | "SkuId",
        availability_id: optional Text<String> = "availabilityId" | "AvailabilityId",
        billing_cycle: optional Text<crate::BillingCycle> = "billingCycle" | "BillingCycle",
        term_duration: optional Text<String> = "termDuration" | "TermDuration",
        promotion_id: optional Text<String> = "promotionId" | "PromotionId",
    }
}

/// Links from a subscription.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SubscriptionLinks {
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(rename = "parentSubscription", skip_serializing_if = "Option::is_none")]
    pub parent_subscription: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(rename = "activationLinks", skip_serializing_if = "Option::is_none")]
    pub activation_links: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Link>,
}

crate::lenient::model! {
    SubscriptionLinks {
        offer: optional Nested<Link> = "offer" | "Offer",
        product: optional Nested<Link> = "product" | "Product",
        sku: optional Nested<Link> = "sku" | "Sku",
        availability: optional Nested<Link> = "availability" | "Availability",
        parent_subscription: optional Nested<Link> = "parentSubscription" | "ParentSubscription",
        activation_links: optional Nested<Link> = "activationLinks" | "ActivationLinks",
        self_: optional Nested<Link> = "self" | "Self",
        next: optional Nested<Link> = "next" | "Next",
        previous: optional Nested<Link> = "previous" | "Previous",
    }
}

/// The SKUs of a customer's tenant.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SubscribedSkuCollection {
    /// How many rows this page holds.
    #[serde(rename = "totalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
    /// The SKUs.
    pub items: Vec<SubscribedSku>,
    /// Links from a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ResourceLinks>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    SubscribedSkuCollection {
        total_count: optional Count = "totalCount" | "TotalCount",
        items: rows SubscribedSku = "items" | "Items" | "Value" | "value",
        links: optional Nested<ResourceLinks> = "links" | "Links",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// A SKU of a customer's tenant, with how many licenses there are and how many are assigned.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SubscribedSku {
    /// How many licenses can be assigned; negative if more are assigned than there are.
    #[serde(rename = "availableUnits", skip_serializing_if = "Option::is_none")]
    pub available_units: Option<i64>,
    /// How many licenses are active.
    #[serde(rename = "activeUnits", skip_serializing_if = "Option::is_none")]
    pub active_units: Option<i64>,
    /// How many licenses are assigned.
    #[serde(rename = "consumedUnits", skip_serializing_if = "Option::is_none")]
    pub consumed_units: Option<i64>,
    /// How many licenses are suspended.
    #[serde(rename = "suspendedUnits", skip_serializing_if = "Option::is_none")]
    pub suspended_units: Option<i64>,
    /// How many licenses there are, active and in warning.
    #[serde(rename = "totalUnits", skip_serializing_if = "Option::is_none")]
    pub total_units: Option<i64>,
    /// How many licenses are in the time of warning after their end.
    #[serde(rename = "warningUnits", skip_serializing_if = "Option::is_none")]
    pub warning_units: Option<i64>,
    /// The identity of a SKU.
    #[serde(rename = "productSku", skip_serializing_if = "Option::is_none")]
    pub product_sku: Option<ProductSku>,
    /// The services that are part of the SKU.
    #[serde(rename = "servicePlans", skip_serializing_if = "Option::is_none")]
    pub service_plans: Option<Vec<ServicePlan>>,
    /// Whether a SKU or a service can be used.
    #[serde(rename = "capabilityStatus", skip_serializing_if = "Option::is_none")]
    pub capability_status: Option<crate::CapabilityStatus>,
    /// Metadata of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<ResourceAttributes>,
}

crate::lenient::model! {
    SubscribedSku {
        available_units: optional Whole = "availableUnits" | "AvailableUnits",
        active_units: optional Count = "activeUnits" | "ActiveUnits",
        consumed_units: optional Count = "consumedUnits" | "ConsumedUnits",
        suspended_units: optional Count = "suspendedUnits" | "SuspendedUnits",
        total_units: optional Count = "totalUnits" | "TotalUnits",
        warning_units: optional Count = "warningUnits" | "WarningUnits",
        product_sku: optional Nested<ProductSku> = "productSku" | "ProductSku",
        service_plans: optional List<Nested<ServicePlan>> = "servicePlans" | "ServicePlans",
        capability_status: optional Text<crate::CapabilityStatus> = "capabilityStatus" | "CapabilityStatus",
        attributes: optional Nested<ResourceAttributes> = "attributes" | "Attributes",
    }
}

/// The identity of a SKU.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProductSku {
    /// The id of the SKU in Microsoft Entra and Microsoft Graph (`skuId`); `productId` of the analytics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<crate::Guid>,
    /// The name of the SKU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The part number, such as SPE_E3.
    #[serde(rename = "skuPartNumber", skip_serializing_if = "Option::is_none")]
    pub sku_part_number: Option<String>,
    /// Whom a license is assigned to.
    #[serde(rename = "targetType", skip_serializing_if = "Option::is_none")]
    pub target_type: Option<crate::LicenseTarget>,
    /// Who manages a license: Microsoft Entra ID (group1) or Minecraft (group2). Requests name them with a capital.
    #[serde(rename = "licenseGroupId", skip_serializing_if = "Option::is_none")]
    pub license_group_id: Option<crate::LicenseGroup>,
}

crate::lenient::model! {
    ProductSku {
        id: optional Text<crate::Guid> = "id" | "Id",
        name: optional Text<String> = "name" | "Name",
        sku_part_number: optional Text<String> = "skuPartNumber" | "SkuPartNumber",
        target_type: optional Text<crate::LicenseTarget> = "targetType" | "TargetType",
        license_group_id: optional Text<crate::LicenseGroup> = "licenseGroupId" | "LicenseGroupId",
    }
}

/// A service that is part of a SKU.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ServicePlan {
    /// The name of the service.
    #[serde(rename = "displayName", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The code of the service, such as EXCHANGE_S_FOUNDATION.
    #[serde(rename = "serviceName", skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The id of the service plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<crate::Guid>,
    /// Whether a SKU or a service can be used.
    #[serde(rename = "capabilityStatus", skip_serializing_if = "Option::is_none")]
    pub capability_status: Option<crate::CapabilityStatus>,
    /// Whom a license is assigned to.
    #[serde(rename = "targetType", skip_serializing_if = "Option::is_none")]
    pub target_type: Option<crate::LicenseTarget>,
}

crate::lenient::model! {
    ServicePlan {
        display_name: optional Text<String> = "displayName" | "DisplayName",
        service_name: optional Text<String> = "serviceName" | "ServiceName",
        id: optional Text<crate::Guid> = "id" | "Id",
        capability_status: optional Text<crate::CapabilityStatus> = "capabilityStatus" | "CapabilityStatus",
        target_type: optional Text<crate::LicenseTarget> = "targetType" | "TargetType",
    }
}

/// A page of the subscriptions of all customers.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SubscriptionInsightsCollection {
    /// The rows.
    #[serde(rename = "Value")]
    pub value: Vec<SubscriptionInsights>,
    /// The link to the next page; null, empty or absent on the last. It contains the filter of the request.
    #[serde(rename = "@nextLink", skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
    /// How many rows all pages of the query hold.
    #[serde(rename = "TotalCount", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
}
impl std::fmt::Debug for SubscriptionInsightsCollection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SubscriptionInsightsCollection")
            .field("value", &self.value)
            .field("next_link", &crate::private(&self.next_link))
            .field("total_count", &self.total_count)
            .finish()
    }
}

crate::lenient::model! {
    SubscriptionInsightsCollection {
        value: rows SubscriptionInsights = "Value" | "value" | "items" | "Items",
        next_link: optional Text<String> = "@nextLink" | "@NextLink" | "nextLink" | "NextLink" | "@odata.nextLink" | "odata.nextLink" | "Odata.nextLink",
        total_count: optional Count = "TotalCount" | "totalCount",
    }
}

/// A subscription of a customer. In a grouped query, the counts of one group.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SubscriptionInsights {
    /// The id of the customer's tenant. Letter case varies.
    #[serde(rename = "customerTenantId", skip_serializing_if = "Option::is_none")]
    pub customer_tenant_id: Option<crate::Guid>,
    /// The customer's name.
    #[serde(rename = "customerName", skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// The country of the customer, such as US.
    #[serde(rename = "customerMarket", skip_serializing_if = "Option::is_none")]
    pub customer_market: Option<String>,
    /// The subscription's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<crate::Guid>,
    /// The state of a subscription in analytics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<crate::SubscriptionInsightsStatus>,
    /// The name of the product, in capitals.
    #[serde(rename = "productName", skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// The family of products of a subscription.
    #[serde(rename = "subscriptionType", skip_serializing_if = "Option::is_none")]
    pub subscription_type: Option<crate::SubscriptionType>,
    /// Whether it renews at the end of its term.
    #[serde(rename = "autoRenewEnabled", skip_serializing_if = "Option::is_none")]
    pub auto_renew_enabled: Option<bool>,
    /// The id of the partner; for an indirect reseller its own.
    #[serde(rename = "partnerId", skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<String>,
    /// The name that the partner gave to the subscription.
    #[serde(rename = "friendlyName", skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// The partner for whom it was bought.
    #[serde(rename = "partnerName", skip_serializing_if = "Option::is_none")]
    pub partner_name: Option<String>,
    /// The indirect provider that bought it.
    #[serde(rename = "providerName", skip_serializing_if = "Option::is_none")]
    pub provider_name: Option<String>,
    /// When it was created.
    #[serde(rename = "creationDate", skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<crate::Timestamp>,
    /// When it began.
    #[serde(rename = "effectiveStartDate", skip_serializing_if = "Option::is_none")]
    pub effective_start_date: Option<crate::Timestamp>,
    /// When its term ends.
    #[serde(rename = "commitmentEndDate", skip_serializing_if = "Option::is_none")]
    pub commitment_end_date: Option<crate::Timestamp>,
    /// When its current state ends.
    #[serde(rename = "currentStateEndDate", skip_serializing_if = "Option::is_none")]
    pub current_state_end_date: Option<crate::Timestamp>,
    /// When the trial became a paid subscription.
    #[serde(
        rename = "trialToPaidConversionDate",
        skip_serializing_if = "Option::is_none"
    )]
    pub trial_to_paid_conversion_date: Option<crate::Timestamp>,
    /// When the trial began.
    #[serde(rename = "trialStartDate", skip_serializing_if = "Option::is_none")]
    pub trial_start_date: Option<crate::Timestamp>,
    /// When the trial ends.
    #[serde(rename = "trialEndDate", skip_serializing_if = "Option::is_none")]
    pub trial_end_date: Option<crate::Timestamp>,
    /// When it was last used.
    #[serde(rename = "lastUsageDate", skip_serializing_if = "Option::is_none")]
    pub last_usage_date: Option<crate::Timestamp>,
    /// When it was deprovisioned.
    #[serde(rename = "deprovisionedDate", skip_serializing_if = "Option::is_none")]
    pub deprovisioned_date: Option<crate::Timestamp>,
    /// When it was last renewed.
    #[serde(rename = "lastRenewalDate", skip_serializing_if = "Option::is_none")]
    pub last_renewal_date: Option<crate::Timestamp>,
    /// How many licenses; of a group, their sum, which is sent as a text.
    #[serde(rename = "licenseCount", skip_serializing_if = "Option::is_none")]
    pub license_count: Option<i64>,
    /// How likely the customer is to leave, such as High.
    #[serde(rename = "churnRisk", skip_serializing_if = "Option::is_none")]
    pub churn_risk: Option<String>,
    /// How often it is billed, such as MONTHLY.
    #[serde(rename = "billingCycleName", skip_serializing_if = "Option::is_none")]
    pub billing_cycle_name: Option<String>,
    /// How many subscriptions a group has, sent as a text.
    #[serde(rename = "subscriptionCount", skip_serializing_if = "Option::is_none")]
    pub subscription_count: Option<i64>,
}
impl std::fmt::Debug for SubscriptionInsights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SubscriptionInsights")
            .field("customer_tenant_id", &self.customer_tenant_id)
            .field("customer_name", &crate::private(&self.customer_name))
            .field("customer_market", &self.customer_market)
            .field("id", &self.id)
            .field("status", &self.status)
            .field("product_name", &self.product_name)
            .field("subscription_type", &self.subscription_type)
            .field("auto_renew_enabled", &self.auto_renew_enabled)
            .field("partner_id", &self.partner_id)
            .field("friendly_name", &crate::private(&self.friendly_name))
            .field("partner_name", &crate::private(&self.partner_name))
            .field("provider_name", &crate::private(&self.provider_name))
            .field("creation_date", &self.creation_date)
            .field("effective_start_date", &self.effective_start_date)
            .field("commitment_end_date", &self.commitment_end_date)
            .field("current_state_end_date", &self.current_state_end_date)
            .field("trial_to_paid_conversion_date", &self.trial_to_paid_conversion_date)
            .field("trial_start_date", &self.trial_start_date)
            .field("trial_end_date", &self.trial_end_date)
            .field("last_usage_date", &self.last_usage_date)
            .field("deprovisioned_date", &self.deprovisioned_date)
            .field("last_renewal_date", &self.last_renewal_date)
            .field("license_count", &self.license_count)
            .field("churn_risk", &self.churn_risk)
            .field("billing_cycle_name", &self.billing_cycle_name)
            .field("subscription_count", &self.subscription_count)
            .finish()
    }
}

crate::lenient::model! {
    SubscriptionInsights {
        customer_tenant_id: optional Text<crate::Guid> = "customerTenantId" | "CustomerTenantId",
        customer_name: optional Text<String> = "customerName" | "CustomerName",
        customer_market: optional Text<String> = "customerMarket" | "CustomerMarket",
        id: optional Text<crate::Guid> = "id" | "Id",
        status: optional Text<crate::SubscriptionInsightsStatus> = "status" | "Status",
        product_name: optional Text<String> = "productName" | "ProductName",
        subscription_type: optional Text<crate::SubscriptionType> = "subscriptionType" | "SubscriptionType",
        auto_renew_enabled: optional Flag = "autoRenewEnabled" | "AutoRenewEnabled",
        partner_id: optional Text<String> = "partnerId" | "PartnerId",
        friendly_name: optional Text<String> = "friendlyName" | "FriendlyName",
        partner_name: optional Text<String> = "partnerName" | "PartnerName",
        provider_name: optional Text<String> = "providerName" | "ProviderName",
        creation_date: optional Text<crate::Timestamp> = "creationDate" | "CreationDate",
        effective_start_date: optional Text<crate::Timestamp> = "effectiveStartDate" | "EffectiveStartDate",
        commitment_end_date: optional Text<crate::Timestamp> = "commitmentEndDate" | "CommitmentEndDate",
        current_state_end_date: optional Text<crate::Timestamp> = "currentStateEndDate" | "CurrentStateEndDate",
        trial_to_paid_conversion_date: optional Text<crate::Timestamp> = "trialToPaidConversionDate" | "TrialToPaidConversionDate",
        trial_start_date: optional Text<crate::Timestamp> = "trialStartDate" | "TrialStartDate",
        trial_end_date: optional Text<crate::Timestamp> = "trialEndDate" | "TrialEndDate",
        last_usage_date: optional Text<crate::Timestamp> = "lastUsageDate" | "LastUsageDate",
        deprovisioned_date: optional Text<crate::Timestamp> = "deprovisionedDate" | "DeprovisionedDate",
        last_renewal_date: optional Text<crate::Timestamp> = "lastRenewalDate" | "LastRenewalDate",
        license_count: optional Count = "licenseCount" | "LicenseCount",
        churn_risk: optional Text<String> = "churnRisk" | "ChurnRisk",
        billing_cycle_name: optional Text<String> = "billingCycleName" | "BillingCycleName",
        subscription_count: optional Count = "subscriptionCount" | "SubscriptionCount",
    }
}

/// Metadata of a resource.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ResourceAttributes {
    /// The type of a resource.
    #[serde(rename = "objectType", skip_serializing_if = "Option::is_none")]
    pub object_type: Option<crate::ObjectType>,
    /// The version of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

crate::lenient::model! {
    ResourceAttributes {
        object_type: optional Text<crate::ObjectType> = "objectType" | "ObjectType",
        etag: optional Text<String> = "etag" | "Etag",
    }
}

/// Links from a resource.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ResourceLinks {
    /// A link to a resource, with the method and headers to use.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Link>,
    /// A link to a resource, with the method and headers to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Link>,
}

crate::lenient::model! {
    ResourceLinks {
        self_: optional Nested<Link> = "self" | "Self",
        next: optional Nested<Link> = "next" | "Next",
        previous: optional Nested<Link> = "previous" | "Previous",
    }
}

/// A link to a resource, with the method and headers to use.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Link {
    /// The target: an absolute URL, or a path with or without the version prefix. It contains the filter of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The body to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The headers to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<LinkHeader>>,
}
impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("uri", &crate::private(&self.uri))
            .field("method", &self.method)
            .field("body", &crate::private(&self.body))
            .field("headers", &self.headers)
            .finish()
    }
}

crate::lenient::model! {
    Link {
        uri: optional Text<String> = "uri" | "Uri",
        method: optional Text<String> = "method" | "Method",
        body: optional Text<String> = "body" | "Body",
        headers: optional List<Nested<LinkHeader>> = "headers" | "Headers",
    }
}

/// A header to send with the request for a link.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LinkHeader {
    /// The header's name.
    pub key: String,
    /// The header's value.
    pub value: String,
}

crate::lenient::model! {
    LinkHeader {
        key: required Text<String> = "key" | "Key",
        value: required Text<String> = "value" | "Value",
    }
}

/// The error body of the service.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ApiFault {
    /// An error code of the service. Documented as a text, sent as a number by most parts of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<FaultCode>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Further texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<String>>,
    /// The part of the service that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What went wrong, from newer parts of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The name of the error, from newer parts of the service.
    #[serde(rename = "errorName", skip_serializing_if = "Option::is_none")]
    pub error_name: Option<String>,
    /// Whether a retry may succeed.
    #[serde(rename = "isRetryable", skip_serializing_if = "Option::is_none")]
    pub is_retryable: Option<bool>,
    /// The values that the texts of an error refer to. Only seen empty, so its members have no fields here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<FaultParameters>,
    /// Further texts, from newer parts of the service; documented as `InternalErrorCode=` and the code.
    #[serde(rename = "errorMessageExtended", skip_serializing_if = "Option::is_none")]
    pub error_message_extended: Option<String>,
    /// Further texts of the analytics back end; only seen empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Vec<String>>,
    /// The actual error, which the analytics back end wraps in another. Documented for the similar API of the Microsoft Store.
    #[serde(skip_serializing_if = "Option::is_none")]
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
            .field("parameters", &self.parameters)
            .field(
                "error_message_extended",
                &crate::private(&self.error_message_extended),
            )
            .field("details", &crate::private(&self.details))
            .field("innererror", &self.innererror)
            .finish()
    }
}

crate::lenient::model! {
    ApiFault {
        code: optional Choice<FaultCode> = "code" | "Code",
        description: optional Text<String> = "description" | "Description",
        data: optional List<Text<String>> = "data" | "Data",
        source: optional Text<String> = "source" | "Source",
        message: optional Text<String> = "message" | "Message",
        error_name: optional Text<String> = "errorName" | "ErrorName",
        is_retryable: optional Flag = "isRetryable" | "IsRetryable",
        parameters: optional Nested<FaultParameters> = "parameters" | "Parameters",
        error_message_extended: optional Text<String> = "errorMessageExtended" | "ErrorMessageExtended",
        details: optional List<Text<String>> = "details" | "Details",
        innererror: optional Nested<InnerFault> = "innererror" | "Innererror",
    }
}

/// The values that the texts of an error refer to. Only seen empty, so its members have no fields here.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FaultParameters {}

crate::lenient::model! {
    FaultParameters {
    }
}

/// The actual error, which the analytics back end wraps in another. Documented for the similar API of the Microsoft Store.
#[derive(Clone, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InnerFault {
    /// An error code of the service. Documented as a text, sent as a number by most parts of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<FaultCode>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Further texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<String>>,
    /// Further texts; only seen empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Vec<String>>,
    /// The part of the service that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
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

crate::lenient::model! {
    InnerFault {
        code: optional Choice<FaultCode> = "code" | "Code",
        message: optional Text<String> = "message" | "Message",
        data: optional List<Text<String>> = "data" | "Data",
        details: optional List<Text<String>> = "details" | "Details",
        source: optional Text<String> = "source" | "Source",
    }
}

/// An error code of the service. Documented as a text, sent as a number by most parts of the service.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
#[serde(untagged)]
pub enum FaultCode {
    Int64(i64),
    String(String),
}

/// The error body of the gateway in front of the service.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct GatewayFault {
    /// The HTTP status.
    #[serde(rename = "statusCode")]
    pub status_code: i64,
    /// What went wrong.
    pub message: String,
    /// The trace id of the gateway.
    #[serde(rename = "activityId", skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<String>,
}

crate::lenient::model! {
    GatewayFault {
        status_code: required Whole = "statusCode" | "StatusCode",
        message: required Text<String> = "message" | "Message",
        activity_id: optional Text<String> = "activityId" | "ActivityId",
    }
}

crate::open_enum::open_enum! {
    /// The type of a resource.
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
        /// `SubscribedSku`
        SubscribedSku = "SubscribedSku",
        /// `Subscription`
        Subscription = "Subscription",
    }
}

crate::open_enum::open_enum! {
    /// How the licenses were sold.
    pub enum Channel {
        /// `reseller`
        Reseller = "reseller",
    }
}

crate::open_enum::open_enum! {
    /// The state of a subscription.
    pub enum SubscriptionStatus {
        /// `none`
        None = "none",
        /// `active`
        Active = "active",
        /// `pending`
        Pending = "pending",
        /// `suspended`
        Suspended = "suspended",
        /// `expired`
        Expired = "expired",
        /// `disabled`
        Disabled = "disabled",
        /// `deleted`
        Deleted = "deleted",
    }
}

crate::open_enum::open_enum! {
    /// What the quantity of a subscription counts.
    pub enum UnitType {
        /// `Licenses`
        Licenses = "Licenses",
        /// `Usage-based`
        UsageBased = "Usage-based",
        /// `Benefit`
        Benefit = "Benefit",
        /// `none`
        None = "none",
    }
}

crate::open_enum::open_enum! {
    /// What a subscription is billed by.
    pub enum BillingType {
        /// `none`
        None = "none",
        /// `usage`
        Usage = "usage",
        /// `license`
        License = "license",
        /// `benefit`
        Benefit = "benefit",
    }
}

crate::open_enum::open_enum! {
    /// How often a subscription is billed.
    pub enum BillingCycle {
        /// `none`
        None = "none",
        /// `monthly`
        Monthly = "monthly",
        /// `annual`
        Annual = "annual",
        /// `triennial`
        Triennial = "triennial",
        /// `one_time`
        OneTime = "one_time",
    }
}

crate::open_enum::open_enum! {
    /// The type of a contract.
    pub enum ContractType {
        /// `subscription`
        Subscription = "subscription",
        /// `productKey`
        ProductKey = "productKey",
        /// `redemptionCode`
        RedemptionCode = "redemptionCode",
    }
}

crate::open_enum::open_enum! {
    /// How much is refunded.
    pub enum RefundType {
        /// `Full`
        Full = "Full",
        /// `Partial`
        Partial = "Partial",
    }
}

crate::open_enum::open_enum! {
    /// Whether a SKU or a service can be used.
    pub enum CapabilityStatus {
        /// `Enabled`
        Enabled = "Enabled",
        /// `Warning`
        Warning = "Warning",
        /// `Suspended`
        Suspended = "Suspended",
        /// `LockedOut`
        LockedOut = "LockedOut",
        /// `Deleted`
        Deleted = "Deleted",
    }
}

crate::open_enum::open_enum! {
    /// Whom a license is assigned to.
    pub enum LicenseTarget {
        /// `User`
        User = "User",
        /// `Tenant`
        Tenant = "Tenant",
    }
}

crate::open_enum::open_enum! {
    /// Who manages a license: Microsoft Entra ID (group1) or Minecraft (group2). Requests name them with a capital.
    pub enum LicenseGroup {
        /// `group1`
        Group1 = "group1",
        /// `group2`
        Group2 = "group2",
    }
}

crate::open_enum::open_enum! {
    /// The state of a subscription in analytics.
    pub enum SubscriptionInsightsStatus {
        /// `ACTIVE`
        Active = "ACTIVE",
        /// `SUSPENDED`
        Suspended = "SUSPENDED",
        /// `DEPROVISIONED`
        Deprovisioned = "DEPROVISIONED",
    }
}

crate::open_enum::open_enum! {
    /// The family of products of a subscription.
    pub enum SubscriptionType {
        /// `Office`
        Office = "Office",
        /// `Azure`
        Azure = "Azure",
        /// `Microsoft365`
        Microsoft365 = "Microsoft365",
        /// `M365`
        M365 = "M365",
        /// `Dynamics`
        Dynamics = "Dynamics",
        /// `EMS`
        Ems = "EMS",
        /// `Windows`
        Windows = "Windows",
        /// `UNKNOWN`
        Unknown = "UNKNOWN",
    }
}

crate::open_enum::open_enum! {
    /// The partner's relationship to the customer. Microsoft's own description has an integer with these names, counted from 0; the service sends the name. A number is kept as its text.
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
            SubscriptionCollection,
            Subscription,
            ProductType,
            ProductSubType,
            RefundOption,
            RefundableQuantity,
            RefundableQuantityDetail,
            NextTermInstructions,
            NextChargeInstructions,
            NextTermProduct,
            SubscriptionLinks,
            SubscribedSkuCollection,
            SubscribedSku,
            ProductSku,
            ServicePlan,
            SubscriptionInsightsCollection,
            SubscriptionInsights,
            ResourceAttributes,
            ResourceLinks,
            Link,
            LinkHeader,
            ApiFault,
            FaultParameters,
            InnerFault,
            FaultCode,
            GatewayFault,
            ObjectType,
            Channel,
            SubscriptionStatus,
            UnitType,
            BillingType,
            BillingCycle,
            ContractType,
            RefundType,
            CapabilityStatus,
            LicenseTarget,
            LicenseGroup,
            SubscriptionInsightsStatus,
            SubscriptionType,
            RelationshipToPartner,
        }
    };
}

/// Calls the macro of the given name with all collections, each with the field and the type of its items.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_collection {
    ($callback:ident) => {
        $callback! {
            CustomerLicensesDeploymentInsightsCollection { items: CustomerLicensesDeploymentInsights },
            CustomerLicensesUsageInsightsCollection { items: CustomerLicensesUsageInsights },
            PartnerLicensesDeploymentInsightsCollection { items: PartnerLicensesDeploymentInsights },
            PartnerLicensesUsageInsightsCollection { items: PartnerLicensesUsageInsights },
            CommercialLicensesDeploymentInsightsCollection { value: CommercialLicensesDeploymentInsights },
            CommercialLicensesUsageInsightsCollection { value: CommercialLicensesUsageInsights },
            CustomerCollection { items: Customer },
            SubscriptionCollection { items: Subscription },
            SubscribedSkuCollection { items: SubscribedSku },
            SubscriptionInsightsCollection { value: SubscriptionInsights },
        }
    };
}
