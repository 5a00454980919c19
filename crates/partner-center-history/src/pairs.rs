//! The counts of two days beside each other.

use partner_center::funnel::Counts;
use serde::{Deserialize, Serialize};

/// The counts of both days, `null` on a day that does not have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Pairs {
    /// Licenses sold on the earlier day.
    pub sold_from: Option<i64>,
    /// Licenses sold on the later day.
    pub sold_to: Option<i64>,
    /// Licenses deployed on the earlier day.
    pub deployed_from: Option<i64>,
    /// Licenses deployed on the later day.
    pub deployed_to: Option<i64>,
    /// Licenses active on the earlier day.
    pub active_from: Option<i64>,
    /// Licenses active on the later day.
    pub active_to: Option<i64>,
    /// Licenses unused on the earlier day.
    pub unused_from: Option<i64>,
    /// Licenses unused on the later day.
    pub unused_to: Option<i64>,
}

/// A count on both days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// On the earlier day.
    pub from: Option<i64>,
    /// On the later day.
    pub to: Option<i64>,
}

impl Pair {
    /// How much the count changed. A day that does not have it counts as 0.
    #[must_use]
    pub fn moved(self) -> i64 {
        self.to.unwrap_or(0).saturating_sub(self.from.unwrap_or(0))
    }
}

impl Pairs {
    /// The counts of the earlier and of the later day.
    #[must_use]
    pub fn new(from: Counts, to: Counts) -> Self {
        Self {
            sold_from: from.licenses_sold,
            sold_to: to.licenses_sold,
            deployed_from: from.licenses_deployed,
            deployed_to: to.licenses_deployed,
            active_from: from.licenses_active,
            active_to: to.licenses_active,
            unused_from: from.unused,
            unused_to: to.unused,
        }
    }

    /// Licenses sold.
    #[must_use]
    pub fn sold(&self) -> Pair {
        Pair { from: self.sold_from, to: self.sold_to }
    }

    /// Licenses deployed.
    #[must_use]
    pub fn deployed(&self) -> Pair {
        Pair { from: self.deployed_from, to: self.deployed_to }
    }

    /// Licenses active.
    #[must_use]
    pub fn active(&self) -> Pair {
        Pair { from: self.active_from, to: self.active_to }
    }

    /// Licenses unused.
    #[must_use]
    pub fn unused(&self) -> Pair {
        Pair { from: self.unused_from, to: self.unused_to }
    }

    /// Licenses sold, deployed, active and unused.
    #[must_use]
    pub fn all(&self) -> [Pair; 4] {
        [self.sold(), self.deployed(), self.active(), self.unused()]
    }
}
