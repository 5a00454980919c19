//! Thresholds on a column, such as `daysToRenewal < 30`, for rows that have no totals to compare.

use partner_center::CustomerId;
use partner_center_history::cell::{Cell, Kind};

use super::threshold::{Relation, ThresholdError, relation_and_number};
use crate::exit::Exit;
use crate::output::Row;
use crate::output::columns::{Column, Columns};
use crate::problem::Problem;
use crate::terminal::text::grouped;

/// How many rows per threshold are named.
const NAMED: usize = 5;

/// A limit that the number in a column of a row may cross.
pub(super) struct ColumnThreshold {
    column: Column,
    relation: Relation,
    limit: i64,
    crossed: u64,
    /// The rows that crossed it furthest, the furthest first.
    furthest: Vec<(i64, String)>,
}

impl ColumnThreshold {
    /// Parses `--fail-on`.
    pub(super) fn parse<R: Row>(text: &str) -> Result<Self, Problem> {
        let refused = |why: &str| {
            Problem::new(Exit::Usage, format!("invalid value for '--fail-on <THRESHOLD>': {why}"))
        };
        let is_number = |column: &&Column| matches!(column.kind, Kind::Count);
        let columns = Columns::of::<R>();
        let name = text.trim_start();
        let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
        let (name, rest) = name.split_at(end);
        let column = columns.find(name).and_then(|place| columns.get(place)).filter(is_number);
        let Some(column) = column else {
            let names: Vec<_> = columns.iter().filter(is_number).map(|column| column.name).collect();
            return Err(refused(&format!("expected one of {}", names.join(", "))));
        };
        let (relation, limit) = relation_and_number(rest, text.chars().count() - rest.chars().count())
            .map_err(|error: ThresholdError| refused(error.description()).picture(error.caret(text)))?;
        Ok(Self { column: *column, relation, limit, crossed: 0, furthest: Vec::new() })
    }

    /// Compares a row. An unknown number crosses nothing.
    pub(super) fn see<R: Row>(&mut self, row: &R, name: impl FnOnce() -> String) {
        let Cell::Count(Some(value)) = row.cell(&self.column) else { return };
        if !self.relation.holds(value, self.limit) {
            return;
        }
        self.crossed += 1;
        self.furthest.push((value, name()));
        match self.relation {
            Relation::Below | Relation::AtMost => self.furthest.sort(),
            _ => self.furthest.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1))),
        }
        self.furthest.truncate(NAMED);
    }

    /// The report on stderr, if a row crossed it.
    pub(super) fn problem(&self) -> Option<Problem> {
        const PLACES: [&str; NAMED] = ["1.", "2.", "3.", "4.", "5."];
        if self.crossed == 0 {
            return None;
        }
        let mut problem = Problem::new(Exit::CheckFailed, format!("threshold crossed: {self}"));
        problem = problem.fact("rows", grouped(self.crossed));
        for (place, (value, name)) in PLACES.into_iter().zip(&self.furthest) {
            problem = problem.fact(place, format!("{} {value}: {name}", self.column.name));
        }
        Some(problem)
    }
}

impl std::fmt::Display for ColumnThreshold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.column.name, self.relation.symbol(), self.limit)
    }
}

/// What names a row: its customer, and what it has of it.
pub(super) fn name_of(customer: CustomerId, customer_name: Option<&str>, what: Option<&str>) -> String {
    let what = what.unwrap_or("without a name");
    match customer_name {
        Some(name) => format!("{name} ({customer}), {what}"),
        None => format!("{customer}, {what}"),
    }
}
