//! The value of a metric.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Measure, Metric};
use crate::funnel::{FunnelRow, Totals};

/// The value of a metric: a number of licenses, or a percentage.
///
/// It serializes as a plain number. `Display` prints a percentage with two decimal places.
///
/// ```
/// use partner_center::funnel::{Funnel, Metric, MetricValue};
///
/// let deployment = [serde_json::from_str(r#"{"productName":"VISIO","licensesSold":9,"licensesDeployed":6}"#)?];
/// let row = &Funnel::classic("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &[]).rows[0];
/// assert_eq!(Metric::Shelfware.of(row), Some(MetricValue::Count(3)));
/// assert_eq!(Metric::DeploymentPercent.of(row).map(|value| value.to_string()).as_deref(), Some("66.67"));
/// assert_eq!(Metric::Idle.of(row), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum MetricValue {
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
    ///
    /// ```
    /// use partner_center::funnel::{Funnel, Metric};
    ///
    /// let usage = [serde_json::from_str(r#"{"productName":"VISIO","licensesActive":3}"#)?];
    /// let row = &Funnel::classic("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &[], &usage).rows[0];
    /// assert_eq!((Metric::Active.of(row).is_some(), Metric::Sold.of(row).is_some()), (true, false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(self, row: &FunnelRow) -> Option<MetricValue> {
        self.of_row(row).value()
    }

    /// The value for the totals, from the known counts. `None` if it is a percentage of 0.
    ///
    /// ```
    /// use partner_center::funnel::{Metric, MetricValue, Totals};
    ///
    /// assert_eq!(Metric::Idle.of_total(&Totals::default()), Some(MetricValue::Count(0)));
    /// assert_eq!(Metric::UsagePercent.of_total(&Totals::default()), None);
    /// ```
    #[must_use]
    pub fn of_total(self, totals: &Totals) -> Option<MetricValue> {
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
