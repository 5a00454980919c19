//! The customers of a run: their ids and names, read once, a page at a time, from the service's list or the caller's.
//!
//! A customer takes 16 bytes for its id, the bytes of its name, and a few bytes of bookkeeping. Nothing else of the
//! list is kept, not even a position: a resumed run reads the list again.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::CustomerId;
use crate::chain::CustomerList;
use crate::error::{Error, ErrorKind, Result};
use crate::models::{Customer, CustomerCollection, Findings};
use crate::paging::Pages;

/// Customers given by the caller.
pub(crate) type Customers = Box<dyn Iterator<Item = CustomerId> + Send>;

/// A page of customers.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    /// Findings about the page, such as entries that could not be decoded.
    pub(crate) findings: Findings,
}

/// An entry of a list of customers.
#[derive(Default)]
pub(crate) struct Entry {
    /// `None` if it is not a GUID, or is all zeros: such an entry cannot be read.
    pub(crate) id: Option<CustomerId>,
    pub(crate) name: Option<String>,
}

impl From<CustomerId> for Entry {
    fn from(id: CustomerId) -> Self {
        Self { id: Some(id), name: None }
    }
}

impl From<Customer> for Entry {
    fn from(customer: Customer) -> Self {
        let id = customer.id.as_uuid().filter(|id| !id.is_nil()).map(CustomerId::from);
        Self { id, name: customer.company_profile.and_then(|company| company.company_name) }
    }
}

/// A source of pages of customers.
pub(crate) trait Source: Send {
    /// The next page; `None` after the last. After an error, polling again requests the failed page.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page>>>;

    /// How many pages were empty although more pages follow.
    fn empty_pages(&self) -> u64 {
        0
    }
}

/// The service's list.
struct Listed {
    list: CustomerList,
    pages: Pages<CustomerCollection>,
    /// Empty pages of earlier `pages`.
    empty: u64,
}

impl Source for Listed {
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page>>> {
        let page = std::task::ready!(Pin::new(&mut self.pages).poll_next(context));
        if let Some(Err(error)) = &page
            && let Some(continuation) = error.continuation()
        {
            self.empty += self.pages.empty_pages();
            self.pages = self.list.clone().resume(continuation.clone()).pages();
        }
        Poll::Ready(page.map(|page| {
            page.map(|page| Page {
                findings: page.findings().clone(),
                entries: page.into_items().into_iter().map(Entry::from).collect(),
            })
        }))
    }

    fn empty_pages(&self) -> u64 {
        self.empty + self.pages.empty_pages()
    }
}

/// The page size for the caller's list.
const PAGE: usize = 500;

/// The caller's list.
struct Given(Customers);

impl Source for Given {
    fn poll_page(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Page>>> {
        let entries: Vec<_> = self.0.by_ref().take(PAGE).map(Entry::from).collect();
        let page = Page { entries, findings: Findings::default() };
        Poll::Ready((!page.entries.is_empty()).then_some(Ok(page)))
    }
}

/// The customers of a run, without duplicates, in the order of the list.
pub(crate) struct CustomerIndex {
    /// `None` once all pages are read.
    source: Option<Box<dyn Source>>,
    ids: Vec<CustomerId>,
    names: Names,
    /// Detects duplicates; cleared when all pages are read.
    seen: HashSet<CustomerId>,
    without_id: u64,
    /// Entries so far, including those that could not be decoded.
    entries: usize,
    findings: Findings,
    empty_pages: u64,
}

impl CustomerIndex {
    pub(crate) fn new(source: Box<dyn Source>) -> Self {
        Self {
            source: Some(source),
            ids: Vec::new(),
            names: Names::default(),
            seen: HashSet::new(),
            without_id: 0,
            entries: 0,
            findings: Findings::default(),
            empty_pages: 0,
        }
    }

    /// The customers of the service's list.
    pub(crate) fn listed(list: CustomerList) -> Self {
        let pages = list.pages();
        Self::new(Box::new(Listed { list, pages, empty: 0 }))
    }

    /// The customers given by the caller.
    pub(crate) fn given(customers: impl IntoIterator<Item = CustomerId, IntoIter: Send + 'static>) -> Self {
        Self::new(Box::new(Given(Box::new(customers.into_iter()))))
    }

    /// Reads another page and returns the numbers of its new customers; `None` once all pages are read. After an error,
    /// polling again requests the failed page, if the error allows it.
    pub(crate) fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Range<usize>>>> {
        let Some(source) = &mut self.source else { return Poll::Ready(None) };
        let page = std::task::ready!(source.poll_page(context));
        self.empty_pages = source.empty_pages();
        match page {
            Some(Ok(page)) => {
                let before = self.ids.len();
                let unreadable = usize::try_from(page.findings.unreadable_count()).unwrap_or(usize::MAX);
                self.findings.append(page.findings, self.entries);
                self.entries = self.entries.saturating_add(page.entries.len()).saturating_add(unreadable);
                for entry in page.entries {
                    match entry.id {
                        Some(id) if self.seen.insert(id) => self.push(id, entry.name.as_deref()),
                        Some(_) => {}
                        None => self.without_id = self.without_id.saturating_add(1),
                    }
                }
                Poll::Ready(Some(Ok(before..self.ids.len())))
            }
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            None => {
                self.source = None;
                self.seen = HashSet::new();
                Poll::Ready(None)
            }
        }
    }

    fn push(&mut self, id: CustomerId, name: Option<&str>) {
        self.ids.push(id);
        self.names.push(name.unwrap_or_default());
    }

    /// Adds a customer that is not in the list, and returns its number.
    pub(crate) fn add(&mut self, id: CustomerId) -> usize {
        self.push(id, None);
        self.ids.len() - 1
    }

    /// Whether all pages are read.
    pub(crate) fn is_complete(&self) -> bool {
        self.source.is_none()
    }

    /// How many customers are read so far.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The customers by number, in the order of the list.
    pub(crate) fn ids(&self) -> &[CustomerId] {
        &self.ids
    }

    /// The customer's name from the list, if it has one.
    pub(crate) fn name(&self, number: usize) -> Option<&str> {
        self.names.get(number)
    }

    /// Entries without an id that is a GUID.
    pub(crate) fn without_id(&self) -> u64 {
        self.without_id
    }

    /// Pages that were empty although more pages follow.
    pub(crate) fn empty_pages(&self) -> u64 {
        self.empty_pages
    }

    /// Entries that could not be decoded.
    pub(crate) fn unreadable(&self) -> u64 {
        self.findings.unreadable_count()
    }

    /// Findings about the list, by position in the whole list.
    pub(crate) fn findings(&self) -> &Findings {
        &self.findings
    }
}

/// Omits the customers: there may be thousands, and their names are customer data.
impl fmt::Debug for CustomerIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerIndex")
            .field("customers", &self.ids.len())
            .field("complete", &self.is_complete())
            .field("without_id", &self.without_id)
            .field("unreadable", &self.unreadable())
            .finish_non_exhaustive()
    }
}

/// Names, concatenated in one string. A hundred thousand separate strings would need three times the memory.
#[derive(Default)]
struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(self.text.len());
    }

    /// The name by number; `None` if it is empty.
    fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..end).filter(|name| !name.is_empty())
    }
}

/// The error for a checkpoint that belongs to another kind of sweep.
pub(crate) fn of_another_sweep() -> Error {
    Error::new(ErrorKind::InvalidInput, "the checkpoint belongs to another kind of sweep").with_advice(
        "Use a checkpoint from the same kind of sweep (the service's list, a given list of customers, or the \
         commercial query), or start again without one.",
    )
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use uuid::Uuid;

    use super::*;
    use crate::models::UnreadableRow;

    struct Scripted(std::vec::IntoIter<Result<Page>>);

    impl Source for Scripted {
        fn poll_page(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Page>>> {
            Poll::Ready(self.0.next())
        }
    }

    fn id(number: u128) -> CustomerId {
        Uuid::from_u128(number).into()
    }

    fn entry(number: u128, name: &str) -> Entry {
        Entry { id: Some(id(number)), name: Some(name.to_owned()) }
    }

    /// Findings about entries that are not objects, at the start of a page.
    fn unreadable(count: usize) -> Findings {
        let text = format!("{{\"items\":[{}]}}", vec!["1"; count].join(","));
        let mut reader = serde_json::Deserializer::from_str(&text);
        crate::models::read::<CustomerCollection, _>(&mut reader).unwrap().1
    }

    fn poll(customer_index: &mut CustomerIndex) -> Option<Result<Range<usize>>> {
        match customer_index.poll_page(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(page) => page,
            Poll::Pending => panic!("nothing to wait for"),
        }
    }

    #[test]
    fn every_customer_is_kept_once_with_its_first_name_and_other_entries_are_counted() {
        let pages = vec![
            Ok(Page {
                entries: vec![entry(1, "Öre"), Entry::default(), entry(2, "")],
                findings: unreadable(1),
            }),
            Err(Error::new(ErrorKind::Unavailable, "")),
            Ok(Page {
                entries: vec![entry(1, "Later"), id(3).into(), entry(4, "Four")],
                findings: unreadable(2),
            }),
        ];
        let mut customer_index = CustomerIndex::new(Box::new(Scripted(pages.into_iter())));
        assert_eq!(poll(&mut customer_index).unwrap().unwrap(), 0..2);
        assert!(poll(&mut customer_index).unwrap().is_err());
        assert_eq!(poll(&mut customer_index).unwrap().unwrap(), 2..4);
        assert!(!customer_index.is_complete());
        assert!(
            poll(&mut customer_index).is_none()
                && poll(&mut customer_index).is_none()
                && customer_index.is_complete()
        );
        assert_eq!(customer_index.add(id(9)), 4);

        assert_eq!(customer_index.ids(), [1, 2, 3, 4, 9].map(id));
        let names: Vec<_> = (0..6).map(|number| customer_index.name(number)).collect();
        assert_eq!(names, [Some("Öre"), None, None, Some("Four"), None, None]);
        assert_eq!(
            (customer_index.len(), customer_index.without_id(), customer_index.unreadable()),
            (5, 1, 3)
        );
        let unreadable: Vec<_> =
            customer_index.findings().unreadable().iter().map(UnreadableRow::row).collect();
        assert_eq!(unreadable, [0, 4, 5], "by position in the list");
        assert!(!format!("{customer_index:?}").contains("Four"), "{customer_index:?}");
    }

    #[test]
    fn an_all_zero_id_is_ignored() {
        let customer: Customer = serde_json::from_str(&format!(r#"{{"id":"{}"}}"#, Uuid::nil())).unwrap();
        assert_eq!(Entry::from(customer).id, None);
    }
}
