//! The SKUs of a customer's tenant, with the members of the documented example, in their order.

use http::StatusCode;
use serde::Serialize;

use super::classic::Attributes;
use super::{Query, RouteError, error};
use crate::book::{Customer, Sku};
use crate::response::{JSON, ServiceResponse};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    total_count: usize,
    items: Vec<Resource>,
    attributes: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    available_units: i64,
    active_units: u64,
    consumed_units: u64,
    suspended_units: u64,
    total_units: u64,
    warning_units: u64,
    product_sku: ProductSku,
    service_plans: [(); 0],
    capability_status: &'static str,
    attributes: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProductSku {
    id: String,
    name: &'static str,
    sku_part_number: &'static str,
    target_type: &'static str,
    license_group_id: &'static str,
}

/// The SKUs of the groups of licenses that the query names, each in a parameter of its own; by default the first.
pub(super) fn list(customer: &Customer, query: &Query) -> Result<ServiceResponse, RouteError> {
    let groups: Vec<&str> = query.all("licenseGroupIds").collect();
    if let Some(unknown) =
        groups.iter().find(|group| !["group1", "group2"].contains(&group.to_lowercase().as_str()))
    {
        let description = format!("Unable to parse the enum value '{unknown}'.");
        return Err(error(StatusCode::BAD_REQUEST, 900126, &description));
    }
    if !customer.grants_a_role() {
        let description = "Insufficient privileges to complete the operation.";
        return Err(error(StatusCode::FORBIDDEN, 900308, description));
    }
    let is_wanted = |sku: &Sku| match groups.as_slice() {
        [] => sku.group == "group1",
        groups => groups.iter().any(|group| group.eq_ignore_ascii_case(sku.group)),
    };
    let items: Vec<_> = customer.skus().iter().filter(|sku| is_wanted(sku)).map(resource).collect();
    let attributes = Attributes { object_type: "Collection" };
    Ok(ServiceResponse::v1(JSON, &Page { total_count: items.len(), items, attributes }))
}

fn resource(sku: &Sku) -> Resource {
    Resource {
        available_units: sku.available(),
        active_units: sku.active,
        consumed_units: sku.assigned,
        suspended_units: 0,
        total_units: sku.active + sku.warning,
        warning_units: sku.warning,
        product_sku: ProductSku {
            id: sku.id.to_lowercase(),
            name: sku.name,
            sku_part_number: sku.part_number,
            target_type: "User",
            license_group_id: sku.group,
        },
        service_plans: [],
        capability_status: if sku.active == 0 { "Warning" } else { "Enabled" },
        attributes: Attributes { object_type: "SubscribedSku" },
    }
}
