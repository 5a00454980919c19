//! `report pack`: one page per customer, which names no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rust_decimal::Decimal;

use crate::report::{Desk, HOSTILE, Page, hostile, names, sum, words};
use crate::support::{command_at, finish};

#[test]
fn each_page_has_the_rows_of_its_customer_and_names_no_other() {
    let desk = Desk::new(40);
    let prices = desk.prices();
    for source in ["commercial", "classic"] {
        let rows = desk.funnel(&["-a", "--source", source, "--prices", &prices]);
        let mut customers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in &rows {
            customers.entry(row["customerId"].as_str()).or_default().push(row);
        }
        let folder = desk.path(source);
        let run = desk.write(&["report", "pack"], source, &["--source", source, "--prices", &prices]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
        assert_eq!(names(&folder).len(), customers.len() + 1);

        let index = Page::read(&folder.join("index.html"));
        assert_eq!(index.value("#total-unused"), sum(&rows, "unused"));
        let mut linked = BTreeSet::new();
        for link in index.all("a") {
            let file = link.attr("href").unwrap().strip_prefix("./").unwrap();
            assert!(
                file.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
            );
            let own = customers.iter().find(|(id, rows)| {
                file.ends_with(&format!("-{}.html", &id[..8])) && rows[0]["customerName"] == words(link)
            });
            let (id, own) = own.unwrap_or_else(|| panic!("{file}"));
            linked.insert(file.to_owned());

            let page = Page::read(&folder.join(file));
            for (figure, column) in [
                ("sold", "licensesSold"),
                ("active", "licensesActive"),
                ("unused", "unused"),
                ("idle", "idle"),
            ] {
                assert_eq!(number(&page, figure), sum(own.iter().copied(), column), "{file} {figure}");
            }
            assert_eq!(page.all(".all-rows tbody tr").len(), own.len());
            assert!(page.all("a, code").is_empty(), "{file}: no link to another page, and no command");
            let text = page.text();
            assert!(text.contains(&own[0]["customerName"]), "{file}");
            for (other, rows) in &customers {
                let name = &rows[0]["customerName"];
                // A name can be part of another, as Contoso is.
                let is_part = own[0]["customerName"].contains(name.as_str());
                assert!(other == id || is_part || !text.contains(name.as_str()), "{file} names {name}");
                assert!(other == id || !text.contains(other), "{file} names {other}");
            }
        }
        let mut expected: Vec<_> = linked.into_iter().chain(["index.html".to_owned()]).collect();
        expected.sort();
        assert_eq!(names(&folder), expected);
    }
    assert_eq!(desk.names(), ["classic", "commercial", "prices.csv"], "no partial folder");
}

fn number(page: &Page, figure: &str) -> Option<Decimal> {
    page.value(&format!("#total-{figure}"))
}

#[test]
fn an_empty_folder_is_replaced_and_selected_customers_have_pages() {
    let desk = Desk::new(25);
    let rows = desk.funnel(&["-a", "--source", "classic"]);
    let ids: BTreeSet<_> = rows.iter().map(|row| row["customerId"].clone()).take(9).collect();
    let arguments: Vec<_> = ids.iter().flat_map(|id| ["-c", id]).collect();
    fs::create_dir(desk.path("pack")).unwrap();
    let run = desk.write(&["report", "pack"], "pack", &arguments);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(names(&desk.path("pack")).len(), ids.len() + 1);
    let again = desk.write(&["report", "pack"], "pack", &arguments);
    assert!(again.code == 2 && again.stderr.contains("it is not empty"), "{again}");
    assert_eq!(desk.names(), ["pack"]);
}

#[test]
fn hostile_names_are_text_and_make_safe_file_names() {
    let server = hostile();
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("pack");
    let mut command = command_at(server.url());
    let run = finish(command.args(["report", "pack", "--source", "classic", "--output"]).arg(&folder));
    assert_eq!(run.code, 0, "{run}");
    let files = names(&folder);
    assert_eq!(
        files,
        [
            "cmd-c-calc-a0-11111112.html",
            "con-toso-2j-11111113.html",
            "index.html",
            "onload-alert-1-11111111.html",
            "script-alert-1-script-11111110.html",
            "title-style-img-src-x-onerror-alert-1-11111114.html",
            "two-lines-11111115.html",
        ]
    );
    for file in files {
        let page = Page::read(&folder.join(&file));
        assert!(page.all("script, img, [onload], [onerror]").is_empty(), "{file}");
        let named: BTreeSet<_> = page.all(".name").into_iter().map(words).collect();
        assert!(named.iter().all(|name| HOSTILE.iter().any(|(_, shown)| shown == name)), "{named:?}");
        assert_eq!(named.len(), if file == "index.html" { HOSTILE.len() } else { 1 }, "{named:?}");
    }
}
