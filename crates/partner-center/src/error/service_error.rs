//! Parses the service's error bodies and maps them to error kinds, messages and advice.
//!
//! Partner Center is several services behind a gateway, and each has its own error format. Parsing is lenient and never
//! fails: if the format is unknown, only the status is used.

use partner_center_client::{encoding, repair_json};
use serde_json::{Map, Value};

use crate::error::ErrorKind;

pub(crate) mod messages;

/// A parsed error body.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServiceError {
    /// The code as text, whether it was sent as a number or as a string.
    pub(crate) code: Option<String>,
    /// The service's description.
    pub(crate) description: Option<String>,
}

/// Error bodies are short. A longer body is something else.
const LONGEST_BODY: usize = 64 * 1024;
/// Codes are numbers or identifiers. Longer text is not a code and must not be logged.
const LONGEST_CODE: usize = 64;
/// The maximum number of characters that are kept of a description.
const LONGEST_DESCRIPTION: usize = 2000;

impl ServiceError {
    /// Parses an error body in any of the known formats, using the declared charset if there is one. Returns `None` for
    /// anything else, such as HTML or an empty body.
    pub(crate) fn recognise(body: &[u8], charset: Option<&str>) -> Option<Self> {
        if body.len() > LONGEST_BODY {
            return None;
        }
        let text = encoding::decode(body, charset).ok()?;
        let text = text.trim();
        // A single value that the parser rejects must not hide the error.
        let repaired =
            |error| repair_json(text).map_or(Err(error), |repaired| serde_json::from_str(&repaired));
        match serde_json::from_str(text).or_else(repaired) {
            // JSON that was serialized twice.
            Ok(Value::String(inner)) => match serde_json::from_str(&inner) {
                Ok(Value::Object(object)) => Self::from_object(&object),
                _ => Self::from_words(&inner),
            },
            Ok(value) => Self::from_value(&value),
            // Truncated JSON, or a web page.
            Err(_) if text.starts_with(['{', '[', '"', '<']) => None,
            Err(_) => Self::from_words(text),
        }
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Object(object) => Self::from_object(object),
            // A list of errors: use the first.
            Value::Array(list) => list.first()?.as_object().and_then(Self::from_object),
            _ => None,
        }
    }

    fn from_object(object: &Map<String, Value>) -> Option<Self> {
        // The analytics back end wraps the real code: {"code":"BadRequest","innererror":{"code":..}}.
        if let Some(Value::Object(inner)) = get(object, "innererror")
            && let Some(fault) = Self::from_object(inner)
        {
            return Some(fault);
        }
        match get(object, "error").or_else(|| get(object, "odata.error")) {
            // Other Partner APIs: {"error":{"code":..,"message":..}}.
            Some(Value::Object(inner)) => return Self::from_object(inner),
            // Entra: {"error":"invalid_grant","error_description":..}; the analytics back end: {"error":"a sentence"}.
            Some(Value::String(error)) => {
                let description = text(object, &["error_description"]).unwrap_or_else(|| error.clone());
                return Some(Self { code: as_code(error), description: bounded(&description) });
            }
            _ => {}
        }
        // v1 services and newer commerce send `code` and `description`, the gateway `statusCode` and `message`, ASP.NET
        // only `Message`. Newer commerce repeats the code in `errorMessageExtended`.
        let extended = text(object, &["errorMessageExtended"]);
        let code = ["code", "errorName", "errorCode"].iter().find_map(|key| code(object, key));
        let code = code.or_else(|| as_code(extended.as_deref()?.strip_prefix("InternalErrorCode=")?));
        let description = text(object, &["description", "message"]).or_else(|| problem(object)).or(extended);
        if code.is_none() && description.is_none() {
            return get(object, "errors").and_then(Self::from_value);
        }
        Some(Self { code, description: description.and_then(|description| bounded(&description)) })
    }

    /// Plain text, as sent by gateways.
    fn from_words(text: &str) -> Option<Self> {
        let text = text.trim();
        let words = text.chars().any(char::is_alphabetic)
            && !text.starts_with('<')
            && !text.chars().any(|character| character.is_control() && !character.is_whitespace());
        words.then(|| Self { code: None, description: bounded(text) })
    }
}

/// Problem details (RFC 9457): title, detail, and ASP.NET's list of invalid parameters.
fn problem(object: &Map<String, Value>) -> Option<String> {
    let mut parts: Vec<_> = ["title", "detail"].iter().filter_map(|key| text(object, &[key])).collect();
    if let Some(Value::Object(errors)) = get(object, "errors") {
        for (name, messages) in errors {
            let messages = messages.as_array().map_or(std::slice::from_ref(messages), Vec::as_slice);
            parts.extend(messages.iter().filter_map(Value::as_str).map(|text| format!("{name}: {text}")));
        }
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn bounded(text: &str) -> Option<String> {
    match text.char_indices().nth(LONGEST_DESCRIPTION) {
        Some((end, _)) => Some(format!("{}...", text.get(..end)?)),
        None => Some(text.to_owned()),
    }
}

/// Looks up a key, ignoring case.
fn get<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object
        .get(key)
        .or_else(|| object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

fn text(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match get(object, key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        // OData: {"message":{"lang":"en-US","value":..}}.
        Some(Value::Object(inner)) => text(inner, &["value"]),
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

/// Returns the text only if it looks like a code, because codes are logged and other text from the service is not.
fn as_code(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!text.is_empty() && text.len() <= LONGEST_CODE && text.bytes().all(plain)).then(|| text.to_owned())
}

/// Whether a body is a web page.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(body.get(..1024).unwrap_or(body)).to_ascii_lowercase();
    start.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('<')
        && ["<html", "<!doctype html", "<head", "<body"].iter().any(|tag| start.contains(tag))
}

/// Maps a status and an error body to a kind. Codes repeat between statuses, so both are needed.
pub(crate) fn kind_of(status: u16, fault: Option<&ServiceError>) -> ErrorKind {
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
        // Sent by a proxy, or by a network that requires a sign-in: the service did not receive the request.
        (407 | 511, _) => ErrorKind::Network,
        (408 | 500.., _) => ErrorKind::Unavailable,
        (400..=499, _) => ErrorKind::Rejected,
        _ => ErrorKind::InvalidResponse,
    }
}

impl std::fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The description comes from the service and may name a customer.
        f.debug_struct("ServiceError").field("code", &self.code).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every known format, and the code and description parsed from it.
    #[test]
    fn every_known_format_is_recognized() {
        for (body, code, description) in [
            (r#"{"code":2000,"description":"d","data":[],"source":"s"}"#, Some("2000"), Some("d")),
            (r#"{"Code":"2000","Description":"d"}"#, Some("2000"), Some("d")),
            (r#"{"code":600061,"message":"m","description":"d","errorName":"n"}"#, Some("600061"), Some("d")),
            (
                r#"{"parameters":{},"errorMessageExtended":"InternalErrorCode=600061"}"#,
                Some("600061"),
                Some("InternalErrorCode=600061"),
            ),
            (
                r#"{"code":5,"message":"m","errorMessageExtended":"InternalErrorCode=6"}"#,
                Some("5"),
                Some("m"),
            ),
            (r#"{"errorMessageExtended":"some words"}"#, None, Some("some words")),
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
            (r#""a JSON string""#, None, Some("a JSON string")),
            (r#""{\"code\":2000,\"description\":\"d\"}""#, Some("2000"), Some("d")),
            ("plain text\nof two lines", None, Some("plain text\nof two lines")),
            (r#"{"odata.error":{"code":"c","message":{"lang":"en-US","value":"m"}}}"#, Some("c"), Some("m")),
            (r#"{"error":{"code":"c","message":{"value":"m"}}}"#, Some("c"), Some("m")),
            (r#"{"type":"about:blank","title":"t.","status":400,"detail":"d"}"#, None, Some("t. d")),
            (r#"{"title":"t"}"#, None, Some("t")),
            (r#"{"code":1,"description":"d \ud83d"}"#, Some("1"), Some("d \u{fffd}")),
            (r#"{"title":"t.","errors":{"top":["m","n"]}}"#, None, Some("t. top: m top: n")),
            (r#"{"errors":[{"code":"c","message":"m"}]}"#, Some("c"), Some("m")),
            (r#"[{"errorCode":"c","message":"m"}]"#, Some("c"), Some("m")),
        ] {
            for body in [body.to_owned(), format!("\u{feff}{body}"), format!("\r\n{body} ")] {
                let fault = ServiceError::recognise(body.as_bytes(), None).unwrap();
                assert_eq!(
                    (fault.code.as_deref(), fault.description.as_deref()),
                    (code, description),
                    "{body}"
                );
            }
        }
        for body in [
            "",
            "<html>",
            " <html>words</html>",
            "\"<html>words</html>\"",
            "null",
            "[]",
            "[\"words\"]",
            "5",
            "\"\"",
            "{}",
            "{\"items\":[]}",
            "{\"code\":\"words",
            "words\u{1b}[31m",
            "\u{fffd}",
            "503",
        ] {
            assert_eq!(ServiceError::recognise(body.as_bytes(), None), None, "{body}");
        }
        let long = ServiceError::recognise("å".repeat(5000).as_bytes(), None).unwrap().description.unwrap();
        assert_eq!(long.chars().count(), LONGEST_DESCRIPTION + 3);
    }

    #[test]
    fn status_and_code_together_name_the_kind() {
        let kind = |status, code: &str| {
            kind_of(status, Some(&ServiceError { code: Some(code.to_owned()), description: None }))
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
        let old = ServiceError {
            code: None,
            description: Some("This resource can't be accessed by application credentials.".into()),
        };
        assert_eq!(kind_of(500, Some(&old)), ErrorKind::AppOnlyToken, "it has been seen with 500");
    }
}
