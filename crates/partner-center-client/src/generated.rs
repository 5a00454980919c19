// Made by `cargo xtask codegen` from openapi/partner-center.yaml, sha256 4b06a8b428fec7a0fe2215d7d10813c5b9b1dde937e0ee500fc6652ba2dec53b.
// Do not edit: edit the contract and run the command.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
#[derive(Clone, Debug)]
/**Client for Partner Center license analytics

License analytics of the Microsoft Partner Center REST API: how many licenses of a customer, or of all customers
of a partner, are sold, deployed and used. Also the customers of the partner.

All license analytics require App+User access tokens with a multi-factor authentication claim. The customer
operations also accept application-only tokens.

Successful responses begin with a UTF-8 byte-order mark; for the `commercial` operations, reports differ. Error
responses have none.

For the customers, the published limit is 500 requests per minute and tenant. For analytics, no limit is published.

This is not an official Microsoft description.


Version: v1*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::attempt::Attempt,
}
impl Client {
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::attempt::Attempt,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::attempt::Attempt> for Client {
    fn api_version() -> &'static str {
        "v1"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::attempt::Attempt {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::attempt::Attempt>,
    {}
};
#[allow(clippy::all)]
impl Client {
    /**Lists the customers of the partner, a page at a time

A page of customers. `totalCount` is the number of customers on this page, not of all. To request the next page,
use `links.next.uri` and all headers of `links.next.headers`; the last page has no `links.next`.
App-only and App+User tokens.


Sends a `GET` request to `/v1/customers`

Arguments:
- `filter`: A JSON object with the members Field (CompanyName, Domain, IndirectReseller or IndirectCloudSolutionProvider), Value, and Operator (only starts_with is documented). Values compare without regard to case.
- `seek_operation`: The page to return, relative to that of MS-ContinuationToken; only together with it. Microsoft's SDKs also have Previous, First, Last and PageIndex, but their behavior is not documented. Microsoft's own description has an integer from 0 (Next) to 4 (PageIndex) instead; clients send the text.
- `size`: The most customers per page. The service's default and maximum are reported to be 500; 0 requests the default.
*/
    pub async fn list_customers<'a>(
        &'a self,
        filter: Option<&'a str>,
        seek_operation: Option<&'a str>,
        size: Option<i64>,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!("{}/v1/customers", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("seekOperation", &seek_operation))
            .query(&progenitor_client::QueryParam::new("size", &size))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "list_customers",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Gets a customer

A customer with its company and billing profiles. Without a delegated or granular administrator relationship,
the service omits address, e-mail and custom domains. App-only and App+User tokens.


Sends a `GET` request to `/v1/customers/{customer-id}`

Arguments:
- `customer_id`: The id of the customer, which is the id of its tenant.
*/
    pub async fn get_customer<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!(
            "{}/v1/customers/{}", self.baseurl, encode_path(& customer_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "get_customer",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Gets how many licenses of a customer are deployed

One row per product: licenses sold to the customer, and how many of them are deployed. App+User tokens only.

Superseded by `queryCommercialLicensesDeployment` filtered by `customerTenantId`. Since November 2021 this
operation is reported to return an empty list for some customers with licenses, so an empty list does not prove
that there are none.


Sends a `GET` request to `/v1/customers/{customer-id}/analytics/licenses/deployment`

Arguments:
- `customer_id`: The id of the customer, which is the id of its tenant.
*/
    #[deprecated(note = "superseded by `query_commercial_licenses_deployment`")]
    pub async fn get_customer_licenses_deployment<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!(
            "{}/v1/customers/{}/analytics/licenses/deployment", self.baseurl,
            encode_path(& customer_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "get_customer_licenses_deployment",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Gets how many licenses of a customer are used

One row per product and workload: licenses that qualify for the workload, and how many are active in it.
App+User tokens only.

Superseded by `queryCommercialLicensesUsage` filtered by `customerTenantId`.


Sends a `GET` request to `/v1/customers/{customer-id}/analytics/licenses/usage`

Arguments:
- `customer_id`: The id of the customer, which is the id of its tenant.
*/
    #[deprecated(note = "superseded by `query_commercial_licenses_usage`")]
    pub async fn get_customer_licenses_usage<'a>(
        &'a self,
        customer_id: &'a ::uuid::Uuid,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!(
            "{}/v1/customers/{}/analytics/licenses/usage", self.baseurl, encode_path(&
            customer_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "get_customer_licenses_usage",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Gets how many licenses of all customers are deployed

One row per service, aggregated over all customers of the partner. App+User tokens only.

Superseded by `queryCommercialLicensesDeployment` grouped by `serviceCode`.


Sends a `GET` request to `/v1/analytics/licenses/deployment`

*/
    #[deprecated(note = "superseded by `query_commercial_licenses_deployment`")]
    pub async fn get_partner_licenses_deployment<'a>(
        &'a self,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!("{}/v1/analytics/licenses/deployment", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "get_partner_licenses_deployment",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Gets how many licenses of all customers are used

One row per service and workload, aggregated over all customers of the partner. App+User tokens only.

Superseded by `queryCommercialLicensesUsage` grouped by `serviceCode,workloadCode`.


Sends a `GET` request to `/v1/analytics/licenses/usage`

*/
    #[deprecated(note = "superseded by `query_commercial_licenses_usage`")]
    pub async fn get_partner_licenses_usage<'a>(
        &'a self,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!("{}/v1/analytics/licenses/usage", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "get_partner_licenses_usage",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Queries how many licenses are deployed, over all customers

One row per customer and product, or per group if `groupby` is given. Rows of groups have only the grouped
fields and the counts. App+User tokens only.

In the documentation, the syntax table has the path prefix `/v1`, the example has `/partner/v1`. The example
agrees with all similar operations. For the other prefix, see `queryCommercialLicensesDeploymentV1`.


Sends a `GET` request to `/partner/v1/analytics/commercial/deployment/license`

Arguments:
- `filter`: A condition on serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
- `groupby`: A comma-separated list of fields. The fields are the same as in filters.
- `processed_date_time`: Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
- `skip`: How many rows to skip at the beginning.
- `top`: The most rows per page. The default is 10,000.
*/
    pub async fn query_commercial_licenses_deployment<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!(
            "{}/partner/v1/analytics/commercial/deployment/license", self.baseurl,
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
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
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_commercial_licenses_deployment",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Queries how many licenses are used, over all customers

One row per customer, product and workload, or per group if `groupby` is given. Rows of groups have only the
grouped fields and the counts. App+User tokens only.

In the documentation, the syntax table has the path prefix `/v1`, the example has `/partner/v1`. The example
agrees with all similar operations. For the other prefix, see `queryCommercialLicensesUsageV1`.


Sends a `GET` request to `/partner/v1/analytics/commercial/usage/license`

Arguments:
- `filter`: A condition on workloadCode, workloadName, serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
- `groupby`: A comma-separated list of fields. The fields are the same as in filters.
- `processed_date_time`: Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
- `skip`: How many rows to skip at the beginning.
- `top`: The most rows per page. The default is 10,000.
*/
    pub async fn query_commercial_licenses_usage<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!(
            "{}/partner/v1/analytics/commercial/usage/license", self.baseurl,
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
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
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_commercial_licenses_usage",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Queries how many licenses are deployed, at the alternative path

The same operation as `queryCommercialLicensesDeployment`, at the path in the syntax table of the documentation. It is not known which of the two paths works in production.

Sends a `GET` request to `/v1/analytics/commercial/deployment/license`

Arguments:
- `filter`: A condition on serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
- `groupby`: A comma-separated list of fields. The fields are the same as in filters.
- `processed_date_time`: Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
- `skip`: How many rows to skip at the beginning.
- `top`: The most rows per page. The default is 10,000.
*/
    pub async fn query_commercial_licenses_deployment_v1<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!(
            "{}/v1/analytics/commercial/deployment/license", self.baseurl,
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
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
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_commercial_licenses_deployment_v1",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Queries how many licenses are used, at the alternative path

The same operation as `queryCommercialLicensesUsage`, at the path in the syntax table of the documentation. It is not known which of the two paths works in production.

Sends a `GET` request to `/v1/analytics/commercial/usage/license`

Arguments:
- `filter`: A condition on workloadCode, workloadName, serviceCode, serviceName, channel, customerTenantId, customerName, productId or productName, with eq, ne, and, or, parentheses, and texts in single quotes (double a quote in a text).
- `groupby`: A comma-separated list of fields. The fields are the same as in filters.
- `processed_date_time`: Returns the data of this day instead of the latest. The accepted forms are not documented; the form in the rows is the safest.
- `skip`: How many rows to skip at the beginning.
- `top`: The most rows per page. The default is 10,000.
*/
    pub async fn query_commercial_licenses_usage_v1<'a>(
        &'a self,
        filter: Option<&'a str>,
        groupby: Option<&'a str>,
        processed_date_time: Option<&'a str>,
        skip: Option<i64>,
        top: Option<i64>,
    ) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
        let url = format!("{}/v1/analytics/commercial/usage/license", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
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
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_commercial_licenses_usage_v1",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::stream(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::stream(response))),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
