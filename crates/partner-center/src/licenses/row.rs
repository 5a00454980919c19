//! What the rows of deployment and usage have in common.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::chain::{CommercialLicensesQuery, CustomerHandle};
use crate::client::PartnerCenter;
use crate::collection::Collection;
use crate::filter::{LicenseOperation, Operation};
use crate::models::Guid;
use crate::{CustomerId, Response, Result};

/// A fact about licenses, deployment or usage: its row, and the operations that the row comes from.
///
/// The trait allows generic code over [`DeploymentRow`](super::DeploymentRow) and [`UsageRow`](super::UsageRow). It is
/// sealed.
///
/// ```no_run
/// use partner_center::chain::CustomerHandle;
/// use partner_center::licenses::LicenseRow;
///
/// async fn of_one_customer<R: LicenseRow>(customer: CustomerHandle) -> partner_center::Result<Vec<R>> {
///     Ok(R::read(customer).await?.into_items())
/// }
/// ```
#[expect(private_bounds, reason = "seals the trait")]
pub trait LicenseRow:
    Sealed
    + From<<<Self::Operation as Operation>::Page as Collection>::Item>
    + Clone
    + PartialEq
    + fmt::Debug
    + Serialize
    + DeserializeOwned
    + Send
    + Sync
    + Unpin
    + 'static
{
    /// The commercial query for these rows.
    type Operation: LicenseOperation;

    /// The row with the partner's totals over all customers.
    type PartnerRow: Clone
        + PartialEq
        + fmt::Debug
        + Serialize
        + DeserializeOwned
        + Send
        + Sync
        + Unpin
        + 'static;

    /// Reads the rows of one customer with the classic operation. Use it as the operation of a
    /// [sweep](crate::chain::Customers::sweep), or call it directly.
    fn read(customer: CustomerHandle) -> impl Future<Output = Result<Response<Vec<Self>>>> + Send + 'static;

    /// The commercial query for the rows of all customers, to be filtered, grouped and read. Its pages contain models,
    /// which convert into rows.
    fn commercial(partner: &PartnerCenter) -> CommercialLicensesQuery<Self::Operation>;

    /// Reads the totals over all customers.
    fn read_partner(
        partner: &PartnerCenter,
    ) -> impl Future<Output = Result<Response<Vec<Self::PartnerRow>>>> + Send + 'static;

    /// The customer of the row, if it names one.
    fn customer_id(&self) -> Option<CustomerId>;

    /// The id and the name of the customer.
    fn customer_mut(&mut self) -> (&mut Option<CustomerId>, &mut Option<String>);

    /// The two counts, and the percentage that the first is of the second.
    fn counts_mut(&mut self) -> ([&mut Option<i64>; 2], &mut Option<f64>);
}

pub(super) trait Sealed {}

/// The customer of a row. Some fields contain an empty text or all zeros instead of an id.
pub(super) fn customer(id: Option<Guid>) -> Option<CustomerId> {
    id.and_then(|id| id.as_uuid()).filter(|id| !id.is_nil()).map(CustomerId::from)
}
