//! `history diff`: what changed between two days, or between two files of `licenses funnel`.

use partner_center::funnel::{FunnelRow, GroupBy};
use partner_center_history::{Counts, Dataset, Day, Diff, DiffGroup, DiffRow, Fields, Side, diff, diff_by};
use serde_json::{Map, Value, json};

use super::problem::problem;
use super::threshold::ChangeThreshold;
use super::{days, files, open, too_few};
use crate::anonymizer::anonymizer;
use crate::args::{self, Global};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::{End, Layout, as_written};
use crate::problem::{Problem, Stop};
use crate::report::output_options;
use crate::terminal::text::grouped;

pub(super) async fn run(arguments: &args::Diff, global: &Global, console: Console) -> Result<Exit, Stop> {
    let thresholds =
        arguments.fail_on.iter().map(|text| text.parse()).collect::<Result<Vec<ChangeThreshold>, _>>()?;
    let by = arguments.by.map(GroupBy::from);
    let writing = &arguments.writing;
    let least = i64::try_from(arguments.min_change.unwrap_or(0)).unwrap_or(i64::MAX);
    let crossed = if let Some(by) = by {
        let mut output = output_options::output::<DiffGroup>(global, writing, Layout::AsTheyCome)?;
        let sides = Sides::read(arguments, console).await?;
        let mut groups = diff_by(by, &sides.from, &sides.to);
        let crossed = thresholds
            .iter()
            .flat_map(|threshold| groups.iter().filter_map(move |group| of_group(threshold, group)))
            .collect();
        groups.retain(|group| is_at_least(least, group_changes(group)));
        groups.sort_by_key(|group| {
            (group.change, std::cmp::Reverse(moved(group.unused_from, group.unused_to)))
        });
        output.rows(groups)?;
        let changes = diff(&sides.from, &sides.to);
        let notes = sides.notes(&changes);
        notes.iter().for_each(|note| console.note(note));
        output.finish(End { more: sides.more(&changes), notes, ..End::default() })?;
        crossed
    } else {
        let mut output = output_options::output::<DiffRow>(global, writing, Layout::AsTheyCome)?;
        let sides = Sides::read(arguments, console).await?;
        let mut changes = diff(&sides.from, &sides.to);
        let crossed = thresholds
            .iter()
            .filter_map(|threshold| Some((threshold, threshold.crossed(&changes.from, &changes.to)?)))
            .map(|(threshold, change)| format!("{threshold} was reached: the total went from {change}"))
            .collect();
        let mut rows = std::mem::take(&mut changes.rows);
        rows.retain(|row| is_at_least(least, row_changes(row)));
        output.rows(rows)?;
        let notes = sides.notes(&changes);
        notes.iter().for_each(|note| console.note(note));
        output.finish(End { more: sides.more(&changes), notes, ..End::default() })?;
        crossed
    };
    let crossed: Vec<String> = crossed;
    for crossing in &crossed {
        Console::report(&Problem::new(Exit::CheckFailed, crossing));
    }
    Ok(if crossed.is_empty() { Exit::Done } else { Exit::CheckFailed })
}

fn of_group(threshold: &ChangeThreshold, group: &DiffGroup) -> Option<String> {
    let change = threshold.crossed_by(group)?;
    let name = group.name.as_deref().or(group.key.as_deref()).unwrap_or("(unknown)");
    Some(format!("{threshold} was reached by {name}: it went from {change}"))
}

/// The counts of both days.
type Pairs = [(Option<i64>, Option<i64>); 4];

fn row_changes(row: &DiffRow) -> Pairs {
    [
        (row.sold_from, row.sold_to),
        (row.deployed_from, row.deployed_to),
        (row.active_from, row.active_to),
        (row.unused_from, row.unused_to),
    ]
}

fn group_changes(group: &DiffGroup) -> Pairs {
    [
        (group.sold_from, group.sold_to),
        (group.deployed_from, group.deployed_to),
        (group.active_from, group.active_to),
        (group.unused_from, group.unused_to),
    ]
}

/// Whether one of the counts changed this much. A missing count counts as 0.
fn is_at_least(least: i64, pairs: Pairs) -> bool {
    pairs.into_iter().any(|(from, to)| moved(from, to).abs() >= least)
}

fn moved(from: Option<i64>, to: Option<i64>) -> i64 {
    to.unwrap_or(0).saturating_sub(from.unwrap_or(0))
}

/// The two days, and what they are called.
struct Sides {
    from: Side,
    to: Side,
    names: [String; 2],
    /// Days from one to the other, of days.
    apart: Option<i64>,
    incomplete: Vec<String>,
}

impl Sides {
    async fn read(arguments: &args::Diff, console: Console) -> Result<Self, Stop> {
        if let Some([from, to]) = arguments.files() {
            if arguments.dataset.is_some() {
                return Err(Problem::new(Exit::Usage, "--dataset does not apply to two files")
                    .advice("Omit --dataset, or write days such as 2026-08-01.")
                    .into());
            }
            let names = [&from, &to].map(|path| path.display().to_string());
            let (from, to) = (files::read(&from)?, files::read(&to)?);
            return Ok(Self { from, to, names, apart: None, incomplete: Vec::new() });
        }
        let Some(place) = &arguments.dataset else {
            return Err(Problem::new(Exit::Usage, "--dataset is missing")
                .advice("Add --dataset and a place, or give two files that licenses funnel wrote.")
                .into());
        };
        let asked = [&arguments.from, &arguments.to].map(|text| text.as_deref().map(day).transpose());
        let [from, to] = asked;
        let (from, to) = (from?, to?);
        let dataset = open(place).await?;
        let days = days(&dataset, console).await?.recorded;
        let [from, to] = choose(place, &days, from, to)?;
        let mut incomplete = Vec::new();
        let (from_side, to_side) =
            (side(&dataset, from, &mut incomplete).await?, side(&dataset, to, &mut incomplete).await?);
        Ok(Self {
            from: from_side,
            to: to_side,
            names: [from, to].map(|day| day.to_string()),
            apart: Some(to.days_since(from)),
            incomplete,
        })
    }

    fn notes(&self, changes: &Diff) -> Vec<String> {
        let [from, to] = &self.names;
        let customers = changes.customers;
        let apart = match self.apart {
            Some(1) => " (1 day)".to_owned(),
            Some(days) => format!(" ({days} days)"),
            None => String::new(),
        };
        let mut notes = vec![format!(
            "from {from} to {to}{apart}: {} customers on both days, {} new, {} gone, {} not read on one of the days",
            grouped(customers.on_both),
            grouped(customers.appeared),
            grouped(customers.gone),
            grouped(customers.unknown)
        )];
        if !self.incomplete.is_empty() {
            let days = self.incomplete.join(" and ");
            let are = if self.incomplete.len() == 1 { "is" } else { "are" };
            notes.push(format!("{days} {are} incomplete: customers are missing"));
        }
        notes
    }

    fn more(&self, changes: &Diff) -> Map<String, Value> {
        let counts = |name: &str, counts: Counts| json!({ "name": name, "totals": counts });
        let [from, to] = &self.names;
        Map::from_iter([
            ("from".to_owned(), counts(from, changes.from)),
            ("to".to_owned(), counts(to, changes.to)),
            ("comparedCustomers".to_owned(), json!(changes.customers)),
            ("incompleteDays".to_owned(), json!(self.incomplete)),
        ])
    }
}

async fn side(dataset: &Dataset, day: Day, incomplete: &mut Vec<String>) -> Result<Side, Stop> {
    let manifest = dataset.manifest(day).await.map_err(problem)?;
    if !manifest.complete {
        incomplete.push(day.to_string());
    }
    let rows = dataset.funnel(&manifest, Fields::NAMES).await.map_err(problem)?;
    let rows = rows.collect::<Result<Vec<FunnelRow>, _>>().map_err(problem)?;
    let unread = manifest.unread.iter().map(|unread| unread.customer_id);
    Ok(match anonymizer() {
        Some(anonymizer) => {
            Side::new(rows.into_iter().map(as_written).collect(), unread.map(|id| anonymizer.id(id)))
        }
        None => Side::new(rows, unread),
    })
}

fn day(text: &str) -> Result<Day, Problem> {
    text.parse().map_err(|_| {
        Problem::new(Exit::Usage, format!("'{text}' is not a day such as 2026-08-01"))
            .advice("Give two days, or two files.")
    })
}

/// The days to compare: those given, else the last two.
fn choose(place: &str, days: &[Day], from: Option<Day>, to: Option<Day>) -> Result<[Day; 2], Problem> {
    if let (Some(from), Some(to)) = (from, to) {
        return Ok([from, to]);
    }
    let to = match (to.or(days.last().copied()), from) {
        (Some(to), _) => to,
        (None, _) => return Err(too_few(place, 0, 2)),
    };
    let from = from.or_else(|| days.iter().copied().rfind(|day| *day < to));
    from.map(|from| [from, to]).ok_or_else(|| too_few(place, days.len(), 2))
}
