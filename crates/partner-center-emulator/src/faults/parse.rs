//! Parses fault scripts. An error names the rule it occurred in and the values that are accepted there.

use std::fmt;
use std::ops::RangeInclusive;

use super::rule::millionths;
use super::{DateForm, ErrorResponse, Fault, FaultScript, RetryAfter, Rule};
use crate::entra::Aadsts;
use crate::error_shape::ErrorShape;
use crate::links::LinkForm;

/// An error that occurred while parsing a [`FaultScript`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultScriptError {
    item: String,
    reason: String,
}

impl fmt::Display for FaultScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in `{}`: {}", self.item, self.reason)
    }
}

impl std::error::Error for FaultScriptError {}

/// Limits on delays and sizes, which protect the machine from mistakes.
const LONGEST_MS: u64 = 600_000;
const MOST_MIB: u32 = 4096;
const MOST_KIB: u32 = 4096;

/// The faults with arguments, as `help` shows them.
const WITH_ARGUMENTS: &[&str] = &[
    "redirect(to=URL)",
    "reset-body(after=BYTES)",
    "slow-start(ms=200)",
    "drip(bytes=16,ms=1)",
    "stall(after=10,ms=60000)",
    "endless(mib=1024)",
    "gzip-bomb(mib=256)",
    "big-header(kib=512)",
    "foreign-link(to=URL)",
    "null(MEMBER,..)",
    "absent(MEMBER,..)",
    "content-type(VALUE)",
];

pub(super) fn help() -> String {
    let plain: Vec<&str> = Fault::PLAIN.iter().map(Fault::name).collect();
    format!(
        "RULE[; RULE]..., each: [#N[-M],..] [PERCENT%] [most=N] [/path*] FAULT[+FAULT]...\n\
         seed=N sets the seed for PERCENT\n\
         errors: STATUS(retry-after=SECONDS|none,retry-after-date=SECONDS,body=SHAPE,code=N), STATUS 400 to 599\n\
         shapes: {}\n\
         plain: {}\n\
         with optional arguments: {}\n\
         links(FORM): {}\n\
         dates(FORM): {}\n\
         aadsts(NUMBER) or aadsts(NUMBER,status=STATUS), on sign-in paths such as /*/oauth2/*: {}\n",
        names(ErrorShape::ALL.map(ErrorShape::name)),
        plain.join(", "),
        WITH_ARGUMENTS.join(", "),
        names(LinkForm::ALL.map(LinkForm::name)),
        names(DateForm::ALL.map(DateForm::name)),
        names(Aadsts::all().map(|line| line.number)),
    )
}

fn names<T: fmt::Display>(all: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = all.into_iter().map(|name| name.to_string()).collect();
    names.join(", ")
}

pub(super) fn script(text: &str) -> Result<FaultScript, FaultScriptError> {
    let mut script = FaultScript::new();
    for item in text.split([';', '\n']).map(str::trim).filter(|item| !item.is_empty()) {
        let wrong = |reason| FaultScriptError { item: item.to_owned(), reason };
        if let Some(seed) = item.strip_prefix("seed=") {
            script.seed = Some(number(seed).map_err(wrong)?);
        } else {
            script.rules.push(rule(item).map_err(wrong)?);
        }
    }
    Ok(script)
}

fn rule(text: &str) -> Result<Rule, String> {
    let (mut numbers, mut chance, mut at_most, mut path, mut faults) = (Vec::new(), None, None, None, None);
    for word in text.split_whitespace() {
        if faults.is_some() {
            return Err(format!(
                "unexpected `{word}` after the faults; join faults with `+`, rules with `;`"
            ));
        }
        if let Some(ranges) = word.strip_prefix('#') {
            numbers = ranges.split(',').map(range).collect::<Result<_, _>>()?;
        } else if let Some(percent) = word.strip_suffix('%') {
            let percent: f64 = percent.parse().map_err(|_| format!("`{percent}` is not a number"))?;
            if !(0.0..=100.0).contains(&percent) {
                return Err(format!("{percent}% is not between 0% and 100%"));
            }
            chance = Some(millionths(percent));
        } else if let Some(times) = word.strip_prefix("most=") {
            at_most = Some(number(times)?);
        } else if word.starts_with('/') {
            path = Some(word.to_owned());
        } else {
            faults = Some(outside_parentheses(word, '+').into_iter().map(fault).collect::<Result<_, _>>()?);
        }
    }
    let faults = faults.ok_or("the rule has no fault")?;
    Ok(Rule { faults, numbers, chance, at_most, path })
}

/// `3`, `2-5`, `4-`.
fn range(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = match text.split_once('-') {
        None => (number(text)?, number(text)?),
        Some((first, "")) => (number(first)?, u64::MAX),
        Some((first, last)) => (number(first)?, number(last)?),
    };
    if first == 0 || last < first {
        return Err(format!(
            "`#{text}` matches no request: requests are counted from 1, and a range must ascend"
        ));
    }
    Ok(first..=last)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is not a whole number, or too large"))
}

/// Splits at separators outside parentheses. Media types and URLs in arguments may contain the separator.
fn outside_parentheses(text: &str, separator: char) -> Vec<&str> {
    let mut inside = false;
    text.split(|letter| {
        match letter {
            '(' => inside = true,
            ')' => inside = false,
            _ => {}
        }
        letter == separator && !inside
    })
    .collect()
}

fn fault(text: &str) -> Result<Fault, String> {
    let (name, mut arguments) = match text.split_once('(') {
        None => (text, Arguments::default()),
        Some((name, rest)) => {
            let inner =
                rest.strip_suffix(')').ok_or_else(|| format!("the parenthesis of `{name}` is not closed"))?;
            (name, Arguments(inner.split(',').filter(|argument| !argument.is_empty()).collect()))
        }
    };
    let fault = named(name, &mut arguments)?;
    match arguments.0.first() {
        None => Ok(fault),
        Some(left) => Err(format!("`{name}` does not take `{left}`")),
    }
}

fn named(name: &str, arguments: &mut Arguments<'_>) -> Result<Fault, String> {
    if let Some(plain) = Fault::PLAIN.iter().find(|plain| plain.name() == name) {
        return Ok(plain.clone());
    }
    if let Ok(status) = name.parse::<u16>() {
        return error(status, arguments).map(Fault::Error);
    }
    Ok(match name {
        "aadsts" => {
            let status: Option<u16> = arguments.optional("status")?;
            let number = number(arguments.only().ok_or("`aadsts` needs a number, as in aadsts(50076)")?)?;
            if Aadsts::all().all(|line| line.number != number) {
                let known = names(Aadsts::all().map(|line| line.number));
                return Err(format!("AADSTS{number} is not known; expected one of {known}"));
            }
            match status {
                None => Fault::Aadsts(number),
                Some(status @ 200..=599) => Fault::AadstsWithStatus { number, status },
                Some(status) => return Err(format!("{status} is not a status between 200 and 599")),
            }
        }
        "redirect" => Fault::Redirect { to: arguments.text("to") },
        "foreign-link" => Fault::ForeignLink { to: arguments.text("to") },
        "reset-body" => Fault::ResetBody { after: arguments.optional("after")? },
        "slow-start" => Fault::SlowStart { ms: arguments.up_to("ms", 200, LONGEST_MS)? },
        "drip" => Fault::Drip {
            bytes: arguments.optional("bytes")?.unwrap_or(16).max(1),
            ms: arguments.up_to("ms", 1, LONGEST_MS)?,
        },
        "stall" => Fault::Stall {
            after: arguments.optional("after")?.unwrap_or(10),
            ms: arguments.up_to("ms", 60_000, LONGEST_MS)?,
        },
        "endless" => Fault::Endless { mib: arguments.up_to("mib", 1024, MOST_MIB)? },
        "gzip-bomb" => Fault::GzipBomb { mib: arguments.up_to("mib", 256, MOST_MIB)? },
        "big-header" => Fault::BigHeader { kib: arguments.up_to("kib", 512, MOST_KIB)? },
        "links" => Fault::Links(form(arguments, "links", LinkForm::ALL, LinkForm::name)?),
        "dates" => Fault::Dates(form(arguments, "dates", DateForm::ALL, DateForm::name)?),
        "null" => Fault::Null(arguments.all()),
        "absent" => Fault::Absent(arguments.all()),
        "content-type" => {
            let value =
                arguments.only().ok_or("`content-type` needs a value, as in content-type(text/html)")?;
            Fault::ContentType(value.to_owned())
        }
        unknown => {
            let plain = names(Fault::PLAIN.iter().map(Fault::name));
            let others = WITH_ARGUMENTS.join(", ");
            return Err(format!(
                "unknown fault `{unknown}`; expected a status from 400 to 599, {plain}, {others}, links(FORM), \
                 dates(FORM) or aadsts(NUMBER)"
            ));
        }
    })
}

fn error(status: u16, arguments: &mut Arguments<'_>) -> Result<ErrorResponse, String> {
    if !(400..=599).contains(&status) {
        return Err(format!(
            "{status} is not an error status between 400 and 599; for a page with status 200, use `html`"
        ));
    }
    let mut error = ErrorResponse::new(status);
    error.retry_after = match (arguments.text("retry-after"), arguments.optional("retry-after-date")?) {
        (None, None) => None,
        (None, Some(seconds)) => Some(RetryAfter::Date(seconds)),
        (Some(none), None) if none == "none" => Some(RetryAfter::Absent),
        (Some(seconds), None) => Some(RetryAfter::Seconds(number(&seconds)?)),
        (Some(_), Some(_)) => return Err("give Retry-After only once: in seconds or as a date".to_owned()),
    };
    error.code = arguments.optional("code")?;
    if let Some(name) = arguments.text("body") {
        let known = || format!("unknown body `{name}`; expected one of {}", names(ErrorShape::ALL));
        error.body = Some(ErrorShape::named(&name).ok_or_else(known)?);
    }
    Ok(error)
}

fn form<T: Copy, const N: usize>(
    arguments: &mut Arguments<'_>,
    of: &str,
    all: [T; N],
    name: fn(T) -> &'static str,
) -> Result<T, String> {
    let known = names(all.map(name));
    let given = arguments.only().ok_or_else(|| format!("`{of}` needs one of {known}"))?;
    all.into_iter()
        .find(|form| name(*form) == given)
        .ok_or_else(|| format!("`{of}` does not accept `{given}`; expected one of {known}"))
}

/// The arguments in the parentheses that have not been used yet.
#[derive(Default)]
struct Arguments<'a>(Vec<&'a str>);

impl<'a> Arguments<'a> {
    /// The value of `name=value`.
    fn text(&mut self, name: &str) -> Option<String> {
        let value = |argument: &&'a str| argument.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
        let place = self.0.iter().position(|argument| value(argument).is_some())?;
        value(&self.0.remove(place)).map(str::to_owned)
    }

    fn optional<T: std::str::FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        self.text(name).map(|value| number(&value)).transpose()
    }

    fn up_to<T>(&mut self, name: &str, usual: T, most: T) -> Result<T, String>
    where
        T: std::str::FromStr + PartialOrd + fmt::Display + Copy,
    {
        let value = self.optional(name)?.unwrap_or(usual);
        if value > most { Err(format!("{name}={value} is more than {most}")) } else { Ok(value) }
    }

    /// The only argument, without a name.
    fn only(&mut self) -> Option<&'a str> {
        if self.0.len() == 1 { self.0.pop() } else { None }
    }

    fn all(&mut self) -> Vec<String> {
        self.0.drain(..).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The names are read from the source: those of `Fault::name`, which has every variant, and those that the parser
    /// asks for.
    #[test]
    fn help_names_every_fault_and_every_argument() {
        let help = help();
        let words: HashSet<&str> =
            help.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').collect();
        let (_, names) = include_str!("fault.rs").split_once("fn name(&self)").unwrap();
        let (names, _) = names.split_once("\n    }\n").unwrap();
        let faults = names.lines().filter_map(|line| line.split('"').nth(1));
        let (parser, _) = include_str!("parse.rs").split_once("#[cfg(test)]").unwrap();
        let arguments = parser.split("arguments.").filter_map(|call| {
            let (_, name) =
                call.split_once('(').filter(|(method, _)| ["text", "optional", "up_to"].contains(method))?;
            name.strip_prefix('"')?.split('"').next()
        });
        let mut count = 0;
        for name in faults.chain(arguments) {
            assert!(words.contains(name), "{name}");
            count += 1;
        }
        assert!(count >= Fault::PLAIN.len() + WITH_ARGUMENTS.len() + 10, "{count} names were found");
    }

    #[test]
    fn every_fault_prints_the_syntax_that_it_is_parsed_from() {
        let mut faults = Fault::PLAIN.to_vec();
        faults.extend(WITH_ARGUMENTS.iter().map(|example| {
            let example = example
                .replace("URL", "https://other.example:8443/x?a=b+c")
                .replace("BYTES", "7")
                .replace("MEMBER,..", "channel,serviceName")
                .replace("VALUE", "text/html+x");
            fault(&example).unwrap()
        }));
        faults.extend(WITH_ARGUMENTS.iter().filter_map(|example| {
            let name = example.split('(').next().unwrap();
            (name != "content-type").then(|| fault(name).unwrap())
        }));
        faults.extend(LinkForm::ALL.map(Fault::Links));
        faults.extend(DateForm::ALL.map(Fault::Dates));
        faults.extend(Aadsts::all().map(|line| Fault::Aadsts(line.number)));
        faults.push(Fault::AadstsWithStatus { number: 90033, status: 200 });
        for shape in ErrorShape::ALL {
            faults.push(ErrorResponse::new(500).body(shape).code(20002).retry_after(3).into());
            faults.push(ErrorResponse::new(429).body(shape).retry_after_date(3).into());
        }
        faults.push(ErrorResponse::new(429).without_retry_after().into());
        let mut script = FaultScript::new().seed(9);
        for fault in faults {
            script = script.rule(Rule::new(fault.clone()).and(Fault::NoMark).on_percent(12.5));
            script = script.rule(
                Rule::new(fault).on_requests(1..=1).on_requests(3..=u64::MAX).at_most(2).on_path("/a*"),
            );
        }
        let printed = script.to_string();
        assert_eq!(printed.parse(), Ok(script), "{printed}");
    }

    #[test]
    fn an_error_names_the_rule_and_the_accepted_values() {
        for (text, reason) in [
            ("resset", "unknown fault `resset`; expected a status from 400 to 599, expired-token"),
            ("#1", "the rule has no fault"),
            ("#0 reset", "counted from 1"),
            ("#5-2 reset", "must ascend"),
            ("#x reset", "`x` is not a whole number"),
            ("120% reset", "not between 0% and 100%"),
            ("reset html", "unexpected `html` after the faults"),
            ("200", "200 is not an error status"),
            ("503(body=shoe)", "expected one of fault, commerce, gateway"),
            ("503(retry-after=1,retry-after-date=2)", "Retry-After only once"),
            ("503(color=red)", "`503` does not take `color=red`"),
            ("reset(ms=1)", "`reset` does not take `ms=1`"),
            ("slow-start(ms=9999999)", "more than 600000"),
            ("links(sideways)", "expected one of unversioned, rooted"),
            ("dates", "needs one of zoneless"),
            ("aadsts(1)", "AADSTS1 is not known; expected one of 50011, 50027"),
            ("aadsts(90033,status=600)", "600 is not a status between 200 and 599"),
            ("drip(ms=1", "not closed"),
            ("seed=x", "`x` is not a whole number"),
        ] {
            let error = script(&format!("reset; {text}")).unwrap_err().to_string();
            assert!(error.starts_with(&format!("in `{text}`: ")), "{error}");
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn an_empty_text_is_a_script_without_rules() {
        assert_eq!(script(" ;\n; "), Ok(FaultScript::new()));
    }
}
