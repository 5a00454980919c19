//! A customer, computed from the seed and its index in the book.

use std::sync::Arc;

use uuid::Uuid;

use super::catalog::CATALOGUE;
use super::{BookSeed, Product, Service, Stamps, Workload, documented, names};
use crate::rng::{Rng, mix};

/// How the license analytics of a customer respond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CustomerState {
    /// With rows.
    Active,
    /// Without rows, with status 200: nothing was sold, or the service has lost the data.
    Empty,
    /// With 403 and code 20002: the relationship has ended, although the customer is still listed.
    Lapsed,
}

/// When a row was processed, in the two forms of the endpoints. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Processed(Arc<(String, String)>);

impl Processed {
    pub(super) fn new(classic: &str, commercial: &str) -> Self {
        Self(Arc::new((classic.to_owned(), commercial.to_owned())))
    }

    /// The form of the classic endpoints: `2017-03-14T03:25:16.36+00:00`.
    pub fn classic(&self) -> &str {
        &self.0.0
    }

    /// The form of the commercial endpoints, at midnight and without an offset: `2018-10-14T00:00:00`.
    pub fn commercial(&self) -> &str {
        &self.0.1
    }
}

/// The sold and deployed licenses of one product of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeploymentRow {
    /// The product.
    pub product: Product,
    /// The sales channel: always `reseller`.
    pub channel: &'static str,
    /// Licenses sold.
    pub licenses_sold: u64,
    /// Licenses deployed. Sometimes more than were sold, as in real data.
    pub licenses_deployed: u64,
    /// When this was counted.
    pub processed: Processed,
}

impl DeploymentRow {
    /// Deployed licenses as a percentage of sold ones, to two decimals. May exceed 100; 0 if none were sold.
    pub fn deployment_percent(&self) -> f64 {
        percent(self.licenses_deployed, self.licenses_sold)
    }
}

/// The usage of one workload of one product of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageRow {
    /// The product.
    pub product: Product,
    /// The workload.
    pub workload: Workload,
    /// The sales channel: always `reseller`.
    pub channel: &'static str,
    /// Licenses that are active in the workload.
    pub licenses_active: u64,
    /// Licenses that qualify for the workload.
    pub licenses_qualified: u64,
    /// When this was counted.
    pub processed: Processed,
}

impl UsageRow {
    /// Active licenses as a percentage of qualified ones, to two decimals; 0 if none qualify.
    pub fn usage_percent(&self) -> f64 {
        percent(self.licenses_active, self.licenses_qualified)
    }
}

#[expect(clippy::cast_precision_loss, reason = "license counts lie far below 2^52")]
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).round() / 100.0 }
}

/// A customer of the book. Its rows are computed on request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Customer {
    /// The index in the book, from 0.
    pub index: usize,
    /// The id, which is the tenant id.
    pub id: Uuid,
    /// The company name; unique in the book. Some names contain apostrophes, commas or non-ASCII letters; some begin
    /// with a character that spreadsheets interpret as a formula.
    pub company_name: String,
    /// The primary domain; unique in the book.
    pub domain: String,
    /// How its license analytics respond.
    pub state: CustomerState,
    book_seed: Arc<BookSeed>,
}

/// The sales channel of every row. An indirect provider sells through resellers.
pub(super) const CHANNEL: &str = "reseller";

/// The streams of [`Rng`]. They are separate, so that a change to one does not affect the others.
const ID_STREAM: u64 = 1;
const DEPLOYMENT_STREAM: u64 = 2;
const USAGE_STREAM: u64 = 3;

impl Customer {
    pub(super) fn at(book_seed: &Arc<BookSeed>, index: usize) -> Self {
        let (company_name, domain) = names::of(book_seed.seed, index);
        let state = match index {
            _ if index % 40 == 17 => CustomerState::Lapsed,
            _ if index % 16 == 9 => CustomerState::Empty,
            _ => CustomerState::Active,
        };
        Self {
            index,
            id: id_of(book_seed, index),
            company_name,
            domain,
            state,
            book_seed: Arc::clone(book_seed),
        }
    }

    /// The deployment rows of the latest snapshot, one per product; none unless [active](CustomerState::Active).
    pub fn deployment(&self) -> Vec<DeploymentRow> {
        self.deployment_at(0)
    }

    /// The usage rows of the latest snapshot, one per product and workload; none unless [active](CustomerState::Active).
    pub fn usage(&self) -> Vec<UsageRow> {
        self.usage_at(0)
    }

    pub(crate) fn deployment_at(&self, snapshot: usize) -> Vec<DeploymentRow> {
        if let Some(rows) = documented::deployment(self.index) {
            return if snapshot == 0 { rows } else { Vec::new() };
        }
        let Some(stamps) = self.stamps(snapshot) else { return Vec::new() };
        self.holdings()
            .into_iter()
            .map(|held| DeploymentRow {
                product: *held.product,
                channel: CHANNEL,
                licenses_sold: held.sold,
                licenses_deployed: earlier(held.deployed, snapshot),
                processed: stamp(&stamps.deployment, held.product.service),
            })
            .collect()
    }

    pub(crate) fn usage_at(&self, snapshot: usize) -> Vec<UsageRow> {
        if let Some(rows) = documented::usage(self.index) {
            return if snapshot == 0 { rows } else { Vec::new() };
        }
        let Some(stamps) = self.stamps(snapshot) else { return Vec::new() };
        let mut draw = Rng::new(self.book_seed.seed, USAGE_STREAM, self.index as u64);
        let mut rows = Vec::new();
        for held in self.holdings() {
            for workload in held.product.workloads {
                // Skype for Business is retired and has few users.
                let reach = if *workload == super::catalog::SKYPE_WORKLOAD { 20 } else { 1 };
                let active = draw.below(held.deployed.min(held.sold) / reach + 1);
                rows.push(UsageRow {
                    product: *held.product,
                    workload: *workload,
                    channel: CHANNEL,
                    licenses_active: earlier(active, snapshot),
                    licenses_qualified: held.sold,
                    processed: stamp(&stamps.usage, held.product.service),
                });
            }
        }
        rows
    }

    fn stamps(&self, snapshot: usize) -> Option<&Stamps> {
        self.book_seed.snapshots.get(snapshot).filter(|_| self.state == CustomerState::Active)
    }

    /// What the customer bought: one to eight products, with few seats for most customers and thousands for some.
    fn holdings(&self) -> Vec<Holding> {
        let mut draw = Rng::new(self.book_seed.seed, DEPLOYMENT_STREAM, self.index as u64);
        let products = 1 + draw.below(8).min(draw.below(8));
        let seats = 2 << draw.below(12);
        let mut bought = 0_u32;
        let mut holdings = Vec::new();
        for _ in 0..products {
            let Some(product) = pick(&mut draw, &mut bought) else { break };
            let sold = 1 + draw.below(seats);
            let deployed = match draw.below(100) {
                0..10 => 0,
                10..60 => sold - draw.below(sold / 4 + 1),
                60..96 => draw.below(sold + 1),
                _ => sold + 1 + draw.below(sold / 10 + 1),
            };
            holdings.push(Holding { product, sold, deployed });
        }
        holdings
    }
}

struct Holding {
    product: &'static Product,
    sold: u64,
    deployed: u64,
}

/// Picks a product that was not bought yet; `bought` has a bit per product in the catalog.
fn pick(draw: &mut Rng, bought: &mut u32) -> Option<&'static Product> {
    let first = usize::try_from(draw.below(CATALOGUE.len() as u64)).ok()?;
    let place = (first..CATALOGUE.len()).chain(0..first).find(|place| *bought & (1 << place) == 0)?;
    *bought |= 1 << place;
    CATALOGUE.get(place)
}

/// The count in an earlier snapshot. Counts grow weekly by 3% of the latest one.
fn earlier(latest: u64, weeks: usize) -> u64 {
    latest - latest * weeks as u64 * 3 / 100
}

pub(super) fn stamp(stamps: &[Processed; 2], service: Service) -> Processed {
    let [dynamics, office] = stamps;
    match service {
        Service::Dynamics => dynamics.clone(),
        Service::Office365 => office.clone(),
    }
}

/// The first 48 bits of an id are the scrambled index; the rest is a checksum, which detects ids that were not issued.
fn id_of(book_seed: &BookSeed, index: usize) -> Uuid {
    if let Some(id) = documented::id(index) {
        return id;
    }
    let check = mix(book_seed.seed ^ mix(ID_STREAM) ^ index as u64);
    let bits = (u128::from(scramble(index as u64, book_seed.seed)) << 80)
        | (u128::from(mix(check)) << 16)
        | u128::from(check >> 48);
    uuid::Builder::from_u128(bits)
        .with_variant(uuid::Variant::RFC4122)
        .with_version(uuid::Version::Random)
        .into_uuid()
}

pub(super) fn index_of(book_seed: &BookSeed, id: Uuid) -> Option<usize> {
    if let Some(index) = documented::index(id) {
        return Some(index);
    }
    let scrambled = u64::try_from(id.as_u128() >> 80).ok()?;
    usize::try_from(unscramble(scrambled, book_seed.seed)).ok()
}

const MASK: u64 = (1 << 48) - 1;
/// Odd, so multiplication by it permutes the 48-bit numbers.
const FACTOR: u64 = 0x9e37_79b9_7f4b;

/// A permutation of the 48-bit numbers: xor, multiply, fold, multiply.
fn scramble(index: u64, seed: u64) -> u64 {
    let spread = (index ^ (mix(seed) & MASK)).wrapping_mul(FACTOR) & MASK;
    (spread ^ (spread >> 24)).wrapping_mul(FACTOR) & MASK
}

fn unscramble(scrambled: u64, seed: u64) -> u64 {
    let folded = scrambled.wrapping_mul(INVERSE) & MASK;
    ((folded ^ (folded >> 24)).wrapping_mul(INVERSE) & MASK) ^ (mix(seed) & MASK)
}

/// The inverse of `FACTOR` modulo 2^64, by Newton's iteration: each step doubles the number of correct bits.
const INVERSE: u64 = {
    let mut inverse = FACTOR;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(FACTOR.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::Book;
    use super::*;

    #[test]
    fn ids_names_and_domains_are_unique_and_customers_are_found_by_id() {
        let book = Book::new(5_000, 3);
        let (mut ids, mut names, mut domains) = (HashSet::new(), HashSet::new(), HashSet::new());
        for customer in book.customers() {
            assert_eq!(book.find(customer.id).unwrap().index, customer.index);
            assert!(ids.insert(customer.id));
            assert!(domains.insert(customer.domain), "{}", customer.company_name);
            assert!(names.insert(customer.company_name));
        }
    }

    #[test]
    fn ids_of_no_customer_and_of_another_book_are_not_found() {
        let book = Book::new(1_000, 3);
        assert!(book.find(Uuid::nil()).is_none());
        assert!(book.find(Uuid::from_u128(u128::MAX)).is_none());
        assert!(book.find(Book::new(1_000, 4).customer(5).unwrap().id).is_none());
        assert!(Book::new(5, 3).find(book.customer(5).unwrap().id).is_none());
    }

    #[test]
    fn rows_are_plausible() {
        let book = Book::new(2_000, 3);
        let mut over_deployed = 0;
        for customer in book.customers() {
            let (deployment, usage) = (customer.deployment(), customer.usage());
            assert_eq!(deployment.is_empty(), customer.state != CustomerState::Active);
            let products: HashSet<_> = deployment.iter().map(|row| row.product.id).collect();
            assert_eq!(products.len(), deployment.len(), "a product twice");
            over_deployed +=
                deployment.iter().filter(|row| row.licenses_deployed > row.licenses_sold).count();
            assert!(deployment.iter().all(|row| row.licenses_sold > 0));
            for row in usage {
                assert!(row.licenses_active <= row.licenses_qualified);
            }
        }
        assert!(over_deployed > 0, "no customer has more licenses deployed than sold");
    }

    #[test]
    fn an_earlier_snapshot_has_the_same_rows_with_smaller_counts() {
        let customer = Book::new(30, 3).customer(2).unwrap();
        let (now, before) = (customer.deployment_at(0), customer.deployment_at(12));
        assert_eq!(now.len(), before.len());
        for (now, before) in now.iter().zip(&before) {
            assert_eq!(now.product, before.product);
            assert!(before.licenses_deployed <= now.licenses_deployed);
            assert_ne!(now.processed, before.processed);
        }
        assert!(customer.deployment_at(13).is_empty());
    }
}
