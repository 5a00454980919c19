//! Tests of token findings, with made-up tokens.

use serde_json::json;

use super::*;
use crate::cloud::Cloud;
use crate::credential::StoredToken;

const NOW: u64 = 1_764_000_000;
const TENANT: &str = "aaaaaaaa-0000-0000-0000-000000000001";
const APP: &str = "bbbbbbbb-0000-0000-0000-000000000002";

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn token(claims: &Value) -> TokenClaims {
    TokenClaims::inspect(&format!("e30.{}.c2lnbmF0dXJl", BASE64.encode(claims.to_string())))
}

fn good() -> Value {
    json!({
        "aud": "https://api.partnercenter.microsoft.com", "tid": TENANT, "appid": APP, "ver": "1.0",
        "oid": "cccccccc-0000-0000-0000-000000000003", "upn": "sentinel-user@contoso.example",
        "amr": ["pwd", "mfa"], "scp": "user_impersonation", "iat": NOW - 600, "nbf": NOW - 600, "exp": NOW + 3000,
    })
}

/// The good token with some claims replaced, or removed where the value is null.
fn but(changes: &Value) -> TokenClaims {
    let mut claims = good();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(key)),
            value => claims[key] = value.clone(),
        }
    }
    token(&claims)
}

fn expected() -> Expected {
    Expected::new(Cloud::Global).with_tenant(TENANT.to_uppercase()).with_client_id(APP)
}

fn found(token: &TokenClaims, topic: Topic) -> Finding {
    let findings = token.findings(&expected(), at(NOW));
    findings.into_iter().find(|finding| finding.topic == topic).unwrap()
}

#[test]
fn a_good_token_has_no_problems() {
    let token = token(&good());
    assert_eq!(token.kind(), TokenKind::AppUser);
    assert_eq!(token.mfa(), Some(true));
    assert_eq!(token.tenant(), Some(TENANT));
    assert_eq!(token.app(), Some(APP));
    assert_eq!(token.user(), Some("sentinel-user@contoso.example"));
    assert_eq!(token.scopes(), ["user_impersonation"]);
    assert_eq!((token.issued_at(), token.expires_at()), (Some(at(NOW - 600)), Some(at(NOW + 3000))));
    let findings = token.findings(&expected(), at(NOW));
    assert_eq!(findings.len(), 8);
    for finding in &findings {
        assert_eq!(finding.level, Level::Ok, "{finding}");
        assert_eq!((finding.code, finding.fix.as_str()), (None, ""), "{finding}");
    }
    assert!(!format!("{token:?} {findings:?}").contains("sentinel"));
}

#[test]
fn each_problem_has_its_level_and_code() {
    use Level::{Ok, Problem, Warn};
    for (changes, topic, level, code) in [
        (json!({"idtyp": "app", "scp": null}), Topic::Access, Problem, Some("900329")),
        (json!({"scp": null, "roles": ["Some.Role"]}), Topic::Access, Problem, Some("900329")),
        (
            json!({"scp": null, "sub": "cccccccc-0000-0000-0000-000000000003"}),
            Topic::Access,
            Problem,
            Some("900329"),
        ),
        (json!({"scp": null}), Topic::Access, Warn, Some("900329")),
        (json!({"aud": "https://graph.windows.net"}), Topic::Audience, Problem, Some("900420")),
        (
            json!({"aud": "https://partner.partnercenterapi.microsoftonline.cn"}),
            Topic::Audience,
            Problem,
            Some("900420"),
        ),
        (json!({"aud": null}), Topic::Audience, Warn, Some("900420")),
        (json!({"aud": "https://api.partnercenter.microsoft.com/"}), Topic::Audience, Ok, None),
        (json!({"aud": ["x", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"]}), Topic::Audience, Ok, None),
        (json!({"amr": ["pwd"]}), Topic::Mfa, Problem, Some("900421")),
        (json!({"amr": null}), Topic::Mfa, Problem, Some("900421")),
        (json!({"amr": null, "ver": "2.0"}), Topic::Mfa, Warn, Some("900421")),
        (json!({"scp": "openid profile"}), Topic::Consent, Warn, Some("1002")),
        (json!({"tid": APP}), Topic::Tenant, Problem, Some("400")),
        (json!({"appid": null, "azp": TENANT}), Topic::Application, Warn, Some("AADSTS700007")),
        (json!({"exp": NOW - 1}), Topic::Expiry, Problem, Some("400")),
        (json!({"exp": NOW + 100}), Topic::Expiry, Warn, None),
        (json!({"exp": (NOW + 3000).to_string()}), Topic::Expiry, Ok, None),
        (json!({"iat": NOW + 30}), Topic::Clock, Ok, None),
        (json!({"iat": NOW + 120}), Topic::Clock, Warn, Some("AADSTS700024")),
        // F10: the service accepts a token whatever this machine's clock says.
        (json!({"iat": NOW + 3600}), Topic::Clock, Warn, Some("AADSTS700024")),
    ] {
        let finding = found(&but(&changes), topic);
        assert_eq!((finding.level, finding.code), (level, code), "{changes}: {finding}");
        assert!(finding.level != Problem || !finding.fix.is_empty(), "{changes}: {finding}");
    }
}

#[test]
fn an_app_only_token_needs_no_second_factor() {
    let findings = but(&json!({"idtyp": "app", "scp": null, "amr": null})).findings(&expected(), at(NOW));
    assert!(findings.iter().all(|finding| !matches!(finding.topic, Topic::Mfa | Topic::Consent)));
}

#[test]
fn a_domain_is_not_compared_with_a_tenant_id() {
    let findings = token(&good()).findings(&expected().with_tenant("contoso.example"), at(NOW));
    assert!(findings.iter().all(|finding| finding.topic != Topic::Tenant));
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
        assert!(token.is_opaque(), "{text:.40}");
        let findings = token.findings(&expected(), at(NOW));
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].level, findings[0].topic), (Level::Warn, Topic::Format));
    }
}

#[test]
fn claims_of_unexpected_types_are_ignored_safely() {
    for odd in
        [json!(null), json!(-1), json!(1e300), json!(true), json!([[1]]), json!({}), json!("\u{1b}[2J\n")]
    {
        let mut claims = good();
        for (_, value) in claims.as_object_mut().unwrap() {
            *value = odd.clone();
        }
        let token = token(&claims);
        let shown = format!("{token:?} {:?}", token.findings(&expected(), at(NOW)));
        assert!(!shown.contains('\u{1b}') && !shown.contains("\\u{1b}"), "{odd}");
    }
    let long = but(&json!({"tid": "x".repeat(1000), "aud": vec!["y"; 1000], "exp": u64::MAX}));
    assert_eq!(long.tenant().unwrap().len(), LONGEST_TEXT);
    assert_eq!(long.audiences().len(), LONGEST_LIST);
}

#[test]
fn the_age_of_a_refresh_token_sets_its_level() {
    let stored = StoredToken::new(TENANT, APP, "secret", at(NOW));
    for (days, level) in [(0, Level::Ok), (59, Level::Ok), (60, Level::Warn), (90, Level::Problem)] {
        let finding = stored.finding(at(NOW + days * 86400));
        assert_eq!(finding.level, level, "{finding}");
    }
    assert_eq!(stored.finding(at(NOW - 1)).level, Level::Ok, "the clock was set back");
}
