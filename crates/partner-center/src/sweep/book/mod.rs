//! All rows of the whole book, from the commercial query where it answers and from a sweep where it does not.
//!
//! The two sources differ in what they know, and neither is complete: the commercial query needs one request for up to
//! 10,000 rows and names the product's id; the classic operations need one request per customer, have the service's own
//! percentages, and tell a customer without rows from one that cannot be asked about. Every row says where it is from.

mod coverage;
mod row;
mod stream;

use std::fmt;

pub use coverage::Coverage;
pub use row::{BookRow, DeploymentRow, UsageRow};
pub use stream::{BookStream, Portion};

use super::{Checkpoint, Order, Rate, Sweep};
use crate::Result;
use crate::client::PartnerCenter;
use crate::error::{Error, ErrorKind};
use crate::funnel::Source;

/// Where the rows of a whole book are to come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SourceChoice {
    /// The commercial query if there is one, else customer by customer. See [`Fallback`] for what decides.
    #[default]
    Auto,
    /// The commercial query alone.
    Commercial,
    /// The classic operations, customer by customer.
    Classic,
}

/// Why the commercial query was not the source, though it was tried first.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fallback {
    /// The service does not have it, or not for this partner: 404, 400 or another refusal of the request as it was put,
    /// 501, or a 403 that is not known to hold for the classic operations as well.
    Refused(Error),
    /// It answered without a single row. That is not believed: whether there are none is for the customers to say.
    Empty,
}

impl Fallback {
    /// What an error of the commercial query means for a program that asks it by itself: a reason to ask the classic operations,
    /// or `None` if it would be hiding something.
    ///
    /// ```
    /// use partner_center::sweep::Fallback;
    /// use partner_center::{Error, ErrorKind};
    ///
    /// assert!(Fallback::of(&Error::new(ErrorKind::NotFound, "not found")).is_some());
    /// assert!(Fallback::of(&Error::new(ErrorKind::Unavailable, "try again later")).is_none());
    /// ```
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        is_not_to_be_had(error).then(|| Self::Refused(error.clone()))
    }
}

/// Whether an error of the commercial query says that it is not to be had here, rather than that it failed.
///
/// A token without a user, a refused sign-in and an enrolment that is not active would be refused by the classic
/// operations as well. Throttling, outages and answers that cannot be read pass, or have to be looked into; asking
/// thousands of customers instead would hide them.
fn is_not_to_be_had(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::CustomerNotFound
            | ErrorKind::Rejected
            | ErrorKind::Forbidden
            | ErrorKind::MissingRole
    ) || error.status() == Some(501)
}

/// A reading of the whole book that has not begun. Made by [`Customers::book`](crate::chain::Customers::book).
#[must_use = "a book is not read until `stream` is called"]
pub struct Book<R> {
    sweep: Sweep<Vec<R>>,
    source: SourceChoice,
    lists: bool,
}

impl<R: BookRow> Book<R> {
    pub(crate) fn new(partner: PartnerCenter) -> Self {
        Self { sweep: Sweep::new(partner, R::ask), source: SourceChoice::default(), lists: true }
    }

    /// Where the rows are to come from. Default: [`SourceChoice::Auto`].
    pub fn source(mut self, source: SourceChoice) -> Self {
        self.source = source;
        self
    }

    /// As for a [sweep](Sweep::concurrency). The commercial query asks for one page at a time.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.sweep = self.sweep.concurrency(requests);
        self
    }

    /// As for a [sweep](Sweep::rate). Pages of the commercial query count.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.sweep = self.sweep.rate(rate);
        self
    }

    /// As for a [sweep](Sweep::customer_rate).
    pub fn customer_rate(mut self, rate: Rate) -> Self {
        self.sweep = self.sweep.customer_rate(rate);
        self
    }

    /// As for a [sweep](Sweep::order). Pages of the commercial query come in the service's order.
    pub fn order(mut self, order: Order) -> Self {
        self.sweep = self.sweep.order(order);
        self
    }

    /// Does not read the list of customers after the rows of the commercial query: for whoever reads another book, which
    /// reads it. [`Coverage`] then knows nobody but those that rows name.
    pub fn without_list(mut self) -> Self {
        self.lists = false;
        self
    }

    /// Goes on where a reading stood, at the source it had begun with. It has to be the same kind of rows.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Self {
        self.sweep = self.sweep.resume(checkpoint);
        self
    }

    /// The rows. Nothing is sent until the stream is polled.
    pub fn stream(self) -> BookStream<R> {
        BookStream::new(self)
    }
}

impl SourceChoice {
    /// Decides which source to read both deployment and usage from, for whoever needs them from the same one: asks
    /// each commercial query for a single row, unless the choice is made already.
    ///
    /// # Errors
    ///
    /// What the queries failed with, if that does not mean that they are not to be had here.
    pub async fn decide(self, partner: &PartnerCenter) -> Result<(Source, Option<Fallback>)> {
        match self {
            Self::Commercial => Ok((Source::Commercial, None)),
            Self::Classic => Ok((Source::Classic, None)),
            Self::Auto => {
                let licenses = partner.analytics().commercial().licenses();
                let mut empty = licenses.deployment().top(1).get().await.map(|page| page.value.is_empty());
                if let Ok(false) = empty {
                    empty = licenses.usage().top(1).get().await.map(|page| page.value.is_empty());
                }
                match empty {
                    Ok(false) => Ok((Source::Commercial, None)),
                    Ok(true) => Ok((Source::Classic, Some(Fallback::Empty))),
                    Err(error) if is_not_to_be_had(&error) => {
                        Ok((Source::Classic, Some(Fallback::Refused(error))))
                    }
                    Err(error) => Err(error),
                }
            }
        }
    }
}

impl<R> fmt::Debug for Book<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book")
            .field("sweep", &self.sweep)
            .field("source", &self.source)
            .field("lists", &self.lists)
            .finish()
    }
}
