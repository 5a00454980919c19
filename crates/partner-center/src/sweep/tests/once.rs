//! Property test: every customer is returned exactly once, however often the sweep is dropped and resumed.

use proptest::prelude::*;

use super::*;

/// What happens to one customer.
#[derive(Clone, Debug)]
struct Fate {
    milliseconds: u64,
    replies: Vec<Reply>,
}

fn fate() -> impl Strategy<Value = Fate> {
    let reply = prop_oneof![
        6 => (0_usize..3).prop_map(Reply::Rows),
        1 => Just(Reply::Fault { status: 403, code: "20002", retry_after: None }),
        1 => Just(Reply::Fault { status: 404, code: "1000", retry_after: None }),
        1 => Just(fault(503)),
        1 => Just(fault(429)),
        1 => (0_u64..5).prop_map(|seconds| Reply::Fault {
            status: 429,
            code: "0",
            retry_after: Some(Duration::from_secs(seconds)),
        }),
    ];
    (0_u64..200, prop::collection::vec(reply, 1..5))
        .prop_map(|(milliseconds, replies)| Fate { milliseconds, replies })
}

#[derive(Clone, Debug)]
struct Plan {
    page_sizes: Vec<usize>,
    fates: Vec<Fate>,
    order: Order,
    concurrency: usize,
    /// How many outcomes each run returns before it is dropped.
    drops: Vec<usize>,
    /// Whether it is dropped while waiting for the next outcome.
    midway: bool,
    failing_pages: Vec<(usize, bool)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    (
        prop::collection::vec(0_usize..12, 1..12),
        prop::collection::vec(fate(), 1..60),
        prop_oneof![Just(Order::Completion), Just(Order::Customer)],
        1_usize..12,
        prop::collection::vec(0_usize..25, 0..8),
        any::<bool>(),
        prop::collection::vec((0_usize..12, any::<bool>()), 0..3),
    )
        .prop_map(|(page_sizes, fates, order, concurrency, drops, midway, failing_pages)| Plan {
            page_sizes,
            fates,
            order,
            concurrency,
            drops,
            midway,
            failing_pages,
        })
}

fn book(plan: &Plan) -> LicenseReport {
    let mut left = customers(plan.fates.len() as u64);
    let mut pages = Vec::new();
    for size in plan.page_sizes.iter().cycle().map(|size| if plan.page_sizes == [0] { 1 } else { *size }) {
        if left.is_empty() || pages.len() > 200 {
            break;
        }
        let rest = left.split_off(size.min(left.len()));
        pages.push(std::mem::replace(&mut left, rest));
    }
    pages.push(left);
    let book = LicenseReport { latency: Duration::from_millis(30), ..LicenseReport::new(pages) };
    for (page, credential) in &plan.failing_pages {
        book.fail(*page, if *credential { ErrorKind::Unauthorized } else { ErrorKind::Network });
    }
    book
}

/// Runs until `take` outcomes or the end.
async fn one_run(
    mut stream: SweepStream<Vec<u8>>,
    take: usize,
    midway: bool,
    swept: &mut Vec<CustomerId>,
) -> (Checkpoint, bool) {
    for _ in 0..take {
        match stream.try_next().await {
            Ok(Some(next)) => swept.push(next.customer),
            Ok(None) => return (stream.checkpoint(), true),
            Err(interrupted) => return (interrupted.into_parts().1, false),
        }
    }
    if midway {
        // Dropped while it waits: calls in progress are not returned.
        let waiting = tokio::time::timeout(Duration::from_millis(50), stream.try_next()).await;
        match waiting {
            Ok(Ok(Some(next))) => swept.push(next.customer),
            Ok(Err(interrupted)) => return (interrupted.into_parts().1, false),
            Ok(Ok(None)) | Err(_) => {}
        }
    }
    (stream.checkpoint(), false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_customer_is_handed_out_exactly_once(plan in plan()) {
        let book = book(&plan);
        let fates = plan.fates.clone();
        let service = Service::new(move |id, attempt| {
            let fate = &fates[usize::try_from(id.as_uuid().as_u128() - 1).unwrap()];
            let reply = &fate.replies[(attempt as usize - 1).min(fate.replies.len() - 1)];
            (Duration::from_millis(fate.milliseconds), reply.clone())
        });
        let (mut swept, mut missing) = (Vec::new(), Vec::new());
        run(async {
            let mut resume: Option<Checkpoint> = None;
            let mut drops = plan.drops.iter().copied();
            loop {
                let stream = book.sweep(&service, |mut sweep| {
                    sweep = sweep.concurrency(plan.concurrency).order(plan.order);
                    sweep.resume = resume.take();
                    sweep
                });
                let take = drops.next().unwrap_or(usize::MAX);
                let (checkpoint, ended) = one_run(stream, take, plan.midway, &mut swept).await;
                let summary = checkpoint.summary();
                assert_eq!(summary.customers, swept.len() as u64);
                // Missing customers are read again, so returning them was not final.
                let before = swept.len();
                swept.retain(|customer| checkpoint.missing().all(|missing| missing != *customer));
                assert_eq!(summary.missing, (before - swept.len()) as u64);
                if ended {
                    missing = checkpoint.missing().collect();
                    assert_eq!(checkpoint.is_finished(), missing.is_empty());
                    break;
                }
                // Through the text that a caller saves.
                let text = serde_json::to_string(&checkpoint).unwrap();
                resume = Some(serde_json::from_str(&text).unwrap());
            }
        });
        let may_fail = |customer: &CustomerId| {
            let fate = &plan.fates[usize::try_from(customer.as_uuid().as_u128() - 1).unwrap()];
            fate.replies.iter().any(|reply| matches!(reply, Reply::Fault { status: 429 | 503, .. }))
        };
        if plan.order == Order::Customer {
            // In order of id, then the deferred customers.
            let in_order = swept.windows(2).take_while(|pair| pair[0] < pair[1]).count() + 1;
            prop_assert!(swept.iter().skip(in_order).all(may_fail), "{swept:?}");
        }
        prop_assert!(missing.iter().all(may_fail));
        swept.extend(missing);
        swept.sort_unstable();
        prop_assert_eq!(swept, customers(plan.fates.len() as u64));
    }
}

#[test]
fn a_checkpoint_round_trips_and_other_versions_and_contents_are_rejected() {
    let text = r#"{"version":2,"at":"listed","done":"0000000000000000000000000000000100000000000000000000000000000003","missing":"00000000000000000000000000000002","summary":{"customers":501,"withRows":400,"empty":50,"skipped":49,"failed":2,"missing":1,"rows":900,"later":3,"withoutId":0,"unreadable":0,"unreadableRows":0,"oddValues":0}}"#;
    let checkpoint: Checkpoint = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&checkpoint).unwrap(), text, "the serialized format must not change");
    assert_eq!((checkpoint.summary().rows, checkpoint.is_finished()), (900, false));
    assert_eq!(checkpoint.missing().collect::<Vec<_>>(), [customer(1)]);
    assert!(!format!("{checkpoint:?}").contains("00000000"), "{checkpoint:?}");

    let error = |text: &str| serde_json::from_str::<Checkpoint>(text).unwrap_err().to_string();
    for version in ["1", "3"] {
        let other = format!(r#"{{"version":{version},"everything":"else"}}"#);
        assert!(error(&other).contains(&format!("version {version}")));
    }
    assert!(error(r#"{"done":[]}"#).contains("no version"));
    // Unknown members are rejected, and so are values that this type cannot have written.
    for (part, other) in [
        (r#""at":"listed","#, ""),
        (r#""at":"listed""#, r#""at":"listet""#),
        (r#""summary":{"#, r#""sumary":{},"summary":{"#),
        (r#""rows":900"#, r#""rows":900,"rowz":1"#),
        (r#""missing":"00000000000000000000000000000002","#, ""),
        ("0000000000000001000000", "000000000000001000000"),
        ("00000000000000000000000000000003", "0000000000000000000000000000000g"),
        ("00000000000000000000000000000003", "00000000000000000000000000000001"),
        ("00000000000000000000000000000003", "00000000000000000000000000000000"),
        (
            r#""missing":"00000000000000000000000000000002""#,
            r#""missing":"00000000000000000000000000000001""#,
        ),
    ] {
        assert!(text.contains(part), "{part}");
        let refused = error(&text.replacen(part, other, 1));
        assert!(refused.contains("cannot be read") && !refused.contains("0000"), "{part}: {refused}");
    }
}
