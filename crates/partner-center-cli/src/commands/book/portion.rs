//! What comes of a reading, a piece at a time.

use partner_center::sweep::Outcome;
use partner_center::{CustomerId, Error, Response};

use super::named::{Known, Odd};
use crate::output::Position;

/// Some rows of a book, or what there is in their place.
pub(super) struct Portion<R> {
    /// Whom they are about; `None` if of many.
    pub(super) customer: Option<CustomerId>,
    /// What the list of customers calls it.
    pub(super) name: Option<String>,
    pub(super) answer: Answer<R>,
    /// What was odd about the answer.
    pub(super) odd: Odd,
}

impl<R> Portion<R> {
    /// What was handed out of a sweep or a query.
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
    /// There is nothing to ask about this customer.
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
