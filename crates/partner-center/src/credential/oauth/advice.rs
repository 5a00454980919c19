//! Error messages and advice for sign-in errors: who must do what.
//!
//! Text only; `reason` classifies the errors and decides how code reacts to them.

use super::oauth_error::Reason;

/// The message of the error.
pub(super) fn message_of(reason: Reason) -> &'static str {
    match reason {
        Reason::SignInAgain => "the sign-in service no longer accepts the refresh token",
        Reason::Interaction => "the sign-in service requires the user to sign in interactively",
        Reason::Policy => "a policy of the tenant blocked the sign-in",
        Reason::Consent => "the application has no consent to access Partner Center",
        Reason::Client => "the sign-in service did not accept the application's secret or certificate",
        Reason::Application => {
            "the application is unknown in this tenant, or not allowed to sign in this way"
        }
        Reason::Declined => "the sign-in was declined",
        Reason::CodeExpired => "the device code was not used in time",
        Reason::Request => "the sign-in service rejected the request as invalid",
        Reason::Unavailable => "the sign-in service was unavailable",
        Reason::Other => "the sign-in service did not issue a token",
    }
}

/// The advice when only the OAuth error is known.
pub(super) fn advice_of(reason: Reason) -> &'static str {
    match reason {
        Reason::SignInAgain => {
            "The user whose access the job uses must sign in again with multi-factor authentication."
        }
        Reason::Interaction => "The user must sign in again and complete multi-factor authentication.",
        Reason::Policy => {
            "A Conditional Access or device policy forbids this sign-in; if it forbids all sign-ins by device code, \
             another device or another attempt does not help, but a sign-in with a browser may. Ask the tenant's administrator which policy it was (the \
             sign-in log in Entra names it) and for an exception, or complete a browser sign-in that the policy allows \
             in another tool and use its refresh token."
        }
        Reason::Consent => {
            "A Global Administrator of the partner tenant must grant consent to the app registration (API permissions, \
             Grant admin consent). Then sign in again."
        }
        Reason::Client => {
            "Set the client secret or the certificate of the app registration; if it has expired, the owner of the app \
             registration must issue a new one."
        }
        Reason::Application => {
            "Compare the tenant id and the client id with the app registration's overview page. For a sign-in with a \
             device code, the registration must also allow public client flows."
        }
        Reason::Declined => "Start again and have the user approve the sign-in.",
        Reason::CodeExpired => "Start again and enter the code within 15 minutes.",
        Reason::Request => "Check the tenant id, the client id, the cloud and the token resource.",
        Reason::Unavailable => "Try again later.",
        Reason::Other => "Look up the code at https://login.microsoftonline.com/error.",
    }
}

/// The advice for the AADSTS numbers that partners commonly see.
pub(super) fn advice_of_number(number: u32) -> Option<&'static str> {
    Some(match number {
        70008 | 700_082 => {
            "The refresh token was not used for 90 days: the user whose access the job uses must sign in again. Keep \
             the successors of the new token in a token store, so that each run uses the latest one."
        }
        700_084 => {
            "This refresh token was issued to a single-page application and is valid for 24 hours only. Register a web \
             or public client platform instead, and sign in again."
        }
        50173 => "The user's sessions were revoked or the password was changed. The user must sign in again.",
        50076 | 50079 | 50078 => {
            "Multi-factor authentication is required, has expired, or is not set up for the user. The user must sign \
             in again and complete it."
        }
        65001 => {
            "A Global Administrator of the partner tenant must grant consent to the app registration (API \
             permissions, Grant admin consent). Then sign in again."
        }
        700_007 => {
            "The refresh token was issued to another application. Use the client id of that application, or sign in \
             again with this one."
        }
        7_000_215 => {
            "The client secret is wrong. The owner of the app registration must issue a new one; set its value, not \
             its id."
        }
        7_000_222 => "The client secret has expired. The owner of the app registration must issue a new one.",
        7_000_218 => {
            "The app registration is a confidential client: set its client secret, or have its owner turn on Allow \
             public client flows under Authentication and register the redirect address, if there is one, for the \
             platform Mobile and desktop applications."
        }
        700_016 => {
            "The application is not in this tenant. Compare the tenant id and the client id with the app \
             registration's overview page."
        }
        50011 => {
            "The app registration lacks the redirect address of this sign-in. Its owner must add it under \
             Authentication: http://localhost, for the platform Mobile and desktop applications, or for the platform \
             Web if the application has a secret or a certificate."
        }
        9_002_327 => {
            "The redirect address is registered for a single-page application. The owner of the app registration must \
             register it for the platform Mobile and desktop applications, or for the platform Web if the application \
             has a secret or a certificate."
        }
        90002 => "The tenant does not exist in this cloud. Check the tenant id and the cloud.",
        90013 | 9_002_313 => {
            "The sign-in service could not read the request. Check the tenant, the client id and the refresh token for \
             stray spaces and missing characters."
        }
        700_024 => "The assertion is not valid at this time. Correct this machine's clock.",
        700_025 => {
            "The app registration is a public client and does not accept a client secret: do not set one, or register \
             a web platform for it."
        }
        700_027 => {
            "The certificate is not registered. The owner of the app registration must upload it under Certificates \
             and secrets, and the private key used here must belong to it."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;
    use crate::error::{Error, ErrorKind};

    /// All variants of an enum. Does not compile if one is missing.
    macro_rules! all {
        ($kind:ident: $($variant:ident),+) => {{
            fn _is_complete(value: $kind) {
                let ($($kind::$variant)|+) = value;
            }
            [$($kind::$variant),+]
        }};
    }

    // Programs that use the SDK have their own commands and settings.
    #[test]
    fn no_text_names_a_program_or_a_variable() {
        let reasons = all!(
            Reason: SignInAgain, Interaction, Policy, Consent, Client, Application, Declined, CodeExpired, Request,
            Unavailable, Other
        );
        let kinds = all!(
            ErrorKind: InvalidInput, Configuration, Credential, TokenStore, Unauthorized, WrongAudience, MfaRequired,
            Forbidden, AppOnlyToken, MissingRole, ConditionalAccess, NotEnrolled, NoRelationship, NotFound,
            CustomerNotFound, Rejected, Throttled, Unavailable, Network, Timeout, InvalidResponse
        );
        let of_reasons = reasons.iter().flat_map(|reason| [message_of(*reason), advice_of(*reason)]);
        let of_numbers = (0..10_000_000).filter_map(advice_of_number);
        let of_kinds = kinds.iter().map(|kind| Error::new(*kind, "").advice().to_owned());
        let of_statuses = (200..600).flat_map(|status| {
            ["", "<html></html>", r#"{"code":1,"description":"x"}"#].map(|body| {
                let error = Error::from_response(status, HeaderMap::new(), body);
                format!("{} {}", error.message(), error.advice())
            })
        });
        let texts = of_reasons.chain(of_numbers).map(str::to_owned).chain(of_kinds).chain(of_statuses);
        for text in texts {
            assert!(!text.trim().is_empty());
            for name in ["partner-center ", "PARTNER_CENTER_", "--"] {
                assert!(!text.contains(name), "{text}");
            }
        }
    }
}
