//! `history diff`: what changed between two days, or between two files of `licenses funnel`.

use std::cmp::Reverse;

use partner_center::funnel::{Counts, FunnelRow, GroupBy};
use partner_center_history::{
    Change, Dataset, Day, Diff, DiffGroup, DiffRow, Fields, Pair, Pairs, Side, diff, diff_by,
};
use serde_json::{Map, Value, json};

use super::files;
use super::threshold::ChangeThreshold;
use super::trend::signed;
use crate::anonymizer::anonymizer;
use crate::args::{self, Global};
use crate::console::Console;
use crate::dataset::{days, open, problem, too_few};
use crate::exit::Exit;
use crate::output::rows::DiffLine;
use crate::output::{End, Format, Layout, Output, Row, as_written};
use crate::problem::{Problem, Stop};
use crate::report::output_options;
use crate::terminal::text::grouped;

pub(super) async fn run(arguments: &args::Diff, global: &Global, console: Console) -> Result<Exit, Stop> {
    let thresholds = arguments.fail_on.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>()?;
    let comparison = Comparison { arguments, thresholds, console };
    let is_table = output_options::format(global, arguments.writing.file())? == Format::Table;
    match (arguments.by.map(GroupBy::from), is_table) {
        (None, false) => comparison.write::<DiffRow, _>(global, Comparison::rows).await,
        (None, true) => {
            comparison.write::<DiffLine, _>(global, |own, sides| lines(own.rows(sides), line_of_row)).await
        }
        (Some(by), false) => {
            comparison.write::<DiffGroup, _>(global, |own, sides| own.groups(sides, by)).await
        }
        (Some(by), true) => {
            let groups = |own: &Comparison<'_>, sides: &Sides| lines(own.groups(sides, by), line_of_group);
            comparison.write::<DiffLine, _>(global, groups).await
        }
    }
}

/// What is compared and how.
struct Comparison<'a> {
    arguments: &'a args::Diff,
    thresholds: Vec<ChangeThreshold>,
    console: Console,
}

/// The changes to write, and the thresholds that they crossed.
type Found<R> = (Vec<R>, Vec<String>);

impl Comparison<'_> {
    async fn write<R: Row, F: FnOnce(&Self, &Sides) -> Found<R>>(
        &self,
        global: &Global,
        find: F,
    ) -> Result<Exit, Stop> {
        let mut output: Output<R> =
            output_options::output(global, &self.arguments.writing, Layout::AsTheyCome)?;
        let sides = Sides::read(self.arguments, self.console).await?;
        let (rows, crossed) = find(self, &sides);
        output.rows(rows)?;
        let notes = sides.notes();
        for note in &notes {
            self.console.note(note);
        }
        output.finish(End { more: sides.more(), notes, ..End::default() })?;
        for crossing in &crossed {
            Console::report(&Problem::new(Exit::CheckFailed, crossing));
        }
        Ok(if crossed.is_empty() { Exit::Done } else { Exit::CheckFailed })
    }

    fn rows(&self, sides: &Sides) -> Found<DiffRow> {
        let Diff { rows, from, to, .. } = &sides.changes;
        let mut rows = rows.clone();
        rows.retain(|row| self.is_large(&row.pairs));
        let crossed = self.thresholds.iter().filter_map(|threshold| {
            let change = threshold.crossed(&Pairs::new(*from, *to))?;
            Some(format!("{threshold} was reached: the total went from {change}"))
        });
        (rows, crossed.collect())
    }

    /// The groups, those whose unused licenses grew most first.
    fn groups(&self, sides: &Sides, by: GroupBy) -> Found<DiffGroup> {
        let mut groups = diff_by(by, &sides.from, &sides.to);
        let mut crossed = Vec::new();
        for threshold in &self.thresholds {
            for group in &groups {
                let name = group.name.as_deref().or(group.key.as_deref()).unwrap_or("(unknown)");
                let change = threshold.crossed_by(group);
                crossed.extend(
                    change.map(|change| format!("{threshold} was reached by {name}: it went from {change}")),
                );
            }
        }
        groups.retain(|group| self.is_large(&group.pairs));
        groups.sort_by_key(|group| (group.change, Reverse(group.pairs.unused().moved())));
        (groups, crossed)
    }

    /// Whether one of the counts changed as much as was asked for.
    fn is_large(&self, pairs: &Pairs) -> bool {
        let least = self.arguments.min_change.unwrap_or(0);
        pairs.all().into_iter().any(|pair| pair.moved().unsigned_abs() >= least)
    }
}

/// The lines of a table. The arrows of a column are below each other.
fn lines<T>((found, crossed): Found<T>, line: fn(T) -> (DiffLine, Change, Pairs)) -> Found<DiffLine> {
    let found: Vec<_> = found.into_iter().map(line).collect();
    let count = |count: Option<i64>| count.map_or_else(|| "?".to_owned(), grouped);
    let texts: Vec<_> = found
        .iter()
        .map(|(_, change, pairs)| {
            pairs.all().map(|Pair { from, to }| match change {
                Change::Appeared => [String::new(), count(to)],
                Change::Gone => [count(from), String::new()],
                _ => [count(from), count(to)],
            })
        })
        .collect();
    let width = |place: usize, side: usize| {
        let lengths = texts.iter().filter_map(|pairs| Some(pairs.get(place)?.get(side)?.len()));
        lengths.max().unwrap_or_default()
    };
    let pair = |texts: &[[String; 2]; 4], place: usize| {
        let [from, to] = texts.get(place)?;
        let arrow = if from == to { " " } else { "→" };
        let to = if from == to { "" } else { to };
        Some(format!("{from:>0$} {arrow} {to:>1$}", width(place, 0), width(place, 1)).trim_end().to_owned())
    };
    let unused = |change: Change, pair: Pair| match change {
        Change::Unknown => None,
        Change::Changed if pair.from.is_none() || pair.to.is_none() => None,
        _ => Some(signed(pair.moved())),
    };
    let lines = found
        .iter()
        .zip(&texts)
        .map(|((line, change, pairs), texts)| DiffLine {
            change: match change {
                Change::Appeared => Some("new".to_owned()),
                Change::Gone => Some("gone".to_owned()),
                Change::Unknown => Some("not read".to_owned()),
                _ => None,
            },
            sold: pair(texts, 0),
            deployed: pair(texts, 1),
            active: pair(texts, 2),
            unused: unused(*change, pairs.unused()),
            ..line.clone()
        })
        .collect();
    (lines, crossed)
}

fn line_of_row(row: DiffRow) -> (DiffLine, Change, Pairs) {
    let name = row.product_name.or_else(|| row.product_id.map(|id| id.to_string()));
    let line = DiffLine {
        customer_id: Some(row.customer_id),
        customer_name: row.customer_name.or_else(|| Some(row.customer_id.to_string())),
        ..named(name)
    };
    (line, row.change, row.pairs)
}

fn line_of_group(group: DiffGroup) -> (DiffLine, Change, Pairs) {
    (named(group.name.or(group.key)), group.change, group.pairs)
}

fn named(name: Option<String>) -> DiffLine {
    DiffLine {
        change: None,
        customer_id: None,
        customer_name: None,
        name,
        sold: None,
        deployed: None,
        active: None,
        unused: None,
    }
}

/// The two days, what they are called, and what changed between them.
struct Sides {
    from: Side,
    to: Side,
    changes: Diff,
    names: [String; 2],
    /// The number of days from one to the other.
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
            return Ok(Self::compared([files::read(&from)?, files::read(&to)?], names, None, Vec::new()));
        }
        let Some(place) = &arguments.dataset else {
            return Err(Problem::new(Exit::Usage, "--dataset is missing")
                .advice("Add --dataset and a place, or give two files that licenses funnel wrote.")
                .into());
        };
        let from = arguments.from.as_deref().map(day).transpose()?;
        let to = arguments.to.as_deref().map(day).transpose()?;
        let dataset = open(place).await?;
        let days = days(&dataset, console).await?.recorded;
        let [from, to] = choose(place, &days, from, to)?;
        let mut incomplete = Vec::new();
        let sides =
            [side(&dataset, from, &mut incomplete).await?, side(&dataset, to, &mut incomplete).await?];
        let names = [from, to].map(|day| day.to_string());
        Ok(Self::compared(sides, names, Some(to.days_since(from)), incomplete))
    }

    fn compared(
        [from, to]: [Side; 2],
        names: [String; 2],
        apart: Option<i64>,
        incomplete: Vec<String>,
    ) -> Self {
        Self { changes: diff(&from, &to), from, to, names, apart, incomplete }
    }

    fn notes(&self) -> Vec<String> {
        let [from, to] = &self.names;
        let customers = self.changes.customers;
        let apart = match self.apart {
            Some(1) => " (1 day)".to_owned(),
            Some(days) => format!(" ({days} days)"),
            None => String::new(),
        };
        let mut notes = vec![format!(
            "from {from} to {to}{apart}: {} customers on both, {} new, {} gone, {} not read on one of them",
            grouped(customers.on_both),
            grouped(customers.appeared),
            grouped(customers.gone),
            grouped(customers.unknown)
        )];
        let (before, after) = (self.changes.from, self.changes.to);
        let counts = [
            ("sold", before.licenses_sold, after.licenses_sold),
            ("active", before.licenses_active, after.licenses_active),
            ("unused", before.unused, after.unused),
        ];
        let totals = counts.into_iter().filter_map(|(name, from, to)| {
            let (from, to) = (from?, to?);
            Some(format!("{name} {} → {} ({})", grouped(from), grouped(to), signed(to.saturating_sub(from))))
        });
        let totals = totals.collect::<Vec<_>>().join(", ");
        if !totals.is_empty() {
            notes.push(format!("of the customers that were read on both days: {totals}"));
        }
        match self.incomplete.as_slice() {
            [] => {}
            [day] => notes.push(format!("{day} is incomplete: customers are missing")),
            days => notes.push(format!("{} are incomplete: customers are missing", days.join(" and "))),
        }
        notes
    }

    fn more(&self) -> Map<String, Value> {
        let counts = |name: &str, counts: Counts| json!({ "name": name, "totals": counts });
        let [from, to] = &self.names;
        Map::from_iter([
            ("from".to_owned(), counts(from, self.changes.from)),
            ("to".to_owned(), counts(to, self.changes.to)),
            ("comparedCustomers".to_owned(), json!(self.changes.customers)),
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
    let Some(to) = to.or(days.last().copied()) else { return Err(too_few(place, 0, 2)) };
    let from = from.or_else(|| days.iter().copied().rfind(|day| *day < to));
    from.map(|from| [from, to]).ok_or_else(|| too_few(place, days.len(), 2))
}
