//! Timeouts that do not count time in which the future is not polled.
//!
//! A call makes progress only while it is polled. Without this, a consumer that is busy for minutes between two items
//! of a sweep or of a buffered stream would find that all calls in progress have timed out, although the service has
//! already responded.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

/// If a timer fires this late, it was not polled: a polled timer fires within milliseconds.
pub(super) const LATE: Duration = Duration::from_millis(20);

/// The timeout has elapsed.
#[derive(Debug)]
pub(super) struct Elapsed;

/// Waits for a future with a timeout that does not count time without polling.
pub(super) async fn within<F: Future + ?Sized>(
    mut limit: Duration,
    mut future: Pin<&mut F>,
) -> Result<F::Output, Elapsed> {
    loop {
        let began = Instant::now();
        if let Ok(output) = tokio::time::timeout(limit, future.as_mut()).await {
            return Ok(output);
        }
        // Extend the timeout by the time that was missed. It is zero if the future was polled on time.
        limit = began.elapsed().saturating_sub(limit);
        if limit < LATE {
            return Err(Elapsed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn answer_in_two_steps(step: Duration) {
        tokio::time::sleep(step).await;
        tokio::time::sleep(step).await;
    }

    #[tokio::test(start_paused = true)]
    async fn time_without_polling_does_not_count() {
        let mut answer = pin!(answer_in_two_steps(SECOND / 2));
        let mut slow = pin!(within(2 * SECOND, answer.as_mut()));
        assert!(slow.as_mut().now_or_never().is_none());
        tokio::time::advance(600 * SECOND).await;
        assert!(slow.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_polled_future_is_limited_by_the_timeout() {
        let began = Instant::now();
        assert!(within(2 * SECOND, pin!(answer_in_two_steps(2 * SECOND))).await.is_err());
        assert!(began.elapsed() < 3 * SECOND, "{:?}", began.elapsed());
    }
}
