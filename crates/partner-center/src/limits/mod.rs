//! How often a call is retried, how many requests a client sends at once, and how long its calls wait when the service
//! throttles them.

mod concurrency_limit;
mod retry;
mod retry_budget;
mod throttle;

pub(crate) use concurrency_limit::{ConcurrencyLimit, MAX_CONCURRENT};
pub(crate) use retry::{Limits, may_pass};
pub(crate) use retry_budget::{RetryBudget, Withdrawal};
pub(crate) use throttle::Throttle;
