//! Prints how many licenses of each product are sold, deployed and in use, over all customers.
//!
//! `cargo run -p partner-center --example funnel`

#![expect(clippy::print_stdout, reason = "an example prints its result")]

mod common;

use std::error::Error;

use partner_center::funnel::{FunnelBatch, FunnelTotals};
use partner_center::sweep::Outcome;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = common::connect().await?;
    let mut funnel = connection.partner.customers().funnel().stream();
    let mut totals = FunnelTotals::default();
    while let Some(batch) = funnel.try_next().await? {
        if let FunnelBatch::Customer(customer) = &batch
            && let Outcome::Failed(error) = &customer.outcome
        {
            println!("{}: failed: {error}", customer.customer);
        }
        for row in batch.rows() {
            totals.add(row);
        }
    }
    for product in totals.products() {
        let name = product.product_name.as_deref().unwrap_or("a product without a name");
        let totals = &product.totals;
        println!(
            "{name}: {} sold, {} shelfware, {} idle",
            totals.licenses_sold.sum, totals.shelfware.sum, totals.idle.sum
        );
    }
    let (overall, report) = (totals.overall(), funnel.report());
    println!(
        "{} rows of the funnel from {} of deployment and {} of usage: {} of {} licenses are unused",
        report.funnel_rows,
        report.deployment_rows,
        report.usage_rows,
        overall.unused.sum,
        overall.licenses_sold.sum
    );
    if let Some(coverage) = funnel.coverage() {
        println!("{} customers have no rows", coverage.without_rows().count());
    }
    Ok(())
}
