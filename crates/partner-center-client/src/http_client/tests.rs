//! Tests of invalid transport settings and of connections that fail.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use std::io;

use super::*;
use crate::http_error::HttpErrorKind;
use crate::resolver::LookupFailure;

/// A root certificate for this test, and a localhost certificate that it issued, with the key. Valid 2020 to 2119.
const ROOT: &str = "\
-----BEGIN CERTIFICATE-----
MIIBejCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhwYXJ0bmVy
LWNlbnRlciB0ZXN0IHJvb3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
MDBaMCMxITAfBgNVBAMMGHBhcnRuZXItY2VudGVyIHRlc3Qgcm9vdDBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABEIKKw0j5W11m/onyxiezWk6nYJE0qpZM93MBfR8
MgT7tn2oW8YC42wzzz6eg3wshsv1Esno8AYwwkjsSPez0m2jQjBAMA8GA1UdEwEB
/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMB0GA1UdDgQWBBQO2SIqcuqqHkVI2Pux
+ckxQQ1VVTAKBggqhkjOPQQDAgNJADBGAiEAtQ9pwUsjkrqNdnPYQpdfAzmr89NB
fwW8Wy3uegKvREwCIQDQjCFCBZMZ7t1HsQmhe19sjgd87Hcvc6EuE4NPW/fb+g==
-----END CERTIFICATE-----
";
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBpzCCAUygAwIBAgIBAjAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhwYXJ0bmVy
LWNlbnRlciB0ZXN0IHJvb3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
MDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABG8jnfXH8eo5UMptIpz5XahpKCR8rQ43758STabw0K0bhNriF4v+drY2XZXk
d5GD6XoQbvgPJ7K9LC/vGLdJmSijfjB8MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcE
fwAAATAJBgNVHRMEAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBQp
cfsvvyDFfvzdud6Ev1HPJDj+7zAfBgNVHSMEGDAWgBQO2SIqcuqqHkVI2Pux+ckx
QQ1VVTAKBggqhkjOPQQDAgNJADBGAiEA29jRE0dqGAVFZZgwHhQZHVKjYkXdwlsF
ho3M/8U2Dg0CIQC622ExTbwcYAB6oCO43EdjViFP32YtfX78rFJrpifPFQ==
-----END CERTIFICATE-----
";
const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgj3yVbNCqw011dbDz
6w1ASwcxo6ojnD39WIksXfwfNDuhRANCAARvI531x/HqOVDKbSKc+V2oaSgkfK0O
N++fEk2m8NCtG4Ta4heL/na2Nl2V5HeRg+l6EG74DyeyvSwv7xi3SZko
-----END PRIVATE KEY-----
";

fn build(change: impl FnOnce(&mut HttpSettings)) -> Result<HttpClient, HttpError> {
    let mut settings = HttpSettings::new("test");
    change(&mut settings);
    HttpClient::new(&settings)
}

#[test]
fn an_invalid_proxy_address_is_rejected() {
    for proxy in [
        "ftp://user:secret@proxy.example:21",
        "gopher://proxy.example",
        "socks5://user:secret@proxy.example:1080",
        "socks5h://proxy.example",
        "socks4://proxy.example",
        "SOCKS5://proxy.example",
        "file:///etc/passwd",
        "unix:///run/proxy",
        "httpx://proxy.example",
        "http:///",
        "http://",
        "http://user:secret@",
        "http://user:secret@proxy.example/path",
        "http://user:secret@proxy.example?x=1",
        "http://user:secret@proxy.example:99999",
        "",
        " ",
        "://",
        "a proxy",
    ] {
        for plain_only in [false, true] {
            let error = build(|settings| {
                settings.proxy = Some(proxy.to_owned());
                settings.plain_only = plain_only;
            })
            .unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::Settings, "{proxy}");
            assert!(error.to_string().starts_with("the proxy address"), "{error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }
    for proxy in [
        "http://proxy.example:8080",
        "HTTP://proxy.example",
        "http://user:p%40ss@proxy.example:8080/",
        "https://proxy.example",
        "proxy.example:8080",
        " http://[::1]:8080 ",
    ] {
        for plain_only in [false, true] {
            let built = build(|settings| {
                settings.proxy = Some(proxy.to_owned());
                settings.plain_only = plain_only;
            });
            assert!(built.is_ok(), "{proxy}");
        }
    }
}

#[test]
fn some_hosts_are_reached_without_the_proxy() {
    for (no_proxy, is_direct) in [
        (None, false),
        (Some(""), false),
        (Some("*"), true),
        (Some("localhost"), true),
        (Some("example.com, localhost"), true),
        (Some("127.0.0.1"), false),
        (Some("host"), false),
        (Some("notlocalhost"), false),
    ] {
        let direct = serve(Some(b"HTTP/1.1 204 No Content\r\n\r\n"));
        let proxy = serve(Some(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
        let transport = build(|settings| {
            settings.proxy = Some(format!("http://user:secret@127.0.0.1:{proxy}"));
            settings.no_proxy = no_proxy.map(str::to_owned);
            settings.plain_only = true;
        });
        let response = get(&transport.unwrap(), &format!("http://localhost:{direct}/")).unwrap();
        assert_eq!(response, if is_direct { 204 } else { 407 }, "{no_proxy:?}");
    }
}

#[test]
fn an_invalid_root_certificate_is_rejected() {
    let key_only = KEY.as_bytes();
    let not_der = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";
    let not_base64 = "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n";
    let cut = ROOT.get(..ROOT.len() / 2).unwrap();
    for pem in [
        &b""[..],
        b"garbage",
        &[0xFF, 0x00, 0x30],
        key_only,
        not_der.as_bytes(),
        not_base64.as_bytes(),
        cut.as_bytes(),
        format!("{ROOT}{not_der}").as_bytes(),
    ] {
        for plain_only in [false, true] {
            let error = build(|settings| {
                settings.root_certificates = vec![ROOT.as_bytes().to_vec(), pem.to_vec()];
                settings.plain_only = plain_only;
            })
            .map(drop)
            .unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::Settings, "{}", String::from_utf8_lossy(pem));
        }
    }
    let two = format!("a comment\n{ROOT}\n{ROOT}");
    assert!(build(|settings| settings.root_certificates = vec![two.into_bytes()]).is_ok());
}

#[test]
fn a_proxy_password_is_not_shown() {
    for (proxy, shown) in [
        ("http://user:secret@proxy.example:8080", "http://[redacted]@proxy.example:8080"),
        ("user:secret@proxy.example", "[redacted]@proxy.example"),
        ("http://user:sec/ret#@secret?@proxy.example", "http://[redacted]@proxy.example"),
        ("http://proxy.example:8080", "http://proxy.example:8080"),
    ] {
        let mut settings = HttpSettings::new("test");
        settings.proxy = Some(proxy.to_owned());
        for text in [format!("{settings:?}"), format!("{settings:#?}")] {
            assert!(text.contains(shown) && !text.contains("secret") && !text.contains("user:"), "{text}");
        }
    }
}

/// Serves one request per connection: over TLS, or without TLS with these bytes as the response.
fn serve(plain: Option<&'static [u8]>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let certificates = vec![pem(CERTIFICATE)];
        let key = rustls_pki_types::pem::PemObject::from_pem_slice(KEY.as_bytes()).unwrap();
        let config =
            rustls::ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(certificates, key)
                .unwrap();
        let config = Arc::new(config);
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            if let Some(answer) = plain {
                let _ = stream.read(&mut request);
                let _ = stream.write_all(answer);
                continue;
            }
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::Stream::new(&mut tls, &mut stream);
            // A client that does not trust the certificate closes the connection here.
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
            }
        }
    });
    port
}

fn pem(text: &str) -> rustls_pki_types::CertificateDer<'static> {
    rustls_pki_types::pem::PemObject::from_pem_slice(text.as_bytes()).unwrap()
}

/// Sends a GET request and returns the status.
fn get(transport: &HttpClient, url: &str) -> Result<u16, HttpError> {
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(transport.send(request)).map(|answer| answer.status())
}

#[cfg(feature = "rustls")]
#[test]
fn an_untrusted_certificate_is_distinguished_from_a_failed_connection() {
    let port = serve(None);
    let untrusting = build(|_| {}).unwrap();
    let error = get(&untrusting, &format!("https://localhost:{port}/")).unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Certificate, "{error:?}");
    assert!(error.kind().is_final());

    let trusting = build(|settings| settings.root_certificates = vec![ROOT.as_bytes().to_vec()]).unwrap();
    assert_eq!(get(&trusting, &format!("https://localhost:{port}/")).unwrap(), 204);
    // The same certificate, for a host name that it does not cover.
    let error = get(&trusting, &format!("https://[::ffff:127.0.0.1]:{port}/")).unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Certificate, "{error:?}");

    let no_tls = serve(Some(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let error = get(&trusting, &format!("https://localhost:{no_tls}/")).unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Connect, "{error:?}");
    assert!(!error.kind().is_final());
}

#[test]
fn an_unknown_host_and_a_proxy_that_requires_credentials_have_their_own_kinds() {
    for (no_such_name, kind) in [(true, HttpErrorKind::NoSuchHost), (false, HttpErrorKind::Connect)] {
        let failure = LookupFailure::new("it failed", no_such_name);
        let nested = io::Error::other(io::Error::other(failure));
        let found = HttpErrorKind::connection_kind(&nested).unwrap_or(HttpErrorKind::Connect);
        assert_eq!(found, kind);
    }
    let port = serve(Some(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
    let transport =
        build(|settings| settings.proxy = Some(format!("http://user:secret@127.0.0.1:{port}"))).unwrap();
    let error = get(&transport, "https://service.example/").unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::ProxyCredentials, "{error:?}");
    assert!(!format!("{error:?}").contains("secret"));

    for status in ["403 Forbidden", "502 Bad Gateway", "511 Network Authentication Required"] {
        let response = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").leak();
        let port = serve(Some(response.as_bytes()));
        let transport = build(|settings| settings.proxy = Some(format!("http://127.0.0.1:{port}"))).unwrap();
        let error = get(&transport, "https://service.example/").unwrap_err();
        assert_eq!(error.kind(), HttpErrorKind::ProxyRefused, "{status}: {error:?}");
        assert!(!error.kind().is_final(), "the proxy may have been unable for a moment");
    }
}
