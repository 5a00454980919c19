//! Tests of the sweep engine: outcomes, order, errors and limits.

use super::*;

const MILLISECOND: Duration = Duration::from_millis(1);

async fn all(stream: &mut SweepStream<Vec<u8>>) -> Vec<CustomerOutcome<Vec<u8>>> {
    let mut swept = Vec::new();
    while let Some(next) = stream.try_next().await.unwrap() {
        swept.push(next);
    }
    swept
}

#[test]
fn outcomes_are_distinguished_and_counted() {
    run(async {
        let service = Service::new(|id, _| {
            let reply = match id.as_uuid().as_u128() {
                1 => Reply::Rows(3),
                2 => Reply::Rows(0),
                3 => Reply::Fault { status: 403, code: "20002", retry_after: None },
                4 => Reply::Fault { status: 404, code: "60003", retry_after: None },
                5 => Reply::Fault { status: 403, code: "900308", retry_after: None },
                _ => fault(503),
            };
            (MILLISECOND, reply)
        });
        let mut stream = LicenseReport::of(6, 2).sweep(&service, |sweep| sweep.order(Order::Customer));
        let swept = all(&mut stream).await;
        let kinds: Vec<_> = swept
            .iter()
            .map(|swept| match &swept.outcome {
                Outcome::Rows(rows) => format!("rows {}", rows.value().len()),
                Outcome::Empty(_) => "empty".to_owned(),
                Outcome::Skipped(error) => format!("skipped {}", error.code().unwrap()),
                Outcome::Failed(error) => format!("failed {:?}", error.kind()),
            })
            .collect();
        assert_eq!(
            kinds,
            ["rows 3", "empty", "skipped 20002", "skipped 60003", "failed MissingRole", "failed Unavailable"]
        );
        assert_eq!(swept.iter().map(|swept| swept.customer).collect::<Vec<_>>(), customers(6));
        assert!(service.seen().attempts[&customer(5)] > 4, "a transient error is retried");
        assert_eq!(service.seen().attempts[&customer(2)], 1, "a skipped customer is not retried");

        let summary = Summary {
            customers: 6,
            with_rows: 1,
            empty: 1,
            skipped: 2,
            failed: 2,
            missing: 1,
            rows: 3,
            later: 1,
            ..Summary::default()
        };
        let progress = stream.progress();
        assert_eq!((progress.summary, progress.known, progress.all_known), (summary, 6, true));
        assert_eq!(stream.checkpoint().summary(), summary);
        let checkpoint = stream.checkpoint();
        assert_eq!((checkpoint.is_finished(), checkpoint.missing().collect()), (false, vec![customer(5)]));
    });
}

#[test]
fn outcomes_are_returned_while_customers_are_listed() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Reply::Rows(1)));
        let book = LicenseReport { latency: Duration::from_secs(1), ..LicenseReport::of(30, 10) };
        let mut stream = book.sweep(&service, |sweep| sweep);
        stream.try_next().await.unwrap().unwrap();
        assert_eq!(book.requested.lock().unwrap().len(), 2, "the second page is being requested");
        assert!(!stream.progress().all_known);
        assert_eq!(stream.progress().known, 10);
        assert_eq!(all(&mut stream).await.len(), 29);
    });
}

#[test]
fn an_empty_list_ends_the_stream_at_once() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Reply::Rows(1)));
        for pages in [vec![], vec![vec![]], vec![vec![], vec![]]] {
            let mut stream = LicenseReport::new(pages).sweep(&service, |sweep| sweep);
            assert!(stream.try_next().await.unwrap().is_none());
            assert!(stream.try_next().await.unwrap().is_none(), "the stream stays ended");
            assert!(stream.checkpoint().is_finished());
        }
        assert_eq!(service.seen().total, 0);
    });
}

#[test]
fn requests_at_once_never_exceed_the_concurrency() {
    for concurrency in [0, 1, 2, 7, 50] {
        run(async {
            let service = Service::new(|id, attempt| {
                let number = id.as_uuid().as_u128();
                let reply = if number % 5 == 0 && attempt < 3 { fault(503) } else { Reply::Rows(1) };
                (MILLISECOND * (u32::try_from(number % 7).unwrap() + 1), reply)
            });
            let mut stream =
                LicenseReport::of(500, 100).sweep(&service, |sweep| sweep.concurrency(concurrency));
            assert_eq!(all(&mut stream).await.len(), 500);
            assert_eq!(service.seen().most_going, concurrency.max(1));
            assert_eq!(service.seen().going, 0);
        });
    }
}

#[test]
fn operations_that_send_nothing_are_bounded_too() {
    run(async {
        let going = Arc::new(Mutex::new((0, 0)));
        let counted = Arc::clone(&going);
        let sweep = partner().customers().sweep(move |_| {
            let going = Arc::clone(&counted);
            async move {
                {
                    let mut going = going.lock().unwrap();
                    going.0 += 1;
                    going.1 = going.1.max(going.0);
                }
                tokio::time::sleep(MILLISECOND).await;
                going.lock().unwrap().0 -= 1;
                Ok(Response::for_test(vec![1_u8], Uuid::nil(), Uuid::nil()))
            }
        });
        let mut stream = sweep.only(customers(100)).concurrency(3).stream();
        assert_eq!(all(&mut stream).await.len(), 100);
        assert_eq!(*going.lock().unwrap(), (0, 3));
    });
}

#[test]
fn operations_may_wait_for_each_other() {
    // A waiting customer must not hold a permit that another one needs.
    run(async {
        let service =
            Service::new(|_, attempt| (MILLISECOND, if attempt < 3 { fault(503) } else { Reply::Rows(1) }));
        let one_at_a_time = Arc::new(tokio::sync::Mutex::new(()));
        let question = service.question();
        let sweep = partner().customers().sweep(move |customer| {
            let (one_at_a_time, ask) = (Arc::clone(&one_at_a_time), question(customer));
            async move {
                let _turn = one_at_a_time.lock().await;
                ask.await
            }
        });
        let mut stream = sweep.only(customers(20)).concurrency(2).stream();
        assert_eq!(all(&mut stream).await.len(), 20);
    });
}

#[test]
fn dropping_the_stream_cancels_everything_at_once() {
    run(async {
        let service = Service::new(|_, _| (10 * MILLISECOND, Reply::Rows(1)));
        let book = LicenseReport::of(1000, 100);
        let mut stream = book.sweep(&service, |sweep| sweep.concurrency(16));
        for _ in 0..50 {
            stream.try_next().await.unwrap().unwrap();
        }
        assert!(service.seen().going > 0);
        let before = service.seen().total;
        drop(stream);
        assert_eq!(service.seen().going, 0, "attempts in progress are dropped");
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(service.seen().total, before, "no attempt was started");
    });
}

#[test]
fn nothing_is_sent_before_the_stream_is_polled() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Reply::Rows(1)));
        let book = LicenseReport::of(10, 5);
        let stream = book.sweep(&service, |sweep| sweep);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!((service.seen().total, book.requested.lock().unwrap().len()), (0, 0));
        drop(stream);
    });
}

#[test]
fn a_failed_list_ends_the_stream_after_the_listed_customers() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Reply::Rows(1)));
        let book = LicenseReport::of(30, 10);
        book.fail(2, ErrorKind::InvalidResponse);
        let mut stream = book.sweep(&service, |sweep| sweep);
        for _ in 0..20 {
            stream.try_next().await.unwrap().unwrap();
        }
        let interrupted = stream.try_next().await.unwrap_err();
        assert_eq!(interrupted.error().kind(), ErrorKind::InvalidResponse);
        assert!(stream.try_next().await.unwrap().is_none());

        let checkpoint = interrupted.into_parts().1;
        assert_eq!(checkpoint, stream.checkpoint());
        assert_eq!(checkpoint.summary().customers, 20);
        let mut stream = book.sweep(&service, |sweep| sweep.resume(checkpoint));
        assert_eq!(all(&mut stream).await.len(), 10);
        assert_eq!(stream.progress().summary.customers, 30);
        assert!(service.seen().attempts.values().all(|attempts| *attempts == 1));
    });
}

#[test]
fn an_error_that_applies_to_all_ends_the_stream_early() {
    for (status, code, early) in [
        (401, "400", true),
        (401, "900420", true),
        (401, "900421", true),
        (403, "900329", true),
        (403, "900149", true),
        (403, "1002", false),
        (403, "900309", false),
        (403, "1", false),
        (400, "2000", false),
        (404, "1000", false),
    ] {
        run(async {
            let service =
                Service::new(move |_, _| (MILLISECOND, Reply::Fault { status, code, retry_after: None }));
            let mut stream =
                LicenseReport::of(1000, 100).sweep(&service, |sweep| sweep.order(Order::Customer));
            let first = stream.try_next().await;
            if early {
                let interrupted = first.unwrap_err();
                assert_eq!(interrupted.error().status(), Some(status));
                assert_eq!(interrupted.checkpoint().summary(), Summary::default());
                assert!(stream.try_next().await.unwrap().is_none());
                assert!(service.seen().total <= 8, "{} {code}", service.seen().total);
                assert_eq!(service.seen().going, 0);
            } else {
                assert!(matches!(first.unwrap().unwrap().outcome, Outcome::Failed(_)), "{status} {code}");
            }
        });
    }
}

#[test]
fn given_customers_are_read_once_instead_of_the_list() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Reply::Rows(1)));
        let sweep = |resume: Option<Checkpoint>, given: &[u64]| {
            let mut sweep = service.sweep().only(given.iter().copied().map(customer).collect::<Vec<_>>());
            sweep = sweep.order(Order::Customer);
            sweep.resume = resume;
            sweep.stream()
        };
        let mut stream = sweep(None, &[5, 3, 5, 1]);
        assert_eq!(stream.try_next().await.unwrap().unwrap().customer, customer(1));
        let checkpoint = stream.checkpoint();
        // Order does not matter; new customers are read.
        let swept = all(&mut sweep(Some(checkpoint.clone()), &[1, 5, 9, 3])).await;
        assert_eq!(swept.iter().map(|swept| swept.customer).collect::<Vec<_>>(), [3, 5, 9].map(customer));
        let sent = service.seen().total;

        // A checkpoint of given customers cannot resume a sweep of all, even if none is done; nothing is sent.
        for checkpoint in [checkpoint, sweep(None, &[5]).checkpoint()] {
            let mut stream = service.sweep().resume(checkpoint.clone()).stream();
            let interrupted = stream.try_next().await.unwrap_err();
            assert_eq!(interrupted.error().kind(), ErrorKind::InvalidInput);
            assert_eq!(*interrupted.checkpoint(), checkpoint, "the checkpoint is unchanged");
            assert_eq!(stream.checkpoint(), checkpoint);
            assert!(stream.try_next().await.unwrap().is_none());
        }
        let listed = Checkpoint::new(Some(Place::Listed), Ids::default(), Ids::default(), Summary::default());
        let interrupted = sweep(Some(listed.clone()), &[1]).try_next().await.unwrap_err();
        assert_eq!(
            (interrupted.error().kind(), interrupted.checkpoint()),
            (ErrorKind::InvalidInput, &listed)
        );
        assert_eq!(service.seen().total, sent);
    });
}

// The list has changed when a resumed sweep reads it.
#[test]
fn a_changed_list_returns_every_customer_exactly_once() {
    for order in [Order::Completion, Order::Customer] {
        for taken in [0, 1, 7, 499, 500, 501, 999] {
            run(async {
                let service = Service::new(|_, _| (MILLISECOND, Reply::Rows(1)));
                let before = customers(1000);
                let pages =
                    |all: &[CustomerId]| LicenseReport::new(all.chunks(100).map(<[_]>::to_vec).collect());
                let mut stream = pages(&before).sweep(&service, |sweep| sweep.order(order));
                let mut swept = Vec::new();
                for _ in 0..taken {
                    swept.push(stream.try_next().await.unwrap().unwrap().customer);
                }
                let checkpoint = stream.checkpoint();
                drop(stream);
                // Twenty more at the front, the others in reverse order, and some of them again at the end.
                let mut after: Vec<_> = (5000..5020).map(customer).collect();
                after.extend(before.iter().rev().chain(&before[..300]));
                let mut stream = pages(&after).sweep(&service, |sweep| sweep.order(order).resume(checkpoint));
                swept.extend(all(&mut stream).await.iter().map(|swept| swept.customer));
                swept.sort_unstable();
                let mut everybody = before;
                everybody.extend((5000..5020).map(customer));
                assert_eq!(swept, everybody, "{order:?} {taken}");
                assert_eq!(stream.progress().summary.customers, 1020);
            });
        }
    }
}

#[test]
fn held_outcomes_do_not_grow_with_the_number_of_customers() {
    // One customer is slow and blocks those after it; many others are almost as slow.
    let held = |count: u64, order| {
        run(async move {
            let service = Service::new(|id, _| {
                let slow = id == customer(700);
                (if slow { Duration::from_secs(100) } else { 20 * MILLISECOND }, Reply::Rows(1))
            });
            let sweep = |sweep: Sweep<_>| sweep.concurrency(64).order(order);
            let mut stream = LicenseReport::of(count, 500).sweep(&service, sweep);
            let mut held = 0;
            while stream.try_next().await.unwrap().is_some() {
                held = held.max(stream.held().0);
            }
            assert_eq!(stream.progress().summary.customers, count);
            held
        })
    };
    for order in [Order::Completion, Order::Customer] {
        let (small, large) = (held(20_000, order), held(60_000, order));
        assert!(large <= small + 500 && large <= 10_000, "{small} {large}");
    }
}

#[test]
fn many_rows_do_not_pile_up_behind_a_slow_customer() {
    run(async {
        let service = Service::new(|id, _| {
            let slow = id == customer(0);
            (if slow { Duration::from_secs(100) } else { MILLISECOND }, Reply::Rows(1000))
        });
        let mut stream = LicenseReport::of(1000, 100).sweep(&service, |sweep| sweep.order(Order::Customer));
        let mut most = 0;
        while stream.try_next().await.unwrap().is_some() {
            most = most.max(stream.held().1);
        }
        assert!((32_000..70_000).contains(&most), "{most}");
    });
}
