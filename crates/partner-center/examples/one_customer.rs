//! Prints the name and licenses of one customer, and shows the details of an error.
//!
//! `cargo run -p partner-center --example one_customer [CUSTOMER_ID]`

#![expect(clippy::print_stdout, reason = "an example prints its result")]

mod common;

use std::error::Error;

use partner_center::CustomerId;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = common::connect().await?;
    let documented = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";
    let id: CustomerId = std::env::args().nth(1).as_deref().unwrap_or(documented).parse()?;
    let customer = connection.partner.customers().by_id(id);

    let profile = customer.get().await?.into_value().company_profile.unwrap_or_default();
    println!("{}", profile.company_name.as_deref().unwrap_or("(no name)"));

    let deployment = customer.analytics().licenses().deployment().get().await?;
    for row in deployment.items() {
        // Every field may be absent.
        let product = row.product_name.as_deref().unwrap_or("(no product)");
        let (sold, deployed) = (row.licenses_sold.unwrap_or(0), row.licenses_deployed.unwrap_or(0));
        println!("  {product}: {deployed} of {sold} deployed");
    }
    if deployment.items().is_empty() {
        println!("  no rows, which does not prove that there are no licenses: see the commercial query");
    }

    // An error has a message, advice, and the ids that Microsoft support asks for.
    let unknown: CustomerId = "00000000-0000-4000-8000-000000000000".parse()?;
    match connection.partner.customers().by_id(unknown).get().await {
        Ok(_) => println!("a customer with this id exists"),
        Err(error) if error.is_not_found() => {
            println!("as expected: {}. {}", error.message(), error.advice());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
