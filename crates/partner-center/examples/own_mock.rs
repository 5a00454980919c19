//! Uses the emulator in a test: it injects faults, and its data gives the expected result.
//!
//! `cargo run -p partner-center --example own_mock`
//!
//! In your own project, `sold` is the code under test and the rest a `#[tokio::test]`.

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use std::error::Error;
use std::time::Duration;

use partner_center::credential::StaticToken;
use partner_center::{CustomerId, PartnerCenter, Result};
use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator, FaultScript};

/// The code under test: counts the licenses that a customer bought.
async fn sold(partner: &PartnerCenter, customer: CustomerId) -> Result<i64> {
    let deployment = partner.customers().by_id(customer).analytics().licenses().deployment().get().await?;
    Ok(deployment.items().iter().filter_map(|row| row.licenses_sold).sum())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // The first request is throttled and the connection of the second is reset, so three attempts are needed.
    let script: FaultScript = "#1 429(retry-after=0); #2 reset".parse()?;
    let emulator = Emulator::builder().faults(script).start().await?;
    let partner = PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new("any")?)
        .backoff(Duration::from_millis(1), Duration::from_millis(1))
        .build()?;

    let found = sold(&partner, CustomerId::from(DOCUMENTED_CUSTOMER)).await?;

    let customer =
        emulator.book().find(DOCUMENTED_CUSTOMER).ok_or("the emulator has the documented customer")?;
    let truth: u64 = customer.deployment().iter().map(|row| row.licenses_sold).sum();
    assert_eq!(u64::try_from(found)?, truth);

    let requests = emulator.requests();
    assert_eq!(requests.len(), 3, "throttled, reset, succeeded");
    let ids: Vec<_> = requests.iter().map(|request| request.header("MS-RequestId")).collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "all attempts have the same request id");
    println!("{found} licenses sold, as expected, after {} requests", requests.len());
    Ok(())
}
