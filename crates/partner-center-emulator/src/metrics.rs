//! Counts open connections and concurrent requests, for tests of a client's limits and cleanup.

use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    connections: AtomicUsize,
    requests: AtomicUsize,
    most_requests: AtomicUsize,
}

impl Metrics {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }

    pub(crate) fn most_requests(&self) -> usize {
        self.most_requests.load(Ordering::Acquire)
    }

    /// Counts a connection until the guard is dropped.
    pub(crate) fn connection(&self) -> Guard<'_> {
        self.connections.fetch_add(1, Ordering::AcqRel);
        Guard(&self.connections)
    }

    /// Counts a request until the guard is dropped.
    pub(crate) fn request(&self) -> Guard<'_> {
        let now = self.requests.fetch_add(1, Ordering::AcqRel) + 1;
        self.most_requests.fetch_max(now, Ordering::AcqRel);
        Guard(&self.requests)
    }
}

/// Decrements the count on drop, also if the client disconnects and the future is dropped.
pub(crate) struct Guard<'a>(&'a AtomicUsize);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
