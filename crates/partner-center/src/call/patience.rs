//! Time limits that count only the time in which somebody polls.
//!
//! A call makes progress only while it is polled. A consumer that is busy with something else for minutes, between two
//! customers of a sweep or two elements of a buffered stream, would otherwise find every call that was under way out of
//! time, although the service had answered long ago.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

/// A timer that is noticed this late is a timer that nobody polled: one that is polled is noticed within milliseconds.
pub(super) const LATE: Duration = Duration::from_millis(20);

/// The limit was reached.
#[derive(Debug)]
pub(super) struct Elapsed;

/// Waits for a future for so long, not counting what passed beyond that while nobody polled.
pub(super) async fn within<F: Future + ?Sized>(
    mut limit: Duration,
    mut future: Pin<&mut F>,
) -> Result<F::Output, Elapsed> {
    loop {
        let began = Instant::now();
        if let Ok(output) = tokio::time::timeout(limit, future.as_mut()).await {
            return Ok(output);
        }
        // As much again as was missed. Whoever polls all the time misses nothing.
        limit = began.elapsed().saturating_sub(limit);
        if limit < LATE {
            return Err(Elapsed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn answer_in_two_steps(step: Duration) {
        tokio::time::sleep(step).await;
        tokio::time::sleep(step).await;
    }

    // S3
    #[tokio::test(start_paused = true)]
    async fn time_in_which_nobody_polls_does_not_count() {
        let mut answer = pin!(answer_in_two_steps(SECOND / 2));
        let mut slow = pin!(within(2 * SECOND, answer.as_mut()));
        assert!(futures_util::poll!(&mut slow).is_pending());
        tokio::time::advance(600 * SECOND).await;
        assert!(slow.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_polls_all_the_time_has_as_long_as_the_limit_says() {
        let began = Instant::now();
        assert!(within(2 * SECOND, pin!(answer_in_two_steps(2 * SECOND))).await.is_err());
        assert!(began.elapsed() < 3 * SECOND, "{:?}", began.elapsed());
    }
}
