//! The products that a customer holds on a day, computed from those of the default day.

use super::catalog::{CATALOG, SKYPE_WORKLOAD};
use super::timeline::{AWAY_EVERY, Drift, SWAP_EVERY, Term, TermChances, Timeline, scaled};
use super::{Product, Workload};
use crate::rng::{Rng, mix};

/// The streams of [`Rng`]. They are separate, so that a change to one does not affect the others.
const DEPLOYMENT_STREAM: u64 = 2;
const USAGE_STREAM: u64 = 3;
const MOVEMENT_STREAM: u64 = 4;

/// Further streams of a [`Timeline`].
const SWAPPED_SLOT: u64 = 32;
const SWAPPED_PRODUCT: u64 = 33;
const SWAPPED_USAGE: u64 = 34;

const CUSTOMER_TERMS: TermChances = TermChances { begins: 700_000, ends: 500_000 };
/// For every product except the first, so that a customer that is present has rows.
const PRODUCT_TERMS: TermChances = TermChances { begins: 250_000, ends: 100_000 };

/// The licenses of one product on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holding {
    pub(super) product: &'static Product,
    pub(super) sold: u64,
    pub(super) deployed: u64,
}

impl Holding {
    /// The most licenses that can be active in a workload.
    fn most_active(&self, workload: Workload) -> u64 {
        // Skype for Business is retired and has few users.
        self.deployed.min(self.sold) / if workload == SKYPE_WORKLOAD { 20 } else { 1 }
    }
}

/// The usage of one workload of a holding.
pub(super) struct Usage {
    pub(super) holding: Holding,
    pub(super) workload: Workload,
    pub(super) active: u64,
}

/// A product that a customer bought, and what it has become on a day. The number of a slot is its index in the list.
struct Slot {
    timeline: Timeline,
    /// On the default day.
    bought: Holding,
    /// On the day; `None` if it has not begun or has ended.
    held: Option<Holding>,
    /// The number of the product among those that the slot alternates between; 0 for the product of the default day.
    version: i64,
}

/// Whether a customer is present on a day. A third comes or goes once, a third is away now and then, and a third
/// stays, so that a small book has rows and changes in every month.
pub(super) fn is_present(seed: u64, index: usize, day: i64) -> bool {
    let timeline = of_customer(seed, index);
    match index % 3 {
        0 => !timeline.is_away(day, phase(seed, index / 3, AWAY_EVERY)),
        1 => true,
        _ => timeline.term(&CUSTOMER_TERMS).contains(day),
    }
}

/// The products of a customer on a day, counted from the default day.
pub(super) fn on(seed: u64, index: usize, day: i64) -> Vec<Holding> {
    slots(seed, index, day).into_iter().filter_map(|slot| slot.held).collect()
}

/// The usage of a customer on a day, per product and workload.
pub(super) fn usage_on(seed: u64, index: usize, day: i64) -> Vec<Usage> {
    let mut draw = Rng::new(seed, USAGE_STREAM, index as u64);
    let mut rows = Vec::new();
    for Slot { timeline, bought, held, version } in slots(seed, index, day) {
        // Drawn for every slot, so that the numbers of the next do not depend on the day.
        let mut shares: Vec<[u64; 2]> = bought
            .product
            .workloads
            .iter()
            .map(|workload| bought.most_active(*workload))
            .map(|most| [draw.below(most + 1), most])
            .collect();
        let Some(holding) = held else { continue };
        if version != 0 {
            let mut draw = timeline.numbers(SWAPPED_USAGE, version);
            shares = holding.product.workloads.iter().map(|_| [draw.below(1_001), 1_000]).collect();
        }
        for ((workload, [part, whole]), number) in holding.product.workloads.iter().zip(shares).zip(0..) {
            let most = holding.most_active(*workload);
            let share = scaled(most, part, whole);
            let active = timeline.drifted(share, &Drift::active(number), day).min(most);
            rows.push(Usage { holding, workload: *workload, active });
        }
    }
    rows
}

fn of_customer(seed: u64, index: usize) -> Timeline {
    Timeline::new(seed, MOVEMENT_STREAM, index as u64)
}

/// An offset in days below `every`, spread evenly over the customers by multiples of the golden ratio, so that some of them
/// change in every month.
fn phase(seed: u64, index: usize, every: i64) -> i64 {
    let place = mix(seed).wrapping_add((index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    i64::try_from((i128::from(place) * i128::from(every)) >> 64).unwrap_or_default()
}

/// The slots of a customer; none if it is not present.
fn slots(seed: u64, index: usize, day: i64) -> Vec<Slot> {
    if day != 0 {
        return moved(seed, index, day);
    }
    // The same as `moved` on this day, without its calculations. Most requests are for this day.
    let timeline = of_customer(seed, index);
    let slot =
        |(bought, number)| Slot { timeline: timeline.part(number), bought, held: Some(bought), version: 0 };
    bought(seed, index).0.into_iter().zip(0..).map(slot).collect()
}

fn moved(seed: u64, index: usize, day: i64) -> Vec<Slot> {
    if !is_present(seed, index, day) {
        return Vec::new();
    }
    let timeline = of_customer(seed, index);
    let (bought, products) = bought(seed, index);
    let slots = bought.into_iter().zip(0..);
    let terms: Vec<Term> = slots.clone().map(|(_, number)| term(timeline, number)).collect();
    let mut swaps = Swaps::new(timeline, products, seed, index, &terms, day);
    let slot = |((bought, number), term): ((Holding, u8), Term)| {
        let timeline = timeline.part(number);
        let (product, version) = swaps.product(number, bought.product, term);
        let sold = timeline.seats(bought.sold, day);
        let deployed = scaled(bought.deployed, sold, bought.sold);
        let most = if bought.deployed > bought.sold { sold + 1 + sold / 10 } else { sold };
        let deployed = timeline.drifted(deployed, &Drift::DEPLOYED, day).min(most);
        let held = term.contains(day).then_some(Holding { product, sold, deployed });
        Slot { timeline, bought, held, version }
    };
    slots.zip(terms).map(slot).collect()
}

/// The term of a slot's product. A slot with a limited term has no swaps.
fn term(customer: Timeline, slot: u8) -> Term {
    if slot == 0 { Term::default() } else { customer.part(slot).term(&PRODUCT_TERMS) }
}

/// What a customer has on the default day, and the products as a set: one to eight, with few seats for most customers
/// and thousands for some.
fn bought(seed: u64, index: usize) -> (Vec<Holding>, Products) {
    let mut draw = Rng::new(seed, DEPLOYMENT_STREAM, index as u64);
    let products = 1 + draw.below(8).min(draw.below(8));
    let seats = 2 << draw.below(12);
    let mut bought = Products(0);
    let mut holdings = Vec::new();
    for _ in 0..products {
        let Some(product) = bought.pick(&mut draw) else { break };
        let sold = 1 + draw.below(seats);
        let deployed = match draw.below(100) {
            0..10 => 0,
            10..60 => sold - draw.below(sold / 4 + 1),
            60..96 => draw.below(sold + 1),
            _ => sold + 1 + draw.below(sold / 10 + 1),
        };
        holdings.push(Holding { product, sold, deployed });
    }
    (holdings, bought)
}

/// A set of products of the catalog, with a bit for each.
#[derive(Clone, Copy)]
struct Products(u32);

impl Products {
    /// Picks a product that is not in the set, and adds it.
    fn pick(&mut self, draw: &mut Rng) -> Option<&'static Product> {
        let place = Self::places(draw).find(|place| !self.contains(*place))?;
        self.0 |= 1 << place;
        CATALOG.get(place)
    }

    fn contains(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }

    /// All places of the catalog, from a random one.
    fn places(draw: &mut Rng) -> impl Iterator<Item = usize> + use<> {
        let first = usize::try_from(draw.below(CATALOG.len() as u64)).unwrap_or_default();
        (first..CATALOG.len()).chain(0..first)
    }
}

/// The swaps of the products of one customer: each ends the product of one slot and begins another on the same day. The
/// slots with unlimited terms take turns. The products that the customer does not have on the default day are divided
/// among its slots, so that no product is in two slots, and each slot alternates between its own.
struct Swaps {
    timeline: Timeline,
    taken: Products,
    slots: usize,
    /// The number of slots that take turns.
    turns: i64,
    /// The turn of the next slot.
    turn: i64,
    /// The numbers of the last swap on the default day and on the day.
    last: [i64; 2],
}

impl Swaps {
    fn new(timeline: Timeline, taken: Products, seed: u64, index: usize, terms: &[Term], day: i64) -> Self {
        let phase = phase(seed, index, SWAP_EVERY);
        let turns = terms.iter().filter(|term| term.is_unlimited()).fold(0, |turns, _| turns + 1);
        let first = timeline.numbers(SWAPPED_SLOT, 0).number() >> 32;
        let last = [0, day].map(|day| timeline.swap(day, phase) + first.cast_signed());
        Self { timeline, taken, slots: terms.len().max(1), turns, turn: 0, last }
    }

    /// The product of the next slot, and its number among the products of the slot.
    fn product(&mut self, slot: u8, bought: &'static Product, term: Term) -> (&'static Product, i64) {
        if !term.is_unlimited() {
            return (bought, 0);
        }
        let [default, now] = self.last.map(|last| (last - self.turn).div_euclid(self.turns.max(1)));
        self.turn += 1;
        if now == default {
            return (bought, 0);
        }
        let mut draw = self.timeline.numbers(SWAPPED_PRODUCT, 0);
        let others = Products::places(&mut draw).filter(|place| !self.taken.contains(*place));
        let others = others.skip(slot.into()).step_by(self.slots).filter_map(|place| CATALOG.get(place));
        let own: Vec<&Product> = std::iter::once(bought).chain(others).collect();
        let version = (now - default).rem_euclid(i64::try_from(own.len()).unwrap_or(1));
        let product = usize::try_from(version).ok().and_then(|version| own.get(version));
        product.map_or((bought, 0), |product| (*product, version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_moved_on_the_default_day() {
        for seed in 0..10 {
            for index in 0..500 {
                let bought = bought(seed, index).0;
                for slots in [slots(seed, index, 0), moved(seed, index, 0)] {
                    assert_eq!(slots.len(), bought.len());
                    for (slot, bought) in slots.iter().zip(&bought) {
                        assert_eq!((slot.held, slot.version), (Some(*bought), 0));
                    }
                }
            }
        }
    }
}
