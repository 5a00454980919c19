//! DNS resolution on separate threads.
//!
//! The operating system's resolver cannot be interrupted and may take half a minute. The HTTP library would run it on
//! the runtime's blocking threads, where it would delay the shutdown of the runtime by that time. Here, a caller can stop
//! waiting at any time. Concurrent lookups of the same name share one thread, so that a resolver that
//! hangs holds at most one thread per name.

use std::collections::HashMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, io, thread};

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::Shared;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

type LookupResult = Result<Vec<SocketAddr>, LookupFailure>;
type Lookup = fn(&str) -> io::Result<Vec<SocketAddr>>;
type Running = Arc<Mutex<HashMap<String, Shared<oneshot::Receiver<LookupResult>>>>>;

/// Resolves names with the operating system's resolver.
#[derive(Clone)]
pub(crate) struct Resolver {
    lookup: Lookup,
    running: Running,
}

impl Resolver {
    pub(crate) fn new() -> Self {
        Self::with(|host| (host, 0).to_socket_addrs().map(Iterator::collect))
    }

    fn with(lookup: Lookup) -> Self {
        Self { lookup, running: Running::default() }
    }

    /// Joins the running lookup of this name, or starts one.
    fn look_up(&self, host: &str) -> io::Result<Shared<oneshot::Receiver<LookupResult>>> {
        let mut running = lock(&self.running);
        if let Some(answer) = running.get(host) {
            return Ok(answer.clone());
        }
        let (tell, answer) = oneshot::channel();
        let answer = answer.shared();
        running.insert(host.to_owned(), answer.clone());
        let (lookup, done, name) = (self.lookup, Arc::clone(&self.running), host.to_owned());
        let thread = thread::Builder::new().name("name-resolution".to_owned()).spawn(move || {
            let found = lookup(&name).map_err(|error| LookupFailure::of(&error));
            lock(&done).remove(&name);
            // The receiver may be gone.
            let _ = tell.send(found);
        });
        if let Err(error) = thread {
            running.remove(host);
            return Err(error);
        }
        Ok(answer)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let answer = self.look_up(name.as_str());
        Box::pin(async move {
            match answer?.await {
                Ok(found) => Ok(Box::new(found?.into_iter()) as Addrs),
                Err(oneshot::Canceled) => Err("the name lookup was interrupted".into()),
            }
        })
    }
}

fn lock(running: &Running) -> MutexGuard<'_, HashMap<String, Shared<oneshot::Receiver<LookupResult>>>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a lookup failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LookupFailure {
    text: String,
    /// The name does not exist, so a retry is useless.
    pub(crate) no_such_name: bool,
}

impl LookupFailure {
    #[cfg(test)]
    pub(crate) fn new(text: &str, no_such_name: bool) -> Self {
        Self { text: text.to_owned(), no_such_name }
    }

    fn of(error: &io::Error) -> Self {
        /// The code of Windows, which translates the text.
        const HOST_NOT_FOUND: i32 = 11001;
        // On other systems the error does not carry the code, and the texts are never translated.
        const NO_SUCH_NAME: [&str; 4] = [
            "Name or service not known",
            "nodename nor servname provided",
            "Name does not resolve",
            "No such host is known",
        ];
        let text = error.to_string();
        let no_such_name = NO_SUCH_NAME.iter().any(|known| text.contains(known))
            || cfg!(windows) && error.raw_os_error() == Some(HOST_NOT_FOUND);
        Self { text, no_such_name }
    }
}

impl fmt::Display for LookupFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for LookupFailure {}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_lookup_that_hangs_blocks_neither_the_caller_nor_the_runtime() {
        static LOOKUPS: AtomicU32 = AtomicU32::new(0);
        let hanging = Resolver::with(|_| {
            LOOKUPS.fetch_add(1, Ordering::SeqCst);
            loop {
                thread::park();
            }
        });
        let client = reqwest::Client::builder().no_proxy().dns_resolver(hanging).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for _ in 0..3 {
                let request = client.get("http://hanging.example/").send();
                assert!(tokio::time::timeout(Duration::from_millis(50), request).await.is_err());
            }
        });
        // It would wait for a lookup on one of its own threads.
        drop(runtime);
        assert_eq!(LOOKUPS.load(Ordering::SeqCst), 1, "concurrent lookups are shared");
    }

    #[test]
    fn a_lookup_result_is_not_cached() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let resolver = Resolver::with(|host| match host {
            "known" => Ok(vec![([127, 0, 0, 1], 0).into()]),
            "unknown" => Err(io::Error::other("failed to look up: Name or service not known")),
            _ => Err(io::Error::other("failed to look up: Temporary failure in name resolution")),
        });
        let resolve =
            |name: &str| runtime.block_on(resolver.resolve(name.parse().unwrap())).map(Iterator::count);
        for _ in 0..2 {
            assert_eq!(resolve("known").unwrap(), 1);
            for (name, no_such_name) in [("unknown", true), ("later", false)] {
                let error = resolve(name).map(drop).unwrap_err();
                assert_eq!(error.downcast_ref::<LookupFailure>().unwrap().no_such_name, no_such_name);
            }
            assert!(lock(&resolver.running).is_empty());
        }
    }
}
