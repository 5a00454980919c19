//! The customers that the commercial query covers, compared with the service's list.

use std::collections::HashSet;
use std::fmt;
use std::task::{Context, Poll, ready};

use crate::CustomerId;
use crate::error::Error;
use crate::models::Findings;
use crate::sweep::checkpoint::Ids;
use crate::sweep::customer_index::CustomerIndex;

/// The customers of a report that was read with the commercial queries.
///
/// A query does not name customers without rows, so the list of customers is also read, once, after the last row.
/// Both together show which customers have no rows, and whether customers are missing.
///
/// ```no_run
/// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
/// use partner_center::licenses::DeploymentRow;
///
/// let mut report = partner.customers().report::<DeploymentRow>().stream();
/// while let Some(batch) = report.try_next().await? {
///     // ...
///     # let _ = batch;
/// }
/// if let Some(coverage) = report.coverage() {
///     for (customer, name) in coverage.without_rows() {
///         println!("{customer} {name:?} has no rows");
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Coverage {
    with_rows: HashSet<CustomerId>,
    customer_index: CustomerIndex,
    refused: Option<Error>,
}

impl Coverage {
    pub(super) fn new(customer_index: CustomerIndex, with_rows: &Ids) -> Self {
        Self { with_rows: with_rows.as_slice().iter().copied().collect(), customer_index, refused: None }
    }

    pub(super) fn add(&mut self, customer: Option<CustomerId>) {
        self.with_rows.extend(customer);
    }

    /// Adds the customers that another query has rows of.
    pub(super) fn merge(&mut self, other: &Self) {
        self.with_rows.extend(other.with_rows());
    }

    pub(super) fn ids(&self) -> Ids {
        self.with_rows.iter().copied().collect()
    }

    /// Reads the list until it ends or fails; the rows are valid in both cases. A failed page is requested again as
    /// long as `waits_out` allows it.
    pub(super) fn poll_list(
        &mut self,
        context: &mut Context<'_>,
        waits_out: impl Fn(&Error) -> bool,
    ) -> Poll<()> {
        loop {
            match ready!(self.customer_index.poll_page(context)) {
                Some(Ok(_)) => {}
                Some(Err(error)) if waits_out(&error) && error.continuation().is_some() => {}
                Some(Err(error)) => {
                    tracing::warn!(kind = ?error.kind(), "the list of customers could not be read");
                    self.refused = Some(error);
                    return Poll::Ready(());
                }
                None => return Poll::Ready(()),
            }
        }
    }

    pub(super) fn empty_pages(&self) -> u64 {
        self.customer_index.empty_pages()
    }

    /// The customers that have rows, in no particular order.
    pub fn with_rows(&self) -> impl ExactSizeIterator<Item = CustomerId> + '_ {
        self.with_rows.iter().copied()
    }

    /// The number of entries in the list of customers, including those without an id; `None` if the list was not read
    /// to its end.
    #[must_use]
    pub fn listed(&self) -> Option<u64> {
        let customers = u64::try_from(self.customer_index.len()).unwrap_or(u64::MAX);
        let entries = customers.saturating_add(self.without_id()).saturating_add(self.unreadable());
        self.customer_index.is_complete().then_some(entries)
    }

    /// The customers of the list, with their names where the list has them. Names are customer data.
    pub fn customers(&self) -> impl Iterator<Item = (CustomerId, Option<&str>)> {
        (0..)
            .zip(self.customer_index.ids())
            .map(|(number, customer)| (*customer, self.customer_index.name(number)))
    }

    /// The customers of the list that have no rows. Complete once the list was read to its end.
    pub fn without_rows(&self) -> impl Iterator<Item = (CustomerId, Option<&str>)> {
        self.customers().filter(|(customer, _)| !self.with_rows.contains(customer))
    }

    /// The number of list entries whose id is missing or is not a GUID: rows cannot be matched to them.
    #[must_use]
    pub fn without_id(&self) -> u64 {
        self.customer_index.without_id()
    }

    /// The number of list entries that could not be read.
    #[must_use]
    pub fn unreadable(&self) -> u64 {
        self.customer_index.unreadable()
    }

    /// Findings about the list so far, by position in the list.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        self.customer_index.findings()
    }

    /// Why the list could not be read to its end, if it failed.
    #[must_use]
    pub fn refused(&self) -> Option<&Error> {
        self.refused.as_ref()
    }
}

/// Without the customers.
impl fmt::Debug for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coverage")
            .field("with_rows", &self.with_rows.len())
            .field("customer_index", &self.customer_index)
            .field("refused", &self.refused)
            .finish()
    }
}
