//! `report` and `report pack`: sets up pages from the arguments, before anything is sent.
//! [`recorded`] does so for `--dataset`.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use partner_center::sweep::{self, Order};

use super::funnel_of_all::{self, Asked};
use super::funnel_policy::FunnelPolicy;
use super::output_options::{is_html, no_workbooks};
use super::renewals::RenewalsReading;
use super::runner::{ReportRunner, drive};
use super::source::{CustomerSelection, FunnelRows};
use super::{owned, read_files, recorded};
use crate::args::{ChosenCustomers, Global, Pages};
use crate::connect::Connection;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::file::Partial;
use crate::output::folder::PartialFolder;
use crate::output::html::{Edition, Pack, ReportPage};
use crate::output::paths::Files;
use crate::output::rows::AnnotatedRow;
use crate::output::{About, Format, Output, Target};
use crate::problem::{Problem, Stop};
use crate::renewals::Renewals;

/// `report`.
pub(crate) async fn page(arguments: &Pages, global: &Global, console: Console) -> Result<Exit, Stop> {
    if global.format.is_some() {
        return Err(Problem::new(Exit::Usage, "--format does not apply to report, which writes html")
            .advice("Omit it; licenses funnel writes the same rows in every format. Nothing was sent.")
            .into());
    }
    let path = output(arguments)?;
    if !is_html(path) {
        return Err(Problem::new(Exit::Usage, "report writes html only")
            .fact("--output", path.display().to_string())
            .advice("Use a file name that ends in .html. Nothing was sent.")
            .into());
    }
    let files = Files::new(path, &read_files(&arguments.filters, &arguments.pricing))?;
    if let Some(place) = &arguments.dataset {
        return recorded::page(arguments, place, &files, global, console).await;
    }
    let chosen = arguments.named.read(global)?;
    let connection = Connection::read(global)?;
    let (policy, edition) = prepare(arguments, &connection)?;
    let target = Target::File(Partial::create(&files)?);
    let (about, renewals) = (edition.about.clone(), Arc::clone(&edition.renewals));
    let output = Output::of_sink(target, |out| ReportPage::new(edition, None, out))?;
    read(arguments, &chosen, policy, output, about, renewals, &connection, console).await
}

/// `report pack`.
pub(crate) async fn pack(arguments: &Pages, global: &Global, console: Console) -> Result<Exit, Stop> {
    let with_workbooks = with_workbooks(global)?;
    let path = output(arguments)?;
    if let Some(place) = &arguments.dataset {
        return recorded::pack(arguments, place, path, with_workbooks, global, console).await;
    }
    let chosen = arguments.named.read(global)?;
    let connection = Connection::read(global)?;
    let (policy, edition) = prepare(arguments, &connection)?;
    let folder = PartialFolder::create(path)?;
    let pages = folder.path().to_owned();
    let (about, renewals) = (edition.about.clone(), Arc::clone(&edition.renewals));
    let output = Output::of_sink(Target::Folder(folder), |_| Pack::new(edition, pages, with_workbooks))?;
    read(arguments, &chosen, policy, output, about, renewals, &connection, console).await
}

/// Whether a pack has a workbook beside each page.
fn with_workbooks(global: &Global) -> Result<bool, Problem> {
    match global.format {
        None | Some(Format::Html) => Ok(false),
        Some(Format::Xlsx) if cfg!(feature = "xlsx") => Ok(true),
        Some(Format::Xlsx) => Err(no_workbooks()),
        Some(_) => Err(Problem::new(Exit::Usage, "report pack writes html or xlsx").advice(
            "Use --format xlsx for a page and a workbook per customer, or omit it for pages alone; licenses funnel \
             writes the same rows in every format. Nothing was sent.",
        )),
    }
}

/// Where the pages are written.
fn output(arguments: &Pages) -> Result<&Path, Problem> {
    let missing = || Problem::new(Exit::Usage, "--output is missing").advice("Add --output and a file name.");
    arguments.output.as_deref().ok_or_else(missing)
}

fn prepare(arguments: &Pages, connection: &Connection<'_>) -> Result<(FunnelPolicy, Edition), Problem> {
    let Pages { filters, pricing, .. } = arguments;
    let policy = FunnelPolicy::new(filters, pricing, &[], false, connection.global.patience())?;
    let edition = edition(super::about(connection), &policy);
    Ok((policy, edition))
}

pub(super) fn edition(about: About, policy: &FunnelPolicy) -> Edition {
    let annotator = policy.annotator();
    Edition {
        about,
        columns: annotator.columns(),
        currencies: annotator.currencies().map(<[_]>::to_vec),
        renewals: Arc::default(),
    }
}

/// Reads the rows, by customer.
#[expect(clippy::too_many_arguments, reason = "two commands set them up, each in its own way")]
async fn read(
    arguments: &Pages,
    chosen: &ChosenCustomers,
    policy: FunnelPolicy,
    output: Output<AnnotatedRow>,
    about: About,
    renewals: Arc<OnceLock<Renewals>>,
    connection: &Connection<'_>,
    console: Console,
) -> Result<Exit, Stop> {
    let requests = &arguments.requests;
    let session = connection.open(console).await?;
    let customers = &chosen.find(&session.partner, console).await?;
    let selected = if chosen.are_all() {
        funnel_of_all::open(&session.partner, requests, Order::Customer, None, Asked::default()).await?
    } else {
        ControlFlow::Continue(CustomerSelection::of(
            &session.partner,
            customers,
            &requests.pace,
            requests.source,
        ))
    };
    let whose = match selected {
        ControlFlow::Continue(whose) => whose,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    let runner = ReportRunner::new(output, Format::Html, about, None, !chosen.are_all(), console)?;
    let renewals = if arguments.renewals {
        let sweep = owned::sweep(
            &session.partner,
            customers,
            &requests.pace,
            Order::Completion,
            sweep::subscriptions,
        )?;
        RenewalsReading::by_customer(sweep.stream(), customers, renewals)
    } else {
        RenewalsReading::by_query(&session.partner, customers, renewals)?
    };
    drive(FunnelRows { renewals: Some(renewals), ..FunnelRows::new(whose, policy) }, runner).await
}
