//! The book: a synthetic data set of a partner's customers, generated from a seed. The wire format is in `routes`.
//!
//! Nothing is stored per customer: a customer is computed when it is requested, and its id encodes its index. A book of
//! 100,000 customers therefore takes no more memory than a book of ten.

mod catalog;
mod customer;
mod day;
mod documented;
mod holdings;
mod names;
mod skus;
mod subscriptions;
#[cfg(test)]
mod tests;
mod timeline;
mod totals;

use std::sync::{Arc, OnceLock};

use uuid::Uuid;

pub use catalog::{Product, Service, Workload};
pub use customer::{Customer, CustomerState, DeploymentRow, Processed, UsageRow};
pub(crate) use day::Stamps;
pub use day::{Day, DayError};
pub use skus::Sku;
pub use subscriptions::Subscription;
pub use totals::{PartnerDeployment, PartnerUsage};

/// The id of the documented customer, `4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04`: the first of every book. Its classic
/// deployment and usage responses are the documented examples.
pub const DOCUMENTED_CUSTOMER: Uuid = Uuid::from_u128(0x4d3c_f487_70f4_4e1e_9ff1_b2bf_ce8d_9f04);

/// The id of the customer of the documented commercial queries, `0112A436-B14E-4888-967B-CA4BB2CF1234`: the second of
/// every book that has two. The commercial responses filtered by it are the documented examples.
pub const TEST_COMPANY: Uuid = Uuid::from_u128(0x0112_a436_b14e_4888_967b_ca4b_b2cf_1234);

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
///
/// # Days
///
/// The rows of a customer are a function of the seed, its index and the day. A book has
/// [`HISTORY_DAYS`](Self::HISTORY_DAYS) days before its [latest](Self::latest_day). From day to day, active and deployed
/// licenses drift; seats change at renewals, one to three months apart; products begin and end, and some are swapped for
/// another product on one day; customers come, go, and come back. The partner grows, so an earlier day mostly has fewer
/// seats. The documented customers hold the same licenses on every day, and keep their documented timestamps on the
/// latest.
///
/// ```
/// use partner_center_emulator::Book;
///
/// let book = Book::new(25, 7);
/// let before = book.latest_day().minus_days(30);
/// let changed = book.customers().filter(|customer| {
///     let [old, new] = [customer.deployment_on(before), customer.deployment()];
///     old.iter().map(|row| row.product.id).ne(new.iter().map(|row| row.product.id))
/// });
/// assert_ne!(changed.count(), 0, "customers with other products than a month before");
/// ```
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
    /// The latest day, with its timestamps.
    latest: Stamps,
}

impl BookSeed {
    /// The timestamps of a day; `None` if the book does not have it.
    fn stamps_on(&self, day: Day) -> Option<Stamps> {
        let latest = self.latest.day;
        let first = latest.minus_days(Book::HISTORY_DAYS);
        if day == latest {
            Some(self.latest.clone())
        } else {
            (first..latest).contains(&day).then(|| Stamps::new(day))
        }
    }

    /// Whether a customer has come and has not gone on the latest day. The documented ones do not move.
    fn sells_to(&self, index: usize) -> bool {
        documented::id(index).is_some()
            || holdings::is_present(self.seed, index, self.latest.day.since_default())
    }
}

impl Book {
    /// The default number of customers.
    pub const DEFAULT_CUSTOMERS: usize = 25;

    /// The number of days before the latest for which the commercial endpoints have rows. How long the service keeps
    /// its history is not documented.
    pub const HISTORY_DAYS: u32 = 400;

    /// Creates a book with this number of customers, which may be zero.
    pub fn new(customers: usize, seed: u64) -> Self {
        Self::processed_on(customers, seed, Day::DEFAULT)
    }

    pub(crate) fn processed_on(customers: usize, seed: u64, latest: Day) -> Self {
        let seed = BookSeed { seed, latest: Stamps::new(latest) };
        Self { seed: Arc::new(seed), len: customers, totals: Arc::default() }
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

    /// The latest day, of which the classic endpoints have the numbers. See
    /// [`processed_on`](crate::EmulatorBuilder::processed_on).
    pub fn latest_day(&self) -> Day {
        self.seed.latest.day
    }

    /// The first day, [`HISTORY_DAYS`](Self::HISTORY_DAYS) before the [latest](Self::latest_day).
    pub fn first_day(&self) -> Day {
        self.latest_day().minus_days(Self::HISTORY_DAYS)
    }

    /// The latest day, with its timestamps.
    pub(crate) fn latest(&self) -> &Stamps {
        &self.seed.latest
    }

    /// A day with its timestamps; `None` if the book does not have it.
    pub(crate) fn stamps_on(&self, day: Day) -> Option<Stamps> {
        self.seed.stamps_on(day)
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
