//! Malicious responses: nested too deep, and with too many rows.

use bytes::Bytes;
use partner_center::models::CustomerCollection;
use partner_center::{Result, fuzz};
use partner_center_client::operations::ListCustomers;

fn read(body: impl Into<Bytes>) -> Result<CustomerCollection> {
    fuzz::decode::<ListCustomers>(&body.into()).map(|(page, _)| page)
}

/// Test threads have the same stack size as tokio's, 2 MiB.
#[test]
fn depth_does_not_overflow_the_stack() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        for depth in [100, 1_000, 100_000, 1_000_000] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let half = open.repeat(depth);
            for nested in [&deep, &half] {
                let _any = read(format!("{{\"new\":{nested},\"items\":[]}}"));
                let _any = read(format!("{{\"items\":[{{\"new\":{nested}}}]}}"));
                let _any = read(format!("{{\"items\":{nested}}}"));
                let _any = read(format!("{{\"totalCount\":{nested}}}"));
                let _any = read(format!("{{\"links\":{{\"next\":{{\"new\":{nested}}}}}}}"));
                let _any = read(nested.clone());
            }
        }
    }
}

/// The rows take 3 MB as JSON, but would take half a gigabyte as models.
#[test]
fn many_short_rows_do_not_fill_the_memory() {
    let row = r#"{"id":""}"#;
    let body = Bytes::from(format!("{{\"items\":[{}{row}]}}", format!("{row},").repeat(300_000)));
    let mut response = None;
    let held = allocation_counter::measure(|| response = Some(read(body))).bytes_max;
    let error = response.unwrap().unwrap_err();
    assert!(error.message().contains("more rows than any page"), "{error}");
    assert!(held < 512 * 1024 * 1024, "decoding took {held} bytes of memory");
}

#[test]
fn a_value_that_is_nested_too_deep_does_not_affect_its_row() {
    let nested =
        |depth| format!("{{\"items\":[{{\"id\":\"\",\"new\":{}{}}}]}}", "[".repeat(depth), "]".repeat(depth));
    for depth in [20, 40, 1_000_000] {
        assert_eq!(read(nested(depth)).unwrap().items.len(), 1);
    }
    let error = read(nested(40).replace(']', "}")).unwrap_err();
    assert!(error.message().contains("nested too deep"), "{error}");
}
