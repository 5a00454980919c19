//! The sources of report rows: deployment, usage, and the funnel, each by either source.

use std::collections::BTreeMap;

use partner_center::chain::CustomerHandle;
use partner_center::funnel::{Funnel, FunnelRow, Join, JoinReport};
use partner_center::licenses::Source;
use partner_center::licenses::{DeploymentRow, Fallback, LicenseReportStream, LicenseRow, UsageRow};
use partner_center::models::{
    CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection, Findings, Guid,
};
use partner_center::paging::{PagedCollection, Pages};
use partner_center::sweep::{self, Checkpoint, Progress, SweepStream};
use partner_center::{CustomerId, Error, PartnerCenter, Response};
use serde_json::{Map, Value};

use super::batch::Batch;
use super::coverage::CustomerCoverage;
use super::funnel_policy::FunnelPolicy;
use super::query_rows;
use super::row_buffer::{OwnPart, RowBuffer, SplitRow};
use super::selected_customers::{self, CustomerQuery, Odd, SelectedCustomers};
use crate::output::{Position, Row, rows};

/// A source of rows that is read in batches.
pub(super) trait Reading {
    type Row: Row;

    /// Returns the next batch. Cancel safe. An error affects all remaining customers.
    async fn next(&mut self) -> Result<Option<Batch<Self::Row>>, Error>;

    /// The progress, if the source reports it.
    fn progress(&self) -> Option<Progress>;

    /// Why the other source is used instead of the first.
    fn fallback(&self) -> Option<&Fallback> {
        None
    }

    /// The position to resume from; `None` if it cannot be resumed.
    fn checkpoint(&self) -> Option<Checkpoint>;

    /// Findings about the list of customers, if it is read.
    fn list_findings(&self) -> Option<&Findings> {
        None
    }

    /// A note about selected customers without rows, given the first one and their number.
    fn note_of_named(&self, _first: Option<CustomerId>, _empty: u64) -> Option<String> {
        None
    }

    /// The customers with and without rows, for sources that do not read customers one by one.
    fn covered(&self) -> Option<CustomerCoverage> {
        None
    }

    /// The number of pages that were empty although others follow.
    fn empty_pages(&self) -> u64;

    /// Passes on the rows that are complete only after everything was read.
    fn rest(&mut self, _each: &mut dyn FnMut(Self::Row)) {}

    /// The filters and thresholds, for the funnel.
    fn policy(&self) -> Option<&FunnelPolicy> {
        None
    }

    /// Whether to read on after the output is full, for thresholds.
    fn wants_all(&self) -> bool {
        self.policy().is_some_and(FunnelPolicy::has_thresholds)
    }

    /// Its own state, to save in the checkpoint.
    fn saved_state(&self) -> Value {
        self.policy().map_or(Value::Null, FunnelPolicy::state)
    }

    fn summary(&self) -> Map<String, Value> {
        self.policy().map_or_else(Map::new, FunnelPolicy::summary)
    }
}

/// All customers, or selected ones.
pub(super) enum CustomerSelection<S, Q: CustomerQuery> {
    All(S),
    SelectedCustomers(SelectedCustomers<Q>),
}

impl<S, Q: CustomerQuery> CustomerSelection<S, Q> {
    fn all(&self) -> Option<&S> {
        match self {
            Self::All(stream) => Some(stream),
            Self::SelectedCustomers(_) => None,
        }
    }

    fn named(&self) -> Option<&SelectedCustomers<Q>> {
        match self {
            Self::All(_) => None,
            Self::SelectedCustomers(named) => Some(named),
        }
    }
}

/// Deployment or usage.
pub(super) struct LicenseRows<R: ReportRow> {
    pub(super) whose: CustomerSelection<LicenseReportStream<R>, R>,
    pub(super) below: Option<f64>,
    /// Rows of the commercial query to sort at the end, if they are sorted.
    pub(super) held: Option<RowBuffer<R>>,
}

/// A row of the service, and the row of output it becomes.
pub(crate) trait ReportRow: LicenseRow + SplitRow + CustomerQuery<Rows = Vec<Self>> {
    type Row: Row + From<Self>;
}

/// Implements [`SplitRow`]. The row types differ only in the names of their counts.
macro_rules! hold {
    ($row:ident: $one:ident, $other:ident) => {
        impl SplitRow for $row {
            fn take(&mut self) -> OwnPart {
                OwnPart {
                    customer: self.customer_id.take(),
                    name: self.customer_name.take(),
                    counts: [self.$one.take(), self.$other.take()],
                }
            }

            fn put(&mut self, OwnPart { customer, name, counts }: OwnPart) {
                (self.customer_id, self.customer_name) = (customer, name);
                [self.$one, self.$other] = counts;
            }
        }
    };
}

hold!(DeploymentRow: licenses_sold, licenses_deployed);
hold!(UsageRow: licenses_active, licenses_qualified);

impl ReportRow for DeploymentRow {
    type Row = rows::Deployment;
}

impl ReportRow for UsageRow {
    type Row = rows::Usage;
}

impl CustomerQuery for DeploymentRow {
    type Rows = Vec<Self>;

    async fn classic(customer: CustomerHandle) -> Result<(Option<Vec<Self>>, Odd), Error> {
        let (id, rows) = (customer.id(), sweep::deployment(customer).await?);
        let odd = vec![(Position::of_customer(id), rows.findings().clone())];
        let rows = rows.into_value().items.into_iter().map(|row| Self::classic(id, row));
        Ok((some(rows.collect()), odd))
    }

    async fn commercial(
        partner: &PartnerCenter,
        customers: &[CustomerId],
    ) -> Result<(BTreeMap<CustomerId, Vec<Self>>, Odd), Error> {
        let query = partner.analytics().commercial().licenses().deployment();
        let (rows, odd) = whole(query.filter(selected_customers::filter(customers)?).pages()).await?;
        Ok((by_customer(rows.into_iter().map(Self::from), |row| row.customer_id, customers), odd))
    }
}

impl CustomerQuery for UsageRow {
    type Rows = Vec<Self>;

    async fn classic(customer: CustomerHandle) -> Result<(Option<Vec<Self>>, Odd), Error> {
        let (id, rows) = (customer.id(), sweep::usage(customer).await?);
        let odd = vec![(Position::of_customer(id), rows.findings().clone())];
        let rows = rows.into_value().items.into_iter().map(|row| Self::classic(id, row));
        Ok((some(rows.collect()), odd))
    }

    async fn commercial(
        partner: &PartnerCenter,
        customers: &[CustomerId],
    ) -> Result<(BTreeMap<CustomerId, Vec<Self>>, Odd), Error> {
        let query = partner.analytics().commercial().licenses().usage();
        let (rows, odd) = whole(query.filter(selected_customers::filter(customers)?).pages()).await?;
        Ok((by_customer(rows.into_iter().map(Self::from), |row| row.customer_id, customers), odd))
    }
}

fn some<T>(rows: Vec<T>) -> Option<Vec<T>> {
    (!rows.is_empty()).then_some(rows)
}

/// The rows of all pages.
async fn whole<C: PagedCollection>(mut pages: Pages<C>) -> Result<(Vec<C::Item>, Odd), Error> {
    let (mut rows, mut odd) = (Vec::new(), Odd::new());
    while let Some(page) = pages.try_next().await? {
        odd.push((Position::of_page(0), page.findings().clone()));
        rows.extend(page.into_value().into_items());
    }
    Ok((rows, odd))
}

/// Groups rows by customer. Rows of other customers are dropped: a service that ignores the filter returns all
/// customers.
fn by_customer<R>(
    rows: impl Iterator<Item = R>,
    of: impl Fn(&R) -> Option<CustomerId>,
    asked: &[CustomerId],
) -> BTreeMap<CustomerId, Vec<R>> {
    let mut sorted: BTreeMap<CustomerId, Vec<R>> = BTreeMap::new();
    for row in rows {
        if let Some(customer) = of(&row).filter(|customer| asked.contains(customer)) {
            sorted.entry(customer).or_default().push(row);
        }
    }
    sorted
}

impl<R: ReportRow> Reading for LicenseRows<R> {
    type Row = R::Row;

    async fn next(&mut self) -> Result<Option<Batch<R::Row>>, Error> {
        let below = self.below;
        let wanted = |row: &R::Row| below.is_none_or(|percent| row.is_below(percent));
        let rows = |rows: Vec<R>| rows.into_iter().map(R::Row::from).filter(wanted).collect();
        Ok(match &mut self.whose {
            CustomerSelection::All(stream) => stream.try_next().await?.map(|batch| {
                let (customer, name) = (batch.customer, batch.name);
                let rows = |response: Response<Vec<R>>| match &mut self.held {
                    Some(held) if customer.is_none() => {
                        response.into_value().into_iter().for_each(|row| held.push(row));
                        Vec::new()
                    }
                    _ => rows(response.into_value()),
                };
                Batch::of(customer, name, batch.outcome, rows)
            }),
            CustomerSelection::SelectedCustomers(named) => {
                named.next().await?.map(|(customer, known)| Batch {
                    customer: Some(customer),
                    name: None,
                    rows: known.into_batch_rows(rows),
                    odd: named.take_odd(),
                })
            }
        })
    }

    fn empty_pages(&self) -> u64 {
        self.whose.all().map_or(0, LicenseReportStream::empty_pages)
    }

    fn covered(&self) -> Option<CustomerCoverage> {
        Some(CustomerCoverage::of(self.whose.all()?.coverage()?, None))
    }

    fn progress(&self) -> Option<Progress> {
        self.whose.all().map(LicenseReportStream::progress)
    }

    fn list_findings(&self) -> Option<&Findings> {
        self.whose.all().map(LicenseReportStream::list_findings)
    }

    fn fallback(&self) -> Option<&Fallback> {
        match &self.whose {
            CustomerSelection::All(stream) => stream.fallback(),
            CustomerSelection::SelectedCustomers(named) => named.fallback(),
        }
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        let stream = self.whose.all()?;
        // Held rows are not in the output yet. They come from few requests, which are repeated.
        let holds = self.held.is_some() && stream.source() != Some(Source::Classic);
        (!holds || stream.progress().summary.rows == 0).then(|| stream.checkpoint())
    }

    fn rest(&mut self, each: &mut dyn FnMut(R::Row)) {
        let below = self.below;
        let held = self.held.take().unwrap_or_default();
        held.each(|row| {
            let row = R::Row::from(row);
            if below.is_none_or(|percent| row.is_below(percent)) {
                each(row);
            }
        });
    }

    fn note_of_named(&self, first: Option<CustomerId>, empty: u64) -> Option<String> {
        self.whose.named()?.note(first, empty)
    }
}

/// Deployment and usage of one customer from the classic operations.
pub(super) type Both =
    (CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection);

/// Requests both.
pub(super) async fn both(customer: CustomerHandle) -> Result<Response<Both>, Error> {
    let deployment = sweep::deployment(customer.clone()).await?;
    let usage = sweep::usage(customer).await?;
    Ok(deployment.zip(usage))
}

/// The query for the funnel of selected customers: deployment and usage, joined.
pub(super) struct Joined;

impl CustomerQuery for Joined {
    type Rows = (Vec<FunnelRow>, JoinReport);

    async fn classic(customer: CustomerHandle) -> Result<(Option<Self::Rows>, Odd), Error> {
        let id = customer.id();
        let both = both(customer).await?;
        let odd = vec![(Position::of_customer(id), both.findings().clone())];
        let (deployment, usage) = both.into_value();
        if deployment.items.is_empty() && usage.items.is_empty() {
            return Ok((None, odd));
        }
        let funnel = Funnel::classic(id, &deployment.items, &usage.items);
        Ok((Some((funnel.rows, funnel.report)), odd))
    }

    async fn commercial(
        partner: &PartnerCenter,
        customers: &[CustomerId],
    ) -> Result<(BTreeMap<CustomerId, Self::Rows>, Odd), Error> {
        let licenses = partner.analytics().commercial().licenses();
        let (deployment, mut odd) =
            whole(licenses.deployment().filter(selected_customers::filter(customers)?).pages()).await?;
        let (usage, odd_usage) =
            whole(licenses.usage().filter(selected_customers::filter(customers)?).pages()).await?;
        odd.extend(odd_usage);
        let named = |id: Option<&Guid>| id.and_then(Guid::as_uuid).map(CustomerId::from);
        let deployment =
            by_customer(deployment.into_iter(), |row| named(row.customer_tenant_id.as_ref()), customers);
        let mut usage =
            by_customer(usage.into_iter(), |row| named(row.customer_tenant_id.as_ref()), customers);
        let mut joined = BTreeMap::new();
        let mut join = |customer, deployment: &[_], usage: &[_]| {
            let funnel = Funnel::commercial(deployment, usage);
            joined.insert(customer, (funnel.rows, funnel.report));
        };
        for (customer, deployment) in deployment {
            join(customer, &deployment, &usage.remove(&customer).unwrap_or_default());
        }
        for (customer, usage) in usage {
            join(customer, &[], &usage);
        }
        Ok((joined, odd))
    }
}

/// The funnel read customer by customer: all customers by the classic operations, or selected ones.
pub(super) struct ClassicFunnel {
    pub(super) whose: CustomerSelection<SweepStream<Both>, Joined>,
    pub(super) policy: FunnelPolicy,
    pub(super) fallback: Option<Fallback>,
}

impl Reading for ClassicFunnel {
    type Row = rows::Funnel;

    async fn next(&mut self) -> Result<Option<Batch<rows::Funnel>>, Error> {
        let policy = &mut self.policy;
        let mut rows = |rows: Vec<FunnelRow>, report: &JoinReport| {
            policy.joined(report);
            rows.into_iter().filter(|row| policy.keeps(row)).map(rows::Funnel::from).collect()
        };
        Ok(match &mut self.whose {
            CustomerSelection::All(stream) => stream.try_next().await?.map(|swept| {
                let (customer, name) = (swept.customer, swept.name);
                let of_both = |both: Response<Both>| {
                    let (deployment, usage) = both.into_value();
                    let funnel = Funnel::classic(customer, &deployment.items, &usage.items);
                    rows(funnel.rows, &funnel.report)
                };
                Batch::of(Some(customer), name, swept.outcome, of_both)
            }),
            CustomerSelection::SelectedCustomers(named) => {
                named.next().await?.map(|(customer, known)| Batch {
                    customer: Some(customer),
                    name: None,
                    rows: known.into_batch_rows(|(funnel, report)| rows(funnel, &report)),
                    odd: named.take_odd(),
                })
            }
        })
    }

    fn empty_pages(&self) -> u64 {
        self.whose.all().map_or(0, SweepStream::empty_pages)
    }

    fn progress(&self) -> Option<Progress> {
        self.whose.all().map(SweepStream::progress)
    }

    fn list_findings(&self) -> Option<&Findings> {
        self.whose.all().map(SweepStream::list_findings)
    }

    fn fallback(&self) -> Option<&Fallback> {
        match &self.whose {
            CustomerSelection::All(_) => self.fallback.as_ref(),
            CustomerSelection::SelectedCustomers(named) => named.fallback(),
        }
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        self.whose.all().map(SweepStream::checkpoint)
    }

    fn note_of_named(&self, first: Option<CustomerId>, empty: u64) -> Option<String> {
        self.whose.named()?.note(first, empty)
    }

    fn policy(&self) -> Option<&FunnelPolicy> {
        Some(&self.policy)
    }
}

/// The funnel by the commercial queries: reads all of deployment, then all of usage, then joins them. It takes few
/// requests, so it cannot be resumed.
pub(super) struct CommercialFunnel {
    pub(super) deployment: LicenseReportStream<DeploymentRow>,
    pub(super) usage: LicenseReportStream<UsageRow>,
    pub(super) deployment_read: bool,
    pub(super) join: Join,
    pub(super) policy: FunnelPolicy,
}

impl Reading for CommercialFunnel {
    type Row = rows::Funnel;

    async fn next(&mut self) -> Result<Option<Batch<rows::Funnel>>, Error> {
        if !self.deployment_read {
            if let Some(batch) = self.deployment.try_next().await? {
                return Ok(Some(Batch::of(None, None, batch.outcome, |rows| {
                    rows.into_value()
                        .into_iter()
                        .for_each(|row| self.join.deployment(&query_rows::deployment(row)));
                    Vec::new()
                })));
            }
            self.deployment_read = true;
        }
        let batch = self.usage.try_next().await?;
        Ok(batch.map(|batch| {
            Batch::of(None, None, batch.outcome, |rows| {
                rows.into_value().into_iter().for_each(|row| self.join.usage(&query_rows::usage(row)));
                Vec::new()
            })
        }))
    }

    fn progress(&self) -> Option<Progress> {
        Some(if self.deployment_read { self.usage.progress() } else { self.deployment.progress() })
    }

    fn list_findings(&self) -> Option<&Findings> {
        Some(self.usage.list_findings())
    }

    fn empty_pages(&self) -> u64 {
        self.deployment.empty_pages() + self.usage.empty_pages()
    }

    fn covered(&self) -> Option<CustomerCoverage> {
        Some(CustomerCoverage::of(self.usage.coverage()?, self.deployment.coverage()))
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        None
    }

    fn rest(&mut self, each: &mut dyn FnMut(rows::Funnel)) {
        let policy = &mut self.policy;
        let report = std::mem::take(&mut self.join).finish(|row: FunnelRow| {
            if policy.keeps(&row) {
                each(row.into());
            }
        });
        policy.joined(&report);
    }

    fn policy(&self) -> Option<&FunnelPolicy> {
        Some(&self.policy)
    }
}
