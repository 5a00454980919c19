//! When the attempts of a sweep may be sent: so many at once, so many a minute, none while the service asks to wait, and
//! one at a time while it is out of order.
//!
//! Limits are on attempts, not on customers: a customer whose call waits for another attempt takes nobody's place. The
//! number of attempts at once adapts by what the service answers; the [`Gate`] learns that from the call engine, which
//! tells it of throttling even where a retry makes up for it. What is asked of whom is not its business.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant, SystemTime};

use futures_util::task::AtomicWaker;
use tokio::sync::{Notify, Semaphore};

use super::breaker::{Breaker, Turn};
use super::rate::{Limiter, Rate};
use crate::call::{AttemptOutcome, Permit, RequestLimiter, may_pass};
use crate::client::Core;
use crate::clock::BoxFuture;
use crate::credential::AccessToken;
use crate::error::{Cause, Error, ErrorKind, Result};

/// How long to wait before another round, and before a page is asked for again that could not be had.
pub(super) const REST: Duration = Duration::from_secs(1);

/// How many attempts go at once before the service has said anything.
const FIRST_LIMIT: usize = 4;

/// Lets the attempts of a whole sweep through.
pub(super) struct Gate {
    core: Arc<Core>,
    /// What is free of the present limit. First come, first served: a call that tries again queues like a new one.
    permits: Semaphore,
    rate: Option<Limiter>,
    customer_rate: Option<Rate>,
    /// Whose turn it is to wait for the rate or for the end of a pause; the others queue behind it in order.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// Wakes whoever waits for a probe to end.
    probed: Notify,
    hasher: RandomState,
    /// The stream, which begins with another customer when there is room.
    stream: AtomicWaker,
}

struct State {
    /// Attempts that may go at once, and how many that may become.
    limit: usize,
    most: usize,
    /// Attempts that still go from when the limit was higher: their places vanish when they end.
    surplus: usize,
    /// Customers begun with that have not asked for an attempt yet, and so have no permit.
    fresh: usize,
    /// How often the limit was halved. Answers to what was sent before say nothing about the limit after.
    round: u64,
    /// Until when the service has asked to wait, and how much it has asked for in all, overlaps counted once.
    paused_until: Option<Instant>,
    paused: Duration,
    breaker: Breaker,
    /// How many attempts were let through.
    admitted: u64,
    /// By fingerprint of a token: the latest of the attempts with it that were answered, and not for refusing it.
    accepted: HashMap<u64, u64>,
}

/// What a gate tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GateReading {
    pub(super) limit: usize,
    pub(super) throttled: Duration,
    pub(super) pause: Option<Duration>,
    pub(super) paused_until: Option<SystemTime>,
    pub(super) unanswered: Option<Duration>,
}

impl Gate {
    pub(super) fn new(
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

    /// Whom to wake when there may be room for another customer.
    pub(super) fn register(&self, waker: &Waker) {
        self.stream.register(waker);
    }

    /// Makes room for one more customer: `None` while its first attempt would have to queue.
    pub(super) fn begin(self: &Arc<Self>) -> Option<Arc<Caller>> {
        let mut state = self.state();
        if state.fresh >= self.permits.available_permits() {
            return None;
        }
        state.fresh += 1;
        let customer_rate = self.customer_rate.map(|rate| Limiter::new(rate, Arc::clone(&self.core.clock)));
        Some(Arc::new(Caller {
            gate: Arc::clone(self),
            customer_rate,
            fresh: AtomicBool::new(true),
            asked: AtomicBool::new(false),
            refused: Arc::default(),
        }))
    }

    /// Who lists the customers: held to the partner's limits, and to no customer's.
    pub(super) fn listing(self: &Arc<Self>) -> Arc<Caller> {
        Arc::new(Caller {
            gate: Arc::clone(self),
            customer_rate: None,
            fresh: AtomicBool::new(false),
            asked: AtomicBool::new(false),
            refused: Arc::default(),
        })
    }

    pub(super) fn read(&self) -> GateReading {
        let clock = &*self.core.clock;
        let pause = self.core.throttle.remaining(clock);
        let state = self.state();
        let ahead =
            state.paused_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(clock.now()));
        GateReading {
            limit: state.limit,
            throttled: state.paused.saturating_sub(ahead),
            pause,
            paused_until: pause.map(|pause| clock.system_time() + pause),
            unanswered: state.breaker.open_for(clock.now()),
        }
    }

    /// Whether nothing has succeeded for as long as a call may take, so that a sweep should end.
    pub(super) fn has_given_up(&self) -> bool {
        self.state().breaker.has_given_up()
    }

    /// Whether what failed with this is to be asked for again: it may pass, and nobody has given up yet.
    pub(super) fn waits_out(&self, error: &Error) -> bool {
        let passes = may_pass(error) || (error.is_from_credential() && error.is_transient());
        passes && error.cause() != Some(Cause::PauseTooLong) && !self.has_given_up()
    }

    /// Takes note of time in which nobody polled the sweep, and which no failure has filled.
    pub(super) fn excuse(&self, idle: Duration) {
        self.state().breaker.excuse(idle);
    }

    /// Takes note that something succeeded, or failed, that this gate did not let through.
    pub(super) fn outside(&self, succeeded: bool) {
        let now = self.core.clock.now();
        let mut state = self.state();
        if succeeded {
            state.breaker.answered();
        } else {
            state.breaker.failed(false, now, self.core.limits.timeout);
        }
    }

    /// How many attempts were let through so far.
    pub(super) fn admitted(&self) -> u64 {
        self.state().admitted
    }

    /// Whether an attempt with this token, or with any, that was let through after so many others was answered.
    pub(super) fn is_accepted(&self, token: Option<u64>, after: u64) -> bool {
        let state = self.state();
        state
            .accepted
            .iter()
            .any(|(accepted, attempt)| *attempt > after && token.is_none_or(|token| token == *accepted))
    }

    /// Waits for a place, then for the partner's turn by rate and pause, and while the service is out of order for the
    /// turn to probe it.
    async fn admit(self: &Arc<Self>) -> Result<Pass> {
        // The semaphore is never closed, so there is no error to handle; the permit lives on in the pass.
        if let Ok(permit) = self.permits.acquire().await {
            permit.forget();
        }
        let mut pass = Pass { gate: Arc::clone(self), round: 0, number: 0, probe: false };
        let clock = &*self.core.clock;
        let turn = self.turn.lock().await;
        loop {
            // The pause first: a request noted before it would be sent after it on top of those noted then.
            if let Some(pause) = self.core.throttle.remaining(clock) {
                if pause > self.core.limits.timeout {
                    return Err(self.pause_too_long(pause));
                }
                clock.sleep(pause).await;
                continue;
            }
            let may_probe = self.state().breaker.turn(clock.now());
            match may_probe {
                Turn::After(wait) => {
                    clock.sleep(wait).await;
                    continue;
                }
                Turn::AfterProbe => {
                    self.probed.notified().await;
                    continue;
                }
                Turn::Now | Turn::Probe => {}
            }
            if let Some(Err(wait)) = self.rate.as_ref().map(Limiter::admit) {
                clock.sleep(wait).await;
                continue;
            }
            let mut state = self.state();
            pass.probe = may_probe == Turn::Probe;
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

    /// What a sweep ends with when the service asks it to wait for longer than a call may take.
    fn pause_too_long(&self, pause: Duration) -> Error {
        let until = httpdate::fmt_http_date(self.core.clock.system_time() + pause);
        Error::new(
            ErrorKind::Throttled,
            format!(
                "the service asks this partner's calls to wait {} seconds, until {until}, which is longer than the \
                 time-out of {} seconds",
                pause.as_secs(),
                self.core.limits.timeout.as_secs()
            ),
        )
        .with_retry_after(pause)
        .with_cause(Cause::PauseTooLong)
        .with_advice("Resume then from where the sweep stood.")
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

    /// One more at once, as long as the present limit is what holds attempts back.
    fn answered(&self, pass: &Pass, token: Option<&AccessToken>) {
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

    /// Without the token itself, which is nobody's to keep.
    fn fingerprint(&self, token: &AccessToken) -> u64 {
        self.hasher.hash_one(token.expose())
    }

    /// Fewer at once after several failures in a row, by as many as there are: one that stands alone is no measure of how
    /// much the service can take, and where half of all attempts fail the limit falls faster than answers raise it. One, and
    /// with pauses, once nothing but failures has come for a while.
    fn failed(&self, pass: &Pass) {
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
            tracing::warn!("the service is out of order: one request at a time, with pauses");
        }
    }

    /// No more at once from now on than this process may have connections, with some to spare.
    fn crowded(&self, pass: &Pass) {
        let mut state = self.state();
        state.breaker.held_back(pass.probe, self.core.clock.now(), self.core.limits.timeout);
        if pass.round != state.round {
            return;
        }
        let limit = state.limit * 3 / 4;
        self.lower(&mut state, limit);
        state.most = state.limit;
        state.round += 1;
        tracing::warn!(limit = state.limit, "this process may not open more files: fewer requests at once");
    }

    /// Lowers the limit, to one at least. Free places go at once, taken ones when their attempts end.
    fn lower(&self, state: &mut State, limit: usize) {
        let limit = limit.max(1);
        if let Some(cut) = state.limit.checked_sub(limit) {
            state.surplus += cut - self.permits.forget_permits(cut);
            state.limit = limit;
        }
    }

    /// Half as many at once, but only for the first of the attempts that went together: the others were sent before
    /// the service could be heard, and say the same thing again.
    fn throttled(&self, pass: &Pass, retry_after: Option<Duration>) {
        let now = self.core.clock.now();
        let mut state = self.state();
        // Who is told how long to wait needs no pauses of its own, and those that went together say the same thing.
        let told = retry_after.is_some_and(|wait| !wait.is_zero());
        if told || pass.round != state.round {
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
        tracing::debug!(limit = state.limit, ?retry_after, "throttled: fewer requests at once");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No statement between two of these leaves the state half-changed, so a panic elsewhere did not either.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Gate").field("limit", &state.limit).field("most", &state.most).finish_non_exhaustive()
    }
}

/// The calls about one customer, or those that list customers: what their client asks before each attempt.
#[derive(Debug)]
pub(super) struct Caller {
    gate: Arc<Gate>,
    /// A sweep asks about a customer once, so its key lives as long as this and no table of keys is kept.
    customer_rate: Option<Limiter>,
    /// No attempt has been asked for yet, so that one is expected.
    fresh: AtomicBool,
    /// An attempt has been asked for.
    asked: AtomicBool,
    /// Fingerprint of the token that the last attempt was refused for.
    refused: Arc<Mutex<Option<u64>>>,
}

impl Caller {
    /// There will be no more calls, or they have a permit of their own.
    pub(super) fn settle(&self) {
        if self.fresh.swap(false, Ordering::Relaxed) {
            self.gate.state().fresh -= 1;
            self.gate.stream.wake();
        }
    }

    /// Whether any attempt was asked for.
    pub(super) fn has_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// By fingerprint, the token that the last attempt was refused for.
    pub(super) fn refused_token(&self) -> Option<u64> {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.settle();
    }
}

impl RequestLimiter for Caller {
    fn admit(&self) -> BoxFuture<'_, Result<Box<dyn Permit>>> {
        Box::pin(async move {
            self.settle();
            self.asked.store(true, Ordering::Relaxed);
            // Before a place is taken: a customer's own limit is nothing that others should wait for.
            while let Some(Err(wait)) = self.customer_rate.as_ref().map(Limiter::admit) {
                self.gate.core.clock.sleep(wait).await;
            }
            let pass = self.gate.admit().await?;
            Ok(Box::new(OfCaller { refused: Arc::clone(&self.refused), pass }) as Box<dyn Permit>)
        })
    }
}

/// A place among the attempts that go at once. Dropping it gives it back.
struct Pass {
    gate: Arc<Gate>,
    round: u64,
    /// How many were let through up to this one.
    number: u64,
    /// It is to find out whether the service is in order again.
    probe: bool,
}

/// One of a certain caller.
struct OfCaller {
    refused: Arc<Mutex<Option<u64>>>,
    pass: Pass,
}

impl Permit for OfCaller {
    fn ended(self: Box<Self>, ending: AttemptOutcome, token: Option<&AccessToken>) {
        let Self { refused, pass } = *self;
        let gate = &pass.gate;
        match ending {
            AttemptOutcome::Answered => gate.answered(&pass, token),
            AttemptOutcome::Refused => {
                // The service is in order, and that is all this says.
                gate.state().breaker.answered();
                *refused.lock().unwrap_or_else(PoisonError::into_inner) =
                    token.map(|token| gate.fingerprint(token));
            }
            AttemptOutcome::Throttled { retry_after } => gate.throttled(&pass, retry_after),
            AttemptOutcome::Failed => gate.failed(&pass),
            AttemptOutcome::TooManyConnections => gate.crowded(&pass),
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.probe {
            self.gate.state().breaker.probe_over();
            self.gate.probed.notify_one();
        }
        self.gate.release();
    }
}
