// Made by `cargo xtask codegen` from openapi/partner-center.yaml, sha256 52f8701b98d064bf305fd92f4bea502978fdb83a5020f594f15fe0510bbb0600.
// Do not edit: edit the contract and run the command.

#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
#[derive(Clone, Debug)]
/**Client for Partner Center license analytics

License analytics of the Microsoft Partner Center REST API: how many licenses of a customer, or of all customers
of a partner, are sold, deployed and used. Also the customers of the partner and their subscriptions.

All license analytics require App+User access tokens with a multi-factor authentication claim. The operations of
customers and subscriptions also accept application-only tokens.

Successful responses begin with a UTF-8 byte-order mark; for the `commercial` operations, reports differ. Error
responses have none.

For customers and subscriptions, the published limit is 500 requests per minute and tenant. For analytics, no limit
is published.

This is not an official Microsoft description.


Version: v1*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
}
impl Client {
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
        }
    }
}
#[allow(clippy::all)]
impl Client {
    /// Builds the request of `GET /v1/customers`.
    pub fn list_customers<'a>(
        &'a self,
        filter: Option<&'a str>,
        seek_operation: Option<&'a str>,
        size: Option<i64>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!("{}/v1/customers", self.baseurl,);
        self.client
            .get(url)
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("seekOperation", &seek_operation))
            .query(&progenitor_client::QueryParam::new("size", &size))
            .build()
    }
    /// Builds the request of `GET /v1/customers/{customer-id}`.
    pub fn get_customer<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/v1/customers/{}", self.baseurl, encode_path(& customer_id.to_string()),
        );
        self.client.get(url).build()
    }
    /// Builds the request of `GET /v1/customers/{customer-id}/analytics/licenses/deployment`.
    pub fn get_customer_licenses_deployment<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/v1/customers/{}/analytics/licenses/deployment", self.baseurl,
            encode_path(& customer_id.to_string()),
        );
        self.client.get(url).build()
    }
    /// Builds the request of `GET /v1/customers/{customer-id}/analytics/licenses/usage`.
    pub fn get_customer_licenses_usage<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/v1/customers/{}/analytics/licenses/usage", self.baseurl, encode_path(&
            customer_id.to_string()),
        );
        self.client.get(url).build()
    }
    /// Builds the request of `GET /v1/customers/{customer-id}/subscriptions`.
    pub fn list_customer_subscriptions<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
        mpn_id: Option<&'a str>,
        order_id: Option<&'a str>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/v1/customers/{}/subscriptions", self.baseurl, encode_path(& customer_id
            .to_string()),
        );
        self.client
            .get(url)
            .query(&progenitor_client::QueryParam::new("mpn_id", &mpn_id))
            .query(&progenitor_client::QueryParam::new("order_id", &order_id))
            .build()
    }
    /// Builds the request of `GET /v1/customers/{customer-id}/subscriptions/{subscription-id}`.
    pub fn get_customer_subscription<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
        subscription_id: &'a ::uuid::Uuid,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/v1/customers/{}/subscriptions/{}", self.baseurl, encode_path(&
            customer_id.to_string()), encode_path(& subscription_id.to_string()),
        );
        self.client.get(url).build()
    }
    /// Builds the request of `GET /v1/customers/{customer-id}/subscribedskus`.
    pub fn get_customer_subscribed_skus<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
        license_group_ids: Option<&'a ::std::vec::Vec<::std::string::String>>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/v1/customers/{}/subscribedskus", self.baseurl, encode_path(& customer_id
            .to_string()),
        );
        self.client
            .get(url)
            .query(
                &progenitor_client::QueryParam::new(
                    "licenseGroupIds",
                    &license_group_ids,
                ),
            )
            .build()
    }
    /// Builds the request of `GET /v1/analytics/licenses/deployment`.
    pub fn get_partner_licenses_deployment<'a>(
        &'a self,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!("{}/v1/analytics/licenses/deployment", self.baseurl,);
        self.client.get(url).build()
    }
    /// Builds the request of `GET /v1/analytics/licenses/usage`.
    pub fn get_partner_licenses_usage<'a>(
        &'a self,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!("{}/v1/analytics/licenses/usage", self.baseurl,);
        self.client.get(url).build()
    }
    /// Builds the request of `GET /partner/v1/analytics/commercial/deployment/license`.
    pub fn query_commercial_licenses_deployment<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/partner/v1/analytics/commercial/deployment/license", self.baseurl,
        );
        self.client
            .get(url)
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("groupby", &groupby))
            .query(
                &progenitor_client::QueryParam::new(
                    "processedDateTime",
                    &processed_date_time,
                ),
            )
            .query(&progenitor_client::QueryParam::new("skip", &skip))
            .query(&progenitor_client::QueryParam::new("top", &top))
            .build()
    }
    /// Builds the request of `GET /partner/v1/analytics/commercial/usage/license`.
    pub fn query_commercial_licenses_usage<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/partner/v1/analytics/commercial/usage/license", self.baseurl,
        );
        self.client
            .get(url)
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("groupby", &groupby))
            .query(
                &progenitor_client::QueryParam::new(
                    "processedDateTime",
                    &processed_date_time,
                ),
            )
            .query(&progenitor_client::QueryParam::new("skip", &skip))
            .query(&progenitor_client::QueryParam::new("top", &top))
            .build()
    }
    /// Builds the request of `GET /v1/analytics/commercial/deployment/license`.
    pub fn query_commercial_licenses_deployment_v1<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!(
            "{}/v1/analytics/commercial/deployment/license", self.baseurl,
        );
        self.client
            .get(url)
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("groupby", &groupby))
            .query(
                &progenitor_client::QueryParam::new(
                    "processedDateTime",
                    &processed_date_time,
                ),
            )
            .query(&progenitor_client::QueryParam::new("skip", &skip))
            .query(&progenitor_client::QueryParam::new("top", &top))
            .build()
    }
    /// Builds the request of `GET /v1/analytics/commercial/usage/license`.
    pub fn query_commercial_licenses_usage_v1<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!("{}/v1/analytics/commercial/usage/license", self.baseurl,);
        self.client
            .get(url)
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("groupby", &groupby))
            .query(
                &progenitor_client::QueryParam::new(
                    "processedDateTime",
                    &processed_date_time,
                ),
            )
            .query(&progenitor_client::QueryParam::new("skip", &skip))
            .query(&progenitor_client::QueryParam::new("top", &top))
            .build()
    }
    /// Builds the request of `GET /partner/v1/analytics/subscriptions`.
    pub fn query_subscriptions<'a>(
        &'a self,
        aggregation_level: Option<&'a str>,
        filter: Option<&'a str>,
        group_by: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> reqwest::Result<reqwest::Request> {
        let url = format!("{}/partner/v1/analytics/subscriptions", self.baseurl,);
        self.client
            .get(url)
            .query(
                &progenitor_client::QueryParam::new(
                    "aggregationLevel",
                    &aggregation_level,
                ),
            )
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("groupBy", &group_by))
            .query(&progenitor_client::QueryParam::new("skip", &skip))
            .query(&progenitor_client::QueryParam::new("top", &top))
            .build()
    }
}
