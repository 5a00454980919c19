//! The subscriptions of a customer, with the members of the documented examples, in their order.

use http::StatusCode;
use serde::Serialize;

use super::classic::Attributes;
use super::customers::{Link, SelfLink};
use super::{Query, RouteError, error};
use crate::book::{Customer, Day, Subscription};
use crate::response::{JSON, ServiceResponse};
use crate::rng::digest;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    total_count: usize,
    items: Vec<Resource<'a>>,
    links: SelfLink,
    attributes: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the members of the service")]
struct Resource<'a> {
    id: String,
    offer_id: String,
    offer_name: &'a str,
    friendly_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_type: Option<ProductType>,
    quantity: u64,
    unit_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_purchasable_addons: Option<bool>,
    creation_date: String,
    effective_start_date: String,
    commitment_end_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment_end_date_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_allowed_until_date: Option<String>,
    status: &'a str,
    auto_renew_enabled: bool,
    is_trial: bool,
    billing_type: &'static str,
    billing_cycle: &'static str,
    term_duration: &'static str,
    renewal_term_duration: &'static str,
    is_microsoft_product: bool,
    partner_id: &'a str,
    attention_needed: bool,
    action_taken: bool,
    contract_type: &'static str,
    links: Links,
    publisher_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refundable_quantity: Option<Refundable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_next_term_instructions: Option<NextTerm>,
    order_id: String,
    attributes: Tagged,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProductType {
    id: &'static str,
    display_name: &'static str,
}

/// Legacy commerce links to the offer, new commerce to product, SKU and availability.
#[derive(Serialize)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability: Option<Link>,
    #[serde(rename = "self")]
    this: Link,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refundable {
    total_quantity: u64,
    details: Vec<RefundableDetail>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundableDetail {
    quantity: u64,
    allowed_until_date_time: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NextTerm {
    product: NextTermProduct,
    quantity: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NextTermProduct {
    product_id: String,
    sku_id: &'static str,
    availability_id: String,
    billing_cycle: &'static str,
    term_duration: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tagged {
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    object_type: &'static str,
}

/// The subscriptions of a customer. Both filters are matched without regard to case.
pub(super) fn list(customer: &Customer, query: &Query) -> ServiceResponse {
    let is_wanted = |name: &str, value: &str| {
        query.get(name).is_none_or(|wanted| wanted.is_empty() || wanted.eq_ignore_ascii_case(value))
    };
    let subscriptions = customer.subscriptions();
    let wanted = subscriptions.iter().filter(|one| {
        is_wanted("order_id", &one.order_id.to_string()) && is_wanted("mpn_id", one.partner_id)
    });
    let items: Vec<_> = wanted.map(|one| resource(customer, one)).collect();
    let this = Link::get(format!("/customers/{}/subscriptions", customer.id));
    ServiceResponse::v1(
        JSON,
        &Page {
            total_count: items.len(),
            items,
            links: SelfLink { this },
            attributes: Attributes { object_type: "Collection" },
        },
    )
}

/// One subscription of a customer.
pub(super) fn show(customer: &Customer, id: &str) -> Result<ServiceResponse, RouteError> {
    let id: uuid::Uuid =
        id.parse().map_err(|_| error(StatusCode::BAD_REQUEST, 2000, "Subscription Id must be a GUID."))?;
    let subscriptions = customer.subscriptions();
    let found = subscriptions.iter().find(|one| one.id == id);
    let found = found.ok_or_else(|| error(StatusCode::NOT_FOUND, 20003, "Subscription not found."))?;
    Ok(ServiceResponse::v1(JSON, &resource(customer, found)))
}

fn resource<'a>(customer: &Customer, one: &'a Subscription) -> Resource<'a> {
    let key = digest(0, one.product.id.as_bytes());
    let (product_id, availability_id) = (part("CFQ7TT", key), part("CFQ7TU", !key));
    let term_duration = match one.months {
        1 => "P1M",
        12 => "P1Y",
        _ => "P3Y",
    };
    let billing_cycle = if one.months == 36 { "annual" } else { "monthly" };
    let case = |id: uuid::Uuid| if one.is_legacy { id.to_string().to_uppercase() } else { id.to_string() };
    let (id, order_id) = (case(one.id), case(one.order_id));
    let link = |path: String| Some(Link::get(path));
    let this = Link::get(format!("/customers/{}/subscriptions/{id}", customer.id));
    let links = if one.is_legacy {
        let offer = link(format!("/offers/{}?country=US", one.product.id));
        Links { offer, product: None, sku: None, availability: None, this }
    } else {
        let product = format!("/products/{product_id}");
        let sku = format!("{product}/skus/0001");
        Links {
            offer: None,
            availability: link(format!("{sku}/availabilities/{availability_id}?country=US")),
            product: link(format!("{product}?country=US")),
            sku: link(format!("{sku}?country=US")),
            this,
        }
    };
    let never = "9999-12-10T00:00:00Z".to_owned();
    let ends = |time: &str| one.ends.map_or_else(|| never.clone(), |day| format!("{day}T{time}Z"));
    let midnight = |day: Day| format!("{day}T00:00:00Z");
    let until = |day: Day| format!("{day}T23:59:00Z");
    let (is_new, is_legacy) = (!one.is_legacy, one.is_legacy);
    let detail = |day: Day| RefundableDetail { quantity: one.reducible, allowed_until_date_time: until(day) };
    Resource {
        offer_id: if is_legacy {
            one.product.id.to_owned()
        } else {
            format!("{product_id}:0001:{availability_id}")
        },
        offer_name: one.product.title,
        friendly_name: one.product.title,
        product_type: is_new
            .then_some(ProductType { id: "OnlineServicesNCE", display_name: "OnlineServicesNCE" }),
        quantity: one.quantity,
        unit_type: "Licenses",
        has_purchasable_addons: is_new.then_some(false),
        creation_date: format!("{}T16:57:15.0966728Z", one.started),
        effective_start_date: if is_new {
            format!("{}T16:57:14.498252Z", one.started)
        } else {
            midnight(one.started)
        },
        commitment_end_date: ends("00:00:00"),
        commitment_end_date_time: is_new.then(|| ends("23:59:59")),
        cancellation_allowed_until_date: one.reducible_until().map(until),
        status: one.status,
        auto_renew_enabled: one.auto_renews,
        is_trial: one.is_trial,
        billing_type: "license",
        billing_cycle,
        term_duration,
        renewal_term_duration: "",
        is_microsoft_product: true,
        partner_id: one.partner_id,
        attention_needed: false,
        action_taken: false,
        contract_type: "subscription",
        links,
        publisher_name: "Microsoft Corporation",
        refundable_quantity: is_new.then(|| Refundable {
            total_quantity: one.reducible,
            details: one.reducible_until().filter(|_| one.reducible > 0).map(detail).into_iter().collect(),
        }),
        scheduled_next_term_instructions: one.scheduled.filter(|_| is_new).map(|quantity| NextTerm {
            product: NextTermProduct {
                product_id,
                sku_id: "0001",
                availability_id,
                billing_cycle,
                term_duration,
            },
            quantity,
        }),
        attributes: Tagged { etag: is_legacy.then(|| order_id.clone()), object_type: "Subscription" },
        id,
        order_id,
    }
}

/// An id of twelve characters, as products and availabilities of new commerce have.
fn part(prefix: &str, key: u64) -> String {
    format!("{prefix}{:06X}", key & 0xff_ffff)
}
