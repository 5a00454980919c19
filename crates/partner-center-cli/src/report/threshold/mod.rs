//! Thresholds such as `idle > 100`: parsing, printing, and checking rows and totals against them.

mod measure;
mod parse;
mod value;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

pub(crate) use self::measure::{Measured, Overall};
pub(super) use self::parse::relation_and_number;
pub(crate) use self::value::MetricValue;
use partner_center::filter::draw_caret;

use rust_decimal::Decimal;

use self::measure::Measure;
use crate::prices::Currency;

/// A number of the funnel that can be compared with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Metric {
    /// Licenses sold.
    Sold,
    /// Licenses deployed.
    Deployed,
    /// Licenses in use.
    Active,
    /// Licenses that were sold but are not deployed.
    Shelfware,
    /// Licenses that are deployed but not in use.
    Idle,
    /// Shelfware plus idle.
    Unused,
    /// The cost of shelfware per month.
    ShelfwareCost,
    /// The cost of idle licenses per month.
    IdleCost,
    /// The cost of unused licenses per month.
    UnusedCost,
    /// Deployed licenses as a percentage of sold; may exceed 100.
    DeploymentPercent,
    /// Active licenses as a percentage of deployed; may exceed 100.
    UsagePercent,
}

impl Metric {
    /// Every metric.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Sold,
        Self::Deployed,
        Self::Active,
        Self::Shelfware,
        Self::Idle,
        Self::Unused,
        Self::ShelfwareCost,
        Self::IdleCost,
        Self::UnusedCost,
        Self::DeploymentPercent,
        Self::UsagePercent,
    ];

    /// The name in a threshold.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Deployed => "deployed",
            Self::Active => "active",
            Self::Shelfware => "shelfware",
            Self::Idle => "idle",
            Self::Unused => "unused",
            Self::ShelfwareCost => "shelfwareCost",
            Self::IdleCost => "idleCost",
            Self::UnusedCost => "unusedCost",
            Self::DeploymentPercent => "deploymentPercent",
            Self::UsagePercent => "usagePercent",
        }
    }

    /// Other accepted names: the fields of rows, and the headings of tables.
    const fn other_names(self) -> &'static [&'static str] {
        match self {
            Self::Sold => &["licensesSold"],
            Self::Deployed => &["licensesDeployed"],
            Self::Active => &["licensesActive"],
            Self::Shelfware => &["shelf"],
            Self::UnusedCost => &["cost/month"],
            Self::Idle | Self::Unused | Self::ShelfwareCost | Self::IdleCost => &[],
            Self::DeploymentPercent => &["% depl.", "% deployed"],
            Self::UsagePercent => &["% used"],
        }
    }

    fn is_percent(self) -> bool {
        matches!(self, Self::DeploymentPercent | Self::UsagePercent)
    }

    /// Whether it is an amount of money.
    fn is_cost(self) -> bool {
        matches!(self, Self::ShelfwareCost | Self::IdleCost | Self::UnusedCost)
    }
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Relation {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`, also written `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Relation {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
        }
    }

    pub(super) fn holds<T: PartialOrd + Copy>(self, number: T, limit: T) -> bool {
        match self {
            Self::Above => number > limit,
            Self::AtLeast => number >= limit,
            Self::Below => number < limit,
            Self::AtMost => number <= limit,
            Self::Equal => number == limit,
            Self::NotEqual => number != limit,
        }
    }

    /// Whether the relation holds for all numbers from `least` upwards (`Some(true)`), for none of them
    /// (`Some(false)`), or for some (`None`).
    fn holds_from<T: PartialOrd + Copy>(self, least: T, limit: T) -> Option<bool> {
        match self {
            Self::Above | Self::AtLeast => self.holds(least, limit).then_some(true),
            Self::Below | Self::AtMost => (!self.holds(least, limit)).then_some(false),
            Self::Equal => (least > limit).then_some(false),
            Self::NotEqual => (least > limit).then_some(true),
        }
    }
}

/// What a threshold applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// Each row: a single row can cross the threshold.
    AnyRow,
    /// The total of all rows.
    Total,
}

/// A limit that the funnel may cross: `idle > 100`, `any usagePercent < 50`, `total shelfware >= 5000`.
///
/// A threshold is a metric, an operator and a number, with an optional prefix: `total` for the total of all rows, or
/// `any` for each row (the default). A metric may also be named by a field of the rows (`licensesSold`) or a table
/// heading (`shelf`, `% used`). Case is ignored and white space is optional. A number of licenses must be a whole
/// number; a percentage may have a fraction and a `%`. A cost may have a fraction, and names its currency if the prices
/// have several: `unusedCost_EUR > 1000`. `Display` prints a canonical form, which parses to the same
/// threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Threshold {
    scope: Scope,
    metric: Metric,
    /// Of a cost.
    currency: Option<Currency>,
    relation: Relation,
    limit: Limit,
}

/// Counts are integers, so that they are not rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    Count(u64),
    Percent(f64),
    Money(Decimal),
}

/// The currency of a cost: the one that is named, or the only one of the prices.
pub(crate) fn currency_of(
    cost: &str,
    named: Option<Currency>,
    currencies: Option<&[Currency]>,
) -> Result<Currency, String> {
    let currencies = currencies.ok_or_else(|| format!("{cost} requires --prices"))?;
    match (named, currencies) {
        (Some(named), _) if !currencies.contains(&named) => Err(format!("no price is in {named}")),
        (Some(named), _) => Ok(named),
        (None, []) => Err("the price file has no price".to_owned()),
        (None, [only]) => Ok(*only),
        (None, [first, ..]) => {
            Err(format!("the prices are in several currencies; name one, such as {cost}_{first}"))
        }
    }
}

impl Threshold {
    /// What the threshold applies to.
    #[must_use]
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// How the number is compared.
    #[must_use]
    pub(crate) fn relation(&self) -> Relation {
        self.relation
    }

    /// Gives a cost its currency: the one that it names, or the only one of the prices.
    pub(crate) fn in_currency(mut self, currencies: Option<&[Currency]>) -> Result<Self, String> {
        if self.metric.is_cost() {
            self.currency = Some(currency_of(self.metric.name(), self.currency, currencies)?);
        }
        Ok(self)
    }

    /// Whether the row, group or total crosses the threshold, whatever its scope. `None` if the number is unknown, or
    /// if it depends on rows with an unknown count; counts cannot be negative. A percentage of 0 does not cross any
    /// threshold, and neither does a cost in another currency.
    #[must_use]
    pub(crate) fn is_crossed_by(&self, measured: &impl Measured) -> Option<bool> {
        match (self.measure(measured), self.limit) {
            (Measure::Count(count), Limit::Count(limit)) => Some(self.relation.holds(count, limit)),
            (Measure::AtLeast(least), Limit::Count(limit)) => self.relation.holds_from(least, limit),
            (Measure::Percent(percent), Limit::Percent(limit)) => Some(self.relation.holds(percent, limit)),
            (Measure::Money(amount), Limit::Money(limit)) => Some(self.relation.holds(amount, limit)),
            (Measure::MoneyAtLeast(least), Limit::Money(limit)) => self.relation.holds_from(least, limit),
            (Measure::None, _) => Some(false),
            // The parser reads the limit that the metric determines.
            _ => None,
        }
    }

    /// The number of a row, group or total. `None` if it is unknown, or a percentage of 0; of totals and groups, the sum
    /// of what is known.
    #[must_use]
    pub(crate) fn value(&self, measured: &impl Measured) -> Option<MetricValue> {
        self.measure(measured).value()
    }

    fn measure(&self, measured: &impl Measured) -> Measure {
        match self.currency {
            Some(currency) => measured.cost(self.metric, currency),
            None => measured.count(self.metric),
        }
    }

    /// The metric as a threshold names it, with the currency of a cost.
    pub(crate) fn metric_name(&self) -> String {
        match self.currency {
            Some(currency) => format!("{}_{currency}", self.metric.name()),
            None => self.metric.name().to_owned(),
        }
    }
}

/// Prints the canonical form.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scope = match self.scope {
            Scope::AnyRow => "",
            Scope::Total => "total ",
        };
        write!(f, "{scope}{} {} ", self.metric_name(), self.relation.symbol())?;
        match self.limit {
            Limit::Count(count) => write!(f, "{count}"),
            Limit::Percent(percent) => write!(f, "{percent}"),
            Limit::Money(amount) => write!(f, "{amount}"),
        }
    }
}

/// Parses a threshold as typed by a user.
impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(input: &str) -> Result<Self, ThresholdError> {
        parse::threshold(input)
    }
}

/// Why a threshold is invalid, and in which column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThresholdError {
    /// The position of the error in the input: a character, counted from 1. It is one past the last character if
    /// something is missing at the end.
    column: usize,
    description: Cow<'static, str>,
}

impl ThresholdError {
    /// A description of the error, without the column.
    #[must_use]
    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    /// The input, and on a second line a caret under the position of the error. Control characters are removed, and
    /// long input is cut to the part around the caret.
    #[must_use]
    pub(crate) fn caret(&self, input: &str) -> String {
        draw_caret(input, self.column)
    }
}

impl fmt::Display for ThresholdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.description)
    }
}

impl Error for ThresholdError {}

#[cfg(test)]
mod tests;
