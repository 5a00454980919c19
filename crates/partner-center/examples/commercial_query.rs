//! Runs a commercial query over all customers, filtered and grouped by the service, and reads all pages.
//!
//! `cargo run -p partner-center --example commercial_query`

#![expect(clippy::print_stdout, reason = "an example prints its result")]

mod common;

use std::error::Error;

use partner_center::filter::{Field, Grouping};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = common::connect().await?;
    let licenses = connection.partner.analytics().commercial().licenses();

    // A filter built from fields and values escapes quotes in values. `"...".parse()` parses a filter from text.
    let office = Field::SERVICE_CODE.eq("o365")?.and(Field::CUSTOMER_NAME.ne("O'Brien & Sons")?);
    let by_workload = Grouping::by(Field::WORKLOAD_CODE).and(Field::WORKLOAD_NAME);
    let query = licenses.usage().filter(office).group_by(by_workload);

    let mut rows = query.stream();
    while let Some(row) = rows.try_next().await? {
        let name = row.workload_name.as_deref().or(row.workload_code.as_deref()).unwrap_or("(none)");
        let (active, qualified) = (row.licenses_active.unwrap_or(0), row.licenses_qualified.unwrap_or(0));
        println!("{name}: {active} of {qualified} active");
    }

    // Pages also have the total count of rows.
    let mut pages = licenses.deployment().top(10).pages();
    let mut seen = 0;
    while let Some(page) = pages.try_next().await? {
        seen += page.items().len();
        println!("deployment: {seen} of {} rows", page.value().total_count.unwrap_or_default());
    }
    Ok(())
}
