//! The rows a join holds until all are there, packed: what many rows share is kept once, and a row holds numbers.
//!
//! A partner with 100,000 customers has about a million rows of deployment and usage; at 32 bytes each they are some
//! 30 MiB, a quarter of what they take with their pointers and dates in them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::cell::Entry;
use super::key::{Product, WorkloadLabel};
use super::settle::{Part, Stamp};
use crate::CustomerId;

/// Rows of any number of customers.
#[derive(Debug, Default)]
pub(super) struct Entries {
    rows: Vec<Packed>,
    customers: Shared<CustomerId>,
    /// By the number of the customer.
    names: Vec<Option<Name>>,
    products: Shared<Arc<Product>>,
    workloads: Shared<Arc<WorkloadLabel>>,
    stamps: Shared<Stamp>,
}

/// A row by the numbers of what it shares with others.
#[derive(Debug)]
struct Packed {
    customer: u32,
    product: u32,
    /// [`NONE`] in a row of deployment.
    workload: u32,
    stamp: u32,
    /// [`UNKNOWN`] where the count is.
    counts: [u64; 2],
}

/// No row has this number: 2^32 distinct values would not fit in memory.
const NONE: u32 = u32::MAX;

/// Counts come from signed numbers, so none is this large.
const UNKNOWN: u64 = u64::MAX;

/// A customer's name, which `Debug` does not show.
struct Name(Box<str>);

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<customer data>")
    }
}

impl Entries {
    /// Takes a row in. Of several names of one customer the first in the order of text is kept.
    pub(super) fn push(
        &mut self,
        customer: CustomerId,
        name: Option<&str>,
        product: Product,
        workload: Option<WorkloadLabel>,
        part: Part,
    ) {
        let customer = self.customers.number(customer);
        self.names.resize_with(self.customers.values.len(), || None);
        if let Some(kept) = self.names.get_mut(index(customer))
            && let Some(name) = name
            && kept.as_ref().is_none_or(|Name(kept)| name < &**kept)
        {
            *kept = Some(Name(name.into()));
        }
        let (counts, stamp) = part.split();
        self.rows.push(Packed {
            customer,
            product: self.products.number(product),
            workload: workload.map_or(NONE, |workload| self.workloads.number(workload)),
            stamp: self.stamps.number(stamp),
            counts: counts.map(|count| count.unwrap_or(UNKNOWN)),
        });
    }

    /// Hands out the rows of one customer after the other, in the order of their ids, each customer's in their
    /// [order](Entry::order).
    pub(super) fn by_customer(self, mut each: impl FnMut(CustomerId, Option<&str>, &[Entry])) {
        let Self { mut rows, customers, names, products, workloads, stamps } = self;
        let id = |row: &Packed| customers.values.get(index(row.customer));
        rows.sort_unstable_by(|a, b| id(a).cmp(&id(b)));
        let mut entries = Vec::new();
        for of_customer in rows.chunk_by(|a, b| a.customer == b.customer) {
            let Some(first) = of_customer.first() else { continue };
            let Some(customer) = id(first) else { continue };
            entries.extend(of_customer.iter().filter_map(|row| {
                Some(Entry {
                    product: Arc::clone(products.values.get(index(row.product))?),
                    workload: workloads.values.get(index(row.workload)).cloned(),
                    part: Part::joined(
                        row.counts.map(|count| (count != UNKNOWN).then_some(count)),
                        stamps.values.get(index(row.stamp))?,
                    ),
                })
            }));
            entries.sort_unstable_by(Entry::order);
            let name = names.get(index(first.customer)).and_then(Option::as_ref);
            each(*customer, name.map(|Name(name)| &**name), &entries);
            entries.clear();
        }
    }
}

/// Values by number, in the order they were first seen.
#[derive(Debug)]
struct Shared<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { values: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Shared<T> {
    fn number<V>(&mut self, value: V) -> u32
    where
        V: Eq + Hash + Into<T>,
        T: std::borrow::Borrow<V>,
    {
        if let Some(known) = self.numbers.get(&value) {
            return *known;
        }
        let number = u32::try_from(self.values.len()).unwrap_or(NONE);
        let value = value.into();
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
