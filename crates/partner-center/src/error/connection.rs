//! Connections that fail for a reason that the user can remove: the same for calls and for sign-in.

use partner_center_client::HttpErrorKind;

use super::service_error::messages;
use super::{Error, ErrorKind, ErrorReason};

/// The error; `None` if the kind says nothing more than that the connection failed.
///
/// `host` is what was not reached, such as `the service`.
pub(crate) fn failed_connection(kind: HttpErrorKind, host: &str) -> Option<Error> {
    let error =
        |message: String, advice: &'static str| Error::new(ErrorKind::Network, message).with_advice(advice);
    let error = match kind {
        HttpErrorKind::NoSuchHost => error(
            format!("could not resolve the host name of {host}"),
            "Check the address, and that this network resolves internet host names; if only a proxy does, set the proxy.",
        ),
        HttpErrorKind::Certificate => error(
            format!("the certificate of {host} is not trusted"),
            "If a proxy inspects TLS, add its root certificate to the trusted certificates of this system. If not, check \
             the address: the server may not be Microsoft's.",
        )
        .with_reason(ErrorReason::UntrustedCertificate),
        HttpErrorKind::ProxyCredentials => {
            let (message, advice) = messages::PROXY_CREDENTIALS;
            error(message.to_owned(), advice).with_reason(ErrorReason::ProxyCredentials)
        }
        HttpErrorKind::ProxyRefused => error(
            format!("the proxy refused to connect to {host}"),
            "Check that it allows connections to this address, and whether the network requires a sign-in with a browser.",
        ),
        _ => return None,
    };
    Some(if kind.is_final() { error.permanent() } else { error })
}
