//! Runs one subject of a benchmark, and prints its results and peak memory as `name=value` pairs. `cargo xtask bench`
//! compares the subjects.

mod by_hand;
mod clients;
mod customers;
mod page;
mod reading;
mod server;

use std::error::Error;
use std::process::ExitCode;

const USAGE: &str = "usage:
  subject serve                                             serves the responses to calls, until it is killed
  subject calls facade|reqwest|reqwest-raw|hyper WAYS URL CALLS
  subject customers COUNT LATENCY_MS PAGE_SIZE FAULTS       serves the emulator's data, until stdin is closed
  subject sweep CONCURRENCY URL
  subject pages URL";

#[expect(clippy::print_stderr, reason = "prints errors")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // One thread on one core, to measure the cost of a call independently of the number of cores.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&words))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "prints its result")]
async fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let result = match words {
        ["serve"] => return server::serve().await,
        ["customers", count, latency, page_size, faults] => {
            let (latency, page_size) = (latency.parse()?, page_size.parse()?);
            return customers::serve(count.parse()?, latency, page_size, faults.parse()?).await;
        }
        ["calls", client, ways, url, calls] => {
            clients::calls(client, ways.parse()?, url, calls.parse()?).await?
        }
        ["sweep", concurrency, url] => reading::sweep(url, concurrency.parse()?).await?,
        ["pages", url] => reading::pages(url).await?,
        _ => return Err(USAGE.into()),
    };
    let (peak, data) = memory();
    println!("{result} peak_kib={peak} data_kib={data}");
    Ok(())
}

/// The peak memory of this process, with and without its program pages. Those depend on the code that a client uses,
/// which is not part of the comparison.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    };
    let peak = kib("VmHWM:");
    (peak, peak.saturating_sub(kib("RssFile:")))
}
