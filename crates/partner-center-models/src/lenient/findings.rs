//! Odd values and unreadable rows found while reading a response, by row and field.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

/// The maximum number of odd values kept, and of unreadable rows: the number of rows of the largest page. All are
/// counted.
const MAX_KEPT: usize = 10_000;

/// A value of the wrong type. Its field is unknown, or its list lacks an item. The value itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OddValue {
    row: Option<usize>,
    field: Arc<str>,
}

impl OddValue {
    /// The index of the row on its page, from 0; `None` for a value outside the rows.
    #[must_use]
    pub fn row(&self) -> Option<usize> {
        self.row
    }

    /// The path of the field, spelled as in the contract: `companyProfile.address.city`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }
}

/// A row that could not be read and was left out of its page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnreadableRow {
    row: usize,
    reason: UnreadableReason,
}

impl UnreadableRow {
    /// The index of the row on its page as sent, from 0.
    #[must_use]
    pub fn row(&self) -> usize {
        self.row
    }

    /// Why the row could not be read.
    #[must_use]
    pub fn reason(&self) -> UnreadableReason {
        self.reason
    }
}

/// Why a row could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnreadableReason {
    /// The row is not an object.
    NotAnObject,
    /// The row has no usable value in this required field.
    Missing(&'static str),
}

impl fmt::Display for UnreadableReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => f.write_str("it is not an object"),
            Self::Missing(field) => write!(f, "it has no usable {field}"),
        }
    }
}

/// The odd values and unreadable rows of one response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    odd_values: Vec<OddValue>,
    /// Each field once, with the number of its odd values.
    odd_value_counts: Vec<(Arc<str>, u64)>,
    unreadable: Vec<UnreadableRow>,
    unreadable_count: u64,
}

impl Findings {
    /// The first 10,000 odd values, in the order of the response.
    #[must_use]
    pub fn odd_values(&self) -> &[OddValue] {
        &self.odd_values
    }

    /// The number of odd values per field, including those that were not kept.
    pub fn odd_value_counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.odd_value_counts.iter().map(|(field, count)| (&**field, *count))
    }

    /// The first 10,000 unreadable rows, in the order of the response.
    #[must_use]
    pub fn unreadable(&self) -> &[UnreadableRow] {
        &self.unreadable
    }

    /// The number of unreadable rows, including those that were not kept.
    #[must_use]
    pub fn unreadable_count(&self) -> u64 {
        self.unreadable_count
    }

    /// Whether there are no odd values and no unreadable rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.odd_value_counts.is_empty() && self.unreadable_count == 0
    }

    /// The number of odd values, including those that were not kept.
    #[must_use]
    pub fn odd_value_count(&self) -> u64 {
        self.odd_value_counts.iter().map(|(_, count)| count).sum()
    }

    /// Appends the findings of the next page. `rows` is the number of rows before that page.
    pub fn append(&mut self, page: Self, rows: usize) {
        let Self { odd_values, odd_value_counts, unreadable, unreadable_count } = page;
        for (field, more) in odd_value_counts {
            self.count(&field, more);
        }
        let later = |row: usize| row.saturating_add(rows);
        let odd_values = odd_values.into_iter().map(|odd| OddValue { row: odd.row.map(later), ..odd });
        self.odd_values.extend(odd_values.take(MAX_KEPT.saturating_sub(self.odd_values.len())));
        let unreadable = unreadable.into_iter().map(|row| UnreadableRow { row: later(row.row), ..row });
        self.unreadable.extend(unreadable.take(MAX_KEPT.saturating_sub(self.unreadable.len())));
        self.unreadable_count = self.unreadable_count.saturating_add(unreadable_count);
    }

    fn count(&mut self, field: &str, more: u64) -> Option<&Arc<str>> {
        let known = self.odd_value_counts.iter().position(|(known, _)| **known == *field);
        let index = known.unwrap_or_else(|| {
            self.odd_value_counts.push((field.into(), 0));
            self.odd_value_counts.len() - 1
        });
        let (field, count) = self.odd_value_counts.get_mut(index)?;
        *count = count.saturating_add(more);
        Some(field)
    }

    fn odd(&mut self, row: Option<usize>, field: &str) {
        let is_kept = self.odd_values.len() < MAX_KEPT;
        let Some(field) = self.count(field, 1).filter(|_| is_kept) else { return };
        let field = Arc::clone(field);
        self.odd_values.push(OddValue { row, field });
    }
}

/// The position of the reader in a response. Each step points to its parent, so that a path is built only for a
/// report.
#[derive(Clone, Copy)]
pub struct Place<'a>(Step<'a>);

#[derive(Clone, Copy)]
enum Step<'a> {
    /// The whole response, and where findings are recorded, if anywhere.
    Page(Option<&'a Cell<Findings>>),
    Row(&'a Place<'a>, usize),
    Field(&'a Place<'a>, &'static str),
}

impl<'a> Place<'a> {
    pub(super) fn page(findings: &'a Cell<Findings>) -> Self {
        Self(Step::Page(Some(findings)))
    }

    /// A position that records no findings.
    pub(crate) fn ignored() -> Self {
        Self(Step::Page(None))
    }

    pub(super) fn row(&'a self, index: usize) -> Self {
        Self(Step::Row(self, index))
    }

    pub(super) fn field(&'a self, name: &'static str) -> Self {
        Self(Step::Field(self, name))
    }

    /// Records an odd value in the field `name` of this position, or at this position.
    #[cold]
    pub(super) fn odd(&self, name: Option<&'static str>) {
        let mut names: Vec<_> = name.into_iter().collect();
        let mut row = None;
        let mut at = self;
        let findings = loop {
            match &at.0 {
                Step::Page(findings) => break findings,
                Step::Row(page, index) => {
                    row = Some(*index);
                    at = page;
                }
                Step::Field(object, name) => {
                    names.push(name);
                    at = object;
                }
            }
        };
        names.reverse();
        change(*findings, |findings| findings.odd(row, &names.join(".")));
    }

    /// Records an unreadable row of this page.
    #[cold]
    pub(super) fn unreadable(&self, row: usize, reason: UnreadableReason) {
        let Step::Page(findings) = self.0 else { return };
        change(findings, |findings| {
            findings.unreadable_count += 1;
            if findings.unreadable.len() < MAX_KEPT {
                findings.unreadable.push(UnreadableRow { row, reason });
            }
        });
    }
}

fn change(findings: Option<&Cell<Findings>>, change: impl FnOnce(&mut Findings)) {
    if let Some(cell) = findings {
        let mut findings = cell.take();
        change(&mut findings);
        cell.set(findings);
    }
}
