//! The connection pool and what comes back over it: the only place that knows which HTTP library is underneath.
//!
//! It sends one request and hands back one answer. It does not retry, does not follow redirects, attaches no
//! credentials of its own and never prints a URL's query, a header or a body.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use tokio::runtime::{Handle, Id};

/// How to build a [`Transport`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportSettings {
    /// The `User-Agent` header.
    pub user_agent: String,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// A proxy for all requests, as a URL. `None`: no proxy, whatever the environment says.
    pub proxy: Option<String>,
    /// Further root certificates, as PEM.
    pub root_certificates: Vec<Vec<u8>>,
    /// Only plain http will be asked for (a loopback emulator): no certificate store is loaded.
    pub plain_only: bool,
}

impl TransportSettings {
    /// Settings with this `User-Agent`, a connect time-out of 10 seconds, and neither proxy nor further certificates.
    #[must_use]
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self {
            user_agent: user_agent.into(),
            connect_timeout: Duration::from_secs(10),
            proxy: None,
            root_certificates: Vec::new(),
            plain_only: false,
        }
    }
}

/// Pools of connections, one for each runtime that asks. Cheap to clone; clones share the pools.
///
/// A connection is driven by the runtime it was made on. On another one it would be waited for in vain as long as the
/// first stands still, as a runtime on one thread does between two `block_on`s.
#[derive(Clone)]
pub struct Transport(Arc<Pools>);

struct Pools {
    settings: TransportSettings,
    /// The pool that was built to see whether the settings can be used. The first runtime takes it.
    first: reqwest::Client,
    by_runtime: Mutex<Vec<(Id, reqwest::Client)>>,
}

/// So many runtimes keep their connections; a program with more of them connects anew now and then.
const MOST_POOLS: usize = 8;

impl Transport {
    /// Builds the pool. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`TransportErrorKind::Settings`] if a setting cannot be used.
    pub fn new(settings: &TransportSettings) -> Result<Self, TransportError> {
        let first = client(settings)?;
        Ok(Self(Arc::new(Pools { settings: settings.clone(), first, by_runtime: Mutex::default() })))
    }

    /// Sends one request that is not an operation of the contract, such as a token request.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if no answer came.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<RawAnswer, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(TransportError::settings)?;
        let mut response = self.client().execute(request).await.map_err(TransportError::new)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        Ok(RawAnswer { status, headers, body: Box::pin(response.bytes_stream()) })
    }

    /// The client underneath, with the pool of the runtime that asks.
    pub(crate) fn client(&self) -> reqwest::Client {
        let Ok(runtime) = Handle::try_current() else { return self.0.first.clone() };
        let mut pools = self.0.by_runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = pools.iter().find(|(id, _)| *id == runtime.id()) {
            return client.clone();
        }
        let new = if pools.is_empty() {
            self.0.first.clone()
        } else {
            // These settings were good before.
            client(&self.0.settings).unwrap_or_else(|_| self.0.first.clone())
        };
        if pools.len() == MOST_POOLS {
            pools.remove(0);
        }
        pools.push((runtime.id(), new.clone()));
        new
    }
}

/// A pool with these settings.
fn client(settings: &TransportSettings) -> Result<reqwest::Client, TransportError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        // A redirect would carry the token wherever the answer says.
        .redirect(reqwest::redirect::Policy::none())
        // Attempts are the caller's to count.
        .retry(reqwest::retry::never())
        .referer(false)
        .tcp_nodelay(true)
        .no_proxy();
    if let Some(proxy) = &settings.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(TransportError::settings)?);
    }
    builder = secure(builder, settings)?;
    builder.build().map_err(TransportError::settings)
}

/// Sets up TLS, with no certificate store where none is needed.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn secure(
    builder: reqwest::ClientBuilder,
    settings: &TransportSettings,
) -> Result<reqwest::ClientBuilder, TransportError> {
    let mut roots = Vec::with_capacity(settings.root_certificates.len());
    for pem in &settings.root_certificates {
        roots.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(TransportError::settings)?);
    }
    Ok(if settings.plain_only {
        builder.tls_certs_only(roots)
    } else {
        builder.https_only(true).tls_certs_merge(roots)
    })
}

/// Without a TLS feature only plain http can be spoken, and a setting that asks for more is refused.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn secure(
    builder: reqwest::ClientBuilder,
    settings: &TransportSettings,
) -> Result<reqwest::ClientBuilder, TransportError> {
    if settings.plain_only && settings.root_certificates.is_empty() {
        Ok(builder)
    } else {
        Err(TransportError::unsendable())
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

type Body = std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<Bytes>> + Send + Sync>>;

/// An answer whose head is here and whose body is still coming.
pub struct RawAnswer {
    status: u16,
    headers: HeaderMap,
    body: Body,
}

impl RawAnswer {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Body) -> Self {
        Self { status, headers, body }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Takes the headers out.
    #[must_use]
    pub fn take_headers(&mut self) -> HeaderMap {
        std::mem::take(&mut self.headers)
    }

    /// The next piece of the body, decompressed; `None` at its end.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if the body broke off or could not be decompressed.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.body.next().await.transpose().map_err(TransportError::new)
    }
}

impl fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why no answer, or no whole answer, came.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<reqwest::Error>,
}

/// The kinds of [`TransportError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The settings or the request cannot be used; nothing was sent.
    Settings,
    /// No connection was made, so the request never left.
    Connect,
    /// The connection broke before an answer came.
    Request,
    /// The answer broke off, or could not be decompressed.
    Body,
}

impl TransportError {
    pub(crate) fn new(error: reqwest::Error) -> Self {
        let kind = if error.is_builder() {
            TransportErrorKind::Settings
        } else if error.is_connect() {
            TransportErrorKind::Connect
        } else if error.is_body() || error.is_decode() {
            TransportErrorKind::Body
        } else {
            TransportErrorKind::Request
        };
        // A URL's query holds filters, and filters hold customer names.
        Self { kind, source: Some(error.without_url()) }
    }

    fn settings(error: reqwest::Error) -> Self {
        Self { kind: TransportErrorKind::Settings, source: Some(error.without_url()) }
    }

    /// The request could not be built.
    pub(crate) fn unsendable() -> Self {
        Self { kind: TransportErrorKind::Settings, source: None }
    }

    /// Which part failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Settings => "the HTTP client could not be set up",
            TransportErrorKind::Connect => "no connection could be made",
            TransportErrorKind::Request => "the connection broke before an answer came",
            TransportErrorKind::Body => "the answer broke off",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The library's own line repeats ours; what is below it says why.
        std::error::Error::source(self.source.as_ref()?)
    }
}
