//! Makes every call of the SDK against the service at the given URL. `tests/third_party/prism.sh` runs it against Prism.
//!
//! `cargo run -p partner-center-tests --example prism-calls -- http://127.0.0.1:4010`

#![expect(clippy::print_stdout, reason = "prints its result")]

use std::collections::BTreeSet;
use std::error::Error;

use partner_center::chain::{AggregationLevel, CommercialPrefix};
use partner_center::credential::StaticToken;
use partner_center::filter::{Field, Grouping, SubscriptionField};
use partner_center::models::LicenseGroup;
use partner_center::{CustomerFilter, CustomerId, PartnerCenter, RequestContext, Response, SubscriptionId};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("missing argument: the base URL of the service")?;
    let partner = PartnerCenter::builder()
        .base_url(url)
        .credential(StaticToken::new("a.made-up.token")?)
        .application("Judge")
        // A retry would hide the error of the first attempt.
        .max_attempts(1)
        .build()?;
    let mut seen = Seen::default();
    call(&partner, &mut seen).await?;
    if seen.rows == 0 {
        return Err("no response had rows, so nothing was decoded".into());
    }
    if let Some(missing) = OPERATIONS.iter().find(|operation| !seen.operations.contains(*operation)) {
        return Err(format!("{missing} was not called: add its call here").into());
    }
    println!("{} responses with {} rows, all decoded", seen.responses, seen.rows);
    Ok(())
}

macro_rules! ids {
    ($($id:literal => $operation:ident,)*) => {
        [$($id),*]
    };
}

/// The operations of the contract.
const OPERATIONS: &[&str] = &partner_center_client::for_each_operation!(ids);

/// The operations that were called, and the number of responses and rows.
#[derive(Default)]
struct Seen {
    operations: BTreeSet<&'static str>,
    responses: usize,
    rows: usize,
}

impl Seen {
    /// Counts a response, unless Prism reported a violation in the request or in its own response.
    fn add<T>(
        &mut self,
        operation: &'static str,
        response: partner_center::Result<Response<T>>,
        rows: impl FnOnce(&T) -> usize,
    ) -> Result<(), Box<dyn Error>> {
        let (headers, rows) = match response {
            Ok(response) => {
                let rows = rows(response.value());
                (response.raw_headers().clone(), rows)
            }
            // Random counts and links rarely fit the random rows. The client has read the page, and must not pass it on.
            Err(error)
                if [
                    "Rows are missing",
                    "The response announces another page",
                    "The link was not followed",
                ]
                .iter()
                .any(|advice| error.advice().starts_with(advice)) =>
            {
                (error.raw_headers().clone(), 0)
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(violations) = headers.get("sl-violations") {
            return Err(format!("Prism reports violations: {violations:?}").into());
        }
        self.operations.insert(operation);
        self.responses += 1;
        self.rows += rows;
        Ok(())
    }
}

/// Calls every operation; those with arguments without and with all of them, the commercial ones at both paths.
async fn call(partner: &PartnerCenter, seen: &mut Seen) -> Result<(), Box<dyn Error>> {
    let customer: CustomerId = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
    let customer = partner.customers().by_id(customer);
    let one = customer.get().await?;
    let correlation_id = one.request_id();
    seen.add("getCustomer", Ok(one), |_| 1)?;
    let licenses = customer.analytics().licenses();
    seen.add("getCustomerLicensesDeployment", licenses.deployment().get().await, |page| page.items.len())?;
    seen.add("getCustomerLicensesUsage", licenses.usage().get().await, |page| page.items.len())?;

    let subscriptions = customer.subscriptions();
    for list in [
        subscriptions.list(),
        subscriptions.list().partner_id("4847383"),
        subscriptions.list().order_id("F1E7F1F7-4C4E-4C4A-8D7C-2C1A1E0E3A0B"),
    ] {
        let page = list.pages().try_next().await.transpose().ok_or("the list has no first page")?;
        seen.add("listCustomerSubscriptions", page, |page| page.items.len())?;
    }
    let subscription: SubscriptionId = "a356ac8c-e310-44f4-bf85-c7f29044af99".parse()?;
    seen.add("getCustomerSubscription", subscriptions.by_id(subscription).get().await, |_| 1)?;
    let skus = customer.subscribed_skus();
    seen.add("getCustomerSubscribedSkus", skus.get().await, |page| page.items.len())?;
    let skus = skus.groups([LicenseGroup::Group1, LicenseGroup::Group2]);
    seen.add("getCustomerSubscribedSkus", skus.get().await, |page| page.items.len())?;

    // The partner's totals, with a request context.
    let context = RequestContext::new().correlation_id(correlation_id).locale("sv-SE");
    let licenses = partner.with(context).analytics().licenses();
    seen.add("getPartnerLicensesDeployment", licenses.deployment().get().await, |page| page.items.len())?;
    seen.add("getPartnerLicensesUsage", licenses.usage().get().await, |page| page.items.len())?;

    let list = partner.customers().list().size(40).filter(CustomerFilter::company_name("O'Brien & Söhne"));
    let page = list.pages().try_next().await.transpose().ok_or("the list has no first page")?;
    seen.add("listCustomers", page, |page| page.items.len())?;

    let query = partner.analytics().subscriptions();
    seen.add("querySubscriptions", query.get().await, |page| page.value.len())?;
    let filter = SubscriptionField::STATUS
        .eq("ACTIVE")?
        .and(SubscriptionField::COMMITMENT_END_DATE.le("2027-03-01")?)
        .and(SubscriptionField::CUSTOMER_NAME.contains("O'Brien & Söhne")?)
        .and(SubscriptionField::AUTO_RENEW_ENABLED.eq(false));
    let grouping: Grouping<_> = "status,commitmentEndDate".parse()?;
    let query = query
        .filter(filter)
        .group_by(grouping)
        .aggregation_level(AggregationLevel::Month)
        .top(1_000)
        .skip(20);
    seen.add("querySubscriptions", query.get().await, |page| page.value.len())?;

    let licenses = partner.analytics().commercial().licenses();
    for (prefix, ids) in [
        (CommercialPrefix::PartnerV1, ["queryCommercialLicensesDeployment", "queryCommercialLicensesUsage"]),
        (CommercialPrefix::V1, ["queryCommercialLicensesDeploymentV1", "queryCommercialLicensesUsageV1"]),
    ] {
        let (deployment, usage) = (licenses.deployment().prefix(prefix), licenses.usage().prefix(prefix));
        seen.add(ids[0], deployment.get().await, |page| page.value.len())?;
        seen.add(ids[1], usage.get().await, |page| page.value.len())?;

        let filter = Field::CUSTOMER_NAME.ne("O'Brien & Söhne")?.and(Field::SERVICE_CODE.eq("o365")?);
        let grouping: Grouping<_> = "serviceCode, customerTenantId".parse()?;
        let query =
            deployment.filter(filter).group_by(grouping).processed("2018-10-14").top(1_000).skip(2_000);
        seen.add(ids[0], query.get().await, |page| page.value.len())?;

        let filter = Field::WORKLOAD_CODE.eq("EXO")?.or(Field::CUSTOMER_NAME.eq("O'Brien & Söhne")?);
        let grouping: Grouping<_> = "workloadCode".parse()?;
        let query = usage.filter(filter).group_by(grouping).processed("2018-10-14").top(1).skip(0);
        seen.add(ids[1], query.get().await, |page| page.value.len())?;
    }
    Ok(())
}
