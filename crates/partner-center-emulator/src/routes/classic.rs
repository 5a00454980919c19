//! The classic endpoints: deployment and usage, for one customer and for the partner. The members are those of the
//! documented examples, in the same order: without `customerId`, `serviceCode` and `workloadCode`.

use serde::Serialize;

use crate::book::{Book, Customer};
use crate::response::{JSON, ServiceResponse};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Collection<T> {
    total_count: usize,
    items: Vec<T>,
    attributes: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attributes {
    pub(super) object_type: &'static str,
}

fn collection<T: Serialize>(items: Vec<T>) -> ServiceResponse {
    let attributes = Attributes { object_type: "Collection" };
    ServiceResponse::v1(JSON, &Collection { total_count: items.len(), items, attributes })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerDeployment<'a> {
    customer_name: &'a str,
    product_name: &'a str,
    licenses_deployed: u64,
    deployment_percent: f64,
    licenses_sold: u64,
    processed_date_time: &'a str,
    service_name: &'a str,
    channel: &'a str,
    attributes: Attributes,
}

pub(super) fn customer_deployment(customer: &Customer) -> ServiceResponse {
    let rows = customer.deployment();
    let items = rows.iter().map(|row| CustomerDeployment {
        customer_name: &customer.company_name,
        product_name: row.product.name,
        licenses_deployed: row.licenses_deployed,
        deployment_percent: row.deployment_percent(),
        licenses_sold: row.licenses_sold,
        processed_date_time: row.processed.classic(),
        service_name: row.product.service.code(),
        channel: row.channel,
        attributes: Attributes { object_type: "CustomerLicensesDeploymentInsights" },
    });
    collection(items.collect())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerUsage<'a> {
    customer_name: &'a str,
    product_name: &'a str,
    licenses_active: u64,
    licenses_qualified: u64,
    usage_percent: f64,
    workload_name: &'a str,
    processed_date_time: &'a str,
    service_name: &'a str,
    channel: &'a str,
    attributes: Attributes,
}

pub(super) fn customer_usage(customer: &Customer) -> ServiceResponse {
    let rows = customer.usage();
    let items = rows.iter().map(|row| CustomerUsage {
        customer_name: &customer.company_name,
        product_name: row.product.name,
        licenses_active: row.licenses_active,
        licenses_qualified: row.licenses_qualified,
        usage_percent: row.usage_percent(),
        workload_name: row.workload.name,
        processed_date_time: row.processed.classic(),
        service_name: row.product.service.code(),
        channel: row.channel,
        attributes: Attributes { object_type: "CustomerLicensesUsageInsights" },
    });
    collection(items.collect())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PartnerDeployment<'a> {
    prorated_deployment_percent: f64,
    licenses_sold: u64,
    processed_date_time: &'a str,
    service_name: &'a str,
    channel: &'a str,
    attributes: Attributes,
}

pub(super) fn partner_deployment(book: &Book) -> ServiceResponse {
    let items = book.partner_deployment().iter().map(|row| PartnerDeployment {
        prorated_deployment_percent: row.prorated_percent,
        licenses_sold: row.licenses_sold,
        processed_date_time: row.processed.classic(),
        service_name: row.service.code(),
        channel: row.channel,
        attributes: Attributes { object_type: "PartnerLicensesDeploymentInsights" },
    });
    collection(items.collect())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PartnerUsage<'a> {
    prorated_licenses_usage_percent: f64,
    workload_name: &'a str,
    processed_date_time: &'a str,
    service_name: &'a str,
    channel: &'a str,
    attributes: Attributes,
}

pub(super) fn partner_usage(book: &Book) -> ServiceResponse {
    let items = book.partner_usage().iter().map(|row| PartnerUsage {
        prorated_licenses_usage_percent: row.prorated_percent,
        workload_name: row.workload.name,
        processed_date_time: row.processed.classic(),
        service_name: row.service.code(),
        channel: row.channel,
        attributes: Attributes { object_type: "PartnerLicensesUsageInsights" },
    });
    collection(items.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DOCUMENTED_CUSTOMER, documented};

    #[test]
    fn responses_for_the_documented_customer_and_partner_are_the_documented_bytes() {
        let book = Book::new(1, 99);
        let customer = book.find(DOCUMENTED_CUSTOMER).unwrap();
        let responses = [
            (customer_deployment(&customer), documented::CUSTOMER_LICENSES_DEPLOYMENT),
            (customer_usage(&customer), documented::CUSTOMER_LICENSES_USAGE),
            (partner_deployment(&book), documented::PARTNER_LICENSES_DEPLOYMENT),
            (partner_usage(&book), documented::PARTNER_LICENSES_USAGE),
        ];
        for (response, example) in responses {
            assert_eq!(response.encoding, crate::response::Encoding::MarkedUtf8);
            assert_eq!(std::str::from_utf8(&response.body).unwrap(), example);
        }
    }

    #[test]
    fn the_response_for_an_empty_customer_is_the_documented_empty_list() {
        let empty = Book::new(10, 1).customer(9).unwrap();
        assert_eq!(
            customer_deployment(&empty).body,
            r#"{"totalCount":0,"items":[],"attributes":{"objectType":"Collection"}}"#
        );
    }
}
