//! `partner.customers()`: the customers of the partner.

use crate::CustomerId;
use crate::chain::CustomerHandle;
use crate::partner::PartnerCenter;

/// The customers of the partner.
#[derive(Clone, Debug)]
#[must_use]
pub struct Customers {
    partner: PartnerCenter,
}

impl Customers {
    pub(crate) fn new(partner: PartnerCenter) -> Self {
        Self { partner }
    }

    /// One customer, by its id. Nothing is sent: whether there is such a customer shows at the first call.
    pub fn by_id(&self, id: impl Into<CustomerId>) -> CustomerHandle {
        CustomerHandle::new(self.partner.clone(), id.into())
    }
}
