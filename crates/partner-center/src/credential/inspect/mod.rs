//! Reads the claims of an access token, without verifying them.
//!
//! No signature is checked, and no call depends on the result: only the service decides whether to accept a token. Use
//! this to find out in advance why the service would reject one.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

/// Access tokens are one to four thousand bytes. Longer input is not parsed.
const LONGEST_TOKEN: usize = 64 * 1024;
/// Longest claim text that is kept: names, roles and GUIDs are shorter.
const LONGEST_TEXT: usize = 256;
const LONGEST_LIST: usize = 64;

/// Entra omits the padding; other issuers do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether a token acts for a user or for an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// The application itself. License analytics reject such tokens.
    AppOnly,
    /// A user, through an application.
    AppUser,
    /// The token does not say.
    Unknown,
}

/// The claims of an access token.
///
/// Claims are unverified and may be absent. `Debug` leaves out the user.
///
/// ```
/// use partner_center::credential::{TokenClaims, TokenKind};
///
/// // The payload is {"scp":"user_impersonation","amr":["pwd","mfa"]}.
/// let payload = "eyJzY3AiOiJ1c2VyX2ltcGVyc29uYXRpb24iLCJhbXIiOlsicHdkIiwibWZhIl19";
/// let token = TokenClaims::inspect(&format!("e30.{payload}.c2lnbmF0dXJl"));
/// assert_eq!((token.kind(), token.mfa()), (TokenKind::AppUser, Some(true)));
///
/// assert!(TokenClaims::inspect("not a readable token").is_opaque());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TokenClaims {
    claims: Option<Claims>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Claims {
    audiences: Vec<String>,
    tenant: Option<String>,
    app: Option<String>,
    user: Option<String>,
    account: Option<String>,
    kind: Option<TokenKind>,
    methods: Option<Vec<String>>,
    scopes: Vec<String>,
    roles: Vec<String>,
    version: Option<String>,
    issued_at: Option<SystemTime>,
    expires_at: Option<SystemTime>,
}

impl TokenClaims {
    /// Reads the claims of a token. Text that is not a JSON Web Token gives an opaque token rather than an error: some
    /// token services issue only opaque tokens.
    #[must_use]
    pub fn inspect(text: &str) -> Self {
        Self { claims: payload(text.trim()).map(|payload| Claims::read(&payload)) }
    }

    /// Whether no claims could be read.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        self.claims.is_none()
    }

    /// Whether the token acts for a user or an application: from `idtyp`, or else from whether it has scopes (`scp`) or
    /// roles.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.claims.as_ref().and_then(|claims| claims.kind).unwrap_or(TokenKind::Unknown)
    }

    /// The services the token is for (`aud`).
    #[must_use]
    pub fn audiences(&self) -> &[String] {
        self.claims.as_ref().map_or(&[], |claims| &claims.audiences)
    }

    /// The tenant that issued it (`tid`).
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.claims.as_ref()?.tenant.as_deref()
    }

    /// The application it was issued to (`appid` or `azp`).
    #[must_use]
    pub fn app(&self) -> Option<&str> {
        self.claims.as_ref()?.app.as_deref()
    }

    /// The name of the user who signed in (`upn` or a similar claim). Personal data: do not log it.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.claims.as_ref()?.user.as_deref()
    }

    /// The object id of the user who signed in (`oid`): a GUID without meaning outside the tenant.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.claims.as_ref()?.account.as_deref()
    }

    /// How the user signed in (`amr`); `None` if the token does not say.
    #[must_use]
    pub fn methods(&self) -> Option<&[String]> {
        self.claims.as_ref()?.methods.as_deref()
    }

    /// Whether the token claims multi-factor authentication; `None` if it does not say how the user signed in.
    #[must_use]
    pub fn mfa(&self) -> Option<bool> {
        self.methods().map(|methods| methods.iter().any(|method| method.eq_ignore_ascii_case("mfa")))
    }

    /// The delegated permissions it carries (`scp`).
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        self.claims.as_ref().map_or(&[], |claims| &claims.scopes)
    }

    /// The application permissions it carries (`roles`).
    #[must_use]
    pub fn roles(&self) -> &[String] {
        self.claims.as_ref().map_or(&[], |claims| &claims.roles)
    }

    /// When it was issued (`iat`, else `nbf`).
    #[must_use]
    pub fn issued_at(&self) -> Option<SystemTime> {
        self.claims.as_ref()?.issued_at
    }

    /// When it expires (`exp`).
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.claims.as_ref()?.expires_at
    }

    /// How far in the future the token was issued: this machine's clock is at least this much slow. Zero if the token
    /// was not issued in the future.
    #[must_use]
    pub fn clock_skew(&self, now: SystemTime) -> Duration {
        self.issued_at().and_then(|issued| issued.duration_since(now).ok()).unwrap_or_default()
    }

    /// Entra's token version (`ver`), such as `1.0`. Tokens of version 2 may leave out how the user signed in.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.claims.as_ref()?.version.as_deref()
    }
}

/// The nonce of an ID token, by which the sign-in that requested it recognizes it.
pub(super) fn nonce(id_token: &str) -> Option<String> {
    payload(id_token)?.get("nonce")?.as_str().map(str::to_owned)
}

/// The claims between the two dots.
fn payload(text: &str) -> Option<Map<String, Value>> {
    if text.len() > LONGEST_TOKEN {
        return None;
    }
    let mut parts = text.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    match serde_json::from_slice(&BASE64.decode(payload).ok()?).ok()? {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}

impl Claims {
    fn read(claims: &Map<String, Value>) -> Self {
        let text = |keys: &[&str]| {
            keys.iter().find_map(|key| claims.get(*key).and_then(Value::as_str).and_then(clean))
        };
        let words = |key: &str| claims.get(key).map(words).unwrap_or_default();
        let (scopes, roles) = (words("scp"), words("roles"));
        let kind = match text(&["idtyp"]).as_deref() {
            Some("app") => Some(TokenKind::AppOnly),
            Some("user") => Some(TokenKind::AppUser),
            _ if !scopes.is_empty() => Some(TokenKind::AppUser),
            // An application is its own subject.
            _ if !roles.is_empty()
                || (claims.get("oid").is_some() && claims.get("oid") == claims.get("sub")) =>
            {
                Some(TokenKind::AppOnly)
            }
            _ => None,
        };
        Self {
            audiences: words("aud"),
            tenant: text(&["tid"]),
            app: text(&["appid", "azp"]),
            user: text(&["upn", "unique_name", "preferred_username", "email"]),
            account: text(&["oid"]),
            kind,
            methods: claims.get("amr").map(self::words),
            scopes,
            roles,
            version: text(&["ver"]),
            issued_at: claims.get("iat").or_else(|| claims.get("nbf")).and_then(time),
            expires_at: claims.get("exp").and_then(time),
        }
    }
}

/// One word or several, as a list or as text.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split_ascii_whitespace().filter_map(clean).take(LONGEST_LIST).collect(),
        Value::Array(list) => {
            list.iter().filter_map(Value::as_str).filter_map(clean).take(LONGEST_LIST).collect()
        }
        _ => Vec::new(),
    }
}

/// The text without control characters, cut to the longest allowed length.
fn clean(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
    (!clean.is_empty()).then_some(clean)
}

/// Seconds since 1970, written as a number or as text.
fn time(value: &Value) -> Option<SystemTime> {
    let seconds = match value {
        Value::Number(number) => number.as_u64().map_or_else(
            || number.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            |seconds| Some(Duration::from_secs(seconds)),
        )?,
        Value::String(text) => Duration::from_secs(text.trim().parse().ok()?),
        _ => return None,
    };
    SystemTime::UNIX_EPOCH.checked_add(seconds)
}

impl fmt::Debug for TokenClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenClaims")
            .field("kind", &self.kind())
            .field("audiences", &self.audiences())
            .field("tenant", &self.tenant())
            .field("app", &self.app())
            .field("methods", &self.methods())
            .field("scopes", &self.scopes())
            .field("roles", &self.roles())
            .field("issued_at", &self.issued_at())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
