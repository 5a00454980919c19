//! Validates client assertions: signed JWTs that replace a client secret. The signature is not checked, because that
//! needs the certificate and a cryptography library; the code that signs has tests for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Application, OauthError};

pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The audience of federated assertions.
const EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// Checks an assertion. `token_endpoint` is the expected audience; `now` is in Unix seconds.
pub(super) fn check(
    assertion: &str,
    app: &Application,
    token_endpoint: &str,
    now: u64,
) -> Result<(), OauthError> {
    let malformed = || OauthError::new(50027);
    let mut parts = assertion.split('.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed());
    };
    let (header, claims) = (decode(header).ok_or_else(malformed)?, decode(claims).ok_or_else(malformed)?);
    if signature.is_empty() || !matches!(header["alg"].as_str(), Some("RS256" | "PS256")) {
        return Err(malformed());
    }
    let (issuer, subject) = (text(&claims, "iss"), text(&claims, "sub"));
    let self_signed =
        issuer.eq_ignore_ascii_case(&app.client_id) && subject.eq_ignore_ascii_case(&app.client_id);
    let audience = if self_signed {
        if header["x5t"].is_null() && header["x5t#S256"].is_null() {
            return Err(OauthError::about(
                700027,
                "[Reason - The key was not found: the header names no thumbprint.]",
            ));
        }
        token_endpoint
    } else {
        if app.federated_subject.as_deref() != Some(subject) {
            return Err(OauthError::about(70021, subject));
        }
        EXCHANGE_AUDIENCE
    };
    if text(&claims, "aud") != audience {
        return Err(OauthError::new(700023));
    }
    // Entra allows five minutes of clock skew.
    let in_time = claims["exp"].as_u64().is_some_and(|expiry| now < expiry + 300)
        && claims["nbf"].as_u64().is_none_or(|from| from <= now + 300);
    if in_time { Ok(()) } else { Err(OauthError::new(700024)) }
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn text<'a>(claims: &'a Value, name: &str) -> &'a str {
    claims[name].as_str().unwrap_or_default()
}
