//! A service that sends scripted responses in order and records the requests.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use partner_center::clock::{BoxFuture, ManualClock};
use partner_center::credential::{AccessToken, Credential};
use partner_center::paging::{PagedCollection, Pages};
use partner_center::{Error, PartnerCenter, Result};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) struct Service {
    server: MockServer,
    script: Script,
    tokens: CountedToken,
}

#[derive(Clone, Default)]
struct Script(Arc<Mutex<VecDeque<ResponseTemplate>>>);

impl Respond for Script {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        // An unplanned request gets a response that no test expects.
        self.0.lock().unwrap().pop_front().unwrap_or_else(|| ResponseTemplate::new(410))
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let script = Script::default();
        Mock::given(any()).respond_with(script.clone()).mount(&server).await;
        Self { server, script, tokens: CountedToken::default() }
    }

    /// A service with these responses.
    pub(crate) async fn answering(answers: impl IntoIterator<Item = Value>) -> Self {
        let service = Self::start().await;
        for answer in answers {
            service.answers(&answer);
        }
        service
    }

    /// Sends this body for the next request.
    pub(crate) fn answers(&self, body: &Value) {
        self.answers_with(
            ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/json; charset=utf-8"),
        );
    }

    /// Sends this status without a body for the next request.
    pub(crate) fn fails(&self, status: u16) {
        self.answers_with(ResponseTemplate::new(status));
    }

    fn answers_with(&self, answer: ResponseTemplate) {
        self.script.0.lock().unwrap().push_back(answer);
    }

    pub(crate) fn uri(&self) -> String {
        self.server.uri()
    }

    /// A client with at most two attempts.
    pub(crate) fn partner(&self) -> PartnerCenter {
        self.partner_at("")
    }

    /// A client whose base URL has this stem.
    pub(crate) fn partner_at(&self, stem: &str) -> PartnerCenter {
        PartnerCenter::builder()
            .credential(self.tokens.clone())
            .base_url(format!("{}{stem}", self.uri()))
            .clock(ManualClock::new())
            .max_attempts(2)
            .build()
            .unwrap()
    }

    /// How often a token was requested.
    pub(crate) fn tokens_asked(&self) -> usize {
        self.tokens.0.load(Ordering::SeqCst)
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// The paths with queries, as sent.
    pub(crate) async fn asked(&self) -> Vec<String> {
        let target = |request: &Request| match request.url.query() {
            Some(query) => format!("{}?{query}", request.url.path()),
            None => request.url.path().to_owned(),
        };
        self.requests().await.iter().map(target).collect()
    }

    /// The values of a header, one for each request.
    pub(crate) async fn sent(&self, name: &str) -> Vec<Option<String>> {
        let value = |request: &Request| Some(request.headers.get(name)?.to_str().unwrap().to_owned());
        self.requests().await.iter().map(value).collect()
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
