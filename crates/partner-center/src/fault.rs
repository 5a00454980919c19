//! Every error body the service sends, and what each stands for.
//!
//! Partner Center is several services behind a gateway, and each has its own error body. This module recognises them
//! all, loosely, and maps (status, code) to a kind, a sentence and advice. It never fails: a body it does not know is
//! simply no fault, and the status speaks alone. Sending, waiting and retrying are not here.

use serde_json::{Map, Value};

use crate::error::ErrorKind;

/// What an error body said.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The code as text, whether it was sent as a number or as a string.
    pub(crate) code: Option<String>,
    /// The service's own words.
    pub(crate) description: Option<String>,
}

/// Error bodies are short; a long one is a page of something else.
const LONGEST_BODY: usize = 64 * 1024;
/// Codes are numbers or identifiers; whatever is longer is not one, and must not reach a log line.
const LONGEST_CODE: usize = 64;

impl Fault {
    /// Reads an error body in any of the known shapes. `None` for anything else, such as HTML or an empty body.
    pub(crate) fn recognise(body: &[u8]) -> Option<Self> {
        if body.len() > LONGEST_BODY {
            return None;
        }
        let text = crate::call::text::decode(body).ok()?;
        let Value::Object(object) = serde_json::from_str(&text).ok()? else { return None };
        Self::from_object(&object)
    }

    fn from_object(object: &Map<String, Value>) -> Option<Self> {
        // The analytics back end wraps the real code: {"code":"BadRequest","innererror":{"code":..}}.
        if let Some(Value::Object(inner)) = get(object, "innererror")
            && let Some(fault) = Self::from_object(inner)
        {
            return Some(fault);
        }
        match get(object, "error") {
            // Other Partner APIs: {"error":{"code":..,"message":..}}.
            Some(Value::Object(inner)) => return Self::from_object(inner),
            // Entra: {"error":"invalid_grant","error_description":..}; the analytics back end: {"error":"a sentence"}.
            Some(Value::String(error)) => {
                let description = text(object, &["error_description"]).unwrap_or_else(|| error.clone());
                return Some(Self { code: as_code(error), description: Some(description) });
            }
            _ => {}
        }
        // v1 services and newer commerce say `code` and `description`, the gateway `statusCode` and `message`,
        // ASP.NET only `Message`.
        let code = code(object, "code").or_else(|| code(object, "errorName"));
        let description = text(object, &["description", "message"]);
        if code.is_none() && description.is_none() {
            return None;
        }
        Some(Self { code, description })
    }
}

/// Keys come in either letter case.
fn get<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object
        .get(key)
        .or_else(|| object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

fn text(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match get(object, key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    })
}

fn code(object: &Map<String, Value>, key: &str) -> Option<String> {
    match get(object, key)? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => as_code(text),
        _ => None,
    }
}

/// Only what looks like a code is one: the code is printed where the service's prose is not.
fn as_code(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!text.is_empty() && text.len() <= LONGEST_CODE && text.bytes().all(plain)).then(|| text.to_owned())
}

/// What an error status and its fault stand for. Codes repeat between statuses, so both count.
pub(crate) fn kind_of(status: u16, fault: Option<&Fault>) -> ErrorKind {
    let code = fault.and_then(|fault| fault.code.as_deref()).unwrap_or_default();
    let says = |text: &str| {
        fault
            .and_then(|fault| fault.description.as_deref())
            .is_some_and(|description| description.to_ascii_lowercase().contains(text))
    };
    // The older wording of 900329, seen with 403 and once with 500.
    if says("accessed by application credentials") {
        return ErrorKind::AppOnlyToken;
    }
    match (status, code) {
        (401, "900420") => ErrorKind::WrongAudience,
        (401, "900421") => ErrorKind::MfaRequired,
        (401, _) if says("mfa required") => ErrorKind::MfaRequired,
        (401, _) => ErrorKind::Unauthorized,
        (403, "900329") => ErrorKind::AppOnlyToken,
        (403, "20002") => ErrorKind::NoRelationship,
        (403, "900309") => ErrorKind::ConditionalAccess,
        (403, "900149" | "800039") => ErrorKind::NotEnrolled,
        (403, "1002" | "2032" | "900150" | "900308") => ErrorKind::MissingRole,
        (403, _) => ErrorKind::Forbidden,
        (404, "60003") => ErrorKind::CustomerNotFound,
        (404, _) => ErrorKind::NotFound,
        (429, _) => ErrorKind::Throttled,
        (408 | 500.., _) => ErrorKind::Unavailable,
        (400..=499, _) => ErrorKind::Rejected,
        _ => ErrorKind::InvalidAnswer,
    }
}

/// The first words of an error that came as an answer.
pub(crate) fn message_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "an argument cannot be used",
        ErrorKind::Configuration => "a setting cannot be used",
        ErrorKind::Credential => "no access token could be had",
        ErrorKind::TokenStore => "the token store failed",
        ErrorKind::Unauthorized => "the access token was refused",
        ErrorKind::WrongAudience => "the access token is for another audience",
        ErrorKind::MfaRequired => "the access token carries no multi-factor authentication claim",
        ErrorKind::Forbidden => "access was refused",
        ErrorKind::AppOnlyToken => "this operation does not take application-only tokens",
        ErrorKind::MissingRole => "the signed-in user lacks the role this takes",
        ErrorKind::ConditionalAccess => "a Conditional Access policy blocked the call",
        ErrorKind::NotEnrolled => "the partner's programme enrolment is not active",
        ErrorKind::NoRelationship => "the partner has no relationship with this customer",
        ErrorKind::NotFound => "not found",
        ErrorKind::CustomerNotFound => "no such customer",
        ErrorKind::Rejected => "the service refused the request as invalid",
        ErrorKind::Throttled => "the service is throttling and did not stop within the attempts allowed",
        ErrorKind::Unavailable => "the service was unavailable for all attempts allowed",
        ErrorKind::Network => "the connection failed",
        ErrorKind::Timeout => "the time allowed for the call was up",
        ErrorKind::InvalidAnswer => "the answer breaks the contract",
    }
}

/// What the person who runs the call can do about it.
pub(crate) fn advice_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "Correct the argument and try again; nothing was sent.",
        ErrorKind::Configuration => "Correct the setting and try again; nothing was sent.",
        ErrorKind::Credential => {
            "Sign in with `partner-center login`, or set PARTNER_CENTER_ACCESS_TOKEN or the refresh-token settings."
        }
        ErrorKind::TokenStore => "Check the disk or the keyring the token is kept in, and run again.",
        ErrorKind::Unauthorized => {
            "Get a fresh App+User token for this partner tenant (tokens live about an hour): `partner-center login`."
        }
        ErrorKind::WrongAudience => {
            "Request the token for https://api.partnercenter.microsoft.com; graph.windows.net has not been accepted \
             since August 2025."
        }
        ErrorKind::MfaRequired => {
            "Sign in again with multi-factor authentication and mint a new refresh token: `partner-center login`."
        }
        ErrorKind::Forbidden => {
            "Check that the app is consented, that the user is in the partner tenant and is Admin Agent, and that the \
             partner is direct-bill or an indirect provider: `partner-center doctor`."
        }
        ErrorKind::AppOnlyToken => {
            "Use an App+User token (a signed-in user, or a consented refresh token): all licence analytics need one."
        }
        ErrorKind::MissingRole => {
            "Ask a Global Administrator of the partner tenant to give the user the Admin Agent role, or the GDAP role \
             for this customer."
        }
        ErrorKind::ConditionalAccess => {
            "Ask the tenant's administrator which Conditional Access policy blocked the sign-in, or run from an allowed place."
        }
        ErrorKind::NotEnrolled => {
            "Check the enrolment in the Cloud Solution Provider programme in Partner Center's account settings."
        }
        ErrorKind::NoRelationship => {
            "Check the customer id; if it is right, the relationship has ended or was never accepted by the customer."
        }
        ErrorKind::NotFound => "Check the id and the base URL.",
        ErrorKind::CustomerNotFound => {
            "Check the customer id: it is the tenant id of the customer, as `partner-center customers list` shows it."
        }
        ErrorKind::Rejected => "The service's own description says which part of the request it refused.",
        ErrorKind::Throttled => {
            "Wait as long as the service asked for, and lower the concurrency: limits are per partner, or per partner \
             and customer."
        }
        ErrorKind::Unavailable => {
            "Try again later; if it persists, give Microsoft support the request id and the correlation id."
        }
        ErrorKind::Network => "Check the network, the proxy and the base URL, and try again.",
        ErrorKind::Timeout => {
            "Allow more time (the service has been seen to take over 100 seconds), or try again later."
        }
        ErrorKind::InvalidAnswer => {
            "Look at the raw body: a proxy's or sign-in page is the usual cause. If it is Partner Center's own answer, \
             please report its shape."
        }
    }
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The description is the service's prose and may name a customer.
        f.debug_struct("Fault").field("code", &self.code).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every shape that is known, the code and the description that are read from it.
    #[test]
    fn every_known_shape_is_recognised() {
        for (body, code, description) in [
            (r#"{"code":2000,"description":"d","data":[],"source":"s"}"#, Some("2000"), Some("d")),
            (r#"{"Code":"2000","Description":"d"}"#, Some("2000"), Some("d")),
            (r#"{"code":600061,"message":"m","description":"d","errorName":"n"}"#, Some("600061"), Some("d")),
            (r#"{"statusCode":429,"message":"m"}"#, None, Some("m")),
            (
                r#"{"code":"BadRequest","innererror":{"code":"InvalidQueryParameters","message":"m"},"message":"o"}"#,
                Some("InvalidQueryParameters"),
                Some("m"),
            ),
            (r#"{"error":{"code":"c","message":"m"}}"#, Some("c"), Some("m")),
            (r#"{"error":"User unauthorized to access it"}"#, None, Some("User unauthorized to access it")),
            (r#"{"Message":"m"}"#, None, Some("m")),
            (r#"{"error":"invalid_grant","error_description":"d"}"#, Some("invalid_grant"), Some("d")),
        ] {
            for body in [body.to_owned(), format!("\u{feff}{body}")] {
                let fault = Fault::recognise(body.as_bytes()).unwrap();
                assert_eq!(
                    (fault.code.as_deref(), fault.description.as_deref()),
                    (code, description),
                    "{body}"
                );
            }
        }
        for body in ["", "<html>", "null", "[]", "5", "{}", "{\"items\":[]}", "\u{fffd}"] {
            assert_eq!(Fault::recognise(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn status_and_code_together_name_the_kind() {
        let kind = |status, code: &str| {
            kind_of(status, Some(&Fault { code: Some(code.to_owned()), description: None }))
        };
        for (status, code, expected) in [
            (401, "400", ErrorKind::Unauthorized),
            (401, "900420", ErrorKind::WrongAudience),
            (401, "900421", ErrorKind::MfaRequired),
            (403, "1002", ErrorKind::MissingRole),
            (403, "20002", ErrorKind::NoRelationship),
            (403, "900309", ErrorKind::ConditionalAccess),
            (403, "900329", ErrorKind::AppOnlyToken),
            (403, "900149", ErrorKind::NotEnrolled),
            (404, "60003", ErrorKind::CustomerNotFound),
            (404, "20002", ErrorKind::NotFound),
            (400, "900421", ErrorKind::Rejected),
            (429, "0", ErrorKind::Throttled),
            (500, "800003", ErrorKind::Unavailable),
        ] {
            assert_eq!(kind(status, code), expected, "{status} {code}");
        }
        let old = Fault {
            code: None,
            description: Some("This resource can't be accessed by application credentials.".into()),
        };
        assert_eq!(kind_of(500, Some(&old)), ErrorKind::AppOnlyToken, "it has been seen with 500");
    }
}
