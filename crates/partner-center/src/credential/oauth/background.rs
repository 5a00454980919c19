//! Runs a refresh on a separate thread with its own runtime.
//!
//! The refresh token that a refresh receives must reach the store, and other calls wait for the result. A refresh must
//! therefore not stall while the caller's runtime is idle (between two `block_on`s of a single-threaded runtime), nor
//! end when that runtime is shut down. A refresh runs about once an hour, so the cost of a thread does not matter.

use std::future::Future;
use std::io;
use std::thread;

use tracing::instrument::{Instrument, WithSubscriber};

use crate::clock::BoxFuture;

/// Starts `refresh` and returns at once.
pub(super) type Spawn = fn(BoxFuture<'static, ()>) -> io::Result<()>;

/// Runs `refresh` on a new thread until it or the process ends.
pub(super) fn on_a_thread(refresh: BoxFuture<'static, ()>) -> io::Result<()> {
    let refresh = in_its_own_span(refresh);
    // The thread creates the runtime and this one waits for that, so that a failure becomes an error of the call.
    let (begun, has_begun) = std::sync::mpsc::sync_channel(1);
    thread::Builder::new().name("partner-center-refresh".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => {
                let _ = begun.send(Ok(()));
                runtime.block_on(refresh);
                // Does not wait for a name lookup that hangs.
                runtime.shutdown_background();
            }
            Err(error) => {
                let _ = begun.send(Err(error));
            }
        }
    })?;
    has_begun.recv().unwrap_or_else(|_| Err(io::Error::other("the thread ended")))
}

/// A root span that follows from the caller's span: the refresh serves several calls and may outlive each of them.
pub(super) fn in_its_own_span(
    refresh: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let span = tracing::info_span!(parent: None, "partner_center.token_refresh", otel.kind = "internal");
    span.follows_from(tracing::Span::current());
    refresh.instrument(span).with_current_subscriber()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_refresh_runs_without_and_outlives_the_callers_runtime() {
        let (done, is_done) = mpsc::channel();
        let caller = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        caller.block_on(async {
            let done = done.clone();
            on_a_thread(Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                tokio::task::spawn_blocking(move || done.send("with a runtime").unwrap()).await.unwrap();
            }))
            .unwrap();
        });
        drop(caller);
        assert_eq!(is_done.recv_timeout(Duration::from_secs(30)), Ok("with a runtime"));
        on_a_thread(Box::pin(async move { done.send("without").unwrap() })).unwrap();
        assert_eq!(is_done.recv_timeout(Duration::from_secs(30)), Ok("without"));
    }
}
