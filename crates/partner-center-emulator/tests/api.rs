//! Tests of the API with a plain HTTP client: bodies, headers and errors. Faults are tested in `faults.rs`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::unreadable_literal, reason = "codes are searched for as the service prints them")]

use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator, EmulatorBuilder, RecordedRequest, documented};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A client that does not decompress bodies, even if another crate of the workspace enables that feature.
fn plain() -> Client {
    Client::builder().no_gzip().no_brotli().build().unwrap()
}

const MARK: &str = "\u{feff}";

async fn start(builder: EmulatorBuilder) -> Emulator {
    builder.start().await.unwrap()
}

async fn get(emulator: &Emulator, path: &str) -> Response {
    plain().get(format!("{}{path}", emulator.base_url())).bearer_auth("any").send().await.unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap()
}

/// The body without its byte-order mark, which must be present.
async fn marked(response: Response) -> Value {
    let text = text(response).await;
    serde_json::from_str(text.strip_prefix(MARK).expect("no byte-order mark")).unwrap()
}

#[tokio::test]
async fn the_documented_requests_get_the_documented_responses_with_mark_and_length() {
    let emulator = start(Emulator::builder().customers(1)).await;
    let customer = format!("/v1/customers/{DOCUMENTED_CUSTOMER}/analytics/licenses");
    for (path, example, length) in [
        (format!("{customer}/deployment"), documented::CUSTOMER_LICENSES_DEPLOYMENT, 1012),
        (format!("{customer}/usage"), documented::CUSTOMER_LICENSES_USAGE, 1726),
        ("/v1/analytics/licenses/deployment".to_owned(), documented::PARTNER_LICENSES_DEPLOYMENT, 487),
        ("/v1/analytics/licenses/usage".to_owned(), documented::PARTNER_LICENSES_USAGE, 1156),
    ] {
        let response = get(&emulator, &path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
        assert_eq!(response.content_length(), Some(length), "{path}");
        assert_eq!(text(response).await, format!("{MARK}{example}"));
    }
}

#[tokio::test]
async fn ids_are_echoed_or_generated_if_missing() {
    let emulator = start(Emulator::builder()).await;
    let url = format!("{}/v1/customers", emulator.base_url());
    let request = "b01b8759-4dbe-4605-adb7-e5839a796c33";
    let correlation = "AE3B8C36-348B-46BC-9A60-398F973153FF";
    let response = plain()
        .get(&url)
        .bearer_auth("any")
        .header("MS-RequestId", request)
        .header("MS-CorrelationId", correlation)
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["ms-requestid"], request);
    assert_eq!(response.headers()["ms-correlationid"], correlation);
    for name in ["ms-cv", "ms-serverid", "date"] {
        assert!(response.headers().contains_key(name), "{name}");
    }

    let (one, other) = (get(&emulator, "/v1/customers").await, get(&emulator, "/v1/customers").await);
    assert_ne!(one.headers()["ms-requestid"], other.headers()["ms-requestid"]);

    let refused = plain().get(&url).bearer_auth("any").header("MS-RequestId", "17").send().await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(
        serde_json::from_str::<Value>(&text(refused).await).unwrap(),
        json!({"code": 2000, "description": "The header MS-RequestId must be a GUID.", "data": [],
            "source": "PartnerApiServiceControllers"})
    );
}

#[tokio::test]
async fn errors_have_no_mark_and_close_the_connection() {
    let emulator = start(Emulator::builder().customers(20)).await;
    let lapsed = emulator.book().customer(17).unwrap().id;
    for (path, status, code) in [
        ("/v1/customers/not-a-guid/analytics/licenses/usage".to_owned(), 400, 2000),
        (format!("/v1/customers/{}", uuid::Uuid::nil()), 404, 60003),
        (format!("/v1/customers/{lapsed}/analytics/licenses/deployment"), 403, 20002),
    ] {
        let response = get(&emulator, &path).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["connection"], "close");
        assert!(response.headers().contains_key("ms-requestid"));
        let body: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(body["code"], code);
        assert_eq!(body["data"], json!([]));
    }

    let missing = plain().get(format!("{}/v1/customers", emulator.base_url())).send().await.unwrap();
    assert_eq!(missing.status(), 401);
    assert_eq!(serde_json::from_str::<Value>(&text(missing).await).unwrap()["code"], 800001);

    assert_eq!(get(&emulator, "/v1/nothing").await.status(), 404);
    let post = plain().post(format!("{}/v1/customers", emulator.base_url())).send().await.unwrap();
    assert_eq!(post.status(), 405);
    let head = plain().head(format!("{}/v1/customers", emulator.base_url())).bearer_auth("any");
    let head = head.send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert!(head.headers().contains_key("content-length") && text(head).await.is_empty());
}

#[tokio::test]
async fn customers_page_by_next_link_and_token_until_the_book_ends() {
    let emulator = start(Emulator::builder().customers(23)).await;
    let client = plain();
    let mut seen = Vec::new();
    let mut path = "/customers?size=10".to_owned();
    let mut token: Option<String> = None;
    loop {
        let mut request = client.get(format!("{}/v1{path}", emulator.base_url())).bearer_auth("any");
        if let Some(token) = &token {
            request = request.header("MS-ContinuationToken", token);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/json");
        let page = marked(response).await;
        assert_eq!(page["totalCount"], page["items"].as_array().unwrap().len());
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["relationshipToPartner"], "reseller");
            assert_eq!(item["id"], item["companyProfile"]["tenantId"]);
            seen.push(item["id"].as_str().unwrap().to_owned());
        }
        let next = &page["links"]["next"];
        if next.is_null() {
            break;
        }
        path = next["uri"].as_str().unwrap().to_owned();
        assert_eq!(path, "/customers?size=10&seekOperation=Next");
        assert_eq!(next["headers"][0]["key"], "MS-ContinuationToken");
        token = Some(next["headers"][0]["value"].as_str().unwrap().to_owned());
    }
    let book: Vec<String> = emulator.book().customers().map(|customer| customer.id.to_string()).collect();
    assert_eq!(seen, book);
    assert_eq!(emulator.request_count(), 3);
}

#[tokio::test]
async fn the_token_alone_carries_size_and_filter() {
    let emulator = start(Emulator::builder().customers(500)).await;
    let filter = r#"{"Field":"CompanyName","Value":"CONTOSO","Operator":"starts_with"}"#;
    let client = plain();
    let url = format!("{}/v1/customers", emulator.base_url());
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("size", "3")
        .append_pair("filter", filter)
        .finish();
    let first = marked(client.get(format!("{url}?{query}")).bearer_auth("x").send().await.unwrap()).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    let token = first["links"]["next"]["headers"][0]["value"].as_str().unwrap();

    let seek_with = |token: &str, more: &str| {
        client
            .get(format!("{url}?seekOperation=Next{more}"))
            .bearer_auth("x")
            .header("MS-ContinuationToken", token)
            .send()
    };
    let seek = |token: &str| seek_with(token, "");
    let second = marked(seek(token).await.unwrap()).await;
    let names: Vec<&str> = second["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["companyProfile"]["companyName"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 3);
    assert!(names.iter().all(|name| name.starts_with("Contoso")), "{names:?}");

    assert_eq!(seek("made,up").await.unwrap().status(), 400);
    for overridden in ["&size=-1", "&filter="] {
        assert_eq!(seek_with(token, overridden).await.unwrap().status(), 400, "{overridden}");
    }
    assert_eq!(seek_with(token, "&size=5").await.unwrap().status(), 200);
}

#[tokio::test]
async fn invalid_list_queries_are_rejected() {
    let emulator = start(Emulator::builder()).await;
    for query in [
        "size=many",
        "size=501",
        "filter=nonsense",
        "filter=%7B%22Field%22:%22Shoe%22,%22Value%22:%22a%22,%22Operator%22:%22starts_with%22%7D",
        "filter=%7B%22Field%22:%22Domain%22,%22Value%22:%22a%22,%22Operator%22:%22contains%22%7D",
        "seekOperation=Next",
        "seekOperation=Sideways",
    ] {
        assert_eq!(get(&emulator, &format!("/v1/customers?{query}")).await.status(), 400, "{query}");
    }
}

#[tokio::test]
async fn one_customer_has_the_documented_members() {
    let emulator = start(Emulator::builder()).await;
    let shown = marked(get(&emulator, &format!("/v1/customers/{DOCUMENTED_CUSTOMER}")).await).await;
    let example: Value = serde_json::from_str(documented::CUSTOMER).unwrap();
    assert_same_members("", &shown, &example);
}

fn assert_same_members(place: &str, shown: &Value, example: &Value) {
    match (shown, example) {
        (Value::Object(shown), Value::Object(example)) => {
            assert_eq!(
                shown.keys().collect::<Vec<_>>(),
                example.keys().collect::<Vec<_>>(),
                "members of {place:?}"
            );
            for (key, value) in shown {
                assert_same_members(key, value, &example[key]);
            }
        }
        _ => assert_eq!(std::mem::discriminant(shown), std::mem::discriminant(example), "{place}"),
    }
}

#[tokio::test]
async fn the_partners_totals_are_the_sums_over_the_book() {
    let emulator = start(Emulator::builder().customers(60)).await;
    let page = marked(get(&emulator, "/v1/analytics/licenses/deployment").await).await;
    let sold: u64 = emulator
        .book()
        .customers()
        .flat_map(|customer| customer.deployment())
        .filter(|row| row.product.service.code() == "o365")
        .map(|row| row.licenses_sold)
        .sum();
    let office = page["items"].as_array().unwrap().iter().find(|row| row["serviceName"] == "o365").unwrap();
    assert_eq!(office["licensesSold"], sold);
}

#[tokio::test]
async fn requests_over_the_limit_are_throttled_by_the_gateway_until_the_minute_is_over() {
    use partner_center_emulator::Clock;
    use std::time::{Duration, SystemTime};
    let clock = Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
    let emulator = start(Emulator::builder().rate_per_minute(2).clock(clock)).await;
    assert_eq!(get(&emulator, "/v1/customers").await.status(), 200);
    emulator.advance(Duration::from_secs(3));
    assert_eq!(get(&emulator, "/v1/customers").await.status(), 200);
    let throttled = get(&emulator, "/v1/customers").await;
    assert_eq!(throttled.status(), 429);
    assert_eq!(throttled.headers()["retry-after"], "57");
    assert_eq!(throttled.headers()["content-type"], "application/json");
    assert!(!throttled.headers().contains_key("ms-requestid"));
    let body = text(throttled).await;
    assert_eq!(body, documented::THROTTLED);
    emulator.advance(Duration::from_secs(57));
    assert_eq!(get(&emulator, "/v1/customers").await.status(), 200);
}

#[tokio::test]
async fn large_bodies_are_compressed_for_clients_that_accept_it() {
    let emulator = start(Emulator::builder()).await;
    let get = |coding: &str| {
        plain()
            .get(format!("{}/v1/customers", emulator.base_url()))
            .bearer_auth("x")
            .header("Accept-Encoding", coding)
            .send()
    };
    let plain = get("identity").await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    let plain = plain.bytes().await.unwrap();

    let gzip = get("gzip, br").await.unwrap();
    assert_eq!(gzip.headers()["content-encoding"], "gzip");
    let mut unpacked = Vec::new();
    let gzip = gzip.bytes().await.unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);

    let brotli = get("gzip;q=0, br").await.unwrap();
    assert_eq!(brotli.headers()["content-encoding"], "br");
    let mut unpacked = Vec::new();
    let brotli = brotli.bytes().await.unwrap();
    std::io::Read::read_to_end(&mut brotli::Decompressor::new(&brotli[..], 4096), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

#[tokio::test]
async fn only_loopback_addresses_are_served() {
    let error = Emulator::builder().bind("0.0.0.0:0".parse().unwrap()).start().await.unwrap_err();
    assert!(error.to_string().contains("loopback"), "{error}");
    let error = Emulator::builder().processed_on("yesterday").start().await.unwrap_err();
    assert!(error.to_string().contains("`yesterday` is not a date"), "{error}");
}

#[tokio::test]
async fn only_the_latest_requests_are_recorded_but_all_are_counted() {
    let emulator = start(Emulator::builder().recorded_requests(2)).await;
    for size in 1..=3 {
        get(&emulator, &format!("/v1/customers?size={size}")).await;
    }
    let requests = emulator.requests();
    assert_eq!(requests.iter().map(RecordedRequest::number).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(requests[1].path_and_query(), "/v1/customers?size=3");
    assert_eq!(emulator.request_count(), 3);
    assert!(!format!("{requests:?}").contains("any"), "Debug shows a token");
}

#[tokio::test]
async fn shutting_down_refuses_further_connections() {
    let emulator = start(Emulator::builder()).await;
    let url = emulator.base_url().to_owned();
    emulator.shutdown().await;
    assert!(plain().get(url).send().await.unwrap_err().is_connect());

    let emulator = start(Emulator::builder()).await;
    let url = emulator.base_url().to_owned();
    drop(emulator);
    tokio::task::yield_now().await;
    assert!(plain().get(url).send().await.is_err());
}

#[tokio::test]
async fn the_highest_number_of_concurrent_requests_is_recorded() {
    use std::time::Duration;
    let emulator = start(Emulator::builder().latency(Duration::from_secs(3600))).await;
    let both = async { tokio::join!(get(&emulator, "/v1/customers"), get(&emulator, "/v1/customers")) };
    let seen = async {
        while emulator.most_requests_at_once() < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = both => panic!("responded within the latency"),
        () = seen => {}
    }
    assert_eq!(emulator.most_requests_at_once(), 2);
}

#[test]
fn an_emulator_on_its_own_thread_needs_no_runtime_and_stops_on_drop() {
    let emulator = Emulator::builder().customers(1).start_on_own_thread().unwrap();
    let address = emulator.base_url().strip_prefix("http://").unwrap().to_owned();
    let request = || {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(&address)?;
        stream.write_all(b"GET /v1/customers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        let mut response = String::new();
        stream.read_to_string(&mut response).map(|_| response)
    };
    assert!(request().unwrap().starts_with("HTTP/1.1 401"));
    assert_eq!(emulator.request_count(), 1);
    drop(emulator);
    assert_eq!(request().unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
}
