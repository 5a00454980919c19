//! Collects unreadable values and rows in responses, for the JSON document and for notes.
//!
//! The values themselves are never shown: they may be customer data.

use partner_center::CustomerId;
use partner_center::models::{Findings, UnreadableRow};
use serde::Serialize;

use super::Failure;
use crate::terminal::text::{counted, grouped};

/// How many positions per field are named.
const NAMED: usize = 10;

/// Values that do not match the type of their fields. Only these fields are unknown.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct OddValues {
    count: u64,
    /// In the order of their first occurrence.
    fields: Vec<OddField>,
}

#[derive(Clone, Debug, Serialize)]
struct OddField {
    field: String,
    count: u64,
    /// The first positions.
    first: Vec<Position>,
}

/// The position of a row: in the response for a customer, in a page of a query, or in the list of customers.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Position {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer_id: Option<CustomerId>,
    /// The number of the page, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<u64>,
    /// The index in the response, from 0; absent for a field outside the rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) row: Option<usize>,
}

impl Position {
    pub(crate) fn of_customer(customer: CustomerId) -> Self {
        Self { customer_id: Some(customer), page: None, row: None }
    }

    pub(crate) fn of_page(page: u64) -> Self {
        Self { customer_id: None, page: Some(page), row: None }
    }

    /// The list of customers, without a page number.
    pub(crate) fn of_list() -> Self {
        Self { customer_id: None, page: None, row: None }
    }

    fn at(self, row: Option<usize>) -> Self {
        Self { row, ..self }
    }

    fn in_words(self) -> String {
        let row = self.row.map_or_else(|| "a field outside the rows".to_owned(), |row| format!("row {row}"));
        match (self.customer_id, self.page) {
            (Some(customer), _) => format!("{row} of customer {customer}"),
            (None, Some(page)) => format!("{row} of page {page}"),
            (None, None) => format!("{row} of the list of customers"),
        }
    }
}

/// Everything collected so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct CollectedFindings {
    odd: OddValues,
    unreadable: u64,
    first_unreadable: Option<String>,
}

impl CollectedFindings {
    /// Adds the findings of a response. Returns a failure for each missing row.
    pub(crate) fn add(&mut self, position: Position, findings: &Findings) -> Vec<Failure> {
        for (field, more) in findings.odd_value_counts() {
            self.odd.count = self.odd.count.saturating_add(more);
            let known = self.odd.fields.iter_mut().find(|known| known.field == field);
            match known {
                Some(known) => known.count = known.count.saturating_add(more),
                None => {
                    self.odd.fields.push(OddField {
                        field: field.to_owned(),
                        count: more,
                        first: Vec::new(),
                    });
                }
            }
        }
        for odd in findings.odd_values() {
            let known = self.odd.fields.iter_mut().find(|known| known.field == odd.field());
            if let Some(known) = known.filter(|known| known.first.len() < NAMED) {
                known.first.push(position.at(odd.row()));
            }
        }
        self.unreadable = self.unreadable.saturating_add(findings.unreadable_count());
        let failure = |row: &UnreadableRow| {
            let position = position.at(Some(row.row()));
            let message = format!("{} could not be read: {}", position.in_words(), row.reason());
            self.first_unreadable.get_or_insert_with(|| message.clone());
            Failure::of_row(position, message)
        };
        findings.unreadable().iter().map(failure).collect()
    }

    /// For the JSON document.
    pub(crate) fn odd_values(&self) -> OddValues {
        self.odd.clone()
    }

    /// How many rows could not be read.
    pub(crate) fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// A note about the odd values, if there are any.
    pub(crate) fn note(&self) -> Option<String> {
        (self.odd.count > 0).then(|| {
            let fields: Vec<_> =
                self.odd.fields.iter().map(|odd| format!("{} ({})", odd.field, grouped(odd.count))).collect();
            let first = self.odd.fields.iter().find_map(|odd| odd.first.first());
            let first =
                first.map_or_else(String::new, |first| format!("\nThe first is in {}.", first.in_words()));
            let values = counted(
                self.odd.count,
                "value does not match the type of its field and is",
                "values do not match the types of their fields and are",
            );
            format!("{values} treated as unknown: {}.{first}", fields.join(", "))
        })
    }

    /// A message about the missing rows, if there are any.
    pub(crate) fn missing(&self) -> Option<String> {
        let first = self.first_unreadable.as_ref()?;
        Some(match self.unreadable {
            1 => first.clone(),
            more => format!("{} rows could not be read and are missing; the first: {first}", grouped(more)),
        })
    }
}
