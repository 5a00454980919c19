//! What changed between two days.
//!
//! Rows are compared per customer and product. A product is matched by its id, or by its name if one of the days has no
//! id: the classic operations send none. A customer that was not read on one of the days is unknown, never gone.

use std::collections::{BTreeMap, HashSet};

use partner_center::CustomerId;
use partner_center::funnel::{Counts, FunnelRow, GroupBy, Groups, Totals};
use partner_center::models::Guid;
use serde::{Deserialize, Serialize};

use crate::pairs::Pairs;

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
    /// A count differs.
    Changed,
    /// The customer was not read on one of the days.
    Unknown,
}

/// A change: the counts of a customer's product on both days, `null` on a day that does not have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiffRow {
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
}

/// A change of a group of rows. The customers that were not read on one of the days are in none but their own group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiffGroup {
    /// What happened.
    pub change: Change,
    /// The customer's id, the product's id or name, or the service's code or name.
    pub key: Option<String>,
    /// The name of the customer, product or service.
    pub name: Option<String>,
    /// Its counts.
    #[serde(flatten)]
    pub pairs: Pairs,
}

/// One of the two days: its rows, and the customers that were not read.
#[derive(Clone, Debug, Default)]
pub struct Side {
    rows: Vec<FunnelRow>,
    unread: HashSet<CustomerId>,
}

impl Side {
    /// The rows of a day.
    #[must_use]
    pub fn new(rows: Vec<FunnelRow>, unread: impl IntoIterator<Item = CustomerId>) -> Self {
        Self { rows, unread: unread.into_iter().collect() }
    }
}

/// The difference of two days.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Diff {
    /// The changes, by customer and product. What did not change has no row.
    pub rows: Vec<DiffRow>,
    /// The sums of the earlier day, over the customers that were read on both days.
    pub from: Counts,
    /// The sums of the later day, over the same customers.
    pub to: Counts,
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

/// The rows of one product of a customer.
#[derive(Default)]
struct Product<'a> {
    id: Option<&'a Guid>,
    name: Option<&'a str>,
    totals: [Totals; 2],
}

impl Product<'_> {
    fn counts(&self) -> [Option<Counts>; 2] {
        self.totals.each_ref().map(|totals| (totals.rows > 0).then(|| totals.counts()))
    }
}

/// Compares two days.
#[must_use]
pub fn diff(from: &Side, to: &Side) -> Diff {
    let mut diff = Diff::default();
    let mut sums = [Totals::default(), Totals::default()];
    for (customer, rows) in by_customer([from, to]) {
        let unknown = from.unread.contains(&customer) || to.unread.contains(&customer);
        let counted = match (unknown, rows.each_ref().map(Vec::is_empty)) {
            (true, _) => &mut diff.customers.unknown,
            (false, [false, false]) => &mut diff.customers.on_both,
            (false, [true, _]) => &mut diff.customers.appeared,
            (false, [false, true]) => &mut diff.customers.gone,
        };
        *counted += 1;
        if !unknown {
            for (sums, rows) in sums.iter_mut().zip(&rows) {
                for row in rows {
                    sums.add(*row);
                }
            }
        }
        let name = rows.iter().rev().flatten().find_map(|row| row.customer_name.clone());
        for product in products(&rows) {
            let [before, after] = product.counts();
            let Some(change) = change(unknown, before, after) else { continue };
            let [before, after] = [before, after].map(Option::unwrap_or_default);
            diff.rows.push(DiffRow {
                change,
                customer_id: customer,
                customer_name: name.clone(),
                product_id: product.id.cloned(),
                product_name: product.name.map(str::to_owned),
                pairs: Pairs::new(before, after),
            });
        }
    }
    let [before, after] = &sums;
    (diff.from, diff.to) = (before.counts(), after.counts());
    diff
}

/// Compares the groups of two days. What did not change has no row.
#[must_use]
pub fn diff_by(by: GroupBy, from: &Side, to: &Side) -> Vec<DiffGroup> {
    let unread: HashSet<_> = from.unread.union(&to.unread).copied().collect();
    let groups = |side: &Side, is_unread: bool| {
        let rows = side.rows.iter().filter(|row| unread.contains(&row.customer_id) == is_unread);
        Groups::<()>::of(by, rows).into_iter().map(|group| (group.key.clone().map(fold), group))
    };
    // Only groups of customers can tell that a customer is unknown.
    let kinds = if by == GroupBy::Customer { vec![false, true] } else { vec![false] };
    let mut found = Vec::new();
    for is_unread in kinds {
        let mut both: BTreeMap<_, [Option<_>; 2]> = BTreeMap::new();
        for (place, side) in [from, to].into_iter().enumerate() {
            for (key, group) in groups(side, is_unread) {
                if let Some(slot) = both.entry(key).or_default().get_mut(place) {
                    *slot = Some(group);
                }
            }
        }
        for sides in both.into_values() {
            let counts = sides.each_ref().map(|group| group.as_ref().map(|group| group.totals.counts()));
            let Some(change) = change(is_unread, counts[0], counts[1]) else { continue };
            let [before, after] = counts.map(Option::unwrap_or_default);
            let (mut key, mut name) = (None, None);
            for group in sides.into_iter().rev().flatten() {
                key = key.or(group.key);
                name = name.or(group.name);
            }
            found.push(DiffGroup { change, key, name, pairs: Pairs::new(before, after) });
        }
    }
    found
}

fn change(unknown: bool, before: Option<Counts>, after: Option<Counts>) -> Option<Change> {
    match (before, after) {
        (None, None) => None,
        _ if unknown => Some(Change::Unknown),
        (None, Some(_)) => Some(Change::Appeared),
        (Some(_), None) => Some(Change::Gone),
        (before, after) => (before != after).then_some(Change::Changed),
    }
}

/// The rows of each customer on both days.
fn by_customer(sides: [&Side; 2]) -> BTreeMap<CustomerId, [Vec<&FunnelRow>; 2]> {
    let mut customers: BTreeMap<CustomerId, [Vec<&FunnelRow>; 2]> = BTreeMap::new();
    for (place, side) in sides.into_iter().enumerate() {
        for row in &side.rows {
            if let Some(rows) = customers.entry(row.customer_id).or_default().get_mut(place) {
                rows.push(row);
            }
        }
    }
    customers
}

/// The products of a customer on both days, by name.
fn products<'a>(sides: &[Vec<&'a FunnelRow>; 2]) -> Vec<Product<'a>> {
    // A row without an id is matched by its name, if exactly one id has that name.
    let mut ids: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    for row in sides.iter().flatten() {
        if let (Some(id), Some(name)) = (&row.product_id, &row.product_name) {
            ids.entry(fold(name)).or_default().insert(fold(id.to_string()));
        }
    }
    let mut products: BTreeMap<(String, String), Product<'_>> = BTreeMap::new();
    for (place, rows) in sides.iter().enumerate() {
        for row in rows {
            let name = row.product_name.as_deref().map(fold).unwrap_or_default();
            let id = match &row.product_id {
                Some(id) => fold(id.to_string()),
                None => match ids.get(&name) {
                    Some(ids) if ids.len() == 1 => ids.iter().next().cloned().unwrap_or_default(),
                    _ => String::new(),
                },
            };
            // A name can change; an id does not.
            let key = if id.is_empty() { (name, id) } else { (String::new(), id) };
            let product = products.entry(key).or_default();
            product.id = row.product_id.as_ref().or(product.id);
            product.name = row.product_name.as_deref().or(product.name);
            if let Some(totals) = product.totals.get_mut(place) {
                totals.add(*row);
            }
        }
    }
    let mut products: Vec<_> = products.into_values().collect();
    products.sort_by(|one, other| {
        (one.name, one.id.map(Guid::to_string)).cmp(&(other.name, other.id.map(Guid::to_string)))
    });
    products
}

fn fold(text: impl AsRef<str>) -> String {
    text.as_ref().trim().to_lowercase()
}
