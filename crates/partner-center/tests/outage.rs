//! Outages over the wire: few requests are sent meanwhile, and no customer is lost.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use partner_center::clock::{BoxFuture, ManualClock};
use partner_center::credential::{AccessToken, Credential, StaticToken};
use partner_center::licenses::{DeploymentRow, SourceChoice};
use partner_center::sweep::{self, Checkpoint, Order, Outcome};
use partner_center::{CustomerId, Error, ErrorKind, PartnerCenter, PartnerCenterBuilder, Result};
use partner_center_emulator::{Emulator, EmulatorBuilder, FaultScript};

const COMMERCIAL: &str = "/partner/v1/analytics/commercial/*";

/// An emulator, and a clock that ends its faults at a given time.
#[derive(Clone, Debug)]
struct Outage {
    emulator: Arc<Emulator>,
    clock: ManualClock,
}

/// An emulator with an outage that starts at a given request, while the clock is at zero, and lasts until `ends`.
async fn emulate(builder: EmulatorBuilder, faults: &str, ends: Duration) -> (Outage, PartnerCenter) {
    let emulator = builder.faults(faults.parse::<FaultScript>().unwrap()).start().await.unwrap();
    let (emulator, time) = (Arc::new(emulator), ManualClock::new());
    let clock = time.clone().on_sleep({
        let emulator = Arc::clone(&emulator);
        move |_| {
            if time.elapsed() >= ends {
                emulator.set_faults(FaultScript::new());
            }
        }
    });
    let partner = client(emulator.base_url()).clock(clock.clone()).build().unwrap();
    (Outage { emulator, clock }, partner)
}

fn client(url: &str) -> PartnerCenterBuilder {
    PartnerCenter::builder().credential(StaticToken::new("opaque").unwrap()).base_url(url)
}

impl Outage {
    fn customers(&self) -> Vec<CustomerId> {
        let mut all: Vec<_> = self.emulator.book().customers().map(|customer| customer.id.into()).collect();
        all.sort_unstable();
        all
    }
}

const FOREVER: Duration = Duration::from_secs(1_000_000_000);

// Outages of several lengths, with both sources.
#[tokio::test]
async fn an_outage_shorter_than_the_timeout_loses_no_customer_with_either_source() {
    for seconds in [0, 1, 3, 8, 30, 120, 170] {
        let ends = Duration::from_secs(seconds);
        let faults = "#40- 503";
        let (outage, partner) = emulate(Emulator::builder().customers(150), faults, ends).await;
        // Stopped and resumed at points that differ with the length.
        let (mut swept, mut saved, mut later) = (Vec::new(), None::<String>, 0);
        for take in [usize::try_from(seconds).unwrap() % 50, 37, usize::MAX] {
            let mut sweep = partner.customers().sweep(sweep::deployment).order(Order::Customer);
            if let Some(saved) = &saved {
                sweep = sweep.resume(serde_json::from_str::<Checkpoint>(saved).unwrap());
            }
            let mut stream = sweep.stream();
            for _ in 0..take {
                let Some(next) = stream.try_next().await.unwrap() else { break };
                assert!(!matches!(next.outcome, Outcome::Failed(_)), "{seconds} s: {next:?}");
                swept.push(next.customer);
            }
            later = stream.progress().summary.later;
            saved = Some(serde_json::to_string(&stream.checkpoint()).unwrap());
        }
        let in_time = swept.len() - usize::try_from(later).unwrap();
        assert!(swept[..in_time].is_sorted(), "{seconds} s");
        swept.sort_unstable();
        assert_eq!(swept, outage.customers(), "{seconds} s: every customer once");
        let requests = outage.emulator.request_count();
        // Each run lists the customers again, and has read a few that it did not return.
        assert!(requests < 150 + 3 + 2 * 40 + 20 + seconds, "{seconds} s: {requests}");

        let builder = Emulator::builder().customers(150).page_size(50);
        let (outage, partner) = emulate(builder, &format!("#3- {COMMERCIAL} 503"), ends).await;
        let report = partner.customers().report::<DeploymentRow>().source(SourceChoice::Commercial);
        let mut stream = report.stream();
        let mut rows = 0;
        while let Some(batch) = stream.try_next().await.unwrap() {
            if let Outcome::Rows(batch) = batch.outcome {
                rows += batch.value().len();
            }
        }
        let truth: usize =
            outage.emulator.book().customers().map(|customer| customer.deployment().len()).sum();
        assert_eq!(rows, truth, "{seconds} s by the commercial query");
        let requests = outage.emulator.request_count();
        assert!(requests < truth as u64 / 50 + 25 + seconds, "{seconds} s: {requests}");
    }
}

// It took 2,844 requests for 711 customers before the fix.
#[tokio::test]
async fn a_permanent_outage_causes_at_most_one_and_a_half_requests_per_remaining_customer() {
    let (outage, partner) = emulate(Emulator::builder().customers(1000), "#300- 503", FOREVER).await;
    let mut stream = partner.customers().sweep(sweep::deployment).stream();
    let (mut done, mut failed) = (HashSet::new(), HashSet::new());
    while let Some(swept) = stream.try_next().await.unwrap() {
        match swept.outcome {
            Outcome::Failed(error) => {
                assert!(error.is_transient(), "{error}");
                assert!(failed.insert(swept.customer));
            }
            _ => assert!(done.insert(swept.customer)),
        }
    }
    assert_eq!((done.len() + failed.len(), done.is_disjoint(&failed)), (1000, true));
    let cost = outage.emulator.request_count() - 299;
    assert!(usize::try_from(cost).unwrap() * 2 <= failed.len() * 3, "{cost} requests for {}", failed.len());
    assert!(cost < 100, "{cost}");
    // It gave up in time.
    assert!((180..200).contains(&outage.clock.elapsed().as_secs()), "{:?}", outage.clock.elapsed());

    let checkpoint = stream.checkpoint();
    assert_eq!(checkpoint.missing().collect::<HashSet<_>>(), failed);
    outage.emulator.set_faults(FaultScript::new());
    let before = outage.emulator.request_count();
    let mut stream = partner.customers().sweep(sweep::deployment).resume(checkpoint).stream();
    while let Some(swept) = stream.try_next().await.unwrap() {
        assert!(failed.remove(&swept.customer) && !matches!(swept.outcome, Outcome::Failed(_)));
    }
    assert!(failed.is_empty());
    assert_eq!(
        outage.emulator.request_count() - before,
        1000 - done.len() as u64,
        "the list is not requested"
    );
    assert!(stream.checkpoint().is_finished());
    assert_eq!((stream.progress().summary.customers, stream.progress().summary.failed), (1000, 0));
}

// Plain calls share one budget.
#[tokio::test]
async fn calls_share_a_hundred_retries_while_nothing_succeeds() {
    let (outage, partner) = emulate(Emulator::builder().customers(1), "503(retry-after=none)", FOREVER).await;
    let customer = partner.customers().by_id(outage.customers()[0]);
    for number in 0..100 {
        let error = customer.get().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, Some(503)));
        assert_eq!(error.is_out_of_retries(), number >= 33, "{number}: {error}");
    }
    assert_eq!(outage.emulator.request_count(), 100 + 100);
    let error = customer.get().await.unwrap_err();
    assert!(error.message().contains("the retry budget is empty"), "{error}");
    // Throttling with a stated wait does not use the budget.
    outage.emulator.set_faults("429(retry-after=1)".parse::<FaultScript>().unwrap());
    let error = customer.get().await.unwrap_err();
    assert_eq!((error.attempts(), error.is_out_of_retries()), (4, false));
}

#[tokio::test]
async fn a_401_of_one_customer_is_that_customers_and_named() {
    for place in [0, 29, 59] {
        let (outage, partner) = emulate(Emulator::builder().customers(60), "", FOREVER).await;
        let refused = outage.customers()[place];
        let faults = format!("/v1/customers/{refused}/* 401");
        outage.emulator.set_faults(faults.parse::<FaultScript>().unwrap());
        let mut stream = partner.customers().sweep(sweep::deployment).order(Order::Customer).stream();
        let mut failed = Vec::new();
        while let Some(swept) = stream.try_next().await.unwrap() {
            if let Outcome::Failed(error) = swept.outcome {
                assert_eq!(error.kind(), ErrorKind::Unauthorized);
                failed.push(swept.customer);
            }
        }
        assert_eq!(failed, [refused], "{place}");
        assert!(stream.checkpoint().is_finished());
        // No customer after the last one shows that the token is valid: one more request, for the list.
        assert_eq!(outage.emulator.request_count(), 61 + u64::from(place == 59), "{place}");
    }
}

#[tokio::test]
async fn a_401_of_everybody_ends_the_sweep_although_the_token_was_good_before() {
    // A token that is rejected from the thirtieth request on.
    let (outage, partner) = emulate(Emulator::builder().customers(500), "#30- 401", FOREVER).await;
    let mut stream = partner.customers().sweep(sweep::deployment).stream();
    let mut done = 0;
    let interrupted = loop {
        match stream.try_next().await {
            Ok(swept) => {
                assert!(!matches!(swept.unwrap().outcome, Outcome::Failed(_)));
                done += 1;
            }
            Err(interrupted) => break interrupted,
        }
    };
    assert_eq!(interrupted.error().kind(), ErrorKind::Unauthorized);
    assert_eq!(interrupted.checkpoint().summary().customers, done);
    assert!(outage.emulator.request_count() < 50, "{}", outage.emulator.request_count());
}

/// A credential that has no token during a period of time.
#[derive(Clone, Debug)]
struct Resting {
    outage: Outage,
    until: Duration,
}

impl Credential for Resting {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        let begun = self.outage.emulator.request_count() >= 50;
        let result = if begun && self.outage.clock.elapsed() < self.until {
            Err(Error::new(ErrorKind::Unavailable, "the sign-in service is out of order"))
        } else {
            Ok(AccessToken::new("opaque"))
        };
        Box::pin(std::future::ready(result))
    }

    fn refresh<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

#[tokio::test]
async fn an_error_of_the_credential_is_not_a_customers_failure() {
    for seconds in [1, 8, 60, 170, 10_000] {
        let (outage, _) = emulate(Emulator::builder().customers(300), "", FOREVER).await;
        let credential = Resting { outage: outage.clone(), until: Duration::from_secs(seconds) };
        let url = outage.emulator.base_url().to_owned();
        let partner = PartnerCenter::builder()
            .credential(credential)
            .base_url(url)
            .clock(outage.clock.clone())
            .build()
            .unwrap();
        let mut stream = partner.customers().sweep(sweep::deployment).order(Order::Customer).stream();
        let mut swept = Vec::new();
        let interrupted = loop {
            match stream.try_next().await {
                Ok(Some(next)) => {
                    assert!(!matches!(next.outcome, Outcome::Failed(_)), "{seconds} s: {next:?}");
                    swept.push(next.customer);
                }
                Ok(None) => break None,
                Err(interrupted) => break Some(interrupted),
            }
        };
        if seconds < 180 {
            assert!(interrupted.is_none(), "{seconds} s: {interrupted:?}");
            assert_eq!(swept, outage.customers(), "in order as well");
        } else {
            let (error, checkpoint) = interrupted.unwrap().into_parts();
            assert!(error.is_from_credential(), "{error:?}");
            assert_eq!(checkpoint.summary().customers, swept.len() as u64);
            assert_eq!((checkpoint.summary().failed, checkpoint.is_finished()), (0, false));
        }
    }
}

#[tokio::test]
async fn concurrent_calls_are_limited_and_all_succeed() {
    let emulator = Emulator::builder().customers(20).latency(Duration::from_millis(5)).start().await.unwrap();
    let partner = client(emulator.base_url()).max_concurrent_requests(20).build().unwrap();
    let ids: Vec<CustomerId> = emulator.book().customers().map(|customer| customer.id.into()).collect();
    let calls = ids.iter().cycle().take(400).map(|id| partner.customers().by_id(*id));
    let results = join_all(calls.map(|customer| async move { customer.get().await })).await;
    results.iter().for_each(is_answer);
    assert!(emulator.most_requests_at_once() <= 20, "{}", emulator.most_requests_at_once());
    let refused = client(emulator.base_url()).max_concurrent_requests(0).build().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Configuration);
}

/// Set in the child process that may open few files: the address of its service.
#[cfg(unix)]
const FEW_FILES: &str = "OUTAGE_TEST_SERVICE";

// This test runs itself again in a shell with a low limit of open files.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_with_a_low_limit_of_open_files_sends_fewer_requests_at_once_without_failures() {
    const NAME: &str =
        "a_process_with_a_low_limit_of_open_files_sends_fewer_requests_at_once_without_failures";
    if let Ok(url) = std::env::var(FEW_FILES) {
        return with_few_files(&url).await;
    }
    let emulator =
        Emulator::builder().customers(300).latency(Duration::from_millis(30)).start().await.unwrap();
    let url = emulator.base_url().to_owned();
    let child = tokio::task::spawn_blocking(move || {
        std::process::Command::new("sh")
            .args(["-c", "ulimit -n 64 && exec \"$0\" --exact \"$1\" --nocapture"])
            .arg(std::env::current_exe().unwrap())
            .arg(NAME)
            .env(FEW_FILES, url)
            .output()
            .unwrap()
    });
    let output = child.await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let most = emulator.most_requests_at_once();
    assert!((20..64).contains(&most), "{most} at once");
}

#[cfg(unix)]
async fn with_few_files(url: &str) {
    let partner = client(url).build().unwrap();
    let mut stream = partner.customers().sweep(sweep::deployment).concurrency(500).stream();
    let mut ids = Vec::new();
    while let Some(swept) = stream.try_next().await.unwrap() {
        assert!(!matches!(swept.outcome, Outcome::Failed(_)), "{swept:?}");
        ids.push(swept.customer);
    }
    assert_eq!(ids.len(), 300);
    let calls = ids.iter().map(|id| partner.customers().by_id(*id));
    let results = join_all(calls.map(|customer| async move { customer.get().await })).await;
    results.iter().for_each(is_answer);
}

/// A customer without a relationship is rejected, which is a regular response.
fn is_answer<T: std::fmt::Debug>(result: &Result<T>) {
    assert!(result.as_ref().map_or_else(Error::is_forbidden, |_| true), "{result:?}");
}
