//! The funnel of all customers: its settings.

use std::fmt;

use super::{Funnel, FunnelReportStream};
use crate::chain::Customers;
use crate::client::PartnerCenter;
use crate::licenses::SourceChoice;
use crate::models::Timestamp;
use crate::sweep::{Checkpoint, Order, Rate, Sweep};

impl Customers {
    /// Reads deployment and usage of all customers, in as few requests as the service allows, and joins them.
    ///
    /// ```no_run
    /// use partner_center::funnel::FunnelTotals;
    ///
    /// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
    /// let mut totals = FunnelTotals::default();
    /// let mut funnel = partner.customers().funnel().stream();
    /// while let Some(batch) = funnel.try_next().await? {
    ///     for row in batch.rows() {
    ///         totals.add(row);
    ///     }
    /// }
    /// println!("{} licenses are idle", totals.overall().idle.sum);
    /// # Ok(())
    /// # }
    /// ```
    pub fn funnel(&self) -> FunnelReport {
        FunnelReport::new(self.partner().clone())
    }
}

/// A report on the funnel of all customers that has not started. Created by
/// [`Customers::funnel`](crate::chain::Customers::funnel).
///
/// Both deployment and usage are read from one source. With the commercial queries, the rows of all customers are
/// joined at the end, at 20 bytes per row until then. With the classic operations, the rows of each customer are joined
/// at once.
#[must_use = "nothing is read until `stream` is called"]
pub struct FunnelReport {
    pub(super) sweep: Sweep<Funnel>,
    pub(super) source: SourceChoice,
    /// The day of the data, instead of the latest.
    pub(super) processed: Option<Timestamp>,
    pub(super) keeps_input: bool,
}

impl FunnelReport {
    fn new(partner: PartnerCenter) -> Self {
        Self {
            sweep: Sweep::new(partner, Funnel::read),
            source: SourceChoice::default(),
            processed: None,
            keeps_input: false,
        }
    }

    /// Sets the source of the rows. Default: [`SourceChoice::Auto`], which requests a single row from each of the two
    /// commercial queries, and uses them if both are available.
    pub fn source(mut self, source: SourceChoice) -> Self {
        self.source = source;
        self
    }

    /// Reads the data that the service processed on this day instead of the latest. The source is then the commercial
    /// queries, whatever [`source`](Self::source) says: the classic operations have only the latest data.
    ///
    /// How far back the service answers, and with which data, is not documented: compare the rows'
    /// `processed_date_time` with the day. For formats, see
    /// [`CommercialLicensesQuery::processed`](crate::chain::CommercialLicensesQuery::processed).
    pub fn processed(mut self, day: impl Into<Timestamp>) -> Self {
        self.processed = Some(day.into());
        self
    }

    /// Also returns the rows of deployment and usage that the funnel is joined from, in [`Funnel::input`] and in
    /// [`FunnelBatch::Page`](super::FunnelBatch::Page).
    pub fn with_input(mut self) -> Self {
        self.keeps_input = true;
        self
    }

    /// Like [`Sweep::concurrency`]. The commercial queries request one page at a time.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.sweep = self.sweep.concurrency(requests);
        self
    }

    /// Like [`Sweep::rate`]. Pages of the commercial queries count, too.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.sweep = self.sweep.rate(rate);
        self
    }

    /// Like [`Sweep::customer_rate`]. Each customer takes two requests of the classic operations.
    pub fn customer_rate(mut self, rate: Rate) -> Self {
        self.sweep = self.sweep.customer_rate(rate);
        self
    }

    /// Like [`Sweep::order`]. From the commercial queries, customers are always in order of their ids.
    pub fn order(mut self, order: Order) -> Self {
        self.sweep = self.sweep.order(order);
        self
    }

    /// Resumes from the [checkpoint](FunnelReportStream::checkpoint) of a funnel, with the classic operations: the
    /// commercial queries take few requests and start again. [`SourceChoice::Commercial`] is therefore refused.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Self {
        self.sweep = self.sweep.resume(checkpoint);
        self
    }

    /// Returns the stream of rows. Nothing is sent until it is polled.
    pub fn stream(self) -> FunnelReportStream {
        FunnelReportStream::new(self)
    }
}

impl fmt::Debug for FunnelReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunnelReport")
            .field("sweep", &self.sweep)
            .field("source", &self.source)
            .field("processed", &self.processed)
            .field("keeps_input", &self.keeps_input)
            .finish()
    }
}
