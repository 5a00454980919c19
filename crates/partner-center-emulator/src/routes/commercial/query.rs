//! Runs queries over the whole book without storing its rows: the rows per customer are counted once per query, and
//! only the customers of the requested page are computed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::row::{Group, PageRow, add_to_groups, rows};
use super::{Insight, Query, RouteError, error};
use crate::book::{Book, Customer};
use crate::filter::{Field, Filter};
use crate::lock;

/// The selected rows and columns, without paging.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) insight: Insight,
    pub(super) filter: Option<Filter>,
    columns: Option<Vec<Field>>,
    /// `None` for a date without data.
    pub(super) snapshot: Option<usize>,
    /// The query texts, which identify equal queries.
    key: Key,
}

type Key = (Insight, [Option<String>; 3]);

impl Selection {
    pub(super) fn of(insight: Insight, query: &Query, book: &Book) -> Result<Self, RouteError> {
        let texts = ["filter", "groupby", "processedDateTime"].map(|name| query.get(name).map(str::to_owned));
        let [filter, group, processed] = &texts;
        let fields = insight.fields();
        let filter = filter.as_deref().map(|text| Filter::parse(text, fields)).transpose();
        let columns = group.as_deref().map(|text| columns(text, fields)).transpose();
        let snapshot = match processed.as_deref() {
            None => Some(0),
            Some(text) => book.snapshot_on(day(text)?),
        };
        Ok(Self {
            insight,
            filter: filter.map_err(|reason| error(&reason))?,
            columns: columns.map_err(|reason| error(&reason))?,
            snapshot,
            key: (insight, texts),
        })
    }

    pub(super) fn columns(&self) -> &[Field] {
        self.columns.as_deref().unwrap_or_default()
    }

    /// Whether every row or group belongs to one customer, so that customers can be processed one at a time.
    fn goes_by_customer(&self) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.contains(&Field::CustomerTenantId))
    }

    /// The rows or groups of one customer.
    fn contribution(&self, customer: &Customer) -> Vec<PageRow> {
        let (owner, rows) = rows(customer, self);
        match &self.columns {
            None => {
                let owner = Arc::new(owner);
                rows.into_iter().map(|row| PageRow::Plain(Arc::clone(&owner), row)).collect()
            }
            Some(columns) => {
                let mut groups = Vec::new();
                add_to_groups(&mut groups, &mut HashMap::new(), columns, &owner, &rows);
                groups.into_iter().map(PageRow::Grouped).collect()
            }
        }
    }
}

/// Parses `groupby`: the columns without duplicates, in the order of the members of a row.
fn columns(text: &str, fields: &[Field]) -> Result<Vec<Field>, String> {
    let mut columns: Vec<Field> =
        text.split(',').map(|name| Field::named(name.trim(), fields)).collect::<Result<_, _>>()?;
    columns.sort_unstable();
    columns.dedup();
    Ok(columns)
}

/// Parses a date, or a date and time with or without an offset. The format of the service is not documented.
fn day(text: &str) -> Result<Date, RouteError> {
    let zoned = || text.parse::<jiff::Timestamp>().map(|time| time.to_zoned(TimeZone::UTC).date());
    text.parse::<DateTime>()
        .map(DateTime::date)
        .or_else(|_| zoned())
        .map_err(|_| error("processedDateTime parameter is not a valid date"))
}

pub(super) struct QueryRun<'a> {
    pub(super) selection: Selection,
    pub(super) book: &'a Book,
}

pub(super) struct Rows {
    pub(super) page: Vec<PageRow>,
    pub(super) total: usize,
}

/// A cache of recent queries, so that their next pages do not iterate over the book again.
#[derive(Debug, Default)]
pub(crate) struct Queries(Mutex<VecDeque<(Key, Arc<Plan>)>>);

const QUERIES_KEPT: usize = 8;

#[derive(Debug)]
enum Plan {
    /// The cumulative number of rows up to and including each customer: four bytes per customer.
    ByCustomer(Vec<u32>),
    /// All groups. They are few, unless they are grouped by customer name.
    AcrossCustomers(Vec<Group>),
}

impl Queries {
    pub(super) fn run(&self, ask: &QueryRun<'_>, skip: usize, top: usize) -> Rows {
        let plan = self.plan(ask);
        match plan.as_ref() {
            Plan::ByCustomer(sums) => {
                let total = sums.last().map_or(0, |total| *total as usize);
                Rows { page: page(ask, sums, skip, top), total }
            }
            Plan::AcrossCustomers(groups) => {
                let page = groups.iter().skip(skip).take(top).cloned().map(PageRow::Grouped).collect();
                Rows { page, total: groups.len() }
            }
        }
    }

    fn plan(&self, ask: &QueryRun<'_>) -> Arc<Plan> {
        let key = &ask.selection.key;
        if let Some((_, plan)) = lock(&self.0).iter().find(|(kept, _)| kept == key) {
            return Arc::clone(plan);
        }
        // Without the lock: iterating over a large book takes a while, and other queries must not wait for it.
        let plan = Arc::new(Plan::of(ask));
        let mut kept = lock(&self.0);
        if kept.len() == QUERIES_KEPT {
            kept.pop_front();
        }
        kept.push_back((key.clone(), Arc::clone(&plan)));
        plan
    }
}

impl Plan {
    fn of(ask: &QueryRun<'_>) -> Self {
        let selection = &ask.selection;
        if selection.goes_by_customer() {
            let sums = ask.book.customers().scan(0_u32, |sum, customer| {
                let rows = u32::try_from(selection.contribution(&customer).len()).unwrap_or(u32::MAX);
                *sum = sum.saturating_add(rows);
                Some(*sum)
            });
            return Self::ByCustomer(sums.collect());
        }
        let (mut groups, mut places) = (Vec::new(), HashMap::new());
        for customer in ask.book.customers() {
            let (owner, rows) = rows(&customer, selection);
            add_to_groups(&mut groups, &mut places, selection.columns(), &owner, &rows);
        }
        Self::AcrossCustomers(groups)
    }
}

fn page(ask: &QueryRun<'_>, sums: &[u32], skip: usize, top: usize) -> Vec<PageRow> {
    let first = sums.partition_point(|sum| *sum as usize <= skip);
    let before = first.checked_sub(1).and_then(|place| sums.get(place)).map_or(0, |sum| *sum as usize);
    ask.book
        .customers_from(first)
        .flat_map(|customer| ask.selection.contribution(&customer))
        .skip(skip.saturating_sub(before))
        .take(top)
        .collect()
}
