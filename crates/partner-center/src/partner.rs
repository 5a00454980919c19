//! The client a program holds: built once, cloned freely, the root of the chain.
//!
//! Settings end here; nouns are in `chain`, and what a call does is in `call`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use partner_center_client::{Transport, TransportSettings};

use crate::base_url::{BaseUrl, without_user};
use crate::call::{AT_ONCE, Admission, Limits, Pause, Places, RetryBudget};
use crate::chain::{Analytics, Customers};
use crate::clock::{Clock, ClockOffset, ClockWatch, Random, SystemClock, SystemRandom};
use crate::cloud::Cloud;
use crate::context::RequestContext;
use crate::credential::Credential;
use crate::error::{Error, ErrorKind, Result};

/// What `MS-PartnerCenter-Client` and `User-Agent` say.
pub(crate) const CLIENT_NAME: &str = concat!("partner-center-rust/", env!("CARGO_PKG_VERSION"));

/// A client of Partner Center for one partner. Cheap to clone; clones share connections, credential and throttling.
///
/// It may be used from several tokio runtimes, one after the other or at once: each keeps connections of its own, and
/// the access token is refreshed on none of them.
///
/// ```no_run
/// use partner_center::{CustomerId, PartnerCenter, credential::StaticToken};
///
/// # async fn run(token: String, customer: CustomerId) -> partner_center::Result<()> {
/// let partner = PartnerCenter::builder().credential(StaticToken::new(token)?).build()?;
/// let deployment = partner.customers().by_id(customer).analytics().licenses().deployment().get().await?;
/// for insight in &deployment.items {
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
    admission: Option<Arc<dyn Admission>>,
}

/// What all clones share.
pub(crate) struct Core {
    pub(crate) base_url: String,
    pub(crate) base: BaseUrl,
    pub(crate) host: String,
    pub(crate) transport: Transport,
    pub(crate) credential: Arc<dyn Credential>,
    pub(crate) application: Option<HeaderValue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: Limits,
    pub(crate) pause: Pause,
    pub(crate) clock_watch: ClockWatch,
    pub(crate) budget: RetryBudget,
    pub(crate) places: Places,
}

impl PartnerCenter {
    /// Starts a client.
    pub fn builder() -> PartnerCenterBuilder {
        PartnerCenterBuilder::default()
    }

    /// The same client with this context for every call of the chain that follows.
    pub fn with(&self, context: RequestContext) -> Self {
        Self { context, ..self.clone() }
    }

    /// The same client, whose attempts are let through by this.
    pub(crate) fn admitted_by(&self, admission: Arc<dyn Admission>) -> Self {
        Self { admission: Some(admission), ..self.clone() }
    }

    /// The customers of the partner.
    pub fn customers(&self) -> Customers {
        Customers::new(self.clone())
    }

    /// Analytics over all customers of the partner.
    pub fn analytics(&self) -> Analytics {
        Analytics::new(self.clone())
    }

    /// Waits until the credential has nothing under way that would be lost with the process, for `at_most` this long,
    /// and says whether that is so.
    ///
    /// A refresh token's successor that was issued but not stored is a lost sign-in. So a process that was told to stop
    /// calls this before it exits. Nothing is started, and calls are not waited for: drop them first.
    pub async fn settle(&self, at_most: Duration) -> bool {
        // Real time, not the injected clock's: it is the process that waits.
        tokio::time::timeout(at_most, self.core.credential.settle()).await.is_ok()
    }

    /// How far this machine's clock was from the service's at the last answer; `None` before the first.
    #[must_use]
    pub fn clock_offset(&self) -> Option<ClockOffset> {
        self.core.clock_watch.offset()
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(crate) fn admission(&self) -> Option<&dyn Admission> {
        self.admission.as_deref()
    }

    pub(crate) fn context(&self) -> &RequestContext {
        &self.context
    }
}

impl fmt::Debug for PartnerCenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerCenter")
            .field("base_url", &self.core.base_url)
            .field("credential", &self.core.credential)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`PartnerCenter`]. Only the credential must be given.
#[derive(Clone, Default)]
#[must_use]
pub struct PartnerCenterBuilder {
    cloud: Cloud,
    base_url: Option<String>,
    credential: Option<Arc<dyn Credential>>,
    application: Option<String>,
    locale: Option<String>,
    proxy: Option<String>,
    root_certificates: Vec<Vec<u8>>,
    connect_timeout: Option<Duration>,
    clock: Option<Arc<dyn Clock>>,
    random: Option<Arc<dyn Random>>,
    limits: Limits,
    at_once: Option<usize>,
}

impl PartnerCenterBuilder {
    /// Who asks. Required.
    pub fn credential(mut self, credential: impl Credential) -> Self {
        self.credential = Some(Arc::new(credential));
        self
    }

    /// Who asks, when the credential is shared with something else.
    pub fn shared_credential(mut self, credential: Arc<dyn Credential>) -> Self {
        self.credential = Some(credential);
        self
    }

    /// The national cloud, which says where the service is. Default: [`Cloud::Global`].
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// Where the service is, in place of the cloud's own address: for the emulator or a gateway of yours. Plain http is
    /// accepted for loopback addresses only.
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

    /// How many requests of this client and its clones may be under way at once, those of sweeps not counted: a sweep has
    /// [a limit of its own](crate::sweep::Sweep::concurrency). Default: 256.
    ///
    /// Calls beyond that wait for their turn, and the time they wait is not held against their
    /// [`timeout`](Self::timeout). Each request under way needs a connection, and so a file that this process may have
    /// open (`ulimit -n`); where there are too few, the client has fewer requests at once by itself.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.at_once = Some(requests);
        self
    }

    /// How many requests a call may send. Default: 4. A repetition with a refreshed token does not count.
    ///
    /// Repetitions of all calls of a client and its clones draw on one retry budget, which successes fill again: when most
    /// calls fail, each has one attempt ([`Error::is_out_of_retries`]).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.limits.attempts = attempts;
        self
    }

    /// How long a call may take in all, waits included. Default: 3 minutes, since the service has been seen to take
    /// over 100 seconds. A stream of pages has this long for each page.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// How long one attempt may take. Default: 150 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt_timeout = timeout;
        self
    }

    /// How long an answer may bring less than one byte a second, once it has begun, before the attempt counts as failed.
    /// Default: 20 seconds.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.limits.stall = timeout;
        self
    }

    /// How long a connection may take to stand. Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How the wait before another attempt grows: drawn below `base` the first time, below twice that the second, and
    /// never above `cap` unless the service asks for more. Default: 500 milliseconds and 30 seconds.
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.limits.backoff = (base, cap);
        self
    }

    /// How many bytes an answer may have after decompression. Default: 64 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// A proxy for all requests, as `http://host:port`. Without it none is used, whatever the environment says.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// A further root certificate, as PEM: for a proxy that inspects TLS. May be given several times.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Where the time comes from. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Where ids and jitter come from. Default: [`SystemRandom`].
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Some(Arc::new(random));
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the credential is missing or a setting cannot be used, saying which.
    pub fn build(self) -> Result<PartnerCenter> {
        let base = BaseUrl::parse(self.base_url.as_deref().unwrap_or(self.cloud.base_url()))?;
        let credential = self.credential.ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "no credential was given")
                .with_advice("Give the builder a credential, such as StaticToken or RefreshToken.")
        })?;
        let application = match self.application {
            None => None,
            Some(name) => Some(HeaderValue::from_str(&name).map_err(|_| {
                Error::new(
                    ErrorKind::Configuration,
                    "the application name holds a character that cannot be sent in a header",
                )
            })?),
        };
        if self.limits.attempts == 0 {
            return Err(Error::new(
                ErrorKind::Configuration,
                "max_attempts is 0: at least one request must be allowed",
            ));
        }
        if self.at_once == Some(0) {
            return Err(Error::new(
                ErrorKind::Configuration,
                "max_concurrent_requests is 0: at least one request must be allowed at once",
            ));
        }
        for (name, time) in [
            ("timeout", self.limits.timeout),
            ("attempt_timeout", self.limits.attempt_timeout),
            ("stall_timeout", self.limits.stall),
        ] {
            if time.is_zero() || time > LONGEST_TIMEOUT {
                return Err(Error::new(
                    ErrorKind::Configuration,
                    format!("{name} must be more than 0 and at most a day"),
                ));
            }
        }
        let (base_wait, cap) = self.limits.backoff;
        if base_wait.max(cap) > LONGEST_TIMEOUT {
            return Err(Error::new(ErrorKind::Configuration, "backoff must be at most a day"));
        }
        let mut settings = TransportSettings::new(CLIENT_NAME);
        settings.proxy = self.proxy;
        settings.root_certificates = self.root_certificates;
        settings.plain_only = base.plain;
        if let Some(timeout) = self.connect_timeout {
            settings.connect_timeout = timeout;
        }
        let transport = Transport::new(&settings).map_err(|error| {
            Error::new(
                ErrorKind::Configuration,
                "the proxy, the root certificate or the TLS set-up cannot be used",
            )
            .with_advice("Give a proxy as http://host:port, and root certificates as PEM; nothing was sent.")
            .with_source(error)
        })?;
        let context = RequestContext { correlation_id: None, locale: self.locale };
        Ok(PartnerCenter {
            core: Arc::new(Core {
                base_url: base.text.clone(),
                host: base.host(),
                base,
                transport,
                credential,
                application,
                clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
                random: self.random.unwrap_or_else(|| Arc::new(SystemRandom)),
                limits: self.limits,
                pause: Pause::default(),
                clock_watch: ClockWatch::default(),
                budget: RetryBudget::default(),
                places: Places::new(self.at_once.unwrap_or(AT_ONCE)),
            }),
            context,
            admission: None,
        })
    }
}

/// A time-out longer than any call; what is longer is taken for a mistake in units.
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
