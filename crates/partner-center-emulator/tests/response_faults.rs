//! Tests of the faults that change a response: its links, rows, envelope or encoding.

mod support;

use partner_center_emulator::{DOCUMENTED_CUSTOMER, Fault, FaultScript, documented};
use reqwest::Client;
use serde_json::{Value, json};
use support::{COMMERCIAL, ID, MARK, deployment, get, page, start};

#[tokio::test]
async fn redirects_and_foreign_links_point_to_a_host_that_records_requests() {
    let emulator = start("#1 redirect; #2-3 foreign-link; #4 foreign-link(to=https://evil.example/)").await;
    let (status, headers, _) = get(&emulator, "/v1/customers?size=3").await;
    assert_eq!(status, 302);
    assert_eq!(headers["location"], format!("{}/v1/customers?size=3", emulator.foreign_host()));

    let customers = page(&emulator, "/v1/customers").await;
    let link = customers["links"]["next"]["uri"].as_str().unwrap();
    assert_eq!(link, format!("{}/v1/customers?size=4&seekOperation=Next", emulator.foreign_host()));
    let commercial = page(&emulator, COMMERCIAL).await;
    let link = commercial["@nextLink"].as_str().unwrap().to_owned();
    assert_eq!(link, format!("{}{COMMERCIAL}?top=4&skip=4", emulator.foreign_host()));
    let last = page(&emulator, &format!("{COMMERCIAL}?skip=100000")).await;
    assert!(last["@nextLink"].as_str().unwrap().starts_with("https://evil.example/partner/v1/"));

    assert!(emulator.stray_requests().is_empty());
    Client::new().get(link).bearer_auth("secret").send().await.unwrap();
    assert!(emulator.stray_requests()[0].token_attached());
    assert_eq!(emulator.request_count(), 4);
}

#[tokio::test]
async fn a_repeated_link_points_to_its_own_page() {
    let emulator = start("repeated-link").await;
    let first = page(&emulator, "/v1/customers").await;
    let token = first["links"]["next"]["headers"][0]["value"].as_str().unwrap();
    let second = Client::new()
        .get(format!("{}/v1/customers?size=4&seekOperation=Next", emulator.base_url()))
        .bearer_auth("x")
        .header("MS-ContinuationToken", token)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let second: Value = serde_json::from_slice(&second[3..]).unwrap();
    assert_ne!(second["items"], first["items"]);
    assert_eq!(second["links"]["next"], first["links"]["next"]);

    let skipped = page(&emulator, &format!("{COMMERCIAL}?top=2&skip=2")).await;
    assert_eq!(skipped["@nextLink"], format!("{}{COMMERCIAL}?top=2&skip=2", emulator.base_url()));
}

#[tokio::test]
async fn an_empty_page_keeps_its_next_link() {
    let emulator = start("empty-page").await;
    let customers = page(&emulator, "/v1/customers").await;
    assert_eq!((&customers["items"], &customers["totalCount"]), (&json!([]), &json!(0)));
    assert!(customers["links"]["next"]["uri"].is_string());
    let commercial = page(&emulator, COMMERCIAL).await;
    assert_eq!(commercial["Value"], json!([]));
    assert!(commercial["@nextLink"].is_string());
    assert!(commercial["TotalCount"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn next_links_can_have_every_form() {
    let emulator = start("").await;
    let own = emulator.base_url();
    let customers = "/customers?size=4&seekOperation=Next";
    let rooted = format!("{COMMERCIAL}?top=4&skip=4");
    for (form, of_customers, of_commercial) in [
        ("unversioned", json!(customers), json!(rooted)),
        ("rooted", json!(format!("/v1{customers}")), json!(rooted)),
        ("absolute", json!(format!("{own}/v1{customers}")), json!(format!("{own}{rooted}"))),
        ("relative", json!(&customers[1..]), json!("license?top=4&skip=4")),
        ("absent", Value::Null, Value::Null),
    ] {
        emulator.set_faults(format!("links({form})").parse::<FaultScript>().unwrap());
        assert_eq!(page(&emulator, "/v1/customers").await["links"]["next"]["uri"], of_customers, "{form}");
        assert_eq!(page(&emulator, COMMERCIAL).await["@nextLink"], of_commercial, "{form}");
    }
    emulator.set_faults(Fault::BodyToken);
    let page = page(&emulator, "/v1/customers").await;
    assert!(page["continuationToken"].is_string());
    assert!(page["links"]["next"].is_null());
}

#[tokio::test]
async fn every_fault_of_rows_changes_them() {
    let emulator = start("").await;
    let row = async |fault: &str| {
        emulator.set_faults(fault.parse::<FaultScript>().unwrap());
        page(&emulator, &deployment()).await["items"][1].clone()
    };
    let plain = row("").await;
    assert_eq!(plain["licensesSold"], 5);
    assert_eq!(row("string-counts").await["licensesSold"], "5");
    assert_eq!(row("float-counts").await["licensesSold"].to_string(), "5.0");
    assert_eq!(row("null(channel)").await["channel"], Value::Null);
    assert_eq!(row("null").await["productName"], Value::Null);
    assert_eq!(row("null").await["licensesSold"], 5);
    assert!(row("absent(channel)").await.get("channel").is_none());
    assert!(row("unknown-fields").await["surprise"].is_object());
    assert_eq!(row("unknown-texts").await["serviceName"], "m365");
    for (form, text) in [
        ("zoneless", "2017-03-14T03:25:16.36"),
        ("utc", "2017-03-14T03:25:16.36Z"),
        ("offset", "2017-03-14T05:25:16.36+02:00"),
        ("seven-digits", "2017-03-14T03:25:16.3600000Z"),
        ("day", "2017-03-14"),
        ("never", "0001-01-01T00:00:00"),
    ] {
        assert_eq!(row(&format!("dates({form})")).await["processedDateTime"], text);
    }
    emulator.set_faults("bad-row".parse::<FaultScript>().unwrap());
    let bad = page(&emulator, &deployment()).await;
    assert_eq!(bad["items"][0], "not an object");
    assert_eq!(bad["items"][1], plain);
}

#[tokio::test]
async fn every_fault_of_the_envelope_changes_it() {
    let emulator = start("").await;
    let members = async |fault: &str, path: &str| {
        emulator.set_faults(fault.parse::<FaultScript>().unwrap());
        page(&emulator, path).await.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(members("pascal-keys", "/v1/customers").await, ["Attributes", "Items", "Links", "TotalCount"]);
    assert_eq!(members("camel-keys", COMMERCIAL).await, ["nextLink", "totalCount", "value"]);
    assert_eq!(members("no-row-array", COMMERCIAL).await, ["@nextLink", "TotalCount"]);
    assert_eq!(members("no-row-array", &deployment()).await, ["attributes", "totalCount"]);
    emulator.set_faults(Fault::OtherGuidCase);
    let customers = page(&emulator, "/v1/customers").await;
    assert_eq!(customers["items"][0]["id"], DOCUMENTED_CUSTOMER.to_string().to_uppercase());
    let rows = page(&emulator, COMMERCIAL).await;
    assert_eq!(rows["Value"][0]["customerTenantId"], DOCUMENTED_CUSTOMER.to_string());
}

#[tokio::test]
async fn encoding_and_content_type_can_be_changed() {
    let emulator = start("#1 no-mark; #2 utf16; #3 content-type(text/json); #4 mark+500; #5 mark").await;
    assert_eq!(get(&emulator, &deployment()).await.2, documented::CUSTOMER_LICENSES_DEPLOYMENT.as_bytes());
    let utf16 = get(&emulator, &deployment()).await.2;
    assert_eq!(utf16[..4], [0xff, 0xfe, b'{', 0]);
    assert_eq!(utf16.len(), 2 + 2 * 1009);
    assert_eq!(get(&emulator, &deployment()).await.1["content-type"], "text/json");
    assert!(get(&emulator, &deployment()).await.2.starts_with(b"\xef\xbb\xbf{\"code\""));
    assert!(get(&emulator, COMMERCIAL).await.2.starts_with(MARK));
}

#[tokio::test]
async fn ids_can_be_omitted_or_replaced() {
    let emulator = start("#1 own-ids; #2 no-ids").await;
    let own = get(&emulator, &deployment()).await.1["ms-requestid"].clone();
    assert_ne!(own, ID);
    assert!(!get(&emulator, &deployment()).await.1.contains_key("ms-requestid"));
    assert_eq!(get(&emulator, &deployment()).await.1["ms-requestid"], ID);
}
