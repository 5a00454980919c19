//! What a commercial license query asks for: its filter and its grouping, typed per operation.
//!
//! This module writes and reads the text of the two query parameters. It sends nothing, encodes nothing for a URL and
//! does not know which values the service holds. What the parameters may say is written on the pages of the two
//! operations, [deployment] and [usage]: comparisons with `eq` and `ne`, combined with `and` and `or`.
//!
//! A [`Filter`] is made in code from the constants of [`Field`], or parsed from what a person typed:
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

mod error;
mod field;
mod grouping;
mod laws;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

pub(crate) use self::error::draw_caret;
pub use self::error::{FilterError, FilterErrorKind};
pub use self::field::{Deployment, Field, Operation, Usage};
pub use self::grouping::Grouping;
#[doc(hidden)]
pub use self::laws::check_laws;

/// Which rows a commercial license query returns: comparisons of fields with values, combined with `and` and `or`.
///
/// A filter starts at a [`Field`] and grows by [`and`](Self::and) and [`or`](Self::or), or is parsed from text. `and`
/// binds tighter than `or`, and printing sets no parentheses but those that this rule asks for. Two filters are equal
/// if they print the same: the order in which their parts were written counts.
///
/// `Op` is the operation the filter is for; a filter for one is not accepted by the other.
///
/// # What is printed
///
/// [`Display`](fmt::Display) is the text for the wire, before percent-encoding, **with the values**. A value may be the
/// name of a customer, so [`Debug`] leaves values out: that is the form for logs.
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
#[must_use = "a filter does nothing until a query is given it"]
pub struct Filter<Op> {
    /// The text for the wire. A filter is this text and not a tree of it: the text is all that is ever asked of it, and
    /// neither printing nor dropping can then run out of stack, however deeply it was nested in code.
    text: String,
    /// Whether the outermost operator is `or`, which must stand in parentheses once it becomes part of an `and`.
    alternatives: bool,
    operation: PhantomData<Op>,
}

impl<Op: Operation> Filter<Op> {
    /// The one place where a value is quoted. The caller has refused control characters.
    fn comparison(field: Field<Op>, operator: &'static str, value: &str) -> Self {
        let text = format!("{field} {operator} '{}'", value.replace('\'', "''"));
        Self { text, alternatives: false, operation: PhantomData }
    }

    /// The rows that both filters let through.
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

    /// The rows that at least one of the filters lets through.
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

/// The text for the wire, before percent-encoding, with the values.
impl<Op> fmt::Display for Filter<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The filter with `<value>` in place of each value.
impl<Op> fmt::Debug for Filter<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filter(")?;
        // Every other stretch between quotes is inside a value. A doubled quote leaves an empty stretch outside; a real
        // one is never empty, and it ends with the space after the operator unless no value follows.
        for outside in self.text.split('\'').step_by(2) {
            f.write_str(outside)?;
            if outside.ends_with(' ') {
                f.write_str("<value>")?;
            }
        }
        f.write_str(")")
    }
}

/// Reads a filter as a person types it.
///
/// Field names and keywords are read in either letter case, white space is free, parentheses may be more than needed,
/// and a quote inside a value is written twice. Printing gives the one canonical form, and parsing that gives the same
/// filter again.
///
/// # Errors
///
/// The [`FilterError`] says what was expected and in which column. A text of more than 8192 characters, or with more
/// than 64 parentheses open at once, is refused; no request line has room for the first, and no person writes the
/// second. Filters built in code have no such bounds.
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
