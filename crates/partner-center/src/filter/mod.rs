//! Filters and groupings of the commercial queries, typed per operation.
//!
//! This module formats and parses the two query parameters, without percent-encoding. It does not know which values the
//! service has. The syntax is documented on the pages of the two operations, [deployment] and [usage]: comparisons with
//! `eq` and `ne`, combined with `and` and `or`.
//!
//! A [`Filter`] is built from the constants of [`Field`] or parsed from text:
//!
//! ```
//! use partner_center::filter::{Deployment, Field, Filter, Grouping};
//!
//! let built = Field::SERVICE_CODE
//!     .eq("o365")?
//!     .and(Field::CHANNEL.eq("reseller")?.or(Field::CUSTOMER_NAME.ne("O'Brien")?));
//! assert_eq!(
//!     built.to_string(),
//!     "serviceCode eq 'o365' and (channel eq 'reseller' or customerName ne 'O''Brien')"
//! );
//!
//! let typed: Filter<Deployment> =
//!     "SERVICECODE eq 'o365' AND (channel EQ 'reseller' OR customerName NE 'O''Brien')".parse()?;
//! assert_eq!(typed, built);
//!
//! let grouping: Grouping<Deployment> = "customerTenantId, productId".parse()?;
//! assert_eq!(grouping.to_string(), "customerTenantId,productId");
//! # Ok::<(), partner_center::filter::FilterError>(())
//! ```
//!
//! [deployment]: https://learn.microsoft.com/partner-center/developer/get-licenses-deployment-information
//! [usage]: https://learn.microsoft.com/partner-center/developer/get-licenses-usage-information

mod comparison;
mod error;
mod field;
#[rustfmt::skip] // Kept as the generator prints it, so that a fresh run can be compared exactly.
mod generated;
mod grouping;
mod parse;
mod properties;
mod subscription_field;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

#[doc(hidden)]
pub use self::comparison::Comparison;
use self::comparison::ValueKind;
pub use self::error::{FilterError, FilterErrorKind, draw_caret};
pub use self::field::{Deployment, Field, LicenseOperation, Operation, Subscriptions, Usage};
pub use self::grouping::Grouping;
#[doc(hidden)]
pub use self::properties::check_properties;
pub use self::subscription_field::{
    Date, Exact, ExactOrSearched, Flag, Grouped, Searched, SubscriptionField,
};

/// A filter of a commercial license query: comparisons of fields with values, combined with `and` and `or`.
///
/// A filter is built from a [`Field`] with [`and`](Self::and) and [`or`](Self::or), or parsed from text. `and` binds
/// tighter than `or`, and the formatted text has only the necessary parentheses. Two filters are equal if their texts
/// are equal, so the order of their parts matters.
///
/// `Op` is the operation of the filter. A filter for one operation is not accepted by the other.
///
/// # Formatting
///
/// [`Display`](fmt::Display) gives the text of the query parameter before percent-encoding, **including the values**. A
/// value may be the name of a customer, so [`Debug`] omits values: use [`Debug`] in logs.
///
/// ```
/// use partner_center::filter::{Filter, Usage};
///
/// let filter: Filter<Usage> = "workloadCode eq 'SPO' and customerName ne 'Contoso'".parse()?;
/// assert_eq!(filter.to_string(), "workloadCode eq 'SPO' and customerName ne 'Contoso'");
/// assert_eq!(format!("{filter:?}"), "Filter(workloadCode eq <value> and customerName ne <value>)");
/// # Ok::<(), partner_center::filter::FilterError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[must_use = "a filter does nothing until it is passed to a query"]
pub struct Filter<Op> {
    /// The text of the query parameter. A filter stores text and not a tree, so formatting and dropping cannot overflow
    /// the stack, however deeply the filter was nested in code.
    text: String,
    /// Whether the outermost operator is `or`, which needs parentheses inside an `and`.
    alternatives: bool,
    operation: PhantomData<Op>,
}

impl<Op: Operation> Filter<Op> {
    /// A comparison with a value from code. The column of the error is the position in the value.
    fn text(field: &str, operator: &str, value: &str) -> Result<Self, FilterError> {
        match value.chars().position(char::is_control) {
            None => Ok(Self::comparison(field, operator, value)),
            Some(before) => Err(FilterError::control_character(before + 1)),
        }
    }

    /// The only place where a value is quoted. The caller has rejected control characters.
    fn comparison(field: &str, operator: &str, value: &str) -> Self {
        let value = value.replace('\'', "''");
        Self::of_text(match operator {
            "contains" => format!("contains({field},'{value}')"),
            _ => format!("{field} {operator} '{value}'"),
        })
    }

    fn flag(field: &str, operator: &str, value: bool) -> Self {
        Self::of_text(format!("{field} {operator} {value}"))
    }

    /// The caller has recognized the date.
    fn date(field: &str, operator: &str, date: &str) -> Self {
        Self::of_text(format!("{field} {operator} cast('{date}',Edm.DateTimeOffset)"))
    }

    fn of_text(text: String) -> Self {
        Self { text, alternatives: false, operation: PhantomData }
    }

    /// Matches the rows that match both filters.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Field, Filter};
    ///
    /// let either = Field::SERVICE_CODE.eq("o365")?.or(Field::SERVICE_CODE.eq("crm")?);
    /// let filter: Filter<Deployment> = either.and(Field::CHANNEL.eq("reseller")?);
    /// assert_eq!(
    ///     filter.to_string(),
    ///     "(serviceCode eq 'o365' or serviceCode eq 'crm') and channel eq 'reseller'"
    /// );
    /// # Ok::<(), partner_center::filter::FilterError>(())
    /// ```
    pub fn and(self, other: Self) -> Self {
        let mut text = self.into_conjunct();
        text.push_str(" and ");
        text.push_str(&other.into_conjunct());
        Self { text, alternatives: false, operation: PhantomData }
    }

    /// Matches the rows that match at least one of the filters.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Field, Filter};
    ///
    /// let both = Field::SERVICE_CODE.eq("o365")?.and(Field::CHANNEL.eq("reseller")?);
    /// let filter: Filter<Deployment> = both.or(Field::SERVICE_CODE.eq("crm")?);
    /// assert_eq!(
    ///     filter.to_string(),
    ///     "serviceCode eq 'o365' and channel eq 'reseller' or serviceCode eq 'crm'"
    /// );
    /// # Ok::<(), partner_center::filter::FilterError>(())
    /// ```
    pub fn or(self, other: Self) -> Self {
        let (mut text, other) = (self.text, other.text);
        text.push_str(" or ");
        text.push_str(&other);
        Self { text, alternatives: true, operation: PhantomData }
    }

    fn into_conjunct(self) -> String {
        if self.alternatives { format!("({})", self.text) } else { self.text }
    }
}

/// Formats the query parameter before percent-encoding, including the values.
impl<Op> fmt::Display for Filter<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Formats the filter with `<value>` in place of each value.
impl<Op> fmt::Debug for Filter<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filter(")?;
        // Every second part between quotes is inside a value. A doubled quote leaves an empty part outside. Other
        // outside parts are never empty, and end with what precedes a value if one follows: the space after an operator, the
        // parenthesis of a cast, or the comma of `contains`.
        for outside in self.text.split('\'').step_by(2) {
            f.write_str(outside)?;
            if outside.ends_with([' ', '(', ',']) {
                f.write_str("<value>")?;
            }
        }
        f.write_str(")")
    }
}

/// Parses a filter.
///
/// Field names and keywords are case-insensitive, white space and additional parentheses are allowed, and a quote
/// inside a value is doubled. Formatting gives the canonical form, which parses to an equal filter.
///
/// # Errors
///
/// The [`FilterError`] has the reason and the column. A text of more than 8192 characters, or with more than 64 nested
/// parentheses, is rejected. Filters built in code do not have these limits.
///
/// ```
/// use partner_center::filter::{Deployment, Filter};
///
/// let error = "serviceCode eq o365".parse::<Filter<Deployment>>().unwrap_err();
/// assert_eq!(error.to_string(), "column 16: expected a value in single quotes");
/// ```
impl<Op: Operation> FromStr for Filter<Op> {
    type Err = FilterError;

    fn from_str(input: &str) -> Result<Self, FilterError> {
        parse::filter(input)
    }
}
