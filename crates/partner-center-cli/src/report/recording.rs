//! Reads the funnel of all customers with its input rows into a recording.

use std::cell::RefCell;
use std::io;
use std::ops::ControlFlow;
use std::rc::Rc;

use partner_center::PartnerCenter;
use partner_center::funnel::{FunnelBatch, FunnelReportStream};
use partner_center::sweep::Order;
use partner_center_history::{Day, Error, Recording};

use super::funnel_of_all::{self, Asked};
use super::funnel_policy::FunnelPolicy;
use super::runner::{ReportRunner, drive};
use super::source::FunnelRows;
use crate::args::Requests;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::AnnotatedRow;
use crate::output::{About, Failure, Format, Output, Sink, Summary, Target};
use crate::problem::Stop;

/// Passes the batches of a reading on to a recording.
#[derive(Clone)]
pub(super) struct Tap(Rc<RefCell<Result<Recording, Error>>>);

impl Tap {
    /// Whether the batch was added. If not, reading on is useless.
    pub(super) fn add(&self, batch: &FunnelBatch) -> bool {
        let mut recording = self.0.borrow_mut();
        let added = match &mut *recording {
            Ok(recording) => recording.add(batch),
            Err(_) => return false,
        };
        let is_added = added.is_ok();
        if let Err(error) = added {
            *recording = Err(error);
        }
        is_added
    }

    pub(super) fn end(&self, stream: &FunnelReportStream) {
        if let Ok(recording) = &mut *self.0.borrow_mut() {
            recording.end(stream);
        }
    }
}

/// Reads all customers. The recording is not ended if an error or a signal stopped the reading.
pub(crate) async fn record(
    partner: &PartnerCenter,
    date: Option<Day>,
    requests: &Requests,
    about: About,
    console: Console,
) -> Result<(Exit, Result<Recording, Error>), Stop> {
    let tap = Tap(Rc::new(RefCell::new(Recording::new())));
    let asked = Asked { processed: date, with_input: true };
    let whose = match funnel_of_all::open(partner, requests, Order::Completion, None, asked).await? {
        ControlFlow::Continue(whose) => whose,
        ControlFlow::Break(exit) => return Ok((exit, Recording::new())),
    };
    let output = Output::of_sink(Target::Stdout, |_| Nothing)?;
    let runner = ReportRunner::new(output, Format::Json, about, None, false, console)?;
    let rows = FunnelRows {
        products_only: true,
        tap: Some(tap.clone()),
        ..FunnelRows::new(whose, FunnelPolicy::default())
    };
    let exit = drive(rows, runner).await?;
    Ok((exit, tap.0.replace(Recording::new())))
}

/// Writes no rows: the recording has them.
struct Nothing;

impl Sink<AnnotatedRow> for Nothing {
    fn rows(&mut self, _: &[AnnotatedRow]) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary, _: &[Failure]) -> io::Result<()> {
        Ok(())
    }
}
