//! Hints for errors of the SDK: the command or variable to use. The SDK's own advice names neither.

use partner_center::credential::{OauthError, Reason};
use partner_center::{Error, ErrorKind, ErrorReason};

const LOGIN: &str = "Run `partner-center login`.";
const SIGN_IN: &str = "To sign in, run `partner-center login`.";
const SECRET: &str = "Set PARTNER_CENTER_CLIENT_SECRET.";
const TENANT: &str = "The setting is PARTNER_CENTER_TENANT_ID, or tenant-id in a profile.";
const CLIENT: &str = "The setting is PARTNER_CENTER_CLIENT_ID, or client-id in a profile.";
const IDS: &str = "Check PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLIENT_ID.";
const SETTINGS: &str = "`partner-center doctor` shows the settings in use.";
const TOKEN: &str = "`partner-center doctor` checks the token.";
const PROXY: &str = "It is set by --proxy, by HTTPS_PROXY or ALL_PROXY, or by proxy in a profile.";
const NONE: &str = "";

/// The advice of the SDK and the hint.
pub(crate) fn advice(error: &Error) -> String {
    with_hint(error, of(error))
}

/// The advice in place of the SDK's, where commands are the first choice.
fn of_command_line(reason: ErrorReason) -> Option<&'static str> {
    Some(match reason {
        ErrorReason::NoCredentials => {
            "Sign in with `partner-center login`, set one of these, or try --emulator. Nothing was sent. \
             `partner-center help consent` describes the sign-in."
        }
        ErrorReason::SecretInProfile => {
            "Secrets do not belong in this file: pass them as PARTNER_CENTER_CLIENT_SECRET or \
             PARTNER_CENTER_REFRESH_TOKEN, or sign in with `partner-center login`."
        }
        ErrorReason::NoKeyring => "Build with `--features keyring`, or use store = \"file\".",
        _ => return None,
    })
}

/// Like [`advice`], for the report of `doctor`, which does not need to mention `doctor`.
pub(crate) fn advice_in_doctor(error: &Error) -> String {
    let hint = of(error);
    with_hint(error, if hint.contains("`partner-center doctor") { NONE } else { hint })
}

fn with_hint(error: &Error, hint: &str) -> String {
    if let Some(advice) = error.reason().and_then(of_command_line) {
        return advice.to_owned();
    }
    if hint.is_empty() { error.advice().to_owned() } else { format!("{} {hint}", error.advice()) }
}

fn of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Credential => OauthError::of(error).map_or(SIGN_IN, of_sign_in),
        ErrorKind::Unauthorized | ErrorKind::MfaRequired => LOGIN,
        ErrorKind::AppOnlyToken => "Run `partner-center login`, or set PARTNER_CENTER_REFRESH_TOKEN.",
        ErrorKind::WrongAudience | ErrorKind::Forbidden => TOKEN,
        ErrorKind::CustomerNotFound => "`partner-center customers list` shows the ids.",
        _ => error.reason().map_or(NONE, of_reason),
    }
}

fn of_sign_in(refusal: &OauthError) -> &'static str {
    match refusal.reason() {
        // As in the SDK, the number does not change the advice for these.
        reason @ (Reason::Policy | Reason::Unavailable) => of_sign_in_reason(reason),
        reason => refusal.aadsts().and_then(of_number).unwrap_or_else(|| of_sign_in_reason(reason)),
    }
}

fn of_sign_in_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::SignInAgain
        | Reason::Interaction
        | Reason::Consent
        | Reason::Declined
        | Reason::CodeExpired => LOGIN,
        Reason::Policy => {
            "To sign in with a browser, run `partner-center login --browser`; to pass the token on stdin, run \
             `partner-center login --refresh-token-stdin`."
        }
        Reason::Client => SECRET,
        Reason::Application => IDS,
        Reason::Unavailable => NONE,
        _ => SETTINGS,
    }
}

/// The hint for an AADSTS number, if it differs from the hint for its reason.
fn of_number(number: u32) -> Option<&'static str> {
    Some(match number {
        700_007 => "Set PARTNER_CENTER_CLIENT_ID, or run `partner-center login`.",
        700_025 => "Unset PARTNER_CENTER_CLIENT_SECRET.",
        90002 => "Check PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLOUD.",
        700_024 | 700_027 => NONE,
        _ => return None,
    })
}

/// The hint for an error whose kind does not say which setting it concerns.
fn of_reason(reason: ErrorReason) -> &'static str {
    match reason {
        ErrorReason::Tenant => TENANT,
        ErrorReason::ClientId => CLIENT,
        ErrorReason::ClientSecret => SECRET,
        ErrorReason::StoredTokenUnreadable => "Run `partner-center logout`, then `partner-center login`.",
        ErrorReason::StoredTokenExposed => SIGN_IN,
        ErrorReason::UntrustedCertificate => "SSL_CERT_FILE can name a file with it, as PEM.",
        ErrorReason::ProxyCredentials => PROXY,
        ErrorReason::NotASignInService => "`partner-center doctor` shows the sign-in host.",
        _ => NONE,
    }
}

#[cfg(test)]
mod tests {
    use partner_center::credential::{AppRegistration, ClientCredentials, RefreshToken};
    use serde_json::json;

    use super::*;

    const ID: &str = "bbbbbbbb-0000-0000-0000-000000000002";

    #[test]
    fn the_hint_follows_the_number_and_the_reason() {
        for (error, number, hint) in [
            ("invalid_grant", 50173, LOGIN),
            ("invalid_grant", 1, LOGIN),
            ("invalid_client", 7_000_222, SECRET),
            ("invalid_client", 700_025, "Unset PARTNER_CENTER_CLIENT_SECRET."),
            ("invalid_grant", 700_007, "Set PARTNER_CENTER_CLIENT_ID, or run `partner-center login`."),
            ("invalid_client", 1, SECRET),
            ("invalid_client", 700_024, NONE),
            ("unauthorized_client", 1, IDS),
            ("invalid_request", 90002, "Check PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLOUD."),
            ("something_new", 1, SETTINGS),
            ("temporarily_unavailable", 50173, NONE),
            ("invalid_grant", 53003, of_sign_in_reason(Reason::Policy)),
        ] {
            let refusal: OauthError =
                serde_json::from_value(json!({"error": error, "error_codes": [number]})).unwrap();
            let error = Error::new(ErrorKind::Credential, "x").with_advice("Do it.").with_source(refusal);
            assert_eq!(advice(&error), format!("Do it. {hint}").trim_end(), "{number}");
        }
    }

    #[test]
    fn errors_about_a_setting_name_the_setting() {
        let app = AppRegistration::new("contoso.example", ID);
        let common = AppRegistration::new("common", ID).with_client_secret("x");
        let refresh = |tenant: &str, client: &str| {
            RefreshToken::from_token(&AppRegistration::new(tenant, client), "token").unwrap_err()
        };
        assert_eq!(of(&refresh("no tenant", ID)), TENANT);
        assert_eq!(of(&refresh("contoso.example", "x")), CLIENT);
        assert_eq!(of(&ClientCredentials::new(&app).unwrap_err()), SECRET);
        assert_eq!(of(&ClientCredentials::new(&common).unwrap_err()), TENANT);
        for (reason, command) in [
            (ErrorReason::StoredTokenUnreadable, "logout"),
            (ErrorReason::StoredTokenExposed, "login"),
            (ErrorReason::NotASignInService, "doctor"),
        ] {
            assert!(of(&Error::new(ErrorKind::Configuration, "x").with_reason(reason)).contains(command));
        }
        assert_eq!(of(&Error::new(ErrorKind::Configuration, "x")), NONE);
        assert!(!advice_in_doctor(&Error::new(ErrorKind::Forbidden, "x")).contains("doctor"));
    }
}
