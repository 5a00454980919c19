//! The rows of `subscriptions list`.

use jiff::civil::Date;
use partner_center::CustomerId;
use partner_center::models::{self, Guid, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::anonymizer::Anonymizer;
use crate::days::day_of;
use crate::output::columns::Shown::{As, IfKnown, IfWide, No, WhoseRow};
use crate::output::row::columns;

/// A subscription of a customer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the columns")]
pub(crate) struct Subscription {
    /// The customer's id, which is the id of its tenant.
    #[schemars(with = "Guid")]
    pub(crate) customer_id: CustomerId,
    /// The customer's name, if the list of customers was read.
    pub(crate) customer_name: Option<String>,
    /// The subscription's id.
    pub(crate) subscription_id: Option<Guid>,
    /// The offer's id.
    offer_id: Option<String>,
    /// The offer's name.
    pub(crate) offer_name: Option<String>,
    /// The name that the partner gave to the subscription.
    friendly_name: Option<String>,
    /// The type of the product, such as `OnlineServicesNCE`; new commerce only.
    product_type: Option<String>,
    /// How many units were bought.
    quantity: Option<i64>,
    /// What the quantity counts.
    unit_type: Option<String>,
    /// The state of the subscription.
    pub(crate) status: Option<String>,
    /// Whether it is a trial.
    is_trial: Option<bool>,
    /// Whether it renews at the end of its term.
    auto_renew: Option<bool>,
    /// How often it is billed.
    billing_cycle: Option<String>,
    /// The length of the term, such as P1Y.
    term: Option<String>,
    /// When it began.
    started_on: Option<Timestamp>,
    /// When its term ends.
    renews_on: Option<Timestamp>,
    /// How many days from the current day in UTC until the term ends; negative if it has ended, and empty if it never does.
    pub(crate) days_to_renewal: Option<i64>,
    /// Until when seats can be reduced in this term.
    reducible_until: Option<Timestamp>,
    /// How many seats can be reduced now.
    reducible_quantity: Option<i64>,
    /// How many seats the next term has, if a change is scheduled.
    scheduled_quantity: Option<i64>,
}

impl Subscription {
    pub(crate) fn new(
        customer_id: CustomerId,
        customer_name: Option<&str>,
        subscription: models::Subscription,
        today: Date,
    ) -> Self {
        let renews_on = subscription.commitment_end_date_time.or(subscription.commitment_end_date);
        Self {
            customer_id,
            customer_name: customer_name.map(str::to_owned),
            subscription_id: Some(subscription.id),
            offer_id: subscription.offer_id,
            offer_name: subscription.offer_name,
            friendly_name: subscription.friendly_name,
            product_type: subscription.product_type.and_then(|product_type| product_type.id),
            quantity: subscription.quantity,
            unit_type: subscription.unit_type.map(|unit| unit.to_string()),
            status: subscription.status.map(|status| status.to_string()),
            is_trial: subscription.is_trial,
            auto_renew: subscription.auto_renew_enabled,
            billing_cycle: subscription.billing_cycle.map(|cycle| cycle.to_string()),
            term: subscription.term_duration.filter(|term| !term.is_empty()),
            started_on: subscription.effective_start_date,
            days_to_renewal: renews_on.as_ref().and_then(|ends| days_until(ends, today)),
            renews_on,
            reducible_until: subscription.cancellation_allowed_until_date,
            reducible_quantity: subscription
                .refundable_quantity
                .and_then(|refundable| refundable.total_quantity),
            scheduled_quantity: subscription.scheduled_next_term_instructions.and_then(|next| next.quantity),
        }
    }
}

/// The days from a day to that of an instant; `None` for a date in the year 9999, which means never.
fn days_until(instant: &Timestamp, today: Date) -> Option<i64> {
    let day = day_of(instant)?;
    (day.year() < 9999).then(|| i64::from(today.until(day).map_or(0, |span| span.get_days())))
}

columns! {
    Subscription as "subscription" {
        "customerId" customer_id, No;
        "customerName" customer_name, WhoseRow;
        "subscriptionId" subscription_id, No;
        "offerId" offer_id, No;
        "offerName" offer_name, As("Offer");
        "friendlyName" friendly_name, No;
        "productType" product_type, No;
        "quantity" quantity, As("Licenses");
        "unitType" unit_type, No;
        "status" status, As("Status");
        "isTrial" is_trial, No;
        "autoRenew" auto_renew, IfWide("Renews");
        "billingCycle" billing_cycle, No;
        "term" term, IfWide("Term");
        "startedOn" started_on, No;
        "renewsOn" renews_on, No;
        "daysToRenewal" days_to_renewal, As("Days left");
        "reducibleUntil" reducible_until, No;
        "reducibleQuantity" reducible_quantity, IfKnown("Reducible");
        "scheduledQuantity" scheduled_quantity, IfKnown("Scheduled");
    }

    const NOT_ADDED: &'static [&'static str] = &["daysToRenewal"];

    /// The partner's own name of a subscription may name the customer, and the id is that of one customer.
    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        let mut id = Some(self.customer_id);
        anonymizer.customer(&mut id, &mut self.customer_name);
        self.customer_id = id.unwrap_or(self.customer_id);
        self.subscription_id = None;
        self.friendly_name = None;
    }

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (Some(self.customer_id), self.customer_name.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_in_utc() {
        let today = jiff::civil::date(2026, 11, 27);
        for (ends, days) in [
            ("2026-11-27T00:00:00Z", Some(0)),
            ("2026-11-27T23:59:59Z", Some(0)),
            ("2026-11-28T00:00:00Z", Some(1)),
            ("2026-11-28T01:00:00+02:00", Some(0)),
            ("2027-11-27T00:00:00Z", Some(365)),
            ("2026-10-28T23:59:59.1234567Z", Some(-30)),
            ("9999-12-10T00:00:00Z", None),
            ("0001-01-01T00:00:00Z", None),
            ("soon", None),
        ] {
            assert_eq!(days_until(&Timestamp::from(ends), today), days, "{ends}");
        }
    }
}
