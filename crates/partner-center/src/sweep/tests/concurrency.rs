//! Tests of the adaptive limiter without a sweep.

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::*;
use crate::client::{Permit, RequestLimiter};
use crate::sweep::concurrency::CustomerPermit;

const SECOND: Duration = Duration::from_secs(1);

fn limiter(most: usize) -> (PartnerCenter, Arc<AdaptiveLimiter>) {
    let partner = partner();
    let limiter = AdaptiveLimiter::new(partner.core(), most, None, None);
    (partner, limiter)
}

/// An attempt if it is admitted at once.
fn now(permit: &Arc<CustomerPermit>) -> Option<Box<dyn Permit>> {
    // Without tokio's cooperative budget, which would make a long series of polls return pending.
    tokio::task::unconstrained(permit.admit()).now_or_never().map(Result::unwrap)
}

/// All attempts that are admitted at once.
fn all_now(limiter: &Arc<AdaptiveLimiter>) -> Vec<Box<dyn Permit>> {
    std::iter::from_fn(|| now(&limiter.listing())).collect()
}

const THROTTLED: AttemptOutcome = AttemptOutcome::Throttled { retry_after: None };

#[test]
fn every_response_raises_the_limit_by_one_up_to_the_maximum() {
    run(async {
        let (_partner, limiter) = limiter(10);
        let mut limits = Vec::new();
        for _ in 0..5 {
            let going = all_now(&limiter);
            limits.push(going.len());
            assert_eq!(limiter.read().limit, going.len());
            for attempt in going {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        // No attempts replace those that end here, so the last responses come at half the limit and do not raise it.
        assert_eq!(limits, [4, 6, 9, 10, 10]);
    });
}

#[test]
fn a_limit_that_is_not_used_up_is_not_raised() {
    run(async {
        let (_partner, limiter) = limiter(100);
        for _ in 0..50 {
            now(&limiter.listing()).unwrap().ended(AttemptOutcome::Answered, None);
        }
        assert_eq!(limiter.read().limit, 4);
    });
}

#[test]
fn throttled_attempts_of_one_round_halve_the_limit_once() {
    run(async {
        let (_partner, limiter) = limiter(64);
        while limiter.read().limit < 64 {
            for attempt in all_now(&limiter) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        let mut going = all_now(&limiter);
        assert_eq!(going.len(), 64);
        let late = going.pop().unwrap();
        for attempt in going {
            attempt.ended(THROTTLED, None);
        }
        assert_eq!(limiter.read().limit, 32);

        // A response to an earlier attempt does not change the new limit; it frees only its permit.
        late.ended(AttemptOutcome::Answered, None);
        assert_eq!(limiter.read().limit, 32);

        let going = all_now(&limiter);
        assert_eq!(going.len(), 32);
        for attempt in going {
            attempt.ended(THROTTLED, None);
        }
        assert_eq!(limiter.read().limit, 16);
    });
}

#[test]
fn a_lowered_limit_waits_for_surplus_attempts() {
    run(async {
        let (_partner, limiter) = limiter(4);
        let mut going = all_now(&limiter);
        going.pop().unwrap().ended(THROTTLED, None);
        assert_eq!(limiter.read().limit, 2);
        assert!(now(&limiter.listing()).is_none(), "three are still running");
        going.pop().unwrap().ended(AttemptOutcome::Failed, None);
        assert!(now(&limiter.listing()).is_none(), "two are still running");
        drop(going.pop());
        assert!(now(&limiter.listing()).is_none(), "one is still running");
        drop(going.pop());
        assert!(now(&limiter.listing()).is_some(), "a dropped attempt frees its permit");
        assert_eq!(limiter.read().limit, 1, "the second failure in a row lowers the limit");
    });
}

#[test]
fn the_limit_never_falls_below_one() {
    run(async {
        let (_partner, limiter) = limiter(1);
        for _ in 0..5 {
            now(&limiter.listing()).unwrap().ended(THROTTLED, None);
            assert_eq!(limiter.read().limit, 1);
        }
    });
}

#[test]
fn a_pause_applies_to_all_attempts_and_is_counted_once() {
    run(async {
        let (partner, limiter) = limiter(4);
        let start = tokio::time::Instant::now();
        let core = Arc::clone(partner.core());
        let going = all_now(&limiter);
        for attempt in going {
            core.throttle.until(core.clock.now() + 10 * SECOND);
            attempt.ended(AttemptOutcome::Throttled { retry_after: Some(10 * SECOND) }, None);
        }
        let before = SystemTime::now();
        let read = limiter.read();
        assert_eq!((read.limit, read.throttled, read.pause), (2, Duration::ZERO, Some(10 * SECOND)));
        let until = before + 10 * SECOND..=SystemTime::now() + 10 * SECOND;
        assert!(until.contains(&read.paused_until.unwrap()));
        tokio::time::sleep(4 * SECOND).await;
        assert_eq!(limiter.read().throttled, 4 * SECOND);
        assert_eq!(limiter.read().pause, Some(6 * SECOND));

        let callers = [limiter.listing(), limiter.listing()];
        join_all(callers.iter().map(|permit| permit.admit())).await;
        assert_eq!(start.elapsed(), 10 * SECOND);
        assert_eq!(limiter.read().throttled, 10 * SECOND);
        assert_eq!(limiter.read().pause, None);
    });
}

#[test]
fn dropped_waiting_attempts_hold_no_permit() {
    run(async {
        let (_partner, limiter) = limiter(1);
        let first = now(&limiter.listing()).unwrap();
        for _ in 0..3 {
            let permit = limiter.listing();
            let mut waiting = Box::pin(permit.admit());
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        drop(first);
        assert!(now(&limiter.listing()).is_some());
    });
}

#[test]
fn no_more_customers_are_started_than_there_are_permits() {
    run(async {
        let (_partner, limiter) = limiter(4);
        let begun: Vec<_> = std::iter::from_fn(|| limiter.begin()).collect();
        assert_eq!(begun.len(), 4);
        let attempt = now(&begun[0]).unwrap();
        assert!(
            limiter.begin().is_none(),
            "three are about to request an attempt, and one has requested one"
        );
        drop(begun);
        assert_eq!(std::iter::from_fn(|| limiter.begin()).collect::<Vec<_>>().len(), 3);
        drop(attempt);
    });
}

#[test]
fn the_rate_of_one_customer_does_not_delay_others() {
    run(async {
        let partner = partner();
        let limiter = AdaptiveLimiter::new(
            partner.core(),
            1,
            Some(Rate::per_minute(600).unwrap()),
            Some(Rate::per_minute(6).unwrap()),
        );
        let start = tokio::time::Instant::now();
        let customer = limiter.begin().unwrap();
        customer.admit().await.unwrap().ended(AttemptOutcome::Answered, None);
        let again = async {
            drop(customer.admit().await.unwrap());
            start.elapsed()
        };
        let others = async {
            for _ in 0..10 {
                drop(limiter.listing().admit().await.unwrap());
            }
            start.elapsed()
        };
        let (again, others) = tokio::join!(again, others);
        assert_eq!(again, 10 * SECOND);
        assert_eq!(others, SECOND, "one every tenth of a second, the customer's first included");
    });
}

#[test]
fn failures_lower_the_limit_and_many_in_a_row_allow_one_probe_at_a_time() {
    run(async {
        let (_partner, limiter) = limiter(64);
        while limiter.read().limit < 64 {
            for attempt in all_now(&limiter) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        let mut going = all_now(&limiter);
        going.pop().unwrap().ended(AttemptOutcome::Failed, None);
        assert_eq!(limiter.read().limit, 64, "one failure does not lower the limit");
        going.pop().unwrap().ended(AttemptOutcome::Failed, None);
        assert_eq!((limiter.read().limit, limiter.read().unanswered), (62, None));
        for attempt in going {
            attempt.ended(AttemptOutcome::Failed, None);
        }
        assert_eq!((limiter.read().limit, limiter.read().unanswered), (1, Some(Duration::ZERO)));

        let start = tokio::time::Instant::now();
        let callers = [limiter.listing(), limiter.listing(), limiter.listing()];
        let attempts = callers.iter().enumerate().map(|(number, permit)| async move {
            let attempt = permit.admit().await.unwrap();
            let when = start.elapsed();
            tokio::time::sleep(SECOND).await;
            attempt.ended(if number < 2 { AttemptOutcome::Failed } else { AttemptOutcome::Answered }, None);
            when.as_millis()
        });
        // The pauses between probes are 250 ms, 500 ms and so on. Each probe takes a second.
        assert_eq!(join_all(attempts).await, [250, 1750, 3750]);
        assert_eq!((limiter.read().limit, limiter.read().unanswered), (2, None));
        assert_eq!(all_now(&limiter).len(), 2);
    });
}

#[test]
fn too_many_open_files_lower_the_limit_once_and_for_good() {
    run(async {
        let (_partner, limiter) = limiter(64);
        while limiter.read().limit < 64 {
            for attempt in all_now(&limiter) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        for attempt in all_now(&limiter) {
            attempt.ended(AttemptOutcome::TooManyConnections, None);
        }
        assert_eq!(limiter.read().limit, 48);
        for _ in 0..5 {
            for attempt in all_now(&limiter) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        assert_eq!((limiter.read().limit, limiter.read().unanswered), (48, None));
    });
}

#[test]
fn a_pause_longer_than_the_timeout_is_an_error() {
    run(async {
        let (partner, limiter) = limiter(4);
        let start = tokio::time::Instant::now();
        partner.core().throttle.until(partner.core().clock.now() + 3600 * SECOND);
        let before = SystemTime::now();
        let error = limiter.listing().admit().await.err().unwrap();
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(3600 * SECOND)));
        let shows = |now| {
            let until = httpdate::fmt_http_date(now + 3600 * SECOND);
            error.message().contains(&format!("3600 seconds, until {until}"))
        };
        assert!(shows(before) || shows(SystemTime::now()), "{error}");
        assert_eq!(start.elapsed(), Duration::ZERO);
    });
}
