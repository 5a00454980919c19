//! Parses thresholds.

use std::borrow::Cow;

use super::{Limit, Metric, Relation, Scope, Threshold, ThresholdError};
use crate::prices::Currency;

pub(super) fn threshold(input: &str) -> Result<Threshold, ThresholdError> {
    let mut cursor = Cursor { rest: input, column: 1 };
    let scope = match cursor.one_of(&["any", "total"]) {
        Some("total") => Scope::Total,
        _ => Scope::AnyRow,
    };
    let (metric, currency) = cursor.metric()?;
    let relation = cursor.relation()?;
    let limit = cursor.limit(metric)?;
    match cursor.at_word().rest {
        "" => Ok(Threshold { scope, metric, currency, relation, limit }),
        _ => Err(cursor.at_word().refused("expected the end of the threshold")),
    }
}

/// Parses the operator and a whole number, which may be negative, after the name of a column that takes up the first
/// `before` characters of the threshold.
pub(in crate::report) fn relation_and_number(
    rest: &str,
    before: usize,
) -> Result<(Relation, i64), ThresholdError> {
    let mut cursor = Cursor { rest, column: before + 1 };
    let relation = cursor.relation()?;
    let start = cursor.at_word();
    let (number, after) = start.split(|c| c.is_ascii_digit() || c == '-');
    if number.is_empty() {
        return Err(start.refused("expected a number"));
    }
    let number = number.parse().map_err(|_| start.refused("expected a whole number"))?;
    match after.at_word().rest {
        "" => Ok((relation, number)),
        _ => Err(after.at_word().refused("expected the end of the threshold")),
    }
}

/// The rest of the input, and the column at which it starts.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    rest: &'a str,
    column: usize,
}

impl<'a> Cursor<'a> {
    /// A metric, and the currency after the name of a cost: `unusedCost_EUR`.
    fn metric(&mut self) -> Result<(Metric, Option<Currency>), ThresholdError> {
        let start = self.at_word();
        let (word, after) = start.split(|c| c.is_alphanumeric() || c == '_');
        if let Some((name, code)) = word.split_once('_')
            && let Some(metric) = Metric::ALL.iter().find(|metric| metric.name().eq_ignore_ascii_case(name))
            && metric.is_cost()
        {
            *self = after;
            let code_at = Self { column: start.column + name.chars().count() + 1, ..start };
            let currency = Currency::of_code(code);
            return currency
                .map(|currency| (*metric, Some(currency)))
                .map_err(|why| code_at.refused(format!("{code} {why}")));
        }
        for metric in Metric::ALL {
            for name in [metric.name()].iter().chain(metric.other_names()) {
                if let Some(after) = start.behind(name) {
                    *self = after;
                    return Ok((*metric, None));
                }
            }
        }
        let names: Vec<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
        Err(start.refused(format!("expected one of {}", names.join(", "))))
    }

    fn relation(&mut self) -> Result<Relation, ThresholdError> {
        let start = self.at_word();
        let (symbol, after) = start.split(|c| matches!(c, '<' | '>' | '=' | '!'));
        let relation = match symbol {
            ">" => Relation::Above,
            ">=" => Relation::AtLeast,
            "<" => Relation::Below,
            "<=" => Relation::AtMost,
            "=" | "==" => Relation::Equal,
            "!=" => Relation::NotEqual,
            _ => return Err(start.refused("expected one of >, >=, <, <=, =, !=")),
        };
        *self = after;
        Ok(relation)
    }

    fn limit(&mut self, metric: Metric) -> Result<Limit, ThresholdError> {
        let start = self.at_word();
        let (whole, mut after) = start.split(|c| c.is_ascii_digit());
        if whole.is_empty() {
            return Err(start.refused("expected a number"));
        }
        let fraction = after.rest.strip_prefix('.').map(|rest| Self { rest, column: after.column + 1 });
        let limit = if metric.is_percent() || metric.is_cost() {
            let mut number = whole.to_owned();
            if let Some(fraction) = fraction {
                let (digits, end) = fraction.split(|c| c.is_ascii_digit());
                if digits.is_empty() {
                    return Err(fraction.refused("expected a digit"));
                }
                number = format!("{whole}.{digits}");
                after = end;
            }
            if metric.is_cost() {
                *self = after;
                return number
                    .parse()
                    .map(Limit::Money)
                    .map_err(|_| start.refused("this number is too large"));
            }
            if let Some(rest) = after.at_word().rest.strip_prefix('%') {
                after = Self { rest, column: after.at_word().column + 1 };
            }
            number.parse().ok().filter(|number: &f64| number.is_finite()).map(Limit::Percent)
        } else if fraction.is_some() {
            return Err(after.refused("a number of licenses must be a whole number"));
        } else {
            whole.parse().ok().map(Limit::Count)
        };
        *self = after;
        limit.ok_or_else(|| start.refused("this number is too large"))
    }

    /// Skips white space and one of these words, if one follows.
    fn one_of<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        let (found, after) = self.at_word().split(|c| c.is_alphanumeric() || c == '_');
        let word = words.iter().copied().find(|word| word.eq_ignore_ascii_case(found))?;
        *self = after;
        Some(word)
    }

    /// The position after this name, if the input starts with it and it is not part of a longer word.
    fn behind(self, name: &str) -> Option<Self> {
        let (found, rest) = self.rest.split_at_checked(name.len())?;
        let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            || !name.ends_with(char::is_alphanumeric);
        (found.eq_ignore_ascii_case(name) && ends)
            .then_some(Self { rest, column: self.column + name.chars().count() })
    }

    fn at_word(self) -> Self {
        self.split(char::is_whitespace).1
    }

    fn split(self, belongs: impl Fn(char) -> bool) -> (&'a str, Self) {
        let rest = self.rest.trim_start_matches(belongs);
        let taken = self.rest.strip_suffix(rest).unwrap_or_default();
        (taken, Self { rest, column: self.column + taken.chars().count() })
    }

    fn refused(self, description: impl Into<Cow<'static, str>>) -> ThresholdError {
        ThresholdError { column: self.column, description: description.into() }
    }
}
