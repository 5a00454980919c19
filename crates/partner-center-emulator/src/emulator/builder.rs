//! The builder of an emulator: settings, defaults and validation.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::Emulator;
use crate::book::{Book, Day, DayError};
use crate::clock::Clock;
use crate::entra::{Application, EntraSettings};
use crate::faults::FaultScript;
use crate::links::LinkForm;
use crate::settings::Settings;

/// Configures and starts an [`Emulator`]. Created by [`Emulator::builder`]; every setting has a default.
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

/// A free port on 127.0.0.1.
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

    /// The number of customers in the [book](crate::Book); default [`Book::DEFAULT_CUSTOMERS`]. With one customer, the
    /// partner's totals are the documented examples.
    pub fn customers(mut self, customers: usize) -> Self {
        self.customers = customers;
        self
    }

    /// The seed of the book; default 1. The same seed gives the same bytes.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// The latest day with data; default `2026-08-30`. The numbers are those of that day: see [`Book`](crate::Book#days).
    /// The commercial endpoints also have the [`HISTORY_DAYS`](crate::Book::HISTORY_DAYS) days before it. On the latest
    /// day, the documented customers keep their own dates.
    pub fn processed_on(mut self, day: impl Into<String>) -> Self {
        self.processed_on = Some(day.into());
        self
    }

    /// The minimum duration of every API request, in real time; default zero.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Throttles the partner: after `calls` requests within a minute of the emulator's clock, further requests get 429
    /// with `Retry-After` until the minute is over. Default: no limit.
    pub fn rate_per_minute(mut self, calls: u32) -> Self {
        self.rate_per_minute = Some(calls);
        self
    }

    /// Throttles each customer in the same way, counting only requests for that customer. Default: no limit.
    pub fn customer_rate_per_minute(mut self, calls: u32) -> Self {
        self.customer_rate_per_minute = Some(calls);
        self
    }

    /// The most rows or customers per page, if less than the limit of the service (500 customers, 10,000 rows). Gives
    /// many pages for a small book. Zero counts as one.
    pub fn page_size(mut self, rows: usize) -> Self {
        self.settings.page_size = Some(rows.max(1));
        self
    }

    /// The form of the next-page link in the customer list; default [`LinkForm::Unversioned`].
    pub fn customer_links(mut self, form: LinkForm) -> Self {
        self.settings.customer_links = form;
        self
    }

    /// The form of `@nextLink` in the commercial endpoints; default [`LinkForm::Absolute`].
    pub fn commercial_links(mut self, form: LinkForm) -> Self {
        self.settings.commercial_links = form;
        self
    }

    /// Whether bodies of 1 KiB or more are compressed with gzip or brotli for clients that accept it; default true.
    pub fn compress(mut self, compress: bool) -> Self {
        self.settings.compress = compress;
        self
    }

    /// The faults to inject; default none. [`Emulator::set_faults`] replaces them later.
    pub fn faults(mut self, script: impl Into<FaultScript>) -> Self {
        self.faults = script.into();
        self
    }

    /// Accepts this opaque access token. If any are given, only these tokens and those that the emulator issued are
    /// accepted. By default any opaque token is accepted, as that of an application with a user who passed multi-factor
    /// authentication.
    pub fn accept_token(mut self, token: impl Into<String>) -> Self {
        self.accepted_tokens.push(token.into());
        self
    }

    /// Registers an application. If any are given, [`Entra::CLIENT_ID`](crate::Entra::CLIENT_ID) is not registered.
    pub fn application(mut self, application: Application) -> Self {
        self.entra.applications.push(application);
        self
    }

    /// Approves every device sign-in automatically: this many polls get `authorization_pending`, the next gets the
    /// token. Default: a device sign-in waits until it is [approved](crate::Entra::approve_device_code).
    pub fn approve_device_codes_after(mut self, polls: u32) -> Self {
        self.entra.approve_after = Some(polls);
        self
    }

    /// The poll interval in seconds in device code responses; default 5, as in Entra. It is not enforced.
    pub fn device_interval(mut self, seconds: u32) -> Self {
        self.entra.device_interval = Some(seconds);
        self
    }

    /// Writes numbers such as `expires_in` as strings. The v1 token endpoint always does.
    pub fn numbers_as_strings(mut self, strings: bool) -> Self {
        self.entra.numbers_as_strings = strings;
        self
    }

    /// Rejects a refresh token that was redeemed before. Entra does not; this reveals a client that fails to store a
    /// rotated token immediately instead of after 90 days.
    pub fn single_use_refresh_tokens(mut self, single_use: bool) -> Self {
        self.entra.single_use_refresh_tokens = single_use;
        self
    }

    /// The clock for token expiry, throttling and the `Date` header; default [`Clock::system`].
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The number of latest requests that [`Emulator::requests`] keeps; default 10,000. Each takes about 1 KiB.
    pub fn recorded_requests(mut self, requests: usize) -> Self {
        self.recorded_requests = requests;
        self
    }

    /// The address of the API; default a free port on `127.0.0.1`. [`start`](Self::start) rejects addresses that are
    /// not loopback: the emulator accepts any token and must not be reachable from outside.
    pub fn bind(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The port of the API on `127.0.0.1`.
    pub fn port(self, port: u16) -> Self {
        self.bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port))
    }

    /// The address of the sign-in host; default a free port on `127.0.0.1`. The port differs from that of the API, so
    /// that a client that confuses the two hosts fails.
    pub fn bind_authority(mut self, address: SocketAddr) -> Self {
        self.authority_address = address;
        self
    }

    /// Starts serving on the current Tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] if an address is not loopback or cannot be bound, or if a setting is invalid.
    pub async fn start(self) -> Result<Emulator, StartError> {
        Emulator::start(self).await
    }

    /// Starts serving on a separate thread with its own runtime, for programs without a runtime and for tests that
    /// block while they wait for another process.
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
    /// As for [`start`](Self::start), and [`StartError::Runtime`] if the runtime cannot be started.
    pub fn start_on_own_thread(self) -> Result<Emulator, StartError> {
        Emulator::start_on_own_thread(self)
    }

    pub(crate) fn book(&self) -> Result<Book, StartError> {
        let latest = match &self.processed_on {
            None => Day::DEFAULT,
            Some(day) => day.parse().map_err(|error: DayError| StartError::Setting(error.to_string()))?,
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

/// An error that prevented an emulator from starting.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The address is not a loopback address.
    NotLoopback(SocketAddr),
    /// The address could not be bound.
    Bind {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The runtime of the separate thread could not be started.
    Runtime(std::io::Error),
    /// A setting is invalid; the text says which and why.
    Setting(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "the emulator listens only on loopback addresses, and {address} is not one; use 127.0.0.1 or [::1]"
            ),
            Self::Bind { address, source } => write!(f, "cannot listen on {address}: {source}"),
            Self::Runtime(source) => write!(f, "could not start a runtime: {source}"),
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
