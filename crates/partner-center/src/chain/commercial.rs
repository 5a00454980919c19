//! `partner.analytics().commercial().licenses()`: the queries that supersede the classic four operations.

use std::marker::PhantomData;

use partner_center_models::Timestamp;

use crate::chain::CommercialPrefix;
use crate::client::PartnerCenter;
use crate::continuation::{Arguments, Continuation};
use crate::filter::{Deployment, Filter, Grouping, LicenseOperation, Usage};
use crate::paging::{self, Items, Pages};
use crate::{Response, Result};

/// Commercial analytics over all customers of the partner.
#[derive(Clone, Debug)]
#[must_use]
pub struct CommercialAnalytics {
    partner: PartnerCenter,
}

impl CommercialAnalytics {
    pub(crate) fn new(partner: PartnerCenter) -> Self {
        Self { partner }
    }

    /// Licenses, by customer, service, product and channel.
    pub fn licenses(&self) -> CommercialLicenses {
        CommercialLicenses { partner: self.partner.clone() }
    }
}

/// Commercial license analytics over all customers of the partner.
///
/// These two queries supersede the four classic operations. They have no percentages: divide deployed by sold licenses,
/// and active by qualified licenses.
#[derive(Clone, Debug)]
#[must_use]
pub struct CommercialLicenses {
    partner: PartnerCenter,
}

impl CommercialLicenses {
    /// How many licenses are sold and deployed.
    ///
    /// `GET /partner/v1/analytics/commercial/deployment/license`
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-licenses-deployment-information>
    pub fn deployment(&self) -> CommercialLicensesQuery<Deployment> {
        CommercialLicensesQuery::new(self.partner.clone())
    }

    /// How many licenses qualify for a workload and are active in it.
    ///
    /// `GET /partner/v1/analytics/commercial/usage/license`
    /// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-licenses-usage-information>
    pub fn usage(&self) -> CommercialLicensesQuery<Usage> {
        CommercialLicensesQuery::new(self.partner.clone())
    }
}

/// A commercial license query with an optional filter, grouping and date.
///
/// App+User tokens only. Invalid arguments are reported when the query is made, before anything is sent.
///
/// ```no_run
/// use partner_center::filter::{Field, Grouping};
///
/// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
/// let query = partner
///     .analytics()
///     .commercial()
///     .licenses()
///     .deployment()
///     .filter(Field::SERVICE_CODE.eq("o365")?.and(Field::CHANNEL.eq("reseller")?))
///     .group_by(Grouping::by(Field::CUSTOMER_TENANT_ID).and(Field::PRODUCT_NAME));
/// let mut rows = query.stream();
/// while let Some(row) = rows.try_next().await? {
///     println!("{:?} sold, {:?} deployed", row.licenses_sold, row.licenses_deployed);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a query does nothing until `get`, `pages` or `stream` is called"]
pub struct CommercialLicensesQuery<Op> {
    partner: PartnerCenter,
    arguments: Arguments,
    resume: Option<Continuation>,
    operation: PhantomData<Op>,
}

impl<Op: LicenseOperation> CommercialLicensesQuery<Op> {
    fn new(partner: PartnerCenter) -> Self {
        Self { partner, arguments: Arguments::default(), resume: None, operation: PhantomData }
    }

    /// Returns only the rows that match a filter. Use `parse` to create a filter from text.
    #[expect(clippy::needless_pass_by_value, reason = "a filter is usually built for one query")]
    pub fn filter(mut self, filter: Filter<Op>) -> Self {
        self.arguments.filter = Some(filter.to_string());
        self
    }

    /// Groups the rows by these fields. Each row then has only these fields and the sums.
    #[expect(clippy::needless_pass_by_value, reason = "a grouping is usually built for one query")]
    pub fn group_by(mut self, grouping: Grouping<Op>) -> Self {
        self.arguments.groupby = Some(grouping.to_string());
        self
    }

    /// Requests the data processed on this date instead of the latest. The accepted formats are not documented: the
    /// `processed_date_time` of a row is the safest value. A date without a time is sent as midnight, in the format of
    /// the documented rows.
    pub fn processed(mut self, day: impl Into<Timestamp>) -> Self {
        self.arguments.set_processed(&day.into());
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

    /// Selects one of the two documented paths.
    pub fn prefix(mut self, prefix: CommercialPrefix) -> Self {
        self.arguments.prefix = Some(prefix);
        self
    }

    /// Resumes a query. The continuation includes its arguments; any argument that is also set here must have the same
    /// value.
    ///
    /// ```no_run
    /// # use partner_center::PartnerCenter;
    /// # async fn run(partner: PartnerCenter) -> partner_center::Result<()> {
    /// let query = partner.analytics().commercial().licenses().usage().top(1000);
    /// let first = query.get().await?;
    /// if let Some(continuation) = first.continuation() {
    ///     let second = query.resume(continuation.clone()).get().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
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
    pub fn get(&self) -> impl Future<Output = Result<Response<Op::Page>>> + Send + use<Op> {
        paging::get(&self.partner, &self.arguments, self.resume.as_ref())
    }

    /// The pages of the result. Each page is requested when the stream is polled for it.
    pub fn pages(&self) -> Pages<Op::Page> {
        Pages::new(&self.partner, &self.arguments, self.resume.as_ref())
    }

    /// The rows of the result, as a stream.
    pub fn stream(&self) -> Items<Op::Page> {
        Items::new(self.pages())
    }
}
