//! `--by`: writes the totals per customer, product or service instead of the rows.

use partner_center::funnel::{GroupBy, Groups};
use partner_center::licenses::{Fallback, Source};
use partner_center::models::Findings;
use partner_center::sweep::{Checkpoint, Progress};
use partner_center::{CustomerId, Error};
use serde_json::{Map, Value};

use super::batch::Batch;
use super::coverage::CustomerCoverage;
use super::funnel_policy::FunnelPolicy;
use super::source::Reading;
use crate::output::rows::{GroupExtra, GroupRow, group};
use crate::prices::Currency;

/// Groups the rows of another source.
pub(super) struct RollUp<S> {
    rows: S,
    groups: Groups<GroupExtra>,
    /// The currencies of the prices.
    currencies: Option<Vec<Currency>>,
}

impl<S> RollUp<S> {
    pub(super) fn new(rows: S, by: GroupBy, currencies: Option<Vec<Currency>>) -> Self {
        Self { rows, groups: Groups::new(by), currencies }
    }
}

impl<S: Reading> Reading for RollUp<S> {
    type Row = GroupRow;

    async fn next(&mut self) -> Result<Option<Batch<GroupRow>>, Error> {
        let Some(batch) = self.rows.next().await? else { return Ok(None) };
        let (groups, currencies) = (&mut self.groups, self.currencies.as_deref());
        Ok(Some(batch.map(|rows| {
            for row in &rows {
                group::add(groups, currencies, row);
            }
            Vec::new()
        })))
    }

    fn rest(&mut self, each: &mut dyn FnMut(GroupRow)) {
        let Self { rows, groups, currencies } = self;
        rows.rest(&mut |row| group::add(groups, currencies.as_deref(), &row));
        let by = groups.by();
        for group in group::rows(std::mem::replace(groups, Groups::new(by))) {
            rows.grouped(&group);
            each(group);
        }
    }

    fn progress(&self) -> Option<Progress> {
        self.rows.progress()
    }

    fn source(&self) -> Option<Source> {
        self.rows.source()
    }

    fn proves_nothing(&self) -> bool {
        self.rows.proves_nothing()
    }

    fn fallback(&self) -> Option<&Fallback> {
        self.rows.fallback()
    }

    /// A group is complete only at the end.
    fn checkpoint(&self) -> Option<Checkpoint> {
        None
    }

    fn list_findings(&self) -> Option<&Findings> {
        self.rows.list_findings()
    }

    fn note_of_named(&self, first: Option<CustomerId>, empty: u64) -> Option<String> {
        self.rows.note_of_named(first, empty)
    }

    fn covered(&self) -> Option<CustomerCoverage> {
        self.rows.covered()
    }

    fn empty_pages(&self) -> u64 {
        self.rows.empty_pages()
    }

    fn policy(&self) -> Option<&FunnelPolicy> {
        self.rows.policy()
    }

    fn summary(&self) -> Map<String, Value> {
        self.rows.summary()
    }
}
