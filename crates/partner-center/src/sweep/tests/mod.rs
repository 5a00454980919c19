//! Sweep tests against a service in memory. No sockets are opened, and tokio's time is paused: it advances to the next
//! timer when all tasks are idle.

mod concurrency;
mod engine;
mod once;
mod outage;
mod schedule;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use uuid::Uuid;

use super::checkpoint::{Ids, Place};
use super::concurrency::AdaptiveLimiter;
use super::customer_index::{CustomerIndex, Entry, Page, Source};
use super::*;
use crate::client::AttemptOutcome;
use crate::clock::FixedRandom;
use crate::credential::{AccessToken, StaticToken};
use crate::error::{Error, ErrorKind};
use crate::limits::Withdrawal;
use crate::models::Findings;

fn partner() -> PartnerCenter {
    PartnerCenter::builder()
        .credential(StaticToken::new("fake").unwrap())
        .base_url("http://127.0.0.1:9")
        // Not random, so that every run is the same.
        .random(FixedRandom::new(0.5))
        .build()
        .unwrap()
}

/// Runs a test in one task with paused time.
fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test)
}

fn customer(number: u64) -> CustomerId {
    Uuid::from_u128(u128::from(number) + 1).into()
}

fn customers(count: u64) -> Vec<CustomerId> {
    (0..count).map(customer).collect()
}

/// The result of an attempt.
#[derive(Clone, Debug)]
enum Reply {
    Rows(usize),
    Fault { status: u16, code: &'static str, retry_after: Option<Duration> },
}

fn fault(status: u16) -> Reply {
    Reply::Fault { status, code: "0", retry_after: None }
}

impl Reply {
    fn result(self) -> Result<usize> {
        match self {
            Self::Rows(rows) => Ok(rows),
            Self::Fault { status, code, retry_after } => {
                let body = format!(r#"{{"code":"{code}","description":"made up"}}"#);
                let error = Error::from_response(status, http::HeaderMap::new(), body);
                Err(match retry_after {
                    Some(wait) => error.with_retry_after(wait),
                    None => error,
                })
            }
        }
    }
}

type Script = dyn Fn(CustomerId, u32) -> (Duration, Reply) + Send + Sync;

/// A scripted service that records its attempts.
#[derive(Clone)]
struct Service {
    script: Arc<Script>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    attempts: HashMap<CustomerId, u32>,
    total: usize,
    going: usize,
    most_going: usize,
    /// The start time of each attempt.
    times: Vec<Instant>,
}

impl Service {
    fn new(script: impl Fn(CustomerId, u32) -> (Duration, Reply) + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), seen: Arc::default() }
    }

    fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Handles limits and attempts like a call, without sockets.
    async fn ask(self, customer: CustomerHandle) -> Result<Response<Vec<u8>>> {
        let partner = customer.partner().clone();
        let (core, admission) = (partner.core(), partner.limiter().unwrap());
        let (mut attempt, mut withdrawal) = (0, Withdrawal::default());
        loop {
            let admitted = admission.admit().await?;
            attempt += 1;
            let in_all = self.seen().attempts.get(&customer.id()).copied().unwrap_or_default() + 1;
            let (latency, reply) = (self.script)(customer.id(), in_all);
            {
                let mut seen = self.seen.lock().unwrap();
                *seen.attempts.entry(customer.id()).or_default() += 1;
                seen.total += 1;
                seen.going += 1;
                seen.most_going = seen.most_going.max(seen.going);
                seen.times.push(core.clock.now());
            }
            let going = Going(&self.seen);
            core.clock.sleep(latency).await;
            drop(going);
            let result = reply.result();
            let ending = match &result {
                Ok(_) => AttemptOutcome::Answered,
                Err(error) => AttemptOutcome::of_failure(error, false),
            };
            admitted.ended(ending, Some(&AccessToken::new("fake")));
            if ending == AttemptOutcome::Answered {
                core.retry_budget.answered(&withdrawal);
            }
            let error = match result {
                Ok(rows) => return Ok(Response::for_test(vec![0; rows], Uuid::nil(), Uuid::nil())),
                Err(error) => error,
            };
            let pause = error.retry_after().filter(|_| error.is_throttled());
            if let Some(pause) = pause {
                core.throttle.until(core.clock.now() + pause);
            }
            let Some(wait) = core.limits.wait(&error, attempt, &*core.random) else { return Err(error) };
            core.retry_budget.draw(error, &mut withdrawal)?;
            if pause.is_none() {
                core.clock.sleep(wait).await;
            }
        }
    }

    fn question(&self) -> impl Fn(CustomerHandle) -> BoxFuture<'static, Result<Response<Vec<u8>>>> + use<> {
        let service = self.clone();
        move |customer| Box::pin(service.clone().ask(customer))
    }

    fn sweep(&self) -> Sweep<Vec<u8>> {
        partner().customers().sweep(self.question())
    }
}

/// An attempt in progress; it ends when this is dropped.
struct Going<'a>(&'a Mutex<Seen>);

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap().going -= 1;
    }
}

/// A list of customers in memory, with pages of any size, some of which fail at first.
#[derive(Clone, Default)]
struct LicenseReport {
    pages: Arc<Vec<Vec<CustomerId>>>,
    latency: Duration,
    failures: Arc<Mutex<HashMap<usize, Error>>>,
    /// The requested pages, in order.
    requested: Arc<Mutex<Vec<usize>>>,
}

impl LicenseReport {
    fn new(pages: Vec<Vec<CustomerId>>) -> Self {
        Self { pages: Arc::new(pages), ..Self::default() }
    }

    /// Pages of this size.
    fn of(count: u64, page: usize) -> Self {
        Self::new(customers(count).chunks(page).map(<[_]>::to_vec).collect())
    }

    fn fail(&self, page: usize, kind: ErrorKind) {
        self.failures.lock().unwrap().insert(page, Error::new(kind, "made up"));
    }

    /// A sweep over it.
    fn sweep(
        &self,
        service: &Service,
        settle: impl FnOnce(Sweep<Vec<u8>>) -> Sweep<Vec<u8>>,
    ) -> SweepStream<Vec<u8>> {
        let sweep = settle(service.sweep());
        let listed = CustomerIndex::new(Box::new(Listing { book: self.clone(), page: 0, asking: None }));
        let limiter = sweep.limiter();
        sweep.stream_over(limiter, listed)
    }
}

struct Listing {
    book: LicenseReport,
    page: usize,
    asking: Option<BoxFuture<'static, ()>>,
}

impl Source for Listing {
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page>>> {
        let Some(page) = self.book.pages.get(self.page) else { return Poll::Ready(None) };
        let asking = self.asking.get_or_insert_with(|| {
            self.book.requested.lock().unwrap().push(self.page);
            Box::pin(tokio::time::sleep(self.book.latency))
        });
        std::task::ready!(asking.as_mut().poll(context));
        self.asking = None;
        if let Some(error) = self.book.failures.lock().unwrap().remove(&self.page) {
            return Poll::Ready(Some(Err(error)));
        }
        self.page += 1;
        let entries = page.iter().copied().map(Entry::from).collect();
        Poll::Ready(Some(Ok(Page { entries, findings: Findings::default() })))
    }
}
