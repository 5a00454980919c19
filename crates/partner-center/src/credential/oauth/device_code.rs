//! Signing in by device code: a person enters a short code on another screen, and this one gets the token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use oauth2::StandardDeviceAuthorizationResponse;

use super::endpoint::{Issued, Poll, TokenEndpoint};
use super::refresh_token::refuse_if_newer;
use super::refusal::Refusal;
use super::{AppRegistration, RefreshToken, TokenStore};
use crate::error::{ErrorKind, Result};

/// A sign-in that waits for a person.
///
/// Show [`verification_uri`](Self::verification_uri) and [`user_code`](Self::user_code), then
/// [`wait`](Self::wait). The app registration must allow public client flows.
///
/// ```no_run
/// use std::sync::Arc;
/// use partner_center::credential::{AppRegistration, DeviceCode, FileStore};
///
/// # async fn sign_in() -> partner_center::Result<()> {
/// let app = AppRegistration::new("contoso.onmicrosoft.com", "00000000-1111-2222-3333-444444444444");
/// let sign_in = DeviceCode::start(&app, Arc::new(FileStore::new("token.json"))).await?;
/// println!("Open {} and enter {}", sign_in.verification_uri(), sign_in.user_code());
/// let credential = sign_in.wait().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a sign-in does nothing until it is waited for"]
pub struct DeviceCode {
    endpoint: Arc<TokenEndpoint>,
    store: Arc<dyn TokenStore>,
    details: StandardDeviceAuthorizationResponse,
    expires_at: SystemTime,
    /// The same by the clock that never goes back.
    deadline: Instant,
}

/// Codes live 15 minutes. One that is said to live longer than a day is not waited for so long.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How often to ask if the service does not say, or says "always": RFC 8628, 3.5.
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// What an interval grows by when the service asks to slow down, from the same paragraph.
const SLOWER: Duration = Duration::from_secs(5);
/// How far an interval grows while the service does not answer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);
/// How long before a code's end it is asked for the last time.
const LAST_CHANCE: Duration = Duration::from_secs(1);
/// So many answers in a row that are not a sign-in service's, and nobody waits any longer.
const MOST_UNREADABLE: u32 = 3;

impl DeviceCode {
    /// Asks the sign-in service for a code. What the sign-in yields will be kept in `store`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the registration cannot be used;
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential) if the sign-in service gives no code.
    pub async fn start(app: &AppRegistration, store: Arc<dyn TokenStore>) -> Result<Self> {
        let endpoint = Arc::new(app.endpoint()?);
        refuse_if_newer(&*store).await?;
        let (now, begun) = (endpoint.clock().system_time(), endpoint.clock().now());
        let details = endpoint.request_device_code().await?;
        let life = details.expires_in().min(LONGEST_LIFE);
        Ok(Self { endpoint, store, details, expires_at: now + life, deadline: begun + life })
    }

    /// What the person enters. Whoever enters it is who gets signed in, so show it to that person alone.
    #[must_use]
    pub fn user_code(&self) -> &str {
        self.details.user_code().secret()
    }

    /// Where the person enters it.
    #[must_use]
    pub fn verification_uri(&self) -> &str {
        self.details.verification_uri()
    }

    /// Until when; about 15 minutes.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }

    /// Waits for the person, stores the refresh token, and is then a credential like any other.
    ///
    /// Asks as often as the service allows, and slows down when it says so. Dropping the future abandons the sign-in.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential) if the person declines, does not come in time, or the
    /// sign-in brings no refresh token; and the errors of the store.
    pub async fn wait(self) -> Result<RefreshToken> {
        let issued = self.poll().await?;
        RefreshToken::begin(self.endpoint, self.store, issued, None).await
    }

    /// Asks again and again, as often as the service allows, until the person has signed in or the code has expired.
    async fn poll(&self) -> Result<Issued> {
        let clock = self.endpoint.clock();
        let mut interval = match self.details.interval() {
            Duration::ZERO => USUAL_INTERVAL,
            interval => interval,
        };
        let mut unreadable = 0;
        loop {
            let mut wait = interval;
            match self.endpoint.poll_device_code(self.details.device_code().secret()).await? {
                Poll::SignedIn(issued) => return Ok(issued),
                Poll::Pending => unreadable = 0,
                Poll::SlowDown => {
                    interval = interval.saturating_add(SLOWER);
                    wait = interval;
                }
                Poll::NoAnswer(error) if error.kind() == ErrorKind::Configuration => return Err(error),
                Poll::NoAnswer(error) => {
                    unreadable += u32::from(error.is_invalid_answer());
                    if unreadable >= MOST_UNREADABLE {
                        return Err(error);
                    }
                    interval = interval.saturating_mul(2).min(interval.max(LONGEST_BACKOFF));
                    wait = interval.max(error.retry_after().unwrap_or_default());
                }
            }
            let left = self.deadline.saturating_duration_since(clock.now());
            if left <= LAST_CHANCE {
                clock.sleep(left).await;
                return Err(Refusal::new("expired_token", None).into_error());
            }
            // Never past the end, whatever the service asks for, and once more before it.
            clock.sleep(wait.min(left.saturating_sub(LAST_CHANCE))).await;
        }
    }
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("verification_uri", &self.verification_uri())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
