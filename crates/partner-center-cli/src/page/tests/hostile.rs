//! Customer names that attack the page.

use std::collections::BTreeSet;

use super::sample::Sample;
use super::{Parsed, pages, text_of};

/// Names, and how they are shown.
const HOSTILE: [(&str, &str); 11] = [
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    (
        "</title></style></svg><img src=x onerror=alert(1)>",
        "</title></style></svg><img src=x onerror=alert(1)>",
    ),
    ("\"onload=\"alert(1)", "\"onload=\"alert(1)"),
    ("' onload='alert(1)", "' onload='alert(1)"),
    ("--><!--<![CDATA[", "--><!--<![CDATA["),
    ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
    ("{{ page.command }}", "{{ page.command }}"),
    ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ("Con\u{202e}toso\u{2066}", "Con\u{fffd}toso\u{fffd}"),
    ("Con\u{1b}[2Jtoso\0\u{7f}\u{9b}", "Con\u{fffd}[2Jtoso\u{fffd}\u{fffd}\u{fffd}"),
    ("Con\r\ntoso\n", "Con toso"),
];

#[test]
fn hostile_names_are_text() {
    let names = HOSTILE.map(|(name, _)| name);
    for ((page, html), (_, clean)) in
        pages(&Sample::named("hostile", &names)).iter().zip(pages(&Sample::named("clean", &["Contoso"])))
    {
        assert!(elements(html) == elements(&clean), "{page}: a name changed the elements");
        assert!(!html.contains(['\u{202e}', '\u{2066}', '\u{1b}', '\0', '\u{7f}', '\u{9b}', '\r']), "{page}");
        let parsed = Parsed::new(html);
        let found: BTreeSet<_> = parsed.all(".name").into_iter().map(text_of).collect();
        let shown = HOSTILE.map(|(_, shown)| shown);
        assert!(found.iter().all(|name| shown.contains(&name.as_str())), "{page}: {found:?}");
        assert!(found.len() == shown.len() || *page == "customer", "{page}: {found:?}");
        if *page != "index" {
            let title = parsed.text("#products-1-title, #your-products-1-title");
            assert!(shown.iter().any(|name| title.starts_with(name)), "{page}: {title}");
        }
    }
}

#[test]
fn a_long_name_does_not_make_the_page_long() {
    let pages = |name: &str| pages(&Sample::named("long", &[name]));
    for ((page, short), (_, long)) in pages("Contoso").iter().zip(pages(&"\u{4f1a}W".repeat(5000))) {
        assert!(long.len() < short.len() + 500_000, "{page}: {} bytes", long.len());
        let parsed = Parsed::new(&long);
        assert!(parsed.all(".name").into_iter().all(|name| text_of(name).chars().count() == 257), "{page}");
    }
}

/// The elements of a page with the names of their attributes.
fn elements(html: &str) -> Vec<String> {
    let describe = |element: &scraper::ElementRef<'_>| {
        let attributes: Vec<_> = element.value().attrs().map(|(name, _)| name).collect();
        format!("{} {attributes:?}", element.value().name())
    };
    Parsed::new(html).all("*").iter().map(describe).collect()
}
