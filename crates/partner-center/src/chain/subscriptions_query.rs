//! `partner.analytics().subscriptions()`: the query for the subscriptions of all customers.

use partner_center_models::SubscriptionInsightsCollection;

use crate::chain::AggregationLevel;
use crate::client::PartnerCenter;
use crate::continuation::{Arguments, Continuation};
use crate::filter::{Filter, Grouping, Subscriptions};
use crate::paging::{self, Items, Pages};
use crate::{Response, Result};

/// A query for the subscriptions of all customers, with an optional filter and grouping.
///
/// App+User tokens only. The service has documented it since 2018, but no recording of it is known: a program should expect
/// that it does not answer. Invalid arguments are reported when the query is made, before anything is sent.
///
/// ```no_run
/// use partner_center::filter::SubscriptionField;
///
/// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
/// let ends_soon = SubscriptionField::COMMITMENT_END_DATE.le("2027-03-01")?;
/// let mut rows = partner.analytics().subscriptions().filter(ends_soon).stream();
/// while let Some(row) = rows.try_next().await? {
///     println!("{:?} licenses end on {:?}", row.license_count, row.commitment_end_date);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a query does nothing until `get`, `pages` or `stream` is called"]
pub struct SubscriptionsQuery {
    partner: PartnerCenter,
    arguments: Arguments,
    resume: Option<Continuation>,
}

impl SubscriptionsQuery {
    pub(super) fn new(partner: PartnerCenter) -> Self {
        Self { partner, arguments: Arguments::default(), resume: None }
    }

    /// Returns only the rows that match a filter. Use `parse` to create a filter from text.
    #[expect(clippy::needless_pass_by_value, reason = "a filter is usually built for one query")]
    pub fn filter(mut self, filter: Filter<Subscriptions>) -> Self {
        self.arguments.filter = Some(filter.to_string());
        self
    }

    /// Groups the rows by these fields. Each row then has only these fields, `license_count` and `subscription_count`.
    #[expect(clippy::needless_pass_by_value, reason = "a grouping is usually built for one query")]
    pub fn group_by(mut self, grouping: Grouping<Subscriptions>) -> Self {
        self.arguments.groupby = Some(grouping.to_string());
        self
    }

    /// The length of the periods of a date in the grouping; without one it has no effect.
    pub fn aggregation_level(mut self, level: AggregationLevel) -> Self {
        self.arguments.aggregation_level = Some(level);
        self
    }

    /// The page size, from 1 to 10,000 rows. The service's default is 10,000.
    pub fn top(mut self, rows: u32) -> Self {
        self.arguments.top = Some(rows);
        self
    }

    /// Skips this many rows at the start.
    pub fn skip(mut self, rows: u64) -> Self {
        self.arguments.skip = Some(rows);
        self
    }

    /// Resumes a query. The continuation includes its arguments; any argument that is also set here must have the same
    /// value.
    pub fn resume(mut self, continuation: Continuation) -> Self {
        self.resume = Some(continuation);
        self
    }

    /// Gets one page: the first, or the one that is resumed. It is the last page if its
    /// [`continuation`](Response::continuation) is `None`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an invalid argument; nothing was sent. The most
    /// frequent others are [`ErrorKind::AppOnlyToken`](crate::ErrorKind::AppOnlyToken) and
    /// [`ErrorKind::MissingRole`](crate::ErrorKind::MissingRole); see [`Error`](crate::Error).
    pub fn get(
        &self,
    ) -> impl Future<Output = Result<Response<SubscriptionInsightsCollection>>> + Send + use<> {
        paging::get(&self.partner, &self.arguments, self.resume.as_ref())
    }

    /// The pages of the result. Each page is requested when the stream is polled for it.
    pub fn pages(&self) -> Pages<SubscriptionInsightsCollection> {
        Pages::new(&self.partner, &self.arguments, self.resume.as_ref())
    }

    /// The rows of the result, as a stream.
    pub fn stream(&self) -> Items<SubscriptionInsightsCollection> {
        Items::new(self.pages())
    }
}
