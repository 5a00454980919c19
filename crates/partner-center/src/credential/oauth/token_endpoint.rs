//! The token endpoint of one application: builds token requests, sends and retries them, and reads the responses.
//!
//! It neither caches nor stores tokens; `token_cache` and `refresh_token` do.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType};
use oauth2::{
    AuthType, AuthUrl, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl, EndpointNotSet,
    EndpointSet, ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, StandardDeviceAuthorizationResponse, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use partner_center_client::HttpErrorKind;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::authentication::{ClientAuthentication, ClientCredential};
use super::http::{Http, HttpFailure};
use super::notice::Notice;
use super::oauth_error::OauthError;
use crate::clock::{Clock, ClockOffset, Random};
use crate::credential::{AccessToken, Redactor};
use crate::error::connection::failed_connection;
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::limits::Limits;

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The OAuth library's client, with Entra's error format.
type EntraClient<HasUrl = EndpointSet> = oauth2::Client<
    Refused,
    EntraTokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    HasUrl,
    HasUrl,
    EndpointNotSet,
    EndpointNotSet,
    HasUrl,
>;

type EntraTokenResponse = StandardTokenResponse<IdToken, BasicTokenType>;

/// The ID token in a token response, if `openid` was requested.
#[derive(Clone, Serialize, Deserialize)]
struct IdToken {
    id_token: Option<String>,
}

/// The library requires it. The token names the user.
impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdToken").finish_non_exhaustive()
    }
}

impl ExtraTokenFields for IdToken {}

type Failure = RequestTokenError<HttpFailure, Refused>;

/// Implements the OAuth library's error trait, which keeps that trait out of the public interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Refused(OauthError);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl oauth2::ErrorResponse for Refused {}

/// The grant of a token request.
pub(super) enum Grant<'a> {
    RefreshToken(&'a SecretString),
    AuthorizationCode { code: &'a SecretString, verifier: &'a SecretString, redirect: &'a RedirectUrl },
    ClientCredentials,
}

/// The tokens that a token endpoint issued.
pub(super) struct Issued {
    pub(super) access: AccessToken,
    /// The new refresh token, if one was issued.
    pub(super) refresh: Option<SecretString>,
    /// The ID token, if one was requested. It names the user.
    pub(super) id_token: Option<SecretString>,
}

/// The result of polling for a device code, unless the sign-in failed.
pub(super) enum Poll {
    SignedIn(Issued),
    Pending,
    SlowDown,
    /// No response, an unreadable one, or a transient error.
    NoResponse(Error),
}

/// Receives notices.
pub(super) type Listener = Arc<dyn Fn(&Notice) + Send + Sync>;

/// The configuration of an endpoint; see [`AppRegistration`](super::AppRegistration).
pub(super) struct EndpointConfig {
    pub(super) tenant: String,
    pub(super) client_id: String,
    /// The sign-in host, without a trailing slash.
    pub(super) authority: String,
    pub(super) resource_scope: String,
    pub(super) authentication: ClientAuthentication,
    pub(super) http: Http,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) notices: Option<Listener>,
}

/// One application at one tenant's sign-in service.
pub(super) struct TokenEndpoint {
    client: EntraClient,
    token_url: String,
    parts: EndpointConfig,
}

impl TokenEndpoint {
    pub(super) fn new(parts: EndpointConfig) -> Result<Self> {
        let unusable = |_| unusable_address();
        let token_url = format!("{}/{}/oauth2/v2.0/token", parts.authority, parts.tenant);
        let device_url = format!("{}/{}/oauth2/v2.0/devicecode", parts.authority, parts.tenant);
        let sign_in_url = format!("{}/{}/oauth2/v2.0/authorize", parts.authority, parts.tenant);
        let client = EntraClient::<EndpointNotSet>::new(ClientId::new(parts.client_id.clone()))
            // Entra accepts both, but a proxy that logs headers does not log the body.
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::new(token_url.clone()).map_err(unusable)?)
            .set_device_authorization_url(DeviceAuthorizationUrl::new(device_url).map_err(unusable)?)
            .set_auth_uri(AuthUrl::new(sign_in_url).map_err(unusable)?);
        Ok(Self { client, token_url, parts })
    }

    pub(super) fn tenant(&self) -> &str {
        &self.parts.tenant
    }

    pub(super) fn client_id(&self) -> &str {
        &self.parts.client_id
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    pub(super) fn random(&self) -> &Arc<dyn Random> {
        &self.parts.random
    }

    /// Requests a token, and retries transient errors.
    pub(super) async fn request(&self, grant: &Grant<'_>) -> Result<Issued> {
        let mut attempt = 1;
        loop {
            // The lifetime counts from before the request, so that it is never overestimated.
            let asked_at = self.parts.clock.system_time();
            match self.request_once(grant).await? {
                Ok(response) => {
                    return issued(&response, asked_at).map_err(|error| error.with_attempts(attempt));
                }
                Err(failure) => {
                    let error = self.without_secrets(into_error(failure), grant);
                    self.wait_after(error, &mut attempt).await?;
                }
            }
        }
    }

    /// Removes secrets that the host may have echoed from the error.
    fn without_secrets(&self, error: Error, grant: &Grant<'_>) -> Error {
        let mut redactor = Redactor::new();
        match grant {
            Grant::RefreshToken(token) => redactor.add(token.expose_secret()),
            Grant::AuthorizationCode { code, verifier, .. } => {
                redactor.add(code.expose_secret());
                redactor.add(verifier.expose_secret());
            }
            Grant::ClientCredentials => {}
        }
        if let ClientAuthentication::Secret(secret) = &self.parts.authentication {
            redactor.add(secret.expose_secret());
        }
        let error = error.redacted(&redactor);
        match OauthError::of(&error).and_then(|refusal| refusal.redacted(&redactor)) {
            Some(refusal) => error.with_source(refusal),
            None => error,
        }
    }

    /// Waits before the next attempt, or returns the error of the last.
    async fn wait_after(&self, error: Error, attempt: &mut u32) -> Result<()> {
        let error = error.with_attempts(*attempt);
        let wait = Limits::default().credential_wait(&error, *attempt, self.parts.random.as_ref());
        let Some(wait) = wait.filter(|wait| *wait <= LONGEST_WAIT) else { return Err(error) };
        tracing::debug!(attempt = *attempt, ?wait, %error, "retrying the token request");
        self.parts.clock.sleep(wait).await;
        *attempt += 1;
        Ok(())
    }

    /// The offset of this machine's clock from the sign-in service's, as of its last response.
    pub(super) fn clock_offset(&self) -> Option<ClockOffset> {
        self.parts.http.watch.offset()
    }

    async fn request_once(&self, grant: &Grant<'_>) -> Result<Result<EntraTokenResponse, Failure>> {
        let (client, assertion) = self.authenticated_client().await?;
        let extra = assertion_parameters(assertion.as_ref());
        Ok(match grant {
            Grant::RefreshToken(token) => {
                let token = oauth2::RefreshToken::new(token.expose_secret().to_owned());
                let mut request = client.exchange_refresh_token(&token).add_scopes(self.user_scopes());
                for (name, value) in extra {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(&self.parts.http).await
            }
            Grant::AuthorizationCode { code, verifier, redirect } => {
                let code = oauth2::AuthorizationCode::new(code.expose_secret().to_owned());
                let mut request = client
                    .exchange_code(code)
                    .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
                    .set_redirect_uri(Cow::Borrowed(*redirect))
                    .add_extra_param("scope", self.sign_in_scopes().map(|scope| scope.to_string()).join(" "));
                for (name, value) in extra {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(&self.parts.http).await
            }
            Grant::ClientCredentials => {
                let scope = Scope::new(self.parts.resource_scope.clone());
                let mut request = client.exchange_client_credentials().add_scope(scope);
                for (name, value) in extra {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(&self.parts.http).await
            }
        })
    }

    /// Requests a device code and the code that the user enters.
    pub(super) async fn request_device_code(&self) -> Result<StandardDeviceAuthorizationResponse> {
        let mut attempt = 1;
        loop {
            let request = self.client.exchange_device_code().add_scopes(self.user_scopes());
            match request.request_async(&self.parts.http).await {
                Ok(details) => return Ok(details),
                Err(failure) => self.wait_after(into_error(failure), &mut attempt).await?,
            }
        }
    }

    /// The address at which a user signs in with a browser.
    pub(super) fn sign_in_url(
        &self,
        redirect: &RedirectUrl,
        challenge: PkceCodeChallenge,
        state: &CsrfToken,
        nonce: &CsrfToken,
    ) -> String {
        let request = self
            .client
            .authorize_url(|| state.clone())
            .set_pkce_challenge(challenge)
            .set_redirect_uri(Cow::Borrowed(redirect))
            .add_scopes(self.sign_in_scopes())
            .add_extra_param("nonce", nonce.secret())
            // Not in the query of the redirect: browsers keep the addresses of redirects in their history.
            .add_extra_param("response_mode", "form_post")
            // Otherwise a browser with one signed-in account uses that account without asking.
            .add_extra_param("prompt", "select_account");
        request.url().0.into()
    }

    /// Polls once for whether the user has signed in.
    pub(super) async fn poll_device_code(&self, device_code: &str) -> Result<Poll> {
        let parts = &self.parts;
        let proof = self.proof().await?;
        let scopes = self.user_scopes().map(|scope| scope.to_string()).join(" ");
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            .append_pair("client_id", &parts.client_id)
            .append_pair("device_code", device_code)
            // The device code already implies its scopes; Microsoft's own libraries repeat them here.
            .append_pair("scope", &scopes);
        match &proof {
            ClientCredential::None => {}
            ClientCredential::Secret(secret) => {
                form.append_pair("client_secret", secret.expose_secret());
            }
            ClientCredential::Assertion(assertion) => {
                form.extend_pairs(assertion_parameters(Some(assertion)));
            }
        }
        let request = http::Request::post(&self.token_url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish().into_bytes())
            .map_err(|_| unusable_address())?;
        let asked_at = parts.clock.system_time();
        let response = match parts.http.exchange(request).await {
            Ok(response) => response,
            Err(failure) => return Ok(Poll::NoResponse(no_response(failure).with_attempts(1))),
        };
        if response.status() == 200 {
            let token: EntraTokenResponse =
                serde_json::from_slice(response.body()).map_err(|_| unreadable())?;
            return issued(&token, asked_at).map(Poll::SignedIn);
        }
        let refusal: OauthError = serde_json::from_slice(response.body()).map_err(|_| unreadable())?;
        match refusal.error() {
            "authorization_pending" => Ok(Poll::Pending),
            "slow_down" => Ok(Poll::SlowDown),
            _ => Err(refusal.into_error()),
        }
    }

    /// The client with its credentials, created for each request because an assertion is short-lived.
    async fn authenticated_client(&self) -> Result<(EntraClient, Option<SecretString>)> {
        let client = self.client.clone();
        Ok(match self.proof().await? {
            ClientCredential::None => (client, None),
            ClientCredential::Secret(secret) => {
                (client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())), None)
            }
            ClientCredential::Assertion(assertion) => (client, Some(assertion)),
        })
    }

    async fn proof(&self) -> Result<ClientCredential> {
        let EndpointConfig { authentication, client_id, clock, random, .. } = &self.parts;
        authentication.authenticate(client_id, &self.token_url, clock.as_ref(), random.as_ref()).await
    }

    /// Logs a notice and passes it to the listener.
    pub(super) fn notify(&self, notice: Notice) {
        tracing::warn!("{notice}");
        if let Some(listener) = &self.parts.notices {
            listener(&notice);
        }
    }

    /// The scopes of a user's token. Without `offline_access`, the response contains no refresh token.
    fn user_scopes(&self) -> [Scope; 2] {
        [Scope::new(self.parts.resource_scope.clone()), Scope::new("offline_access".to_owned())]
    }

    /// The scopes of a sign-in with a browser. With `openid`, the response contains an ID token with the nonce.
    fn sign_in_scopes(&self) -> [Scope; 3] {
        let [resource, offline] = self.user_scopes();
        [resource, offline, Scope::new("openid".to_owned())]
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoint")
            .field("token_url", &self.token_url)
            .field("client_id", &self.parts.client_id)
            .field("authentication", &self.parts.authentication)
            .finish_non_exhaustive()
    }
}

fn unusable_address() -> Error {
    Error::new(ErrorKind::Configuration, "the authority and the tenant do not form a valid URL")
}

fn assertion_parameters(assertion: Option<&SecretString>) -> impl Iterator<Item = (&'static str, String)> {
    assertion.into_iter().flat_map(|assertion| {
        [
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", assertion.expose_secret().to_owned()),
        ]
    })
}

fn issued(response: &EntraTokenResponse, asked_at: SystemTime) -> Result<Issued> {
    if *response.token_type() != BasicTokenType::Bearer {
        return Err(breach("the sign-in service issued a token that is not a bearer token"));
    }
    let text = response.access_token().secret().as_str();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(breach(
            "the sign-in service issued an access token that is empty or cannot be sent in a header",
        ));
    }
    let mut access = AccessToken::new(text);
    // On overflow the expiry is unknown, and the token is used until it is rejected.
    if let Some(end) = response.expires_in().and_then(|life| asked_at.checked_add(life)) {
        access = access.expires_at(end);
    }
    let refresh = response.refresh_token().map(|token| SecretString::from(token.secret().as_str()));
    let id_token = response.extra_fields().id_token.as_deref().map(SecretString::from);
    Ok(Issued { access, refresh, id_token })
}

/// The error for a response that breaks the protocol.
pub(super) fn breach(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidResponse, message)
        .with_advice("Check the authority: Entra does not respond like this. Nothing was stored.")
}

/// The error for a request that returned no token. The OAuth library's own errors are not passed on: they quote bodies.
fn into_error(failure: Failure) -> Error {
    match failure {
        RequestTokenError::ServerResponse(refusal) => refusal.0.into_error(),
        RequestTokenError::Request(failure) => no_response(failure),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => unreadable(),
    }
}

fn no_response(failure: HttpFailure) -> Error {
    let error = match &failure {
        HttpFailure::HttpClient(error) if error.kind() == HttpErrorKind::Settings => {
            Error::new(ErrorKind::Configuration, "the request to the sign-in service could not be built")
        }
        HttpFailure::HttpClient(error) if error.kind() == HttpErrorKind::Coding => unreadable(),
        HttpFailure::HttpClient(error) => failed_connection(error.kind(), "the sign-in service")
            .unwrap_or_else(|| unreachable_service("the sign-in service could not be reached")),
        HttpFailure::Timeout => unreachable_service("the sign-in service did not respond in time"),
        // A proxy or the network responded, not a host.
        HttpFailure::Unreadable { status: status @ (407 | 511) } => {
            Error::from_response(*status, HeaderMap::new(), Bytes::new())
        }
        HttpFailure::Unreadable { status } => unreadable().with_status(*status),
        HttpFailure::NotNow { .. } => return not_now(failure),
    };
    error.with_source(failure)
}

/// The error for a transient failure of the service. It keeps the service's description, if there is one.
fn not_now(failure: HttpFailure) -> Error {
    let HttpFailure::NotNow { status, retry_after, ref refusal } = failure else { return unreadable() };
    let (kind, message) = match status {
        429 => (ErrorKind::Throttled, "the sign-in service is throttling"),
        _ => (ErrorKind::Unavailable, "the sign-in service was unavailable"),
    };
    let error = match refusal.clone() {
        Some(refusal) => (*refusal).into_error_of(kind, message, TRY_LATER),
        None => Error::new(kind, message).with_advice(TRY_LATER).with_source(failure),
    };
    let error = error.with_status(status);
    match retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

const TRY_LATER: &str = "Try again later.";

fn unreachable_service(message: &'static str) -> Error {
    Error::new(ErrorKind::Network, message)
        .with_advice("Check the network, the proxy and the authority, and try again.")
}

fn unreadable() -> Error {
    Error::new(ErrorKind::InvalidResponse, "the response is not from a sign-in service")
        .with_reason(ErrorReason::NotASignInService)
        .with_advice("Check the authority, and that no proxy or sign-in page responds in its place.")
}
