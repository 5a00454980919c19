//! How many attempts of plain calls go at once: those of calls that no sweep lets through.
//!
//! Ten thousand calls at once would need as many connections, which no process may open. The attempts beyond the cap
//! queue, and the time they spend there is not held against their calls. Where even the cap is more than this process
//! may open, places are taken away, and come back one by one.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// How many attempts go at once unless the builder says otherwise: a quarter of the 1,024 files that most systems let a
/// process open.
pub(crate) const AT_ONCE: usize = 256;

/// So many answers bring back one place that was taken away.
const ANSWERS_PER_PLACE: usize = 32;

/// The places for attempts.
#[derive(Debug)]
pub(crate) struct Places {
    free: Semaphore,
    all: usize,
    /// How many of them are taken away.
    lost: AtomicUsize,
    answers: AtomicUsize,
}

impl Places {
    pub(crate) fn new(all: usize) -> Self {
        let all = all.clamp(1, Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(all), all, lost: AtomicUsize::new(0), answers: AtomicUsize::new(0) }
    }

    /// A place, if one is free.
    pub(crate) fn try_take(&self) -> Option<SemaphorePermit<'_>> {
        self.free.try_acquire().ok()
    }

    /// Waits for a place, first come, first served.
    pub(crate) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed, so that this is never `None`.
        self.free.acquire().await.ok()
    }

    /// No connection could be opened for this attempt: its place goes, unless it is the last.
    pub(crate) fn lose(&self, place: Option<SemaphorePermit<'_>>) {
        let fits = |lost: usize| (lost + 1 < self.all).then_some(lost + 1);
        if let Some(place) = place
            && self.lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
        {
            place.forget();
        }
    }

    /// An attempt was answered.
    pub(crate) fn answered(&self) {
        if self.lost.load(Ordering::Relaxed) == 0 {
            return;
        }
        let due = self.answers.fetch_add(1, Ordering::Relaxed) % ANSWERS_PER_PLACE == ANSWERS_PER_PLACE - 1;
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
    fn places_that_were_lost_come_back_and_the_last_is_never_lost() {
        let places = Places::new(3);
        let mut held: Vec<_> = std::iter::from_fn(|| places.try_take()).collect();
        assert_eq!(held.len(), 3);
        while let Some(place) = held.pop() {
            places.lose(Some(place));
        }
        let free = |places: &Places| std::iter::from_fn(|| places.try_take()).collect::<Vec<_>>().len();
        assert_eq!(free(&places), 1);
        (0..ANSWERS_PER_PLACE).for_each(|_| places.answered());
        assert_eq!(free(&places), 2);
        (0..10 * ANSWERS_PER_PLACE).for_each(|_| places.answered());
        assert_eq!(free(&places), 3);
    }
}
