//! The handle of a running emulator.

mod builder;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::book::Book;
use crate::clock::Clock;
use crate::entra::Entra;
use crate::faults::{Engine, FaultScript};
use crate::host::{Host, Origins};
use crate::metrics::Metrics;
use crate::queries::Queries;
use crate::recorder::{RecordedRequest, Recorder};
use crate::server;
use crate::state::{Recorders, State};
use crate::throttle::Throttle;

pub use builder::{EmulatorBuilder, StartError};

/// A running emulator of Partner Center and its sign-in host, on loopback addresses.
///
/// It serves until it is dropped or [shut down](Self::shutdown).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator};
///
/// let emulator = Emulator::builder().customers(1).start().await?;
/// let url = format!("{}/v1/customers/{DOCUMENTED_CUSTOMER}/analytics/licenses/deployment", emulator.base_url());
///
/// let response = reqwest::Client::new().get(&url).bearer_auth("any").send().await?;
/// assert_eq!(response.status(), 200);
///
/// let requests = emulator.requests();
/// assert_eq!(requests.len(), 1);
/// assert_eq!(requests[0].status(), Some(200));
/// assert!(requests[0].token_attached());
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    state: Arc<State>,
    running: Running,
}

/// The tasks or the thread that serve requests.
enum Running {
    /// One task per listener. Each owns its connections, so that dropping the set closes them.
    Tasks(JoinSet<()>),
    Thread(OwnThread),
}

/// A thread with its own runtime, and the channel that stops it.
struct OwnThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for OwnThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread is not propagated to the owner.
            let _ = thread.join();
        }
    }
}

impl Emulator {
    /// Returns a builder with default settings.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// Starts an emulator with default settings.
    ///
    /// # Errors
    /// See [`EmulatorBuilder::start`].
    pub async fn with_defaults() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    pub(crate) async fn start(builder: EmulatorBuilder) -> Result<Self, StartError> {
        let book = builder.book()?;
        let (api, api_origin) = bind(builder.address).await?;
        let (authority, authority_origin) = bind(builder.authority_address).await?;
        let (foreign_host, foreign_origin) = bind(SocketAddr::new(builder.address.ip(), 0)).await?;
        let recorder = || Recorder::new(builder.recorded_requests);
        let (settings, clock) = (builder.settings, builder.clock);
        let seed = settings.seed;
        let state = Arc::new(State {
            settings,
            book,
            entra: Entra::new(seed, clock.clone(), builder.accepted_tokens, builder.entra),
            clock,
            origins: Origins { api: api_origin, authority: authority_origin, foreign_host: foreign_origin },
            throttle: Throttle::new(builder.rate_per_minute, builder.customer_rate_per_minute),
            faults: RwLock::new(Arc::new(Engine::new(builder.faults, seed))),
            recorders: Recorders { api: recorder(), authority: recorder(), foreign_host: recorder() },
            metrics: Metrics::default(),
            queries: Queries::default(),
        });
        let mut listeners = JoinSet::new();
        for (listener, host) in
            [(api, Host::Api), (authority, Host::Authority), (foreign_host, Host::Foreign)]
        {
            listeners.spawn(server::serve(listener, host, Arc::clone(&state)));
        }
        Ok(Self { state, running: Running::Tasks(listeners) })
    }

    pub(crate) fn start_on_own_thread(builder: EmulatorBuilder) -> Result<Self, StartError> {
        let (stop, stopped) = oneshot::channel::<()>();
        let (started, start) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(started.send(Err(StartError::Runtime(error)))),
            };
            let emulator = runtime.block_on(Self::start(builder));
            let _kept = match emulator {
                Ok(Self { state, running }) => {
                    let _ = started.send(Ok(state));
                    running
                }
                Err(error) => return drop(started.send(Err(error))),
            };
            // Returns an error when the sender is dropped, which is the signal to stop.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        });
        let thread = OwnThread { stop: Some(stop), thread: Some(thread) };
        let lost = || StartError::Runtime(std::io::ErrorKind::Interrupted.into());
        let state = start.recv().map_err(|_| lost())??;
        Ok(Self { state, running: Running::Thread(thread) })
    }

    /// The base URL of the API, such as `http://127.0.0.1:40123`, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.state.origins.api
    }

    /// The base URL of the sign-in host, without a trailing slash. Token requests go to `/{tenant}/oauth2/v2.0/token`.
    pub fn authority(&self) -> &str {
        &self.state.origins.authority
    }

    /// The base URL of a host that a client should never contact: the target of malicious redirects and links. It
    /// responds with 200 to everything and records it in [`stray_requests`](Self::stray_requests).
    pub fn foreign_host(&self) -> &str {
        &self.state.origins.foreign_host
    }

    /// The data set that the API serves.
    pub fn book(&self) -> &Book {
        &self.state.book
    }

    /// The state of the sign-in host, which tests can inspect and change.
    pub fn entra(&self) -> &Entra {
        &self.state.entra
    }

    /// The emulator's clock.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// Moves the emulator's clock forward: tokens expire and throttling windows end. Response delays use real time.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
    }

    /// Replaces the fault script. Its rules count requests from 1. `FaultScript::new()` removes all faults.
    pub fn set_faults(&self, script: impl Into<FaultScript>) {
        let engine = Arc::new(Engine::new(script.into(), self.state.settings.seed));
        *self.state.faults.write().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    /// The latest requests to the API, in order of arrival. Their number is limited by
    /// [`recorded_requests`](EmulatorBuilder::recorded_requests). Requests to the sign-in host are in
    /// [`authority_requests`](Self::authority_requests).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.recorders.api.requests()
    }

    /// The number of requests to the API, including those that are no longer recorded.
    pub fn request_count(&self) -> u64 {
        self.state.recorders.api.total()
    }

    /// The latest requests to the sign-in host, in order of arrival; see [`requests`](Self::requests).
    pub fn authority_requests(&self) -> Vec<RecordedRequest> {
        self.state.recorders.authority.requests()
    }

    /// The requests to the [foreign host](Self::foreign_host). Empty if the client follows no redirect and no foreign
    /// link.
    pub fn stray_requests(&self) -> Vec<RecordedRequest> {
        self.state.recorders.foreign_host.requests()
    }

    /// The number of open connections to the API.
    pub fn open_connections(&self) -> usize {
        self.state.metrics.connections()
    }

    /// The highest number of concurrent requests to the API so far.
    pub fn most_requests_at_once(&self) -> usize {
        self.state.metrics.most_requests()
    }

    /// Closes all connections and waits until all tasks have stopped.
    pub async fn shutdown(self) {
        match self.running {
            Running::Tasks(mut listeners) => listeners.shutdown().await,
            Running::Thread(thread) => drop(thread),
        }
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("base_url", &self.base_url())
            .field("authority", &self.authority())
            .field("customers", &self.book().len())
            .finish_non_exhaustive()
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, String), StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(address));
    }
    let refused = |source| StartError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let origin = format!("http://{}", listener.local_addr().map_err(refused)?);
    Ok((listener, origin))
}
