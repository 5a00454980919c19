//! What a customer owns: its subscriptions, of which the analytics are the sums.
//!
//! The active subscriptions of the latest day are the rows of its deployment, one for each product, with the licenses
//! sold as quantity. In addition some customers have one that has ended.

use uuid::Uuid;

use super::{Day, DeploymentRow, Product};
use crate::rng::{Rng, digest, mix};

/// The stream of the terms. Those of the licenses are in `holdings`.
const STREAM: u64 = 5;

/// The partner id of the reseller of record, through which every fifth customer buys.
const RESELLER: &str = "4847383";

/// A subscription of a customer on the latest day of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscription {
    /// The id.
    pub id: Uuid,
    /// The id of the order.
    pub order_id: Uuid,
    /// The product.
    pub product: Product,
    /// How many licenses.
    pub quantity: u64,
    /// `active`, `suspended` or `expired`.
    pub status: &'static str,
    /// Whether it was bought in legacy commerce, whose ids are in capitals and which has no product type.
    pub is_legacy: bool,
    /// Whether it is a trial.
    pub is_trial: bool,
    /// Whether it renews at the end of its term.
    pub auto_renews: bool,
    /// The length of the term in months: 1, 12 or 36.
    pub months: u32,
    /// The first day of the term.
    pub started: Day,
    /// The last day of the term; none if it never ends.
    pub ends: Option<Day>,
    /// How many licenses can be reduced, within the first week of a term of new commerce.
    pub reducible: u64,
    /// How many licenses the next term has, if a change is scheduled.
    pub scheduled: Option<u64>,
    /// The partner id of the reseller of record; empty if the partner sells directly.
    pub partner_id: &'static str,
}

impl Subscription {
    /// Until when licenses can be reduced: a week in new commerce, the whole term in legacy commerce.
    pub fn reducible_until(&self) -> Option<Day> {
        if self.is_legacy { self.ends } else { Some(self.started.plus_days(7)) }
    }
}

/// The subscriptions of the customer at this index, with these rows on the latest day.
pub(super) fn of(seed: u64, index: usize, latest: Day, rows: &[DeploymentRow]) -> Vec<Subscription> {
    let key = |product: &Product| digest(mix(seed) ^ index as u64, product.id.as_bytes());
    let mut all = Vec::new();
    for row in rows {
        let mut draw = Rng::new(seed, STREAM, key(&row.product));
        all.push(active(&mut draw, index, latest, row));
    }
    if index % 8 == 3
        && let Some(row) = rows.first()
    {
        let mut draw = Rng::new(seed, STREAM, !key(&row.product));
        let ended = latest.minus_days(20 + below(&mut draw, 60));
        let before = active(&mut draw, index, latest, row);
        all.push(Subscription {
            quantity: 1 + row.licenses_sold / 2,
            status: if index % 16 == 3 { "expired" } else { "suspended" },
            is_trial: false,
            auto_renews: false,
            started: ended.minus_days(days(before.months)),
            ends: Some(ended),
            reducible: 0,
            scheduled: None,
            ..before
        });
    }
    all
}

fn active(draw: &mut Rng, index: usize, latest: Day, row: &DeploymentRow) -> Subscription {
    let [id, order_id] = [(), ()].map(|()| uuid(draw));
    let is_legacy = draw.below(5) == 0;
    let months = match draw.below(20) {
        0..5 => 1,
        5..17 => 12,
        _ => 36,
    };
    let is_trial = months == 1 && draw.below(6) == 0;
    let auto_renews = !is_trial && draw.below(5) != 0;
    let never = is_legacy && draw.below(6) == 0;
    let ends = latest.plus_days(below(draw, days(months)));
    let started = ends.minus_days(days(months));
    let mut made = Subscription {
        id,
        order_id,
        product: row.product,
        quantity: row.licenses_sold,
        status: "active",
        is_legacy,
        is_trial,
        auto_renews,
        months,
        started,
        ends: (!never).then_some(ends),
        reducible: 0,
        scheduled: (is_trial || draw.below(12) == 0).then(|| row.licenses_deployed.min(row.licenses_sold)),
        partner_id: if index % 5 == 4 { RESELLER } else { "" },
    };
    let is_open = made.reducible_until().is_some_and(|until| until >= latest);
    made.reducible = if is_open && !made.is_legacy { draw.below(row.licenses_sold + 1) } else { 0 };
    made
}

/// How many days a term has, which ends on the day before that on which it began.
fn days(months: u32) -> u32 {
    months * 365 / 12 - 1
}

fn below(draw: &mut Rng, bound: u32) -> u32 {
    u32::try_from(draw.below(bound.into())).unwrap_or_default()
}

fn uuid(draw: &mut Rng) -> Uuid {
    let [high, low] = [(), ()].map(|()| draw.number());
    uuid::Builder::from_u128((u128::from(high) << 64) | u128::from(low))
        .with_variant(uuid::Variant::RFC4122)
        .with_version(uuid::Version::Random)
        .into_uuid()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::Book;

    #[test]
    fn the_active_ones_are_the_licenses_sold() {
        let book = Book::new(500, 7);
        let mut ids = HashSet::new();
        for customer in book.customers() {
            let subscriptions = customer.subscriptions();
            let sold = |product: &str| -> u64 {
                let active = subscriptions.iter().filter(|one| one.status == "active");
                active.filter(|one| one.product.id == product).map(|one| one.quantity).sum()
            };
            for row in customer.deployment() {
                assert_eq!(sold(row.product.id), row.licenses_sold, "{}", customer.company_name);
            }
            for one in &subscriptions {
                assert!(ids.insert(one.id), "the id {} repeats", one.id);
                let is_running =
                    one.started <= book.latest_day() && one.ends.is_none_or(|ends| ends >= book.latest_day());
                assert_eq!(is_running, one.status == "active", "{one:?}");
                assert!(one.reducible <= one.quantity);
            }
        }
    }

    #[test]
    fn a_book_has_every_kind() {
        let all: Vec<_> =
            Book::new(500, 7).customers().flat_map(|customer| customer.subscriptions()).collect();
        for (kind, count) in [
            ("expired", all.iter().filter(|one| one.status == "expired").count()),
            ("suspended", all.iter().filter(|one| one.status == "suspended").count()),
            ("legacy", all.iter().filter(|one| one.is_legacy).count()),
            ("trial", all.iter().filter(|one| one.is_trial).count()),
            ("without renewal", all.iter().filter(|one| !one.auto_renews).count()),
            ("without end", all.iter().filter(|one| one.ends.is_none()).count()),
            ("reducible", all.iter().filter(|one| one.reducible > 0).count()),
            ("scheduled", all.iter().filter(|one| one.scheduled.is_some()).count()),
        ] {
            assert_ne!(count, 0, "{kind}");
        }
        for months in [1, 12, 36] {
            assert!(all.iter().any(|one| one.months == months), "{months} months");
        }
    }
}
