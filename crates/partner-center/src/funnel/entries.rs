//! Compact storage for the rows of a join: values that rows share are stored once, and rows refer to them by number.
//!
//! A partner with 100,000 customers has about a million rows of deployment and usage. At 20 bytes each they take about
//! 19 MiB. With pointers and dates in each row they would take six times as much.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::merge::{RowMetadata, RowValues};
use super::product_group::Entry;
use super::product_key::{Product, WorkloadLabel};
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
    /// Pairs of product and workload, by their numbers. The workload is [`NONE`] in a deployment row.
    subjects: Shared<(u32, u32)>,
    stamps: Shared<RowMetadata>,
    counts: Counts,
}

/// A row that refers to shared values by number.
#[derive(Debug)]
struct Packed {
    customer: u32,
    subject: u32,
    stamp: u32,
    /// Packed by [`Counts`].
    counts: [u32; 2],
}

/// An unused number: 2^32 distinct values would not fit in memory.
const NONE: u32 = u32::MAX;

/// Packs counts into 32 bits. Larger counts are stored here and packed as their number.
#[derive(Debug, Default)]
struct Counts {
    large: Vec<i64>,
}

impl Counts {
    const UNKNOWN: u32 = u32::MAX;
    /// A packed count of at least this value is the number of a large count.
    const LARGE: u32 = 1 << 31;

    fn pack(&mut self, count: Option<i64>) -> u32 {
        let Some(count) = count else { return Self::UNKNOWN };
        match u32::try_from(count) {
            Ok(count) if count < Self::LARGE => count,
            _ => {
                let number = u32::try_from(self.large.len()).unwrap_or(u32::MAX);
                self.large.push(count);
                Self::LARGE.saturating_add(number)
            }
        }
    }

    fn unpack(&self, packed: u32) -> Option<i64> {
        match packed.checked_sub(Self::LARGE) {
            None => Some(packed.into()),
            Some(number) => self.large.get(index(number)).copied(),
        }
    }
}

/// A customer's name; `Debug` does not show it.
struct Name(Box<str>);

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<customer data>")
    }
}

impl Entries {
    /// Adds a row. If a customer has several names, the alphabetically first one is kept.
    pub(super) fn push(
        &mut self,
        customer: CustomerId,
        name: Option<&str>,
        product: Product,
        workload: Option<WorkloadLabel>,
        part: RowValues,
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
        let product = self.products.number(product);
        let workload = workload.map_or(NONE, |workload| self.workloads.number(workload));
        self.rows.push(Packed {
            customer,
            subject: self.subjects.number((product, workload)),
            stamp: self.stamps.number(stamp),
            counts: counts.map(|count| self.counts.pack(count)),
        });
    }

    /// The rows of one customer at a time, in order of customer id.
    pub(super) fn into_customers(self) -> ByCustomer {
        let Self { mut rows, customers, names, products, workloads, subjects, stamps, counts } = self;
        // The maps that number values are dropped here.
        let customers = customers.values;
        let id = |row: &Packed| customers.get(index(row.customer));
        rows.sort_unstable_by(|a, b| id(a).cmp(&id(b)));
        ByCustomer {
            rows,
            at: 0,
            customers,
            names,
            products: products.values,
            workloads: workloads.values,
            subjects: subjects.values,
            stamps: stamps.values,
            counts,
        }
    }
}

/// Iterates over the customers of the rows.
#[derive(Debug, Default)]
pub(super) struct ByCustomer {
    /// Sorted by customer id.
    rows: Vec<Packed>,
    /// The index of the next row.
    at: usize,
    customers: Vec<CustomerId>,
    names: Vec<Option<Name>>,
    products: Vec<Arc<Product>>,
    workloads: Vec<Arc<WorkloadLabel>>,
    subjects: Vec<(u32, u32)>,
    stamps: Vec<RowMetadata>,
    counts: Counts,
}

/// The rows of one customer, in their [order](Entry::order).
pub(super) struct CustomerEntries {
    pub(super) id: CustomerId,
    pub(super) name: Option<String>,
    pub(super) entries: Vec<Entry>,
}

impl ByCustomer {
    fn entry(&self, row: &Packed) -> Option<Entry> {
        let (product, workload) = *self.subjects.get(index(row.subject))?;
        Some(Entry {
            product: Arc::clone(self.products.get(index(product))?),
            workload: self.workloads.get(index(workload)).cloned(),
            part: RowValues::joined(
                row.counts.map(|packed| self.counts.unpack(packed)),
                self.stamps.get(index(row.stamp))?,
            ),
        })
    }
}

impl Iterator for ByCustomer {
    type Item = CustomerEntries;

    fn next(&mut self) -> Option<CustomerEntries> {
        let rest = self.rows.get(self.at..)?;
        let customer = rest.first()?.customer;
        let of_customer = rest.iter().take_while(|row| row.customer == customer);
        let rows = of_customer.clone().count();
        let mut entries: Vec<_> = of_customer.filter_map(|row| self.entry(row)).collect();
        entries.sort_unstable_by(Entry::order);
        let name = self.names.get(index(customer)).and_then(Option::as_ref);
        let name = name.map(|Name(name)| name.to_string());
        let id = *self.customers.get(index(customer))?;
        self.at += rows;
        Some(CustomerEntries { id, name, entries })
    }
}

/// Distinct values, numbered in order of first use.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_any_size_survive_packing() {
        let mut counts = Counts::default();
        let edge = i64::from(Counts::LARGE);
        let all = [
            None,
            Some(0),
            Some(edge - 1),
            Some(edge),
            Some(i64::from(u32::MAX)),
            Some(i64::MAX),
            None,
            Some(7),
        ];
        let packed = all.map(|count| counts.pack(count));
        assert_eq!(packed.map(|packed| counts.unpack(packed)), all);
        assert_eq!(counts.large.len(), 3, "only what does not fit matches room of its own");
        assert_eq!(size_of::<Packed>(), 20);
    }
}
