//! Calls while the credential has no token, and the clock offset of the service.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use partner_center::clock::{BoxFuture, Clock as _, ManualClock};
use partner_center::credential::{AccessToken, Credential, StaticToken};
use partner_center::{Error, ErrorKind, PartnerCenter, Result};
use partner_center_test_support::{FakeServer, ok, reply};

use crate::client::{TOKEN, customer};

const EMPTY: &str = r#"{"items":[],"totalCount":0}"#;

/// The number of attempts of a small call.
async fn get(partner: &PartnerCenter) -> Result<(u32, usize)> {
    let response = partner.customers().by_id(customer()).analytics().licenses().deployment().get().await?;
    Ok((response.attempts(), response.items().len()))
}

/// Returns these errors in order, and then always a token.
#[derive(Debug)]
struct Moody {
    errors: std::sync::Mutex<std::collections::VecDeque<Error>>,
    requested: Arc<AtomicU32>,
}

impl Moody {
    fn new(errors: impl IntoIterator<Item = Error>) -> (Self, Arc<AtomicU32>) {
        let requested = Arc::new(AtomicU32::new(0));
        let errors = std::sync::Mutex::new(errors.into_iter().collect());
        (Self { errors, requested: Arc::clone(&requested) }, requested)
    }

    fn next(&self) -> Result<AccessToken> {
        self.requested.fetch_add(1, Ordering::SeqCst);
        match self.errors.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => Ok(AccessToken::new("good")),
        }
    }
}

impl Credential for Moody {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(async { self.next() })
    }

    fn refresh<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(async { self.next().map(Some) })
    }
}

/// The error after a failed refresh, with the next one due in this many seconds.
fn resting(seconds: u64) -> Error {
    Error::new(ErrorKind::Unavailable, "down").with_status(400).with_retry_after(Duration::from_secs(seconds))
}

fn moody(server: &FakeServer, clock: &ManualClock, errors: Vec<Error>) -> (PartnerCenter, Arc<AtomicU32>) {
    let (credential, requested) = Moody::new(errors);
    let partner = PartnerCenter::builder()
        .base_url(server.url())
        .credential(credential)
        .clock(clock.clone())
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    (partner, requested)
}

// The delay after a failed refresh failed every call during that time.
#[tokio::test]
async fn a_call_waits_for_a_delayed_refresh_without_using_an_attempt() {
    let (server, clock) = (FakeServer::scripted([ok(EMPTY)]), ManualClock::new());
    let (partner, requested) = moody(&server, &clock, (0..9).map(|_| resting(5)).collect());
    assert_eq!(get(&partner).await.unwrap().0, 1);
    assert_eq!((requested.load(Ordering::SeqCst), clock.elapsed().as_secs()), (10, 45));
}

#[tokio::test]
async fn a_delay_beyond_the_deadline_fails_at_once_with_its_cause() {
    let (server, clock) = (FakeServer::scripted([]), ManualClock::new());
    let (partner, requested) = moody(&server, &clock, vec![resting(5), resting(60)]);
    let error = get(&partner).await.unwrap_err();
    assert_eq!((error.kind(), error.message(), error.attempts()), (ErrorKind::Unavailable, "down", 0));
    assert!(error.is_from_credential() && error.is_transient(), "{error:?}");
    assert_eq!((requested.load(Ordering::SeqCst), clock.elapsed().as_secs()), (2, 5));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_transient_credential_error_is_retried_within_the_attempts() {
    for kind in [ErrorKind::Network, ErrorKind::Unavailable, ErrorKind::Throttled] {
        for (failures, succeeds) in [(3, true), (4, false)] {
            let (server, clock) = (FakeServer::scripted([ok(EMPTY)]), ManualClock::new());
            let errors = (0..failures).map(|_| Error::new(kind, "x").with_attempts(4)).collect();
            let (partner, requested) = moody(&server, &clock, errors);
            let outcome = get(&partner).await;
            assert_eq!(outcome.is_ok(), succeeds, "{kind:?} {failures}");
            assert_eq!(requested.load(Ordering::SeqCst), 4, "{kind:?}");
            if let Err(error) = outcome {
                assert!(error.is_from_credential() && error.is_transient());
            }
        }
    }
    for kind in
        [ErrorKind::Credential, ErrorKind::Configuration, ErrorKind::InvalidResponse, ErrorKind::TokenStore]
    {
        let server = FakeServer::scripted([]);
        let (partner, requested) = moody(&server, &ManualClock::new(), vec![Error::new(kind, "no")]);
        let error = get(&partner).await.unwrap_err();
        assert!(error.is_from_credential() && !error.is_transient());
        assert_eq!((error.kind(), requested.load(Ordering::SeqCst)), (kind, 1));
    }
}

/// Has a token, and errors when it is refreshed.
#[derive(Debug)]
struct RefreshFails(Arc<Moody>);

impl Credential for RefreshFails {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(async { Ok(AccessToken::new("old")) })
    }

    fn refresh<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(async { self.0.next().map(Some) })
    }
}

#[tokio::test]
async fn a_call_waits_for_the_refresh_after_a_rejected_token() {
    let server = FakeServer::scripted([reply(401, &[], ""), ok(EMPTY)]);
    let clock = ManualClock::new();
    let (partner, _) = moody(&server, &clock, vec![]);
    assert_eq!(get(&partner).await.unwrap().0, 2);
    let server = FakeServer::scripted([reply(401, &[], ""), ok(EMPTY)]);
    let (credential, requested) = Moody::new([]);
    let errors = Arc::new(credential);
    errors.errors.lock().unwrap().extend([resting(3), resting(4)]);
    let partner = PartnerCenter::builder()
        .base_url(server.url())
        .credential(RefreshFails(errors))
        .clock(clock.clone())
        .build()
        .unwrap();
    assert_eq!(get(&partner).await.unwrap().0, 2);
    assert_eq!((requested.load(Ordering::SeqCst), clock.elapsed().as_secs()), (3, 7));
}

#[tokio::test]
async fn a_retry_after_date_is_relative_to_the_services_date_and_a_wrong_clock_is_reported() {
    let clock = ManualClock::new();
    for (ahead, text) in [(9000, "2 hours slow"), (-9000, "2 hours fast"), (0, "0 seconds")] {
        let local = clock.system_time();
        let now = if ahead < 0 {
            local - Duration::from_secs(9000)
        } else {
            local + Duration::from_secs(u64::try_from(ahead).unwrap())
        };
        let date = format!("Date: {}", httpdate::fmt_http_date(now));
        let later = format!("Retry-After: {}", httpdate::fmt_http_date(now + Duration::from_secs(7)));
        let server = FakeServer::scripted([reply(429, &[&date, &later], ""), ok(EMPTY)]);
        let (partner, _) = moody(&server, &clock, vec![]);
        let before = clock.now();
        assert_eq!(get(&partner).await.unwrap().0, 2);
        assert_eq!(clock.now().duration_since(before).as_secs(), 7, "{text}");
        let offset = partner.clock_offset().unwrap();
        assert_eq!(offset.is_off(), ahead != 0, "{offset}");
        if ahead != 0 {
            assert_eq!(offset.to_string(), text);
        }
    }
}

// No task drives a connection of the first runtime while that runtime is idle.
#[test]
fn a_client_serves_several_runtimes_on_one_thread() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (a, b) = (runtime(), runtime());
    let server = FakeServer::scripted((0..4).map(|_| ok(EMPTY)));
    let partner = PartnerCenter::builder()
        .base_url(server.url())
        .credential(StaticToken::new(TOKEN).unwrap())
        .attempt_timeout(Duration::from_secs(60))
        .max_attempts(1)
        .build()
        .unwrap();
    for runtime in [&a, &b, &a, &b] {
        // If it waited for an idle runtime, its only attempt would time out.
        assert_eq!(runtime.block_on(get(&partner)).unwrap().0, 1);
    }
    drop(a);
    assert_eq!(server.requests().len(), 4);
}
