//! What an error says in this crate's own words, and what to do about it.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::LOCATION;
use url::Url;

use crate::error::ErrorKind;

/// A longer host name is not shown.
const LONGEST_HOST: usize = 100;

/// The first words of an error that came as an answer with this status.
pub(crate) fn message_of_answer(status: u16, kind: ErrorKind, headers: &HeaderMap) -> Cow<'static, str> {
    let message = match status {
        300..=303 | 307 | 308 => {
            let to = redirected_to(headers).map(|host| format!(" to {host}")).unwrap_or_default();
            return format!(
                "the answer is a redirect{to}, which is not followed: it would carry the token along"
            )
            .into();
        }
        304 => "the answer is \"not modified\", although nothing was asked about changes",
        405 | 410 if kind == ErrorKind::Rejected => "this operation does not exist here",
        407 => "the proxy asks for a user name and password",
        451 if kind == ErrorKind::Rejected => "the service may not answer for legal reasons",
        511 => "the network asks for a sign-in before it lets requests through",
        _ => message_of(kind),
    };
    message.into()
}

/// What to do about an error that came as an answer with this status, if it is not what goes for its kind.
pub(crate) fn advice_of_answer(
    status: u16,
    kind: ErrorKind,
    has_description: bool,
    is_web_page: bool,
) -> Option<Cow<'static, str>> {
    let advice = match status {
        304 => "A cache on the way answers in the service's place: check the proxy and the base URL.",
        405 | 410 if kind == ErrorKind::Rejected => {
            "Check the base URL. If it is right, Microsoft may have retired the operation, or this cloud has none: try \
             the one that supersedes it."
        }
        407 => "Give the proxy's user name and password in its address: http://user:password@host:port.",
        451 if kind == ErrorKind::Rejected => {
            "Ask Microsoft support what the reason is; trying again does not help."
        }
        511 => "Sign in to the network with a browser first, and try again.",
        _ if is_web_page
            && matches!(kind, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Rejected) =>
        {
            return Some(
                format!(
                    "The answer is a web page: a proxy, a firewall or a sign-in page may have sent it in the service's \
                     place. Otherwise: {}",
                    advice_of(kind)
                )
                .into(),
            );
        }
        _ if has_description && kind == ErrorKind::Rejected => {
            "The service's own description says which part of the request it refused."
        }
        _ => return None,
    };
    Some(advice.into())
}

/// The host a redirect leads to, if that can be shown: nothing of its path or query.
fn redirected_to(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    url.host_str().filter(|host| !host.is_empty() && host.len() <= LONGEST_HOST).map(str::to_owned)
}

/// The first words of an error that came as an answer of this kind.
fn message_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "an argument cannot be used",
        ErrorKind::Configuration => "a setting cannot be used",
        ErrorKind::Credential => "no access token could be had",
        ErrorKind::TokenStore => "the token store failed",
        ErrorKind::Unauthorized => "the access token was refused",
        ErrorKind::WrongAudience => "the access token is for another audience",
        ErrorKind::MfaRequired => "the access token carries no multi-factor authentication claim",
        ErrorKind::Forbidden => "access was refused",
        ErrorKind::AppOnlyToken => "this operation does not take application-only tokens",
        ErrorKind::MissingRole => "the signed-in user lacks the role this takes",
        ErrorKind::ConditionalAccess => "a Conditional Access policy blocked the call",
        ErrorKind::NotEnrolled => "the partner's programme enrolment is not active",
        ErrorKind::NoRelationship => "the partner has no relationship with this customer",
        ErrorKind::NotFound => "not found",
        ErrorKind::CustomerNotFound => "no such customer",
        ErrorKind::Rejected => "the service refused the request as invalid",
        ErrorKind::Throttled => "the service is throttling",
        ErrorKind::Unavailable => "the service was unavailable",
        ErrorKind::Network => "the connection failed",
        ErrorKind::Timeout => "the time allowed for the call was up",
        ErrorKind::InvalidAnswer => "the answer breaks the contract",
    }
}

/// What the person who runs the call can do about it.
pub(crate) fn advice_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "Correct the argument and try again; nothing was sent.",
        ErrorKind::Configuration => "Correct the setting and try again; nothing was sent.",
        ErrorKind::Credential => {
            "Sign in with `partner-center login`, or set PARTNER_CENTER_ACCESS_TOKEN or the refresh-token settings."
        }
        ErrorKind::TokenStore => "Check the disk or the keyring the token is kept in, and run again.",
        ErrorKind::Unauthorized => {
            "Get a fresh App+User token for this partner tenant (tokens live about an hour): `partner-center login`."
        }
        ErrorKind::WrongAudience => {
            "Request the token for https://api.partnercenter.microsoft.com; graph.windows.net has not been accepted \
             since August 2025."
        }
        ErrorKind::MfaRequired => {
            "Sign in again with multi-factor authentication and mint a new refresh token: `partner-center login`."
        }
        ErrorKind::Forbidden => {
            "Check that the app is consented, that the user is in the partner tenant and is Admin Agent, and that the \
             partner is direct-bill or an indirect provider: `partner-center doctor`."
        }
        ErrorKind::AppOnlyToken => {
            "Use an App+User token (a signed-in user, or a consented refresh token): all license analytics need one."
        }
        ErrorKind::MissingRole => {
            "Ask a Global Administrator of the partner tenant to give the user the Admin Agent role, or the GDAP role \
             for this customer."
        }
        ErrorKind::ConditionalAccess => {
            "Ask the tenant's administrator which Conditional Access policy blocked the sign-in, or run from an allowed place."
        }
        ErrorKind::NotEnrolled => {
            "Check the enrolment in the Cloud Solution Provider programme in Partner Center's account settings."
        }
        ErrorKind::NoRelationship => {
            "Check the customer id; if it is right, the relationship has ended or was never accepted by the customer."
        }
        ErrorKind::NotFound => "Check the id and the base URL.",
        ErrorKind::CustomerNotFound => {
            "Check the customer id: it is the tenant id of the customer, as `partner-center customers list` shows it."
        }
        ErrorKind::Rejected => {
            "The service did not say what is wrong with the request: check the ids, the filter and the base URL. If it \
             persists, give Microsoft support the request id and the correlation id."
        }
        ErrorKind::Throttled => {
            "Wait as long as the service asked for, and lower the concurrency: limits are per partner, or per partner \
             and customer."
        }
        ErrorKind::Unavailable => {
            "Try again later; if it persists, give Microsoft support the request id and the correlation id."
        }
        ErrorKind::Network => "Check the network, the proxy and the base URL, and try again.",
        ErrorKind::Timeout => {
            "Allow more time (the service has been seen to take over 100 seconds), or try again later."
        }
        ErrorKind::InvalidAnswer => {
            "A proxy or a sign-in page that answers in the service's place is the usual cause: check the proxy and the \
             base URL. If the answer is Partner Center's own, please report its shape."
        }
    }
}
