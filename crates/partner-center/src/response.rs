//! The result of a call: the decoded body and its response metadata.

use std::fmt;

use http::HeaderMap;
use partner_center_client::{Operation, PagingInfo};
use partner_center_models::{Findings, OddValue, UnreadableRow};
use uuid::Uuid;

use crate::collection::Collection;
use crate::continuation::Continuation;

/// A decoded response body with its metadata.
///
/// [`value`](Self::value) is the body. If the body is a collection, [`items`](Self::items) are its rows.
///
/// ```no_run
/// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
/// let deployment = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
/// println!("{} rows after {} attempts", deployment.items().len(), deployment.attempts());
/// println!("for a support ticket: {}", deployment.request_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Response<T> {
    value: T,
    meta: Box<Meta>,
}

/// The metadata of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) status: u16,
    pub(crate) request_id: Uuid,
    pub(crate) correlation_id: Uuid,
    pub(crate) attempts: u32,
    pub(crate) headers: HeaderMap,
    pub(crate) continuation: Option<Continuation>,
    pub(crate) findings: Findings,
    /// What the response says about further pages.
    pub(crate) paging_info: PagingInfo,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, meta: Meta) -> Self {
        Self { value, meta: Box::new(meta) }
    }

    /// Creates a response for your own mock: status 200, one attempt, these ids.
    #[must_use]
    pub fn for_test(value: T, request_id: Uuid, correlation_id: Uuid) -> Self {
        let headers = HeaderMap::new();
        let (continuation, paging_info) = (None, PagingInfo::default());
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
                paging_info,
            },
        )
    }

    pub(crate) fn with_continuation(mut self, continuation: Option<Continuation>) -> Self {
        self.meta.continuation = continuation;
        self
    }

    pub(crate) fn paging_info(&self) -> &PagingInfo {
        &self.meta.paging_info
    }

    /// Appends the rows of the next page. The status, ids and headers of the first page are kept.
    pub(crate) fn append<O: Operation<Response = T>>(&mut self, page: Self) {
        let before = O::extent(&self.value).map_or(0, |extent| extent.rows);
        let before = before
            .saturating_add(usize::try_from(self.meta.findings.unreadable_count()).unwrap_or(usize::MAX));
        self.meta.attempts = self.meta.attempts.saturating_add(page.meta.attempts);
        self.meta.findings.append(page.meta.findings, before);
        O::append(&mut self.value, page.value);
    }

    /// The decoded body.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Returns the body and drops the metadata.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// Converts the body and keeps the metadata.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: change(self.value), meta: self.meta }
    }

    /// Combines two responses. The result has the status, ids and headers of `self` and the findings of both.
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

    /// The `MS-RequestId` in the response. It has been seen to differ from the one sent.
    #[must_use]
    pub fn service_request_id(&self) -> Option<&str> {
        self.meta.headers.get("ms-requestid")?.to_str().ok()
    }

    /// How many requests were sent, for all pages together: 1 if the first succeeded and was the only page.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// All headers of the response, including `MS-CV` and `MS-ServerId`.
    #[must_use]
    pub fn raw_headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// The problems found while decoding: odd values and unreadable rows.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.meta.findings
    }

    /// The values that do not fit their fields, such as `"n/a"` for a count. Only the field becomes unknown; the rest
    /// of the row is kept. At most 10,000 are stored; [`odd_value_counts`](Self::odd_value_counts) counts all.
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

    /// The fields that had odd values, each with the number of such values.
    pub fn odd_value_counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.meta.findings.odd_value_counts()
    }

    /// The rows that could not be decoded because they were not objects or had no id. At most 10,000 are stored;
    /// [`unreadable_count`](Self::unreadable_count) counts all.
    #[must_use]
    pub fn unreadable(&self) -> &[UnreadableRow] {
        self.meta.findings.unreadable()
    }

    /// The number of unreadable rows.
    #[must_use]
    pub fn unreadable_count(&self) -> u64 {
        self.meta.findings.unreadable_count()
    }

    /// The position of the next page, to be passed to `resume`. `None` on the last page.
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.meta.continuation.as_ref()
    }
}

impl<C: Collection> Response<C> {
    /// The items of a collection: customers, or rows of licenses.
    #[must_use]
    pub fn items(&self) -> &[C::Item] {
        self.value.items()
    }

    /// Converts a collection into its items, and drops the metadata.
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter, id: partner_center::CustomerId) -> partner_center::Result<()> {
    /// let response = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
    /// for row in response.into_items() {
    ///     println!("{:?} of {:?} deployed", row.licenses_deployed, row.licenses_sold);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn into_items(self) -> Vec<C::Item> {
        self.value.into_items()
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
