//! Parses filters and groupings. The parser builds them with the same methods that programs use.

use super::comparison::ValueKind;
use super::{Comparison, Field, Filter, FilterError, FilterErrorKind, Grouping, Operation};
use crate::models::Timestamp;

/// The maximum length in characters: servers commonly accept request lines of 8 to 16 KiB.
const MAX_LENGTH: usize = 8192;

/// The maximum number of nested parentheses: each is one level of recursion in the parser.
const MAX_DEPTH: usize = 64;

pub(super) fn filter<Op: Operation>(input: &str) -> Result<Filter<Op>, FilterError> {
    let length = input.chars().count();
    let within_bounds = |text: &str| match text.chars().count() {
        ..=MAX_LENGTH => Ok(()),
        _ => Err(FilterError::new(
            FilterErrorKind::TooLong,
            length.min(MAX_LENGTH) + 1,
            format!("longer than {MAX_LENGTH} characters"),
        )),
    };
    within_bounds(input)?;
    let mut cursor = Cursor::new(input);
    let filter = cursor.alternatives(0)?;
    cursor.end("`and`, `or` or the end")?;
    // Formatting adds omitted spaces, so the formatted text could be too long to parse again.
    within_bounds(&filter.text)?;
    Ok(filter)
}

pub(super) fn grouping<Op: Operation>(input: &str) -> Result<Grouping<Op>, FilterError> {
    let mut cursor = Cursor::new(input);
    let (_, first) = cursor.field("a field")?;
    let mut grouping = Grouping::by(first);
    while cursor.take(',') {
        let (column, field) = cursor.field("a field")?;
        if grouping.fields().contains(&field) {
            let description = format!("`{field}` is named twice");
            return Err(FilterError::new(FilterErrorKind::DuplicateField, column, description));
        }
        grouping = grouping.and(field);
    }
    cursor.end("`,` or the end")?;
    Ok(grouping)
}

/// The rest of the input and its column.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    rest: &'a str,
    column: usize,
}

impl<'a> Cursor<'a> {
    fn new(input: &'a str) -> Self {
        Self { rest: input, column: 1 }
    }

    fn alternatives<Op: Operation>(&mut self, depth: usize) -> Result<Filter<Op>, FilterError> {
        let mut filter = self.conjunction(depth)?;
        while self.keyword("or") {
            filter = filter.or(self.conjunction(depth)?);
        }
        Ok(filter)
    }

    fn conjunction<Op: Operation>(&mut self, depth: usize) -> Result<Filter<Op>, FilterError> {
        let mut filter = self.operand(depth)?;
        while self.keyword("and") {
            filter = filter.and(self.operand(depth)?);
        }
        Ok(filter)
    }

    fn operand<Op: Operation>(&mut self, depth: usize) -> Result<Filter<Op>, FilterError> {
        let before = *self;
        if !self.take('(') {
            return self.comparison();
        }
        if depth == MAX_DEPTH {
            let description = format!("more than {MAX_DEPTH} parentheses open at once");
            return Err(FilterError::new(FilterErrorKind::TooDeep, before.after_space().column, description));
        }
        let filter = self.alternatives(depth + 1)?;
        if self.take(')') { Ok(filter) } else { Err(self.expected("`and`, `or` or `)`")) }
    }

    fn comparison<Op: Operation>(&mut self) -> Result<Filter<Op>, FilterError> {
        let before = *self;
        if Op::COMPARISONS.iter().any(|known| known.has("contains"))
            && self.keyword("contains")
            && self.take('(')
        {
            let known = self.compared::<Op>()?;
            if !known.has("contains") {
                return Err(self.expected_in("contains", known));
            }
            self.require(',')?;
            let value = self.value()?;
            self.require(')')?;
            return Ok(Filter::comparison(known.field, "contains", &value));
        }
        *self = before;
        let known = self.compared::<Op>()?;
        let operators = known.operators.iter().copied().filter(|operator| *operator != "contains");
        let operator = operators.into_iter().find(|operator| self.keyword(operator));
        let operator = operator.ok_or_else(|| self.expected(&known.expected()))?;
        Ok(match known.value {
            ValueKind::Text => Filter::comparison(known.field, operator, &self.value()?),
            ValueKind::Flag => Filter::flag(known.field, operator, self.flag()?),
            ValueKind::Date => Filter::date(known.field, operator, &self.date()?),
        })
    }

    /// Parses the field of a comparison.
    fn compared<Op: Operation>(&mut self) -> Result<&'static Comparison, FilterError> {
        let column = self.after_space().column;
        let (word, after) = self.word();
        if word.is_empty() {
            return Err(self.expected("a field or `(`"));
        }
        *self = after;
        Comparison::lookup::<Op>(word, column)
    }

    fn flag(&mut self) -> Result<bool, FilterError> {
        [true, false]
            .into_iter()
            .find(|value| self.keyword(if *value { "true" } else { "false" }))
            .ok_or_else(|| self.expected("`true` or `false`"))
    }

    /// Parses a date in quotes, with or without its cast.
    fn date(&mut self) -> Result<String, FilterError> {
        let is_cast = self.keyword("cast");
        if is_cast {
            self.require('(')?;
        }
        let column = self.after_space().column;
        let value = self.value()?;
        if !Timestamp::from(value.as_str()).is_recognized() {
            let description = "not a date such as '2026-08-30'";
            return Err(FilterError::new(FilterErrorKind::InvalidDate, column, description));
        }
        if is_cast {
            self.require(',')?;
            if !(self.keyword("Edm") && self.take('.') && self.keyword("DateTimeOffset")) {
                return Err(self.expected("`Edm.DateTimeOffset`"));
            }
            self.require(')')?;
        }
        Ok(value)
    }

    fn require(&mut self, wanted: char) -> Result<(), FilterError> {
        if self.take(wanted) { Ok(()) } else { Err(self.expected(&format!("`{wanted}`"))) }
    }

    fn expected_in(self, function: &str, known: &Comparison) -> FilterError {
        let description =
            format!("`{}` cannot be searched with {function}: expected a field that can", known.field);
        FilterError::new(FilterErrorKind::Syntax, self.after_space().column, description)
    }

    /// Parses a field. Returns it with its column.
    fn field<Op: Operation>(&mut self, expected: &str) -> Result<(usize, Field<Op>), FilterError> {
        let column = self.after_space().column;
        let (word, after) = self.word();
        if word.is_empty() {
            return Err(self.expected(expected));
        }
        *self = after;
        Ok((column, Field::lookup(word, column)?))
    }

    /// Parses a value in single quotes, in which a quote is doubled.
    fn value(&mut self) -> Result<String, FilterError> {
        *self = self.after_space();
        let opening = self.column;
        if !self.take('\'') {
            return Err(self.expected("a value in single quotes"));
        }
        let mut value = String::new();
        loop {
            let column = self.column;
            match self.next() {
                None => {
                    let description = "this value has no closing quote";
                    return Err(FilterError::new(FilterErrorKind::UnclosedValue, opening, description));
                }
                Some('\'') if self.rest.starts_with('\'') => {
                    self.next();
                    value.push('\'');
                }
                Some('\'') if self.rest.starts_with(is_word) => {
                    let description = "this quote ends the value; double a quote inside a value";
                    return Err(FilterError::new(FilterErrorKind::UndoubledQuote, column, description));
                }
                Some('\'') => return Ok(value),
                Some(c) if c.is_control() => return Err(FilterError::control_character(column)),
                Some(c) => value.push(c),
            }
        }
    }

    fn end(&self, expected: &str) -> Result<(), FilterError> {
        if self.after_space().rest.is_empty() { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn expected(&self, what: &str) -> FilterError {
        FilterError::new(FilterErrorKind::Syntax, self.after_space().column, format!("expected {what}"))
    }

    /// Consumes white space and this keyword, if it is next.
    fn keyword(&mut self, keyword: &str) -> bool {
        let (word, after) = self.word();
        let found = word.eq_ignore_ascii_case(keyword);
        if found {
            *self = after;
        }
        found
    }

    /// Consumes white space and this character, if it is next.
    fn take(&mut self, wanted: char) -> bool {
        let mut after = self.after_space();
        let found = after.next() == Some(wanted);
        if found {
            *self = after;
        }
        found
    }

    /// The word after white space, possibly empty, and the cursor after it.
    fn word(self) -> (&'a str, Self) {
        self.after_space().skip(is_word)
    }

    fn after_space(self) -> Self {
        self.skip(char::is_whitespace).1
    }

    fn skip(self, belongs: impl Fn(char) -> bool) -> (&'a str, Self) {
        let rest = self.rest.trim_start_matches(belongs);
        let skipped = self.rest.strip_suffix(rest).unwrap_or_default();
        (skipped, Self { rest, column: self.column + skipped.chars().count() })
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next()?;
        *self = Self { rest: chars.as_str(), column: self.column + 1 };
        Some(next)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
