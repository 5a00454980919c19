//! Sweeps: run one operation for every customer, and get one outcome for each.
//!
//! ```no_run
//! use partner_center::sweep::{self, Outcome};
//!
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let mut sweep = partner.customers().sweep(sweep::deployment).concurrency(16).stream();
//! while let Some(swept) = sweep.try_next().await? {
//!     match swept.outcome {
//!         Outcome::Rows(rows) => println!("{}: {} products", swept.customer, rows.items().len()),
//!         Outcome::Empty(_) => println!("{}: no rows, which proves nothing", swept.customer),
//!         Outcome::Skipped(error) => println!("{}: skipped, {:?}", swept.customer, error.code()),
//!         Outcome::Failed(error) => eprintln!("{}: {error}", swept.customer),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`sweep`](crate::chain::Customers::sweep) accepts any function from a customer's handle to a response. Calls must
//! use that handle; the sweep's limits do not apply to others.
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
//! # Concurrency and errors
//!
//! Customers are listed while responses arrive, unless the order is by customer. Up to
//! [`concurrency`](Sweep::concurrency) requests run at once. The limit rises by one for every response, is halved when
//! the service responds with 429, and falls after several failures in a row; nothing is sent while the service asks to
//! wait. A customer that cannot be read is an outcome like any other. An error ends the sweep early, as
//! [`SweepError`], only if it would be the same for all remaining customers: a rejected credential, an
//! application-only token, an invalid argument, an inactive enrollment, a requested pause that is longer than the
//! client's [`timeout`](crate::PartnerCenterBuilder::timeout), or a list of customers that cannot be read to its end.
//! In the last case, the customers that are already listed are read first, unless the order is by customer.
//!
//! The sweep keeps the id and the name of each customer, about a hundred bytes, so that no customer is returned twice
//! even if the list changes meanwhile. Outcomes are kept only while they wait for an earlier customer.
//!
//! # Outages
//!
//! After five failures in a row the sweep sends one request at a time, with pauses of up to five seconds, until one
//! succeeds. No customer is lost: those that failed with a transient error are tried again in a later round, after all
//! others ([`Summary::later`] counts them). The same applies to pages of the list and of the commercial query.
//!
//! If nothing succeeds for the duration of the client's [`timeout`](crate::PartnerCenterBuilder::timeout), the sweep
//! gives up: all remaining customers are returned as [`Outcome::Failed`], and the stream ends. [`Checkpoint::missing`]
//! names them, and a resumed sweep reads only them. If the list is incomplete at that time, or if the credential has no
//! token, the sweep ends as [`SweepError`] instead.
//!
//! A 401 is the failure of one customer if the same token is accepted afterwards, for another customer or for the list;
//! otherwise it ends the sweep.
//!
//! # Resuming a sweep
//!
//! [`SweepStream::checkpoint`] records the ids of the customers that were returned. Save it together with the output,
//! and every customer appears exactly once, even if the program is killed or the list changes:
//!
//! 1. Write the outcomes that were returned, and make sure that they are on disk.
//! 2. Take the checkpoint, and save it **with the length of the output**, in a file that replaces the previous one
//!    atomically (write a new file, then rename it).
//! 3. To resume, truncate the output to the saved length, and [`resume`](Sweep::resume) from the checkpoint.
//!
//! Output that was written after the last checkpoint is discarded and requested again. Save as often as you like: after
//! every customer, or every few seconds. With [`Order::Customer`], the output of several runs has the same order as
//! that of a single run.
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

mod breaker;
pub(crate) mod checkpoint;
pub(crate) mod concurrency;
pub(crate) mod customer_index;
mod outcome;
mod progress;
mod rate_limit;
mod rows;
mod stream;
#[cfg(test)]
mod tests;
mod unauthorized_customers;
mod work_queue;

use std::fmt;
use std::sync::Arc;

pub use checkpoint::{Checkpoint, Summary};
pub use outcome::{CustomerOutcome, Outcome, SweepError};
pub use progress::Progress;
pub use rate_limit::Rate;
pub use rows::Rows;
pub use stream::SweepStream;

use crate::chain::{CustomerHandle, Customers};
use crate::client::PartnerCenter;
use crate::clock::BoxFuture;
use crate::models::{
    CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection,
    SubscribedSkuCollection, SubscriptionCollection,
};
use crate::{CustomerId, Response, Result};
use checkpoint::Place;
use concurrency::AdaptiveLimiter;
use customer_index::{CustomerIndex, of_another_sweep};

impl Customers {
    /// Calls a function for every customer. Each customer has its own outcome, independent of the others.
    ///
    /// The function takes the handle of a customer and returns a response.
    /// [`sweep::deployment`](crate::sweep::deployment) and [`sweep::usage`](crate::sweep::usage) are such functions;
    /// [the module](crate::sweep) shows how to write your own.
    pub fn sweep<F, A, T>(&self, operation: F) -> Sweep<T>
    where
        F: Fn(CustomerHandle) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response<T>>> + Send + 'static,
        T: Rows + Send + 'static,
    {
        Sweep::new(self.partner().clone(), operation)
    }
}

/// The operation that runs for each customer.
type Operation<T> = Arc<dyn Fn(CustomerHandle) -> BoxFuture<'static, Result<Response<T>>> + Send + Sync>;

/// The default concurrency. The service's guidance names concurrency as a cause of throttling, but no number.
const CONCURRENCY: usize = 8;

/// The highest concurrency. A larger value is probably a mistake.
const MOST: usize = 1024;

/// Reads how many licenses of a customer are deployed. Use it as the operation of a sweep.
///
/// # Errors
///
/// As for [`CustomerLicensesDeployment::get`](crate::chain::CustomerLicensesDeployment::get).
pub async fn deployment(
    customer: CustomerHandle,
) -> Result<Response<CustomerLicensesDeploymentInsightsCollection>> {
    customer.analytics().licenses().deployment().get().await
}

/// Reads how many licenses of a customer are used. Use it as the operation of a sweep.
///
/// # Errors
///
/// As for [`CustomerLicensesUsage::get`](crate::chain::CustomerLicensesUsage::get).
pub async fn usage(customer: CustomerHandle) -> Result<Response<CustomerLicensesUsageInsightsCollection>> {
    customer.analytics().licenses().usage().get().await
}

/// Reads the subscriptions of a customer. Use it as the operation of a sweep.
///
/// # Errors
///
/// As for [`SubscriptionList`](crate::chain::SubscriptionList).
pub async fn subscriptions(customer: CustomerHandle) -> Result<Response<SubscriptionCollection>> {
    customer.subscriptions().list().all().await
}

/// Reads the SKUs of a customer's tenant. Use it as the operation of a sweep.
///
/// # Errors
///
/// As for [`SubscribedSkus::get`](crate::chain::SubscribedSkus::get).
pub async fn subscribed_skus(customer: CustomerHandle) -> Result<Response<SubscribedSkuCollection>> {
    customer.subscribed_skus().get().await
}

/// The order in which outcomes are returned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they arrive.
    #[default]
    Completion,
    /// By customer id. The whole list is read before the first customer. An outcome waits for those of the customers
    /// before it; once several thousand wait, or fewer with very many rows, the sweep waits for the slow customer
    /// before them. Customers that are read in a later round come last ([`Summary::later`] counts them).
    Customer,
}

/// A sweep that has not started. Created by [`Customers::sweep`](crate::chain::Customers::sweep).
#[must_use = "a sweep does nothing until `stream` is called"]
pub struct Sweep<T> {
    pub(crate) partner: PartnerCenter,
    operation: Operation<T>,
    concurrency: usize,
    rate: Option<Rate>,
    customer_rate: Option<Rate>,
    order: Order,
    only: Option<customer_index::Customers>,
    pub(crate) resume: Option<Checkpoint>,
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

    /// Sets how many requests may run at once, clamped to 1 to 1024. Default: 8.
    ///
    /// This is a maximum: a sweep starts with fewer, adds one for every response and halves the number when it is
    /// throttled. Customers that wait for another attempt do not count.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.clamp(1, MOST);
        self
    }

    /// Limits the requests of this sweep per minute. Default: no limit.
    ///
    /// Requests for the list of customers and failed attempts count, too. Microsoft publishes a limit of 500 requests per
    /// minute and tenant for the customers, and none for analytics.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Limits the requests about any one customer per minute: the service limits the partner, and the partner together
    /// with a customer. Default: no limit. This matters for operations of several requests, and for retries.
    pub fn customer_rate(mut self, rate: Rate) -> Self {
        self.customer_rate = Some(rate);
        self
    }

    /// Sets the order in which outcomes are returned. Default: as they arrive.
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Reads these customers only. The service's list is not requested.
    ///
    /// The iterator is read in steps of a few hundred customers. Duplicates are ignored. To resume, pass the same
    /// customers, in any order.
    pub fn only<I>(mut self, customers: I) -> Self
    where
        I: IntoIterator<Item = CustomerId>,
        I::IntoIter: Send + 'static,
    {
        self.only = Some(Box::new(customers.into_iter()));
        self
    }

    /// Resumes from a checkpoint. Use the same operation and the same customers: the checkpoint records the customers,
    /// but not the operation.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Self {
        self.resume = Some(checkpoint);
        self
    }

    /// A sweep over all customers with the same settings, but another operation and without a checkpoint.
    pub(crate) fn with_operation<U, F, A>(&self, operation: F) -> Sweep<U>
    where
        F: Fn(CustomerHandle) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response<U>>> + Send + 'static,
        U: Rows + Send + 'static,
    {
        let Self { concurrency, rate, customer_rate, order, .. } = *self;
        Sweep { concurrency, rate, customer_rate, order, ..Sweep::new(self.partner.clone(), operation) }
    }

    /// Returns the stream of outcomes. Nothing is sent until it is polled.
    pub fn stream(self) -> SweepStream<T> {
        let limiter = self.limiter();
        self.stream_through(limiter)
    }

    pub(crate) fn stream_through(self, limiter: Arc<AdaptiveLimiter>) -> SweepStream<T> {
        let list = self.partner.limited_by(limiter.listing()).customers().list();
        self.stream_over(limiter, CustomerIndex::listed(list))
    }

    /// The outcomes for the customers of the service's list, which may already be read, or for the given customers.
    fn stream_over(mut self, limiter: Arc<AdaptiveLimiter>, listed: CustomerIndex) -> SweepStream<T> {
        let (kind, all) = match self.only.take() {
            Some(given) => (Place::Given, CustomerIndex::given(given)),
            None => (Place::Listed, listed),
        };
        let Some(checkpoint) = &self.resume else { return SweepStream::new(self, limiter, all, kind) };
        match &checkpoint.at {
            // Only missing customers are left, or none.
            Some(Place::Missing) | None => {
                let missing: Vec<_> = checkpoint.missing().collect();
                SweepStream::new(self, limiter, CustomerIndex::given(missing), Place::Missing)
            }
            Some(at) if *at == kind => SweepStream::new(self, limiter, all, kind),
            Some(_) => {
                let checkpoint = checkpoint.clone();
                SweepStream::refused(self, limiter, of_another_sweep(), checkpoint)
            }
        }
    }

    pub(crate) fn limiter(&self) -> Arc<AdaptiveLimiter> {
        AdaptiveLimiter::new(self.partner.core(), self.concurrency, self.rate, self.customer_rate)
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
