//! A customer, computed from the seed and its index in the book.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    BookSeed, Day, Product, Sku, Stamps, Subscription, Workload, documented, holdings, names, skus,
    subscriptions,
};
use crate::rng::mix;

/// How the license analytics of a customer respond on the latest day of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CustomerState {
    /// With rows.
    Active,
    /// Without rows, with status 200: nothing was sold, the service has lost the data, or the customer has not come yet
    /// or has gone. Only the last two can have rows on earlier days.
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

/// The stream of ids. Those of the licenses are in `holdings`.
const ID_STREAM: u64 = 1;

impl Customer {
    pub(super) fn at(book_seed: &Arc<BookSeed>, index: usize) -> Self {
        let (company_name, domain) = names::of(book_seed.seed, index);
        let state = match kind(index) {
            CustomerState::Active if !book_seed.sells_to(index) => CustomerState::Empty,
            kind => kind,
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

    /// The deployment rows of the latest day, one per product; none unless [active](CustomerState::Active).
    pub fn deployment(&self) -> Vec<DeploymentRow> {
        self.deployment_at(&self.book_seed.latest)
    }

    /// The usage rows of the latest day, one per product and workload; none unless [active](CustomerState::Active).
    pub fn usage(&self) -> Vec<UsageRow> {
        self.usage_at(&self.book_seed.latest)
    }

    /// The deployment rows of a day. None before the [first](super::Book::first_day) and after the
    /// [latest](super::Book::latest_day) day of the book.
    ///
    /// ```
    /// use partner_center_emulator::Book;
    ///
    /// let book = Book::new(25, 7);
    /// let sold = |day| -> u64 {
    ///     book.customers().flat_map(|customer| customer.deployment_on(day)).map(|row| row.licenses_sold).sum()
    /// };
    /// assert!(sold(book.first_day()) < sold(book.latest_day()));
    /// assert_eq!(sold(book.first_day().minus_days(1)), 0);
    /// ```
    pub fn deployment_on(&self, day: Day) -> Vec<DeploymentRow> {
        self.book_seed.stamps_on(day).map(|stamps| self.deployment_at(&stamps)).unwrap_or_default()
    }

    /// The usage rows of a day, for the products of [`deployment_on`](Self::deployment_on).
    pub fn usage_on(&self, day: Day) -> Vec<UsageRow> {
        self.book_seed.stamps_on(day).map(|stamps| self.usage_at(&stamps)).unwrap_or_default()
    }

    /// The subscriptions on the latest day: one for each row of [`deployment`](Self::deployment), with the licenses sold,
    /// and for some customers one that has ended.
    ///
    /// ```
    /// use partner_center_emulator::Book;
    ///
    /// let customer = Book::new(25, 7).customer(3).unwrap();
    /// let active: u64 =
    ///     customer.subscriptions().iter().filter(|one| one.status == "active").map(|one| one.quantity).sum();
    /// assert_eq!(active, customer.deployment().iter().map(|row| row.licenses_sold).sum::<u64>());
    /// ```
    pub fn subscriptions(&self) -> Vec<Subscription> {
        subscriptions::of(self.book_seed.seed, self.index, self.book_seed.latest.day, &self.deployment())
    }

    /// The SKUs of its tenant on the latest day: one for each row of [`deployment`](Self::deployment), with the licenses
    /// sold as active and those deployed as assigned, and free ones.
    pub fn skus(&self) -> Vec<Sku> {
        skus::of(self.index, &self.deployment())
    }

    /// Whether the user has a role in its tenant, without which its SKUs are refused with 403 and code 900308. One customer
    /// in twenty grants none.
    pub fn grants_a_role(&self) -> bool {
        self.index % 20 != 6
    }

    pub(crate) fn deployment_at(&self, stamps: &Stamps) -> Vec<DeploymentRow> {
        if let Some(mut rows) = documented::deployment(self.index) {
            if stamps.day != self.book_seed.latest.day {
                for row in &mut rows {
                    row.processed = stamps.deployment(row.product.service);
                }
            }
            return rows;
        }
        if kind(self.index) != CustomerState::Active {
            return Vec::new();
        }
        holdings::on(self.book_seed.seed, self.index, stamps.day.since_default())
            .into_iter()
            .map(|held| DeploymentRow {
                product: *held.product,
                channel: CHANNEL,
                licenses_sold: held.sold,
                licenses_deployed: held.deployed,
                processed: stamps.deployment(held.product.service),
            })
            .collect()
    }

    pub(crate) fn usage_at(&self, stamps: &Stamps) -> Vec<UsageRow> {
        if let Some(mut rows) = documented::usage(self.index) {
            if stamps.day != self.book_seed.latest.day {
                for row in &mut rows {
                    row.processed = stamps.usage(row.product.service);
                }
            }
            return rows;
        }
        if kind(self.index) != CustomerState::Active {
            return Vec::new();
        }
        holdings::usage_on(self.book_seed.seed, self.index, stamps.day.since_default())
            .into_iter()
            .map(|row| UsageRow {
                product: *row.holding.product,
                workload: row.workload,
                channel: CHANNEL,
                licenses_active: row.active,
                licenses_qualified: row.holding.sold,
                processed: stamps.usage(row.holding.product.service),
            })
            .collect()
    }
}

/// The state on every day of the customers that are neither before their first day nor after their last.
fn kind(index: usize) -> CustomerState {
    match index {
        _ if index % 40 == 17 => CustomerState::Lapsed,
        _ if index % 16 == 9 => CustomerState::Empty,
        _ => CustomerState::Active,
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
}
