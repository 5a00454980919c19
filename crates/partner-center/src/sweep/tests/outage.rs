//! Temporary and permanent outages of the service, and the number of requests during them. In paused time.

use super::*;

const LATENCY: Duration = Duration::from_millis(20);
const SECOND: Duration = Duration::from_secs(1);

/// Fails between two times after its first request.
fn out_of_order(from: Duration, until: Duration, reply: Reply) -> Service {
    let start: Mutex<Option<tokio::time::Instant>> = Mutex::default();
    Service::new(move |_, _| {
        let start = *start.lock().unwrap().get_or_insert_with(tokio::time::Instant::now);
        let out = (from..until).contains(&start.elapsed());
        (LATENCY, if out { reply.clone() } else { Reply::Rows(1) })
    })
}

/// All returned customers, and whether they failed.
async fn all(stream: &mut SweepStream<Vec<u8>>) -> Vec<(CustomerId, bool)> {
    let mut swept = Vec::new();
    while let Some(next) = stream.try_next().await.unwrap() {
        swept.push((next.customer, matches!(next.outcome, Outcome::Failed(_))));
    }
    swept
}

// No customer is lost in an outage shorter than the timeout. In order of customer, only those
// that were tried during the outage come late.
#[test]
fn an_outage_shorter_than_the_timeout_loses_no_customer() {
    for seconds in [1, 3, 8, 20, 60, 170] {
        for order in [Order::Completion, Order::Customer] {
            for reply in [fault(503), fault(500), fault(429)] {
                run(async {
                    let outage = (SECOND, SECOND + SECOND * seconds);
                    let service = out_of_order(outage.0, outage.1, reply.clone());
                    let mut stream = LicenseReport::of(1000, 100)
                        .sweep(&service, |sweep| sweep.concurrency(8).order(order));
                    let mut swept = all(&mut stream).await;
                    assert!(swept.iter().all(|(_, failed)| !failed), "{seconds} s, {reply:?}");
                    let summary = stream.progress().summary;
                    assert_eq!((summary.customers, summary.failed, summary.missing), (1000, 0, 0));
                    if order == Order::Customer {
                        let in_time = 1000 - usize::try_from(summary.later).unwrap();
                        assert!(swept[..in_time].is_sorted() && swept[in_time..].is_sorted());
                    }
                    swept.sort_unstable();
                    assert_eq!(swept.len(), 1000);
                    swept.dedup();
                    assert_eq!(swept.len(), 1000);
                    // The failed requests: those in progress when the outage began, and a probe every few seconds.
                    let more = service.seen().total - 1000;
                    assert!(more <= 20 + usize::try_from(seconds).unwrap(), "{seconds} s, {reply:?}: {more}");
                    assert!(stream.checkpoint().is_finished());
                });
            }
        }
    }
}

#[test]
fn a_permanent_outage_causes_less_than_one_and_a_half_requests_per_remaining_customer() {
    for (count, concurrency) in [(100, 1), (100, 8), (1000, 8), (1000, 64), (10_000, 500)] {
        for order in [Order::Completion, Order::Customer] {
            run(async {
                let everybody = usize::try_from(count).unwrap();
                let half = everybody / 2;
                let requests = Arc::new(Mutex::new(0_usize));
                let seen = Arc::clone(&requests);
                let service = Service::new(move |_, _| {
                    let mut requests = seen.lock().unwrap();
                    *requests += 1;
                    (LATENCY, if *requests > half { fault(503) } else { Reply::Rows(1) })
                });
                let mut stream = LicenseReport::of(count, 100)
                    .sweep(&service, |sweep| sweep.concurrency(concurrency).order(order));
                let began = tokio::time::Instant::now();
                let swept = all(&mut stream).await;
                assert_eq!(swept.len(), everybody);
                let left = swept.iter().filter(|(_, failed)| *failed).count();
                assert_eq!(left, everybody - half);
                let cost = service.seen().total - half;
                assert!(cost * 2 <= left * 3, "{cost} for {left}");
                assert!(cost <= 60 + concurrency, "{cost} at {concurrency}");
                assert!((180..200).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
                let checkpoint = stream.checkpoint();
                let summary = checkpoint.summary();
                assert_eq!((summary.failed, summary.missing), (left as u64, left as u64));
                let mut missing: Vec<_> =
                    swept.iter().filter(|(_, failed)| *failed).map(|(id, _)| *id).collect();
                missing.sort_unstable();
                assert_eq!(checkpoint.missing().collect::<Vec<_>>(), missing);

                // The next run reads only those customers, and does not request the list.
                let healthy = Service::new(|_, _| (LATENCY, Reply::Rows(1)));
                let book = LicenseReport::of(count, 100);
                let mut stream = book.sweep(&healthy, |sweep| sweep.order(order).resume(checkpoint));
                let mut again: Vec<_> = all(&mut stream).await.into_iter().map(|(id, _)| id).collect();
                if order == Order::Customer {
                    assert!(again.is_sorted());
                }
                again.sort_unstable();
                assert_eq!((again, book.requested.lock().unwrap().len()), (missing, 0));
                let summary = stream.progress().summary;
                assert_eq!((summary.customers, summary.failed, summary.with_rows), (count, 0, count));
                assert!(stream.checkpoint().is_finished());
            });
        }
    }
}

#[test]
fn a_single_customer_that_always_fails_is_retried_until_the_sweep_gives_up_and_is_missing() {
    run(async {
        let service =
            Service::new(|id, _| (LATENCY, if id == customer(3) { fault(503) } else { Reply::Rows(1) }));
        let mut stream = LicenseReport::of(50, 10).sweep(&service, |sweep| sweep.order(Order::Customer));
        let swept = all(&mut stream).await;
        assert_eq!(swept.last(), Some(&(customer(3), true)));
        assert!(service.seen().attempts[&customer(3)] < 60, "{:?}", service.seen().attempts[&customer(3)]);
        assert_eq!(stream.checkpoint().missing().collect::<Vec<_>>(), [customer(3)]);
        assert!(service.seen().attempts.iter().all(|(id, attempts)| *attempts == 1 || *id == customer(3)));
    });
}

#[test]
fn a_pause_longer_than_the_timeout_ends_the_sweep() {
    run(async {
        let hour = Some(Duration::from_secs(3600));
        let service = Service::new(move |id, attempt| {
            let throttled = id == customer(30) && attempt == 1;
            let reply = Reply::Fault { status: 429, code: "0", retry_after: hour };
            (LATENCY, if throttled { reply } else { Reply::Rows(1) })
        });
        let book = LicenseReport::of(100, 10);
        let mut stream = book.sweep(&service, |sweep| sweep);
        let began = tokio::time::Instant::now();
        let mut done = 0;
        let interrupted = loop {
            match stream.try_next().await {
                Ok(swept) => done += usize::from(swept.is_some()),
                Err(interrupted) => break interrupted,
            }
        };
        assert!(began.elapsed() < SECOND && (20..40).contains(&done), "{:?}, {done}", began.elapsed());
        let (error, checkpoint) = interrupted.into_parts();
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, hour));
        let progress = stream.progress();
        assert!(progress.pause.is_some() && progress.paused_until.is_some());
        assert_eq!(checkpoint.summary().failed, 0);
        let mut stream = book.sweep(&service, |sweep| sweep.resume(checkpoint));
        assert_eq!(all(&mut stream).await.len(), 100 - done);
    });
}

#[test]
fn a_401_is_the_customers_own_failure_if_others_succeed() {
    for refused in [vec![30], vec![0], vec![99], vec![0, 1, 2, 3, 4], vec![10, 11, 50, 97, 98, 99]] {
        for order in [Order::Completion, Order::Customer] {
            run(async {
                let ids: Vec<_> = refused.iter().copied().map(customer).collect();
                let theirs = ids.clone();
                let service = Service::new(move |id, _| {
                    let reply = Reply::Fault { status: 401, code: "400", retry_after: None };
                    (LATENCY, if theirs.contains(&id) { reply } else { Reply::Rows(1) })
                });
                let mut stream = LicenseReport::of(100, 10).sweep(&service, |sweep| sweep.order(order));
                let mut failed = Vec::new();
                loop {
                    match stream.try_next().await {
                        Ok(Some(swept)) => {
                            if let Outcome::Failed(error) = &swept.outcome {
                                assert_eq!(error.kind(), ErrorKind::Unauthorized);
                                failed.push(swept.customer);
                            }
                        }
                        Ok(None) => break,
                        // The check request cannot succeed: the list of this test sends no responses.
                        Err(interrupted) => {
                            assert_eq!(interrupted.error().kind(), ErrorKind::Unauthorized);
                            return;
                        }
                    }
                }
                failed.sort_unstable();
                assert_eq!((failed, stream.progress().summary.customers), (ids, 100));
                assert!(stream.checkpoint().is_finished(), "the failure is permanent");
            });
        }
    }
}

#[test]
fn a_slow_consumer_is_not_an_outage() {
    run(async {
        let service = Service::new(|id, attempt| {
            let number = id.as_uuid().as_u128();
            (LATENCY, if number % 7 == 0 && attempt <= 4 { fault(503) } else { Reply::Rows(1) })
        });
        let mut stream = LicenseReport::of(60, 10).sweep(&service, |sweep| sweep);
        let mut swept = 0;
        while let Some(next) = stream.try_next().await.unwrap() {
            assert!(matches!(next.outcome, Outcome::Rows(_)));
            swept += 1;
            tokio::time::sleep(600 * SECOND).await;
        }
        assert_eq!(swept, 60);
    });
}
