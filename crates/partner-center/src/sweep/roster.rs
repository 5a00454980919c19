//! The customers of a run: who they are and what they are called, read once, a page at a time, from the service's list
//! or from a list of the caller's.
//!
//! A customer takes 16 bytes for its id, the letters of its name, and a few bytes to find both again. Nothing else of the
//! list is kept, and no place in it: whoever resumes reads the list anew.

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

/// Customers that a caller gave.
pub(super) type Customers = Box<dyn Iterator<Item = CustomerId> + Send>;

/// A page of customers.
#[derive(Default)]
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    /// What was odd about it, such as entries that could not be read at all.
    pub(super) findings: Findings,
}

/// An entry of a list of customers.
#[derive(Default)]
pub(super) struct Entry {
    /// `None` if it is no GUID, or the one that is all zeros: nothing can be asked about such an entry.
    pub(super) id: Option<CustomerId>,
    pub(super) name: Option<String>,
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

/// Pages of customers, one after the other.
pub(super) trait Source: Send {
    /// The next page; `None` after the last. After an error, polling again asks for the page that failed.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page>>>;

    /// How many pages were empty although others follow.
    fn empty_pages(&self) -> u64 {
        0
    }
}

/// The service's list.
struct Listed {
    list: CustomerList,
    pages: Pages<CustomerCollection>,
    /// Empty pages of the readings before this one.
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
                entries: page.into_inner().items.into_iter().map(Entry::from).collect(),
            })
        }))
    }

    fn empty_pages(&self) -> u64 {
        self.empty + self.pages.empty_pages()
    }
}

/// How many customers of a given list make a page.
const PAGE: usize = 500;

/// A list that the caller gave.
struct Given(Customers);

impl Source for Given {
    fn poll_page(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Page>>> {
        let entries: Vec<_> = self.0.by_ref().take(PAGE).map(Entry::from).collect();
        let page = Page { entries, findings: Findings::default() };
        Poll::Ready((!page.entries.is_empty()).then_some(Ok(page)))
    }
}

/// The customers of a run, in the order of the list, each once.
pub(super) struct Roster {
    /// `None` once everything is read.
    source: Option<Box<dyn Source>>,
    ids: Vec<CustomerId>,
    names: Names,
    /// To notice who is listed twice; let go when everything is read.
    seen: HashSet<CustomerId>,
    without_id: u64,
    /// Entries so far, those that could not be read included.
    entries: usize,
    findings: Findings,
    empty_pages: u64,
}

impl Roster {
    pub(super) fn new(source: Box<dyn Source>) -> Self {
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
    pub(super) fn listed(list: CustomerList) -> Self {
        let pages = list.pages();
        Self::new(Box::new(Listed { list, pages, empty: 0 }))
    }

    /// The customers that a caller gave.
    pub(super) fn given(customers: impl IntoIterator<Item = CustomerId, IntoIter: Send + 'static>) -> Self {
        Self::new(Box::new(Given(Box::new(customers.into_iter()))))
    }

    /// Reads another page: whoever is new on it, by number. `None` once everything is read. After an error, polling
    /// again asks for the page that failed, if the error says that this may help.
    pub(super) fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Range<usize>>>> {
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

    /// Adds a customer that is not in the list, and says by which number it goes.
    pub(super) fn add(&mut self, id: CustomerId) -> usize {
        self.push(id, None);
        self.ids.len() - 1
    }

    /// Whether everything is read.
    pub(super) fn is_complete(&self) -> bool {
        self.source.is_none()
    }

    /// How many customers are read so far.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The customers by number, in the order of the list.
    pub(super) fn ids(&self) -> &[CustomerId] {
        &self.ids
    }

    /// What the list calls a customer, if it does.
    pub(super) fn name(&self, number: usize) -> Option<&str> {
        self.names.get(number)
    }

    /// Entries without an id that is a GUID.
    pub(super) fn without_id(&self) -> u64 {
        self.without_id
    }

    /// Pages that were empty although others follow.
    pub(super) fn empty_pages(&self) -> u64 {
        self.empty_pages
    }

    /// Entries that could not be read at all.
    pub(super) fn unreadable(&self) -> u64 {
        self.findings.unreadable_count()
    }

    /// What was odd about the list, by position in the whole of it.
    pub(super) fn findings(&self) -> &Findings {
        &self.findings
    }
}

/// Without the customers: there may be thousands, and their names are customer data.
impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roster")
            .field("customers", &self.ids.len())
            .field("complete", &self.is_complete())
            .field("without_id", &self.without_id)
            .field("unreadable", &self.unreadable())
            .finish_non_exhaustive()
    }
}

/// Names one behind the other in one text, which a hundred thousand texts of their own would be thrice as large as.
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

    /// An empty name is none.
    fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..end).filter(|name| !name.is_empty())
    }
}

/// What a checkpoint that belongs to another kind of sweep is refused with.
pub(super) fn of_another_sweep() -> Error {
    Error::new(ErrorKind::InvalidInput, "the checkpoint belongs to a sweep of another kind").with_advice(
        "Resume a sweep over the service's list with the checkpoint of such a sweep, and a given list of customers with \
         the checkpoint of a given list; or start again without it.",
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

    /// What a page begins with: entries that are no objects.
    fn unreadable(count: usize) -> Findings {
        let text = format!("{{\"items\":[{}]}}", vec!["1"; count].join(","));
        let mut reader = serde_json::Deserializer::from_str(&text);
        crate::models::read::<CustomerCollection, _>(&mut reader).unwrap().1
    }

    fn poll(roster: &mut Roster) -> Option<Result<Range<usize>>> {
        match roster.poll_page(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(page) => page,
            Poll::Pending => panic!("nothing to wait for"),
        }
    }

    #[test]
    fn everybody_is_there_once_by_the_first_name_and_the_rest_is_counted() {
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
        let mut roster = Roster::new(Box::new(Scripted(pages.into_iter())));
        assert_eq!(poll(&mut roster).unwrap().unwrap(), 0..2);
        assert!(poll(&mut roster).unwrap().is_err());
        assert_eq!(poll(&mut roster).unwrap().unwrap(), 2..4);
        assert!(!roster.is_complete());
        assert!(poll(&mut roster).is_none() && poll(&mut roster).is_none() && roster.is_complete());
        assert_eq!(roster.add(id(9)), 4);

        assert_eq!(roster.ids(), [1, 2, 3, 4, 9].map(id));
        let names: Vec<_> = (0..6).map(|number| roster.name(number)).collect();
        assert_eq!(names, [Some("Öre"), None, None, Some("Four"), None, None]);
        assert_eq!((roster.len(), roster.without_id(), roster.unreadable()), (5, 1, 3));
        let unreadable: Vec<_> = roster.findings().unreadable().iter().map(UnreadableRow::row).collect();
        assert_eq!(unreadable, [0, 4, 5], "by position in the list");
        assert!(!format!("{roster:?}").contains("Four"), "{roster:?}");
    }

    #[test]
    fn an_id_of_zeros_is_none() {
        let customer: Customer = serde_json::from_str(&format!(r#"{{"id":"{}"}}"#, Uuid::nil())).unwrap();
        assert_eq!(Entry::from(customer).id, None);
    }
}
