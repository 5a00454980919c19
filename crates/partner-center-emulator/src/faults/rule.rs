//! Fault rules and scripts: which faults apply to which requests.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::parse::{self, FaultScriptError};
use super::{ErrorResponse, Fault};

/// Faults, and the requests that they apply to.
///
/// A rule counts the requests that match its path, from 1, in order of arrival. A rule without a path matches every
/// request to the API and none to the sign-in host.
///
/// ```
/// use partner_center_emulator::{ErrorResponse, Fault, Rule};
///
/// let rule = Rule::new(ErrorResponse::new(503)).and(Fault::NoIds).on_path("/v1/customers/*").on_requests(2..=4);
/// assert_eq!(rule.to_string(), "#2-4 /v1/customers/* 503+no-ids");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Rule {
    pub(super) faults: Vec<Fault>,
    pub(super) numbers: Vec<RangeInclusive<u64>>,
    /// The probability in millionths.
    pub(super) chance: Option<u32>,
    pub(super) at_most: Option<u32>,
    pub(super) path: Option<String>,
}

impl Rule {
    /// A rule that applies a fault to every request.
    pub fn new(fault: impl Into<Fault>) -> Self {
        Self { faults: vec![fault.into()], numbers: Vec::new(), chance: None, at_most: None, path: None }
    }

    /// Adds a fault for the same requests. Of several faults that replace the response, only the first applies. Of
    /// several that change how the body is sent, only the first applies. All others combine.
    pub fn and(mut self, fault: impl Into<Fault>) -> Self {
        self.faults.push(fault.into());
        self
    }

    /// Applies the rule only to the request with this number.
    pub fn on_request(self, number: u64) -> Self {
        self.on_requests(number..=number)
    }

    /// Applies the rule only to requests with these numbers. Further calls add numbers.
    pub fn on_requests(mut self, numbers: RangeInclusive<u64>) -> Self {
        self.numbers.push(numbers);
        self
    }

    /// Applies the rule to this percentage of requests, selected by the script's seed and the request's number.
    pub fn on_percent(mut self, percent: f64) -> Self {
        self.chance = Some(millionths(percent));
        self
    }

    /// Applies the rule at most this many times in a row to requests with the same `MS-RequestId`, so that a call that
    /// is retried with the same id succeeds after that.
    pub fn at_most(mut self, times: u32) -> Self {
        self.at_most = Some(times);
        self
    }

    /// Applies the rule only to requests with a matching path. `*` matches any sequence of characters. A pattern with a
    /// question mark is matched against path and query.
    pub fn on_path(mut self, pattern: impl Into<String>) -> Self {
        self.path = Some(pattern.into());
        self
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
pub(super) fn millionths(percent: f64) -> u32 {
    (percent.clamp(0.0, 100.0) * 10_000.0).round() as u32
}

impl<F: Into<Fault>> From<F> for Rule {
    fn from(fault: F) -> Self {
        Self::new(fault)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, numbers) in self.numbers.iter().enumerate() {
            let before = if place == 0 { '#' } else { ',' };
            match (*numbers.start(), *numbers.end()) {
                (one, other) if one == other => write!(f, "{before}{one}")?,
                (first, u64::MAX) => write!(f, "{before}{first}-")?,
                (first, last) => write!(f, "{before}{first}-{last}")?,
            }
        }
        if !self.numbers.is_empty() {
            f.write_str(" ")?;
        }
        if let Some(chance) = self.chance {
            write!(f, "{}% ", f64::from(chance) / 10_000.0)?;
        }
        if let Some(times) = self.at_most {
            write!(f, "most={times} ")?;
        }
        if let Some(path) = &self.path {
            write!(f, "{path} ")?;
        }
        for (place, fault) in self.faults.iter().enumerate() {
            let before = if place == 0 { "" } else { "+" };
            write!(f, "{before}{fault}")?;
        }
        Ok(())
    }
}

/// A list of fault rules. Every rule is evaluated for every request.
///
/// Built in Rust or parsed from text, as for `emulator --fault`:
///
/// ```
/// use partner_center_emulator::{ErrorResponse, Fault, FaultScript, Rule};
///
/// let built = FaultScript::new()
///     .seed(7)
///     .rule(Rule::new(ErrorResponse::new(429).retry_after(2)).on_request(1))
///     .rule(Rule::new(Fault::Reset).on_percent(5.0))
///     .rule(Rule::new(Fault::StringCounts).and(Fault::NoMark).on_path("/v1/customers/*"));
///
/// let read: FaultScript =
///     "seed=7; #1 429(retry-after=2); 5% reset; /v1/customers/* string-counts+no-mark".parse()?;
/// assert_eq!(built, read);
/// # Ok::<(), partner_center_emulator::FaultScriptError>(())
/// ```
///
/// # Grammar
///
/// ```text
/// script  = item *( ( ";" / newline ) item )
/// item    = "seed=" number / rule
/// rule    = [ when ] [ "most=" number ] [ path ] fault *( "+" fault )     separated by blanks
/// when    = "#" range *( "," range ) / percent "%"                        or both
/// range   = number / number "-" number / number "-"
/// path    = "/" and any characters but blanks and ";"; "*" matches any sequence of characters
/// fault   = name [ "(" argument *( "," argument ) ")" ]
/// ```
///
/// The names are those of [`Fault`]; [`FaultScript::help`] lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct FaultScript {
    pub(super) seed: Option<u64>,
    pub(super) rules: Vec<Rule>,
}

impl FaultScript {
    /// A script without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The seed for percentages; default the seed of the emulator.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Adds a rule. A fault is converted to a rule that always applies.
    pub fn rule(mut self, rule: impl Into<Rule>) -> Self {
        self.rules.push(rule.into());
        self
    }

    /// The grammar and all faults with their arguments, for the help text of a command line.
    pub fn help() -> String {
        parse::help()
    }
}

impl From<Rule> for FaultScript {
    fn from(rule: Rule) -> Self {
        Self::new().rule(rule)
    }
}

impl From<Fault> for FaultScript {
    fn from(fault: Fault) -> Self {
        Self::new().rule(fault)
    }
}

impl From<ErrorResponse> for FaultScript {
    fn from(error: ErrorResponse) -> Self {
        Self::new().rule(error)
    }
}

impl FromStr for FaultScript {
    type Err = FaultScriptError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse::script(text)
    }
}

impl fmt::Display for FaultScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seed = self.seed.map(|seed| format!("seed={seed}"));
        let items: Vec<String> = seed.into_iter().chain(self.rules.iter().map(Rule::to_string)).collect();
        f.write_str(&items.join("; "))
    }
}
