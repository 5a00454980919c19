//! The text report of `doctor`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Report;
use super::findings::{Finding, Level};
use super::status::Status;
use crate::output::width;
use crate::terminal::columns;

const HEADING: Style = Style::new().bold();

pub(super) fn print(report: &Report) -> io::Result<()> {
    let mut out = anstream::AutoStream::auto(io::stdout());
    let width = width();
    writeln!(out, "{HEADING}Settings{HEADING:#}")?;
    let lines = report.settings.iter().map(|said| said.pair().to_vec());
    block(&mut out, &lines.collect::<Vec<_>>(), width)?;
    if !report.credentials.is_empty() {
        writeln!(out, "\n{HEADING}Credentials, in the order they are looked for{HEADING:#}")?;
        let lines = report.credentials.iter().enumerate().map(|(place, looked)| {
            let used = if looked.used { ", used" } else { "" };
            vec![format!("{}. {}", place + 1, looked.place), format!("{}{used}", looked.state)]
        });
        block(&mut out, &lines.collect::<Vec<_>>(), width)?;
    }
    writeln!(out, "\n{HEADING}Findings{HEADING:#}")?;
    for finding in &report.findings {
        write_finding(&mut out, finding, width)?;
    }
    write_verdict(&mut out, report, "doctor", width)?;
    out.flush()
}

/// The short report.
pub(super) fn print_status(report: &Report, status: &Status<'_>) -> io::Result<()> {
    let mut out = anstream::AutoStream::auto(io::stdout());
    let width = width();
    writeln!(out, "{HEADING}Sign-in{HEADING:#}")?;
    let lines = status.lines(report).into_iter().map(|line| line.to_vec());
    block(&mut out, &lines.collect::<Vec<_>>(), width)?;
    writeln!(out, "\n{HEADING}Findings{HEADING:#}")?;
    for finding in status.findings() {
        write_finding(&mut out, finding, width)?;
    }
    write_verdict(&mut out, report, "auth status", width)?;
    out.flush()
}

fn write_verdict(out: &mut impl Write, report: &Report, command: &str, width: u16) -> io::Result<()> {
    let verdict = match (report.analytics_would_work, report.online) {
        (Some(true), true) => "License analytics work: Partner Center responded.".to_owned(),
        (Some(true), false) => format!(
            "License analytics would accept this token. It does not contain roles: `{command} --online` checks them."
        ),
        (Some(false), _) => "License analytics would not work.".to_owned(),
        (None, true) => "Could not determine whether license analytics would work.".to_owned(),
        (None, false) => format!(
            "The token does not show whether license analytics would work: `{command} --online` checks it with Partner \
             Center."
        ),
    };
    writeln!(out)?;
    for line in columns(&[vec![verdict]], width) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn block(out: &mut impl Write, rows: &[Vec<String>], width: u16) -> io::Result<()> {
    for line in columns(rows, width.saturating_sub(2)) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// The width of the level in front of a finding.
const MARK: usize = "problem".len();

/// Writes the sentence and its fix.
fn write_finding(out: &mut impl Write, finding: &Finding, width: u16) -> io::Result<()> {
    let style = match finding.level {
        Level::Ok => AnsiColor::Green.on_default(),
        Level::Warning => AnsiColor::Yellow.on_default().bold(),
        Level::Problem => AnsiColor::Red.on_default().bold(),
    };
    let mut text = finding.sentence.clone();
    if let Some(code) = &finding.code {
        text = format!("{text} (code {code})");
    }
    if finding.level != Level::Ok && !finding.fix.is_empty() {
        text = format!("{text} {}", finding.fix);
    }
    let indent = MARK + 4;
    let room = width.saturating_sub(u16::try_from(indent).unwrap_or(u16::MAX));
    for (place, line) in columns(&[vec![text]], room).iter().enumerate() {
        let mark = if place == 0 { finding.level.name() } else { "" };
        writeln!(out, "  {style}{mark:MARK$}{style:#}  {line}")?;
    }
    Ok(())
}
