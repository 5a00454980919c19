//! How many attempts go at once, and when: the limits on their own.

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::*;
use crate::call::{Permit, RequestLimiter};
use crate::sweep::gate::Caller;

const SECOND: Duration = Duration::from_secs(1);

fn gate(most: usize) -> (PartnerCenter, Arc<Gate>) {
    let partner = partner();
    let gate = Gate::new(partner.core(), most, None, None);
    (partner, gate)
}

/// An attempt that is let through at once, or not at all.
fn now(caller: &Arc<Caller>) -> Option<Box<dyn Permit>> {
    // Without tokio's budget, which would say no to the hundredth of many asked in one go.
    tokio::task::unconstrained(caller.admit()).now_or_never().map(Result::unwrap)
}

/// All the attempts that are let through at once.
fn all_now(gate: &Arc<Gate>) -> Vec<Box<dyn Permit>> {
    std::iter::from_fn(|| now(&gate.listing())).collect()
}

const THROTTLED: AttemptOutcome = AttemptOutcome::Throttled { retry_after: None };

#[test]
fn every_answer_adds_one_up_to_the_most() {
    run(async {
        let (_partner, gate) = gate(10);
        let mut limits = Vec::new();
        for _ in 0..5 {
            let going = all_now(&gate);
            limits.push(going.len());
            assert_eq!(gate.read().limit, going.len());
            for attempt in going {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        // Nobody takes the places of those that end here, so that the last answers come at half the limit and add none.
        assert_eq!(limits, [4, 6, 9, 10, 10]);
    });
}

#[test]
fn a_limit_that_is_not_what_holds_back_is_not_raised() {
    run(async {
        let (_partner, gate) = gate(100);
        for _ in 0..50 {
            now(&gate.listing()).unwrap().ended(AttemptOutcome::Answered, None);
        }
        assert_eq!(gate.read().limit, 4);
    });
}

#[test]
fn what_went_together_halves_the_limit_once() {
    run(async {
        let (_partner, gate) = gate(64);
        while gate.read().limit < 64 {
            for attempt in all_now(&gate) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        let mut going = all_now(&gate);
        assert_eq!(going.len(), 64);
        let late = going.pop().unwrap();
        for attempt in going {
            attempt.ended(THROTTLED, None);
        }
        assert_eq!(gate.read().limit, 32);

        // An answer from before says nothing about the new limit, and frees no more than its place.
        late.ended(AttemptOutcome::Answered, None);
        assert_eq!(gate.read().limit, 32);

        let going = all_now(&gate);
        assert_eq!(going.len(), 32);
        for attempt in going {
            attempt.ended(THROTTLED, None);
        }
        assert_eq!(gate.read().limit, 16);
    });
}

#[test]
fn a_lower_limit_waits_for_those_that_go_beyond_it() {
    run(async {
        let (_partner, gate) = gate(4);
        let mut going = all_now(&gate);
        going.pop().unwrap().ended(THROTTLED, None);
        assert_eq!(gate.read().limit, 2);
        assert!(now(&gate.listing()).is_none(), "three still go");
        going.pop().unwrap().ended(AttemptOutcome::Failed, None);
        assert!(now(&gate.listing()).is_none(), "two still go");
        drop(going.pop());
        assert!(now(&gate.listing()).is_none(), "one still goes");
        drop(going.pop());
        assert!(now(&gate.listing()).is_some(), "a dropped attempt is over");
        assert_eq!(gate.read().limit, 1, "the second failure in a row lowers the limit");
    });
}

#[test]
fn the_limit_never_falls_below_one() {
    run(async {
        let (_partner, gate) = gate(1);
        for _ in 0..5 {
            now(&gate.listing()).unwrap().ended(THROTTLED, None);
            assert_eq!(gate.read().limit, 1);
        }
    });
}

#[test]
fn one_pause_holds_everybody_and_is_counted_once() {
    run(async {
        let (partner, gate) = gate(4);
        let start = tokio::time::Instant::now();
        let core = Arc::clone(partner.core());
        let going = all_now(&gate);
        for attempt in going {
            core.throttle.until(core.clock.now() + 10 * SECOND);
            attempt.ended(AttemptOutcome::Throttled { retry_after: Some(10 * SECOND) }, None);
        }
        let read = gate.read();
        assert_eq!((read.limit, read.throttled, read.pause), (2, Duration::ZERO, Some(10 * SECOND)));
        assert_eq!(read.paused_until, Some(SystemTime::UNIX_EPOCH + 10 * SECOND));
        tokio::time::sleep(4 * SECOND).await;
        assert_eq!(gate.read().throttled, 4 * SECOND);
        assert_eq!(gate.read().pause, Some(6 * SECOND));

        let callers = [gate.listing(), gate.listing()];
        join_all(callers.iter().map(|caller| caller.admit())).await;
        assert_eq!(start.elapsed(), 10 * SECOND);
        assert_eq!(gate.read().throttled, 10 * SECOND);
        assert_eq!(gate.read().pause, None);
    });
}

#[test]
fn attempts_that_gave_up_waiting_take_no_place() {
    run(async {
        let (_partner, gate) = gate(1);
        let first = now(&gate.listing()).unwrap();
        for _ in 0..3 {
            let caller = gate.listing();
            let mut waiting = Box::pin(caller.admit());
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        drop(first);
        assert!(now(&gate.listing()).is_some());
    });
}

#[test]
fn room_is_made_for_no_more_customers_than_could_be_asked_about() {
    run(async {
        let (_partner, gate) = gate(4);
        let begun: Vec<_> = std::iter::from_fn(|| gate.begin()).collect();
        assert_eq!(begun.len(), 4);
        let attempt = now(&begun[0]).unwrap();
        assert!(gate.begin().is_none(), "three are about to ask, and one has asked");
        drop(begun);
        assert_eq!(std::iter::from_fn(|| gate.begin()).collect::<Vec<_>>().len(), 3);
        drop(attempt);
    });
}

#[test]
fn one_customers_rate_holds_nobody_else_up() {
    run(async {
        let partner = partner();
        let gate = Gate::new(
            partner.core(),
            1,
            Some(Rate::per_minute(600).unwrap()),
            Some(Rate::per_minute(6).unwrap()),
        );
        let start = tokio::time::Instant::now();
        let customer = gate.begin().unwrap();
        customer.admit().await.unwrap().ended(AttemptOutcome::Answered, None);
        let again = async {
            drop(customer.admit().await.unwrap());
            start.elapsed()
        };
        let others = async {
            for _ in 0..10 {
                drop(gate.listing().admit().await.unwrap());
            }
            start.elapsed()
        };
        let (again, others) = futures_util::join!(again, others);
        assert_eq!(again, 10 * SECOND);
        assert_eq!(others, SECOND, "one every tenth of a second, the customer's first included");
    });
}

// R5
#[test]
fn failures_lower_the_limit_and_many_in_a_row_leave_one_probe_at_a_time() {
    run(async {
        let (_partner, gate) = gate(64);
        while gate.read().limit < 64 {
            for attempt in all_now(&gate) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        let mut going = all_now(&gate);
        going.pop().unwrap().ended(AttemptOutcome::Failed, None);
        assert_eq!(gate.read().limit, 64, "one is no measure");
        going.pop().unwrap().ended(AttemptOutcome::Failed, None);
        assert_eq!((gate.read().limit, gate.read().unanswered), (62, None));
        for attempt in going {
            attempt.ended(AttemptOutcome::Failed, None);
        }
        assert_eq!((gate.read().limit, gate.read().unanswered), (1, Some(Duration::ZERO)));

        let start = tokio::time::Instant::now();
        let callers = [gate.listing(), gate.listing(), gate.listing()];
        let attempts = callers.iter().enumerate().map(|(number, caller)| async move {
            let attempt = caller.admit().await.unwrap();
            let when = start.elapsed();
            tokio::time::sleep(SECOND).await;
            attempt.ended(if number < 2 { AttemptOutcome::Failed } else { AttemptOutcome::Answered }, None);
            when.as_millis()
        });
        // After 250 ms; after its failure and twice that; and once more. Each probe takes a second.
        assert_eq!(join_all(attempts).await, [250, 1750, 3750]);
        assert_eq!((gate.read().limit, gate.read().unanswered), (2, None));
        assert_eq!(all_now(&gate).len(), 2);
    });
}

// R17
#[test]
fn too_many_open_files_lower_the_limit_for_good_and_once() {
    run(async {
        let (_partner, gate) = gate(64);
        while gate.read().limit < 64 {
            for attempt in all_now(&gate) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        for attempt in all_now(&gate) {
            attempt.ended(AttemptOutcome::TooManyConnections, None);
        }
        assert_eq!(gate.read().limit, 48);
        for _ in 0..5 {
            for attempt in all_now(&gate) {
                attempt.ended(AttemptOutcome::Answered, None);
            }
        }
        assert_eq!((gate.read().limit, gate.read().unanswered), (48, None));
    });
}

// R10
#[test]
fn a_pause_longer_than_a_call_may_take_is_not_waited_out() {
    run(async {
        let (partner, gate) = gate(4);
        let start = tokio::time::Instant::now();
        partner.core().throttle.until(partner.core().clock.now() + 3600 * SECOND);
        let error = gate.listing().admit().await.err().unwrap();
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(3600 * SECOND)));
        assert!(error.message().contains("3600 seconds, until Thu, 01 Jan 1970 01:00:00 GMT"), "{error}");
        assert_eq!(start.elapsed(), Duration::ZERO);
    });
}
