//! Serves an emulator until it is stopped, and prints its base URL: for programs in other languages, and for judges.
//!
//! `cargo run -p partner-center-emulator --example serve -- TOKEN` accepts that token and no other; without one, any.

use std::error::Error;
use std::io::Write as _;

use partner_center_emulator::Emulator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Small pages: the next one is part of what is to be seen.
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
