//! What the SDK says through `tracing`: a span for every call and every attempt, events for what goes wrong. No span or
//! event holds a token, or a customer's name.
//!
//! `cargo run -p partner-center --example tracing_setup`

#![expect(clippy::print_stdout, reason = "this is what it is for")]

use std::error::Error;
use std::time::Duration;

use partner_center::PartnerCenter;
use partner_center::credential::StaticToken;
use partner_center_emulator::{Emulator, FaultScript};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Everything the SDK says, and of everything else the warnings. A span prints one line when it ends, with its
    // times; the fields have OpenTelemetry's names, so that an exporter needs no mapping.
    let filter =
        Targets::new().with_default(LevelFilter::WARN).with_target("partner_center", LevelFilter::DEBUG);
    let printed = tracing_subscriber::fmt::layer().with_span_events(FmtSpan::CLOSE).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(printed).init();

    // A service that is busy at first, so that there is something to tell.
    let script: FaultScript = "#1 503(retry-after=0)".parse()?;
    let emulator = Emulator::builder().faults(script).start().await?;
    let partner = PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new("any")?)
        .backoff(Duration::from_millis(1), Duration::from_millis(1))
        .build()?;
    let usage = partner.analytics().licenses().usage().get().await?;
    println!("{} rows after {} attempts; the lines above say why", usage.items.len(), usage.attempts());
    Ok(())
}
