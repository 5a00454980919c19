//! What a page shows of other days: how the totals and the products of customers changed.

use rust_decimal::Decimal;

use super::data::{count, first};
use super::text::Text;
use super::trend::Trend;

/// The number of lines in the table of changes.
pub(crate) const CHANGES: usize = 15;

/// What is known of the days before the day of the page.
pub(crate) struct History {
    pub(crate) since: Since,
    pub(crate) changes: Changes,
    pub(crate) trend: Trend,
}

/// How the totals changed.
pub(crate) struct Since {
    /// The earlier day.
    pub(crate) day: Text,
    pub(crate) sold: Option<i64>,
    pub(crate) deployed: Option<i64>,
    pub(crate) active: Option<i64>,
    pub(crate) unused: Option<i64>,
    /// The change of the cost of unused licenses, per currency.
    pub(crate) costs: Vec<(Text, Decimal)>,
}

/// What changed since an earlier day.
pub(crate) struct Changes {
    pub(crate) since: Text,
    /// Which customers the changes cover.
    pub(crate) notes: Vec<Text>,
    /// Completes the sentence "All changes are in".
    pub(crate) elsewhere: Option<Text>,
    pub(super) lines: Vec<Change>,
    pub(super) left_out: u64,
}

/// A product of a customer that changed.
pub(crate) struct Change {
    /// `None` on the page of the customer.
    pub(crate) customer: Option<Text>,
    pub(crate) product: Text,
    pub(crate) kind: ChangeKind,
    pub(crate) sold: (Option<i64>, Option<i64>),
    pub(crate) active: (Option<i64>, Option<i64>),
    /// The difference.
    pub(crate) unused: Option<i64>,
    /// The difference of the cost of unused licenses, per currency.
    pub(crate) costs: Vec<(Text, Decimal)>,
}

/// How something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    New,
    Gone,
    Changed,
}

impl Changes {
    /// Takes all changes, in the order of the page.
    pub(crate) fn new(since: Text, changes: impl IntoIterator<Item = Change>) -> Self {
        let (lines, left_out) = first(CHANGES, changes, count);
        Self { since, notes: Vec::new(), elsewhere: None, lines, left_out }
    }

    pub(super) fn names_customers(&self) -> bool {
        self.lines.iter().any(|change| change.customer.is_some())
    }

    pub(super) fn has_costs(&self) -> bool {
        self.lines.iter().any(|change| !change.costs.is_empty())
    }
}
