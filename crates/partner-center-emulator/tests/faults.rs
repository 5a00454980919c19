//! Tests of the faults that replace a response or affect its transfer, and of the rules that select requests. Faults
//! that change a response are tested in `response_faults.rs`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::unreadable_literal, reason = "codes are searched for as the service prints them")]

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use partner_center_emulator::{Emulator, Entra, ErrorResponse, Rule, documented};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use support::{COMMERCIAL, ID, deployment, get, page, send, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn errors_have_the_given_status_body_and_retry_after() {
    for (fault, status, retry_after, has_ids, body) in [
        ("429(retry-after=57)", 429, Some("57"), false, documented::THROTTLED.to_owned()),
        (
            "429(retry-after=2,body=fault,code=4290)",
            429,
            Some("2"),
            true,
            json!({"code": 4290, "description": "Rate limit is exceeded. Try again in 2 seconds.", "data": [],
                "source": "PartnerApiServiceControllers"})
            .to_string(),
        ),
        (
            "429(retry-after-date=10)",
            429,
            Some("Sun, 06 Nov 1994 08:49:47 GMT"),
            false,
            json!({"statusCode": 429, "message": "Rate limit is exceeded. Try again in 10 seconds."}).to_string(),
        ),
        (
            "429(retry-after=none)",
            429,
            None,
            false,
            json!({"statusCode": 429, "message": "Rate limit is exceeded."}).to_string(),
        ),
        (
            "500",
            500,
            None,
            true,
            json!({"code": 800003, "description": "Unexpected service error.", "data": [],
                "source": "PartnerApiServiceControllers"})
            .to_string(),
        ),
        ("503(retry-after=5,body=empty)", 503, Some("5"), true, String::new()),
        (
            "504",
            504,
            None,
            false,
            json!({"statusCode": 504, "message": "The gateway did not receive a response in time."}).to_string(),
        ),
        (
            "403(code=20002)",
            403,
            None,
            true,
            json!({"code": 20002, "description": "The partner does not have a commerce relationship with the customer.",
                "data": [], "source": "PartnerApiServiceControllers"})
            .to_string(),
        ),
        ("401(body=error-text)", 401, None, true, json!({"error": "Access denied."}).to_string()),
        ("500(body=message)", 500, None, true, json!({"Message": "Unexpected service error."}).to_string()),
        ("503(body=plain)", 503, None, true, "The service is unavailable.".to_owned()),
        (
            "404(body=error-object)",
            404,
            None,
            true,
            json!({"error": {"code": "NotFound", "message": "Resource not found"}}).to_string(),
        ),
    ] {
        let emulator = start(fault).await;
        let (got, headers, sent) = get(&emulator, &deployment()).await;
        assert_eq!(got, status, "{fault}");
        assert_eq!(headers.get("retry-after").map(|value| value.to_str().unwrap()), retry_after, "{fault}");
        assert_eq!(headers.contains_key("ms-requestid"), has_ids, "{fault}");
        match serde_json::from_str::<Value>(&body) {
            Ok(body) => assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap(), body, "{fault}"),
            Err(_) => assert_eq!(String::from_utf8(sent).unwrap(), body, "{fault}"),
        }
        assert_eq!(emulator.requests()[0].fault(), Some(fault));
    }
}

#[tokio::test]
async fn analytics_and_commerce_errors_have_their_members() {
    let emulator = start("#1 400(body=analytics); #2 500(body=commerce)").await;
    let analytics: Value = serde_json::from_slice(&get(&emulator, COMMERCIAL).await.2).unwrap();
    assert_eq!(analytics["innererror"]["code"], "InvalidQueryParameters");
    let commerce: Value = serde_json::from_slice(&get(&emulator, COMMERCIAL).await.2).unwrap();
    assert_eq!(commerce["isRetryable"], true);
    assert_eq!(commerce["errorMessageExtended"], "InternalErrorCode=800003");
    assert_eq!(get(&emulator, COMMERCIAL).await.0, 200);
}

#[tokio::test]
async fn an_html_page_can_have_an_error_status_or_200() {
    let emulator = start("#1 502; #2 html").await;
    for status in [502, 200] {
        let (got, headers, body) = get(&emulator, &deployment()).await;
        assert_eq!(got, status);
        assert_eq!(headers["content-type"], "text/html");
        assert!(!headers.contains_key("ms-requestid"));
        assert!(body.starts_with(b"<html>"));
    }
}

#[tokio::test]
async fn responses_can_be_empty() {
    let emulator = start("#1 empty-body; #2 204; #3 no-rows").await;
    let (status, headers, body) = get(&emulator, &deployment()).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(headers["ms-requestid"], ID);
    let (status, _, body) = get(&emulator, &deployment()).await;
    assert_eq!((status, body.len()), (StatusCode::NO_CONTENT, 0));
    let empty = json!({"totalCount": 0, "items": [], "attributes": {"objectType": "Collection"}});
    assert_eq!(page(&emulator, &deployment()).await, empty);
}

/// Sends a request over a bare connection and reads until it ends.
async fn raw(emulator: &Emulator) -> (Vec<u8>, Option<ErrorKind>) {
    let address = emulator.base_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n\r\n", deployment());
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => return (read, None),
            Ok(length) => read.extend_from_slice(&buffer[..length]),
            Err(error) => return (read, Some(error.kind())),
        }
    }
}

#[tokio::test]
async fn a_reset_closes_the_connection_with_rst() {
    let emulator = start("reset").await;
    assert_eq!(raw(&emulator).await, (Vec::new(), Some(ErrorKind::ConnectionReset)));
    let request = &emulator.requests()[0];
    assert_eq!((request.status(), request.fault()), (None, Some("reset")));
}

#[tokio::test]
async fn a_reset_in_the_body_comes_after_the_given_number_of_bytes() {
    let emulator = start("reset-body(after=100)").await;
    let (read, error) = raw(&emulator).await;
    assert_eq!(error, Some(ErrorKind::ConnectionReset));
    let text = String::from_utf8_lossy(&read);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1012"), "{head}");
    assert_eq!(body.len(), 100, "the byte-order mark counts as three");
}

#[tokio::test]
async fn a_wrong_length_is_larger_than_the_body() {
    let emulator = start("wrong-length").await;
    let (read, error) = raw(&emulator).await;
    assert_eq!(error, None);
    let text = String::from_utf8_lossy(&read);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1112"), "{head}");
    assert_eq!(body.len(), 1012);
}

#[tokio::test]
async fn a_truncated_body_has_the_right_length() {
    let emulator = start("truncated").await;
    let response = send(&emulator, &deployment()).await.unwrap();
    assert_eq!(response.content_length(), Some(504 + 3));
    let body = response.bytes().await.unwrap();
    assert_eq!(&body[3..], &documented::CUSTOMER_LICENSES_DEPLOYMENT.as_bytes()[..504]);
}

#[tokio::test]
async fn slow_responses_are_complete() {
    let emulator = start("#1 slow-start(ms=2); #2 drip(bytes=400,ms=1); #3 stall(after=5,ms=2)").await;
    for _ in 0..3 {
        let (status, headers, body) = get(&emulator, &deployment()).await;
        assert_eq!(status, 200);
        assert_eq!(headers["content-length"], "1012");
        assert_eq!(&body[3..], documented::CUSTOMER_LICENSES_DEPLOYMENT.as_bytes());
    }
}

#[tokio::test]
async fn disconnecting_ends_a_long_wait_and_an_endless_body() {
    let emulator = start("#1 slow-start(ms=600000); #2 endless").await;
    let path = deployment();
    let arrived = async {
        while emulator.request_count() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = send(&emulator, &path) => panic!("responded before the end of the delay"),
        () = arrived => {}
    }
    while emulator.open_connections() > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    let mut response = send(&emulator, &deployment()).await.unwrap();
    let mut read = 0;
    while read < 1024 * 1024 {
        read += response.chunk().await.unwrap().unwrap().len();
    }
    assert_eq!(emulator.open_connections(), 1);
    drop(response);
    while emulator.open_connections() > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(emulator.requests()[0].status(), None, "the first request got no response");
}

#[tokio::test]
async fn an_endless_body_ends_at_its_size() {
    let emulator = start("endless(mib=2)").await;
    let (_, headers, body) = get(&emulator, &deployment()).await;
    assert!(!headers.contains_key("content-length"));
    assert!(body.starts_with(br#"{"totalCount":1,"items":[{"#));
    assert!((1_900_000..2_200_000).contains(&body.len()), "{}", body.len());
}

#[tokio::test]
async fn a_gzip_bomb_is_small_on_the_wire() {
    let emulator = start("gzip-bomb(mib=64)").await;
    let (status, headers, body) = get(&emulator, &deployment()).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-encoding"], "gzip");
    assert!(body.len() < 200_000, "{}", body.len());
}

#[tokio::test]
async fn a_big_header_has_the_given_size() {
    let emulator = start("big-header(kib=16)").await;
    let (_, headers, _) = get(&emulator, &deployment()).await;
    assert_eq!(headers["x-padding"].len(), 16 * 1024);
}

#[tokio::test]
async fn an_expired_token_is_rejected_once_and_a_revoked_one_permanently() {
    let emulator = start("#1 expired-token; #3 revoke-token").await;
    let statuses = async || {
        let (status, _, body) = get(&emulator, &deployment()).await;
        (status.as_u16(), serde_json::from_slice::<Value>(&body).ok().map(|body| body["code"].clone()))
    };
    assert_eq!(statuses().await, (401, Some(json!(400))));
    assert_eq!(statuses().await.0, 200);
    assert_eq!(statuses().await, (401, Some(json!(400))));
    assert_eq!(statuses().await, (401, Some(json!(400))));
    let other = emulator.entra().issue_refresh_token();
    let response = Client::new().get(format!("{}/v1/customers", emulator.base_url())).bearer_auth(other);
    assert_eq!(response.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn rules_count_the_requests_their_path_matches() {
    let emulator = start("#2 /v1/customers 503; #1 /*/licenses/* 500; /*skip=* 502; /*?*skip=4* 504").await;
    assert_eq!(get(&emulator, "/v1/customers").await.0, 200);
    assert_eq!(get(&emulator, &deployment()).await.0, 500);
    assert_eq!(get(&emulator, &deployment()).await.0, 200);
    assert_eq!(get(&emulator, "/v1/customers").await.0, 503);
    assert_eq!(get(&emulator, "/v1/customers").await.0, 200);
    assert_eq!(get(&emulator, &format!("{COMMERCIAL}?skip=3")).await.0, 200);
    assert_eq!(get(&emulator, &format!("{COMMERCIAL}?skip=4")).await.0, 504);
}

#[tokio::test]
async fn a_percentage_selects_the_same_requests_in_every_run() {
    let run = async |seed: u64| {
        let emulator = start(&format!("seed={seed}; 20% 503")).await;
        let mut failed = Vec::new();
        for number in 0..200 {
            if get(&emulator, &deployment()).await.0 == 503 {
                failed.push(number);
            }
        }
        failed
    };
    let failed = run(5).await;
    assert!((20..60).contains(&failed.len()), "{}", failed.len());
    assert_eq!(run(5).await, failed);
    assert_ne!(run(6).await, failed);
}

#[tokio::test]
async fn a_limit_lets_a_repeated_request_id_through() {
    let rule = Rule::new(ErrorResponse::new(503)).at_most(2);
    let emulator = start("").await;
    emulator.set_faults(rule);
    let statuses = async || get(&emulator, &deployment()).await.0.as_u16();
    assert_eq!([statuses().await, statuses().await, statuses().await], [503, 503, 200]);
    assert_eq!(statuses().await, 503);
}

#[tokio::test]
async fn rules_with_a_sign_in_path_apply_to_the_sign_in_host() {
    let script =
        "500; #1 /*/oauth2/v2.0/token aadsts(50076); #2 /*/oauth2/* 503(body=html); #3 /*/oauth2/* truncated";
    let emulator = start(script).await;
    let token = emulator.entra().issue_refresh_token();
    let request_token = async || {
        let response = Client::new()
            .post(format!("{}/t/oauth2/v2.0/token", emulator.authority()))
            .body(format!("grant_type=refresh_token&client_id={}&refresh_token={token}", Entra::CLIENT_ID))
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap())
    };
    let (status, body) = request_token().await;
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &body["suberror"]), (400, &json!("basic_action")));
    let (status, body) = request_token().await;
    assert!(status == 503 && body.starts_with(b"<html>"));
    let (status, body) = request_token().await;
    assert!(status == 200 && serde_json::from_slice::<Value>(&body).is_err());
    assert_eq!(request_token().await.0, 200);
    // Two requests reached the token endpoint; all four were recorded with their forms.
    assert_eq!(emulator.entra().token_requests().refresh_token, 2);
    let grants =
        emulator.authority_requests().iter().filter_map(|request| request.form("grant_type")).count();
    assert_eq!(grants, 4);
}
