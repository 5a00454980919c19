//! What rows add up to, counted as they pass.

use std::collections::BTreeMap;

use partner_center::CustomerId;
use partner_center::models::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Cell, Row};

/// What stands beside the rows in the JSON document, and below them in the table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    pub(crate) rows: u64,
    /// Absent where no customers were named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customers: Option<Customers>,
    /// One per group of rows whose counts may be added up; a licence counts in every workload it qualifies for, so
    /// usage has one per workload. Percentages are computed from the sums.
    pub(crate) totals: Vec<Map<String, Value>>,
    pub(crate) oldest_processed_date_time: Option<Timestamp>,
    pub(crate) newest_processed_date_time: Option<Timestamp>,
}

/// What became of the customers that were asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customers {
    pub(crate) asked: usize,
    /// Answered without rows, which is no proof that there are no licences.
    pub(crate) empty: usize,
    pub(crate) failed: usize,
}

/// A customer whose rows are missing, in the JSON document. What the service said is left out: it may name a customer,
/// and it stands on stderr.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    customer_id: CustomerId,
    exit_code: u8,
    message: String,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    correlation_id: Option<String>,
}

impl Failure {
    pub(crate) fn new(customer: CustomerId, error: &partner_center::Error) -> Self {
        Self {
            customer_id: customer,
            exit_code: crate::exit::Exit::of(error) as u8,
            message: error.message().to_owned(),
            status: error.status(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(|id| id.to_string()),
            correlation_id: error.correlation_id().map(|id| id.to_string()),
        }
    }
}

type Group = Vec<Option<String>>;

/// The sums so far.
#[derive(Default)]
pub(super) struct Tally {
    rows: u64,
    /// The values of `Row::TOTALS_BY`, in the order they came in, each with one sum per column: `None` until a row had
    /// a count there.
    groups: Vec<(Group, Vec<Option<i64>>)>,
    /// Where each group stands.
    places: BTreeMap<Group, usize>,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
}

impl Tally {
    pub(super) fn add<R: Row>(&mut self, row: &R) {
        self.rows += 1;
        let mut key = Vec::with_capacity(R::TOTALS_BY.len());
        let mut counts = vec![None; R::COLUMNS.len()];
        for (column, count) in R::COLUMNS.iter().zip(&mut counts) {
            match (column.get)(row) {
                Cell::Count(value) => *count = value,
                Cell::Text(text) if R::TOTALS_BY.contains(&column.name) => {
                    key.push(text.map(std::borrow::Cow::into_owned));
                }
                _ => {}
            }
        }
        if let Some((_, sums)) = self.places.get(&key).and_then(|place| self.groups.get_mut(*place)) {
            for (sum, count) in sums.iter_mut().zip(counts) {
                if let Some(count) = count {
                    *sum = Some(sum.unwrap_or_default().saturating_add(count));
                }
            }
        } else {
            self.places.insert(key.clone(), self.groups.len());
            self.groups.push((key, counts));
        }
        if let Some(processed) = row.processed()
            && let Some(at) = processed.unix_seconds()
        {
            let seconds = |time: &Option<Timestamp>| time.as_ref().and_then(Timestamp::unix_seconds);
            if seconds(&self.oldest).is_none_or(|oldest| at < oldest) {
                self.oldest = Some(processed.clone());
            }
            if seconds(&self.newest).is_none_or(|newest| at > newest) {
                self.newest = Some(processed.clone());
            }
        }
    }

    pub(super) fn summary<R: Row>(self, customers: Option<Customers>) -> Summary {
        let totals = self.groups.into_iter().filter_map(|(key, sums)| total::<R>(key, &sums)).collect();
        Summary {
            rows: self.rows,
            customers,
            totals,
            oldest_processed_date_time: self.oldest,
            newest_processed_date_time: self.newest,
        }
    }
}

/// One line of totals; `None` if the rows have no counts.
fn total<R: Row>(key: Group, sums: &[Option<i64>]) -> Option<Map<String, Value>> {
    if sums.iter().all(Option::is_none) {
        return None;
    }
    let mut total = Map::new();
    let by = R::COLUMNS.iter().map(|column| column.name).filter(|name| R::TOTALS_BY.contains(name));
    for (name, value) in by.zip(key) {
        total.insert(name.to_owned(), value.map_or(Value::Null, Value::String));
    }
    for (column, sum) in R::COLUMNS.iter().zip(sums) {
        if let Some(sum) = sum {
            total.insert(column.name.to_owned(), Value::from(*sum));
        }
    }
    if let Some([name, part, whole]) = R::PERCENT {
        let count = |name| total.get(name).and_then(Value::as_i64);
        if let (Some(part), Some(whole)) = (count(part), count(whole)) {
            total.insert(name.to_owned(), percent(part, whole).map_or(Value::Null, Value::from));
        }
    }
    Some(total)
}

/// Part of whole, from 0 to 100 and beyond, to two places as the service gives it. None of nothing is no percentage.
#[expect(clippy::cast_precision_loss, reason = "counts of licences lie far below 2^52")]
pub(crate) fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 100.0)
}
