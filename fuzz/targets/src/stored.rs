//! Decodes stored data that may have been edited: tokens, stored tokens and continuations.

use std::time::{Duration, SystemTime};

use partner_center::credential::TokenClaims;
use partner_center::{Continuation, fuzz};

use crate::{again, invariant};

/// Any text can be inspected as a token, and its claims are short and contain no control characters.
pub fn token(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let token = TokenClaims::inspect(&text);
    let printable = |text: &str| text.chars().count() <= 256 && !text.chars().any(char::is_control);
    let texts = [token.tenant(), token.app(), token.user(), token.account(), token.version()];
    for text in texts.into_iter().flatten() {
        invariant!(printable(text), "a claim is too long or contains control characters");
    }
    for list in [token.audiences(), token.scopes(), token.roles(), token.methods().unwrap_or_default()] {
        invariant!(
            list.len() <= 64 && list.iter().all(|text| printable(text)),
            "a list of claims is too long or contains control characters"
        );
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
    invariant!(
        token.issued_at().is_some() || token.clock_skew(now).is_zero(),
        "the clock skew has no source"
    );
    if let Some(user) = token.user().filter(|user| user.len() >= 24) {
        invariant!(!format!("{token:?}").contains(user), "`Debug` names the user");
    }
}

/// Any bytes are accepted or rejected as a stored token, and an accepted one round-trips.
pub fn stored_token(input: &[u8]) {
    if let Some(written) = fuzz::rewrite_stored_token(input) {
        invariant!(
            fuzz::rewrite_stored_token(&written).as_ref() == Some(&written),
            "the stored token does not round-trip"
        );
    }
}

/// Any bytes are accepted or rejected as a continuation, and an accepted one round-trips.
pub fn continuation(input: &[u8]) {
    let Ok(continuation) = serde_json::from_slice::<Continuation>(input) else { return };
    invariant!(again(&continuation) == Some(continuation), "the continuation does not round-trip");
}
