//! Fault tests: each row of `table.toml` through the public facade, and checks that apply to all rows.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../calls.rs"]
mod calls;
mod completeness;
mod many;
mod table;

use std::sync::Arc;
use std::time::Duration;

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::{ErrorKind, PartnerCenter};
use partner_center_tests::Contract;

use calls::Reading;
use table::{Row, TOKEN, Table, call, client, emulator};

async fn check(row: &Row) {
    let clean = call(&client(&emulator(None).await, &ManualClock::new()), &row.call).await.unwrap();
    let faulty = emulator(Some(&row.script)).await;
    let clock = ManualClock::new();
    let mut partner = client(&faulty, &clock);
    if row.gets == "Timeout" {
        // A request in progress is timed by the real clock.
        partner = PartnerCenter::builder()
            .base_url(faulty.base_url())
            .credential(StaticToken::new(TOKEN).unwrap())
            .timeout(Duration::from_secs(2))
            .build()
            .unwrap();
    }
    let outcome = call(&partner, &row.call).await;
    match (&outcome, row.gets.as_str()) {
        (Ok(rows), "whole") => assert_eq!(*rows, clean, "{row:?}"),
        (Ok(rows), gets) if gets.ends_with(" rows") => {
            assert_eq!(format!("{} rows", rows.len()), gets, "{row:?}");
        }
        (Ok(rows), gets) => panic!("{} rows instead of {gets}: {row:?}", rows.len()),
        (Err(error), gets) => {
            assert_eq!(format!("{:?}", error.kind()), gets, "{row:?}\n{error}");
            assert!(error.request_id().is_some() && error.correlation_id().is_some(), "{row:?}");
            assert!(!error.advice().is_empty());
            let text = format!("{error} {error:?} {:?}", error.advice());
            assert!(!text.contains(TOKEN), "the error contains the token: {text}");
            for customer in faulty.book().customers() {
                assert!(
                    !text.contains(customer.company_name.as_str()),
                    "a customer name in the error: {text}"
                );
            }
        }
    }
    if let Some(sends) = row.sends {
        assert_eq!(faulty.request_count(), sends, "{row:?}");
    }
    if let Some(waits) = row.waits {
        assert!(clock.elapsed() >= Duration::from_secs(waits), "{row:?} waited {:?}", clock.elapsed());
    }
    let strays = faulty.stray_requests();
    assert!(strays.is_empty(), "{row:?} sent requests to another host: {strays:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_has_the_outcome_of_the_table() {
    let table: Table = Table::read();
    let rows: Vec<_> = table.fault.into_iter().map(Arc::new).collect();
    assert!(rows.len() > 60);
    let mut tasks = tokio::task::JoinSet::new();
    for row in &rows {
        let row = Arc::clone(row);
        tasks.spawn(async move { check(&row).await });
    }
    let mut failures = Vec::new();
    while let Some(done) = tasks.join_next().await {
        if let Err(failure) = done {
            let failure = failure.into_panic();
            let text = failure.downcast_ref::<String>().cloned();
            failures
                .push(text.or(failure.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default());
        }
    }
    assert!(failures.is_empty(), "{} rows differ:\n{}", failures.len(), failures.join("\n\n"));
}

/// Faults that a retry handles do not change the rows, and others are errors with ids, without the token and without the
/// name of a customer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_handles_faults_alike() {
    const FAULTS: [(&str, Option<ErrorKind>); 12] = [
        ("#1 429(retry-after=1)", None),
        ("#1 503", None),
        ("#1 502(body=html)", None),
        ("#1 reset", None),
        ("#1 reset-body", None),
        ("truncated", Some(ErrorKind::InvalidResponse)),
        ("429(retry-after=1)", Some(ErrorKind::Throttled)),
        ("503", Some(ErrorKind::Unavailable)),
        ("403(code=20002)", Some(ErrorKind::NoRelationship)),
        ("403(code=900308)", Some(ErrorKind::MissingRole)),
        ("400(code=2000)", Some(ErrorKind::Rejected)),
        ("html", Some(ErrorKind::InvalidResponse)),
    ];
    for operation in Contract::read().operations {
        let clean = emulator(None).await;
        let reading = || Reading { size: Some(2), ..Reading::default() };
        let (expected, _, error) =
            calls::call(&client(&clean, &ManualClock::new()), &operation.id, reading()).await;
        assert!(error.is_none() && !expected.is_empty(), "{}: {error:?}", operation.id);
        for (script, kind) in FAULTS {
            let faulty = emulator(Some(script)).await;
            let partner = client(&faulty, &ManualClock::new());
            let (rows, _, error) = calls::call(&partner, &operation.id, reading()).await;
            let what = format!("{} with {script}", operation.id);
            assert_eq!(error.as_ref().map(partner_center::Error::kind), kind, "{what}: {error:?}");
            match error {
                None => assert_eq!(rows, expected, "{what}"),
                Some(error) => {
                    assert!(error.request_id().is_some() && error.correlation_id().is_some(), "{what}");
                    let text = format!("{error} {error:?} {:?}", error.advice());
                    assert!(!text.contains(TOKEN), "{what}: the error contains the token");
                    for customer in faulty.book().customers() {
                        assert!(!text.contains(&customer.company_name), "{what}: a customer name in {text}");
                    }
                }
            }
        }
    }
}
