//! `--prices` and `--products`: adds costs and display names to rows of the funnel.

use std::sync::Arc;
use std::time::Duration;

use partner_center::funnel::FunnelRow;
use partner_center::models::Guid;

use crate::args::Pricing;
use crate::output::columns::Columns;
use crate::output::rows::{AnnotatedRow, Priced};
use crate::output::today;
use crate::prices::{Currency, PriceList, Pricer, Product, ProductNames};
use crate::problem::Problem;

/// What the files of the user add to rows.
#[derive(Default)]
pub(super) struct Annotator {
    names: Option<ProductNames>,
    pricer: Option<Pricer>,
    currencies: Vec<Currency>,
}

impl Annotator {
    /// Reads the files, before anything is sent.
    pub(super) fn new(pricing: &Pricing, at_most: Duration) -> Result<Self, Problem> {
        let names = pricing.products.as_deref().map(|path| ProductNames::read(path, at_most)).transpose()?;
        let list = pricing.prices.as_deref().map(|path| PriceList::read(path, at_most)).transpose()?;
        let currencies = list.as_ref().map(PriceList::currencies).unwrap_or_default();
        Ok(Self { names, pricer: list.map(|list| Pricer::new(list, today())), currencies })
    }

    /// The currencies of the prices; `None` without prices.
    pub(super) fn currencies(&self) -> Option<&[Currency]> {
        self.pricer.as_ref().map(|_| self.currencies.as_slice())
    }

    /// The columns of the rows.
    pub(super) fn columns(&self) -> Columns {
        AnnotatedRow::columns(self.names.is_some(), self.pricer.is_some())
    }

    /// The text of the price file.
    pub(super) fn prices_text(&self) -> Option<&str> {
        self.pricer.as_ref().map(|pricer| pricer.list().text())
    }

    /// The name of a product: that of --products, else its own, else its id.
    pub(super) fn display_name(&self, id: Option<&Guid>, name: Option<&str>) -> Option<Arc<str>> {
        let known = self.names.as_ref().and_then(|names| names.get(id?));
        known.or(name).map(Arc::from).or_else(|| id.map(|id| Arc::from(id.to_string())))
    }

    pub(super) fn annotate(&mut self, row: FunnelRow) -> AnnotatedRow {
        let display_name = self
            .names
            .as_ref()
            .and_then(|_| self.display_name(row.product_id.as_ref(), row.product_name.as_deref()));
        let cost = match &mut self.pricer {
            None => Priced::No,
            Some(pricer) => {
                let product = Product::from(&row);
                let processed =
                    row.deployment_processed_date_time.as_ref().or(row.usage_processed_date_time.as_ref());
                let cost = pricer.cost(&product, processed, row.shelfware, row.idle);
                cost.map_or(Priced::Unpriced, |cost| Priced::At(Box::new(cost)))
            }
        };
        AnnotatedRow { row, display_name, cost }
    }

    /// Notes about products that have no price although entries match them.
    pub(super) fn notes(&self) -> Vec<String> {
        let ambiguous = self.pricer.iter().flat_map(Pricer::ambiguous);
        let note = |(product, entries): (&str, &[_])| {
            let entries: Vec<_> = entries.iter().map(ToString::to_string).collect();
            format!("{product} has no price: {} match it", entries.join(" and "))
        };
        ambiguous.map(note).collect()
    }
}
