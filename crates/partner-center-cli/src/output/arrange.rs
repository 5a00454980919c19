//! `--sort` and `--limit`: which rows are written, and in which order.

use partner_center::models::Guid;

use super::Row;
use super::row::Column;
use crate::exit::Exit;
use crate::report::Problem;

/// How rows are to be arranged.
pub(crate) struct Arrangement<R: 'static> {
    sort: Option<(&'static Column<R>, Direction)>,
    limit: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Fewer rows than this are not worth sorting early for the sake of memory.
const WORTH_SORTING: usize = 4096;

impl<R: Row> Arrangement<R> {
    /// All rows, as they come.
    pub(crate) fn none() -> Self {
        Self { sort: None, limit: None }
    }

    /// Reads `COLUMN`, `COLUMN:asc` or `COLUMN:desc`.
    pub(crate) fn read(sort: Option<&str>, limit: Option<usize>) -> Result<Self, Problem> {
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
            let column = R::column(name).ok_or_else(|| {
                let names: Vec<_> = R::COLUMNS.iter().map(|column| column.name).collect();
                refused("there is no such column").advice(format!("The columns are {}.", names.join(", ")))
            })?;
            Ok((column, direction))
        });
        Ok(Self { sort: sort.transpose()?, limit })
    }

    /// Whether rows can be written as they come.
    pub(super) fn is_as_they_come(&self) -> bool {
        self.sort.is_none()
    }

    /// How many rows more are wanted, of so many that are written already.
    pub(super) fn wants(&self, written: usize) -> usize {
        self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(written))
    }

    /// Whether what comes after so many rows makes no difference.
    pub(super) fn is_full(&self, written: usize) -> bool {
        self.sort.is_none() && self.wants(written) == 0
    }

    /// Brings rows that are held back in order once there are many more than wanted, and drops those that cannot be
    /// among the wanted any more.
    pub(super) fn settle(&self, held: &mut Vec<R>) {
        if held.len() >= self.wants(0).saturating_mul(2).max(WORTH_SORTING) {
            self.arrange(held);
        }
    }

    /// Brings rows in order. Those of the same value are by their customers' ids, and those of one customer stay in the
    /// order they came in.
    pub(super) fn arrange(&self, held: &mut Vec<R>) {
        if let Some((column, direction)) = &self.sort {
            let customer = |row: &R| row.customer().0.and_then(Guid::as_uuid);
            held.sort_by(|a, b| {
                let by_column = (column.get)(a).order(&(column.get)(b), *direction == Direction::Down);
                by_column.then_with(|| customer(a).cmp(&customer(b)))
            });
        }
        held.truncate(self.wants(0));
    }
}
