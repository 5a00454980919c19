//! `history record`: reads all customers, and writes a day.

use jiff::Timestamp;
use partner_center::models::Timestamp as Processed;
use partner_center_history::{Day, Manifest, Place, RunFacts, Table, Writer};

use crate::anonymizer::anonymizer;
use crate::args::{Global, Record, Source};
use crate::connect::Connection;
use crate::console::Console;
use crate::dataset::problem;
use crate::exit::Exit;
use crate::output::About;
use crate::problem::{Problem, Stop};
use crate::report::{self, RecordedPage};
use crate::terminal::text::grouped;

pub(super) async fn run(arguments: &Record, global: &Global, console: Console) -> Result<Exit, Stop> {
    check(arguments, global)?;
    let connection = Connection::read(global)?;
    let about = report::about(&connection);
    if about.tenant.is_none() && !about.is_sample {
        return Err(Problem::new(Exit::Usage, "the partner's tenant is not known")
            .because("a dataset has the customers of one partner")
            .advice("Set PARTNER_CENTER_TENANT_ID, or tenant-id in the profile. Nothing was sent.")
            .into());
    }
    let tenant = about.tenant.clone();
    let day = match arguments.date {
        Some(day) => day,
        None => about.day().parse().map_err(|error| Problem::new(Exit::Unexpected, format!("{error}")))?,
    };
    let page = arguments.report.as_deref();
    let page = page.map(|path| RecordedPage::create(path, &arguments.pricing, global)).transpose()?;
    let place = Place::new(&arguments.dataset.dataset).map_err(problem)?;
    let writer = Writer::open(place, tenant.as_deref()).await.map_err(problem)?;
    for day in &writer.recovered().finished {
        console.note(&format!("{day} was recorded before but not finished; it is finished now"));
    }
    for day in &writer.recovered().removed {
        console.note(&format!("an incomplete recording of {day} was removed"));
    }
    let recorded = record(&writer, day, &connection, about, arguments, console).await;
    // Also after an error: the lock of an object store does not end with the process. The first error is the one to
    // report.
    let closed = writer.close().await;
    let (exit, manifest) = recorded?;
    closed.map_err(problem)?;
    match &manifest {
        Some(manifest) => in_words(manifest).iter().for_each(|note| console.note(note)),
        None => console.note(&format!("nothing was recorded for {day}: not every customer was read")),
    }
    if let Some((page, _)) = page.zip(manifest) {
        page.write(&arguments.dataset.dataset, day, console).await?;
    }
    Ok(exit)
}

/// Reads all customers, and writes the day if that came to an end.
async fn record(
    writer: &Writer,
    day: Day,
    connection: &Connection<'_>,
    about: About,
    arguments: &Record,
    console: Console,
) -> Result<(Exit, Option<Manifest>), Stop> {
    let began = about.began;
    let session = connection.open(console).await?;
    let (exit, recording) =
        report::record(&session.partner, arguments.date, &arguments.requests, about, console).await?;
    if !matches!(exit, Exit::Done | Exit::Partial) {
        return Ok((exit, None));
    }
    let recording = recording.map_err(problem)?;
    if !recording.is_ended() {
        return Ok((exit, None));
    }
    no_data(arguments, &recording)?;
    let facts = RunFacts::new(began.to_string(), Timestamp::now().to_string());
    let written = writer.write(day, recording, facts.requested(arguments.date.is_some())).await;
    Ok((exit, Some(written.map_err(problem)?)))
}

/// Checks the arguments, before anything is sent.
fn check(arguments: &Record, global: &Global) -> Result<(), Problem> {
    let refused = |what: &str, advice: &str| {
        Err(Problem::new(Exit::Usage, what).advice(format!("{advice} Nothing was sent.")))
    };
    if arguments.date.is_some() && arguments.requests.source == Some(Source::Classic) {
        return refused(
            "the classic operations have only the latest data, which does not belong to an earlier day",
            "Omit --source, or omit --date.",
        );
    }
    if anonymizer().is_some() {
        return refused(
            "a dataset keeps real ids, by which days are compared",
            "Use --anonymize with history diff and history trend instead.",
        );
    }
    if global.format.is_some() {
        return refused(
            "--format does not apply to history record, which writes Parquet files",
            "Omit it; history list shows the days in every format.",
        );
    }
    Ok(())
}

/// An earlier day without any data is not a day of the dataset.
fn no_data(arguments: &Record, recording: &partner_center_history::Recording) -> Result<(), Problem> {
    match arguments.date {
        Some(day) if recording.rows() == 0 => {
            Err(Problem::new(Exit::NotFound, format!("the service has no data of {day}"))
                .advice("Use a later day. Nothing was recorded."))
        }
        _ => Ok(()),
    }
}

/// What was recorded, and what to know about it.
fn in_words(manifest: &Manifest) -> Vec<String> {
    let rows = manifest.part(Table::Funnel).map_or(0, |part| part.rows);
    let day = manifest.snapshot_date;
    let customers = grouped(manifest.customers.with_rows);
    let mut notes = vec![format!("recorded {day}: {customers} customers with {} rows", grouped(rows))];
    if !manifest.complete {
        let failed = manifest.customers.failed;
        notes.push(match failed {
            0 => format!("{day} is incomplete: the list of customers was not read to its end"),
            failed => format!("{day} is incomplete: {} customers failed", grouped(failed)),
        });
    }
    let date =
        |time: &Option<Processed>| time.as_ref().map(|time| time.to_string().chars().take(10).collect());
    let (oldest, newest): (Option<String>, Option<String>) =
        (date(&manifest.oldest_data), date(&manifest.newest_data));
    if let Some((oldest, newest)) = oldest.zip(newest) {
        let is_asked = manifest.requested && newest != day.to_string();
        let of = if oldest == newest { newest } else { format!("{oldest} to {newest}") };
        notes.push(if is_asked {
            format!("the service answered with data of {of} instead of {day}")
        } else {
            format!("data of {of}")
        });
    }
    notes
}
