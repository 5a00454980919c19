//! The connection pool and what comes back over it: the only place that knows which HTTP library is underneath.
//!
//! It sends one request and hands back one answer. It does not retry, does not follow redirects, attaches no
//! credentials of its own and never prints a URL's query, a header or a body.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue};
use tokio::runtime::{Handle, Id};

use crate::coding::{self, Body, Coding};
use crate::resolver::{LookupFailure, Resolver};

/// How to build a [`Transport`].
#[derive(Clone)]
#[non_exhaustive]
pub struct TransportSettings {
    /// The `User-Agent` header.
    pub user_agent: String,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// A proxy for all requests, as `http://host:port` or `https://host:port`. `None`: no proxy, whatever the
    /// environment says.
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

impl fmt::Debug for TransportSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportSettings")
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy.as_deref().map(without_user))
            .field("root_certificates", &self.root_certificates.len())
            .field("plain_only", &self.plain_only)
            .finish()
    }
}

/// A URL, or what was meant as one, without the user name and password in it.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    // A password may hold any of `/?#@` by mistake: what follows the last `@` is shown, and nothing before it.
    let (user, host) = rest.rsplit_once('@').map_or((None, rest), |(user, host)| (Some(user), host));
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{}{host}", if user.is_some() { "[redacted]@" } else { "" })
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
        Ok(RawAnswer::new(status, headers, Box::pin(response.bytes_stream())))
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
        .dns_resolver(Resolver::new())
        // Decoded in `coding`, whatever features of the library other crates switch on.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .default_headers(HeaderMap::from_iter([(
            ACCEPT_ENCODING,
            HeaderValue::from_static(coding::ACCEPTED),
        )]))
        .no_proxy();
    if let Some(proxy) = &settings.proxy {
        let proxy = reqwest::Proxy::all(proxy_url(proxy)?).map_err(TransportError::settings)?;
        builder = builder.proxy(proxy);
    }
    builder = secure(builder, settings)?;
    builder.build().map_err(TransportError::settings)
}

/// The address of a proxy, if it is one that requests can go through. The HTTP library takes any scheme, and then goes
/// past a proxy whose scheme it does not know, straight to the service with the token.
fn proxy_url(text: &str) -> Result<reqwest::Url, TransportError> {
    let text = text.trim();
    // `host:port` reads as a scheme and a path.
    let absolute = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let unusable = |what: &str| TransportError::unusable(format!("the proxy's address {what}"));
    let url = reqwest::Url::parse(&absolute).map_err(|error| unusable(&format!("is no URL: {error}")))?;
    match url.scheme() {
        "http" => {}
        "https" if cfg!(any(feature = "rustls", feature = "native-tls")) => {}
        "https" => return Err(unusable("is https, and this build has no TLS feature")),
        _ => return Err(unusable("must begin with http:// or https://")),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(unusable("names no host"));
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(unusable("must end after host and port"));
    }
    Ok(url)
}

/// Sets up TLS, with no certificate store where none is needed.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn secure(
    builder: reqwest::ClientBuilder,
    settings: &TransportSettings,
) -> Result<reqwest::ClientBuilder, TransportError> {
    let mut roots = Vec::with_capacity(settings.root_certificates.len());
    for pem in &settings.root_certificates {
        let found = reqwest::Certificate::from_pem_bundle(pem).map_err(TransportError::settings)?;
        if found.is_empty() {
            // What is no PEM at all reads as a file without certificates.
            return Err(TransportError::unusable("a root certificate is not PEM".to_owned()));
        }
        roots.extend(found);
    }
    let proxy_is_secure = settings
        .proxy
        .as_deref()
        .is_some_and(|url| url.trim().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")));
    Ok(match (settings.plain_only, proxy_is_secure) {
        (true, false) => builder.tls_certs_only(roots),
        (true, true) => builder.tls_certs_merge(roots),
        (false, _) => builder.https_only(true).tls_certs_merge(roots),
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

pub(crate) type ByteStream =
    std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<Bytes>> + Send + Sync>>;

/// An answer whose head is here and whose body is still coming.
pub struct RawAnswer {
    status: u16,
    headers: HeaderMap,
    body: Body,
}

impl RawAnswer {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: ByteStream) -> Self {
        let body = Body::Unread(body, Coding::of(&headers));
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

    /// The next piece of the body, without its content codings; `None` at its end. A piece is never large, however well
    /// the body was compressed: a caller that counts them can stop in time.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if the body broke off or could not be decoded.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.body.next().await
    }

    /// Whether the pieces are given out as they came over the wire, so that `Content-Length` is their number of bytes.
    /// Known after the first [`chunk`](Self::chunk).
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.body.is_plain()
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
    /// What this crate says in place of the kind's words.
    message: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`TransportError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The settings or the request cannot be used; nothing was sent.
    Settings,
    /// No connection was made, so the request never left.
    Connect,
    /// No connection was made, because no host has this name.
    NoSuchHost,
    /// No connection was made, because the certificate of the other side is not trusted or is for another host.
    Certificate,
    /// No connection was made, because the proxy asks for a user name and password.
    ProxyCredentials,
    /// The connection broke before an answer came.
    Request,
    /// The answer broke off, or could not be decompressed.
    Body,
    /// The answer is in a content coding that was not asked for.
    Coding,
}

impl TransportErrorKind {
    /// Whether the same request would fail the same way again.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Settings | Self::NoSuchHost | Self::Certificate | Self::ProxyCredentials | Self::Coding
        )
    }

    /// What a failed connection failed of, where its causes say.
    fn of_connection(cause: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(failure) = cause.downcast_ref::<LookupFailure>() {
            return failure.no_such_name.then_some(Self::NoSuchHost);
        }
        if is_certificate(cause) {
            return Some(Self::Certificate);
        }
        // The type of this error is private.
        if cause.to_string().ends_with("proxy authorization required") {
            return Some(Self::ProxyCredentials);
        }
        // What an I/O error was made of is not among its sources.
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.and_then(|inner| Self::of_connection(inner)).or_else(|| Self::of_connection(cause.source()?))
    }
}

#[cfg(feature = "rustls")]
fn is_certificate(cause: &(dyn Error + 'static)) -> bool {
    matches!(cause.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_)))
        || is_certificate_by_text(cause)
}

#[cfg(not(feature = "rustls"))]
use is_certificate_by_text as is_certificate;

/// The platforms' own libraries have no common error for it, but all their texts name the certificate.
fn is_certificate_by_text(cause: &(dyn Error + 'static)) -> bool {
    cfg!(feature = "native-tls") && cause.source().is_none() && cause.to_string().contains("certificate")
}

impl TransportError {
    pub(crate) fn new(error: reqwest::Error) -> Self {
        // A URL's query holds filters, and filters hold customer names.
        let error = error.without_url();
        let kind = if error.is_builder() {
            TransportErrorKind::Settings
        } else if error.is_connect() {
            TransportErrorKind::of_connection(&error).unwrap_or(TransportErrorKind::Connect)
        } else if error.is_body() || error.is_decode() {
            TransportErrorKind::Body
        } else {
            TransportErrorKind::Request
        };
        Self { kind, message: None, source: Some(error.into()) }
    }

    fn settings(error: reqwest::Error) -> Self {
        let kind = TransportErrorKind::Settings;
        Self { kind, message: None, source: Some(error.without_url().into()) }
    }

    /// A setting cannot be used, for this reason.
    fn unusable(message: String) -> Self {
        Self { kind: TransportErrorKind::Settings, message: Some(message), source: None }
    }

    /// The request could not be built.
    pub(crate) fn unsendable() -> Self {
        Self { kind: TransportErrorKind::Settings, message: None, source: None }
    }

    /// The body could not be decoded.
    pub(crate) fn body(error: Box<dyn Error + Send + Sync>) -> Self {
        Self { kind: TransportErrorKind::Body, message: None, source: Some(error) }
    }

    /// The answer is in a coding of this name.
    pub(crate) fn coding(name: &str) -> Self {
        let message = format!("the answer is encoded as {name}, which was not asked for");
        Self { kind: TransportErrorKind::Coding, message: Some(message), source: None }
    }

    /// Which part failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (&self.message, self.kind) {
            (Some(message), _) => message,
            (None, TransportErrorKind::Settings) => "the HTTP client could not be set up",
            (None, TransportErrorKind::Connect) => "no connection could be made",
            (None, TransportErrorKind::NoSuchHost) => "no host has this name",
            (None, TransportErrorKind::Certificate) => "the certificate is not trusted",
            (None, TransportErrorKind::ProxyCredentials) => "the proxy asks for a user name and password",
            (None, TransportErrorKind::Request) => "the connection broke before an answer came",
            (None, TransportErrorKind::Body) => "the answer broke off or could not be decompressed",
            (None, TransportErrorKind::Coding) => "the answer is in a coding that was not asked for",
        })
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        // The HTTP library's own line repeats ours; what is below it says why.
        if source.is::<reqwest::Error>() { source.source() } else { Some(source) }
    }
}

#[cfg(test)]
mod tests;
