//! The book: a synthetic data set of a partner's customers, generated from a seed. The wire format is in `routes`.
//!
//! Nothing is stored per customer: a customer is computed when it is requested, and its id encodes its index. A book of
//! 100,000 customers therefore takes no more memory than a book of ten.

mod catalog;
mod customer;
mod documented;
mod names;
mod totals;

use std::sync::{Arc, OnceLock};

use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

pub use catalog::{Product, Service, Workload};
pub use customer::{Customer, CustomerState, DeploymentRow, Processed, UsageRow};
pub use totals::{PartnerDeployment, PartnerUsage};

/// The id of the documented customer, `4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04`: the first of every book. Its classic
/// deployment and usage responses are the documented examples.
pub const DOCUMENTED_CUSTOMER: Uuid = Uuid::from_u128(0x4d3c_f487_70f4_4e1e_9ff1_b2bf_ce8d_9f04);

/// The id of the customer of the documented commercial queries, `0112A436-B14E-4888-967B-CA4BB2CF1234`: the second of
/// every book that has two. The commercial responses filtered by it are the documented examples.
pub const TEST_COMPANY: Uuid = Uuid::from_u128(0x0112_a436_b14e_4888_967b_ca4b_b2cf_1234);

/// The number of weekly snapshots of the commercial endpoints, including the latest.
const SNAPSHOTS: i64 = 13;

/// The synthetic data set of an emulator: a partner's book of customers. Tests compare a client's results with it.
///
/// ```
/// use partner_center_emulator::{Book, DOCUMENTED_CUSTOMER};
///
/// let book = Book::new(100_000, 7);
/// assert_eq!(book.len(), 100_000);
///
/// let first = book.customers().next().unwrap();
/// assert_eq!(first.id, DOCUMENTED_CUSTOMER);
/// assert_eq!(first.deployment().len(), 3);
/// assert_eq!(first.deployment()[1].product.name, "EXCHANGE ONLINE (PLAN 1)");
///
/// // The same seed gives the same book, and a customer can be found by its id.
/// let some = book.customer(70_000).unwrap();
/// assert_eq!(Book::new(100_000, 7).find(some.id).unwrap().company_name, some.company_name);
/// ```
///
/// Every sixteenth customer (9, 25, 41, ...) is [empty](CustomerState::Empty), every fortieth (17, 57, 97, ...) has a
/// [lapsed](CustomerState::Lapsed) relationship.
#[derive(Clone, Debug)]
pub struct Book {
    seed: Arc<BookSeed>,
    len: usize,
    totals: Arc<OnceLock<totals::Totals>>,
}

/// The data that all customers of a book are computed from.
#[derive(Debug)]
struct BookSeed {
    seed: u64,
    /// Weekly snapshots, the latest first.
    snapshots: Vec<Stamps>,
}

/// The timestamps of the rows of one snapshot. As in the documented examples, classic deployment rows of Office 365
/// have hundredths of a second; all others are at midnight, some days earlier.
#[derive(Debug)]
struct Stamps {
    date: Date,
    deployment: [Processed; 2],
    usage: [Processed; 2],
}

impl Stamps {
    fn new(date: Date) -> Self {
        let days_before = |days: i64| date.checked_sub(days.days()).unwrap_or(date);
        let commercial = format!("{date}T00:00:00");
        let stamp = |classic: String| Processed::new(&classic, &commercial);
        let dynamics = stamp(format!("{}T00:00:00+00:00", days_before(4)));
        Self {
            date,
            deployment: [dynamics.clone(), stamp(format!("{date}T03:25:16.36+00:00"))],
            usage: [dynamics, stamp(format!("{}T00:00:00+00:00", days_before(5)))],
        }
    }
}

impl Book {
    /// The default number of customers.
    pub const DEFAULT_CUSTOMERS: usize = 25;

    /// The default date of the latest snapshot. Fixed, so that the same seed gives the same bytes.
    pub(crate) const DEFAULT_SNAPSHOT: Date = jiff::civil::date(2026, 8, 30);

    /// Creates a book with this number of customers, which may be zero.
    pub fn new(customers: usize, seed: u64) -> Self {
        Self::processed_on(customers, seed, Self::DEFAULT_SNAPSHOT)
    }

    pub(crate) fn processed_on(customers: usize, seed: u64, latest: Date) -> Self {
        let snapshots = (0..SNAPSHOTS)
            .map(|weeks| Stamps::new(latest.checked_sub(weeks.weeks()).unwrap_or(latest)))
            .collect();
        Self { seed: Arc::new(BookSeed { seed, snapshots }), len: customers, totals: Arc::default() }
    }

    /// The number of customers.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no customers.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The customer at an index, from 0; `None` beyond the end.
    pub fn customer(&self, index: usize) -> Option<Customer> {
        (index < self.len).then(|| Customer::at(&self.seed, index))
    }

    /// The customer with an id.
    pub fn find(&self, id: Uuid) -> Option<Customer> {
        let index = customer::index_of(&self.seed, id)?;
        self.customer(index).filter(|found| found.id == id)
    }

    /// All customers in order, computed lazily.
    pub fn customers(&self) -> impl Iterator<Item = Customer> + '_ {
        self.customers_from(0)
    }

    pub(crate) fn customers_from(&self, first: usize) -> impl Iterator<Item = Customer> + '_ {
        (first..self.len).map(|index| Customer::at(&self.seed, index))
    }

    /// The dates of the snapshots of the commercial endpoints, as `2026-08-30`, the latest first.
    pub fn snapshots(&self) -> impl Iterator<Item = String> + '_ {
        self.seed.snapshots.iter().map(|stamps| stamps.date.to_string())
    }

    /// The index of a date in [`snapshots`](Self::snapshots).
    pub(crate) fn snapshot_on(&self, date: Date) -> Option<usize> {
        self.seed.snapshots.iter().position(|stamps| stamps.date == date)
    }

    /// The partner's deployment totals: the sums over the book, by service.
    ///
    /// For a book of one customer they are the documented examples, which are not the sums of the documented customer.
    pub fn partner_deployment(&self) -> &[PartnerDeployment] {
        &self.totals().deployment
    }

    /// The partner's usage totals: the sums over the book, by service and workload. For a book of one customer, see
    /// [`partner_deployment`](Self::partner_deployment).
    pub fn partner_usage(&self) -> &[PartnerUsage] {
        &self.totals().usage
    }

    fn totals(&self) -> &totals::Totals {
        self.totals.get_or_init(|| if self.len == 1 { documented::totals() } else { totals::sum(self) })
    }
}
