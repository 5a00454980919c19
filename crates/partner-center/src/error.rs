//! The one error of this crate: its kinds, what it knows about the call, and what to do about it.
//!
//! One opaque type, one word wide, so that a call's `Result` stays small and fields can be added without breaking
//! anybody. Reading the service's error bodies is not done here but in `fault`; which call went wrong and how often
//! it was tried is filled in by `call`.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use uuid::Uuid;

use crate::fault::{Fault, words};

mod kind;
mod redacted;
mod shown;

pub use kind::ErrorKind;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Arc<dyn std::error::Error + Send + Sync + 'static>;

/// Everything that can go wrong with a call, with what a person needs to act on it or to ask Microsoft about it.
///
/// `Display` is one line made of this crate's own words, the status, the service's code and the ids; it holds no
/// token and no text the service wrote, so it is safe to log. What the service said is in
/// [`description`](Error::description) and [`body`](Error::body), which may hold customer data: show them to the
/// person who asked, do not log them.
///
/// # Introspection is limited
///
/// Kinds and predicates cover what callers have been seen to need. An error for which every predicate is `false` is
/// possible.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Default)]
struct Inner {
    kind: Option<ErrorKind>,
    message: Cow<'static, str>,
    operation: Option<&'static str>,
    status: Option<u16>,
    fault: Option<Fault>,
    request_id: Option<Uuid>,
    correlation_id: Option<Uuid>,
    retry_after: Option<Duration>,
    attempts: u32,
    from_credential: bool,
    /// The same request would fail the same way again, whatever the kind is like otherwise.
    is_final: bool,
    headers: HeaderMap,
    body: Option<Bytes>,
    /// Of a body that holds a secret, what may be shown.
    excerpt: Option<String>,
    advice: Option<Cow<'static, str>>,
    continuation: Option<crate::paging::Continuation>,
    source: Option<Source>,
    cause: Option<Cause>,
}

/// What this crate needs to know of a failure beyond its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// An attempt was not answered in the time allowed for one.
    AttemptTimedOut,
    /// This process may not open another connection: the request was not sent.
    TooManyOpenFiles,
    /// The service asked to wait for longer than a sweep waits.
    PauseTooLong,
    /// The retry budget had too little left for another attempt.
    OutOfRetries,
}

impl Error {
    /// An error of this kind, in your own words.
    ///
    /// Public so that a mock of yours can return what the SDK would: chain the `with_` methods for the rest.
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

    /// The error that an answer with this status, these headers and this body stands for: the same reading of it
    /// that a call makes.
    ///
    /// ```
    /// use partner_center::{Error, ErrorKind};
    ///
    /// let body = r#"{"code":20002,"description":"No relationship.","data":[],"source":"PartnerFD"}"#;
    /// let error = Error::from_answer(403, http::HeaderMap::new(), body);
    /// assert_eq!(error.kind(), ErrorKind::NoRelationship);
    /// assert_eq!(error.code(), Some("20002"));
    /// ```
    #[must_use]
    pub fn from_answer(status: u16, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let charset = crate::call::text::charset(&headers);
        let fault = Fault::recognise(&body, charset.as_deref());
        let kind = crate::fault::kind_of(status, fault.as_ref());
        let mut error = Self::new(kind, words::message_of_answer(status, kind, &headers));
        let described = fault.as_ref().is_some_and(|fault| fault.description.is_some());
        let is_web_page = fault.is_none() && crate::fault::is_web_page(&body);
        error.0.advice = words::advice_of_answer(status, kind, described, is_web_page);
        error.0.is_final = matches!(status, 407 | 511);
        error.0.status = Some(status);
        error.0.fault = fault;
        error.0.headers = headers;
        error.0.body = Some(body);
        error
    }

    /// Adds the operation of the contract that failed.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the code the error goes by, such as `20002` or `AADSTS700082`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        let description = self.0.fault.take().and_then(|fault| fault.description);
        self.0.fault = Some(Fault { code: Some(code.into()), description });
        self
    }

    /// Adds what the service said. It may hold customer data: `Display` and `Debug` leave it out.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        let code = self.0.fault.take().and_then(|fault| fault.code);
        self.0.fault = Some(Fault { code, description: Some(description.into()) });
        self
    }

    /// Adds the `MS-RequestId` and `MS-CorrelationId` that were sent.
    #[must_use]
    pub fn with_ids(mut self, request_id: Uuid, correlation_id: Uuid) -> Self {
        self.0.request_id = Some(request_id);
        self.0.correlation_id = Some(correlation_id);
        self
    }

    /// Adds what `Retry-After` asked for.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Says that the same request would fail the same way again.
    #[must_use]
    pub(crate) fn with_no_hope(mut self) -> Self {
        self.0.is_final = true;
        self
    }

    /// Adds how many requests were sent.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Says that the credential failed, and not the call: see [`is_from_credential`](Self::is_from_credential).
    #[must_use]
    pub fn with_credential_origin(mut self) -> Self {
        self.0.from_credential = true;
        self
    }

    /// Adds the headers of the answer.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers = headers;
        self
    }

    /// Adds the body of the answer, or what was read of it.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.0.body = Some(body.into());
        self
    }

    /// Replaces the advice that goes with the kind.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Adds where a stream of pages stood, so that a caller can go on from there.
    #[must_use]
    pub fn with_continuation(mut self, continuation: crate::paging::Continuation) -> Self {
        self.0.continuation = Some(continuation);
        self
    }

    /// Adds the error below this one. Its text must hold neither secrets nor customer data.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// Adds what this crate needs to know of the failure.
    pub(crate) fn with_cause(mut self, cause: Cause) -> Self {
        self.0.cause = Some(cause);
        self
    }

    pub(crate) fn cause(&self) -> Option<Cause> {
        self.0.cause
    }

    /// The same failure, which could have been tried again if there were something left of the retry budget.
    pub(crate) fn out_of_retries(mut self) -> Self {
        self.0.message = format!("{}, and no retry is left in the budget", self.0.message).into();
        self.with_cause(Cause::OutOfRetries).with_advice(
            "Too many calls of this client have failed of late: while that is so, each call has one attempt. Wait until \
             the service recovers; every call that succeeds brings some of the budget back.",
        )
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::InvalidAnswer)
    }

    /// What went wrong in this crate's own words, without status and ids; `Display` adds those.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it: one or two sentences for the person who runs the call.
    #[must_use]
    pub fn advice(&self) -> &str {
        match &self.0.advice {
            Some(advice) => advice,
            None => words::advice_of(self.kind()),
        }
    }

    /// The operation of the contract that failed, such as `get_customer_licenses_deployment`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status of the last answer, if there was one. A 200 whose body could not be read keeps its 200.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own error code, such as `20002` or `InvalidQueryParameters`. Numbers repeat between
    /// statuses: look at [`status`](Self::status) too, or better at [`kind`](Self::kind).
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.fault.as_ref()?.code.as_deref()
    }

    /// What the service said, in its words. May hold customer data: for the person who asked, not for a log.
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

    /// The `MS-RequestId` the service answered with. It has been seen to differ from the one sent.
    #[must_use]
    pub fn service_request_id(&self) -> Option<&str> {
        self.0.headers.get("ms-requestid")?.to_str().ok()
    }

    /// How long the service asked to wait before the next call, if it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many requests were sent: 0 if the call failed before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The headers of the last answer; empty if there was none.
    #[must_use]
    pub fn raw_headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The bytes of the last answer, after decompression, as far as they were read. May hold customer data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// Where a stream of pages stood when it failed: hand it to `resume` to go on with the page that failed.
    #[must_use]
    pub fn continuation(&self) -> Option<&crate::paging::Continuation> {
        self.0.continuation.as_ref()
    }

    /// Nothing was sent to Partner Center because of an argument or a setting.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self.kind(), ErrorKind::InvalidInput | ErrorKind::Configuration)
    }

    /// No credentials, or the service refused them (401).
    ///
    /// # Troubleshooting
    ///
    /// `partner-center doctor` says what the token is and which claim is missing.
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

    /// The service knows who asks and refuses (403).
    ///
    /// # Troubleshooting
    ///
    /// [`kind`](Self::kind) tells an application-only token from a missing role from a missing customer relationship;
    /// the three look alike in the service's own texts.
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

    /// There is no such customer or resource (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind(), ErrorKind::NotFound | ErrorKind::CustomerNotFound)
    }

    /// The service asked to slow down, and went on doing so for all attempts (429).
    ///
    /// # Troubleshooting
    ///
    /// Limits are per partner, or per partner and customer, and unpublished. Lower the concurrency, and wait for
    /// [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::Throttled
    }

    /// The same call may work later: throttled, unavailable, network or time-out. `false` where somebody must do
    /// something first: no host has the name, its certificate is not trusted, the proxy wants a password.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let may_pass = matches!(
            self.kind(),
            ErrorKind::Throttled | ErrorKind::Unavailable | ErrorKind::Network | ErrorKind::Timeout
        );
        may_pass && !self.0.is_final
    }

    /// Whether somebody must do something before the same request can work.
    pub(crate) fn is_final(&self) -> bool {
        self.0.is_final
    }

    /// The credential had no access token for the call, for whatever reason.
    ///
    /// It concerns every call of the client and says nothing about the resource that was asked for. With
    /// [`is_transient`](Self::is_transient) it may pass: the call has waited for it as long as its attempts and its
    /// time allowed. Without, a person or a setting has to change something first.
    #[must_use]
    pub fn is_from_credential(&self) -> bool {
        self.0.from_credential
    }

    /// The call could have been tried again, but the retry budget that all calls of a client share was empty.
    ///
    /// [`kind`](Self::kind) and [`status`](Self::status) are those of the last attempt.
    ///
    /// # Troubleshooting
    ///
    /// Most of the recent calls have failed, and more attempts would only add to the load. The budget fills again as
    /// calls succeed.
    #[must_use]
    pub fn is_out_of_retries(&self) -> bool {
        self.cause() == Some(Cause::OutOfRetries)
    }

    /// The answer could not be read or breaks the contract.
    ///
    /// # Troubleshooting
    ///
    /// [`body`](Self::body) holds the bytes. If they look like Partner Center's, the contract needs an edit: please
    /// report the shape, without the customer data in it.
    #[must_use]
    pub fn is_invalid_answer(&self) -> bool {
        self.kind() == ErrorKind::InvalidAnswer
    }
}

/// A filter's own error says where it went wrong without repeating the text, so it becomes the message.
impl From<crate::filter::FilterError> for Error {
    fn from(error: crate::filter::FilterError) -> Self {
        Self::new(ErrorKind::InvalidInput, format!("the filter or grouping is refused at {error}"))
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
