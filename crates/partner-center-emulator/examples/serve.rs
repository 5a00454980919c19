//! Starts an emulator, prints its base URL and serves until it is stopped. For programs in other languages.
//!
//! `cargo run -p partner-center-emulator --example serve -- TOKEN FAULTS` accepts only that token, and injects the faults
//! of the script. Without arguments, it accepts any token and injects no faults.

use std::error::Error;
use std::io::Write as _;

use partner_center_emulator::{Emulator, FaultScript};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Small pages, so that clients have to follow next links.
    let mut builder = Emulator::builder().page_size(5).recorded_requests(0);
    let mut arguments = std::env::args().skip(1);
    if let Some(token) = arguments.next() {
        builder = builder.accept_token(token);
    }
    if let Some(faults) = arguments.next() {
        builder = builder.faults(faults.parse::<FaultScript>()?);
    }
    let emulator = builder.start().await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", emulator.base_url())?;
    stdout.flush()?;
    std::future::pending::<()>().await;
    Ok(())
}
