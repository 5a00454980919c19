//! Signing in by device code: a person enters a short code on another screen, and this one gets the token.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use oauth2::StandardDeviceAuthorizationResponse;

use super::endpoint::TokenEndpoint;
use super::{AppRegistration, RefreshToken, TokenStore};
use crate::error::Result;

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
}

impl DeviceCode {
    /// Asks the sign-in service for a code. What the sign-in yields will be kept in `store`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the registration cannot be used;
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential) if the sign-in service gives no code.
    pub async fn start(app: &AppRegistration, store: Arc<dyn TokenStore>) -> Result<Self> {
        let endpoint = Arc::new(app.endpoint()?);
        let now = endpoint.clock().system_time();
        let details = endpoint.request_device_code().await?;
        let expires_at = now.checked_add(details.expires_in()).unwrap_or(now);
        Ok(Self { endpoint, store, details, expires_at })
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
        let issued = self.endpoint.poll_device_code(&self.details).await?;
        RefreshToken::begin(self.endpoint, self.store, issued, None).await
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
