//! The running emulator, as its owner holds it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::book::Book;
use crate::builder::{EmulatorBuilder, StartError};
use crate::clock::Clock;
use crate::entra::Entra;
use crate::faults::{Engine, FaultScript};
use crate::load::Load;
use crate::recorder::{RecordedRequest, Recorder};
use crate::routes::Queries;
use crate::server;
use crate::state::{Host, Origins, Recorders, State};
use crate::throttle::Throttle;

/// A Partner Center and a sign-in host of one's own, on loopback.
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
/// let answer = reqwest::Client::new().get(&url).bearer_auth("any").send().await?;
/// assert_eq!(answer.status(), 200);
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

/// What keeps it running.
enum Running {
    /// One task for each listener; each owns its connections, so that dropping this ends everything.
    Tasks(JoinSet<()>),
    Thread(OwnThread),
}

/// A thread with a runtime of its own, and what stops it.
struct OwnThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for OwnThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It cannot have panicked in a way that concerns its owner.
            let _ = thread.join();
        }
    }
}

impl Emulator {
    /// Sets an emulator up.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// Starts one with every default.
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
        let (elsewhere, elsewhere_origin) = bind(SocketAddr::new(builder.address.ip(), 0)).await?;
        let recorder = || Recorder::new(builder.recorded_requests);
        let (settings, clock) = (builder.settings, builder.clock);
        let seed = settings.seed;
        let state = Arc::new(State {
            settings,
            book,
            entra: Entra::new(seed, clock.clone(), builder.accepted_tokens, builder.entra),
            clock,
            origins: Origins { api: api_origin, authority: authority_origin, elsewhere: elsewhere_origin },
            throttle: Throttle::new(builder.rate_per_minute, builder.customer_rate_per_minute),
            faults: RwLock::new(Arc::new(Engine::new(builder.faults, seed))),
            recorders: Recorders { api: recorder(), authority: recorder(), elsewhere: recorder() },
            load: Load::default(),
            queries: Queries::default(),
        });
        let mut listeners = JoinSet::new();
        for (listener, host) in [(api, Host::Api), (authority, Host::Authority), (elsewhere, Host::Elsewhere)]
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
            // Ends when the sender is dropped, which is an error here and all that is waited for.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        });
        let thread = OwnThread { stop: Some(stop), thread: Some(thread) };
        let lost = || StartError::Runtime(std::io::ErrorKind::Interrupted.into());
        let state = start.recv().map_err(|_| lost())??;
        Ok(Self { state, running: Running::Thread(thread) })
    }

    /// The API's address, such as `http://127.0.0.1:40123`, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.state.origins.api
    }

    /// The sign-in host's address, without a trailing slash. Token requests go to `/{tenant}/oauth2/v2.0/token` below it.
    pub fn authority(&self) -> &str {
        &self.state.origins.authority
    }

    /// The address of a host no client has any business with. Hostile redirects and links lead there; whatever arrives
    /// is answered 200 and kept in [`stray_requests`](Self::stray_requests).
    pub fn elsewhere(&self) -> &str {
        &self.state.origins.elsewhere
    }

    /// The truth the API serves.
    pub fn book(&self) -> &Book {
        &self.state.book
    }

    /// The sign-in host: what it knows, and how to make it refuse.
    pub fn entra(&self) -> &Entra {
        &self.state.entra
    }

    /// The emulator's clock.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// Moves the emulator's clock forward: tokens expire and throttling windows end. Delays of answers are real time.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
    }

    /// Replaces the fault script; its rules count requests anew. `FaultScript::new()` mends everything.
    pub fn set_faults(&self, script: impl Into<FaultScript>) {
        let engine = Arc::new(Engine::new(script.into(), self.state.settings.seed));
        *self.state.faults.write().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    /// The requests to the API in order of arrival: the latest so many, as
    /// [`recorded_requests`](EmulatorBuilder::recorded_requests) says. Requests to the sign-in host are in
    /// [`authority_requests`](Self::authority_requests).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.recorders.api.requests()
    }

    /// How many requests to the API arrived, those no longer remembered included.
    pub fn request_count(&self) -> u64 {
        self.state.recorders.api.total()
    }

    /// The requests to the sign-in host in order of arrival; see [`requests`](Self::requests).
    pub fn authority_requests(&self) -> Vec<RecordedRequest> {
        self.state.recorders.authority.requests()
    }

    /// The requests that arrived [elsewhere](Self::elsewhere). A client that follows no redirect and no foreign link
    /// leaves this empty.
    pub fn stray_requests(&self) -> Vec<RecordedRequest> {
        self.state.recorders.elsewhere.requests()
    }

    /// How many connections to the API are open now.
    pub fn open_connections(&self) -> usize {
        self.state.load.connections()
    }

    /// The most requests to the API that were being answered at the same time.
    pub fn most_requests_at_once(&self) -> usize {
        self.state.load.most_requests()
    }

    /// Stops serving and waits until everything has stopped. Connections end at once.
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
