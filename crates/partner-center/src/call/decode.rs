//! Decodes the body of a 2xx response into its model, or into an error that keeps the bytes.
//!
//! `sonic-rs` decodes a page of 10,000 rows 1.4 times as fast as `serde_json`. If it fails, the page is decoded again
//! with `serde_json` to report the location and the problem in a message without customer data.

use std::borrow::Cow;

use bytes::Bytes;
use partner_center_client::Operation;
use partner_center_models::{Findings, Model};

use crate::error::service_error::ServiceError;
use crate::error::{Error, ErrorKind};
use crate::wire::depth_limit::DepthLimited;
use crate::wire::encoding::TextError;
use crate::wire::paging_info::{PagingInfo, Recorder};
use crate::wire::{encoding, repair};

/// A decoded body: the value, the findings about it, and what it says about further pages.
pub(crate) type Decoded<T> = (T, Findings, PagingInfo);

/// Decodes a 2xx body, using the declared charset if there is one. An empty body of a collection has no rows.
pub(crate) fn decode<O: Operation>(
    body: &Bytes,
    charset: Option<&str>,
) -> Result<Decoded<O::Response>, Error> {
    let text = encoding::decode(body, charset).map_err(|error| match error {
        TextError::Invalid => invalid("the response is not text", body),
        TextError::Charset(name) => {
            invalid(format!("the response is in {name}, which is not supported"), body)
                .with_advice("Partner Center sends UTF-8: check the proxy and the base URL.")
        }
    })?;
    if text.trim_ascii().is_empty() {
        let empty = O::empty().ok_or_else(|| invalid("the response is empty", body))?;
        return Ok((empty, Findings::default(), PagingInfo::default()));
    }
    read(&text).or_else(|_| match repair::repair(&text) {
        // A value that the parser rejects would lose the whole page. After the repair, only the value is lost.
        Some(repaired) => read(&repaired).map_err(|_| explain::<O::Response>(&repaired, body)),
        None => Err(explain::<O::Response>(&text, body)),
    })
}

fn read<T: Model>(text: &str) -> sonic_rs::Result<Decoded<T>> {
    let mut reader = sonic_rs::Deserializer::from_str(text);
    let mut paging_info = PagingInfo::default();
    let (value, findings) =
        partner_center_models::read(Recorder::new(DepthLimited::new(&mut reader), &mut paging_info))?;
    reader.end()?;
    Ok((value, findings, paging_info))
}

fn invalid(message: impl Into<Cow<'static, str>>, body: &Bytes) -> Error {
    Error::new(ErrorKind::InvalidResponse, message).with_body(body.clone())
}

/// Describes why a response could not be decoded.
fn explain<T: Model>(text: &str, body: &Bytes) -> Error {
    if text.trim_ascii_start().starts_with('<') {
        return invalid("the response is a web page: it comes from a proxy or a sign-in page", body)
            .with_advice("Check the proxy and the base URL, and whether the network requires a sign-in.");
    }
    // Some parts of the service send an error body with status 200.
    if let Some(fault) = ServiceError::recognise(text.as_bytes(), None).filter(|fault| fault.code.is_some()) {
        let mut error = invalid("the service sent an error with a successful status", body);
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
    let mut paging_info = PagingInfo::default();
    let result =
        partner_center_models::read::<T, _>(Recorder::new(DepthLimited::new(tracked), &mut paging_info));
    let what = match result.and_then(|_| reader.end()) {
        Ok(()) => "the response could not be decoded".to_owned(),
        Err(error) if error.is_eof() => "the response is truncated".to_owned(),
        Err(error) => {
            let path = track.path().to_string();
            let place = if path == "." { String::new() } else { format!(" at {path}") };
            let (line, column) = (error.line(), error.column());
            let what = plain(&error);
            format!(
                "the response does not match the API contract{place}: {what} (line {line}, column {column})"
            )
        }
    };
    invalid(what, body)
}

/// The message of a serde error, without the value that it quotes.
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
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!(error.body().map(AsRef::as_ref), Some(body), "the bytes are kept");
        error.message().to_owned()
    }

    #[test]
    fn an_empty_body_is_an_empty_collection_but_not_a_customer() {
        assert_eq!(customers(b"").unwrap(), 0);
        assert_eq!(customers(b"\xEF\xBB\xBF").unwrap(), 0);
        assert_eq!(customers(b" \r\n").unwrap(), 0);
        assert!(decode::<GetCustomer>(&Bytes::new(), None).is_err());
    }

    #[test]
    fn errors_give_the_problem_and_its_location() {
        assert_eq!(
            message(b"{}"),
            "the response does not match the API contract: missing field `items` (line 1, column 2)"
        );
        assert_eq!(
            message(br#"{"items":{"id":"1"}}"#),
            "the response does not match the API contract at items: expected a list of objects, found map (line 1, column 10)"
        );
        assert_eq!(message(br#"{"items":[{"id":"1"},{"id"#), "the response is truncated");
        assert_eq!(message(b"<html>"), "the response is a web page: it comes from a proxy or a sign-in page");
        assert_eq!(message(b"\x80"), "the response is not text");
        assert_eq!(
            message(br#"[{"id":"1"}]"#),
            "the response does not match the API contract: expected an object, found sequence (line 1, column 1)"
        );
        assert_eq!(
            message(br#"{"items":[]} {}"#),
            "the response does not match the API contract: trailing characters (line 1, column 14)"
        );
    }

    /// sonic-rs itself recurses without a limit, both to skip a value and to describe it: the stack would overflow.
    #[test]
    fn a_deep_value_is_lost_without_a_stack_overflow() {
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
    fn errors_contain_nothing_of_the_response() {
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
    fn an_error_body_with_a_successful_status_is_an_error() {
        let body = br#"{"code":400072,"description":"Contoso is not known","data":[],"source":"x"}"#;
        let error = customers(body).unwrap_err();
        assert_eq!(error.code(), Some("400072"));
        assert!(!error.to_string().contains("Contoso"));
    }
}
