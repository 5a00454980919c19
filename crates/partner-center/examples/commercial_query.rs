//! The commercial query: filtered and added up by the service, over all customers, read to the last page.
//!
//! `cargo run -p partner-center --example commercial_query`

#![expect(clippy::print_stdout, reason = "this is what it is for")]

mod common;

use std::error::Error;

use partner_center::filter::{Field, Grouping};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = common::connect().await?;
    let licenses = connection.partner.analytics().commercial().licenses();

    // A filter is built from fields and values, so that a quote in a value cannot end it. `"...".parse()` reads one.
    let office = Field::SERVICE_CODE.eq("o365")?.and(Field::CUSTOMER_NAME.ne("O'Brien & Sons")?);
    let by_workload = Grouping::by(Field::WORKLOAD_CODE).and(Field::WORKLOAD_NAME);
    let query = licenses.usage().filter(office).group_by(by_workload);

    let mut rows = query.stream();
    while let Some(row) = rows.try_next().await? {
        let name = row.workload_name.as_deref().or(row.workload_code.as_deref()).unwrap_or("(none)");
        let (active, qualified) = (row.licenses_active.unwrap_or(0), row.licenses_qualified.unwrap_or(0));
        println!("{name}: {active} of {qualified} active");
    }

    // Page by page, for those who want what only a page has: the count of all rows.
    let mut pages = licenses.deployment().top(10).pages();
    let mut seen = 0;
    while let Some(page) = pages.try_next().await? {
        seen += page.value.len();
        println!("deployment: {seen} of {} rows", page.total_count.unwrap_or_default());
    }
    Ok(())
}
