//! Handling of responses that are compressed, encoded, slow, rejected or not from the service, over the wire.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::time::Duration;

use partner_center::clock::ManualClock;
use partner_center::{ErrorKind, PartnerCenter, Result};
use partner_center_test_support::{FakeServer, Reply, gzip, ok, reply};
use support::{TOKEN, builder, customer, partner};

const EMPTY: &str = "{\"totalCount\":0,\"items\":[]}";

/// The attempts that a call took.
async fn get(partner: &PartnerCenter) -> Result<u32> {
    let call = partner.customers().by_id(customer()).analytics().licenses().deployment();
    Ok(call.get().await?.attempts())
}

#[tokio::test]
async fn a_response_is_read_in_any_coding_and_charset() {
    let text = "{\"totalCount\":0,\"items\":[]}";
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (headers, body) in [
        (&["Content-Encoding: GZip"][..], gzip(text.as_bytes())),
        (&["content-encoding: X-GZIP, identity"], gzip(text.as_bytes())),
        (&["Content-Encoding: gzip"], text.as_bytes().to_vec()),
        (&["X: y"], gzip(text.as_bytes())),
        (&["Content-Encoding: GZIP", "Content-Type: application/json;Charset=\"UTF-16LE\""], gzip(&wide)),
        (&["Content-Type: application/json; charset=utf-16"], wide.clone()),
        (&["Content-Type: application/json; charset=ISO-8859-1"], b"{\"items\":[],\"x\":\"\xE5\"}".to_vec()),
    ] {
        let server = FakeServer::scripted([reply(200, headers, &body)]);
        assert_eq!(get(&partner(&server)).await.unwrap(), 1, "{headers:?}");
        assert_eq!(server.requests()[0].header("accept-encoding"), Some("gzip, br"));
    }
    // An error response is read the same way.
    let body = gzip(br#"{"code":20002,"description":"d","data":[],"source":"s"}"#);
    let server = FakeServer::scripted([reply(403, &["Content-Encoding: GZIP"], &body)]);
    assert_eq!(get(&partner(&server)).await.unwrap_err().kind(), ErrorKind::NoRelationship);

    for (headers, body, said) in [
        ("Content-Encoding: Zstd", &b"\x28\xB5\x2F\xFD"[..], "encoded with zstd"),
        ("Content-Type: application/json; charset=GB2312", b"{\"items\":[],\"x\":\"\xB0\xA1\"}", "in gb2312"),
    ] {
        let server = FakeServer::scripted([reply(200, &[headers], body), ok(EMPTY)]);
        let error = get(&partner(&server)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.attempts()),
            (ErrorKind::InvalidResponse, Some(200), 1)
        );
        let causes = format!(
            "{error} {}",
            std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
        );
        assert!(causes.contains(said), "{causes}");
    }
}

// The limit applies after decompression, whether or not the compression was announced.
#[tokio::test]
async fn a_decompression_bomb_is_rejected_at_the_limit() {
    let bomb = gzip(&vec![b' '; 20_000_000]);
    for header in ["Content-Encoding: GZIP", "Content-Encoding: gzip, gzip", "X: y"] {
        let body = if header.contains(',') { gzip(&bomb) } else { bomb.clone() };
        let server = FakeServer::scripted([reply(200, &[header], &body), ok(EMPTY)]);
        let partner = builder(&server, &ManualClock::new()).body_limit(1_000_000).build().unwrap();
        let error = get(&partner).await.unwrap_err();
        assert!(error.message().contains("1000000 bytes"), "{header}: {error}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_stalled_body_is_requested_again() {
    let stalling = |status: u16| {
        let head = format!("HTTP/1.1 {status} Status\r\nContent-Length: 100\r\n\r\n{{");
        Reply::Stall(head.into_bytes())
    };
    let short = Duration::from_millis(50);
    let server = FakeServer::scripted([stalling(200), stalling(403), ok(EMPTY)]);
    let partner = builder(&server, &ManualClock::new()).stall_timeout(short).build().unwrap();
    assert_eq!(get(&partner).await.unwrap(), 3);

    let server = FakeServer::scripted((0..4).map(|_| stalling(200)));
    let partner = builder(&server, &ManualClock::new()).stall_timeout(short).max_attempts(2).build().unwrap();
    let error = get(&partner).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Network, Some(200), 2));
    assert!(error.message().contains("stalled"), "{error}");
    assert_eq!(error.body().map(AsRef::as_ref), Some(&b"{"[..]));

    // A service that takes long before it responds is not a stalled body.
    let server = FakeServer::responding(|_| {
        std::thread::sleep(Duration::from_millis(300));
        ok(EMPTY)
    });
    let partner = builder(&server, &ManualClock::new()).stall_timeout(short).build().unwrap();
    assert_eq!(get(&partner).await.unwrap(), 1);
}

// The message and advice for a response without rows and without a known code.
#[tokio::test]
async fn a_response_of_unknown_form_has_a_specific_error() {
    let page = "<!DOCTYPE html><html><body>Sign in</body></html>";
    for (status, headers, body, kind, message, advice) in [
        (405, "X: y", "", ErrorKind::Rejected, "this operation does not exist at this", "retired"),
        (410, "X: y", "", ErrorKind::Rejected, "this operation does not exist at this", "retired"),
        (451, "X: y", "", ErrorKind::Rejected, "legal reasons", "Microsoft support"),
        (400, "X: y", "", ErrorKind::Rejected, "rejected the request", "did not say what is wrong"),
        (400, "X: y", "\"a sentence\"", ErrorKind::Rejected, "rejected the request", "service's description"),
        (400, "X: y", page, ErrorKind::Rejected, "rejected the request", "is a web page"),
        (403, "X: y", page, ErrorKind::Forbidden, "access was denied", "is a web page"),
        (407, "X: y", "", ErrorKind::Network, "the proxy requires a user name", "http://user:password@host"),
        (511, "X: y", page, ErrorKind::Network, "the network requires a sign-in", "with a browser"),
        (304, "X: y", "", ErrorKind::InvalidResponse, "not modified", "cache"),
        (200, "X: y", page, ErrorKind::InvalidResponse, "a proxy or a sign-in page", "Check the proxy"),
        (
            302,
            "Location: https://login.example.com/secret?token=secret",
            "",
            ErrorKind::InvalidResponse,
            "a redirect to login.example.com, which is not followed",
            "sign-in page",
        ),
        (302, "Location: /elsewhere", "", ErrorKind::InvalidResponse, "a redirect, which", "sign-in page"),
        (308, "X: y", "", ErrorKind::InvalidResponse, "a redirect, which", "sign-in page"),
    ] {
        let server = FakeServer::scripted([reply(status, &[headers], body.as_bytes()), ok(EMPTY)]);
        let error = get(&partner(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{status}");
        assert!(error.message().contains(message), "{status}: {error}");
        assert!(error.advice().contains(advice), "{status}: {}", error.advice());
        assert!(!error.advice().contains("raw body") && !error.to_string().contains("secret"), "{error}");
        assert_eq!(
            error.description().is_some(),
            error.advice().contains("service's description"),
            "{status}"
        );
        assert_eq!(server.requests().len(), 1, "{status}: not retried");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn attempts_are_mentioned_only_if_there_were_several() {
    for (status, attempts) in [(503, 1), (429, 1), (503, 3), (429, 3)] {
        let server = FakeServer::scripted((0..9).map(|_| reply(status, &[], "")));
        let builder = builder(&server, &ManualClock::new()).max_attempts(attempts);
        let error = get(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(error.attempts(), attempts);
        assert_eq!(error.to_string().contains("attempts"), attempts > 1, "{error}");
        assert!(!error.message().contains("attempt"), "{error}");
    }
}

#[tokio::test]
async fn a_token_that_the_host_echoes_is_not_in_the_error_texts() {
    let half = TOKEN.get(..16).unwrap();
    for (status, header, body) in [
        (400, "X: y".to_owned(), format!(r#"{{"code":"{TOKEN}","description":"sent: Bearer {TOKEN}"}}"#)),
        (403, format!("MS-RequestId: {TOKEN}"), format!(r#"{{"error":{{"message":"{half}.. is bad"}}}}"#)),
        (200, "X: y".to_owned(), format!(r#"{{"code":"{TOKEN}","description":"{TOKEN}"}}"#)),
        (
            200,
            "X: y".to_owned(),
            format!(r#"{{"{TOKEN}":1,"items":[{{"{TOKEN}":"{TOKEN}","id":[]}}],"items":1}}"#),
        ),
        (302, format!("Location: http://{}.example.com/{TOKEN}", TOKEN.to_uppercase()), String::new()),
    ] {
        let server = FakeServer::scripted([reply(status, &[&header], body.as_bytes())]);
        let error = get(&partner(&server)).await.unwrap_err();
        let texts = [
            error.to_string(),
            format!("{error:?} {error:#?}"),
            error.message().to_owned(),
            error.advice().to_owned(),
            error.code().unwrap_or_default().to_owned(),
            error.description().unwrap_or_default().to_owned(),
            error.service_request_id().unwrap_or_default().to_owned(),
            format!("{:?}", error.raw_headers()),
            format!("{:?}", std::error::Error::source(&error)),
        ];
        for text in texts {
            assert!(!text.to_lowercase().contains(half), "{status}: {text}");
        }
        assert_eq!(error.body().unwrap(), body.as_bytes(), "the body is unchanged");
    }
}
