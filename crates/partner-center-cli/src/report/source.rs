//! The sources of report rows: deployment, usage, and the funnel, each by either source.

use partner_center::funnel::{Funnel, FunnelBatch, FunnelReportStream, FunnelRow};
use partner_center::licenses::{Fallback, LicenseReportStream, LicenseRow, Source, UsageRow};
use partner_center::models::Findings;
use partner_center::sweep::{Checkpoint, CustomerOutcome, Outcome, Progress};
use partner_center::{CustomerId, Error, PartnerCenter, Response};
use serde_json::{Map, Value};

use super::batch::Batch;
use super::coverage::CustomerCoverage;
use super::funnel_policy::FunnelPolicy;
use super::live::LiveSkus;
use super::recording::Tap;
use super::renewals::RenewalsReading;
use super::row_buffer::RowBuffer;
use super::selected_customers::{CustomerQuery, FunnelQuery, SelectedCustomers};
use crate::args::{self, Pace};
use crate::output::rows::{AnnotatedRow, GroupRow};
use crate::output::{Row, as_written};
use crate::problem::Problem;

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

    /// Where the rows come from, once it is decided.
    fn source(&self) -> Option<Source>;

    /// Whether an empty response for a customer does not prove that it has no licenses.
    fn proves_nothing(&self) -> bool {
        true
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

    /// Whether something is missing beside the rows, so that the run is incomplete although all customers were read.
    fn is_lacking(&self) -> bool {
        false
    }

    /// Passes on the rows that are complete only after everything was read.
    fn rest(&mut self, _each: &mut dyn FnMut(Self::Row)) {}

    /// Sees a group of the rows before it is written.
    fn grouped(&mut self, _group: &GroupRow) {}

    /// The filters and thresholds, for the funnel.
    fn policy(&self) -> Option<&FunnelPolicy> {
        None
    }

    /// Notes about the rows.
    fn notes(&self) -> Vec<String> {
        self.policy().map(FunnelPolicy::notes).unwrap_or_default()
    }

    /// The thresholds that are crossed.
    fn crossed(&self) -> Vec<Problem> {
        self.policy().map(FunnelPolicy::crossed).unwrap_or_default()
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
    /// These customers, in the order of their ids.
    pub(super) fn of(
        partner: &PartnerCenter,
        customers: &[CustomerId],
        pace: &Pace,
        source: Option<args::Source>,
    ) -> Self {
        let at_once = pace.concurrency();
        Self::SelectedCustomers(SelectedCustomers::new(partner, customers, at_once, source))
    }

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
pub(super) struct LicenseRows<R: LicenseRow> {
    pub(super) whose: CustomerSelection<LicenseReportStream<R>, R>,
    pub(super) below: Option<f64>,
    /// Rows of the commercial query to sort at the end, if they are sorted.
    pub(super) held: Option<RowBuffer<R>>,
}

impl<R: LicenseRow + Row> Reading for LicenseRows<R> {
    type Row = R;

    async fn next(&mut self) -> Result<Option<Batch<R>>, Error> {
        let below = self.below;
        let wanted = |row: &R| below.is_none_or(|percent| row.is_below(percent));
        let rows = |rows: Vec<R>| rows.into_iter().filter(wanted).map(as_written).collect();
        Ok(match &mut self.whose {
            CustomerSelection::All(stream) => stream.try_next().await?.map(|batch| {
                let (customer, name) = (batch.customer, batch.name);
                let rows = |response: Response<Vec<R>>| match &mut self.held {
                    Some(held) if customer.is_none() => {
                        response.into_value().into_iter().for_each(|row| held.push(as_written(row)));
                        Vec::new()
                    }
                    _ => rows(response.into_value()),
                };
                Batch::of(customer, name, batch.outcome, rows)
            }),
            CustomerSelection::SelectedCustomers(named) => Batch::of_next(named, rows).await?,
        })
    }

    fn empty_pages(&self) -> u64 {
        self.whose.all().map_or(0, LicenseReportStream::empty_pages)
    }

    fn source(&self) -> Option<Source> {
        match &self.whose {
            CustomerSelection::All(stream) => stream.source(),
            CustomerSelection::SelectedCustomers(named) => named.source(),
        }
    }

    /// Who has no usage may have licenses.
    fn proves_nothing(&self) -> bool {
        R::TYPE != UsageRow::TYPE
    }

    fn covered(&self) -> Option<CustomerCoverage> {
        Some(CustomerCoverage::of(self.whose.all()?.coverage()?))
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

    fn rest(&mut self, each: &mut dyn FnMut(R)) {
        let below = self.below;
        let held = self.held.take().unwrap_or_default();
        held.each(|row| {
            if below.is_none_or(|percent| row.is_below(percent)) {
                each(row);
            }
        });
    }

    fn note_of_named(&self, first: Option<CustomerId>, empty: u64) -> Option<String> {
        self.whose.named()?.note(first, empty)
    }
}

/// The batch, after the tap took it. If it cannot, there are no more batches.
fn tapped(batch: Option<FunnelBatch>, tap: Option<&Tap>) -> Option<FunnelBatch> {
    batch.filter(|batch| tap.is_none_or(|tap| tap.add(batch)))
}

/// The funnel, of all customers or of selected ones.
pub(super) struct FunnelRows {
    pub(super) whose: CustomerSelection<FunnelReportStream, FunnelQuery>,
    pub(super) policy: FunnelPolicy,
    /// Only the products of the rows are of interest, so that nothing is reported about their counts.
    pub(super) products_only: bool,
    /// Takes every batch.
    pub(super) tap: Option<Tap>,
    /// With `--live`.
    pub(super) live: Option<LiveSkus>,
    /// For pages.
    pub(super) renewals: Option<RenewalsReading>,
    /// Whether the last batch was read.
    pub(super) ended: bool,
}

impl FunnelRows {
    pub(super) fn new(
        whose: CustomerSelection<FunnelReportStream, FunnelQuery>,
        policy: FunnelPolicy,
    ) -> Self {
        Self { whose, policy, products_only: false, tap: None, live: None, renewals: None, ended: false }
    }

    /// Reads the next batch, before the rows are filtered.
    async fn next_of_analytics(&mut self) -> Result<Option<Batch<FunnelRow>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let policy = &mut self.policy;
        let mut rows = |funnel: Funnel| {
            policy.joined(&funnel.report);
            funnel.rows
        };
        let batch = match &mut self.whose {
            CustomerSelection::All(stream) => match tapped(stream.try_next().await?, self.tap.as_ref()) {
                Some(FunnelBatch::Customer(CustomerOutcome { customer, name, outcome, .. })) => {
                    let rows = |funnel: Response<Funnel>| rows(funnel.into_value());
                    Some(Batch::of(Some(customer), name, outcome, rows))
                }
                Some(FunnelBatch::Page(page)) => {
                    Some(Batch::of(None, None, Outcome::Rows(page), |_| Vec::new()))
                }
                Some(joined) => Some(Batch::joined(joined.into_rows())),
                None => {
                    // The join of the commercial queries is complete only now.
                    if stream.source() == Some(Source::Commercial) {
                        policy.joined(stream.report());
                    }
                    if let Some(tap) = &self.tap {
                        tap.end(stream);
                    }
                    None
                }
            },
            CustomerSelection::SelectedCustomers(named) => Batch::of_next(named, rows).await?,
        };
        self.ended = batch.is_none();
        Ok(batch)
    }
}

impl Reading for FunnelRows {
    type Row = AnnotatedRow;

    async fn next(&mut self) -> Result<Option<Batch<AnnotatedRow>>, Error> {
        if let Some(live) = &mut self.live
            && let Some((customer, error)) = live.read().await?
        {
            return Ok(Some(Batch::lacking(customer, error)));
        }
        if let Some(renewals) = &mut self.renewals
            && let Some((customer, error)) = renewals.read().await?
        {
            return Ok(Some(Batch::lacking(customer, error)));
        }
        let batch = self.next_of_analytics().await?;
        let source = self.source().unwrap_or(Source::Commercial);
        let Self { policy, live, .. } = self;
        let Some(live) = live else { return Ok(batch.map(|batch| batch.map(|rows| policy.filtered(rows)))) };
        let beside = match batch {
            Some(batch) => Some(live.beside(batch, source)),
            None => live.rest(source),
        };
        Ok(beside.map(|batch| {
            batch.map(|rows| {
                let rows = policy.filtered(rows);
                live.count(&rows);
                rows
            })
        }))
    }

    fn empty_pages(&self) -> u64 {
        self.whose.all().map_or(0, FunnelReportStream::empty_pages)
    }

    fn source(&self) -> Option<Source> {
        match &self.whose {
            CustomerSelection::All(stream) => stream.source(),
            CustomerSelection::SelectedCustomers(named) => named.source(),
        }
    }

    fn covered(&self) -> Option<CustomerCoverage> {
        Some(CustomerCoverage::of(self.whose.all()?.coverage()?))
    }

    fn progress(&self) -> Option<Progress> {
        let progress = self.whose.all().map(FunnelReportStream::progress)?;
        let live = self.live.as_ref().and_then(LiveSkus::progress);
        let renewals = self.renewals.as_ref().and_then(RenewalsReading::progress);
        Some(live.or(renewals).unwrap_or(progress))
    }

    fn list_findings(&self) -> Option<&Findings> {
        self.whose.all().map(FunnelReportStream::list_findings)
    }

    fn fallback(&self) -> Option<&Fallback> {
        match &self.whose {
            CustomerSelection::All(stream) => stream.fallback(),
            CustomerSelection::SelectedCustomers(named) => named.fallback(),
        }
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        self.whose.all()?.checkpoint()
    }

    fn note_of_named(&self, first: Option<CustomerId>, empty: u64) -> Option<String> {
        self.whose.named()?.note(first, empty)
    }

    fn grouped(&mut self, group: &GroupRow) {
        self.policy.grouped(group);
    }

    fn policy(&self) -> Option<&FunnelPolicy> {
        (!self.products_only).then_some(&self.policy)
    }

    fn notes(&self) -> Vec<String> {
        let of_rows = self.policy().map(FunnelPolicy::notes);
        let live = self.live.as_ref().map(LiveSkus::notes);
        let renewals = self.renewals.as_ref().map(RenewalsReading::notes);
        [of_rows, live, renewals].into_iter().flatten().flatten().collect()
    }

    fn summary(&self) -> Map<String, Value> {
        let live = self.live.as_ref().map(|live| ("live".to_owned(), live.summary()));
        self.policy().map_or_else(Map::new, FunnelPolicy::summary).into_iter().chain(live).collect()
    }

    fn is_lacking(&self) -> bool {
        self.live.as_ref().is_some_and(LiveSkus::is_incomplete)
            || self.renewals.as_ref().is_some_and(RenewalsReading::is_incomplete)
    }

    /// The commercial queries are read before the first row is written, and the totals cover all of their rows.
    fn wants_all(&self) -> bool {
        let is_joined = |stream: &FunnelReportStream| {
            stream.source() == Some(Source::Commercial) && stream.report().funnel_rows > 0
        };
        self.policy.has_thresholds() || self.whose.all().is_some_and(is_joined)
    }
}
