//! Thresholds such as `idle > 100`: parsing, printing, and checking rows and totals against them.

mod parse;
mod value;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

pub(crate) use self::value::MetricValue;
use partner_center::filter::draw_caret;

use partner_center::funnel::{Flag, FunnelRow, Share, Tally, Totals};
use partner_center::licenses::percent;

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
            Self::Idle | Self::Unused => &[],
            Self::DeploymentPercent => &["% depl.", "% deployed"],
            Self::UsagePercent => &["% used"],
        }
    }

    fn is_percent(self) -> bool {
        matches!(self, Self::DeploymentPercent | Self::UsagePercent)
    }

    fn of_row(self, row: &FunnelRow) -> Measure {
        match self {
            Self::Sold => Measure::count(row.licenses_sold),
            Self::Deployed => Measure::count(row.licenses_deployed),
            Self::Active => Measure::count(row.licenses_active),
            Self::Shelfware => Measure::count(row.shelfware),
            Self::Idle => Measure::count(row.idle),
            Self::Unused => match row.unused {
                Some(unused) if row.has(Flag::UnusedIsLowerBound) => Measure::AtLeast(unused.unsigned_abs()),
                unused => Measure::count(unused),
            },
            Self::DeploymentPercent => Measure::percent(row.licenses_deployed, row.licenses_sold),
            Self::UsagePercent => Measure::percent(row.licenses_active, row.licenses_deployed),
        }
    }

    fn of_totals(self, totals: &Totals) -> Measure {
        let sum = |tally: Tally| match tally.unknown_rows {
            0 => Measure::Count(tally.sum.unsigned_abs()),
            _ => Measure::AtLeast(tally.sum.unsigned_abs()),
        };
        let share = |share: Share| Measure::percent(Some(share.part), Some(share.whole));
        match self {
            Self::Sold => sum(totals.licenses_sold),
            Self::Deployed => sum(totals.licenses_deployed),
            Self::Active => sum(totals.licenses_active),
            Self::Shelfware => sum(totals.shelfware),
            Self::Idle => sum(totals.idle),
            Self::Unused => sum(totals.unused),
            Self::DeploymentPercent => share(totals.deployment),
            Self::UsagePercent => share(totals.usage),
        }
    }
}

/// What is known of a metric.
#[derive(Clone, Copy)]
enum Measure {
    Count(u64),
    /// A lower bound: some counts are unknown, and counts cannot be negative.
    AtLeast(u64),
    Percent(f64),
    /// A percentage of 0, which does not exist and crosses no limit.
    None,
    Unknown,
}

impl Measure {
    /// Counts are never negative.
    fn count(count: Option<i64>) -> Self {
        count.map_or(Self::Unknown, |count| Self::Count(count.unsigned_abs()))
    }

    fn percent(part: Option<i64>, whole: Option<i64>) -> Self {
        match (part, whole) {
            (_, Some(0)) => Self::None,
            (Some(part), Some(whole)) => percent(part, whole).map_or(Self::None, Self::Percent),
            _ => Self::Unknown,
        }
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
    const fn symbol(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
        }
    }

    fn holds<T: PartialOrd + Copy>(self, number: T, limit: T) -> bool {
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
    fn holds_from(self, least: u64, limit: u64) -> Option<bool> {
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
/// number; a percentage may have a fraction and a `%`. `Display` prints a canonical form, which parses to the same
/// threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Threshold {
    scope: Scope,
    metric: Metric,
    relation: Relation,
    limit: Limit,
}

/// Counts are integers, so that they are not rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    Count(u64),
    Percent(f64),
}

impl Threshold {
    /// What the threshold applies to.
    #[must_use]
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// The number that is compared.
    #[must_use]
    pub(crate) fn metric(&self) -> Metric {
        self.metric
    }

    /// How the number is compared.
    #[must_use]
    pub(crate) fn relation(&self) -> Relation {
        self.relation
    }

    /// Whether the row crosses the threshold, whatever its scope. `None` if the number is unknown. A percentage of 0
    /// does not cross any threshold.
    #[must_use]
    pub(crate) fn is_crossed_by(&self, row: &FunnelRow) -> Option<bool> {
        self.is_crossed_at(self.metric.of_row(row))
    }

    /// Whether the totals cross the threshold, whatever its scope. `None` if that depends on rows with an unknown
    /// count; counts cannot be negative. A percentage is computed from the rows in which both counts are known; a
    /// percentage of 0 does not cross any threshold.
    #[must_use]
    pub(crate) fn is_crossed_by_total(&self, totals: &Totals) -> Option<bool> {
        self.is_crossed_at(self.metric.of_totals(totals))
    }

    fn is_crossed_at(&self, measure: Measure) -> Option<bool> {
        match (measure, self.limit) {
            (Measure::Count(count), Limit::Count(limit)) => Some(self.relation.holds(count, limit)),
            (Measure::AtLeast(least), Limit::Count(limit)) => self.relation.holds_from(least, limit),
            (Measure::Percent(percent), Limit::Percent(limit)) => Some(self.relation.holds(percent, limit)),
            (Measure::None, _) => Some(false),
            // A count is never compared with a percentage: the metric determines how the parser reads the limit.
            (Measure::Unknown | Measure::Count(_) | Measure::AtLeast(_) | Measure::Percent(_), _) => None,
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
        write!(f, "{scope}{} {} ", self.metric.name(), self.relation.symbol())?;
        match self.limit {
            Limit::Count(count) => write!(f, "{count}"),
            Limit::Percent(percent) => write!(f, "{percent}"),
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
