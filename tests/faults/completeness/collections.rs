//! The collections of the contract, a call for each, and the expected outcomes.

use std::collections::BTreeSet;

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::{Continuation, Error, ErrorKind, PartnerCenter};
use partner_center_tests::{Contract, Operation, Request, Server};
use serde_json::{Map, Value, json};

use crate::calls::{Reading, call};

pub(super) const CUSTOMER: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

/// The maximum number of attempts per page.
pub(super) const ATTEMPTS: usize = 2;

/// The number of rows on each page.
pub(super) const PAGES: [usize; 3] = [2, 2, 1];

/// A collection as the contract describes it.
pub(super) struct Described {
    pub(super) id: String,
    pub(super) path: String,
    /// The member that holds the rows.
    pub(super) rows: String,
    /// The member that counts them, and its `x-counts`.
    pub(super) count: (String, String),
    /// The required properties of a row, and a text property to distinguish rows.
    pub(super) required: Vec<String>,
    pub(super) text: Option<String>,
    pub(super) skips: bool,
    pub(super) seeks: bool,
    /// Whether its pages can be read one by one.
    pub(super) paged: bool,
}

impl Described {
    pub(super) fn all(contract: &Contract) -> Vec<Self> {
        contract.operations.iter().filter_map(|operation| Self::of(contract, operation)).collect()
    }

    fn of(contract: &Contract, operation: &Operation) -> Option<Self> {
        let schema = &contract.schemas[operation.responses.get(&200)?.schema.as_deref()?];
        let properties = schema["properties"].as_object()?;
        let required = |schema: &Value| -> Vec<String> {
            let names = schema["required"].as_array().into_iter().flatten();
            names.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let rows = required(schema).into_iter().find(|name| properties[name]["type"] == "array")?;
        let count = properties.iter().find_map(|(name, property)| {
            Some((name.clone(), contract.resolve(property)["x-counts"].as_str()?.to_owned()))
        });
        let row = contract.resolve(&properties[&rows]["items"]);
        let text = row["properties"].as_object()?.iter().find(|(_, property)| {
            let property = contract.resolve(property);
            property["type"] == "string"
                && property.get("format").is_none()
                && property.get("x-extensible-enum").is_none()
        });
        let takes = |name: &str| operation.parameters.iter().any(|parameter| parameter.name == name);
        Some(Self {
            id: operation.id.clone(),
            path: operation.path.replace("{customer-id}", CUSTOMER),
            rows,
            count: count.unwrap_or_else(|| panic!("{} has no count", operation.id)),
            required: required(row),
            text: text.map(|(name, _)| name.clone()),
            skips: takes("skip"),
            seeks: takes("MS-ContinuationToken"),
            paged: operation.id.starts_with("list") || operation.id.starts_with("query"),
        })
    }

    pub(super) fn counts_the_query(&self) -> bool {
        self.count.1 == "query"
    }

    /// A page with unique rows.
    pub(super) fn page(&self, number: usize, rows: usize) -> Value {
        let row = |at: usize| {
            let mut row = Map::new();
            for name in &self.required {
                row.insert(name.clone(), json!(format!("00000000-0000-0000-0000-{number:06}{at:06}")));
            }
            row.extend(self.text.clone().map(|name| (name, json!(format!("row {at} of page {number}")))));
            Value::Object(row)
        };
        let rows: Vec<_> = (0..rows).map(row).collect();
        json!({ self.rows.as_str(): rows })
    }

    /// A link to the page with this number.
    pub(super) fn link(&self, number: usize) -> String {
        format!("{}?page={number}", self.path)
    }

    pub(super) fn counting(&self, mut page: Value, count: usize) -> Value {
        page[self.count.0.as_str()] = json!(count);
        page
    }
}

/// Every spelling of the properties whose `x-continues` has this value.
pub(super) fn spellings(contract: &Contract, way: &str) -> BTreeSet<String> {
    let other_case = |name: &str| {
        let mut letters = name.chars();
        let first = letters.next().unwrap();
        let first =
            if first.is_lowercase() { first.to_ascii_uppercase() } else { first.to_ascii_lowercase() };
        std::iter::once(first).chain(letters).collect::<String>()
    };
    let mut all = BTreeSet::new();
    for schema in contract.schemas.values() {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let property = contract.resolve(property);
            if property["x-continues"] == way {
                let also =
                    property["x-also-sent-as"].as_array().into_iter().flatten().filter_map(Value::as_str);
                all.extend(
                    std::iter::once(name.as_str())
                        .chain(also)
                        .flat_map(|name| [name.to_owned(), other_case(name)]),
                );
            }
        }
    }
    all
}

/// The result of reading a collection.
pub(super) struct Outcome {
    pub(super) rows: usize,
    pub(super) error: Option<Error>,
    pub(super) requests: Vec<Request>,
}

/// Reads a whole collection, or the rest of one, in pages of two.
pub(super) async fn read(server: &Server, collection: &Described, resume: Option<Continuation>) -> Outcome {
    let partner = PartnerCenter::builder()
        .base_url(server.base_url())
        .credential(StaticToken::new("any").unwrap())
        .clock(ManualClock::new())
        .max_attempts(ATTEMPTS.try_into().unwrap())
        .build()
        .unwrap();
    let (rows, _, error) = call(&partner, &collection.id, Reading { size: Some(2), resume }).await;
    Outcome { rows: rows.len(), error, requests: server.take_requests() }
}

/// The expected outcome.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    /// This many rows, in this many requests.
    Rows(usize, usize),
    /// An error, after this many rows and requests.
    Error(usize, usize),
}

pub(super) async fn check(
    server: &Server,
    collection: &Described,
    what: &str,
    script: &[(u16, String)],
    expected: Expected,
) -> Outcome {
    for (status, body) in script {
        server.script(*status, body.clone());
    }
    let outcome = read(server, collection, None).await;
    let what = format!("{}, {what}", collection.id);
    let requested: Vec<_> =
        outcome.requests.iter().map(|request| request.raw_query.clone().unwrap_or_default()).collect();
    match expected {
        Expected::Rows(rows, requests) => {
            assert!(outcome.error.is_none(), "{what}: {:?}\n{requested:?}", outcome.error);
            assert_eq!((outcome.rows, outcome.requests.len()), (rows, requests), "{what}\n{requested:?}");
        }
        Expected::Error(rows, requests) => {
            let Some(error) = &outcome.error else {
                panic!("{what}: {} rows instead of an error\n{requested:?}", outcome.rows)
            };
            assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{what}: {error}");
            // A collection without separate pages is all or nothing, and its errors have no continuation.
            let rows = if collection.paged { rows } else { 0 };
            assert_eq!(
                (outcome.rows, outcome.requests.len()),
                (rows, requests),
                "{what}: {error}\n{requested:?}"
            );
            assert_eq!(error.continuation().is_some(), collection.paged, "{what}: {error}");
            assert!(error.request_id().is_some() && error.body().is_some(), "{what}: {error}");
            assert!(!format!("{error}{error:?}").contains("row 0"), "{what}: {error}");
        }
    }
    outcome
}

pub(super) fn ok(body: &Value) -> (u16, String) {
    (200, body.to_string())
}

/// Three pages connected by links, without counts.
pub(super) fn chain(collection: &Described) -> Vec<Value> {
    let mut pages: Vec<_> = (1..).zip(PAGES).map(|(number, rows)| collection.page(number, rows)).collect();
    pages[0]["@nextLink"] = json!(collection.link(2));
    pages[1]["@nextLink"] = json!(collection.link(3));
    pages
}

pub(super) fn script(pages: &[Value]) -> Vec<(u16, String)> {
    pages.iter().map(ok).collect()
}
