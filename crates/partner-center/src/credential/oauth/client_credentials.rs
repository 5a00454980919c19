//! App-only access: the client credentials flow, without a user.

use std::sync::Arc;

use super::AppRegistration;
use super::token_cache::{TokenCache, TokenSource};
use super::token_endpoint::{Grant, TokenEndpoint};
use crate::clock::{BoxFuture, ClockOffset};
use crate::credential::{AccessToken, Credential};
use crate::error::{Error, ErrorKind, ErrorReason, Result};

/// App-only access with a client secret, a certificate or an assertion.
///
/// It works for the customer list and for single customers. License analytics reject it with
/// [`ErrorKind::AppOnlyToken`] (403, code 900329) and need a [`RefreshToken`](super::RefreshToken). Clones share the
/// token.
///
/// ```
/// use partner_center::credential::{AppRegistration, ClientCredentials};
///
/// let app = AppRegistration::new("contoso.onmicrosoft.com", "00000000-1111-2222-3333-444444444444")
///     .with_client_secret("the secret's value");
/// let credential = ClientCredentials::new(&app)?;
/// # Ok::<(), partner_center::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    cache: TokenCache,
    endpoint: Arc<TokenEndpoint>,
}

impl ClientCredentials {
    /// Creates a credential. It requests its first token when a call needs one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration is invalid, has no secret, certificate or assertion, or does
    /// not name a single tenant.
    pub fn new(app: &AppRegistration) -> Result<Self> {
        if app.is_public_client() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "app-only access requires a client secret, a certificate or an assertion",
            )
            .with_reason(ErrorReason::ClientSecret)
            .with_advice(
                "Set the client secret of the app registration, or configure a certificate or an assertion.",
            ));
        }
        if !app.names_one_tenant() {
            return Err(Error::new(ErrorKind::Configuration, "app-only access requires a single tenant")
                .with_reason(ErrorReason::Tenant)
                .with_advice("Set the tenant to the partner tenant's id or domain."));
        }
        let endpoint = Arc::new(app.endpoint()?);
        let (clock, random) = (Arc::clone(endpoint.clock()), Arc::clone(endpoint.random()));
        Ok(Self { cache: TokenCache::new(AppOnly(Arc::clone(&endpoint)), clock, random), endpoint })
    }
}

impl Credential for ClientCredentials {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(self.cache.token())
    }

    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(self.cache.refresh(refused))
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.cache.settle())
    }

    fn clock_offset(&self) -> Option<ClockOffset> {
        self.endpoint.clock_offset()
    }
}

#[derive(Debug)]
struct AppOnly(Arc<TokenEndpoint>);

impl TokenSource for AppOnly {
    fn request_token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(async { Ok(self.0.request(&Grant::ClientCredentials).await?.access) })
    }
}
