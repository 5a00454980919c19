// Made by `cargo xtask codegen` from openapi/partner-center.yaml, sha256 52f8701b98d064bf305fd92f4bea502978fdb83a5020f594f15fe0510bbb0600.
// Do not edit: edit the contract and run the command.

/// The members by which a collection says that there is more, in every spelling.
pub(crate) const NEXT_PAGE_KEYS: crate::operation::NextPageKeys = crate::operation::NextPageKeys {
    links: &[
        "@NextLink",
        "@nextLink",
        "@odata.nextLink",
        "NextLink",
        "Odata.nextLink",
        "nextLink",
        "odata.nextLink",
    ],
    tokens: &["ContinuationToken", "continuationToken"],
    objects: &["Links", "links"],
};

/// Lists the customers of the partner, a page at a time.
///
/// A page of customers. `totalCount` is the number of customers on this page, not of all. To request the next page,
/// use `links.next.uri` and all headers of `links.next.headers`; the last page has no `links.next`.
/// App-only and App+User tokens.
///
/// `GET /v1/customers`
#[derive(Clone, Default)]
pub struct ListCustomers {
    /// A JSON object with the members Field (CompanyName, Domain, IndirectReseller or IndirectCloudSolutionProvider), Value, and Operator (only starts_with is documented). Values compare without regard to case.
    pub filter: Option<String>,
    /// The page to return, relative to that of MS-ContinuationToken; only together with it. Microsoft's SDKs also have Previous, First, Last and PageIndex, but their behavior is not documented. Microsoft's own description has an integer from 0 (Next) to 4 (PageIndex) instead; clients send the text.
    pub seek_operation: Option<String>,
    /// The most customers per page. The service's default and maximum are reported to be 500; 0 requests the default.
    pub size: Option<i64>,
}
impl crate::operation::Operation for ListCustomers {
    type Response = partner_center_models::CustomerCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "list_customers",
        method: "GET",
        path: "/v1/customers",
        superseded_by: None,
        skips: false,
        seeks: true,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.items.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Page,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.items);
        *answer = page;
        rows.append(&mut answer.items);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.items = rows;
    }
}
impl crate::operation::BuildRequest for ListCustomers {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .list_customers(
                self.filter.as_deref(),
                self.seek_operation.as_deref(),
                self.size,
            )
    }
}
impl std::fmt::Debug for ListCustomers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListCustomers").finish_non_exhaustive()
    }
}

/// Gets a customer.
///
/// A customer with its company and billing profiles. Without a delegated or granular administrator relationship,
/// the service omits address, e-mail and custom domains. App-only and App+User tokens.
///
/// `GET /v1/customers/{customer-id}`
#[derive(Clone)]
pub struct GetCustomer {
    /// The id of the customer, which is the id of its tenant.
    pub customer_id: uuid::Uuid,
}
impl crate::operation::Operation for GetCustomer {
    type Response = partner_center_models::Customer;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "get_customer",
        method: "GET",
        path: "/v1/customers/{customer-id}",
        superseded_by: None,
        skips: false,
        seeks: false,
    };
    fn path(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Owned(
            format!(
                "/v1/customers/{}", progenitor_client::encode_path(& self.customer_id
                .to_string())
            ),
        )
    }
}
impl crate::operation::BuildRequest for GetCustomer {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests.get_customer(&self.customer_id)
    }
}
impl std::fmt::Debug for GetCustomer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetCustomer").finish_non_exhaustive()
    }
}

/// Gets how many licenses of a customer are deployed.
///
/// One row per product: licenses sold to the customer, and how many of them are deployed. App+User tokens only.
///
/// Superseded by `queryCommercialLicensesDeployment` filtered by `customerTenantId`. Since November 2021 this
/// operation is reported to return an empty list for some customers with licenses, so an empty list does not prove
/// that there are none.
///
/// `GET /v1/customers/{customer-id}/analytics/licenses/deployment`
#[deprecated(note = "superseded by `query_commercial_licenses_deployment`")]
#[derive(Clone)]
pub struct GetCustomerLicensesDeployment {
    /// The id of the customer, which is the id of its tenant.
    pub customer_id: uuid::Uuid,
}
impl crate::operation::Operation for GetCustomerLicensesDeployment {
    type Response = partner_center_models::CustomerLicensesDeploymentInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "get_customer_licenses_deployment",
        method: "GET",
        path: "/v1/customers/{customer-id}/analytics/licenses/deployment",
        superseded_by: Some("query_commercial_licenses_deployment"),
        skips: false,
        seeks: false,
    };
    fn path(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Owned(
            format!(
                "/v1/customers/{}/analytics/licenses/deployment",
                progenitor_client::encode_path(& self.customer_id.to_string())
            ),
        )
    }
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.items.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Page,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.items);
        *answer = page;
        rows.append(&mut answer.items);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.items = rows;
    }
}
impl crate::operation::BuildRequest for GetCustomerLicensesDeployment {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests.get_customer_licenses_deployment(&self.customer_id)
    }
}
impl std::fmt::Debug for GetCustomerLicensesDeployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetCustomerLicensesDeployment").finish_non_exhaustive()
    }
}

/// Gets how many licenses of a customer are used.
///
/// One row per product and workload: licenses that qualify for the workload, and how many are active in it.
/// App+User tokens only.
///
/// Superseded by `queryCommercialLicensesUsage` filtered by `customerTenantId`.
///
/// `GET /v1/customers/{customer-id}/analytics/licenses/usage`
#[deprecated(note = "superseded by `query_commercial_licenses_usage`")]
#[derive(Clone)]
pub struct GetCustomerLicensesUsage {
    /// The id of the customer, which is the id of its tenant.
    pub customer_id: uuid::Uuid,
}
impl crate::operation::Operation for GetCustomerLicensesUsage {
    type Response = partner_center_models::CustomerLicensesUsageInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "get_customer_licenses_usage",
        method: "GET",
        path: "/v1/customers/{customer-id}/analytics/licenses/usage",
        superseded_by: Some("query_commercial_licenses_usage"),
        skips: false,
        seeks: false,
    };
    fn path(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Owned(
            format!(
                "/v1/customers/{}/analytics/licenses/usage",
                progenitor_client::encode_path(& self.customer_id.to_string())
            ),
        )
    }
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.items.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Page,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.items);
        *answer = page;
        rows.append(&mut answer.items);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.items = rows;
    }
}
impl crate::operation::BuildRequest for GetCustomerLicensesUsage {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests.get_customer_licenses_usage(&self.customer_id)
    }
}
impl std::fmt::Debug for GetCustomerLicensesUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetCustomerLicensesUsage").finish_non_exhaustive()
    }
}

/// Lists the subscriptions of a customer.
///
/// What the customer bought, until when, and how much of it can be reduced. Usually one page; `links.next` is
/// possible. `totalCount` is the number of subscriptions on the page. App-only and App+User tokens.
///
/// The filters are documented on pages of their own: by order and by partner.
///
/// `GET /v1/customers/{customer-id}/subscriptions`
#[derive(Clone)]
pub struct ListCustomerSubscriptions {
    /// The id of the customer, which is the id of its tenant.
    pub customer_id: uuid::Uuid,
    /// Returns only the subscriptions whose reseller of record has this partner id.
    pub mpn_id: Option<String>,
    /// Returns only the subscriptions of the order with this id.
    pub order_id: Option<String>,
}
impl crate::operation::Operation for ListCustomerSubscriptions {
    type Response = partner_center_models::SubscriptionCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "list_customer_subscriptions",
        method: "GET",
        path: "/v1/customers/{customer-id}/subscriptions",
        superseded_by: None,
        skips: false,
        seeks: false,
    };
    fn path(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Owned(
            format!(
                "/v1/customers/{}/subscriptions", progenitor_client::encode_path(& self
                .customer_id.to_string())
            ),
        )
    }
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.items.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Page,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.items);
        *answer = page;
        rows.append(&mut answer.items);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.items = rows;
    }
}
impl crate::operation::BuildRequest for ListCustomerSubscriptions {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .list_customer_subscriptions(
                &self.customer_id,
                self.mpn_id.as_deref(),
                self.order_id.as_deref(),
            )
    }
}
impl std::fmt::Debug for ListCustomerSubscriptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListCustomerSubscriptions").finish_non_exhaustive()
    }
}

/// Gets a subscription of a customer.
///
/// One subscription, with the same members as in the list. App-only and App+User tokens.
///
/// `GET /v1/customers/{customer-id}/subscriptions/{subscription-id}`
#[derive(Clone)]
pub struct GetCustomerSubscription {
    /// The id of the customer, which is the id of its tenant.
    pub customer_id: uuid::Uuid,
    /// The id of the subscription. Letter case does not matter.
    pub subscription_id: uuid::Uuid,
}
impl crate::operation::Operation for GetCustomerSubscription {
    type Response = partner_center_models::Subscription;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "get_customer_subscription",
        method: "GET",
        path: "/v1/customers/{customer-id}/subscriptions/{subscription-id}",
        superseded_by: None,
        skips: false,
        seeks: false,
    };
    fn path(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Owned(
            format!(
                "/v1/customers/{}/subscriptions/{}", progenitor_client::encode_path(&
                self.customer_id.to_string()), progenitor_client::encode_path(& self
                .subscription_id.to_string())
            ),
        )
    }
}
impl crate::operation::BuildRequest for GetCustomerSubscription {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests.get_customer_subscription(&self.customer_id, &self.subscription_id)
    }
}
impl std::fmt::Debug for GetCustomerSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetCustomerSubscription").finish_non_exhaustive()
    }
}

/// Gets the SKUs that a customer's tenant owns now.
///
/// One row per SKU of the tenant: how many licenses there are and how many are assigned, as they are now and not as
/// they were when analytics were computed. It includes what the customer bought elsewhere, and free SKUs with
/// thousands of units. App+User tokens only, and the user needs a delegated role in the customer's tenant; without
/// one, the response is 403. Not available in China (21Vianet).
///
/// `GET /v1/customers/{customer-id}/subscribedskus`
#[derive(Clone)]
pub struct GetCustomerSubscribedSkus {
    /// The id of the customer, which is the id of its tenant.
    pub customer_id: uuid::Uuid,
    /// The groups of licenses to return, each as a parameter of its own: Group1 are those that Microsoft Entra ID manages, Group2 those of Minecraft. The default is Group1.
    pub license_group_ids: Option<Vec<String>>,
}
impl crate::operation::Operation for GetCustomerSubscribedSkus {
    type Response = partner_center_models::SubscribedSkuCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "get_customer_subscribed_skus",
        method: "GET",
        path: "/v1/customers/{customer-id}/subscribedskus",
        superseded_by: None,
        skips: false,
        seeks: false,
    };
    fn path(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Owned(
            format!(
                "/v1/customers/{}/subscribedskus", progenitor_client::encode_path(& self
                .customer_id.to_string())
            ),
        )
    }
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.items.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Page,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.items);
        *answer = page;
        rows.append(&mut answer.items);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.items = rows;
    }
}
impl crate::operation::BuildRequest for GetCustomerSubscribedSkus {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .get_customer_subscribed_skus(
                &self.customer_id,
                self.license_group_ids.as_ref(),
            )
    }
}
impl std::fmt::Debug for GetCustomerSubscribedSkus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetCustomerSubscribedSkus").finish_non_exhaustive()
    }
}

/// Gets how many licenses of all customers are deployed.
///
/// One row per service, aggregated over all customers of the partner. App+User tokens only.
///
/// Superseded by `queryCommercialLicensesDeployment` grouped by `serviceCode`.
///
/// `GET /v1/analytics/licenses/deployment`
#[deprecated(note = "superseded by `query_commercial_licenses_deployment`")]
#[derive(Clone, Default)]
pub struct GetPartnerLicensesDeployment {}
impl crate::operation::Operation for GetPartnerLicensesDeployment {
    type Response = partner_center_models::PartnerLicensesDeploymentInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "get_partner_licenses_deployment",
        method: "GET",
        path: "/v1/analytics/licenses/deployment",
        superseded_by: Some("query_commercial_licenses_deployment"),
        skips: false,
        seeks: false,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.items.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Page,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.items);
        *answer = page;
        rows.append(&mut answer.items);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.items = rows;
    }
}
impl crate::operation::BuildRequest for GetPartnerLicensesDeployment {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests.get_partner_licenses_deployment()
    }
}
impl std::fmt::Debug for GetPartnerLicensesDeployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetPartnerLicensesDeployment").finish_non_exhaustive()
    }
}

/// Gets how many licenses of all customers are used.
///
/// One row per service and workload, aggregated over all customers of the partner. App+User tokens only.
///
/// Superseded by `queryCommercialLicensesUsage` grouped by `serviceCode,workloadCode`.
///
/// `GET /v1/analytics/licenses/usage`
#[deprecated(note = "superseded by `query_commercial_licenses_usage`")]
#[derive(Clone, Default)]
pub struct GetPartnerLicensesUsage {}
impl crate::operation::Operation for GetPartnerLicensesUsage {
    type Response = partner_center_models::PartnerLicensesUsageInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "get_partner_licenses_usage",
        method: "GET",
        path: "/v1/analytics/licenses/usage",
        superseded_by: Some("query_commercial_licenses_usage"),
        skips: false,
        seeks: false,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.items.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Page,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.items);
        *answer = page;
        rows.append(&mut answer.items);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.items = rows;
    }
}
impl crate::operation::BuildRequest for GetPartnerLicensesUsage {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests.get_partner_licenses_usage()
    }
}
impl std::fmt::Debug for GetPartnerLicensesUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetPartnerLicensesUsage").finish_non_exhaustive()
    }
}

/// Queries how many licenses are deployed, over all customers.
///
/// One row per customer and product, or per group if `groupby` is given. Rows of groups have only the grouped
/// fields and the counts. App+User tokens only.
///
/// In the documentation, the syntax table has the path prefix `/v1`, the example has `/partner/v1`. The example
/// agrees with all similar operations. For the other prefix, see `queryCommercialLicensesDeploymentV1`.
///
/// `GET /partner/v1/analytics/commercial/deployment/license`
#[derive(Clone, Default)]
pub struct QueryCommercialLicensesDeployment {
    /// A condition on serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
    pub filter: Option<String>,
    /// A comma-separated list of fields. The fields are the same as in filters.
    pub groupby: Option<String>,
    /// Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
    pub processed_date_time: Option<String>,
    /// How many rows to skip at the beginning.
    pub skip: Option<i64>,
    /// The most rows per page. The default is 10,000.
    pub top: Option<i64>,
}
impl crate::operation::Operation for QueryCommercialLicensesDeployment {
    type Response = partner_center_models::CommercialLicensesDeploymentInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "query_commercial_licenses_deployment",
        method: "GET",
        path: "/partner/v1/analytics/commercial/deployment/license",
        superseded_by: None,
        skips: true,
        seeks: false,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.value.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Query,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.value);
        *answer = page;
        rows.append(&mut answer.value);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.value = rows;
    }
}
impl crate::operation::BuildRequest for QueryCommercialLicensesDeployment {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .query_commercial_licenses_deployment(
                self.filter.as_deref(),
                self.groupby.as_deref(),
                self.processed_date_time.as_deref(),
                self.skip,
                self.top,
            )
    }
}
impl std::fmt::Debug for QueryCommercialLicensesDeployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryCommercialLicensesDeployment").finish_non_exhaustive()
    }
}

/// Queries how many licenses are used, over all customers.
///
/// One row per customer, product and workload, or per group if `groupby` is given. Rows of groups have only the
/// grouped fields and the counts. App+User tokens only.
///
/// In the documentation, the syntax table has the path prefix `/v1`, the example has `/partner/v1`. The example
/// agrees with all similar operations. For the other prefix, see `queryCommercialLicensesUsageV1`.
///
/// `GET /partner/v1/analytics/commercial/usage/license`
#[derive(Clone, Default)]
pub struct QueryCommercialLicensesUsage {
    /// A condition on workloadCode, workloadName, serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
    pub filter: Option<String>,
    /// A comma-separated list of fields. The fields are the same as in filters.
    pub groupby: Option<String>,
    /// Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
    pub processed_date_time: Option<String>,
    /// How many rows to skip at the beginning.
    pub skip: Option<i64>,
    /// The most rows per page. The default is 10,000.
    pub top: Option<i64>,
}
impl crate::operation::Operation for QueryCommercialLicensesUsage {
    type Response = partner_center_models::CommercialLicensesUsageInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "query_commercial_licenses_usage",
        method: "GET",
        path: "/partner/v1/analytics/commercial/usage/license",
        superseded_by: None,
        skips: true,
        seeks: false,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.value.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Query,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.value);
        *answer = page;
        rows.append(&mut answer.value);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.value = rows;
    }
}
impl crate::operation::BuildRequest for QueryCommercialLicensesUsage {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .query_commercial_licenses_usage(
                self.filter.as_deref(),
                self.groupby.as_deref(),
                self.processed_date_time.as_deref(),
                self.skip,
                self.top,
            )
    }
}
impl std::fmt::Debug for QueryCommercialLicensesUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryCommercialLicensesUsage").finish_non_exhaustive()
    }
}

/// Queries how many licenses are deployed, at the alternative path.
///
/// The same operation as `queryCommercialLicensesDeployment`, at the path in the syntax table of the documentation. It is not known which of the two paths works in production.
///
/// `GET /v1/analytics/commercial/deployment/license`
#[derive(Clone, Default)]
pub struct QueryCommercialLicensesDeploymentV1 {
    /// A condition on serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
    pub filter: Option<String>,
    /// A comma-separated list of fields. The fields are the same as in filters.
    pub groupby: Option<String>,
    /// Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
    pub processed_date_time: Option<String>,
    /// How many rows to skip at the beginning.
    pub skip: Option<i64>,
    /// The most rows per page. The default is 10,000.
    pub top: Option<i64>,
}
impl crate::operation::Operation for QueryCommercialLicensesDeploymentV1 {
    type Response = partner_center_models::CommercialLicensesDeploymentInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "query_commercial_licenses_deployment_v1",
        method: "GET",
        path: "/v1/analytics/commercial/deployment/license",
        superseded_by: None,
        skips: true,
        seeks: false,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.value.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Query,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.value);
        *answer = page;
        rows.append(&mut answer.value);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.value = rows;
    }
}
impl crate::operation::BuildRequest for QueryCommercialLicensesDeploymentV1 {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .query_commercial_licenses_deployment_v1(
                self.filter.as_deref(),
                self.groupby.as_deref(),
                self.processed_date_time.as_deref(),
                self.skip,
                self.top,
            )
    }
}
impl std::fmt::Debug for QueryCommercialLicensesDeploymentV1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryCommercialLicensesDeploymentV1").finish_non_exhaustive()
    }
}

/// Queries how many licenses are used, at the alternative path.
///
/// The same operation as `queryCommercialLicensesUsage`, at the path in the syntax table of the documentation. It is not known which of the two paths works in production.
///
/// `GET /v1/analytics/commercial/usage/license`
#[derive(Clone, Default)]
pub struct QueryCommercialLicensesUsageV1 {
    /// A condition on workloadCode, workloadName, serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
    pub filter: Option<String>,
    /// A comma-separated list of fields. The fields are the same as in filters.
    pub groupby: Option<String>,
    /// Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
    pub processed_date_time: Option<String>,
    /// How many rows to skip at the beginning.
    pub skip: Option<i64>,
    /// The most rows per page. The default is 10,000.
    pub top: Option<i64>,
}
impl crate::operation::Operation for QueryCommercialLicensesUsageV1 {
    type Response = partner_center_models::CommercialLicensesUsageInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "query_commercial_licenses_usage_v1",
        method: "GET",
        path: "/v1/analytics/commercial/usage/license",
        superseded_by: None,
        skips: true,
        seeks: false,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.value.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Query,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.value);
        *answer = page;
        rows.append(&mut answer.value);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.value = rows;
    }
}
impl crate::operation::BuildRequest for QueryCommercialLicensesUsageV1 {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .query_commercial_licenses_usage_v1(
                self.filter.as_deref(),
                self.groupby.as_deref(),
                self.processed_date_time.as_deref(),
                self.skip,
                self.top,
            )
    }
}
impl std::fmt::Debug for QueryCommercialLicensesUsageV1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryCommercialLicensesUsageV1").finish_non_exhaustive()
    }
}

/// Queries the subscriptions of all customers.
///
/// One row per subscription, or per group if `groupBy` is given. Rows of groups have only the grouped fields and the
/// counts, which come as texts. App+User tokens only.
///
/// Documented since 2018 and not deprecated, but no recording of it is known.
///
/// `GET /partner/v1/analytics/subscriptions`
#[derive(Clone, Default)]
pub struct QuerySubscriptions {
    /// The length of the periods of a date field in `groupBy`, without which it has no effect.
    pub aggregation_level: Option<String>,
    /// A condition with and, or and parentheses. Texts are in single quotes (double a quote in a text), a Boolean is true or false, and a date is cast('2018-01-01',Edm.DateTimeOffset). Compared with eq and ne are autoRenewEnabled, customerMarket, customerTenantId, id, partnerId, productName, status and subscriptionType; with these and gt, lt, ge and le the dates commitmentEndDate, creationDate, currentStateEndDate, deprovisionedDate, effectiveStartDate, lastRenewalDate, lastUsageDate, trialStartDate and trialToPaidConversionDate; contains(field,'text') takes customerName, friendlyName or productName.
    pub filter: Option<String>,
    /// A comma-separated list of fields. Also spelled groupby in the documentation.
    pub group_by: Option<String>,
    /// How many rows to skip at the beginning.
    pub skip: Option<i64>,
    /// The most rows per page. The default is 10,000.
    pub top: Option<i64>,
}
impl crate::operation::Operation for QuerySubscriptions {
    type Response = partner_center_models::SubscriptionInsightsCollection;
    const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
        id: "query_subscriptions",
        method: "GET",
        path: "/partner/v1/analytics/subscriptions",
        superseded_by: None,
        skips: true,
        seeks: false,
    };
    fn empty() -> Option<Self::Response> {
        Some(Self::Response::default())
    }
    fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
        Some(crate::operation::PageExtent {
            rows: answer.value.len(),
            total: answer.total_count,
            counts: crate::operation::CountScope::Query,
        })
    }
    fn append(answer: &mut Self::Response, page: Self::Response) {
        let mut rows = std::mem::take(&mut answer.value);
        *answer = page;
        rows.append(&mut answer.value);
        answer.total_count = answer
            .total_count
            .map(|_| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        answer.value = rows;
    }
}
impl crate::operation::BuildRequest for QuerySubscriptions {
    fn request(
        &self,
        requests: &crate::generated_requests::Client,
    ) -> reqwest::Result<reqwest::Request> {
        requests
            .query_subscriptions(
                self.aggregation_level.as_deref(),
                self.filter.as_deref(),
                self.group_by.as_deref(),
                self.skip,
                self.top,
            )
    }
}
impl std::fmt::Debug for QuerySubscriptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuerySubscriptions").finish_non_exhaustive()
    }
}

/// Calls the macro of the given name with the id of every operation and its type in `operations`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_operation {
    ($callback:ident) => {
        $callback! {
            "listCustomers" => ListCustomers,
            "getCustomer" => GetCustomer,
            "getCustomerLicensesDeployment" => GetCustomerLicensesDeployment,
            "getCustomerLicensesUsage" => GetCustomerLicensesUsage,
            "listCustomerSubscriptions" => ListCustomerSubscriptions,
            "getCustomerSubscription" => GetCustomerSubscription,
            "getCustomerSubscribedSkus" => GetCustomerSubscribedSkus,
            "getPartnerLicensesDeployment" => GetPartnerLicensesDeployment,
            "getPartnerLicensesUsage" => GetPartnerLicensesUsage,
            "queryCommercialLicensesDeployment" => QueryCommercialLicensesDeployment,
            "queryCommercialLicensesUsage" => QueryCommercialLicensesUsage,
            "queryCommercialLicensesDeploymentV1" => QueryCommercialLicensesDeploymentV1,
            "queryCommercialLicensesUsageV1" => QueryCommercialLicensesUsageV1,
            "querySubscriptions" => QuerySubscriptions,
        }
    };
}
