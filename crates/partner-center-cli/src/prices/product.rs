//! Products as rows describe them, and how a price file names them.

use std::collections::BTreeMap;

use partner_center::funnel::FunnelRow;
use partner_center::models::Guid;
use partner_center::settings::input::{self, Kind};

use crate::spreadsheet;

/// A product, as rows describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Product {
    /// Not sent by the classic operations.
    pub(crate) id: Option<Guid>,
    pub(crate) name: Option<String>,
    /// The name or code of the service, for people.
    pub(crate) service: Option<String>,
}

impl From<&FunnelRow> for Product {
    fn from(row: &FunnelRow) -> Self {
        let service = row.service_name.as_ref().or(row.service_code.as_ref());
        Self { id: row.product_id.clone(), name: row.product_name.clone(), service: service.cloned() }
    }
}

impl Product {
    /// How a price file names the product: by its id, else by its name. `None` if it has neither.
    pub(super) fn key(&self) -> Option<String> {
        let id = self.id.clone().map(|id| id.into_lowercase().to_string());
        [id.as_deref(), self.name.as_deref()].into_iter().flatten().map(tidied).find(|key| !key.is_empty())
    }

    /// What an entry must name to apply to the product, by rank: its id, then its name.
    pub(super) fn selectors(&self) -> [Option<Selector>; 2] {
        let id = self.id.as_ref().map(|id| match id.as_uuid() {
            Some(id) => Selector::Id(id.into()),
            None => Selector::Name(folded(&id.to_string())),
        });
        [id, self.name.as_deref().map(folded).map(Selector::Name)]
    }

    /// The texts that patterns are compared with, folded.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        let id = self.id.as_ref().map(ToString::to_string);
        [id, self.name.clone()]
            .into_iter()
            .flatten()
            .map(|text| folded(&text))
            .filter(|text| !text.is_empty())
    }
}

/// The different products of many rows: by id, or by name if a row has no id.
#[derive(Debug, Default)]
pub(crate) struct Products(BTreeMap<String, Product>);

impl Products {
    /// Adds the product of a row. Of several descriptions of one product, the first in the alphabet is kept, so that
    /// the order of the rows does not matter. A product with neither id nor name is not added.
    pub(crate) fn add(&mut self, product: Product) {
        fn description(product: &Product) -> (Option<&str>, Option<&str>) {
            (product.name.as_deref(), product.service.as_deref())
        }
        let Some(key) = product.key() else { return };
        let known = self.0.entry(folded(&key)).or_insert_with(|| product.clone());
        if description(&product) < description(known) {
            *known = product;
        }
    }

    /// The products, sorted by name and id.
    pub(crate) fn sorted(&self) -> Vec<&Product> {
        let mut products: Vec<_> = self.0.values().collect();
        products.sort_by_cached_key(|product| (product.name.as_deref().map(folded), product.key()));
        products
    }
}

/// What an entry of a price file applies to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Selector {
    Id(Guid),
    /// Folded.
    Name(String),
    /// Folded, with `*` or `?`.
    Pattern(String),
}

impl Selector {
    /// Reads a cell of a price file. `None` if it is empty.
    pub(super) fn parse(cell: &str) -> Option<Self> {
        if let Some(id) = input::bare(cell, Kind::Id).ok().and_then(|id| Guid::from(id).as_uuid()) {
            return Some(Self::Id(id.into()));
        }
        let text = folded(cell);
        if text.is_empty() {
            return None;
        }
        Some(if text.contains(['*', '?']) { Self::Pattern(text) } else { Self::Name(text) })
    }
}

/// The text on one line, with single spaces. Control characters count as white space: a file cannot contain all of them.
pub(super) fn tidied(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The text in the form in which texts are compared: without letter case, repeated white space, and the mark that keeps
/// a spreadsheet from running a formula.
pub(super) fn folded(text: &str) -> String {
    let text = tidied(text);
    // Upper case first: several lower case letters have the same upper case, such as σ and ς.
    spreadsheet::unmarked(&text).chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const E3: &str = "6FD2C87F-B296-42F0-B197-1E91E994B900";

    fn product(id: Option<&str>, name: Option<&str>) -> Product {
        Product { id: id.map(Guid::from), name: name.map(str::to_owned), service: None }
    }

    #[test]
    fn selectors_are_ids_names_or_patterns() {
        let id = Some(Selector::Id(Guid::from(E3)));
        let name = |text: &str| Some(Selector::Name(text.to_owned()));
        let pattern = |text: &str| Some(Selector::Pattern(text.to_owned()));
        for (cell, selector) in [
            (E3, id.clone()),
            (&E3.to_lowercase(), id.clone()),
            (&format!(" {{{E3}}} "), id.clone()),
            ("Office 365  E3", name("office 365 e3")),
            ("\u{a0}Stra\u{df}e\tΟΔΟΣ", name("strasse οδοσ")),
            ("'=Plan", name("=plan")),
            ("'90s plan", name("'90s plan")),
            ("CFQ7TTC0LH18:0001", name("cfq7ttc0lh18:0001")),
            ("*E3 ", pattern("*e3")),
            ("POWER  BI ?RO", pattern("power bi ?ro")),
            ("6fd2c87f-*", pattern("6fd2c87f-*")),
            ("", None),
            (" \t", None),
        ] {
            assert_eq!(Selector::parse(cell), selector, "{cell:?}");
        }
    }

    #[test]
    fn a_product_is_selected_by_its_key() {
        for (product, key) in [
            (product(Some(E3), Some("OFFICE 365 E3")), Some(E3.to_lowercase())),
            (product(None, Some(" OFFICE\n365\0 E3")), Some("OFFICE 365 E3".to_owned())),
            (product(Some(""), Some("VISIO")), Some("VISIO".to_owned())),
            (product(Some("CFQ7TTC0LH18"), Some("VISIO")), Some("CFQ7TTC0LH18".to_owned())),
            (product(Some(" "), None), None),
            (product(None, Some("\r\n")), None),
            (product(None, None), None),
        ] {
            assert_eq!(product.key(), key, "{product:?}");
            let selected = key.and_then(|key| Selector::parse(&key));
            assert!(selected.is_none() || product.selectors().contains(&selected), "{product:?}");
        }
    }

    #[test]
    fn products_are_collected_in_any_order() {
        let rows = [
            product(Some(E3), Some("OFFICE 365 E3")),
            product(Some(&E3.to_lowercase()), Some("ENTERPRISEPACK")),
            product(None, Some("visio")),
            product(None, Some(" VISIO ")),
            product(None, None),
            product(None, Some("AZURE")),
        ];
        for first in 0..rows.len() {
            let mut products = Products::default();
            rows.iter().cycle().skip(first).take(rows.len()).for_each(|row| products.add(row.clone()));
            let names: Vec<_> =
                products.sorted().iter().map(|product| product.name.clone().unwrap()).collect();
            assert_eq!(names, ["AZURE", "ENTERPRISEPACK", " VISIO "]);
        }
    }
}
