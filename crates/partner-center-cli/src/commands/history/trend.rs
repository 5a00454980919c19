//! `history trend`: the counts of every day, or one line per group on a terminal.

use std::collections::BTreeMap;

use partner_center::CustomerId;
use partner_center::funnel::GroupBy;
use partner_center_history::{Day, TrendRow};
use serde_json::{Map, Value, json};

use crate::anonymizer::anonymizer;
use crate::args::{Global, Trend};
use crate::console::Console;
use crate::dataset::{days, manifests, open, problem, thinned, too_few};
use crate::exit::Exit;
use crate::output::rows::TrendLine;
use crate::output::{End, Format, Layout, Output, Row};
use crate::problem::Stop;
use crate::report::output_options;
use crate::terminal::text::signed;

pub(super) async fn run(arguments: &Trend, global: &Global, console: Console) -> Result<Exit, Stop> {
    let Trend { dataset, by, last, writing } = arguments;
    let place = &dataset.dataset;
    let by = by.map(GroupBy::from);
    // Only the table is made for people: the other formats have every day.
    if output_options::format(global, writing.file())? == Format::Table {
        let output = output_options::output::<TrendLine>(global, writing, Layout::AsTheyCome)?;
        let read = read(place, by, *last, console).await?;
        let lines = lines(&read.rows, &read.days);
        write(output, lines, read.more, read.notes, console)
    } else {
        let output = output_options::output::<TrendRow>(global, writing, Layout::AsTheyCome)?;
        let Read { rows, more, notes, .. } = read(place, by, *last, console).await?;
        write(output, rows, more, notes, console)
    }
}

fn write<R: Row>(
    mut output: Output<R>,
    rows: Vec<R>,
    more: Map<String, Value>,
    notes: Vec<String>,
    console: Console,
) -> Result<Exit, Stop> {
    output.rows(rows)?;
    for note in &notes {
        console.note(note);
    }
    output.finish(End { more, notes, ..End::default() })?;
    Ok(Exit::Done)
}

/// What the days say.
struct Read {
    rows: Vec<TrendRow>,
    days: Vec<Day>,
    more: Map<String, Value>,
    notes: Vec<String>,
}

async fn read(place: &str, by: Option<GroupBy>, last: Option<u32>, console: Console) -> Result<Read, Stop> {
    let dataset = open(place).await?;
    let mut days = days(&dataset, console).await?.recorded;
    if let Some(last) = last {
        let first = days.len().saturating_sub(usize::try_from(last).unwrap_or(usize::MAX));
        days.drain(..first);
    }
    if days.is_empty() {
        return Err(too_few(place, 0, 1).into());
    }
    let manifests = manifests(&dataset, &days).await?;
    let mut rows = dataset.trend(&manifests, by).await.map_err(problem)?;
    if let Some(anonymizer) = anonymizer()
        && by == Some(GroupBy::Customer)
    {
        for row in &mut rows {
            let mut id = row.key.as_deref().and_then(|key| key.parse::<CustomerId>().ok());
            anonymizer.customer(&mut id, &mut row.name);
            row.key = id.map(|id| id.to_string());
        }
    }
    let incomplete: Vec<_> = manifests
        .iter()
        .filter(|manifest| !manifest.complete)
        .map(|manifest| manifest.snapshot_date.to_string())
        .collect();
    let notes = match incomplete.as_slice() {
        [] => Vec::new(),
        [day] => vec![format!("{day} is incomplete: its counts are at least these")],
        [first, .., last] => vec![format!(
            "{} of {} days are incomplete, from {first} to {last}: their counts are at least these",
            incomplete.len(),
            days.len()
        )],
    };
    let shown: Vec<_> = days.iter().map(ToString::to_string).collect();
    let more =
        Map::from_iter([("days".to_owned(), json!(shown)), ("incompleteDays".to_owned(), json!(incomplete))]);
    Ok(Read { rows, days, more, notes })
}

/// One line per group, those with most unused licenses first.
fn lines(rows: &[TrendRow], days: &[Day]) -> Vec<TrendLine> {
    let mut groups: BTreeMap<Option<&str>, BTreeMap<Day, &TrendRow>> = BTreeMap::new();
    for row in rows {
        groups.entry(row.key.as_deref()).or_default().insert(row.snapshot_date, row);
    }
    let mut lines: Vec<_> = groups
        .into_values()
        .map(|of_group| {
            let unused: Vec<_> =
                days.iter().map(|day| of_group.get(day).and_then(|row| row.counts.unused)).collect();
            let ends = |count: fn(&TrendRow) -> Option<i64>| {
                [days.first(), days.last()].map(|day| of_group.get(day?).and_then(|row| count(row)))
            };
            let [first, last] = ends(|row| row.counts.unused);
            let [sold_first, sold_last] = ends(|row| row.counts.licenses_sold);
            let name =
                of_group.values().next_back().and_then(|row| row.name.clone().or_else(|| row.key.clone()));
            let change = last.zip(first).map(|(last, first)| signed(last.saturating_sub(first)));
            TrendLine { name, sold_first, sold_last, first, line: Some(sparkline(&unused)), last, change }
        })
        .collect();
    lines.sort_by(|one, other| other.last.cmp(&one.last).then_with(|| one.name.cmp(&other.name)));
    lines
}

/// The most characters of a line: several days share one if there are more.
const LONGEST: usize = 24;

/// The counts as bars from zero to the highest; a space where the count is unknown.
fn sparkline(counts: &[Option<i64>]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (_, counts) = thinned(counts, LONGEST);
    let highest = counts.iter().flatten().copied().max().unwrap_or_default().max(1);
    let bar = |count: i64| {
        let place = i128::from(count.max(0)) * 7 / i128::from(highest);
        usize::try_from(place).ok().and_then(|place| BARS.get(place)).copied().unwrap_or('█')
    };
    counts.into_iter().map(|count| count.map_or(' ', bar)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_scaled_from_zero_and_has_gaps() {
        for (counts, line) in [
            (vec![Some(0), Some(4), Some(8)], "▁▄█"),
            (vec![Some(5)], "█"),
            (vec![None, Some(1), None], " █ "),
            (vec![Some(0), Some(0)], "▁▁"),
            (vec![], ""),
        ] {
            assert_eq!(sparkline(&counts), line);
        }
        let year: Vec<_> = (0..365).map(Some).collect();
        let line = sparkline(&year);
        assert!(line.chars().count() <= LONGEST && line.ends_with('█'), "{line}");
    }
}
