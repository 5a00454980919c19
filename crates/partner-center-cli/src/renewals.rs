//! What renews when: the subscriptions of customers that end within a year, and how many of their licenses are unused.
//!
//! A subscription has no product id of the analytics, so it is matched with rows by the name of its product, which must
//! be the same except for letter case. Nothing else is compared: a similar name is not a match.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use partner_center::CustomerId;
use partner_center::funnel::FunnelRow;
use partner_center::models::Timestamp;

/// The last day of each period, in days from today.
const PERIODS: [i64; 4] = [30, 60, 90, 365];

/// The subscriptions that end within a year of a day.
pub(crate) struct Renewals {
    today: Date,
    /// Sorted by day, once all are added.
    customers: HashMap<CustomerId, Vec<Ending>>,
    products: HashSet<Arc<str>>,
    /// Subscriptions that end within the year without a number of licenses.
    uncounted: u64,
}

struct Ending {
    product: Option<Arc<str>>,
    day: Date,
    licenses: i64,
    /// Whether it does not renew by itself; `false` if that is unknown.
    ends_for_good: bool,
}

/// A subscription, as either source of renewals returns it.
pub(crate) struct Subscribed<'a> {
    pub(crate) product: Option<&'a str>,
    pub(crate) is_active: bool,
    pub(crate) ends: Option<&'a Timestamp>,
    pub(crate) licenses: Option<i64>,
    pub(crate) auto_renew: Option<bool>,
}

/// What renews in one period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Period {
    /// The first day, in days from today.
    pub(crate) first: i64,
    /// The last day, in days from today.
    pub(crate) last: i64,
    /// The day of `last`.
    pub(crate) until: Date,
    pub(crate) licenses: i64,
    /// Of the licenses, those that are unused. A product's unused licenses count where it renews first.
    pub(crate) unused: i64,
    /// Of the licenses, those of products that no row of the customer has by this name.
    pub(crate) unmatched: i64,
    /// Of the licenses, those of matching rows whose unused licenses are unknown.
    pub(crate) unknown: i64,
    /// Of the licenses, those of subscriptions that do not renew by themselves.
    pub(crate) end_for_good: i64,
}

/// The unused licenses of the products that renew, by customer.
#[derive(Default)]
pub(crate) struct UnusedOfProducts(HashMap<(CustomerId, Arc<str>), Option<i64>>);

impl UnusedOfProducts {
    /// Adds a row, if a subscription of its customer has the name of its product.
    pub(crate) fn add(&mut self, renewals: &Renewals, row: &FunnelRow) {
        let Some(product) = row.product_name.as_deref().and_then(|name| renewals.product(name)) else {
            return;
        };
        if renewals.customers.contains_key(&row.customer_id) {
            let unused = self.0.entry((row.customer_id, product)).or_default();
            *unused = match (*unused, row.unused) {
                (Some(one), Some(other)) => Some(one.saturating_add(other)),
                (known, None) | (None, known) => known,
            };
        }
    }
}

impl Renewals {
    pub(crate) fn new(today: Date) -> Self {
        Self { today, customers: HashMap::new(), products: HashSet::new(), uncounted: 0 }
    }

    /// The first and the last day.
    pub(crate) fn days(&self) -> [Date; 2] {
        [self.today, self.day(PERIODS[PERIODS.len() - 1])]
    }

    fn day(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    /// Adds a subscription, if it is active and ends within the year.
    pub(crate) fn add(&mut self, customer: CustomerId, subscribed: &Subscribed<'_>) {
        let [first, last] = self.days();
        let Some(day) = subscribed.ends.and_then(day_of) else { return };
        if !subscribed.is_active || day < first || day > last {
            return;
        }
        let Some(licenses) = subscribed.licenses else {
            self.uncounted = self.uncounted.saturating_add(1);
            return;
        };
        let product = subscribed.product.map(fold).filter(|name| !name.is_empty()).map(|name| {
            self.product(&name).unwrap_or_else(|| {
                let name: Arc<str> = Arc::from(name);
                self.products.insert(Arc::clone(&name));
                name
            })
        });
        let ends_for_good = subscribed.auto_renew == Some(false);
        let ending = Ending { product, day, licenses: licenses.max(0), ends_for_good };
        let endings = self.customers.entry(customer).or_default();
        let place = endings.partition_point(|other| other.day <= day);
        endings.insert(place, ending);
    }

    fn product(&self, name: &str) -> Option<Arc<str>> {
        self.products.get(fold(name).as_str()).cloned()
    }

    /// Subscriptions that are in no period because their number of licenses is unknown.
    pub(crate) fn uncounted(&self) -> u64 {
        self.uncounted
    }

    /// What renews in each period, of one customer or of all.
    pub(crate) fn periods(&self, unused: &UnusedOfProducts, only: Option<CustomerId>) -> Vec<Period> {
        let firsts = [0].into_iter().chain(PERIODS.map(|last| last + 1));
        let mut periods: Vec<_> = firsts
            .zip(PERIODS)
            .map(|(first, last)| Period { first, last, until: self.day(last), ..Period::default() })
            .collect();
        match only {
            Some(customer) => self.add_customer(customer, unused, &mut periods),
            None => {
                for customer in self.customers.keys() {
                    self.add_customer(*customer, unused, &mut periods);
                }
            }
        }
        periods
    }

    fn add_customer(&self, customer: CustomerId, unused: &UnusedOfProducts, periods: &mut [Period]) {
        let mut left: HashMap<&str, i64> = HashMap::new();
        for ending in self.customers.get(&customer).into_iter().flatten() {
            let Some(period) = periods.iter_mut().find(|period| ending.day <= period.until) else { continue };
            add(&mut period.licenses, ending.licenses);
            if ending.ends_for_good {
                add(&mut period.end_for_good, ending.licenses);
            }
            let product = ending.product.as_ref();
            match product.and_then(|product| Some((product, unused.0.get(&(customer, Arc::clone(product)))?)))
            {
                None => add(&mut period.unmatched, ending.licenses),
                Some((_, None)) => add(&mut period.unknown, ending.licenses),
                Some((product, Some(all))) => {
                    let left = left.entry(product).or_insert(*all);
                    let here = (*left).clamp(0, ending.licenses);
                    *left -= here;
                    add(&mut period.unused, here);
                }
            }
        }
    }

    /// The first day on which a product of a customer renews.
    pub(crate) fn next(&self, customer: CustomerId, product: &str) -> Option<Date> {
        let product = self.product(product)?;
        let endings = self.customers.get(&customer)?;
        endings.iter().find(|ending| ending.product.as_ref() == Some(&product)).map(|ending| ending.day)
    }
}

fn add(sum: &mut i64, more: i64) {
    *sum = sum.saturating_add(more);
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The day of an instant in UTC.
fn day_of(instant: &Timestamp) -> Option<Date> {
    let instant = jiff::Timestamp::from_second(instant.unix_seconds()?).ok()?;
    Some(instant.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use partner_center::licenses::Source;

    use super::*;

    fn customer(last: u8) -> CustomerId {
        format!("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f{last:02x}").parse().unwrap()
    }

    fn row(customer: CustomerId, product: &str, unused: Option<i64>) -> FunnelRow {
        let mut row = FunnelRow::new(customer, Source::Commercial);
        row.product_name = Some(product.to_owned());
        row.unused = unused;
        row
    }

    fn renewals(of: &[(u8, &str, &str, i64)]) -> Renewals {
        let mut renewals = Renewals::new(date(2026, 11, 27));
        for (number, product, ends, licenses) in of {
            let ends = Timestamp::from(*ends);
            let subscribed = Subscribed {
                product: Some(product),
                is_active: true,
                ends: Some(&ends),
                licenses: Some(*licenses),
                auto_renew: Some(!product.starts_with("Power")),
            };
            renewals.add(customer(*number), &subscribed);
        }
        renewals
    }

    fn counts(periods: &[Period]) -> Vec<[i64; 5]> {
        let counts = |period: &Period| {
            [period.licenses, period.unused, period.unmatched, period.unknown, period.end_for_good]
        };
        periods.iter().map(counts).collect()
    }

    #[test]
    fn a_subscription_is_in_the_period_of_its_last_day() {
        for (ends, period) in [
            ("2026-11-26T23:59:59Z", None),
            ("2026-11-27T00:00:00Z", Some(0)),
            ("2026-12-27T23:59:59Z", Some(0)),
            ("2026-12-28T00:00:00Z", Some(1)),
            ("2027-01-26T00:00:00Z", Some(1)),
            ("2027-01-27T00:00:00", Some(2)),
            ("2027-02-25T00:00:00.1234567", Some(2)),
            ("2027-02-26", Some(3)),
            ("2027-11-27T00:00:00Z", Some(3)),
            ("2027-11-28T00:00:00Z", None),
            ("9999-12-10T00:00:00Z", None),
            ("soon", None),
        ] {
            let periods = renewals(&[(1, "Visio", ends, 5)]).periods(&UnusedOfProducts::default(), None);
            let found = periods.iter().position(|period| period.licenses == 5);
            assert_eq!(found, period, "{ends}");
        }
        let periods = renewals(&[]).periods(&UnusedOfProducts::default(), None);
        let days: Vec<_> = periods.iter().map(|period| (period.first, period.last)).collect();
        assert_eq!(days, [(0, 30), (31, 60), (61, 90), (91, 365)]);
        assert_eq!(periods[0].until, date(2026, 12, 27));
    }

    /// Unused licenses count once, where their product renews first.
    #[test]
    fn unused_licenses_are_those_of_the_same_name() {
        let renewals = renewals(&[
            (1, "Office 365 E3", "2027-01-15T00:00:00Z", 10),
            (1, "OFFICE 365 E3 ", "2026-12-01T00:00:00Z", 4),
            (1, "Office 365 E3 (trial)", "2026-12-02T00:00:00Z", 3),
            (1, "Power BI", "2026-12-03T00:00:00Z", 2),
            (2, "Office 365 E3", "2026-12-01T00:00:00Z", 8),
        ]);
        let mut unused = UnusedOfProducts::default();
        let rows = [
            row(customer(1), "office 365 e3", Some(5)),
            row(customer(1), "OFFICE 365 E3", Some(1)),
            row(customer(1), "Power BI", None),
            row(customer(1), "Project", Some(7)),
            // This customer has no subscription.
            row(customer(3), "Office 365 E3", Some(100)),
        ];
        for row in &rows {
            unused.add(&renewals, row);
        }
        let one = renewals.periods(&unused, Some(customer(1)));
        assert_eq!(counts(&one)[..3], [[9, 4, 3, 2, 2], [10, 2, 0, 0, 0], [0; 5]]);
        let all = renewals.periods(&unused, None);
        assert_eq!(counts(&all)[0], [17, 4, 11, 2, 2], "another customer's rows are no match");
        assert_eq!(renewals.next(customer(1), "Office 365 E3"), Some(date(2026, 12, 1)));
        assert_eq!(renewals.next(customer(1), "Office 365"), None);
        assert_eq!(renewals.next(customer(2), "Power BI"), None);
    }

    #[test]
    fn what_is_not_active_or_has_no_count_is_in_no_period() {
        let mut renewals = Renewals::new(date(2026, 11, 27));
        let ends = Timestamp::from("2026-12-01T00:00:00Z");
        let subscribed = |is_active, licenses| Subscribed {
            product: None,
            is_active,
            ends: Some(&ends),
            licenses,
            auto_renew: None,
        };
        renewals.add(customer(1), &subscribed(false, Some(5)));
        renewals.add(customer(1), &subscribed(true, None));
        renewals.add(customer(1), &subscribed(true, Some(-1)));
        renewals.add(customer(1), &subscribed(true, Some(2)));
        let periods = renewals.periods(&UnusedOfProducts::default(), None);
        assert_eq!(counts(&periods)[0], [2, 0, 2, 0, 0]);
        assert_eq!(renewals.uncounted(), 1);
    }
}
