//! Reads the licenses of all customers, several at a time, with one outcome for each.
//!
//! `cargo run -p partner-center --example all_customers`

#![expect(clippy::print_stdout, reason = "an example prints its result")]

mod common;

use std::error::Error;

use partner_center::sweep::{self, Order, Outcome};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = common::connect().await?;
    let sweep = connection.partner.customers().sweep(sweep::deployment);
    let mut sweep = sweep.concurrency(8).order(Order::Customer).stream();
    // An error here ends the sweep, for example a rejected credential. It has a checkpoint to resume from.
    while let Some(swept) = sweep.try_next().await? {
        let customer = swept.customer;
        match swept.outcome {
            Outcome::Rows(page) => {
                let sold: i64 = page.items().iter().filter_map(|row| row.licenses_sold).sum();
                let deployed: i64 = page.items().iter().filter_map(|row| row.licenses_deployed).sum();
                println!("{customer}: {deployed} of {sold} deployed");
            }
            Outcome::Empty(_) => {
                println!("{customer}: no rows (this does not prove that there are no licenses)");
            }
            Outcome::Skipped(error) => println!("{customer}: skipped: {}", error.message()),
            Outcome::Failed(error) => println!("{customer}: failed: {error}"),
        }
    }
    let summary = sweep.checkpoint().summary();
    println!(
        "{} customers: {} with rows, {} empty, {} skipped, {} failed",
        summary.customers, summary.with_rows, summary.empty, summary.skipped, summary.failed
    );
    Ok(())
}
