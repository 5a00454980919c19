//! Shows the `tracing` output of the SDK: a span for every call and every attempt, and events for failures. Spans and
//! events contain no token and no customer name.
//!
//! `cargo run -p partner-center --example tracing_setup`

#![expect(clippy::print_stdout, reason = "an example prints its result")]

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
    // Show everything from the SDK, and warnings from other crates. A span prints one line with its times when it
    // closes. The fields have OpenTelemetry names, so an exporter needs no mapping.
    let filter =
        Targets::new().with_default(LevelFilter::WARN).with_target("partner_center", LevelFilter::DEBUG);
    let printed = tracing_subscriber::fmt::layer().with_span_events(FmtSpan::CLOSE).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(printed).init();

    // The service is unavailable at first, so that there is something to log.
    let script: FaultScript = "#1 503(retry-after=0)".parse()?;
    let emulator = Emulator::builder().faults(script).start().await?;
    let partner = PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new("any")?)
        .backoff(Duration::from_millis(1), Duration::from_millis(1))
        .build()?;
    let usage = partner.analytics().licenses().usage().get().await?;
    println!("{} rows after {} attempts; see the log above", usage.items().len(), usage.attempts());
    Ok(())
}
