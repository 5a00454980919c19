//! The error of an exchange that brought no response, or not a whole one.

use std::error::Error;
use std::{fmt, io};

use crate::resolver::LookupFailure;

/// An error that prevented a response, or a complete response.
#[derive(Debug)]
pub struct HttpError {
    kind: HttpErrorKind,
    /// Replaces the message of the kind.
    message: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`HttpError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// The settings or the request are invalid. Nothing was sent.
    Settings,
    /// The connection could not be established. The request was not sent.
    Connect,
    /// The connection could not be established, because the host name does not exist.
    NoSuchHost,
    /// The connection could not be established, because the certificate is not trusted or is for another host.
    Certificate,
    /// The connection could not be established, because the proxy requires a user name and password.
    ProxyCredentials,
    /// The connection could not be established, because the proxy refused to connect to the host.
    ProxyRefused,
    /// The connection failed before a response arrived.
    Request,
    /// The response ended early, or could not be decompressed.
    Body,
    /// The response has a content coding that was not requested.
    Coding,
}

impl HttpErrorKind {
    /// Whether the same request would fail the same way again.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Settings | Self::NoSuchHost | Self::Certificate | Self::ProxyCredentials | Self::Coding
        )
    }

    /// Derives the kind of a connection failure from its causes, if they say.
    pub(crate) fn connection_kind(cause: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(failure) = cause.downcast_ref::<LookupFailure>() {
            return failure.no_such_name.then_some(Self::NoSuchHost);
        }
        if is_certificate(cause) {
            return Some(Self::Certificate);
        }
        // The type of these errors is private.
        match cause.to_string().strip_prefix("tunnel error: ") {
            Some("proxy authorization required") => return Some(Self::ProxyCredentials),
            Some("unsuccessful") => return Some(Self::ProxyRefused),
            _ => {}
        }
        // `source` of an I/O error skips the error that it wraps.
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner
            .and_then(|inner| Self::connection_kind(inner))
            .or_else(|| Self::connection_kind(cause.source()?))
    }
}

#[cfg(feature = "rustls")]
fn is_certificate(cause: &(dyn Error + 'static)) -> bool {
    matches!(cause.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_)))
        || is_certificate_by_text(cause)
}

#[cfg(not(feature = "rustls"))]
use is_certificate_by_text as is_certificate;

/// The platform libraries have no common error type for it, but all their messages contain "certificate".
fn is_certificate_by_text(cause: &(dyn Error + 'static)) -> bool {
    cfg!(feature = "native-tls") && cause.source().is_none() && cause.to_string().contains("certificate")
}

impl HttpError {
    pub(crate) fn new(error: reqwest::Error) -> Self {
        // The query of a URL contains filters, which contain customer names.
        let error = error.without_url();
        let kind = if error.is_builder() {
            HttpErrorKind::Settings
        } else if error.is_connect() {
            HttpErrorKind::connection_kind(&error).unwrap_or(HttpErrorKind::Connect)
        } else if error.is_body() || error.is_decode() {
            HttpErrorKind::Body
        } else {
            HttpErrorKind::Request
        };
        Self { kind, message: None, source: Some(error.into()) }
    }

    pub(crate) fn settings(error: reqwest::Error) -> Self {
        let kind = HttpErrorKind::Settings;
        Self { kind, message: None, source: Some(error.without_url().into()) }
    }

    /// A setting is invalid, for this reason.
    pub(crate) fn invalid_setting(message: String) -> Self {
        Self { kind: HttpErrorKind::Settings, message: Some(message), source: None }
    }

    /// The body could not be decoded.
    pub(crate) fn body(error: Box<dyn Error + Send + Sync>) -> Self {
        Self { kind: HttpErrorKind::Body, message: None, source: Some(error) }
    }

    /// The response has the coding of this name.
    pub(crate) fn coding(name: &str) -> Self {
        let message = format!("the response is encoded with {name}, which was not requested");
        Self { kind: HttpErrorKind::Coding, message: Some(message), source: None }
    }

    /// Which part failed.
    #[must_use]
    pub fn kind(&self) -> HttpErrorKind {
        self.kind
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (&self.message, self.kind) {
            (Some(message), _) => message,
            (None, HttpErrorKind::Settings) => "could not set up the HTTP client",
            (None, HttpErrorKind::Connect) => "could not connect",
            (None, HttpErrorKind::NoSuchHost) => "the host name does not exist",
            (None, HttpErrorKind::Certificate) => "the certificate is not trusted",
            (None, HttpErrorKind::ProxyCredentials) => "the proxy requires a user name and password",
            (None, HttpErrorKind::ProxyRefused) => "the proxy refused to connect to the host",
            (None, HttpErrorKind::Request) => "the connection failed before a response arrived",
            (None, HttpErrorKind::Body) => "the response ended early or could not be decompressed",
            (None, HttpErrorKind::Coding) => "the response has a content coding that was not requested",
        })
    }
}

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        // The HTTP library's own message repeats this one; its source has the reason.
        if source.is::<reqwest::Error>() { source.source() } else { Some(source) }
    }
}
