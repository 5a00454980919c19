//! Whole books read page by page from the emulator, which writes its links in every form it knows.

use futures_util::TryStreamExt as _;
use partner_center::PartnerCenter;
use partner_center::credential::StaticToken;
use partner_center_emulator::{Emulator, LinkForm};

const CUSTOMERS: usize = 23;

fn partner(emulator: &Emulator) -> PartnerCenter {
    let token = StaticToken::new("opaque").unwrap();
    PartnerCenter::builder().credential(token).base_url(emulator.base_url()).build().unwrap()
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
    let expected = query.get().await.unwrap().into_inner().value;
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
