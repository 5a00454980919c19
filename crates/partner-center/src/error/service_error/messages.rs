//! Messages and advice for each kind of error.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::LOCATION;
use url::Url;

use crate::error::ErrorKind;

/// Longer host names are not shown.
const LONGEST_HOST: usize = 100;

/// The message and the advice if a proxy requires credentials, when it connects or in its response.
pub(crate) const PROXY_CREDENTIALS: (&str, &str) = (
    "the proxy requires a user name and password",
    "Put the user name and password in the proxy URL: http://user:password@host:port.",
);

/// The message of an error response with this status.
pub(crate) fn message_of_response(status: u16, kind: ErrorKind, headers: &HeaderMap) -> Cow<'static, str> {
    let message = match status {
        300..=303 | 307 | 308 => {
            let to = redirected_to(headers).map(|host| format!(" to {host}")).unwrap_or_default();
            return format!(
                "the response is a redirect{to}, which is not followed because it would forward the token"
            )
            .into();
        }
        304 => "the response is \"not modified\", but the request was not conditional",
        405 | 410 if kind == ErrorKind::Rejected => "this operation does not exist at this address",
        407 => PROXY_CREDENTIALS.0,
        451 if kind == ErrorKind::Rejected => "the resource is unavailable for legal reasons",
        511 => "the network requires a sign-in before it forwards requests",
        _ => message_of(kind),
    };
    message.into()
}

/// The advice for an error response with this status, if it differs from the advice for its kind.
pub(crate) fn advice_of_response(
    status: u16,
    kind: ErrorKind,
    has_description: bool,
    is_web_page: bool,
) -> Option<Cow<'static, str>> {
    let advice = match status {
        304 => "A cache responded instead of the service: check the proxy and the base URL.",
        405 | 410 if kind == ErrorKind::Rejected => {
            "Check the base URL. If it is correct, Microsoft may have retired the operation, or this cloud does not \
             offer it: use the operation that supersedes it."
        }
        407 => PROXY_CREDENTIALS.1,
        451 if kind == ErrorKind::Rejected => "Ask Microsoft support for the reason; retrying does not help.",
        511 => "Sign in to the network with a browser, then try again.",
        _ if is_web_page
            && matches!(kind, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Rejected) =>
        {
            return Some(
                format!(
                    "The response is a web page: a proxy, a firewall or a sign-in page may have sent it instead of the \
                     service. Otherwise: {}",
                    advice_of(kind)
                )
                .into(),
            );
        }
        _ if has_description && kind == ErrorKind::Rejected => {
            "The service's description says which part of the request it rejected."
        }
        _ => return None,
    };
    Some(advice.into())
}

/// The target host of a redirect, without path and query.
fn redirected_to(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    url.host_str().filter(|host| !host.is_empty() && host.len() <= LONGEST_HOST).map(str::to_owned)
}

/// The default message of a kind.
fn message_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "an argument is invalid",
        ErrorKind::Configuration => "a setting is invalid",
        ErrorKind::Credential => "could not obtain an access token",
        ErrorKind::TokenStore => "the token store failed",
        ErrorKind::Unauthorized => "the access token was refused",
        ErrorKind::WrongAudience => "the access token is for another audience",
        ErrorKind::MfaRequired => "the access token carries no multi-factor authentication claim",
        ErrorKind::Forbidden => "access was denied",
        ErrorKind::AppOnlyToken => "this operation does not accept application-only tokens",
        ErrorKind::MissingRole => "the signed-in user lacks the required role",
        ErrorKind::ConditionalAccess => "a Conditional Access policy blocked the call",
        ErrorKind::NotEnrolled => "the partner's program enrollment is not active",
        ErrorKind::NoRelationship => "the partner has no relationship with this customer",
        ErrorKind::NotFound => "not found",
        ErrorKind::CustomerNotFound => "no such customer",
        ErrorKind::Rejected => "the service rejected the request as invalid",
        ErrorKind::Throttled => "the service is throttling",
        ErrorKind::Unavailable => "the service was unavailable",
        ErrorKind::Network => "the connection failed",
        ErrorKind::Timeout => "the call timed out",
        ErrorKind::InvalidResponse => "the response does not match the API contract",
    }
}

/// The default advice of a kind.
pub(crate) fn advice_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "Correct the argument and try again; nothing was sent.",
        ErrorKind::Configuration => "Correct the setting and try again; nothing was sent.",
        ErrorKind::Credential => "Sign in again, or check the settings of the credential.",
        ErrorKind::TokenStore => "Check the disk or the keyring that stores the token, then try again.",
        ErrorKind::Unauthorized => {
            "Get a new App+User token for this partner tenant; access tokens are valid for about an hour."
        }
        ErrorKind::WrongAudience => {
            "Request the token for https://api.partnercenter.microsoft.com; graph.windows.net has not been accepted \
             since August 2025."
        }
        ErrorKind::MfaRequired => {
            "Sign in again with multi-factor authentication, and use the new refresh token."
        }
        ErrorKind::Forbidden => {
            "Check that the app is consented, that the user is in the partner tenant and is Admin Agent, and that the \
             partner is direct-bill or an indirect provider."
        }
        ErrorKind::AppOnlyToken => {
            "Use an App+User token (a signed-in user, or a consented refresh token): all license analytics require one."
        }
        ErrorKind::MissingRole => {
            "Ask a Global Administrator of the partner tenant to give the user the Admin Agent role, or the GDAP role \
             for this customer."
        }
        ErrorKind::ConditionalAccess => {
            "Ask the tenant's administrator which Conditional Access policy blocked the call, or run from an allowed \
             location."
        }
        ErrorKind::NotEnrolled => {
            "Check the enrollment in the Cloud Solution Provider program in Partner Center's account settings."
        }
        ErrorKind::NoRelationship => {
            "Check the customer id. If it is correct, the relationship has ended, or the customer never accepted it."
        }
        ErrorKind::NotFound => "Check the id and the base URL.",
        ErrorKind::CustomerNotFound => "Check the customer id: it is the id of the customer's tenant.",
        ErrorKind::Rejected => {
            "The service did not say what is wrong with the request: check the ids, the filter and the base URL. If it \
             persists, give Microsoft support the request id and the correlation id."
        }
        ErrorKind::Throttled => {
            "Wait as long as the service requested, and lower the concurrency: limits apply per partner, or per \
             partner and customer."
        }
        ErrorKind::Unavailable => {
            "Try again later; if it persists, give Microsoft support the request id and the correlation id."
        }
        ErrorKind::Network => "Check the network, the proxy and the base URL, and try again.",
        ErrorKind::Timeout => {
            "Allow more time (the service has been seen to take over 100 seconds), or try again later."
        }
        ErrorKind::InvalidResponse => {
            "The usual cause is a proxy or a sign-in page that responds instead of the service: check the proxy and \
             the base URL. If the response comes from Partner Center, please report its structure."
        }
    }
}
