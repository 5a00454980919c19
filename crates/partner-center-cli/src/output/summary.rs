//! What rows add up to, counted as they pass.

use std::collections::BTreeMap;

use partner_center::CustomerId;
use partner_center::models::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::oddities::{OddValues, Position};
use super::{Cell, End, Row};

/// What stands beside the rows in the JSON document, and below them in the table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// The rows that are written, unless `--limit` left some out: these are added up as well.
    pub(crate) rows: u64,
    /// Absent where no customers were asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customers: Option<Customers>,
    /// Pages that were empty although others follow, even when they were asked for again: rows may be missing.
    pub(crate) empty_pages: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) without_rows_list: Option<Vec<WithoutRows>>,
    pub(crate) odd_values: OddValues,
    /// One per group of rows whose counts may be added up; a license counts in every workload it qualifies for, so
    /// usage has one per workload. Percentages are computed from the sums.
    pub(crate) totals: Vec<Map<String, Value>>,
    pub(crate) oldest_processed_date_time: Option<Timestamp>,
    pub(crate) newest_processed_date_time: Option<Timestamp>,
    /// Which rows the totals are of.
    #[serde(skip)]
    pub(crate) basis: Basis,
    /// What only one command has to say.
    #[serde(flatten)]
    pub(crate) more: Map<String, Value>,
}

/// What became of the customers, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customers {
    /// Entries of the list of customers, or the customers that were named. `None` if the list was refused, or was not
    /// read to its end.
    pub(crate) listed: Option<u64>,
    pub(crate) with_rows: u64,
    /// Answered without rows, which is no proof that there are no licenses. `withoutRowsList` names them.
    pub(crate) without_rows: u64,
    /// Entries of the list whose id is not a GUID.
    pub(crate) without_id: u64,
    /// There is nothing to ask about them: no relationship, or no such tenant any more.
    pub(crate) skipped: u64,
    /// Rows and entries of the list that could not be read.
    pub(crate) unreadable: u64,
    pub(crate) failed: u64,
    /// Whether everything there is was read: the list to its end, and every customer on it that can be asked about.
    pub(crate) complete: bool,
}

impl Customers {
    /// Whether nothing is missing of what was read.
    pub(crate) fn is_whole(&self) -> bool {
        self.without_id + self.unreadable + self.failed == 0
    }
}

/// A customer without rows, in the JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WithoutRows {
    pub(crate) customer_id: CustomerId,
    /// Where the list of customers was read and has a name.
    pub(crate) customer_name: Option<String>,
}

/// A customer or a row that is missing, in the JSON document. What the service said is left out: it may name a customer,
/// and it stands on stderr.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// `null` for a row that is of no known customer.
    customer_id: Option<CustomerId>,
    /// Where a row is that is missing: on which page of a query, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u64>,
    /// The position of a row that is missing, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<usize>,
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
            customer_id: Some(customer),
            page: None,
            row: None,
            exit_code: crate::exit::Exit::of(error) as u8,
            message: error.message().to_owned(),
            status: error.status(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(|id| id.to_string()),
            correlation_id: error.correlation_id().map(|id| id.to_string()),
        }
    }
}

impl Failure {
    /// A row that could not be read.
    pub(crate) fn of_row(position: Position, message: String) -> Self {
        Self {
            customer_id: position.customer_id,
            page: position.page,
            row: position.row,
            exit_code: crate::exit::Exit::InvalidAnswer as u8,
            message,
            status: None,
            code: None,
            request_id: None,
            correlation_id: None,
        }
    }
}

/// Which rows the totals are of: not all are, where counts are unknown, and not all of the whole is in its parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// For each column in how many rows there is a count; of a percentage, in how many both of its counts are there.
    pub(super) known: Vec<u64>,
    /// For each of `Row::PERCENTS` in how many rows the part exceeds the whole.
    pub(super) exceeding: Vec<u64>,
}

impl Basis {
    fn add<R: Row>(&mut self, row: &R, counts: &[Option<i64>]) {
        self.known.resize(R::COLUMNS.len(), 0);
        self.exceeding.resize(R::PERCENTS.len(), 0);
        for (known, count) in self.known.iter_mut().zip(counts) {
            *known = known.saturating_add(u64::from(count.is_some()));
        }
        for ([name, part, whole], exceeding) in R::PERCENTS.iter().zip(&mut self.exceeding) {
            let Some((part, whole)) = row.count(part).zip(row.count(whole)) else { continue };
            *exceeding = exceeding.saturating_add(u64::from(part > whole));
            let place = R::COLUMNS.iter().position(|column| column.name == *name);
            if let Some(known) = place.and_then(|place| self.known.get_mut(place)) {
                *known = known.saturating_add(1);
            }
        }
    }
}

/// The sums so far. Can be saved, so that a run that goes on knows what those before it came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    rows: u64,
    #[serde(default)]
    basis: Basis,
    /// In the order they came in.
    groups: Vec<Group>,
    /// Where each group stands; made again as it is needed.
    #[serde(skip)]
    places: BTreeMap<Vec<Option<String>>, usize>,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
}

/// Rows whose counts may be added up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Group {
    /// The values of `Row::TOTALS_BY`.
    key: Vec<Option<String>>,
    /// One per column: `None` until a row had a count there.
    sums: Vec<Option<i64>>,
    /// For each of `Row::PERCENTS` the part and the whole, over the rows in which both are known.
    shares: Vec<[i64; 2]>,
}

impl Tally {
    pub(super) fn add<R: Row>(&mut self, row: &R) {
        self.rows = self.rows.saturating_add(1);
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
        self.basis.add(row, &counts);
        let shares = R::PERCENTS.iter().map(|[_, part, whole]| row.count(part).zip(row.count(whole)));
        if let Some(group) = self.group::<R>(key) {
            for (sum, count) in group.sums.iter_mut().zip(counts) {
                if let Some(count) = count {
                    *sum = Some(sum.unwrap_or_default().saturating_add(count));
                }
            }
            for ([part, whole], more) in group.shares.iter_mut().zip(shares) {
                let (more_part, more_whole) = more.unwrap_or_default();
                *part = part.saturating_add(more_part);
                *whole = whole.saturating_add(more_whole);
            }
        }
        for processed in row.processed().into_iter().flatten() {
            self.stretch(processed);
        }
    }

    fn group<R: Row>(&mut self, key: Vec<Option<String>>) -> Option<&mut Group> {
        if self.places.len() < self.groups.len() {
            let keys = self.groups.iter().map(|group| group.key.clone());
            self.places = keys.zip(0..).collect();
        }
        let place = *self.places.entry(key.clone()).or_insert(self.groups.len());
        if place == self.groups.len() {
            let (sums, shares) = (vec![None; R::COLUMNS.len()], vec![[0, 0]; R::PERCENTS.len()]);
            self.groups.push(Group { key, sums, shares });
        }
        self.groups.get_mut(place)
    }

    fn stretch(&mut self, processed: &Timestamp) {
        let Some(at) = processed.unix_seconds() else { return };
        let seconds = |time: &Option<Timestamp>| time.as_ref().and_then(Timestamp::unix_seconds);
        if seconds(&self.oldest).is_none_or(|oldest| at < oldest) {
            self.oldest = Some(processed.clone());
        }
        if seconds(&self.newest).is_none_or(|newest| at > newest) {
            self.newest = Some(processed.clone());
        }
    }

    pub(super) fn summary<R: Row>(self, end: End) -> Summary {
        let End { customers, without_rows, empty_pages, oddities, more, .. } = end;
        Summary {
            rows: self.rows,
            customers,
            empty_pages,
            without_rows_list: customers.map(|_| without_rows),
            odd_values: oddities.odd_values(),
            totals: self.groups.into_iter().filter_map(total::<R>).collect(),
            oldest_processed_date_time: self.oldest,
            newest_processed_date_time: self.newest,
            basis: self.basis,
            more,
        }
    }
}

/// One line of totals; `None` if the rows have no counts.
fn total<R: Row>(Group { key, sums, shares }: Group) -> Option<Map<String, Value>> {
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
            total.insert(column.name.to_owned(), Value::from(sum));
        }
    }
    for ([name, part_name, whole_name], [part, whole]) in R::PERCENTS.iter().zip(shares) {
        if total.contains_key(*part_name) && total.contains_key(*whole_name) {
            total.insert((*name).to_owned(), percent(part, whole).map_or(Value::Null, Value::from));
        }
    }
    Some(total)
}

/// Part of whole, from 0 to 100 and beyond, to two places as the service gives it. None of nothing is no percentage.
pub(crate) fn percent(part: i64, whole: i64) -> Option<f64> {
    share(part, whole).map(two_places)
}

/// A percentage as all formats write it.
pub(super) fn two_places(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
}

/// The same to all places.
#[expect(clippy::cast_precision_loss, reason = "counts of licenses lie far below 2^52")]
pub(super) fn share(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64 * 100.0)
}
