//! What can go wrong, in kinds. Which answer is of which kind is decided in `fault`.

/// What went wrong, coarse enough to branch on.
///
/// Groups of kinds have a predicate on [`Error`](crate::Error) ([`is_unauthorized`](crate::Error::is_unauthorized),
/// [`is_forbidden`](crate::Error::is_forbidden), ...), so that code written against the group keeps working when a finer
/// kind is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument was refused before anything was sent.
    InvalidInput,
    /// A setting of the builder, a profile or the environment cannot be used; nothing was sent.
    Configuration,
    /// No access token could be had, so nothing was sent to Partner Center.
    Credential,
    /// A token store failed for reasons of the moment, such as a full disk: what it kept before is still there.
    TokenStore,
    /// 401: the access token is missing, expired, or not for this partner tenant.
    Unauthorized,
    /// 401 with code 900420: the token was issued for another audience.
    WrongAudience,
    /// 401 with code 900421: the token carries no multi-factor authentication claim.
    MfaRequired,
    /// 403 for a reason this crate does not know.
    Forbidden,
    /// 403 with code 900329: the operation takes App+User tokens, the token is application-only.
    AppOnlyToken,
    /// 403: the user lacks a role (Admin Agent, or a GDAP role with the customer).
    MissingRole,
    /// 403 with code 900309: a Conditional Access policy blocked the call.
    ConditionalAccess,
    /// 403 with code 900149 or 800039: the partner's programme enrolment is not active.
    NotEnrolled,
    /// 403 with code 20002: the partner has no commerce relationship with this customer.
    NoRelationship,
    /// 404: no such resource.
    NotFound,
    /// 404 with code 60003: no such customer tenant.
    CustomerNotFound,
    /// Another 4xx: the service refused the request as it was put.
    Rejected,
    /// 429 after all attempts.
    Throttled,
    /// 5xx or 408 after all attempts.
    Unavailable,
    /// No connection, or it broke, after all attempts.
    Network,
    /// The time allowed for the call was up, or a wait would have outlasted it.
    Timeout,
    /// The answer could not be read, or breaks the contract. Never retried into "no rows".
    InvalidAnswer,
}
