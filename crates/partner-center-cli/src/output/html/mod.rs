//! Pages: adds up rows as they come, and writes pages at the end.

mod first_rows;
mod pack;
mod renewals;
mod sums;
mod words;
mod workbook;

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use partner_center::funnel::{Group, GroupBy, Groups};

use self::first_rows::FirstRows;
pub(crate) use self::pack::Pack;
use self::renewals::Renewing;
use self::sums::{OfCustomer, OfProduct, Sums, group_on_page, name_on_page, sorted, unused_cost};
use super::columns::Columns;
use super::rows::{AnnotatedRow, GroupExtra};
use super::{About, Failure, Sink, Summary};
use crate::page::{self, By, HEAT_MAP, HeatMap, History, Of, Ranking, Report, Text};
use crate::prices::Currency;
use crate::renewals::Renewals;

/// What is known of pages before their rows.
#[derive(Clone)]
pub(crate) struct Edition {
    pub(crate) about: About,
    /// The columns of the rows.
    pub(crate) columns: Columns,
    /// The currencies of the prices; `None` without prices.
    pub(crate) currencies: Option<Vec<Currency>>,
    /// What renews when, if it was read before the rows.
    pub(crate) renewals: Arc<OnceLock<Renewals>>,
}

/// The page of a report over many customers.
///
/// It holds the totals of each customer and product, the products of each customer, and the first rows; not all rows.
pub(crate) struct ReportPage {
    edition: Edition,
    history: Option<History>,
    sums: Sums,
    customers: Groups<OfCustomer>,
    products: Products,
    renewing: Renewing,
    rows: FirstRows,
    out: Box<dyn Write + Send>,
}

impl ReportPage {
    pub(crate) fn new(edition: Edition, history: Option<History>, out: Box<dyn Write + Send>) -> Self {
        let elsewhere = "the output of licenses funnel, as csv for example";
        Self {
            sums: Sums::new(edition.currencies.as_deref()),
            customers: Groups::new(GroupBy::Customer),
            products: Products::new(),
            renewing: Renewing::default(),
            rows: FirstRows::new(&edition.columns, true, elsewhere),
            edition,
            history,
            out,
        }
    }

    /// The page, once all rows are added.
    fn page(&mut self, summary: &Summary) -> Report {
        let (since, changes, trend) = match self.history.take() {
            Some(History { since, changes, trend }) => (Some(since), Some(changes), Some(trend)),
            None => (None, None, None),
        };
        let totals = &self.sums.totals;
        Report {
            facts: words::facts(&self.edition.about, summary.about.source, totals),
            command: Text::sentence(&self.edition.about.command),
            customers: u64::try_from(self.customers.len()).unwrap_or(u64::MAX),
            totals: page::Totals { since, ..self.sums.on_page() },
            rankings: self.rankings(),
            heat_map: self.heat_map(),
            renewals: self.renewing.on_page(&self.edition, None),
            changes,
            trend,
            caveats: words::caveats(summary, totals),
            not_read: words::not_read(summary),
            rows: self.rows.take_table(),
        }
    }

    fn rankings(&self) -> Vec<Ranking> {
        let (customers, products) = (&self.customers, &self.products.groups);
        let mut rankings: Vec<_> = [by_unused(Of::Customers, customers), by_unused(Of::Products, products)]
            .into_iter()
            .flatten()
            .collect();
        for currency in self.edition.currencies.iter().flatten() {
            rankings.extend(by_cost(Of::Customers, customers, *currency));
            rankings.extend(by_cost(Of::Products, products, *currency));
        }
        rankings
    }

    fn heat_map(&self) -> Option<HeatMap> {
        let products = sorted(&self.products.groups, Group::unused);
        if products.is_empty() {
            return None;
        }
        let numbers: Vec<_> =
            products.iter().filter_map(|product| product.extra.number).take(HEAT_MAP.1).collect();
        let customers = sorted(&self.customers, Group::unused).into_iter().map(|customer| {
            let shares = numbers.iter().map(|number| customer.extra.cells.share(*number));
            (name_on_page(customer), shares.collect())
        });
        Some(HeatMap::new(products.iter().map(|product| name_on_page(product)), customers))
    }
}

impl Sink<AnnotatedRow> for ReportPage {
    fn rows(&mut self, rows: &[AnnotatedRow]) -> io::Result<()> {
        let currencies = self.edition.currencies.as_deref();
        for row in rows {
            self.sums.add(row);
            let product = self.products.add(row, currencies);
            let customer = self.customers.add(&row.row);
            customer.cells.add(product, row.row.unused, row.row.licenses_sold);
            customer.extra.add(GroupBy::Customer, currencies, row);
            self.renewing.add(&self.edition, &row.row);
            self.rows.add(row);
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, _: &[Failure]) -> io::Result<()> {
        let html = page::report(&self.page(summary)).map_err(io::Error::other)?;
        self.out.write_all(html.as_bytes())?;
        self.out.flush()
    }
}

/// Products, numbered as they come.
struct Products {
    groups: Groups<OfProduct>,
    count: u32,
}

impl Products {
    fn new() -> Self {
        Self { groups: Groups::new(GroupBy::Product), count: 0 }
    }

    /// Adds a row, and returns the number of its product.
    fn add(&mut self, row: &AnnotatedRow, currencies: Option<&[Currency]>) -> u32 {
        let product = self.groups.add(&row.row);
        product.extra.add(GroupBy::Product, currencies, row);
        *product.number.get_or_insert_with(|| {
            let number = self.count;
            self.count = self.count.saturating_add(1);
            number
        })
    }
}

fn by_unused<X: AsRef<GroupExtra>>(of: Of, groups: &Groups<X>) -> Option<Ranking> {
    let sorted = sorted(groups, Group::unused);
    (!sorted.is_empty()).then(|| Ranking::new(of, By::Unused, sorted.into_iter().map(group_on_page)))
}

/// Without the groups that have no cost in this currency.
fn by_cost<X: AsRef<GroupExtra>>(of: Of, groups: &Groups<X>, currency: Currency) -> Option<Ranking> {
    let cost = |group: &Group<X>| unused_cost(group, currency);
    let sorted: Vec<_> = sorted(groups, cost).into_iter().filter(|group| cost(group).is_some()).collect();
    let by = By::Cost(Text::new(currency.code()));
    (!sorted.is_empty()).then(|| Ranking::new(of, by, sorted.into_iter().map(group_on_page)))
}
