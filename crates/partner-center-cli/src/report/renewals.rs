//! Reads what renews when, for the pages: with one query for all customers, or customer by customer with `--renewals`.

use std::sync::{Arc, OnceLock};

use partner_center::filter::{Filter, FilterError, SubscriptionField, Subscriptions};
use partner_center::models::{Guid, SubscriptionCollection, SubscriptionInsightsCollection};
use partner_center::paging::Pages;
use partner_center::sweep::{CustomerOutcome, Outcome, Progress, SweepStream};
use partner_center::{CustomerId, Error, PartnerCenter};

use super::recorded::is_selected;
use super::selected_customers::{BATCH, customers};
use crate::anonymizer::{anonymizer, message};
use crate::output::today;
use crate::renewals::{Renewals, Subscribed};
use crate::terminal::text::grouped;

/// Reads renewals before the rows, and passes them on to the pages.
pub(super) struct RenewalsReading {
    source: Source,
    /// Of these customers; without any, of all.
    customers: Vec<CustomerId>,
    renewals: Renewals,
    passed_on: Arc<OnceLock<Renewals>>,
    counts: Counts,
    /// Why there are no renewals.
    failure: Option<String>,
}

#[derive(Default)]
struct Counts {
    /// Subscriptions that were read.
    read: u64,
    /// Rows of subscriptions that could not be read.
    unreadable: u64,
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
        passed_on: Arc<OnceLock<Renewals>>,
    ) -> Result<Self, Error> {
        let renewals = Renewals::new(today());
        let [first, last] = renewals.days().map(|day| day.to_string());
        let ends = SubscriptionField::COMMITMENT_END_DATE;
        let in_time = ends.ge(first.as_str())?.and(ends.le(format!("{last}T23:59:59Z").as_str())?);
        let filter = match of_customers(customers)? {
            Some(of_customers) if customers.len() <= BATCH => in_time.and(of_customers),
            _ => in_time,
        };
        let pages = partner.analytics().subscriptions().filter(filter).pages();
        Ok(Self::new(Source::Query(Box::new(pages)), customers, renewals, passed_on))
    }

    /// Customer by customer.
    pub(super) fn by_customer(
        sweep: SweepStream<SubscriptionCollection>,
        customers: &[CustomerId],
        passed_on: Arc<OnceLock<Renewals>>,
    ) -> Self {
        Self::new(Source::Customers(Box::new(sweep)), customers, Renewals::new(today()), passed_on)
    }

    fn new(
        source: Source,
        customers: &[CustomerId],
        renewals: Renewals,
        passed_on: Arc<OnceLock<Renewals>>,
    ) -> Self {
        let counts = Counts::default();
        Self { source, customers: customers.to_vec(), renewals, passed_on, counts, failure: None }
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
                        self.counts.unreadable += page.unreadable_count();
                        for row in page.into_items() {
                            let id = row.customer_tenant_id.as_ref().and_then(Guid::as_uuid);
                            let status = row.status.as_ref().map(ToString::to_string);
                            let subscribed = Subscribed {
                                product: row.product_name.as_deref(),
                                is_active: is_active(status.as_deref()),
                                ends: row.commitment_end_date.as_ref(),
                                licenses: row.license_count,
                                auto_renew: row.auto_renew_enabled,
                            };
                            self.counts.read += 1;
                            if let Some(id) = id {
                                add(&mut self.renewals, &self.customers, id.into(), &subscribed);
                            }
                        }
                    }
                    Ok(None) => {
                        if self.counts.read == 0 {
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
                Source::Customers(stream) => {
                    let Some(CustomerOutcome { customer, outcome, .. }) = stream.try_next().await? else {
                        self.end();
                        continue;
                    };
                    match outcome {
                        Outcome::Rows(page) | Outcome::Empty(page) => {
                            self.counts.unreadable += page.unreadable_count();
                            for one in page.into_items() {
                                let ends = one.commitment_end_date_time.as_ref();
                                let status = one.status.as_ref().map(ToString::to_string);
                                let subscribed = Subscribed {
                                    product: one.offer_name.as_deref(),
                                    is_active: is_active(status.as_deref()),
                                    ends: ends.or(one.commitment_end_date.as_ref()),
                                    licenses: one.quantity,
                                    auto_renew: one.auto_renew_enabled,
                                };
                                self.counts.read += 1;
                                add(&mut self.renewals, &self.customers, customer, &subscribed);
                            }
                        }
                        // Its licenses are not readable either.
                        Outcome::Skipped(_) => {}
                        Outcome::Failed(error) => {
                            self.counts.failed += 1;
                            return Ok(Some((customer, error)));
                        }
                    }
                }
            }
        }
    }

    /// Passes on what was read, unless it failed.
    fn end(&mut self) {
        self.source = Source::Read;
        if self.failure.is_none() {
            let renewals = std::mem::replace(&mut self.renewals, Renewals::new(today()));
            // The reading is the only one that sets it, once.
            let _ = self.passed_on.set(renewals);
        }
    }

    /// Whether the subscriptions of a customer could not be read.
    pub(super) fn is_incomplete(&self) -> bool {
        self.counts.failed > 0
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let Counts { unreadable, failed, .. } = self.counts;
        let failure = self.failure.as_ref().map(|why| format!("renewals are not known: {why}"));
        let failed = (failed > 0).then(|| {
            format!("renewals of {} are not known: their subscriptions could not be read", customers(failed))
        });
        let subscriptions = if unreadable == 1 { "subscription" } else { "subscriptions" };
        let unreadable = (unreadable > 0).then(|| {
            format!(
                "{} {subscriptions} could not be read; what of them renews is not known",
                grouped(unreadable)
            )
        });
        [failure, failed, unreadable].into_iter().flatten().collect()
    }
}

/// Matches the subscriptions of these customers, whose ids are in capitals in the rows; `None` without customers.
fn of_customers(customers: &[CustomerId]) -> Result<Option<Filter<Subscriptions>>, FilterError> {
    let one =
        |customer: &CustomerId| SubscriptionField::CUSTOMER_TENANT_ID.eq(customer.to_string().to_uppercase());
    customers.iter().map(one).try_fold(None, |all: Option<Filter<Subscriptions>>, one| {
        let one = one?;
        Ok(Some(match all {
            Some(all) => all.or(one),
            None => one,
        }))
    })
}

/// Whether a subscription is in use. Its status is an open set, with other letter case in analytics.
fn is_active(status: Option<&str>) -> bool {
    status.is_none_or(|status| status.eq_ignore_ascii_case("active"))
}

/// Adds a subscription of a selected customer, by the id that rows have.
fn add(renewals: &mut Renewals, selected: &[CustomerId], customer: CustomerId, subscribed: &Subscribed<'_>) {
    if is_selected(selected, customer) {
        let customer = anonymizer().map_or(customer, |anonymizer| anonymizer.id(customer));
        renewals.add(customer, subscribed);
    }
}
