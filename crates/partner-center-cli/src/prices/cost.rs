//! What unused licenses cost per month. All arithmetic is exact, and each cost is rounded once.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::currency::Currency;

/// The price of one license.
///
/// The price of a year is kept as it is written: a twelfth of it may have no end as a decimal, so that a cost is
/// computed from the price of the year, exactly, and rounded at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price {
    /// Not negative.
    pub(super) amount: Decimal,
    pub(super) per: Per,
    pub(super) currency: Currency,
}

/// The time that a price pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    Month,
    Year,
}

impl Per {
    fn months(self) -> i128 {
        match self {
            Self::Month => 1,
            Self::Year => 12,
        }
    }
}

/// The decimal places of a monthly price that was computed from the price of a year.
const UNIT_PRICE_DIGITS: u32 = 10;

impl Price {
    /// The currency of the price and of its costs.
    pub(crate) fn currency(&self) -> Currency {
        self.currency
    }

    /// The price per month, to show it: that of a year divided by 12, rounded to 10 decimal places.
    pub(crate) fn unit_price(&self) -> Decimal {
        match self.per {
            Per::Month => self.amount,
            Per::Year => {
                let exact = self.amount.checked_div(Decimal::from(12)).unwrap_or_default();
                let strategy = RoundingStrategy::MidpointAwayFromZero;
                exact.round_dp_with_strategy(UNIT_PRICE_DIGITS, strategy).normalize()
            }
        }
    }

    /// What so many licenses cost per month, rounded to the minor unit of the currency, half away from zero.
    ///
    /// `None` if the count is negative, which is not a count, or if the cost has more than 28 digits.
    pub(crate) fn cost(&self, licenses: i64) -> Option<Decimal> {
        let licenses = i128::from(u64::try_from(licenses).ok()?);
        let (digits, scale) = (self.currency.digits(), self.amount.scale());
        let tens = 10_i128.checked_pow(digits.abs_diff(scale))?;
        let mut dividend = self.amount.mantissa().checked_mul(licenses)?;
        let mut divisor = self.per.months();
        if scale > digits {
            divisor = divisor.checked_mul(tens)?;
        } else {
            dividend = dividend.checked_mul(tens)?;
        }
        // Neither is negative, so that half away from zero is half up.
        let (whole, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
        let minor_units = if rest >= divisor - rest { whole.checked_add(1)? } else { whole };
        Decimal::try_from_i128_with_scale(minor_units, digits).ok()
    }

    /// The costs of a row with these counts.
    pub(crate) fn costs_of(&self, shelfware: Option<i64>, idle: Option<i64>) -> RowCost {
        let shelfware_cost = shelfware.and_then(|licenses| self.cost(licenses));
        let idle_cost = idle.and_then(|licenses| self.cost(licenses));
        let unused_cost = match (shelfware_cost, idle_cost) {
            (Some(shelfware), Some(idle)) => exact_sum(shelfware, idle),
            (known, None) | (None, known) => known,
        };
        RowCost {
            currency: self.currency,
            unit_price: self.unit_price(),
            shelfware_cost,
            idle_cost,
            unused_cost,
        }
    }
}

/// What is known of the price of a row, or of its costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Priced<T> {
    /// No prices were given.
    #[default]
    No,
    /// It has no price.
    Unpriced,
    At(T),
}

impl<T> Priced<T> {
    /// The price or the costs, if it has them.
    pub(crate) fn known(&self) -> Option<&T> {
        match self {
            Self::At(known) => Some(known),
            Self::No | Self::Unpriced => None,
        }
    }
}

/// The costs of one row per month.
///
/// A cost is unknown if its count is. The unused cost is the sum of the two rounded costs, of what is known of them, and
/// unknown only if both are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowCost {
    pub(crate) currency: Currency,
    /// See [`Price::unit_price`].
    pub(crate) unit_price: Decimal,
    pub(crate) shelfware_cost: Option<Decimal>,
    pub(crate) idle_cost: Option<Decimal>,
    pub(crate) unused_cost: Option<Decimal>,
}

/// The costs of many rows, per currency. Amounts of different currencies are never added.
///
/// Sums do not depend on the order of the rows or on how they are grouped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Costs {
    by_currency: BTreeMap<Currency, CurrencyCosts>,
    rows_unpriced: u64,
}

impl Costs {
    /// No rows yet, for prices in these currencies.
    pub(crate) fn of(currencies: &[Currency]) -> Self {
        let by_currency = currencies.iter().map(|currency| (*currency, CurrencyCosts::default())).collect();
        Self { by_currency, rows_unpriced: 0 }
    }

    /// Adds a row, which may have no price.
    pub(crate) fn add(&mut self, row: Option<&RowCost>) {
        match row {
            None => self.rows_unpriced += 1,
            Some(row) => self.by_currency.entry(row.currency).or_default().add(row),
        }
    }

    /// Adds the costs of other rows.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.rows_unpriced += other.rows_unpriced;
        for (currency, costs) in &other.by_currency {
            self.by_currency.entry(*currency).or_default().merge(costs);
        }
    }

    /// The costs in each currency, by code.
    pub(crate) fn currencies(&self) -> impl Iterator<Item = (Currency, &CurrencyCosts)> {
        self.by_currency.iter().map(|(currency, costs)| (*currency, costs))
    }

    /// The costs in a currency.
    pub(crate) fn currency(&self, currency: Currency) -> Option<&CurrencyCosts> {
        self.by_currency.get(&currency)
    }

    /// How many rows have no price. Each is counted once, whatever the number of currencies.
    pub(crate) fn rows_unpriced(&self) -> u64 {
        self.rows_unpriced
    }
}

/// The costs of the rows whose price is in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CurrencyCosts {
    rows: u64,
    shelfware_cost: Sum,
    idle_cost: Sum,
    unused_cost: Sum,
}

impl CurrencyCosts {
    /// How many rows have a price in this currency.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn shelfware_cost(&self) -> &Sum {
        &self.shelfware_cost
    }

    pub(crate) fn idle_cost(&self) -> &Sum {
        &self.idle_cost
    }

    /// The sum of the other two.
    pub(crate) fn unused_cost(&self) -> &Sum {
        &self.unused_cost
    }

    /// The sum in the column of this name.
    pub(crate) fn of_column(&self, name: &str) -> Option<&Sum> {
        match name {
            "shelfwareCost" => Some(&self.shelfware_cost),
            "idleCost" => Some(&self.idle_cost),
            "unusedCost" => Some(&self.unused_cost),
            _ => None,
        }
    }

    fn add(&mut self, row: &RowCost) {
        self.rows += 1;
        self.shelfware_cost.add(row.shelfware_cost);
        self.idle_cost.add(row.idle_cost);
        self.unused_cost.add(row.unused_cost);
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.shelfware_cost.merge(&other.shelfware_cost);
        self.idle_cost.merge(&other.idle_cost);
        self.unused_cost.merge(&other.unused_cost);
    }
}

/// A sum of rounded costs in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sum {
    /// How many rows have this cost. In the others it is unknown, so that the sum is a lower bound.
    known_rows: u64,
    /// `None` once the sum has more than 28 digits.
    total: Option<Decimal>,
}

impl Default for Sum {
    fn default() -> Self {
        Self { known_rows: 0, total: Some(Decimal::ZERO) }
    }
}

impl Sum {
    /// The sum of the rows in which the cost is known. `None` if it is known in no row, or if the sum has more than 28
    /// digits: it is then unknown rather than wrong.
    pub(crate) fn total(&self) -> Option<Decimal> {
        self.total.filter(|_| self.known_rows > 0)
    }

    /// In how many rows the cost is known.
    pub(crate) fn known_rows(&self) -> u64 {
        self.known_rows
    }

    fn add(&mut self, cost: Option<Decimal>) {
        if let Some(cost) = cost {
            self.merge(&Self { known_rows: 1, total: Some(cost) });
        }
    }

    fn merge(&mut self, other: &Self) {
        self.known_rows += other.known_rows;
        self.total = self.total.zip(other.total).and_then(|(this, that)| exact_sum(this, that));
    }
}

/// The sum of two costs, which `Decimal` itself would round if it has too many digits.
pub(super) fn exact_sum(this: Decimal, that: Decimal) -> Option<Decimal> {
    // All costs of one currency have the scale of its minor unit; only the initial 0 has another.
    let scale = this.scale().max(that.scale());
    let units = |cost: Decimal| {
        let tens = 10_i128.checked_pow(scale.checked_sub(cost.scale())?)?;
        cost.mantissa().checked_mul(tens)
    };
    Decimal::try_from_i128_with_scale(units(this)?.checked_add(units(that)?)?, scale).ok()
}

#[cfg(test)]
mod tests;
