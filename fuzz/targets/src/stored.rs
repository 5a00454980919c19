//! What was put away and comes back, perhaps by another hand: tokens, stored tokens, continuations.

use std::time::{Duration, SystemTime};

use partner_center::credential::Token;
use partner_center::credential::inspect::Expected;
use partner_center::{Cloud, Continuation, fuzz};

use crate::{again, law};

/// Any text can be inspected as a token, and what is told of it is short and moves no cursor.
pub fn token(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let token = Token::inspect(&text);
    let printable = |text: &str| text.chars().count() <= 256 && !text.chars().any(char::is_control);
    let texts = [token.tenant(), token.app(), token.user(), token.account()];
    for text in texts.into_iter().flatten() {
        law!(printable(text), "a claim is long or holds control characters");
    }
    for list in [token.audiences(), token.scopes(), token.roles(), token.methods().unwrap_or_default()] {
        law!(list.len() <= 64 && list.iter().all(|text| printable(text)), "a list of claims is long");
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
    law!(!token.findings(&Expected::new(Cloud::Global), now).is_empty(), "nothing was found");
    if let Some(user) = token.user().filter(|user| user.len() >= 24) {
        law!(!format!("{token:?}").contains(user), "`Debug` names the user");
    }
}

/// Any bytes are a stored token or none, and one that was read is written so that it is read and written the same.
pub fn stored_token(input: &[u8]) {
    if let Some(written) = fuzz::rewrite_stored_token(input) {
        law!(
            fuzz::rewrite_stored_token(&written).as_ref() == Some(&written),
            "what was written reads otherwise"
        );
    }
}

/// Any bytes are a continuation or none, and one that was read is written so that it reads the same.
pub fn continuation(input: &[u8]) {
    let Ok(continuation) = serde_json::from_slice::<Continuation>(input) else { return };
    law!(again(&continuation) == Some(continuation), "it does not read as it was written");
}
