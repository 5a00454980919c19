//! What holds on every page: no scripts, nothing loaded, and names for a screen reader.

use std::collections::BTreeSet;

use super::sample::Sample;
use super::{Parsed, pages, text_of};

/// Calls this with every page of every sample.
fn every_page(check: impl Fn(&str, &Parsed)) {
    for sample in [Sample::plain(), Sample::of_currencies(&["EUR", "USD"])] {
        for (name, html) in pages(&sample) {
            check(&format!("{} {name}", sample.name), &Parsed::new(&html));
        }
    }
}

#[test]
fn nothing_runs_and_nothing_is_loaded() {
    every_page(|name, page| {
        for forbidden in ["script", "iframe", "object", "embed", "form", "base", "link", "img", "[style]"] {
            assert!(page.all(forbidden).is_empty(), "{name}: {forbidden}");
        }
        for element in page.all("*") {
            for (attribute, value) in element.value().attrs() {
                assert!(!attribute.starts_with("on"), "{name}: {attribute}");
                let is_address =
                    ["src", "href", "srcset", "action", "data", "xlink:href", "poster", "background"]
                        .contains(&attribute);
                // Only the index links, and only to the files beside it.
                assert!(!is_address || value.starts_with("./"), "{name}: {attribute}={value}");
            }
        }
        let style = page.text("style");
        assert!(!style.contains("@import") && !style.contains("url(http") && !style.contains("url(\"http"));
    });
}

#[test]
fn headings_are_in_order() {
    every_page(|name, page| {
        let levels: Vec<_> = page
            .all("h1, h2, h3, h4, h5, h6")
            .iter()
            .map(|one| one.value().name()[1..].parse::<u8>().unwrap())
            .collect();
        assert!(levels[0] == 1 && !levels[1..].contains(&1), "{name}: {levels:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
        assert_eq!(page.all("html[lang=en]").len(), 1, "{name}");
        assert!(!page.text("head > title").is_empty(), "{name}");
    });
}

#[test]
fn every_chart_has_a_title_and_a_description() {
    every_page(|name, page| {
        let by_id = |id: &str| page.text(&format!("[id=\"{id}\"]"));
        for chart in page.all("svg:not([aria-hidden=true])") {
            assert_eq!(chart.attr("role"), Some("img"), "{name}");
            assert!(!by_id(chart.attr("aria-labelledby").unwrap()).is_empty(), "{name}");
            assert!(!by_id(chart.attr("aria-describedby").unwrap()).is_empty(), "{name}");
            let row = scraper::ElementRef::wrap(chart.parent().unwrap().parent().unwrap()).unwrap();
            assert!(
                text_of(row).contains(char::is_numeric) || text_of(row).contains("no price"),
                "{name}: the values are not beside the chart"
            );
        }
        if name.contains("index") {
            return;
        }
        assert!(page.all("svg[role=img]").len() > 5, "{name}");
    });
}

#[test]
fn ids_are_unique_and_references_have_targets() {
    every_page(|name, page| {
        let ids: Vec<_> = page.all("[id]").iter().map(|one| one.attr("id").unwrap().to_owned()).collect();
        let unique: BTreeSet<_> = ids.iter().map(String::as_str).collect();
        assert_eq!(unique.len(), ids.len(), "{name}");
        for attribute in ["aria-labelledby", "aria-describedby"] {
            for element in page.all(&format!("[{attribute}]")) {
                assert!(unique.contains(element.attr(attribute).unwrap()), "{name}");
            }
        }
    });
}

#[test]
fn tables_have_headers_with_a_scope() {
    every_page(|name, page| {
        assert!(page.all("th:not([scope])").is_empty(), "{name}");
        for table in page.all("table") {
            let columns = table.select(&scraper::Selector::parse("thead th").unwrap()).count();
            assert!(columns > 0, "{name}");
            for row in table.select(&scraper::Selector::parse("tbody tr:not(.what)").unwrap()) {
                assert_eq!(row.child_elements().count(), columns, "{name}: {}", text_of(row));
                assert_eq!(row.child_elements().next().unwrap().value().name(), "th", "{name}");
            }
        }
    });
}
