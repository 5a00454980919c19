//! How the fields of a query can be compared in its filters. The list of each query is generated from the contract.

use super::{FilterError, FilterErrorKind, Operation, Usage};
use crate::suggestion::likely;

/// A field of a filter, and how it can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Comparison {
    pub(super) field: &'static str,
    /// In the order of the contract. `contains` is written as a function.
    pub(super) operators: &'static [&'static str],
    pub(super) value: ValueKind,
}

/// What a field is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Text,
    Flag,
    Date,
}

impl Comparison {
    pub(super) fn has(&self, operator: &str) -> bool {
        self.operators.contains(&operator)
    }

    /// The operators as an error names what it expects.
    pub(super) fn expected(&self) -> String {
        let written = self.operators.iter().filter(|operator| **operator != "contains");
        let written: Vec<_> = written.map(|operator| format!("`{operator}`")).collect();
        match written.as_slice() {
            [] => "`contains(field,'text')`, the only comparison of this field".to_owned(),
            [only] => only.clone(),
            [others @ .., last] => format!("{} or {last}", others.join(", ")),
        }
    }

    /// Finds the comparison of a field by name, ignoring case. The error lists the fields. It does not repeat the word,
    /// which may be a value without quotes.
    pub(super) fn lookup<Op: Operation>(word: &str, column: usize) -> Result<&'static Self, FilterError> {
        let found = Op::COMPARISONS.iter().find(|known| known.field.eq_ignore_ascii_case(word));
        found.ok_or_else(|| unknown::<Op>(word, column, &names(Op::COMPARISONS)))
    }
}

fn names(comparisons: &[Comparison]) -> Vec<&'static str> {
    comparisons.iter().map(|comparison| comparison.field).collect()
}

/// The error for a word that is none of these fields.
pub(super) fn unknown<Op: Operation>(word: &str, column: usize, names: &[&'static str]) -> FilterError {
    let fields = format!("the fields of {} are {}", Op::NAME, names.join(", "));
    let of_usage = Usage::FIELDS.iter().find(|field| field.name().eq_ignore_ascii_case(word));
    if let Some(field) = of_usage.filter(|_| Op::NAME == super::Deployment::NAME) {
        let description = format!("`{field}` is a field of usage only; {fields}");
        return FilterError::new(FilterErrorKind::UsageOnlyField, column, description);
    }
    let description = match likely(word, names) {
        Some(name) => format!("unknown field, did you mean `{name}`? {fields}"),
        None => format!("unknown field; {fields}"),
    };
    FilterError::new(FilterErrorKind::UnknownField, column, description)
}
