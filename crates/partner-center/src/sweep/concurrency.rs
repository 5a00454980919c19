//! Limits the attempts of a sweep: the number at once, the rate, pauses that the service asks for, and one at a time
//! during an outage.
//!
//! The limits apply to attempts, not to customers: a customer whose call waits for another attempt does not hold a
//! permit. The number of attempts at once adapts to the service's responses. The call engine reports every attempt to
//! the [`AdaptiveLimiter`], including throttled attempts that were retried. The limiter does not know which operation is called.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant, SystemTime};

use futures_util::task::AtomicWaker;
use tokio::sync::{Notify, Semaphore};

use super::breaker::{Breaker, BreakerDecision};
use super::rate_limit::{Limiter, Rate};
use crate::client::Core;
use crate::client::{AttemptOutcome, Permit, RequestLimiter};
use crate::clock::BoxFuture;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::limits::may_pass;

/// The delay before another round, and before a failed page is requested again.
pub(crate) const REST: Duration = Duration::from_secs(1);

/// The initial number of attempts at once.
const FIRST_LIMIT: usize = 4;

/// The adaptive limiter for all attempts of a sweep.
pub(crate) struct AdaptiveLimiter {
    core: Arc<Core>,
    /// The free permits of the current limit. First come, first served: a retry queues like a new attempt.
    permits: Semaphore,
    rate: Option<Limiter>,
    customer_rate: Option<Rate>,
    /// Held by the attempt that waits for the rate or for the end of a pause; the others queue behind it in order.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// Wakes the attempt that waits for a probe to end.
    probed: Notify,
    hasher: RandomState,
    /// The stream, which starts another customer when a permit is free.
    stream: AtomicWaker,
}

struct State {
    /// The current limit of attempts at once, and its maximum.
    limit: usize,
    most: usize,
    /// Attempts in progress beyond a lowered limit: their permits are removed when they end.
    surplus: usize,
    /// Customers that were started but have not requested an attempt yet, and so hold no permit.
    fresh: usize,
    /// How often the limit was lowered. Responses to earlier attempts say nothing about the new limit.
    round: u64,
    /// Until when the service has asked to wait, and the total time it has asked for, with overlaps counted once.
    paused_until: Option<Instant>,
    paused: Duration,
    breaker: Breaker,
    /// How many attempts were admitted.
    admitted: u64,
    /// By token fingerprint: the latest attempt with that token whose response did not reject the token.
    accepted: HashMap<u64, u64>,
}

/// A snapshot of a limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LimiterStatus {
    pub(crate) limit: usize,
    pub(crate) throttled: Duration,
    pub(crate) pause: Option<Duration>,
    pub(crate) paused_until: Option<SystemTime>,
    pub(crate) unanswered: Option<Duration>,
}

impl AdaptiveLimiter {
    pub(crate) fn new(
        core: &Arc<Core>,
        most: usize,
        rate: Option<Rate>,
        customer_rate: Option<Rate>,
    ) -> Arc<Self> {
        let limit = most.min(FIRST_LIMIT);
        Arc::new(Self {
            core: Arc::clone(core),
            permits: Semaphore::new(limit),
            rate: rate.map(|rate| Limiter::new(rate, Arc::clone(&core.clock))),
            customer_rate,
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(State {
                limit,
                most,
                surplus: 0,
                fresh: 0,
                round: 0,
                paused_until: None,
                paused: Duration::ZERO,
                breaker: Breaker::default(),
                admitted: 0,
                accepted: HashMap::new(),
            }),
            probed: Notify::new(),
            hasher: RandomState::new(),
            stream: AtomicWaker::new(),
        })
    }

    /// Registers the waker for when another customer may start.
    pub(crate) fn register(&self, waker: &Waker) {
        self.stream.register(waker);
    }

    /// Starts one more customer; `None` while its first attempt would have to queue.
    pub(crate) fn begin(self: &Arc<Self>) -> Option<Arc<CustomerPermit>> {
        let mut state = self.state();
        if state.fresh >= self.permits.available_permits() {
            return None;
        }
        state.fresh += 1;
        let customer_rate = self.customer_rate.map(|rate| Limiter::new(rate, Arc::clone(&self.core.clock)));
        Some(Arc::new(CustomerPermit {
            limiter: Arc::clone(self),
            customer_rate,
            fresh: AtomicBool::new(true),
            requested: AtomicBool::new(false),
            refused: Arc::default(),
        }))
    }

    /// For requests that list customers: limited as the partner, but not per customer.
    pub(crate) fn listing(self: &Arc<Self>) -> Arc<CustomerPermit> {
        Arc::new(CustomerPermit {
            limiter: Arc::clone(self),
            customer_rate: None,
            fresh: AtomicBool::new(false),
            requested: AtomicBool::new(false),
            refused: Arc::default(),
        })
    }

    pub(crate) fn read(&self) -> LimiterStatus {
        let clock = &*self.core.clock;
        let pause = self.core.throttle.remaining(clock);
        let state = self.state();
        let ahead =
            state.paused_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(clock.now()));
        LimiterStatus {
            limit: state.limit,
            throttled: state.paused.saturating_sub(ahead),
            pause,
            paused_until: pause.map(|pause| clock.system_time() + pause),
            unanswered: state.breaker.open_for(clock.now()),
        }
    }

    /// Whether nothing has succeeded for the time limit of a call, so that the sweep should end.
    pub(crate) fn has_given_up(&self) -> bool {
        self.state().breaker.has_given_up()
    }

    /// Whether to retry after this error: it is transient, and the sweep has not given up.
    pub(crate) fn waits_out(&self, error: &Error) -> bool {
        let passes = may_pass(error) || (error.is_from_credential() && error.is_transient());
        passes && error.reason() != Some(ErrorReason::WaitTooLong) && !self.has_given_up()
    }

    /// Excludes time in which the sweep was not polled from the duration of an outage.
    pub(crate) fn exclude_idle(&self, idle: Duration) {
        self.state().breaker.exclude_idle(idle);
    }

    /// Records the result of an operation that did not go through this limiter.
    pub(crate) fn outside(&self, succeeded: bool) {
        let now = self.core.clock.now();
        let mut state = self.state();
        if succeeded {
            state.breaker.answered();
        } else {
            state.breaker.failed(false, now, self.core.limits.timeout);
        }
    }

    /// How many attempts were admitted so far.
    pub(crate) fn admitted(&self) -> u64 {
        self.state().admitted
    }

    /// Whether this token, or any token if `None`, was accepted for an attempt that was admitted after number `after`.
    pub(crate) fn is_accepted(&self, token: Option<u64>, after: u64) -> bool {
        let state = self.state();
        state
            .accepted
            .iter()
            .any(|(accepted, attempt)| *attempt > after && token.is_none_or(|token| token == *accepted))
    }

    /// Waits for a permit, then for the rate limit and for pauses, and during an outage for the next probe.
    async fn admit(self: &Arc<Self>) -> Result<AttemptPermit> {
        // The semaphore is never closed, so there is no error to handle; the `AttemptPermit` now owns the permit.
        if let Ok(permit) = self.permits.acquire().await {
            permit.forget();
        }
        let mut pass = AttemptPermit { limiter: Arc::clone(self), round: 0, number: 0, probe: false };
        let clock = &*self.core.clock;
        let turn = self.turn.lock().await;
        loop {
            // The pause comes first: a request that the rate limiter counts before a pause would be sent after it, in
            // addition to those counted then.
            if let Some(pause) = self.core.throttle.remaining(clock) {
                if pause > self.core.limits.timeout {
                    return Err(self.pause_too_long(pause));
                }
                clock.sleep(pause).await;
                continue;
            }
            let may_probe = self.state().breaker.turn(clock.now());
            match may_probe {
                BreakerDecision::After(wait) => {
                    clock.sleep(wait).await;
                    continue;
                }
                BreakerDecision::AfterProbe => {
                    self.probed.notified().await;
                    continue;
                }
                BreakerDecision::Now | BreakerDecision::Probe => {}
            }
            if let Some(Err(wait)) = self.rate.as_ref().map(Limiter::admit) {
                clock.sleep(wait).await;
                continue;
            }
            let mut state = self.state();
            pass.probe = may_probe == BreakerDecision::Probe;
            if pass.probe {
                state.breaker.probe();
            }
            pass.round = state.round;
            state.admitted += 1;
            pass.number = state.admitted;
            break;
        }
        drop(turn);
        Ok(pass)
    }

    /// The error when the service asks for a pause that is longer than the time limit of a call.
    fn pause_too_long(&self, pause: Duration) -> Error {
        let until = httpdate::fmt_http_date(self.core.clock.system_time() + pause);
        Error::new(
            ErrorKind::Throttled,
            format!(
                "the service asks this partner to wait {} seconds, until {until}, which is longer than the timeout of \
                 {} seconds",
                pause.as_secs(),
                self.core.limits.timeout.as_secs()
            ),
        )
        .with_retry_after(pause)
        .with_reason(ErrorReason::WaitTooLong)
        .with_advice("Resume from the checkpoint after that time.")
    }

    fn release(&self) {
        let mut state = self.state();
        if state.surplus > 0 {
            state.surplus -= 1;
        } else {
            self.permits.add_permits(1);
        }
        drop(state);
        self.stream.wake();
    }

    /// Raises the limit by one, but only if the current limit is what delays attempts.
    fn answered(&self, pass: &AttemptPermit, token: Option<&AccessToken>) {
        let token = token.map(|token| self.fingerprint(token));
        let mut state = self.state();
        state.breaker.answered();
        if let Some(token) = token {
            let latest = state.accepted.entry(token).or_default();
            *latest = (*latest).max(pass.number);
        }
        let going = (state.limit + state.surplus).saturating_sub(self.permits.available_permits());
        if pass.round != state.round || state.limit >= state.most || going * 2 < state.limit {
            return;
        }
        state.limit += 1;
        if state.surplus > 0 {
            state.surplus -= 1;
        } else {
            self.permits.add_permits(1);
        }
        // `release` follows and wakes the stream.
    }

    /// A hash of the token, so that the token itself is not kept.
    fn fingerprint(&self, token: &AccessToken) -> u64 {
        self.hasher.hash_one(token.expose())
    }

    /// Lowers the limit after several failures in a row, by their number: a single failure does not show an overload,
    /// and if half of all attempts fail, the limit falls faster than responses raise it. Lowers it to one, with pauses,
    /// once the breaker opens.
    fn failed(&self, pass: &AttemptPermit) {
        let mut state = self.state();
        let was_open = state.breaker.is_open();
        state.breaker.failed(pass.probe, self.core.clock.now(), self.core.limits.timeout);
        let limit = match (state.breaker.is_open(), state.breaker.failures()) {
            (true, _) => 1,
            (false, ..=1) => state.limit,
            (false, failures) => state.limit.saturating_sub(failures),
        };
        self.lower(&mut state, limit);
        if state.breaker.is_open() && !was_open {
            state.round += 1;
            tracing::warn!(
                "the service is not responding normally: sending one request at a time, with pauses"
            );
        }
    }

    /// Lowers the limit for good, below the number of connections that this process may open.
    fn out_of_files(&self, pass: &AttemptPermit) {
        let mut state = self.state();
        state.breaker.held_back(pass.probe, self.core.clock.now(), self.core.limits.timeout);
        if pass.round != state.round {
            return;
        }
        let limit = state.limit * 3 / 4;
        self.lower(&mut state, limit);
        state.most = state.limit;
        state.round += 1;
        tracing::warn!(
            limit = state.limit,
            "this process cannot open more files: sending fewer requests at once"
        );
    }

    /// Lowers the limit, to at least one. Free permits are removed at once, permits in use when their attempts end.
    fn lower(&self, state: &mut State, limit: usize) {
        let limit = limit.max(1);
        if let Some(cut) = state.limit.checked_sub(limit) {
            state.surplus += cut - self.permits.forget_permits(cut);
            state.limit = limit;
        }
    }

    /// Halves the limit, but only for the first of several attempts that ran at the same time: the others were sent
    /// before that response and carry the same information.
    fn throttled(&self, pass: &AttemptPermit, retry_after: Option<Duration>) {
        let now = self.core.clock.now();
        let mut state = self.state();
        // If the service says how long to wait, the breaker's own pauses are not needed. Attempts of the same round
        // carry the same information.
        let has_wait = retry_after.is_some_and(|wait| !wait.is_zero());
        if has_wait || pass.round != state.round {
            state.breaker.held_back(pass.probe, now, self.core.limits.timeout);
        } else {
            state.breaker.failed(pass.probe, now, self.core.limits.timeout);
        }
        if let Some(wait) = retry_after {
            let until = now + wait;
            let counted = state.paused_until.map_or(now, |counted| counted.max(now));
            state.paused += until.saturating_duration_since(counted);
            state.paused_until = Some(counted.max(until));
        }
        if pass.round != state.round {
            return;
        }
        let limit = state.limit / 2;
        self.lower(&mut state, limit);
        state.round += 1;
        tracing::debug!(limit = state.limit, ?retry_after, "throttled: sending fewer requests at once");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent between any two statements under this lock, so a poisoned lock is usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for AdaptiveLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("AdaptiveLimiter")
            .field("limit", &state.limit)
            .field("most", &state.most)
            .finish_non_exhaustive()
    }
}

/// The limiter for the calls about one customer, or for those that list customers.
#[derive(Debug)]
pub(crate) struct CustomerPermit {
    limiter: Arc<AdaptiveLimiter>,
    /// A sweep reads each customer once, so the customer's rate limiter is kept here and not in a table.
    customer_rate: Option<Limiter>,
    /// No attempt was requested yet, so one is still expected.
    fresh: AtomicBool,
    /// An attempt was requested.
    requested: AtomicBool,
    /// Fingerprint of the token that was rejected for the last attempt.
    refused: Arc<Mutex<Option<u64>>>,
}

impl CustomerPermit {
    /// Stops counting this customer as one that is about to request its first attempt.
    pub(crate) fn settle(&self) {
        if self.fresh.swap(false, Ordering::Relaxed) {
            self.limiter.state().fresh -= 1;
            self.limiter.stream.wake();
        }
    }

    /// Whether any attempt was requested.
    pub(crate) fn has_requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    /// The fingerprint of the token that was rejected for the last attempt.
    pub(crate) fn refused_token(&self) -> Option<u64> {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CustomerPermit {
    fn drop(&mut self) {
        self.settle();
    }
}

impl RequestLimiter for CustomerPermit {
    fn admit(&self) -> BoxFuture<'_, Result<Box<dyn Permit>>> {
        Box::pin(async move {
            self.settle();
            self.requested.store(true, Ordering::Relaxed);
            // Before taking a permit: other customers must not wait for this customer's limit.
            while let Some(Err(wait)) = self.customer_rate.as_ref().map(Limiter::admit) {
                self.limiter.core.clock.sleep(wait).await;
            }
            let pass = self.limiter.admit().await?;
            Ok(Box::new(CustomerAttempt { refused: Arc::clone(&self.refused), pass }) as Box<dyn Permit>)
        })
    }
}

/// A permit for one attempt. Dropping it returns it.
struct AttemptPermit {
    limiter: Arc<AdaptiveLimiter>,
    round: u64,
    /// The number of this attempt, in order of admission.
    number: u64,
    /// Whether this attempt probes the service during an outage.
    probe: bool,
}

/// An attempt permit together with the customer permit it belongs to.
struct CustomerAttempt {
    refused: Arc<Mutex<Option<u64>>>,
    pass: AttemptPermit,
}

impl Permit for CustomerAttempt {
    fn ended(self: Box<Self>, ending: AttemptOutcome, token: Option<&AccessToken>) {
        let Self { refused, pass } = *self;
        let limiter = &pass.limiter;
        match ending {
            AttemptOutcome::Answered => limiter.answered(&pass, token),
            AttemptOutcome::Refused => {
                // The service responds, but this says nothing else about it.
                limiter.state().breaker.answered();
                *refused.lock().unwrap_or_else(PoisonError::into_inner) =
                    token.map(|token| limiter.fingerprint(token));
            }
            AttemptOutcome::Throttled { retry_after } => limiter.throttled(&pass, retry_after),
            AttemptOutcome::Failed => limiter.failed(&pass),
            AttemptOutcome::TooManyConnections => limiter.out_of_files(&pass),
        }
    }
}

impl Drop for AttemptPermit {
    fn drop(&mut self) {
        if self.probe {
            self.limiter.state().breaker.probe_over();
            self.limiter.probed.notify_one();
        }
        self.limiter.release();
    }
}
