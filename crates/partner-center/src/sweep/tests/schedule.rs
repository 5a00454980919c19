//! The duration of a sweep compared with the optimum for its limits. In paused time, so every run has the same
//! duration.

use super::*;

const LATENCY: Duration = Duration::from_millis(20);

/// A number from 0 to 999 that is the same in every run.
fn draw(id: CustomerId, attempt: u32) -> u64 {
    let (_, number) = id.as_uuid().as_u64_pair();
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (u64::from(attempt) << 32);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % 1000
}

struct Took {
    time: Duration,
    attempts: u32,
    throttled: Duration,
    failed: u64,
}

fn sweep(count: u64, service: &Service, settle: impl FnOnce(Sweep<Vec<u8>>) -> Sweep<Vec<u8>>) -> Took {
    run(async {
        let start = tokio::time::Instant::now();
        let book = LicenseReport { latency: LATENCY, ..LicenseReport::of(count, 500) };
        let mut stream = book.sweep(service, settle);
        while stream.try_next().await.unwrap().is_some() {}
        let progress = stream.progress();
        assert_eq!(progress.summary.customers, count);
        Took {
            time: start.elapsed(),
            attempts: u32::try_from(service.seen().total).unwrap(),
            throttled: progress.throttled,
            failed: progress.summary.failed,
        }
    })
}

#[test]
fn one_failure_in_twenty_hardly_affects_the_duration() {
    // One response in forty is 503, and one is 429 with a wait of one second.
    let service = Service::new(|id, attempt| {
        let reply = match draw(id, attempt) {
            0..25 => fault(503),
            25..50 => Reply::Fault { status: 429, code: "0", retry_after: Some(Duration::from_secs(1)) },
            _ => Reply::Rows(1),
        };
        (LATENCY, reply)
    });
    let took = sweep(10_000, &service, |sweep| sweep.concurrency(64));
    let ideal = LATENCY * took.attempts / 64 + took.throttled;
    assert_eq!(took.failed, 0);
    assert!(took.time < ideal.mul_f64(1.15), "took {:?}, ideal {ideal:?}", took.time);
}

#[test]
fn a_customer_that_waits_for_another_attempt_does_not_delay_others() {
    for (concurrency, order) in [(8, Order::Completion), (64, Order::Completion), (64, Order::Customer)] {
        let service = Service::new(|id, attempt| {
            (LATENCY, if draw(id, attempt) < 50 { fault(503) } else { Reply::Rows(1) })
        });
        let took = sweep(10_000, &service, |sweep| sweep.concurrency(concurrency).order(order));
        let ideal = LATENCY * took.attempts / u32::try_from(concurrency).unwrap();
        // Customers that fail near the end and wait longest take extra time at the end, independent of the others.
        let times = service.seen().times;
        let most = times[times.len() * 99 / 100] - times[0];
        assert!(most < ideal.mul_f64(1.05), "99 in 100 took {most:?}, ideal {ideal:?}, {order:?}");
    }
}

#[test]
fn a_rate_is_kept_and_used_up() {
    let service = Service::new(|_, _| (LATENCY, Reply::Rows(1)));
    let took = sweep(3_000, &service, |sweep| sweep.concurrency(16).rate(Rate::per_minute(600).unwrap()));
    // In this test, requests for the list do not go through the limiter.
    let ideal = Duration::from_secs(300);
    assert!(took.time <= ideal + Duration::from_secs(1), "{:?}", took.time);
    let times = service.seen().times;
    for window in times.windows(601) {
        assert!(window[600] - window[0] >= Duration::from_secs(60));
    }
}

/// A gateway that allows a number of calls in each minute and counts all of them, including rejected ones.
fn gateway(calls: usize) -> Service {
    const MINUTE: Duration = Duration::from_secs(60);
    let window: Mutex<Option<(tokio::time::Instant, usize)>> = Mutex::default();
    Service::new(move |_, _| {
        let now = tokio::time::Instant::now();
        let mut window = window.lock().unwrap();
        let (opened, seen) = window.filter(|(opened, _)| now - *opened < MINUTE).unwrap_or((now, 0));
        *window = Some((opened, seen + 1));
        let reply = if seen < calls {
            Reply::Rows(1)
        } else {
            Reply::Fault { status: 429, code: "0", retry_after: Some(opened + MINUTE - now) }
        };
        (LATENCY, reply)
    })
}

#[test]
fn the_quota_of_a_counting_gateway_is_used_every_minute_without_failures() {
    for (calls, concurrency) in [(500, 64), (100, 8), (10, 64)] {
        let count = calls as u64 * 4;
        let took = sweep(count, &gateway(calls), |sweep| sweep.concurrency(concurrency));
        assert_eq!(took.failed, 0, "{calls} a minute at {concurrency}");
        // Three full minutes and part of the fourth.
        assert!(
            took.time < Duration::from_secs(4 * 60),
            "{calls} a minute at {concurrency}: {:?}",
            took.time
        );
    }
}
