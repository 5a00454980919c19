//! The value of a metric.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The value of a metric: a number of licenses, a percentage or a cost.
///
/// It serializes as a plain number, a cost as a text. `Display` prints a percentage with two decimal places.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum MetricValue {
    /// A number of licenses.
    Count(u64),
    /// A percentage; may exceed 100.
    Percent(f64),
    /// An amount per month, saved as a text so that it keeps its digits.
    Money(Decimal),
}

impl fmt::Display for MetricValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent:.2}"),
            Self::Money(amount) => write!(f, "{amount}"),
        }
    }
}
