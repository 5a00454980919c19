//! The retry budget: limits the retries of all calls of a client together.
//!
//! Retries make a single call reliable, but the retries of thousands of calls multiply the load on a service that is
//! already failing. Therefore retries take tokens from a bucket that all calls share, and only successful calls refill
//! it. While few attempts fail, the bucket is never empty; when most attempts fail, it empties soon and failed calls
//! are not retried. The numbers are those of the standard retry mode of the AWS SDKs
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>); Google's gax has a similar retry
//! throttler.

use std::sync::{Mutex, PoisonError};

use crate::error::{Error, ErrorKind, ErrorReason};

/// The initial and maximum number of tokens.
const CAPACITY: u32 = 500;
/// The cost of a retry: a hundred in a row empty the bucket.
const ATTEMPT: u32 = 5;
/// The cost of a retry after a timeout, which puts the most load on the service.
const AFTER_TIMEOUT: u32 = 10;
/// The refill by a call that succeeds at the first attempt.
const FIRST: u32 = 1;

/// The tokens left for retries.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<u32>);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(Mutex::new(CAPACITY))
    }
}

/// The tokens taken for the current attempt of a call. They are returned if it succeeds.
#[derive(Debug, Default)]
pub(crate) struct Withdrawal(u32);

impl RetryBudget {
    /// Takes tokens for a retry after this error. A retry of a throttled call with `Retry-After` is free, because the
    /// service determines the wait.
    ///
    /// # Errors
    ///
    /// The same error, marked as out of retries, if too few tokens are left.
    pub(crate) fn draw(&self, error: Error, withdrawal: &mut Withdrawal) -> Result<Error, Error> {
        *withdrawal = Withdrawal(match error.reason() {
            _ if error.kind() == ErrorKind::Throttled && error.retry_after().is_some() => 0,
            Some(ErrorReason::AttemptTimedOut) => AFTER_TIMEOUT,
            _ => ATTEMPT,
        });
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(withdrawal.0) {
            Some(rest) => {
                *left = rest;
                Ok(error)
            }
            None => Err(error.out_of_retries()),
        }
    }

    /// Returns the tokens that were taken, after the service processed the request.
    pub(crate) fn answered(&self, withdrawal: &Withdrawal) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + withdrawal.0.max(FIRST)).min(CAPACITY);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn unavailable() -> Error {
        Error::new(ErrorKind::Unavailable, "the service is unavailable").with_status(503)
    }

    /// How many retries in a row the budget allows.
    fn attempts(retry_budget: &RetryBudget, error: &Error) -> usize {
        (0..1000).take_while(|_| retry_budget.draw(error.clone(), &mut Withdrawal::default()).is_ok()).count()
    }

    #[test]
    fn a_hundred_retries_empty_it_and_half_as_many_after_timeouts() {
        assert_eq!(attempts(&RetryBudget::default(), &unavailable()), 100);
        let timeout = Error::new(ErrorKind::Network, "").with_reason(ErrorReason::AttemptTimedOut);
        assert_eq!(attempts(&RetryBudget::default(), &timeout), 50);
    }

    #[test]
    fn success_refills_it_up_to_its_capacity() {
        let retry_budget = RetryBudget::default();
        attempts(&retry_budget, &unavailable());
        for _ in 0..4 {
            retry_budget.answered(&Withdrawal::default());
        }
        assert_eq!(attempts(&retry_budget, &unavailable()), 0, "four calls do not refill enough for a retry");
        retry_budget.answered(&Withdrawal::default());
        let mut withdrawal = Withdrawal::default();
        retry_budget.draw(unavailable(), &mut withdrawal).unwrap();
        retry_budget.answered(&withdrawal);
        assert_eq!(
            attempts(&retry_budget, &unavailable()),
            1,
            "the tokens of the attempt that succeeded are returned"
        );
        (0..10_000).for_each(|_| retry_budget.answered(&Withdrawal::default()));
        assert_eq!(attempts(&retry_budget, &unavailable()), 100);
    }

    #[test]
    fn a_retry_is_free_only_with_retry_after() {
        let throttled = Error::new(ErrorKind::Throttled, "").with_status(429);
        let with_wait = throttled.clone().with_retry_after(Duration::from_secs(1));
        assert_eq!(attempts(&RetryBudget::default(), &with_wait), 1000);
        assert_eq!(attempts(&RetryBudget::default(), &throttled), 100);
    }

    #[test]
    fn an_empty_budget_is_reported_with_the_last_failure() {
        let retry_budget = RetryBudget::default();
        attempts(&retry_budget, &unavailable());
        let error = retry_budget.draw(unavailable(), &mut Withdrawal::default()).unwrap_err();
        assert!(error.is_out_of_retries() && error.is_transient());
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, Some(503)));
        assert!(error.message().starts_with("the service is unavailable, and"), "{error}");
        assert!(error.advice().contains("calls of this client"), "{}", error.advice());
    }
}
