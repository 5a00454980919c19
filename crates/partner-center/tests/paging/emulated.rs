//! All data of the emulator, read page by page, with links in every form that the emulator supports.

use futures_util::TryStreamExt as _;
use partner_center::PartnerCenter;
use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center_emulator::{Emulator, FaultScript, LinkForm};

const CUSTOMERS: usize = 23;

fn partner(emulator: &Emulator) -> PartnerCenter {
    let token = StaticToken::new("opaque").unwrap();
    PartnerCenter::builder()
        .credential(token)
        .base_url(emulator.base_url())
        .clock(ManualClock::new())
        .build()
        .unwrap()
}

#[tokio::test]
async fn every_customer_is_listed_once() {
    for form in [LinkForm::Unversioned, LinkForm::Rooted, LinkForm::Absolute, LinkForm::Relative] {
        let emulator =
            Emulator::builder().customers(CUSTOMERS).page_size(5).customer_links(form).start().await.unwrap();
        let list = partner(&emulator).customers().list();
        let mut ids: Vec<_> = list.stream().map_ok(|it| it.id.to_string()).try_collect().await.unwrap();
        assert_eq!((ids.len(), emulator.request_count()), (CUSTOMERS, 5), "{form:?}");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CUSTOMERS, "{form:?}");
        assert!(emulator.stray_requests().is_empty());
    }
}

#[tokio::test]
async fn every_row_is_read_once() {
    let one_page = Emulator::builder().customers(CUSTOMERS).start().await.unwrap();
    let query = partner(&one_page).analytics().commercial().licenses().usage();
    let expected = query.get().await.unwrap().into_value().value;
    assert!(expected.len() > 14);
    for form in
        [LinkForm::Unversioned, LinkForm::Rooted, LinkForm::Absolute, LinkForm::Relative, LinkForm::Absent]
    {
        let emulator = Emulator::builder().customers(CUSTOMERS).commercial_links(form).start().await.unwrap();
        let query = partner(&emulator).analytics().commercial().licenses().usage().top(7);
        let rows: Vec<_> = query.stream().try_collect().await.unwrap();
        assert!(rows == expected, "{form:?}: {} rows for {}", rows.len(), expected.len());
        let pages = u64::try_from(expected.len().div_ceil(7)).unwrap();
        assert_eq!(emulator.request_count(), pages, "{form:?}");
        assert!(emulator.stray_requests().is_empty());
    }
}

#[tokio::test]
async fn paging_faults_are_tolerated_or_detected() {
    for (faults, ends) in [
        ("body-token", None),
        ("#2 empty-page", None),
        ("#2 503", None),
        ("#3 repeated-link", Some("already read")),
        ("#2 foreign-link", Some("a different port")),
        ("#2 foreign-link(to=https://partner.example)", Some("a different scheme")),
    ] {
        let faults: FaultScript = faults.parse().unwrap();
        let builder = Emulator::builder().customers(CUSTOMERS).page_size(5).faults(faults.clone());
        let emulator = builder.start().await.unwrap();
        let ended: Result<Vec<_>, _> = partner(&emulator).customers().list().stream().try_collect().await;
        match (ended, ends) {
            (Ok(customers), None) => assert_eq!(customers.len(), CUSTOMERS, "{faults}"),
            (Err(error), Some(what)) => assert!(error.message().contains(what), "{faults}: {error}"),
            (ended, _) => panic!("{faults}: {:?}", ended.map(|customers| customers.len())),
        }
        assert!(emulator.stray_requests().is_empty(), "{faults}");
    }
}

#[tokio::test]
async fn a_commercial_page_that_links_to_itself_ends_the_rows_with_an_error() {
    for form in [LinkForm::Absolute, LinkForm::Rooted, LinkForm::Relative] {
        let faults: FaultScript = "#3 repeated-link".parse().unwrap();
        let builder = Emulator::builder().customers(CUSTOMERS).commercial_links(form).faults(faults);
        let emulator = builder.start().await.unwrap();
        let query = partner(&emulator).analytics().commercial().licenses().usage();
        let query = query.filter("customerName ne 'O''Brien & Co'".parse().unwrap()).top(2);
        let error = query.stream().try_collect::<Vec<_>>().await.unwrap_err();
        assert!(error.message().contains("already read"), "{form:?}: {error}");
        assert_eq!(emulator.request_count(), 3, "{form:?}");
    }
}
