//! `history list`: the days of a dataset.

use partner_center_history::{Day, Manifest, Table};

use crate::args::{Global, Writing};
use crate::console::Console;
use crate::dataset::{days, manifests, open};
use crate::exit::Exit;
use crate::output::rows::DayRow;
use crate::output::{End, Layout};
use crate::problem::Stop;
use crate::report::output_options;

pub(super) async fn run(
    place: &str,
    writing: &Writing,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let mut output = output_options::output::<DayRow>(global, writing, Layout::AsTheyCome)?;
    let dataset = open(place).await?;
    let days = days(&dataset, console).await?;
    let mut rows: Vec<_> = manifests(&dataset, &days.recorded).await?.iter().map(recorded).collect();
    rows.extend(days.unfinished.iter().copied().map(unfinished));
    rows.sort_by_key(|row| row.snapshot_date);
    output.rows(rows)?;
    output.finish(End::default())?;
    Ok(Exit::Done)
}

fn recorded(manifest: &Manifest) -> DayRow {
    let count = |count: u64| i64::try_from(count).ok();
    let customers = manifest.customers;
    DayRow {
        snapshot_date: manifest.snapshot_date,
        complete: Some(manifest.complete),
        source: manifest
            .source
            .and_then(|source| serde_json::to_value(source).ok()?.as_str().map(str::to_owned)),
        listed: customers.listed.and_then(count),
        with_rows: count(customers.with_rows),
        without_rows: customers.without_rows.and_then(count),
        skipped: count(customers.skipped),
        failed: count(customers.failed),
        rows: manifest.part(Table::Funnel).and_then(|part| count(part.rows)),
        bytes: count(manifest.parts.iter().map(|part| part.bytes).sum()),
        oldest_data: manifest.oldest_data.as_ref().map(ToString::to_string),
        newest_data: manifest.newest_data.as_ref().map(ToString::to_string),
    }
}

fn unfinished(day: Day) -> DayRow {
    DayRow {
        snapshot_date: day,
        complete: None,
        source: None,
        listed: None,
        with_rows: None,
        without_rows: None,
        skipped: None,
        failed: None,
        rows: None,
        bytes: None,
        oldest_data: None,
        newest_data: None,
    }
}
