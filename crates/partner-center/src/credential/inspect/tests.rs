//! Tests of token claims, with made-up tokens.

use partner_center_test_support::token::{APP, NOW, TENANT, at, user_claims, user_claims_with, with_claims};
use serde_json::json;

use super::*;

/// The good token with some claims replaced, or removed where the value is null.
fn but(changes: &Value) -> TokenClaims {
    TokenClaims::inspect(&with_claims(&user_claims_with(changes)))
}

#[test]
fn the_claims_of_a_token_are_read() {
    let token = but(&json!({}));
    assert!(!token.is_opaque());
    assert_eq!(token.kind(), TokenKind::AppUser);
    assert_eq!(token.audiences(), ["https://api.partnercenter.microsoft.com"]);
    assert_eq!(token.mfa(), Some(true));
    assert_eq!(token.tenant(), Some(TENANT));
    assert_eq!(token.app(), Some(APP));
    assert_eq!(token.user(), Some("sentinel-user@contoso.example"));
    assert_eq!(token.account(), Some("cccccccc-0000-0000-0000-000000000003"));
    assert_eq!(token.scopes(), ["user_impersonation"]);
    assert_eq!(token.version(), Some("1.0"));
    assert_eq!((token.issued_at(), token.expires_at()), (Some(at(NOW - 600)), Some(at(NOW + 3000))));
    assert!(!format!("{token:?}").contains("sentinel"));
}

#[test]
fn the_kind_is_read_from_several_claims() {
    for (changes, kind) in [
        (json!({"idtyp": "app"}), TokenKind::AppOnly),
        (json!({"idtyp": "user", "scp": null}), TokenKind::AppUser),
        (json!({"scp": null, "roles": ["Some.Role"]}), TokenKind::AppOnly),
        (json!({"scp": null, "sub": "cccccccc-0000-0000-0000-000000000003"}), TokenKind::AppOnly),
        (json!({"scp": null}), TokenKind::Unknown),
    ] {
        assert_eq!(but(&changes).kind(), kind, "{changes}");
    }
}

#[test]
fn other_spellings_of_claims_are_read() {
    let token = but(&json!({
        "aud": ["x", "y"], "appid": null, "azp": "other", "amr": ["pwd"], "iat": null, "exp": NOW.to_string(),
    }));
    assert_eq!((token.audiences().len(), token.app(), token.mfa()), (2, Some("other"), Some(false)));
    assert_eq!((token.issued_at(), token.expires_at()), (Some(at(NOW - 600)), Some(at(NOW))));
    assert_eq!(but(&json!({"amr": null})).mfa(), None);
}

#[test]
fn a_token_of_the_future_shows_the_clock_skew() {
    for (issued_at, skew) in [(NOW - 600, 0), (NOW + 120, 120)] {
        let token = but(&json!({"iat": issued_at}));
        assert_eq!(token.clock_skew(at(NOW)), Duration::from_secs(skew));
    }
}

#[test]
fn text_that_is_not_a_token_is_opaque() {
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30",
        "e30.e30.e30.e30",
        "e30.W10.",
        "e30.\u{e5}.",
        "e30.bnVsbA.",
        &format!("e30.{}.", "A".repeat(LONGEST_TOKEN)),
        // Deeper than the parser's recursion limit.
        &format!("e30.{}.", BASE64.encode("[".repeat(10_000))),
    ] {
        let token = TokenClaims::inspect(text);
        assert!(token.is_opaque() && token.kind() == TokenKind::Unknown, "{text:.40}");
    }
}

#[test]
fn claims_of_unexpected_types_are_ignored_safely() {
    for odd in
        [json!(null), json!(-1), json!(1e300), json!(true), json!([[1]]), json!({}), json!("\u{1b}[2J\n")]
    {
        let mut claims = user_claims();
        for (_, value) in claims.as_object_mut().unwrap() {
            *value = odd.clone();
        }
        let token = TokenClaims::inspect(&with_claims(&claims));
        let shown = format!("{token:?} {:?} {:?}", token.user(), token.version());
        assert!(!shown.contains('\u{1b}') && !shown.contains("\\u{1b}"), "{odd}");
    }
    let long = but(&json!({"tid": "x".repeat(1000), "aud": vec!["y"; 1000], "exp": u64::MAX}));
    assert_eq!(long.tenant().unwrap().len(), LONGEST_TEXT);
    assert_eq!(long.audiences().len(), LONGEST_LIST);
}
