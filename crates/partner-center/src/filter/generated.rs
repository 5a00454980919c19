// Made by `cargo xtask codegen` from openapi/partner-center.yaml, sha256 52f8701b98d064bf305fd92f4bea502978fdb83a5020f594f15fe0510bbb0600.
// Do not edit: edit the contract and run the command.

impl<Op: super::LicenseOperation> super::Field<Op> {
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
    const COMPARISONS: &'static [super::Comparison] = &[
        super::Comparison {
            field: "serviceCode",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "serviceName",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "channel",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "customerTenantId",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "customerName",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "productId",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "productName",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
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
    const COMPARISONS: &'static [super::Comparison] = &[
        super::Comparison {
            field: "workloadCode",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "workloadName",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "serviceCode",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "serviceName",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "channel",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "customerTenantId",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "customerName",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "productId",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "productName",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
    ];
}
impl super::SubscriptionField<super::Flag> {
    /// Whether it renews at the end of its term.
    pub const AUTO_RENEW_ENABLED: Self = Self::named("autoRenewEnabled");
}
impl super::SubscriptionField<super::Date> {
    /// When its term ends.
    pub const COMMITMENT_END_DATE: Self = Self::named("commitmentEndDate");
    /// When it was created.
    pub const CREATION_DATE: Self = Self::named("creationDate");
    /// When its current state ends.
    pub const CURRENT_STATE_END_DATE: Self = Self::named("currentStateEndDate");
    /// When it was deprovisioned.
    pub const DEPROVISIONED_DATE: Self = Self::named("deprovisionedDate");
    /// When it began.
    pub const EFFECTIVE_START_DATE: Self = Self::named("effectiveStartDate");
    /// When it was last renewed.
    pub const LAST_RENEWAL_DATE: Self = Self::named("lastRenewalDate");
    /// When it was last used.
    pub const LAST_USAGE_DATE: Self = Self::named("lastUsageDate");
    /// When the trial began.
    pub const TRIAL_START_DATE: Self = Self::named("trialStartDate");
    /// When the trial became a paid subscription.
    pub const TRIAL_TO_PAID_CONVERSION_DATE: Self = Self::named(
        "trialToPaidConversionDate",
    );
}
impl super::SubscriptionField<super::Exact> {
    /// The country of the customer, such as US.
    pub const CUSTOMER_MARKET: Self = Self::named("customerMarket");
    /// The id of the customer's tenant. Letter case varies.
    pub const CUSTOMER_TENANT_ID: Self = Self::named("customerTenantId");
    /// The subscription's id.
    pub const ID: Self = Self::named("id");
    /// The id of the partner; for an indirect reseller its own.
    pub const PARTNER_ID: Self = Self::named("partnerId");
    /// The state of a subscription in analytics. Known values: `ACTIVE`, `SUSPENDED`, `DEPROVISIONED`.
    pub const STATUS: Self = Self::named("status");
    /// The family of products of a subscription. Known values: `Office`, `Azure`, `Microsoft365`, `M365`, `Dynamics`, `EMS`, `Windows`, `UNKNOWN`.
    pub const SUBSCRIPTION_TYPE: Self = Self::named("subscriptionType");
}
impl super::SubscriptionField<super::Searched> {
    /// The customer's name.
    pub const CUSTOMER_NAME: Self = Self::named("customerName");
    /// The name that the partner gave to the subscription.
    pub const FRIENDLY_NAME: Self = Self::named("friendlyName");
}
impl super::SubscriptionField<super::ExactOrSearched> {
    /// The name of the product, in capitals.
    pub const PRODUCT_NAME: Self = Self::named("productName");
}
impl super::SubscriptionField<super::Grouped> {
    /// The partner for whom it was bought. Only in groupings.
    pub const PARTNER_NAME: Self = Self::named("partnerName");
    /// The indirect provider that bought it. Only in groupings.
    pub const PROVIDER_NAME: Self = Self::named("providerName");
    /// When the trial ends. Only in groupings.
    pub const TRIAL_END_DATE: Self = Self::named("trialEndDate");
}
impl super::Operation for super::Subscriptions {
    const NAME: &'static str = "subscriptions";
    type Page = crate::models::SubscriptionInsightsCollection;
    const FIELDS: &'static [super::Field<Self>] = &[
        super::Field::named("customerTenantId"),
        super::Field::named("customerName"),
        super::Field::named("customerMarket"),
        super::Field::named("id"),
        super::Field::named("status"),
        super::Field::named("productName"),
        super::Field::named("subscriptionType"),
        super::Field::named("autoRenewEnabled"),
        super::Field::named("partnerId"),
        super::Field::named("friendlyName"),
        super::Field::named("partnerName"),
        super::Field::named("providerName"),
        super::Field::named("creationDate"),
        super::Field::named("effectiveStartDate"),
        super::Field::named("commitmentEndDate"),
        super::Field::named("currentStateEndDate"),
        super::Field::named("trialToPaidConversionDate"),
        super::Field::named("trialStartDate"),
        super::Field::named("trialEndDate"),
        super::Field::named("lastUsageDate"),
        super::Field::named("deprovisionedDate"),
        super::Field::named("lastRenewalDate"),
    ];
    const COMPARISONS: &'static [super::Comparison] = &[
        super::Comparison {
            field: "autoRenewEnabled",
            operators: &["eq", "ne"],
            value: super::ValueKind::Flag,
        },
        super::Comparison {
            field: "commitmentEndDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "creationDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "currentStateEndDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "customerMarket",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "customerName",
            operators: &["contains"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "customerTenantId",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "deprovisionedDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "effectiveStartDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "friendlyName",
            operators: &["contains"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "id",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "lastRenewalDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "lastUsageDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "partnerId",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "productName",
            operators: &["contains", "eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "status",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "subscriptionType",
            operators: &["eq", "ne"],
            value: super::ValueKind::Text,
        },
        super::Comparison {
            field: "trialStartDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
        super::Comparison {
            field: "trialToPaidConversionDate",
            operators: &["eq", "ne", "gt", "lt", "ge", "le"],
            value: super::ValueKind::Date,
        },
    ];
}
