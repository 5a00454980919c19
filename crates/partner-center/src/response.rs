//! What a call returns: the decoded answer, and how it was come by.

use std::fmt;
use std::ops::Deref;

use http::HeaderMap;
use partner_center_client::Operation;
use partner_center_models::{Findings, OddValue, UnreadableRow};
use uuid::Uuid;

use crate::call::Said;
use crate::paging::Continuation;

/// A decoded answer. Derefs to it, so `response.items` works, and tells how it was come by.
///
/// ```no_run
/// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
/// let deployment = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
/// println!("{} rows after {} attempts", deployment.items.len(), deployment.attempts());
/// println!("for a support ticket: {}", deployment.request_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Response<T> {
    value: T,
    meta: Box<Meta>,
}

/// How an answer was come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) status: u16,
    pub(crate) request_id: Uuid,
    pub(crate) correlation_id: Uuid,
    pub(crate) attempts: u32,
    pub(crate) headers: HeaderMap,
    pub(crate) continuation: Option<Continuation>,
    pub(crate) findings: Findings,
    /// What it says of further pages.
    pub(crate) said: Said,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, meta: Meta) -> Self {
        Self { value, meta: Box::new(meta) }
    }

    /// A response for a mock of yours: status 200, one attempt, these ids.
    #[must_use]
    pub fn for_test(value: T, request_id: Uuid, correlation_id: Uuid) -> Self {
        let headers = HeaderMap::new();
        let (continuation, said) = (None, Said::default());
        Self::new(
            value,
            Meta {
                status: 200,
                request_id,
                correlation_id,
                attempts: 1,
                headers,
                continuation,
                findings: Findings::default(),
                said,
            },
        )
    }

    pub(crate) fn with_continuation(mut self, continuation: Option<Continuation>) -> Self {
        self.meta.continuation = continuation;
        self
    }

    pub(crate) fn said(&self) -> &Said {
        &self.meta.said
    }

    /// Puts the rows of the next page behind those of this one: the request that was answered first stands for all.
    pub(crate) fn append<O: Operation<Answer = T>>(&mut self, page: Self) {
        let before = O::extent(&self.value).map_or(0, |extent| extent.rows);
        let before = before
            .saturating_add(usize::try_from(self.meta.findings.unreadable_count()).unwrap_or(usize::MAX));
        self.meta.attempts = self.meta.attempts.saturating_add(page.meta.attempts);
        self.meta.findings.append(page.meta.findings, before);
        O::append(&mut self.value, page.value);
    }

    /// The answer alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The same response with another value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: change(self.value), meta: self.meta }
    }

    /// This response and another one as one, with the status, ids and headers of this one and what was odd about either.
    #[must_use]
    pub fn zip<U>(mut self, other: Response<U>) -> Response<(T, U)> {
        self.meta.findings.append(other.meta.findings, 0);
        self.map(|value| (value, other.value))
    }

    /// The HTTP status: 200, or another 2xx.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.meta.status
    }

    /// The `MS-RequestId` that was sent. Quote it to Microsoft support.
    #[must_use]
    pub fn request_id(&self) -> Uuid {
        self.meta.request_id
    }

    /// The `MS-CorrelationId` that was sent, the same for all pages and attempts of a call.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.meta.correlation_id
    }

    /// The `MS-RequestId` the service answered with. It has been seen to differ from the one sent.
    #[must_use]
    pub fn service_request_id(&self) -> Option<&str> {
        self.meta.headers.get("ms-requestid")?.to_str().ok()
    }

    /// How many requests it took, all its pages together: 1 if the first was answered and was all.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// All headers of the answer, among them `MS-CV` and `MS-ServerId`.
    #[must_use]
    pub fn raw_headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// What was odd about the response: all of the next four.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.meta.findings
    }

    /// The values that their fields cannot take, such as `"n/a"` for a count: each field is unknown, and nothing else
    /// is lost. At most 10,000 are kept; [`odd_fields`](Self::odd_fields) counts all.
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
    /// let deployment = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
    /// for odd in deployment.odd_values() {
    ///     println!("row {:?}: {} is unknown", odd.row(), odd.field());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn odd_values(&self) -> &[OddValue] {
        self.meta.findings.odd_values()
    }

    /// The fields that had odd values, each with how many.
    pub fn odd_fields(&self) -> impl Iterator<Item = (&str, u64)> {
        self.meta.findings.odd_fields()
    }

    /// The rows that are not among this page's, because they were no objects or lacked their id. At most 10,000 are
    /// kept; [`unreadable_count`](Self::unreadable_count) counts all.
    #[must_use]
    pub fn unreadable(&self) -> &[UnreadableRow] {
        self.meta.findings.unreadable()
    }

    /// How many rows were unreadable.
    #[must_use]
    pub fn unreadable_count(&self) -> u64 {
        self.meta.findings.unreadable_count()
    }

    /// If this is a page that another follows, what `resume` needs to ask for that one.
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.meta.continuation.as_ref()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.meta.status)
            .field("request_id", &self.meta.request_id)
            .field("correlation_id", &self.meta.correlation_id)
            .field("attempts", &self.meta.attempts)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
