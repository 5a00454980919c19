//! One subject of a benchmark per run: `subject CLIENT CASE URL CALLS`, or `subject serve`.
//!
//! It makes the calls and prints `calls seconds rows peak_kib`; comparing subjects is `cargo xtask bench`'s work.

mod clients;
mod server;

use std::process::ExitCode;
use std::time::Instant;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that prints its result")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = match words.as_slice() {
        ["serve"] => runtime.block_on(server::serve()),
        [client, ways, url, calls] => match (ways.parse(), calls.parse()) {
            (Ok(ways), Ok(calls)) => runtime.block_on(async {
                let client = clients::Client::new(client, url)?;
                let started = Instant::now();
                let rows = clients::run(&client, ways, calls).await?;
                println!("{calls} {} {rows} {}", started.elapsed().as_secs_f64(), peak_kib());
                Ok(())
            }),
            _ => Err("WAYS and CALLS are numbers".into()),
        },
        _ => Err("usage: subject serve | subject facade|reqwest|reqwest-raw|hyper WAYS URL CALLS".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The most memory this process has held.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
