//! The rows of `subscriptions query`.

use partner_center::models::{Guid, SubscriptionInsights, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, IfKnown, IfWide, InPlaceOf, No};
use crate::output::row::columns;

/// A subscription in analytics. A row of a group has only the grouped fields and the counts.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriptionInsight {
    /// The id of the customer's tenant.
    #[schemars(with = "Guid")]
    customer_id: Option<Guid>,
    /// The customer's name.
    customer_name: Option<String>,
    /// The country of the customer.
    customer_market: Option<String>,
    /// The subscription's id.
    #[schemars(with = "Guid")]
    subscription_id: Option<Guid>,
    /// The state of the subscription.
    status: Option<String>,
    /// The name of the product.
    product_name: Option<String>,
    /// The family of products.
    subscription_type: Option<String>,
    /// Whether it renews at the end of its term.
    auto_renew_enabled: Option<bool>,
    /// The id of the partner.
    partner_id: Option<String>,
    /// The name that the partner gave to the subscription.
    friendly_name: Option<String>,
    /// The partner for whom it was bought.
    partner_name: Option<String>,
    /// The indirect provider that bought it.
    provider_name: Option<String>,
    /// When it was created.
    creation_date: Option<Timestamp>,
    /// When it began.
    effective_start_date: Option<Timestamp>,
    /// When its term ends.
    commitment_end_date: Option<Timestamp>,
    /// When its current state ends.
    current_state_end_date: Option<Timestamp>,
    /// When the trial became a paid subscription.
    trial_to_paid_conversion_date: Option<Timestamp>,
    /// When the trial began.
    trial_start_date: Option<Timestamp>,
    /// When the trial ends.
    trial_end_date: Option<Timestamp>,
    /// When it was last used.
    last_usage_date: Option<Timestamp>,
    /// When it was deprovisioned.
    deprovisioned_date: Option<Timestamp>,
    /// When it was last renewed.
    last_renewal_date: Option<Timestamp>,
    /// How many licenses; of a group, their sum.
    license_count: Option<i64>,
    /// How likely the customer is to leave.
    churn_risk: Option<String>,
    /// How often it is billed.
    billing_cycle_name: Option<String>,
    /// How many subscriptions a group has.
    subscription_count: Option<i64>,
}

impl From<SubscriptionInsights> for SubscriptionInsight {
    fn from(row: SubscriptionInsights) -> Self {
        Self {
            customer_id: row.customer_tenant_id.map(Guid::into_lowercase),
            customer_name: row.customer_name,
            customer_market: row.customer_market,
            subscription_id: row.id,
            status: row.status.map(|status| status.to_string()),
            product_name: row.product_name,
            subscription_type: row.subscription_type.map(|family| family.to_string()),
            auto_renew_enabled: row.auto_renew_enabled,
            partner_id: row.partner_id,
            friendly_name: row.friendly_name,
            partner_name: row.partner_name,
            provider_name: row.provider_name,
            creation_date: row.creation_date,
            effective_start_date: row.effective_start_date,
            commitment_end_date: row.commitment_end_date,
            current_state_end_date: row.current_state_end_date,
            trial_to_paid_conversion_date: row.trial_to_paid_conversion_date,
            trial_start_date: row.trial_start_date,
            trial_end_date: row.trial_end_date,
            last_usage_date: row.last_usage_date,
            deprovisioned_date: row.deprovisioned_date,
            last_renewal_date: row.last_renewal_date,
            license_count: row.license_count,
            churn_risk: row.churn_risk,
            billing_cycle_name: row.billing_cycle_name,
            subscription_count: row.subscription_count,
        }
    }
}

columns! {
    SubscriptionInsight as "subscription-insight" {
        "customerId" customer_id, No;
        "customerName" customer_name, As("Customer");
        "customerMarket" customer_market, No;
        "subscriptionId" subscription_id, No;
        "status" status, As("Status");
        "productName" product_name, As("Product");
        // Only of rows that are grouped without the product.
        "subscriptionType" subscription_type, InPlaceOf("productName", "Type");
        "autoRenewEnabled" auto_renew_enabled, IfWide("Renews");
        "partnerId" partner_id, No;
        "friendlyName" friendly_name, No;
        "partnerName" partner_name, No;
        "providerName" provider_name, No;
        "creationDate" creation_date, No;
        "effectiveStartDate" effective_start_date, No;
        "commitmentEndDate" commitment_end_date, No;
        "currentStateEndDate" current_state_end_date, No;
        "trialToPaidConversionDate" trial_to_paid_conversion_date, No;
        "trialStartDate" trial_start_date, No;
        "trialEndDate" trial_end_date, No;
        "lastUsageDate" last_usage_date, No;
        "deprovisionedDate" deprovisioned_date, No;
        "lastRenewalDate" last_renewal_date, No;
        "licenseCount" license_count, As("Licenses");
        "churnRisk" churn_risk, No;
        "billingCycleName" billing_cycle_name, No;
        "subscriptionCount" subscription_count, IfKnown("Subscriptions");
    }

    /// What names the customer elsewhere, and the partners, has no pseudonym; neither has the id of a subscription.
    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        if let Some(id) = &mut self.customer_id {
            self.customer_name = self.customer_name.take().map(|_| anonymizer.listed_name(id));
            *id = anonymizer.listed_id(id);
        } else {
            self.customer_name = None;
        }
        self.subscription_id = None;
        self.friendly_name = None;
        self.partner_name = None;
        self.provider_name = None;
    }
}
