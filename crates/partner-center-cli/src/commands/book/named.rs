//! Customers that were named: few, asked in the order they were named in. No sweep, which would wait for as long as the
//! service asks; here a call may take as long as `--timeout` says.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use futures_util::stream::{self, LocalBoxStream};
use partner_center::chain::CustomerHandle;
use partner_center::sweep::{Outcome, Rows};
use partner_center::{CustomerId, Error, PartnerCenter, Response};

type Answer<T> = (CustomerId, Result<Response<T>, Error>);

/// The answers about named customers.
pub(super) struct Named<T> {
    answers: LocalBoxStream<'static, Answer<T>>,
}

impl<T: Rows + 'static> Named<T> {
    pub(super) fn new<F>(
        partner: &PartnerCenter,
        customers: &[CustomerId],
        at_once: usize,
        ask: impl Fn(CustomerHandle) -> F + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Response<T>, Error>> + 'static,
    {
        // Named twice, a customer still has its licences once.
        let mut seen = HashSet::new();
        let customers: Vec<_> = customers.iter().copied().filter(|id| seen.insert(*id)).collect();
        let partner = partner.clone();
        let answers = stream::iter(customers)
            .map(move |id| {
                let answer = ask(partner.customers().by_id(id));
                async move { (id, answer.await) }
            })
            .buffered(at_once);
        Self { answers: answers.boxed_local() }
    }

    /// The next one. Whoever names a customer wants to know of it, so nothing is skipped.
    pub(super) async fn next(&mut self) -> Result<Option<(CustomerId, Outcome<T>)>, Error> {
        Ok(match self.answers.next().await {
            None => None,
            // The next customer would be refused for the same reason.
            Some((_, Err(error))) if error.is_unauthorized() => return Err(error),
            Some((customer, Err(error))) => Some((customer, Outcome::Failed(error))),
            Some((customer, Ok(rows))) if rows.row_count() == 0 => Some((customer, Outcome::Empty(rows))),
            Some((customer, Ok(rows))) => Some((customer, Outcome::Rows(rows))),
        })
    }
}
