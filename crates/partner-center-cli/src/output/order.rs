//! `--sort` and `--limit`: the order and number of rows.

use std::marker::PhantomData;

use super::row::order;
use super::{Column, Columns, Row};
use crate::exit::Exit;
use crate::problem::Problem;

/// The order and the maximum number of rows.
pub(crate) struct RowOrder<R> {
    sort: Option<(Column, Direction)>,
    limit: Option<usize>,
    rows: PhantomData<fn(R)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Below this number of rows, sorting early to save memory is not worthwhile.
const WORTH_SORTING: usize = 4096;

impl<R: Row> RowOrder<R> {
    /// All rows, as they arrive.
    pub(crate) fn none() -> Self {
        Self { sort: None, limit: None, rows: PhantomData }
    }

    /// Reads `COLUMN`, `COLUMN:asc` or `COLUMN:desc`.
    pub(crate) fn read(columns: &Columns, sort: Option<&str>, limit: Option<usize>) -> Result<Self, Problem> {
        let sort = sort.map(|text| {
            let (name, direction) = match text.rsplit_once(':') {
                None => (text, Some(Direction::Up)),
                Some((name, "asc")) => (name, Some(Direction::Up)),
                Some((name, "desc")) => (name, Some(Direction::Down)),
                Some((name, _)) => (name, None),
            };
            let refused = |why: &str| {
                Problem::new(
                    Exit::Usage,
                    format!("invalid value '{text}' for '--sort <COLUMN[:desc]>': {why}"),
                )
            };
            let direction = direction.ok_or_else(|| refused("expected asc or desc after the colon"))?;
            let column = columns.find(name).and_then(|place| columns.get(place)).copied();
            let column = column.ok_or_else(|| refused("no such column").advice(columns.in_words()))?;
            Ok((column, direction))
        });
        Ok(Self { sort: sort.transpose()?, limit, rows: PhantomData })
    }

    /// Whether rows can be written as they arrive.
    pub(super) fn is_as_they_come(&self) -> bool {
        self.sort.is_none()
    }

    /// How many more rows to write after `written`.
    pub(super) fn wants(&self, written: usize) -> usize {
        self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(written))
    }

    /// Whether no more rows are needed after `written`.
    pub(super) fn is_full(&self, written: usize) -> bool {
        self.sort.is_none() && self.wants(written) == 0
    }

    /// Sorts held rows once there are many more than the limit, and drops those beyond it.
    pub(super) fn settle(&self, held: &mut Vec<R>) {
        if held.len() >= self.wants(0).saturating_mul(2).max(WORTH_SORTING) {
            self.arrange(held);
        }
    }

    /// Sorts rows and applies the limit. Rows with equal values are sorted by customer id; those of one customer keep
    /// their order.
    pub(crate) fn arrange(&self, held: &mut Vec<R>) {
        if let Some((column, direction)) = self.sort {
            let customer = |row: &R| row.customer().0;
            held.sort_by(|a, b| {
                let by_column = order(&a.cell(&column), &b.cell(&column), direction == Direction::Down);
                by_column.then_with(|| customer(a).cmp(&customer(b)))
            });
        }
        held.truncate(self.wants(0));
    }
}
