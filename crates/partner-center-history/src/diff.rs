//! What changed between two days.
//!
//! Rows are compared per customer and product. A product is matched by its id, or by its name if one of the days has no
//! id: the classic operations send none. A customer that was not read on one of the days is unknown, never gone.

use std::collections::BTreeMap;
use std::fmt::Debug;

use partner_center::CustomerId;
use partner_center::funnel::{Counts, FunnelRow, GroupBy, Groups, Totals};
use partner_center::models::Guid;
use serde::{Deserialize, Serialize};

use crate::pairs::Pairs;
use crate::sides::{ProductRows, Side, by_customer, fold, products};

/// What happened to a customer's product, or to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// Only the later day has it.
    Appeared,
    /// Only the earlier day has it.
    Gone,
    /// A count differs, or what the program adds up beside the counts.
    Changed,
    /// The customer was not read on one of the days.
    Unknown,
}

/// A program's data about a customer's product besides its counts, such as its price. `()` has none.
pub trait Measure: Clone + Debug + PartialEq {
    /// What it adds up over rows, such as costs.
    type Sums: Clone + Debug + Default + PartialEq;

    /// Adds a row of the product, of either day.
    fn add(&self, row: &FunnelRow, sums: &mut Self::Sums);
}

impl Measure for () {
    type Sums = ();

    fn add(&self, _: &FunnelRow, (): &mut ()) {}
}

/// A change: the counts of a customer's product on both days, `null` on a day that does not have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(rename = "DiffRow", bound = "M: Measure")
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiffRow<M: Measure = ()> {
    /// What happened.
    pub change: Change,
    /// The customer.
    #[cfg_attr(feature = "schemars", schemars(with = "Guid"))]
    pub customer_id: CustomerId,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// The id of the product.
    pub product_id: Option<Guid>,
    /// The name of the product.
    pub product_name: Option<String>,
    /// Its counts.
    #[serde(flatten)]
    pub pairs: Pairs,
    /// What the program knows of it. Not serialized.
    #[serde(skip)]
    pub measure: M,
    /// What the program adds up, on the earlier and on the later day. Not serialized.
    #[serde(skip)]
    pub sums: [M::Sums; 2],
}

/// A change of a group of rows. The customers that were not read on one of the days are in none but their own group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(rename = "DiffGroup", bound = ""))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiffGroup<X = ()> {
    /// What happened.
    pub change: Change,
    /// The customer's id, the product's id or name, or the service's code or name.
    pub key: Option<String>,
    /// The name of the customer, product or service.
    pub name: Option<String>,
    /// Its counts.
    #[serde(flatten)]
    pub pairs: Pairs,
    /// What the program adds up, on the earlier and on the later day. Not serialized.
    #[serde(skip)]
    pub sums: [X; 2],
}

/// The difference of two days.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Diff<M: Measure = ()> {
    /// The changes, by customer and product. What did not change has no row.
    pub rows: Vec<DiffRow<M>>,
    /// The changes of groups, if requested.
    pub groups: Vec<DiffGroup<M::Sums>>,
    /// The sums of the earlier day, over the customers that were read on both days.
    pub from: Counts,
    /// The sums of the later day, over the same customers.
    pub to: Counts,
    /// What the program adds up on both days, over the same customers.
    pub sums: [M::Sums; 2],
    /// How many customers were compared, appeared and so on.
    pub customers: DiffCustomers,
}

/// How many customers with rows were found on which day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiffCustomers {
    /// With rows on both days.
    pub on_both: u64,
    /// With rows on the later day only.
    pub appeared: u64,
    /// With rows on the earlier day only.
    pub gone: u64,
    /// Not read on one of the days, and with rows on the other.
    pub unknown: u64,
}

/// Compares two days.
#[must_use]
pub fn diff(from: &Side, to: &Side) -> Diff {
    compare(None, from, to, |_| ())
}

/// Compares the groups of two days. What did not change has no row.
#[must_use]
pub fn diff_by(by: GroupBy, from: &Side, to: &Side) -> Vec<DiffGroup> {
    compare(Some(by), from, to, |_| ()).groups
}

/// Compares two days, and their groups if `by` is given, also by the sums of the program's `Measure`. `measure`
/// is called for each product of each customer, whether it changed or not.
#[must_use]
pub fn compare<M: Measure>(
    by: Option<GroupBy>,
    from: &Side,
    to: &Side,
    mut measure: impl FnMut(&ProductRows<'_>) -> M,
) -> Diff<M> {
    let mut changes = Vec::new();
    let mut customers = DiffCustomers::default();
    let mut groups = by.map(GroupsOfDays::new);
    let mut all: [Sums<M>; 2] = Default::default();
    for (customer, rows) in by_customer([from, to]) {
        let unknown = from.is_unread(customer) || to.is_unread(customer);
        let counted = match (unknown, rows.each_ref().map(Vec::is_empty)) {
            (true, _) => &mut customers.unknown,
            (false, [false, false]) => &mut customers.on_both,
            (false, [true, _]) => &mut customers.appeared,
            (false, [false, true]) => &mut customers.gone,
        };
        *counted += 1;
        let name = rows.iter().rev().flatten().find_map(|row| row.customer_name.clone());
        for product in products(&rows) {
            let measure = measure(&product);
            let mut sides: [Sums<M>; 2] = Default::default();
            for (place, ((rows, side), all)) in product.rows.iter().zip(&mut sides).zip(&mut all).enumerate()
            {
                for row in rows {
                    side.add(&measure, row);
                    if !unknown {
                        all.add(&measure, row);
                    }
                    if let Some(group) = groups.as_mut().and_then(|groups| groups.add(place, unknown, row)) {
                        measure.add(row, group);
                    }
                }
            }
            let known = sides.each_ref().map(Sums::known);
            let Some(change) = change(unknown, &known) else { continue };
            let [before, after] = known.map(|known| known.map(|(counts, _)| counts).unwrap_or_default());
            changes.push(DiffRow {
                change,
                customer_id: customer,
                customer_name: name.clone(),
                product_id: product.product_id.cloned(),
                product_name: product.product_name.map(str::to_owned),
                pairs: Pairs::new(before, after),
                measure,
                sums: sides.map(|side| side.beside),
            });
        }
    }
    let [from, to] = all.each_ref().map(|side| side.totals.counts());
    Diff {
        rows: changes,
        groups: groups.map(GroupsOfDays::changes).unwrap_or_default(),
        from,
        to,
        sums: all.map(|side| side.beside),
        customers,
    }
}

/// The sums of some rows of a day.
struct Sums<M: Measure> {
    totals: Totals,
    beside: M::Sums,
}

impl<M: Measure> Default for Sums<M> {
    fn default() -> Self {
        Self { totals: Totals::default(), beside: M::Sums::default() }
    }
}

impl<M: Measure> Sums<M> {
    fn add(&mut self, measure: &M, row: &FunnelRow) {
        self.totals.add(row);
        measure.add(row, &mut self.beside);
    }

    /// `None` without rows.
    fn known(&self) -> Option<(Counts, &M::Sums)> {
        (self.totals.rows > 0).then(|| (self.totals.counts(), &self.beside))
    }
}

/// The groups of both days.
struct GroupsOfDays<X> {
    by: GroupBy,
    /// Of the customers that were read on both days, and of the others.
    read: [Groups<X>; 2],
    unread: [Groups<X>; 2],
}

impl<X: Clone + Default + PartialEq> GroupsOfDays<X> {
    fn new(by: GroupBy) -> Self {
        let groups = || [Groups::new(by), Groups::new(by)];
        Self { by, read: groups(), unread: groups() }
    }

    /// Adds a row of the earlier day, place 0, or of the later day, place 1.
    fn add(&mut self, place: usize, unknown: bool, row: &FunnelRow) -> Option<&mut X> {
        let groups = match (unknown, self.by) {
            (false, _) => &mut self.read,
            (true, GroupBy::Customer) => &mut self.unread,
            // Only groups of customers show an unknown customer.
            (true, _) => return None,
        };
        Some(groups.get_mut(place)?.add(row))
    }

    fn changes(self) -> Vec<DiffGroup<X>> {
        let mut found = Vec::new();
        for (unknown, sides) in [(false, self.read), (true, self.unread)] {
            let mut both: BTreeMap<_, [Option<_>; 2]> = BTreeMap::new();
            for (place, groups) in sides.into_iter().enumerate() {
                for group in groups {
                    if let Some(slot) = both.entry(group.key.clone().map(fold)).or_default().get_mut(place) {
                        *slot = Some(group);
                    }
                }
            }
            for sides in both.into_values() {
                let known = sides.each_ref().map(|group| {
                    let group = group.as_ref()?;
                    Some((group.totals.counts(), &group.extra))
                });
                let Some(change) = change(unknown, &known) else { continue };
                let [before, after] = known.map(|known| known.map(|(counts, _)| counts).unwrap_or_default());
                let sums = known.map(|known| known.map(|(_, extra)| extra.clone()).unwrap_or_default());
                let (mut key, mut name) = (None, None);
                for group in sides.into_iter().rev().flatten() {
                    key = key.or(group.key);
                    name = name.or(group.name);
                }
                found.push(DiffGroup { change, key, name, pairs: Pairs::new(before, after), sums });
            }
        }
        found
    }
}

/// What changed from one side to the other; `None` if nothing did.
fn change<T: PartialEq>(unknown: bool, [before, after]: &[Option<T>; 2]) -> Option<Change> {
    match (before, after) {
        (None, None) => None,
        _ if unknown => Some(Change::Unknown),
        (None, Some(_)) => Some(Change::Appeared),
        (Some(_), None) => Some(Change::Gone),
        (before, after) => (before != after).then_some(Change::Changed),
    }
}
