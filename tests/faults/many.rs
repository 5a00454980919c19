//! Many calls against a service that fails one request in five: all responses and ids are correct.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::{CustomerId, PartnerCenter};
use partner_center_emulator::{CustomerState, Emulator, FaultScript};

const CALLS: usize = 10_000;
const CUSTOMERS: usize = 500;

/// The `Retry-After` of a throttled response.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The waits of each task. A task makes one call at a time, so its waits are those of its call.
#[derive(Clone, Default)]
struct Waits(Arc<Mutex<HashMap<tokio::task::Id, Vec<Duration>>>>);

impl Waits {
    /// The waits of this task since the last call.
    fn take(&self) -> Vec<Duration> {
        self.0.lock().unwrap().remove(&tokio::task::id()).unwrap_or_default()
    }

    fn add(&self, wait: Duration) {
        self.0.lock().unwrap().entry(tokio::task::id()).or_default().push(wait);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_succeed_although_one_request_in_five_fails() {
    // 4 % each of five faults; never more than five times in a row for one call.
    let script = "seed=7; 4% most=2 429(retry-after=1); 4% most=2 503; 4% most=2 reset; 4% most=2 reset-body; \
                  4% most=2 502(body=html)";
    let emulator = Emulator::builder()
        .customers(CUSTOMERS)
        .faults(script.parse::<FaultScript>().unwrap())
        .recorded_requests(4 * CALLS)
        .start()
        .await
        .unwrap();
    let waits = Waits::default();
    let all = waits.clone();
    let partner = PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new("any").unwrap())
        .clock(ManualClock::new().on_sleep(move |wait| all.add(wait)))
        .max_attempts(30)
        // Every wait of every call advances the manual clock; the waits of others must not let a call time out.
        .timeout(Duration::from_secs(24 * 60 * 60))
        .build()
        .unwrap();
    let truth: Vec<_> = emulator
        .book()
        .customers()
        .map(|customer| {
            let id: CustomerId = customer.id.to_string().parse().unwrap();
            let sold = customer.deployment().iter().map(|row| row.licenses_sold.cast_signed()).sum::<i64>();
            let response = (customer.state != CustomerState::Lapsed).then_some(sold);
            (id, response)
        })
        .collect();
    let truth = Arc::new(truth);
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (partner, waits) = (partner.clone(), waits.clone());
        let (truth, next) = (Arc::clone(&truth), Arc::clone(&next));
        workers.spawn(async move {
            let mut ids = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= CALLS {
                    return ids;
                }
                let (id, sold) = truth[number % CUSTOMERS];
                match partner.customers().by_id(id).analytics().licenses().deployment().get().await {
                    Ok(response) => {
                        let got: i64 = response.items().iter().map(|row| row.licenses_sold.unwrap()).sum();
                        assert_eq!(Some(got), sold, "call {number}");
                        ids.push((
                            response.request_id(),
                            response.correlation_id(),
                            response.attempts(),
                            waits.take(),
                        ));
                    }
                    Err(error) => {
                        assert_eq!(sold, None, "call {number}: {error}");
                        let (request, correlation) = (error.request_id(), error.correlation_id());
                        ids.push((request.unwrap(), correlation.unwrap(), error.attempts(), waits.take()));
                    }
                }
            }
        });
    }
    let calls: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(calls.len(), CALLS);

    let mut sent: HashMap<String, Vec<(String, Option<u16>)>> = HashMap::new();
    for request in emulator.requests() {
        let id = |name| request.header(name).unwrap().to_owned();
        sent.entry(id("ms-requestid")).or_default().push((id("ms-correlationid"), request.status()));
    }
    assert_eq!(sent.len(), CALLS, "two calls must not share a request id");
    let (mut retried, mut throttled) = (0, 0);
    for (request_id, correlation_id, attempts, waits) in calls {
        let sent = &sent[&request_id.to_string()];
        assert_eq!(sent.len(), attempts as usize, "every attempt has the request id of its call");
        assert!(sent.iter().all(|(id, _)| *id == correlation_id.to_string()), "and its correlation id");
        assert!(waits.len() >= sent.len() - 1, "a retry without a wait: {waits:?}");
        assert!(waits.iter().all(|wait| !wait.is_zero()));
        let requested = sent.iter().filter(|(_, status)| *status == Some(429)).count();
        let honored = waits.iter().filter(|wait| **wait >= RETRY_AFTER).count();
        assert!(honored >= requested, "throttled {requested} times for a second, but waited {waits:?}");
        retried += attempts - 1;
        throttled += requested;
    }
    assert!(retried > 1_000, "only {retried} retries: the service did not fail one in five");
    assert!(throttled > 200, "only {throttled} throttled responses");
}
