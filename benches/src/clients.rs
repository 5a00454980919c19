//! The compared clients: the SDK, a hand-written client on reqwest and serde, and bare hyper.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy;
use partner_center::credential::StaticToken;
use partner_center::{CustomerId, PartnerCenter};
use uuid::Uuid;

use crate::by_hand::Page;

type Failure = Box<dyn Error + Send + Sync>;

/// A client that can make the call.
#[derive(Clone)]
enum Client {
    Facade(PartnerCenter, CustomerId),
    Reqwest { http: reqwest::Client, url: String, parse: bool },
    Hyper(Box<legacy::Client<legacy::connect::HttpConnector, Empty<bytes::Bytes>>>, hyper::Uri),
}

const TOKEN: &str = "a-token-of-usual-length-would-be-two-thousand-characters";

impl Client {
    /// The client with this name, for calls of this URL.
    fn new(name: &str, url: &str) -> Result<Self, Box<dyn Error>> {
        Ok(match name {
            "facade" => {
                let (base, rest) =
                    url.split_once("/v1/customers/").ok_or("the URL does not contain /v1/customers/")?;
                let id = rest.split('/').next().unwrap_or_default().parse()?;
                let credential = StaticToken::new(TOKEN)?;
                Self::Facade(PartnerCenter::builder().base_url(base).credential(credential).build()?, id)
            }
            "reqwest" | "reqwest-raw" => {
                let http = reqwest::Client::builder().tls_certs_only([]).build()?;
                Self::Reqwest { http, url: url.to_owned(), parse: name == "reqwest" }
            }
            "hyper" => {
                let executor = hyper_util::rt::TokioExecutor::new();
                Self::Hyper(Box::new(legacy::Client::builder(executor).build_http()), url.parse()?)
            }
            _ => return Err("unknown client".into()),
        })
    }

    async fn call(&self) -> Result<usize, Failure> {
        match self {
            Self::Facade(partner, id) => {
                let response =
                    partner.customers().by_id(*id).analytics().licenses().deployment().get().await?;
                Ok(response.items().len())
            }
            Self::Reqwest { http, url, parse } => {
                let response = http
                    .get(url)
                    .bearer_auth(TOKEN)
                    .header("Accept", "application/json")
                    .header("MS-RequestId", Uuid::new_v4().to_string())
                    .header("MS-CorrelationId", Uuid::new_v4().to_string())
                    .header("X-Locale", "en-US")
                    .send()
                    .await?
                    .error_for_status()?
                    .bytes()
                    .await?;
                if !*parse {
                    return Ok(response.len());
                }
                Ok(Page::decode(&response)?.rows())
            }
            Self::Hyper(http, url) => {
                let request = hyper::Request::get(url.clone())
                    .header("Authorization", format!("Bearer {TOKEN}"))
                    .header("Accept", "application/json")
                    .body(Empty::new())?;
                let mut body = http.request(request).await?.into_body();
                let mut length = 0;
                while let Some(frame) = body.frame().await {
                    length += frame?.data_ref().map_or(0, bytes::Bytes::len);
                }
                Ok(length)
            }
        }
    }
}

/// Makes the calls, this many at a time, after a tenth as many to open connections and fill caches.
pub(crate) async fn calls(
    name: &str,
    concurrency: usize,
    url: &str,
    calls: usize,
) -> Result<String, Box<dyn Error>> {
    let client = Client::new(name, url)?;
    run(&client, concurrency, calls / 10).await?;
    let started = Instant::now();
    let rows = run(&client, concurrency, calls).await?;
    Ok(format!("seconds={} calls={calls} rows={rows}", started.elapsed().as_secs_f64()))
}

/// Makes the calls, and returns the number of rows.
async fn run(client: &Client, concurrency: usize, calls: usize) -> Result<usize, Box<dyn Error>> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..concurrency {
        let (client, next) = (client.clone(), Arc::clone(&next));
        tasks.push(tokio::spawn(async move {
            let mut rows = 0;
            while next.fetch_add(1, Ordering::Relaxed) < calls {
                rows += client.call().await?;
            }
            Ok::<_, Failure>(rows)
        }));
    }
    let mut rows = 0;
    for task in tasks {
        rows += task.await?.map_err(|error| error as Box<dyn Error>)?;
    }
    Ok(rows)
}
