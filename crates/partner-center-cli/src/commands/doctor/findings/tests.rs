//! Tests of token findings, with made-up tokens.

use partner_center_test_support::token::{APP, NOW, TENANT, at, user_claims_with, with_claims};
use serde_json::{Value, json};

use super::*;

/// The good token with some claims replaced, or removed where the value is null.
fn but(changes: &Value) -> TokenClaims {
    TokenClaims::inspect(&with_claims(&user_claims_with(changes)))
}

fn good() -> TokenClaims {
    but(&json!({}))
}

fn expected() -> Expected {
    Expected::of(&AppRegistration::new(TENANT.to_uppercase(), APP))
}

fn found(token: &TokenClaims, topic: Topic) -> Finding {
    let findings = of_token(token, &expected(), at(NOW));
    findings.into_iter().find(|finding| finding.topic == topic).unwrap()
}

#[test]
fn a_good_token_has_no_problems() {
    let findings = of_token(&good(), &expected(), at(NOW));
    assert_eq!(findings.len(), 8);
    for finding in &findings {
        assert_eq!(finding.level, Level::Ok, "{finding}");
        assert!(finding.code.is_none() && finding.fix.is_empty(), "{finding}");
    }
    assert!(!format!("{findings:?}").contains("sentinel"));
}

#[test]
fn each_problem_has_its_level_and_code() {
    use Level::{Ok, Problem, Warning};
    for (changes, topic, level, code) in [
        (json!({"idtyp": "app", "scp": null}), Topic::Access, Problem, Some("900329")),
        (json!({"scp": null, "roles": ["Some.Role"]}), Topic::Access, Problem, Some("900329")),
        (
            json!({"scp": null, "sub": "cccccccc-0000-0000-0000-000000000003"}),
            Topic::Access,
            Problem,
            Some("900329"),
        ),
        (json!({"scp": null}), Topic::Access, Warning, Some("900329")),
        (json!({"aud": "https://graph.windows.net"}), Topic::Audience, Problem, Some("900420")),
        (
            json!({"aud": "https://partner.partnercenterapi.microsoftonline.cn"}),
            Topic::Audience,
            Problem,
            Some("900420"),
        ),
        (json!({"aud": null}), Topic::Audience, Warning, Some("900420")),
        (json!({"aud": "https://api.partnercenter.microsoft.com/"}), Topic::Audience, Ok, None),
        (json!({"aud": ["x", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"]}), Topic::Audience, Ok, None),
        (json!({"amr": ["pwd"]}), Topic::Mfa, Problem, Some("900421")),
        (json!({"amr": null}), Topic::Mfa, Problem, Some("900421")),
        (json!({"amr": null, "ver": "2.0"}), Topic::Mfa, Warning, Some("900421")),
        (json!({"scp": "openid profile"}), Topic::Consent, Warning, Some("1002")),
        (json!({"tid": APP}), Topic::Tenant, Problem, Some("400")),
        (json!({"appid": null, "azp": TENANT}), Topic::Application, Warning, Some("AADSTS700007")),
        (json!({"exp": NOW - 1}), Topic::Expiry, Problem, Some("400")),
        (json!({"exp": NOW + 100}), Topic::Expiry, Warning, None),
        (json!({"exp": (NOW + 3000).to_string()}), Topic::Expiry, Ok, None),
        (json!({"iat": NOW + 30}), Topic::Clock, Ok, None),
        (json!({"iat": NOW + 120}), Topic::Clock, Warning, Some("AADSTS700024")),
        // The service accepts a token whatever this machine's clock says.
        (json!({"iat": NOW + 3600}), Topic::Clock, Warning, Some("AADSTS700024")),
    ] {
        let finding = found(&but(&changes), topic);
        assert_eq!((finding.level, finding.code.as_deref()), (level, code), "{changes}: {finding}");
        assert!(finding.level != Problem || !finding.fix.is_empty(), "{changes}: {finding}");
    }
}

#[test]
fn an_app_only_token_needs_no_second_factor() {
    let token = but(&json!({"idtyp": "app", "scp": null, "amr": null}));
    let findings = of_token(&token, &expected(), at(NOW));
    assert!(findings.iter().all(|finding| !matches!(finding.topic, Topic::Mfa | Topic::Consent)));
}

#[test]
fn a_domain_is_not_compared_with_a_tenant_id() {
    let findings = of_token(&good(), &expected().with_tenant("contoso.example"), at(NOW));
    assert!(findings.iter().all(|finding| finding.topic != Topic::Tenant));
}

#[test]
fn an_opaque_token_has_one_finding() {
    let findings = of_token(&TokenClaims::inspect("xyz"), &expected(), at(NOW));
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].level, findings[0].topic), (Level::Warning, Topic::Format));
}

#[test]
fn the_age_of_a_refresh_token_sets_its_level() {
    let stored = StoredToken::new(TENANT, APP, "secret", at(NOW));
    for (days, level) in [(0, Level::Ok), (59, Level::Ok), (60, Level::Warning), (90, Level::Problem)] {
        let finding = of_stored_token(&stored, at(NOW + days * 86400));
        assert_eq!(finding.level, level, "{finding}");
    }
    assert_eq!(of_stored_token(&stored, at(NOW - 1)).level, Level::Ok, "the clock was set back");
}

#[test]
fn durations_are_in_words() {
    for (seconds, text) in
        [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7200, "2 hours"), (172_800, "2 days")]
    {
        assert_eq!(in_words(Duration::from_secs(seconds)), text);
    }
}

#[test]
fn a_certificate_is_reported_thirty_days_before_its_end() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_824_000);
    for (ends, level, sentence) in [
        (now + 31 * DAY, Level::Ok, "The certificate of the application is valid until 2026-12-29."),
        (
            now + 29 * DAY,
            Level::Warning,
            "The certificate of the application ends on 2026-12-27, in 29 days.",
        ),
        (now - DAY, Level::Problem, "The certificate of the application ended on 2026-11-27."),
    ] {
        let finding = of_certificate(ends, now);
        assert_eq!((finding.level, finding.sentence.as_str()), (level, sentence));
        assert_eq!(finding.fix.is_empty(), level == Level::Ok);
    }
}
