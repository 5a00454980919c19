//! The query for the subscriptions of all customers, with filters, grouping and paging like the other commercial queries.
//! The members of a row are those of the documented example, in their order; a grouped row has its counts as texts.

mod filter;

use http::{StatusCode, Uri};
use serde_json::{Map, Value, json};

use super::commercial::{error, next_link, skip, top};
use super::{Query, RouteError};
use crate::book::{Customer, Service, Subscription};
use crate::response::{JSON, ServiceResponse};
use crate::state::State;

use filter::Filter;

/// The fields of a row that a grouping may name.
const FIELDS: [&str; 22] = [
    "customerTenantId",
    "customerName",
    "customerMarket",
    "id",
    "status",
    "productName",
    "subscriptionType",
    "autoRenewEnabled",
    "partnerId",
    "friendlyName",
    "partnerName",
    "providerName",
    "creationDate",
    "effectiveStartDate",
    "commitmentEndDate",
    "currentStateEndDate",
    "trialToPaidConversionDate",
    "trialStartDate",
    "trialEndDate",
    "lastUsageDate",
    "deprovisionedDate",
    "lastRenewalDate",
];

pub(super) fn respond(state: &State, uri: &Uri, query: &Query) -> Result<ServiceResponse, RouteError> {
    let filter = query.get("filter").map(Filter::parse).transpose().map_err(|why| error(&why))?;
    let columns = query.get("groupBy").map(columns).transpose()?;
    if let Some(level) = query.get("aggregationLevel")
        && !["day", "week", "month", "daterange"].contains(&level.to_lowercase().as_str())
    {
        return Err(error("aggregationLevel parameter must be day, week, month or dateRange"));
    }
    let (top, skip) = (top(query)?, skip(query)?);
    let top = top.min(state.settings.page_size.unwrap_or(top));
    let rows = state.book.customers().flat_map(|customer| {
        let subscriptions = customer.subscriptions();
        subscriptions.iter().map(|one| row(&customer, one)).collect::<Vec<_>>()
    });
    let rows = rows.filter(|row| filter.as_ref().is_none_or(|filter| filter.admits(row)));
    let rows: Vec<_> = match &columns {
        None => rows.collect(),
        Some(columns) => grouped(rows, columns),
    };
    let total = rows.len();
    let value: Vec<_> = rows.into_iter().skip(skip).take(top).collect();
    let after = skip.saturating_add(value.len());
    let more = after < total && !value.is_empty();
    let page = json!({
        "Value": value,
        "@nextLink": if more { next_link(state, uri, top, after) } else { None },
        "TotalCount": total,
    });
    Ok(ServiceResponse::json(StatusCode::OK, JSON, &page))
}

/// Parses the grouping: the columns without duplicates, in the order of the members of a row.
fn columns(text: &str) -> Result<Vec<&'static str>, RouteError> {
    let names: Vec<_> = text.split(',').map(str::trim).collect();
    if let Some(unknown) = names.iter().find(|name| !FIELDS.contains(name)) {
        return Err(error(&format!("Could not find a property named '{unknown}'.")));
    }
    Ok(FIELDS.into_iter().filter(|field| names.contains(field)).collect())
}

fn grouped(rows: impl Iterator<Item = Map<String, Value>>, columns: &[&str]) -> Vec<Map<String, Value>> {
    let mut groups: Vec<(Vec<Value>, u64, u64)> = Vec::new();
    for row in rows {
        let key: Vec<_> = columns.iter().map(|name| row.get(*name).cloned().unwrap_or_default()).collect();
        let licenses = row.get("licenseCount").and_then(Value::as_u64).unwrap_or_default();
        match groups.iter_mut().find(|(known, ..)| *known == key) {
            Some((_, subscriptions, sum)) => {
                *subscriptions += 1;
                *sum += licenses;
            }
            None => groups.push((key, 1, licenses)),
        }
    }
    let group = |(key, subscriptions, licenses): (Vec<Value>, u64, u64)| {
        let mut row: Map<_, _> = columns.iter().map(|name| (*name).to_owned()).zip(key).collect();
        row.insert("subscriptionCount".to_owned(), json!(subscriptions.to_string()));
        row.insert("licenseCount".to_owned(), json!(licenses.to_string()));
        row
    };
    groups.into_iter().map(group).collect()
}

fn row(customer: &Customer, one: &Subscription) -> Map<String, Value> {
    let upper = |id: uuid::Uuid| id.to_string().to_uppercase();
    let midnight = |day: crate::Day| format!("{day}T00:00:00");
    let ends = one.ends.map(midnight);
    let status = match one.status {
        "active" => "ACTIVE",
        "suspended" => "SUSPENDED",
        _ => "DEPROVISIONED",
    };
    let family = match one.product.service {
        Service::Dynamics => "Dynamics",
        Service::Office365 if one.product.name.starts_with("MICROSOFT 365") => "Microsoft365",
        Service::Office365 => "Office",
    };
    let trial = one.is_trial.then(|| midnight(one.started));
    let row = json!({
        "customerTenantId": upper(customer.id),
        "customerName": customer.company_name,
        "customerMarket": "US",
        "id": upper(one.id),
        "status": status,
        "productName": one.product.name,
        "subscriptionType": family,
        "autoRenewEnabled": one.auto_renews,
        "partnerId": one.partner_id,
        "friendlyName": one.product.title,
        "partnerName": "Partner Name",
        "providerName": "Provider Name",
        "creationDate": format!("{}T19:29:38.037", one.started),
        "effectiveStartDate": midnight(one.started),
        "commitmentEndDate": ends,
        "currentStateEndDate": ends,
        "trialToPaidConversionDate": null,
        "trialStartDate": trial,
        "trialEndDate": if one.is_trial { ends.clone() } else { None },
        "lastUsageDate": null,
        "deprovisionedDate": if status == "DEPROVISIONED" { ends.clone() } else { None },
        "lastRenewalDate": null,
        "licenseCount": one.quantity,
        "churnRisk": if one.auto_renews { "Low" } else { "High" },
        "billingCycleName": if one.months == 36 { "ANNUAL" } else { "MONTHLY" },
    });
    match row {
        Value::Object(row) => row,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Book;

    #[test]
    fn the_members_of_a_row_are_the_fields() {
        let book = Book::new(1, 1);
        let customer = book.customer(0).unwrap();
        let row = row(&customer, &customer.subscriptions()[0]);
        assert!(FIELDS.iter().all(|field| row.contains_key(*field)));
    }
}
