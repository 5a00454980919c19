//! Tests of the dataset on made-up rows and on the emulator.

mod changes;
#[cfg(feature = "object-store")]
mod lost_connection;
#[cfg(feature = "object-store")]
mod objects;
mod place;
mod recorded;

use partner_center::funnel::{Flag, FunnelRow};
use partner_center::licenses::Source;
use partner_center::models::Timestamp;

use crate::Day;

/// A row of a customer, with a product of this name.
fn row(customer: u128, product: &str, counts: [Option<i64>; 3]) -> FunnelRow {
    let id = uuid::Uuid::from_u128(customer);
    let mut row = FunnelRow::new(id.into(), Source::Commercial);
    row.customer_name = Some(format!("Customer {customer}"));
    row.product_name = Some(product.to_owned());
    [row.licenses_sold, row.licenses_deployed, row.licenses_active] = counts;
    let difference = |whole: Option<i64>, part: Option<i64>| Some((whole? - part?).max(0));
    row.shelfware = difference(row.licenses_sold, row.licenses_deployed);
    row.idle = difference(row.licenses_deployed, row.licenses_active);
    row.unused = match (row.shelfware, row.idle) {
        (Some(shelfware), Some(idle)) => Some(shelfware + idle),
        (one, other) => one.or(other),
    };
    if row.shelfware.is_none() != row.idle.is_none() {
        row.flags.push(Flag::UnusedIsLowerBound);
    }
    row.deployment_processed_date_time = Some(Timestamp::from("2026-08-30T00:00:00"));
    row
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}
