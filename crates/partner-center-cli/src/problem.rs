//! Error reports on stderr: what failed, the facts, the service's message, and advice.
//!
//! No stack trace, no `Debug`, no secret. The service's message may name a customer; it is shown on stderr only.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use partner_center::CustomerId;
use partner_center::filter::FilterError;

use crate::anonymizer::{anonymizer, code, message};
use crate::exit::Exit;
use crate::terminal::columns;
use crate::terminal::text::{grouped, showable};

pub(crate) mod hints;

const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Whether the bodies of failed responses are shown (`-vv`).
static SHOWS_BODIES: AtomicBool = AtomicBool::new(false);

/// Shows the bodies of failed responses from now on, in the whole process.
pub(crate) fn show_bodies() {
    SHOWS_BODIES.store(true, Ordering::Relaxed);
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// An error, which is reported.
    Problem(Box<Problem>),
    /// The reader of stdout closed the pipe. Not an error.
    ReaderGone,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// Only errors of writing the output are converted.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ReaderGone;
        }
        Problem::new(Exit::Unexpected, "the output could not be written").because(error.to_string()).into()
    }
}

/// An error as it is shown to the user.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    exit: Exit,
    what: String,
    /// Printed verbatim, such as the input with a caret under the mistake. Safe for a terminal.
    picture: Option<String>,
    facts: Vec<(&'static str, String)>,
    /// The beginning of the response body, and the length of the whole body in bytes.
    body: Option<Box<(String, usize)>>,
    advice: Option<String>,
}

impl Problem {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), picture: None, facts: Vec::new(), body: None, advice: None }
    }

    /// Adds a fact, such as the setting or argument concerned.
    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    /// An invalid filter or grouping, with a caret under the mistake.
    pub(crate) fn of_filter(flag: &str, error: &FilterError, input: &str) -> Self {
        Self::new(Exit::Usage, format!("invalid value for '{flag}': {}", error.description()))
            .picture(error.caret(input))
    }

    /// Sets the text that is printed verbatim. It must be safe for a terminal.
    pub(crate) fn picture(mut self, picture: String) -> Self {
        self.picture = Some(picture);
        self
    }

    pub(crate) fn because(self, cause: impl Into<String>) -> Self {
        self.fact("cause", cause)
    }

    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// The report on one line, for one of many customers: what failed, the customer, and the ids for support.
    pub(crate) fn render_line(&self) -> String {
        let facts = ["customer", "status", "code", "cause", "correlation id"];
        let known = facts.iter().filter_map(|name| self.facts.iter().find(|(known, _)| known == name));
        let facts: Vec<_> = known.map(|(name, value)| format!("{name} {}", showable(value))).collect();
        let mut text = format!("{ERROR}error{ERROR:#}: {}: {}\n", showable(&self.what), facts.join(", "));
        self.body_lines().for_each(|line| _ = writeln!(text, "  {line}"));
        text
    }

    /// The same problem with another exit code, such as for one that came after requests were sent.
    pub(crate) fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn advice_text(&self) -> &str {
        self.advice.as_deref().unwrap_or_default()
    }

    /// The report of a failed call, which may concern one customer.
    pub(crate) fn of_call(error: &partner_center::Error, customer: Option<CustomerId>) -> Self {
        let is_anonymous = anonymizer().is_some();
        let mut problem = Self::new(Exit::of(error), message(error));
        let mut fact = |name, value: Option<String>| {
            if let Some(value) = value {
                problem.facts.push((name, value));
            }
        };
        fact("customer", customer.map(|id| id.to_string()));
        fact("operation", error.operation().map(str::to_owned));
        fact("status", error.status().map(|status| status.to_string()));
        fact("code", code(error).map(str::to_owned));
        // Texts of the service and of libraries may name a customer.
        let unless_anonymous = |text: Option<String>| text.filter(|_| !is_anonymous);
        fact("service says", unless_anonymous(error.description().map(str::to_owned)));
        fact("redirects to", unless_anonymous(redirected(error)));
        fact("cause", unless_anonymous(causes(error)));
        fact("attempts", (error.attempts() > 1).then(|| error.attempts().to_string()));
        fact("retry after", error.retry_after().map(|wait| format!("{} s", wait.as_secs())));
        fact("request id", error.request_id().map(|id| id.to_string()));
        fact("service's id", unless_anonymous(service_id(error)));
        fact("correlation id", error.correlation_id().map(|id| id.to_string()));
        problem.facts.extend(error.facts().map(|(name, value)| (name, value.to_owned())));
        let body = error.body().map(AsRef::as_ref).map(<[u8]>::len).filter(|length| *length > 0);
        if is_anonymous && error.description().is_some() {
            let advice = hints::advice(error);
            return problem
                .advice(format!("{advice} The service's description is shown only without --anonymize."));
        }
        let Some(length) = body else { return problem.advice(hints::advice(error)) };
        if SHOWS_BODIES.load(Ordering::Relaxed) {
            problem.body = error.body_excerpt().map(|excerpt| Box::new((excerpt.into_owned(), length)));
            return problem.advice(hints::advice(error));
        }
        // Without a readable service error, only the body can show the cause.
        let is_unread = error.description().is_none()
            && matches!(Exit::of(error), Exit::Unexpected | Exit::InvalidResponse);
        let more =
            if is_unread && !is_anonymous { " Run the same command with -vv to see the body." } else { "" };
        problem.advice(format!("{}{more}", hints::advice(error)))
    }
}

impl From<partner_center::Error> for Stop {
    fn from(error: partner_center::Error) -> Self {
        Problem::of_call(&error, None).into()
    }
}

/// The host that a redirect points to. The rest of the location may contain private data.
fn redirected(error: &partner_center::Error) -> Option<String> {
    error.status().filter(|status| (300..400).contains(status))?;
    let location = error.raw_headers().get("location")?.to_str().ok()?;
    let (_, after) = location.split_once("//")?;
    let authority = after.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

/// The chain of causes below an error, without repetitions.
fn causes(error: &partner_center::Error) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(below) = cause {
        let text = below.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        cause = below.source();
    }
    (!texts.is_empty()).then(|| texts.join(": "))
}

/// The request id in the response, if it differs from the one that was sent.
fn service_id(error: &partner_center::Error) -> Option<String> {
    let theirs = error.service_request_id()?;
    let ours = error.request_id().map(|id| id.to_string());
    (ours.as_deref() != Some(theirs)).then(|| theirs.to_owned())
}

impl Problem {
    /// A heading and the lines of the body. Lines are not wrapped.
    fn body_lines(&self) -> impl Iterator<Item = String> {
        const MOST: usize = 40;
        let (text, length) = self.body.as_deref().map_or(("", 0), |(text, length)| (text.as_str(), *length));
        let part = if text.len() < length {
            format!("the first {} of {} bytes", grouped(text.len()), grouped(length))
        } else {
            format!("{} bytes", grouped(length))
        };
        let heading = format!("the response body, {part}, which may contain customer data:");
        let lines = text.lines().take(MOST).map(|line| format!("| {}", showable(line)));
        self.body.iter().map(move |_| heading.clone()).chain(lines)
    }

    /// The whole report, wrapped to the width if one is given.
    pub(crate) fn render(&self, width: Option<u16>) -> String {
        const NAME: Style = Style::new().dimmed();
        let mut text = String::new();
        for (place, line) in wrapped(&self.what, width, "error: ".len()).iter().enumerate() {
            let mark = if place == 0 { format!("{ERROR}error{ERROR:#}: ") } else { " ".repeat(7) };
            let _ = writeln!(text, "{mark}{line}");
        }
        for line in self.picture.iter().flat_map(|picture| picture.lines()) {
            let _ = writeln!(text, "  {line}");
        }
        let longest = self.facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in &self.facts {
            for (place, line) in wrapped(value, width, longest + 4).iter().enumerate() {
                let name = if place == 0 { name } else { "" };
                let _ = writeln!(text, "  {NAME}{name:longest$}{NAME:#}  {line}");
            }
        }
        for line in self.body_lines() {
            let _ = writeln!(text, "  {line}");
        }
        for line in self.advice.iter().flat_map(|advice| wrapped(advice, width, 2)) {
            let _ = writeln!(text, "  {line}");
        }
        text
    }
}

/// External text, wrapped to a width minus an indent.
fn wrapped(text: &str, width: Option<u16>, indent: usize) -> Vec<String> {
    match width {
        None => vec![showable(text)],
        Some(width) => {
            let indent = u16::try_from(indent).unwrap_or(u16::MAX);
            columns(&[vec![text.to_owned()]], width.saturating_sub(indent).max(20))
        }
    }
}
