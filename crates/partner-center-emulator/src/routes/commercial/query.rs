//! Runs queries over the whole book without storing its rows: the rows per customer are counted once per query, and
//! only the customers of the requested page are computed.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::row::{PageRow, add_to_groups, rows};
use super::{Query, RouteError, error};
use crate::book::{Book, Customer, Day, Stamps};
use crate::filter::{Field, Filter};
use crate::queries::{Insight, Plan, Queries, QueryKey};

/// The selected rows and columns, without paging.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) insight: Insight,
    pub(super) filter: Option<Filter>,
    columns: Option<Vec<Field>>,
    /// The day of the rows; `None` for a day without data.
    pub(super) stamps: Option<Stamps>,
    /// The query texts, which identify equal queries.
    key: QueryKey,
}

impl Selection {
    pub(super) fn of(insight: Insight, query: &Query, book: &Book) -> Result<Self, RouteError> {
        let texts = ["filter", "groupby", "processedDateTime"].map(|name| query.get(name).map(str::to_owned));
        let [filter, group, processed] = &texts;
        let fields = insight.fields();
        let filter = filter.as_deref().map(|text| Filter::parse(text, fields)).transpose();
        let columns = group.as_deref().map(|text| columns(text, fields)).transpose();
        let stamps = match processed.as_deref() {
            None => Some(book.latest().clone()),
            Some(text) => book.stamps_on(day(text)?),
        };
        Ok(Self {
            insight,
            filter: filter.map_err(|reason| error(&reason))?,
            columns: columns.map_err(|reason| error(&reason))?,
            stamps,
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
fn day(text: &str) -> Result<Day, RouteError> {
    // Parsed as a civil time, an offset would be ignored.
    let zoned = text.parse::<jiff::Timestamp>().map(|time| time.to_zoned(TimeZone::UTC).date());
    zoned
        .or_else(|_| text.parse::<DateTime>().map(DateTime::date))
        .map(Day::of)
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

impl QueryRun<'_> {
    /// The rows of one page.
    pub(super) fn rows(&self, queries: &Queries, skip: usize, top: usize) -> Rows {
        let plan = queries.plan(&self.selection.key, || self.plan());
        match plan.as_ref() {
            Plan::ByCustomer(sums) => {
                let total = sums.last().map_or(0, |total| *total as usize);
                Rows { page: self.page(sums, skip, top), total }
            }
            Plan::AcrossCustomers(groups) => {
                let page = groups.iter().skip(skip).take(top).cloned().map(PageRow::Grouped).collect();
                Rows { page, total: groups.len() }
            }
        }
    }

    fn plan(&self) -> Plan {
        let selection = &self.selection;
        if selection.goes_by_customer() {
            let sums = self.book.customers().scan(0_u32, |sum, customer| {
                let rows = u32::try_from(selection.contribution(&customer).len()).unwrap_or(u32::MAX);
                *sum = sum.saturating_add(rows);
                Some(*sum)
            });
            return Plan::ByCustomer(sums.collect());
        }
        let (mut groups, mut places) = (Vec::new(), HashMap::new());
        for customer in self.book.customers() {
            let (owner, rows) = rows(&customer, selection);
            add_to_groups(&mut groups, &mut places, selection.columns(), &owner, &rows);
        }
        Plan::AcrossCustomers(groups)
    }

    fn page(&self, sums: &[u32], skip: usize, top: usize) -> Vec<PageRow> {
        let first = sums.partition_point(|sum| *sum as usize <= skip);
        let before = first.checked_sub(1).and_then(|place| sums.get(place)).map_or(0, |sum| *sum as usize);
        self.book
            .customers_from(first)
            .flat_map(|customer| self.selection.contribution(&customer))
            .skip(skip.saturating_sub(before))
            .take(top)
            .collect()
    }
}
