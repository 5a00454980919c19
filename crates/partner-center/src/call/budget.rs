//! The retry budget: how many repeated attempts all calls of a client may make together.
//!
//! Attempts of its own make one call reliable, and thousands of calls a multiple of the load on a service that is in
//! trouble already. So they draw on a bucket that all calls share, and only what succeeds fills it again: while a small
//! part of the attempts fail, there is always something in it; when most of them fail, it is empty soon and calls
//! have one attempt each. The numbers are those of the standard retry mode of the AWS SDKs
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>); Google's gax has the same idea as its
//! retry throttler.

use std::sync::{Mutex, PoisonError};

use crate::error::{Cause, Error, ErrorKind};

/// What the bucket holds at first and at most.
const CAPACITY: u32 = 500;
/// What one more attempt takes: a hundred of them in a row empty the bucket.
const ATTEMPT: u32 = 5;
/// What one more attempt takes after one that was not answered in time, which costs the service the most.
const AFTER_TIMEOUT: u32 = 10;
/// What a call brings that needed one attempt only.
const FIRST: u32 = 1;

/// What is left for repeated attempts.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<u32>);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(Mutex::new(CAPACITY))
    }
}

/// What a call has drawn for its present attempt, to be brought back if that succeeds.
#[derive(Debug, Default)]
pub(crate) struct Drawn(u32);

impl RetryBudget {
    /// Draws for another attempt after this error. A throttled call that was told how long to wait does as it is told,
    /// and draws nothing.
    ///
    /// # Errors
    ///
    /// What the call fails with if there is too little left: the same failure, saying so.
    pub(crate) fn draw(&self, error: Error, drawn: &mut Drawn) -> Result<Error, Error> {
        *drawn = Drawn(match error.cause() {
            _ if error.kind() == ErrorKind::Throttled && error.retry_after().is_some() => 0,
            Some(Cause::AttemptTimedOut) => AFTER_TIMEOUT,
            _ => ATTEMPT,
        });
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(drawn.0) {
            Some(rest) => {
                *left = rest;
                Ok(error)
            }
            None => Err(error.out_of_retries()),
        }
    }

    /// The service answered: what was drawn comes back.
    pub(crate) fn answered(&self, drawn: &Drawn) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + drawn.0.max(FIRST)).min(CAPACITY);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn unavailable() -> Error {
        Error::new(ErrorKind::Unavailable, "the service is out of order").with_status(503)
    }

    /// How many attempts it lets through in a row.
    fn attempts(budget: &RetryBudget, error: &Error) -> usize {
        (0..1000).take_while(|_| budget.draw(error.clone(), &mut Drawn::default()).is_ok()).count()
    }

    #[test]
    fn a_hundred_attempts_empty_it_and_half_as_many_after_time_outs() {
        assert_eq!(attempts(&RetryBudget::default(), &unavailable()), 100);
        let timeout = Error::new(ErrorKind::Network, "").with_cause(Cause::AttemptTimedOut);
        assert_eq!(attempts(&RetryBudget::default(), &timeout), 50);
    }

    #[test]
    fn success_fills_it_again_and_not_beyond_its_size() {
        let budget = RetryBudget::default();
        attempts(&budget, &unavailable());
        for _ in 0..4 {
            budget.answered(&Drawn::default());
        }
        assert_eq!(attempts(&budget, &unavailable()), 0, "four calls are not yet an attempt");
        budget.answered(&Drawn::default());
        let mut drawn = Drawn::default();
        budget.draw(unavailable(), &mut drawn).unwrap();
        budget.answered(&drawn);
        assert_eq!(attempts(&budget, &unavailable()), 1, "the attempt that succeeded is back");
        (0..10_000).for_each(|_| budget.answered(&Drawn::default()));
        assert_eq!(attempts(&budget, &unavailable()), 100);
    }

    #[test]
    fn who_is_told_to_wait_draws_nothing_and_who_is_not_does() {
        let throttled = Error::new(ErrorKind::Throttled, "").with_status(429);
        let told = throttled.clone().with_retry_after(Duration::from_secs(1));
        assert_eq!(attempts(&RetryBudget::default(), &told), 1000);
        assert_eq!(attempts(&RetryBudget::default(), &throttled), 100);
    }

    #[test]
    fn an_empty_budget_says_so_and_what_had_failed() {
        let budget = RetryBudget::default();
        attempts(&budget, &unavailable());
        let error = budget.draw(unavailable(), &mut Drawn::default()).unwrap_err();
        assert!(error.is_out_of_retries() && error.is_transient());
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, Some(503)));
        assert!(error.message().starts_with("the service is out of order, and"), "{error}");
        assert!(error.advice().contains("calls of this client"), "{}", error.advice());
    }
}
