//! The rows of a book as they come in: page by page of the commercial query, or customer by customer of a sweep.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::coverage::Coverage;
use super::row::{BookRow, Kind};
use super::{Book, Fallback, SourceChoice, is_not_to_be_had};
use crate::client::PartnerCenter;
use crate::clock::BoxFuture;
use crate::error::Error;
use crate::funnel::Source;
use crate::models::Findings;
use crate::paging::{Collection as _, Pages};
use crate::sweep::checkpoint::{Ids, Place};
use crate::sweep::gate::{Gate, REST};
use crate::sweep::roster::{Roster, of_another_sweep};
use crate::sweep::{Checkpoint, Interrupted, Outcome, Progress, Summary, Sweep, SweepStream, Swept};
use crate::{Continuation, CustomerId, Response, Result};

/// Some rows of a book, or what there is in their place.
#[derive(Clone)]
pub struct Portion<R> {
    /// Where they came from.
    pub source: Source,
    /// The customer they are about; `None` for a page of the commercial query, whose rows are of many.
    pub customer: Option<CustomerId>,
    /// What the list of customers calls it, if it was listed with a name. Customer data.
    pub name: Option<String>,
    /// The rows. A page of the commercial query is always [`Outcome::Rows`]: it does not mention customers without.
    pub outcome: Outcome<Vec<R>>,
}

/// Without the customer's name.
impl<R: fmt::Debug> fmt::Debug for Portion<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portion")
            .field("source", &self.source)
            .field("customer", &self.customer)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// The rows of a book, in portions. Made by [`Book::stream`].
///
/// It ends after the last row, or with [`Interrupted`]. Work is done only while it is polled, and dropping it stops
/// everything at once.
#[must_use = "streams do nothing unless polled"]
pub struct BookStream<R: BookRow> {
    gate: Arc<Gate>,
    reading: Reading<R>,
    /// Where the rows come from, as soon as that is certain.
    source: Option<Source>,
    fallback: Option<Fallback>,
    coverage: Coverage,
    lists: bool,
    /// Pages of the query that were empty although others follow.
    empty: u64,
}

enum Reading<R: BookRow> {
    Query(Box<Query<R>>),
    Sweep(Box<SweepStream<Vec<R>>>),
    /// All rows of the query are read, and the list of customers is not.
    List(Checkpoint),
    /// A checkpoint that does not fit.
    Refused(Error, Checkpoint),
    Over(Checkpoint),
}

/// The commercial query being read.
struct Query<R: BookRow> {
    pages: Pages<<R as Kind>::Page>,
    /// Where the next page is; `None` after the last.
    at: Option<Continuation>,
    summary: Summary,
    /// What to do instead, as long as nothing has been handed out.
    instead: Option<Sweep<Vec<R>>>,
    partner: PartnerCenter,
    /// Before the page that could not be had is asked for again.
    rest: Option<BoxFuture<'static, ()>>,
}

impl<R: BookRow> Query<R> {
    fn checkpoint(&self, coverage: &Coverage) -> Checkpoint {
        Checkpoint::queried(self.at.clone(), coverage.ids(), self.summary)
    }
}

impl<R: BookRow> BookStream<R> {
    pub(super) fn new(book: Book<R>) -> Self {
        let Book { mut sweep, source, lists } = book;
        let gate = sweep.gate();
        let list = sweep.partner.limited_by(gate.listing()).customers().list();
        let with_rows = match &sweep.resume {
            Some(checkpoint) if !matches!(checkpoint.at, Some(Place::Listed | Place::Missing)) => {
                checkpoint.done.clone()
            }
            _ => Ids::default(),
        };
        let coverage = Coverage::new(Roster::listed(list), &with_rows);
        let reading = match (source, sweep.resume.take()) {
            (_, Some(checkpoint)) if checkpoint.is_finished() => {
                // Rows without a customer that was handed out are of the query. The list may not have been read.
                let summary = checkpoint.summary();
                let by_query = source != SourceChoice::Classic && summary.customers == 0 && summary.rows > 0;
                if by_query && lists { Reading::List(checkpoint) } else { Reading::Over(checkpoint) }
            }
            (SourceChoice::Classic, None) => {
                Reading::Sweep(Box::new(sweep.stream_through(Arc::clone(&gate))))
            }
            (SourceChoice::Auto | SourceChoice::Commercial, None) => {
                Reading::Query(query(sweep, &gate, source, None, Summary::default()))
            }
            (source, Some(checkpoint)) => match (source, checkpoint.at.clone()) {
                (SourceChoice::Auto | SourceChoice::Commercial, Some(Place::Queried(at))) => {
                    Reading::Query(query(sweep, &gate, source, Some(*at), checkpoint.summary()))
                }
                (SourceChoice::Auto | SourceChoice::Classic, Some(Place::Listed | Place::Missing)) => {
                    Reading::Sweep(Box::new(sweep.resume(checkpoint).stream_through(Arc::clone(&gate))))
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
        Self { gate, reading, source, fallback: None, coverage, lists, empty: 0 }
    }

    /// The next rows; `None` after the last. The same as polling the stream, for programs without `futures-util`.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// [`Interrupted`], after which there is nothing more.
    pub async fn try_next(&mut self) -> Result<Option<Portion<R>>, Interrupted> {
        std::future::poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// Where the rows come from; `None` as long as that is not certain.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        self.source
    }

    /// Why the rows do not come from the commercial query, if it was tried and given up.
    #[must_use]
    pub fn fallback(&self) -> Option<&Fallback> {
        self.fallback.as_ref()
    }

    /// The customers of the commercial query; `None` where customers are asked one by one, each of whom is handed out.
    #[must_use]
    pub fn coverage(&self) -> Option<&Coverage> {
        (self.source == Some(Source::Commercial)).then_some(&self.coverage)
    }

    /// How many pages, of rows or of the list of customers, were empty although others follow, even when they were asked
    /// for again: rows or customers may be missing.
    #[must_use]
    pub fn empty_pages(&self) -> u64 {
        match &self.reading {
            Reading::Sweep(sweep) => sweep.empty_pages(),
            _ => self.empty + self.coverage.empty_pages(),
        }
    }

    /// Where the reading stands: what was handed out is done, nothing else is. For the order in which to save it and the
    /// output, see [the module](crate::sweep#to-be-able-to-go-on).
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

    /// What was odd about the list of customers so far; see [`SweepStream::list_findings`].
    #[must_use]
    pub fn list_findings(&self) -> &Findings {
        match &self.reading {
            Reading::Sweep(sweep) => sweep.list_findings(),
            _ => self.coverage.findings(),
        }
    }

    /// How the reading is getting on. While the commercial query is read, only the rows are counted: it does not say how
    /// many customers there are.
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
        Progress::of(&self.gate, summary, in_flight)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Portion<R>, Interrupted>>> {
        loop {
            let query = match &mut self.reading {
                Reading::Query(query) => query,
                Reading::Sweep(sweep) => {
                    let next = ready!(Pin::new(sweep).poll_next(context));
                    let portion = |Swept { customer, name, outcome }| Portion {
                        source: Source::Classic,
                        customer: Some(customer),
                        name,
                        outcome,
                    };
                    return Poll::Ready(next.map(|next| next.map(portion)));
                }
                Reading::List(checkpoint) => {
                    let gate = &self.gate;
                    ready!(self.coverage.poll_list(context, |error| gate.waits_out(error)));
                    self.reading = Reading::Over(checkpoint.clone());
                    return Poll::Ready(None);
                }
                Reading::Refused(error, checkpoint) => {
                    let interrupted = Interrupted::new(error.clone(), checkpoint.clone());
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
                        // Not the end, which the pages themselves tell.
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
                    rows.iter().for_each(|row| self.coverage.add(row.customer()));
                    return Poll::Ready(Some(Ok(Portion {
                        source: Source::Commercial,
                        customer: None,
                        name: None,
                        outcome: Outcome::Rows(rows),
                    })));
                }
                Some(Err(error)) if query.instead.is_some() && is_not_to_be_had(&error) => {
                    Fallback::Refused(error)
                }
                Some(Err(error)) if self.gate.waits_out(&error) && error.continuation().is_some() => {
                    query.pages = R::query(&query.partner, error.continuation().cloned());
                    query.rest = Some(query.partner.core().clock.sleep(REST));
                    continue;
                }
                Some(Err(error)) => {
                    let checkpoint = query.checkpoint(&self.coverage);
                    self.reading = Reading::Over(checkpoint.clone());
                    return Poll::Ready(Some(Err(Interrupted::new(error, checkpoint))));
                }
                None => Fallback::Empty,
            };
            if let Some(sweep) = query.instead.take() {
                tracing::info!(
                    ?fallback,
                    "the commercial query is not to be had; asking customer by customer"
                );
                (self.source, self.fallback) = (Some(Source::Classic), Some(fallback));
                self.reading = Reading::Sweep(Box::new(sweep.stream_through(Arc::clone(&self.gate))));
            } else {
                let checkpoint = query.checkpoint(&self.coverage);
                self.reading = if self.lists { Reading::List(checkpoint) } else { Reading::Over(checkpoint) };
            }
        }
    }
}

/// The commercial query, from its start or from where it stood.
fn query<R: BookRow>(
    sweep: Sweep<Vec<R>>,
    gate: &Arc<Gate>,
    source: SourceChoice,
    resume: Option<Continuation>,
    summary: Summary,
) -> Box<Query<R>> {
    let partner = sweep.partner.limited_by(gate.listing());
    let pages = R::query(&partner, resume.clone());
    let at = resume.or_else(|| pages.continuation().cloned());
    let instead = (source == SourceChoice::Auto && summary.rows == 0).then_some(sweep);
    Box::new(Query { pages, at, summary, instead, partner, rest: None })
}

impl<R: BookRow> Stream for BookStream<R> {
    type Item = Result<Portion<R>, Interrupted>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<R: BookRow> fmt::Debug for BookStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BookStream")
            .field("source", &self.source)
            .field("fallback", &self.fallback)
            .field("coverage", &self.coverage)
            .finish_non_exhaustive()
    }
}
