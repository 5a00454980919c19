//! Connections that fail for a reason that the user can remove: the same for calls and for sign-in.

use std::borrow::Cow;

#[cfg(feature = "oauth")]
use http::HeaderMap;
use partner_center_client::HttpErrorKind;

use super::ErrorReason;
#[cfg(feature = "oauth")]
use super::{Error, ErrorKind, service_error::messages};

/// The message, the advice and the reason; `None` if the kind says nothing more than that the connection failed.
///
/// `host` is what was not reached, such as `the service`.
pub(crate) fn failed_connection(
    kind: HttpErrorKind,
    host: &str,
) -> Option<(Cow<'static, str>, &'static str, Option<ErrorReason>)> {
    Some(match kind {
        HttpErrorKind::NoSuchHost => (
            format!("could not resolve the host name of {host}").into(),
            "Check the address, and that this network resolves internet host names; if only a proxy does, set the proxy.",
            None,
        ),
        HttpErrorKind::Certificate => (
            format!("the certificate of {host} is not trusted").into(),
            "If a proxy inspects TLS, add its root certificate to the trusted certificates of this system. If not, check \
             the address: the server may not be Microsoft's.",
            Some(ErrorReason::UntrustedCertificate),
        ),
        HttpErrorKind::ProxyCredentials => (
            "the proxy requires a user name and password".into(),
            "Put the user name and password in the proxy URL: http://user:password@host:port.",
            Some(ErrorReason::ProxyCredentials),
        ),
        HttpErrorKind::ProxyRefused => (
            format!("the proxy refused to connect to {host}").into(),
            "Check that it allows connections to this address, and whether the network requires a sign-in with a browser.",
            None,
        ),
        _ => return None,
    })
}

/// The error of a sign-in with this status, if it comes from a proxy or from a network that requires a sign-in.
#[cfg(feature = "oauth")]
pub(crate) fn response_of_the_network(status: u16) -> Option<Error> {
    if !matches!(status, 407 | 511) {
        return None;
    }
    let kind = ErrorKind::Network;
    let error = Error::new(kind, messages::message_of_response(status, kind, &HeaderMap::new()));
    let advice = messages::advice_of_response(status, kind, false, false);
    let error = advice.into_iter().fold(error, Error::with_advice);
    Some(error.with_status(status).permanent())
}
