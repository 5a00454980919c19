//! Finds the customers without rows after a commercial query, which does not mention them.

use partner_center::Error;
use partner_center::licenses::Coverage;

use crate::anonymizer::{anonymizer, message};
use crate::output::NamedCustomer;

/// The customers of the commercial queries and of the list of customers.
pub(super) struct CustomerCoverage {
    pub(super) with_rows: u64,
    /// `None` if the list was not read to its end.
    pub(super) listed: Option<u64>,
    pub(super) without_rows: Vec<NamedCustomer>,
    pub(super) without_id: u64,
    pub(super) unreadable: u64,
    /// Customers with rows that are not in the list.
    pub(super) unlisted: u64,
    /// Why the list was not read to its end.
    pub(super) list_error: Option<Error>,
}

impl CustomerCoverage {
    pub(super) fn of(coverage: &Coverage) -> Self {
        let listed = coverage.listed();
        let with_rows = count(coverage.with_rows().len());
        let without = coverage.without_rows().count();
        let mut without_rows = Vec::new();
        if listed.is_some() {
            without_rows.extend(coverage.without_rows().map(|(customer_id, name)| {
                let (mut id, mut customer_name) = (Some(customer_id), name.map(str::to_owned));
                if let Some(anonymizer) = anonymizer() {
                    anonymizer.customer(&mut id, &mut customer_name);
                }
                NamedCustomer { customer_id: id.unwrap_or(customer_id), customer_name }
            }));
        }
        let found = count(coverage.customers().count() - without);
        Self {
            with_rows,
            listed,
            without_rows,
            without_id: coverage.without_id(),
            unreadable: coverage.unreadable(),
            unlisted: if listed.is_some() { with_rows.saturating_sub(found) } else { 0 },
            list_error: coverage.refused().cloned(),
        }
    }

    /// A note about the list, if something is unusual.
    pub(super) fn note(&self) -> Option<String> {
        if let Some(error) = &self.list_error {
            return Some(format!(
                "could not read the list of customers ({}): which customers have no rows is unknown",
                message(error)
            ));
        }
        (self.unlisted > 0)
            .then(|| format!("{} of the customers with rows are not in the list of customers", self.unlisted))
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
