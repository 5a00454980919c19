//! The progress of a sweep.

use std::time::{Duration, SystemTime};

use super::Summary;
use super::concurrency::AdaptiveLimiter;

/// The progress of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Customers known so far: listed, or returned by earlier runs.
    pub known: u64,
    /// Whether all customers are known, so that `known` is their total number.
    pub all_known: bool,
    /// The counts so far, including earlier runs.
    pub summary: Summary,
    /// Customers being read now.
    pub in_flight: usize,
    /// How many requests may run at once now.
    pub limit: usize,
    /// The total time that the service has asked this sweep to wait so far.
    pub throttled: Duration,
    /// The remaining time that the service has asked this partner to wait, if it is waiting now.
    pub pause: Option<Duration>,
    /// The end of that wait, by the client's clock.
    pub paused_until: Option<SystemTime>,
    /// How long nothing has succeeded, during an outage: the sweep then sends one request at a time, with pauses. After
    /// the client's [`timeout`](crate::PartnerCenterBuilder::timeout) it gives up.
    pub unanswered: Option<Duration>,
}

impl Progress {
    /// The progress from the limiter's snapshot, without known customers.
    pub(crate) fn of(limiter: &AdaptiveLimiter, summary: Summary, in_flight: usize) -> Self {
        let limiter = limiter.read();
        Self {
            known: 0,
            all_known: false,
            summary,
            in_flight,
            limit: limiter.limit,
            throttled: limiter.throttled,
            pause: limiter.pause,
            paused_until: limiter.paused_until,
            unanswered: limiter.unanswered,
        }
    }
}
