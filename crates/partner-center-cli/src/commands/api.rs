//! `api`: any other endpoint, by its path.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};

use partner_center::Response;
use partner_center::raw::{RawBody, RawRequest};

use crate::args::{self, Api, Global, Method};
use crate::connect::connect;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::bytes::ByteOutput;
use crate::problem::{Problem, Stop};
use crate::secrets::redact;
use crate::signals::unless_stopped;

pub(crate) async fn run(arguments: &Api, global: &Global, console: Console) -> Result<Exit, Stop> {
    let (query, headers) = check(arguments, global)?;
    let output = ByteOutput::new(args::file(arguments.output.as_deref()))?;
    let session = connect(global, console).await?;
    let raw = session.partner.raw();
    let mut request = match arguments.method {
        Method::Get => raw.get(&arguments.path),
        Method::Head => raw.head(&arguments.path),
    };
    for (name, value) in query {
        request = request.query(name, value);
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if arguments.paginate {
        return unless_stopped(write_pages(&request, arguments.include, output, console)).await;
    }
    unless_stopped(write_one(&request, arguments.include, output)).await
}

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// Refuses options that have no meaning here, and splits query and headers. Errors do not show their values.
fn check<'a>(arguments: &'a Api, global: &Global) -> Result<(Pairs<'a>, Pairs<'a>), Problem> {
    let refused = |why: &str, advice: &str| {
        Problem::new(Exit::Usage, why).advice(format!("{advice} Nothing was sent."))
    };
    if global.anonymize {
        let why = "api cannot be used with --anonymize: it is unknown what in the response names a customer";
        return Err(refused(why, "Use one of the other commands, or omit --anonymize."));
    }
    if global.format.is_some() {
        return Err(refused("api has no formats: it writes the response as it is", "Omit --format."));
    }
    let pairs = |flag: &str, values: &'a [String], separator: char, form: &str| {
        let pair = |value: &'a String| {
            let (name, value) = value.split_once(separator).filter(|(name, _)| !name.trim().is_empty())?;
            Some((name, value))
        };
        let pairs: Option<Pairs<'a>> = values.iter().map(pair).collect();
        pairs.ok_or_else(|| refused(&format!("invalid value for '{flag}'"), &format!("Write it as {form}.")))
    };
    let query = pairs("--query", &arguments.query, '=', "NAME=VALUE")?;
    let headers = pairs("--header", &arguments.header, ':', "'NAME: VALUE'")?;
    Ok((query, headers.into_iter().map(|(name, value)| (name.trim(), value.trim())).collect()))
}

/// Writes a response as it was received.
async fn write_one(request: &RawRequest, include: bool, mut output: ByteOutput) -> Result<Exit, Stop> {
    let response = request.send().await?;
    if include {
        write_head(&mut output, &response)?;
    }
    output.write_all(response.bytes())?;
    // Only on a terminal: otherwise the bytes are those of the response.
    if output.is_on_stdout() && io::stdout().is_terminal() && !response.bytes().ends_with(b"\n") {
        output.write_all(b"\n")?;
    }
    output.finish()?;
    Ok(Exit::Done)
}

/// Writes a line for each page.
async fn write_pages(
    request: &RawRequest,
    include: bool,
    mut output: ByteOutput,
    console: Console,
) -> Result<Exit, Stop> {
    let (mut pages, mut written) = (request.pages(), 0);
    loop {
        let page = match pages.try_next().await {
            Ok(Some(page)) => page,
            Ok(None) => break,
            Err(error) => {
                if written > 0 && output.is_on_stdout() {
                    console.note(&format!(
                        "pages written before the error below: {written}; the output on stdout is incomplete"
                    ));
                }
                return Err(error.into());
            }
        };
        if include {
            write_head(&mut output, &page)?;
        }
        let line = compact(&page.text()?);
        if !line.is_empty() {
            writeln!(output, "{line}")?;
        }
        output.flush()?;
        written += 1;
    }
    output.finish()?;
    Ok(Exit::Done)
}

/// Writes the status, the headers and an empty line.
fn write_head(out: &mut impl Write, response: &Response<RawBody>) -> io::Result<()> {
    writeln!(out, "HTTP {}", response.status())?;
    for (name, value) in response.raw_headers() {
        let text = String::from_utf8_lossy(value.as_bytes());
        let shown = if is_secret(name.as_str()) { Cow::Borrowed("[redacted]") } else { redact(&text) };
        writeln!(out, "{name}: {shown}")?;
    }
    writeln!(out)
}

/// Whether a header may contain a secret, going by its name in lower case.
fn is_secret(name: &str) -> bool {
    ["auth", "cookie", "token", "secret", "password", "key"].iter().any(|part| name.contains(part))
}

/// JSON without the white space between its tokens. Unlike reading and writing it, this keeps every value as it is, such as
/// numbers with many digits.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let keep = |character: &char| {
        if !in_string {
            in_string = *character == '"';
            return !character.is_ascii_whitespace();
        }
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = false,
            _ => {}
        }
        true
    };
    json.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_json_has_the_same_values_on_one_line() {
        for (json, line) in [
            (
                "{\r\n\t\"a b\" : [ 1.50 , 1e999 ],\n \"a b\": null\n}\n",
                "{\"a b\":[1.50,1e999],\"a b\":null}",
            ),
            (r#"[ "say \" \\ " , "\\" , " " ]"#, r#"["say \" \\ ","\\"," "]"#),
            (" \"\u{a0}\" ", "\"\u{a0}\""),
            (" \n", ""),
        ] {
            assert_eq!(compact(json), line);
        }
    }

    #[test]
    fn headers_that_may_be_secret() {
        for name in ["set-cookie", "www-authenticate", "authorization", "x-access-token", "api-key"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["content-type", "ms-requestid", "etag", "retry-after", "ms-cv"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
