//! The token endpoint of one application: puts a request together, sends it until it is answered, reads the answer.
//!
//! It keeps no token and stores none; `session` and `refresh_token` do.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::header::{ACCEPT, CONTENT_TYPE};
use oauth2::basic::{
    BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenResponse, BasicTokenType,
};
use oauth2::{
    AuthType, ClientId, ClientSecret, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, RequestTokenError,
    Scope, StandardDeviceAuthorizationResponse, StandardRevocableToken, TokenResponse, TokenUrl,
};
use partner_center_client::TransportErrorKind;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::authentication::{ClientAuthentication, Proof};
use super::http::{Http, HttpFailure};
use super::notice::Notice;
use super::refusal::Refusal;
use crate::call::Limits;
use crate::clock::{Clock, ClockOffset, Random};
use crate::credential::{AccessToken, Redactor};
use crate::error::{Error, ErrorKind, Result};

/// Nobody waits longer than this in one call for a sign-in service.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The OAuth library's client, with errors as Entra writes them.
type EntraClient<HasDeviceUrl = EndpointSet, HasTokenUrl = EndpointSet> = oauth2::Client<
    Refused,
    BasicTokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    HasDeviceUrl,
    EndpointNotSet,
    EndpointNotSet,
    HasTokenUrl,
>;

type Failure = RequestTokenError<HttpFailure, Refused>;

/// A refusal as the OAuth library wants it, whose trait is no part of our interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Refused(Refusal);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl oauth2::ErrorResponse for Refused {}

/// What a token is asked for with.
pub(super) enum Grant<'a> {
    RefreshToken(&'a SecretString),
    ClientCredentials,
}

/// What a token endpoint gave.
pub(super) struct Issued {
    pub(super) access: AccessToken,
    /// The successor of the refresh token, where there is one.
    pub(super) refresh: Option<SecretString>,
}

/// What a poll for a device code came to, where it did not fail for good.
pub(super) enum Poll {
    SignedIn(Issued),
    Pending,
    SlowDown,
    /// None that can be read, or "not now".
    NoAnswer(Error),
}

/// Who hears of what no call fails of.
pub(super) type Listener = Arc<dyn Fn(&Notice) + Send + Sync>;

/// What an endpoint is made of; see [`AppRegistration`](super::AppRegistration).
pub(super) struct Parts {
    pub(super) tenant: String,
    pub(super) client_id: String,
    /// Of the tenant, without a slash at its end.
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
    parts: Parts,
}

impl TokenEndpoint {
    pub(super) fn new(parts: Parts) -> Result<Self> {
        let unusable = |_| unusable_address();
        let token_url = format!("{}/{}/oauth2/v2.0/token", parts.authority, parts.tenant);
        let device_url = format!("{}/{}/oauth2/v2.0/devicecode", parts.authority, parts.tenant);
        let client =
            EntraClient::<EndpointNotSet, EndpointNotSet>::new(ClientId::new(parts.client_id.clone()))
                // Entra takes both, but only the body leaves no trace in a proxy that logs headers.
                .set_auth_type(AuthType::RequestBody)
                .set_token_uri(TokenUrl::new(token_url.clone()).map_err(unusable)?)
                .set_device_authorization_url(DeviceAuthorizationUrl::new(device_url).map_err(unusable)?);
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

    /// Asks until there is an answer, or until it makes no sense to ask again.
    pub(super) async fn request(&self, grant: &Grant<'_>) -> Result<Issued> {
        let mut attempt = 1;
        loop {
            // The life of a token counts from before it was issued, so that it is never thought to live longer.
            let asked_at = self.parts.clock.system_time();
            match self.request_once(grant).await? {
                Ok(answer) => return issued(&answer, asked_at).map_err(|error| error.with_attempts(attempt)),
                Err(failure) => {
                    let error = self.without_secrets(into_error(failure), grant);
                    self.wait_after(error, &mut attempt).await?;
                }
            }
        }
    }

    /// The error without what was sent, should the host have echoed it.
    fn without_secrets(&self, error: Error, grant: &Grant<'_>) -> Error {
        let mut redactor = Redactor::new();
        if let Grant::RefreshToken(token) = grant {
            redactor.add(token.expose_secret());
        }
        if let ClientAuthentication::Secret(secret) = &self.parts.authentication {
            redactor.add(secret.expose_secret());
        }
        let error = error.redacted(&redactor);
        match Refusal::of(&error).and_then(|refusal| refusal.redacted(&redactor)) {
            Some(refusal) => error.with_source(refusal),
            None => error,
        }
    }

    /// Waits before the next attempt, or fails with the error of the last.
    async fn wait_after(&self, error: Error, attempt: &mut u32) -> Result<()> {
        let error = error.with_attempts(*attempt);
        let wait = Limits::default().credential_wait(&error, *attempt, self.parts.random.as_ref());
        let Some(wait) = wait.filter(|wait| *wait <= LONGEST_WAIT) else { return Err(error) };
        tracing::debug!(attempt = *attempt, ?wait, %error, "asking the sign-in service again");
        self.parts.clock.sleep(wait).await;
        *attempt += 1;
        Ok(())
    }

    /// How far this machine's clock was from the sign-in service's at its last answer.
    pub(super) fn clock_offset(&self) -> Option<ClockOffset> {
        self.parts.http.watch.offset()
    }

    async fn request_once(&self, grant: &Grant<'_>) -> Result<Result<BasicTokenResponse, Failure>> {
        let (client, assertion) = self.proven().await?;
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

    /// Asks for a device code and the code a person enters.
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

    /// Asks once whether the person has signed in.
    pub(super) async fn poll_device_code(&self, device_code: &str) -> Result<Poll> {
        let parts = &self.parts;
        let proof = self.proof().await?;
        let scopes = self.user_scopes().map(|scope| scope.to_string()).join(" ");
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            .append_pair("client_id", &parts.client_id)
            .append_pair("device_code", device_code)
            // The code stands for its scopes already; Microsoft's own libraries repeat them here.
            .append_pair("scope", &scopes);
        match &proof {
            Proof::None => {}
            Proof::Secret(secret) => {
                form.append_pair("client_secret", secret.expose_secret());
            }
            Proof::Assertion(assertion) => {
                form.extend_pairs(assertion_parameters(Some(assertion)));
            }
        }
        let request = http::Request::post(&self.token_url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish().into_bytes())
            .map_err(|_| unusable_address())?;
        let asked_at = parts.clock.system_time();
        let answer = match parts.http.exchange(request).await {
            Ok(answer) => answer,
            Err(failure) => return Ok(Poll::NoAnswer(no_answer(failure).with_attempts(1))),
        };
        if answer.status() == 200 {
            let token: BasicTokenResponse =
                serde_json::from_slice(answer.body()).map_err(|_| unreadable())?;
            return issued(&token, asked_at).map(Poll::SignedIn);
        }
        let refusal: Refusal = serde_json::from_slice(answer.body()).map_err(|_| unreadable())?;
        match refusal.error() {
            "authorization_pending" => Ok(Poll::Pending),
            "slow_down" => Ok(Poll::SlowDown),
            _ => Err(refusal.into_error()),
        }
    }

    /// The client with its proof, made anew because an assertion does not last.
    async fn proven(&self) -> Result<(EntraClient, Option<SecretString>)> {
        let client = self.client.clone();
        Ok(match self.proof().await? {
            Proof::None => (client, None),
            Proof::Secret(secret) => {
                (client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())), None)
            }
            Proof::Assertion(assertion) => (client, Some(assertion)),
        })
    }

    async fn proof(&self) -> Result<Proof> {
        let Parts { authentication, client_id, clock, random, .. } = &self.parts;
        authentication.prove(client_id, &self.token_url, clock.as_ref(), random.as_ref()).await
    }

    /// Reports what no call fails of.
    pub(super) fn tell(&self, notice: Notice) {
        tracing::warn!("{notice}");
        if let Some(listener) = &self.parts.notices {
            listener(&notice);
        }
    }

    /// What a user's token is asked for: `offline_access`, or no successor of the refresh token comes back.
    fn user_scopes(&self) -> [Scope; 2] {
        [Scope::new(self.parts.resource_scope.clone()), Scope::new("offline_access".to_owned())]
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
    Error::new(ErrorKind::Configuration, "the authority or the tenant makes no address")
}

fn assertion_parameters(assertion: Option<&SecretString>) -> impl Iterator<Item = (&'static str, String)> {
    assertion.into_iter().flat_map(|assertion| {
        [
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", assertion.expose_secret().to_owned()),
        ]
    })
}

fn issued(answer: &BasicTokenResponse, asked_at: SystemTime) -> Result<Issued> {
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(breach("the sign-in service gave a token that is no bearer token"));
    }
    let text = answer.access_token().secret().as_str();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(breach("the sign-in service gave an access token that is empty or cannot be sent"));
    }
    let mut access = AccessToken::new(text);
    // A life that overflows the calendar is none that was meant; the token is then kept until it is refused.
    if let Some(end) = answer.expires_in().and_then(|life| asked_at.checked_add(life)) {
        access = access.expires_at(end);
    }
    let refresh = answer.refresh_token().map(|token| SecretString::from(token.secret().as_str()));
    Ok(Issued { access, refresh })
}

/// An answer of a sign-in service that nothing can be done with.
fn breach(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidAnswer, message)
        .with_advice("Check the authority: this is not how Entra answers. Nothing was stored.")
}

/// The error for a request that brought no token. The OAuth library's own errors go no further: they quote bodies.
fn into_error(failure: Failure) -> Error {
    match failure {
        RequestTokenError::ServerResponse(refusal) => refusal.0.into_error(),
        RequestTokenError::Request(failure) => no_answer(failure),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => unreadable(),
    }
}

fn no_answer(failure: HttpFailure) -> Error {
    let error = match &failure {
        HttpFailure::Transport(error) if error.kind() == TransportErrorKind::Settings => Error::new(
            ErrorKind::Configuration,
            "the request to the sign-in service could not be put together",
        ),
        HttpFailure::Transport(error) if error.kind() == TransportErrorKind::Coding => unreadable(),
        HttpFailure::Transport(error) if error.kind().is_final() => {
            unreachable_service("the sign-in service could not be reached").with_no_hope()
        }
        HttpFailure::Transport(_) => unreachable_service("the sign-in service could not be reached"),
        HttpFailure::Timeout => unreachable_service("the sign-in service did not answer in time"),
        HttpFailure::Unreadable { status } => unreadable().with_status(*status),
        HttpFailure::NotNow { .. } => return not_now(failure),
    };
    error.with_source(failure)
}

/// The error for an answer that says "not now". It keeps what the service said, where it said something.
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
    Error::new(ErrorKind::InvalidAnswer, "the answer is not a sign-in service's").with_advice(
        "Check the authority, and that no proxy or sign-in page answers in its place: `partner-center doctor`.",
    )
}
