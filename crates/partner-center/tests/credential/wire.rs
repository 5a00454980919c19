//! Sign-in hosts that send invalid, late or no responses.

use std::sync::Arc;
use std::time::Duration;

use partner_center::clock::{Clock as _, FixedRandom, ManualClock};
use partner_center::credential::{
    AppRegistration, ClientCredentials, Credential, DeviceCode, FileStore, MemoryStore, Notice, OauthError,
    RefreshToken, StoredToken, TokenStore, UnusableReason,
};
use partner_center::{Error, ErrorKind, Result};
use partner_center_test_support::{FakeServer, Reply, json, ok, reply, unused_url};
use secrecy::ExposeSecret;

use crate::support::kept;

pub(crate) const GOOD: &str = r#"{"token_type":"Bearer","access_token":"good","expires_in":3599}"#;

pub(crate) fn app(address: &str, clock: &ManualClock) -> AppRegistration {
    AppRegistration::new("contoso.example", "11111111-2222-3333-4444-555555555555")
        .with_client_secret("secret")
        .with_authority(address)
        .with_clock(clock.clone())
        .with_random(FixedRandom::new(0.5))
}

async fn ask(address: &str, clock: &ManualClock) -> Result<String> {
    let token = ClientCredentials::new(&app(address, clock))?.token().await?;
    Ok(token.expose().to_owned())
}

pub(crate) async fn fail(script: Vec<Reply>) -> (Error, usize, Vec<Duration>) {
    let (host, clock) = (FakeServer::repeating(script), ManualClock::new());
    let error = ask(host.url(), &clock).await.unwrap_err();
    (error, host.requests().len(), clock.sleeps())
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn device_code() -> Reply {
    ok(
        r#"{"device_code":"d","user_code":"u","verification_uri":"https://a.example","expires_in":900,"interval":5}"#,
    )
}

pub(crate) fn no(error: &str) -> Reply {
    reply(400, &[], format!(r#"{{"error":"{error}"}}"#))
}

#[tokio::test]
async fn transient_errors_of_a_sign_in_host_are_retried() {
    let clock = ManualClock::new();
    let host = FakeServer::repeating([
        reply(503, &[], r#"{"error":"temporarily_unavailable","error_codes":[90033]}"#),
        // Truncated.
        Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec()),
        Reply::Cut(Vec::new()),
        ok(GOOD),
    ]);
    assert_eq!(ask(host.url(), &clock).await.unwrap(), "good");
    assert_eq!(host.requests().len(), 4);
    assert_eq!(clock.sleeps(), [millis(250), millis(500), millis(1000)], "half of the maximum waits");
}

#[tokio::test]
async fn retries_end_if_a_sign_in_host_stays_down() {
    let (error, requests, sleeps) = fail(vec![reply(502, &[], "<html>bad gateway</html>")]).await;
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Unavailable, Some(502), 4));
    assert!(error.is_transient());
    assert_eq!((requests, sleeps.len()), (4, 3));
}

#[tokio::test]
async fn throttling_is_waited_for_up_to_a_minute() {
    let clock = ManualClock::new();
    let throttled = |seconds: u32| reply(429, &[&format!("Retry-After: {seconds}")], "");
    let host = FakeServer::repeating([throttled(7), ok(GOOD)]);
    assert_eq!(ask(host.url(), &clock).await.unwrap(), "good");
    assert_eq!(clock.sleeps(), [Duration::from_secs(7)]);

    let (error, requests, sleeps) = fail(vec![throttled(600)]).await;
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(Duration::from_secs(600))));
    assert_eq!((requests, sleeps.len()), (1, 0));
}

#[tokio::test]
async fn an_unreachable_host_is_a_network_error() {
    let error = ask(&unused_url(), &ManualClock::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 4));
    assert!(error.advice().contains("proxy"), "{}", error.advice());
}

#[tokio::test]
async fn a_response_that_is_not_from_a_sign_in_host_is_an_error_and_not_retried() {
    let endless = format!(r#"{{"access_token":"{}"}}"#, "x".repeat(300_000));
    for (script, status) in [
        (reply(200, &["Content-Type: text/html"], "<html>Sign in to the hotel</html>"), Some(200)),
        (json(200, ""), Some(200)),
        (json(200, r#"{"token_type":"Bearer"}"#), None),
        (json(200, r#"{"token_type":"Bearer","access_token":"x","expires_in":"soon"}"#), Some(200)),
        (json(200, &endless), Some(200)),
        // An invalid access token, and a token of another type.
        (json(200, r#"{"token_type":"Bearer","access_token":""}"#), None),
        (json(200, r#"{"token_type":"Bearer","access_token":"two words"}"#), None),
        (json(200, r#"{"token_type":"mac","access_token":"x"}"#), None),
        (json(200, r#"{"token_type":"N_A","access_token":"x"}"#), None),
        (reply(302, &["Location: https://elsewhere.example/"], ""), Some(302)),
        (reply(403, &[], "<html>Blocked by the proxy</html>"), Some(403)),
        (json(400, r#"{"message":"no"}"#), Some(400)),
    ] {
        let (error, requests, _) = fail(vec![script.clone()]).await;
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::InvalidResponse, status),
            "{script:?}: {error}"
        );
        assert_eq!(requests, 1, "{script:?}");
    }
}

#[tokio::test]
async fn a_response_of_the_network_says_what_it_wants() {
    for (status, message) in [(407, "the proxy requires"), (511, "the network requires a sign-in")] {
        let (error, requests, _) = fail(vec![reply(status, &[], "<html>Sign in</html>")]).await;
        assert_eq!((error.kind(), error.status(), requests), (ErrorKind::Network, Some(status), 1));
        assert!(error.message().starts_with(message), "{error}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_and_an_unlimited_lifetime_are_accepted() {
    let body = format!("\u{feff}{}", GOOD.replace("3599", &u64::MAX.to_string()));
    let host = FakeServer::repeating([reply(200, &[], &body)]);
    assert_eq!(ask(host.url(), &ManualClock::new()).await.unwrap(), "good");
}

#[tokio::test]
async fn a_refresh_token_without_a_successor_is_kept() {
    let clock = ManualClock::new();
    let host = FakeServer::repeating([ok(GOOD)]);
    let registration = app(host.url(), &clock);
    let token = StoredToken::new(
        registration.tenant(),
        registration.client_id(),
        "the only one",
        clock.system_time(),
    );
    let store = Arc::new(MemoryStore::holding(token));
    let credential = RefreshToken::new(&registration, store.clone()).unwrap();
    for _ in 0..2 {
        assert_eq!(credential.token().await.unwrap().expose(), "good");
        clock.advance(Duration::from_secs(3600));
    }
    assert_eq!(host.requests().len(), 2);
    assert_eq!(kept(&*store).await.refresh_token().expose_secret(), "the only one");
    assert!(RefreshToken::adopt(&registration, store, "another").await.is_ok());
}

/// Transient errors of Entra, as observed, and similar ones.
pub(crate) const TRY_AGAIN: [&str; 5] = [
    r#"{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error has occurred.","error_codes":[90033]}"#,
    r#"{"error":"temporarily_unavailable"}"#,
    r#"{"error":"server_error","error_codes":[50000]}"#,
    r#"{"error":"invalid_grant","error_codes":["90024"]}"#,
    r#"{"error":"invalid_request","error_description":"AADSTS90012: The request timed out."}"#,
];
pub(crate) const STATUSES: [u16; 6] = [200, 400, 401, 403, 500, 503];

#[tokio::test]
async fn a_transient_error_is_retried_whatever_its_status() {
    for body in TRY_AGAIN {
        for status in STATUSES {
            let clock = ManualClock::new();
            let host = FakeServer::repeating([reply(status, &[], body), ok(GOOD)]);
            assert_eq!(ask(host.url(), &clock).await.unwrap(), "good", "{status} {body}");
            assert_eq!((host.requests().len(), clock.sleeps()), (2, vec![millis(250)]), "{status} {body}");
        }
        let (error, requests, _) = fail(vec![reply(400, &[], body)]).await;
        assert_eq!((error.kind(), error.attempts(), requests), (ErrorKind::Unavailable, 4, 4), "{body}");
        assert!(error.is_transient() && OauthError::of(&error).is_some(), "{body}");
        assert!(!error.advice().contains("login"), "{}", error.advice());
    }
    let clock = ManualClock::new();
    let throttled = reply(400, &["Retry-After: 9"], TRY_AGAIN[0]);
    let host = FakeServer::repeating([throttled, ok(GOOD)]);
    assert_eq!(ask(host.url(), &clock).await.unwrap(), "good");
    assert_eq!(clock.sleeps(), [Duration::from_secs(9)]);
}

#[tokio::test]
async fn a_successor_that_cannot_be_stored_never_replaces_a_valid_token() {
    let long = format!(r#""{}""#, "x".repeat(65_400));
    let escaped = format!(r#""{}""#, r#"\""#.repeat(40_000));
    for (successor, why) in [
        (r#""""#, UnusableReason::Empty),
        (r#""  ""#, UnusableReason::Empty),
        ("7", UnusableReason::Empty),
        (r#"["x"]"#, UnusableReason::Empty),
        (r#""two words""#, UnusableReason::Malformed),
        (r#""line\nbreak""#, UnusableReason::Malformed),
        (r#""\u00fcmlaut""#, UnusableReason::Malformed),
        (&long, UnusableReason::TooLong),
        (&escaped, UnusableReason::TooLong),
    ] {
        let clock = ManualClock::new();
        let body = GOOD.replace('}', &format!(r#","refresh_token":{successor}}}"#));
        let host = FakeServer::repeating([reply(200, &[], &body)]);
        let notices = Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = Arc::clone(&notices);
        let app = app(host.url(), &clock).with_notices(move |notice| heard.lock().unwrap().push(*notice));
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(FileStore::new(directory.path().join("token.json")));
        let token = StoredToken::new(app.tenant(), app.client_id(), "the good one", clock.system_time());
        store.save(&token).await.unwrap();
        // In this process, in the next one, and after a sign-in that returns the same.
        let credential = RefreshToken::new(&app, store.clone()).unwrap();
        assert_eq!(credential.token().await.unwrap().expose(), "good", "the access token is valid");
        assert_eq!(kept(&*store).await.refresh_token().expose_secret(), "the good one", "{why:?}");
        let next = RefreshToken::new(&app, store.clone()).unwrap();
        assert_eq!(next.token().await.unwrap().expose(), "good");
        RefreshToken::adopt(&app, store.clone(), "another").await.unwrap();
        assert_eq!(kept(&*store).await.refresh_token().expose_secret(), "another", "{why:?}");
        assert_eq!(*notices.lock().unwrap(), [Notice::UnusableRefreshToken(why); 3]);
        // A sign-in by device code has no previous token.
        let host = FakeServer::repeating([device_code(), reply(200, &[], &body)]);
        let sign_in = DeviceCode::start(&self::app(host.url(), &clock), store.clone()).await.unwrap();
        assert_eq!(sign_in.wait().await.unwrap_err().kind(), ErrorKind::Credential);
        assert_eq!(kept(&*store).await.refresh_token().expose_secret(), "another", "{why:?}");
    }
}

#[tokio::test]
async fn a_retry_after_date_is_relative_to_the_date_of_the_same_response() {
    for hours in [-2_i32, 0, 2] {
        let clock = ManualClock::new();
        let hour = Duration::from_secs(3600);
        let service = match hours {
            ..0 => clock.system_time() - 2 * hour,
            0 => clock.system_time(),
            _ => clock.system_time() + 2 * hour,
        };
        let date = format!("Date: {}", httpdate::fmt_http_date(service));
        let later = service + Duration::from_secs(11);
        let retry_after = format!("Retry-After: {}", httpdate::fmt_http_date(later));
        let host = FakeServer::repeating([reply(503, &[&date, &retry_after], ""), ok(GOOD)]);
        let credential = ClientCredentials::new(&app(host.url(), &clock)).unwrap();
        assert_eq!(credential.clock_offset(), None);
        credential.token().await.unwrap();
        assert_eq!(clock.sleeps(), [Duration::from_secs(11)], "{hours}");
        assert_eq!(credential.clock_offset().unwrap().is_off(), hours != 0);
    }
}

#[tokio::test]
async fn a_lifetime_may_have_a_fraction() {
    for written in ["3599.0", "3599.5", "\"3599.0\"", "\"3599\""] {
        let clock = ManualClock::new();
        let host = FakeServer::repeating([reply(200, &[], GOOD.replace("3599", written))]);
        let token = ClientCredentials::new(&app(host.url(), &clock)).unwrap().token().await.unwrap();
        let life = token.expiry().unwrap().duration_since(clock.system_time()).unwrap();
        assert_eq!(life, Duration::from_secs(3599), "{written}");
    }
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_not_overwritten_and_no_sign_in_is_started() {
    let host = FakeServer::repeating([
        device_code(),
        reply(200, &[], GOOD.replace('}', r#","refresh_token":"r"}"#)),
    ]);
    let app = app(host.url(), &ManualClock::new());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token.json");
    let newer = r#"{"version":2,"sealed":"of the future"}"#;
    let store = Arc::new(FileStore::new(&path));
    std::fs::write(&path, newer).unwrap();
    let set_mode = |mode: u32| {
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        let _ = mode;
    };
    set_mode(0o600);
    for error in [
        DeviceCode::start(&app, store.clone()).await.map(drop).unwrap_err(),
        RefreshToken::adopt(&app, store.clone(), "token").await.map(drop).unwrap_err(),
    ] {
        assert!(error.message().contains("newer version"), "{error}");
    }
    // Nor is it overwritten if its mode is wrong, which a sign-in would otherwise fix.
    set_mode(0o644);
    let now = std::time::SystemTime::UNIX_EPOCH;
    let token = StoredToken::new(app.tenant(), app.client_id(), "token", now);
    assert!(store.save(&token).await.unwrap_err().message().contains("newer version"));
    assert_eq!((std::fs::read_to_string(&path).unwrap().as_str(), host.requests().len()), (newer, 0));
}
