//! The stream of funnel rows of all customers: customer by customer, or after both commercial queries were joined.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::{Funnel, FunnelReport, FunnelRow, FunnelRows, InputRows, Join, JoinReport};
use crate::clock::BoxFuture;
use crate::error::{Error, ErrorKind};
use crate::licenses::{
    Batch, Coverage, DeploymentRow, Fallback, LicenseReport, LicenseReportStream, LicenseRow, Source,
    SourceChoice, UsageRow,
};
use crate::models::{Findings, Timestamp};
use crate::sweep::concurrency::AdaptiveLimiter;
use crate::sweep::customer_index::of_another_sweep;
use crate::sweep::{Checkpoint, CustomerOutcome, Outcome, Progress, Summary, Sweep, SweepError, SweepStream};
use crate::{Response, Result};

/// A part of the funnel of all customers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FunnelBatch {
    /// The outcome for a customer, with the rows and the report of its join, from the classic operations. It counts as
    /// [`Outcome::Empty`] only if there is neither deployment nor usage.
    Customer(CustomerOutcome<Funnel>),
    /// A page of a commercial query was read. Its rows are kept for the join; the response has the findings about it,
    /// and the rows if they were [asked for](FunnelReport::with_input).
    Page(Response<InputRows>),
    /// The rows of a customer, joined after both commercial queries were read.
    Joined(Vec<FunnelRow>),
}

impl FunnelBatch {
    /// The funnel rows of this batch; none if a customer has no rows or could not be read, and for a page.
    #[must_use]
    pub fn rows(&self) -> &[FunnelRow] {
        match self {
            Self::Customer(CustomerOutcome { outcome: Outcome::Rows(funnel), .. }) => &funnel.value().rows,
            Self::Joined(rows) => rows,
            Self::Customer(_) | Self::Page(_) => &[],
        }
    }

    /// The rows of deployment and usage of this batch, if they were [asked for](FunnelReport::with_input).
    #[must_use]
    pub fn input(&self) -> Option<&InputRows> {
        match self {
            Self::Customer(CustomerOutcome { outcome: Outcome::Rows(funnel), .. }) => {
                Some(&funnel.value().input)
            }
            Self::Page(page) => Some(page.value()),
            Self::Customer(_) | Self::Joined(_) => None,
        }
    }

    /// Returns the funnel rows of this batch, like [`rows`](Self::rows).
    #[must_use]
    pub fn into_rows(self) -> Vec<FunnelRow> {
        match self {
            Self::Customer(CustomerOutcome { outcome: Outcome::Rows(funnel), .. }) => {
                funnel.into_value().rows
            }
            Self::Joined(rows) => rows,
            Self::Customer(_) | Self::Page(_) => Vec::new(),
        }
    }
}

/// The funnel of all customers, in batches. Created by [`FunnelReport::stream`].
///
/// The stream ends after the last row, or with an error that affects all remaining customers. The errors of single
/// customers are in their batches. Work is done only while it is polled, and dropping it cancels everything at once.
#[must_use = "streams do nothing unless polled"]
pub struct FunnelReportStream {
    reading: Reading,
    fallback: Option<Fallback>,
    /// The report on the customers so far, from the classic operations.
    report: JoinReport,
    /// The stream ended with an error.
    failed: bool,
    /// Before the source is decided, there are none.
    no_findings: Findings,
}

enum Reading {
    Undecided(Box<Undecided>),
    Classic(Box<SweepStream<Funnel>>),
    Commercial(Box<Commercial>),
}

/// What is needed for either source, and the requests that decide on one.
struct Undecided {
    sweep: Sweep<Funnel>,
    keeps_input: bool,
    limiter: Arc<AdaptiveLimiter>,
    decision: BoxFuture<'static, Result<(Source, Option<Fallback>)>>,
}

/// The two commercial queries, one after the other, and the join of their rows.
struct Commercial {
    /// `None` once it was read.
    deployment: Option<LicenseReportStream<DeploymentRow>>,
    usage: LicenseReportStream<UsageRow>,
    /// The counts of the deployment query, once it was read.
    before: Summary,
    empty_pages_before: u64,
    join: Join,
    keeps_input: bool,
    /// The joined rows, once both queries were read.
    joined: Option<FunnelRows>,
}

impl FunnelReportStream {
    pub(super) fn new(report: FunnelReport) -> Self {
        let FunnelReport { mut sweep, source, processed, keeps_input } = report;
        let source = if processed.is_some() { SourceChoice::Commercial } else { source };
        let resume = sweep.resume.take();
        let sweep = of_customers(&sweep, keeps_input);
        let reading = match (source, resume) {
            (SourceChoice::Commercial, Some(checkpoint)) => {
                let limiter = sweep.limiter();
                let refused = SweepStream::refused(sweep, limiter, of_another_sweep(), checkpoint);
                Reading::Classic(Box::new(refused))
            }
            (SourceChoice::Auto | SourceChoice::Classic, Some(checkpoint)) => {
                Reading::Classic(Box::new(sweep.resume(checkpoint).stream()))
            }
            (SourceChoice::Classic, None) => Reading::Classic(Box::new(sweep.stream())),
            (SourceChoice::Commercial, None) => {
                Reading::Commercial(Box::new(Commercial::new(&sweep, processed, keeps_input)))
            }
            (SourceChoice::Auto, None) => {
                let partner = sweep.partner.clone();
                let decision = Box::pin(async move { SourceChoice::Auto.decide(&partner).await });
                Reading::Undecided(Box::new(Undecided {
                    limiter: sweep.limiter(),
                    sweep,
                    keeps_input,
                    decision,
                }))
            }
        };
        let (fallback, report) = (None, JoinReport::default());
        Self { reading, fallback, report, failed: false, no_findings: Findings::default() }
    }

    /// Decides on the source now. Otherwise, the first call of [`try_next`](Self::try_next) does.
    ///
    /// This method is cancel safe.
    ///
    /// # Errors
    ///
    /// The error of a commercial query, unless it means that the query is not available. The stream has then ended.
    pub async fn decide(&mut self) -> Result<Source> {
        std::future::poll_fn(|context| self.poll_decision(context)).await
    }

    /// Returns the next batch; `None` after the last. Like polling the stream, for programs without `futures-util`.
    ///
    /// This method is cancel safe.
    ///
    /// # Errors
    ///
    /// An error that affects all remaining customers, after which the stream has ended. If the source is classic, the
    /// report can be resumed from its [`checkpoint`](Self::checkpoint).
    pub async fn try_next(&mut self) -> Result<Option<FunnelBatch>> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The source of the rows; `None` until it is decided.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        match &self.reading {
            Reading::Undecided(_) => None,
            Reading::Classic(_) => Some(Source::Classic),
            Reading::Commercial(_) => Some(Source::Commercial),
        }
    }

    /// Why the commercial queries are not the source, if they were tried.
    #[must_use]
    pub fn fallback(&self) -> Option<&Fallback> {
        self.fallback.as_ref()
    }

    /// What happened to the input rows so far. It is complete at the end, and does not include earlier runs.
    #[must_use]
    pub fn report(&self) -> &JoinReport {
        match &self.reading {
            Reading::Undecided(_) | Reading::Classic(_) => &self.report,
            Reading::Commercial(commercial) => match &commercial.joined {
                Some(joined) => joined.report(),
                None => commercial.join.report(),
            },
        }
    }

    /// The customers of the commercial queries, those of both together once the second is read; `None` for the classic
    /// source, which returns every customer.
    #[must_use]
    pub fn coverage(&self) -> Option<&Coverage> {
        match &self.reading {
            Reading::Undecided(_) | Reading::Classic(_) => None,
            Reading::Commercial(commercial) => match &commercial.deployment {
                Some(deployment) => deployment.coverage(),
                None => commercial.usage.coverage(),
            },
        }
    }

    /// The progress so far. While the commercial queries are read, only rows are counted.
    #[must_use]
    pub fn progress(&self) -> Progress {
        match &self.reading {
            Reading::Undecided(undecided) => Progress::of(&undecided.limiter, Summary::default(), 0),
            Reading::Classic(sweep) => sweep.progress(),
            Reading::Commercial(commercial) => commercial.progress(),
        }
    }

    /// Findings about the list of customers so far; see [`SweepStream::list_findings`].
    #[must_use]
    pub fn list_findings(&self) -> &Findings {
        match &self.reading {
            Reading::Undecided(_) => &self.no_findings,
            Reading::Classic(sweep) => sweep.list_findings(),
            Reading::Commercial(commercial) => commercial.usage.list_findings(),
        }
    }

    /// The number of pages, of rows or of the list of customers, that were empty although more pages follow, even after
    /// another request: rows or customers may be missing.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        match &self.reading {
            Reading::Undecided(_) => 0,
            Reading::Classic(sweep) => sweep.empty_pages(),
            Reading::Commercial(commercial) => commercial.empty_pages(),
        }
    }

    /// A checkpoint of the customers returned so far, to [resume](FunnelReport::resume) from. `None` unless the source
    /// is classic. For the order in which to save the checkpoint and the output, see
    /// [the module documentation of sweeps](crate::sweep#resuming-a-sweep).
    #[must_use]
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        match &self.reading {
            Reading::Classic(sweep) => Some(sweep.checkpoint()),
            Reading::Undecided(_) | Reading::Commercial(_) => None,
        }
    }

    fn poll_decision(&mut self, context: &mut Context<'_>) -> Poll<Result<Source>> {
        let Reading::Undecided(undecided) = &mut self.reading else {
            return Poll::Ready(self.source().ok_or_else(ended));
        };
        if self.failed {
            return Poll::Ready(Err(ended()));
        }
        let decided = ready!(undecided.decision.as_mut().poll(context));
        self.failed = decided.is_err();
        let (source, fallback) = decided?;
        self.fallback = fallback;
        let keeps_input = undecided.keeps_input;
        let sweep = of_customers(&undecided.sweep, keeps_input);
        self.reading = match source {
            Source::Classic => {
                Reading::Classic(Box::new(sweep.stream_through(Arc::clone(&undecided.limiter))))
            }
            Source::Commercial => Reading::Commercial(Box::new(Commercial::new(&sweep, None, keeps_input))),
        };
        Poll::Ready(Ok(source))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<FunnelBatch>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        if let Err(error) = ready!(self.poll_decision(context)) {
            return Poll::Ready(Some(Err(error)));
        }
        let next = match &mut self.reading {
            Reading::Undecided(_) => None,
            Reading::Classic(sweep) => {
                ready!(Pin::new(sweep).poll_next(context)).map(|next| Ok(FunnelBatch::Customer(next?)))
            }
            Reading::Commercial(commercial) => ready!(commercial.poll(context)),
        };
        match &next {
            Some(Ok(FunnelBatch::Customer(CustomerOutcome { outcome: Outcome::Rows(funnel), .. }))) => {
                self.report.merge(&funnel.value().report);
            }
            Some(Err(_)) => self.failed = true,
            _ => {}
        }
        Poll::Ready(next)
    }
}

/// The sweep that reads each customer, with the input rows if they are asked for.
fn of_customers(sweep: &Sweep<Funnel>, keeps_input: bool) -> Sweep<Funnel> {
    if keeps_input {
        sweep.with_operation(Funnel::read_with_input)
    } else {
        sweep.with_operation(Funnel::read)
    }
}

/// The error of a stream that ended before its source was decided.
fn ended() -> Error {
    Error::new(ErrorKind::InvalidInput, "the funnel ended with an error before its source was decided")
}

impl Commercial {
    fn new(sweep: &Sweep<Funnel>, processed: Option<Timestamp>, keeps_input: bool) -> Self {
        let mut deployment = LicenseReport::commercial(sweep);
        let mut usage = LicenseReport::commercial(sweep);
        if let Some(day) = processed {
            deployment = deployment.processed(day.clone());
            usage = usage.processed(day);
        }
        Self {
            // The list of customers is read once for both.
            deployment: Some(deployment.without_list().stream()),
            usage: usage.stream(),
            keeps_input,
            before: Summary::default(),
            empty_pages_before: 0,
            join: Join::new(),
            joined: None,
        }
    }

    fn progress(&self) -> Progress {
        let mut progress = match &self.deployment {
            Some(deployment) => return deployment.progress(),
            None => self.usage.progress(),
        };
        let summary = &mut progress.summary;
        for (sum, before) in [
            (&mut summary.rows, self.before.rows),
            (&mut summary.unreadable_rows, self.before.unreadable_rows),
            (&mut summary.odd_values, self.before.odd_values),
        ] {
            *sum = sum.saturating_add(before);
        }
        progress
    }

    fn empty_pages(&self) -> u64 {
        let deployment = self.deployment.as_ref().map_or(0, LicenseReportStream::empty_pages);
        deployment.saturating_add(self.empty_pages_before).saturating_add(self.usage.empty_pages())
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<FunnelBatch>>> {
        if let Some(deployment) = &mut self.deployment {
            if let Some(batch) = ready!(Pin::new(&mut *deployment).poll_next(context)) {
                let (join, keeps) = (&mut self.join, self.keeps_input);
                return Poll::Ready(Some(page(batch, |rows| {
                    for row in &rows {
                        join.deployment(row);
                    }
                    InputRows { deployment: if keeps { rows } else { Vec::new() }, usage: Vec::new() }
                })));
            }
            if let Some(coverage) = deployment.coverage() {
                self.usage.merge_coverage(coverage);
            }
            self.before = deployment.progress().summary;
            self.empty_pages_before = deployment.empty_pages();
            self.deployment = None;
        }
        if self.joined.is_none()
            && let Some(batch) = ready!(Pin::new(&mut self.usage).poll_next(context))
        {
            let (join, keeps) = (&mut self.join, self.keeps_input);
            return Poll::Ready(Some(page(batch, |rows| {
                for row in &rows {
                    join.usage(row);
                }
                InputRows { deployment: Vec::new(), usage: if keeps { rows } else { Vec::new() } }
            })));
        }
        let joined = self.joined.get_or_insert_with(|| std::mem::take(&mut self.join).finish());
        Poll::Ready(joined.next_customer().map(|rows| Ok(FunnelBatch::Joined(rows))))
    }
}

/// Adds the rows of a page to the join.
fn page<R: LicenseRow>(
    batch: Result<Batch<R>, SweepError>,
    add: impl FnOnce(Vec<R>) -> InputRows,
) -> Result<FunnelBatch> {
    match batch?.outcome {
        Outcome::Rows(page) | Outcome::Empty(page) => Ok(FunnelBatch::Page(page.map(add))),
        Outcome::Skipped(error) | Outcome::Failed(error) => Err(error),
    }
}

impl Stream for FunnelReportStream {
    type Item = Result<FunnelBatch>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl fmt::Debug for FunnelReportStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunnelReportStream")
            .field("source", &self.source())
            .field("fallback", &self.fallback)
            .field("report", self.report())
            .finish_non_exhaustive()
    }
}
