//! Refresh tokens. They contain their own data, so that rotations need no memory.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::rng::{digest, mix};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefreshToken {
    /// The sequence number among all issued tokens.
    pub(super) serial: u64,
    pub(super) client_id: String,
    /// When this token was issued, in Unix seconds. Redeeming it does not extend its lifetime.
    pub(super) issued: u64,
    /// Whether the user passed multi-factor authentication at the original sign-in.
    pub(super) mfa: bool,
    /// The serial of the token from the original sign-in, which tells whether that was before `Entra::demand_mfa`.
    pub(super) sign_in: u64,
}

/// A refresh token expires after 90 days without use.
pub(super) const LIFETIME_SECONDS: u64 = 90 * 24 * 3600;

impl RefreshToken {
    pub(super) fn seal(&self, key: u64) -> String {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default());
        format!("1.{body}.{:016x}", digest(mix(key), body.as_bytes()))
    }

    pub(super) fn open(token: &str, key: u64) -> Option<Self> {
        let (body, check) = token.strip_prefix("1.")?.split_once('.')?;
        if check != format!("{:016x}", digest(mix(key), body.as_bytes())) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    pub(super) fn has_expired(&self, now: u64) -> bool {
        now >= self.issued + LIFETIME_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_token_opens_unless_it_was_altered() {
        let token = RefreshToken { serial: 3, client_id: "c".to_owned(), issued: 5, mfa: true, sign_in: 1 };
        let sealed = token.seal(7);
        assert_eq!(RefreshToken::open(&sealed, 7), Some(token));
        assert_eq!(RefreshToken::open(&sealed, 8), None);
        assert_eq!(RefreshToken::open(&sealed.replace("1.e", "1.f"), 7), None);
        assert_eq!(RefreshToken::open("nonsense", 7), None);
    }
}
