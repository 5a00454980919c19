//! Reads the customers selected with `--customer`, in the order of their ids. Unlike a sweep, which waits for as long
//! as the service asks, a call here is limited by `--timeout`.
//!
//! There are up to two steps. Without `--source`, the classic operation is called once per customer; for customers
//! without rows, as reported since 2021, the commercial query follows. With `--source auto` the order is reversed.
//! Customers with rows only in the second step come last.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use futures_util::StreamExt as _;
use futures_util::stream::{self, LocalBoxStream};
use partner_center::chain::CustomerHandle;
use partner_center::filter::{Field, Filter, FilterError, LicenseOperation, Operation};
use partner_center::funnel::Funnel;
use partner_center::licenses::{self, DeploymentRow, Fallback, LicenseRow, UsageRow};
use partner_center::models::Findings;
use partner_center::sweep::Rows as _;
use partner_center::{CustomerId, Error, PartnerCenter};

use crate::anonymizer::message;
use crate::args::Source;
use crate::output::Position;
use crate::terminal::text::{counted, grouped};

/// Customers per commercial query. A filter takes some 75 characters per customer, and every proxy accepts a URL of
/// 2,000 characters.
pub(super) const BATCH: usize = 20;

/// A query about customers, by either source.
pub(crate) trait CustomerQuery: 'static {
    type Rows: 'static;

    /// Calls the classic operations for one customer. `None` if there are no rows.
    async fn read_classic(customer: CustomerHandle) -> Result<(Option<Self::Rows>, Odd), Error>;

    /// Runs the commercial queries for some customers. Customers without rows are not in the result.
    async fn read_commercial(
        partner: &PartnerCenter,
        customers: &[CustomerId],
    ) -> Result<(BTreeMap<CustomerId, Self::Rows>, Odd), Error>;
}

/// Deployment or usage.
impl<R: LicenseRow> CustomerQuery for R {
    type Rows = Vec<R>;

    async fn read_classic(customer: CustomerHandle) -> Result<(Option<Vec<R>>, Odd), Error> {
        let (id, rows) = (customer.id(), R::read(customer).await?);
        let odd = vec![(Position::of_customer(id), rows.findings().clone())];
        Ok((Some(rows.into_value()).filter(|rows| !rows.is_empty()), odd))
    }

    async fn read_commercial(
        partner: &PartnerCenter,
        customers: &[CustomerId],
    ) -> Result<(BTreeMap<CustomerId, Vec<R>>, Odd), Error> {
        let mut pages = R::commercial(partner).filter(filter(customers)?).pages();
        let (mut rows, mut odd) = (BTreeMap::<_, Vec<R>>::new(), Odd::new());
        while let Some(page) = pages.try_next().await? {
            odd.push((Position::of_page(0), page.findings().clone()));
            for row in page.into_items().into_iter().map(R::from) {
                // A service that ignores the filter returns rows of other customers.
                if let Some(customer) = row.customer_id().filter(|customer| customers.contains(customer)) {
                    rows.entry(customer).or_default().push(row);
                }
            }
        }
        Ok((rows, odd))
    }
}

/// Deployment and usage, joined.
pub(super) struct FunnelQuery;

impl CustomerQuery for FunnelQuery {
    type Rows = Funnel;

    async fn read_classic(customer: CustomerHandle) -> Result<(Option<Funnel>, Odd), Error> {
        let (id, funnel) = (customer.id(), Funnel::read(customer).await?);
        let odd = vec![(Position::of_customer(id), funnel.findings().clone())];
        Ok((Some(funnel.into_value()).filter(|funnel| funnel.row_count() > 0), odd))
    }

    async fn read_commercial(
        partner: &PartnerCenter,
        customers: &[CustomerId],
    ) -> Result<(BTreeMap<CustomerId, Funnel>, Odd), Error> {
        let (mut deployment, mut odd) = DeploymentRow::read_commercial(partner, customers).await?;
        let (mut usage, odd_usage) = UsageRow::read_commercial(partner, customers).await?;
        odd.extend(odd_usage);
        let with_rows: BTreeSet<_> = deployment.keys().chain(usage.keys()).copied().collect();
        let funnel = |customer| {
            let deployment = deployment.remove(&customer).unwrap_or_default();
            let usage = usage.remove(&customer).unwrap_or_default();
            (customer, Funnel::of_customer(customer, &deployment, &usage))
        };
        Ok((with_rows.into_iter().map(funnel).collect(), odd))
    }
}

/// Findings about responses, with their positions.
pub(crate) type Odd = Vec<(Position, Findings)>;

/// The results for the selected customers.
pub(super) struct SelectedCustomers<Q: CustomerQuery> {
    steps: LocalBoxStream<'static, Result<Event<Q::Rows>, Error>>,
    source: Option<Source>,
    fallback: Option<Fallback>,
    /// How many customers had no rows in the first step, and how many of those had rows in the second.
    second: Option<(u64, u64)>,
    failed: Option<Error>,
    /// Not handed out yet.
    odd: Odd,
}

/// The result for one customer.
pub(super) enum CustomerResult<T> {
    Rows(T),
    Empty,
    Failed(Error),
}

/// A result for one customer, or an event between results.
enum Event<T> {
    Customer(CustomerId, CustomerResult<T>),
    Odd(Odd),
    /// The first source is not available; the second is used instead.
    Fallback(Fallback),
    /// The number of customers in the second step, and how many of them have rows.
    SecondQuery(u64, u64),
    /// The second step failed, which does not invalidate the first.
    SecondFailed(Error),
}

impl<Q: CustomerQuery> SelectedCustomers<Q> {
    pub(super) fn new(
        partner: &PartnerCenter,
        customers: &[CustomerId],
        at_once: usize,
        source: Option<Source>,
    ) -> Self {
        // A customer that is given twice is read once.
        let customers: Vec<_> = customers.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut run: QuerySteps<Q> = QuerySteps {
            partner: partner.clone(),
            at_once,
            source,
            ready: VecDeque::new(),
            classic: None,
            batches: VecDeque::new(),
            unknown: Vec::new(),
            second: None,
            found: 0,
        };
        match source {
            None | Some(Source::Classic) => run.call_classic(customers),
            Some(Source::Commercial | Source::Auto) => run.query_commercial(&customers),
        }
        let steps = stream::unfold(run, async |mut run| {
            let step = run.next().await?;
            Some((step, run))
        });
        Self {
            steps: steps.boxed_local(),
            source,
            fallback: None,
            second: None,
            failed: None,
            odd: Odd::new(),
        }
    }

    /// Returns the next customer. None is skipped. Cancel safe.
    pub(super) async fn next(&mut self) -> Result<Option<(CustomerId, CustomerResult<Q::Rows>)>, Error> {
        loop {
            match self.steps.next().await.transpose()? {
                None => return Ok(None),
                Some(Event::Customer(customer, rows)) => return Ok(Some((customer, rows))),
                Some(Event::Odd(odd)) => self.odd.extend(odd),
                Some(Event::Fallback(fallback)) => self.fallback = Some(fallback),
                Some(Event::SecondQuery(asked, found)) => self.second = Some((asked, found)),
                Some(Event::SecondFailed(error)) => self.failed = Some(error),
            }
        }
    }

    /// Takes the findings since the last call.
    pub(super) fn take_odd(&mut self) -> Odd {
        std::mem::take(&mut self.odd)
    }

    pub(super) fn fallback(&self) -> Option<&Fallback> {
        self.fallback.as_ref()
    }

    /// The requested source; `None` if rows may come from both.
    pub(super) fn source(&self) -> Option<licenses::Source> {
        match self.source? {
            Source::Auto => None,
            Source::Commercial => Some(licenses::Source::Commercial),
            Source::Classic => Some(licenses::Source::Classic),
        }
    }

    /// A note about customers without rows, and about those with rows only in the second step.
    pub(super) fn note(&self, first: Option<CustomerId>, empty: u64) -> Option<String> {
        let mut lines = Vec::new();
        match self.second {
            Some((asked, found)) if found > 0 && self.source.is_none() => lines.push(format!(
                "the classic operation has no rows for {}; the rows of {} come from the commercial query",
                customers(asked),
                customers(found)
            )),
            Some((asked, found)) if found > 0 => lines.push(format!(
                "the commercial query has no rows for {}; the rows of {} come from the classic operation",
                customers(asked),
                customers(found)
            )),
            _ => {}
        }
        if let Some(first) = first {
            let whom = match empty {
                ..=1 => format!("no rows for customer {first}"),
                _ => format!("no rows for customer {first} and {} more", grouped(empty - 1)),
            };
            lines.push(match (&self.failed, self.source) {
                (Some(error), _) => format!(
                    "{whom}.\nThis does not prove that there are no licenses: since 2021 the classic operation is \
                     reported to return no rows for some customers that have licenses. The commercial query, which \
                     may have rows, failed: {}{}",
                    message(error),
                    error.status().map_or_else(String::new, |status| format!(" (status {status})"))
                ),
                (None, Some(Source::Classic)) => format!(
                    "{whom}.\nThis does not prove that there are no licenses: since 2021 the classic operation is \
                     reported to return no rows for some customers that have licenses. The commercial query may \
                     have rows: omit --source, or use --source auto."
                ),
                (None, Some(Source::Commercial)) => {
                    format!("{whom}. Only the commercial query was used, as --source requires.")
                }
                (None, None | Some(Source::Auto)) => {
                    format!(
                        "{whom}, neither from the classic operation nor from the commercial query.\nThis does not \
                         prove that there are no licenses."
                    )
                }
            });
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// `1 customer`, `2,000 customers`
pub(super) fn customers(count: u64) -> String {
    counted(count, "customer", "customers")
}

type ClassicResult<T> = (CustomerId, Result<(Option<T>, Odd), Error>);

/// The remaining work.
struct QuerySteps<Q: CustomerQuery> {
    partner: PartnerCenter,
    at_once: usize,
    source: Option<Source>,
    /// Steps that are ready to return.
    ready: VecDeque<Event<Q::Rows>>,
    /// The calls of the classic operations.
    classic: Option<LocalBoxStream<'static, ClassicResult<Q::Rows>>>,
    /// The batches for the commercial query.
    batches: VecDeque<Vec<CustomerId>>,
    /// Customers without rows in the first step.
    unknown: Vec<CustomerId>,
    second: Option<SecondQuery>,
    /// The number of customers with rows in the second step.
    found: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SecondQuery {
    /// It is running, for this many customers.
    Running(u64),
    /// Its result was returned.
    Reported,
}

impl<Q: CustomerQuery> QuerySteps<Q> {
    fn call_classic(&mut self, customers: Vec<CustomerId>) {
        let partner = self.partner.clone();
        let calls = stream::iter(customers)
            .map(move |id| {
                let rows = Q::read_classic(partner.customers().by_id(id));
                async move { (id, rows.await) }
            })
            .buffered(self.at_once);
        self.classic = Some(calls.boxed_local());
    }

    fn query_commercial(&mut self, customers: &[CustomerId]) {
        self.batches = customers.chunks(BATCH).map(<[_]>::to_vec).collect();
    }

    /// Whether the second step follows for a customer without rows.
    fn has_second_query(&self) -> bool {
        self.second.is_none() && matches!(self.source, None | Some(Source::Auto))
    }

    async fn next(&mut self) -> Option<Result<Event<Q::Rows>, Error>> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                return Some(Ok(step));
            }
            if let Some(classic) = &mut self.classic {
                match classic.next().await {
                    None => self.classic = None,
                    // The next customer would fail for the same reason.
                    Some((_, Err(error))) if error.is_unauthorized() => {
                        self.classic = None;
                        return Some(Err(error));
                    }
                    Some((customer, rows)) => {
                        let rows = rows.map(|(rows, odd)| {
                            self.ready.push_back(Event::Odd(odd));
                            rows
                        });
                        self.take(customer, rows);
                    }
                }
            } else if let Some(batch) = self.batches.pop_front() {
                match Q::read_commercial(&self.partner, &batch).await {
                    Ok((mut rows, odd)) => {
                        self.ready.push_back(Event::Odd(odd));
                        for customer in batch {
                            let rows = rows.remove(&customer);
                            self.take(customer, Ok(rows));
                        }
                    }
                    Err(error) => {
                        let rest =
                            batch.into_iter().chain(std::mem::take(&mut self.batches).into_iter().flatten());
                        if let Err(error) = self.commercial_failed(error, rest.collect()) {
                            return Some(Err(error));
                        }
                    }
                }
            } else if !self.unknown.is_empty() {
                let customers = std::mem::take(&mut self.unknown);
                self.second = Some(SecondQuery::Running(u64::try_from(customers.len()).unwrap_or(u64::MAX)));
                match self.source {
                    None => self.query_commercial(&customers),
                    Some(_) => self.call_classic(customers),
                }
            } else if let Some(SecondQuery::Running(customers)) = self.second {
                self.second = Some(SecondQuery::Reported);
                return Some(Ok(Event::SecondQuery(customers, self.found)));
            } else {
                return None;
            }
        }
    }

    fn take(&mut self, customer: CustomerId, rows: Result<Option<Q::Rows>, Error>) {
        let rows = match rows {
            Ok(None) if self.has_second_query() => {
                self.unknown.push(customer);
                return;
            }
            Ok(None) => CustomerResult::Empty,
            Ok(Some(rows)) => {
                self.found += u64::from(self.second.is_some());
                CustomerResult::Rows(rows)
            }
            Err(error) => CustomerResult::Failed(error),
        };
        self.ready.push_back(Event::Customer(customer, rows));
    }

    /// Handles a failure of the commercial query. `rest` are all customers that it has not returned.
    fn commercial_failed(&mut self, error: Error, rest: Vec<CustomerId>) -> Result<(), Error> {
        if self.second.is_some() {
            self.ready.push_back(Event::SecondFailed(error));
            for customer in rest {
                self.take(customer, Ok(None));
            }
            return Ok(());
        }
        match Fallback::of(&error).filter(|_| self.source == Some(Source::Auto)) {
            Some(fallback) => {
                let mut customers = std::mem::take(&mut self.unknown);
                customers.extend(rest);
                self.ready.push_back(Event::Fallback(fallback));
                self.second = Some(SecondQuery::Reported);
                self.call_classic(customers);
                Ok(())
            }
            None => Err(error),
        }
    }
}

/// A filter for the rows of these customers. Ids are in capitals, as in the documented request and in the rows.
fn filter<Op: LicenseOperation>(customers: &[CustomerId]) -> Result<Filter<Op>, FilterError> {
    let one = |customer: &CustomerId| Field::CUSTOMER_TENANT_ID.eq(customer.to_string().to_uppercase());
    // For no customers, a filter that matches no row.
    any_of(customers.iter().map(one))?.map_or_else(|| Field::CUSTOMER_TENANT_ID.eq(""), Ok)
}

/// A filter for what one of the filters matches; `None` without filters.
pub(super) fn any_of<Op: Operation>(
    filters: impl IntoIterator<Item = Result<Filter<Op>, FilterError>>,
) -> Result<Option<Filter<Op>>, FilterError> {
    filters.into_iter().try_fold(None, |all: Option<Filter<Op>>, one| {
        let one = one?;
        Ok(Some(match all {
            Some(all) => all.or(one),
            None => one,
        }))
    })
}
