//! The list of customers, paged by `links.next` with a continuation token, and the resource of one customer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::classic::Attributes;
use super::{Query, RouteError, error};
use crate::book::{Book, Customer};
use crate::response::{BARE_JSON, JSON, ServiceResponse};
use crate::rng::{digest, mix};
use crate::settings::CUSTOMERS_PER_PAGE;
use crate::state::State;

const TOKEN_HEADER: &str = "MS-ContinuationToken";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    total_count: usize,
    items: Vec<ListItem<'a>>,
    links: PageLinks,
    attributes: Attributes,
}

#[derive(Serialize)]
struct PageLinks {
    #[serde(rename = "self")]
    this: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
}

#[derive(Serialize)]
pub(super) struct Link {
    uri: String,
    method: &'static str,
    headers: Vec<LinkHeader>,
}

impl Link {
    pub(super) fn get(uri: String) -> Self {
        Self { uri, method: "GET", headers: Vec::new() }
    }
}

#[derive(Serialize)]
pub(super) struct SelfLink {
    #[serde(rename = "self")]
    pub(super) this: Link,
}

#[derive(Serialize)]
struct LinkHeader {
    key: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListItem<'a> {
    id: Uuid,
    company_profile: ListProfile<'a>,
    relationship_to_partner: &'static str,
    attributes: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListProfile<'a> {
    tenant_id: Uuid,
    domain: &'a str,
    company_name: &'a str,
    attributes: Attributes,
}

/// The content of a continuation token: all that the next page needs, so that the server keeps no state.
#[derive(Clone, Serialize, Deserialize)]
struct Position {
    next: usize,
    size: usize,
    filter: Option<Filter>,
}

/// The documented filter, with Pascal case keys.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    field: String,
    value: String,
    operator: String,
}

impl Filter {
    fn parse(text: &str) -> Result<Self, RouteError> {
        let filter: Self = serde_json::from_str(text)
            .map_err(|_| error(StatusCode::BAD_REQUEST, 800002, "The filter is not a valid filter."))?;
        if filter.operator != "starts_with" {
            let description = format!("Unable to parse the enum value '{}'.", filter.operator);
            return Err(error(StatusCode::BAD_REQUEST, 900126, &description));
        }
        match filter.field.as_str() {
            "CompanyName" | "Domain" | "IndirectReseller" | "IndirectCloudSolutionProvider" => Ok(filter),
            other => {
                let description = format!("Unable to parse the enum value '{other}'.");
                Err(error(StatusCode::BAD_REQUEST, 900126, &description))
            }
        }
    }

    /// Filters by indirect reseller match no customer, because the book has no indirect resellers.
    fn admits(&self, customer: &Customer) -> bool {
        let text = match self.field.as_str() {
            "CompanyName" => &customer.company_name,
            "Domain" => &customer.domain,
            _ => return false,
        };
        text.to_lowercase().starts_with(&self.value.to_lowercase())
    }
}

impl Position {
    /// Contains the characters that real tokens are reported to have: `+`, `/`, `=` and a comma.
    fn to_token(&self, seed: u64) -> String {
        let position = serde_json::to_vec(self).unwrap_or_default();
        let check = digest(mix(seed), &position).to_be_bytes();
        format!("{},{}", STANDARD.encode(&position), STANDARD.encode(check))
    }

    fn from_token(token: &str, seed: u64) -> Option<Self> {
        let (position, check) = token.split_once(',')?;
        let position = STANDARD.decode(position).ok()?;
        let check = STANDARD.decode(check).ok()?;
        if check != digest(mix(seed), &position).to_be_bytes() {
            return None;
        }
        serde_json::from_slice(&position).ok()
    }

    fn first(query: &Query, largest: usize) -> Result<Self, RouteError> {
        let size = query.get("size").unwrap_or("0").parse().ok();
        let size: usize = size.filter(|size| *size <= CUSTOMERS_PER_PAGE).ok_or_else(|| {
            let description = format!("The size must be a whole number from 0 to {CUSTOMERS_PER_PAGE}.");
            error(StatusCode::BAD_REQUEST, 800002, &description)
        })?;
        let filter = query.get("filter").map(Filter::parse).transpose()?;
        // The archived .NET SDK sends zero for the default.
        Ok(Self { next: 0, size: if size == 0 { largest } else { size.min(largest) }, filter })
    }

    fn resume(query: &Query, headers: &HeaderMap, seed: u64) -> Result<Option<Self>, RouteError> {
        match query.get("seekOperation") {
            None => Ok(None),
            Some("Next") => {
                let token = headers.get(TOKEN_HEADER).and_then(|token| token.to_str().ok());
                let position = token.and_then(|token| Self::from_token(token, seed));
                position.map(Some).ok_or_else(|| {
                    let description = "The continuation token is missing or was not issued here.";
                    error(StatusCode::BAD_REQUEST, 800002, description)
                })
            }
            Some(other) => {
                let description = format!("Unable to parse the enum value '{other}'.");
                Err(error(StatusCode::BAD_REQUEST, 900126, &description))
            }
        }
    }

    fn matching<'a>(&'a self, book: &'a Book) -> impl Iterator<Item = Customer> + 'a {
        book.customers_from(self.next)
            .filter(|customer| self.filter.as_ref().is_none_or(|filter| filter.admits(customer)))
    }
}

pub(super) fn list(state: &State, query: &Query, headers: &HeaderMap) -> Result<ServiceResponse, RouteError> {
    let seed = state.settings.seed;
    // A token overrides size and filter, which must be valid nevertheless.
    let first = Position::first(query, state.settings.customers_per_page())?;
    let position = Position::resume(query, headers, seed)?.unwrap_or(first);
    let (found, more) = {
        let mut matching = position.matching(&state.book);
        let found: Vec<Customer> = matching.by_ref().take(position.size).collect();
        (found, matching.next())
    };
    let link =
        |query: String| state.settings.customer_links.write(&state.origins.api, "/v1/customers", &query);
    let own = format!("size={}", position.size);
    let next = more.and_then(|more| {
        let value = Position { next: more.index, ..position.clone() }.to_token(seed);
        let uri = link(format!("{own}&seekOperation=Next"))?;
        Some(Link { uri, method: "GET", headers: vec![LinkHeader { key: TOKEN_HEADER, value }] })
    });
    let page = Page {
        total_count: found.len(),
        items: found.iter().map(list_item).collect(),
        links: PageLinks { this: Link::get(link(own).unwrap_or_default()), next },
        attributes: Attributes { object_type: "Collection" },
    };
    Ok(ServiceResponse::v1(BARE_JSON, &page))
}

fn list_item(customer: &Customer) -> ListItem<'_> {
    ListItem {
        id: customer.id,
        company_profile: ListProfile {
            tenant_id: customer.id,
            domain: &customer.domain,
            company_name: &customer.company_name,
            attributes: Attributes { object_type: "CustomerCompanyProfile" },
        },
        relationship_to_partner: "reseller",
        attributes: Attributes { object_type: "Customer" },
    }
}

/// One customer, with the members of the documented example. The people are fictitious, and all have one address.
pub(super) fn show(customer: &Customer) -> ServiceResponse {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Resource<'a> {
        id: Uuid,
        commerce_id: Uuid,
        company_profile: CompanyProfile<'a>,
        billing_profile: BillingProfile<'a>,
        relationship_to_partner: &'static str,
        allow_delegated_access: bool,
        custom_domains: [&'a str; 1],
        links: SelfLink,
        attributes: Attributes,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct CompanyProfile<'a> {
        tenant_id: Uuid,
        domain: &'a str,
        company_name: &'a str,
        address: Address,
        email: &'a str,
        links: SelfLink,
        attributes: Attributes,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct BillingProfile<'a> {
        id: Uuid,
        first_name: &'static str,
        last_name: &'static str,
        email: &'a str,
        culture: &'static str,
        language: &'static str,
        company_name: &'a str,
        default_address: Address,
        links: SelfLink,
        attributes: Tagged,
    }
    /// As in the service, the company address has `region`, and the billing address has `state` and a person.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Address {
        country: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        region: Option<&'static str>,
        city: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<&'static str>,
        #[serde(rename = "addressLine1")]
        line: &'static str,
        postal_code: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        first_name: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        last_name: Option<&'static str>,
        phone_number: &'static str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Tagged {
        etag: String,
        object_type: &'static str,
    }

    let id = customer.id;
    let company_address = Address {
        country: "US",
        region: Some("wa"),
        city: "redmond",
        state: None,
        line: "1 ms way",
        postal_code: "98052",
        first_name: None,
        last_name: None,
        phone_number: "1234567890",
    };
    let billing_address = Address {
        region: None,
        state: Some("WA"),
        first_name: Some("Robin"),
        last_name: Some("Ekström"),
        ..company_address
    };
    let link = |path: &str| SelfLink { this: Link::get(format!("/customers/{id}{path}")) };
    let tag = mix(customer.index as u64);
    let email = format!("billing@{}", customer.domain);
    ServiceResponse::v1(
        JSON,
        &Resource {
            id,
            commerce_id: Uuid::from_u64_pair(mix(tag), tag),
            company_profile: CompanyProfile {
                tenant_id: id,
                domain: &customer.domain,
                company_name: &customer.company_name,
                address: company_address,
                email: &email,
                links: link("/profiles/company"),
                attributes: Attributes { object_type: "CustomerCompanyProfile" },
            },
            billing_profile: BillingProfile {
                id: Uuid::from_u64_pair(tag, mix(tag)),
                first_name: "Robin",
                last_name: "Ekström",
                email: &email,
                culture: "en-US",
                language: "en",
                company_name: &customer.company_name,
                default_address: billing_address,
                links: link("/profiles/billing"),
                attributes: Tagged {
                    etag: tag.cast_signed().to_string(),
                    object_type: "CustomerBillingProfile",
                },
            },
            relationship_to_partner: "reseller",
            allow_delegated_access: true,
            custom_domains: [&customer.domain],
            links: link(""),
            attributes: Attributes { object_type: "Customer" },
        },
    )
}
