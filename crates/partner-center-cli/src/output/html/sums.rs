//! Totals of rows and groups, as the pages show them.

use std::cmp::Reverse;

use partner_center::funnel::{self, Flag, Group, Groups};
use rust_decimal::Decimal;

use crate::output::Row as _;
use crate::output::rows::{AnnotatedRow, GroupExtra};
use crate::page::{self, Basis, Licenses, Text, Totals};
use crate::prices::{Costs, Currency};

/// The sums over all rows.
pub(super) struct Sums {
    pub(super) totals: funnel::Totals,
    contradicting: u64,
    costs: Option<Costs>,
}

impl Sums {
    pub(super) fn new(currencies: Option<&[Currency]>) -> Self {
        Self { totals: funnel::Totals::default(), contradicting: 0, costs: currencies.map(Costs::of) }
    }

    pub(super) fn add(&mut self, row: &AnnotatedRow) {
        self.totals.add(&row.row);
        let contradicts = [Flag::DeployedExceedsSold, Flag::ActiveExceedsDeployed];
        self.contradicting += u64::from(contradicts.into_iter().any(|flag| row.row.has(flag)));
        if let Some(costs) = &mut self.costs {
            row.add_costs(costs);
        }
    }

    pub(super) fn on_page(&self) -> Totals {
        let totals = &self.totals;
        let known = |tally: funnel::Tally| totals.rows.saturating_sub(tally.unknown_rows);
        Totals {
            licenses: Licenses::from(totals),
            costs: costs_on_page(self.costs.as_ref()),
            basis: Basis {
                rows: totals.rows,
                with_shelfware: known(totals.shelfware),
                with_idle: known(totals.idle),
                incomplete: totals.unused.unknown_rows,
                contradicting: self.contradicting,
                unpriced: self.costs.as_ref().map(Costs::rows_unpriced),
            },
            since: None,
        }
    }
}

/// Of a product.
#[derive(Default)]
pub(super) struct OfProduct {
    /// Its number in the cells of customers.
    pub(super) number: Option<u32>,
    pub(super) extra: GroupExtra,
}

/// Of a customer.
#[derive(Default)]
pub(super) struct OfCustomer {
    pub(super) cells: Cells,
    pub(super) extra: GroupExtra,
}

impl AsRef<GroupExtra> for OfProduct {
    fn as_ref(&self) -> &GroupExtra {
        &self.extra
    }
}

impl AsRef<GroupExtra> for OfCustomer {
    fn as_ref(&self) -> &GroupExtra {
        &self.extra
    }
}

/// The products of a customer by number, with sold and unused licenses over the rows in which both are known.
#[derive(Default)]
pub(super) struct Cells(Vec<(u32, Option<[i64; 2]>)>);

impl Cells {
    pub(super) fn add(&mut self, product: u32, unused: Option<i64>, sold: Option<i64>) {
        let counts = unused.zip(sold).map(|(unused, sold)| [unused, sold]);
        match self.0.binary_search_by_key(&product, |(product, _)| *product) {
            Err(place) => self.0.insert(place, (product, counts)),
            Ok(place) => {
                let Some(((_, sums), counts)) = self.0.get_mut(place).zip(counts) else { return };
                let [unused, sold] = sums.unwrap_or_default();
                *sums = Some([unused.saturating_add(counts[0]), sold.saturating_add(counts[1])]);
            }
        }
    }

    pub(super) fn share(&self, product: u32) -> page::Share {
        let found = self.0.binary_search_by_key(&product, |(product, _)| *product);
        match found.ok().and_then(|place| self.0.get(place)) {
            None => page::Share::None,
            Some((_, None)) => page::Share::Unknown,
            Some((_, Some([unused, sold]))) => page::Share::Known { unused: *unused, sold: *sold },
        }
    }
}

/// The groups with the greatest values first, those without a value last. Of equal ones, the first by name.
pub(super) fn sorted<X: AsRef<GroupExtra>, V: Ord>(
    groups: &Groups<X>,
    value: impl Fn(&Group<X>) -> Option<V>,
) -> Vec<&Group<X>> {
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_by_cached_key(|group| (Reverse(value(group)), name(group).map(str::to_lowercase)));
    sorted
}

/// The cost of the unused licenses of a group in a currency.
pub(super) fn unused_cost<X: AsRef<GroupExtra>>(group: &Group<X>, currency: Currency) -> Option<Decimal> {
    group.extra.as_ref().costs.as_ref()?.currency(currency)?.unused_cost().total()
}

pub(super) fn name<X: AsRef<GroupExtra>>(group: &Group<X>) -> Option<&str> {
    group.extra.as_ref().name(group.name.as_deref()).or(group.key.as_deref())
}

/// The name of a group on a page.
pub(super) fn name_on_page<X: AsRef<GroupExtra>>(group: &Group<X>) -> Text {
    Text::new(name(group).unwrap_or("(without a name)"))
}

pub(super) fn group_on_page<X: AsRef<GroupExtra>>(group: &Group<X>) -> page::Group {
    page::Group {
        name: name_on_page(group),
        licenses: Licenses::from(&group.totals),
        costs: costs_on_page(group.extra.as_ref().costs.as_ref()),
        rows: group.totals.rows,
        incomplete: group.rows_unknown(),
    }
}

/// The costs per currency; none in a currency without a price.
fn costs_on_page(costs: Option<&Costs>) -> Vec<page::Cost> {
    let costs = costs.into_iter().flat_map(Costs::currencies);
    let known = costs.filter_map(|(currency, costs)| {
        Some(page::Cost {
            currency: Text::new(currency.code()),
            shelfware: costs.shelfware_cost().total(),
            idle: costs.idle_cost().total(),
            unused: costs.unused_cost().total()?,
        })
    });
    known.collect()
}
