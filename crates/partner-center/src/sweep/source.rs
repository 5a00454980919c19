//! Where the customers of a sweep come from, a page at a time: the service's list, or a list of the caller's.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::checkpoint::Place;
use crate::CustomerId;
use crate::chain::CustomerList;
use crate::error::{Error, ErrorKind, Result};
use crate::models::{Customer, CustomerCollection};
use crate::paging::Pages;

/// Customers that a caller gave.
pub(super) type Customers = Box<dyn Iterator<Item = CustomerId> + Send>;

/// Pages of customers, one after the other.
pub(super) trait Source: Send {
    /// Where the next page is to be had; `None` after the last.
    fn next_place(&self) -> Option<Place>;

    /// The next page. An id that is no GUID is `None`.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<Option<CustomerId>>>>>;
}

/// The service's list.
impl Source for Pages<CustomerCollection> {
    fn next_place(&self) -> Option<Place> {
        self.continuation().cloned().map(Place::Listed)
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<Option<CustomerId>>>>> {
        let id = |customer: Customer| customer.id.as_uuid().map(CustomerId::from);
        Pin::new(self).poll_next(context).map_ok(|page| page.into_inner().items.into_iter().map(id).collect())
    }
}

/// How many customers of a given list make a page.
const PAGE: usize = 500;

/// A list that the caller gave.
pub(super) struct Given {
    customers: Customers,
    taken: u64,
    digest: u64,
    over: bool,
    /// Where to go on, if that is not the start.
    resume: Option<(u64, u64)>,
}

impl Given {
    pub(super) fn new(customers: Customers, resume: Option<(u64, u64)>) -> Self {
        Self { customers, taken: 0, digest: Digest::default().0, over: false, resume }
    }

    fn take(&mut self) -> Option<CustomerId> {
        let customer = self.customers.next()?;
        self.taken += 1;
        self.digest = Digest(self.digest).with(customer).0;
        Some(customer)
    }

    /// Passes over what was taken before, and makes sure that it is the same.
    fn go_on(&mut self) -> Result<()> {
        let Some((taken, digest)) = self.resume.take() else { return Ok(()) };
        while self.taken < taken && self.take().is_some() {}
        if (self.taken, self.digest) == (taken, digest) { Ok(()) } else { Err(of_another_list()) }
    }
}

impl Source for Given {
    fn next_place(&self) -> Option<Place> {
        let (taken, digest) = self.resume.unwrap_or((self.taken, self.digest));
        (!self.over).then_some(Place::Given { taken, digest })
    }

    fn poll_page(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Vec<Option<CustomerId>>>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if let Err(error) = self.go_on() {
            self.over = true;
            return Poll::Ready(Some(Err(error)));
        }
        let page: Vec<_> = std::iter::from_fn(|| self.take().map(Some)).take(PAGE).collect();
        self.over = page.len() < PAGE;
        Poll::Ready(Some(Ok(page)))
    }
}

/// FNV-1a over ids: the same in every release and on every machine, as a saved digest must be, and no defence against
/// anybody, as none is needed.
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn with(self, customer: CustomerId) -> Self {
        let bytes = customer.as_uuid().into_bytes();
        Self(
            bytes
                .iter()
                .fold(self.0, |digest, byte| (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)),
        )
    }
}

/// What a checkpoint that belongs to other customers is refused with.
pub(super) fn of_another_list() -> Error {
    Error::new(ErrorKind::InvalidInput, "the checkpoint is of a sweep over other customers").with_advice(
        "Resume with the customers it was made with, in the same order, or start again without it.",
    )
}

/// The source of a sweep over these customers, or over the list if there are none, from where it is to go on.
pub(super) fn choose(
    given: Option<Customers>,
    list: CustomerList,
    at: Option<Place>,
) -> Result<Box<dyn Source>> {
    match (given, at) {
        (Some(given), None) => Ok(Box::new(Given::new(given, None))),
        (Some(given), Some(Place::Given { taken, digest })) => {
            Ok(Box::new(Given::new(given, Some((taken, digest)))))
        }
        (None, None) => Ok(Box::new(list.pages())),
        (None, Some(Place::Listed(continuation))) => Ok(Box::new(list.resume(continuation).pages())),
        _ => Err(of_another_list()),
    }
}
