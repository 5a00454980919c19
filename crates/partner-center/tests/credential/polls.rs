//! Device code polling at sign-in hosts that send invalid responses, errors or unusual intervals.

use std::sync::Arc;
use std::time::Duration;

use partner_center::ErrorKind;
use partner_center::clock::ManualClock;
use partner_center::credential::{
    Credential as _, DeviceCode, MemoryStore, OauthError, Reason, TokenStore as _,
};
use partner_center_test_support::{FakeServer, Reply, ok, reply};
use secrecy::ExposeSecret;

use crate::support::kept;
use crate::wire::{GOOD, STATUSES, TRY_AGAIN, app, device_code, fail, no};

#[tokio::test]
async fn polling_slows_down_when_asked_to_and_survives_an_invalid_response() {
    let clock = ManualClock::new();
    let last = GOOD.replace('}', r#","refresh_token":"successor"}"#);
    let host = FakeServer::repeating([
        device_code(),
        no("authorization_pending"),
        no("slow_down"),
        no("authorization_pending"),
        reply(503, &[], ""),
        reply(200, &[], &last),
    ]);
    let store = Arc::new(MemoryStore::new());
    let sign_in = DeviceCode::start(&app(host.url(), &clock), store.clone()).await.unwrap();
    let credential = sign_in.wait().await.unwrap();
    assert_eq!(credential.token().await.unwrap().expose(), "good");
    assert_eq!(clock.sleeps().iter().map(Duration::as_secs).collect::<Vec<_>>(), [5, 10, 10, 20]);
    assert_eq!(host.requests().len(), 6);
    assert_eq!(kept(&*store).await.refresh_token().expose_secret(), "successor");
}

#[tokio::test]
async fn a_sign_in_without_a_refresh_token_fails() {
    let host = FakeServer::repeating([device_code(), ok(GOOD)]);
    let store = Arc::new(MemoryStore::new());
    let sign_in = DeviceCode::start(&app(host.url(), &ManualClock::new()), store.clone()).await.unwrap();
    let error = sign_in.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.advice().contains("offline_access"), "{}", error.advice());
    assert!(store.load().await.unwrap().is_none());
}

#[tokio::test]
async fn the_advice_for_a_policy_does_not_suggest_the_same_sign_in() {
    for number in [50097, 50131, 53000, 53003, 53011, 530_001, 530_003, 530_036] {
        for error in ["invalid_grant", "interaction_required", "access_denied"] {
            let body = format!(
                r#"{{"error":"{error}","error_codes":[{number}],"error_description":"AADSTS{number}: No.",
                    "trace_id":"11111111-2222-3333-4444-555555555555"}}"#
            );
            for status in STATUSES {
                let refused = reply(status, &[], &body);
                let host =
                    FakeServer::repeating([device_code(), no("authorization_pending"), refused.clone()]);
                let store = Arc::new(MemoryStore::new());
                let sign_in = DeviceCode::start(&app(host.url(), &ManualClock::new()), store).await.unwrap();
                let of_poll = sign_in.wait().await.unwrap_err();
                assert_eq!(host.requests().len(), 3, "a policy error is not retried");
                let (of_refresh, requests, _) = fail(vec![refused]).await;
                assert_eq!(requests, 1);
                for error in [of_poll, of_refresh] {
                    let code = format!("AADSTS{number}");
                    assert_eq!((error.kind(), error.code()), (ErrorKind::Credential, Some(code.as_str())));
                    let refusal = OauthError::of(&error).unwrap();
                    assert_eq!(refusal.reason(), Reason::Policy);
                    assert!(refusal.trace_id().is_some(), "support needs it");
                    let text = format!("{} {}", error.message(), error.advice());
                    for said in ["policy", "device code", "another device", "browser", "refresh token"] {
                        assert!(text.contains(said), "{said}: {text}");
                    }
                    let text = text.to_lowercase();
                    assert!(!text.contains("sign in again") && !text.contains("refresh token is"), "{text}");
                }
            }
        }
    }
}

fn life(seconds: &str, interval: &str) -> Reply {
    let body = format!(
        r#"{{"device_code":"d","user_code":"u","verification_uri":"https://a.example",
            "expires_in":{seconds},"interval":{interval}}}"#
    );
    reply(200, &[], &body)
}

#[tokio::test]
async fn a_device_code_is_polled_at_a_reasonable_rate_and_never_after_its_expiry() {
    for (interval, first, polls) in [
        ("0", 5, 181),
        ("null", 5, 181),
        ("7", 7, 130),
        ("7.5", 7, 130),
        ("-3", 5, 181),
        ("899", 899, 2),
        ("900", 899, 2),
        ("86400", 899, 2),
        ("18446744073709551615", 899, 2),
        ("1e300", 899, 2),
    ] {
        let clock = ManualClock::new();
        let host = FakeServer::repeating([life("900", interval), no("authorization_pending")]);
        let sign_in =
            DeviceCode::start(&app(host.url(), &clock), Arc::new(MemoryStore::new())).await.unwrap();
        let error = sign_in.wait().await.unwrap_err();
        assert_eq!(OauthError::of(&error).unwrap().reason(), Reason::CodeExpired, "{interval}");
        assert_eq!(clock.elapsed(), Duration::from_secs(900), "{interval}: until it expires");
        assert_eq!(clock.sleeps()[0], Duration::from_secs(first), "{interval}");
        assert_eq!(host.requests().len() - 1, polls, "{interval}");
    }
    // An absurdly long lifetime, and a lifetime of 0.
    for (life_, ends) in [("1e300", 24 * 3600), ("0", 0)] {
        let clock = ManualClock::new();
        let host = FakeServer::repeating([life(life_, "3600"), no("authorization_pending")]);
        let sign_in =
            DeviceCode::start(&app(host.url(), &clock), Arc::new(MemoryStore::new())).await.unwrap();
        assert!(sign_in.wait().await.is_err());
        assert_eq!(clock.elapsed(), Duration::from_secs(ends), "{life_}");
    }
}

#[tokio::test]
async fn a_sign_in_in_the_last_second_succeeds() {
    let clock = ManualClock::new();
    let last = GOOD.replace('}', r#","refresh_token":"successor"}"#);
    let host =
        FakeServer::repeating([life("60", "3600"), no("authorization_pending"), reply(200, &[], &last)]);
    let sign_in = DeviceCode::start(&app(host.url(), &clock), Arc::new(MemoryStore::new())).await.unwrap();
    assert!(sign_in.wait().await.is_ok());
    assert_eq!(clock.elapsed(), Duration::from_secs(59));
}

#[tokio::test]
async fn polling_survives_transient_errors_and_ends_with_others() {
    let last = GOOD.replace('}', r#","refresh_token":"successor"}"#);
    let page = || reply(200, &[], "<html>Sign in to the hotel</html>");
    let mut script = vec![device_code()];
    script.extend(TRY_AGAIN.map(|body| reply(400, &[], body)));
    script.extend([page(), page(), no("authorization_pending"), page(), reply(200, &[], &last)]);
    let host = FakeServer::repeating(script);
    let sign_in =
        DeviceCode::start(&app(host.url(), &ManualClock::new()), Arc::new(MemoryStore::new())).await.unwrap();
    assert!(sign_in.wait().await.is_ok());

    let host = FakeServer::repeating([device_code(), page()]);
    let sign_in =
        DeviceCode::start(&app(host.url(), &ManualClock::new()), Arc::new(MemoryStore::new())).await.unwrap();
    let error = sign_in.wait().await.unwrap_err();
    assert_eq!((error.kind(), host.requests().len()), (ErrorKind::InvalidResponse, 4));

    // A transient error for the code itself is retried.
    let host = FakeServer::repeating([reply(400, &[], TRY_AGAIN[0]), device_code()]);
    assert!(
        DeviceCode::start(&app(host.url(), &ManualClock::new()), Arc::new(MemoryStore::new())).await.is_ok()
    );
}
