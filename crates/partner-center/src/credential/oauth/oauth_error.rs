//! Error responses of the sign-in service.
//!
//! `reason` classifies them. The AADSTS number is shown and selects the advice.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::advice::{advice_of, advice_of_number, message_of};
use super::reason;
use crate::credential::Redactor;
use crate::error::{Error, ErrorKind};

/// Why a sign-in service did not issue a token.
///
/// ```
/// use partner_center::credential::{Reason, OauthError};
/// # fn show(error: &partner_center::Error) {
/// if let Some(refusal) = OauthError::of(error) {
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
    /// The refresh token is expired, revoked or belongs to another application: the user must sign in again.
    SignInAgain,
    /// The user must do something while signing in, usually complete multi-factor authentication.
    Interaction,
    /// A policy of the tenant, such as Conditional Access, forbids the sign-in, its method or its device. Signing in
    /// again in the same way fails again.
    Policy,
    /// The application's access has not been consented to.
    Consent,
    /// The application could not be authenticated: a wrong or expired secret or certificate.
    Client,
    /// The application is not allowed to do this, or is unknown in this tenant.
    Application,
    /// The user declined.
    Declined,
    /// The device code was not used in time.
    CodeExpired,
    /// The request was malformed, or named something that does not exist.
    Request,
    /// The sign-in service reported a transient error.
    Unavailable,
    /// Something else; [`OauthError::error`] says what.
    Other,
}

/// The error response of a sign-in service. It is the source of the resulting [`Error`].
///
/// `Display` and `Debug` show the codes and ids, which are safe to log. The service's text may name people and is only
/// available from [`description`](Self::description).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OauthError {
    error: String,
    suberror: Option<String>,
    /// In the service's order.
    numbers: Vec<u32>,
    description: Option<String>,
    trace_id: Option<Uuid>,
    correlation_id: Option<Uuid>,
}

impl OauthError {
    /// Returns the sign-in error that caused `error`, if there is one.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    pub(super) fn new(error: &str, description: Option<&str>) -> Self {
        let description = description.map(str::trim).filter(|text| !text.is_empty());
        Self {
            error: code(error),
            suberror: None,
            numbers: description.and_then(number_in).into_iter().collect(),
            description: description.map(str::to_owned),
            trace_id: None,
            correlation_id: None,
        }
    }

    /// Parses a token endpoint's error body. `None` if it is not one.
    pub(super) fn recognise(body: &Value) -> Option<Self> {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let error = text("error").filter(|error| !error.trim().is_empty())?;
        let mut refusal = Self::new(error, text("error_description"));
        refusal.suberror = text("suberror").filter(|text| !text.is_empty()).map(code);
        let number = |code: &Value| match code {
            Value::Number(number) => number.as_u64().and_then(|number| number.try_into().ok()),
            Value::String(text) => text.trim().trim_start_matches("AADSTS").parse().ok(),
            _ => None,
        };
        let numbers: Vec<u32> = match body.get("error_codes") {
            Some(Value::Array(codes)) => codes.iter().filter_map(number).take(MOST_NUMBERS).collect(),
            Some(code) => number(code).into_iter().collect(),
            None => Vec::new(),
        };
        if !numbers.is_empty() {
            refusal.numbers = numbers;
        }
        refusal.trace_id = text("trace_id").and_then(|id| id.parse().ok());
        refusal.correlation_id = text("correlation_id").and_then(|id| id.parse().ok());
        Some(refusal)
    }

    /// The reason, from the OAuth error, its sub-error and the numbers of transient errors and policies.
    #[must_use]
    pub fn reason(&self) -> Reason {
        reason::reason_of(&self.error, self.suberror(), &self.numbers)
    }

    /// The OAuth error, such as `invalid_grant`.
    #[must_use]
    pub fn error(&self) -> &str {
        &self.error
    }

    /// Entra's sub-error, such as `bad_token`.
    #[must_use]
    pub fn suberror(&self) -> Option<&str> {
        self.suberror.as_deref()
    }

    /// The number under which Entra documents the error: 700082 for `AADSTS700082`. Use it for display and lookup;
    /// Entra warns against branching on it. If there are several, this is the one that determined the reason.
    #[must_use]
    pub fn aadsts(&self) -> Option<u32> {
        let deciding = self.numbers.iter().find(|number| reason::of_number(**number).is_some());
        deciding.or(self.numbers.first()).copied()
    }

    /// The service's description. It may name people: do not log it.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// A copy with these secrets removed from the description; `None` if it contains none.
    pub(super) fn redacted(&self, redactor: &Redactor) -> Option<Self> {
        match redactor.redact(self.description()?) {
            Cow::Borrowed(_) => None,
            Cow::Owned(clean) => Some(Self { description: Some(clean), ..self.clone() }),
        }
    }

    /// The id by which Microsoft support finds the request.
    #[must_use]
    pub fn trace_id(&self) -> Option<Uuid> {
        self.trace_id
    }

    /// The id by which Microsoft support finds the sign-in.
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
        let advice = self.advice();
        self.into_error_of(kind, message_of(reason), advice)
    }

    /// Like [`into_error`](Self::into_error), with a kind, message and advice that the caller chose.
    pub(super) fn into_error_of(self, kind: ErrorKind, message: &'static str, advice: &'static str) -> Error {
        let code = self.aadsts().map_or_else(|| self.error.clone(), |number| format!("AADSTS{number}"));
        let mut error = Error::new(kind, message).with_advice(advice).with_code(code);
        if let Some(description) = &self.description {
            error = error.with_description(description.clone());
        }
        error.with_source(self)
    }

    /// Who must do what.
    fn advice(&self) -> &'static str {
        match self.reason() {
            // The advice for a number would suggest another sign-in, which does not help here.
            reason @ (Reason::Policy | Reason::Unavailable) => advice_of(reason),
            reason => self.aadsts().and_then(advice_of_number).unwrap_or_else(|| advice_of(reason)),
        }
    }
}

/// More numbers than this are not read.
const MOST_NUMBERS: usize = 16;

/// Accepts only text that looks like a code, because codes are printed and the service's texts are not.
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

impl fmt::Display for OauthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if let Some(suberror) = &self.suberror {
            write!(f, "/{suberror}")?;
        }
        if let Some(number) = self.aadsts() {
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

impl fmt::Debug for OauthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OauthError({self})")
    }
}

impl std::error::Error for OauthError {}

impl<'de> Deserialize<'de> for OauthError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Value::deserialize(deserializer)?;
        Self::recognise(&body).ok_or_else(|| serde::de::Error::missing_field("error"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(body: &Value) -> OauthError {
        serde_json::from_value(body.clone()).unwrap()
    }

    #[test]
    fn the_oauth_error_sets_the_reason_and_the_number_is_shown() {
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
        assert!(error.advice().contains("90 days") && error.advice().contains("must sign in again"));
        assert!(error.description().unwrap().contains("sentinel"));
        assert!(!format!("{error} {error:?} {refusal} {refusal:?}").contains("sentinel"));
        assert_eq!(OauthError::of(&error), Some(&refusal));
        assert_eq!(OauthError::of(&Error::new(ErrorKind::Credential, "no source")), None);
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
            // There is advice without a number, too.
            assert!(!refusal.into_error().advice().is_empty());
        }
    }

    #[test]
    fn a_number_changes_the_advice_and_never_the_reason() {
        for number in [
            70008, 700_082, 700_084, 50173, 50076, 50079, 50078, 65001, 700_007, 7_000_215, 7_000_222,
            7_000_218, 700_016, 90002, 90013, 9_002_313, 700_024, 700_025, 700_027,
        ] {
            let body = json!({"error": "invalid_grant", "error_codes": [number]});
            let refusal = refusal(&body);
            assert_eq!(refusal.reason(), Reason::SignInAgain);
            assert_eq!(refusal.advice(), advice_of_number(number).unwrap());
            assert_eq!(refusal.into_error().code(), Some(format!("AADSTS{number}").as_str()));
        }
    }

    #[test]
    fn unusual_error_bodies_are_read_as_far_as_possible() {
        let from_text =
            refusal(&json!({"error": "invalid_client", "error_description": "AADSTS7000215: no."}));
        assert_eq!(from_text.aadsts(), Some(7_000_215));
        let as_strings = refusal(&json!({"error": "invalid_grant", "error_codes": ["50173"], "trace_id": 7}));
        assert_eq!(as_strings.aadsts(), Some(50173));
        let prose = refusal(&json!({"error": "User unauthorized: sentinel@contoso.example"}));
        assert_eq!(prose.to_string(), "unknown_error");
        for other in [json!({}), json!([]), json!({"error": {"code": "x"}}), json!("text")] {
            assert!(serde_json::from_value::<OauthError>(other).is_err());
        }
    }
}
