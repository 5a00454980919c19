//! The entries of a price file, and which of them applies to a row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use partner_center::models::Timestamp;
use wildmatch::WildMatch;

use super::cost::{Price, RowCost};
use super::currency::Currency;
use super::product::{Product, Selector};
use crate::days::day_of;

/// The prices of a file.
///
/// An entry for a product's id takes precedence over one for its exact name, and that over a pattern. Among the entries
/// of one product or pattern, the newest applies whose date is not after the row's; one without a date applies from the
/// beginning. An entry that does not apply yet does not take precedence either.
#[derive(Debug, Default)]
pub(crate) struct PriceList {
    /// In the order of their first lines.
    groups: Vec<Group>,
    places: HashMap<Selector, usize>,
    /// The text of the file.
    text: String,
}

/// The entries for one product or pattern.
#[derive(Debug)]
struct Group {
    /// Sorted by date; an entry without one is first.
    entries: Vec<Entry>,
    pattern: Option<WildMatch>,
}

/// A line of a price file that has a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) line: u64,
    pub(super) selector: Selector,
    /// The product as it is written.
    pub(super) product: String,
    pub(super) from: Option<Date>,
    pub(super) price: Price,
}

/// An entry, to name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EntryRef {
    /// The line of the file, from 1.
    pub(crate) line: u64,
    /// The product as it is written.
    pub(crate) product: String,
    /// From which day it applies.
    pub(crate) from: Option<Date>,
}

/// The entry that applies to a product on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// One entry applies.
    Price(Price),
    /// None applies. The entries are those that apply later.
    Nothing(Vec<EntryRef>),
    /// Several patterns apply, so that none is chosen.
    Several(Vec<EntryRef>),
}

impl PriceList {
    pub(super) fn new(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// Adds an entry, unless there is one for the same product and day, whose line is returned.
    pub(super) fn add(&mut self, entry: Entry) -> Result<(), u64> {
        let place = *self.places.entry(entry.selector.clone()).or_insert(self.groups.len());
        let Some(group) = self.groups.get_mut(place) else {
            let pattern = match &entry.selector {
                Selector::Pattern(pattern) => Some(WildMatch::new(pattern)),
                Selector::Id(_) | Selector::Name(_) => None,
            };
            self.groups.push(Group { entries: vec![entry], pattern });
            return Ok(());
        };
        match group.entries.binary_search_by_key(&entry.from, |known| known.from) {
            Ok(known) => Err(group.entries.get(known).map_or(entry.line, |known| known.line)),
            Err(place) => {
                group.entries.insert(place, entry);
                Ok(())
            }
        }
    }

    /// The text of the file, to recognize it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A list from the text of a file that is known to be right.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Self {
        Self::of(super::sheet::Sheet::parse(text, &super::read::COLUMNS).unwrap()).unwrap()
    }

    /// The currencies of the prices, by code.
    pub(crate) fn currencies(&self) -> Vec<Currency> {
        let entries = self.groups.iter().flat_map(|group| &group.entries);
        let currencies: BTreeSet<_> = entries.map(|entry| entry.price.currency()).collect();
        currencies.into_iter().collect()
    }

    /// The entry that applies to a product on a day.
    pub(crate) fn find(&self, product: &Product, day: Date) -> Found {
        self.applicable(&self.candidates(product), day)
    }

    /// The entries that could apply to some product of these but match none.
    pub(super) fn unmatched<'p>(&self, products: impl IntoIterator<Item = &'p Product>) -> Vec<EntryRef> {
        let mut matched = vec![false; self.groups.len()];
        for place in products.into_iter().flat_map(|product| self.candidates(product)).flatten() {
            if let Some(matched) = matched.get_mut(place) {
                *matched = true;
            }
        }
        let unmatched = self.groups.iter().zip(matched).filter(|(_, matched)| !matched);
        unmatched.flat_map(|(group, _)| group.entries.iter().map(EntryRef::from)).collect()
    }

    /// The groups that match a product, by rank: its id, its name, patterns.
    fn candidates(&self, product: &Product) -> Candidates {
        let [id, name] = product
            .selectors()
            .map(|selector| selector.and_then(|selector| self.places.get(&selector).copied()));
        let texts: Vec<_> = product.texts().collect();
        let is_match = |group: &Group| {
            group.pattern.as_ref().is_some_and(|pattern| texts.iter().any(|text| pattern.matches(text)))
        };
        let patterns = (0..).zip(&self.groups).filter(|(_, group)| is_match(group)).map(|(place, _)| place);
        [id.into_iter().collect(), name.into_iter().collect(), patterns.collect()]
    }

    fn applicable(&self, candidates: &Candidates, day: Date) -> Found {
        let mut later = Vec::new();
        for rank in candidates {
            let groups: Vec<_> = rank.iter().filter_map(|place| self.groups.get(*place)).collect();
            let applicable: Vec<_> = groups.iter().filter_map(|group| group.on(day)).collect();
            match applicable.as_slice() {
                [] => {
                    later.extend(groups.iter().filter_map(|group| group.entries.first()).map(EntryRef::from));
                }
                [entry] => return Found::Price(entry.price),
                several => return Found::Several(several.iter().copied().map(EntryRef::from).collect()),
            }
        }
        Found::Nothing(later)
    }
}

/// Places of groups, by rank.
type Candidates = [Vec<usize>; 3];

impl Group {
    /// The newest entry whose date is not after the day.
    fn on(&self, day: Date) -> Option<&Entry> {
        self.entries.iter().rfind(|entry| entry.from.is_none_or(|from| from <= day))
    }
}

impl From<&Entry> for EntryRef {
    fn from(entry: &Entry) -> Self {
        Self { line: entry.line, product: entry.product.clone(), from: entry.from }
    }
}

/// Prices rows, and remembers the products for which several patterns apply.
#[derive(Debug)]
pub(crate) struct Pricer {
    list: PriceList,
    undated: Date,
    /// A report has many rows and few products.
    candidates: HashMap<Product, Candidates>,
    ambiguous: BTreeMap<String, Vec<EntryRef>>,
}

impl Pricer {
    /// `undated` is the day of rows that have no date of their own.
    pub(crate) fn new(list: PriceList, undated: Date) -> Self {
        Self { list, undated, candidates: HashMap::new(), ambiguous: BTreeMap::new() }
    }

    /// Sets the day of rows that have no date of their own.
    pub(crate) fn undated_on(&mut self, day: Date) {
        self.undated = day;
    }

    /// The list.
    pub(crate) fn list(&self) -> &PriceList {
        &self.list
    }

    /// The price of a row on the day, in UTC, on which the service computed it, or on that of rows without a date. `None`
    /// if no entry applies, or several patterns do.
    pub(crate) fn price(&mut self, product: &Product, processed: Option<&Timestamp>) -> Option<Price> {
        let day = processed.and_then(day_of).unwrap_or(self.undated);
        if !self.candidates.contains_key(product) {
            self.candidates.insert(product.clone(), self.list.candidates(product));
        }
        match self.list.applicable(self.candidates.get(product)?, day) {
            Found::Price(price) => Some(price),
            Found::Nothing(_) => None,
            Found::Several(entries) => {
                let key = product.name.clone().or_else(|| product.key()).unwrap_or_default();
                self.ambiguous.entry(key).or_insert(entries);
                None
            }
        }
    }

    /// The costs of a row with these counts; `None` if it has no price.
    pub(crate) fn cost(
        &mut self,
        product: &Product,
        processed: Option<&Timestamp>,
        shelfware: Option<i64>,
        idle: Option<i64>,
    ) -> Option<RowCost> {
        Some(self.price(product, processed)?.costs_of(shelfware, idle))
    }

    /// The products that have no price because several patterns apply, with those entries.
    pub(crate) fn ambiguous(&self) -> impl Iterator<Item = (&str, &[EntryRef])> {
        self.ambiguous.iter().map(|(product, entries)| (product.as_str(), entries.as_slice()))
    }
}

#[cfg(test)]
mod tests;
