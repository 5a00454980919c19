//! How a sweep is getting on, in numbers for whoever looks on.

use std::time::{Duration, SystemTime};

use super::Summary;
use super::gate::Gate;

/// How a sweep is getting on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Customers that are known: listed, or handed out by the run that this one goes on from.
    pub known: u64,
    /// Whether no further customers can become known: then `known` is the size of the book.
    pub all_known: bool,
    /// What the sweep has come to, the runs before it included.
    pub summary: Summary,
    /// Customers being asked about.
    pub in_flight: usize,
    /// How many requests may be sent at once at present.
    pub limit: usize,
    /// For how long the service has asked this sweep to wait so far.
    pub throttled: Duration,
    /// How much longer it has asked this partner to wait, if it is waiting now.
    pub pause: Option<Duration>,
    /// Until when it has asked this partner to wait, by the client's clock, if it is waiting now.
    pub paused_until: Option<SystemTime>,
    /// For how long nothing has succeeded, while the service is out of order: it is then sent one request at a time, with
    /// pauses. After the client's [`timeout`](crate::PartnerCenterBuilder::timeout) the sweep gives up.
    pub unanswered: Option<Duration>,
}

impl Progress {
    /// What the gate tells, with no customers known.
    pub(super) fn of(gate: &Gate, summary: Summary, in_flight: usize) -> Self {
        let gate = gate.read();
        Self {
            known: 0,
            all_known: false,
            summary,
            in_flight,
            limit: gate.limit,
            throttled: gate.throttled,
            pause: gate.pause,
            paused_until: gate.paused_until,
            unanswered: gate.unanswered,
        }
    }
}
