//! Columns of rows: what they are called, what they hold, and which formats have them.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use partner_center_history::cell::Kind;

use super::Row;
use crate::exit::Exit;
use crate::prices::Currency;
use crate::problem::Problem;

/// A column, which has one field of each row.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// The name in the contract, and in every format but the table. [`Column::name`] adds the currency.
    pub(crate) name: &'static str,
    pub(crate) shown: Shown,
    pub(crate) kind: Kind,
    /// Whether every row has a value.
    pub(crate) required: bool,
    /// The currency of a column that has the amounts of one currency only.
    pub(crate) currency: Option<Currency>,
    pub(super) form: Form,
    /// Its place among the columns of its row type.
    pub(super) place: usize,
}

/// Which formats have a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Every,
    /// Formats whose cells have one value: csv, table and xlsx.
    Flat,
    /// Formats whose cells can have members.
    Nested,
}

/// Whether the table shows this column. A text column without values is always left out.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    As(&'static str),
    /// Only if a row has a value. Other number columns are shown even if all values are unknown.
    IfKnown(&'static str),
    /// Only in a wide terminal.
    IfWide(&'static str),
    /// Only if the column of this name is left out.
    InPlaceOf(&'static str, &'static str),
    /// Not for a single customer, who is named above the table.
    WhoseRow,
    /// Even without values: `--columns` names it.
    Chosen(&'static str),
    No,
}

impl Shown {
    /// The heading in the table.
    pub(super) fn heading(self) -> Option<&'static str> {
        match self {
            Self::As(heading)
            | Self::IfKnown(heading)
            | Self::IfWide(heading)
            | Self::InPlaceOf(_, heading)
            | Self::Chosen(heading) => Some(heading),
            Self::WhoseRow => Some(CUSTOMER),
            Self::No => None,
        }
    }
}

/// The heading of the column that names the customer of a row.
pub(super) const CUSTOMER: &str = "Customer";

impl Column {
    pub(super) const fn new(name: &'static str, shown: Shown, kind: Kind) -> Self {
        Self { name, shown, kind, required: false, currency: None, form: Form::Every, place: 0 }
    }

    /// The column in a table that also has costs or live counts, which would not fit into 80 characters with all counts.
    pub(super) fn beside_more(&self) -> Self {
        match (self.name, self.shown.heading()) {
            ("licensesDeployed" | "licensesActive" | "active", Some(heading)) => {
                Self { shown: Shown::IfWide(heading), ..*self }
            }
            _ => *self,
        }
    }

    /// The name in every format but the table: `unusedCost_EUR`.
    pub(crate) fn name(&self) -> Cow<'static, str> {
        self.in_currency(self.name, '_')
    }

    /// The heading in the table, if it has one: `Unused EUR`.
    pub(super) fn heading(&self) -> Option<Cow<'static, str>> {
        Some(self.in_currency(self.shown.heading()?, ' '))
    }

    fn in_currency(&self, name: &'static str, separator: char) -> Cow<'static, str> {
        match self.currency {
            Some(currency) => Cow::Owned(format!("{name}{separator}{currency}")),
            None => Cow::Borrowed(name),
        }
    }
}

/// Sets the place of each column.
pub(super) const fn numbered<const N: usize>(mut columns: [Column; N]) -> [Column; N] {
    let mut place = 0;
    let mut rest: &mut [Column] = &mut columns;
    while let [column, others @ ..] = rest {
        column.place = place;
        place += 1;
        rest = others;
    }
    columns
}

/// The columns of an output. With prices, groups have columns for each currency.
#[derive(Clone)]
pub(crate) struct Columns {
    /// All of them. Totals and the order of rows need them, even if they are not written.
    all: Arc<[Column]>,
    /// Those of `--columns`, in its order.
    chosen: Option<Arc<[Column]>>,
}

impl Deref for Columns {
    type Target = [Column];

    fn deref(&self) -> &[Column] {
        &self.all
    }
}

impl FromIterator<Column> for Columns {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        Self { all: columns.into_iter().collect(), chosen: None }
    }
}

impl Columns {
    /// The columns that all rows of a type have.
    pub(crate) fn of<R: Row>() -> Self {
        R::COLUMNS.iter().copied().collect()
    }

    /// The columns that are written in a format: with one value per cell, or with members.
    pub(super) fn for_cells(&self, nested: bool) -> Self {
        match &self.chosen {
            Some(chosen) => Self { all: Arc::clone(chosen), chosen: None },
            None => self.of_form(nested).collect(),
        }
    }

    fn of_form(&self, nested: bool) -> impl Iterator<Item = Column> {
        let other = if nested { Form::Flat } else { Form::Nested };
        self.iter().filter(move |column| column.form != other).copied()
    }

    /// Only the columns that a text names, separated by commas, are written, in this order.
    pub(crate) fn choose(self, names: &str, nested: bool) -> Result<Self, Problem> {
        let refused = |why: String| {
            Problem::new(Exit::Usage, format!("invalid value '{names}' for '--columns <COLUMNS>': {why}"))
        };
        let known: Self = self.of_form(nested).collect();
        let mut chosen: Vec<Column> = Vec::new();
        for name in names.split(',').map(str::trim) {
            let Some(column) = known.find(name).and_then(|place| known.get(place)) else {
                return Err(refused(format!("no such column: {name}")).advice(known.in_words()));
            };
            if chosen.iter().any(|other| other.name() == column.name()) {
                return Err(refused(format!("{} is named twice", column.name())));
            }
            chosen.push(*column);
        }
        let headings: Vec<_> = chosen.iter().map(|column| column.shown.heading()).collect();
        for column in &mut chosen {
            // Two columns may share a heading, of which a table otherwise has one.
            let heading = column.shown.heading();
            let is_shared = headings.iter().filter(|other| **other == heading).count() > 1;
            column.shown = Shown::Chosen(heading.filter(|_| !is_shared).unwrap_or(column.name));
        }
        Ok(Self { chosen: Some(chosen.into()), ..self })
    }

    /// The advice that lists the columns.
    pub(super) fn in_words(&self) -> String {
        let names: Vec<_> = self.iter().map(Column::name).collect();
        format!("The columns are {}.", names.join(", "))
    }

    /// The names of the chosen columns, if not all are written.
    pub(crate) fn chosen_names(&self) -> Option<Vec<String>> {
        let chosen = self.chosen.as_ref()?;
        Some(chosen.iter().map(|column| column.name().into_owned()).collect())
    }

    /// Finds the index of a column by its csv name, its table heading, or its name in thresholds.
    pub(crate) fn find(&self, called: &str) -> Option<usize> {
        let called = called.trim();
        let is = |name: &str| name.eq_ignore_ascii_case(called);
        let has_name =
            |column: &Column| is(&column.name()) || column.name.strip_prefix("licenses").is_some_and(is);
        let has_heading = |column: &Column| {
            !matches!(column.shown, Shown::InPlaceOf(..)) && column.heading().as_deref().is_some_and(is)
        };
        // If two columns share a heading, the one that is preferred in the table is found.
        let has_heading_too = |column: &Column| column.heading().as_deref().is_some_and(is);
        let find = |is_it: &dyn Fn(&Column) -> bool| self.iter().position(is_it);
        find(&has_name).or_else(|| find(&has_heading)).or_else(|| find(&has_heading_too))
    }
}
