//! `emulator`: serves until it is told to stop.

use std::io::Write;
use std::time::Duration;

use crate::cli::Emulator as Arguments;
use crate::console::Console;
use crate::exit::Exit;
use crate::report::{Problem, Stop};
use crate::settings::{ACCESS_TOKEN, BASE_URL};

pub(crate) async fn run(arguments: &Arguments, console: Console) -> Result<Exit, Stop> {
    let mut builder = partner_center_emulator::Emulator::builder()
        .customers(arguments.customers)
        .seed(arguments.seed)
        .latency(Duration::from_millis(arguments.latency))
        .port(arguments.port);
    if let Some(calls) = arguments.rate {
        builder = builder.rate_per_minute(calls);
    }
    if let Some(calls) = arguments.customer_rate {
        builder = builder.customer_rate_per_minute(calls);
    }
    if let Some(rows) = arguments.page_size {
        builder = builder.page_size(rows);
    }
    if let Some(day) = &arguments.processed_on {
        builder = builder.processed_on(day);
    }
    if let Some(script) = &arguments.fault {
        builder = builder.faults(script.clone());
    }
    // Nobody reads what is recorded, and it would grow for as long as it serves.
    let emulator = builder.recorded_requests(0).start().await.map_err(|error| {
        Problem::new(Exit::Usage, "the emulator cannot be started").because(error.to_string())
    })?;
    let stop = stopped().map_err(|error| {
        Problem::new(Exit::Unexpected, "Ctrl-C cannot be waited for").because(error.to_string())
    })?;

    let url = emulator.base_url();
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{url}")?;
    stdout.flush()?;
    drop(stdout);
    let customers = emulator.book().len();
    console.note(&format!(
        "an emulator of {customers} customers, until Ctrl-C; its sign-in host is {authority}\n\
         To ask it from another terminal:\n  \
         export {BASE_URL}={url} {ACCESS_TOKEN}=any",
        authority = emulator.authority(),
    ));
    stop.await;
    emulator.shutdown().await;
    Ok(Exit::Done)
}

/// Ends on Ctrl-C, and where there is such a thing on being told to terminate. Listens from the start.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}
