//! What a caller gets when the service misbehaves: each row of `table.toml` through the public facade, and what must
//! hold over all of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod many;
mod secrecy;

use std::sync::Arc;
use std::time::Duration;

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::{Error, PartnerCenter};
use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator};
use serde::Deserialize;

const TOKEN: &str = "sentinel-token-77aa";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fault: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[expect(dead_code, reason = "shown when the row fails")]
    name: String,
    script: String,
    call: String,
    gets: String,
    sends: Option<u64>,
    waits: Option<u64>,
    #[expect(dead_code, reason = "for the command line's test of the same table")]
    exit: u8,
}

/// What the call came to, as texts that can be compared.
async fn call(partner: &PartnerCenter, name: &str) -> Result<Vec<String>, Error> {
    let show = |row: serde_json::Result<String>| row.unwrap();
    Ok(match name {
        "deployment" => {
            let id: partner_center::CustomerId = DOCUMENTED_CUSTOMER.to_string().parse()?;
            let answer = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
            answer.items.iter().map(|row| show(serde_json::to_string(row))).collect()
        }
        "customers" => {
            let mut items = partner.customers().list().stream();
            let mut rows = Vec::new();
            while let Some(customer) = items.try_next().await? {
                rows.push(customer.id.as_uuid().unwrap().to_string());
            }
            rows
        }
        "commercial" => {
            let mut items = partner.analytics().commercial().licenses().deployment().stream();
            let mut rows = Vec::new();
            while let Some(row) = items.try_next().await? {
                // The letter case of GUIDs is one of the faults.
                rows.push(show(serde_json::to_string(&row)).to_lowercase());
            }
            rows
        }
        other => panic!("the table names no such call: {other}"),
    })
}

async fn emulator(script: Option<&str>) -> Emulator {
    let mut builder = Emulator::builder().customers(7).page_size(2);
    if let Some(script) = script {
        builder = builder.faults(script.parse::<partner_center_emulator::FaultScript>().unwrap());
    }
    builder.start().await.unwrap()
}

fn client(emulator: &Emulator, clock: &ManualClock) -> PartnerCenter {
    PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new(TOKEN).unwrap())
        .clock(clock.clone())
        .max_attempts(2)
        .body_limit(4 * 1024 * 1024)
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}

async fn check(row: &Row) {
    let clean = call(&client(&emulator(None).await, &ManualClock::new()), &row.call).await.unwrap();
    let faulty = emulator(Some(&row.script)).await;
    let clock = ManualClock::new();
    let mut partner = client(&faulty, &clock);
    if row.gets == "Timeout" {
        // A running request is timed for real.
        partner = PartnerCenter::builder()
            .base_url(faulty.base_url())
            .credential(StaticToken::new(TOKEN).unwrap())
            .timeout(Duration::from_millis(100))
            .build()
            .unwrap();
    }
    let outcome = call(&partner, &row.call).await;
    match (&outcome, row.gets.as_str()) {
        (Ok(rows), "whole") => assert_eq!(*rows, clean, "{row:?}"),
        (Ok(rows), gets) if gets.ends_with(" rows") => {
            assert_eq!(format!("{} rows", rows.len()), gets, "{row:?}");
        }
        (Ok(rows), gets) => panic!("{} rows in place of {gets}: {row:?}", rows.len()),
        (Err(error), gets) => {
            assert_eq!(format!("{:?}", error.kind()), gets, "{row:?}\n{error}");
            assert!(error.request_id().is_some() && error.correlation_id().is_some(), "{row:?}");
            assert!(!error.advice().is_empty());
            let text = format!("{error} {error:?} {:?}", error.advice());
            assert!(!text.contains(TOKEN), "the token shows: {text}");
            for customer in faulty.book().customers() {
                assert!(!text.contains(customer.company_name.as_str()), "a customer's name shows: {text}");
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
    assert!(strays.is_empty(), "{row:?} went elsewhere, with a token or without: {strays:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_the_table_says() {
    let table: Table = toml::from_str(include_str!("table.toml")).unwrap();
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
