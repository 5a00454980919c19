//! What a person reads on stderr when something went wrong: what failed, the facts, what the service said, the advice.
//!
//! No stack trace, no `Debug`, no secret. What the service said may name a customer; it is shown to the person who
//! asked and goes nowhere else.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use partner_center::CustomerId;
use partner_center::filter::FilterError;

use crate::exit::Exit;
use crate::output::columns;
use crate::output::text::{grouped, showable};

const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Whether the bodies of failed responses are shown, as `-vv` asks.
static SHOWS_BODIES: AtomicBool = AtomicBool::new(false);

/// Shows them from here on, for the whole process.
pub(crate) fn show_bodies() {
    SHOWS_BODIES.store(true, Ordering::Relaxed);
}

/// Why a command ended before its time.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something went wrong and is to be told.
    Problem(Box<Problem>),
    /// The reader of stdout has seen enough. Not an error.
    ReaderGone,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// The only `io::Error` that is converted is one of writing the output.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ReaderGone;
        }
        Problem::new(Exit::Unexpected, "the output could not be written").because(error.to_string()).into()
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    exit: Exit,
    what: String,
    /// Drawn as it is, such as the line of input with a caret under what is wrong. Safe for a terminal.
    picture: Option<String>,
    facts: Vec<(&'static str, String)>,
    /// The beginning of the body that came, and how many bytes that had in all.
    body: Option<Box<(String, usize)>>,
    advice: Option<String>,
}

impl Problem {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), picture: None, facts: Vec::new(), body: None, advice: None }
    }

    /// Which setting or argument it is about.
    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    /// A filter or a grouping that cannot be used, with a caret under what is wrong with it.
    pub(crate) fn of_filter(flag: &str, error: &FilterError, input: &str) -> Self {
        Self::new(Exit::Usage, format!("invalid value for '{flag}': {}", error.description()))
            .picture(error.caret(input))
    }

    /// What is drawn below, as it is. Has to be safe for a terminal.
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

    /// On one line, for one of many: which customer, what failed, and the ids to ask about it.
    pub(crate) fn in_short(&self) -> String {
        let facts = ["customer", "status", "code", "cause", "correlation id"];
        let known = facts.iter().filter_map(|name| self.facts.iter().find(|(known, _)| known == name));
        let facts: Vec<_> = known.map(|(name, value)| format!("{name} {}", showable(value))).collect();
        let mut text = format!("{ERROR}error{ERROR:#}: {}: {}\n", showable(&self.what), facts.join(", "));
        self.body_lines().for_each(|line| _ = writeln!(text, "  {line}"));
        text
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn what_to_do(&self) -> &str {
        self.advice.as_deref().unwrap_or_default()
    }

    /// The error of a call, about one customer or about none.
    pub(crate) fn of_call(error: &partner_center::Error, customer: Option<CustomerId>) -> Self {
        let mut problem = Self::new(Exit::of(error), error.message());
        let mut fact = |name, value: Option<String>| {
            if let Some(value) = value {
                problem.facts.push((name, value));
            }
        };
        fact("customer", customer.map(|id| id.to_string()));
        fact("operation", error.operation().map(str::to_owned));
        fact("status", error.status().map(|status| status.to_string()));
        fact("code", error.code().map(str::to_owned));
        fact("service says", error.description().map(str::to_owned));
        fact("redirects to", redirected(error));
        fact("cause", causes(error));
        fact("attempts", (error.attempts() > 1).then(|| error.attempts().to_string()));
        fact("retry after", error.retry_after().map(|wait| format!("{} s", wait.as_secs())));
        fact("request id", error.request_id().map(|id| id.to_string()));
        fact("service's id", service_id(error));
        fact("correlation id", error.correlation_id().map(|id| id.to_string()));
        let body = error.body().map(AsRef::as_ref).map(<[u8]>::len).filter(|length| *length > 0);
        let Some(length) = body else { return problem.advice(error.advice()) };
        if SHOWS_BODIES.load(Ordering::Relaxed) {
            problem.body = error.body_excerpt().map(|excerpt| Box::new((excerpt.into_owned(), length)));
            return problem.advice(error.advice());
        }
        // What it was can only be told from what it said, and nothing of that could be read.
        let is_unread = error.description().is_none()
            && matches!(Exit::of(error), Exit::Unexpected | Exit::InvalidAnswer);
        let more = if is_unread { " The same command with -vv shows the body." } else { "" };
        problem.advice(format!("{}{more}", error.advice()))
    }
}

impl From<partner_center::Error> for Stop {
    fn from(error: partner_center::Error) -> Self {
        Problem::of_call(&error, None).into()
    }
}

/// The host that a redirect points to. Where it points on that host may hold what is nobody's business.
fn redirected(error: &partner_center::Error) -> Option<String> {
    error.status().filter(|status| (300..400).contains(status))?;
    let location = error.raw_headers().get("location")?.to_str().ok()?;
    let (_, after) = location.split_once("//")?;
    let authority = after.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

/// The chain of causes below an error, each said once.
fn causes(error: &partner_center::Error) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(below) = cause {
        let text = below.to_string();
        if !texts.iter().any(|said| said.contains(&text)) {
            texts.push(text);
        }
        cause = below.source();
    }
    (!texts.is_empty()).then(|| texts.join(": "))
}

/// The id the service answered with, where it is not the one that was sent.
fn service_id(error: &partner_center::Error) -> Option<String> {
    let theirs = error.service_request_id()?;
    let ours = error.request_id().map(|id| id.to_string());
    (ours.as_deref() != Some(theirs)).then(|| theirs.to_owned())
}

impl Problem {
    /// What came, line by line, and before it what it is. Lines are as long as they came.
    fn body_lines(&self) -> impl Iterator<Item = String> {
        const MOST: usize = 40;
        let (text, length) = self.body.as_deref().map_or(("", 0), |(text, length)| (text.as_str(), *length));
        let part = if text.len() < length {
            format!("the first {} of {} bytes", grouped_length(text.len()), grouped_length(length))
        } else {
            format!("{} bytes", grouped_length(length))
        };
        let heading = format!("the body, {part}, which may hold customer data:");
        let lines = text.lines().take(MOST).map(|line| format!("| {}", showable(line)));
        self.body.iter().map(move |_| heading.clone()).chain(lines)
    }

    /// All there is to tell, in lines no wider than this where a width is given.
    pub(crate) fn told(&self, width: Option<u16>) -> String {
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

fn grouped_length(length: usize) -> String {
    grouped(u64::try_from(length).unwrap_or(u64::MAX))
}

/// Text of others in lines that fit a width beside an indent.
fn wrapped(text: &str, width: Option<u16>, indent: usize) -> Vec<String> {
    match width {
        None => vec![showable(text)],
        Some(width) => {
            let indent = u16::try_from(indent).unwrap_or(u16::MAX);
            columns(&[vec![text.to_owned()]], width.saturating_sub(indent).max(20))
        }
    }
}
