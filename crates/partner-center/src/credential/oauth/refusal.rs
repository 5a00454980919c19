//! What the sign-in service says when it gives no token, and what a person can do about it.
//!
//! The OAuth error and its sub-error decide. The AADSTS number is shown and chooses the advice, but no code branches
//! on it: Entra reserves the right to change the numbers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{Error, ErrorKind};

/// Why a sign-in service gave no token.
///
/// ```
/// use partner_center::credential::{Reason, Refusal};
/// # fn show(error: &partner_center::Error) {
/// if let Some(refusal) = Refusal::of(error) {
///     match refusal.reason() {
///         Reason::SignInAgain => println!("{}", error.advice()),
///         _ => println!("{refusal}"),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The refresh token is expired, revoked or not this application's: a person must sign in again.
    SignInAgain,
    /// A person must do something while signing in, most often prove a second factor.
    Interaction,
    /// Nobody has consented to the application's access yet.
    Consent,
    /// The application could not prove to be itself: a wrong or expired secret or certificate.
    Client,
    /// The application may not do this, or is not known in this tenant.
    Application,
    /// The person declined.
    Declined,
    /// The device code was not used in time.
    CodeExpired,
    /// The request was malformed, or asked for what does not exist.
    Request,
    /// The sign-in service was not able to answer, and said so in an error of its own.
    Unavailable,
    /// Something else; [`Refusal::error`] says what.
    Other,
}

/// What a sign-in service answered when it gave no token. The source of the [`Error`] that comes of it.
///
/// `Display` and `Debug` show the codes and ids, which are safe to log; what the service said in words may name people
/// and is only in [`description`](Self::description).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    error: String,
    suberror: Option<String>,
    aadsts: Option<u32>,
    description: Option<String>,
    trace_id: Option<Uuid>,
    correlation_id: Option<Uuid>,
}

impl Refusal {
    /// The refusal an error comes of, if it comes of one.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    pub(super) fn new(error: &str, description: Option<&str>) -> Self {
        let description = description.map(str::trim).filter(|text| !text.is_empty());
        Self {
            error: code(error),
            suberror: None,
            aadsts: description.and_then(number_in),
            description: description.map(str::to_owned),
            trace_id: None,
            correlation_id: None,
        }
    }

    /// Reads a token endpoint's error body. `None` if it is not one.
    fn recognise(body: &Value) -> Option<Self> {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let mut refusal = Self::new(text("error")?, text("error_description"));
        refusal.suberror = text("suberror").filter(|text| !text.is_empty()).map(code);
        let first = body.get("error_codes").and_then(|codes| codes.get(0));
        refusal.aadsts = match first {
            Some(Value::Number(number)) => number.as_u64().and_then(|number| number.try_into().ok()),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        }
        .or(refusal.aadsts);
        refusal.trace_id = text("trace_id").and_then(|id| id.parse().ok());
        refusal.correlation_id = text("correlation_id").and_then(|id| id.parse().ok());
        Some(refusal)
    }

    /// What it comes down to, by the OAuth error and its sub-error.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match (self.error.as_str(), self.suberror.as_deref()) {
            ("invalid_grant", Some("consent_required")) | ("consent_required", _) => Reason::Consent,
            (
                "invalid_grant",
                Some(
                    "basic_action"
                    | "additional_action"
                    | "message_only"
                    | "user_password_expired"
                    | "protection_policy_required",
                ),
            )
            | ("interaction_required" | "login_required", _) => Reason::Interaction,
            ("invalid_grant", _) => Reason::SignInAgain,
            ("invalid_client", _) => Reason::Client,
            ("unauthorized_client", _) => Reason::Application,
            ("access_denied" | "authorization_declined", _) => Reason::Declined,
            ("expired_token" | "code_expired" | "bad_verification_code", _) => Reason::CodeExpired,
            (
                "invalid_request"
                | "invalid_scope"
                | "invalid_resource"
                | "unsupported_grant_type"
                | "unsupported_response_type",
                _,
            ) => Reason::Request,
            ("temporarily_unavailable" | "server_error", _) => Reason::Unavailable,
            _ => Reason::Other,
        }
    }

    /// The OAuth error, such as `invalid_grant`.
    #[must_use]
    pub fn error(&self) -> &str {
        &self.error
    }

    /// Entra's finer word for it, such as `bad_token`.
    #[must_use]
    pub fn suberror(&self) -> Option<&str> {
        self.suberror.as_deref()
    }

    /// The number Entra documents the error by: 700082 for `AADSTS700082`. To be shown and looked up; Entra warns
    /// against branching on it.
    #[must_use]
    pub fn aadsts(&self) -> Option<u32> {
        self.aadsts
    }

    /// What the service said, in its words. May name people: for the person who asked, not for a log.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The id Microsoft support finds the request by.
    #[must_use]
    pub fn trace_id(&self) -> Option<Uuid> {
        self.trace_id
    }

    /// The id Microsoft support finds the sign-in by.
    #[must_use]
    pub fn correlation_id(&self) -> Option<Uuid> {
        self.correlation_id
    }

    pub(super) fn into_error(self) -> Error {
        let reason = self.reason();
        let kind = match reason {
            Reason::Unavailable => ErrorKind::Unavailable,
            _ => ErrorKind::Credential,
        };
        let code = self.aadsts.map_or_else(|| self.error.clone(), |number| format!("AADSTS{number}"));
        let mut error = Error::new(kind, message_of(reason)).with_advice(self.advice()).with_code(code);
        if let Some(description) = &self.description {
            error = error.with_description(description.clone());
        }
        error.with_source(self)
    }

    /// Who must do what, with which command.
    fn advice(&self) -> &'static str {
        self.aadsts.and_then(advice_of_number).unwrap_or_else(|| advice_of(self.reason()))
    }
}

fn message_of(reason: Reason) -> &'static str {
    match reason {
        Reason::SignInAgain => "the sign-in service no longer takes the refresh token",
        Reason::Interaction => "the sign-in service wants the user to sign in in person",
        Reason::Consent => "nobody has consented to the application's access to Partner Center",
        Reason::Client => "the sign-in service did not accept the application's secret or certificate",
        Reason::Application => "the application is not known in this tenant, or may not sign in this way",
        Reason::Declined => "the sign-in was declined",
        Reason::CodeExpired => "the device code was not used in time",
        Reason::Request => "the sign-in service refused the request as invalid",
        Reason::Unavailable => "the sign-in service was unavailable",
        Reason::Other => "the sign-in service gave no token",
    }
}

fn advice_of(reason: Reason) -> &'static str {
    match reason {
        Reason::SignInAgain => {
            "The user whose access the job uses must sign in again, with multi-factor authentication: \
             `partner-center login`."
        }
        Reason::Interaction => {
            "The user must sign in again and complete multi-factor authentication: `partner-center login`."
        }
        Reason::Consent => {
            "A Global Administrator of the partner tenant must grant consent to the app registration (API permissions, \
             Grant admin consent); then sign in again: `partner-center login`."
        }
        Reason::Client => {
            "Whoever owns the app registration must issue a new client secret or certificate; set it as \
             PARTNER_CENTER_CLIENT_SECRET."
        }
        Reason::Application => {
            "Compare PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLIENT_ID with the app registration's overview page; \
             for `partner-center login` it must also allow public client flows."
        }
        Reason::Declined => "Start again, and let the user approve the sign-in: `partner-center login`.",
        Reason::CodeExpired => {
            "Start again, and enter the code within its 15 minutes: `partner-center login`."
        }
        Reason::Request => {
            "Check the tenant, the client id, the cloud and the token resource: `partner-center doctor` shows where \
             each came from."
        }
        Reason::Unavailable => "Try again later.",
        Reason::Other => {
            "Look the code up at https://login.microsoftonline.com/error, and see `partner-center doctor`."
        }
    }
}

/// The numbers partners meet, each with what it takes to be rid of it.
fn advice_of_number(number: u32) -> Option<&'static str> {
    Some(match number {
        70008 | 700_082 => {
            "The refresh token went unused for 90 days. The user whose access the job uses must sign in again: \
             `partner-center login`; keep its successors in a token store, so that they are used."
        }
        700_084 => {
            "This refresh token was issued to a single-page application and lives 24 hours. Register a web or public \
             client platform instead, and sign in again: `partner-center login`."
        }
        50173 => {
            "The user's sessions were revoked or the password was changed. The user must sign in again: \
             `partner-center login`."
        }
        50076 | 50079 | 50078 => {
            "Multi-factor authentication is needed, must be enrolled, or has run out. The user must sign in again and \
             complete it: `partner-center login`."
        }
        65001 => {
            "A Global Administrator of the partner tenant must grant consent to the app registration (API \
             permissions, Grant admin consent); then sign in again: `partner-center login`."
        }
        700_007 => {
            "The refresh token was issued to another application. Set PARTNER_CENTER_CLIENT_ID to that one, or sign \
             in as this one: `partner-center login`."
        }
        7_000_215 => {
            "The client secret is wrong. Whoever owns the app registration must issue a new one; take its value, not \
             its id, and set it as PARTNER_CENTER_CLIENT_SECRET."
        }
        7_000_222 => {
            "The client secret has expired. Whoever owns the app registration must issue a new one; set it as \
             PARTNER_CENTER_CLIENT_SECRET."
        }
        7_000_218 => {
            "The app registration is a confidential client: set PARTNER_CENTER_CLIENT_SECRET, or let its owner turn on \
             Allow public client flows under Authentication."
        }
        700_016 => {
            "The application is not in this tenant. Compare PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLIENT_ID \
             with the app registration's overview page."
        }
        90002 => {
            "There is no such tenant in this cloud. Check PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLOUD."
        }
        90013 | 9_002_313 => {
            "The sign-in service could not read the request. Check the tenant, the client id and the refresh token for \
             stray spaces or cut ends."
        }
        53003 => {
            "A Conditional Access policy blocked the sign-in. Ask the tenant's administrator which one, or run from \
             an allowed place."
        }
        700_024 => "The assertion is not valid at this time. Set this machine's clock right.",
        700_025 => {
            "The app registration is a public client and takes no secret: unset PARTNER_CENTER_CLIENT_SECRET, or register \
             a web platform for it."
        }
        700_027 => {
            "The certificate is not registered. Whoever owns the app registration must upload it under Certificates \
             and secrets, and its key must be the one used here."
        }
        _ => return None,
    })
}

/// Only what looks like a code is one: it is printed where the service's words are not.
fn code(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    let text = text.trim();
    if !text.is_empty() && text.len() <= 64 && text.bytes().all(plain) { text } else { "unknown_error" }
        .to_owned()
}

/// The number in `AADSTS700082: The refresh token has expired ...`.
fn number_in(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if let Some(suberror) = &self.suberror {
            write!(f, "/{suberror}")?;
        }
        if let Some(number) = self.aadsts {
            write!(f, ", AADSTS{number}")?;
        }
        if let Some(id) = self.trace_id {
            write!(f, ", trace id {id}")?;
        }
        if let Some(id) = self.correlation_id {
            write!(f, ", correlation id {id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({self})")
    }
}

impl std::error::Error for Refusal {}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Value::deserialize(deserializer)?;
        Self::recognise(&body).ok_or_else(|| serde::de::Error::missing_field("error"))
    }
}

impl oauth2::ErrorResponse for Refusal {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(body: &Value) -> Refusal {
        serde_json::from_value(body.clone()).unwrap()
    }

    #[test]
    fn the_oauth_error_decides_and_the_number_is_shown() {
        // The shape of Entra's token endpoint, with an invented description.
        let refusal = refusal(&json!({
            "error": "invalid_grant",
            "suberror": "bad_token",
            "error_description": "AADSTS700082: It has expired for sentinel-user@contoso.example.",
            "error_codes": [700_082],
            "timestamp": "2026-01-01 00:00:00Z",
            "trace_id": "11111111-2222-3333-4444-555555555555",
            "correlation_id": "66666666-7777-8888-9999-000000000000",
            "error_uri": "https://login.microsoftonline.com/error?code=700082",
        }));
        assert_eq!(refusal.reason(), Reason::SignInAgain);
        assert_eq!(
            refusal.to_string(),
            "invalid_grant/bad_token, AADSTS700082, trace id 11111111-2222-3333-4444-555555555555, \
             correlation id 66666666-7777-8888-9999-000000000000",
        );
        let error = refusal.clone().into_error();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert_eq!(error.code(), Some("AADSTS700082"));
        assert!(error.advice().contains("90 days") && error.advice().contains("`partner-center login`"));
        assert!(error.description().unwrap().contains("sentinel"));
        assert!(!format!("{error} {error:?} {refusal} {refusal:?}").contains("sentinel"));
        assert_eq!(Refusal::of(&error), Some(&refusal));
        assert_eq!(Refusal::of(&Error::new(ErrorKind::Credential, "no source")), None);
    }

    #[test]
    fn each_error_has_its_reason() {
        for (error, suberror, reason) in [
            ("invalid_grant", "", Reason::SignInAgain),
            ("invalid_grant", "token_expired", Reason::SignInAgain),
            ("invalid_grant", "client_mismatch", Reason::SignInAgain),
            ("invalid_grant", "consent_required", Reason::Consent),
            ("invalid_grant", "basic_action", Reason::Interaction),
            ("interaction_required", "", Reason::Interaction),
            ("interaction_required", "additional_action", Reason::Interaction),
            ("invalid_client", "", Reason::Client),
            ("unauthorized_client", "", Reason::Application),
            ("invalid_request", "", Reason::Request),
            ("invalid_scope", "", Reason::Request),
            ("authorization_declined", "", Reason::Declined),
            ("access_denied", "", Reason::Declined),
            ("expired_token", "", Reason::CodeExpired),
            ("temporarily_unavailable", "", Reason::Unavailable),
            ("something_new", "", Reason::Other),
        ] {
            let refusal = refusal(&json!({"error": error, "suberror": suberror}));
            assert_eq!(refusal.reason(), reason, "{error} {suberror}");
            // No number: the reason alone has advice.
            assert!(!refusal.into_error().advice().is_empty());
        }
    }

    #[test]
    fn a_number_changes_the_advice_and_never_the_reason() {
        for number in [
            70008, 700_082, 700_084, 50173, 50076, 50079, 50078, 65001, 700_007, 7_000_215, 7_000_222,
            7_000_218, 700_016, 90002, 90013, 9_002_313, 53003, 700_024, 700_025, 700_027,
        ] {
            let body = json!({"error": "invalid_grant", "error_codes": [number]});
            let refusal = refusal(&body);
            assert_eq!(refusal.reason(), Reason::SignInAgain);
            assert_eq!(refusal.advice(), advice_of_number(number).unwrap());
            assert_eq!(refusal.into_error().code(), Some(format!("AADSTS{number}").as_str()));
        }
    }

    #[test]
    fn shapes_that_drift_are_read_as_far_as_they_go() {
        let from_text =
            refusal(&json!({"error": "invalid_client", "error_description": "AADSTS7000215: no."}));
        assert_eq!(from_text.aadsts(), Some(7_000_215));
        let as_strings = refusal(&json!({"error": "invalid_grant", "error_codes": ["50173"], "trace_id": 7}));
        assert_eq!(as_strings.aadsts(), Some(50173));
        let prose = refusal(&json!({"error": "User unauthorized: sentinel@contoso.example"}));
        assert_eq!(prose.to_string(), "unknown_error");
        for other in [json!({}), json!([]), json!({"error": {"code": "x"}}), json!("text")] {
            assert!(serde_json::from_value::<Refusal>(other).is_err());
        }
    }
}
