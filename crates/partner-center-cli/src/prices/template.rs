//! Writes a price file to complete: the products of the book, without prices.

use std::io::{self, Write};

use super::product::{Product, tidied};
use crate::csv_dialect::Dialect;
use crate::spreadsheet::harmless;

/// The columns, and two more for people, which are ignored when the file is read.
const HEADER: [&str; 7] = ["product", "price", "currency", "per", "from", "name", "service"];

/// Writes the products in their order, each by its id if it has one, else by its name. The file can be read as it is,
/// and then has no prices.
pub(crate) fn write_template<'p>(
    out: impl Write,
    products: impl IntoIterator<Item = &'p Product>,
    dialect: Dialect,
) -> io::Result<()> {
    let mut out = dialect.writer(out);
    dialect.write_header(&mut out, HEADER)?;
    for product in products {
        let Some(key) = product.key() else { continue };
        let [name, service] =
            [&product.name, &product.service].map(|text| tidied(text.as_deref().unwrap_or_default()));
        out.write_record([&*harmless(&key), "", "", "", "", &*harmless(&name), &*harmless(&service)])?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use csv::WriterBuilder;
    use partner_center::models::Guid;
    use proptest::prelude::*;

    use super::super::list::{Found, PriceList};
    use super::super::product::Products;
    use super::super::{read, sheet::Sheet};
    use super::*;

    fn written(products: &[&Product], dialect: Dialect) -> String {
        let mut bytes = Vec::new();
        write_template(&mut bytes, products.iter().copied(), dialect).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn read(text: &str) -> PriceList {
        PriceList::of(Sheet::parse(text, &read::COLUMNS).unwrap()).unwrap()
    }

    /// The template with a price in every line.
    fn completed(template: &str, delimiter: u8) -> String {
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(template.as_bytes());
        let mut out = WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        out.write_record(reader.headers().unwrap()).unwrap();
        for line in reader.records() {
            let line = line.unwrap();
            out.write_record([&line[0], "1.50", "EUR", "month", "", &line[5], &line[6]]).unwrap();
        }
        String::from_utf8(out.into_inner().unwrap()).unwrap()
    }

    #[test]
    fn products_are_sorted_and_named_by_id_or_name() {
        let mut products = Products::default();
        for (id, name, service) in [
            (None, "VISIO", "o365"),
            (Some("6FD2C87F-B296-42F0-B197-1E91E994B900"), "OFFICE 365 E3", "o365"),
            (None, "=cmd|' /C calc'!A0", "crm"),
        ] {
            let (name, service) = (Some(name.to_owned()), Some(service.to_owned()));
            products.add(Product { id: id.map(Guid::from), name, service });
        }
        assert_eq!(
            written(&products.sorted(), Dialect::default()),
            "product,price,currency,per,from,name,service\r\n\
             '=cmd|' /C calc'!A0,,,,,'=cmd|' /C calc'!A0,crm\r\n\
             6fd2c87f-b296-42f0-b197-1e91e994b900,,,,,OFFICE 365 E3,o365\r\n\
             VISIO,,,,,VISIO,o365\r\n"
        );
    }

    proptest! {
        #[test]
        fn a_completed_template_prices_every_product(
            names in prop::collection::vec(prop_oneof!["[A-Z =+@;,\"'\t\r\n-]{1,8}", ".{1,6}"], 1..6),
            delimiter in prop::sample::select(Dialect::DELIMITERS.to_vec()),
            bom: bool,
        ) {
            // Names with wildcards are patterns when they are read, so that several may match.
            prop_assume!(names.iter().all(|name| !name.contains(['*', '?'])));
            let mut products = Products::default();
            for name in names {
                products.add(Product { id: None, name: Some(name), service: None });
            }
            let products = products.sorted();
            let template = written(&products, Dialect { delimiter, bom });
            let day = "2026-08-30".parse().unwrap();
            let empty = read(&template);
            let list = read(&completed(&template, delimiter));
            for product in products {
                prop_assert_eq!(empty.find(product, day), Found::Nothing(Vec::new()));
                prop_assert!(matches!(list.find(product, day), Found::Price(_)), "{:?}", product);
            }
        }
    }
}
