//! The concurrency limit of calls that are not part of a sweep.
//!
//! Ten thousand concurrent calls would need as many connections, more than a process can open. Attempts beyond the
//! limit wait in a queue, and this time does not count towards their timeouts. If the process cannot open even that
//! many connections, the limit is lowered, and then raised again step by step.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// The default limit: a quarter of the 1,024 open files that most systems allow a process.
pub(crate) const MAX_CONCURRENT: usize = 256;

/// The limit is raised by one after the service has processed this many attempts.
const RESPONSES_PER_PLACE: usize = 32;

/// The concurrency limit. Each attempt holds one permit of the semaphore.
#[derive(Debug)]
pub(crate) struct ConcurrencyLimit {
    free: Semaphore,
    all: usize,
    /// By how much the limit is lowered.
    lost: AtomicUsize,
    responses: AtomicUsize,
}

impl ConcurrencyLimit {
    pub(crate) fn new(all: usize) -> Self {
        let all = all.clamp(1, Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(all), all, lost: AtomicUsize::new(0), responses: AtomicUsize::new(0) }
    }

    /// Takes a permit, if one is free.
    pub(crate) fn try_take(&self) -> Option<SemaphorePermit<'_>> {
        self.free.try_acquire().ok()
    }

    /// Waits for a permit, in order of arrival.
    pub(crate) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed, so this is never `None`.
        self.free.acquire().await.ok()
    }

    /// Lowers the limit by one, but not below one, because no connection could be opened for this attempt.
    pub(crate) fn lose(&self, place: Option<SemaphorePermit<'_>>) {
        let fits = |lost: usize| (lost + 1 < self.all).then_some(lost + 1);
        if let Some(place) = place
            && self.lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
        {
            place.forget();
        }
    }

    /// Records that the service processed an attempt.
    pub(crate) fn answered(&self) {
        if self.lost.load(Ordering::Relaxed) == 0 {
            return;
        }
        let due =
            self.responses.fetch_add(1, Ordering::Relaxed) % RESPONSES_PER_PLACE == RESPONSES_PER_PLACE - 1;
        let back = |lost: usize| lost.checked_sub(1);
        if due && self.lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, back).is_ok() {
            self.free.add_permits(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_again_and_is_never_below_one() {
        let concurrency_limit = ConcurrencyLimit::new(3);
        let mut held: Vec<_> = std::iter::from_fn(|| concurrency_limit.try_take()).collect();
        assert_eq!(held.len(), 3);
        while let Some(place) = held.pop() {
            concurrency_limit.lose(Some(place));
        }
        let free = |concurrency_limit: &ConcurrencyLimit| {
            std::iter::from_fn(|| concurrency_limit.try_take()).collect::<Vec<_>>().len()
        };
        assert_eq!(free(&concurrency_limit), 1);
        (0..RESPONSES_PER_PLACE).for_each(|_| concurrency_limit.answered());
        assert_eq!(free(&concurrency_limit), 2);
        (0..10 * RESPONSES_PER_PLACE).for_each(|_| concurrency_limit.answered());
        assert_eq!(free(&concurrency_limit), 3);
    }
}
