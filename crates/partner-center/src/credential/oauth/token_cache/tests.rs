//! Tests of the token cache with a scripted [`TokenSource`] and a manual clock.

use std::collections::VecDeque;

use futures_util::FutureExt as _;
use tokio::sync::Semaphore;

use super::*;
use crate::clock::{FixedRandom, ManualClock};

const HOUR: Duration = Duration::from_secs(3600);

/// Returns `token-1`, `token-2`, ..., one for each permit, or the next error if there is one.
#[derive(Clone, Debug)]
struct ScriptedSource {
    clock: ManualClock,
    lifetime: Option<Duration>,
    permits: Arc<Semaphore>,
    failures: Arc<Mutex<VecDeque<Error>>>,
    requested: Arc<Mutex<u32>>,
}

impl ScriptedSource {
    fn requested(&self) -> u32 {
        *self.requested.lock().unwrap()
    }

    fn fail_next(&self, error: Error) {
        self.failures.lock().unwrap().push_back(error);
    }
}

impl TokenSource for ScriptedSource {
    fn request_token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(async {
            self.permits.acquire().await.unwrap().forget();
            let number = {
                let mut requested = self.requested.lock().unwrap();
                *requested += 1;
                *requested
            };
            if let Some(error) = self.failures.lock().unwrap().pop_front() {
                return Err(error);
            }
            let token = AccessToken::new(format!("token-{number}"));
            Ok(match self.lifetime {
                Some(lifetime) => token.expires_at(self.clock.system_time() + lifetime),
                None => token,
            })
        })
    }
}

/// Runs the refresh on the test's own runtime, for a deterministic order.
#[expect(clippy::unnecessary_wraps, reason = "the same shape as a thread's")]
fn here(refresh: BoxFuture<'static, ()>) -> std::io::Result<()> {
    tokio::spawn(crate::credential::oauth::background::in_its_own_span(refresh));
    Ok(())
}

fn cache(permits: usize, lifetime: impl Into<Option<Duration>>) -> (TokenCache, ScriptedSource, ManualClock) {
    let clock = ManualClock::new();
    let source = ScriptedSource {
        clock: clock.clone(),
        lifetime: lifetime.into(),
        permits: Arc::new(Semaphore::new(permits)),
        failures: Arc::default(),
        requested: Arc::default(),
    };
    // So that margins match the constants exactly.
    let random = Arc::new(FixedRandom::new(0.5));
    (TokenCache::on(source.clone(), here, Arc::new(clock.clone()), random), source, clock)
}

/// Lets background tasks run.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

async fn text(cache: &TokenCache) -> String {
    cache.token().await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn two_hundred_calls_share_one_refresh() {
    let (cache, source, clock) = cache(1, HOUR);
    assert_eq!(text(&cache).await, "token-1");
    clock.advance(HOUR);
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { text(&cache).await })
        })
        .collect();
    settle().await;
    assert_eq!(source.requested(), 1, "the second refresh has no permit yet");
    source.permits.add_permits(200);
    for call in calls {
        assert_eq!(call.await.unwrap(), "token-2");
    }
    assert_eq!(source.requested(), 2);
}

#[tokio::test]
async fn dropping_a_call_does_not_cancel_the_refresh() {
    let (cache, source, _clock) = cache(0, HOUR);
    let mut first = Box::pin(cache.token());
    assert!((&mut first).now_or_never().is_none());
    let second = tokio::spawn({
        let cache = cache.clone();
        async move { text(&cache).await }
    });
    settle().await;
    drop(first);
    source.permits.add_permits(1);
    assert_eq!(second.await.unwrap(), "token-1");
    // Even when all calls are dropped, the token is kept.
    let (cache, source, _clock) = self::cache(0, HOUR);
    let mut only = Box::pin(cache.token());
    assert!((&mut only).now_or_never().is_none());
    drop(only);
    source.permits.add_permits(1);
    settle().await;
    assert_eq!(text(&cache).await, "token-1");
    assert_eq!(source.requested(), 1);
}

#[tokio::test]
async fn a_token_is_refreshed_early_without_blocking_calls() {
    let (cache, source, clock) = cache(1, HOUR);
    assert_eq!(text(&cache).await, "token-1");
    clock.advance(HOUR.saturating_sub(EARLY + Duration::from_secs(1)));
    assert_eq!(text(&cache).await, "token-1");
    settle().await;
    assert_eq!(source.requested(), 1, "too early to replace it");
    clock.advance(Duration::from_secs(1));
    // The refresh has no permit: a call that waited for it would hang here.
    for _ in 0..50 {
        assert_eq!(text(&cache).await, "token-1");
    }
    source.permits.add_permits(50);
    settle().await;
    assert_eq!(text(&cache).await, "token-2");
    assert_eq!(source.requested(), 2);
}

#[tokio::test]
async fn a_token_is_not_returned_just_before_its_expiry() {
    let (cache, source, clock) = cache(2, HOUR);
    assert_eq!(text(&cache).await, "token-1");
    clock.advance(HOUR.saturating_sub(LATE));
    assert_eq!(text(&cache).await, "token-2");
    assert_eq!(source.requested(), 2);
}

#[tokio::test]
async fn short_tokens_have_short_margins() {
    let minute = Duration::from_secs(60);
    let (cache, source, clock) = cache(5, minute);
    assert_eq!(text(&cache).await, "token-1");
    clock.advance(Duration::from_secs(47));
    assert_eq!(text(&cache).await, "token-1");
    settle().await;
    assert_eq!(source.requested(), 1);
    clock.advance(Duration::from_secs(2));
    assert_eq!(text(&cache).await, "token-1", "served while it is replaced");
    settle().await;
    assert_eq!(text(&cache).await, "token-2");
}

#[tokio::test]
async fn a_token_with_unknown_or_zero_lifetime_works() {
    let (cache, source, clock) = cache(5, None);
    assert_eq!(text(&cache).await, "token-1");
    clock.advance(1000 * HOUR);
    assert_eq!(text(&cache).await, "token-1", "kept until it is rejected");
    assert_eq!(source.requested(), 1);
    let (cache, source, _clock) = self::cache(5, Duration::ZERO);
    assert_eq!(text(&cache).await, "token-1");
    assert_eq!(text(&cache).await, "token-2");
    assert_eq!(source.requested(), 2);
}

#[tokio::test]
async fn a_failed_early_refresh_is_not_an_error_and_is_delayed() {
    let (cache, source, clock) = cache(100, HOUR);
    assert_eq!(text(&cache).await, "token-1");
    clock.advance(HOUR.saturating_sub(EARLY));
    for round in 1..=4 {
        source.fail_next(Error::new(ErrorKind::Unavailable, "down"));
        for _ in 0..50 {
            assert_eq!(text(&cache).await, "token-1");
            settle().await;
        }
        assert_eq!(source.requested(), 1 + round, "one attempt, then a delay");
        clock.advance(FIRST_HOLD * 2_u32.pow(round - 1));
    }
    assert_eq!(text(&cache).await, "token-1");
    settle().await;
    assert_eq!(text(&cache).await, "token-6");
}

#[tokio::test]
async fn an_early_refresh_that_cannot_be_started_is_not_an_error() {
    let (_, source, clock) = cache(0, HOUR);
    let no_thread = |_| Err(std::io::ErrorKind::OutOfMemory.into());
    let random = Arc::new(FixedRandom::new(0.5));
    let cache = TokenCache::on(source, no_thread, Arc::new(clock.clone()), random);
    cache.hold(AccessToken::new("still valid").expires_at(clock.system_time() + HOUR));
    clock.advance(HOUR.saturating_sub(EARLY));
    assert_eq!(text(&cache).await, "still valid");
    // Without a valid token, a call fails.
    clock.advance(EARLY);
    assert_eq!(cache.token().await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_rejected_refresh_fails_all_calls_and_is_retried_later() {
    let (cache, source, clock) = cache(100, HOUR);
    source.fail_next(Error::new(ErrorKind::Credential, "no").with_code("AADSTS50173"));
    for _ in 0..200 {
        let error = cache.token().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Credential, Some("AADSTS50173")));
    }
    assert_eq!(source.requested(), 1);
    clock.advance(FIRST_HOLD);
    assert_eq!(text(&cache).await, "token-2");
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once_for_all_calls() {
    let (cache, source, _clock) = cache(1, HOUR);
    let refused = cache.token().await.unwrap();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (cache, refused) = (cache.clone(), refused.clone());
            tokio::spawn(async move { cache.refresh(&refused).await.unwrap().unwrap() })
        })
        .collect();
    settle().await;
    // A new call must not get the rejected token.
    let newcomer = tokio::spawn({
        let cache = cache.clone();
        async move { text(&cache).await }
    });
    settle().await;
    assert!(!newcomer.is_finished());
    source.permits.add_permits(100);
    for call in calls {
        assert_eq!(call.await.unwrap().expose(), "token-2");
    }
    assert_eq!(newcomer.await.unwrap(), "token-2");
    // A call that was rejected long ago gets the replacement.
    assert_eq!(cache.refresh(&refused).await.unwrap().unwrap().expose(), "token-2");
    assert_eq!(source.requested(), 2);
}

#[tokio::test]
async fn a_service_that_rejects_new_tokens_does_not_cause_a_refresh_per_call() {
    let (cache, source, clock) = cache(100, HOUR);
    for _ in 0..100 {
        let refused = cache.token().await.unwrap();
        cache.refresh(&refused).await.unwrap();
    }
    assert_eq!(source.requested(), 2);
    let refused = cache.token().await.unwrap();
    assert_eq!(cache.refresh(&refused).await.unwrap(), None);
    clock.advance(LONGEST_HOLD);
    assert_eq!(cache.refresh(&refused).await.unwrap().unwrap().expose(), "token-3");
}

#[test]
fn a_refresh_that_was_dropped_with_its_runtime_is_restarted() {
    let (cache, source, _clock) = cache(0, HOUR);
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    let first = runtime();
    first.block_on(async {
        let mut token = Box::pin(cache.token());
        assert!((&mut token).now_or_never().is_none());
    });
    drop(first);
    source.permits.add_permits(1);
    assert_eq!(runtime().block_on(text(&cache)), "token-1");
}

#[test]
fn jitter_stays_within_a_quarter() {
    let (_, source, clock) = cache(0, HOUR);
    let end = clock.system_time() + HOUR;
    let token = AccessToken::new("token").expires_at(end);
    for (fraction, expected) in [(0.0, EARLY * 3 / 4), (0.5, EARLY), (1.0, EARLY * 5 / 4)] {
        let random = Arc::new(FixedRandom::new(fraction));
        let cache = TokenCache::on(source.clone(), here, Arc::new(clock.clone()), random);
        let (due, _) = cache.0.held(token.clone(), None).times.unwrap();
        assert_eq!(end.duration_since(due).unwrap(), expected);
    }
}
