//! A service that sends scripted responses in order and records the requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use partner_center::clock::{BoxFuture, ManualClock};
use partner_center::credential::{AccessToken, Credential};
use partner_center::paging::{PagedCollection, Pages};
use partner_center::{Error, PartnerCenter, Result};
use partner_center_test_support::{FakeServer, Request, ok, reply};
use serde_json::{Value, json};

pub(crate) struct Service {
    pub(crate) server: FakeServer,
    tokens: CountedToken,
}

impl Service {
    pub(crate) fn start() -> Self {
        Self { server: FakeServer::scripted([]), tokens: CountedToken::default() }
    }

    /// A service with these responses.
    pub(crate) fn responding(bodies: impl IntoIterator<Item = Value>) -> Self {
        let service = Self::start();
        for body in bodies {
            service.responds(&body);
        }
        service
    }

    /// Sends this body for the next request.
    pub(crate) fn responds(&self, body: &Value) {
        self.server.push(ok(body.to_string()));
    }

    /// Sends this status without a body for the next request.
    pub(crate) fn fails(&self, status: u16) {
        self.server.push(reply(status, &[], ""));
    }

    /// A client with at most two attempts.
    pub(crate) fn partner(&self) -> PartnerCenter {
        self.partner_at("")
    }

    /// A client whose base URL has this stem.
    pub(crate) fn partner_at(&self, stem: &str) -> PartnerCenter {
        PartnerCenter::builder()
            .credential(self.tokens.clone())
            .base_url(format!("{}{stem}", self.server.url()))
            .clock(ManualClock::new())
            .max_attempts(2)
            .build()
            .unwrap()
    }

    /// How often a token was requested.
    pub(crate) fn token_requests(&self) -> usize {
        self.tokens.0.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// The paths with queries, as sent.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.target).collect()
    }

    /// The values of a header, one for each request.
    pub(crate) fn sent(&self, name: &str) -> Vec<Option<String>> {
        self.requests().iter().map(|request| request.header(name).map(str::to_owned)).collect()
    }
}

/// Returns one token and counts how often.
#[derive(Clone, Debug, Default)]
struct CountedToken(Arc<AtomicUsize>);

impl Credential for CountedToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(AccessToken::new("the-token")) })
    }

    fn refresh<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(async { Ok(None) })
    }
}

/// A page of customers with these ids, without links.
pub(crate) fn customers(ids: &[&str]) -> Value {
    let items: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    json!({ "totalCount": ids.len(), "items": items, "attributes": { "objectType": "Collection" } })
}

/// The same with a link to the next page in the usual form.
pub(crate) fn customers_then(ids: &[&str], token: &str) -> Value {
    linked(ids, "/customers?size=2&seekOperation=Next", &[("MS-ContinuationToken", token)])
}

pub(crate) fn linked(ids: &[&str], uri: &str, headers: &[(&str, &str)]) -> Value {
    let headers: Vec<_> = headers.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let mut page = customers(ids);
    page["links"] = json!({ "next": { "uri": uri, "method": "GET", "headers": headers } });
    page
}

/// A page of a commercial query with rows for these products, with `total` and `link` if given.
pub(crate) fn rows(products: &[&str], total: Option<i64>, link: Option<&str>) -> Value {
    let rows: Vec<_> =
        products.iter().map(|name| json!({ "productName": name, "licensesSold": 1 })).collect();
    let mut page = json!({ "Value": rows });
    if let Some(total) = total {
        page["TotalCount"] = json!(total);
    }
    if let Some(link) = link {
        page["@nextLink"] = json!(link);
    }
    page
}

/// Reads all pages; returns the number of items of each, and the error at the end.
pub(crate) async fn drain<C: PagedCollection>(pages: &mut Pages<C>) -> (Vec<usize>, Option<Error>) {
    let mut sizes = Vec::new();
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => sizes.push(page.items().len()),
            Ok(None) => return (sizes, None),
            Err(error) => return (sizes, Some(error)),
        }
    }
}
