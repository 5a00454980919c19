//! `partner.customers()`: the customers of the partner.

use partner_center_models::CustomerCollection;

use crate::chain::CustomerHandle;
use crate::paging::{Arguments, Continuation, Items, Pages};
use crate::partner::PartnerCenter;
use crate::sweep::{Book, BookRow, Rows, Sweep};
use crate::{CustomerFilter, CustomerId, Response, Result};

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

    /// Asks the same question about every customer: one outcome for each, whatever becomes of the others.
    ///
    /// The question is a function from a customer's handle to an answer. [`sweep::deployment`](crate::sweep::deployment)
    /// and [`sweep::usage`](crate::sweep::usage) are two; [the module](crate::sweep) shows one of your own.
    pub fn sweep<F, A, T>(&self, question: F) -> Sweep<T>
    where
        F: Fn(CustomerHandle) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response<T>>> + Send + 'static,
        T: Rows + Send + 'static,
    {
        Sweep::new(self.partner.clone(), question)
    }

    /// Reads all rows of all customers, in as few requests as the service allows.
    ///
    /// [The module](crate::sweep#where-the-rows-come-from) says which source they come from.
    pub fn book<R: BookRow>(&self) -> Book<R> {
        Book::new(self.partner.clone())
    }

    /// All customers, a page at a time.
    ///
    /// ```no_run
    /// # fn run(partner: partner_center::PartnerCenter) {
    /// let list = partner.customers().list();
    /// # }
    /// ```
    pub fn list(&self) -> CustomerList {
        CustomerList { partner: self.partner.clone(), arguments: Arguments::default(), resume: None }
    }
}

/// A list of customers that has not been asked for yet.
///
/// `GET /v1/customers`; application-only and App+User tokens. An entry has the customer's id, names and relationship;
/// [the customer itself](CustomerHandle::get) has the rest. The list has no count: it ends where the pages end.
/// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-a-list-of-customers>
///
/// An argument that the service would not take is refused when the list is first polled, before anything is sent.
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until `pages` or `stream` is called"]
pub struct CustomerList {
    partner: PartnerCenter,
    arguments: Arguments,
    resume: Option<Continuation>,
}

impl CustomerList {
    /// How many customers a page may hold: at most 500, which is also the service's default. 0 leaves it to the service.
    ///
    /// ```no_run
    /// # fn run(partner: partner_center::PartnerCenter) {
    /// let list = partner.customers().list().size(100);
    /// # }
    /// ```
    pub fn size(mut self, size: u32) -> Self {
        self.arguments.size = Some(size);
        self
    }

    /// Lists only some customers.
    ///
    /// ```no_run
    /// # use partner_center::{CustomerFilter, PartnerCenter};
    /// # fn run(partner: PartnerCenter) {
    /// let list = partner.customers().list().filter(CustomerFilter::company_name("cont"));
    /// # }
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "a filter is made to be given away")]
    pub fn filter(mut self, filter: CustomerFilter) -> Self {
        self.arguments.filter = Some(filter.to_string());
        self
    }

    /// Goes on where a list of customers stood. The continuation brings its arguments along; one that is given here as
    /// well must be the same.
    ///
    /// ```no_run
    /// # use partner_center::{Continuation, PartnerCenter};
    /// # async fn run(partner: PartnerCenter, continuation: Continuation) -> partner_center::Result<()> {
    /// let mut pages = partner.customers().list().resume(continuation).pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} customers more", page.items.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(mut self, continuation: Continuation) -> Self {
        self.resume = Some(continuation);
        self
    }

    /// The pages of the list, each asked for when it is wanted.
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
    /// let mut pages = partner.customers().list().size(100).pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} customers, then {:?}", page.items.len(), page.continuation());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self) -> Pages<CustomerCollection> {
        Pages::new(&self.partner, &self.arguments, self.resume.as_ref())
    }

    /// The customers of the list, one after the other.
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
