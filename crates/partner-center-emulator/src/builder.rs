//! The emulator's builder: every knob, its default, and what it refuses.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use jiff::civil::Date;

use crate::book::Book;
use crate::clock::Clock;
use crate::emulator::Emulator;
use crate::entra::{Application, EntraSettings};
use crate::faults::FaultScript;
use crate::links::LinkForm;
use crate::settings::Settings;

/// Sets an [`Emulator`] up. Made by [`Emulator::builder`]; every setting has a default.
#[derive(Clone)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct EmulatorBuilder {
    pub(crate) address: SocketAddr,
    pub(crate) authority_address: SocketAddr,
    pub(crate) customers: usize,
    pub(crate) processed_on: Option<String>,
    pub(crate) clock: Clock,
    pub(crate) rate_per_minute: Option<u32>,
    pub(crate) customer_rate_per_minute: Option<u32>,
    pub(crate) recorded_requests: usize,
    pub(crate) accepted_tokens: Vec<String>,
    pub(crate) entra: EntraSettings,
    pub(crate) faults: FaultScript,
    pub(crate) settings: Settings,
}

/// A free port of the first loopback address.
const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            address: ANY_PORT,
            authority_address: ANY_PORT,
            customers: Book::DEFAULT_CUSTOMERS,
            processed_on: None,
            clock: Clock::system(),
            rate_per_minute: None,
            customer_rate_per_minute: None,
            recorded_requests: 10_000,
            accepted_tokens: Vec::new(),
            entra: EntraSettings::default(),
            faults: FaultScript::new(),
            settings: Settings {
                seed: 1,
                latency: Duration::ZERO,
                page_size: None,
                customer_links: LinkForm::Unversioned,
                commercial_links: LinkForm::Absolute,
                compress: true,
            },
        }
    }

    /// How many customers the [book](crate::Book) has; default [`Book::DEFAULT_CUSTOMERS`]. A book of one is the
    /// documentation's own: the partner's totals are then the documented examples.
    pub fn customers(mut self, customers: usize) -> Self {
        self.customers = customers;
        self
    }

    /// The seed of the book; default 1. The same seed gives the same bytes.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// The day of the latest data, as `2026-08-30`, which is the default. The documented customers keep their own days.
    pub fn processed_on(mut self, day: impl Into<String>) -> Self {
        self.processed_on = Some(day.into());
        self
    }

    /// How long every API answer takes at least, in real time; default none.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Throttles the partner: from the call after `calls` within a minute of the emulator's clock on, every one is
    /// answered 429 with `Retry-After`, until the minute is over. Default: no limit.
    pub fn rate_per_minute(mut self, calls: u32) -> Self {
        self.rate_per_minute = Some(calls);
        self
    }

    /// Throttles each customer of the partner in the same way, counting only calls about that customer. Default: no limit.
    pub fn customer_rate_per_minute(mut self, calls: u32) -> Self {
        self.customer_rate_per_minute = Some(calls);
        self
    }

    /// The most rows or customers a page has, if that is less than the service's own limit (500 customers, 10,000 rows):
    /// many pages from a small book. Zero counts as one.
    pub fn page_size(mut self, rows: usize) -> Self {
        self.settings.page_size = Some(rows.max(1));
        self
    }

    /// How the customer list writes the address of its next page; default [`LinkForm::Unversioned`].
    pub fn customer_links(mut self, form: LinkForm) -> Self {
        self.settings.customer_links = form;
        self
    }

    /// How the commercial endpoints write `@nextLink`; default [`LinkForm::Absolute`].
    pub fn commercial_links(mut self, form: LinkForm) -> Self {
        self.settings.commercial_links = form;
        self
    }

    /// Whether bodies of a kibibyte and more are sent with gzip or brotli to clients that accept it; default true.
    pub fn compress(mut self, compress: bool) -> Self {
        self.settings.compress = compress;
        self
    }

    /// What goes wrong, when; default nothing. [`Emulator::set_faults`] changes it later.
    pub fn faults(mut self, script: impl Into<FaultScript>) -> Self {
        self.faults = script.into();
        self
    }

    /// Accepts this opaque access token. Once one is named, only the named ones and those the emulator issued itself are
    /// accepted; otherwise any opaque token is, as one of an application with a user who passed multi-factor
    /// authentication.
    pub fn accept_token(mut self, token: impl Into<String>) -> Self {
        self.accepted_tokens.push(token.into());
        self
    }

    /// Registers an application. Once one is named, [`Entra::CLIENT_ID`](crate::Entra::CLIENT_ID) is no longer known.
    pub fn application(mut self, application: Application) -> Self {
        self.entra.applications.push(application);
        self
    }

    /// Approves every device sign-in by itself: this many polls are answered `authorization_pending`, the next gets the
    /// token. Default: a device sign-in waits until somebody [approves](crate::Entra::approve_device_code) it.
    pub fn approve_device_codes_after(mut self, polls: u32) -> Self {
        self.entra.approve_after = Some(polls);
        self
    }

    /// How many seconds clients of a device code are told to wait between polls; default 5, as Entra says. Nothing is
    /// held against a client that does not.
    pub fn device_interval(mut self, seconds: u32) -> Self {
        self.entra.device_interval = Some(seconds);
        self
    }

    /// Writes `expires_in` and the like as strings, which the older token endpoint always does.
    pub fn numbers_as_strings(mut self, strings: bool) -> Self {
        self.entra.numbers_as_strings = strings;
        self
    }

    /// Refuses a refresh token that was redeemed before. Stricter than Entra, whose tokens outlive their redemption: it
    /// shows a client that loses a rotation at once instead of after 90 days.
    pub fn single_use_refresh_tokens(mut self, single_use: bool) -> Self {
        self.entra.single_use_refresh_tokens = single_use;
        self
    }

    /// The clock of token expiry, throttling and `Date`; default [`Clock::system`].
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How many requests [`Emulator::requests`] remembers, the latest; default 10,000. Each takes about a kibibyte.
    pub fn recorded_requests(mut self, requests: usize) -> Self {
        self.recorded_requests = requests;
        self
    }

    /// The address of the API; default a free port of `127.0.0.1`. Anything but a loopback address is refused by
    /// [`start`](Self::start): the emulator accepts any token and must not be reachable from outside.
    pub fn bind(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The port of the API on `127.0.0.1`.
    pub fn port(self, port: u16) -> Self {
        self.bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port))
    }

    /// The address of the sign-in host; default a free port of `127.0.0.1`. It has a port of its own because a client
    /// must tell the two hosts apart.
    pub fn bind_authority(mut self, address: SocketAddr) -> Self {
        self.authority_address = address;
        self
    }

    /// Starts serving on the current Tokio runtime.
    ///
    /// # Errors
    /// An address that is not loopback or cannot be bound, or a setting that makes no sense.
    pub async fn start(self) -> Result<Emulator, StartError> {
        Emulator::start(self).await
    }

    /// Starts serving on a thread of its own, for programs without a runtime and for tests that block while they wait for
    /// another process. Otherwise the same.
    ///
    /// ```
    /// use partner_center_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().start_on_own_thread()?;
    /// assert!(std::net::TcpStream::connect(emulator.base_url().trim_start_matches("http://")).is_ok());
    /// # Ok::<(), partner_center_emulator::StartError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`start`](Self::start), and a thread or runtime that the operating system refuses.
    pub fn start_on_own_thread(self) -> Result<Emulator, StartError> {
        Emulator::start_on_own_thread(self)
    }

    pub(crate) fn book(&self) -> Result<Book, StartError> {
        let latest = match &self.processed_on {
            None => Book::DEFAULT_SNAPSHOT,
            Some(day) => day.parse::<Date>().map_err(|_| {
                StartError::Setting(format!("`{day}` is not a day; write it as in 2026-08-30"))
            })?,
        };
        Ok(Book::processed_on(self.customers, self.settings.seed, latest))
    }
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("address", &self.address)
            .field("customers", &self.customers)
            .field("seed", &self.settings.seed)
            .finish_non_exhaustive()
    }
}

/// Why an emulator did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The address is reachable from outside.
    NotLoopback(SocketAddr),
    /// The address could not be bound.
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The runtime of an own thread could not be started.
    Runtime(std::io::Error),
    /// A setting makes no sense; the text says which and why.
    Setting(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "the emulator serves loopback addresses only, and {address} is not one; use 127.0.0.1 or [::1]"
            ),
            Self::Bind { address, source } => write!(f, "{address} cannot be bound: {source}"),
            Self::Runtime(source) => write!(f, "no runtime could be started: {source}"),
            Self::Setting(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Runtime(source) => Some(source),
            Self::NotLoopback(_) | Self::Setting(_) => None,
        }
    }
}
