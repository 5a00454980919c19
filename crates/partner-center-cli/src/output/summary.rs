//! Totals and counts of the rows, updated row by row.

use std::borrow::Cow;
use std::collections::BTreeMap;

use partner_center::CustomerId;
use partner_center::licenses::{percent, round_percent};
use partner_center::models::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::findings::{OddValues, Position};
use super::row::cells;
use super::{About, Cell, Column, Columns, End, Kind, Row};
use crate::anonymizer;
use crate::prices::{CostChanges, Costs};

/// The summary in the JSON document and below the table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// The number of rows, including those that `--limit` left out of the output.
    pub(crate) rows: u64,
    /// Absent if the command does not read customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customers: Option<Customers>,
    /// Pages that were empty although others follow, even after a retry: rows may be missing.
    pub(crate) empty_pages: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) without_rows_list: Option<Vec<NamedCustomer>>,
    pub(crate) odd_values: OddValues,
    /// One per group of rows with counts that can be added up; a license counts in every workload it qualifies for, so
    /// usage has one per workload. Percentages are computed from the sums.
    pub(crate) totals: Vec<Map<String, Value>>,
    /// What unused licenses cost per month, per currency, if prices were given.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "crate::prices::as_list")]
    pub(crate) costs: Option<Costs>,
    /// Instead of these, how they changed between two days.
    #[serde(rename = "costs", skip_serializing_if = "Option::is_none")]
    pub(crate) cost_changes: Option<CostChanges>,
    pub(crate) oldest_processed_date_time: Option<Timestamp>,
    pub(crate) newest_processed_date_time: Option<Timestamp>,
    /// Which rows the totals cover.
    #[serde(skip)]
    pub(crate) basis: Basis,
    /// The names of all columns, which the basis counts; the output may have fewer.
    #[serde(skip)]
    columns: Vec<Cow<'static, str>>,
    /// What the user should know about the rows; on stderr for formats that do not have it.
    #[serde(skip)]
    pub(crate) notes: Vec<String>,
    #[serde(skip)]
    pub(crate) about: About,
    /// The customers that were not read; only in formats that name them.
    #[serde(skip)]
    pub(crate) unread: Unread,
    /// Fields of a single command.
    #[serde(flatten)]
    pub(crate) more: Map<String, Value>,
}

impl Summary {
    /// How many rows have a whole count in a column, or both counts of a percentage.
    pub(super) fn known(&self, column: &Column) -> u64 {
        let place = self.columns.iter().position(|name| *name == column.name());
        place.and_then(|place| self.basis.known.get(place)).copied().unwrap_or_default()
    }

    /// The total of a column with costs. `None` if it has amounts of several currencies.
    pub(super) fn total_cost(&self, column: &Column) -> Option<Decimal> {
        let costs = self.costs.as_ref()?;
        let costs = if let Some(currency) = column.currency {
            costs.currency(currency)?
        } else {
            let mut currencies = costs.currencies();
            let (_, only) = currencies.next().filter(|_| currencies.next().is_none())?;
            only
        };
        costs.of_column(column.name)?.total()
    }
}

/// The numbers of customers by outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customers {
    /// Entries of the list of customers, or selected customers. `None` if the list could not be read to its end.
    pub(crate) listed: Option<u64>,
    pub(crate) with_rows: u64,
    /// Customers without rows, which does not prove that they have no licenses. `withoutRowsList` names them.
    pub(crate) without_rows: u64,
    /// Entries of the list with an id that is not a GUID.
    pub(crate) without_id: u64,
    /// Customers that cannot be read: no relationship, or the tenant no longer exists.
    pub(crate) skipped: u64,
    /// Rows and entries of the list that could not be read.
    pub(crate) unreadable: u64,
    pub(crate) failed: u64,
    /// Whether everything was read: the list to its end, and every customer on it except skipped ones.
    pub(crate) complete: bool,
}

impl Customers {
    /// Whether no customer or row is missing.
    pub(crate) fn is_whole(&self) -> bool {
        self.without_id + self.unreadable + self.failed == 0
    }
}

/// The customers that were not read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unread {
    pub(crate) failed: Vec<NamedCustomer>,
    /// Their data is not available to the partner.
    pub(crate) skipped: Vec<NamedCustomer>,
}

/// A customer that has no rows or was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NamedCustomer {
    pub(crate) customer_id: CustomerId,
    /// The name in the list of customers, if the list was read.
    pub(crate) customer_name: Option<String>,
}

/// A missing customer or row, in the JSON document. The service's message is left out: it may name a customer, and it
/// is on stderr.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// `null` for a row without a known customer.
    pub(super) customer_id: Option<CustomerId>,
    /// The page of a missing row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page: Option<u64>,
    /// The index of a missing row, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) row: Option<usize>,
    pub(super) exit_code: u8,
    pub(super) message: String,
    pub(super) status: Option<u16>,
    pub(super) code: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) correlation_id: Option<String>,
}

impl Failure {
    pub(crate) fn new(customer: CustomerId, error: &partner_center::Error) -> Self {
        Self {
            customer_id: Some(customer),
            page: None,
            row: None,
            exit_code: crate::exit::Exit::of(error) as u8,
            message: anonymizer::message(error),
            status: error.status(),
            code: anonymizer::code(error).map(str::to_owned),
            request_id: error.request_id().map(|id| id.to_string()),
            correlation_id: error.correlation_id().map(|id| id.to_string()),
        }
    }
}

impl Failure {
    pub(super) fn customer(&self) -> Option<CustomerId> {
        self.customer_id
    }

    /// A row that could not be read.
    pub(crate) fn of_row(position: Position, message: String) -> Self {
        Self {
            customer_id: position.customer_id,
            page: position.page,
            row: position.row,
            exit_code: crate::exit::Exit::InvalidResponse as u8,
            message,
            status: None,
            code: None,
            request_id: None,
            correlation_id: None,
        }
    }
}

/// Which rows the totals cover: rows with unknown counts are not included. A row of output that stands for several rows
/// counts as many.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Basis {
    #[serde(default)]
    pub(super) rows: u64,
    /// For each column, the number of rows with a count; for a percentage, with both of its counts.
    known: Vec<u64>,
    /// For each of `Row::PERCENTS`, the number of rows where the part exceeds the whole.
    pub(super) exceeding: Vec<u64>,
}

impl Basis {
    fn add<R: Row>(&mut self, row: &R, columns: &Columns, counts: &[Option<i64>]) {
        self.known.resize(columns.len(), 0);
        self.exceeding.resize(R::PERCENTS.len(), 0);
        self.rows = self.rows.saturating_add(row.stands_for());
        for ((column, known), count) in columns.iter().zip(&mut self.known).zip(counts) {
            if count.is_some() {
                *known = known.saturating_add(row.complete_rows(column));
            }
        }
        for ([name, part, whole], exceeding) in R::PERCENTS.iter().zip(&mut self.exceeding) {
            let Some((part, whole)) = row.count(part).zip(row.count(whole)) else { continue };
            *exceeding = exceeding.saturating_add(u64::from(part > whole));
            let place = columns.iter().position(|column| column.name == *name);
            if let Some(known) = place.and_then(|place| self.known.get_mut(place)) {
                *known = known.saturating_add(1);
            }
        }
    }
}

/// The sums so far. They are saved in a checkpoint, so that a resumed run continues them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    rows: u64,
    #[serde(default)]
    basis: Basis,
    /// In the order of their first row.
    groups: Vec<Group>,
    /// The index of each group; rebuilt when needed.
    #[serde(skip)]
    places: BTreeMap<Vec<Option<String>>, usize>,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
    /// With prices.
    #[serde(default)]
    costs: Option<Costs>,
}

/// A group of rows with counts that can be added up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Group {
    /// The values of `Row::TOTALS_BY`.
    key: Vec<Option<String>>,
    /// One per column: `None` until a row has a count.
    sums: Vec<Option<i64>>,
    /// For each of `Row::PERCENTS`, the sums of part and whole over the rows with both.
    shares: Vec<[i64; 2]>,
}

impl Tally {
    /// Adds costs from now on, if the rows have columns for them and add up.
    pub(super) fn with_costs_if<R: Row>(mut self, columns: &Columns) -> Self {
        if R::ADDS_UP && columns.iter().any(|column| matches!(column.kind, Kind::Money)) {
            self.costs.get_or_insert_default();
        }
        self
    }

    pub(super) fn add<R: Row>(&mut self, row: &R, columns: &Columns) {
        self.rows = self.rows.saturating_add(1);
        if !R::ADDS_UP {
            return;
        }
        let mut key = Vec::with_capacity(R::TOTALS_BY.len());
        let mut counts = vec![None; columns.len()];
        for ((column, cell), count) in columns.iter().zip(cells(row, columns)).zip(&mut counts) {
            match cell {
                Cell::Count(value) if !R::NOT_ADDED.contains(&column.name) => *count = value,
                Cell::Text(text) if R::TOTALS_BY.contains(&column.name) => {
                    key.push(text.map(Cow::into_owned));
                }
                _ => {}
            }
        }
        self.basis.add(row, columns, &counts);
        if let Some(costs) = &mut self.costs {
            row.add_costs(costs);
        }
        let shares = R::PERCENTS.iter().map(|[_, part, whole]| row.count(part).zip(row.count(whole)));
        if let Some(group) = self.group::<R>(columns, key) {
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

    fn group<R: Row>(&mut self, columns: &Columns, key: Vec<Option<String>>) -> Option<&mut Group> {
        if self.places.len() < self.groups.len() {
            let keys = self.groups.iter().map(|group| group.key.clone());
            self.places = keys.zip(0..).collect();
        }
        let place = *self.places.entry(key.clone()).or_insert(self.groups.len());
        if place == self.groups.len() {
            let (sums, shares) = (vec![None; columns.len()], vec![[0, 0]; R::PERCENTS.len()]);
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

    pub(super) fn summary<R: Row>(self, columns: &Columns, end: End) -> Summary {
        let End {
            customers,
            without_rows,
            unread,
            empty_pages,
            findings,
            cost_changes,
            more,
            notes,
            about,
            ..
        } = end;
        Summary {
            rows: self.rows,
            customers,
            empty_pages,
            without_rows_list: customers.map(|_| without_rows),
            odd_values: findings.odd_values(),
            totals: self.groups.into_iter().filter_map(|group| total::<R>(columns, group)).collect(),
            costs: self.costs,
            cost_changes,
            oldest_processed_date_time: self.oldest,
            newest_processed_date_time: self.newest,
            basis: self.basis,
            columns: columns.iter().map(Column::name).collect(),
            notes,
            about,
            unread,
            more,
        }
    }
}

/// One line of totals; `None` if the rows have no counts.
fn total<R: Row>(columns: &Columns, Group { key, sums, shares }: Group) -> Option<Map<String, Value>> {
    if sums.iter().all(Option::is_none) {
        return None;
    }
    let mut total = Map::new();
    let by = columns.iter().map(|column| column.name).filter(|name| R::TOTALS_BY.contains(name));
    for (name, value) in by.zip(key) {
        total.insert(name.to_owned(), value.map_or(Value::Null, Value::String));
    }
    for (column, sum) in columns.iter().zip(sums) {
        if let Some(sum) = sum {
            total.insert(column.name.to_owned(), Value::from(sum));
        }
    }
    for ([name, part_name, whole_name], [part, whole]) in R::PERCENTS.iter().zip(shares) {
        if total.contains_key(*part_name) && total.contains_key(*whole_name) {
            total.insert(
                (*name).to_owned(),
                percent(part, whole).map(round_percent).map_or(Value::Null, Value::from),
            );
        }
    }
    Some(total)
}
