//! A batch of rows from a source.

use partner_center::sweep::Outcome;
use partner_center::{CustomerId, Error, Response};

use super::selected_customers::{CustomerQuery, CustomerResult, Odd, SelectedCustomers};
use crate::anonymizer::Anonymizer;
use crate::output::Position;

/// Some rows, or the reason why there are none.
pub(super) struct Batch<R> {
    /// The customer of the rows; `None` for rows of many customers.
    pub(super) customer: Option<CustomerId>,
    /// The customer's name in the list of customers.
    pub(super) name: Option<String>,
    pub(super) rows: BatchRows<R>,
    /// Findings about the response.
    pub(super) odd: Odd,
}

impl<R> Batch<R> {
    /// The batch with the pseudonym of its customer. Its rows have theirs already.
    pub(super) fn anonymized(mut self, anonymizer: &Anonymizer) -> Self {
        anonymizer.customer(&mut self.customer, &mut self.name);
        for (position, _) in &mut self.odd {
            position.customer_id = position.customer_id.map(|id| anonymizer.id(id));
        }
        self
    }

    /// Rows that do not come from one response.
    pub(super) fn joined(rows: Vec<R>) -> Self {
        Self { customer: None, name: None, rows: BatchRows::Rows(rows), odd: Odd::new() }
    }

    /// What should be beside the rows of this customer could not be read.
    pub(super) fn lacking(customer: CustomerId, error: Error) -> Self {
        let rows = BatchRows::Lacking(customer, error);
        Self { customer: None, name: None, rows, odd: Odd::new() }
    }

    /// A batch from the outcome of a sweep or a query.
    pub(super) fn of<T>(
        customer: Option<CustomerId>,
        name: Option<String>,
        outcome: Outcome<T>,
        rows: impl FnOnce(Response<T>) -> Vec<R>,
    ) -> Self {
        let odd = match &outcome {
            Outcome::Rows(response) | Outcome::Empty(response) => {
                let position = customer.map_or(Position::of_page(0), Position::of_customer);
                vec![(position, response.findings().clone())]
            }
            Outcome::Skipped(_) | Outcome::Failed(_) => Odd::new(),
        };
        let rows = match outcome {
            Outcome::Rows(response) => BatchRows::Rows(rows(response)),
            Outcome::Empty(_) => BatchRows::Empty,
            Outcome::Skipped(_) => BatchRows::Skipped,
            Outcome::Failed(error) => BatchRows::Failed(error),
        };
        Self { customer, name, rows, odd }
    }
}

impl<R> Batch<R> {
    /// The batch with other rows in place of its rows.
    pub(super) fn map<T>(self, other: impl FnOnce(Vec<R>) -> Vec<T>) -> Batch<T> {
        let Self { customer, name, rows, odd } = self;
        Batch { customer, name, rows: rows.map(other), odd }
    }

    /// The rows of the next selected customer; `None` after the last. Cancel safe.
    pub(super) async fn of_next<Q: CustomerQuery>(
        selected: &mut SelectedCustomers<Q>,
        rows: impl FnOnce(Q::Rows) -> Vec<R>,
    ) -> Result<Option<Self>, Error> {
        let Some((customer, known)) = selected.next().await? else { return Ok(None) };
        let (rows, odd) = (known.into_batch_rows(rows), selected.take_odd());
        Ok(Some(Self { customer: Some(customer), name: None, rows, odd }))
    }
}

pub(super) enum BatchRows<R> {
    Rows(Vec<R>),
    Empty,
    /// This customer cannot be read.
    Skipped,
    /// The caller may not read in this customer's tenant.
    Refused(Error),
    Failed(Error),
    /// What should be beside the rows of this customer could not be read. The rows come without it.
    Lacking(CustomerId, Error),
}

impl<R> BatchRows<R> {
    pub(super) fn map<T>(self, other: impl FnOnce(Vec<R>) -> Vec<T>) -> BatchRows<T> {
        match self {
            Self::Rows(rows) => BatchRows::Rows(other(rows)),
            Self::Empty => BatchRows::Empty,
            Self::Skipped => BatchRows::Skipped,
            Self::Refused(error) => BatchRows::Refused(error),
            Self::Failed(error) => BatchRows::Failed(error),
            Self::Lacking(customer, error) => BatchRows::Lacking(customer, error),
        }
    }
}

impl<T> CustomerResult<T> {
    fn into_batch_rows<R>(self, rows: impl FnOnce(T) -> Vec<R>) -> BatchRows<R> {
        match self {
            Self::Rows(known) => BatchRows::Rows(rows(known)),
            Self::Empty => BatchRows::Empty,
            Self::Failed(error) => BatchRows::Failed(error),
        }
    }
}
