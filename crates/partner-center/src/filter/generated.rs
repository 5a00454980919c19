// Made by `cargo xtask codegen` from openapi/partner-center.yaml, sha256 b21c00a3ae2b433e415ad4e768eb2a83fa99f4e76e5630c5e566f1dd497f95c3.
// Do not edit: edit the contract and run the command.

impl<Op: super::Operation> super::Field<Op> {
    /// The code of the service, such as o365 or crm.
    pub const SERVICE_CODE: Self = Self::named("serviceCode");
    /// The name of the service. In the classic operations, its code.
    pub const SERVICE_NAME: Self = Self::named("serviceName");
    /// How the licenses were sold. Known values: `reseller`.
    pub const CHANNEL: Self = Self::named("channel");
    /// The id of the customer's tenant. Letter case varies.
    pub const CUSTOMER_TENANT_ID: Self = Self::named("customerTenantId");
    /// The customer's name.
    pub const CUSTOMER_NAME: Self = Self::named("customerName");
    /// The id of the product: that of its SKU in Microsoft Entra and Microsoft Graph (`skuId`). Letter case varies.
    pub const PRODUCT_ID: Self = Self::named("productId");
    /// The name of the product, in capitals.
    pub const PRODUCT_NAME: Self = Self::named("productName");
}
impl super::Operation for super::Deployment {
    const NAME: &'static str = "deployment";
    type Page = crate::models::CommercialLicensesDeploymentInsightsCollection;
    const FIELDS: &'static [super::Field<Self>] = &[
        super::Field::SERVICE_CODE,
        super::Field::SERVICE_NAME,
        super::Field::CHANNEL,
        super::Field::CUSTOMER_TENANT_ID,
        super::Field::CUSTOMER_NAME,
        super::Field::PRODUCT_ID,
        super::Field::PRODUCT_NAME,
    ];
}
impl super::Field<super::Usage> {
    /// The code of the workload, such as EXO, SPO or SFB. Only of usage.
    pub const WORKLOAD_CODE: Self = Self::named("workloadCode");
    /// The name of the workload, such as Exchange. Only of usage.
    pub const WORKLOAD_NAME: Self = Self::named("workloadName");
}
impl super::Operation for super::Usage {
    const NAME: &'static str = "usage";
    type Page = crate::models::CommercialLicensesUsageInsightsCollection;
    const FIELDS: &'static [super::Field<Self>] = &[
        super::Field::WORKLOAD_CODE,
        super::Field::WORKLOAD_NAME,
        super::Field::SERVICE_CODE,
        super::Field::SERVICE_NAME,
        super::Field::CHANNEL,
        super::Field::CUSTOMER_TENANT_ID,
        super::Field::CUSTOMER_NAME,
        super::Field::PRODUCT_ID,
        super::Field::PRODUCT_NAME,
    ];
}
