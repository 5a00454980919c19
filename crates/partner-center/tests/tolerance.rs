//! Decoding of unusual but valid responses, byte by byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use partner_center::models::{
    Channel, CustomerLicensesDeploymentInsights, CustomerLicensesDeploymentInsightsCollection, Offset,
    UnreadableReason,
};
use partner_center::{Error, ErrorKind, Response};
use partner_center_test_support::{FakeServer, Reply, ok, reply};
use support::{customer, partner};

const DOCUMENTED: &str = include_str!("../../../openapi/examples/customer-licenses-deployment.json");

/// The result of a call with this reply.
async fn page(reply: Reply) -> Result<Response<CustomerLicensesDeploymentInsightsCollection>, Error> {
    let server = FakeServer::scripted([reply]);
    let chain = partner(&server).customers().by_id(customer()).analytics().licenses().deployment();
    let response = chain.get().await?;
    assert_eq!(server.requests().len(), 1);
    Ok(response)
}

/// The rows of a call with this reply.
async fn rows(reply: Reply) -> Result<Vec<CustomerLicensesDeploymentInsights>, Error> {
    Ok(page(reply).await?.into_value().items)
}

async fn row(fields: &str) -> CustomerLicensesDeploymentInsights {
    let mut rows = rows(ok(format!("{{\"items\":[{{{fields}}}]}}"))).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[tokio::test]
async fn the_documented_response_has_three_rows_with_and_without_a_byte_order_mark() {
    let bare = rows(ok(DOCUMENTED)).await.unwrap();
    let marked = rows(ok(format!("\u{feff}{DOCUMENTED}"))).await.unwrap();
    assert_eq!(bare, marked);
    let values: Vec<_> = bare
        .iter()
        .map(|row| {
            (row.product_name.as_deref().unwrap(), row.licenses_deployed.unwrap(), row.licenses_sold.unwrap())
        })
        .collect();
    assert_eq!(
        values,
        [
            ("OFFICE 365 BUSINESS ESSENTIALS", 0, 1),
            ("EXCHANGE ONLINE (PLAN 1)", 0, 5),
            ("EXCHANGE ONLINE ARCHIVING FOR EXCHANGE ONLINE", 0, 2),
        ]
    );
}

#[tokio::test]
async fn utf_16_is_read_by_its_mark_in_either_byte_order() {
    let text = "\u{feff}{\"items\":[{\"productName\":\"É\"}]}";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(&little[..4], b"\xFF\xFE{\0");
    for bytes in [little, big] {
        assert_eq!(rows(ok(bytes)).await.unwrap()[0].product_name.as_deref(), Some("É"));
    }
}

#[tokio::test]
async fn gzip_and_brotli_are_decompressed() {
    // {"items":[{"licensesSold":5}]}
    let gzip: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0x2c, 0x49, 0xcd, 0x2d,
        0x56, 0xb2, 0x8a, 0xae, 0x56, 0xca, 0xc9, 0x4c, 0x4e, 0xcd, 0x2b, 0x4e, 0x2d, 0x0e, 0xce, 0xcf, 0x49,
        0x51, 0xb2, 0x32, 0xad, 0x8d, 0xad, 0x05, 0x00, 0xd1, 0xc2, 0x1e, 0xa9, 0x1e, 0x00, 0x00, 0x00,
    ];
    let brotli: &[u8] = b"\xd0\x01\x10{\"items\":[{\"licensesSold\":5}]}\x03";
    for (encoding, body) in [("gzip", gzip), ("br", brotli)] {
        let rows = rows(reply(200, &[&format!("Content-Encoding: {encoding}")], body)).await.unwrap();
        assert_eq!(rows[0].licenses_sold, Some(5), "{encoding}");
    }
}

#[tokio::test]
async fn both_envelopes_are_read_in_any_case() {
    for name in ["items", "Items", "value", "Value"] {
        let body = format!(r#"{{"{name}":[{{"LicensesSold":5,"ProductName":"X"}}],"TotalCount":1}}"#);
        let rows = rows(ok(body)).await.unwrap();
        assert_eq!((rows[0].licenses_sold, rows[0].product_name.as_deref()), (Some(5), Some("X")), "{name}");
    }
}

#[tokio::test]
async fn counts_are_read_as_numbers_fractions_and_texts() {
    for five in ["5", "5.0", "\"5\"", "\" 5 \"", "\"5.0\"", "5e0"] {
        assert_eq!(row(&format!("\"licensesSold\":{five}")).await.licenses_sold, Some(5), "{five}");
    }
    for percent in ["26.16", "\"26.16\""] {
        assert_eq!(row(&format!("\"deploymentPercent\":{percent}")).await.deployment_percent, Some(26.16));
    }
    assert_eq!(row("\"deploymentPercent\":1").await.deployment_percent, Some(1.0));
}

#[tokio::test]
async fn a_count_that_is_not_a_whole_number_is_unknown_and_reported_and_its_row_is_kept() {
    for odd in [
        "5.5",
        "\"five\"",
        "\"\"",
        "true",
        "[]",
        "{}",
        "1e20",
        "1e999",
        "18446744073709551615",
        "-1",
        "\"1,234\"",
    ] {
        let body = format!("{{\"items\":[{{}},{{\"licensesSold\":{odd},\"licensesDeployed\":3}}]}}");
        let page = page(ok(body)).await.unwrap();
        assert_eq!(
            (page.items()[1].licenses_sold, page.items()[1].licenses_deployed),
            (None, Some(3)),
            "{odd}"
        );
        let found: Vec<_> = page.odd_values().iter().map(|odd| (odd.row(), odd.field())).collect();
        assert_eq!(found, [(Some(1), "licensesSold")], "{odd}");
        assert_eq!(page.odd_value_counts().collect::<Vec<_>>(), [("licensesSold", 1)]);
        assert_eq!(page.map(|page| page.items.len()).odd_values().len(), 1, "another value changes nothing");
    }
}

#[tokio::test]
async fn text_fields_accept_numbers_booleans_and_unpaired_surrogates() {
    for (wire, text) in [
        ("365", "365"),
        ("365.0", "365"),
        ("1.5", "1.5"),
        ("-1", "-1"),
        ("18446744073709551615", "18446744073709551615"),
        ("1e20", "1e20"),
        ("1e999", "1e999"),
        ("true", "true"),
        ("\"Team \\ud83d\"", "Team \u{fffd}"),
        ("\"\\udc00 \\uD83D\\uDE00\"", "\u{fffd} \u{1f600}"),
        ("\"a\tb\"", "a\tb"),
    ] {
        let page = page(ok(format!("{{\"items\":[{{\"serviceCode\":{wire}}}]}}"))).await.unwrap();
        assert_eq!(page.items()[0].service_code.as_deref(), Some(text), "{wire}");
        assert_eq!(page.odd_values(), []);
    }
    // More digits than a number can hold: text made from it would be wrong.
    let page = page(ok(r#"{"items":[{"serviceCode":12345678901234567890123}]}"#)).await.unwrap();
    assert_eq!((page.items()[0].service_code.as_deref(), page.odd_values().len()), (None, 1));
}

#[tokio::test]
async fn invalid_rows_are_counted_and_the_others_returned() {
    let page = page(ok(r#"{"items":[1,{"licensesSold":1},"x",[],null,true,1.5,[[{}]],{"licensesSold":2}]}"#));
    let page = page.await.unwrap();
    assert_eq!(page.items().iter().filter_map(|row| row.licenses_sold).collect::<Vec<_>>(), [1, 2]);
    let unreadable: Vec<_> = page.unreadable().iter().map(|row| (row.row(), row.reason())).collect();
    assert_eq!(unreadable, [0, 2, 3, 4, 5, 6, 7].map(|row| (row, UnreadableReason::NotAnObject)));
    assert_eq!((page.unreadable_count(), page.odd_values().len()), (7, 0));
}

#[tokio::test]
async fn unusual_customers_are_read_and_those_without_an_id_reported() {
    let body = r#"{"totalCount":-1,"items":[
        {"id":"a","relationshipToPartner":1,"associatedPartnerId":1234567,"allowDelegatedAccess":"True"},
        {"id":null},{},{"id":{}},
        {"id":"b","companyProfile":"x","customDomains":"contoso.com","links":{"next":{"headers":{"key":"k"}}}},
        {"id":"c","companyProfile":{"domain":[],"address":{"city":{}}},"customDomains":["x",null,5,{}]}
    ]}"#;
    let server = FakeServer::scripted([ok(body)]);
    let page = partner(&server).customers().list().pages().try_next().await.unwrap().unwrap();
    let ids: Vec<_> = page.items().iter().map(|customer| customer.id.to_string()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(page.items()[0].relationship_to_partner.as_ref().unwrap().as_str(), "1");
    assert_eq!(page.items()[0].associated_partner_id.as_deref(), Some("1234567"));
    assert_eq!(page.items()[0].allow_delegated_access, Some(true));
    assert_eq!(page.items()[1].custom_domains.as_deref(), Some(["contoso.com".to_owned()].as_slice()));
    assert_eq!(page.items()[2].custom_domains.as_deref(), Some(["x".to_owned(), "5".to_owned()].as_slice()));
    let unreadable: Vec<_> = page.unreadable().iter().map(|row| (row.row(), row.reason())).collect();
    assert_eq!(unreadable, [1, 2, 3].map(|row| (row, UnreadableReason::Missing("id"))));
    let odd: Vec<_> = page.odd_values().iter().map(|odd| (odd.row(), odd.field())).collect();
    assert_eq!(
        odd,
        [
            (None, "totalCount"),
            (Some(4), "companyProfile"),
            (Some(4), "links.next.headers"),
            (Some(5), "companyProfile.domain"),
            (Some(5), "companyProfile.address.city"),
            (Some(5), "customDomains"),
            (Some(5), "customDomains"),
        ]
    );
}

#[tokio::test]
async fn dates_are_read_in_many_forms_and_kept_unchanged() {
    for (text, offset, seconds) in [
        ("2017-03-14T03:25:16.36+00:00", Some(Offset::Minutes(0)), Some(1_489_461_916)),
        ("2017-03-14T03:25:16Z", Some(Offset::Zulu), Some(1_489_461_916)),
        ("2017-03-14T03:25:16", Some(Offset::Absent), Some(1_489_461_916)),
        ("2017-03-14T03:25:16.1", Some(Offset::Absent), Some(1_489_461_916)),
        ("2017-03-14T03:25:16.123456789Z", Some(Offset::Zulu), Some(1_489_461_916)),
        ("2017-03-14", Some(Offset::Absent), Some(1_489_449_600)),
        ("0001-01-01T00:00:00", Some(Offset::Absent), None),
        ("last Tuesday", None, None),
    ] {
        let row = row(&format!("\"processedDateTime\":\"{text}\"")).await;
        let date = row.processed_date_time.unwrap();
        assert_eq!((date.to_string().as_str(), date.offset(), date.unix_seconds()), (text, offset, seconds));
    }
}

#[tokio::test]
async fn guids_ignore_case_and_other_text_is_kept() {
    let upper = row(r#""customerId":"4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04""#).await.customer_id.unwrap();
    assert_eq!(upper.as_uuid(), Some(customer().as_uuid()));
    assert_eq!(upper.to_string(), "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04");
    let empty = row(r#""customerId":"""#).await.customer_id.unwrap();
    assert_eq!((empty.as_uuid(), empty.to_string().as_str()), (None, ""));
}

#[tokio::test]
async fn unknown_fields_are_ignored_and_unknown_values_kept() {
    let row = row(r#""channel":"Direct","newField":{"deep":[1,{"er":null}]},"licensesSold":1"#).await;
    assert_eq!(row.channel, Some(Channel::Other("Direct".into())));
    assert_eq!(row.licenses_sold, Some(1));
}

#[tokio::test]
async fn null_and_absent_are_equivalent() {
    let nulls = row(
        r#""customerId":null,"customerName":null,"productName":null,"serviceCode":null,"serviceName":null,
        "channel":null,"licensesDeployed":null,"licensesSold":null,"deploymentPercent":null,
        "processedDateTime":null,"attributes":null"#,
    )
    .await;
    assert_eq!(nulls, row("").await);
    assert_eq!(nulls.licenses_sold, None, "unknown, not zero");
    let rows = rows(ok(r#"{"totalCount":null,"items":[],"links":null,"attributes":null}"#)).await.unwrap();
    assert!(rows.is_empty());
}

#[tokio::test]
async fn an_empty_success_response_has_no_rows() {
    for reply in [
        ok(""),
        ok("\u{feff}"),
        reply(204, &[], ""),
        reply(202, &[], ""),
        ok("\u{feff}{\"totalCount\":0,\"items\":[],\"attributes\":{\"objectType\":\"Collection\"}}"),
    ] {
        assert!(rows(reply).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_body_that_is_not_a_page_is_an_error_with_status_ids_and_bytes() {
    let html = "<!DOCTYPE html><html><body>Sign in to Contoso</body></html>";
    for body in [
        "{}",
        "{\"totalCount\":3}",
        "{\"items\":null}",
        "{\"items\":{}}",
        "{\"items\":[{}",
        "[]",
        "null",
        "\"\"",
        "5",
        html,
        "{\"items\":[]} trailing",
    ] {
        let error = rows(ok(body)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}");
        assert_eq!(error.status(), Some(200), "{body}");
        assert_eq!(error.body().map(AsRef::as_ref), Some(body.as_bytes()), "{body}");
        assert!(error.request_id().is_some() && error.correlation_id().is_some());
        assert_eq!(error.attempts(), 1);
        assert!(!format!("{error} {error:?}").contains("Contoso"));
    }
}

#[tokio::test]
async fn conflicting_values_of_one_field_are_unknown() {
    let body = r#"{"items":[{"licensesSold":1,"LicensesSold":2,"licensesSold":3,"productName":"x","ProductName":"x",
        "serviceCode":null,"ServiceCode":"o365"}]}"#;
    let page = page(ok(body)).await.unwrap();
    assert_eq!(page.items()[0].licenses_sold, None);
    assert_eq!(page.items()[0].product_name.as_deref(), Some("x"));
    assert_eq!(page.items()[0].service_code.as_deref(), Some("o365"));
    assert_eq!(page.odd_value_counts().collect::<Vec<_>>(), [("licensesSold", 1)]);
}

#[tokio::test]
async fn two_row_arrays_are_an_error() {
    let error = rows(ok(r#"{"items":[],"Value":[{}]}"#)).await.unwrap_err();
    assert!(error.message().contains("duplicate field `items`"), "{error}");
}
