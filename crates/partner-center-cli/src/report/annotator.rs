//! `--prices` and `--products`: adds costs and display names to rows of the funnel and to changes.

use std::sync::Arc;
use std::time::Duration;

use partner_center::funnel::FunnelRow;
use partner_center::models::{Guid, Timestamp};
use partner_center_history::{Day, ProductRows};

use crate::args::Pricing;
use crate::days::{day_of, today};
use crate::output::columns::Columns;
use crate::output::rows::AnnotatedRow;
use crate::prices::{Currency, Price, PriceList, Priced, Pricer, Product, ProductNames};
use crate::problem::Problem;

/// What the files of the user add to rows.
#[derive(Default)]
pub(crate) struct Annotator {
    names: Option<ProductNames>,
    pricer: Option<Pricer>,
    currencies: Vec<Currency>,
}

impl Annotator {
    /// Reads the files, before anything is sent.
    pub(crate) fn new(pricing: &Pricing, at_most: Duration) -> Result<Self, Problem> {
        let names = pricing.products.as_deref().map(|path| ProductNames::read(path, at_most)).transpose()?;
        let list = pricing.prices.as_deref().map(|path| PriceList::read(path, at_most)).transpose()?;
        let currencies = list.as_ref().map(PriceList::currencies).unwrap_or_default();
        Ok(Self { names, pricer: list.map(|list| Pricer::new(list, today())), currencies })
    }

    /// Rows that do not say when the service computed them have the prices of this day, instead of today.
    pub(crate) fn undated_on(&mut self, day: Day) {
        if let (Some(pricer), Ok(day)) = (&mut self.pricer, day.to_string().parse()) {
            pricer.undated_on(day);
        }
    }

    /// Like [`undated_on`](Self::undated_on), with the newest day of these rows, if they have one.
    pub(crate) fn undated_like(&mut self, rows: &[FunnelRow]) {
        if let (Some(pricer), Some(day)) = (&mut self.pricer, newest(rows).and_then(day_of)) {
            pricer.undated_on(day);
        }
    }

    /// The currencies of the prices; `None` without prices.
    pub(crate) fn currencies(&self) -> Option<&[Currency]> {
        self.pricer.as_ref().map(|_| self.currencies.as_slice())
    }

    /// Whether there are display names, and prices.
    pub(crate) fn adds(&self) -> (bool, bool) {
        (self.names.is_some(), self.pricer.is_some())
    }

    /// The columns of the rows.
    pub(super) fn columns(&self) -> Columns {
        let (with_products, with_prices) = self.adds();
        AnnotatedRow::columns(with_products, with_prices)
    }

    /// The text of the price file.
    pub(super) fn prices_text(&self) -> Option<&str> {
        self.pricer.as_ref().map(|pricer| pricer.list().text())
    }

    /// With display names: that of a product.
    pub(crate) fn added_name(&self, id: Option<&Guid>, name: Option<&str>) -> Option<Arc<str>> {
        self.names.as_ref().and_then(|_| self.display_name(id, name))
    }

    /// The name of a product: that of --products, else its own, else its id.
    pub(crate) fn display_name(&self, id: Option<&Guid>, name: Option<&str>) -> Option<Arc<str>> {
        let known = self.names.as_ref().and_then(|names| names.get(id?));
        known.or(name).map(Arc::from).or_else(|| id.map(|id| Arc::from(id.to_string())))
    }

    pub(super) fn annotate(&mut self, annotated: AnnotatedRow) -> AnnotatedRow {
        let row = &annotated.row;
        let display_name = self.added_name(row.product_id.as_ref(), row.product_name.as_deref());
        let cost = match &mut self.pricer {
            None => Priced::No,
            Some(pricer) => {
                let product = Product::from(row);
                let cost = pricer.cost(&product, processed(row), row.shelfware, row.idle);
                cost.map_or(Priced::Unpriced, |cost| Priced::At(Box::new(cost)))
            }
        };
        AnnotatedRow { display_name, cost, ..annotated }
    }

    /// The price of a product on the later of two days, for its rows of both: on the day on which the service computed
    /// its rows of that day.
    pub(crate) fn later_price(&mut self, rows: &ProductRows<'_>) -> Priced<Price> {
        let Some(pricer) = &mut self.pricer else { return Priced::No };
        let product = Product {
            id: rows.product_id.cloned(),
            name: rows.product_name.map(str::to_owned),
            ..Product::default()
        };
        let [_, later] = &rows.rows;
        pricer.price(&product, newest(later.iter().copied())).map_or(Priced::Unpriced, Priced::At)
    }

    /// Notes about products that have no price although entries match them.
    pub(crate) fn notes(&self) -> Vec<String> {
        let ambiguous = self.pricer.iter().flat_map(Pricer::ambiguous);
        let note = |(product, entries): (&str, &[_])| {
            let entries: Vec<_> = entries.iter().map(ToString::to_string).collect();
            format!("{product} has no price: {} match it", entries.join(" and "))
        };
        ambiguous.map(note).collect()
    }
}

/// When the service computed the newest of these rows.
fn newest<'a>(rows: impl IntoIterator<Item = &'a FunnelRow>) -> Option<&'a Timestamp> {
    rows.into_iter().filter_map(processed).max_by_key(|processed| processed.unix_seconds())
}

/// When the service computed a row, which decides on its price.
fn processed(row: &FunnelRow) -> Option<&Timestamp> {
    row.deployment_processed_date_time.as_ref().or(row.usage_processed_date_time.as_ref())
}
