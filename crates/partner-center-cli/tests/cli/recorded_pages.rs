//! `report --dataset` and `history record --report`: the page of a recorded day agrees with the history.

use std::fs;
use std::path::Path;

use partner_center_emulator::{Emulator, FaultScript};
use rust_decimal::Decimal;
use scraper::{ElementRef, Selector};
use serde_json::Value;

use crate::history::{Archive, TENANT, rows};
use crate::report::{HOSTILE, Page, hostile, words};
use crate::support::{Run, command, command_at, finish};

/// Writes the page of a dataset, without any credentials.
pub(crate) fn report(archive: &Archive, arguments: &[&str]) -> (Run, Page) {
    let path = archive.path("page.html");
    let requests = archive.beside.emulator.request_count();
    let mut command = command();
    command.env("PARTNER_CENTER_CONFIG_DIR", archive.path("config")).arg("report").args(arguments);
    let run = finish(command.args(["--dataset", &archive.dataset(), "--output"]).arg(&path));
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert_eq!(archive.beside.emulator.request_count(), requests, "nothing is sent");
    (run, Page::read(&path))
}

pub(crate) fn record_days(archive: &Archive, days: &[&str]) {
    for day in days {
        let run = archive.record(&["--date", day]);
        assert_eq!(run.code, 0, "{run}");
    }
}

/// The cells of the rows of a table.
pub(crate) fn table<'a>(page: &'a Page, selector: &str) -> Vec<Vec<ElementRef<'a>>> {
    page.all(&format!("{selector} tbody tr")).into_iter().map(|row| row.child_elements().collect()).collect()
}

fn number(cell: ElementRef<'_>) -> Option<i64> {
    let data = cell.select(&Selector::parse("data").unwrap()).next()?;
    Some(data.attr("value").unwrap().parse().unwrap())
}

/// The number with its sign, as tiles show it.
fn difference(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let groups: Vec<_> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    let sign = match number {
        0 => "±",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}", groups.join(","))
}

/// Makes a copy of a day.
fn copy_day(dataset: &Path, from: &str, to: &str) {
    for table in ["deployment", "usage", "funnel", "runs"] {
        let folder = |day: &str| dataset.join(table).join(format!("snapshotDate={day}"));
        fs::create_dir(folder(to)).unwrap();
        for entry in fs::read_dir(folder(from)).unwrap() {
            let entry = entry.unwrap();
            let mut bytes = fs::read(entry.path()).unwrap();
            if table == "runs" {
                bytes = String::from_utf8(bytes).unwrap().replace(from, to).into_bytes();
            }
            fs::write(folder(to).join(entry.file_name()), bytes).unwrap();
        }
    }
}

#[test]
fn the_figures_are_those_of_trend_and_diff() {
    let archive = Archive::new(Emulator::builder().customers(120));
    record_days(&archive, &["2026-06-28", "2026-07-26", "2026-08-02", "2026-08-23", "2026-08-30"]);
    let (_, page) = report(&archive, &[]);
    let trend = archive.document(&["trend"]);
    let diff = archive.document(&["diff", "2026-08-02", "2026-08-30"]);
    let last = rows(&trend).last().unwrap();
    for (tile, column) in [
        ("sold", "licensesSold"),
        ("deployed", "licensesDeployed"),
        ("active", "licensesActive"),
        ("shelfware", "shelfware"),
        ("idle", "idle"),
        ("unused", "unused"),
    ] {
        assert_eq!(page.value(&format!("#total-{tile}")), last[column].as_i64().map(Decimal::from), "{tile}");
    }
    let tiles: Vec<_> = page.all(".tile .change").into_iter().map(words).collect();
    let totals = |side: &str, column: &str| diff["summary"][side]["totals"][column].as_i64().unwrap();
    let moved = ["licensesSold", "licensesDeployed", "licensesActive", "unused"]
        .map(|column| totals("to", column) - totals("from", column));
    assert_eq!(tiles, moved.map(|moved| format!("{} since 2026-08-02", difference(moved))));

    let changes = table(&page, ".changes");
    let text = page.text();
    assert_eq!(changes.len(), 15);
    let left_out = rows(&diff).len() - 15;
    assert!(text.contains(&format!(
        "{left_out} more changes are not shown. All changes are in the output of history diff 2026-08-02 2026-08-30."
    )));
    let is_whole = |kind: &str| kind == "new" || kind == "gone";
    let kinds: Vec<_> = changes.iter().map(|cells| words(cells[2])).collect();
    assert!(kinds.is_sorted_by_key(|kind| !is_whole(kind)), "{kinds:?}");
    let mut unused = [Vec::new(), Vec::new()];
    for cells in &changes {
        let [customer, product, kind] = [0, 1, 2].map(|place| words(cells[place]));
        let row =
            rows(&diff).iter().find(|row| row["customerName"] == customer && row["productName"] == product);
        let row = row.unwrap();
        assert_eq!(row["change"], if kind == "new" { "appeared" } else { &kind });
        let moved = row["unusedTo"].as_i64().unwrap_or(0) - row["unusedFrom"].as_i64().unwrap_or(0);
        assert_eq!(number(cells[5]), Some(moved), "{customer} {product}");
        unused[usize::from(is_whole(&kind))].push(moved.abs());
    }
    assert!(unused.iter().all(|unused| unused.is_sorted_by(|one, other| one >= other)), "{unused:?}");

    let points = table(&page, "[aria-labelledby=trend] details");
    assert_eq!(points.len(), 5);
    for (cells, row) in points.iter().zip(rows(&trend)) {
        assert_eq!(words(cells[0]), row["snapshotDate"].as_str().unwrap());
        for (place, column) in [(1, "licensesSold"), (2, "licensesActive"), (3, "unused")] {
            assert_eq!(number(cells[place]), row[column].as_i64());
        }
    }
    assert_eq!(page.all(".plot .line").len(), 3);
    assert!(text.contains("as recorded for 2026-08-30"));

    // The rest of the page is that of the service.
    let other = archive.path("service.html");
    let mut command = archive.command();
    let run = finish(command.args(["report", "--source", "commercial", "--output"]).arg(&other));
    assert_eq!(run.code, 0, "{run}");
    let other = Page::read(&other);
    for section in [".headline", "[aria-labelledby=funnel]", "[aria-labelledby=where]", ".heat", ".all-rows"]
    {
        assert_eq!(words(page.all(section)[0]), words(other.all(section)[0]), "{section}");
    }
    assert!(other.all("#changes, #trend").is_empty());
}

#[test]
fn one_day_has_no_changes_and_years_of_days_are_bounded() {
    let archive = Archive::new(Emulator::builder().customers(4));
    record_days(&archive, &["2026-08-30"]);
    let (_, page) = report(&archive, &[]);
    assert!(page.all("#changes, #trend, .change").is_empty());
    let dataset = archive.path("dataset");
    for place in 0..150 {
        let day = format!("{}-{:02}-{:02}", 2024 + place / 75, place % 75 / 25 + 1, place % 25 + 1);
        copy_day(&dataset, "2026-08-30", &day);
    }
    let (_, page) = report(&archive, &[]);
    let points = table(&page, "[aria-labelledby=trend] details");
    assert!((50..=60).contains(&points.len()), "{}", points.len());
    assert_eq!(words(points.last().unwrap()[0]), "2026-08-30");
    assert!(page.text().contains("of 151 recorded days are shown: the last of every 3."));
    assert!(page.text().contains("Changed since 2025-03-25") && page.text().contains("Nothing changed."));
}

#[test]
fn an_incomplete_day_says_what_is_missing_and_nobody_who_was_not_read_is_gone() {
    let archive = Archive::new(Emulator::builder().customers(12));
    record_days(&archive, &["2026-08-30"]);
    let customer =
        archive.beside.emulator.book().customers().find(|one| !one.deployment().is_empty()).unwrap();
    let fault = format!("/*{}* 400", customer.id);
    archive.beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
    assert_eq!(archive.record(&["--source", "classic", "--max-attempts", "1"]).code, 3);
    let (run, page) = report(&archive, &[]);
    assert!(run.stderr.contains("is incomplete: customers are missing"), "{run}");
    let notes = page.notes();
    assert!(
        notes.contains("is incomplete: customers are missing, and the counts are at least these."),
        "{notes}"
    );
    let named = format!("1 customer could not be read: {}", customer.company_name);
    assert!(notes.contains(&named), "the name is that of the day before: {notes}");
    let text = page.text();
    assert!(
        text.contains("1 customer was not read on one of the days: what changed there is not known"),
        "{text}"
    );
    assert!(text.contains("1 of these days is incomplete: its figures are at least these."));
    assert!(table(&page, ".changes").iter().all(|cells| words(cells[0]) != customer.company_name));
    let diff = archive.document(&["diff"]);
    let unused = |side: &str| diff["summary"][side]["totals"]["unused"].as_i64().unwrap();
    let tiles: Vec<_> = page.all(".tile .change").into_iter().map(words).collect();
    assert_eq!(tiles[3], format!("{} since 2026-08-30", difference(unused("to") - unused("from"))));

    let id = customer.id.to_string();
    let (_, page) = report(&archive, &["-c", &id]);
    assert!(page.notes().contains(&named), "{}", page.notes());
}

#[test]
fn customers_and_rules_select_rows_of_every_day() {
    let archive = Archive::new(Emulator::builder());
    record_days(&archive, &["2026-08-02", "2026-08-30"]);
    let rules = archive.path("rules.toml");
    fs::write(&rules, "[[ignore]]\nproduct = \"*365*\"\n").unwrap();
    let diff = archive.document(&["diff"]);
    let trend = archive.document(&["trend", "--by", "customer"]);
    let id = rows(&diff)[0]["customerId"].as_str().unwrap();
    let (_, page) = report(&archive, &["-c", id]);
    let own: Vec<&Value> = rows(&trend).iter().filter(|row| row["key"] == id).collect();
    for (cells, row) in table(&page, "[aria-labelledby=trend] details").iter().zip(own) {
        assert_eq!(number(cells[3]), row["unused"].as_i64());
    }
    let changed = |keeps: &dyn Fn(&Value) -> bool| rows(&diff).iter().filter(|row| keeps(row)).count();
    assert_eq!(table(&page, ".changes").len(), changed(&|row| row["customerId"] == id).min(15));

    let (_, page) = report(&archive, &["--ignore", rules.to_str().unwrap()]);
    let kept = changed(&|row| !row["productName"].as_str().unwrap().contains("365"));
    assert_eq!(table(&page, ".changes").len(), kept.min(15));
    assert!(page.all(".changes .product").into_iter().all(|product| !words(product).contains("365")));
    let points = table(&page, "[aria-labelledby=trend] details");
    assert_eq!(number(points[1][3]).map(Decimal::from), page.value("#total-unused"));

    let (run, page) = report(&archive, &["--min-idle", "10"]);
    assert!(page.all("#changes, #trend, .change").is_empty());
    assert!(page.notes().contains("The changes and the trend are left out: --min-idle"), "{run}");
}

#[test]
fn pseudonyms_and_hostile_names() {
    let archive = Archive::new(Emulator::builder());
    record_days(&archive, &["2026-08-02", "2026-08-30"]);
    report(&archive, &["--anonymize"]);
    let html = fs::read_to_string(archive.path("page.html")).unwrap();
    for customer in archive.beside.emulator.book().customers() {
        for real in [customer.company_name, customer.id.to_string()] {
            // The page names the partner, whose id is that of a customer here.
            assert!(real == TENANT || !html.contains(&real), "{real}");
        }
    }
    assert!(!html.contains(&archive.dataset()));

    let archive = Archive::new(Emulator::builder());
    record_days(&archive, &["2026-08-30"]);
    let server = hostile();
    let mut command = command_at(server.url());
    command.env("PARTNER_CENTER_TENANT_ID", TENANT);
    let page = archive.path("recorded.html");
    let run = finish(
        command
            .args(["history", "record", "--source", "classic", "--dataset", &archive.dataset(), "--report"])
            .arg(&page),
    );
    assert_eq!(run.code, 0, "{run}");
    let page = Page::read(&page);
    assert!(page.all("script, img, [onload], [onerror]").is_empty());
    let (_, page) = report(&archive, &["-c", "11111110-1111-1111-1111-111111111111"]);
    assert_eq!(words(page.all(".changes .name")[0]), HOSTILE[0].1);
    assert!(page.all("script, img, [onload], [onerror]").is_empty());
    let command = "Command: partner-center report -c 11111110-1111-1111-1111-111111111111 --dataset dataset";
    assert!(page.text().contains(command), "the name of the folder without its path");
}

#[test]
fn a_recording_writes_its_page_from_one_reading() {
    let archive = Archive::new(Emulator::builder());
    record_days(&archive, &["2026-08-02"]);
    let path = archive.path("recorded.html");
    let with_page = ["--date", "2026-08-30", "--report", path.to_str().unwrap()];
    let counted = |arguments: &[&str]| {
        let before = archive.beside.emulator.request_count();
        let run = archive.record(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
        archive.beside.emulator.request_count() - before
    };
    assert_eq!(counted(&with_page), counted(&with_page[..2]), "nothing is sent for the page");
    let recorded = fs::read_to_string(&path).unwrap();
    report(&archive, &[]);
    let page = fs::read_to_string(archive.path("page.html")).unwrap();
    let before_footer = |html: &str| html.split_once("<footer>").unwrap().0.to_owned();
    assert!(before_footer(&recorded) == before_footer(&page));
    assert!(recorded.contains("history record --dataset dataset --date 2026-08-30</code>"));

    // A day before the last one is compared with the days before it.
    fs::remove_file(&path).unwrap();
    counted(&["--date", "2026-08-23", "--report", path.to_str().unwrap()]);
    let points = Page::read(&path);
    let points = table(&points, "[aria-labelledby=trend] details");
    assert_eq!(words(points.last().unwrap()[0]), "2026-08-23");

    fs::remove_file(&path).unwrap();
    archive.beside.emulator.set_faults("/*commercial*usage* 404".parse::<FaultScript>().unwrap());
    assert_eq!(archive.record(&with_page).code, 6);
    let requests = archive.beside.emulator.request_count();
    for name in ["page.csv", "none/page.html"] {
        let name = archive.path(name);
        let run = archive.record(&["--report", name.to_str().unwrap()]);
        assert_eq!(run.code, 2, "{run}");
        assert!(!name.exists());
    }
    assert_eq!(archive.beside.emulator.request_count(), requests);
    let names = fs::read_dir(archive.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.into_iter().any(|name| name.contains("recorded")), "no page, and no part of one");
}

#[test]
fn a_pack_of_a_recorded_day() {
    let archive = Archive::new(Emulator::builder());
    record_days(&archive, &["2026-08-02", "2026-08-30"]);
    let pages = archive.path("pages");
    let mut command = command();
    let run =
        finish(command.args(["report", "pack", "--dataset", &archive.dataset(), "--output"]).arg(&pages));
    assert_eq!(run.code, 0, "{run}");
    let index = Page::read(&pages.join("index.html"));
    let trend = archive.document(&["trend"]);
    assert_eq!(index.value("#total-unused"), rows(&trend)[1]["unused"].as_i64().map(Decimal::from));
    let customers = archive.document(&["list"])["rows"][1]["withRows"].as_u64().unwrap();
    assert_eq!(u64::try_from(fs::read_dir(&pages).unwrap().count()).unwrap(), customers + 1);
}

#[test]
fn what_does_not_apply_to_a_dataset_is_refused() {
    let archive = Archive::new(Emulator::builder().customers(3));
    record_days(&archive, &["2026-08-30"]);
    let dataset = archive.dataset();
    let page = archive.path("page.html");
    let page = page.to_str().unwrap();
    for arguments in [
        &["report", "--source", "classic"][..],
        &["report", "--concurrency", "2"],
        &["report", "--rate", "60"],
        &["--emulator", "report"],
        &["report", "--emulator"],
        &["report", "--format", "csv"],
        &["report", "pack", "--rate", "60"],
    ] {
        let run = finish(command().args(arguments).args(["--dataset", &dataset, "--output", page]));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?} {run}");
    }
    let run = finish(command().args(["report", "--dataset", "nowhere", "--output", page]));
    assert_eq!(run.code, 2, "{run}");
    let part = archive.path("dataset/funnel/snapshotDate=2026-08-30/part-0.parquet");
    fs::write(&part, "damaged").unwrap();
    let run = finish(command().args(["report", "--dataset", &dataset, "--output", page]));
    assert_eq!(run.code, 9, "{run}");
    assert!(run.stderr.contains("part-0.parquet"), "{run}");
    fs::remove_dir_all(archive.path("dataset/runs")).unwrap();
    let run = finish(command().args(["report", "--dataset", &dataset, "--output", page]));
    assert_eq!(run.code, 2, "no day is left: {run}");
    assert!(!Path::new(page).exists());
}
