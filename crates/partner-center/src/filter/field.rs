//! The fields of the commercial queries, typed by operation. The constants and the lists of fields are generated
//! from the contract.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use super::comparison::unknown;
use super::{Comparison, Filter, FilterError};
use crate::paging::PagedCollection;

/// The commercial license deployment query.
///
/// A marker type without values for a [`Field`], a [`Filter`] or a [`Grouping`](super::Grouping).
///
/// ```
/// use partner_center::filter::{Deployment, Operation};
///
/// assert_eq!(Deployment::NAME, "deployment");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deployment {}

/// The commercial license usage query, which has two workload fields in addition to the fields of deployment.
///
/// A marker type without values for a [`Field`], a [`Filter`] or a [`Grouping`](super::Grouping).
///
/// ```
/// use partner_center::filter::{Operation, Usage};
///
/// assert_eq!(Usage::NAME, "usage");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {}

/// The query for the subscriptions of all customers. Its fields are those of
/// [`SubscriptionField`](super::SubscriptionField).
///
/// A marker type without values for a [`Filter`] or a [`Grouping`](super::Grouping).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subscriptions {}

/// A commercial query that can be filtered and grouped: [`Deployment`], [`Usage`] or [`Subscriptions`].
///
/// The trait is sealed, because the fields are fixed by the service.
///
/// ```
/// use partner_center::filter::{Field, Filter, FilterError, LicenseOperation};
///
/// fn not_empty<Op: LicenseOperation>(field: Field<Op>) -> Result<Filter<Op>, FilterError> {
///     field.ne("")
/// }
/// assert_eq!(not_empty(Field::WORKLOAD_NAME)?.to_string(), "workloadName ne ''");
/// # Ok::<(), FilterError>(())
/// ```
pub trait Operation: Copy + Eq + Hash + fmt::Debug + Send + Sync + sealed::Sealed + 'static {
    /// The name of the operation in error messages.
    const NAME: &'static str;

    /// A page of its response.
    type Page: PagedCollection;

    /// The fields that the operation can group by, in the order of its documentation. Those of a license query can also be
    /// named in its filters.
    const FIELDS: &'static [Field<Self>];

    /// The fields that a filter can name, and how.
    #[doc(hidden)]
    const COMPARISONS: &'static [Comparison];
}

/// A commercial license query: [`Deployment`] or [`Usage`]. Both have the constants of [`Field`].
pub trait LicenseOperation: Operation {}

impl LicenseOperation for Deployment {}
impl LicenseOperation for Usage {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Deployment {}
    impl Sealed for super::Usage {}
    impl Sealed for super::Subscriptions {}
}

/// A field by which operation `Op` can be filtered and grouped.
///
/// `Op` is usually inferred from the use of the field. A field exists only for the operations that support it:
///
/// ```
/// use partner_center::filter::{Deployment, Field, Filter, Usage};
///
/// let deployment: Filter<Deployment> = Field::SERVICE_CODE.eq("o365")?;
/// let usage: Filter<Usage> = Field::SERVICE_CODE.eq("o365")?.and(Field::WORKLOAD_CODE.eq("SPO")?);
/// # Ok::<(), partner_center::filter::FilterError>(())
/// ```
///
/// ```compile_fail,E0308
/// use partner_center::filter::{Deployment, Field, Filter};
///
/// let deployment: Filter<Deployment> = Field::WORKLOAD_CODE.eq("SPO")?;
/// # Ok::<(), partner_center::filter::FilterError>(())
/// ```
///
/// Values are sent as given. The documentation and the rows of the service use different letter case (`'O365'`,
/// `o365`), so values are presumably case-insensitive, but this is not documented.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field<Op> {
    name: &'static str,
    operation: PhantomData<Op>,
}

impl<Op: LicenseOperation> Field<Op> {
    /// Matches the rows in which the field has this value.
    ///
    /// # Errors
    ///
    /// [`FilterErrorKind::ControlCharacter`](super::FilterErrorKind::ControlCharacter) if the value contains one; the column
    /// is its position in the value.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Field, Filter, FilterErrorKind};
    ///
    /// let filter: Filter<Deployment> = Field::CUSTOMER_NAME.eq("x' or channel ne 'y")?;
    /// assert_eq!(filter.to_string(), "customerName eq 'x'' or channel ne ''y'");
    ///
    /// let error = Field::<Deployment>::CUSTOMER_NAME.eq("two\nlines").unwrap_err();
    /// assert_eq!((error.kind(), error.column()), (FilterErrorKind::ControlCharacter, 4));
    /// # Ok::<(), partner_center::filter::FilterError>(())
    /// ```
    // Takes `&self` so that this method has precedence over `PartialEq::eq` for a borrowed field too.
    pub fn eq(&self, value: impl AsRef<str>) -> Result<Filter<Op>, FilterError> {
        Filter::text(self.name, "eq", value.as_ref())
    }

    /// Matches the rows in which the field has a different value.
    ///
    /// # Errors
    ///
    /// As for [`eq`](Self::eq).
    ///
    /// ```
    /// use partner_center::filter::{Field, Filter, Usage};
    ///
    /// let filter: Filter<Usage> = Field::CHANNEL.ne("reseller")?;
    /// assert_eq!(filter.to_string(), "channel ne 'reseller'");
    /// # Ok::<(), partner_center::filter::FilterError>(())
    /// ```
    pub fn ne(&self, value: impl AsRef<str>) -> Result<Filter<Op>, FilterError> {
        Filter::text(self.name, "ne", value.as_ref())
    }
}

impl<Op: Operation> Field<Op> {
    fn find(word: &str) -> Option<Self> {
        Op::FIELDS.iter().copied().find(|field| field.name.eq_ignore_ascii_case(word))
    }

    /// Finds a field by name, ignoring case. The error lists the fields. It does not repeat the word, which may be a
    /// value without quotes.
    pub(super) fn lookup(word: &str, column: usize) -> Result<Self, FilterError> {
        let names: Vec<_> = Op::FIELDS.iter().map(|field| field.name).collect();
        Self::find(word).ok_or_else(|| unknown::<Op>(word, column, &names))
    }
}

impl<Op> Field<Op> {
    pub(super) const fn named(name: &'static str) -> Self {
        Self { name, operation: PhantomData }
    }

    /// The name of the field in a filter, in a grouping and in the rows.
    ///
    /// ```
    /// use partner_center::filter::{Field, Usage};
    ///
    /// assert_eq!(Field::<Usage>::CUSTOMER_TENANT_ID.name(), "customerTenantId");
    /// ```
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<Op> fmt::Display for Field<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<Op> fmt::Debug for Field<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.name)
    }
}
