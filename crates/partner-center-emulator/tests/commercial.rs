//! Tests of the commercial endpoints: filters, groups, days and pages, compared with the book.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use partner_center_emulator::{Emulator, EmulatorBuilder, LinkForm, TEST_COMPANY, documented};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

const DEPLOYMENT: &str = "/partner/v1/analytics/commercial/deployment/license";
const USAGE: &str = "/partner/v1/analytics/commercial/usage/license";

async fn start(builder: EmulatorBuilder) -> Emulator {
    builder.start().await.unwrap()
}

async fn get(emulator: &Emulator, path: &str) -> (StatusCode, String) {
    let url = if path.starts_with('/') { format!("{}{path}", emulator.base_url()) } else { path.to_owned() };
    let response = Client::new().get(url).bearer_auth("any").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let status = response.status();
    (status, String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap())
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn page(emulator: &Emulator, path: &str, pairs: &[(&str, &str)]) -> Value {
    let (status, body) = get(emulator, &format!("{path}?{}", query(pairs))).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

fn rows(page: &Value) -> &Vec<Value> {
    page["Value"].as_array().unwrap()
}

#[tokio::test]
async fn the_documented_queries_get_the_documented_responses() {
    let emulator = start(Emulator::builder()).await;
    let filter = "?filter=customerTenantId%20eq%20%270112A436-B14E-4888-967B-CA4BB2CF1234%27";
    for (path, example) in [
        (DEPLOYMENT, documented::COMMERCIAL_LICENSES_DEPLOYMENT),
        (USAGE, documented::COMMERCIAL_LICENSES_USAGE),
    ] {
        assert_eq!(get(&emulator, &format!("{path}{filter}")).await, (StatusCode::OK, example.to_owned()));
    }
}

#[tokio::test]
async fn every_row_of_the_book_is_served_once_in_the_books_order() {
    let emulator = start(Emulator::builder().customers(200)).await;
    let served = page(&emulator, DEPLOYMENT, &[]).await;
    let book: Vec<Value> = emulator
        .book()
        .customers()
        .flat_map(|customer| {
            let rows = customer.deployment();
            rows.into_iter().map(move |row| {
                json!({
                    "processedDateTime": row.processed.commercial(),
                    "serviceCode": row.product.service.code(),
                    "serviceName": row.product.service.name(),
                    "channel": "reseller",
                    "customerTenantId": customer.id.to_string().to_uppercase(),
                    "customerName": customer.company_name,
                    "productId": row.product.id,
                    "productName": row.product.name,
                    "licensesDeployed": row.licenses_deployed,
                    "licensesSold": row.licenses_sold,
                })
            })
        })
        .collect();
    assert_eq!(served["TotalCount"], book.len());
    assert_eq!(rows(&served), &book);
    assert!(served["@nextLink"].is_null());
    assert!(served.as_object().unwrap().contains_key("@nextLink"));
}

#[tokio::test]
async fn next_links_of_every_form_lead_through_all_pages() {
    for form in [LinkForm::Absolute, LinkForm::Rooted, LinkForm::Relative] {
        let emulator = start(Emulator::builder().customers(40).page_size(7).commercial_links(form)).await;
        let wanted = query(&[("filter", "serviceCode eq 'o365'"), ("skip", "3"), ("top", "9")]);
        let mut path = format!("{USAGE}?{wanted}");
        let (mut seen, mut pages) = (3, 0);
        let total = loop {
            let (status, body) = get(&emulator, &path).await;
            assert_eq!(status, 200, "{body}");
            let page: Value = serde_json::from_str(&body).unwrap();
            seen += rows(&page).len();
            pages += 1;
            let Some(next) = page["@nextLink"].as_str() else { break page["TotalCount"].as_u64().unwrap() };
            assert!(next.contains("filter=serviceCode+eq+%27o365%27&top=7&skip="), "{next}");
            path = match form {
                LinkForm::Absolute => next.strip_prefix(emulator.base_url()).unwrap().to_owned(),
                LinkForm::Rooted => next.to_owned(),
                _ => format!(
                    "/partner/v1/analytics/commercial/usage/{}",
                    next.strip_prefix("license?").map(|query| format!("license?{query}")).unwrap()
                ),
            };
            assert!(path.starts_with(USAGE), "{path}");
        };
        assert_eq!(seen as u64, total);
        assert_eq!(pages, (total - 3).div_ceil(7));
    }
}

#[tokio::test]
async fn without_links_the_client_must_skip() {
    let builder = Emulator::builder().customers(40).commercial_links(LinkForm::Absent);
    let emulator = start(builder).await;
    let first = page(&emulator, DEPLOYMENT, &[("top", "5")]).await;
    assert!(first["@nextLink"].is_null());
    assert_eq!(rows(&first).len(), 5);
    let all = page(&emulator, DEPLOYMENT, &[]).await;
    let second = page(&emulator, DEPLOYMENT, &[("top", "5"), ("skip", "5")]).await;
    assert_eq!(rows(&second)[..], rows(&all)[5..10]);
    let beyond = page(&emulator, DEPLOYMENT, &[("skip", "100000")]).await;
    assert!(rows(&beyond).is_empty());
    assert_eq!(beyond["TotalCount"], all["TotalCount"]);
}

#[tokio::test]
async fn filters_select_the_matching_rows_of_the_book() {
    let emulator = start(Emulator::builder().customers(300)).await;
    let all = page(&emulator, USAGE, &[]).await;
    let filter = "workloadCode eq 'exo' and (productName ne 'OFFICE 365 ENTERPRISE E3' or customerName eq 'Margie''s Travel')";
    let some = page(&emulator, USAGE, &[("filter", filter)]).await;
    let expected: Vec<&Value> = rows(&all)
        .iter()
        .filter(|row| {
            row["workloadCode"] == "EXO"
                && (row["productName"] != "OFFICE 365 ENTERPRISE E3"
                    || row["customerName"] == "Margie's Travel")
        })
        .collect();
    assert!(!expected.is_empty() && expected.len() < rows(&all).len());
    assert_eq!(rows(&some).iter().collect::<Vec<_>>(), expected);
    assert_eq!(some["TotalCount"], expected.len());
}

#[tokio::test]
async fn groups_have_the_requested_columns_and_the_sums() {
    let emulator = start(Emulator::builder().customers(120)).await;
    let all = page(&emulator, DEPLOYMENT, &[]).await;
    for columns in [vec!["serviceCode", "productName"], vec!["customerTenantId", "serviceCode"]] {
        let mut expected: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
        for row in rows(&all) {
            let key = columns.iter().map(|column| row[*column].as_str().unwrap().to_owned()).collect();
            let sums = expected.entry(key).or_default();
            sums.0 += row["licensesDeployed"].as_u64().unwrap();
            sums.1 += row["licensesSold"].as_u64().unwrap();
        }
        // Paged, to check that groups are not split between pages.
        let mut grouped = BTreeMap::new();
        for skip in (0..).step_by(10) {
            let pairs = [("groupby", &*columns.join(", ")), ("top", "10"), ("skip", &skip.to_string())];
            let page = page(&emulator, DEPLOYMENT, &pairs).await;
            assert_eq!(page["TotalCount"], expected.len());
            for row in rows(&page) {
                assert_eq!(row.as_object().unwrap().len(), columns.len() + 2, "{row}");
                let key: Vec<String> =
                    columns.iter().map(|column| row[*column].as_str().unwrap().to_owned()).collect();
                let sums = (row["licensesDeployed"].as_u64().unwrap(), row["licensesSold"].as_u64().unwrap());
                assert!(grouped.insert(key, sums).is_none(), "duplicate group");
            }
            if page["@nextLink"].is_null() {
                break;
            }
        }
        assert_eq!(grouped, expected);
    }
}

#[tokio::test]
async fn plain_and_grouped_usage_rows_name_the_active_count_differently() {
    let emulator = start(Emulator::builder()).await;
    let plain = page(&emulator, USAGE, &[("top", "1")]).await;
    assert!(rows(&plain)[0]["licenseActive"].is_u64());
    assert!(rows(&plain)[0]["licensesActive"].is_null());
    let grouped = page(&emulator, USAGE, &[("groupby", "workloadCode")]).await;
    assert!(rows(&grouped)[0]["licensesActive"].is_u64());
    assert!(rows(&grouped)[0]["licenseActive"].is_null());
}

#[tokio::test]
async fn every_day_of_the_history_has_its_own_rows_and_other_days_have_none() {
    let emulator = start(Emulator::builder().processed_on("2026-03-08")).await;
    let latest = page(&emulator, DEPLOYMENT, &[]).await;
    assert_eq!(emulator.book().latest_day().to_string(), "2026-03-08");
    for written in ["2026-03-08", "2026-03-08T00:00:00", "2026-03-08T00:00:00Z"] {
        assert_eq!(page(&emulator, DEPLOYMENT, &[("processedDateTime", written)]).await, latest);
    }
    let first = emulator.book().first_day();
    assert_eq!(first.to_string(), "2025-02-01");
    for path in [DEPLOYMENT, USAGE] {
        for day in ["2026-03-07", "2026-02-06", &first.to_string()] {
            let earlier = page(&emulator, path, &[("processedDateTime", day)]).await;
            let midnight = format!("{day}T00:00:00");
            assert!(rows(&earlier).iter().all(|row| row["processedDateTime"] == *midnight));
            let book: Vec<u64> = emulator
                .book()
                .customers()
                .flat_map(|customer| match path {
                    DEPLOYMENT => {
                        counts(&customer.deployment_on(day.parse().unwrap()), |row| row.licenses_sold)
                    }
                    _ => counts(&customer.usage_on(day.parse().unwrap()), |row| row.licenses_qualified),
                })
                .collect();
            let member = if path == DEPLOYMENT { "licensesSold" } else { "licensesQualified" };
            let served = rows(&earlier).iter().map(|row| row[member].as_u64().unwrap());
            assert_eq!(served.collect::<Vec<_>>(), book, "{path} {day}");
        }
    }
    for day in ["2026-03-09", &first.minus_days(1).to_string(), "-009999-01-01", "9999-12-31"] {
        let never = page(&emulator, DEPLOYMENT, &[("processedDateTime", day)]).await;
        assert_eq!(never, json!({"Value": [], "@nextLink": null, "TotalCount": 0}), "{day}");
    }
}

fn counts<T>(rows: &[T], count: impl Fn(&T) -> u64) -> Vec<u64> {
    rows.iter().map(count).collect()
}

#[tokio::test]
async fn invalid_queries_get_errors_of_the_analytics_back_end() {
    let emulator = start(Emulator::builder()).await;
    for (pair, reason) in [
        (("top", "10001"), "top parameter cannot be more than 10000"),
        (("top", "0"), "positive"),
        (("top", "ten"), "positive"),
        (("skip", "-1"), "non-negative"),
        (("skip", "9223372036854775808"), "non-negative"),
        (("filter", "serviceCode"), "operator"),
        (("filter", "workloadCode eq 'EXO'"), "workloadCode"),
        (("groupby", "serviceCode,shoe"), "shoe"),
        (("groupby", ""), "property"),
        (("processedDateTime", "yesterday"), "processedDateTime"),
    ] {
        let (status, body) = get(&emulator, &format!("{DEPLOYMENT}?{}", query(&[pair]))).await;
        assert_eq!(status, 400, "{pair:?}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["code"], "BadRequest");
        assert_eq!(body["innererror"]["code"], "InvalidQueryParameters");
        assert_eq!(body["innererror"]["source"], "AnalyticsAPI");
        let message = body["innererror"]["message"].as_str().unwrap();
        assert!(message.contains(reason), "{pair:?}: {message}");
    }
}

#[tokio::test]
async fn the_other_prefix_and_a_trailing_slash_reach_the_same_rows() {
    let emulator = start(Emulator::builder()).await;
    let filter = query(&[("filter", &format!("customerTenantId eq '{TEST_COMPANY}'"))]);
    let expected = get(&emulator, &format!("{DEPLOYMENT}?{filter}")).await;
    for path in [
        "/v1/analytics/commercial/deployment/license",
        "/partner/v1/analytics/commercial/deployment/license/",
    ] {
        assert_eq!(get(&emulator, &format!("{path}?{filter}")).await, expected);
    }
}
