//! From the bytes of a 2xx answer to its model, or to an error that keeps the bytes.
//!
//! `sonic-rs` reads, because a page of 10,000 rows is read 1.4 times as fast as with `serde_json`. When it fails, the page
//! is read again the slow way, to say where and what is wrong in words that hold none of the customer's data.

use std::borrow::Cow;

use bytes::Bytes;
use partner_center_client::Operation;
use partner_center_models::{Findings, Model};

use super::bounded::Bounded;
use super::envelope::{Heard, Said};
use super::text::NotText;
use super::{repair, text};
use crate::error::{Error, ErrorKind};
use crate::fault::Fault;

/// What was read of a body: the answer, what was odd about it, and what it says of further pages.
pub(crate) type Decoded<T> = (T, Findings, Said);

/// Reads a 2xx body, in this charset if one was declared. An empty one is an answer without rows where the operation
/// answers with rows.
pub(crate) fn decode<O: Operation>(body: &Bytes, charset: Option<&str>) -> Result<Decoded<O::Answer>, Error> {
    let text = text::decode(body, charset).map_err(|error| match error {
        NotText::Invalid => invalid("the answer is not text", body),
        NotText::Charset(name) => invalid(format!("the answer is in {name}, which is not read here"), body)
            .with_advice("Partner Center answers in UTF-8: check the proxy and the base URL."),
    })?;
    if text.trim_ascii().is_empty() {
        let empty = O::empty().ok_or_else(|| invalid("the answer is empty", body))?;
        return Ok((empty, Findings::default(), Said::default()));
    }
    read(&text).or_else(|_| match repair::repair(&text) {
        // What the parser itself refuses would cost the page: written otherwise, it costs its own value.
        Some(repaired) => read(&repaired).map_err(|_| explain::<O::Answer>(&repaired, body)),
        None => Err(explain::<O::Answer>(&text, body)),
    })
}

fn read<T: Model>(text: &str) -> sonic_rs::Result<Decoded<T>> {
    let mut reader = sonic_rs::Deserializer::from_str(text);
    let mut said = Said::default();
    let (value, findings) = partner_center_models::read(Heard::new(Bounded::new(&mut reader), &mut said))?;
    reader.end()?;
    Ok((value, findings, said))
}

fn invalid(message: impl Into<Cow<'static, str>>, body: &Bytes) -> Error {
    Error::new(ErrorKind::InvalidAnswer, message).with_body(body.clone())
}

/// Says what is wrong with an answer that could not be read.
fn explain<T: Model>(text: &str, body: &Bytes) -> Error {
    if text.trim_ascii_start().starts_with('<') {
        return invalid("the answer is a web page, not Partner Center's: a proxy's or a sign-in page", body)
            .with_advice(
                "Check the proxy and the base URL, and that the network asks for no sign-in first.",
            );
    }
    // Some parts of the service answer 200 with an error in the body.
    if let Some(fault) = Fault::recognise(text.as_bytes(), None).filter(|fault| fault.code.is_some()) {
        let mut error = invalid("the service answered with an error in a successful answer", body);
        if let Some(code) = fault.code {
            error = error.with_code(code);
        }
        if let Some(description) = fault.description {
            error = error.with_description(description);
        }
        return error;
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
    let mut said = Said::default();
    let result = partner_center_models::read::<T, _>(Heard::new(Bounded::new(tracked), &mut said));
    let what = match result.and_then(|_| reader.end()) {
        Ok(()) => "the answer could not be read".to_owned(),
        Err(error) if error.is_eof() => "the answer is cut off".to_owned(),
        Err(error) => {
            let path = track.path().to_string();
            let place = if path == "." { String::new() } else { format!(" at {path}") };
            let (line, column) = (error.line(), error.column());
            format!("the answer breaks the contract{place}: {} (line {line}, column {column})", plain(&error))
        }
    };
    invalid(what, body)
}

/// What serde says is wrong, without the value it quotes.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text
        .split_once(" at line ")
        .map_or(text.as_str(), |_| text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what));
    for prefix in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = text.strip_prefix(prefix)
            && let Some((_, expected)) = rest.rsplit_once(", expected ")
        {
            let found = ["string", "integer", "floating point", "boolean", "null", "sequence", "map"]
                .into_iter()
                .find(|found| rest.starts_with(found))
                .unwrap_or("something else");
            return format!("expected {expected}, found {found}");
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use partner_center_client::operations::{GetCustomer, ListCustomers};

    fn customers(body: &[u8]) -> Result<usize, Error> {
        decode::<ListCustomers>(&Bytes::copy_from_slice(body), None).map(|(page, ..)| page.items.len())
    }

    fn message(body: &[u8]) -> String {
        let error = customers(body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
        assert_eq!(error.body().map(AsRef::as_ref), Some(body), "the bytes are kept");
        error.message().to_owned()
    }

    #[test]
    fn an_empty_answer_is_no_rows_but_no_customer_either() {
        assert_eq!(customers(b"").unwrap(), 0);
        assert_eq!(customers(b"\xEF\xBB\xBF").unwrap(), 0);
        assert_eq!(customers(b" \r\n").unwrap(), 0);
        assert!(decode::<GetCustomer>(&Bytes::new(), None).is_err());
    }

    #[test]
    fn what_is_wrong_is_said_and_where() {
        assert_eq!(
            message(b"{}"),
            "the answer breaks the contract: missing field `items` (line 1, column 2)"
        );
        assert_eq!(
            message(br#"{"items":{"id":"1"}}"#),
            "the answer breaks the contract at items: expected a list of objects, found map (line 1, column 10)"
        );
        assert_eq!(message(br#"{"items":[{"id":"1"},{"id"#), "the answer is cut off");
        assert_eq!(
            message(b"<html>"),
            "the answer is a web page, not Partner Center's: a proxy's or a sign-in page"
        );
        assert_eq!(message(b"\x80"), "the answer is not text");
        assert_eq!(
            message(br#"[{"id":"1"}]"#),
            "the answer breaks the contract: expected an object, found sequence (line 1, column 1)"
        );
        assert_eq!(
            message(br#"{"items":[]} {}"#),
            "the answer breaks the contract: trailing characters (line 1, column 14)"
        );
    }

    /// sonic-rs by itself descends without counting, be it to skip or to say what it found: the stack would overflow.
    #[test]
    fn depth_costs_the_value_that_is_deep_and_not_the_stack() {
        for depth in [20, 31, 32, 100, 1_000_000] {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            let deep = format!("{open}{close}");
            let mixed = format!("{}1{}", "{\"a\":[".repeat(depth), "]}".repeat(depth));
            for deep in [&deep, &mixed] {
                assert_eq!(customers(format!("{{\"new\":{deep},\"items\":[]}}").as_bytes()).unwrap(), 0);
                let rows = format!(
                    "{{\"totalCount\":{deep},\"items\":[{{\"id\":\"1\",\"commerceId\":{deep}}},[{deep}],{{\"id\":\"2\"}}]}}"
                );
                let (page, findings, _) = decode::<ListCustomers>(&Bytes::from(rows), None).unwrap();
                assert_eq!(page.items.len(), 2);
                let odd: Vec<_> = findings.odd_values().iter().map(|odd| (odd.row(), odd.field())).collect();
                assert_eq!(odd, [(None, "totalCount"), (Some(0), "commerceId")]);
                assert_eq!(findings.unreadable_count(), 1);
            }
            for cut in
                [open.clone(), format!("{{\"new\":{open}"), format!("{{\"items\":[{{\"domain\":{open}")]
            {
                assert!(customers(cut.as_bytes()).is_err(), "{depth}");
            }
            let crossed = format!("{{\"items\":[],\"new\":{open}}}{close}");
            assert!(customers(crossed.as_bytes()).is_err(), "{depth}");
        }
    }

    #[test]
    fn what_is_said_holds_none_of_the_answer() {
        for body in [
            r#"{"items":"Contoso"}"#,
            r#"{"items":{"Contoso, expected a dog":1}}"#,
            r#"{"items":[],"items":["Contoso"]}"#,
            r#"{"items":[{"id":"Contoso\uDC00"},"#,
        ] {
            let error = customers(body.as_bytes()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("Contoso"), "{error}");
        }
    }

    #[test]
    fn an_error_in_a_successful_answer_is_an_error() {
        let body = br#"{"code":400072,"description":"Contoso is not known","data":[],"source":"x"}"#;
        let error = customers(body).unwrap_err();
        assert_eq!(error.code(), Some("400072"));
        assert!(!error.to_string().contains("Contoso"));
    }
}
