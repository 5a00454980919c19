//! What the engine hands out, when it ends, and what it does not do.

use super::*;
use crate::sweep::ledger::LOOK_AHEAD;

const MILLISECOND: Duration = Duration::from_millis(1);

async fn all(stream: &mut SweepStream<Vec<u8>>) -> Vec<Swept<Vec<u8>>> {
    let mut swept = Vec::new();
    while let Some(next) = stream.try_next().await.unwrap() {
        swept.push(next);
    }
    swept
}

#[test]
fn rows_none_skips_and_failures_are_kept_apart_and_counted() {
    run(async {
        let service = Service::new(|id, _| {
            let answer = match id.as_uuid().as_u128() {
                1 => Answer::Rows(3),
                2 => Answer::Rows(0),
                3 => Answer::Fault { status: 403, code: "20002", retry_after: None },
                4 => Answer::Fault { status: 404, code: "60003", retry_after: None },
                5 => Answer::Fault { status: 403, code: "900308", retry_after: None },
                _ => fault(503),
            };
            (MILLISECOND, answer)
        });
        let mut stream = Book::of(6, 2).sweep(&service, |sweep| sweep.order(Order::Customer));
        let swept = all(&mut stream).await;
        let kinds: Vec<_> = swept
            .iter()
            .map(|swept| match &swept.outcome {
                Outcome::Rows(rows) => format!("rows {}", rows.len()),
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
        assert_eq!(service.seen().attempts[&customer(5)], 4, "a failure has had its attempts");
        assert_eq!(service.seen().attempts[&customer(2)], 1, "a skip is not asked about again");

        let summary =
            Summary { customers: 6, with_rows: 1, empty: 1, skipped: 2, failed: 2, rows: 3, without_id: 0 };
        let progress = stream.progress();
        assert_eq!((progress.summary, progress.known, progress.all_known), (summary, 6, true));
        assert_eq!(stream.checkpoint().summary(), summary);
        assert!(stream.checkpoint().is_finished());
    });
}

#[test]
fn answers_come_out_while_customers_are_listed() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Answer::Rows(1)));
        let book = Book { latency: Duration::from_secs(1), ..Book::of(30, 10) };
        let mut stream = book.sweep(&service, |sweep| sweep);
        stream.try_next().await.unwrap().unwrap();
        assert_eq!(book.asked.lock().unwrap().len(), 2, "the second page is being asked for");
        assert!(!stream.progress().all_known);
        assert_eq!(stream.progress().known, 10);
        assert_eq!(all(&mut stream).await.len(), 29);
    });
}

#[test]
fn an_empty_book_ends_at_once() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Answer::Rows(1)));
        for pages in [vec![], vec![vec![]], vec![vec![], vec![]]] {
            let mut stream = Book::new(pages).sweep(&service, |sweep| sweep);
            assert!(stream.try_next().await.unwrap().is_none());
            assert!(stream.try_next().await.unwrap().is_none(), "and stays ended");
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
                let answer = if number % 5 == 0 && attempt < 3 { fault(503) } else { Answer::Rows(1) };
                (MILLISECOND * (u32::try_from(number % 7).unwrap() + 1), answer)
            });
            let mut stream = Book::of(500, 100).sweep(&service, |sweep| sweep.concurrency(concurrency));
            assert_eq!(all(&mut stream).await.len(), 500);
            assert_eq!(service.seen().most_going, concurrency.max(1));
            assert_eq!(service.seen().going, 0);
        });
    }
}

#[test]
fn a_question_that_asks_nothing_of_the_service_is_bounded_as_well() {
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
fn a_question_may_make_customers_wait_for_each_other() {
    // Whoever waits must not hold a place that the other needs.
    run(async {
        let service =
            Service::new(|_, attempt| (MILLISECOND, if attempt < 3 { fault(503) } else { Answer::Rows(1) }));
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
fn dropping_the_stream_stops_everything_at_once() {
    run(async {
        let service = Service::new(|_, _| (10 * MILLISECOND, Answer::Rows(1)));
        let book = Book::of(1000, 100);
        let mut stream = book.sweep(&service, |sweep| sweep.concurrency(16));
        for _ in 0..50 {
            stream.try_next().await.unwrap().unwrap();
        }
        assert!(service.seen().going > 0);
        let before = service.seen().total;
        drop(stream);
        assert_eq!(service.seen().going, 0, "what was going is gone");
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(service.seen().total, before, "and nothing new began");
    });
}

#[test]
fn nothing_is_sent_before_the_stream_is_polled() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Answer::Rows(1)));
        let book = Book::of(10, 5);
        let stream = book.sweep(&service, |sweep| sweep);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!((service.seen().total, book.asked.lock().unwrap().len()), (0, 0));
        drop(stream);
    });
}

#[test]
fn a_list_that_fails_ends_the_stream_after_what_is_listed() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Answer::Rows(1)));
        let book = Book::of(30, 10);
        book.fail(2, ErrorKind::Unavailable);
        let mut stream = book.sweep(&service, |sweep| sweep);
        for _ in 0..20 {
            stream.try_next().await.unwrap().unwrap();
        }
        let interrupted = stream.try_next().await.unwrap_err();
        assert_eq!(interrupted.error().kind(), ErrorKind::Unavailable);
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
fn what_holds_for_all_ends_the_stream_early() {
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
                Service::new(move |_, _| (MILLISECOND, Answer::Fault { status, code, retry_after: None }));
            let mut stream = Book::of(1000, 100).sweep(&service, |sweep| sweep.order(Order::Customer));
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
fn given_customers_are_asked_about_instead_of_the_list_and_once() {
    run(async {
        let service = Service::new(|_, _| (MILLISECOND, Answer::Rows(1)));
        let given = [5, 3, 5, 1].map(customer);
        let sweep = |resume: Option<Checkpoint>, given: Vec<CustomerId>| {
            let mut sweep = service.sweep().only(given).order(Order::Customer);
            sweep.resume = resume;
            sweep.stream()
        };
        let mut stream = sweep(None, given.to_vec());
        assert_eq!(stream.try_next().await.unwrap().unwrap().customer, customer(5));
        let checkpoint = stream.checkpoint();
        let swept = all(&mut sweep(Some(checkpoint.clone()), given.to_vec())).await;
        assert_eq!(swept.iter().map(|swept| swept.customer).collect::<Vec<_>>(), [3, 1].map(customer));

        let other = Checkpoint::new(Some(Place::Given { taken: 500, digest: 7 }), vec![], Summary::default());
        let interrupted = sweep(Some(other.clone()), customers(1000)).try_next().await.unwrap_err();
        assert_eq!(interrupted.error().kind(), ErrorKind::InvalidInput);
        assert_eq!(*interrupted.checkpoint(), other, "as good as it was");

        // Nor does one whose place in the service's list another version wrote pass for one that is done.
        let text = serde_json::to_string(&other).unwrap();
        let place = r#"{"given":{"taken":500,"digest":7}}"#;
        let newer = text.replace(place, r#"{"listed":{"version":99,"what":"ever"}}"#);
        let newer: Checkpoint = serde_json::from_str(&newer).unwrap();
        let interrupted = service.sweep().resume(newer.clone()).stream().try_next().await.unwrap_err();
        assert_eq!(interrupted.error().kind(), ErrorKind::InvalidInput);
        assert_eq!(*interrupted.checkpoint(), newer);

        // A checkpoint of a given list does not fit the service's, and nothing is sent to find out.
        let interrupted = service.sweep().resume(other).stream().try_next().await.unwrap_err();
        assert_eq!(interrupted.error().kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn what_is_held_does_not_grow_with_the_book() {
    // One customer is slow, which keeps its page open; many are hardly less so.
    let held = |count: u64, order| {
        run(async move {
            let service = Service::new(|id, _| {
                let slow = id == customer(700);
                (if slow { Duration::from_secs(100) } else { 20 * MILLISECOND }, Answer::Rows(1))
            });
            let sweep = |sweep: Sweep<_>| sweep.concurrency(64).order(order);
            let mut stream = Book::of(count, 500).sweep(&service, sweep);
            let (mut held, mut saved) = (0, 0);
            while let Some(swept) = stream.try_next().await.unwrap() {
                held = held.max(stream.held().0);
                if swept.customer.as_uuid().as_u128() % 997 == 0 {
                    saved = saved.max(serde_json::to_string(&stream.checkpoint()).unwrap().len());
                }
            }
            assert_eq!(stream.progress().summary.customers, count);
            (held, saved)
        })
    };
    for order in [Order::Completion, Order::Customer] {
        let (small, large) = (held(20_000, order), held(60_000, order));
        assert!(large.0 <= small.0 + 500 && large.0 <= 3 * (LOOK_AHEAD + 500), "{small:?} {large:?}");
        assert!(large.1 <= small.1 + 40 * 500 && large.1 <= 50 * (LOOK_AHEAD + 500), "{small:?} {large:?}");
    }
}

#[test]
fn many_rows_do_not_pile_up_behind_a_slow_customer() {
    run(async {
        let service = Service::new(|id, _| {
            let slow = id == customer(0);
            (if slow { Duration::from_secs(100) } else { MILLISECOND }, Answer::Rows(1000))
        });
        let mut stream = Book::of(1000, 100).sweep(&service, |sweep| sweep.order(Order::Customer));
        let mut most = 0;
        while stream.try_next().await.unwrap().is_some() {
            most = most.max(stream.held().1);
        }
        assert!((32_000..70_000).contains(&most), "{most}");
    });
}
