//! The truth the emulator serves: a partner's book of customers, generated from a seed. What the wire makes of it is
//! the routes' business.
//!
//! Nothing is stored per customer: customer 70,000 is worked out when somebody asks for it, and its id says which one
//! it is. A book of 100,000 customers therefore costs no more memory than a book of ten.

mod catalogue;
mod customer;
mod documented;
mod names;
mod totals;

use std::sync::{Arc, OnceLock};

use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

pub use catalogue::{Product, Service, Workload};
pub use customer::{Customer, DeploymentRow, Processed, Standing, UsageRow};
pub use totals::{PartnerDeployment, PartnerUsage};

/// The documented customer, `4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04`: the first of every book. Its classic deployment and
/// usage answers are the documented examples.
pub const DOCUMENTED_CUSTOMER: Uuid = Uuid::from_u128(0x4d3c_f487_70f4_4e1e_9ff1_b2bf_ce8d_9f04);

/// The customer of the documented commercial queries, `0112A436-B14E-4888-967B-CA4BB2CF1234`: the second of every book
/// that has two. Filtered by it, the commercial endpoints answer the documented examples.
pub const TEST_COMPANY: Uuid = Uuid::from_u128(0x0112_a436_b14e_4888_967b_ca4b_b2cf_1234);

/// How many weekly snapshots the commercial endpoints know, the latest included.
const SNAPSHOTS: i64 = 13;

/// A partner's book of customers: the truth to compare an SDK's results with.
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
/// // The same seed gives the same book, and an id leads back to its customer.
/// let some = book.customer(70_000).unwrap();
/// assert_eq!(Book::new(100_000, 7).find(some.id).unwrap().company_name, some.company_name);
/// ```
///
/// Every sixteenth customer (9, 25, 41, ...) is [empty](Standing::Empty), every fortieth (17, 57, 97, ...) has a
/// [lapsed](Standing::Lapsed) relationship.
#[derive(Clone, Debug)]
pub struct Book {
    ground: Arc<Ground>,
    len: usize,
    totals: Arc<OnceLock<totals::Totals>>,
}

/// What every customer of a book is worked out from.
#[derive(Debug)]
struct Ground {
    seed: u64,
    /// The latest first, each a week before the one in front of it.
    snapshots: Vec<Stamps>,
}

/// The times the rows of one snapshot bear: the classic deployment rows of Office 365 to the hundredth of a second,
/// everything else day-aligned and some days older, as the documented examples have it.
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
    /// How many customers a book has unless told otherwise.
    pub const DEFAULT_CUSTOMERS: usize = 25;

    /// The day of the latest snapshot unless told otherwise. Fixed, so that the same seed gives the same bytes.
    pub(crate) const DEFAULT_SNAPSHOT: Date = jiff::civil::date(2026, 8, 30);

    /// A book of `customers` customers. An empty book is allowed.
    pub fn new(customers: usize, seed: u64) -> Self {
        Self::processed_on(customers, seed, Self::DEFAULT_SNAPSHOT)
    }

    pub(crate) fn processed_on(customers: usize, seed: u64, latest: Date) -> Self {
        let snapshots = (0..SNAPSHOTS)
            .map(|weeks| Stamps::new(latest.checked_sub(weeks.weeks()).unwrap_or(latest)))
            .collect();
        Self { ground: Arc::new(Ground { seed, snapshots }), len: customers, totals: Arc::default() }
    }

    /// The number of customers.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if it has no customers.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The customer at a place, from 0; `None` beyond the end.
    pub fn customer(&self, index: usize) -> Option<Customer> {
        (index < self.len).then(|| Customer::at(&self.ground, index))
    }

    /// The customer with an id.
    pub fn find(&self, id: Uuid) -> Option<Customer> {
        let index = customer::index_of(&self.ground, id)?;
        self.customer(index).filter(|found| found.id == id)
    }

    /// All customers in their order, each worked out when its turn comes.
    pub fn customers(&self) -> impl Iterator<Item = Customer> + '_ {
        self.customers_from(0)
    }

    pub(crate) fn customers_from(&self, first: usize) -> impl Iterator<Item = Customer> + '_ {
        (first..self.len).map(|index| Customer::at(&self.ground, index))
    }

    /// The days the commercial endpoints have a snapshot of, as `2026-08-30`, the latest first.
    pub fn snapshots(&self) -> impl Iterator<Item = String> + '_ {
        self.ground.snapshots.iter().map(|stamps| stamps.date.to_string())
    }

    /// The place of a day among the [snapshots](Self::snapshots).
    pub(crate) fn snapshot_on(&self, date: Date) -> Option<usize> {
        self.ground.snapshots.iter().position(|stamps| stamps.date == date)
    }

    /// The partner's own deployment totals: the sums over the book, by service.
    ///
    /// A book of one customer is the documentation's own: its totals are the documented examples, which are not the
    /// documented customer's sums.
    pub fn partner_deployment(&self) -> &[PartnerDeployment] {
        &self.totals().deployment
    }

    /// The partner's own usage totals: the sums over the book, by service and workload. See
    /// [`partner_deployment`](Self::partner_deployment) for the book of one customer.
    pub fn partner_usage(&self) -> &[PartnerUsage] {
        &self.totals().usage
    }

    fn totals(&self) -> &totals::Totals {
        self.totals.get_or_init(|| if self.len == 1 { documented::totals() } else { totals::sum(self) })
    }
}
