//! The stream of rows of all customers: page by page from the commercial query, or customer by customer from a sweep.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::Source;
use super::coverage::Coverage;
use super::row::LicenseRow;
use super::{Fallback, LicenseReport, SourceChoice, is_unavailable};
use crate::client::PartnerCenter;
use crate::clock::BoxFuture;
use crate::collection::Collection as _;
use crate::error::Error;
use crate::filter::Operation;
use crate::models::{Findings, Timestamp};
use crate::paging::Pages;
use crate::sweep::checkpoint::{Ids, Place};
use crate::sweep::concurrency::{AdaptiveLimiter, REST};
use crate::sweep::customer_index::{CustomerIndex, of_another_sweep};
use crate::sweep::{Checkpoint, CustomerOutcome, Outcome, Progress, Summary, Sweep, SweepError, SweepStream};
use crate::{Continuation, CustomerId, Response, Result};

/// A batch of rows: one page of the commercial query, or the outcome for one customer.
#[derive(Clone)]
pub struct Batch<R> {
    /// The source of the rows.
    pub source: Source,
    /// The customer; `None` for a page of the commercial query, which has rows of many customers.
    pub customer: Option<CustomerId>,
    /// The customer's name from the list of customers, if it has one. Customer data.
    pub name: Option<String>,
    /// The rows. A page of the commercial query is always [`Outcome::Rows`]: the query does not name customers without
    /// rows.
    pub outcome: Outcome<Vec<R>>,
}

/// Omits the customer's name.
impl<R: fmt::Debug> fmt::Debug for Batch<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("source", &self.source)
            .field("customer", &self.customer)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// The rows of all customers, in batches. Created by [`LicenseReport::stream`].
///
/// The stream ends after the last row, or with [`SweepError`]. Work is done only while it is polled, and dropping it
/// cancels everything at once.
#[must_use = "streams do nothing unless polled"]
pub struct LicenseReportStream<R: LicenseRow> {
    limiter: Arc<AdaptiveLimiter>,
    reading: Reading<R>,
    /// The source of the rows, once it is known.
    source: Option<Source>,
    fallback: Option<Fallback>,
    coverage: Coverage,
    lists: bool,
    /// Pages of the query that were empty although more pages follow.
    empty: u64,
}

enum Reading<R: LicenseRow> {
    Query(Box<Query<R>>),
    Sweep(Box<SweepStream<Vec<R>>>),
    /// All rows of the query are read, but not the list of customers.
    List(Checkpoint),
    /// A checkpoint that does not belong to this kind of report.
    Refused(Error, Checkpoint),
    Over(Checkpoint),
}

/// A commercial query in progress.
struct Query<R: LicenseRow> {
    pages: Pages<<R::Operation as Operation>::Page>,
    /// The next page; `None` after the last.
    at: Option<Continuation>,
    summary: Summary,
    /// The sweep to fall back to, until the first batch was returned.
    instead: Option<Sweep<Vec<R>>>,
    partner: PartnerCenter,
    /// The delay before a failed page is requested again.
    rest: Option<BoxFuture<'static, ()>>,
}

impl<R: LicenseRow> Query<R> {
    fn checkpoint(&self, coverage: &Coverage) -> Checkpoint {
        Checkpoint::queried(self.at.clone(), coverage.ids(), self.summary)
    }
}

impl<R: LicenseRow> LicenseReportStream<R> {
    pub(super) fn new(report: LicenseReport<R>) -> Self {
        let LicenseReport { mut sweep, source, processed, lists } = report;
        let source = if processed.is_some() { SourceChoice::Commercial } else { source };
        let limiter = sweep.limiter();
        let list = sweep.partner.limited_by(limiter.listing()).customers().list();
        let with_rows = match &sweep.resume {
            Some(checkpoint) if !matches!(checkpoint.at, Some(Place::Listed | Place::Missing)) => {
                checkpoint.done.clone()
            }
            _ => Ids::default(),
        };
        let coverage = Coverage::new(CustomerIndex::listed(list), &with_rows);
        let reading = match (source, sweep.resume.take()) {
            (_, Some(checkpoint)) if checkpoint.is_finished() => {
                // Rows but no customers: the checkpoint is from the query. The list may not have been read.
                let summary = checkpoint.summary();
                let by_query = source != SourceChoice::Classic && summary.customers == 0 && summary.rows > 0;
                if by_query && lists { Reading::List(checkpoint) } else { Reading::Over(checkpoint) }
            }
            (SourceChoice::Classic, None) => {
                Reading::Sweep(Box::new(sweep.stream_through(Arc::clone(&limiter))))
            }
            (SourceChoice::Auto | SourceChoice::Commercial, None) => {
                Reading::Query(query(sweep, &limiter, (source, processed), None, Summary::default()))
            }
            (source, Some(checkpoint)) => match (source, checkpoint.at.clone()) {
                (SourceChoice::Auto | SourceChoice::Commercial, Some(Place::Queried(at))) => Reading::Query(
                    query(sweep, &limiter, (source, processed), Some(*at), checkpoint.summary()),
                ),
                (SourceChoice::Auto | SourceChoice::Classic, Some(Place::Listed | Place::Missing)) => {
                    Reading::Sweep(Box::new(sweep.resume(checkpoint).stream_through(Arc::clone(&limiter))))
                }
                _ => Reading::Refused(of_another_sweep(), checkpoint),
            },
        };
        let source = match &reading {
            Reading::Query(query) if query.instead.is_none() => Some(Source::Commercial),
            Reading::List(_) => Some(Source::Commercial),
            Reading::Sweep(_) => Some(Source::Classic),
            _ => None,
        };
        Self { limiter, reading, source, fallback: None, coverage, lists, empty: 0 }
    }

    /// Returns the next batch; `None` after the last. Like polling the stream, for programs without `futures-util`.
    ///
    /// This method is cancel safe.
    ///
    /// # Errors
    ///
    /// [`SweepError`], after which the stream has ended.
    pub async fn try_next(&mut self) -> Result<Option<Batch<R>>, SweepError> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The source of the rows; `None` until it is known.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        self.source
    }

    /// Why the commercial query is not the source, if it was tried.
    #[must_use]
    pub fn fallback(&self) -> Option<&Fallback> {
        self.fallback.as_ref()
    }

    /// The customers of the commercial query; `None` for the classic source, which returns every customer.
    #[must_use]
    pub fn coverage(&self) -> Option<&Coverage> {
        (self.source == Some(Source::Commercial)).then_some(&self.coverage)
    }

    /// Adds the customers that another query has rows of to the coverage.
    pub(crate) fn merge_coverage(&mut self, other: &Coverage) {
        self.coverage.merge(other);
    }

    /// The number of pages, of rows or of the list of customers, that were empty although more pages follow, even after
    /// another request: rows or customers may be missing.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        match &self.reading {
            Reading::Sweep(sweep) => sweep.empty_pages(),
            _ => self.empty + self.coverage.empty_pages(),
        }
    }

    /// A checkpoint of the batches returned so far. For the order in which to save the checkpoint and the output, see
    /// [the module documentation](crate::sweep#resuming-a-sweep).
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        match &self.reading {
            Reading::Query(query) => query.checkpoint(&self.coverage),
            Reading::Sweep(sweep) => sweep.checkpoint(),
            Reading::List(checkpoint) | Reading::Refused(_, checkpoint) | Reading::Over(checkpoint) => {
                checkpoint.clone()
            }
        }
    }

    /// Findings about the list of customers so far; see [`SweepStream::list_findings`].
    #[must_use]
    pub fn list_findings(&self) -> &Findings {
        match &self.reading {
            Reading::Sweep(sweep) => sweep.list_findings(),
            _ => self.coverage.findings(),
        }
    }

    /// The progress so far. While the commercial query is read, only rows are counted: it does not return the number of
    /// customers.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let summary = match &self.reading {
            Reading::Sweep(sweep) => return sweep.progress(),
            Reading::Query(query) => query.summary,
            Reading::List(checkpoint) | Reading::Refused(_, checkpoint) | Reading::Over(checkpoint) => {
                checkpoint.summary()
            }
        };
        let in_flight = usize::from(matches!(self.reading, Reading::Query(_) | Reading::List(_)));
        Progress::of(&self.limiter, summary, in_flight)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Batch<R>, SweepError>>> {
        loop {
            let query = match &mut self.reading {
                Reading::Query(query) => query,
                Reading::Sweep(sweep) => {
                    let next = ready!(Pin::new(sweep).poll_next(context));
                    let batch = |CustomerOutcome { customer, name, outcome }| Batch {
                        source: Source::Classic,
                        customer: Some(customer),
                        name,
                        outcome,
                    };
                    return Poll::Ready(next.map(|next| next.map(batch)));
                }
                Reading::List(checkpoint) => {
                    let limiter = &self.limiter;
                    ready!(self.coverage.poll_list(context, |error| limiter.waits_out(error)));
                    self.reading = Reading::Over(checkpoint.clone());
                    return Poll::Ready(None);
                }
                Reading::Refused(error, checkpoint) => {
                    let interrupted = SweepError::new(error.clone(), checkpoint.clone());
                    self.reading = Reading::Over(checkpoint.clone());
                    return Poll::Ready(Some(Err(interrupted)));
                }
                Reading::Over(_) => return Poll::Ready(None),
            };
            if let Some(rest) = &mut query.rest {
                ready!(rest.as_mut().poll(context));
                query.rest = None;
            }
            let fallback = match ready!(Pin::new(&mut query.pages).poll_next(context)) {
                Some(Ok(page)) => {
                    self.empty = query.pages.empty_pages();
                    query.at = query.pages.continuation().cloned();
                    if page.items().is_empty() && page.unreadable_count() == 0 {
                        // Not the end: `Pages` returns `None` then.
                        continue;
                    }
                    query.instead = None;
                    self.source = Some(Source::Commercial);
                    query.summary.rows = query
                        .summary
                        .rows
                        .saturating_add(u64::try_from(page.items().len()).unwrap_or(u64::MAX));
                    query.summary.count(page.findings());
                    let rows: Response<Vec<R>> =
                        page.map(|page| page.into_items().into_iter().map(Into::into).collect());
                    rows.value().iter().for_each(|row| self.coverage.add(row.customer_id()));
                    return Poll::Ready(Some(Ok(Batch {
                        source: Source::Commercial,
                        customer: None,
                        name: None,
                        outcome: Outcome::Rows(rows),
                    })));
                }
                Some(Err(error)) if query.instead.is_some() && is_unavailable(&error) => {
                    Fallback::Refused(error)
                }
                Some(Err(error)) if self.limiter.waits_out(&error) && error.continuation().is_some() => {
                    query.pages = pages::<R>(&query.partner, error.continuation().cloned(), None);
                    query.rest = Some(query.partner.core().clock.sleep(REST));
                    continue;
                }
                Some(Err(error)) => {
                    let checkpoint = query.checkpoint(&self.coverage);
                    self.reading = Reading::Over(checkpoint.clone());
                    return Poll::Ready(Some(Err(SweepError::new(error, checkpoint))));
                }
                None => Fallback::Empty,
            };
            if let Some(sweep) = query.instead.take() {
                tracing::info!(
                    ?fallback,
                    "the commercial query is not available; reading customer by customer"
                );
                (self.source, self.fallback) = (Some(Source::Classic), Some(fallback));
                self.reading = Reading::Sweep(Box::new(sweep.stream_through(Arc::clone(&self.limiter))));
            } else {
                let checkpoint = query.checkpoint(&self.coverage);
                self.reading = if self.lists { Reading::List(checkpoint) } else { Reading::Over(checkpoint) };
            }
        }
    }
}

/// The pages of the commercial query, from this position on.
fn pages<R: LicenseRow>(
    partner: &PartnerCenter,
    resume: Option<Continuation>,
    processed: Option<Timestamp>,
) -> Pages<<R::Operation as Operation>::Page> {
    let mut query = R::commercial(partner);
    if let Some(day) = processed {
        query = query.processed(day);
    }
    match resume {
        Some(continuation) => query.resume(continuation).pages(),
        None => query.pages(),
    }
}

/// Starts or resumes the commercial query.
fn query<R: LicenseRow>(
    sweep: Sweep<Vec<R>>,
    limiter: &Arc<AdaptiveLimiter>,
    (source, processed): (SourceChoice, Option<Timestamp>),
    resume: Option<Continuation>,
    summary: Summary,
) -> Box<Query<R>> {
    let partner = sweep.partner.limited_by(limiter.listing());
    let pages = pages::<R>(&partner, resume.clone(), processed);
    let at = resume.or_else(|| pages.continuation().cloned());
    let instead = (source == SourceChoice::Auto && summary.rows == 0).then_some(sweep);
    Box::new(Query { pages, at, summary, instead, partner, rest: None })
}

impl<R: LicenseRow> Stream for LicenseReportStream<R> {
    type Item = Result<Batch<R>, SweepError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<R: LicenseRow> fmt::Debug for LicenseReportStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseReportStream")
            .field("source", &self.source)
            .field("fallback", &self.fallback)
            .field("coverage", &self.coverage)
            .finish_non_exhaustive()
    }
}
