//! Measures calls of one operation: the small documented response, and a page of 10,000 rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;

use super::instructions;
use super::subject::{Measured, PAGE, SMALL, Subjects};
use super::table::{Table, count, median, range, verdict};

const ROUNDS: usize = 11;

/// The clients: the argument of the subject program, and the name on the page.
const CLIENTS: [(&str, &str); 4] = [
    ("facade", "this SDK"),
    (YARDSTICK, "hand-written"),
    ("reqwest-raw", "hand-written, not parsed"),
    ("hyper", "bare hyper, not parsed"),
];

/// The client that the others are compared with.
const YARDSTICK: &str = "reqwest";

/// Small calls, sequential and sixteen at a time.
pub(super) fn small(subjects: &Subjects) -> Result<String> {
    let mut text = String::from(
        "## A small call\n\nThe documented response with three rows. Sequential calls spend most of their time waiting \
         for the other core to wake up;\nsixteen at a time keep the client's core busy and show the cost of a call.\n",
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
                "at least 0.95 times the rate of the hand-written client, at most 1.2 times its instructions",
            );
        }
    }
    Ok(text)
}

/// Pages, one after the other.
pub(super) fn page(subjects: &Subjects) -> Result<String> {
    let runs = Runs::of(subjects, PAGE, "1", "60")?;
    let cost = instructions::page(subjects)?;
    let (rate, memory) = (runs.ratio("facade")?, runs.memory("facade")? / runs.memory(YARDSTICK)?);
    Ok(format!(
        "## A page of 10,000 rows\n\n3.2 MB of JSON, one page after the other. Every client collects the body before it \
         decodes it, and drops the rows.\n\n{}\n{}",
        runs.table(Some(&cost))?,
        verdict(
            rate >= 1.5 && memory <= 1.0,
            "at least 1.5 times the rate of the hand-written client, with no more memory"
        ),
    ))
}

/// The measurements of every client in every round.
struct Runs(BTreeMap<&'static str, Vec<Measured>>);

impl Runs {
    fn of(subjects: &Subjects, path: &str, ways: &str, calls: &str) -> Result<Self> {
        let server = subjects.serve(&["serve"])?;
        let url = format!("{}{path}", server.url);
        let mut runs: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for round in 0..ROUNDS {
            // Each round starts with another client, so that the order has no effect.
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

    /// The rate relative to the yardstick in the same round, as a median.
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
        let mut header = vec!["client", "calls/s", "min to max", "ratio", "peak data"];
        if instructions.is_some() {
            header.extend(["instructions per call", "ratio"]);
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
