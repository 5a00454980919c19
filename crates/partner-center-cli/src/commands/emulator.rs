//! `emulator`: serves until a signal stops it.

use std::io::Write;
use std::time::Duration;

use partner_center::settings::variables::{ACCESS_TOKEN, BASE_URL};
use partner_center_emulator::Entra;

use crate::args::Emulator as Arguments;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::signals::Signals;

pub(crate) async fn run(arguments: &Arguments, console: Console) -> Result<Exit, Stop> {
    let mut builder = partner_center_emulator::Emulator::builder()
        .customers(arguments.customers)
        .seed(arguments.seed)
        .latency(Duration::from_millis(arguments.latency))
        // A sign-in is approved automatically, without a second program.
        .approve_device_codes_after(1)
        .device_interval(1)
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
    // Recorded requests are not read here, and would grow without limit.
    let emulator = builder.recorded_requests(0).start().await.map_err(|error| {
        Problem::new(Exit::Usage, "could not start the emulator").because(error.to_string())
    })?;
    let mut signals = Signals::listen()?;

    let url = emulator.base_url();
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{url}")?;
    stdout.flush()?;
    drop(stdout);
    let (customers, authority) = (emulator.book().len(), emulator.authority());
    console.note(&format!(
        "emulator with {customers} customers, running until Ctrl-C. To use it from another terminal:\n  \
           export {BASE_URL}={url} {ACCESS_TOKEN}=any\n\
         or, to try a sign-in, which it approves automatically with --device-code, and a profile that keeps the settings:\n  \
           partner-center --profile emulator config set base-url {url}\n  \
           partner-center --profile emulator config set authority {authority}\n  \
           partner-center --profile emulator login \\\n    \
             --tenant {} --client {}",
        Entra::TENANT_ID,
        Entra::CLIENT_ID,
    ));
    signals.next().await;
    emulator.shutdown().await;
    Ok(Exit::Done)
}
