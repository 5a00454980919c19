//! Why a filter or a grouping was refused, and where; never with the text that was refused.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// Why a filter, a grouping or a value was refused, and in which column.
///
/// The text may hold the name of a customer, so neither [`Display`](fmt::Display) nor [`Debug`] repeats any of it: both
/// are safe in logs. For the terminal of the person who typed it, [`caret`](Self::caret) draws where it went wrong.
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
    /// Something else was expected here; the description says what.
    Syntax,
    /// The operation has no such field; the description lists those it has.
    UnknownField,
    /// The field is one of usage, and this is a filter or a grouping of deployment.
    UsageOnlyField,
    /// A grouping names the field a second time.
    DuplicateField,
    /// The value that starts here has no closing quote.
    UnclosedValue,
    /// Text follows right behind this quote: most likely a quote inside the value that was not written twice.
    UndoubledQuote,
    /// A value holds a control character.
    ControlCharacter,
    /// The filter is longer than 8192 characters, as it was given or in its canonical form.
    TooLong,
    /// More than 64 parentheses are open at once.
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

    /// What is wrong, for programs.
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

    /// Where it is wrong: the character, counted from 1, of the text that was given. It is one past the last if
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

    /// What is wrong, for people, without the column and without any of the text that was given.
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

    /// The text that was refused, and on a second line a caret under the character that is wrong.
    ///
    /// This repeats the text, and with it any customer's name in it: it is for the terminal of the person who typed it
    /// and for no log. Control characters are not passed on, so that no text can command the terminal, and of a long
    /// text only the part around the caret is drawn.
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

/// The text and on a second line a caret under one of its characters, counted from 1.
pub(crate) fn draw_caret(input: &str, column: usize) -> String {
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
