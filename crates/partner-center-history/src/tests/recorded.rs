//! Days that are recorded from the emulator, read back, damaged, and left behind by a process that was stopped.

use partner_center::PartnerCenter;
use partner_center::funnel::{FunnelRow, GroupBy, Totals};
use partner_center::licenses::SourceChoice;
use partner_center_emulator::Emulator;

use super::day;
use super::place::TestPlace;
use crate::{Dataset, Error, Fields, Manifest, Recording, RunFacts, Writer};

pub(super) const TENANT: Option<&str> = Some("0112a436-b14e-4888-967b-ca4bb2cf1234");

pub(super) async fn recording(emulator: &Emulator, source: SourceChoice) -> (Recording, Vec<FunnelRow>) {
    let token = partner_center::credential::StaticToken::new("any").unwrap();
    let partner = PartnerCenter::builder().base_url(emulator.base_url()).credential(token).build().unwrap();
    let mut stream = partner.customers().funnel().source(source).with_input().stream();
    let (mut recording, mut rows) = (Recording::new().unwrap(), Vec::new());
    while let Some(batch) = stream.try_next().await.unwrap() {
        recording.add(&batch).unwrap();
        rows.extend(batch.into_rows());
    }
    recording.end(&stream);
    (recording, rows)
}

pub(super) async fn recorded(place: &TestPlace, customers: usize, on: &str) -> (Manifest, Vec<FunnelRow>) {
    let emulator = Emulator::builder().customers(customers).start().await.unwrap();
    let (recording, rows) = recording(&emulator, SourceChoice::Auto).await;
    let writer = Writer::open(place.place(), TENANT).await.unwrap();
    let manifest = writer.write(day(on), recording, RunFacts::default()).await.unwrap();
    writer.close().await.unwrap();
    (manifest, rows)
}

#[tokio::test]
async fn what_was_recorded_is_read_back() {
    for place in TestPlace::each().await {
        read_back(&place).await;
    }
}

async fn read_back(place: &TestPlace) {
    let (manifest, mut rows) = recorded(place, 25, "2026-08-30").await;
    assert!(manifest.complete);
    assert_eq!(manifest.customers.listed, Some(25));
    let names: Vec<_> = place.unlocked_files().await.into_keys().collect();
    assert_eq!(
        names,
        [
            "_dataset.json",
            "deployment/snapshotDate=2026-08-30/part-0.parquet",
            "funnel/snapshotDate=2026-08-30/part-0.parquet",
            "runs/snapshotDate=2026-08-30/run.json",
            "usage/snapshotDate=2026-08-30/part-0.parquet",
        ]
    );

    let dataset = Dataset::open(place.place()).await.unwrap();
    assert_eq!(dataset.tenant(), TENANT);
    assert_eq!(dataset.days().await.unwrap().recorded, [day("2026-08-30")]);
    let manifest = dataset.manifest(day("2026-08-30")).await.unwrap();
    let read: Vec<FunnelRow> =
        dataset.funnel(&manifest, Fields::ALL).await.unwrap().collect::<Result<_, _>>().unwrap();
    // The files have no percentages, no workloads, and rows by customer and product.
    for row in &mut rows {
        (row.deployment_percent, row.usage_percent) = (None, None);
        (row.reported_deployment_percent, row.reported_usage_percent) = (None, None);
        row.workloads.clear();
    }
    let key = |row: &FunnelRow| (row.customer_id, row.product_id.as_ref().map(ToString::to_string));
    rows.sort_by_key(key);
    assert_eq!(read, rows);

    let mut totals = Totals::default();
    for row in &rows {
        totals.add(row);
    }
    let trend = dataset.trend(&[manifest], None).await.unwrap();
    assert_eq!(trend.len(), 1);
    let counts = totals.counts();
    assert_eq!(
        (trend[0].counts.licenses_sold, trend[0].counts.unused),
        (counts.licenses_sold, counts.unused)
    );
}

/// In every order of the data, and at every place.
#[tokio::test]
async fn the_same_data_gives_the_same_bytes() {
    // Pages of three rows arrive in a different order.
    let emulators =
        [Emulator::builder().start().await.unwrap(), Emulator::builder().page_size(3).start().await.unwrap()];
    let mut all = Vec::new();
    for emulator in &emulators {
        for place in TestPlace::each().await {
            let (recording, _) = recording(emulator, SourceChoice::Commercial).await;
            let writer = Writer::open(place.place(), None).await.unwrap();
            let facts = RunFacts::new("2026-08-30T01:00:00Z".to_owned(), "2026-08-30T02:00:00Z".to_owned());
            writer.write(day("2026-08-30"), recording, facts).await.unwrap();
            all.push(place.unlocked_files().await);
        }
    }
    assert!(all.windows(2).all(|two| two[0] == two[1]));
}

#[tokio::test]
async fn groups_of_a_trend_add_up() {
    let place = TestPlace::folder();
    let (manifest, _) = recorded(&place, 60, "2026-08-30").await;
    let dataset = Dataset::open(place.place()).await.unwrap();
    let days = [manifest];
    let all = &dataset.trend(&days, None).await.unwrap()[0];
    for by in [GroupBy::Customer, GroupBy::Product, GroupBy::Service] {
        let groups = dataset.trend(&days, Some(by)).await.unwrap();
        assert!(groups.len() > 1);
        let sum = |count: fn(&crate::TrendRow) -> Option<i64>| groups.iter().filter_map(count).sum::<i64>();
        assert_eq!(Some(sum(|row| row.counts.licenses_sold)), all.counts.licenses_sold, "{by:?}");
        assert_eq!(Some(sum(|row| row.counts.unused)), all.counts.unused, "{by:?}");
    }
}

#[tokio::test]
async fn a_place_that_is_not_this_dataset_is_refused_and_stays_as_it_is() {
    for place in TestPlace::each().await {
        place.put("letter.txt", b"private".to_vec()).await;
        assert!(matches!(Dataset::open(place.place()).await, Err(Error::NotADataset { .. })));
        assert!(matches!(Writer::open(place.place(), TENANT).await, Err(Error::NotEmpty { .. })));
        assert_eq!(place.files().await.into_keys().collect::<Vec<_>>(), ["letter.txt"]);
    }
    for place in TestPlace::each().await {
        Writer::open(place.place(), TENANT).await.unwrap().close().await.unwrap();
        let before = place.files().await;
        for tenant in [None, Some("11111111-1111-1111-1111-111111111111")] {
            let refused = Writer::open(place.place(), tenant).await;
            assert!(matches!(refused, Err(Error::OtherTenant { .. })), "{refused:?}");
        }
        assert_eq!(place.files().await, before);

        let _first = Writer::open(place.place(), TENANT).await.unwrap();
        let refused = Writer::open(place.place(), TENANT).await;
        assert!(matches!(refused, Err(Error::InUse { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn damage_is_an_error_that_names_the_file() {
    type Damage = fn(Vec<u8>) -> Option<Vec<u8>>;
    fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        str::from_utf8(bytes).unwrap().replacen(from, to, 1).into_bytes()
    }
    let run = "runs/snapshotDate=2026-08-30/run.json";
    let part = "funnel/snapshotDate=2026-08-30/part-0.parquet";
    let damages: [(&str, &str, Damage); 7] = [
        (run, "version 2", |bytes| Some(replaced(&bytes, "\"version\":1", "\"version\":2"))),
        (run, "damaged", |_| Some(b"{}".to_vec())),
        (run, "damaged", |_| Some(Vec::new())),
        (run, "its snapshotDate is 2026-08-29", |bytes| {
            Some(replaced(&bytes, "\"snapshotDate\":\"2026-08-30\"", "\"snapshotDate\":\"2026-08-29\""))
        }),
        (part, "its manifest says", |bytes| Some(bytes[..bytes.len() / 2].to_vec())),
        (part, "differs from that in the manifest", |mut bytes| {
            bytes[100] ^= 1;
            Some(bytes)
        }),
        (part, "missing", |_| None),
    ];
    for (file, says, damage) in damages {
        for place in TestPlace::each().await {
            recorded(&place, 3, "2026-08-30").await;
            let bytes = place.files().await.remove(file).unwrap();
            match damage(bytes) {
                Some(bytes) => place.put(file, bytes).await,
                None => place.delete(file).await,
            }
            let dataset = Dataset::open(place.place()).await.unwrap();
            let read = async {
                let manifest = dataset.manifest(day("2026-08-30")).await?;
                dataset.trend(&[manifest], None).await
            };
            let error = read.await.unwrap_err().to_string();
            assert!(error.contains(file) && error.contains(says), "{error}");
        }
    }
}

/// Removes or keeps files as a process would leave them that is stopped after so many steps of publishing a day.
#[tokio::test]
async fn after_a_stop_a_day_is_the_old_one_or_the_new_one() {
    let [old, new] = [TestPlace::folder(), TestPlace::folder()];
    recorded(&old, 5, "2026-08-30").await;
    recorded(&new, 25, "2026-08-30").await;
    let (before, after) = (old.unlocked_files().await, new.unlocked_files().await);
    let run = "runs/snapshotDate=2026-08-30/run.json";
    let tables = ["deployment", "usage", "funnel"];
    let path = |table: &str| format!("{table}/snapshotDate=2026-08-30/part-0.parquet");
    let staged = |table: &str| format!(".staging/snapshotDate=2026-08-30/{table}.parquet");
    let staged_run = ".staging/snapshotDate=2026-08-30/run.json".to_owned();
    for steps in 0..=8 {
        let mut state = before.clone();
        // First the files are staged, the manifest last.
        for table in tables.iter().take(steps) {
            state.insert(staged(table), after[&path(table)].clone());
        }
        if steps > 3 {
            state.insert(staged_run.clone(), after[run].clone());
            // Then the old manifest is removed, and the files are moved.
            if steps > 4 {
                state.remove(run);
            }
            for table in tables.iter().take(steps.saturating_sub(5)) {
                let bytes = state.remove(&staged(table)).unwrap();
                state.insert(path(table), bytes);
            }
        }
        for place in TestPlace::each().await {
            place.put_all(&state).await;
            recovers(&place, steps).await;
            let expected = if steps > 3 { &after } else { &before };
            assert_eq!(&place.unlocked_files().await, expected, "{steps}");
        }
    }
}

async fn recovers(place: &TestPlace, steps: usize) {
    let dataset = Dataset::open(place.place()).await.unwrap();
    let days = dataset.days().await.unwrap();
    let is_between = steps > 4;
    assert_eq!(days.unfinished.is_empty(), !is_between, "{steps}");
    assert_eq!(days.recorded.is_empty(), is_between, "{steps}");
    if !is_between {
        let manifest = dataset.manifest(day("2026-08-30")).await.unwrap();
        assert_eq!(manifest.customers.listed, Some(5), "{steps}");
        dataset.trend(&[manifest], None).await.unwrap();
    }

    let writer = Writer::open(place.place(), TENANT).await.unwrap();
    let (finished, removed) = (&writer.recovered().finished, &writer.recovered().removed);
    let is_new = steps > 3;
    assert_eq!((finished.len(), removed.len()), (usize::from(is_new), usize::from((1..4).contains(&steps))));
    let dataset = writer.close().await.unwrap();
    let manifest = dataset.manifest(day("2026-08-30")).await.unwrap();
    assert_eq!(manifest.customers.listed, Some(if is_new { 25 } else { 5 }), "{steps}");
    dataset.trend(&[manifest], None).await.unwrap();
}

#[tokio::test]
async fn a_removed_day_is_gone() {
    for place in TestPlace::each().await {
        recorded(&place, 3, "2026-08-29").await;
        recorded(&place, 3, "2026-08-30").await;
        let writer = Writer::open(place.place(), TENANT).await.unwrap();
        writer.remove(day("2026-08-29")).await.unwrap();
        let days = writer.dataset().days().await.unwrap();
        assert_eq!((days.recorded, days.unfinished), (vec![day("2026-08-30")], Vec::new()));
        assert!(!place.files().await.into_keys().any(|name| name.contains("2026-08-29")));
    }
}

#[tokio::test]
async fn a_recording_that_was_not_ended_is_not_written() {
    for place in TestPlace::each().await {
        let writer = Writer::open(place.place(), TENANT).await.unwrap();
        let before = place.files().await;
        let written = writer.write(day("2026-08-30"), Recording::new().unwrap(), RunFacts::default()).await;
        assert!(written.is_err());
        assert_eq!(place.files().await, before);
    }
}
