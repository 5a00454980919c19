//! Caches one access token and refreshes it before it expires, with one shared refresh at a time.
//!
//! It does not depend on grants or stores: a [`TokenSource`] obtains the tokens.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use super::background::{Spawn, on_a_thread};
use crate::clock::{BoxFuture, Clock, Random, fraction};
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, Result};

/// How long before its expiry a token is refreshed, plus or minus a quarter; a fifth of its lifetime if that is
/// shorter.
const EARLY: Duration = Duration::from_secs(300);
/// How long before its expiry a token is no longer returned, so that it does not expire during a request.
const LATE: Duration = Duration::from_secs(30);
/// The first delay after a refresh was rejected, and after a transient failure; doubled with each further failure.
const FIRST_HOLD: Duration = Duration::from_secs(5);
const FIRST_PASSING_HOLD: Duration = Duration::from_secs(1);
const LONGEST_HOLD: Duration = Duration::from_secs(60);
const LONGEST_PASSING_HOLD: Duration = Duration::from_secs(30);

/// Obtains a new token.
pub(super) trait TokenSource: fmt::Debug + Send + Sync + 'static {
    fn request_token(&self) -> BoxFuture<'_, Result<AccessToken>>;
}

/// A cached access token. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct TokenCache(Arc<Inner>);

struct Inner {
    request_token: Box<dyn TokenSource>,
    spawn: Spawn,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<CachedToken>,
    refresh: Option<PendingRefresh>,
    failed: Option<Failed>,
}

struct CachedToken {
    token: AccessToken,
    /// When it is refreshed, and when it is no longer returned. `None` if its expiry is not known.
    times: Option<(SystemTime, SystemTime)>,
    /// When it was obtained, if it replaced a token that the service rejected.
    replaced_refused: Option<Instant>,
    /// The service rejected it.
    refused: bool,
}

/// A failed refresh. The next one is delayed, so that many calls do not overload the sign-in service.
struct Failed {
    error: Error,
    until: Instant,
    hold: Duration,
}

impl Failed {
    /// The error for calls until the next refresh is allowed. A transient error states the delay, and calls wait for
    /// it.
    fn rest(&self, now: Instant) -> Option<Error> {
        let left = self.until.saturating_duration_since(now);
        if left.is_zero() {
            return None;
        }
        let error = self.error.clone().with_attempts(0);
        Some(if may_pass(&error) { error.with_retry_after(left) } else { error })
    }
}

/// Whether the same request may succeed later without any change.
fn may_pass(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Network | ErrorKind::Unavailable | ErrorKind::Throttled)
}

type Outcome = Option<Result<AccessToken>>;
type PendingRefresh = watch::Receiver<Outcome>;

impl TokenCache {
    pub(super) fn new(
        request_token: impl TokenSource,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self::on(request_token, on_a_thread, clock, random)
    }

    fn on(
        request_token: impl TokenSource,
        spawn: Spawn,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self(Arc::new(Inner {
            request_token: Box::new(request_token),
            spawn,
            clock,
            random,
            state: Mutex::default(),
        }))
    }

    /// Puts a token that was obtained elsewhere into the cache.
    pub(super) fn hold(&self, token: AccessToken) {
        let held = self.0.held(token, None);
        self.0.state().held = Some(held);
    }

    /// The token for the next request: the cached one, or a new one if that has expired.
    pub(super) async fn token(&self) -> Result<AccessToken> {
        let mut broken_off = 0;
        loop {
            let refresh = {
                let mut state = self.0.state();
                let now = self.0.clock.system_time();
                let resting = state.failed.as_ref().and_then(|failed| failed.rest(self.0.clock.now()));
                if let Some(held) = state.held.as_ref().filter(|held| held.serves(now)) {
                    let (token, due) = (held.token.clone(), held.is_due(now));
                    if due && resting.is_none() && state.pending().is_none() {
                        // An error does not matter here: the cached token is still valid.
                        let _ = self.start_refresh(&mut state, false);
                    }
                    return Ok(token);
                }
                match (state.pending(), resting) {
                    (Some(refresh), _) => refresh,
                    (None, Some(error)) => return Err(error),
                    (None, None) => self.start_refresh(&mut state, false)?,
                }
            };
            if let Some(outcome) = finished(refresh).await {
                return outcome;
            }
            broken_off += 1;
            if broken_off > 1 {
                return Err(interrupted());
            }
        }
    }

    /// A token other than `refused`: the one that has replaced it, or a new one.
    pub(super) async fn refresh(&self, refused: &AccessToken) -> Result<Option<AccessToken>> {
        let mut broken_off = 0;
        loop {
            let refresh = {
                let mut state = self.0.state();
                let (now, instant) = (self.0.clock.system_time(), self.0.clock.now());
                if let Some(held) = &mut state.held {
                    if held.token != *refused {
                        if held.serves(now) {
                            return Ok(Some(held.token.clone()));
                        }
                    } else if held.replaced_refused.is_some_and(|at| instant < at + LONGEST_HOLD) {
                        // The service rejects new tokens too, so age is not the cause. Another token would be rejected
                        // as well, once for every call.
                        return Ok(None);
                    } else {
                        held.refused = true;
                    }
                }
                let resting = state.failed.as_ref().and_then(|failed| failed.rest(instant));
                match (state.pending(), resting) {
                    (Some(refresh), _) => refresh,
                    (None, Some(error)) => return Err(error),
                    (None, None) => self.start_refresh(&mut state, true)?,
                }
            };
            if let Some(outcome) = finished(refresh).await {
                return outcome.map(Some);
            }
            broken_off += 1;
            if broken_off > 1 {
                return Err(interrupted());
            }
        }
    }

    /// Waits until no refresh is in progress.
    pub(super) async fn settle(&self) {
        loop {
            let Some(refresh) = self.0.state().pending() else { return };
            finished(refresh).await;
        }
    }

    /// Starts a refresh that does not depend on any waiting call: if a call is dropped, the refresh continues for the
    /// others, and the new refresh token reaches the store.
    fn start_refresh(&self, state: &mut State, in_place_of_refused: bool) -> Result<PendingRefresh> {
        let (landing, refresh) = watch::channel(None);
        let inner = Arc::clone(&self.0);
        (self.0.spawn)(Box::pin(async move {
            let outcome = inner.request_token.request_token().await;
            inner.finish_refresh(&outcome, in_place_of_refused);
            landing.send_replace(Some(outcome));
        }))
        .map_err(|error| {
            Error::new(ErrorKind::Unavailable, "no thread could be started to refresh the access token")
                .with_advice(
                    "This process or machine is at its limit of threads or open files. Try again later.",
                )
                .with_source(error)
        })?;
        state.refresh = Some(refresh.clone());
        Ok(refresh)
    }
}

/// A refresh ended without an outcome twice: its implementation panics.
fn interrupted() -> Error {
    Error::new(ErrorKind::Credential, "the refresh of the access token was interrupted")
        .with_advice("Look for a panic in the token store or in the source of assertions.")
}

impl Inner {
    fn finish_refresh(&self, outcome: &Result<AccessToken>, in_place_of_refused: bool) {
        let now = self.clock.now();
        let mut state = self.state();
        state.refresh = None;
        match outcome {
            Ok(token) => {
                state.held = Some(self.held(token.clone(), in_place_of_refused.then_some(now)));
                state.failed = None;
            }
            Err(error) => {
                if state.held.as_ref().is_some_and(|held| held.serves(self.clock.system_time())) {
                    // No call fails while the old token is valid, so this appears only in the log.
                    tracing::warn!(%error, "an access token could not be refreshed early");
                }
                let (first, longest) = if may_pass(error) {
                    (FIRST_PASSING_HOLD, LONGEST_PASSING_HOLD)
                } else {
                    (FIRST_HOLD, LONGEST_HOLD)
                };
                let hold = state.failed.take().map_or(first, |failed| (failed.hold * 2).min(longest));
                // The service may ask for a longer delay.
                let rest = hold.max(error.retry_after().unwrap_or_default());
                state.failed = Some(Failed { error: error.clone(), until: now + rest, hold });
            }
        }
    }

    fn held(&self, token: AccessToken, replaced_refused: Option<Instant>) -> CachedToken {
        let now = self.clock.system_time();
        let times = token.expiry().map(|end| {
            let life = end.duration_since(now).unwrap_or_default();
            // Jitter, so that a thousand jobs started at once do not refresh at once.
            let early = EARLY.min(life / 5).mul_f64(0.75 + fraction(&*self.random) / 2.0);
            (before(end, early), before(end, LATE.min(life / 20)))
        });
        CachedToken { token, times, replaced_refused, refused: false }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The refresh in progress, unless its task was dropped.
    fn pending(&self) -> Option<PendingRefresh> {
        self.refresh.as_ref().filter(|refresh| refresh.has_changed().is_ok()).cloned()
    }
}

impl CachedToken {
    fn serves(&self, now: SystemTime) -> bool {
        !self.refused && self.times.is_none_or(|(_, last)| now < last)
    }

    fn is_due(&self, now: SystemTime) -> bool {
        self.times.is_some_and(|(due, _)| now >= due)
    }
}

/// The outcome of the refresh; `None` if it ended without one.
async fn finished(mut refresh: PendingRefresh) -> Outcome {
    refresh.wait_for(Option::is_some).await.ok()?.clone()
}

fn before(time: SystemTime, by: Duration) -> SystemTime {
    time.checked_sub(by).unwrap_or(time)
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("request_token", &self.request_token).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
