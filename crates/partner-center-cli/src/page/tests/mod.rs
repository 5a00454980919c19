//! Tests of the pages: parsed as a browser does.

mod bounds;
mod content;
mod hostile;
mod sample;
mod structure;
mod style;

use scraper::{ElementRef, Html, Selector};

/// A parsed page.
struct Parsed(Html);

impl Parsed {
    fn new(html: &str) -> Self {
        Self(Html::parse_document(html))
    }

    /// All elements that match.
    fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&Selector::parse(selector).unwrap()).collect()
    }

    /// The text of the only element that matches, with single spaces.
    fn text(&self, selector: &str) -> String {
        let found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector}");
        text_of(found[0])
    }

    /// The exact number in the only `data` element below.
    fn value(&self, selector: &str) -> String {
        let data = self.all(&format!("{selector} data"));
        assert_eq!(data.len(), 1, "{selector}");
        data[0].attr("value").unwrap().to_owned()
    }
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every page with this sample, by name. With `PAGE_SAMPLES=DIR` they are also written there, to be looked at.
fn pages(sample: &sample::Sample) -> Vec<(&'static str, String)> {
    let pages = vec![
        ("report", super::report(&sample.report()).unwrap()),
        ("customer", super::customer(&sample.customer()).unwrap()),
        ("index", super::index(&sample.index()).unwrap()),
    ];
    if let Some(folder) = std::env::var_os("PAGE_SAMPLES") {
        for (name, html) in &pages {
            let file = std::path::Path::new(&folder).join(format!("{}-{name}.html", sample.name));
            std::fs::write(file, html).unwrap();
        }
    }
    pages
}
