//! Sign-in by device code: a user enters a short code on another device, and this process receives the token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use oauth2::StandardDeviceAuthorizationResponse;

use super::oauth_error::OauthError;
use super::refresh_token::refuse_if_newer;
use super::token_endpoint::{Issued, Poll, TokenEndpoint};
use super::{AppRegistration, RefreshToken, TokenStore};
use crate::error::{ErrorKind, Result};

/// A sign-in by device code that waits for the user.
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
    /// The same, by the monotonic clock.
    deadline: Instant,
}

/// Codes are valid for 15 minutes. This is the longest wait, whatever lifetime the service states.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);
/// The poll interval if the service gives none, or gives 0: RFC 8628, 3.5.
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// The increase of the interval when the service asks to slow down, from the same section.
const SLOWER: Duration = Duration::from_secs(5);
/// The longest interval while the service does not respond.
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);
/// How long before the code expires the last poll is sent.
const LAST_CHANCE: Duration = Duration::from_secs(1);
/// The sign-in fails after this many unreadable responses in a row.
const MOST_UNREADABLE: u32 = 3;

impl DeviceCode {
    /// Requests a code from the sign-in service. The refresh token of the sign-in will be kept in `store`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the registration is invalid;
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential) if the sign-in service does not issue a code.
    pub async fn start(app: &AppRegistration, store: Arc<dyn TokenStore>) -> Result<Self> {
        let endpoint = Arc::new(app.endpoint()?);
        refuse_if_newer(&*store).await?;
        let (now, begun) = (endpoint.clock().system_time(), endpoint.clock().now());
        let details = endpoint.request_device_code().await?;
        let life = details.expires_in().min(LONGEST_LIFE);
        Ok(Self { endpoint, store, details, expires_at: now + life, deadline: begun + life })
    }

    /// The code that the user enters. The sign-in is for the person who enters it, so show it to the intended user
    /// only.
    #[must_use]
    pub fn user_code(&self) -> &str {
        self.details.user_code().secret()
    }

    /// The address at which the user enters the code.
    #[must_use]
    pub fn verification_uri(&self) -> &str {
        self.details.verification_uri()
    }

    /// When the code expires, about 15 minutes after it was issued.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }

    /// Waits for the user to sign in, stores the refresh token, and returns a credential that uses it.
    ///
    /// Polls as often as the service allows, and slows down when asked to. Dropping the future abandons the sign-in.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential) if the user declines, the code expires, or the sign-in
    /// returns no refresh token; and the errors of the store.
    pub async fn wait(self) -> Result<RefreshToken> {
        let issued = self.poll().await?;
        RefreshToken::begin(self.endpoint, self.store, issued, None).await
    }

    /// Polls, as often as the service allows, until the user has signed in or the code has expired.
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
                Poll::NoResponse(error) if error.kind() == ErrorKind::Configuration => return Err(error),
                Poll::NoResponse(error) => {
                    unreadable += u32::from(error.is_invalid_response());
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
                return Err(OauthError::new("expired_token", None).into_error());
            }
            // Never wait past the expiry, whatever the service asks for, and poll once more before it.
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
