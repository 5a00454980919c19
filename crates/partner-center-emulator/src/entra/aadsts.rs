//! The errors of the sign-in host by AADSTS number: OAuth error, suberror, HTTP status and message.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use crate::clock::Clock;
use crate::response::{JSON, ServiceResponse};

/// One error.
#[derive(Debug)]
pub(crate) struct Aadsts {
    pub(crate) number: u32,
    error: &'static str,
    suberror: Option<&'static str>,
    status: StatusCode,
    /// The message; `{}` is replaced with its subject, such as the client id.
    text: &'static str,
}

macro_rules! table {
    ($($number:literal $error:literal $suberror:expr, $status:ident, $text:literal;)*) => {
        static TABLE: &[Aadsts] = &[$(Aadsts {
            number: $number, error: $error, suberror: $suberror, status: StatusCode::$status, text: $text,
        }),*];
    };
}

table! {
    50011 "invalid_request" None, BAD_REQUEST, "The redirect URI '{}' specified in the request does not match the redirect URIs configured for the application. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to fix this.";
    50027 "invalid_client" None, UNAUTHORIZED, "JWT token is invalid or malformed.";
    50076 "invalid_grant" Some("basic_action"), BAD_REQUEST, "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd'.";
    50078 "invalid_grant" Some("basic_action"), BAD_REQUEST, "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd'.";
    50079 "invalid_grant" Some("basic_action"), BAD_REQUEST, "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd'.";
    50097 "interaction_required" None, BAD_REQUEST, "Device authentication is required.";
    50131 "invalid_grant" Some("message_only"), BAD_REQUEST, "The device is not in the state that a Conditional Access policy requires, or the sign-in was blocked as suspicious.";
    50173 "invalid_grant" Some("bad_token"), BAD_REQUEST, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.";
    53000 "invalid_grant" Some("message_only"), BAD_REQUEST, "The device is not in the required state: compliant. Conditional Access policy requires a compliant device.";
    53003 "invalid_grant" Some("message_only"), BAD_REQUEST, "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
    54005 "invalid_grant" None, BAD_REQUEST, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.";
    65001 "invalid_grant" Some("consent_required"), BAD_REQUEST, "The user or administrator has not consented to use the application with ID '{}'. Send an interactive authorization request for this user and resource.";
    65004 "authorization_declined" None, BAD_REQUEST, "User declined to consent to access the app.";
    70000 "invalid_grant" None, BAD_REQUEST, "Provided grant is invalid or malformed.";
    70003 "unsupported_grant_type" None, BAD_REQUEST, "The app requested an unsupported grant type '{}'.";
    70005 "unsupported_response_type" None, BAD_REQUEST, "The app requested an unsupported response type '{}'.";
    70008 "invalid_grant" None, BAD_REQUEST, "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.";
    70011 "invalid_scope" None, BAD_REQUEST, "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {} is not valid.";
    70016 "authorization_pending" None, BAD_REQUEST, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
    70018 "bad_verification_code" None, BAD_REQUEST, "Invalid verification code.";
    70019 "expired_token" None, BAD_REQUEST, "Verification code expired. Have the user retry the sign-in.";
    70021 "invalid_client" None, UNAUTHORIZED, "No matching federated identity record found for presented assertion subject '{}'.";
    90002 "invalid_request" None, BAD_REQUEST, "Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.";
    90013 "invalid_request" None, BAD_REQUEST, "Invalid input received from the user.";
    90033 "temporarily_unavailable" None, SERVICE_UNAVAILABLE, "A transient error has occurred. Please try again.";
    501481 "invalid_grant" None, BAD_REQUEST, "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
    501491 "invalid_request" None, BAD_REQUEST, "Invalid size of Code_Challenge parameter.";
    530003 "invalid_grant" Some("message_only"), BAD_REQUEST, "The device is required to be managed to access this resource.";
    530036 "invalid_grant" Some("message_only"), BAD_REQUEST, "Access has been blocked by Conditional Access policies: this way of signing in is not allowed.";
    700007 "invalid_grant" None, BAD_REQUEST, "The grant was issued to a different client id.";
    700016 "unauthorized_client" None, BAD_REQUEST, "Application with identifier '{}' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.";
    700023 "invalid_client" None, UNAUTHORIZED, "Client assertion audience claim does not match Realm issuer.";
    700024 "invalid_client" None, UNAUTHORIZED, "Client assertion is not within its valid time range.";
    700027 "invalid_client" None, UNAUTHORIZED, "The certificate used to sign the client assertion is not registered on application. {}";
    700082 "invalid_grant" None, BAD_REQUEST, "The refresh token has expired due to inactivity. The token was issued on {} and was inactive for 90.00:00:00.";
    700084 "invalid_grant" None, BAD_REQUEST, "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which can't be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page.";
    900144 "invalid_request" None, BAD_REQUEST, "The request body must contain the following parameter: '{}'.";
    900561 "invalid_request" None, BAD_REQUEST, "The endpoint only accepts POST requests. Received a GET request.";
    1002012 "invalid_scope" None, BAD_REQUEST, "The provided value for scope {} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).";
    7000215 "invalid_client" None, UNAUTHORIZED, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.";
    7000218 "invalid_client" None, UNAUTHORIZED, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    7000222 "invalid_client" None, UNAUTHORIZED, "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for your app.";
    9002313 "invalid_request" None, BAD_REQUEST, "Invalid request. Request is malformed or invalid.";
}

impl Aadsts {
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        TABLE.iter()
    }
}

/// An OAuth error response: its AADSTS number and the subject of its message.
#[derive(Debug)]
pub(crate) struct OauthError {
    number: u32,
    about: String,
}

impl OauthError {
    pub(crate) fn new(number: u32) -> Self {
        Self::about(number, "")
    }

    pub(crate) fn about(number: u32, about: impl Into<String>) -> Self {
        Self { number, about: about.into() }
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The OAuth error, such as `invalid_grant`.
    pub(super) fn error(&self) -> &'static str {
        TABLE.iter().find(|line| line.number == self.number).map_or("invalid_request", |line| line.error)
    }

    /// The number and the text, with which the description of the error begins.
    pub(super) fn message(&self) -> String {
        self.line().map_or_else(String::new, |line| self.message_of(line))
    }

    fn message_of(&self, line: &Aadsts) -> String {
        format!("AADSTS{}: {}", line.number, line.text.replace("{}", &self.about))
    }

    fn line(&self) -> Option<&'static Aadsts> {
        let line = |number| TABLE.iter().find(|line| line.number == number);
        line(self.number).or_else(|| line(9002313))
    }

    /// The response. In the v1 endpoint, `interaction_required` replaces errors with the suberror `basic_action`.
    pub(crate) fn to_response(&self, clock: &Clock, ids: [uuid::Uuid; 2], v1: bool) -> ServiceResponse {
        let Some(line) = self.line() else {
            return ServiceResponse::new(StatusCode::INTERNAL_SERVER_ERROR, None, "");
        };
        let [trace, correlation] = ids;
        let timestamp = timestamp(clock);
        let message = self.message_of(line);
        let number = line.number;
        let error =
            if v1 && line.suberror == Some("basic_action") { "interaction_required" } else { line.error };
        let mut body = json!({
            "error": error,
            "error_description": format!(
                "{message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
            ),
            "error_codes": [number],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        });
        if let (Some(suberror), Some(members)) = (line.suberror, body.as_object_mut()) {
            members.insert("suberror".to_owned(), json!(suberror));
        }
        ServiceResponse { ids: false, ..ServiceResponse::json(line.status, JSON, &body) }
    }
}

fn timestamp(clock: &Clock) -> String {
    Timestamp::try_from(clock.now())
        .map(|now| now.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
        .unwrap_or_default()
}

/// Formats a time as in the message about expired refresh tokens.
pub(super) fn day(unix_seconds: u64) -> String {
    i64::try_from(unix_seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z").to_string())
        .unwrap_or_default()
}
