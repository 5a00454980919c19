//! Reads the subscriptions for the renewals on pages: with one query for all customers, or customer by customer with
//! `--renewals`.

use std::sync::{Arc, OnceLock};

use partner_center::filter::{Filter, FilterError, SubscriptionField, Subscriptions};
use partner_center::models::{
    Findings, Guid, Subscription, SubscriptionCollection, SubscriptionInsights,
    SubscriptionInsightsCollection, UnitType,
};
use partner_center::paging::Pages;
use partner_center::sweep::{CustomerOutcome, Outcome, Progress, SweepStream};
use partner_center::{CustomerId, Error, PartnerCenter};

use super::recorded::is_selected;
use super::selected_customers::{BATCH, any_of, customers};
use crate::anonymizer::{message, shown_id};
use crate::days::today;
use crate::renewals::{Renewals, Term};
use crate::terminal::text::counted;

/// Reads renewals before the rows, and passes them on to the pages.
pub(super) struct RenewalsReading {
    source: Source,
    /// The selected customers; empty means all.
    customers: Vec<CustomerId>,
    renewals: Renewals,
    /// Where the pages find them.
    shared: Arc<OnceLock<Renewals>>,
    counts: Counts,
    /// Why there are no renewals.
    failure: Option<String>,
}

#[derive(Default)]
struct Counts {
    /// Rows of the query that were read.
    read: u64,
    /// Subscriptions that could not be read.
    unreadable: u64,
    /// Values that count as missing, because they are not of the documented type.
    odd: u64,
    /// Customers whose subscriptions could not be read.
    failed: u64,
}

enum Source {
    Query(Box<Pages<SubscriptionInsightsCollection>>),
    Customers(Box<SweepStream<SubscriptionCollection>>),
    Read,
}

impl RenewalsReading {
    /// With the query of analytics.
    pub(super) fn by_query(
        partner: &PartnerCenter,
        customers: &[CustomerId],
        shared: Arc<OnceLock<Renewals>>,
    ) -> Result<Self, Error> {
        let renewals = Renewals::new(today());
        let [first, last] = renewals.days().map(|day| day.to_string());
        let ends = SubscriptionField::COMMITMENT_END_DATE;
        let in_time = ends.ge(first.as_str())?.and(ends.le(format!("{last}T23:59:59Z").as_str())?);
        let filter = match of_customers(customers)? {
            Some(of_customers) if 2 * customers.len() <= BATCH => in_time.and(of_customers),
            _ => in_time,
        };
        let pages = partner.analytics().subscriptions().filter(filter).pages();
        Ok(Self::new(Source::Query(Box::new(pages)), customers, renewals, shared))
    }

    /// Customer by customer.
    pub(super) fn by_customer(
        sweep: SweepStream<SubscriptionCollection>,
        customers: &[CustomerId],
        shared: Arc<OnceLock<Renewals>>,
    ) -> Self {
        Self::new(Source::Customers(Box::new(sweep)), customers, Renewals::new(today()), shared)
    }

    fn new(
        source: Source,
        customers: &[CustomerId],
        renewals: Renewals,
        shared: Arc<OnceLock<Renewals>>,
    ) -> Self {
        let counts = Counts::default();
        Self { source, customers: customers.to_vec(), renewals, shared, counts, failure: None }
    }

    /// The progress of the reading, while it lasts.
    pub(super) fn progress(&self) -> Option<Progress> {
        match &self.source {
            Source::Customers(stream) => Some(stream.progress()),
            Source::Query(_) | Source::Read => None,
        }
    }

    /// Reads to the end. Returns a customer that could not be read; `None` once all is read. Cancel safe.
    ///
    /// If the query fails, the pages come without renewals.
    pub(super) async fn read(&mut self) -> Result<Option<(CustomerId, Error)>, Error> {
        loop {
            match &mut self.source {
                Source::Read => return Ok(None),
                Source::Query(pages) => match pages.try_next().await {
                    Ok(Some(page)) => {
                        self.counts.see(page.findings());
                        page.into_items().iter().for_each(|row| self.add_insight(row));
                    }
                    Ok(None) => {
                        // Of a few customers, none may have a subscription that ends within the year.
                        if self.counts.read == 0 && self.counts.unreadable == 0 && self.customers.is_empty() {
                            self.failure = Some("the query of subscriptions returned no rows".to_owned());
                        }
                        self.end();
                    }
                    Err(error) => {
                        self.failure =
                            Some(format!("the query of subscriptions failed ({})", message(&error)));
                        self.end();
                    }
                },
                Source::Customers(stream) => match stream.try_next().await? {
                    None => self.end(),
                    Some(CustomerOutcome { customer, outcome, .. }) => match outcome {
                        Outcome::Rows(page) | Outcome::Empty(page) => {
                            self.counts.see(page.findings());
                            page.into_items().iter().for_each(|one| self.add_subscription(customer, one));
                        }
                        // No relationship or no tenant: the rows are skipped too.
                        Outcome::Skipped(_) => {}
                        Outcome::Failed(error) => {
                            self.counts.failed += 1;
                            self.renewals.add_unread(shown_id(customer));
                            return Ok(Some((customer, error)));
                        }
                    },
                },
            }
        }
    }

    /// Adds a row of the query.
    fn add_insight(&mut self, row: &SubscriptionInsights) {
        self.counts.read += 1;
        let id = row.customer_tenant_id.as_ref().and_then(Guid::as_uuid);
        let term = Term {
            product: row.product_name.as_deref(),
            is_active: is_active(row.status.as_ref()),
            ends: row.commitment_end_date.as_ref(),
            licenses: row.license_count,
            auto_renew: row.auto_renew_enabled,
        };
        self.add(id.map(CustomerId::from), &term);
    }

    /// Adds a subscription of a customer.
    fn add_subscription(&mut self, customer: CustomerId, one: &Subscription) {
        // Azure and benefits have a quantity too, but no licenses.
        if one.unit_type.as_ref().is_some_and(|unit| *unit != UnitType::Licenses) {
            return;
        }
        let term = Term {
            product: one.offer_name.as_deref(),
            is_active: is_active(one.status.as_ref()),
            ends: one.commitment_end_date_time.as_ref().or(one.commitment_end_date.as_ref()),
            licenses: one.quantity,
            auto_renew: one.auto_renew_enabled,
        };
        self.add(Some(customer), &term);
    }

    /// Adds a subscription of a selected customer, by the id that rows have.
    fn add(&mut self, customer: Option<CustomerId>, term: &Term<'_>) {
        if customer.is_none_or(|customer| is_selected(&self.customers, customer)) {
            self.renewals.add(customer.map(shown_id), term);
        }
    }

    /// Passes on what was read, unless it failed.
    fn end(&mut self) {
        self.source = Source::Read;
        if self.failure.is_none() {
            let renewals = std::mem::replace(&mut self.renewals, Renewals::new(today()));
            // The reading is the only one that sets it, once.
            let _ = self.shared.set(renewals);
        }
    }

    /// Whether the subscriptions of a customer could not be read.
    pub(super) fn is_incomplete(&self) -> bool {
        self.counts.failed > 0
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let Counts { unreadable, odd, failed, .. } = self.counts;
        let subscriptions = counted(unreadable, "subscription", "subscriptions");
        let values = counted(odd, "value", "values");
        let failure = self.failure.as_ref().map(|why| format!("renewals are not known: {why}"));
        let failed = (failed > 0).then(|| {
            format!("renewals of {} are not known: their subscriptions could not be read", customers(failed))
        });
        let unreadable = (unreadable > 0)
            .then(|| format!("{subscriptions} could not be read, and their renewals are not known"));
        let odd = (odd > 0).then(|| format!("{values} of subscriptions are invalid and count as missing"));
        [failure, failed, unreadable, odd].into_iter().flatten().collect()
    }
}

impl Counts {
    fn see(&mut self, findings: &Findings) {
        self.unreadable += findings.unreadable_count();
        self.odd += findings.odd_value_count();
    }
}

/// Matches the subscriptions of these customers; `None` without customers. The letter case of ids varies.
fn of_customers(customers: &[CustomerId]) -> Result<Option<Filter<Subscriptions>>, FilterError> {
    let ids = customers.iter().map(ToString::to_string);
    any_of(ids.flat_map(|id| [id.to_uppercase(), id]).map(|id| SubscriptionField::CUSTOMER_TENANT_ID.eq(id)))
}

/// Whether a subscription is in use. Its status is an open set, with other letter case in analytics.
fn is_active(status: Option<&impl ToString>) -> bool {
    status.is_none_or(|status| status.to_string().eq_ignore_ascii_case("active"))
}
