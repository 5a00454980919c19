//! Runs a report: writes batches to the output, with progress, checkpoints and Ctrl-C.
//!
//! A customer that fails does not end the run. An error that affects all customers does, and keeps the rows so far.

use std::io::IsTerminal as _;
use std::time::Instant;

use partner_center::licenses::Fallback;
use partner_center::models::Findings;
use partner_center::sweep::Summary;
use partner_center::{CustomerId, Error};

use super::batch::{Batch, BatchRows};
use super::checkpoint_file::{CheckpointFile, State};
use super::coverage::CustomerCoverage;
use super::in_words::{in_words, to_append};
use super::progress::Line;
use super::source::Reading;
use crate::anonymizer::{anonymizer, message, shown_id};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::{
    About, CollectedFindings, Customers, End, Failure, Format, NamedCustomer, Output, Position, Row, Unread,
    words,
};
use crate::problem::{Problem, Stop};
use crate::signals::Signals;
use crate::terminal::text::grouped;

/// The state of a report run.
pub(super) struct ReportRunner<R: Row> {
    output: Output<R>,
    format: Format,
    about: About,
    checkpoint_file: Option<CheckpointFile>,
    /// The user selected customers with `--customer`.
    named: bool,
    console: Console,
    signals: Signals,
    /// The outcomes of all customers, including those of earlier runs.
    counts: Counts,
    /// For the JSON document.
    failures: Vec<Failure>,
    /// The exit codes of the failed calls in this run.
    exits: Vec<Exit>,
    /// Whether anything was read in this run: rows, or that a customer has none or cannot be read.
    has_results: bool,
    /// The customers of this run without rows: all of them for the JSON document, else the first.
    without_rows: Vec<NamedCustomer>,
    /// The customers of this run that were not read, for formats that name them.
    unread: Unread,
    /// Findings about the responses of this run.
    findings: CollectedFindings,
    /// The number of batches that are pages of a query.
    pages: u64,
    fallback_noted: bool,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    /// Customers with any outcome.
    done: u64,
    without_rows: u64,
    skipped: u64,
    failed: u64,
    /// Of the skipped ones, those of this run in whose tenant the caller may not read.
    refused: u64,
    /// Rows that earlier runs could not read.
    unreadable_before: u64,
}

enum Event<R> {
    Next(Result<Option<Batch<R>>, Error>),
    Tick,
    Stop(Exit),
}

impl<R: Row> ReportRunner<R> {
    pub(super) fn new(
        output: Output<R>,
        format: Format,
        about: About,
        checkpoint_file: Option<CheckpointFile>,
        named: bool,
        console: Console,
    ) -> Result<Self, Stop> {
        Ok(Self {
            output,
            format,
            about,
            checkpoint_file,
            named,
            console,
            signals: Signals::listen()?,
            counts: Counts::default(),
            failures: Vec::new(),
            exits: Vec::new(),
            has_results: false,
            without_rows: Vec::new(),
            unread: Unread::default(),
            findings: CollectedFindings::default(),
            pages: 0,
            fallback_noted: false,
        })
    }
}

/// Reads to the end, or until an error or a signal stops the run.
pub(super) async fn drive<G: Reading>(
    mut reading: G,
    mut runner: ReportRunner<G::Row>,
) -> Result<Exit, Stop> {
    if let Some(summary) = reading.progress().map(|progress| progress.summary) {
        let Summary { customers: done, empty: without_rows, skipped, failed, .. } = summary;
        let unreadable_before = summary.unreadable_rows;
        runner.counts = Counts { done, without_rows, skipped, failed, refused: 0, unreadable_before };
    }
    let before = runner.counts.done;
    let line = Line::new(runner.console, before, runner.writes_rows_to_a_terminal());
    if before > 0 {
        let again = match reading.checkpoint().map_or(0, |checkpoint| checkpoint.missing().len()) {
            0 => String::new(),
            1 => "; retrying one that could not be read".to_owned(),
            missing => format!("; retrying {} that could not be read", grouped(missing)),
        };
        line.aside(|| runner.console.note(&format!("resuming after {} customers{again}", grouped(before))));
    }
    let ended = loop {
        if runner.output.is_full() && !reading.wants_all() {
            break Ok(false);
        }
        let event = tokio::select! {
            biased;
            exit = runner.signals.next() => Event::Stop(exit),
            next = reading.next() => Event::Next(next),
            () = line.tick() => Event::Tick,
        };
        match event {
            Event::Next(Ok(Some(batch))) => {
                runner.note_fallback(reading.fallback(), &line);
                runner.take(batch, &line)?;
                runner.save_if_due(&reading)?;
            }
            Event::Next(Ok(None)) => break Ok(true),
            Event::Next(Err(error)) => break Err(error),
            Event::Tick => {}
            Event::Stop(exit) => {
                drop(line);
                return runner.stopped(&reading, exit);
            }
        }
        if let Some(progress) = reading.progress() {
            line.show(&progress);
        }
    };
    runner.note_fallback(reading.fallback(), &line);
    drop(line);
    match ended {
        Ok(complete) => runner.finish(reading, complete),
        Err(error) => runner.interrupted(&reading, &error),
    }
}

impl<R: Row> ReportRunner<R> {
    /// Whether rows are on stdout before the end.
    fn writes_early_to_stdout(&self) -> bool {
        self.output.is_on_stdout() && self.format != Format::Table && !self.output.is_at_end()
    }

    fn writes_rows_to_a_terminal(&self) -> bool {
        self.writes_early_to_stdout() && std::io::stdout().is_terminal()
    }

    fn take(&mut self, batch: Batch<R>, line: &Line) -> Result<(), Stop> {
        let batch = match anonymizer() {
            Some(anonymizer) => batch.anonymized(anonymizer),
            None => batch,
        };
        self.counts.done += u64::from(batch.customer.is_some());
        for (position, findings) in &batch.odd {
            self.note_oddities(*position, findings);
        }
        match (batch.rows, batch.customer) {
            (BatchRows::Rows(rows), _) => {
                self.has_results = true;
                line.beside(|| self.output.rows(rows))?;
            }
            (BatchRows::Empty, customer) => {
                self.has_results = true;
                self.counts.without_rows += 1;
                if self.format.lists_customers() || self.without_rows.is_empty() {
                    self.without_rows.extend(named(customer, batch.name));
                }
            }
            (BatchRows::Skipped, customer) => {
                self.has_results = true;
                self.counts.skipped += 1;
                if self.format.lists_customers() {
                    self.unread.skipped.extend(named(customer, batch.name));
                }
            }
            (BatchRows::Refused(error), customer) => {
                self.counts.skipped += 1;
                self.counts.refused += 1;
                self.exits.push(Exit::of(&error));
                if self.format.lists_customers() {
                    self.unread.skipped.extend(named(customer, batch.name));
                }
            }
            (BatchRows::Failed(error), customer) => {
                if self.format.lists_customers() {
                    self.unread.failed.extend(named(customer, batch.name));
                }
                self.fail(&error, customer, line);
            }
            (BatchRows::Lacking(customer, error), _) => {
                let customer = shown_id(customer);
                self.report_failure(&Problem::of_call(&error, Some(customer)), Some(customer), &error, line);
            }
        }
        Ok(())
    }

    fn note_oddities(&mut self, position: Position, findings: &Findings) {
        self.pages += u64::from(position.page.is_some());
        let position = Position { page: position.page.map(|_| self.pages), ..position };
        let missing = self.findings.add(position, findings);
        self.failures.extend(missing.into_iter().filter(|_| self.format.lists_customers()));
    }

    fn fail(&mut self, error: &Error, customer: Option<CustomerId>, line: &Line) {
        self.counts.failed += 1;
        let problem = Problem::of_call(error, customer);
        self.exits.push(problem.exit());
        self.report_failure(&problem, customer, error, line);
    }

    fn report_failure(
        &mut self,
        problem: &Problem,
        customer: Option<CustomerId>,
        error: &Error,
        line: &Line,
    ) {
        if self.format.lists_customers() {
            self.failures.extend(customer.map(|customer| Failure::new(customer, error)));
        }
        line.aside(
            || if self.named { Console::report(problem) } else { Console::say(&problem.render_line()) },
        );
    }

    fn note_fallback(&mut self, fallback: Option<&Fallback>, line: &Line) {
        let Some(fallback) = fallback.filter(|_| !self.fallback_noted) else { return };
        self.fallback_noted = true;
        let why = match fallback {
            Fallback::Refused(error) => format!("is not available ({})", message(error)),
            _ => "returned no rows".to_owned(),
        };
        line.aside(|| {
            self.console.note(&format!("the commercial query {why}; reading customer by customer"));
        });
    }

    fn save_if_due(&mut self, reading: &impl Reading) -> Result<(), Stop> {
        if self.checkpoint_file.as_ref().is_some_and(CheckpointFile::is_due) {
            self.save(reading)
        } else {
            Ok(())
        }
    }

    /// Syncs the rows first, then saves the checkpoint that covers them.
    fn save(&mut self, reading: &impl Reading) -> Result<(), Stop> {
        let (Some(checkpoint_file), Some(checkpoint)) = (&mut self.checkpoint_file, reading.checkpoint())
        else {
            return Ok(());
        };
        let began = Instant::now();
        let covered = self.output.sync()?;
        let state = State {
            finished: checkpoint.is_finished(),
            reading: checkpoint,
            tally: self.output.tally().clone(),
            policy: reading.saved_state(),
        };
        checkpoint_file.save(began, covered, state)
    }

    /// The outcomes of the customers. `ended` is whether everything was read.
    fn customers(
        &self,
        reading: &impl Reading,
        covered: Option<&CustomerCoverage>,
        ended: bool,
    ) -> Customers {
        let Counts { done, without_rows, skipped, failed, unreadable_before, .. } = self.counts;
        let read = reading.progress().map(|progress| progress.summary).unwrap_or_default();
        let unreadable_rows = unreadable_before.saturating_add(self.findings.unreadable());
        let mut customers = Customers {
            listed: ended.then(|| done.saturating_add(read.without_id).saturating_add(read.unreadable)),
            with_rows: done.saturating_sub(without_rows + skipped + failed),
            without_rows,
            without_id: read.without_id,
            skipped,
            unreadable: unreadable_rows.saturating_add(read.unreadable),
            failed,
            complete: false,
        };
        if let Some(covered) = covered {
            customers.listed = covered.listed;
            customers.with_rows = covered.with_rows;
            customers.without_rows = u64::try_from(covered.without_rows.len()).unwrap_or(u64::MAX);
            customers.without_id = covered.without_id;
            customers.unreadable = unreadable_rows.saturating_add(covered.unreadable);
        }
        customers.complete =
            ended && customers.listed.is_some() && customers.is_whole() && !reading.is_lacking();
        customers
    }

    fn end(&mut self, reading: &impl Reading, covered: Option<CustomerCoverage>, ended: bool) -> End {
        let customers = self.customers(reading, covered.as_ref(), ended);
        if let Some(findings) = reading.list_findings() {
            let missing = self.findings.add(Position::of_list(), findings);
            self.failures.extend(missing.into_iter().filter(|_| self.format.lists_customers()));
        }
        let mut more = reading.summary();
        if !self.named {
            more.insert("readLater".to_owned(), later(reading).into());
        }
        let about = About { source: reading.source(), ..self.about.clone() };
        End {
            customers: Some(customers),
            notes: self.notes(reading, covered.as_ref()),
            about,
            findings: self.findings.clone(),
            without_rows: match covered {
                Some(covered) => covered.without_rows,
                None => std::mem::take(&mut self.without_rows),
            },
            failures: std::mem::take(&mut self.failures),
            unread: std::mem::take(&mut self.unread),
            empty_pages: reading.empty_pages(),
            cost_changes: None,
            more,
        }
    }

    /// What the user should know about the rows.
    fn notes(&self, reading: &impl Reading, covered: Option<&CustomerCoverage>) -> Vec<String> {
        [
            covered.and_then(CustomerCoverage::note),
            Some(reading.empty_pages()).filter(|pages| *pages > 0).map(words::empty_pages),
            self.findings.note(),
        ]
        .into_iter()
        .flatten()
        .chain(reading.notes())
        .collect()
    }

    /// A signal stopped the run. Written rows stay; a JSON document is closed, so that it is valid.
    fn stopped(mut self, reading: &impl Reading, exit: Exit) -> Result<Exit, Stop> {
        self.save(reading)?;
        self.note_how_to_resume("stopped", reading.checkpoint().is_some());
        self.leave(reading)?;
        Ok(exit)
    }

    /// An error that would affect all remaining customers ended the run.
    fn interrupted(mut self, reading: &impl Reading, error: &Error) -> Result<Exit, Stop> {
        let problem = Problem::of_call(error, None);
        let exit = problem.exit();
        self.save(reading)?;
        Console::report(&problem);
        self.note_how_to_resume("ended early", reading.checkpoint().is_some());
        self.leave(reading)?;
        Ok(exit)
    }

    fn note_how_to_resume(&self, what: &str, can_go_on: bool) {
        let done = grouped(self.counts.done);
        if self.checkpoint_file.is_some() && can_go_on {
            self.console.note(&format!("{what} after {done} customers; run the same command to resume"));
        } else if self.has_results && self.writes_early_to_stdout() {
            self.console.note(&format!("{what} after {done} customers; the output on stdout is incomplete"));
        } else {
            self.console.note(&format!("{what} after {done} customers; nothing was written"));
        }
    }

    /// Leaves the output as it is, but closes a document on stdout.
    fn leave(mut self, reading: &impl Reading) -> Result<(), Stop> {
        let document = self.format == Format::Json || self.format == Format::Parquet;
        if self.writes_early_to_stdout() && self.has_results && document {
            let end = self.end(reading, reading.covered(), false);
            let _ = self.output.finish(end)?;
        }
        Ok(())
    }

    /// Finishes the output: all customers are done, or the limit is reached.
    fn finish(mut self, mut reading: impl Reading<Row = R>, ended: bool) -> Result<Exit, Stop> {
        let mut written = Ok(());
        reading.rest(&mut |row| {
            if written.is_ok() {
                self.has_results = true;
                written = self.output.rows(vec![row]);
            }
        });
        written?;
        if let Some(exit) = self.exit_of_all() {
            // The next run must start again, not resume.
            self.output.discard();
            self.checkpoint_file.map(CheckpointFile::remove).transpose()?;
            reading.notes().iter().for_each(|note| self.console.note(note));
            return Ok(exit);
        }
        let covered = reading.covered();
        let customers = self.customers(&reading, covered.as_ref(), ended);
        let by_query = covered.is_some();
        let (named, console) = (self.named, self.console);
        let empty = self.without_rows.first().map(|customer| customer.customer_id);
        let end = self.end(&reading, covered, ended);
        let summary = self.output.close(end)?;
        // The checkpoint covers the output before it is renamed, so that a run can resume from either name.
        self.save(&reading)?;
        let Self { output, checkpoint_file, exits, findings, .. } = self;
        output.publish()?;
        let missing = missing(&reading);
        let kept = checkpoint_file.is_some() && missing > 0;
        if let Some(checkpoint_file) = checkpoint_file.filter(|_| !kept) {
            checkpoint_file.remove()?;
        }

        if named {
            if let Some(note) = reading.note_of_named(empty, customers.without_rows) {
                console.note(&note);
            }
        } else {
            console.note(&in_words(
                &summary,
                customers,
                later(&reading),
                by_query,
                ended,
                reading.proves_nothing(),
            ));
        }
        if kept {
            console.note(&to_append(missing));
        }
        summary.notes.iter().for_each(|note| console.note(note));
        super::output_options::report_missing(&findings);
        let crossed = reading.crossed();
        crossed.iter().for_each(Console::report);
        Ok(if !crossed.is_empty() {
            Exit::CheckFailed
        } else if reading.is_lacking() {
            Exit::Partial
        } else if customers.is_whole() && (customers.listed.is_some() || !ended) {
            Exit::Done
        } else if summary.rows == 0 && missing > 0 {
            // Without any rows, the output is not partial.
            alike(&exits).unwrap_or(Exit::Unavailable)
        } else {
            Exit::Partial
        })
    }

    /// The exit code if every customer failed or was refused; then nothing is written.
    fn exit_of_all(&self) -> Option<Exit> {
        let Counts { done, failed, refused, .. } = self.counts;
        if self.exits.is_empty() || self.has_results || done > failed + refused {
            return None;
        }
        Some(alike(&self.exits).unwrap_or(Exit::Partial))
    }
}

fn named(customer: Option<CustomerId>, customer_name: Option<String>) -> Option<NamedCustomer> {
    customer.map(|customer_id| NamedCustomer { customer_id, customer_name })
}

/// The common exit code, if all are the same.
fn alike(exits: &[Exit]) -> Option<Exit> {
    let (first, rest) = exits.split_first()?;
    rest.iter().all(|exit| exit == first).then_some(*first)
}

/// How many customers a later run would retry.
fn missing(reading: &impl Reading) -> u64 {
    reading.progress().map_or(0, |progress| progress.summary.missing)
}

/// How many customers were read after the first round; their rows come last in any order.
fn later(reading: &impl Reading) -> u64 {
    reading.progress().map_or(0, |progress| progress.summary.later)
}
