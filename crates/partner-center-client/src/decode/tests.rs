//! Tests of decoding whole bodies.

use super::DecodeErrorKind::{Charset, Empty, Mismatch, NotText, Truncated, WebPage};
use super::*;
use crate::operations::{GetCustomer, ListCustomers};
use crate::raw::GetRawPage;

fn customers(body: &[u8]) -> Result<usize, DecodeError> {
    decode::<ListCustomers>(body, None).map(|page| page.value.items.len())
}

#[test]
fn an_empty_body_is_an_empty_collection() {
    assert_eq!(customers(b"").unwrap(), 0);
    assert_eq!(customers(b"\xEF\xBB\xBF").unwrap(), 0);
    assert_eq!(customers(b" \r\n").unwrap(), 0);
}

#[test]
fn errors_give_the_problem_and_its_location() {
    let contract = |rest| format!("the response does not match the API contract{rest}");
    for (body, kind, message) in [
        (&b"{}"[..], Mismatch, contract(": missing field `items` (line 1, column 2)")),
        (
            br#"{"items":{"id":"1"}}"#,
            Mismatch,
            contract(" at items: expected a list of objects, found map (line 1, column 10)"),
        ),
        (br#"[{"id":"1"}]"#, Mismatch, contract(": expected an object, found sequence (line 1, column 1)")),
        (br#"{"items":[]} {}"#, Mismatch, contract(": trailing characters (line 1, column 14)")),
        (br#"{"items":[{"id":"1"},{"id"#, Truncated, "the response is truncated".to_owned()),
        (
            b"<html>",
            WebPage,
            "the response is a web page: it comes from a proxy or a sign-in page".to_owned(),
        ),
        (b"\x80", NotText, "the response is not text".to_owned()),
    ] {
        let error = customers(body).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (kind, message));
    }
    let error = decode::<ListCustomers>(b"\xB0\xA1", Some("gb2312")).unwrap_err();
    assert_eq!(error.kind(), Charset);
    assert_eq!(error.to_string(), "the response is in gb2312, which is not supported");
    assert_eq!(decode::<GetCustomer>(b"", None).unwrap_err().kind(), Empty);
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
            let Decoded { value, findings, .. } = decode::<ListCustomers>(rows.as_bytes(), None).unwrap();
            assert_eq!(value.items.len(), 2);
            let odd: Vec<_> = findings.odd_values().iter().map(|odd| (odd.row(), odd.field())).collect();
            assert_eq!(odd, [(None, "totalCount"), (Some(0), "commerceId")]);
            assert_eq!(findings.unreadable_count(), 1);
        }
        for cut in [open.clone(), format!("{{\"new\":{open}"), format!("{{\"items\":[{{\"domain\":{open}")] {
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
fn a_raw_page_is_any_json_or_empty() {
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    for (body, links) in [
        (&br#"{"value":[],"@nextLink":"/a"}"#[..], 1),
        (br#" {"links":{"next":{"uri":"/a","headers":[]}},"big":1e999}"#, 1),
        (b"\xEF\xBB\xBF{\"items\":[{\"nextLink\":\"/a\"}]}", 0),
        (br#"[{"nextLink":"/a"}]"#, 0),
        (&utf_16("{\"nextLink\":\"/a\"}"), 1),
        (deep.as_bytes(), 0),
        (b"5", 0),
    ] {
        let page = decode::<GetRawPage>(body, None).unwrap();
        assert_eq!((page.paging_info.links.len(), &page.value.0[..]), (links, body));
    }
    for empty in [&b""[..], b"\xEF\xBB\xBF", b" \r\n"] {
        assert!(decode::<GetRawPage>(empty, None).unwrap().value.0.is_empty());
    }
    for (body, kind) in [
        (&b"<html>Contoso"[..], WebPage),
        (br#"{"Contoso":"#, Truncated),
        (br#"{"Contoso":1}{}"#, Mismatch),
        (b"Contoso", Mismatch),
        (b"\xFF", NotText),
    ] {
        let error = decode::<GetRawPage>(body, None).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.to_string().contains("Contoso"), "{error}");
    }
}
