//! The rate limit of the gateway: a number of requests per window of one minute, for the partner and for each customer.
//! Every request counts, including throttled ones, as the service documents.

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
    /// Cleared with each window, so that its size is limited by the requests of one minute.
    customers: HashMap<Uuid, u32>,
}

impl Throttle {
    pub(crate) fn new(partner_limit: Option<u32>, customer_limit: Option<u32>) -> Self {
        Self { partner_limit, customer_limit, window: Mutex::default() }
    }

    /// Counts a request at `now` (Unix seconds). If it exceeds the limit, returns the number of seconds to wait.
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
    fn a_throttled_request_gets_the_seconds_until_the_next_window() {
        let throttle = Throttle::new(Some(2), None);
        assert_eq!(throttle.admit(1_000, None), Ok(()));
        assert_eq!(throttle.admit(1_001, None), Ok(()));
        assert_eq!(throttle.admit(1_003, None), Err(57));
        assert_eq!(throttle.admit(1_059, None), Err(1));
        assert_eq!(throttle.admit(1_060, None), Ok(()));
    }

    #[test]
    fn the_limit_of_one_customer_does_not_affect_others() {
        let throttle = Throttle::new(None, Some(1));
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(throttle.admit(5, Some(one)), Ok(()));
        assert_eq!(throttle.admit(5, Some(one)), Err(60));
        assert_eq!(throttle.admit(5, Some(other)), Ok(()));
        assert_eq!(throttle.admit(5, None), Ok(()));
    }
}
