//! Footnotes of a table: which rows each total covers.

use super::{Column, Kind, Row, Summary};
use crate::terminal::text::{grouped, grouped_amount};

/// A column that the table shows.
pub(super) struct Place<'a> {
    pub(super) index: usize,
    pub(super) column: &'a Column,
    pub(super) heading: String,
}

/// One sentence per reason why the totals do not add up. `columns` are the shown columns with their indexes.
pub(super) fn in_words<R: Row>(summary: &Summary, columns: &[Place<'_>]) -> Vec<String> {
    [unknown::<R>(summary, columns), lower_bounds::<R>(summary, columns), exceeding::<R>(summary, columns)]
        .into_iter()
        .flatten()
        .collect()
}

/// `Unused licenses cost 61,204.00 EUR and 1,200 JPY a month. 3 of 80 rows have no price.`
pub(super) fn costs(summary: &Summary) -> Option<String> {
    let costs = summary.costs.as_ref()?;
    let amounts = costs.currencies().filter_map(|(currency, costs)| {
        Some(format!("{} {currency}", grouped_amount(costs.unused_cost().total()?)))
    });
    let amounts: Vec<_> = amounts.collect();
    let mut sentences = Vec::new();
    if !amounts.is_empty() {
        sentences.push(format!("Unused licenses cost {} a month.", list(&amounts)));
    }
    if costs.rows_unpriced() > 0 {
        let (rows, all) = (grouped(costs.rows_unpriced()), grouped(summary.basis.rows));
        sentences.push(format!("{rows} of {all} rows have no price."));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// `Of 80 rows, the total of Sold and Deployed covers 78 and that of Active covers 60; ...`
fn unknown<R: Row>(summary: &Summary, columns: &[Place<'_>]) -> Option<String> {
    let mut groups: Vec<(u64, Vec<String>)> = Vec::new();
    // Keep a heading on one line.
    let whole = |heading: &str| heading.replace(' ', "\u{a0}");
    for Place { column, heading, .. } in columns {
        let is_percent = R::PERCENTS.iter().any(|[name, ..]| *name == column.name);
        let is_total = (matches!(column.kind, Kind::Count) || is_percent)
            && !R::LOWER_BOUNDS.contains(&column.name)
            && !R::NOT_ADDED.contains(&column.name);
        if !is_total {
            continue;
        }
        let known = summary.known(column);
        match groups.iter_mut().find(|(rows, _)| *rows == known) {
            Some((_, headings)) => headings.push(whole(heading)),
            None => groups.push((known, vec![whole(heading)])),
        }
    }
    let rows = summary.basis.rows;
    if groups.iter().all(|(known, _)| *known == rows) {
        return None;
    }
    let groups: Vec<_> = groups
        .iter()
        .enumerate()
        .map(|(place, (known, headings))| match place {
            0 => format!("the total of {} covers {}", list(headings), grouped(*known)),
            _ => format!("that of {} covers {}", list(headings), grouped(*known)),
        })
        .collect();
    Some(format!("Of {} rows, {}; rows with an unknown count are left out.", grouped(rows), list(&groups)))
}

/// `Unused is at least this: it is complete in 58 of 80 rows.`
fn lower_bounds<R: Row>(summary: &Summary, columns: &[Place<'_>]) -> Option<String> {
    let rows = summary.basis.rows;
    columns.iter().find_map(|Place { column, heading, .. }| {
        if !R::LOWER_BOUNDS.contains(&column.name) {
            return None;
        }
        let complete = summary.known(column);
        (complete < rows).then(|| {
            format!(
                "{heading} is at least this: it is complete in {} of {} rows.",
                grouped(complete),
                grouped(rows)
            )
        })
    })
}

/// `In 3 rows Deployed exceeds Sold, and Shelf is 0.`
fn exceeding<R: Row>(summary: &Summary, columns: &[Place<'_>]) -> Option<String> {
    let heading = |name: &str| {
        columns.iter().find(|shown| shown.column.name == name).map(|shown| shown.heading.as_str())
    };
    let sentences =
        R::PERCENTS.iter().zip(&summary.basis.exceeding).filter_map(|([_, part, whole], rows)| {
            let (part_heading, whole_heading) = heading(part).zip(heading(whole))?;
            let difference = R::DIFFERENCES.iter().find(|[_, of, less]| of == whole && less == part);
            let zero = difference
                .and_then(|[name, ..]| heading(name))
                .map_or_else(String::new, |heading| format!(", and {heading} is 0"));
            let rows = match rows {
                0 => return None,
                1 => "1 row".to_owned(),
                rows => format!("{} rows", grouped(*rows)),
            };
            Some(format!("In {rows} {part_heading} exceeds {whole_heading}{zero}."))
        });
    let sentences: Vec<_> = sentences.collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// `Sold, Deployed and Shelf`
fn list<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_row() {
        assert_eq!(list(&["Sold"]), "Sold");
        assert_eq!(list(&["Sold", "Deployed"]), "Sold and Deployed");
        assert_eq!(list(&["Sold", "Deployed", "Idle"]), "Sold, Deployed and Idle");
    }
}
