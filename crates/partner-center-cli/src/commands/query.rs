//! `licenses query` and `subscriptions query`: write all pages of a commercial query as they arrive.

use partner_center::Result;
use partner_center::chain::{AggregationLevel, CommercialLicensesQuery};
use partner_center::filter::{self, FilterError, LicenseOperation};
use partner_center::licenses::{DeploymentRow, LicenseRow, UsageRow};
use partner_center::paging::{PagedCollection, Pages};

use crate::args::{self, Global, Query, QueryArguments, SubscriptionsQuery};
use crate::connect::connect;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::SubscriptionInsight;
use crate::output::{End, Layout, Output, Position, Row, as_written, words};
use crate::problem::{Problem, Stop};
use crate::report::output_options;
use crate::signals::unless_stopped;

pub(crate) async fn run(command: &Query, global: &Global, console: Console) -> Result<Exit, Stop> {
    match command {
        Query::Deployment(arguments) => query::<DeploymentRow>(arguments, global, console).await,
        Query::Usage(arguments) => query::<UsageRow>(arguments, global, console).await,
    }
}

async fn query<R: LicenseRow + Row>(
    arguments: &QueryArguments,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    // Arguments are validated before connecting.
    let options = QueryOptions::<R::Operation>::read(arguments)?;
    let layout = Layout::AsTheyCome;
    let writing = output_options::in_written_order(&arguments.writing, layout, false, global)?;
    let output = output_options::output::<R>(global, &writing, layout)?;
    let session = connect(global, console).await?;
    let query = options.apply(R::commercial(&session.partner));
    unless_stopped(write_all(query.pages(), output, console)).await
}

/// `subscriptions query`.
pub(super) async fn subscriptions(
    arguments: &SubscriptionsQuery,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let filter = read("--filter <FILTER>", arguments.filter.as_deref())?;
    let grouping = read("--group-by <FIELDS>", arguments.group_by.as_deref())?;
    let layout = Layout::AsTheyCome;
    let writing = output_options::in_written_order(&arguments.writing, layout, false, global)?;
    let output = output_options::output::<SubscriptionInsight>(global, &writing, layout)?;
    let session = connect(global, console).await?;
    let mut query = session.partner.analytics().subscriptions();
    if let Some(filter) = filter {
        query = query.filter(filter);
    }
    if let Some(grouping) = grouping {
        query = query.group_by(grouping);
    }
    if let Some(level) = arguments.aggregation_level {
        query = query.aggregation_level(match level {
            args::AggregationLevel::Day => AggregationLevel::Day,
            args::AggregationLevel::Week => AggregationLevel::Week,
            args::AggregationLevel::Month => AggregationLevel::Month,
        });
    }
    if let Some(top) = arguments.top {
        query = query.top(top);
    }
    unless_stopped(write_all(query.pages(), output, console)).await
}

/// The options of a query.
struct QueryOptions<'a, Op> {
    filter: Option<filter::Filter<Op>>,
    grouping: Option<filter::Grouping<Op>>,
    processed: Option<&'a str>,
    top: Option<u32>,
}

impl<'a, Op: LicenseOperation> QueryOptions<'a, Op> {
    fn read(arguments: &'a QueryArguments) -> Result<Self, Problem> {
        Ok(Self {
            filter: read("--filter <FILTER>", arguments.filter.as_deref())?,
            grouping: read("--group-by <FIELDS>", arguments.group_by.as_deref())?,
            processed: arguments.processed.as_deref(),
            top: arguments.top,
        })
    }

    fn apply(self, mut query: CommercialLicensesQuery<Op>) -> CommercialLicensesQuery<Op> {
        if let Some(filter) = self.filter {
            query = query.filter(filter);
        }
        if let Some(grouping) = self.grouping {
            query = query.group_by(grouping);
        }
        if let Some(processed) = self.processed {
            query = query.processed(processed);
        }
        if let Some(top) = self.top {
            query = query.top(top);
        }
        query
    }
}

fn read<T: std::str::FromStr<Err = FilterError>>(
    flag: &str,
    text: Option<&str>,
) -> Result<Option<T>, Problem> {
    text.map(|text| text.parse().map_err(|error| Problem::of_filter(flag, &error, text))).transpose()
}

/// Writes all pages.
async fn write_all<R, C>(pages: Pages<C>, output: Output<R>, console: Console) -> Result<Exit, Stop>
where
    C: PagedCollection,
    R: Row + From<C::Item>,
{
    let mut end = End::default();
    let output = write(pages, output, console, &mut end, |_| {}).await?;
    let whole = end.findings.unreadable() == 0;
    output.finish(end)?;
    Ok(if whole { Exit::Done } else { Exit::Partial })
}

/// Writes pages until the output is full. Shared with the other commands that read pages. `on_page` gets each page, and
/// `None` after the last.
pub(super) async fn write<R, C>(
    mut pages: Pages<C>,
    mut output: Output<R>,
    console: Console,
    end: &mut End,
    mut on_page: impl FnMut(Option<&C>),
) -> Result<Output<R>, Stop>
where
    C: PagedCollection,
    R: Row + From<C::Item>,
{
    let (mut written, mut number) = (0, 0);
    while !output.is_full() {
        match pages.try_next().await {
            Ok(Some(page)) => {
                number += 1;
                end.failures.extend(end.findings.add(Position::of_page(number), page.findings()));
                let page = page.into_value();
                on_page(Some(&page));
                let rows: Vec<R> = page.into_items().into_iter().map(R::from).map(as_written).collect();
                written += rows.len();
                output.rows(rows)?;
            }
            Ok(None) => {
                on_page(None);
                break;
            }
            Err(error) => {
                if written > 0 && output.is_on_stdout() && !output.is_at_end() {
                    console.note(&format!(
                        "{written} rows were written before the error below; the output on stdout is incomplete"
                    ));
                }
                return Err(error.into());
            }
        }
    }
    if written == 0 {
        console.note("no rows");
    }
    end.empty_pages = pages.empty_pages();
    if end.empty_pages > 0 {
        console.note(&words::empty_pages(end.empty_pages));
    }
    output_options::note_findings(&end.findings, console);
    Ok(output)
}
