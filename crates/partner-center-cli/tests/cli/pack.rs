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

#[cfg(feature = "xlsx")]
#[test]
fn a_workbook_per_customer_has_its_rows_and_the_figures_of_its_page() {
    use calamine::Reader as _;

    use crate::workbooks::{compare, line_of_summary, open, text};

    let desk = Desk::new(40);
    let prices = desk.prices();
    for source in ["commercial", "classic"] {
        let arguments = ["--source", source, "--prices", &prices];
        let run = desk.write(&["report", "pack", "--format", "xlsx"], source, &arguments);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
        let csv =
            desk.beside.run(&[&["licenses", "funnel", "-a", "--format", "csv"], &arguments[..]].concat());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.stdout.as_bytes());
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        let rows: Vec<Vec<String>> = rows.collect();
        let place = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
        let (id_place, name_place) = (place("customerId"), place("customerName"));
        let customers: BTreeMap<_, _> =
            rows[1..].iter().map(|row| (row[id_place].as_str(), row[name_place].as_str())).collect();

        let index = Page::read(&desk.path(source).join("index.html"));
        let links: Vec<_> = index.all("a").iter().map(|link| link.attr("href").unwrap().to_owned()).collect();
        let (pages, workbooks): (Vec<_>, Vec<_>) =
            links.iter().map(|link| &link[2..]).partition(|link| link.strip_suffix(".html").is_some());
        assert_eq!((pages.len(), workbooks.len()), (customers.len(), customers.len()));
        let mut expected = [&pages[..], &workbooks, &["index.html"]].concat();
        expected.sort_unstable();
        assert_eq!(names(&desk.path(source)), expected, "nothing else");

        for (page, workbook) in pages.iter().zip(workbooks) {
            assert_eq!(page.trim_end_matches(".html"), workbook.trim_end_matches(".xlsx"));
            let digits = workbook.trim_end_matches(".xlsx").rsplit('-').next().unwrap();
            let (id, name) = customers.iter().find(|(id, _)| id.starts_with(digits)).unwrap();
            let own = rows.iter().enumerate().filter(|(place, row)| *place == 0 || row[id_place] == **id);
            let own: Vec<_> = own.map(|(_, row)| row.clone()).collect();
            let mut book = open(&desk.path(source).join(workbook));
            assert_eq!(book.sheet_names(), ["Summary", "Customers", "Products", "Rows", "Not read"]);
            compare(&own, &book.worksheet_range("Rows").unwrap());

            let page = Page::read(&desk.path(source).join(page));
            let of = format!("{} rows", own.len() - 1);
            let totals = line_of_summary(&mut book, "Total of", &of);
            for (figure, column) in
                [("sold", "licensesSold"), ("active", "licensesActive"), ("unused", "unused")]
            {
                let total = totals.iter().find(|(name, _)| name == column).map(|(_, total)| *total);
                let of_page = number(&page, figure).map(|count| count.to_string().parse().unwrap());
                assert_eq!(total, of_page, "{workbook} {figure}");
            }
            for currency in ["EUR", "JPY", "USD"] {
                let selector = format!("#total-cost-{currency}");
                if page.all(&selector).is_empty() {
                    continue;
                }
                let costs = line_of_summary(&mut book, "Cost per month", currency);
                let cost = costs.iter().find(|(name, _)| name == "unusedCost").unwrap().1;
                let of_page: f64 = page.value(&selector).unwrap().to_string().parse().unwrap();
                assert!((cost - of_page).abs() < 0.001, "{workbook} {currency} {cost} {of_page}");
            }
            let text = text(&mut book);
            let words = if source == "classic" { "the classic operations" } else { "the commercial queries" };
            assert!(text.contains(words) && page.text().contains(&format!("Source: {words}")), "{workbook}");
            assert!(
                !text.contains("partner-center report"),
                "{workbook}: a command can name another customer"
            );
            for (other, other_name) in &customers {
                let is_own = other == id || name.contains(other_name);
                assert!(
                    is_own || !text.contains(other_name) && !text.contains(other),
                    "{workbook} names {other}"
                );
            }
        }
    }

    // The sheets of the funnel of one customer.
    let id = &desk.funnel(&["-a", "--source", "classic"])[0]["customerId"].clone();
    let arguments = ["-c", id, "--source", "classic", "--prices", &prices];
    let run = desk.write(&["licenses", "funnel"], "x.xlsx", &arguments);
    assert_eq!(run.code, 0, "{run}");
    let files = names(&desk.path("classic"));
    let own = files.iter().find(|file| file.ends_with(&format!("-{}.xlsx", &id[..8]))).unwrap();
    let (mut funnel, mut own) = (open(&desk.path("x.xlsx")), open(&desk.path("classic").join(own)));
    for sheet in ["Customers", "Products", "Rows"] {
        assert_eq!(funnel.worksheet_range(sheet).unwrap(), own.worksheet_range(sheet).unwrap(), "{sheet}");
    }
}

#[test]
fn an_empty_folder_is_replaced_and_selected_customers_have_pages() {
    let desk = Desk::new(25);
    let rows = desk.funnel(&["-a", "--source", "classic"]);
    let ids: BTreeSet<_> = rows.iter().map(|row| row["customerId"].clone()).take(9).collect();
    let arguments: Vec<_> = ids.iter().flat_map(|id| ["-c", id]).collect();
    fs::create_dir(desk.path("pack")).unwrap();
    let run = desk.write(&["report", "pack", "--format", "html"], "pack", &arguments);
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

#[cfg(feature = "xlsx")]
#[test]
fn hostile_names_are_text_in_workbooks() {
    use calamine::{DataType as _, Reader as _};

    let server = hostile();
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("pack");
    let mut command = command_at(server.url());
    let arguments = ["report", "pack", "--format", "xlsx", "--source", "classic", "--output"];
    let run = finish(command.args(arguments).arg(&folder));
    assert_eq!(run.code, 0, "{run}");
    let files = names(&folder);
    let workbooks: Vec<_> = files.iter().filter(|file| file.strip_suffix(".xlsx").is_some()).collect();
    assert_eq!((workbooks.len(), files.len()), (HOSTILE.len(), 2 * HOSTILE.len() + 1), "{files:?}");
    for file in workbooks {
        assert!(files.contains(&file.replace(".xlsx", ".html")), "{file}");
        let mut book = crate::workbooks::open(&folder.join(file));
        let mut named = BTreeSet::new();
        for sheet in book.sheet_names() {
            assert!(book.worksheet_formula(&sheet).unwrap().is_empty(), "{file} {sheet}");
            let cells = book.worksheet_range(&sheet).unwrap();
            let texts =
                cells.rows().flatten().filter_map(|cell| Some(cell.as_string()?.replace('\n', "\r\n")));
            let is_name =
                |text: &String| HOSTILE.iter().any(|(name, _)| name.replace('\u{1b}', "\u{fffd}") == *text);
            named.extend(texts.filter(is_name));
        }
        assert_eq!(named.len(), 1, "{file} {named:?}");
    }
}
