//! The table of changes: both days in one column.

use partner_center_history::{Change, Pair, Pairs};
use rust_decimal::Decimal;

use crate::output::rows::{AnnotatedDiff, AnnotatedGroup, DiffLine, Unbroken};
use crate::prices::{CostChanges, Currency};
use crate::terminal::text::{grouped, signed};

/// A line, before it is known how wide its columns are.
pub(super) struct Draft {
    line: DiffLine,
    change: Change,
    pairs: Pairs,
    /// The changes of the cost: that of a row, or those of a group in every currency.
    costs: Vec<Option<(Currency, Decimal)>>,
}

impl From<AnnotatedDiff> for Draft {
    fn from(change: AnnotatedDiff) -> Self {
        let (costs, name) = (vec![change.cost_change()], change.product());
        let row = change.row;
        let line = DiffLine {
            customer_id: Some(row.customer_id),
            customer_name: row.customer_name.or_else(|| Some(row.customer_id.to_string())),
            name,
            ..DiffLine::default()
        };
        Self { line, change: row.change, pairs: row.pairs, costs }
    }
}

impl From<AnnotatedGroup> for Draft {
    fn from(AnnotatedGroup { group, costs }: AnnotatedGroup) -> Self {
        let costs = costs.iter().flat_map(CostChanges::currencies);
        let costs = costs.map(|(currency, cost)| Some((currency, cost.change?))).collect();
        let line = DiffLine { name: group.name.or(group.key), ..DiffLine::default() };
        Self { line, change: group.change, pairs: group.pairs, costs }
    }
}

/// The lines of a table. The arrows of a column are below each other, and so are the amounts.
pub(super) fn lines(mut drafts: Vec<Draft>) -> Vec<DiffLine> {
    // Currencies have places of their own only where a line has several.
    if drafts.iter().all(|draft| draft.costs.iter().flatten().count() < 2) {
        for draft in &mut drafts {
            draft.costs.retain(Option::is_some);
        }
    }
    let count = |count: Option<i64>| count.map_or_else(|| "?".to_owned(), grouped);
    let counts: Vec<_> = drafts
        .iter()
        .map(|Draft { change, pairs, .. }| {
            pairs.all().map(|Pair { from, to }| match change {
                Change::Appeared => [String::new(), count(to)],
                Change::Gone => [count(from), String::new()],
                _ => [count(from), count(to)],
            })
        })
        .collect();
    let width = |place: usize, side: usize| {
        let lengths = counts.iter().filter_map(|pairs| Some(pairs.get(place)?.get(side)?.len()));
        lengths.max().unwrap_or_default()
    };
    let pair = |texts: &[[String; 2]; 4], place: usize| {
        let [from, to] = texts.get(place)?;
        let arrow = if from == to { " " } else { "→" };
        let to = if from == to { "" } else { to };
        Some(format!("{from:>0$} {arrow} {to:>1$}", width(place, 0), width(place, 1)).trim_end().to_owned())
    };
    let costs = costs(&drafts);
    drafts
        .into_iter()
        .zip(&counts)
        .zip(costs)
        .map(|((Draft { line, change, pairs, .. }, texts), cost)| DiffLine {
            change: match change {
                Change::Appeared => Some("new".to_owned()),
                Change::Gone => Some("gone".to_owned()),
                Change::Unknown => Some("not read".to_owned()),
                _ => None,
            },
            sold: pair(texts, 0),
            deployed: pair(texts, 1),
            active: pair(texts, 2),
            unused: unused(change, pairs.unused()),
            cost: Unbroken(cost),
            ..line
        })
        .collect()
}

fn unused(change: Change, pair: Pair) -> Option<String> {
    match change {
        Change::Unknown => None,
        Change::Changed if pair.from.is_none() || pair.to.is_none() => None,
        _ => Some(signed(pair.moved())),
    }
}

/// `+12.50 EUR`, with the amounts of each place below each other.
fn costs(drafts: &[Draft]) -> Vec<Option<String>> {
    let places = drafts.iter().map(|draft| draft.costs.len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..places)
        .map(|place| {
            let amounts = drafts.iter().filter_map(|draft| draft.costs.get(place).copied().flatten());
            amounts.map(|(_, amount)| signed(amount).len()).max().unwrap_or_default()
        })
        .collect();
    let text = |draft: &Draft| {
        let parts = draft.costs.iter().zip(&widths).filter(|(_, width)| **width > 0);
        let parts = parts.map(|(cost, width)| match cost {
            Some((currency, amount)) => format!("{:>width$} {currency}", signed(*amount)),
            None => " ".repeat(width + " EUR".len()),
        });
        let text = parts.collect::<Vec<_>>().join("  ");
        (!text.trim().is_empty()).then(|| text.trim_end().to_owned())
    };
    drafts.iter().map(text).collect()
}
