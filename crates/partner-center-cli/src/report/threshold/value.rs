//! The value of a metric.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Measure, Metric};
use partner_center::funnel::{FunnelRow, Totals};

/// The value of a metric: a number of licenses, or a percentage.
///
/// It serializes as a plain number. `Display` prints a percentage with two decimal places.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum MetricValue {
    /// A number of licenses.
    Count(u64),
    /// A percentage; may exceed 100.
    Percent(f64),
}

impl fmt::Display for MetricValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent:.2}"),
        }
    }
}

impl Metric {
    /// The value for a row. `None` if it is unknown, or a percentage of 0.
    #[must_use]
    pub(crate) fn of(self, row: &FunnelRow) -> Option<MetricValue> {
        self.of_row(row).value()
    }

    /// The value for the totals, from the known counts. `None` if it is a percentage of 0.
    #[must_use]
    pub(crate) fn of_total(self, totals: &Totals) -> Option<MetricValue> {
        self.of_totals(totals).value()
    }
}

impl Measure {
    fn value(self) -> Option<MetricValue> {
        match self {
            Self::Count(count) | Self::AtLeast(count) => Some(MetricValue::Count(count)),
            Self::Percent(percent) => Some(MetricValue::Percent(percent)),
            Self::None | Self::Unknown => None,
        }
    }
}
