//! App-only access: an application on its own account, without a user.

use std::sync::Arc;

use super::AppRegistration;
use super::endpoint::{Grant, TokenEndpoint};
use super::session::{Mint, Session};
use crate::clock::{BoxFuture, ClockOffset};
use crate::credential::{AccessToken, Credential};
use crate::error::{Error, ErrorKind, Result};

/// App-only access from a client secret, a certificate or an assertion.
///
/// Good for the customer list and single customers; license analytics refuse it with
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
    session: Session,
    endpoint: Arc<TokenEndpoint>,
}

impl ClientCredentials {
    /// A credential that asks for its first token when the first call does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration cannot be used, proves itself by nothing, or names no single
    /// tenant.
    pub fn new(app: &AppRegistration) -> Result<Self> {
        if app.is_public_client() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "app-only access takes a secret or a certificate",
            )
            .with_advice("Set PARTNER_CENTER_CLIENT_SECRET, or give a certificate or an assertion."));
        }
        if !app.names_one_tenant() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "app-only access takes one tenant, not several",
            )
            .with_advice("Set PARTNER_CENTER_TENANT_ID to the partner tenant's id or domain."));
        }
        let endpoint = Arc::new(app.endpoint()?);
        let (clock, random) = (Arc::clone(endpoint.clock()), Arc::clone(endpoint.random()));
        Ok(Self { session: Session::new(AppOnly(Arc::clone(&endpoint)), clock, random), endpoint })
    }
}

impl Credential for ClientCredentials {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(self.session.token())
    }

    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(self.session.refresh(refused))
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.session.settle())
    }

    fn clock_offset(&self) -> Option<ClockOffset> {
        self.endpoint.clock_offset()
    }
}

#[derive(Debug)]
struct AppOnly(Arc<TokenEndpoint>);

impl Mint for AppOnly {
    fn mint(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(async { Ok(self.0.request(&Grant::ClientCredentials).await?.access) })
    }
}
