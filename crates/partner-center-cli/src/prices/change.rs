//! How the cost of unused licenses changed between two days. Both days are valued at the prices of the later one, so that
//! a new price is no change.

use std::collections::{BTreeMap, BTreeSet};

use partner_center::funnel::FunnelRow;
use partner_center_history::Measure;
use rust_decimal::Decimal;

use super::cost::{Costs, CurrencyCosts, Price, Priced, exact_sum};
use super::currency::Currency;

/// Adds up the costs of the rows of a product.
impl Measure for Priced<Price> {
    type Sums = Costs;

    fn add(&self, row: &FunnelRow, costs: &mut Costs) {
        match self {
            Self::No => {}
            Self::Unpriced => costs.add(None),
            Self::At(price) => costs.add(Some(&price.costs_of(row.shelfware, row.idle))),
        }
    }
}

/// The cost of unused licenses per month on two days, in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CostChange {
    /// On the earlier day. `None` without rows, or if it is known in none of them.
    pub(crate) from: Option<Decimal>,
    /// On the later day.
    pub(crate) to: Option<Decimal>,
    /// The difference. A day without rows counts as 0.
    pub(crate) change: Option<Decimal>,
}

impl CostChange {
    fn new([from, to]: [Option<&CurrencyCosts>; 2]) -> Self {
        let [from, to] = [from, to].map(|costs| costs.filter(|costs| costs.rows() > 0));
        let total = |costs: Option<&CurrencyCosts>| costs.and_then(|costs| costs.unused_cost().total());
        let in_change = |costs: Option<&CurrencyCosts>| match costs {
            Some(costs) => costs.unused_cost().total(),
            None => Some(Decimal::ZERO),
        };
        let change = match (from, to) {
            (None, None) => None,
            _ => in_change(to).zip(in_change(from)).and_then(|(to, from)| exact_sum(to, -from)),
        };
        Self { from: total(from), to: total(to), change }
    }
}

/// The costs of a row or a group on two days, per currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CostChanges {
    by_currency: BTreeMap<Currency, CostChange>,
    rows_unpriced: u64,
}

impl CostChanges {
    /// From the costs on the earlier and on the later day, for prices in these currencies. If the change is unknown,
    /// because customers were not read on one of the days, each day has its costs nevertheless.
    pub(crate) fn new(currencies: &[Currency], costs: &[Costs; 2], is_known: bool) -> Self {
        let of_costs = costs.iter().flat_map(Costs::currencies).map(|(currency, _)| currency);
        let currencies: BTreeSet<_> = currencies.iter().copied().chain(of_costs).collect();
        let change = |currency| {
            let change = CostChange::new(costs.each_ref().map(|costs| costs.currency(currency)));
            CostChange { change: change.change.filter(|_| is_known), ..change }
        };
        Self {
            by_currency: currencies.into_iter().map(|currency| (currency, change(currency))).collect(),
            rows_unpriced: costs.iter().map(Costs::rows_unpriced).sum(),
        }
    }

    /// The changes in each currency, by code.
    pub(crate) fn currencies(&self) -> impl Iterator<Item = (Currency, CostChange)> {
        self.by_currency.iter().map(|(currency, change)| (*currency, *change))
    }

    /// The change in a currency.
    pub(crate) fn currency(&self, currency: Currency) -> CostChange {
        self.by_currency.get(&currency).copied().unwrap_or_default()
    }

    /// How many rows of both days have no price.
    pub(crate) fn rows_unpriced(&self) -> u64 {
        self.rows_unpriced
    }
}

#[cfg(test)]
mod tests {
    use partner_center::licenses::Source;

    use super::super::cost::Per;
    use super::*;

    fn price(amount: &str, currency: &str) -> Priced<Price> {
        let currency = Currency::of_code(currency).unwrap();
        Priced::At(Price { amount: amount.parse().unwrap(), per: Per::Month, currency })
    }

    /// The costs of rows with shelfware and idle licenses.
    fn costs(rows: &[(Priced<Price>, Option<i64>, Option<i64>)]) -> Costs {
        let mut costs = Costs::default();
        for (price, shelfware, idle) in rows {
            let mut row = FunnelRow::new(uuid::Uuid::nil().into(), Source::Commercial);
            (row.shelfware, row.idle) = (*shelfware, *idle);
            price.add(&row, &mut costs);
        }
        costs
    }

    fn shown(changes: &CostChanges) -> Vec<String> {
        let text =
            |amount: Option<Decimal>| amount.map_or_else(|| "?".to_owned(), |amount| amount.to_string());
        let line = |(currency, change): (Currency, CostChange)| {
            format!("{currency} {} to {}: {}", text(change.from), text(change.to), text(change.change))
        };
        changes.currencies().map(line).collect()
    }

    #[test]
    fn a_change_is_the_difference_of_rounded_costs() {
        let (euros, yen) = (price("0.005", "EUR"), price("100", "JPY"));
        let none = Costs::default();
        let before =
            costs(&[(euros, Some(1), Some(3)), (yen, Some(2), None), (Priced::Unpriced, Some(9), None)]);
        let after = costs(&[(euros, Some(1), Some(1)), (yen, None, None), (Priced::Unpriced, None, None)]);
        let usd = Currency::of_code("USD").unwrap();
        for (sides, is_known, lines) in [
            // 0.01 + 0.02 to 0.01 + 0.01; an unknown cost is not 0.
            ([&before, &after], true, ["EUR 0.03 to 0.02: -0.01", "JPY 200 to ?: ?", "USD ? to ?: ?"]),
            ([&before, &after], false, ["EUR 0.03 to 0.02: ?", "JPY 200 to ?: ?", "USD ? to ?: ?"]),
            ([&none, &before], true, ["EUR ? to 0.03: 0.03", "JPY ? to 200: 200", "USD ? to ?: ?"]),
            ([&before, &none], true, ["EUR 0.03 to ?: -0.03", "JPY 200 to ?: -200", "USD ? to ?: ?"]),
            ([&before, &before], true, ["EUR 0.03 to 0.03: 0.00", "JPY 200 to 200: 0", "USD ? to ?: ?"]),
        ] {
            let changes = CostChanges::new(&[usd], &sides.map(Clone::clone), is_known);
            assert_eq!(shown(&changes), lines);
        }
        assert_eq!(CostChanges::new(&[], &[before, after], true).rows_unpriced(), 2);
        assert_eq!(costs(&[(Priced::No, Some(1), Some(1))]), none);
    }
}
