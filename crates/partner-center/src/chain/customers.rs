//! `partner.customers()`: the customers of the partner.

use partner_center_models::CustomerCollection;

use crate::chain::CustomerHandle;
use crate::client::PartnerCenter;
use crate::continuation::{Arguments, Continuation};
use crate::paging::{Items, Pages};
use crate::{CustomerFilter, CustomerId};

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

    pub(crate) fn partner(&self) -> &PartnerCenter {
        &self.partner
    }

    /// One customer, by id. Nothing is sent: whether the customer exists is known after the first call.
    pub fn by_id(&self, id: impl Into<CustomerId>) -> CustomerHandle {
        CustomerHandle::new(self.partner.clone(), id.into())
    }

    /// All customers, a page at a time.
    pub fn list(&self) -> CustomerList {
        CustomerList { partner: self.partner.clone(), arguments: Arguments::default(), resume: None }
    }
}

/// A request for the list of customers.
///
/// `GET /v1/customers`; application-only and App+User tokens. An entry has the customer's id, names and relationship;
/// [`CustomerHandle::get`] returns all details. The list has no count: it ends after the last page.
/// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-a-list-of-customers>
///
/// Invalid arguments are reported when the list is first polled, before anything is sent.
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until `pages` or `stream` is called"]
pub struct CustomerList {
    partner: PartnerCenter,
    arguments: Arguments,
    resume: Option<Continuation>,
}

impl CustomerList {
    /// The page size: at most 500, which is also the service's default. With 0, the service chooses the size.
    pub fn size(mut self, size: u32) -> Self {
        self.arguments.size = Some(size);
        self
    }

    /// Lists only the customers that match a filter.
    #[expect(clippy::needless_pass_by_value, reason = "a filter is usually built for one query")]
    pub fn filter(mut self, filter: CustomerFilter) -> Self {
        self.arguments.filter = Some(filter.to_string());
        self
    }

    /// Resumes a list of customers. The continuation includes its arguments; any argument that is also set here must
    /// have the same value.
    pub fn resume(mut self, continuation: Continuation) -> Self {
        self.resume = Some(continuation);
        self
    }

    /// The pages of the list. Each page is requested when the stream is polled for it.
    pub fn pages(&self) -> Pages<CustomerCollection> {
        Pages::new(&self.partner, &self.arguments, self.resume.as_ref())
    }

    /// The customers of the list, as a stream.
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
    /// let mut customers = partner.customers().list().stream();
    /// while let Some(customer) = customers.try_next().await? {
    ///     println!("{}", customer.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self) -> Items<CustomerCollection> {
        Items::new(self.pages())
    }
}
