//! Calls over the wire: ids, headers, attempts, waits, tokens and deadlines.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use partner_center::clock::{BoxFuture, FixedRandom, ManualClock};
use partner_center::credential::{AccessToken, Credential, StaticToken};
use partner_center::{ErrorKind, PartnerCenter, RequestContext, Result};
use partner_center_emulator::DOCUMENTED_CUSTOMER;
use partner_center_test_support::{FakeServer, Reply, ok, reply, unused_url};
use support::{TOKEN, builder, customer, partner};

const EMPTY: &str = "\u{feff}{\"totalCount\":0,\"items\":[]}";
const THROTTLED: &[u8] =
    br#"{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds." }"#;

async fn get(partner: &PartnerCenter) -> Result<(u32, Option<String>)> {
    let response = partner.customers().by_id(customer()).analytics().licenses().deployment().get().await?;
    Ok((response.attempts(), response.service_request_id().map(str::to_owned)))
}

#[tokio::test]
async fn the_request_is_exactly_the_documented_one() {
    let server = FakeServer::scripted([ok(EMPTY)]);
    let partner = builder(&server, &ManualClock::new()).application("License desk").build().unwrap();
    get(&partner).await.unwrap();
    let request = &server.requests()[0];
    let path = format!("/v1/customers/{DOCUMENTED_CUSTOMER}/analytics/licenses/deployment");
    assert_eq!((request.method.as_str(), &request.target), ("GET", &path));
    let mut names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "authorization",
            "host",
            "ms-correlationid",
            "ms-partnercenter-application",
            "ms-partnercenter-client",
            "ms-requestid",
            "user-agent",
            "x-locale",
        ]
    );
    assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("x-locale"), Some("en-US"));
    assert_eq!(request.header("ms-partnercenter-application"), Some("License desk"));
}

#[tokio::test]
async fn retries_keep_the_ids_of_their_call_and_the_next_call_has_new_ones() {
    let server =
        FakeServer::scripted([reply(503, &[], ""), reply(502, &[], b"<html>"), ok(EMPTY), ok(EMPTY)]);
    let partner = partner(&server);
    assert_eq!(get(&partner).await.unwrap().0, 3);
    get(&partner).await.unwrap();
    let ids: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            let id = |name| request.header(name).unwrap().parse::<uuid::Uuid>().unwrap();
            (id("ms-requestid"), id("ms-correlationid"))
        })
        .collect();
    assert_eq!((ids[0], ids[1]), (ids[1], ids[2]), "one call");
    assert_ne!(ids[2].0, ids[3].0, "another call");
    assert_ne!(ids[2].1, ids[3].1, "another call");
    assert_ne!(ids[0].0, ids[0].1);
}

#[tokio::test]
async fn a_context_pins_the_correlation_id_and_the_locale_of_a_chain() {
    let server = FakeServer::scripted([ok(EMPTY), ok(EMPTY)]);
    let id = uuid::Uuid::from_u128(7);
    let scoped = partner(&server).with(RequestContext::new().correlation_id(id).locale("sv-SE"));
    get(&scoped).await.unwrap();
    get(&scoped).await.unwrap();
    for request in server.requests() {
        assert_eq!(request.header("ms-correlationid"), Some(id.to_string().as_str()));
        assert_eq!(request.header("x-locale"), Some("sv-SE"));
    }
    assert_ne!(server.requests()[0].header("ms-requestid"), server.requests()[1].header("ms-requestid"));
}

#[tokio::test]
async fn an_invalid_locale_is_rejected_before_anything_is_sent() {
    let server = FakeServer::scripted([]);
    for locale in ["", "sv SE", "sv\r\nX-Evil: 1", "s"] {
        let error = get(&partner(&server).with(RequestContext::new().locale(locale))).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidInput, 0), "{locale:?}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_ids_and_headers_of_the_response_are_kept() {
    let server =
        FakeServer::scripted([reply(200, &["MS-RequestId: its-own", "MS-CV: x.0"], EMPTY.as_bytes())]);
    let response = partner(&server).analytics().licenses().usage().get().await.unwrap();
    assert_eq!(response.service_request_id(), Some("its-own"));
    assert_eq!(response.raw_headers()["ms-cv"], "x.0");
    assert_eq!((response.status(), response.attempts()), (200, 1));
    assert_eq!(server.requests()[0].header("ms-requestid"), Some(response.request_id().to_string().as_str()));
}

#[tokio::test]
async fn retry_after_is_honored_in_seconds_and_as_a_date() {
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(40));
    for (header, at_least) in [("Retry-After: 57".to_owned(), 57), (format!("Retry-After: {date}"), 38)] {
        let server = FakeServer::scripted([reply(429, &[&header], THROTTLED), ok(EMPTY)]);
        let clock = ManualClock::new();
        let partner = builder(&server, &clock).build().unwrap();
        assert_eq!(get(&partner).await.unwrap().0, 2);
        assert!(clock.elapsed() >= Duration::from_secs(at_least), "waited {:?}", clock.elapsed());
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_fails_at_once() {
    let server = FakeServer::scripted([reply(429, &["Retry-After: 200"], THROTTLED), ok(EMPTY)]);
    let clock = ManualClock::new();
    let error = get(&builder(&server, &clock).build().unwrap()).await.unwrap_err();
    assert!(error.is_throttled());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(200)));
    assert_eq!((error.attempts(), clock.sleeps().len()), (1, 0), "it did not wait");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_pause_requested_from_one_call_applies_to_the_next() {
    let server = FakeServer::scripted([reply(429, &["Retry-After: 200"], THROTTLED), ok(EMPTY)]);
    let clock = ManualClock::new();
    let partner = builder(&server, &clock).build().unwrap();
    get(&partner).await.unwrap_err();
    let held = get(&partner).await.unwrap_err();
    assert_eq!((held.kind(), held.attempts()), (ErrorKind::Throttled, 0), "nothing was sent");
    clock.advance(Duration::from_secs(100));
    assert_eq!(get(&partner).await.unwrap().0, 1);
    assert!(clock.elapsed() >= Duration::from_secs(200), "it waited for the rest of the pause");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn attempts_are_limited() {
    let server = FakeServer::scripted((0..9).map(|_| reply(503, &[], "")));
    let clock = ManualClock::new();
    let error = get(&builder(&server, &clock).max_attempts(3).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Unavailable, Some(503), 3));
    assert_eq!((server.requests().len(), clock.sleeps().len()), (3, 2));
}

#[tokio::test]
async fn permanent_errors_are_not_retried() {
    for (status, kind) in [
        (400, ErrorKind::Rejected),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Rejected),
        (501, ErrorKind::Unavailable),
        (302, ErrorKind::InvalidResponse),
    ] {
        let server = FakeServer::scripted([reply(status, &["Location: http://127.0.0.2:1/"], ""), ok(EMPTY)]);
        let error = get(&partner(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_truncated_body_is_requested_again_and_kept_if_that_continues() {
    let cut = || Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"items\":[".to_vec());
    let server = FakeServer::scripted([cut(), ok(EMPTY)]);
    assert_eq!(get(&partner(&server)).await.unwrap().0, 2);

    let server = FakeServer::scripted((0..4).map(|_| cut()));
    let error = get(&partner(&server)).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Network, Some(200), 4));
    assert_eq!(error.body().map(AsRef::as_ref), Some(&b"{\"items\":["[..]));
}

#[tokio::test]
async fn a_truncated_error_response_is_retried_and_then_classified_by_its_status() {
    let cut = |status: u16, header: &str| {
        let head = format!("HTTP/1.1 {status} Status\r\nContent-Length: 100\r\n{header}\r\n{{\"code\":");
        Reply::Cut(head.into_bytes())
    };
    let server = FakeServer::scripted([cut(429, "Retry-After: 57\r\n"), ok(EMPTY)]);
    let clock = ManualClock::new();
    assert_eq!(get(&builder(&server, &clock).build().unwrap()).await.unwrap().0, 2);
    assert!(clock.elapsed() >= Duration::from_secs(57), "waited {:?}", clock.elapsed());

    for (status, kind, requests) in [
        (400, ErrorKind::Rejected, 4),
        // Once more with a new token, if there were one.
        (401, ErrorKind::Unauthorized, 4),
        (403, ErrorKind::Forbidden, 4),
        (404, ErrorKind::NotFound, 4),
        (501, ErrorKind::Unavailable, 4),
        (302, ErrorKind::InvalidResponse, 1),
    ] {
        let server = FakeServer::scripted((0..9).map(|_| cut(status, "")));
        let error = get(&partner(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.attempts()), (kind, Some(status), requests));
        assert_eq!(error.body().map(AsRef::as_ref), Some(&b"{\"code\":"[..]));
        assert_eq!(server.requests().len(), usize::try_from(requests).unwrap());
    }

    let whole = reply(403, &[], br#"{"code":20002,"description":"d","data":[],"source":"s"}"#);
    let server = FakeServer::scripted([cut(403, ""), whole, ok(EMPTY)]);
    let error = get(&partner(&server)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::NoRelationship, 2),
        "the complete error response"
    );
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_response_over_the_limit_is_rejected_even_if_it_was_small_before_decompression() {
    let server = FakeServer::scripted([ok(vec![b' '; 2000])]);
    let partner = builder(&server, &ManualClock::new()).body_limit(1000).build().unwrap();
    let error = get(&partner).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(200)));
    assert!(error.message().contains("1000 bytes"), "{error}");
    assert_eq!(server.requests().len(), 1, "not retried");
}

#[tokio::test]
async fn invalid_settings_are_rejected_before_anything_is_sent() {
    let builder = || PartnerCenter::builder().credential(StaticToken::new(TOKEN).unwrap());
    for (name, builder) in [
        ("ftp", builder().proxy("ftp://user:secret@127.0.0.1:21")),
        ("gopher", builder().proxy("gopher://127.0.0.1")),
        ("socks5", builder().proxy("socks5://127.0.0.1:1080")),
        ("empty", builder().proxy("")),
        ("certificate", builder().root_certificate("garbage")),
        ("base URL", builder().base_url("")),
        ("backoff", builder().backoff(Duration::MAX, Duration::MAX)),
        ("stall", builder().stall_timeout(Duration::ZERO)),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{name}");
        assert!(!format!("{error} {error:?} {:?}", std::error::Error::source(&error)).contains("secret"));
    }
}

#[tokio::test]
async fn an_unknown_host_name_is_looked_up_once() {
    let clock = ManualClock::new();
    let partner = PartnerCenter::builder()
        .credential(StaticToken::new(TOKEN).unwrap())
        // `.invalid` is reserved by RFC 6761.
        .base_url("https://partner-center.invalid")
        .clock(clock.clone())
        .build()
        .unwrap();
    let error = get(&partner).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    // Without a network, the lookup fails for another reason.
    if error.message().contains("could not resolve the host name") {
        assert_eq!((error.attempts(), clock.sleeps().len()), (1, 0));
        assert!(!error.is_transient() && error.advice().contains("Check the address"));
    } else {
        assert_eq!(error.attempts(), 4);
    }
}

#[tokio::test]
async fn extreme_numbers_and_clocks_do_not_break_a_call() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300] {
        let server = FakeServer::scripted([reply(503, &[], ""), ok(EMPTY)]);
        let clock = ManualClock::new();
        clock.advance(Duration::MAX);
        let day = Duration::from_secs(24 * 60 * 60);
        let random = FixedRandom::new(number);
        let partner = builder(&server, &clock).random(random).backoff(Duration::ZERO, day).timeout(day);
        assert_eq!(get(&partner.build().unwrap()).await.unwrap().0, 2, "{number}");
    }
}

#[tokio::test]
async fn a_call_without_a_response_ends_with_the_timeout() {
    let server = FakeServer::scripted([Reply::Stall(Vec::new()), Reply::Stall(Vec::new())]);
    let partner = builder(&server, &ManualClock::new())
        .attempt_timeout(Duration::from_millis(30))
        .max_attempts(2)
        .build()
        .unwrap();
    let error = get(&partner).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 2));

    let server = FakeServer::scripted([Reply::Stall(Vec::new())]);
    let partner = builder(&server, &ManualClock::new()).timeout(Duration::from_millis(30)).build().unwrap();
    assert_eq!(get(&partner).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_refused_connection_is_a_network_error() {
    let partner = PartnerCenter::builder()
        .base_url(unused_url())
        .credential(StaticToken::new(TOKEN).unwrap())
        .clock(ManualClock::new())
        .build()
        .unwrap();
    let error = get(&partner).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Network, None, 4));
}

/// Returns token-1, after a refresh token-2, and so on up to a maximum.
#[derive(Debug, Clone)]
struct Counting {
    current: Arc<AtomicU32>,
    last: u32,
}

impl Credential for Counting {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        let token = AccessToken::new(format!("token-{}", self.current.load(Ordering::SeqCst)));
        Box::pin(async { Ok(token) })
    }

    fn refresh<'a>(&'a self, _refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(async {
            if self.current.load(Ordering::SeqCst) == self.last {
                return Ok(None);
            }
            let next = self.current.fetch_add(1, Ordering::SeqCst) + 1;
            Ok(Some(AccessToken::new(format!("token-{next}"))))
        })
    }
}

#[tokio::test]
async fn a_rejected_token_is_refreshed_once_and_the_request_is_repeated() {
    for (replies, last, attempts, tokens) in [
        (vec![reply(401, &[], ""), ok(EMPTY)], 9, Ok(2), vec!["token-1", "token-2"]),
        (vec![reply(401, &[], ""), reply(401, &[], "")], 9, Err(2), vec!["token-1", "token-2"]),
        (vec![reply(401, &[], "")], 1, Err(1), vec!["token-1"]),
    ] {
        let server = FakeServer::scripted(replies);
        let credential = Counting { current: Arc::new(AtomicU32::new(1)), last };
        let partner = PartnerCenter::builder()
            .base_url(server.url())
            .credential(credential)
            .max_attempts(1)
            .build()
            .unwrap();
        let outcome = get(&partner).await.map(|response| response.0).map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::Unauthorized);
            error.attempts()
        });
        assert_eq!(outcome, attempts);
        let sent: Vec<_> = server
            .requests()
            .iter()
            .map(|request| request.header("authorization").unwrap().trim_start_matches("Bearer ").to_owned())
            .collect();
        assert_eq!(sent, tokens);
        let ids: HashSet<_> =
            server.requests().iter().map(|r| r.header("ms-requestid").unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 1, "still one call");
    }
}

#[tokio::test]
async fn the_repeated_request_with_a_new_token_does_not_count_as_an_attempt() {
    let unavailable = || reply(503, &[], "");
    for (failures, outcome) in [(3, Ok(5)), (4, Err(5))] {
        let mut replies = vec![reply(401, &[], "")];
        replies.extend((0..failures).map(|_| unavailable()));
        replies.push(ok(EMPTY));
        let server = FakeServer::scripted(replies);
        let credential = Counting { current: Arc::new(AtomicU32::new(1)), last: 9 };
        let partner =
            builder(&server, &ManualClock::new()).credential(credential).max_attempts(4).build().unwrap();
        let response = get(&partner).await.map(|response| response.0).map_err(|error| error.attempts());
        assert_eq!(response, outcome, "{failures} failures");
        assert_eq!(server.requests().len(), 5);
    }
}

#[tokio::test]
async fn nothing_is_sent_without_a_token() {
    #[derive(Debug)]
    struct Locked;
    impl Credential for Locked {
        fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
            Box::pin(async { Err(partner_center::Error::new(ErrorKind::Credential, "the store is locked")) })
        }
        fn refresh<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
            Box::pin(async { Ok(None) })
        }
    }
    let server = FakeServer::scripted([]);
    let partner = PartnerCenter::builder().base_url(server.url()).credential(Locked).build().unwrap();
    let error = get(&partner).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credential, 0));
    assert!(server.requests().is_empty());
}
