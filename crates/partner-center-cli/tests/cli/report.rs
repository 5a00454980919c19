//! `report`: the page agrees with the rows, and appears only when it is complete.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use partner_center_emulator::{CustomerState, Emulator, FaultScript};
use partner_center_test_support::{FakeServer, ok};
use rust_decimal::Decimal;
use scraper::{ElementRef, Html, Selector};
use serde_json::json;
use tempfile::TempDir;

use crate::reports::records;
use crate::support::{Run, TestEmulator, beside, command_at, finish};

/// A parsed page.
pub(crate) struct Page(Html);

impl Page {
    pub(crate) fn read(path: &Path) -> Self {
        Self(Html::parse_document(&fs::read_to_string(path).unwrap()))
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&Selector::parse(selector).unwrap()).collect()
    }

    pub(crate) fn text(&self) -> String {
        words(self.0.root_element())
    }

    /// The exact number in the only `data` element below; `None` if it is not known.
    pub(crate) fn value(&self, selector: &str) -> Option<Decimal> {
        assert_eq!(self.all(selector).len(), 1, "{selector}");
        let data = self.all(&format!("{selector} data"));
        assert!(data.len() < 2, "{selector}");
        data.first().map(|data| data.attr("value").unwrap().parse().unwrap())
    }

    /// The sum of the last numbers of all lines of a table.
    fn sum(&self, table: &str) -> Decimal {
        let cells = self.all(&format!("[aria-labelledby={table}] td.unused"));
        let data = Selector::parse("data").unwrap();
        cells
            .iter()
            .filter_map(|cell| cell.select(&data).next())
            .map(|data| data.attr("value").unwrap().parse::<Decimal>().unwrap())
            .sum()
    }

    pub(crate) fn notes(&self) -> String {
        words(self.all(".caveats")[0])
    }
}

pub(crate) fn words(element: ElementRef<'_>) -> String {
    let texts = element.text().collect::<Vec<_>>().join(" ");
    texts.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An emulator, and a directory for the output.
pub(crate) struct Desk {
    pub(crate) beside: TestEmulator,
    directory: TempDir,
}

impl Desk {
    pub(crate) fn new(customers: usize) -> Self {
        Self::of(beside(Emulator::builder().customers(customers)))
    }

    pub(crate) fn of(beside: TestEmulator) -> Self {
        Self { beside, directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        names(self.directory.path())
    }

    /// Runs a command with the arguments and `--output`.
    pub(crate) fn write(&self, command: &[&str], output: &str, arguments: &[&str]) -> Run {
        let path = self.path(output);
        self.beside.run(&[command, arguments, &["--output", path.to_str().unwrap()]].concat())
    }

    fn report(&self, arguments: &[&str]) -> (Run, Page) {
        let run = self.write(&["report"], "page.html", arguments);
        assert_eq!(run.stdout, "", "{run}");
        let page = Page::read(&self.path("page.html"));
        (run, page)
    }

    pub(crate) fn funnel(&self, arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
        let run = self.beside.run(&[&["licenses", "funnel", "--format", "csv"], arguments].concat());
        assert_eq!(run.code, 0, "{run}");
        let mut rows = records(&run.stdout);
        for value in rows.iter_mut().flat_map(BTreeMap::values_mut) {
            // The mark that keeps a spreadsheet from running a text.
            *value = value.trim_start_matches('\'').to_owned();
        }
        rows
    }

    pub(crate) fn set_faults(&self, script: &str) {
        self.beside.emulator.set_faults(script.parse::<FaultScript>().unwrap());
    }

    /// Prices in two currencies; some products have none.
    pub(crate) fn prices(&self) -> String {
        let path = self.path("prices.csv");
        let lines = "*365*,33.15,EUR,month\n*EXCHANGE*,47.99,USD,year\n*POWER*,1234,JPY,month\n";
        fs::write(&path, format!("product,price,currency,per\n{lines}")).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The sum of a column over the rows that have a value; `None` if no row has one.
pub(crate) fn sum<'a>(
    rows: impl IntoIterator<Item = &'a BTreeMap<String, String>>,
    column: &str,
) -> Option<Decimal> {
    let values = rows.into_iter().map(|row| row[column].as_str()).filter(|value| !value.is_empty());
    values.map(|value| value.parse::<Decimal>().unwrap()).reduce(|a, b| a + b)
}

const FIGURES: [(&str, &str); 6] = [
    ("sold", "licensesSold"),
    ("deployed", "licensesDeployed"),
    ("active", "licensesActive"),
    ("shelfware", "shelfware"),
    ("idle", "idle"),
    ("unused", "unused"),
];

/// The figures on the page are the sums of the rows, to the unit and the cent.
fn agrees(page: &Page, rows: &[BTreeMap<String, String>], source: &str) {
    for (id, column) in FIGURES {
        let parent =
            if ["shelfware", "idle"].contains(&id) { ".gap:has(#total-" } else { ".tile:has(#total-" };
        let selector = format!("{parent}{id})");
        assert_eq!(page.value(&format!("#total-{id}")), sum(rows, column), "{source} {selector}");
    }
    for currency in ["EUR", "JPY", "USD"] {
        let cost = sum(rows.iter().filter(|row| row["currency"] == currency), "unusedCost");
        assert!(cost.is_some_and(|cost| cost > Decimal::ZERO), "{source} {currency}");
        assert_eq!(page.value(&format!("#total-cost-{currency}")), cost, "{source} {currency}");
        for table in ["customers", "products"] {
            assert_eq!(
                Some(page.sum(&format!("{table}-cost-{currency}"))),
                cost,
                "{source} {table} {currency}"
            );
        }
    }
    for table in ["customers", "products"] {
        assert_eq!(Some(page.sum(table)), sum(rows, "unused"), "{source} {table}");
    }
}

#[test]
fn the_page_agrees_with_the_rows_of_25_customers_from_either_source() {
    let desk = Desk::new(25);
    let prices = desk.prices();
    for source in ["commercial", "classic"] {
        let rows = desk.funnel(&["-a", "--source", source, "--prices", &prices]);
        let (run, page) = desk.report(&["--source", source, "--prices", &prices]);
        assert_eq!(run.code, 0, "{run}");
        agrees(&page, &rows, source);
        // Fewer rows than a page shows: all of them are on it.
        let shown = page.all(".all-rows tbody tr");
        assert_eq!(shown.len(), rows.len());
        let unknown = rows.iter().filter(|row| row["shelfware"].is_empty() || row["idle"].is_empty()).count();
        let text = page.text();
        assert!(text.contains(&format!("for {unknown} rows it is not fully known")), "{source}");
        let (operations, other) = ("Source: the classic operations", "Source: the commercial queries");
        let (named, not) = if source == "classic" { (operations, other) } else { (other, operations) };
        assert!(text.contains(named) && !text.contains(not), "{source}");
        assert!(text.contains(" no rows, which does not prove that "), "{source}");
        assert!(page.all("#changes").is_empty(), "nothing is known of them");
    }
    let text = desk.report(&["--prices", &prices]).1.text();
    let command = "Command: partner-center report --prices prices.csv";
    assert!(text.contains(command), "file names without their folders: {text}");
    assert_eq!(desk.names(), ["page.html", "prices.csv"]);
}

#[test]
fn the_page_agrees_with_the_rows_of_2000_customers_and_is_bounded() {
    let desk = Desk::new(2000);
    let prices = desk.prices();
    let rows = desk.funnel(&["-a", "--source", "commercial", "--prices", &prices]);
    let (run, page) = desk.report(&["--source", "commercial", "--prices", &prices]);
    assert_eq!(run.code, 0, "{run}");
    agrees(&page, &rows, "commercial");
    assert_eq!(page.all(".all-rows tbody tr").len(), 1000);
    assert!(page.text().contains("rows are left out here. All rows are in the output of licenses funnel"));
    assert_eq!((page.all(".heat tbody tr").len(), page.all(".heat thead th").len()), (20, 1 + 12));

    // The first rows are those with most unused licenses.
    let mut unused: Vec<i64> = rows.iter().filter_map(|row| row["unused"].parse().ok()).collect();
    unused.sort_unstable_by(|a, b| b.cmp(a));
    let cell = Selector::parse("td.number:nth-child(9)").unwrap();
    let shown = page
        .all(".all-rows tbody tr")
        .into_iter()
        .map(|row| words(row.select(&cell).next().unwrap()).replace(',', "").parse::<i64>().unwrap());
    assert_eq!(shown.collect::<Vec<_>>(), unused[..1000]);

    let smaller = Desk::new(400);
    let prices = smaller.prices();
    smaller.report(&["--source", "commercial", "--prices", &prices]);
    let size = |desk: &Desk| fs::metadata(desk.path("page.html")).unwrap().len();
    assert!(size(&desk) < size(&smaller) + 20_000, "{} {}", size(&desk), size(&smaller));
}

#[test]
fn the_heat_map_shows_the_share_of_unused_licenses() {
    let desk = Desk::new(25);
    let rows = desk.funnel(&["-a", "--source", "commercial"]);
    let page = desk.report(&["--source", "commercial"]).1;
    let products: Vec<_> = page.all(".heat thead .turned").into_iter().map(words).collect();
    let (mut known, mut empty) = (0, 0);
    for line in page.all(".heat tbody tr") {
        let cells: Vec<_> = line.child_elements().map(words).collect();
        for (product, shown) in products.iter().zip(&cells[1..]) {
            let own =
                rows.iter().filter(|row| row["customerName"] == cells[0] && row["productName"] == *product);
            let own: Vec<_> = own.collect();
            let whole = own
                .iter()
                .copied()
                .filter(|row| !row["unused"].is_empty() && !row["licensesSold"].is_empty());
            let whole: Vec<_> = whole.collect();
            let expected =
                match (sum(whole.iter().copied(), "unused"), sum(whole.iter().copied(), "licensesSold")) {
                    _ if own.is_empty() => String::new(),
                    (Some(unused), Some(sold)) if !sold.is_zero() => {
                        format!("{}%", (unused * Decimal::from(100) / sold).trunc())
                    }
                    _ => "not known".to_owned(),
                };
            assert_eq!(*shown, expected, "{} {product}", cells[0]);
            known += usize::from(shown.ends_with('%'));
            empty += usize::from(shown.is_empty());
        }
    }
    assert!(known > 20 && empty > 20, "{known} {empty}");
}

#[test]
fn selected_customers_and_filters_decide_what_is_counted() {
    let desk = Desk::new(25);
    let rows = desk.funnel(&["-a", "--source", "classic"]);
    let id = &rows.iter().max_by_key(|row| row["unused"].parse::<i64>().unwrap_or(-1)).unwrap()["customerId"];
    let (run, page) = desk.report(&["-c", id]);
    assert_eq!(run.code, 0, "{run}");
    let own: Vec<_> = rows.iter().filter(|row| row["customerId"] == *id).cloned().collect();
    assert_eq!(page.value("#total-sold"), sum(&own, "licensesSold"));
    assert!(page.text().contains(&format!("report -c {id}")));
    assert!(page.text().contains("Source: the classic operations and the commercial queries"));

    let filtered = desk.funnel(&["-a", "--min-idle", "10"]);
    let page = desk.report(&["--min-idle", "10"]).1;
    assert_eq!(page.value("#total-unused"), sum(&filtered, "unused"));
    let rules = desk.path("rules.toml");
    fs::write(&rules, "[[ignore]]\nproduct = \"*365*\"\n").unwrap();
    let rules = rules.to_str().unwrap();
    let filtered = desk.funnel(&["-a", "--ignore", rules]);
    let page = desk.report(&["--ignore", rules]).1;
    assert_eq!(page.value("#total-unused"), sum(&filtered, "unused"));
    assert!(page.notes().contains("rows are left out by --ignore."), "{}", page.notes());
}

#[test]
fn failed_and_skipped_customers_are_named() {
    let desk = Desk::new(60);
    let emulator = &desk.beside.emulator;
    let with_rows: Vec<_> = emulator.book().customers().filter(|one| !one.deployment().is_empty()).collect();
    let lapsed = emulator.book().customers().find(|one| one.state == CustomerState::Lapsed).unwrap();
    let [failed, skipped] = [&with_rows[0], &lapsed].map(|one| (one.id, one.company_name.clone()));
    desk.set_faults(&format!("/v1/customers/{}/* 400", failed.0));
    let (run, page) = desk.report(&["--source", "classic"]);
    assert_eq!(run.code, 3, "{run}");
    let notes = page.notes();
    assert!(notes.contains(&format!("1 customer could not be read: {}", failed.1)), "{notes}");
    assert!(notes.contains(" skipped, because "), "{notes}\n{run}");
    assert!(notes.contains(&skipped.1), "{notes}");
    // Who is selected has no name before a row.
    let (run, page) = desk.report(&["-c", &failed.0.to_string(), "-c", &with_rows[2].id.to_string()]);
    assert_eq!(run.code, 3, "{run}");
    assert!(
        page.notes().contains(&format!("1 customer could not be read: {}", failed.0)),
        "{}",
        page.notes()
    );
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_sent() {
    let desk = Desk::new(3);
    fs::write(desk.path("bad.csv"), "product,price,currency,per\nx,-1,EUR,month\n").unwrap();
    fs::create_dir(desk.path("full")).unwrap();
    fs::write(desk.path("full/x"), "x").unwrap();
    fs::create_dir(desk.path("left.partial")).unwrap();
    let bad = desk.path("bad.csv");
    let prices = ["--prices", bad.to_str().unwrap()];
    let before = desk.names();
    for (command, output, arguments, why) in [
        (&["report"][..], "page.csv", &[][..], "Use a file name that ends in .html"),
        (&["report"], "page", &[], "Use a file name that ends in .html"),
        (&["report"], "page.html", &["--format", "json"], "--format does not apply"),
        (&["report"], "none/page.html", &[], "there is no directory"),
        (&["report"], "page.html", &prices, "`-1` is negative"),
        (&["report"], "page.html", &["--rate", "5", "-c", crate::support::DOCUMENTED], "cannot be used with"),
        (&["report", "pack"], "full", &[], "it is not empty"),
        (&["report", "pack"], "bad.csv", &[], "it is not a folder"),
        (&["report", "pack"], "none/pack", &[], "its parent folder does not exist"),
        (&["report", "pack"], "left", &[], "another run is writing it, or one was killed"),
        (&["report", "pack"], "pack", &prices, "`-1` is negative"),
        (&["report"], "page.html", &["--format", "html"], "--format does not apply"),
        (&["report", "pack"], "pack", &["--format", "csv"], "report pack writes html or xlsx"),
        (&["licenses", "funnel", "-a"], "x.csv", &["--format", "html"], "this command does not write html"),
        (&["licenses", "funnel", "-a"], "page.html", &[], "Use partner-center report"),
        (&["customers", "list"], "page.HTML", &[], "Use partner-center report"),
        (&["licenses", "query", "usage"], "page.html", &[], "Use partner-center report"),
    ] {
        let run = desk.write(command, output, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{command:?} {output}\n{run}");
        assert!(run.stderr.contains(why), "{why}\n{run}");
    }
    #[cfg(not(feature = "xlsx"))]
    {
        let run = desk.write(&["report", "pack"], "pack", &["--format", "xlsx"]);
        assert!(run.code == 2 && run.stderr.contains("this build cannot write xlsx"), "{run}");
    }
    for arguments in [&["report"][..], &["report", "pack"]] {
        let run = desk.beside.run(arguments);
        assert!(run.code == 2 && run.stderr.contains("--output <"), "{run}");
    }
    assert_eq!(desk.names(), before);
    assert_eq!(desk.beside.emulator.request_count(), 0, "nothing was sent");
}

const COMMANDS: [(&[&str], &str); if cfg!(feature = "xlsx") { 3 } else { 2 }] = [
    (&["report"], "page.html"),
    (&["report", "pack"], "pack"),
    #[cfg(feature = "xlsx")]
    (&["report", "pack", "--format", "xlsx"], "workbooks"),
];

#[test]
fn nothing_is_written_after_an_early_end_or_if_every_customer_failed() {
    let desk = Desk::new(40);
    for (faults, code) in [("#9- 401(code=900421)", 4), ("/v1/customers/*/* 400", 1)] {
        for (command, output) in COMMANDS {
            desk.set_faults(faults);
            let run = desk.write(command, output, &["--source", "classic", "--concurrency", "1"]);
            assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run}");
            assert!(desk.names().is_empty(), "{faults} {command:?}\n{run}");
        }
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_after_a_signal() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let desk = Desk::new(40);
    desk.set_faults("#9- stall(after=0,ms=60000)");
    for (command, output) in COMMANDS {
        let mut child = desk
            .beside
            .command()
            .args(command)
            .args(["--source", "classic", "--concurrency", "1", "--output"])
            .arg(desk.path(output))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let before = desk.beside.emulator.request_count();
        let start = Instant::now();
        while desk.beside.emulator.request_count() < before + 5 && start.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(desk.names(), [format!("{output}.partial")]);
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        assert!(desk.names().is_empty(), "{:?}", desk.names());
        desk.set_faults("#9- stall(after=0,ms=60000)");
    }
}

/// Names that customers choose to do harm, and how they are shown.
pub(crate) const HOSTILE: [(&str, &str); 6] = [
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("\"onload=\"alert(1)", "\"onload=\"alert(1)"),
    ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ("Con\u{202e}toso\u{1b}[2J", "Con\u{fffd}toso\u{fffd}[2J"),
    ("</title></style><img src=x onerror=alert(1)>", "</title></style><img src=x onerror=alert(1)>"),
    ("Two\r\nlines", "Two lines"),
];

/// A service whose customers and products have these names.
pub(crate) fn hostile() -> FakeServer {
    FakeServer::responding(|request| {
        let path = request.target.split('?').next().unwrap_or_default();
        let id = |place: usize| format!("1111111{place}-1111-1111-1111-111111111111");
        let rows: Vec<_> = if path.ends_with("/customers") {
            let customers = HOSTILE.iter().enumerate();
            customers.map(|(place, (name, _))| json!({ "id": id(place), "companyProfile": { "companyName": name } })).collect()
        } else {
            let of = HOSTILE.iter().enumerate().find(|(place, _)| path.contains(&id(*place)));
            let (place, (name, _)) = of.unwrap();
            let count = if path.contains("/deployment") { "licensesDeployed" } else { "licensesActive" };
            vec![json!({
                "customerId": id(place), "customerName": name, "productName": name, "serviceCode": "crm",
                "licensesSold": 10, count: 4, "processedDateTime": "2026-08-30T00:00:00Z",
            })]
        };
        ok(json!({ "totalCount": rows.len(), "items": rows }).to_string())
    })
}

#[test]
fn hostile_names_are_text() {
    let server = hostile();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("page.html");
    let mut command = command_at(server.url());
    let run = finish(command.args(["report", "--source", "classic", "--output"]).arg(&path));
    assert_eq!(run.code, 0, "{run}");
    let page = Page::read(&path);
    assert!(page.all("script, img, [onload], [onerror]").is_empty());
    let mut found: Vec<_> = page.all("[aria-labelledby=customers] .name").into_iter().map(words).collect();
    let mut shown: Vec<_> = HOSTILE.iter().map(|(_, shown)| (*shown).to_owned()).collect();
    found.sort();
    shown.sort();
    assert_eq!(found, shown);
    let html = fs::read_to_string(&path).unwrap();
    assert!(!html.contains(['\u{202e}', '\u{1b}', '\r']));
}
