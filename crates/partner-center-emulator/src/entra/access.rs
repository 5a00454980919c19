//! Access tokens: issued with the claims of Entra, and validated like in Partner Center. They are JWTs with a keyed
//! digest instead of a signature, which detects altered tokens.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Entra, PARTNER_CENTER_RESOURCE};
use crate::rng::{digest, mix};

/// The properties of an access token for [`Entra::issue_access_token`].
///
/// ```
/// use partner_center_emulator::TokenSpec;
/// use std::time::Duration;
///
/// let short_lived = TokenSpec::user().lifetime(Duration::from_secs(60));
/// let refused_everywhere = TokenSpec::user().audience("https://graph.windows.net");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSpec {
    pub(super) user: bool,
    pub(super) mfa: bool,
    pub(super) audience: String,
    pub(super) lifetime: Duration,
    pub(super) client_id: String,
}

impl TokenSpec {
    /// A token of an application with a user who passed multi-factor authentication, as license analytics require.
    pub fn user() -> Self {
        Self {
            user: true,
            mfa: true,
            audience: PARTNER_CENTER_RESOURCE.to_owned(),
            lifetime: Entra::DEFAULT_LIFETIME,
            client_id: Entra::CLIENT_ID.to_owned(),
        }
    }

    /// An application-only token.
    pub fn application() -> Self {
        Self { user: false, mfa: false, ..Self::user() }
    }

    /// Omits the multi-factor claim: the API rejects the token with 401, code 900421.
    #[must_use]
    pub fn without_mfa(mut self) -> Self {
        self.mfa = false;
        self
    }

    /// Sets another audience than Partner Center: the API rejects the token with 401, code 900420.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// Sets the lifetime on the emulator's clock; default 3,599 s, as in Entra.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Sets another application than [`Entra::CLIENT_ID`].
    #[must_use]
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = client_id.into();
        self
    }
}

/// Why the API rejects a bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenProblem {
    Unknown,
    Expired,
    Audience,
    MfaMissing,
}

/// The kind of a valid token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bearer {
    User,
    Application,
}

pub(super) fn issue_access_token(entra: &Entra, spec: &TokenSpec, serial: u64) -> String {
    let now = entra.clock.unix_seconds();
    let mut claims = json!({
        "aud": spec.audience,
        "iss": format!("https://sts.windows.net/{}/", Entra::TENANT_ID),
        "iat": now,
        "nbf": now,
        "exp": now + spec.lifetime.as_secs(),
        "appid": spec.client_id,
        "idtyp": if spec.user { "user" } else { "app" },
        "oid": uuid::Uuid::from_u64_pair(mix(1), mix(2)),
        "tid": Entra::TENANT_ID,
        "uti": format!("{serial:016x}"),
        "ver": "1.0",
    });
    if let Some(members) = claims.as_object_mut() {
        if spec.user {
            let methods = if spec.mfa { json!(["pwd", "mfa"]) } else { json!(["pwd"]) };
            members.insert("amr".to_owned(), methods);
            members.insert("scp".to_owned(), json!("user_impersonation"));
            members.insert("name".to_owned(), json!("Robin Ekström"));
            members.insert("upn".to_owned(), json!(Entra::USER));
        } else {
            members.insert("roles".to_owned(), json!([]));
        }
    }
    sealed(entra, &claims)
}

/// An ID token, which says who signed in. The nonce is that of the request, and absent if it is empty.
pub(super) fn issue_id_token(entra: &Entra, client_id: &str, nonce: &str) -> String {
    let now = entra.clock.unix_seconds();
    let mut claims = json!({
        "aud": client_id,
        "iss": format!("https://login.microsoftonline.com/{}/v2.0", Entra::TENANT_ID),
        "iat": now,
        "nbf": now,
        "exp": now + Entra::DEFAULT_LIFETIME.as_secs(),
        "name": "Robin Ekström",
        "oid": uuid::Uuid::from_u64_pair(mix(1), mix(2)),
        "preferred_username": Entra::USER,
        "tid": Entra::TENANT_ID,
        "ver": "2.0",
    });
    if let (false, Some(members)) = (nonce.is_empty(), claims.as_object_mut()) {
        members.insert("nonce".to_owned(), json!(nonce));
    }
    sealed(entra, &claims)
}

fn sealed(entra: &Entra, claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "emulator"});
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = signature(entra.key, &signed);
    format!("{signed}.{signature}")
}

fn signature(key: u64, signed: &str) -> String {
    let bytes: Vec<u8> =
        (0..4).flat_map(|part| digest(key ^ mix(part), signed.as_bytes()).to_be_bytes()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Validates a bearer token. An accepted opaque token counts as that of a user with multi-factor authentication.
pub(super) fn judge(entra: &Entra, token: &str, own_origin: &str) -> Result<Bearer, TokenProblem> {
    let Some(claims) = claims(entra.key, token) else {
        let looks_issued = token.starts_with("eyJ") && token.matches('.').count() == 2;
        let accepted = &entra.accepted_tokens;
        let opaque = !looks_issued && (accepted.is_empty() || accepted.iter().any(|good| good == token));
        return if opaque { Ok(Bearer::User) } else { Err(TokenProblem::Unknown) };
    };
    if claims["exp"].as_u64().is_none_or(|expiry| expiry <= entra.clock.unix_seconds()) {
        return Err(TokenProblem::Expired);
    }
    let audience = claims["aud"].as_str().unwrap_or_default().trim_end_matches('/');
    if !super::RESOURCES.contains(&audience) && audience != own_origin {
        return Err(TokenProblem::Audience);
    }
    if claims["idtyp"] == "app" {
        return Ok(Bearer::Application);
    }
    let passed_mfa =
        claims["amr"].as_array().is_some_and(|methods| methods.iter().any(|method| method == "mfa"));
    if passed_mfa { Ok(Bearer::User) } else { Err(TokenProblem::MfaMissing) }
}

/// The claims of a token, if it was issued here and not altered.
fn claims(key: u64, token: &str) -> Option<Value> {
    let (signed, given) = token.rsplit_once('.')?;
    if given != signature(key, signed) {
        return None;
    }
    let (_, claims) = signed.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
