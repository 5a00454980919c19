//! A call of the SDK for every operation of the contract.
//!
//! The tests of requests, faults, completeness and secrecy go through all of them: a new operation needs a line here.

use std::fmt::Write as _;

use partner_center::chain::CommercialPrefix;
use partner_center::paging::{PagedCollection, Pages};
use partner_center::{Continuation, CustomerId, Error, PartnerCenter, Response, SubscriptionId};
use partner_center_emulator::{Book, DOCUMENTED_CUSTOMER};
use serde::Serialize;
use serde_json::Value;

/// How a collection is read.
#[derive(Default)]
pub(crate) struct Reading {
    /// The size of pages, where it can be chosen.
    pub(crate) size: Option<u32>,
    pub(crate) resume: Option<Continuation>,
}

/// Calls an operation about the documented customer, and reads all pages. Returns the rows before the error; what is not a
/// collection is one row. The second value is the `Debug` output of the responses.
pub(crate) async fn call(
    partner: &PartnerCenter,
    operation: &str,
    reading: Reading,
) -> (Vec<Value>, String, Option<Error>) {
    let Reading { size, resume } = reading;
    macro_rules! pages {
        ($query:expr) => {{
            let query = $query;
            drain(match resume {
                Some(continuation) => query.resume(continuation).pages(),
                None => query.pages(),
            })
            .await
        }};
    }
    macro_rules! query {
        ($query:expr) => {{
            let query = $query;
            pages!(match size {
                Some(size) => query.top(size),
                None => query,
            })
        }};
    }
    macro_rules! collection {
        ($call:expr) => {
            given($call.await, |response| response.items().iter().map(json).collect())
        };
    }
    macro_rules! resource {
        ($call:expr) => {
            given($call.await, |response| vec![json(response.value())])
        };
    }
    let customer = partner.customers().by_id(CustomerId::from(DOCUMENTED_CUSTOMER));
    let (of_customer, of_partner) = (customer.analytics().licenses(), partner.analytics().licenses());
    let commercial = partner.analytics().commercial().licenses();
    let v1 = CommercialPrefix::V1;
    match operation {
        "listCustomers" => pages!(match size {
            Some(size) => partner.customers().list().size(size),
            None => partner.customers().list(),
        }),
        "getCustomer" => resource!(customer.get()),
        "getCustomerLicensesDeployment" => collection!(of_customer.deployment().get()),
        "getCustomerLicensesUsage" => collection!(of_customer.usage().get()),
        "listCustomerSubscriptions" => pages!(customer.subscriptions().list()),
        "getCustomerSubscription" => resource!(customer.subscriptions().by_id(subscription()).get()),
        "getCustomerSubscribedSkus" => collection!(customer.subscribed_skus().get()),
        "getPartnerLicensesDeployment" => collection!(of_partner.deployment().get()),
        "getPartnerLicensesUsage" => collection!(of_partner.usage().get()),
        "querySubscriptions" => query!(partner.analytics().subscriptions()),
        "queryCommercialLicensesDeployment" => query!(commercial.deployment()),
        "queryCommercialLicensesUsage" => query!(commercial.usage()),
        "queryCommercialLicensesDeploymentV1" => query!(commercial.deployment().prefix(v1)),
        "queryCommercialLicensesUsageV1" => query!(commercial.usage().prefix(v1)),
        new => panic!("{new} is a new operation: add its call here"),
    }
}

/// A subscription of the documented customer, in every emulator with the default seed.
pub(crate) fn subscription() -> SubscriptionId {
    let book = Book::new(1, 1);
    let customer = book.customer(0).unwrap();
    customer.subscriptions().remove(0).id.into()
}

async fn drain<C: PagedCollection + std::fmt::Debug>(
    mut pages: Pages<C>,
) -> (Vec<Value>, String, Option<Error>) {
    let (mut rows, mut shown) = (Vec::new(), String::new());
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                write!(shown, "{page:?}").unwrap();
                rows.extend(page.items().iter().map(json));
            }
            Ok(None) => return (rows, shown, None),
            Err(error) => return (rows, shown, Some(error)),
        }
    }
}

fn given<T: std::fmt::Debug>(
    result: partner_center::Result<Response<T>>,
    rows: impl FnOnce(&Response<T>) -> Vec<Value>,
) -> (Vec<Value>, String, Option<Error>) {
    match result {
        Ok(response) => (rows(&response), format!("{response:?}"), None),
        Err(error) => (Vec::new(), String::new(), Some(error)),
    }
}

fn json(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap()
}
