//! Reading whole books from the emulator: swept customer by customer, and streamed page by page.

use anyhow::{Result, ensure};

use super::subject::Subjects;
use super::table::{Table, count, range, verdict};

/// Requests at once, and how long the emulator waits before each answer.
const CONCURRENCY: u32 = 64;
const LATENCY_MS: &str = "20";

/// How many customers and how many rows the service puts on a page.
const CUSTOMERS_PAGE: &str = "500";
const ROWS_PAGE: &str = "10000";

/// With how many requests at once a sweep begins; every answer adds one.
const FIRST_LIMIT: u32 = 4;

/// One in twenty answers is no rows: 429 that asks for a second, or 503.
const FAULTS: &str = "seed=11; 2.5% most=2 429(retry-after=1); 2.5% most=2 503";

/// Calls by which a latency is measured.
const PROBES: u32 = 100;

const MOST_MEBIBYTES: f64 = 64.0;

/// Books of many sizes, and one where the service is in trouble.
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
    table.push(troubled.row("10,000, one answer in twenty a 429 or 503".to_owned()));
    let (_, most) = range(&peaks);
    Ok(format!(
        "## A sweep of the whole book\n\nOne outcome per customer from an emulator that takes {LATENCY_MS} ms to answer, {CONCURRENCY} requests at once; every sweep \
         came to the\nemulator's own truth, by a digest over all rows. *Ideal* is the schedule under the same limits in which no time is\nlost: \
         the list first, then {FIRST_LIMIT} requests at once, one more for every answer up to {CONCURRENCY}, each as long as a hand-written\n\
         call takes alone in the same run; where the service throttles, every request and every pause it asked for.\n\n{}\n{}\n{}",
        table.finish(),
        verdict(
            worst <= 1.05 && most < MOST_MEBIBYTES,
            "within 1.05 of the ideal, in under 64 MiB: a customer takes its id and its name"
        ),
        verdict(
            troubled.seconds / troubled.ideal <= 1.15 && troubled.mebibytes < MOST_MEBIBYTES,
            "in trouble within 1.15 of the ideal, in under 64 MiB"
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
        // Measured at a book of its own: faults would count on its calls.
        let quiet = subjects.serve(&["book", "1", LATENCY_MS, CUSTOMERS_PAGE, ""])?;
        let probe = format!("{}{}", quiet.url, super::subject::SMALL);
        let alone = subjects.measure(&["calls", "reqwest-raw", "1", &probe, &PROBES.to_string()])?;
        let latency = alone.number("seconds")? / f64::from(PROBES);
        drop(quiet);

        let book = subjects.serve(&["book", &customers.to_string(), LATENCY_MS, CUSTOMERS_PAGE, faults])?;
        let swept = subjects.measure(&["sweep", &CONCURRENCY.to_string(), &book.url])?;
        let served = book.end()?;
        ensure!(
            swept.text("digest")? == served.text("digest")?
                && swept.text("customers")? == customers.to_string(),
            "the sweep of {customers} customers came to something else than the emulator's truth; {} of them failed",
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

    fn row(&self, book: String) -> [String; 6] {
        [
            book,
            count(self.requests),
            format!("{:.2} s", self.seconds),
            format!("{:.2} s", self.ideal),
            format!("{:.2}", self.seconds / self.ideal),
            format!("{:.1} MiB", self.mebibytes),
        ]
    }
}

/// How many answers have to be waited for one after the other: the list, then as many at once as there may be.
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

/// The commercial query, ten pages and forty.
pub(super) fn stream(subjects: &Subjects) -> Result<String> {
    let mut table = Table::new(&["pages", "rows", "took", "peak memory"]);
    let mut peaks = Vec::new();
    // The emulator's customers have about three products each.
    for customers in ["33800", "136000"] {
        let book = subjects.serve(&["book", customers, "0", ROWS_PAGE, ""])?;
        let read = subjects.measure(&["pages", &book.url])?;
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
        "## Streaming the commercial query\n\nPages of 10,000 rows, dropped once read. Most of the time is the emulator's.\n\n{}\n{}",
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
