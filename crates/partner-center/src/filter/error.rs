//! The error of an invalid filter or grouping. It does not contain the rejected text.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// Why a filter, a grouping or a value is invalid, and in which column.
///
/// The text may contain the name of a customer, so neither [`Display`](fmt::Display) nor [`Debug`] repeats it: both are
/// safe in logs. For the user's terminal, [`caret`](Self::caret) marks the position in the text.
///
/// ```
/// use partner_center::filter::{Deployment, Filter, FilterErrorKind};
///
/// let input = "customerName eq 'Contoso' und channel eq 'reseller'";
/// let error = input.parse::<Filter<Deployment>>().unwrap_err();
/// assert_eq!(error.kind(), FilterErrorKind::Syntax);
/// assert_eq!(error.to_string(), "column 27: expected `and`, `or` or the end");
/// assert_eq!(
///     error.caret(input),
///     "customerName eq 'Contoso' und channel eq 'reseller'\n                          ^"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    kind: FilterErrorKind,
    column: usize,
    description: Cow<'static, str>,
}

/// What is wrong with a filter or a grouping.
///
/// ```
/// use partner_center::filter::{Deployment, FilterErrorKind, Grouping};
///
/// let error = "workloadCode".parse::<Grouping<Deployment>>().unwrap_err();
/// assert_eq!(error.kind(), FilterErrorKind::UsageOnlyField);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// Something else was expected here; see the description.
    Syntax,
    /// The operation does not have this field; the description lists its fields.
    UnknownField,
    /// The field exists only in usage, but this is a filter or a grouping of deployment.
    UsageOnlyField,
    /// A grouping names the field a second time.
    DuplicateField,
    /// The value that starts here has no closing quote.
    UnclosedValue,
    /// Text follows directly after this quote: probably a quote inside the value that was not doubled.
    UndoubledQuote,
    /// A value contains a control character.
    ControlCharacter,
    /// A value is not a date, but the field is one.
    InvalidDate,
    /// The filter is longer than 8192 characters, as given or in its canonical form.
    TooLong,
    /// More than 64 parentheses are nested.
    TooDeep,
}

impl FilterError {
    pub(super) fn new(
        kind: FilterErrorKind,
        column: usize,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, column, description: description.into() }
    }

    pub(super) fn control_character(column: usize) -> Self {
        Self::new(FilterErrorKind::ControlCharacter, column, "control character in a value")
    }

    /// The kind of the error.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Filter, FilterErrorKind};
    ///
    /// let error = "channel eq 'reseller".parse::<Filter<Deployment>>().unwrap_err();
    /// assert_eq!(error.kind(), FilterErrorKind::UnclosedValue);
    /// ```
    pub fn kind(&self) -> FilterErrorKind {
        self.kind
    }

    /// The position of the error in the given text, in characters from 1. It is one past the last character if
    /// something is missing at the end. For [`Field::eq`](super::Field::eq) the text is the value.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Filter};
    ///
    /// let error = "customerName eq 'Müller' oder".parse::<Filter<Deployment>>().unwrap_err();
    /// assert_eq!(error.column(), 26);
    /// ```
    pub fn column(&self) -> usize {
        self.column
    }

    /// The message, without the column and without any of the given text.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Filter};
    ///
    /// let error = "chanel eq 'reseller'".parse::<Filter<Deployment>>().unwrap_err();
    /// assert_eq!(
    ///     error.description(),
    ///     "unknown field, did you mean `channel`? the fields of deployment are serviceCode, serviceName, \
    ///      channel, customerTenantId, customerName, productId, productName"
    /// );
    /// ```
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The rejected text, and on a second line a caret under the position of the error.
    ///
    /// This repeats the text, which may contain a customer's name: show it on the user's terminal, but do not log it.
    /// Control characters are replaced, so that the text cannot control the terminal. Only the part of a long text
    /// around the caret is shown.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Filter};
    ///
    /// let input = "channel = 'reseller'";
    /// let error = input.parse::<Filter<Deployment>>().unwrap_err();
    /// assert_eq!(error.caret(input), "channel = 'reseller'\n        ^");
    /// ```
    pub fn caret(&self, input: &str) -> String {
        draw_caret(input, self.column)
    }
}

/// The text, and on a second line a caret under a column, counted from 1.
#[must_use]
pub fn draw_caret(input: &str, column: usize) -> String {
    const BEFORE: usize = 60;
    const SHOWN: usize = 80;
    let printable = |c: char| match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let length = input.chars().count();
    let before = column.saturating_sub(1).min(length);
    let skipped = before.saturating_sub(BEFORE);
    let start = if skipped > 0 { "..." } else { "" };
    let shown: String = input.chars().skip(skipped).take(SHOWN).map(printable).collect();
    let end = if length > skipped + SHOWN { "..." } else { "" };
    format!("{start}{shown}{end}\n{:>width$}", '^', width = start.len() + before - skipped + 1)
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.description)
    }
}

impl Error for FilterError {}

/// The text of a [`FilterError`] does not repeat the input, so it becomes the message.
impl From<FilterError> for crate::Error {
    fn from(error: FilterError) -> Self {
        Self::new(crate::ErrorKind::InvalidInput, format!("invalid filter or grouping at {error}"))
    }
}
