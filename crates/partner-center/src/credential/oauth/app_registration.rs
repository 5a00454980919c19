//! App registrations: the tenant, cloud, client id and authentication that tokens are requested with.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use partner_center_client::{HttpClient, HttpSettings, without_user};
use secrecy::SecretString;
use uuid::Uuid;

use super::authentication::{Certificate, ClientAuthentication};
use super::http::Http;
use super::notice::Notice;
use super::token_endpoint::{EndpointConfig, Listener, TokenEndpoint};
use crate::base_url::BaseUrl;
use crate::clock::{Clock, Random, SystemClock, SystemRandom};
use crate::cloud::Cloud;
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::proxy;
use crate::request_context::CLIENT_NAME;

/// The permissions that a token request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenScope {
    /// `.default`: all permissions that were consented to. Works with every grant.
    #[default]
    Default,
    /// `user_impersonation`, the only delegated permission of Partner Center. For user sign-ins only.
    UserImpersonation,
}

/// An app registration in Entra, and the settings for the sign-in service.
///
/// Every refreshing credential is created from one. Settings are checked when a credential is created, not before.
///
/// ```
/// use partner_center::Cloud;
/// use partner_center::credential::{AppRegistration, ClientCredentials};
///
/// let app = AppRegistration::new("contoso.onmicrosoft.com", "00000000-1111-2222-3333-444444444444")
///     .with_cloud(Cloud::UsGov)
///     .with_client_secret("the secret's value");
/// let credential = ClientCredentials::new(&app)?;
/// # Ok::<(), partner_center::Error>(())
/// ```
#[derive(Clone)]
pub struct AppRegistration {
    tenant: String,
    client_id: String,
    cloud: Cloud,
    authority: Option<String>,
    resource: Option<String>,
    scope: TokenScope,
    authentication: ClientAuthentication,
    transport: HttpSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    notices: Option<Listener>,
}

impl AppRegistration {
    /// Creates a registration with this application (client) id in this partner tenant (its GUID or one of its
    /// domains), as a public client of the global cloud.
    #[must_use]
    pub fn new(tenant: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            tenant: tenant.into(),
            client_id: client_id.into(),
            cloud: Cloud::default(),
            authority: None,
            resource: None,
            scope: TokenScope::default(),
            authentication: ClientAuthentication::None,
            transport: HttpSettings::new(CLIENT_NAME),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            notices: None,
        }
    }

    /// Signs in to another national cloud.
    #[must_use]
    pub fn with_cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// Replaces the cloud's sign-in host, for example with `https://login.partner.microsoftonline.cn`. Plain http is
    /// allowed for loopback addresses only.
    #[must_use]
    pub fn with_authority(mut self, authority: impl Into<String>) -> Self {
        self.authority = Some(authority.into());
        self
    }

    /// Replaces the cloud's token resource: the audience of the tokens.
    #[must_use]
    pub fn with_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Requests this scope instead of `.default`.
    #[must_use]
    pub fn with_scope(mut self, scope: TokenScope) -> Self {
        self.scope = scope;
        self
    }

    /// Authenticates the application with a client secret.
    #[must_use]
    pub fn with_client_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.authentication = ClientAuthentication::Secret(secret.into());
        self
    }

    /// Authenticates the application with a certificate, which Microsoft recommends over a secret.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Certificate) -> Self {
        self.authentication = ClientAuthentication::Certificate(certificate);
        self
    }

    /// Authenticates the application with an assertion from your own source: the token of a federated identity (a
    /// workload identity, a CI job, a managed identity). The source is called for every token request, so an assertion
    /// may be short-lived.
    ///
    /// ```
    /// use partner_center::credential::AppRegistration;
    ///
    /// let app = AppRegistration::new("contoso.onmicrosoft.com", "00000000-1111-2222-3333-444444444444")
    ///     .with_assertion(|| async { Ok("a token of the platform this runs on".into()) });
    /// ```
    #[must_use]
    pub fn with_assertion<F, R>(mut self, source: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<SecretString>> + Send + 'static,
    {
        self.authentication = ClientAuthentication::Assertion(Arc::new(move || Box::pin(source())));
        self
    }

    /// Sends token requests through this proxy. By default no proxy is used, and proxy environment variables are
    /// ignored unless [`with_proxy_from_environment`](Self::with_proxy_from_environment) reads them.
    #[must_use]
    pub fn with_proxy(mut self, url: impl Into<String>) -> Self {
        self.transport.proxy = Some(url.into());
        self
    }

    /// Reaches these hosts without the proxy; see
    /// [`PartnerCenterBuilder::no_proxy`](crate::PartnerCenterBuilder::no_proxy).
    #[must_use]
    pub fn with_no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.transport.no_proxy = Some(hosts.into());
        self
    }

    /// Sends token requests through the proxy of this process's environment, if it names one; see
    /// [`PartnerCenterBuilder::proxy_from_environment`](crate::PartnerCenterBuilder::proxy_from_environment).
    #[must_use]
    pub fn with_proxy_from_environment(mut self) -> Self {
        if let Some((proxy, no_proxy)) = proxy::of_this_process() {
            (self.transport.proxy, self.transport.no_proxy) = (Some(proxy), Some(no_proxy));
        }
        self
    }

    /// Trusts an additional root certificate (PEM), for a proxy that inspects TLS. Call it again to add more.
    #[must_use]
    pub fn with_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.transport.root_certificates.push(pem.into());
        self
    }

    /// Uses this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Uses this source of randomness for jitter and ids.
    #[must_use]
    pub fn with_random(mut self, random: impl Random) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// Calls this function for every [`Notice`]: an event that does not fail a call. It is called from the credential's
    /// own thread and should return quickly. Notices are also logged with `tracing`.
    #[must_use]
    pub fn with_notices(mut self, listener: impl Fn(&Notice) + Send + Sync + 'static) -> Self {
        self.notices = Some(Arc::new(listener));
        self
    }

    /// The tenant, without surrounding spaces.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.tenant.trim()
    }

    /// The application (client) id, without surrounding spaces.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.client_id.trim()
    }

    /// The cloud.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// The sign-in host: the cloud's, or its replacement.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority.as_deref().unwrap_or(self.cloud.authority())
    }

    /// The token resource: the cloud's, or its replacement.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.resource.as_deref().unwrap_or(self.cloud.resource())
    }

    /// The certificate, if the application authenticates with one.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        match &self.authentication {
            ClientAuthentication::Certificate(certificate) => Some(certificate),
            _ => None,
        }
    }

    /// Whether the application does not authenticate.
    pub(super) fn is_public_client(&self) -> bool {
        self.authentication.is_none()
    }

    /// Whether the tenant is a single tenant, and not a keyword for several.
    pub(super) fn names_one_tenant(&self) -> bool {
        !["common", "organizations", "consumers"].iter().any(|word| self.tenant().eq_ignore_ascii_case(word))
    }

    /// Validates the registration and builds its token endpoint. Sends nothing.
    pub(super) fn endpoint(&self) -> Result<TokenEndpoint> {
        let tenant = self.tenant();
        check_tenant(tenant)?;
        let client_id = check_client_id(self.client_id())?;
        let authority = check_authority(self.authority())?;
        let resource = BaseUrl::named("token resource", Cloud::Global.resource(), self.resource())?;
        let permission = match self.scope {
            TokenScope::Default => ".default",
            TokenScope::UserImpersonation => "user_impersonation",
        };
        let mut settings = self.transport.clone();
        settings.plain_only = authority.plain;
        let transport = HttpClient::new(&settings).map_err(|error| {
            Error::new(ErrorKind::Configuration, "the proxy or a root certificate cannot be used")
                .with_source(error)
        })?;
        TokenEndpoint::new(EndpointConfig {
            tenant: tenant.to_owned(),
            client_id: client_id.to_string(),
            authority: authority.text,
            resource_scope: format!("{}/{permission}", resource.text),
            authentication: self.authentication.clone(),
            http: Http::new(transport, Arc::clone(&self.clock)),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            notices: self.notices.clone(),
        })
    }
}

/// Rejects what is neither a GUID nor a domain.
pub(crate) fn check_tenant(tenant: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if !tenant.is_empty() && tenant.bytes().all(plain) && !tenant.starts_with('.') {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Configuration, "the tenant is neither a GUID nor a domain")
        .with_reason(ErrorReason::Tenant)
        .with_advice(
            "Set the tenant to the partner tenant's id or to one of its domains, such as \
             contoso.onmicrosoft.com.",
        ))
}

/// Parses an application (client) id.
pub(crate) fn check_client_id(id: &str) -> Result<Uuid> {
    id.parse().map_err(|_| {
        Error::new(ErrorKind::Configuration, "the client id is not a GUID")
            .with_reason(ErrorReason::ClientId)
            .with_advice(
                "Set the client id to the Application (client) ID on the app registration's overview page.",
            )
    })
}

/// Parses the address of a sign-in host.
pub(crate) fn check_authority(address: &str) -> Result<BaseUrl> {
    BaseUrl::named("authority", Cloud::Global.authority(), address)
}

impl fmt::Debug for AppRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the transport's settings: a proxy's address may contain a password.
        f.debug_struct("AppRegistration")
            .field("tenant", &self.tenant)
            .field("client_id", &self.client_id)
            .field("cloud", &self.cloud)
            .field("authority", &self.authority.as_deref().map(without_user))
            .field("resource", &self.resource.as_deref().map(without_user))
            .field("scope", &self.scope)
            .field("authentication", &self.authentication)
            .finish_non_exhaustive()
    }
}
