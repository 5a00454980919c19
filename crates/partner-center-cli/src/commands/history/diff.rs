//! `history diff`: what changed between two days, or between two files of `licenses funnel`.

use std::cmp::Reverse;

use partner_center::funnel::{Counts, FunnelRow, GroupBy};
use partner_center::models::Guid;
use partner_center_history::{Dataset, Day, Diff, Fields, Pairs, Side, compare};
use serde_json::{Map, Value, json};

use super::diff_table::{Draft, lines};
use super::files;
use super::threshold::ChangeThreshold;
use crate::anonymizer::anonymizer;
use crate::args::{self, Global, Writing};
use crate::console::Console;
use crate::dataset::{days, open, problem, too_few};
use crate::exit::Exit;
use crate::output::columns::Columns;
use crate::output::rows::{AnnotatedDiff, AnnotatedGroup, DiffLine};
use crate::output::{End, Format, Layout, Output, Row, as_written};
use crate::prices::{CostChanges, Price, Priced};
use crate::problem::{Problem, Stop};
use crate::report::annotator::Annotator;
use crate::report::output_options;
use crate::terminal::text::{grouped, grouped_amount, signed};

pub(super) async fn run(arguments: &args::Diff, global: &Global, console: Console) -> Result<Exit, Stop> {
    let annotator = Annotator::new(&arguments.pricing, global.patience())?;
    let thresholds = arguments.fail_on.iter();
    let thresholds = thresholds.map(|text| ChangeThreshold::parse(text, annotator.currencies()));
    let thresholds = thresholds.collect::<Result<Vec<_>, _>>()?;
    let (with_products, with_prices) = annotator.adds();
    let groups = AnnotatedGroup::columns(annotator.currencies());
    let comparison = Comparison { arguments, thresholds, annotator, console };
    if arguments.by.is_some() {
        comparison.write(global, groups, Comparison::groups).await
    } else {
        let columns = AnnotatedDiff::columns(with_products, with_prices);
        comparison.write(global, columns, Comparison::rows).await
    }
}

/// What is compared and how.
struct Comparison<'a> {
    arguments: &'a args::Diff,
    thresholds: Vec<ChangeThreshold>,
    annotator: Annotator,
    console: Console,
}

/// The changes, with the prices of products.
type Changes = Diff<Priced<Price>>;

/// The changes to write, and the thresholds that they crossed.
type Found<R> = (Vec<R>, Vec<String>);

impl Comparison<'_> {
    async fn write<R: Row + Into<Draft>>(
        self,
        global: &Global,
        columns: Columns,
        find: fn(&Self, &mut Changes) -> Found<R>,
    ) -> Result<Exit, Stop> {
        let writing = &self.arguments.writing;
        let files = self.arguments.pricing.files();
        if output_options::format(global, writing.file())? != Format::Table {
            let output =
                output_options::output_apart_from(global, writing, Layout::AsTheyCome, columns, &files)?;
            return self.finish(output, find, |rows| rows).await;
        }
        // The lines of a table have other columns than the rows by which they are sorted.
        let order = output_options::arrangement(&columns, writing)?;
        let writing = Writing { sort: None, ..writing.clone() };
        let (_, with_prices) = self.annotator.adds();
        let columns = DiffLine::columns(with_prices);
        let output =
            output_options::output_apart_from(global, &writing, Layout::AsTheyCome, columns, &files)?;
        let table = |mut rows: Vec<R>| {
            order.arrange(&mut rows);
            lines(rows.into_iter().map(Into::into).collect())
        };
        self.finish(output, find, table).await
    }

    async fn finish<R, W: Row>(
        mut self,
        mut output: Output<W>,
        find: fn(&Self, &mut Changes) -> Found<R>,
        written: impl FnOnce(Vec<R>) -> Vec<W>,
    ) -> Result<Exit, Stop> {
        let (_, with_prices) = self.annotator.adds();
        let Days { sides: [from, to], day, facts } =
            Days::read(self.arguments, with_prices, self.console).await?;
        match day {
            Some(day) => self.annotator.undated_on(day),
            None => self.annotator.undated_like(to.rows()),
        }
        let by = self.arguments.by.map(GroupBy::from);
        let mut changes = compare(by, &from, &to, |product| self.annotator.later_price(product));
        drop((from, to));
        let (rows, crossed) = find(&self, &mut changes);
        output.rows(written(rows))?;
        let costs = self.costs(&changes);
        let mut notes = facts.notes(&changes);
        notes.extend(costs.as_ref().and_then(in_words));
        notes.extend(self.annotator.notes());
        for note in &notes {
            self.console.note(note);
        }
        let more = facts.more(&changes);
        output.finish(End { more, notes, cost_changes: costs, ..End::default() })?;
        for crossing in &crossed {
            Console::report(&Problem::new(Exit::CheckFailed, crossing));
        }
        Ok(if crossed.is_empty() { Exit::Done } else { Exit::CheckFailed })
    }

    /// The costs of the customers that were read on both days, with prices.
    fn costs(&self, changes: &Changes) -> Option<CostChanges> {
        Some(CostChanges::new(self.annotator.currencies()?, &changes.sums, true))
    }

    fn rows(&self, changes: &mut Changes) -> Found<AnnotatedDiff> {
        let (totals, costs) = (Pairs::new(changes.from, changes.to), self.costs(changes));
        let crossed = self.thresholds.iter().filter_map(|threshold| {
            let change = threshold.crossed(&totals, costs.as_ref())?;
            Some(format!("{threshold} was reached: the total went from {change}"))
        });
        let crossed = crossed.collect();
        let rows = std::mem::take(&mut changes.rows).into_iter().filter(|row| self.is_large(&row.pairs));
        let rows = rows.map(|row| {
            let name = self.annotator.added_name(row.product_id.as_ref(), row.product_name.as_deref());
            AnnotatedDiff::new(row, name)
        });
        (rows.collect(), crossed)
    }

    /// The groups, those whose unused licenses grew most first.
    fn groups(&self, changes: &mut Changes) -> Found<AnnotatedGroup> {
        let groups = std::mem::take(&mut changes.groups).into_iter().map(|mut group| {
            if self.arguments.by == Some(args::By::Product) {
                let id = group.key.as_deref().map(Guid::from);
                let name = self.annotator.added_name(id.as_ref(), group.name.as_deref());
                // Without any name it is the key.
                let name = name.filter(|name| group.key.as_deref() != Some(name));
                group.name = name.map(|name| name.to_string()).or(group.name);
            }
            AnnotatedGroup::new(group, self.annotator.currencies())
        });
        let mut groups: Vec<_> = groups.collect();
        let mut crossed = Vec::new();
        for threshold in &self.thresholds {
            for group in &groups {
                let name = group.group.name.as_deref().or(group.group.key.as_deref()).unwrap_or("(unknown)");
                let change = threshold.crossed_by(group);
                crossed.extend(
                    change.map(|change| format!("{threshold} was reached by {name}: it went from {change}")),
                );
            }
        }
        groups.retain(|group| self.is_large(&group.group.pairs));
        groups.sort_by_key(|group| (group.group.change, Reverse(group.group.pairs.unused().moved())));
        (groups, crossed)
    }

    /// Whether one of the counts changed as much as was asked for.
    fn is_large(&self, pairs: &Pairs) -> bool {
        let least = self.arguments.min_change.unwrap_or(0);
        pairs.all().into_iter().any(|pair| pair.moved().unsigned_abs() >= least)
    }
}

/// How the cost of all changed. `None` if no price applies.
fn in_words(costs: &CostChanges) -> Option<String> {
    let amount =
        |amount: Option<rust_decimal::Decimal>| amount.map_or_else(|| "0".to_owned(), grouped_amount);
    let changes = costs.currencies().filter_map(|(currency, cost)| {
        let (from, to, change) = (amount(cost.from), amount(cost.to), signed(cost.change?));
        Some(format!("{from} → {to} {currency} ({change})"))
    });
    let changes: Vec<_> = changes.collect();
    let unpriced = match costs.rows_unpriced() {
        0 => None,
        1 => Some("1 row of both days has no price".to_owned()),
        rows => Some(format!("{} rows of both days have no price", grouped(rows))),
    };
    let changes = (!changes.is_empty()).then(|| {
        let changes = changes.join(" and ");
        format!("of these customers, unused licenses cost {changes} a month, at the prices of the later day")
    });
    let sentences: Vec<_> = changes.into_iter().chain(unpriced).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// The two days.
struct Days {
    sides: [Side; 2],
    /// The later one, if it is a day of a dataset.
    day: Option<Day>,
    facts: Facts,
}

/// What the two days are called, and what to know about them.
#[derive(Default)]
struct Facts {
    names: [String; 2],
    /// The number of days from one to the other.
    apart: Option<i64>,
    incomplete: Vec<String>,
}

impl Days {
    /// Prices need the times of the rows of the later day.
    async fn read(arguments: &args::Diff, with_prices: bool, console: Console) -> Result<Self, Stop> {
        if let Some([from, to]) = arguments.files() {
            if arguments.dataset.is_some() {
                return Err(Problem::new(Exit::Usage, "--dataset does not apply to two files")
                    .advice("Omit --dataset, or write days such as 2026-08-01.")
                    .into());
            }
            let names = [&from, &to].map(|path| path.display().to_string());
            let facts = Facts { names, ..Facts::default() };
            return Ok(Self { sides: [files::read(&from)?, files::read(&to)?], day: None, facts });
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
        let later = if with_prices { Fields::ALL } else { Fields::NAMES };
        let sides = [
            side(&dataset, from, Fields::NAMES, &mut incomplete).await?,
            side(&dataset, to, later, &mut incomplete).await?,
        ];
        let names = [from, to].map(|day| day.to_string());
        let facts = Facts { names, apart: Some(to.days_since(from)), incomplete };
        Ok(Self { sides, day: Some(to), facts })
    }
}

impl Facts {
    fn notes(&self, changes: &Changes) -> Vec<String> {
        let [from, to] = &self.names;
        let customers = changes.customers;
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
        let (before, after) = (changes.from, changes.to);
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

    fn more(&self, changes: &Changes) -> Map<String, Value> {
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

async fn side(
    dataset: &Dataset,
    day: Day,
    fields: Fields,
    incomplete: &mut Vec<String>,
) -> Result<Side, Stop> {
    let manifest = dataset.manifest(day).await.map_err(problem)?;
    if !manifest.complete {
        incomplete.push(day.to_string());
    }
    let rows = dataset.funnel(&manifest, fields).await.map_err(problem)?;
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
