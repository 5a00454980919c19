//! The token endpoint of one application: puts a request together, sends it until it is answered, reads the answer.
//!
//! It keeps no token and stores none; `session` and `refresh_token` do.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenResponse};
use oauth2::{
    AuthType, ClientId, ClientSecret, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, RequestTokenError,
    Scope, StandardDeviceAuthorizationResponse, StandardRevocableToken, TokenResponse, TokenUrl,
};
use partner_center_client::TransportErrorKind;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::authentication::{ClientAuthentication, Proof};
use super::http::{Http, HttpFailure};
use super::refusal::Refusal;
use crate::call::Limits;
use crate::clock::{Clock, Random};
use crate::credential::AccessToken;
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
}

/// One application at one tenant's sign-in service.
pub(super) struct TokenEndpoint {
    client: EntraClient,
    token_url: String,
    parts: Parts,
}

impl TokenEndpoint {
    pub(super) fn new(parts: Parts) -> Result<Self> {
        let unusable =
            |_| Error::new(ErrorKind::Configuration, "the authority or the tenant makes no address");
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
            let error = match self.request_once(grant).await? {
                Ok(answer) => return Ok(issued(&answer, asked_at)),
                Err(failure) => into_error(failure).with_attempts(attempt),
            };
            let wait = Limits::default().wait(&error, attempt, self.parts.random.as_ref());
            let Some(wait) = wait.filter(|wait| *wait <= LONGEST_WAIT) else { return Err(error) };
            tracing::debug!(attempt, ?wait, %error, "asking the sign-in service again");
            self.parts.clock.sleep(wait).await;
            attempt += 1;
        }
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
        // No attempts: a person is waiting and can start again.
        self.client
            .exchange_device_code()
            .add_scopes(self.user_scopes())
            .request_async(&self.parts.http)
            .await
            .map_err(|failure| into_error(failure).with_attempts(1))
    }

    /// Asks again and again, as often as the service allows, until the person has signed in or the code is dead.
    pub(super) async fn poll_device_code(
        &self,
        details: &StandardDeviceAuthorizationResponse,
    ) -> Result<Issued> {
        let (client, assertion) = self.proven().await?;
        let clock = &self.parts.clock;
        let scopes = self.user_scopes().map(|scope| scope.to_string()).join(" ");
        let mut request = client
            .exchange_device_access_token(details)
            // The code stands for its scopes already; Microsoft's own libraries repeat them here.
            .add_extra_param("scope", scopes)
            .set_time_fn(|| clock.system_time().into())
            .set_max_backoff_interval(LONGEST_WAIT);
        for (name, value) in assertion_parameters(assertion.as_ref()) {
            request = request.add_extra_param(name, value);
        }
        let answer = request.request_async(&self.parts.http, |wait| clock.sleep(wait), None).await;
        match answer {
            // When the last of many answers was asked for is not known, so that life counts from now.
            Ok(answer) => Ok(issued(&answer, clock.system_time())),
            Err(failure) => Err(into_error(match failure {
                RequestTokenError::ServerResponse(response) => {
                    let code = response.error().as_ref().to_owned();
                    let description = response.error_description().map(String::as_str);
                    RequestTokenError::ServerResponse(Refused(Refusal::new(&code, description)))
                }
                RequestTokenError::Request(failure) => RequestTokenError::Request(failure),
                RequestTokenError::Parse(error, body) => RequestTokenError::Parse(error, body),
                RequestTokenError::Other(text) => RequestTokenError::Other(text),
            })),
        }
    }

    /// The client with its proof, made anew because an assertion does not last.
    async fn proven(&self) -> Result<(EntraClient, Option<SecretString>)> {
        let parts = &self.parts;
        let proof = parts
            .authentication
            .prove(&parts.client_id, &self.token_url, parts.clock.as_ref(), parts.random.as_ref())
            .await?;
        let client = self.client.clone();
        Ok(match proof {
            Proof::None => (client, None),
            Proof::Secret(secret) => {
                (client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())), None)
            }
            Proof::Assertion(assertion) => (client, Some(assertion)),
        })
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

fn assertion_parameters(assertion: Option<&SecretString>) -> impl Iterator<Item = (&'static str, String)> {
    assertion.into_iter().flat_map(|assertion| {
        [
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", assertion.expose_secret().to_owned()),
        ]
    })
}

fn issued(answer: &BasicTokenResponse, asked_at: SystemTime) -> Issued {
    let mut access = AccessToken::new(answer.access_token().secret().as_str());
    // A life that overflows the calendar is none that was meant; the token is then kept until it is refused.
    if let Some(end) = answer.expires_in().and_then(|life| asked_at.checked_add(life)) {
        access = access.expires_at(end);
    }
    let refresh = answer.refresh_token().map(|token| SecretString::from(token.secret().as_str()));
    Issued { access, refresh }
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
        HttpFailure::Transport(_) => unreachable_service("the sign-in service could not be reached"),
        HttpFailure::Timeout => unreachable_service("the sign-in service did not answer in time"),
        HttpFailure::Status { status, retry_after } if matches!(status, 408 | 429 | 500..) => {
            let error = match status {
                429 => Error::new(ErrorKind::Throttled, "the sign-in service is throttling"),
                _ => Error::new(ErrorKind::Unavailable, "the sign-in service was unavailable")
                    .with_advice("Try again later."),
            };
            let error = error.with_status(*status);
            match retry_after {
                Some(wait) => error.with_retry_after(*wait),
                None => error,
            }
        }
        HttpFailure::Status { status, .. } | HttpFailure::Unreadable { status } => {
            unreadable().with_status(*status)
        }
    };
    error.with_source(failure)
}

fn unreachable_service(message: &'static str) -> Error {
    Error::new(ErrorKind::Network, message)
        .with_advice("Check the network, the proxy and the authority, and try again.")
}

fn unreadable() -> Error {
    Error::new(ErrorKind::InvalidAnswer, "the answer is not a sign-in service's").with_advice(
        "Check the authority, and that no proxy or sign-in page answers in its place: `partner-center doctor`.",
    )
}
