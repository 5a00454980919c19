//! The grouping of a commercial license query.

use std::fmt;
use std::str::FromStr;

use super::{Field, FilterError, Operation, parse};

/// The fields by which the rows of a commercial license query are grouped, in order and without duplicates.
///
/// The rows of a grouped query have only these fields and the counts. The documented counts are `licensesDeployed` and
/// `licensesSold` for deployment, `licensesActive` and `licensesQualified` for usage.
///
/// ```
/// use partner_center::filter::{Deployment, Field, Grouping};
///
/// let grouping: Grouping<Deployment> = Grouping::by(Field::CUSTOMER_TENANT_ID).and(Field::PRODUCT_ID);
/// assert_eq!(grouping.to_string(), "customerTenantId,productId");
/// assert_eq!(grouping, "CustomerTenantId, ProductId".parse()?);
/// # Ok::<(), partner_center::filter::FilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a grouping does nothing until it is passed to a query"]
pub struct Grouping<Op> {
    fields: Vec<Field<Op>>,
}

impl<Op: Operation> Grouping<Op> {
    /// Groups by one field.
    ///
    /// ```
    /// use partner_center::filter::{Field, Grouping};
    ///
    /// assert_eq!(Grouping::by(Field::WORKLOAD_CODE).to_string(), "workloadCode");
    /// ```
    pub fn by(field: Field<Op>) -> Self {
        Self { fields: vec![field] }
    }

    /// Adds a field. A field that is already present keeps its position.
    ///
    /// ```
    /// use partner_center::filter::{Deployment, Field, Grouping};
    ///
    /// let grouping: Grouping<Deployment> =
    ///     Grouping::by(Field::CHANNEL).and(Field::PRODUCT_ID).and(Field::CHANNEL);
    /// assert_eq!(grouping.to_string(), "channel,productId");
    /// ```
    pub fn and(mut self, field: Field<Op>) -> Self {
        if !self.fields.contains(&field) {
            self.fields.push(field);
        }
        self
    }

    /// The fields, in order.
    ///
    /// ```
    /// use partner_center::filter::{Field, Grouping, Usage};
    ///
    /// let grouping: Grouping<Usage> = "channel, workloadName".parse()?;
    /// assert_eq!(grouping.fields(), [Field::CHANNEL, Field::WORKLOAD_NAME]);
    /// # Ok::<(), partner_center::filter::FilterError>(())
    /// ```
    pub fn fields(&self) -> &[Field<Op>] {
        &self.fields
    }
}

/// Formats the query parameter before percent-encoding: the names, separated by commas.
impl<Op> fmt::Display for Grouping<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, field) in self.fields.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "," })?;
            f.write_str(field.name())?;
        }
        Ok(())
    }
}

/// Parses field names separated by commas, ignoring case and white space.
///
/// # Errors
///
/// The [`FilterError`] has the reason and the column. A duplicate field is rejected, because it is probably a mistake
/// for another one.
///
/// ```
/// use partner_center::filter::{Deployment, Grouping};
///
/// let error = "channel, productId, Channel".parse::<Grouping<Deployment>>().unwrap_err();
/// assert_eq!(error.to_string(), "column 21: `channel` is named twice");
/// ```
impl<Op: Operation> FromStr for Grouping<Op> {
    type Err = FilterError;

    fn from_str(input: &str) -> Result<Self, FilterError> {
        parse::grouping(input)
    }
}
