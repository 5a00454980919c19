//! Made-up access tokens: readable claims and no valid signature.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The time at which the claims are valid, in seconds since 1970.
pub const NOW: u64 = 1_764_000_000;

/// The tenant of the claims.
pub const TENANT: &str = "aaaaaaaa-0000-0000-0000-000000000001";

/// The application of the claims.
pub const APP: &str = "bbbbbbbb-0000-0000-0000-000000000002";

/// A time, from seconds since 1970.
#[must_use]
pub fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A token with this header and these claims.
#[must_use]
pub fn with_header(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
}

/// A token with these claims.
#[must_use]
pub fn with_claims(claims: &Value) -> String {
    with_header(&json!({ "alg": "RS256" }), claims)
}

/// The claims of a token.
#[must_use]
pub fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

/// The claims of a token for Partner Center: of a user with multi-factor authentication, valid at [`NOW`].
#[must_use]
pub fn user_claims() -> Value {
    json!({
        "aud": "https://api.partnercenter.microsoft.com", "tid": TENANT, "appid": APP, "ver": "1.0",
        "oid": "cccccccc-0000-0000-0000-000000000003", "upn": "sentinel-user@contoso.example",
        "amr": ["pwd", "mfa"], "scp": "user_impersonation", "iat": NOW - 600, "nbf": NOW - 600, "exp": NOW + 3000,
    })
}

/// [`user_claims`] with these claims replaced, or removed where the value is null.
#[must_use]
pub fn user_claims_with(changes: &Value) -> Value {
    let mut claims = user_claims();
    let all = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(all.remove(name)),
            value => drop(all.insert(name.clone(), value.clone())),
        }
    }
    claims
}
