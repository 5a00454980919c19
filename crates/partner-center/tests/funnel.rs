//! The funnel of an emulator's whole data set (its book), read customer by customer and with the commercial queries,
//! must match the book.

use futures_util::TryStreamExt as _;
use partner_center::funnel::{Flag, Funnel, FunnelTotals, Join, JoinReport};
use partner_center::{CustomerId, PartnerCenter, credential::StaticToken};
use partner_center_emulator::{Book, Emulator};

const CUSTOMERS: usize = 60;

/// Sold, deployed, active, shelfware and idle, computed from the book.
fn truth(book: &Book) -> [i64; 5] {
    let [mut sold, mut deployed, mut active, mut shelfware, mut idle] = [0_u64; 5];
    for customer in book.customers() {
        let usage = customer.usage();
        for row in customer.deployment() {
            sold += row.licenses_sold;
            deployed += row.licenses_deployed;
            shelfware += row.licenses_sold.saturating_sub(row.licenses_deployed);
            let of_product = usage.iter().filter(|used| used.product.id == row.product.id);
            if let Some(most) = of_product.map(|used| used.licenses_active).max() {
                active += most;
                idle += row.licenses_deployed.saturating_sub(most);
            }
        }
        // The documented commercial responses report usage of products that have no deployment.
        for used in &usage {
            if customer.deployment().iter().all(|row| row.product.id != used.product.id) {
                active += used.licenses_active;
            }
        }
    }
    [sold, deployed, active, shelfware, idle].map(u64::cast_signed)
}

fn sums(totals: &FunnelTotals) -> [i64; 5] {
    let book = totals.book();
    [book.licenses_sold, book.licenses_deployed, book.licenses_active, book.shelfware, book.idle]
        .map(|tally| tally.sum)
}

#[tokio::test]
async fn the_funnel_is_the_same_from_both_sources() {
    let emulator = Emulator::builder().customers(CUSTOMERS).start().await.unwrap();
    let partner = PartnerCenter::builder()
        .credential(StaticToken::new("opaque").unwrap())
        .base_url(emulator.base_url())
        .build()
        .unwrap();

    let (mut classic, mut report) = (FunnelTotals::default(), JoinReport::default());
    for customer in emulator.book().customers() {
        let id = CustomerId::from(customer.id);
        let Ok(funnel) = Funnel::read(partner.customers().by_id(id)).await else {
            assert!(customer.deployment().is_empty(), "only lapsed customers are rejected");
            continue;
        };
        let funnel = funnel.into_value();
        assert_eq!(funnel.report.flagged(Flag::Summed) + funnel.report.left_out(), 0);
        report.merge(&funnel.report);
        for row in &funnel.rows {
            classic.add(row);
        }
    }
    assert_eq!(sums(&classic), truth(emulator.book()));
    assert!(report.flagged(Flag::WithoutUsage) > 0 && report.flagged(Flag::DeployedExceedsSold) > 0);
    assert_eq!(report.flagged(Flag::JoinedByName) + report.flagged(Flag::Ambiguous), 0);

    let (mut join, mut commercial) = (Join::new(), FunnelTotals::default());
    let licenses = partner.analytics().commercial().licenses();
    let usage: Vec<_> = licenses.usage().top(100).stream().try_collect().await.unwrap();
    for row in usage {
        join.usage(&row.into());
    }
    let deployment: Vec<_> = licenses.deployment().top(100).stream().try_collect().await.unwrap();
    for row in deployment {
        join.deployment(&row.into());
    }
    let mut rows = join.finish();
    rows.by_ref().for_each(|row| commercial.add(&row));
    let mut report_of_commercial = rows.report().clone();
    assert_eq!(sums(&commercial), sums(&classic));
    // The classic operations compute usage days before deployment, the commercial queries on one day.
    assert!(report.flags.remove(&Flag::MixedAges) > report_of_commercial.flags.remove(&Flag::MixedAges));
    assert_eq!(report_of_commercial, report);
    assert_eq!(commercial.products().len(), classic.products().len());
}
