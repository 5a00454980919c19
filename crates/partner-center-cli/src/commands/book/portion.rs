//! A batch of rows from a source.

use partner_center::sweep::Outcome;
use partner_center::{CustomerId, Error, Response};

use super::named::{Known, Odd};
use crate::output::Position;

/// Some rows, or the reason why there are none.
pub(super) struct Portion<R> {
    /// The customer of the rows; `None` for rows of many customers.
    pub(super) customer: Option<CustomerId>,
    /// The customer's name in the list of customers.
    pub(super) name: Option<String>,
    pub(super) answer: Answer<R>,
    /// Findings about the response.
    pub(super) odd: Odd,
}

impl<R> Portion<R> {
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
        let answer = match outcome {
            Outcome::Rows(response) => Answer::Rows(rows(response)),
            Outcome::Empty(_) => Answer::Empty,
            Outcome::Skipped(_) => Answer::Skipped,
            Outcome::Failed(error) => Answer::Failed(error),
        };
        Self { customer, name, answer, odd }
    }
}

pub(super) enum Answer<R> {
    Rows(Vec<R>),
    Empty,
    /// This customer cannot be read.
    Skipped,
    Failed(Error),
}

impl<T> Known<T> {
    pub(super) fn into_answer<R>(self, rows: impl FnOnce(T) -> Vec<R>) -> Answer<R> {
        match self {
            Self::Rows(known) => Answer::Rows(rows(known)),
            Self::Empty => Answer::Empty,
            Self::Failed(error) => Answer::Failed(error),
        }
    }
}
