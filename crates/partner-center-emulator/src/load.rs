//! How busy the API is: for tests that ask whether a client keeps its limits and cleans up behind itself.

use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Load {
    connections: AtomicUsize,
    requests: AtomicUsize,
    most_requests: AtomicUsize,
}

impl Load {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }

    pub(crate) fn most_requests(&self) -> usize {
        self.most_requests.load(Ordering::Acquire)
    }

    /// Counts a connection for as long as the guard lives.
    pub(crate) fn connection(&self) -> Guard<'_> {
        self.connections.fetch_add(1, Ordering::AcqRel);
        Guard(&self.connections)
    }

    /// Counts a request being answered for as long as the guard lives.
    pub(crate) fn request(&self) -> Guard<'_> {
        let now = self.requests.fetch_add(1, Ordering::AcqRel) + 1;
        self.most_requests.fetch_max(now, Ordering::AcqRel);
        Guard(&self.requests)
    }
}

/// Takes back what was counted, also when the client leaves and its future is dropped.
pub(crate) struct Guard<'a>(&'a AtomicUsize);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
