//! Calls from code that is not async: one runtime for the life of the program, and `block_on` around each call.
//!
//! `cargo run -p partner-center --example blocking`

#![expect(clippy::print_stdout, reason = "an example prints its result")]

mod common;

use std::error::Error;

use partner_center::{CustomerId, PartnerCenter};
use tokio::runtime::Runtime;

/// What a program without async needs of the SDK: the client, and the runtime that its connections live on.
///
/// A runtime per call would open a new connection for each; a call of `block_on` inside async code panics.
struct Licenses {
    runtime: Runtime,
    partner: PartnerCenter,
}

impl Licenses {
    /// How many licenses a customer has bought.
    fn sold(&self, customer: CustomerId) -> partner_center::Result<i64> {
        let licenses = self.partner.customers().by_id(customer).analytics().licenses();
        let deployment = self.runtime.block_on(licenses.deployment().get())?;
        Ok(deployment.items().iter().filter_map(|row| row.licenses_sold).sum())
    }

    /// How many customers there are: a stream is read step by step.
    fn customers(&self) -> partner_center::Result<usize> {
        let mut customers = self.partner.customers().list().stream();
        let mut count = 0;
        while self.runtime.block_on(customers.try_next())?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // One thread drives connections and token refreshes also between the calls.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let connection = runtime.block_on(common::connect())?;
    let licenses = Licenses { partner: connection.partner.clone(), runtime };
    let customer: CustomerId = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
    println!("{} licenses sold, {} customers", licenses.sold(customer)?, licenses.customers()?);
    // The emulator's tasks end inside the runtime.
    let _guard = licenses.runtime.enter();
    drop(connection);
    Ok(())
}
