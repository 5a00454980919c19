//! Reads the funnel of all customers, also for commands that write something other than its rows.

use std::ops::ControlFlow;

use partner_center::PartnerCenter;
use partner_center::funnel::FunnelReportStream;
use partner_center::sweep::{Checkpoint, Order};
use partner_center_history::Day;

use super::funnel_policy::FunnelPolicy;
use super::runner::{ReportRunner, drive};
use super::selected_customers::FunnelQuery;
use super::source::{CustomerSelection, FunnelRows};
use crate::args::{Global, Requests};
use crate::connect::Connection;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::AnnotatedRow;
use crate::output::{Format, Output};
use crate::problem::Stop;
use crate::signals::Signals;

pub(super) type Selection = CustomerSelection<FunnelReportStream, FunnelQuery>;

/// What else is asked of the service and the stream.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked {
    /// The data of this day instead of the latest.
    pub(super) processed: Option<Day>,
    /// Also the rows that the funnel is joined from.
    pub(super) with_input: bool,
}

/// Starts reading, and waits until the source of the rows is known. A signal ends this with its exit code.
pub(super) async fn open(
    partner: &PartnerCenter,
    requests: &Requests,
    order: Order,
    resumed: Option<Checkpoint>,
    asked: Asked,
) -> Result<ControlFlow<Exit, Selection>, Stop> {
    let report = partner.customers().funnel().source(requests.choice()).order(order);
    let mut report = report.concurrency(requests.pace.concurrency());
    if let Some(rate) = requests.pace.rate()? {
        report = report.rate(rate);
    }
    if let Some(day) = asked.processed {
        report = report.processed(day.to_string().as_str());
    }
    if asked.with_input {
        report = report.with_input();
    }
    if let Some(checkpoint) = resumed {
        report = report.resume(checkpoint);
    }
    let mut stream = report.stream();
    let mut signals = Signals::listen()?;
    tokio::select! {
        exit = signals.next() => return Ok(ControlFlow::Break(exit)),
        decided = stream.decide() => { decided?; }
    }
    Ok(ControlFlow::Continue(CustomerSelection::All(stream)))
}

/// Passes the rows of all customers, in any order, to an output of this format that writes nothing before its end.
pub(crate) async fn write_from_all(
    output: Output<AnnotatedRow>,
    format: Format,
    requests: &Requests,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let connection = Connection::read(global)?;
    let session = connection.open(console).await?;
    let whose = match open(&session.partner, requests, Order::Completion, None, Asked::default()).await? {
        ControlFlow::Continue(whose) => whose,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    let runner = ReportRunner::new(output, format, super::about(&connection), None, false, console)?;
    let rows = FunnelRows { products_only: true, ..FunnelRows::new(whose, FunnelPolicy::default()) };
    drive(rows, runner).await
}
