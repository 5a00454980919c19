//! The connection pools and raw responses.
//!
//! [`HttpClient`] sends one request and returns one response. It does not retry, does not follow redirects, adds no
//! credentials and never prints a URL's query, a header or a body.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue};
use tokio::runtime::{Handle, Id};

use crate::coding::{self, Body, ByteStream, Coding};
use crate::http_error::HttpError;
use crate::resolver::Resolver;

/// How to build an [`HttpClient`].
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpSettings {
    /// The `User-Agent` header.
    pub user_agent: String,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// The proxy for all requests, as `http://host:port` or `https://host:port`. With `None` no proxy is used; proxy
    /// environment variables are ignored.
    pub proxy: Option<String>,
    /// The hosts that are reached without the proxy, separated by commas: a name for the host and its subdomains, an
    /// address, a network such as `10.0.0.0/8`, or `*` for all.
    pub no_proxy: Option<String>,
    /// Additional root certificates, as PEM.
    pub root_certificates: Vec<Vec<u8>>,
    /// Only plain HTTP is used (for a loopback emulator): no certificate store is loaded.
    pub plain_only: bool,
}

impl HttpSettings {
    /// Creates settings with this `User-Agent`, a connect timeout of 10 seconds, no proxy and no extra certificates.
    #[must_use]
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self {
            user_agent: user_agent.into(),
            connect_timeout: Duration::from_secs(10),
            proxy: None,
            no_proxy: None,
            root_certificates: Vec::new(),
            plain_only: false,
        }
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings")
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy.as_deref().map(without_user))
            .field("no_proxy", &self.no_proxy)
            .field("root_certificates", &self.root_certificates.len())
            .field("plain_only", &self.plain_only)
            .finish()
    }
}

/// Replaces the user name and password in a URL, or in a text that may be one.
#[must_use]
pub fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    // A password may contain any of `/?#@` by mistake: only the part after the last `@` is shown.
    let (user, host) = rest.rsplit_once('@').map_or((None, rest), |(user, host)| (Some(user), host));
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{}{host}", if user.is_some() { "[redacted]@" } else { "" })
}

/// Connection pools, one per Tokio runtime. Cheap to clone; clones share the pools.
///
/// A connection is driven by the runtime that created it. Used from another runtime, it would make no progress while
/// the first one is idle, as a single-threaded runtime is between two calls of `block_on`.
#[derive(Clone)]
pub struct HttpClient(Arc<Pools>);

struct Pools {
    settings: HttpSettings,
    /// The pool built by `new` to validate the settings. The first runtime uses it.
    first: reqwest::Client,
    by_runtime: Mutex<Vec<(Id, reqwest::Client)>>,
}

/// The most runtimes that keep a pool. In a program with more, some requests open a new connection.
const MOST_POOLS: usize = 8;

impl HttpClient {
    /// Builds the pool without connecting.
    ///
    /// # Errors
    ///
    /// [`HttpErrorKind::Settings`](crate::HttpErrorKind::Settings) if a setting is invalid.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpError> {
        let first = client(settings)?;
        Ok(Self(Arc::new(Pools { settings: settings.clone(), first, by_runtime: Mutex::default() })))
    }

    /// Sends one request that is not an operation of the contract, such as a token request.
    ///
    /// # Errors
    ///
    /// [`HttpError`] if no response arrived.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<RawResponse, HttpError> {
        self.execute(reqwest::Request::try_from(request).map_err(HttpError::settings)?).await
    }

    /// Sends one request over the pool of the current runtime.
    pub(crate) async fn execute(&self, request: reqwest::Request) -> Result<RawResponse, HttpError> {
        let mut response = self.client().execute(request).await.map_err(HttpError::new)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        Ok(RawResponse::new(status, headers, Box::pin(response.bytes_stream())))
    }

    /// The HTTP client of the first runtime, to build requests with.
    pub(crate) fn first(&self) -> &reqwest::Client {
        &self.0.first
    }

    /// Returns the HTTP client with the pool of the current runtime.
    fn client(&self) -> reqwest::Client {
        let Ok(runtime) = Handle::try_current() else { return self.0.first.clone() };
        let mut pools = self.0.by_runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = pools.iter().find(|(id, _)| *id == runtime.id()) {
            return client.clone();
        }
        let new = if pools.is_empty() {
            self.0.first.clone()
        } else {
            // The same settings were valid before.
            client(&self.0.settings).unwrap_or_else(|_| self.0.first.clone())
        };
        if pools.len() == MOST_POOLS {
            pools.remove(0);
        }
        pools.push((runtime.id(), new.clone()));
        new
    }
}

/// Builds a pool with these settings.
fn client(settings: &HttpSettings) -> Result<reqwest::Client, HttpError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        // Following a redirect would send the token to any host that a response names.
        .redirect(reqwest::redirect::Policy::none())
        // The caller counts attempts.
        .retry(reqwest::retry::never())
        .referer(false)
        .tcp_nodelay(true)
        .dns_resolver(Resolver::new())
        // `coding` decodes bodies, even if other crates enable these features of the library.
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
        let proxy = reqwest::Proxy::all(proxy_url(proxy)?).map_err(HttpError::settings)?;
        let except = settings.no_proxy.as_deref().and_then(reqwest::NoProxy::from_string);
        builder = builder.proxy(proxy.no_proxy(except));
    }
    builder = secure(builder, settings)?;
    builder.build().map_err(HttpError::settings)
}

/// Checks the address of a proxy: `http://host:port`, with or without user name and password.
///
/// # Errors
///
/// [`HttpErrorKind::Settings`](crate::HttpErrorKind::Settings) with what is wrong, but not the address, which may have a
/// password.
pub fn check_proxy(address: &str) -> Result<(), HttpError> {
    proxy_url(address).map(|_| ())
}

/// Parses and validates a proxy address. The HTTP library accepts any scheme; with an unknown one it bypasses the proxy
/// and sends the request, with the token, directly to the service.
fn proxy_url(text: &str) -> Result<reqwest::Url, HttpError> {
    let text = text.trim();
    // Without a scheme, `host:port` would parse as a scheme and a path.
    let absolute = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let invalid_setting = |what: &str| HttpError::invalid_setting(format!("the proxy address {what}"));
    let url =
        reqwest::Url::parse(&absolute).map_err(|error| invalid_setting(&format!("is not a URL: {error}")))?;
    match url.scheme() {
        "http" => {}
        "https" if cfg!(any(feature = "rustls", feature = "native-tls")) => {}
        "https" => return Err(invalid_setting("uses https, but this build has no TLS feature")),
        _ => return Err(invalid_setting("must begin with http:// or https://")),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(invalid_setting("has no host"));
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(invalid_setting("must end after host and port"));
    }
    Ok(url)
}

/// Configures TLS. The platform's certificate store is loaded only if it is needed.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn secure(
    builder: reqwest::ClientBuilder,
    settings: &HttpSettings,
) -> Result<reqwest::ClientBuilder, HttpError> {
    let mut roots = Vec::with_capacity(settings.root_certificates.len());
    for pem in &settings.root_certificates {
        let found = reqwest::Certificate::from_pem_bundle(pem).map_err(HttpError::settings)?;
        if found.is_empty() {
            // The parser reports text that is not PEM as a bundle without certificates.
            return Err(HttpError::invalid_setting("a root certificate is not PEM".to_owned()));
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

/// Without a TLS feature only plain HTTP is possible; settings that need TLS are rejected.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn secure(
    builder: reqwest::ClientBuilder,
    settings: &HttpSettings,
) -> Result<reqwest::ClientBuilder, HttpError> {
    if settings.plain_only && settings.root_certificates.is_empty() {
        Ok(builder)
    } else {
        Err(HttpError::invalid_setting("this build has no TLS feature".to_owned()))
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// A response with status and headers; the body is read in pieces.
pub struct RawResponse {
    status: u16,
    headers: HeaderMap,
    body: Body,
}

impl RawResponse {
    fn new(status: u16, headers: HeaderMap, body: ByteStream) -> Self {
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

    /// Moves the headers out of the response.
    pub(crate) fn take_headers(&mut self) -> HeaderMap {
        std::mem::take(&mut self.headers)
    }

    /// Reads the next piece of the decoded body; `None` at the end. Pieces are small even if the body is highly
    /// compressed, so that a caller can enforce a size limit.
    ///
    /// # Errors
    ///
    /// [`HttpError`] if the body ended early or could not be decoded.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        self.body.next().await
    }

    /// Whether the body is returned as it was received, so that `Content-Length` is its length. Known after the first
    /// [`chunk`](Self::chunk).
    pub(crate) fn is_plain(&self) -> bool {
        self.body.is_plain()
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
