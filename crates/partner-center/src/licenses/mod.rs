//! The rows of all customers, from the commercial query if it is available, and otherwise from a sweep.
//!
//! The rows of both sources have one form ([`DeploymentRow`], [`UsageRow`]) and name their source, but neither source
//! fills every field. The commercial query needs one request for up to 10,000 rows and includes the product's id. The
//! classic operations need one request per customer, include the service's own percentages, and distinguish a customer
//! without rows from one that cannot be read.
//!
//! If the commercial query is available, the rows of all customers take a few requests instead of one per customer:
//!
//! ```no_run
//! use partner_center::licenses::DeploymentRow;
//! use partner_center::sweep::Outcome;
//!
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let mut report = partner.customers().report::<DeploymentRow>().stream();
//! while let Some(batch) = report.try_next().await? {
//!     if let Outcome::Rows(rows) = batch.outcome {
//!         for row in rows.items() {
//!             println!("{:?} sold, as of {:?}", row.licenses_sold, row.processed_date_time);
//!         }
//!     }
//! }
//! println!("read from {:?}, {:?}", report.source(), report.fallback());
//! # Ok(())
//! # }
//! ```
//!
//! [`SourceChoice::Auto`] tries the commercial query first, and reads customer by customer if it is not available. The
//! query is not grouped: its rows are per customer and product already, and a group has no `processedDateTime`, so its
//! age would be unknown.

mod coverage;
mod deployment_row;
mod partner_row;
mod percent;
mod row;
mod source;
mod stream;
mod usage_row;

use std::fmt;

pub use coverage::Coverage;
pub use deployment_row::DeploymentRow;
pub use partner_row::{PartnerDeploymentRow, PartnerUsageRow};
pub(crate) use percent::rounded as rounded_percent;
pub use percent::{percent, round_percent};
pub use row::LicenseRow;
pub use source::Source;
pub use stream::{Batch, LicenseReportStream};
pub use usage_row::UsageRow;

use crate::Result;
use crate::chain::Customers;
use crate::client::PartnerCenter;
use crate::error::{Error, ErrorKind};
use crate::models::Timestamp;
use crate::sweep::{Checkpoint, Order, Rate, Rows, Sweep};

impl Customers {
    /// Reads all rows of all customers, in as few requests as the service allows.
    ///
    /// [The module](crate::licenses) describes the sources of the rows.
    pub fn report<R: LicenseRow>(&self) -> LicenseReport<R> {
        LicenseReport::new(self.partner().clone())
    }
}

/// Which source to read the rows of all customers from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SourceChoice {
    /// The commercial query if it is available, otherwise customer by customer. See [`Fallback`] for the conditions.
    #[default]
    Auto,
    /// The commercial query only.
    Commercial,
    /// The classic operations, customer by customer.
    Classic,
}

/// Why the commercial query was tried but not used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fallback {
    /// The service does not offer it, or not to this partner: 404, 400 or another error that rejects the request, 501,
    /// or a 403 that does not apply to the classic operations as well.
    Refused(Error),
    /// It returned no rows. This does not prove that there are none, so the customers are read one by one.
    Empty,
}

impl Fallback {
    /// Classifies an error of the commercial query, for programs that call it themselves: a reason to use the classic
    /// operations, or `None` if that would hide a problem.
    ///
    /// ```
    /// use partner_center::licenses::Fallback;
    /// use partner_center::{Error, ErrorKind};
    ///
    /// assert!(Fallback::of(&Error::new(ErrorKind::NotFound, "not found")).is_some());
    /// assert!(Fallback::of(&Error::new(ErrorKind::Unavailable, "try again later")).is_none());
    /// ```
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        is_unavailable(error).then(|| Self::Refused(error.clone()))
    }
}

/// Whether an error means that the commercial query is not available, rather than that it failed.
///
/// The classic operations also reject an app-only token, a failed sign-in and an inactive enrollment. Throttling,
/// outages and unreadable responses are temporary or need investigation; requests about thousands of customers would
/// hide them.
fn is_unavailable(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::CustomerNotFound
            | ErrorKind::Rejected
            | ErrorKind::Forbidden
            | ErrorKind::MissingRole
    ) || error.status() == Some(501)
}

/// A report on the licenses of all customers that has not started. Created by
/// [`Customers::report`](crate::chain::Customers::report).
#[must_use = "nothing is read until `stream` is called"]
pub struct LicenseReport<R> {
    sweep: Sweep<Vec<R>>,
    source: SourceChoice,
    /// The day of the data, instead of the latest.
    processed: Option<Timestamp>,
    lists: bool,
}

impl<R: LicenseRow> LicenseReport<R> {
    pub(crate) fn new(partner: PartnerCenter) -> Self {
        let (sweep, source) = (Sweep::new(partner, R::read), SourceChoice::default());
        Self { sweep, source, processed: None, lists: true }
    }

    /// The rows of the commercial query alone, with the settings of a sweep.
    pub(crate) fn commercial<T: Rows + Send + 'static>(sweep: &Sweep<T>) -> Self {
        let (sweep, source) = (sweep.with_operation(R::read), SourceChoice::Commercial);
        Self { sweep, source, processed: None, lists: true }
    }

    /// Sets the source of the rows. Default: [`SourceChoice::Auto`].
    pub fn source(mut self, source: SourceChoice) -> Self {
        self.source = source;
        self
    }

    /// Reads the data that the service processed on this day instead of the latest. The source is then the commercial
    /// query, whatever [`source`](Self::source) says: the classic operation has only the latest data. For formats, see
    /// [`CommercialLicensesQuery::processed`](crate::chain::CommercialLicensesQuery::processed).
    pub fn processed(mut self, day: impl Into<Timestamp>) -> Self {
        self.processed = Some(day.into());
        self
    }

    /// Like [`Sweep::concurrency`]. The commercial query requests one page at a time.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.sweep = self.sweep.concurrency(requests);
        self
    }

    /// Like [`Sweep::rate`]. Pages of the commercial query count, too.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.sweep = self.sweep.rate(rate);
        self
    }

    /// Like [`Sweep::customer_rate`].
    pub fn customer_rate(mut self, rate: Rate) -> Self {
        self.sweep = self.sweep.customer_rate(rate);
        self
    }

    /// Like [`Sweep::order`]. Pages of the commercial query come in the service's order.
    pub fn order(mut self, order: Order) -> Self {
        self.sweep = self.sweep.order(order);
        self
    }

    /// Does not read the list of customers after the rows of the commercial query. Use this if another report reads the
    /// list. [`Coverage`] then contains only the customers that have rows.
    pub fn without_list(mut self) -> Self {
        self.lists = false;
        self
    }

    /// Resumes from a checkpoint, with the source it was started with. Use the same row type.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Self {
        self.sweep = self.sweep.resume(checkpoint);
        self
    }

    /// Returns the stream of rows. Nothing is sent until it is polled.
    pub fn stream(self) -> LicenseReportStream<R> {
        LicenseReportStream::new(self)
    }
}

impl SourceChoice {
    /// Decides on one source for both deployment and usage. [`Auto`](Self::Auto) requests a single row from each
    /// commercial query.
    ///
    /// # Errors
    ///
    /// The error of a query, unless it means that the query is not available.
    pub async fn decide(self, partner: &PartnerCenter) -> Result<(Source, Option<Fallback>)> {
        match self {
            Self::Commercial => Ok((Source::Commercial, None)),
            Self::Classic => Ok((Source::Classic, None)),
            Self::Auto => {
                let licenses = partner.analytics().commercial().licenses();
                let mut empty = licenses.deployment().top(1).get().await.map(|page| page.items().is_empty());
                if let Ok(false) = empty {
                    empty = licenses.usage().top(1).get().await.map(|page| page.items().is_empty());
                }
                match empty {
                    Ok(false) => Ok((Source::Commercial, None)),
                    Ok(true) => Ok((Source::Classic, Some(Fallback::Empty))),
                    Err(error) if is_unavailable(&error) => {
                        Ok((Source::Classic, Some(Fallback::Refused(error))))
                    }
                    Err(error) => Err(error),
                }
            }
        }
    }
}

impl<R> fmt::Debug for LicenseReport<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseReport")
            .field("sweep", &self.sweep)
            .field("source", &self.source)
            .field("processed", &self.processed)
            .field("lists", &self.lists)
            .finish()
    }
}
