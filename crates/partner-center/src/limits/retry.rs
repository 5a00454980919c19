//! The retry policy: which errors are retried, how often, and after which wait.

use std::time::Duration;

use partner_center_client::BodyLimits;

use crate::clock::{Random, fraction};
use crate::error::{Error, ErrorKind};
use crate::retry_after::LONGEST;

/// The limits of a call.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// The maximum number of attempts, not counting a retry with a refreshed token.
    pub(crate) attempts: u32,
    /// The timeout of a whole call, including waits.
    pub(crate) timeout: Duration,
    /// The timeout of one attempt.
    pub(crate) attempt_timeout: Duration,
    /// The limits for the body of a response.
    pub(crate) body: BodyLimits,
    /// The upper bound of the first wait, and the upper bound of any wait without `Retry-After`.
    pub(crate) backoff: (Duration, Duration),
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: 4,
            // The service has been seen to take over 100 seconds.
            timeout: Duration::from_secs(180),
            attempt_timeout: Duration::from_secs(150),
            body: BodyLimits::default(),
            backoff: (Duration::from_millis(500), Duration::from_secs(30)),
        }
    }
}

impl Limits {
    /// The wait before the next attempt; `None` if the call must not be retried.
    pub(crate) fn wait(&self, error: &Error, attempts: u32, random: &dyn Random) -> Option<Duration> {
        if may_retry(error) { self.wait_anyway(error, attempts, random) } else { None }
    }

    /// The wait before the next attempt, whatever the error is; `None` if no attempt is left.
    pub(crate) fn wait_anyway(&self, error: &Error, attempts: u32, random: &dyn Random) -> Option<Duration> {
        (attempts < self.attempts).then(|| self.backoff(error, attempts, random))
    }

    /// The wait before a token is requested again after the credential failed; `None` if it must not be retried.
    /// `tries` counts the tries that sent a request.
    pub(crate) fn credential_wait(&self, error: &Error, tries: u32, random: &dyn Random) -> Option<Duration> {
        // The status is that of another service, so only the kind counts.
        let passes =
            matches!(error.kind(), ErrorKind::Network | ErrorKind::Throttled | ErrorKind::Unavailable);
        (tries < self.attempts && passes && !error.is_final()).then(|| self.backoff(error, tries, random))
    }

    fn backoff(&self, error: &Error, attempts: u32, random: &dyn Random) -> Duration {
        let (base, cap) = self.backoff;
        let bound = base.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(cap).min(LONGEST);
        // Full jitter: calls that failed together are not retried together.
        let jittered = bound.mul_f64(fraction(random));
        jittered.max(error.retry_after().unwrap_or_default())
    }

    /// The wait for this process to close a connection, after `unsent` attempts that could not open one.
    pub(crate) fn connection_wait(&self, unsent: u32, random: &dyn Random) -> Duration {
        let bound = FIRST_CROWDED.saturating_mul(1 << unsent.saturating_sub(1).min(6)).min(self.backoff.1);
        bound.mul_f64(0.5 + random.fraction().clamp(0.0, 1.0) / 2.0)
    }
}

/// The upper bound of the first wait for this process to close a connection.
const FIRST_CROWDED: Duration = Duration::from_millis(20);

/// Whether a later call may succeed, although this one used all its attempts or all its time.
pub(crate) fn may_pass(error: &Error) -> bool {
    may_retry(error) || error.kind() == ErrorKind::Timeout
}

/// Whether the same request may succeed. All operations are reads, so repeating them is safe.
fn may_retry(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Network | ErrorKind::Throttled => !error.is_final(),
        ErrorKind::Unavailable => matches!(error.status(), Some(408 | 500 | 502 | 503 | 504)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedRandom;

    #[test]
    fn extreme_random_numbers_and_backoffs_do_not_panic() {
        let error = Error::new(ErrorKind::Network, "");
        for backoff in
            [(Duration::MAX, Duration::MAX), (Duration::ZERO, Duration::MAX), (Duration::MAX, Duration::ZERO)]
        {
            let limits = Limits { attempts: u32::MAX, backoff, ..Limits::default() };
            for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 2.0, f64::MAX, 1.0] {
                for attempts in [0, 1, 2, 99, u32::MAX - 1] {
                    assert!(limits.wait(&error, attempts, &FixedRandom::new(number)).unwrap() <= LONGEST);
                }
            }
        }
    }

    #[test]
    fn waits_grow_up_to_the_cap_and_honor_retry_after() {
        let limits = Limits { attempts: 100, ..Limits::default() };
        let error = Error::new(ErrorKind::Unavailable, "").with_status(503);
        let wait = |attempts| limits.wait(&error, attempts, &FixedRandom::new(1.0)).unwrap();
        assert_eq!(wait(1), Duration::from_millis(500));
        assert_eq!(wait(2), Duration::from_secs(1));
        assert_eq!(wait(7), Duration::from_secs(30));
        assert_eq!(wait(99), Duration::from_secs(30));
        let throttled = error.with_retry_after(Duration::from_secs(57));
        assert_eq!(limits.wait(&throttled, 1, &FixedRandom::new(0.0)), Some(Duration::from_secs(57)));
    }

    #[test]
    fn only_transient_errors_are_retried_and_not_forever() {
        let limits = Limits::default();
        let retried = |kind, status| {
            limits.wait(&Error::new(kind, "").with_status(status), 1, &FixedRandom::new(0.5)).is_some()
        };
        for status in [408, 500, 502, 503, 504] {
            assert!(retried(ErrorKind::Unavailable, status), "{status}");
        }
        assert!(retried(ErrorKind::Throttled, 429));
        assert!(!retried(ErrorKind::Unavailable, 501));
        for kind in
            [ErrorKind::Rejected, ErrorKind::Forbidden, ErrorKind::NotFound, ErrorKind::InvalidResponse]
        {
            assert!(!retried(kind, 400), "{kind:?}");
        }
        assert!(
            limits
                .wait(&Error::new(ErrorKind::Network, ""), limits.attempts, &FixedRandom::new(0.5))
                .is_none()
        );
    }
}
