//! Error messages and advice for sign-in errors: who must do what, and with which command.
//!
//! Text only; `refusal` classifies the errors and decides how code reacts to them.

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
            "The user whose access the job uses must sign in again, with multi-factor authentication: \
             `partner-center login`."
        }
        Reason::Interaction => {
            "The user must sign in again and complete multi-factor authentication: `partner-center login`."
        }
        Reason::Policy => {
            "A Conditional Access or device policy forbids this sign-in. If the policy forbids all sign-ins by device \
             code, using another device or trying again does not help. Ask the tenant's administrator which policy it \
             was (the sign-in log in Entra names it) and for an exception. Or complete a browser sign-in that the \
             policy allows in another tool, and pass the resulting refresh token on stdin: \
             `partner-center login --refresh-token-stdin`."
        }
        Reason::Consent => {
            "A Global Administrator of the partner tenant must grant consent to the app registration (API permissions, \
             Grant admin consent); then sign in again: `partner-center login`."
        }
        Reason::Client => {
            "The owner of the app registration must issue a new client secret or certificate; set the secret as \
             PARTNER_CENTER_CLIENT_SECRET."
        }
        Reason::Application => {
            "Compare PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLIENT_ID with the app registration's overview page; \
             for `partner-center login`, the registration must also allow public client flows."
        }
        Reason::Declined => "Start again and have the user approve the sign-in: `partner-center login`.",
        Reason::CodeExpired => "Start again and enter the code within 15 minutes: `partner-center login`.",
        Reason::Request => {
            "Check the tenant, the client id, the cloud and the token resource: `partner-center doctor` shows the \
             source of each."
        }
        Reason::Unavailable => "Try again later.",
        Reason::Other => {
            "Look up the code at https://login.microsoftonline.com/error, and run `partner-center doctor`."
        }
    }
}

/// The advice for the AADSTS numbers that partners commonly see.
pub(super) fn advice_of_number(number: u32) -> Option<&'static str> {
    Some(match number {
        70008 | 700_082 => {
            "The refresh token was not used for 90 days. The user whose access the job uses must sign in again: \
             `partner-center login`. Keep its successors in a token store, so that each run uses the latest one."
        }
        700_084 => {
            "This refresh token was issued to a single-page application and is valid for 24 hours only. Register a web \
             or public client platform instead, and sign in again: `partner-center login`."
        }
        50173 => {
            "The user's sessions were revoked or the password was changed. The user must sign in again: \
             `partner-center login`."
        }
        50076 | 50079 | 50078 => {
            "Multi-factor authentication is required, has expired, or is not set up for the user. The user must sign \
             in again and complete it: `partner-center login`."
        }
        65001 => {
            "A Global Administrator of the partner tenant must grant consent to the app registration (API \
             permissions, Grant admin consent); then sign in again: `partner-center login`."
        }
        700_007 => {
            "The refresh token was issued to another application. Set PARTNER_CENTER_CLIENT_ID to that one, or sign \
             in as this one: `partner-center login`."
        }
        7_000_215 => {
            "The client secret is wrong. The owner of the app registration must issue a new one; set its value, not \
             its id, as PARTNER_CENTER_CLIENT_SECRET."
        }
        7_000_222 => {
            "The client secret has expired. The owner of the app registration must issue a new one; set it as \
             PARTNER_CENTER_CLIENT_SECRET."
        }
        7_000_218 => {
            "The app registration is a confidential client: set PARTNER_CENTER_CLIENT_SECRET, or have its owner turn \
             on Allow public client flows under Authentication."
        }
        700_016 => {
            "The application is not in this tenant. Compare PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLIENT_ID \
             with the app registration's overview page."
        }
        90002 => {
            "The tenant does not exist in this cloud. Check PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLOUD."
        }
        90013 | 9_002_313 => {
            "The sign-in service could not read the request. Check the tenant, the client id and the refresh token for \
             stray spaces and missing characters."
        }
        700_024 => "The assertion is not valid at this time. Correct this machine's clock.",
        700_025 => {
            "The app registration is a public client and does not accept a secret: unset PARTNER_CENTER_CLIENT_SECRET, \
             or register a web platform for it."
        }
        700_027 => {
            "The certificate is not registered. The owner of the app registration must upload it under Certificates \
             and secrets, and the private key used here must belong to it."
        }
        _ => return None,
    })
}
