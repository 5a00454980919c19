//! The fields of the subscriptions query, typed by how they can be compared. The constants are generated from the contract.

use std::fmt;
use std::marker::PhantomData;

use super::{Field, Filter, FilterError, FilterErrorKind, Subscriptions};
use crate::models::Timestamp;

/// A text that a filter compares as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exact {}

/// A text that a filter searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Searched {}

/// A text that a filter compares as a whole or searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExactOrSearched {}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flag {}

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Date {}

/// What only groupings name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grouped {}

/// A field of the subscriptions query. `Kind` is what its values are, and decides how it can be compared.
///
/// ```
/// use partner_center::filter::{Filter, SubscriptionField, Subscriptions};
///
/// let filter: Filter<Subscriptions> = SubscriptionField::STATUS
///     .eq("ACTIVE")?
///     .and(SubscriptionField::COMMITMENT_END_DATE.le("2027-03-01")?)
///     .and(SubscriptionField::CUSTOMER_NAME.contains("O'Brien")?)
///     .and(SubscriptionField::AUTO_RENEW_ENABLED.eq(false));
/// assert_eq!(
///     filter.to_string(),
///     "status eq 'ACTIVE' and commitmentEndDate le cast('2027-03-01',Edm.DateTimeOffset) and \
///      contains(customerName,'O''Brien') and autoRenewEnabled eq false"
/// );
/// # Ok::<(), partner_center::filter::FilterError>(())
/// ```
///
/// A comparison that the service does not document does not compile:
///
/// ```compile_fail,E0599
/// use partner_center::filter::SubscriptionField;
///
/// let filter = SubscriptionField::STATUS.lt("ACTIVE");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubscriptionField<Kind> {
    name: &'static str,
    kind: PhantomData<Kind>,
}

impl<Kind> SubscriptionField<Kind> {
    pub(super) const fn named(name: &'static str) -> Self {
        Self { name, kind: PhantomData }
    }

    /// The name of the field in a filter, in a grouping and in the rows.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The field in a [`Grouping`](super::Grouping).
    ///
    /// ```
    /// use partner_center::filter::{Grouping, SubscriptionField};
    ///
    /// let grouping = Grouping::by(SubscriptionField::STATUS.grouped()).and(SubscriptionField::PRODUCT_NAME.grouped());
    /// assert_eq!(grouping.to_string(), "status,productName");
    /// ```
    pub fn grouped(self) -> Field<Subscriptions> {
        Field::named(self.name)
    }
}

macro_rules! whole {
    ($kind:ty) => {
        impl SubscriptionField<$kind> {
            /// Matches the rows in which the field has this value.
            ///
            /// # Errors
            ///
            /// [`FilterErrorKind::ControlCharacter`] if the value contains one; the column is its position in the value.
            // Takes `&self` so that this method has precedence over `PartialEq::eq` for a borrowed field too.
            pub fn eq(&self, value: impl AsRef<str>) -> Result<Filter<Subscriptions>, FilterError> {
                Filter::text(self.name, "eq", value.as_ref())
            }

            /// Matches the rows in which the field has a different value.
            ///
            /// # Errors
            ///
            /// As for [`eq`](Self::eq).
            pub fn ne(&self, value: impl AsRef<str>) -> Result<Filter<Subscriptions>, FilterError> {
                Filter::text(self.name, "ne", value.as_ref())
            }
        }
    };
}

macro_rules! searched {
    ($kind:ty) => {
        impl SubscriptionField<$kind> {
            /// Matches the rows in which the field contains this text.
            ///
            /// # Errors
            ///
            /// [`FilterErrorKind::ControlCharacter`] if the text contains one; the column is its position in the text.
            pub fn contains(&self, text: impl AsRef<str>) -> Result<Filter<Subscriptions>, FilterError> {
                Filter::text(self.name, "contains", text.as_ref())
            }
        }
    };
}

whole!(Exact);
whole!(ExactOrSearched);
searched!(Searched);
searched!(ExactOrSearched);

impl SubscriptionField<Flag> {
    /// Matches the rows in which the field has this value.
    // Takes `&self` so that this method has precedence over `PartialEq::eq` for a borrowed field too.
    pub fn eq(&self, value: bool) -> Filter<Subscriptions> {
        Filter::flag(self.name, "eq", value)
    }

    /// Matches the rows in which the field has the other value.
    pub fn ne(&self, value: bool) -> Filter<Subscriptions> {
        Filter::flag(self.name, "ne", value)
    }
}

macro_rules! dates {
    ($($operator:ident: $words:literal;)*) => {
        impl SubscriptionField<Date> {
            $(
                #[doc = concat!("Matches the rows in which the date is ", $words, " this one.")]
                ///
                /// # Errors
                ///
                /// [`FilterErrorKind::InvalidDate`] if it is not a date.
                pub fn $operator(&self, date: impl Into<Timestamp>) -> Result<Filter<Subscriptions>, FilterError> {
                    self.date(stringify!($operator), &date.into())
                }
            )*
        }
    };
}

dates! {
    eq: "equal to";
    ne: "other than";
    gt: "after";
    lt: "before";
    ge: "equal to or after";
    le: "equal to or before";
}

impl SubscriptionField<Date> {
    fn date(self, operator: &'static str, date: &Timestamp) -> Result<Filter<Subscriptions>, FilterError> {
        if date.is_recognized() {
            Ok(Filter::date(self.name, operator, &date.to_string()))
        } else {
            Err(FilterError::new(FilterErrorKind::InvalidDate, 1, "not a date such as 2026-08-30"))
        }
    }
}

impl<Kind> fmt::Display for SubscriptionField<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<Kind> fmt::Debug for SubscriptionField<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubscriptionField({})", self.name)
    }
}
