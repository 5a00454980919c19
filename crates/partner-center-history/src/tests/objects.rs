//! Datasets in object stores: names of places, locks, and errors that show no secret.

use std::sync::Arc;

use object_store::memory::InMemory;
use partner_center_test_support::{FakeServer, Reply, reply, unused_url};

use super::place::TestPlace;
use super::recorded::TENANT;
use crate::{Dataset, Error, Place, Writer};

/// A key in the form of Azure and of S3, and words that responses would quote.
const KEY: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";
const SIGNATURE: &str = "AStrangeSignature%3D";

fn variables(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The same server as S3, as Azure with a key, and as Azure with a signature in the URL.
fn places(server: &str) -> [Place; 3] {
    let s3 = [
        ("AWS_ACCESS_KEY_ID", "AKIASTRANGE"),
        ("AWS_SECRET_ACCESS_KEY", KEY),
        ("AWS_ENDPOINT", server),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_SESSION_TOKEN", ""),
    ];
    let azure = [
        ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
        ("AZURE_STORAGE_ENDPOINT", server),
        ("AZURE_ALLOW_HTTP", "true"),
    ];
    let signature = format!("sv=2026-01-01&sig={SIGNATURE}");
    let place = |url: &str, of: &[(&str, &str)]| Place::with_variables(url, &variables(of)).unwrap();
    [
        place("s3://bucket/path", &s3),
        place("az://container/path", &[&azure[..], &[("AZURE_STORAGE_ACCOUNT_KEY", KEY)]].concat()),
        place("az://container/path", &[&azure[..], &[("AZURE_STORAGE_SAS_TOKEN", &signature)]].concat()),
    ]
}

/// Every request that a dataset sends, and what its error says.
async fn errors(place: Place) -> Vec<Error> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = "runs/snapshotDate=2026-08-30/run.json";
    vec![
        place.read(path).await.unwrap_err(),
        place.list("runs").await.unwrap_err(),
        place.is_empty().await.unwrap_err(),
        place.write(path, b"{}".to_vec()).await.unwrap_err(),
        place.copy_in(path, file.path()).await.unwrap_err(),
        place.rename(".staging/run.json", path).await.unwrap_err(),
        place.remove(path).await.unwrap_err(),
        place.lock().await.unwrap_err(),
        Dataset::open(place).await.unwrap_err(),
    ]
}

fn check(error: &Error, says: &str) {
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    let (shown, debug) = (error.to_string(), format!("{error:?}"));
    assert!(shown.contains(says), "{shown}");
    assert!(shown.starts_with("s3://bucket/path/") || shown.starts_with("az://container/path/"), "{shown}");
    for secret in [KEY, SIGNATURE, "AKIASTRANGE", "sig=", "StringToSign", "?"] {
        assert!(!shown.contains(secret) && !debug.contains(secret), "{debug}");
    }
}

#[tokio::test]
async fn a_refused_request_is_an_error_with_its_status_and_without_secrets() {
    let body = |code: &str| {
        format!(
            "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Private</Message><AWSAccessKeyId>AKIASTRANGE\
             </AWSAccessKeyId><StringToSign>{KEY} {SIGNATURE}</StringToSign></Error>"
        )
    };
    let cases = [
        (403, "SignatureDoesNotMatch", "403 Forbidden (SignatureDoesNotMatch)"),
        (401, "NoAuthenticationInformation", "401 Unauthorized (NoAuthenticationInformation)"),
        (400, "InvalidToken", "400 Bad Request (InvalidToken)"),
        (404, "NoSuchBucket", "404 Not Found (NoSuchBucket)"),
        (404, "ContainerNotFound", "404 Not Found (ContainerNotFound)"),
    ];
    for (status, code, says) in cases {
        let server = FakeServer::repeating([reply(status, &["Content-Type: application/xml"], body(code))]);
        for place in places(server.url()) {
            for error in errors(place).await {
                check(&error, says);
            }
        }
    }
}

#[tokio::test]
async fn an_overloaded_store_is_asked_a_few_times() {
    for (status, says) in [(503, "503 Service Unavailable"), (429, "429 Too Many Requests")] {
        let server = FakeServer::repeating([reply(status, &[], "")]);
        for place in places(server.url()) {
            check(&place.read("_dataset.json").await.unwrap_err(), says);
            assert_eq!(server.take_requests().len(), 5);
        }
    }
}

#[tokio::test]
async fn a_lost_connection_is_an_error_without_secrets() {
    let cut = FakeServer::repeating([Reply::Cut(Vec::new())]);
    let half =
        FakeServer::repeating([Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec())]);
    for (url, says) in
        [(unused_url(), "no connection"), (cut.url().to_owned(), "connection"), (half.url().to_owned(), "")]
    {
        for place in places(&url) {
            check(&place.read("_dataset.json").await.unwrap_err(), says);
        }
    }
}

#[tokio::test]
async fn http_needs_its_variable() {
    let server = FakeServer::scripted([]);
    let of = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", KEY), ("AWS_ENDPOINT", server.url())];
    let place = Place::with_variables("s3://bucket/path", &variables(&of)).unwrap();
    check(&place.read("_dataset.json").await.unwrap_err(), "the request failed");
    assert!(server.requests().is_empty());
}

#[test]
fn a_name_that_is_not_a_place_is_refused_without_its_secrets() {
    type Variables = &'static [(&'static str, &'static str)];
    let key: Variables =
        &[("AZURE_STORAGE_ACCOUNT_NAME", "account"), ("AZURE_STORAGE_ACCOUNT_KEY", "not base64 !")];
    let google: Variables = &[("GOOGLE_SERVICE_ACCOUNT_KEY", "\"private\"")];
    let cases: [(&str, Variables, &str, &str); 12] = [
        ("ftp://host/path", &[], "ftp://host/path", "does not begin with"),
        ("file:///srv/dataset", &[], "file:///srv/dataset", "does not begin with"),
        ("s3://id:private@bucket/path", &[], "s3://bucket/path", "environment variables"),
        ("s3://private@bucket/path", &[], "s3://bucket/path", "environment variables"),
        ("az://container/path?sig=private", &[], "az://container/path", "environment variables"),
        ("az://container/path#private", &[], "az://container/path", "environment variables"),
        ("abfss://c:private@a.dfs.core.windows.net/p", &[], "abfss://a.dfs", "environment variables"),
        ("abfss://c@elsewhere.example/p", &[], "abfss://c@elsewhere", "URL"),
        ("s3://bucket/a//b", &[], "s3://bucket/a//b", "empty path segment"),
        ("az://container/path", &[], "az://container/path", "Account must be specified"),
        ("az://container/path", key, "az://container/path", ""),
        ("gs://bucket/path", google, "gs://bucket/path", ""),
    ];
    for (url, of, names, says) in cases {
        let error = Place::with_variables(url, &variables(of)).unwrap_err();
        assert!(matches!(error, Error::InvalidPlace { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with(names) && text.contains(says), "{text}");
        assert!(!text.contains("private") && !text.contains("not base64"), "{text}");
    }
    let place =
        Place::with_variables("abfss://container@account.dfs.core.windows.net/some/path", &[]).unwrap();
    assert_eq!(place.to_string(), "abfss://container@account.dfs.core.windows.net/some/path");
}

#[tokio::test]
async fn a_dataset_can_be_the_root_of_a_bucket() {
    let store = Arc::new(InMemory::new());
    let place = || Place::in_store(store.clone(), "");
    assert!(place().is_empty().await.unwrap());
    Writer::open(place(), TENANT).await.unwrap().close().await.unwrap();
    assert_eq!(Dataset::open(place()).await.unwrap().tenant(), TENANT);
    assert!(!place().is_empty().await.unwrap());
    let hidden = ".staging/snapshotDate=2026-08-30/run.json";
    place().write(hidden, b"{}".to_vec()).await.unwrap();
    assert_eq!(place().list(".staging").await.unwrap(), [hidden]);
}

#[tokio::test]
async fn a_lock_is_removed_only_by_its_writer() {
    let place = TestPlace::store().await;
    let first = Writer::open(place.place(), TENANT).await.unwrap();
    // A person removes the lock because the first writer seems to be gone.
    place.delete(".lock").await;
    let second = Writer::open(place.place(), TENANT).await.unwrap();
    first.close().await.unwrap();
    assert!(matches!(Writer::open(place.place(), TENANT).await, Err(Error::InUse { .. })));
    second.close().await.unwrap();
    assert_eq!(place.files().await.into_keys().collect::<Vec<_>>(), ["_dataset.json"]);
}

#[tokio::test]
async fn a_lock_whose_first_reply_was_lost_is_the_own_one() {
    let lock = Arc::new(std::sync::Mutex::new(String::new()));
    let kept = lock.clone();
    let server = FakeServer::responding(move |request| match request.method.as_str() {
        "PUT" if kept.lock().unwrap().is_empty() => {
            kept.lock().unwrap().clone_from(&request.body);
            Reply::Cut(Vec::new())
        }
        "PUT" => reply(412, &[], ""),
        _ => reply(
            200,
            &["ETag: \"1\"", "Last-Modified: Fri, 27 Nov 2026 16:00:00 GMT"],
            &*kept.lock().unwrap(),
        ),
    });
    let [s3, azure, _] = places(server.url());
    for place in [s3, azure] {
        lock.lock().unwrap().clear();
        let _lock = place.lock().await.unwrap();
    }
    // Another's lock is not.
    "{\"since\":\"2026-11-27T16:00:00Z\",\"process\":7}".clone_into(&mut lock.lock().unwrap());
    let [s3, ..] = places(server.url());
    let refused = s3.lock().await.unwrap_err().to_string();
    assert!(refused.ends_with("s3://bucket/path/.lock (process 7, since 2026-11-27T16:00:00Z)"), "{refused}");
}

#[tokio::test]
async fn a_store_without_conditional_writes_is_refused() {
    // The first ignores the condition, the second does not know it.
    let ignoring = FakeServer::responding(|request| match request.method.as_str() {
        "PUT" => reply(200, &["ETag: \"1\""], ""),
        "DELETE" => reply(204, &[], ""),
        _ => reply(404, &[], ""),
    });
    let unaware = FakeServer::repeating([reply(501, &[], "<Error><Code>NotImplemented</Code></Error>")]);
    for server in [ignoring, unaware] {
        let [s3, ..] = places(server.url());
        let error = s3.lock().await.unwrap_err();
        assert!(matches!(error, Error::InvalidPlace { .. }), "{error:?}");
        assert!(error.to_string().contains("does not support conditional writes"), "{error}");
    }
}
