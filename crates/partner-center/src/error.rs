//! The error type of this crate: its kind, facts about the failed call, and advice.
//!
//! The type is opaque and one word wide, so that a call's `Result` stays small and fields can be added without a
//! breaking change. Error bodies of the service are parsed in `service_error`; `call` adds the operation and the number of
//! attempts.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use partner_center_client::encoding;
use uuid::Uuid;

pub(crate) mod connection;
mod display;
mod kind;
mod reason;
mod redacted;
pub(crate) mod service_error;

pub use kind::ErrorKind;
pub use reason::ErrorReason;
use service_error::{ServiceError, messages};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Arc<dyn std::error::Error + Send + Sync + 'static>;

/// The error of a call, with the details needed to act on it or to report it to Microsoft.
///
/// `Display` writes one line: the message of this crate, the status, the service's code and the ids. It contains no
/// token and no text from the service, so it is safe to log. The service's own text is in
/// [`description`](Error::description) and [`body`](Error::body), which may contain customer data: show them to the
/// user, but do not log them.
///
/// # Introspection is limited
///
/// The kinds and predicates do not cover every case: all predicates may be `false` for an error.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Default)]
struct Inner {
    kind: Option<ErrorKind>,
    message: Cow<'static, str>,
    operation: Option<&'static str>,
    status: Option<u16>,
    fault: Option<ServiceError>,
    request_id: Option<Uuid>,
    correlation_id: Option<Uuid>,
    retry_after: Option<Duration>,
    attempts: u32,
    from_credential: bool,
    /// Repeating the request would fail in the same way, even if errors of this kind are usually transient.
    is_final: bool,
    headers: HeaderMap,
    body: Option<Bytes>,
    /// The redacted start of the body, if the body contains a secret.
    excerpt: Option<String>,
    advice: Option<Cow<'static, str>>,
    continuation: Option<crate::continuation::Continuation>,
    facts: Vec<(&'static str, String)>,
    source: Option<Source>,
    reason: Option<ErrorReason>,
}

impl Error {
    /// Creates an error of this kind with this message.
    ///
    /// This is public so that your own mocks can return the errors of the SDK. Use the `with_` methods to add details.
    ///
    /// ```
    /// use partner_center::{Error, ErrorKind};
    ///
    /// let error = Error::new(ErrorKind::Throttled, "too many calls").with_status(429).with_attempts(4);
    /// assert!(error.is_throttled());
    /// ```
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind: Some(kind), message: message.into(), ..Inner::default() }))
    }

    /// Creates the error that a call returns for a response with this status, these headers and this body.
    ///
    /// ```
    /// use partner_center::{Error, ErrorKind};
    ///
    /// let body = r#"{"code":20002,"description":"No relationship.","data":[],"source":"PartnerFD"}"#;
    /// let error = Error::from_response(403, http::HeaderMap::new(), body);
    /// assert_eq!(error.kind(), ErrorKind::NoRelationship);
    /// assert_eq!(error.code(), Some("20002"));
    /// ```
    #[must_use]
    pub fn from_response(status: u16, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let charset = encoding::charset(&headers);
        let fault = ServiceError::recognise(&body, charset.as_deref());
        let kind = service_error::kind_of(status, fault.as_ref());
        let mut error = Self::new(kind, messages::message_of_response(status, kind, &headers));
        let described = fault.as_ref().is_some_and(|fault| fault.description.is_some());
        let is_web_page = fault.is_none() && service_error::is_web_page(&body);
        error.0.advice = messages::advice_of_response(status, kind, described, is_web_page);
        error.0.is_final = matches!(status, 407 | 511);
        error.0.status = Some(status);
        error.0.fault = fault;
        error.0.headers = headers;
        error.0.body = Some(body);
        error
    }

    /// Adds the id of the failed operation.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Adds the HTTP status of the response.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the error code, such as `20002` or `AADSTS700082`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        let description = self.0.fault.take().and_then(|fault| fault.description);
        self.0.fault = Some(ServiceError { code: Some(code.into()), description });
        self
    }

    /// Adds the service's description of the error. It may contain customer data: `Display` and `Debug` omit it.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        let code = self.0.fault.take().and_then(|fault| fault.code);
        self.0.fault = Some(ServiceError { code, description: Some(description.into()) });
        self
    }

    /// Adds the `MS-RequestId` and `MS-CorrelationId` that were sent.
    #[must_use]
    pub fn with_ids(mut self, request_id: Uuid, correlation_id: Uuid) -> Self {
        self.0.request_id = Some(request_id);
        self.0.correlation_id = Some(correlation_id);
        self
    }

    /// Adds the wait requested by `Retry-After`.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Marks the error as permanent: repeating the request would fail in the same way.
    #[must_use]
    pub(crate) fn permanent(mut self) -> Self {
        self.0.is_final = true;
        self
    }

    /// Adds the number of requests that were sent.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Marks the error as one of the credential: see [`is_from_credential`](Self::is_from_credential).
    #[must_use]
    pub fn with_credential_origin(mut self) -> Self {
        self.0.from_credential = true;
        self
    }

    /// Adds the headers of the response.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers = headers;
        self
    }

    /// Adds the body of the response, or the part that was read.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.0.body = Some(body.into());
        self
    }

    /// Replaces the default advice of the kind.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Adds a fact that `Display` writes after the message, such as the file that is invalid. It must not contain secrets
    /// or customer data.
    #[must_use]
    pub fn with_fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.facts.push((name, value.into()));
        self
    }

    /// Adds the position of a stream of pages, so that a caller can resume it.
    #[must_use]
    pub fn with_continuation(mut self, continuation: crate::continuation::Continuation) -> Self {
        self.0.continuation = Some(continuation);
        self
    }

    /// Adds the source error. Its text must not contain secrets or customer data.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// Adds the reason, or replaces it.
    #[must_use]
    pub fn with_reason(mut self, reason: ErrorReason) -> Self {
        self.0.reason = Some(reason);
        self
    }

    /// Marks the error as not retried because the retry budget is empty.
    pub(crate) fn out_of_retries(mut self) -> Self {
        self.0.message = format!("{}, and the retry budget is empty", self.0.message).into();
        self.with_reason(ErrorReason::OutOfRetries).with_advice(
            "Too many calls of this client have failed recently, so failed calls are not retried. Wait until the \
             service recovers; each successful call refills part of the budget.",
        )
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::InvalidResponse)
    }

    /// The reason, for the errors whose kind does not say enough.
    #[must_use]
    pub fn reason(&self) -> Option<ErrorReason> {
        self.0.reason
    }

    /// The message of this crate, without the status and the ids that `Display` adds.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about the error: one or two sentences for the user.
    #[must_use]
    pub fn advice(&self) -> &str {
        match &self.0.advice {
            Some(advice) => advice,
            None => messages::advice_of(self.kind()),
        }
    }

    /// The id of the failed operation, such as `get_customer_licenses_deployment`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status of the last response, if there was one. It is 200 if the body of a 200 could not be decoded.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's error code, such as `20002` or `InvalidQueryParameters`. The same number can have different
    /// meanings with different statuses: check [`status`](Self::status) too, or use [`kind`](Self::kind).
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.fault.as_ref()?.code.as_deref()
    }

    /// The service's description of the error. It may contain customer data: show it to the user, but do not log it.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.0.fault.as_ref()?.description.as_deref()
    }

    /// The `MS-RequestId` that was sent: quote it to Microsoft support.
    #[must_use]
    pub fn request_id(&self) -> Option<Uuid> {
        self.0.request_id
    }

    /// The `MS-CorrelationId` that was sent, the same for all pages and attempts of a call.
    #[must_use]
    pub fn correlation_id(&self) -> Option<Uuid> {
        self.0.correlation_id
    }

    /// The `MS-RequestId` in the response. It has been seen to differ from the one sent.
    #[must_use]
    pub fn service_request_id(&self) -> Option<&str> {
        self.0.headers.get("ms-requestid")?.to_str().ok()
    }

    /// The wait that the service requested before the next call, if any.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The number of requests that were sent: 0 if the call failed before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The headers of the last response; empty if there was none.
    #[must_use]
    pub fn raw_headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body of the last response, decompressed, as far as it was read. It may contain customer data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// Further facts by name: for an invalid setting, its file, line or key, and where its value came from.
    pub fn facts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.facts.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The position of the page that failed, if the error comes from a stream of pages: pass it to `resume`.
    #[must_use]
    pub fn continuation(&self) -> Option<&crate::continuation::Continuation> {
        self.0.continuation.as_ref()
    }

    /// Whether an argument or a setting is invalid. Nothing was sent to Partner Center.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        matches!(self.kind(), ErrorKind::InvalidInput | ErrorKind::Configuration)
    }

    /// Whether the credential is missing or was rejected by the service (401).
    ///
    /// # Troubleshooting
    ///
    /// `TokenClaims` in [`credential`](crate::credential) shows the kind of token and which claim is missing.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Credential
                | ErrorKind::Unauthorized
                | ErrorKind::WrongAudience
                | ErrorKind::MfaRequired
        )
    }

    /// Whether the service accepted the credential but denied access (403).
    ///
    /// # Troubleshooting
    ///
    /// [`kind`](Self::kind) distinguishes an application-only token, a missing role and a missing customer
    /// relationship. The service's own texts for the three are similar.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Forbidden
                | ErrorKind::AppOnlyToken
                | ErrorKind::MissingRole
                | ErrorKind::ConditionalAccess
                | ErrorKind::NotEnrolled
                | ErrorKind::NoRelationship
        )
    }

    /// Whether the customer or resource does not exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind(), ErrorKind::NotFound | ErrorKind::CustomerNotFound)
    }

    /// Whether the service throttled all attempts (429).
    ///
    /// # Troubleshooting
    ///
    /// Limits apply per partner, or per partner and customer. Published are 500 requests per minute and tenant for the
    /// customers, and nothing for analytics. Lower the concurrency, and wait for [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::Throttled
    }

    /// Whether the same call may succeed later: throttled, unavailable, network or timeout. `false` if someone must act
    /// first: the host name is unknown, the certificate is not trusted, or the proxy requires a password.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let may_pass = matches!(
            self.kind(),
            ErrorKind::Throttled | ErrorKind::Unavailable | ErrorKind::Network | ErrorKind::Timeout
        );
        may_pass && !self.0.is_final
    }

    /// Whether someone must act before the same request can succeed.
    pub(crate) fn is_final(&self) -> bool {
        self.0.is_final
    }

    /// Whether the credential could not provide an access token.
    ///
    /// Such an error affects every call of the client and does not depend on the requested resource. If
    /// [`is_transient`](Self::is_transient) is `true`, it may pass: the call has already retried as long as its
    /// attempts and its timeout allowed. Otherwise someone must act or change a setting first.
    #[must_use]
    pub fn is_from_credential(&self) -> bool {
        self.0.from_credential
    }

    /// Whether the call was not retried because the retry budget, which all calls of a client share, was empty.
    ///
    /// [`kind`](Self::kind) and [`status`](Self::status) are those of the last attempt.
    ///
    /// # Troubleshooting
    ///
    /// Most recent calls have failed, and more attempts would only add to the load. The budget refills as calls
    /// succeed.
    #[must_use]
    pub fn is_out_of_retries(&self) -> bool {
        self.reason() == Some(ErrorReason::OutOfRetries)
    }

    /// Whether the response could not be decoded or does not match the API contract.
    ///
    /// # Troubleshooting
    ///
    /// [`body`](Self::body) contains the bytes. If they come from Partner Center, the contract needs a fix: please
    /// report the structure, without customer data.
    #[must_use]
    pub fn is_invalid_response(&self) -> bool {
        self.kind() == ErrorKind::InvalidResponse
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
