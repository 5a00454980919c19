//! `--by`: writes the totals per customer, product or service instead of the rows.

use partner_center::funnel::{Counted, Group, GroupBy, Groups};
use partner_center::licenses::Fallback;
use partner_center::models::Findings;
use partner_center::sweep::{Checkpoint, Progress};
use partner_center::{CustomerId, Error};
use serde_json::{Map, Value};

use super::batch::{Batch, BatchRows};
use super::coverage::CustomerCoverage;
use super::funnel_policy::FunnelPolicy;
use super::source::Reading;

/// Groups the rows of another source.
pub(super) struct RollUp<S> {
    rows: S,
    groups: Groups,
}

impl<S> RollUp<S> {
    pub(super) fn new(rows: S, by: GroupBy) -> Self {
        Self { rows, groups: Groups::new(by) }
    }
}

impl<S: Reading<Row: Counted>> Reading for RollUp<S> {
    type Row = Group;

    async fn next(&mut self) -> Result<Option<Batch<Group>>, Error> {
        let Some(batch) = self.rows.next().await? else { return Ok(None) };
        let rows = match batch.rows {
            BatchRows::Rows(rows) => {
                for row in &rows {
                    self.groups.add(row);
                }
                BatchRows::Rows(Vec::new())
            }
            BatchRows::Empty => BatchRows::Empty,
            BatchRows::Skipped => BatchRows::Skipped,
            BatchRows::Failed(error) => BatchRows::Failed(error),
        };
        Ok(Some(Batch { customer: batch.customer, name: batch.name, rows, odd: batch.odd }))
    }

    fn rest(&mut self, each: &mut dyn FnMut(Group)) {
        self.rows.rest(&mut |row| {
            self.groups.add(&row);
        });
        let by = self.groups.by();
        std::mem::replace(&mut self.groups, Groups::new(by)).into_iter().for_each(each);
    }

    fn progress(&self) -> Option<Progress> {
        self.rows.progress()
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
