//! The numbers of rows, groups and totals that thresholds compare.

use partner_center::funnel::{Flag, Share, Tally, Totals};
use partner_center::licenses::percent;
use rust_decimal::Decimal;

use super::{Metric, MetricValue};
use crate::output::rows::{AnnotatedRow, GroupRow};
use crate::prices::{Costs, Currency, Priced};

/// What is known of a metric.
#[derive(Clone, Copy)]
pub(crate) enum Measure {
    Count(u64),
    /// A lower bound: some counts are unknown, and counts cannot be negative.
    AtLeast(u64),
    Percent(f64),
    Money(Decimal),
    /// A lower bound, likewise.
    MoneyAtLeast(Decimal),
    /// A percentage of 0, which does not exist, or a cost in another currency: it crosses no limit.
    None,
    Unknown,
}

/// What a threshold can be compared with.
pub(crate) trait Measured {
    /// A number of licenses or a percentage.
    fn count(&self, metric: Metric) -> Measure;

    /// A cost in this currency.
    fn cost(&self, metric: Metric, currency: Currency) -> Measure;
}

/// The total of all rows.
pub(crate) struct Overall<'a> {
    pub(crate) totals: &'a Totals,
    /// With prices.
    pub(crate) costs: Option<&'a Costs>,
}

impl Measured for Overall<'_> {
    fn count(&self, metric: Metric) -> Measure {
        of_totals(metric, self.totals)
    }

    fn cost(&self, metric: Metric, currency: Currency) -> Measure {
        self.costs.map_or(Measure::Unknown, |costs| of_costs(metric, costs, currency))
    }
}

impl Measured for GroupRow {
    fn count(&self, metric: Metric) -> Measure {
        of_totals(metric, &self.totals)
    }

    fn cost(&self, metric: Metric, currency: Currency) -> Measure {
        self.extra.costs.as_ref().map_or(Measure::Unknown, |costs| of_costs(metric, costs, currency))
    }
}

impl Measured for AnnotatedRow {
    fn count(&self, metric: Metric) -> Measure {
        let row = &self.row;
        match metric {
            Metric::Sold => Measure::count(row.licenses_sold),
            Metric::Deployed => Measure::count(row.licenses_deployed),
            Metric::Active => Measure::count(row.licenses_active),
            Metric::Shelfware => Measure::count(row.shelfware),
            Metric::Idle => Measure::count(row.idle),
            Metric::Unused => match row.unused {
                Some(unused) if row.has(Flag::UnusedIsLowerBound) => Measure::AtLeast(unused.unsigned_abs()),
                unused => Measure::count(unused),
            },
            Metric::DeploymentPercent => Measure::percent(row.licenses_deployed, row.licenses_sold),
            Metric::UsagePercent => Measure::percent(row.licenses_active, row.licenses_deployed),
            Metric::ShelfwareCost | Metric::IdleCost | Metric::UnusedCost => Measure::Unknown,
        }
    }

    fn cost(&self, metric: Metric, currency: Currency) -> Measure {
        let Priced::At(cost) = &self.cost else { return Measure::Unknown };
        if cost.currency != currency {
            return Measure::None;
        }
        match (metric, cost.unused_cost) {
            (Metric::ShelfwareCost, _) => Measure::money(cost.shelfware_cost),
            (Metric::IdleCost, _) => Measure::money(cost.idle_cost),
            (_, Some(unused)) if cost.shelfware_cost.is_none() || cost.idle_cost.is_none() => {
                Measure::MoneyAtLeast(unused)
            }
            (_, unused) => Measure::money(unused),
        }
    }
}

fn of_totals(metric: Metric, totals: &Totals) -> Measure {
    let sum = |tally: Tally| match tally.unknown_rows {
        0 => Measure::Count(tally.sum.unsigned_abs()),
        _ => Measure::AtLeast(tally.sum.unsigned_abs()),
    };
    let share = |share: Share| Measure::percent(Some(share.part), Some(share.whole));
    match metric {
        Metric::Sold => sum(totals.licenses_sold),
        Metric::Deployed => sum(totals.licenses_deployed),
        Metric::Active => sum(totals.licenses_active),
        Metric::Shelfware => sum(totals.shelfware),
        Metric::Idle => sum(totals.idle),
        Metric::Unused => sum(totals.unused),
        Metric::DeploymentPercent => share(totals.deployment),
        Metric::UsagePercent => share(totals.usage),
        Metric::ShelfwareCost | Metric::IdleCost | Metric::UnusedCost => Measure::Unknown,
    }
}

fn of_costs(metric: Metric, costs: &Costs, currency: Currency) -> Measure {
    let Some(known) = costs.currency(currency) else { return Measure::None };
    let Some(sum) = known.of_column(metric.name()) else { return Measure::Unknown };
    let parts = [known.shelfware_cost(), known.idle_cost()];
    let is_whole = match metric {
        Metric::UnusedCost => parts.iter().all(|part| part.known_rows() == known.rows()),
        _ => sum.known_rows() == known.rows(),
    };
    match sum.total() {
        Some(total) if is_whole && costs.rows_unpriced() == 0 => Measure::Money(total),
        Some(total) => Measure::MoneyAtLeast(total),
        None if known.rows() == 0 && costs.rows_unpriced() == 0 => Measure::None,
        None => Measure::MoneyAtLeast(Decimal::ZERO),
    }
}

impl Measure {
    /// Counts are never negative.
    fn count(count: Option<i64>) -> Self {
        count.map_or(Self::Unknown, |count| Self::Count(count.unsigned_abs()))
    }

    fn money(amount: Option<Decimal>) -> Self {
        amount.map_or(Self::Unknown, Self::Money)
    }

    fn percent(part: Option<i64>, whole: Option<i64>) -> Self {
        match (part, whole) {
            (_, Some(0)) => Self::None,
            (Some(part), Some(whole)) => percent(part, whole).map_or(Self::None, Self::Percent),
            _ => Self::Unknown,
        }
    }

    pub(super) fn value(self) -> Option<MetricValue> {
        match self {
            Self::Count(count) | Self::AtLeast(count) => Some(MetricValue::Count(count)),
            Self::Percent(percent) => Some(MetricValue::Percent(percent)),
            Self::Money(amount) | Self::MoneyAtLeast(amount) => Some(MetricValue::Money(amount)),
            Self::None | Self::Unknown => None,
        }
    }
}
