//! The kinds of errors. `service_error` maps responses to kinds.

/// The kind of an [`Error`](crate::Error).
///
/// Groups of kinds have a predicate on [`Error`](crate::Error) ([`is_unauthorized`](crate::Error::is_unauthorized),
/// [`is_forbidden`](crate::Error::is_forbidden), ...). Code that uses a predicate keeps working when a more specific
/// kind is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is invalid; nothing was sent.
    InvalidInput,
    /// A setting is invalid; nothing was sent.
    Configuration,
    /// No access token could be obtained, so nothing was sent to Partner Center.
    Credential,
    /// A token store failed temporarily, for example because the disk is full. The token stored before is intact.
    TokenStore,
    /// 401: the access token is missing, expired, or not for this partner tenant.
    Unauthorized,
    /// 401 with code 900420: the token was issued for another audience.
    WrongAudience,
    /// 401 with code 900421: the token carries no multi-factor authentication claim.
    MfaRequired,
    /// 403 for another reason.
    Forbidden,
    /// 403 with code 900329: the operation requires an App+User token, but the token is application-only.
    AppOnlyToken,
    /// 403: the user lacks a role (Admin Agent, or a GDAP role with the customer).
    MissingRole,
    /// 403 with code 900309: a Conditional Access policy blocked the call.
    ConditionalAccess,
    /// 403 with code 900149 or 800039: the partner's program enrollment is not active.
    NotEnrolled,
    /// 403 with code 20002: the partner has no commerce relationship with this customer.
    NoRelationship,
    /// 404: no such resource.
    NotFound,
    /// 404 with code 60003: no such customer tenant.
    CustomerNotFound,
    /// Another 4xx: the service rejected the request as invalid.
    Rejected,
    /// 429 after all attempts.
    Throttled,
    /// 5xx or 408 after all attempts.
    Unavailable,
    /// The connection could not be opened, or broke, after all attempts.
    Network,
    /// The call timed out, or a required wait would have exceeded its timeout.
    Timeout,
    /// The response could not be decoded or does not match the API contract. It is never treated as "no rows".
    InvalidResponse,
}
