//! The client and its builder.
//!
//! The resources reached from the client are in `chain`; calls are made in `call`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use partner_center_client::{Client, HttpClient, HttpSettings, without_user};

use crate::base_url::BaseUrl;
use crate::clock::{Clock, ClockOffset, ClockWatch, Random, SystemClock, SystemRandom};
use crate::cloud::Cloud;
use crate::credential::Credential;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{ConcurrencyLimit, Limits, MAX_CONCURRENT, RetryBudget, Throttle};
use crate::proxy;
use crate::request_context::{CLIENT_NAME, RequestContext, is_language_tag};

mod limiter;

pub(crate) use limiter::{AttemptOutcome, Permit, RequestLimiter};

/// A client of Partner Center for one partner. Cheap to clone; clones share connections, credential and throttling.
///
/// It can be used from several tokio runtimes, one after the other or at once. Each runtime has its own connections.
/// The access token is refreshed on a separate thread, not on these runtimes.
///
/// ```no_run
/// use partner_center::{CustomerId, PartnerCenter, credential::StaticToken};
///
/// # async fn run(token: String, customer: CustomerId) -> partner_center::Result<()> {
/// let partner = PartnerCenter::builder().credential(StaticToken::new(token)?).build()?;
/// let deployment = partner.customers().by_id(customer).analytics().licenses().deployment().get().await?;
/// for insight in deployment.items() {
///     println!("{:?} of {:?} deployed", insight.licenses_deployed, insight.licenses_sold);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct PartnerCenter {
    core: Arc<Core>,
    context: RequestContext,
    limiter: Option<Arc<dyn RequestLimiter>>,
}

/// The state that all clones share.
pub(crate) struct Core {
    pub(crate) base: BaseUrl,
    pub(crate) host: String,
    pub(crate) client: Client,
    pub(crate) credential: Arc<dyn Credential>,
    pub(crate) application: Option<HeaderValue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: Limits,
    pub(crate) throttle: Throttle,
    pub(crate) clock_watch: ClockWatch,
    pub(crate) retry_budget: RetryBudget,
    pub(crate) concurrency_limit: ConcurrencyLimit,
}

impl PartnerCenter {
    /// Returns a builder for a client.
    pub fn builder() -> PartnerCenterBuilder {
        PartnerCenterBuilder::default()
    }

    /// Returns a clone that uses this context for all its calls.
    pub fn with(&self, context: RequestContext) -> Self {
        Self { context, ..self.clone() }
    }

    /// Returns a clone whose attempts are limited by `limiter`.
    pub(crate) fn limited_by(&self, limiter: Arc<dyn RequestLimiter>) -> Self {
        Self { limiter: Some(limiter), ..self.clone() }
    }

    /// Waits up to `at_most` for a token refresh in progress, and returns whether none is left.
    ///
    /// Call this before the process exits. If a new refresh token has been issued but not stored when the process ends,
    /// the sign-in is lost. This method starts nothing and does not wait for calls: drop them first.
    pub async fn settle(&self, at_most: Duration) -> bool {
        // Real time, not the injected clock: the process itself waits.
        tokio::time::timeout(at_most, self.core.credential.settle()).await.is_ok()
    }

    /// The offset of this machine's clock from the service's at the last response; `None` before the first.
    #[must_use]
    pub fn clock_offset(&self) -> Option<ClockOffset> {
        self.core.clock_watch.offset()
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(crate) fn limiter(&self) -> Option<&dyn RequestLimiter> {
        self.limiter.as_deref()
    }

    pub(crate) fn context(&self) -> &RequestContext {
        &self.context
    }
}

/// Fails outside a Tokio runtime, where waiting and blocking work would panic.
pub(crate) fn require_runtime() -> Result<()> {
    if tokio::runtime::Handle::try_current().is_ok() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Configuration, "calls need a Tokio runtime, and there is none here")
        .with_advice("Await the call inside #[tokio::main] or Runtime::block_on, with enable_all()."))
}

impl fmt::Debug for PartnerCenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerCenter")
            .field("base_url", &self.core.base.text)
            .field("credential", &self.core.credential)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// A builder for a [`PartnerCenter`]. Only the credential is required.
#[derive(Clone, Default)]
#[must_use]
pub struct PartnerCenterBuilder {
    cloud: Cloud,
    base_url: Option<String>,
    credential: Option<Arc<dyn Credential>>,
    application: Option<String>,
    locale: Option<String>,
    proxy: Option<String>,
    no_proxy: Option<String>,
    root_certificates: Vec<Vec<u8>>,
    connect_timeout: Option<Duration>,
    clock: Option<Arc<dyn Clock>>,
    random: Option<Arc<dyn Random>>,
    limits: Limits,
    at_once: Option<usize>,
}

impl PartnerCenterBuilder {
    /// The credential that provides access tokens. Required. An `Arc` of a credential is one, too: keep a clone to use
    /// the credential elsewhere.
    pub fn credential(mut self, credential: impl Credential) -> Self {
        self.credential = Some(Arc::new(credential));
        self
    }

    /// The national cloud, which determines the base URL. Default: [`Cloud::Global`].
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// The base URL, instead of the cloud's default: for the emulator or your own gateway. Plain http is accepted only
    /// for loopback addresses.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The name of your application, sent as `MS-PartnerCenter-Application`.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// The language of texts, sent as `X-Locale`. Default: `en-US`.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// The maximum number of concurrent requests of this client and its clones, not counting sweeps: a sweep has
    /// [its own limit](crate::sweep::Sweep::concurrency). Default: 256.
    ///
    /// Further calls wait in a queue. The time in the queue does not count towards their [`timeout`](Self::timeout).
    /// Each concurrent request needs a connection, and therefore an open file of this process (`ulimit -n`). If the
    /// process reaches its limit of open files, the client lowers its concurrency automatically.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.at_once = Some(requests);
        self
    }

    /// The maximum number of attempts of a call. Default: 4. A retry with a refreshed token does not count.
    ///
    /// All calls of a client and its clones share one retry budget, which refills as calls succeed. While most calls
    /// fail, failed calls are not retried ([`Error::is_out_of_retries`]).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.limits.attempts = attempts;
        self
    }

    /// The timeout of a call, including all attempts and waits. Default: 3 minutes, since the service has been seen to
    /// take over 100 seconds. A stream of pages applies it to each page.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// The timeout of one attempt. Default: 150 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt_timeout = timeout;
        self
    }

    /// How long a response body may arrive at less than one byte per second before the attempt fails. Default: 20
    /// seconds.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.limits.body.stall = timeout;
        self
    }

    /// The timeout for opening a connection. Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// The exponential backoff between attempts: the first wait is a random time below `base`, and the limit doubles
    /// with each further attempt, up to `cap`. A longer wait requested by the service is honored. Default: 500
    /// milliseconds and 30 seconds.
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.limits.backoff = (base, cap);
        self
    }

    /// The maximum size of a decompressed response body in bytes. Default: 64 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body.size = bytes;
        self
    }

    /// The proxy for all requests, as `http://host:port`. Default: none; proxy environment variables are ignored unless
    /// [`proxy_from_environment`](Self::proxy_from_environment) reads them.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// The hosts that are reached without the proxy, separated by commas: a name stands for the host and all below it,
    /// an address or a network such as `10.0.0.0/8` for these addresses, and `*` for all.
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// The proxy of this process's environment, if it names one: the first of `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY` and
    /// `all_proxy` that is not empty, except for this machine and the hosts in `NO_PROXY` or `no_proxy`.
    pub fn proxy_from_environment(mut self) -> Self {
        if let Some((proxy, no_proxy)) = proxy::of_this_process() {
            (self.proxy, self.no_proxy) = (Some(proxy), Some(no_proxy));
        }
        self
    }

    /// Adds a trusted root certificate, as PEM: for a proxy that inspects TLS. May be called several times.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// The source of time. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The source of ids and jitter. Default: [`SystemRandom`].
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Some(Arc::new(random));
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the credential is missing or a setting is invalid. The message names the
    /// setting.
    pub fn build(self) -> Result<PartnerCenter> {
        let base = BaseUrl::parse(self.base_url.as_deref().unwrap_or(self.cloud.base_url()))?;
        let credential = self.credential.ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "no credential was given")
                .with_advice("Pass a credential to the builder, such as StaticToken or RefreshToken.")
        })?;
        let application = match self.application {
            None => None,
            Some(name) => Some(HeaderValue::from_str(&name).map_err(|_| {
                Error::new(
                    ErrorKind::Configuration,
                    "the application name contains a character that cannot be sent in a header",
                )
            })?),
        };
        if self.limits.attempts == 0 {
            return Err(Error::new(ErrorKind::Configuration, "max_attempts must be at least 1"));
        }
        if self.limits.body.size == 0 {
            return Err(Error::new(ErrorKind::Configuration, "body_limit must be at least 1"));
        }
        if self.locale.as_deref().is_some_and(|locale| !is_language_tag(locale)) {
            return Err(Error::new(ErrorKind::Configuration, "locale must be a language tag such as sv-SE"));
        }
        if !base.plain && cfg!(not(any(feature = "rustls", feature = "native-tls"))) {
            return Err(Error::new(ErrorKind::Configuration, "this build cannot send https requests")
                .with_advice("Enable the feature rustls or native-tls of the crate partner-center."));
        }
        if self.at_once == Some(0) {
            return Err(Error::new(ErrorKind::Configuration, "max_concurrent_requests must be at least 1"));
        }
        for (name, time) in [
            ("timeout", self.limits.timeout),
            ("attempt_timeout", self.limits.attempt_timeout),
            ("stall_timeout", self.limits.body.stall),
            ("connect_timeout", self.connect_timeout.unwrap_or(LONGEST_TIMEOUT)),
        ] {
            if time.is_zero() || time > LONGEST_TIMEOUT {
                return Err(Error::new(
                    ErrorKind::Configuration,
                    format!("{name} must be more than 0 and at most one day"),
                ));
            }
        }
        let (base_wait, cap) = self.limits.backoff;
        if base_wait.max(cap) > LONGEST_TIMEOUT {
            return Err(Error::new(ErrorKind::Configuration, "backoff must be at most one day"));
        }
        let mut settings = HttpSettings::new(CLIENT_NAME);
        settings.proxy = self.proxy;
        settings.no_proxy = self.no_proxy;
        settings.root_certificates = self.root_certificates;
        settings.plain_only = base.plain;
        if let Some(timeout) = self.connect_timeout {
            settings.connect_timeout = timeout;
        }
        let http = HttpClient::new(&settings).map_err(|error| {
            Error::new(
                ErrorKind::Configuration,
                "the proxy, the root certificate or the TLS configuration is invalid",
            )
            .with_advice("Set the proxy as http://host:port, and root certificates as PEM; nothing was sent.")
            .with_source(error)
        })?;
        let context = RequestContext { correlation_id: None, locale: self.locale };
        Ok(PartnerCenter {
            core: Arc::new(Core {
                host: base.host(),
                client: Client::new(&base.text, &http).with_body_limits(self.limits.body),
                base,
                credential,
                application,
                clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
                random: self.random.unwrap_or_else(|| Arc::new(SystemRandom)),
                limits: self.limits,
                throttle: Throttle::default(),
                clock_watch: ClockWatch::default(),
                retry_budget: RetryBudget::default(),
                concurrency_limit: ConcurrencyLimit::new(self.at_once.unwrap_or(MAX_CONCURRENT)),
            }),
            context,
            limiter: None,
        })
    }
}

/// The longest timeout accepted. A longer one is probably a mistake in units.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

impl fmt::Debug for PartnerCenterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerCenterBuilder")
            .field("base_url", &self.base_url.as_deref().map(without_user))
            .field("credential", &self.credential)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
