//! The whole book: one question about every customer, and one outcome for each.
//!
//! ```no_run
//! use partner_center::sweep::{self, Outcome};
//!
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let mut sweep = partner.customers().sweep(sweep::deployment).concurrency(16).stream();
//! while let Some(swept) = sweep.try_next().await? {
//!     match swept.outcome {
//!         Outcome::Rows(rows) => println!("{}: {} products", swept.customer, rows.items.len()),
//!         Outcome::Empty(_) => println!("{}: no rows, which proves nothing", swept.customer),
//!         Outcome::Skipped(error) => println!("{}: skipped, {:?}", swept.customer, error.code()),
//!         Outcome::Failed(error) => eprintln!("{}: {error}", swept.customer),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Any question will do: [`sweep`](crate::chain::Customers::sweep) takes a function from a customer's handle to an
//! answer. Calls have to be made through that handle; others are not held to the sweep's limits.
//!
//! ```no_run
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let both = partner.customers().sweep(|customer| async move {
//!     let licenses = customer.analytics().licenses();
//!     let deployment = licenses.deployment().get().await?;
//!     let usage = licenses.usage().get().await?;
//!     Ok(deployment.zip(usage))
//! });
//! # Ok(())
//! # }
//! ```
//!
//! # What it does by itself
//!
//! Customers are listed while answers come in, unless the order is by customer. Requests go out several at once, up to
//! [`concurrency`](Sweep::concurrency): one more for every answer, half as many when the service answers 429, fewer after
//! several failures in a row, and none while the service asks to wait. A customer that cannot be asked about is an
//! outcome like any other. Only what would be the same for all that are left ends the sweep early, as [`Interrupted`]: a
//! refused credential, an application-only token, an argument that was refused, an enrolment that is not active, a pause
//! that the service asks for and that is longer than the client's
//! [`timeout`](crate::PartnerCenterBuilder::timeout), or a list of customers that cannot be read on. In that last case,
//! those that are listed already are asked about first, unless the order is by customer.
//!
//! What is kept of each customer is its id and its name, so that nobody is handed out twice whatever the list does
//! meanwhile: about a hundred bytes. Of outcomes, only those are kept that wait for one before them.
//!
//! # When the service is out of order
//!
//! After five failures in a row the sweep sends one request at a time, with pauses that grow to five seconds, until one
//! is answered. Nobody is lost to that: whoever could not be read for a reason that may pass is asked about again in a
//! later round, once everybody else is done ([`Summary::later`] counts them). The same holds for pages of the list and of
//! the commercial query.
//!
//! When nothing has succeeded for as long as the client's [`timeout`](crate::PartnerCenterBuilder::timeout), the sweep
//! gives up: everybody who is left is handed out as [`Outcome::Failed`], and the stream ends.
//! [`Checkpoint::missing`] names them, and a sweep that resumes asks about them and nobody else. If not everybody is
//! listed by then, or if it is the credential that has no token, the sweep ends as [`Interrupted`] instead.
//!
//! A 401 is a customer's own failure if the same token is accepted afterwards, for another customer or for the list;
//! otherwise it ends the sweep.
//!
//! # Where the rows come from
//!
//! Where the service answers the commercial query, the whole book is a few requests instead of one per customer:
//!
//! ```no_run
//! use partner_center::sweep::{DeploymentRow, Outcome};
//!
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let mut book = partner.customers().book::<DeploymentRow>().stream();
//! while let Some(portion) = book.try_next().await? {
//!     if let Outcome::Rows(rows) = portion.outcome {
//!         for row in rows.iter() {
//!             println!("{:?} sold, as of {:?}", row.licenses_sold, row.processed_date_time);
//!         }
//!     }
//! }
//! println!("read from {:?}, {:?}", book.source(), book.fallback());
//! # Ok(())
//! # }
//! ```
//!
//! [`SourceChoice::Auto`] asks the commercial query first, and every customer in turn if it is not to be had. The query
//! is not grouped: its rows are by customer and product as they are, and a group has no `processedDateTime`, so that
//! nobody could tell how old it is.
//!
//! # To be able to go on
//!
//! [`SweepStream::checkpoint`] says which customers have been handed out, by id. Saved together with the output, it makes
//! every customer appear exactly once, whenever the program was killed and however the list has changed meanwhile:
//!
//! 1. Write the outcomes that were handed out, and make sure they are on disk.
//! 2. Take the checkpoint, and save it **with the length of the output**, in a file that replaces the last one at once
//!    (write another, then rename it).
//! 3. To go on, cut the output back to the length that was saved, and [`resume`](Sweep::resume) from the checkpoint.
//!
//! What was written after the last checkpoint is cut off and asked for again. How often to save is up to you: after
//! every customer, or every few seconds. With [`Order::Customer`], a file that was put together from several runs has
//! the same order as one that was written in a single run.
//!
//! ```no_run
//! use partner_center::sweep::{self, Checkpoint};
//!
//! # async fn run(partner: partner_center::PartnerCenter) -> Result<(), Box<dyn std::error::Error>> {
//! let saved: Option<Checkpoint> = match std::fs::read("sweep.json") {
//!     Ok(bytes) => Some(serde_json::from_slice(&bytes)?),
//!     Err(_) => None,
//! };
//! let mut sweep = partner.customers().sweep(sweep::usage);
//! if let Some(checkpoint) = saved {
//!     sweep = sweep.resume(checkpoint);
//! }
//! let mut sweep = sweep.stream();
//! while let Some(swept) = sweep.try_next().await? {
//!     // ... write it, then:
//!     let checkpoint = serde_json::to_vec(&sweep.checkpoint())?;
//!     # let _ = (swept, checkpoint);
//! }
//! # Ok(())
//! # }
//! ```

mod book;
mod breaker;
mod checkpoint;
mod gate;
mod ledger;
mod outcome;
mod progress;
mod rate;
mod roster;
mod rows;
mod stream;
mod suspects;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

pub use book::{
    Book, BookRow, BookStream, Coverage, DeploymentRow, Fallback, Portion, SourceChoice, UsageRow,
};
pub use checkpoint::{Checkpoint, Summary};
pub use outcome::{Interrupted, Outcome, Swept};
pub use progress::Progress;
pub use rate::Rate;
pub use rows::Rows;
pub use stream::SweepStream;

use crate::chain::CustomerHandle;
use crate::client::PartnerCenter;
use crate::clock::BoxFuture;
use crate::models::{CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection};
use crate::{CustomerId, Response, Result};
use checkpoint::Place;
use gate::Gate;
use roster::{Roster, of_another_sweep};

/// What is asked about each customer.
type Operation<T> = Arc<dyn Fn(CustomerHandle) -> BoxFuture<'static, Result<Response<T>>> + Send + Sync>;

/// Requests at once unless the caller says otherwise. The service's guidance names concurrency as a cause of
/// throttling and no number.
const CONCURRENCY: usize = 8;

/// More than this at once is taken for a mistake.
const MOST: usize = 1024;

/// How many licenses of a customer are deployed, as the question of a sweep.
///
/// # Errors
///
/// As for [`CustomerLicensesDeployment::get`](crate::chain::CustomerLicensesDeployment::get).
pub async fn deployment(
    customer: CustomerHandle,
) -> Result<Response<CustomerLicensesDeploymentInsightsCollection>> {
    customer.analytics().licenses().deployment().get().await
}

/// How many licenses of a customer are used, as the question of a sweep.
///
/// # Errors
///
/// As for [`CustomerLicensesUsage::get`](crate::chain::CustomerLicensesUsage::get).
pub async fn usage(customer: CustomerHandle) -> Result<Response<CustomerLicensesUsageInsightsCollection>> {
    customer.analytics().licenses().usage().get().await
}

/// In which order outcomes are handed out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they come in.
    #[default]
    Completion,
    /// By customer id. The whole list is read before anybody is asked about. An outcome waits for those of the customers
    /// before it; once some thousands wait, or fewer with very many rows, the sweep waits for the slow customer before
    /// them. Who is read only in a later round comes last ([`Summary::later`] says how many).
    Customer,
}

/// A sweep that has not begun. Made by [`Customers::sweep`](crate::chain::Customers::sweep).
#[must_use = "a sweep does nothing until `stream` is called"]
pub struct Sweep<T> {
    partner: PartnerCenter,
    operation: Operation<T>,
    concurrency: usize,
    rate: Option<Rate>,
    customer_rate: Option<Rate>,
    order: Order,
    only: Option<roster::Customers>,
    resume: Option<Checkpoint>,
}

impl<T: Rows + Send + 'static> Sweep<T> {
    pub(crate) fn new<F, A>(partner: PartnerCenter, operation: F) -> Self
    where
        F: Fn(CustomerHandle) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response<T>>> + Send + 'static,
    {
        Self {
            partner,
            operation: Arc::new(move |customer| Box::pin(operation(customer))),
            concurrency: CONCURRENCY,
            rate: None,
            customer_rate: None,
            order: Order::default(),
            only: None,
            resume: None,
        }
    }

    /// How many requests may go at once, from 1 to 1024; numbers beyond are taken for the nearest of these. Default: 8.
    ///
    /// It is the most: a sweep begins with few, adds one for every answer and halves them when it is throttled.
    /// Customers that wait for another attempt do not count.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.clamp(1, MOST);
        self
    }

    /// How many requests of this sweep may be sent in a minute. Default: as many as the service takes.
    ///
    /// The list of customers counts, and so do attempts that failed.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// How many requests about any one customer may be sent in a minute: the service limits the partner, and the
    /// partner with a customer. Default: no limit. It matters for questions of several requests, and for attempts.
    pub fn customer_rate(mut self, rate: Rate) -> Self {
        self.customer_rate = Some(rate);
        self
    }

    /// In which order outcomes are handed out. Default: as they come in.
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Asks about these customers rather than all of them. The list is not asked for.
    ///
    /// The customers are taken a few hundred at a time. A customer who comes twice is asked about once. To resume, give
    /// the same customers, in any order.
    pub fn only<I>(mut self, customers: I) -> Self
    where
        I: IntoIterator<Item = CustomerId>,
        I::IntoIter: Send + 'static,
    {
        self.only = Some(Box::new(customers.into_iter()));
        self
    }

    /// Goes on where a sweep stood. It has to be the same question about the same customers: the checkpoint knows the
    /// customers, but not the question.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Self {
        self.resume = Some(checkpoint);
        self
    }

    /// The outcomes. Nothing is sent until the stream is polled.
    pub fn stream(self) -> SweepStream<T> {
        let gate = self.gate();
        self.stream_through(gate)
    }

    fn stream_through(self, gate: Arc<Gate>) -> SweepStream<T> {
        let list = self.partner.limited_by(gate.listing()).customers().list();
        self.stream_over(gate, Roster::listed(list))
    }

    /// The outcomes for the customers of the service's list, which may be read already; or for those that were given.
    fn stream_over(mut self, gate: Arc<Gate>, listed: Roster) -> SweepStream<T> {
        let (kind, all) = match self.only.take() {
            Some(given) => (Place::Given, Roster::given(given)),
            None => (Place::Listed, listed),
        };
        let Some(checkpoint) = &self.resume else { return SweepStream::new(self, gate, all, kind) };
        match &checkpoint.at {
            // Nobody is left but those who are missing, or nobody at all.
            Some(Place::Missing) | None => {
                let missing: Vec<_> = checkpoint.missing().collect();
                SweepStream::new(self, gate, Roster::given(missing), Place::Missing)
            }
            Some(at) if *at == kind => SweepStream::new(self, gate, all, kind),
            Some(_) => {
                let checkpoint = checkpoint.clone();
                SweepStream::refused(self, gate, of_another_sweep(), checkpoint)
            }
        }
    }

    fn gate(&self) -> Arc<Gate> {
        Gate::new(self.partner.core(), self.concurrency, self.rate, self.customer_rate)
    }
}

impl<T> fmt::Debug for Sweep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweep")
            .field("concurrency", &self.concurrency)
            .field("rate", &self.rate)
            .field("customer_rate", &self.customer_rate)
            .field("order", &self.order)
            .field("only", &self.only.is_some())
            .field("resume", &self.resume)
            .finish_non_exhaustive()
    }
}
