//! Starts an emulator, prints its base URL and serves until it is stopped. For programs in other languages.
//!
//! `cargo run -p partner-center-emulator --example serve -- TOKEN` accepts only that token; without an argument, any.

use std::error::Error;
use std::io::Write as _;

use partner_center_emulator::Emulator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Small pages, so that clients have to follow next links.
    let mut builder = Emulator::builder().page_size(5).recorded_requests(0);
    for token in std::env::args().skip(1) {
        builder = builder.accept_token(token);
    }
    let emulator = builder.start().await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", emulator.base_url())?;
    stdout.flush()?;
    std::future::pending::<()>().await;
    Ok(())
}
