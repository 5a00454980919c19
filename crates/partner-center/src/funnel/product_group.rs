//! Builds the funnel row of one product of a customer: joins the two sides, computes the counts and sets the flags.

use std::cmp::Ordering;
use std::sync::Arc;

use super::merge::{Merged, RowValues};
use super::product_key::{Product, WorkloadLabel, keep_smaller};
use super::{Flag, FunnelRow, JoinReport, Workload, row};
use crate::CustomerId;
use crate::licenses::{Source, rounded_percent};
use crate::models::{Guid, Timestamp};

/// In seconds.
const DAY: u64 = 24 * 60 * 60;

/// An input row, reduced to the data that the join needs.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) product: Arc<Product>,
    /// `None` for deployment.
    pub(super) workload: Option<Arc<WorkloadLabel>>,
    pub(super) part: RowValues,
}

impl Entry {
    /// Orders rows by product and then by workload, deployment first.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        self.product
            .join_key()
            .cmp(&other.product.join_key())
            .then_with(|| self.workload_key().cmp(&other.workload_key()))
            .then_with(|| self.part.order(&other.part))
    }

    fn names_no_workload(&self) -> bool {
        self.workload.as_ref().is_some_and(|workload| workload.key.is_none())
    }

    /// Whether this is a usage row, and its workload.
    fn workload_key(&self) -> (bool, Option<&str>) {
        (self.workload.is_some(), self.workload.as_ref().and_then(|workload| workload.key.as_deref()))
    }
}

/// The entries of one product and channel of a customer, which become one funnel row.
pub(super) struct ProductGroup<'a> {
    deployment: &'a [Entry],
    usage: &'a [Entry],
    /// [`Flag::JoinedByName`] or [`Flag::Ambiguous`].
    flag: Option<Flag>,
}

impl<'a> ProductGroup<'a> {
    pub(super) fn new(entries: &'a [Entry]) -> Self {
        let (deployment, usage) = entries.split_at(entries.partition_point(|entry| entry.workload.is_none()));
        Self { deployment, usage, flag: None }
    }

    fn entries(&self) -> impl Iterator<Item = &'a Entry> + use<'a> {
        self.deployment.iter().chain(self.usage)
    }

    fn is_one_sided(&self) -> bool {
        self.deployment.is_empty() != self.usage.is_empty()
    }

    fn has_id(&self) -> bool {
        self.entries().next().is_some_and(|entry| entry.product.id.is_some())
    }

    /// Whether `other` has the missing side, for a product with the same name.
    fn is_completed_by(&self, other: &Self) -> bool {
        let name = |group: &Self| group.entries().map(|entry| entry.product.name_key()).min();
        self.is_one_sided()
            && other.is_one_sided()
            && self.deployment.is_empty() != other.deployment.is_empty()
            && name(self) == name(other)
    }

    fn take(&mut self, other: &mut Self) {
        if self.deployment.is_empty() {
            self.deployment = std::mem::take(&mut other.deployment);
        } else {
            self.usage = std::mem::take(&mut other.usage);
        }
    }

    pub(super) fn row(
        self,
        customer_id: CustomerId,
        customer_name: Option<String>,
        report: &mut JoinReport,
    ) -> FunnelRow {
        let mut flags: Vec<_> = self.flag.into_iter().collect();
        let mut merge = |entries: &'a [Entry]| -> Option<Merged> {
            let merged = Merged::of(entries.iter().map(|entry| &entry.part))?;
            for (flag, rows, sum) in [
                (Flag::Repeated, merged.repeated, &mut report.repeated),
                (Flag::Superseded, merged.superseded, &mut report.superseded),
                (Flag::Summed, merged.summed, &mut report.summed),
            ] {
                *sum = sum.saturating_add(rows);
                flags.extend((rows > 0).then_some(flag));
            }
            Some(merged)
        };
        let deployment = merge(self.deployment);
        let workloads: Vec<_> = self
            .usage
            .chunk_by(|a, b| a.workload_key() == b.workload_key())
            .filter_map(|entries| Some(workload(entries, merge(entries)?)))
            .collect();

        let has_deployment = deployment.is_some();
        let Merged { counts: [licenses_sold, licenses_deployed], percent: reported, processed, .. } =
            deployment.unwrap_or_default();
        let licenses_active = greatest(&workloads);
        let shelfware = row::difference(licenses_sold, licenses_deployed);
        let idle = row::difference(licenses_deployed, licenses_active);
        // All rows of a join usually come from one source.
        let source = self.entries().map(|entry| entry.part.source).min().unwrap_or(Source::Classic);
        let mut row = FunnelRow {
            customer_id,
            customer_name,
            product_id: None,
            product_name: None,
            service_code: None,
            service_name: None,
            channel: None,
            licenses_sold,
            licenses_deployed,
            licenses_active,
            shelfware,
            idle,
            unused: row::sum_of_known(shelfware, idle),
            deployment_percent: rounded_percent(licenses_deployed, licenses_sold),
            usage_percent: rounded_percent(licenses_active, licenses_deployed),
            reported_deployment_percent: reported,
            reported_usage_percent: workloads
                .iter()
                .filter(|workload| licenses_active.is_some() && workload.licenses_active == licenses_active)
                .filter_map(|workload| workload.reported_usage_percent)
                .max_by(f64::total_cmp),
            deployment_processed_date_time: processed,
            usage_processed_date_time: workloads
                .iter()
                .filter_map(|workload| workload.processed_date_time.as_ref())
                .min_by_key(|stamp| (stamp.unix_seconds().is_none(), stamp.unix_seconds(), stamp.to_string()))
                .cloned(),
            workloads,
            source,
            flags: Vec::new(),
        };
        flags.extend(flags_of(&row, has_deployment));
        flags.extend(self.usage.iter().any(Entry::names_no_workload).then_some(Flag::WithoutWorkload));
        flags.sort_unstable();
        flags.dedup();
        row.flags = flags;
        let mut id = None;
        for Product { id: other, name, service_code, service_name, channel, .. } in
            self.entries().map(|entry| &*entry.product)
        {
            keep_smaller(&mut id, other.as_ref());
            keep_smaller(&mut row.product_name, name.as_ref());
            keep_smaller(&mut row.service_code, service_code.as_ref());
            keep_smaller(&mut row.service_name, service_name.as_ref());
            keep_smaller(&mut row.channel, channel.as_ref());
        }
        row.product_id = id.as_deref().map(Guid::from);
        row
    }
}

/// Joins rows that have no product id with rows that have one and lack the other side, if there is exactly one
/// candidate. Rows with different ids are different products, whatever their names.
pub(super) fn complete_by_name(cells: Vec<ProductGroup<'_>>) -> Vec<ProductGroup<'_>> {
    let (mut complete, incomplete): (Vec<_>, Vec<_>) =
        cells.into_iter().partition(|group| !group.is_one_sided());
    let (mut named, mut anonymous): (Vec<_>, Vec<_>) = incomplete.into_iter().partition(ProductGroup::has_id);
    for group in &mut anonymous {
        let mut candidates = named.iter_mut().filter(|other| group.is_completed_by(other));
        match (candidates.next(), candidates.next()) {
            (None, _) => {}
            (Some(only), None) => {
                group.take(only);
                group.flag = Some(Flag::JoinedByName);
            }
            (Some(first), Some(second)) => {
                for other in [first, second].into_iter().chain(candidates) {
                    other.flag = Some(Flag::Ambiguous);
                }
                group.flag = Some(Flag::Ambiguous);
            }
        }
    }
    complete.append(&mut anonymous);
    complete.extend(named.into_iter().filter(|group| group.entries().next().is_some()));
    complete
}

/// The flags for the numbers and times of a row.
fn flags_of(row: &FunnelRow, has_deployment: bool) -> impl Iterator<Item = Flag> {
    let (sold, deployed, active) = (row.licenses_sold, row.licenses_deployed, row.licenses_active);
    let has_usage = !row.workloads.is_empty();
    let exceeds =
        |part: Option<i64>, whole: Option<i64>| part.zip(whole).is_some_and(|(part, whole)| part > whole);

    let stamps: Vec<_> = has_deployment
        .then_some(&row.deployment_processed_date_time)
        .into_iter()
        .chain(row.workloads.iter().map(|workload| &workload.processed_date_time))
        .map(|stamp| stamp.as_ref().and_then(Timestamp::unix_seconds))
        .collect();
    let (oldest, newest) = (stamps.iter().flatten().min(), stamps.iter().flatten().max());
    let apart = oldest.zip(newest).map_or(0, |(oldest, newest)| newest.abs_diff(*oldest));

    [
        (Flag::WithoutUsage, !has_usage),
        (Flag::WithoutDeployment, !has_deployment),
        (
            Flag::UnknownCount,
            has_deployment && (sold.is_none() || deployed.is_none()) || has_usage && active.is_none(),
        ),
        (Flag::UnusedIsLowerBound, row.shelfware.is_some() != row.idle.is_some()),
        (Flag::DeployedExceedsSold, exceeds(deployed, sold)),
        (Flag::ActiveExceedsDeployed, exceeds(active, deployed)),
        (Flag::MixedAges, apart >= DAY),
        (Flag::UnknownAge, stamps.contains(&None)),
    ]
    .into_iter()
    .filter_map(|(flag, is_so)| is_so.then_some(flag))
}

/// The maximum count; unknown if any count is unknown.
fn greatest(workloads: &[Workload]) -> Option<i64> {
    let counts: Option<Vec<_>> = workloads.iter().map(|workload| workload.licenses_active).collect();
    counts?.into_iter().max()
}

fn workload(entries: &[Entry], merged: Merged) -> Workload {
    let [licenses_active, licenses_qualified] = merged.counts;
    let mut workload = Workload {
        workload_code: None,
        workload_name: None,
        licenses_active,
        licenses_qualified,
        usage_percent: rounded_percent(licenses_active, licenses_qualified),
        reported_usage_percent: merged.percent,
        processed_date_time: merged.processed,
    };
    for label in entries.iter().filter_map(|entry| entry.workload.as_ref()) {
        keep_smaller(&mut workload.workload_code, label.code.as_ref());
        keep_smaller(&mut workload.workload_name, label.name.as_ref());
    }
    workload
}
