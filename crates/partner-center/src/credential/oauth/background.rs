//! Runs a refresh on a thread and a runtime of its own.
//!
//! What a refresh is given must reach the store, and others wait for it. So it must not stand still when the caller's
//! runtime does (between two `block_on`s of a runtime on one thread), nor die when that runtime is shut down. A refresh
//! is rare enough, about one an hour, for a thread to cost nothing.

use std::future::Future;
use std::io;
use std::thread;

use tracing::instrument::{Instrument, WithSubscriber};

use crate::clock::BoxFuture;

/// Begins to run `refresh`, and comes back at once.
pub(super) type Spawn = fn(BoxFuture<'static, ()>) -> io::Result<()>;

/// Runs it on a thread of its own, to its end or the process's.
pub(super) fn on_a_thread(refresh: BoxFuture<'static, ()>) -> io::Result<()> {
    let refresh = in_its_own_span(refresh);
    // Made on that thread, but before this one goes on: what cannot be had is an error of the call.
    let (begun, has_begun) = std::sync::mpsc::sync_channel(1);
    thread::Builder::new().name("partner-center-refresh".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => {
                let _ = begun.send(Ok(()));
                runtime.block_on(refresh);
                // Nobody waits for a look-up of a name that hangs.
                runtime.shutdown_background();
            }
            Err(error) => {
                let _ = begun.send(Err(error));
            }
        }
    })?;
    has_begun.recv().unwrap_or_else(|_| Err(io::Error::other("the thread ended")))
}

/// A root span that follows from the caller's: the refresh serves all who wait for it, and may outlive each of them.
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
    fn what_is_begun_needs_no_runtime_of_the_caller_and_outlives_it() {
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
