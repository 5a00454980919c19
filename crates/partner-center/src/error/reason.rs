//! The reason of an error, where its kind is too coarse.

/// Why a call failed, for errors of one kind that are solved in different ways.
///
/// Most errors have no reason: their [`ErrorKind`](crate::ErrorKind), status and code say enough.
///
/// ```
/// use partner_center::{ErrorKind, ErrorReason, PartnerCenter};
///
/// let error = PartnerCenter::builder().base_url("ftp://example").build().unwrap_err();
/// assert_eq!((error.kind(), error.reason()), (ErrorKind::Configuration, Some(ErrorReason::BaseUrl)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorReason {
    /// The base URL is invalid.
    BaseUrl,
    /// The tenant is invalid, or not a single tenant where one is required.
    Tenant,
    /// The client id is not a GUID.
    ClientId,
    /// The application has no secret, certificate or assertion, and the sign-in requires one.
    ClientSecret,
    /// No credentials were found in any of the places that settings are read from.
    NoCredentials,
    /// A profile contains a secret, which does not belong in its file.
    SecretInProfile,
    /// A profile asks for the keyring, which this build does not support.
    NoKeyring,
    /// The token store contains something else than a token.
    StoredTokenUnreadable,
    /// Other users can read the stored token.
    StoredTokenExposed,
    /// The response to a token request is not from a sign-in service.
    NotASignInService,
    /// An attempt timed out.
    AttemptTimedOut,
    /// The certificate of the host is not trusted: a proxy inspects TLS, or the host is another one.
    UntrustedCertificate,
    /// The proxy requires a user name and password.
    ProxyCredentials,
    /// This process cannot open another connection. The request was not sent.
    TooManyOpenFiles,
    /// The service asked for a longer wait than a sweep accepts.
    WaitTooLong,
    /// The retry budget was too low for another attempt.
    OutOfRetries,
}
