//! Calls of one operation: the small documented answer, and a page of 10,000 rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;

use super::instructions;
use super::subject::{Measured, PAGE, SMALL, Subjects};
use super::table::{Table, count, median, range, verdict};

const ROUNDS: usize = 11;

/// The clients, as subjects know them and as the page calls them.
const CLIENTS: [(&str, &str); 4] = [
    ("facade", "this SDK"),
    (YARDSTICK, "hand-written"),
    ("reqwest-raw", "hand-written, not parsed"),
    ("hyper", "bare hyper, not parsed"),
];

/// What the others are compared with.
const YARDSTICK: &str = "reqwest";

/// One call after the other, and sixteen at a time.
pub(super) fn small(subjects: &Subjects) -> Result<String> {
    let mut text = String::from(
        "## A small call\n\nThe documented answer of three rows. Sequential calls wait for the other core to wake up \
         most of the time;\nsixteen at a time keep the client's core busy, and show what a call costs it.\n",
    );
    let cost = instructions::small(subjects)?;
    for (title, ways, calls) in [("Sequential", "1", "8000"), ("Sixteen at a time", "16", "40000")] {
        let runs = Runs::of(subjects, SMALL, ways, calls)?;
        let instructions = (ways == "1").then_some(&cost);
        let _infallible = write!(text, "\n### {title}\n\n{}\n", runs.table(instructions)?);
        if ways == "1" {
            let (rate, cost) = (runs.ratio("facade")?, cost.ratio());
            text += &verdict(
                rate >= 0.95 && cost <= 1.2,
                "at least 0.95 of the hand-written one's rate, at most 1.2 times its instructions",
            );
        }
    }
    Ok(text)
}

/// One page after the other.
pub(super) fn page(subjects: &Subjects) -> Result<String> {
    let runs = Runs::of(subjects, PAGE, "1", "60")?;
    let cost = instructions::page(subjects)?;
    let (rate, memory) = (runs.ratio("facade")?, runs.memory("facade")? / runs.memory(YARDSTICK)?);
    Ok(format!(
        "## A page of 10,000 rows\n\n3.2 MB of JSON, one page after the other. Every client collects the body before it \
         reads it, and drops the rows.\n\n{}\n{}",
        runs.table(Some(&cost))?,
        verdict(
            rate >= 1.5 && memory <= 1.0,
            "at least 1.5 times the hand-written one's rate, at no more than its memory"
        ),
    ))
}

/// Every client in every round.
struct Runs(BTreeMap<&'static str, Vec<Measured>>);

impl Runs {
    fn of(subjects: &Subjects, path: &str, ways: &str, calls: &str) -> Result<Self> {
        let server = subjects.serve(&["serve"])?;
        let url = format!("{}{path}", server.url);
        let mut runs: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for round in 0..ROUNDS {
            // Another one begins in each round, lest one always runs behind the same.
            for place in 0..CLIENTS.len() {
                let (client, _) = CLIENTS[(place + round) % CLIENTS.len()];
                let measured = subjects.measure(&["calls", client, ways, &url, calls])?;
                runs.entry(client).or_default().push(measured);
            }
        }
        Ok(Self(runs))
    }

    /// Calls per second in each round.
    fn rates(&self, client: &str) -> Result<Vec<f64>> {
        let rate = |run: &Measured| Ok(run.number("calls")? / run.number("seconds")?);
        self.0.get(client).into_iter().flatten().map(rate).collect()
    }

    /// How many times as fast as the yardstick of the same round.
    fn ratio(&self, client: &str) -> Result<f64> {
        let ratios =
            self.rates(client)?.into_iter().zip(self.rates(YARDSTICK)?).map(|(one, other)| one / other);
        Ok(median(&ratios.collect::<Vec<_>>()))
    }

    fn memory(&self, client: &str) -> Result<f64> {
        let peaks = self.0.get(client).into_iter().flatten().map(|run| run.mebibytes("data_kib"));
        Ok(median(&peaks.collect::<Result<Vec<_>>>()?))
    }

    fn table(&self, instructions: Option<&instructions::Cost>) -> Result<String> {
        let mut header = vec!["client", "calls/s", "least to most", "ratio", "peak data"];
        if instructions.is_some() {
            header.extend(["instructions a call", "ratio"]);
        }
        let mut table = Table::new(&header);
        for (client, name) in CLIENTS {
            let rates = self.rates(client)?;
            let (least, most) = range(&rates);
            let mut cells = vec![
                name.to_owned(),
                count(median(&rates)),
                format!("{} to {}", count(least), count(most)),
                format!("{:.2}", self.ratio(client)?),
                format!("{:.1} MiB", self.memory(client)?),
            ];
            if let Some(cost) = instructions {
                cells.extend(match cost.of(client) {
                    Some(own) => [count(own), format!("{:.2}", own / cost.by_hand)],
                    None => [String::new(), String::new()],
                });
            }
            table.push(cells);
        }
        Ok(table.finish())
    }
}
