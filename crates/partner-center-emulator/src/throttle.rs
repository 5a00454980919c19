//! The gateway's rate limit: so many calls in each window of one minute, per partner and per customer of the partner.
//! Every request counts, refused ones included, as the service's guidance says.

use std::collections::HashMap;
use std::sync::Mutex;

use uuid::Uuid;

use crate::lock;

const WINDOW_SECONDS: u64 = 60;

pub(crate) struct Throttle {
    partner_limit: Option<u32>,
    customer_limit: Option<u32>,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    opened: u64,
    partner: u32,
    /// Emptied with each window, so it holds at most as many customers as one minute has calls.
    customers: HashMap<Uuid, u32>,
}

impl Throttle {
    pub(crate) fn new(partner_limit: Option<u32>, customer_limit: Option<u32>) -> Self {
        Self { partner_limit, customer_limit, window: Mutex::default() }
    }

    /// Counts a call made at `now` (Unix seconds); the answer is how many seconds to wait if it is one too many.
    pub(crate) fn admit(&self, now: u64, customer: Option<Uuid>) -> Result<(), u64> {
        if self.partner_limit.is_none() && self.customer_limit.is_none() {
            return Ok(());
        }
        let mut window = lock(&self.window);
        if window.opened == 0 || now >= window.opened + WINDOW_SECONDS {
            *window = Window { opened: now, ..Window::default() };
        }
        window.partner += 1;
        let mut refused = self.partner_limit.is_some_and(|limit| window.partner > limit);
        if let (Some(limit), Some(customer)) = (self.customer_limit, customer) {
            let calls = window.customers.entry(customer).or_default();
            *calls += 1;
            refused |= *calls > limit;
        }
        if refused { Err((window.opened + WINDOW_SECONDS - now).max(1)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_says_when_it_ends_and_then_admits_again() {
        let throttle = Throttle::new(Some(2), None);
        assert_eq!(throttle.admit(1_000, None), Ok(()));
        assert_eq!(throttle.admit(1_001, None), Ok(()));
        assert_eq!(throttle.admit(1_003, None), Err(57));
        assert_eq!(throttle.admit(1_059, None), Err(1));
        assert_eq!(throttle.admit(1_060, None), Ok(()));
    }

    #[test]
    fn one_customers_limit_leaves_the_others_alone() {
        let throttle = Throttle::new(None, Some(1));
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(throttle.admit(5, Some(one)), Ok(()));
        assert_eq!(throttle.admit(5, Some(one)), Err(60));
        assert_eq!(throttle.admit(5, Some(other)), Ok(()));
        assert_eq!(throttle.admit(5, None), Ok(()));
    }
}
