//! From the bytes of a 2xx answer to its model, or to an error that keeps the bytes.
//!
//! `sonic-rs` reads, because a page of 10,000 rows is read 1.4 times as fast as with `serde_json`. When it fails, the page
//! is read again the slow way, to say where and what is wrong in words that hold none of the customer's data.

use std::borrow::Cow;

use bytes::Bytes;
use partner_center_client::Operation;

use super::bounded::Bounded;
use super::text;
use crate::error::{Error, ErrorKind};
use crate::fault::Fault;

/// Reads a 2xx body. An empty one is an answer without rows where the operation answers with rows.
pub(crate) fn decode<O: Operation>(body: &Bytes) -> Result<O::Answer, Error> {
    let text = text::decode(body).map_err(|_| invalid("the answer is not text", body))?;
    if text.trim_ascii().is_empty() {
        return O::empty().ok_or_else(|| invalid("the answer is empty", body));
    }
    read(&text).map_err(|_| explain::<O::Answer>(&text, body))
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> sonic_rs::Result<T> {
    let mut reader = sonic_rs::Deserializer::from_str(text);
    let value = partner_center_models::object(Bounded::new(&mut reader))?;
    reader.end()?;
    Ok(value)
}

fn invalid(message: impl Into<Cow<'static, str>>, body: &Bytes) -> Error {
    Error::new(ErrorKind::InvalidAnswer, message).with_body(body.clone())
}

/// Says what is wrong with an answer that could not be read.
fn explain<T: serde::de::DeserializeOwned>(text: &str, body: &Bytes) -> Error {
    if text.trim_ascii_start().starts_with('<') {
        return invalid("the answer is a web page, not Partner Center's", body).with_advice(
            "A proxy's or sign-in page is the usual cause: check the proxy and the base URL. The raw body shows it.",
        );
    }
    // Some parts of the service answer 200 with an error in the body.
    if let Some(fault) = Fault::recognise(body).filter(|fault| fault.code.is_some()) {
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
    let result: Result<T, _> = partner_center_models::object(Bounded::new(tracked));
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
        decode::<ListCustomers>(&Bytes::copy_from_slice(body)).map(|page| page.items.len())
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
        assert!(decode::<GetCustomer>(&Bytes::new()).is_err());
    }

    #[test]
    fn what_is_wrong_is_said_and_where() {
        assert_eq!(
            message(b"{}"),
            "the answer breaks the contract: missing field `items` (line 1, column 2)"
        );
        assert_eq!(
            message(br#"{"items":[{"id":"1"},[]]}"#),
            "the answer breaks the contract at items[1]: expected an object, found sequence (line 1, column 23)"
        );
        assert_eq!(message(br#"{"items":[{"id":"1"},{"id"#), "the answer is cut off");
        assert_eq!(message(b"<html>"), "the answer is a web page, not Partner Center's");
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
    fn depth_is_refused_before_it_can_do_harm() {
        let deep = "[".repeat(1_000_000);
        for body in [
            deep.clone(),
            format!("{{\"new\":{deep}"),
            format!("{{\"totalCount\":{deep}"),
            format!("{{\"items\":{deep}"),
            format!("{{\"items\":[{{\"domain\":{deep}"),
        ] {
            assert!(customers(body.as_bytes()).is_err());
        }
        let some = |depth| format!("{{\"items\":[],\"new\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(customers(some(31).as_bytes()).unwrap(), 0);
        assert!(message(some(32).as_bytes()).contains("nested too deep"));
    }

    #[test]
    fn what_is_said_holds_none_of_the_answer() {
        for body in [
            r#"{"items":"Contoso"}"#,
            r#"{"items":["Contoso, expected a dog"]}"#,
            r#"{"items":[{"id":"1","companyProfile":"Contoso"}]}"#,
            r#"{"totalCount":"Contoso","items":[]}"#,
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
