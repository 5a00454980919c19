//! One subject of a benchmark per run: it does its work and prints what came of it as `name=value` pairs, with the most
//! memory the process has held. Comparing subjects is `cargo xtask bench`'s work.

mod book;
mod by_hand;
mod clients;
mod page;
mod reading;
mod server;

use std::error::Error;
use std::process::ExitCode;

const USAGE: &str = "usage:
  subject serve                                             serves the answers to calls, until it is killed
  subject calls facade|reqwest|reqwest-raw|hyper WAYS URL CALLS
  subject book CUSTOMERS LATENCY_MS PAGE_SIZE FAULTS        serves an emulated book, until its input ends
  subject sweep CONCURRENCY URL
  subject pages URL";

#[expect(clippy::print_stderr, reason = "a command that says what is wrong")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // One thread, on one core: what a call costs is to be seen, not how many cores there are.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&words))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command that prints its result")]
async fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let told = match words {
        ["serve"] => return server::serve().await,
        ["book", customers, latency, page_size, faults] => {
            let (latency, page_size) = (latency.parse()?, page_size.parse()?);
            return book::serve(customers.parse()?, latency, page_size, faults.parse()?).await;
        }
        ["calls", client, ways, url, calls] => {
            clients::calls(client, ways.parse()?, url, calls.parse()?).await?
        }
        ["sweep", concurrency, url] => reading::sweep(url, concurrency.parse()?).await?,
        ["pages", url] => reading::pages(url).await?,
        _ => return Err(USAGE.into()),
    };
    let (peak, data) = memory();
    println!("{told} peak_kib={peak} data_kib={data}");
    Ok(())
}

/// The most memory this process has held, and how much of that was not its program's own pages: which of two clients in
/// one program touches more of its code says nothing about either.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    };
    let peak = kib("VmHWM:");
    (peak, peak.saturating_sub(kib("RssFile:")))
}
