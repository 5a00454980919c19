//! Subscriptions that end within a year, by period, and how many of their licenses are unused.
//!
//! Subscriptions lack the product id of the analytics rows, so they are matched by the name of the product, without letter
//! case and surrounding white space. Similar names do not match.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use partner_center::CustomerId;
use partner_center::funnel::{Flag, FunnelRow};
use partner_center::models::Timestamp;

use crate::days::day_of;

/// The last day of each period, in days from today.
const PERIODS: [i64; 4] = [30, 60, 90, 365];

/// The subscriptions that end within a year of a day.
pub(crate) struct Renewals {
    today: Date,
    /// Sorted by day.
    customers: HashMap<CustomerId, Vec<Renewal>>,
    /// Customers whose subscriptions could not be read.
    unread: HashSet<CustomerId>,
    products: HashSet<Arc<str>>,
    left_out: LeftOut,
}

/// Active subscriptions that are in no period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Without a day on which they end.
    pub(crate) undated: u64,
    /// Those that end within the year without a number of licenses.
    pub(crate) uncounted: u64,
    /// Without a customer.
    pub(crate) without_customer: u64,
}

struct Renewal {
    product: Option<Arc<str>>,
    day: Date,
    licenses: i64,
    /// `false` if it is unknown.
    auto_renew_is_off: bool,
}

/// A subscription, as either source of renewals returns it.
pub(crate) struct Term<'a> {
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
    /// Unused licenses. Those of a product are counted at its first renewal.
    pub(crate) unused: i64,
    /// Licenses of products whose name is in no row of the customer.
    pub(crate) unmatched: i64,
    /// Licenses of products of which it is not fully known how many are unused.
    pub(crate) unknown: i64,
    /// Licenses of subscriptions with auto-renewal off.
    pub(crate) not_renewing: i64,
}

/// The unused licenses of the products that renew, by customer.
#[derive(Default)]
pub(crate) struct UnusedOfProducts(HashMap<(CustomerId, Arc<str>), Unused>);

#[derive(Clone, Copy, Default)]
struct Unused {
    known: i64,
    /// Whether more may be unused, because some of it is not known.
    is_lower_bound: bool,
}

impl UnusedOfProducts {
    /// Adds a row, if a subscription of its customer has the name of its product.
    pub(crate) fn add(&mut self, renewals: &Renewals, row: &FunnelRow) {
        let Some(product) = row.product_name.as_deref().and_then(|name| renewals.product(name)) else {
            return;
        };
        if renewals.customers.contains_key(&row.customer_id) {
            let unused = self.0.entry((row.customer_id, product)).or_default();
            unused.known = unused.known.saturating_add(row.unused.unwrap_or_default());
            unused.is_lower_bound |= row.unused.is_none() || row.has(Flag::UnusedIsLowerBound);
        }
    }
}

impl Renewals {
    pub(crate) fn new(today: Date) -> Self {
        Self {
            today,
            customers: HashMap::new(),
            unread: HashSet::new(),
            products: HashSet::new(),
            left_out: LeftOut::default(),
        }
    }

    /// The first and the last day.
    pub(crate) fn days(&self) -> [Date; 2] {
        [self.today, self.day(PERIODS[PERIODS.len() - 1])]
    }

    fn day(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    /// Adds a subscription, if it is active and ends within the year.
    pub(crate) fn add(&mut self, customer: Option<CustomerId>, term: &Term<'_>) {
        let [first, last] = self.days();
        if !term.is_active {
            return;
        }
        let Some(day) = term.ends.and_then(day_of) else {
            self.left_out.undated += 1;
            return;
        };
        if day < first || day > last {
            return;
        }
        let Some(customer) = customer else {
            self.left_out.without_customer += 1;
            return;
        };
        let Some(licenses) = term.licenses else {
            self.left_out.uncounted += 1;
            return;
        };
        let product = term.product.map(fold).filter(|name| !name.is_empty()).map(|name| {
            self.products.get(name.as_str()).cloned().unwrap_or_else(|| {
                let name: Arc<str> = Arc::from(name);
                self.products.insert(Arc::clone(&name));
                name
            })
        });
        let auto_renew_is_off = term.auto_renew == Some(false);
        let renewal = Renewal { product, day, licenses: licenses.max(0), auto_renew_is_off };
        let renewals = self.customers.entry(customer).or_default();
        let place = renewals.partition_point(|other| other.day <= day);
        renewals.insert(place, renewal);
    }

    /// Adds a customer whose subscriptions could not be read.
    pub(crate) fn add_unread(&mut self, customer: CustomerId) {
        self.unread.insert(customer);
    }

    /// Whether the subscriptions of a customer could not be read.
    pub(crate) fn is_unread(&self, customer: CustomerId) -> bool {
        self.unread.contains(&customer)
    }

    fn product(&self, name: &str) -> Option<Arc<str>> {
        self.products.get(fold(name).as_str()).cloned()
    }

    /// Active subscriptions that are in no period because something of them is unknown.
    pub(crate) fn left_out(&self) -> LeftOut {
        self.left_out
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
        for renewal in self.customers.get(&customer).into_iter().flatten() {
            let Some(period) = periods.iter_mut().find(|period| renewal.day <= period.until) else {
                continue;
            };
            add(&mut period.licenses, renewal.licenses);
            if renewal.auto_renew_is_off {
                add(&mut period.not_renewing, renewal.licenses);
            }
            let product = renewal.product.as_ref();
            let found = product.and_then(|product| {
                let unused = unused.0.get(&(customer, Arc::clone(product)))?;
                Some((product, unused))
            });
            let Some((product, Unused { known, is_lower_bound })) = found else {
                add(&mut period.unmatched, renewal.licenses);
                continue;
            };
            let left = left.entry(product).or_insert(*known);
            let here = (*left).clamp(0, renewal.licenses);
            *left -= here;
            add(&mut period.unused, here);
            if *is_lower_bound {
                add(&mut period.unknown, renewal.licenses.saturating_sub(here));
            }
        }
    }

    /// The first day on which a product of a customer renews.
    pub(crate) fn next(&self, customer: CustomerId, product: &str) -> Option<Date> {
        let product = self.product(product)?;
        let renewals = self.customers.get(&customer)?;
        renewals.iter().find(|renewal| renewal.product.as_ref() == Some(&product)).map(|renewal| renewal.day)
    }
}

fn add(sum: &mut i64, more: i64) {
    *sum = sum.saturating_add(more);
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
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

    fn lower_bound(mut row: FunnelRow) -> FunnelRow {
        row.flags.push(Flag::UnusedIsLowerBound);
        row
    }

    fn renewals(of: &[(u8, &str, &str, i64)]) -> Renewals {
        let mut renewals = Renewals::new(date(2026, 11, 27));
        for (number, product, ends, licenses) in of {
            let ends = Timestamp::from(*ends);
            let term = Term {
                product: Some(product),
                is_active: true,
                ends: Some(&ends),
                licenses: Some(*licenses),
                auto_renew: Some(!product.starts_with("Power")),
            };
            renewals.add(Some(customer(*number)), &term);
        }
        renewals
    }

    fn counts(periods: &[Period]) -> Vec<[i64; 5]> {
        let counts = |period: &Period| {
            [period.licenses, period.unused, period.unmatched, period.unknown, period.not_renewing]
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
            (1, "Visio", "2026-12-04T00:00:00Z", 9),
            (2, "Office 365 E3", "2026-12-01T00:00:00Z", 8),
        ]);
        let mut unused = UnusedOfProducts::default();
        let rows = [
            row(customer(1), "office 365 e3", Some(5)),
            row(customer(1), "OFFICE 365 E3", Some(1)),
            row(customer(1), "Power BI", None),
            // Without usage: at least these are unused, and the use of the others is not known.
            lower_bound(row(customer(1), "Visio", Some(3))),
            row(customer(1), "Project", Some(7)),
            // This customer has no subscription.
            row(customer(3), "Office 365 E3", Some(100)),
        ];
        for row in &rows {
            unused.add(&renewals, row);
        }
        let one = renewals.periods(&unused, Some(customer(1)));
        assert_eq!(counts(&one)[..3], [[18, 7, 3, 8, 2], [10, 2, 0, 0, 0], [0; 5]]);
        let all = renewals.periods(&unused, None);
        assert_eq!(counts(&all)[0], [26, 7, 11, 8, 2], "another customer's rows are no match");
        assert_eq!(renewals.next(customer(1), "Office 365 E3"), Some(date(2026, 12, 1)));
        assert_eq!(renewals.next(customer(1), "Office 365"), None);
        assert_eq!(renewals.next(customer(2), "Power BI"), None);
    }

    #[test]
    fn what_is_not_active_or_has_no_count_is_in_no_period() {
        let mut renewals = Renewals::new(date(2026, 11, 27));
        let ends = Timestamp::from("2026-12-01T00:00:00Z");
        let term = |is_active, licenses| Term {
            product: None,
            is_active,
            ends: Some(&ends),
            licenses,
            auto_renew: None,
        };
        renewals.add(Some(customer(1)), &term(false, Some(5)));
        renewals.add(Some(customer(1)), &term(true, None));
        renewals.add(Some(customer(1)), &term(true, Some(-1)));
        renewals.add(Some(customer(1)), &term(true, Some(2)));
        let periods = renewals.periods(&UnusedOfProducts::default(), None);
        assert_eq!(counts(&periods)[0], [2, 0, 2, 0, 0]);
        let undated = Term { ends: None, ..term(true, Some(9)) };
        renewals.add(Some(customer(1)), &undated);
        renewals.add(None, &term(true, Some(9)));
        assert_eq!(counts(&renewals.periods(&UnusedOfProducts::default(), None))[0], [2, 0, 2, 0, 0]);
        assert_eq!(renewals.left_out(), LeftOut { undated: 1, uncounted: 1, without_customer: 1 });
    }
}
