//! Reports over many or all customers: reads licenses, writes rows, and resumes after an interruption.
//!
//! This module sets up a report from the arguments; [`runner`] runs it. [`source`] has the sources
//! of rows, [`funnel_policy`] the filters and thresholds of the funnel.

pub(crate) mod annotator;
mod batch;
mod checkpoint_file;
mod column_threshold;
mod coverage;
mod crossings;
mod earlier_days;
mod funnel_of_all;
mod funnel_policy;
mod ignore_rules;
mod in_words;
mod live;
pub(crate) mod output_options;
mod owned;
mod pages;
mod progress;
mod recorded;
mod recording;
mod renewals;
mod roll_up;
mod row_buffer;
mod runner;
mod selected_customers;
mod source;
pub(crate) mod threshold;

use std::ops::ControlFlow;
use std::path::Path;

use partner_center::funnel::GroupBy;
use partner_center::licenses::{LicenseRow, SourceChoice};
use partner_center::sweep::{self, Order, Rate};
use partner_center::{CustomerId, PartnerCenter};

use self::checkpoint_file::{CheckpointFile, Fingerprint, State};
use self::funnel_of_all::Asked;
pub(crate) use self::funnel_of_all::write_from_all;
use self::funnel_policy::FunnelPolicy;
use self::live::LiveSkus;
pub(crate) use self::owned::{skus, subscriptions};
pub(crate) use self::pages::{pack, page};
pub(crate) use self::recorded::RecordedPage;
pub(crate) use self::recording::record;
use self::roll_up::RollUp;
use self::row_buffer::RowBuffer;
use self::runner::{ReportRunner, drive};
use self::source::{CustomerSelection, FunnelRows, LicenseRows as Reading};
use crate::anonymizer::anonymizer;
use crate::args;
use crate::args::{ChosenCustomers, Global};
use crate::connect::Connection;
use crate::console::Console;
use crate::csv_dialect::Dialect;
use crate::customer_search;
use crate::exit::Exit;
use crate::output::columns::Columns;
use crate::output::file::{Partial, digest};
use crate::output::paths::{Files, Read};
use crate::output::rows::live::with_live;
use crate::output::rows::{GroupRow, group};
use crate::output::{About, Format, Layout, Output, Row, Target};
use crate::prices::Currency;
use crate::problem::{Problem, Stop};

/// `licenses deployment` and `licenses usage` for customers.
pub(super) async fn licenses<R: LicenseRow + Row>(
    arguments: &args::LicenseArgs,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let args::LicenseArgs { whose, reading, writing, .. } = arguments;
    let asked = [
        ("--source", Some(reading.requests.source_in_words())),
        ("--below", arguments.below.map(|percent| percent.to_string())),
    ];
    let chosen = whose.read(global)?;
    let layout = chosen.layout();
    let writing = &ordered(writing, layout, &reading.progress, arguments.by, global)?;
    let columns = (Columns::of::<R>(), None);
    let connection = Connection::read(global)?;
    let setup = Destination::<R>::new(
        arguments.by,
        columns,
        layout,
        &reading.progress,
        writing,
        asked,
        &[],
        &connection,
    )?;
    let session = connection.open(console).await?;
    let whose = if chosen.are_all() {
        let report = session
            .partner
            .customers()
            .report::<R>()
            .source(reading.requests.choice())
            .order(reading.progress.order());
        let mut report = report.concurrency(reading.requests.pace.concurrency());
        if let Some(rate) = reading.requests.pace.rate()? {
            report = report.rate(rate);
        }
        if let Some(state) = setup.state() {
            report = report.resume(state.reading.clone());
        }
        CustomerSelection::All(report.stream())
    } else {
        CustomerSelection::of(
            &session.partner,
            &chosen.find(&session.partner, console).await?,
            &reading.requests.pace,
            reading.requests.source,
        )
    };
    // With --sort, the output holds the rows.
    let by_customer =
        reading.progress.order() == Order::Customer && writing.sort.is_none() && arguments.by.is_none();
    let held = by_customer.then(RowBuffer::default);
    let rows = Reading { whose, below: arguments.below, held };
    setup.drive(rows, chosen.are_all(), console).await
}

/// `licenses funnel`.
pub(super) async fn funnel(
    arguments: &args::Funnel,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let args::Funnel { whose, reading, filters, live, fail_on, by, pricing, writing } = arguments;
    let mut policy = FunnelPolicy::new(filters, pricing, fail_on, by.is_some(), global.patience())?;
    let chosen = whose.read(global)?;
    let layout = chosen.layout();
    let writing = &ordered(writing, layout, &reading.progress, *by, global)?;
    let (rules, thresholds) = policy.asked();
    let asked = [
        ("--source", Some(reading.requests.source_in_words())),
        ("--min-idle", filters.min_idle.map(|licenses| licenses.to_string())),
        ("--below", filters.below.map(|percent| percent.to_string())),
        ("--ignore", rules.map(digest)),
        ("--prices", policy.annotator().prices_text().map(digest)),
        ("--products", pricing.products.as_ref().map(|path| path.display().to_string())),
        ("--fail-on", Some(thresholds).filter(|text| !text.is_empty())),
    ];
    let read = read_files(filters, pricing);
    let columns = policy.annotator().columns();
    let columns = if *live { with_live(&columns) } else { columns };
    let columns = (columns, policy.annotator().currencies().map(<[_]>::to_vec));
    let connection = Connection::read(global)?;
    let setup =
        Destination::new(*by, columns, layout, &reading.progress, writing, asked, &read, &connection)?;
    if let Some(state) = setup.state() {
        policy.restore(state.policy.clone())?;
    }
    let session = connection.open(console).await?;
    let partner = &session.partner;
    let customers = &chosen.find(partner, console).await?;
    let resumed = setup.state().map(|state| state.reading.clone());
    let selected = if chosen.are_all() {
        funnel_of_all::open(partner, &reading.requests, reading.progress.order(), resumed, Asked::default())
            .await?
    } else {
        // The classic operations return no product ids, which the SKUs are joined by.
        let source = reading.requests.source.or(live.then_some(args::Source::Auto));
        ControlFlow::Continue(CustomerSelection::of(partner, customers, &reading.requests.pace, source))
    };
    match selected {
        ControlFlow::Continue(selected) => {
            let skus = || {
                owned::sweep(
                    partner,
                    customers,
                    &reading.requests.pace,
                    Order::Completion,
                    sweep::subscribed_skus,
                )
            };
            let live = if *live { Some(LiveSkus::new(skus()?.stream())) } else { None };
            let rows = FunnelRows { live, ..FunnelRows::new(selected, policy) };
            setup.drive(rows, chosen.are_all(), console).await
        }
        ControlFlow::Break(exit) => Ok(exit),
    }
}

/// The files that the rows of a funnel depend on, with the names of their arguments.
fn read_files<'a>(filters: &'a args::Filters, pricing: &'a args::Pricing) -> Vec<(&'static str, &'a Path)> {
    let ignore = filters.ignore.as_deref().map(|path| ("--ignore", path));
    ignore.into_iter().chain(pricing.files()).collect()
}

/// The arguments of the output, with the order of `--anonymize`.
fn ordered(
    writing: &args::Writing,
    layout: Layout,
    progress: &args::Progress,
    by: Option<args::By>,
    global: &Global,
) -> Result<args::Writing, Problem> {
    let as_they_come = by.is_some() || progress.checkpoint.is_some() || progress.order() == Order::Completion;
    output_options::in_written_order(writing, layout, as_they_come, global)
}

impl ChosenCustomers {
    /// The layout of the table.
    fn layout(&self) -> Layout {
        if self.is_one() { Layout::OneCustomer } else { Layout::Customers }
    }

    /// The ids of the customers; empty for all. Reads the list of customers if one is named by a text.
    async fn find(&self, partner: &PartnerCenter, console: Console) -> Result<Vec<CustomerId>, Stop> {
        match self {
            Self::All => Ok(Vec::new()),
            Self::These(given) => customer_search::find(partner, given, console).await,
        }
    }
}

impl args::Requests {
    fn choice(&self) -> SourceChoice {
        match self.source.unwrap_or_default() {
            args::Source::Auto => SourceChoice::Auto,
            args::Source::Commercial => SourceChoice::Commercial,
            args::Source::Classic => SourceChoice::Classic,
        }
    }

    /// The source in a fingerprint.
    fn source_in_words(&self) -> String {
        format!("{:?}", self.source.unwrap_or_default()).to_lowercase()
    }
}

impl args::Pace {
    fn concurrency(&self) -> usize {
        self.concurrency.unwrap_or(8).into()
    }

    fn rate(&self) -> Result<Option<Rate>, Stop> {
        Ok(self.rate.map(Rate::per_minute).transpose()?)
    }
}

impl args::Progress {
    fn order(&self) -> Order {
        match self.order.unwrap_or_default() {
            args::Order::Customer => Order::Customer,
            args::Order::Completion => Order::Completion,
        }
    }
}

/// Where rows go: into the output, or into groups that are written at the end. Set up before anything is sent.
enum Destination<R: Row> {
    Rows(Setup<R>),
    Groups(Setup<GroupRow>, GroupBy, Option<Vec<Currency>>),
}

impl<R: Row> Destination<R> {
    #[expect(clippy::too_many_arguments, reason = "all of them are arguments of the command")]
    fn new(
        by: Option<args::By>,
        (columns, currencies): (Columns, Option<Vec<Currency>>),
        layout: Layout,
        progress: &args::Progress,
        writing: &args::Writing,
        asked: impl IntoIterator<Item = (&'static str, Option<String>)>,
        read: Read<'_>,
        connection: &Connection<'_>,
    ) -> Result<Self, Stop> {
        let Some(by) = by else {
            return Setup::new(columns, layout, progress, writing, asked, read, connection).map(Self::Rows);
        };
        let sort = writing.sort.clone().or_else(|| Some(R::GROUPS_SORTED_BY.to_owned()));
        let writing = args::Writing { sort, ..writing.clone() };
        let columns = group::columns(currencies.as_deref());
        let setup = Setup::new(columns, layout, progress, &writing, asked, read, connection)?;
        Ok(Self::Groups(setup, by.into(), currencies))
    }

    fn state(&self) -> Option<&State> {
        match self {
            Self::Rows(setup) => setup.state.as_ref(),
            Self::Groups(setup, ..) => setup.state.as_ref(),
        }
    }

    /// Reads the rows and writes them.
    async fn drive(
        self,
        rows: impl source::Reading<Row = R>,
        all_customers: bool,
        console: Console,
    ) -> Result<Exit, Stop> {
        match self {
            Self::Rows(setup) => drive(rows, setup.drive(all_customers, console)?).await,
            Self::Groups(setup, by, currencies) => {
                drive(RollUp::new(rows, by, currencies), setup.drive(all_customers, console)?).await
            }
        }
    }
}

/// The output and the saved state of an earlier run. Set up before anything is sent.
struct Setup<R: Row> {
    output: Output<R>,
    format: Format,
    about: About,
    checkpoint_file: Option<CheckpointFile>,
    state: Option<State>,
}

impl<R: Row> Setup<R> {
    fn new(
        columns: Columns,
        layout: Layout,
        progress: &args::Progress,
        writing: &args::Writing,
        asked: impl IntoIterator<Item = (&'static str, Option<String>)>,
        read: Read<'_>,
        connection: &Connection<'_>,
    ) -> Result<Self, Stop> {
        let global = connection.global;
        let format = output_options::format(global, writing.file())?;
        let dialect = writing.csv.dialect(format)?;
        let arrangement = output_options::arrangement(&columns, writing)?;
        let about = about(connection);
        let Some(path) = &progress.checkpoint else {
            let output = output_options::output_apart_from(global, writing, layout, columns, read)?;
            return Ok(Self { output, format, about, checkpoint_file: None, state: None });
        };
        let Some(target) = writing.file() else {
            return Err(Problem::new(Exit::Usage, "--checkpoint requires an output file")
                .advice("Output on stdout cannot be resumed: use --output with a file name.")
                .into());
        };
        if !format.is_resumable() {
            return Err(Problem::new(Exit::Usage, "--checkpoint requires csv or ndjson")
                .advice("A file in another format cannot be truncated after a row and appended to.")
                .into());
        }
        let columns = output_options::chosen(columns, writing, format)?;
        let mut fingerprint: Fingerprint = Fingerprint::from([
            ("command", format!("licenses {}", R::TYPE)),
            ("--format", format!("{format:?}").to_lowercase()),
            ("--order", format!("{:?}", progress.order.unwrap_or_default()).to_lowercase()),
            ("--locale", global.locale.clone().unwrap_or_else(|| "en-US".to_owned())),
            ("the service", connection.name()),
        ]);
        if let Some(anonymizer) = anonymizer() {
            fingerprint.insert("--anonymize", format!("with key {}", anonymizer.fingerprint()));
        }
        if dialect.bom {
            fingerprint.insert("--csv-bom", "set".to_owned());
        }
        if let Some(names) = columns.chosen_names() {
            fingerprint.insert("--columns", names.join(","));
        }
        if dialect.delimiter != Dialect::default().delimiter {
            fingerprint.insert("--csv-delimiter", char::from(dialect.delimiter).escape_default().to_string());
        }
        fingerprint.extend(asked.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let (files, paths) = Files::with_checkpoint(target, path, read)?;
        let (checkpoint_file, saved) = CheckpointFile::open(paths, &files, fingerprint)?;
        let (partial, before, state) = match saved {
            None => (Partial::begin(&files)?, None, None),
            Some((covered, state)) => {
                let before = (covered.length > 0).then(|| state.tally.clone());
                (Partial::resume(&files, &covered, checkpoint_file.path())?, before, Some(state))
            }
        };
        let output =
            Output::new((format, dialect), Target::File(partial), arrangement, layout, columns, before)?;
        Ok(Self { output, format, about, checkpoint_file: Some(checkpoint_file), state })
    }

    fn drive(self, all_customers: bool, console: Console) -> Result<ReportRunner<R>, Stop> {
        let Self { output, format, about, checkpoint_file, .. } = self;
        ReportRunner::new(output, format, about, checkpoint_file, !all_customers, console)
    }
}

pub(crate) fn about(connection: &Connection<'_>) -> About {
    let (tenant, is_sample) = (connection.tenant().map(str::to_owned), connection.global.emulator);
    About { tenant, is_sample, ..About::default() }
}
