//! Measures reading the data of all customers from the emulator: a sweep per customer, and a stream of pages.

use anyhow::{Result, ensure};

use super::subject::Subjects;
use super::table::{Table, count, range, verdict};

/// The number of concurrent requests, and the emulator's delay before each response.
const CONCURRENCY: u32 = 64;
const LATENCY_MS: &str = "20";

/// The page sizes of the customer list and of the query.
const CUSTOMERS_PAGE: &str = "500";
const ROWS_PAGE: &str = "10000";

/// The initial number of concurrent requests of a sweep; every response adds one.
const FIRST_LIMIT: u32 = 4;

/// One in twenty responses is an error: 429 with a `Retry-After` of one second, or 503.
const FAULTS: &str = "seed=11; 2.5% most=2 429(retry-after=1); 2.5% most=2 503";

/// The number of calls that measure the latency.
const PROBES: u32 = 100;

const MOST_MEBIBYTES: f64 = 64.0;

/// Data sets of several sizes, and one with faults.
pub(super) fn sweep(subjects: &Subjects) -> Result<String> {
    let mut table = Table::new(&["customers", "requests", "took", "ideal", "ratio", "peak memory"]);
    let (mut worst, mut peaks): (f64, _) = (0.0, Vec::new());
    for customers in [100, 1_000, 10_000, 100_000] {
        let swept = Swept::of(subjects, customers, "")?;
        worst = worst.max(swept.seconds / swept.ideal);
        peaks.push(swept.mebibytes);
        table.push(swept.row(count(f64::from(customers))));
    }
    let troubled = Swept::of(subjects, 10_000, FAULTS)?;
    table.push(troubled.row("10,000, one response in twenty a 429 or 503".to_owned()));
    let (_, most) = range(&peaks);
    Ok(format!(
        "## A sweep over all customers\n\nOne outcome per customer from an emulator that responds after {LATENCY_MS} ms, with up to {CONCURRENCY} concurrent requests. A digest \
         over all\nrows confirms that every sweep returned the emulator's data. *Ideal* is the time under the same limits without any\noverhead: \
         the list first, then {FIRST_LIMIT} concurrent requests, one more for every response up to {CONCURRENCY}, each as long as a\n\
         hand-written call takes alone in the same run. With throttling, it includes every request and every requested pause.\n\n{}\n{}\n{}",
        table.finish(),
        verdict(
            worst <= 1.05 && most < MOST_MEBIBYTES,
            "at most 1.05 times the ideal, in under 64 MiB; memory holds an id and a name per customer"
        ),
        verdict(
            troubled.seconds / troubled.ideal <= 1.15 && troubled.mebibytes < MOST_MEBIBYTES,
            "with errors at most 1.15 times the ideal, in under 64 MiB"
        ),
    ))
}

struct Swept {
    requests: f64,
    seconds: f64,
    ideal: f64,
    mebibytes: f64,
}

impl Swept {
    fn of(subjects: &Subjects, customers: u32, faults: &str) -> Result<Self> {
        // Measured on a separate emulator, because the fault script would count these calls.
        let quiet = subjects.serve(&["customers", "1", LATENCY_MS, CUSTOMERS_PAGE, ""])?;
        let probe = format!("{}{}", quiet.url, super::subject::SMALL);
        let alone = subjects.measure(&["calls", "reqwest-raw", "1", &probe, &PROBES.to_string()])?;
        let latency = alone.number("seconds")? / f64::from(PROBES);
        drop(quiet);

        let emulator =
            subjects.serve(&["customers", &customers.to_string(), LATENCY_MS, CUSTOMERS_PAGE, faults])?;
        let swept = subjects.measure(&["sweep", &CONCURRENCY.to_string(), &emulator.url])?;
        let served = emulator.end()?;
        ensure!(
            swept.text("digest")? == served.text("digest")?
                && swept.text("customers")? == customers.to_string(),
            "the sweep of {customers} customers differs from the emulator's data; {} of them failed",
            swept.text("failed")?
        );
        let (requests, paused) = (served.number("requests")?, swept.number("throttled")?);
        let ideal = if faults.is_empty() {
            latency * f64::from(rounds(customers))
        } else {
            latency * requests / f64::from(CONCURRENCY) + paused
        };
        Ok(Self {
            requests,
            seconds: swept.number("seconds")?,
            ideal,
            mebibytes: swept.mebibytes("peak_kib")?,
        })
    }

    fn row(&self, heading: String) -> [String; 6] {
        [
            heading,
            count(self.requests),
            format!("{:.2} s", self.seconds),
            format!("{:.2} s", self.ideal),
            format!("{:.2}", self.seconds / self.ideal),
            format!("{:.1} MiB", self.mebibytes),
        ]
    }
}

/// The number of sequential round trips: the list, then rounds of as many concurrent requests as the limit allows.
fn rounds(customers: u32) -> u32 {
    let (mut rounds, mut left, mut limit) = (1, customers, FIRST_LIMIT);
    while left > 0 {
        let asked = left.min(limit);
        left -= asked;
        limit = (limit + asked).min(CONCURRENCY);
        rounds += 1;
    }
    rounds
}

/// The commercial query with ten and with forty pages.
pub(super) fn stream(subjects: &Subjects) -> Result<String> {
    let mut table = Table::new(&["pages", "rows", "took", "peak memory"]);
    let mut peaks = Vec::new();
    // The emulator's customers have about three products each.
    for customers in ["33800", "136000"] {
        let emulator = subjects.serve(&["customers", customers, "0", ROWS_PAGE, ""])?;
        let read = subjects.measure(&["pages", &emulator.url])?;
        peaks.push(read.mebibytes("peak_kib")?);
        table.push([
            count(read.number("pages")?),
            count(read.number("rows")?),
            format!("{:.2} s", read.number("seconds")?),
            format!("{:.1} MiB", read.mebibytes("peak_kib")?),
        ]);
    }
    let grown = peaks.windows(2).any(|peaks| peaks[1] > peaks[0] * 1.1);
    Ok(format!(
        "## Streaming the commercial query\n\nPages of 10,000 rows, dropped once read. The emulator takes most of the time.\n\n{}\n{}",
        table.finish(),
        verdict(!grown, "memory that does not grow with the number of pages"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_double_up_to_the_limit() {
        assert_eq!(rounds(0), 1);
        assert_eq!(rounds(4), 2);
        assert_eq!(rounds(5), 3);
        // 4, 8, 16, 32, then 64 at a time.
        assert_eq!(rounds(4 + 8 + 16 + 32), 5);
        assert_eq!(rounds(4 + 8 + 16 + 32 + 65), 7);
    }
}
