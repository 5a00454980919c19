//! What to tell a person whom the sign-in service refused: which person must do what, with which command.
//!
//! Words only. What a refusal is, and what code does about it, is decided in `refusal`.

use super::refusal::Reason;

/// The first words of the error.
pub(super) fn message_of(reason: Reason) -> &'static str {
    match reason {
        Reason::SignInAgain => "the sign-in service no longer takes the refresh token",
        Reason::Interaction => "the sign-in service wants the user to sign in in person",
        Reason::Policy => "the sign-in was refused by a policy of the tenant",
        Reason::Consent => "nobody has consented to the application's access to Partner Center",
        Reason::Client => "the sign-in service did not accept the application's secret or certificate",
        Reason::Application => "the application is not known in this tenant, or may not sign in this way",
        Reason::Declined => "the sign-in was declined",
        Reason::CodeExpired => "the device code was not used in time",
        Reason::Request => "the sign-in service refused the request as invalid",
        Reason::Unavailable => "the sign-in service was unavailable",
        Reason::Other => "the sign-in service gave no token",
    }
}

/// Who must do what, where only the OAuth error is known.
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
            "A Conditional Access or device policy forbids it. The policy may forbid sign-ins by device code altogether, \
             so that another device or another try does not help. Ask the tenant's administrator which policy it was \
             (the sign-in log in Entra names it) and for an exception; or let the user complete a browser sign-in that \
             the policy allows in another tool, and pass the refresh token it yields on stdin: \
             `partner-center login --refresh-token-stdin`."
        }
        Reason::Consent => {
            "A Global Administrator of the partner tenant must grant consent to the app registration (API permissions, \
             Grant admin consent); then sign in again: `partner-center login`."
        }
        Reason::Client => {
            "Whoever owns the app registration must issue a new client secret or certificate; set it as \
             PARTNER_CENTER_CLIENT_SECRET."
        }
        Reason::Application => {
            "Compare PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLIENT_ID with the app registration's overview page; \
             for `partner-center login` it must also allow public client flows."
        }
        Reason::Declined => "Start again, and let the user approve the sign-in: `partner-center login`.",
        Reason::CodeExpired => {
            "Start again, and enter the code within its 15 minutes: `partner-center login`."
        }
        Reason::Request => {
            "Check the tenant, the client id, the cloud and the token resource: `partner-center doctor` shows where \
             each came from."
        }
        Reason::Unavailable => "Try again later.",
        Reason::Other => {
            "Look the code up at https://login.microsoftonline.com/error, and see `partner-center doctor`."
        }
    }
}

/// The numbers partners meet, each with what it takes to be rid of it.
pub(super) fn advice_of_number(number: u32) -> Option<&'static str> {
    Some(match number {
        70008 | 700_082 => {
            "The refresh token went unused for 90 days. The user whose access the job uses must sign in again: \
             `partner-center login`; keep its successors in a token store, so that they are used."
        }
        700_084 => {
            "This refresh token was issued to a single-page application and lives 24 hours. Register a web or public \
             client platform instead, and sign in again: `partner-center login`."
        }
        50173 => {
            "The user's sessions were revoked or the password was changed. The user must sign in again: \
             `partner-center login`."
        }
        50076 | 50079 | 50078 => {
            "Multi-factor authentication is needed, must be enrolled, or has run out. The user must sign in again and \
             complete it: `partner-center login`."
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
            "The client secret is wrong. Whoever owns the app registration must issue a new one; take its value, not \
             its id, and set it as PARTNER_CENTER_CLIENT_SECRET."
        }
        7_000_222 => {
            "The client secret has expired. Whoever owns the app registration must issue a new one; set it as \
             PARTNER_CENTER_CLIENT_SECRET."
        }
        7_000_218 => {
            "The app registration is a confidential client: set PARTNER_CENTER_CLIENT_SECRET, or let its owner turn on \
             Allow public client flows under Authentication."
        }
        700_016 => {
            "The application is not in this tenant. Compare PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLIENT_ID \
             with the app registration's overview page."
        }
        90002 => {
            "There is no such tenant in this cloud. Check PARTNER_CENTER_TENANT_ID and PARTNER_CENTER_CLOUD."
        }
        90013 | 9_002_313 => {
            "The sign-in service could not read the request. Check the tenant, the client id and the refresh token for \
             stray spaces or cut ends."
        }
        700_024 => "The assertion is not valid at this time. Set this machine's clock right.",
        700_025 => {
            "The app registration is a public client and takes no secret: unset PARTNER_CENTER_CLIENT_SECRET, or register \
             a web platform for it."
        }
        700_027 => {
            "The certificate is not registered. Whoever owns the app registration must upload it under Certificates \
             and secrets, and its key must be the one used here."
        }
        _ => return None,
    })
}
