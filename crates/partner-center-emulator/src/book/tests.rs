//! Tests of how a book moves with the day.

use std::collections::HashMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// The number of seeds that each test without random input tries.
const SEEDS: u64 = 40;

/// A book with its own latest day, so that days are not limited by the history of another.
fn on(seed: u64, days: i64) -> Book {
    let day = jiff::civil::date(2026, 8, 30).saturating_add(jiff::Span::new().days(days));
    Book::processed_on(25, seed, Day::of(day))
}

/// What differs between two days of a book: products that appeared and went, and changed seats.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    appeared: usize,
    gone: usize,
    seats: usize,
    more_seats: usize,
    customers_appeared: usize,
    customers_gone: usize,
}

fn sold(customer: &Customer) -> HashMap<&'static str, u64> {
    customer.deployment().iter().map(|row| (row.product.id, row.licenses_sold)).collect()
}

fn changes(before: &Book, after: &Book) -> Changes {
    let mut changes = Changes::default();
    for (before, after) in before.customers().zip(after.customers()) {
        let (before, after) = (sold(&before), sold(&after));
        changes.appeared += after.keys().filter(|product| !before.contains_key(*product)).count();
        changes.gone += before.keys().filter(|product| !after.contains_key(*product)).count();
        for (product, seats) in &before {
            changes.seats += usize::from(after.get(product).is_some_and(|after| after != seats));
            changes.more_seats += usize::from(after.get(product).is_some_and(|after| after > seats));
        }
        changes.customers_appeared += usize::from(before.is_empty() && !after.is_empty());
        changes.customers_gone += usize::from(!before.is_empty() && after.is_empty());
    }
    changes
}

fn seats(book: &Book) -> u64 {
    book.customers().flat_map(|customer| customer.deployment()).map(|row| row.licenses_sold).sum()
}

/// Every seed and every day of the calendar, half of the days within two years of the default day.
fn days() -> impl Strategy<Value = i64> {
    prop_oneof![-730_i64..730, -4_400_000_i64..2_913_000]
}

#[test]
fn the_default_day_has_the_rows_it_always_had() {
    let mut text = String::new();
    for book in (0..20).map(|seed| Book::new(200, seed)) {
        for customer in book.customers() {
            write!(text, "{} {:?}", customer.id, customer.state).unwrap();
            for row in customer.deployment() {
                let counts = (row.licenses_sold, row.licenses_deployed);
                let stamps = (row.processed.classic(), row.processed.commercial());
                write!(text, "{} {} {} {} {}", row.product.id, counts.0, counts.1, stamps.0, stamps.1)
                    .unwrap();
            }
            for row in customer.usage() {
                let counts = (row.licenses_active, row.licenses_qualified);
                let stamps = (row.processed.classic(), row.processed.commercial());
                write!(text, "{} {} ", row.product.id, row.workload.code).unwrap();
                write!(text, "{} {} {} {}", counts.0, counts.1, stamps.0, stamps.1).unwrap();
            }
        }
    }
    // Of the first version, in which a book had only one day.
    assert_eq!(crate::rng::digest(0, text.as_bytes()), 0x1a04_749e_8021_1de7);
}

#[test]
fn every_month_has_a_product_that_appeared_one_that_went_and_changed_seats() {
    for seed in 0..SEEDS {
        let mut fewer_seats = 0;
        for day in [-400, -210, -30, 0, 365, 50_000] {
            let changes = changes(&on(seed, day), &on(seed, day + 30));
            let all = changes.appeared.min(changes.gone).min(changes.seats);
            assert_ne!(all, 0, "seed {seed}, the month from day {day}: {changes:?}");
            fewer_seats += changes.seats - changes.more_seats;
        }
        assert_ne!(fewer_seats, 0, "seed {seed}: seats only grow");
    }
}

#[test]
fn every_year_a_few_customers_come_and_a_few_go() {
    for seed in 0..SEEDS {
        for first in [-365, 0, 90_000] {
            let months: Vec<Book> = (0..=12).map(|month| on(seed, first + month * 30)).collect();
            let changes: Vec<Changes> = months.windows(2).map(|pair| changes(&pair[0], &pair[1])).collect();
            let came: usize = changes.iter().map(|month| month.customers_appeared).sum();
            let gone: usize = changes.iter().map(|month| month.customers_gone).sum();
            assert!(
                came > 0 && gone > 0 && came + gone < 20,
                "seed {seed}, day {first}: {came} came and {gone} went"
            );
        }
    }
}

#[test]
fn a_customer_of_one_product_changes_it_for_another_and_never_has_two() {
    let days: Vec<Book> = (-400..=0).map(|day| on(7, day)).collect();
    let steady = |one: &Customer| one.index % 3 == 1 && one.index > 1 && one.deployment().len() == 1;
    let customers: Vec<Customer> = days[400].customers().filter(steady).collect();
    assert_ne!(customers.len(), 0);
    for customer in customers {
        let rows = days.iter().filter_map(|day| day.customer(customer.index)).map(|one| one.deployment());
        let products: Vec<&str> = rows.map(|rows| rows[0].product.id).collect();
        assert_eq!(products.len(), 401);
        let swaps = products.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!((3..=4).contains(&swaps), "{swaps}");
    }
}

#[test]
fn nearly_every_partner_grows_within_a_year_and_has_seats_on_every_day() {
    let grows = |seed: &u64| seats(&on(*seed, -365)) < seats(&on(*seed, 0));
    assert!((0..SEEDS).filter(grows).count() as u64 > SEEDS * 95 / 100);
    for seed in 0..SEEDS {
        let [past, future] = [-4_000_000, 2_000_000].map(|day| seats(&on(seed, day)));
        assert!(past > 0 && past < seats(&on(seed, 0)) && future > past, "seed {seed}");
    }
}

#[test]
fn listed_customers_are_the_same_on_every_day_and_only_the_active_ones_have_rows() {
    let books = [-4_000_000, -365, 0, 200, 2_000_000].map(|days| on(7, days));
    let listed = |book: &Book| book.customers().map(|one| (one.id, one.company_name)).collect::<Vec<_>>();
    for book in &books {
        assert_eq!(listed(book), listed(&books[0]));
        for customer in book.customers() {
            assert_eq!(customer.deployment().is_empty(), customer.state != CustomerState::Active);
            match customer.index {
                0 | 1 => assert_eq!(customer.state, CustomerState::Active),
                9 => assert_eq!(customer.state, CustomerState::Empty),
                17 => assert_eq!(customer.state, CustomerState::Lapsed),
                _ => {}
            }
        }
    }
}

#[test]
fn documented_customers_hold_the_same_on_every_day_of_the_history_with_the_timestamps_of_the_day() {
    let book = on(7, 0);
    let day = book.latest_day().minus_days(1);
    for customer in book.customers().take(2) {
        let [before, latest] = [customer.deployment_on(day), customer.deployment()];
        for (before, latest) in before.iter().zip(&latest) {
            assert_eq!((before.product, before.licenses_sold), (latest.product, latest.licenses_sold));
            assert_eq!(before.processed.commercial(), "2026-08-29T00:00:00");
            assert!(latest.processed.commercial() < "2019");
        }
        assert_eq!(before.len(), latest.len());
        assert_eq!(customer.usage_on(day).len(), customer.usage().len());
    }
}

#[test]
fn days_outside_of_the_history_have_no_rows() {
    let book = on(7, 0);
    let latest = book.latest_day();
    let rows = |day| {
        book.customers().map(|one| one.deployment_on(day).len() + one.usage_on(day).len()).sum::<usize>()
    };
    assert_ne!(rows(latest), 0);
    assert_ne!(rows(book.first_day()), 0);
    assert_eq!(rows(book.first_day().minus_days(1)), 0);
    assert_eq!(rows(on(7, 1).latest_day()), 0);
    assert_eq!(rows(latest.minus_days(u32::MAX)), 0);
}

proptest! {
    #[test]
    fn a_day_has_the_same_rows_whichever_day_is_the_latest(seed: u64, days in days(), since in 0..=Book::HISTORY_DAYS) {
        let earlier = on(seed, days);
        let later = on(seed, days + i64::from(since));
        let day = earlier.latest_day();
        for (one, other) in earlier.customers().zip(later.customers()).skip(2) {
            prop_assert_eq!(one.deployment(), other.deployment_on(day));
            prop_assert_eq!(one.usage(), other.usage_on(day));
        }
    }

    #[test]
    fn rows_of_every_day_are_plausible(seed: u64, days in days()) {
        for customer in on(seed, days).customers().skip(2) {
            let (deployment, usage) = (customer.deployment(), customer.usage());
            let mut sold = HashMap::new();
            for row in &deployment {
                prop_assert!(sold.insert(row.product.id, row).is_none(), "a product twice");
                prop_assert!(row.licenses_sold > 0);
                prop_assert!(row.licenses_deployed <= row.licenses_sold + 1 + row.licenses_sold / 10);
            }
            for row in &usage {
                let deployment = sold[row.product.id];
                prop_assert_eq!(row.licenses_qualified, deployment.licenses_sold);
                prop_assert!(row.licenses_active <= deployment.licenses_sold.min(deployment.licenses_deployed));
            }
            let expected: usize = deployment.iter().map(|row| row.product.workloads.len()).sum();
            prop_assert_eq!(usage.len(), expected);
        }
    }
}
