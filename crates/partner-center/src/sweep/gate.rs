//! When the attempts of a sweep may be sent: so many at once, so many a minute, none while the service asks to wait.
//!
//! Limits are on attempts, not on customers: a customer whose call waits for another attempt takes nobody's place. The
//! number of attempts at once adapts by what the service answers; the [`Gate`] learns that from the call engine, which
//! tells it of throttling even where a retry makes up for it. What is asked of whom is not its business.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use tokio::sync::Semaphore;

use super::rate::{Limiter, Rate};
use crate::call::{Admission, Admitted, Ending};
use crate::clock::BoxFuture;
use crate::partner::Core;

/// How many attempts go at once before the service has said anything.
const FIRST_LIMIT: usize = 4;

/// Lets the attempts of a whole sweep through.
pub(super) struct Gate {
    core: Arc<Core>,
    /// What is free of the present limit. First come, first served: a call that tries again queues like a new one.
    permits: Semaphore,
    most: usize,
    rate: Option<Limiter>,
    customer_rate: Option<Rate>,
    /// Whose turn it is to wait for the rate or for the end of a pause; the others queue behind it in order.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// The stream, which begins with another customer when there is room.
    stream: AtomicWaker,
}

struct State {
    /// Attempts that may go at once.
    limit: usize,
    /// Attempts that still go from when the limit was higher: their places vanish when they end.
    surplus: usize,
    /// Customers begun with that have not asked for an attempt yet, and so have no permit.
    fresh: usize,
    /// How often the limit was halved. Answers to what was sent before say nothing about the limit after.
    round: u64,
    /// Until when the service has asked to wait, and how much it has asked for in all, overlaps counted once.
    paused_until: Option<Instant>,
    paused: Duration,
}

/// What a gate tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GateReading {
    pub(super) limit: usize,
    pub(super) throttled: Duration,
    pub(super) pause: Option<Duration>,
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
            most,
            rate: rate.map(|rate| Limiter::new(rate, Arc::clone(&core.clock))),
            customer_rate,
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(State {
                limit,
                surplus: 0,
                fresh: 0,
                round: 0,
                paused_until: None,
                paused: Duration::ZERO,
            }),
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
        Some(Arc::new(Caller { gate: Arc::clone(self), customer_rate, fresh: AtomicBool::new(true) }))
    }

    /// Who lists the customers: held to the partner's limits, and to no customer's.
    pub(super) fn listing(self: &Arc<Self>) -> Arc<Caller> {
        Arc::new(Caller { gate: Arc::clone(self), customer_rate: None, fresh: AtomicBool::new(false) })
    }

    pub(super) fn read(&self) -> GateReading {
        let pause = self.core.pause.remaining(&*self.core.clock);
        let state = self.state();
        let ahead = state
            .paused_until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(self.core.clock.now()));
        GateReading { limit: state.limit, throttled: state.paused.saturating_sub(ahead), pause }
    }

    /// Waits for a place, then for the partner's turn by rate and pause.
    async fn admit(self: &Arc<Self>) -> Pass {
        // The semaphore is never closed, so there is no error to handle; the permit lives on in the pass.
        if let Ok(permit) = self.permits.acquire().await {
            permit.forget();
        }
        let mut pass = Pass { gate: Arc::clone(self), round: 0 };
        let turn = self.turn.lock().await;
        loop {
            // The pause first: a request noted before it would be sent after it on top of those noted then.
            let wait = match (self.core.pause.remaining(&*self.core.clock), &self.rate) {
                (Some(pause), _) => pause,
                (None, Some(rate)) => match rate.admit() {
                    Ok(()) => break,
                    Err(wait) => wait,
                },
                (None, None) => break,
            };
            self.core.clock.sleep(wait).await;
        }
        drop(turn);
        pass.round = self.state().round;
        pass
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
    fn answered(&self, round: u64) {
        let mut state = self.state();
        let going = (state.limit + state.surplus).saturating_sub(self.permits.available_permits());
        if round != state.round || state.limit >= self.most || going * 2 < state.limit {
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

    /// Half as many at once, but only for the first of the attempts that went together: the others were sent before
    /// the service could be heard, and say the same thing again.
    fn throttled(&self, round: u64, retry_after: Option<Duration>) {
        let now = self.core.clock.now();
        let mut state = self.state();
        if let Some(wait) = retry_after {
            let until = now + wait;
            let counted = state.paused_until.map_or(now, |counted| counted.max(now));
            state.paused += until.saturating_duration_since(counted);
            state.paused_until = Some(counted.max(until));
        }
        if round != state.round {
            return;
        }
        let limit = (state.limit / 2).max(1);
        let cut = state.limit - limit;
        // Free places go at once, taken ones when their attempts end.
        state.surplus += cut - self.permits.forget_permits(cut);
        state.limit = limit;
        state.round += 1;
        tracing::debug!(limit, ?retry_after, "throttled: fewer requests at once");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No statement between two of these leaves the state half-changed, so a panic elsewhere did not either.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Gate").field("limit", &state.limit).field("most", &self.most).finish_non_exhaustive()
    }
}

/// The calls about one customer, or those that list customers: what their client asks before each attempt.
#[derive(Debug)]
pub(super) struct Caller {
    gate: Arc<Gate>,
    /// A sweep asks about a customer once, so its key lives as long as this and no table of keys is kept.
    customer_rate: Option<Limiter>,
    /// No attempt has been asked for yet.
    fresh: AtomicBool,
}

impl Caller {
    /// There will be no more calls, or they have a permit of their own.
    pub(super) fn settle(&self) {
        if self.fresh.swap(false, Ordering::Relaxed) {
            self.gate.state().fresh -= 1;
            self.gate.stream.wake();
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.settle();
    }
}

impl Admission for Caller {
    fn admit(&self) -> BoxFuture<'_, Box<dyn Admitted>> {
        Box::pin(async move {
            self.settle();
            // Before a place is taken: a customer's own limit is nothing that others should wait for.
            while let Some(Err(wait)) = self.customer_rate.as_ref().map(Limiter::admit) {
                self.gate.core.clock.sleep(wait).await;
            }
            Box::new(self.gate.admit().await) as Box<dyn Admitted>
        })
    }
}

/// A place among the attempts that go at once. Dropping it gives it back.
struct Pass {
    gate: Arc<Gate>,
    round: u64,
}

impl Admitted for Pass {
    fn ended(self: Box<Self>, ending: Ending) {
        match ending {
            Ending::Answered => self.gate.answered(self.round),
            Ending::Throttled { retry_after } => self.gate.throttled(self.round, retry_after),
            Ending::Failed => {}
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.release();
    }
}
