//! What is wrong between a price file and the products of the book: the findings of `prices check`.

use std::fmt;

use jiff::civil::Date;

use super::list::{EntryRef, Found, PriceList};
use super::product::Product;

/// A finding: about a product, or about an entry of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) kind: FindingKind,
    /// The product that has no price.
    pub(crate) product: Option<Product>,
    /// The entries concerned.
    pub(crate) entries: Vec<EntryRef>,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FindingKind {
    /// No entry matches the product.
    NoPrice,
    /// The product has a price from a later day only.
    NotYet,
    /// Several patterns match the product, so that none is chosen.
    MatchedTwice,
    /// The entry matches no product.
    MatchesNothing,
}

/// Compares the entries with products, on a day: first the products without a price, in their order, then the entries
/// that match none of them, in the order of the file.
pub(crate) fn check(list: &PriceList, products: &[&Product], day: Date) -> Vec<Finding> {
    let without_price = products.iter().filter_map(|product| {
        let (kind, entries) = match list.find(product, day) {
            Found::Price(_) => return None,
            Found::Nothing(later) if later.is_empty() => (FindingKind::NoPrice, later),
            Found::Nothing(later) => (FindingKind::NotYet, later),
            Found::Several(entries) => (FindingKind::MatchedTwice, entries),
        };
        Some(Finding { kind, product: Some((*product).clone()), entries })
    });
    let mut unmatched = list.unmatched(products.iter().copied());
    unmatched.sort();
    let unmatched = unmatched.into_iter().map(|entry| Finding {
        kind: FindingKind::MatchesNothing,
        product: None,
        entries: vec![entry],
    });
    without_price.chain(unmatched).collect()
}

/// One sentence. The texts in it are those of the service and of the file, unchanged.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: Vec<_> = self.entries.iter().map(ToString::to_string).collect();
        let entries = entries.join(" and ");
        if let Some(product) = &self.product {
            let key = product.key().unwrap_or_default();
            match &product.name {
                Some(name) if *name != key => write!(f, "{name} ({key})")?,
                _ => f.write_str(&key)?,
            }
        }
        match self.kind {
            FindingKind::NoPrice => f.write_str(" has no price"),
            FindingKind::NotYet => write!(f, " has no price yet: {entries}"),
            FindingKind::MatchedTwice => {
                write!(f, " has no price, because several patterns match: {entries}")
            }
            FindingKind::MatchesNothing => write!(f, "{entries} matches no product"),
        }
    }
}

impl fmt::Display for EntryRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} (`{}`", self.line, self.product)?;
        if let Some(day) = self.from {
            write!(f, " from {day}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use partner_center::models::Guid;

    use super::super::sheet::Sheet;
    use super::super::{product::Products, read};
    use super::*;

    #[test]
    fn findings_name_products_and_lines() {
        const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
        let file = format!(
            "product,price,currency,per,from\n{E3},30,EUR,month,\n*PRO*,9,EUR,month,\nPOWER*,8,EUR,month,\n\
             Visio,15,EUR,month,2030-01-01\n*e5*,1,EUR,year,2020-01-01\n*E5*,2,EUR,year,2021-01-01\nTeams,,,,\n"
        );
        let list = PriceList::of(Sheet::parse(&file, &read::COLUMNS).unwrap()).unwrap();
        let mut products = Products::default();
        for (id, name) in [
            (Some(E3), "ENTERPRISEPACK"),
            (None, "POWER BI PRO"),
            (None, "POWER BI FREE"),
            (None, "VISIO"),
            (Some("a403ebcc-fae0-4ca2-8c8c-7a907fd6c235"), "TEAMS"),
            (None, "EXCHANGE"),
        ] {
            products.add(Product { id: id.map(Guid::from), name: Some(name.to_owned()), service: None });
        }
        let findings = check(&list, &products.sorted(), "2026-08-30".parse().unwrap());
        let texts: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "EXCHANGE has no price",
                "POWER BI PRO has no price, because several patterns match: line 3 (`*PRO*`) and line 4 (`POWER*`)",
                "TEAMS (a403ebcc-fae0-4ca2-8c8c-7a907fd6c235) has no price",
                "VISIO has no price yet: line 5 (`Visio` from 2030-01-01)",
                "line 6 (`*e5*` from 2020-01-01) matches no product",
                "line 7 (`*E5*` from 2021-01-01) matches no product",
            ]
        );
        let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == FindingKind::MatchesNothing).count(), 2, "{kinds:?}");
        assert!(check(&list, &[], "2026-08-30".parse().unwrap()).len() == 6, "no product: no entry matches");
    }
}
