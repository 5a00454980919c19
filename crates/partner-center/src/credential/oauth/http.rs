//! Connects the OAuth library to the transport: sends one request, with limits on time and size.
//!
//! It passes on responses that the OAuth library understands (tokens and error bodies) and reports all others itself,
//! because the library would quote the body of an unreadable response in its error. `judge` classifies responses.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use partner_center_client::{HttpClient, HttpError, RawResponse, encoding};
use serde_json::{Map, Value};

use super::oauth_error::{OauthError, Reason};
use crate::clock::{BoxFuture, Clock, ClockWatch};
use crate::retry_after::retry_after;

/// Token responses are a few thousand bytes.
const LONGEST_BODY: usize = 256 * 1024;
/// Real time, not the injected clock's: this bounds network I/O.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Sends the OAuth library's requests over the transport.
#[derive(Debug)]
pub(super) struct Http {
    transport: HttpClient,
    clock: Arc<dyn Clock>,
    pub(super) watch: ClockWatch,
    longest_request: Duration,
}

/// Why a request to a sign-in service got no usable response.
#[derive(Debug)]
pub(super) enum HttpFailure {
    HttpClient(HttpError),
    Timeout,
    /// A transient error, according to the body or the status.
    NotNow {
        status: u16,
        retry_after: Option<Duration>,
        refusal: Option<Box<OauthError>>,
    },
    /// A body that does not come from a token endpoint, such as a proxy's page.
    Unreadable {
        status: u16,
    },
}

impl Http {
    pub(super) fn new(transport: HttpClient, clock: Arc<dyn Clock>) -> Self {
        Self { transport, clock, watch: ClockWatch::default(), longest_request: LONGEST_REQUEST }
    }

    /// Sends one request and reads the whole response: 200 with the requested object, or 400 with a permanent error.
    pub(super) async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        tokio::time::timeout(self.longest_request, self.exchange_in_time(request))
            .await
            .unwrap_or(Err(HttpFailure::Timeout))
    }

    async fn exchange_in_time(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let mut response =
            self.transport.send(request.map(Bytes::from)).await.map_err(HttpFailure::HttpClient)?;
        self.watch.observe(response.headers(), &*self.clock);
        let status = response.status();
        let retry_after = retry_after(response.headers(), self.clock.system_time());
        let body = match body_of(&mut response).await {
            Ok(body) => body,
            // The status is enough.
            Err(_) if passes(status) => Vec::new(),
            Err(failure) => return Err(failure),
        };
        let charset = encoding::charset(response.headers());
        let (status, body) = judge(status, retry_after, &body, charset.as_deref())?;
        http::Response::builder().status(status).body(body).map_err(|_| HttpFailure::Unreadable { status })
    }
}

async fn body_of(response: &mut RawResponse) -> Result<Vec<u8>, HttpFailure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(HttpFailure::HttpClient)? {
        if body.len() + chunk.len() > LONGEST_BODY {
            return Err(HttpFailure::Unreadable { status: response.status() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether a status alone means a transient error.
fn passes(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..)
}

/// Classifies a response by its body, or by its status if the body says nothing.
///
/// `Ok` is 200 with a token or a device code, or 400 with a permanent error, whatever the status was.
fn judge(
    status: u16,
    retry_after: Option<Duration>,
    body: &[u8],
    charset: Option<&str>,
) -> Result<(u16, Vec<u8>), HttpFailure> {
    let not_now = |refusal: Option<OauthError>| {
        Err(HttpFailure::NotNow { status, retry_after, refusal: refusal.map(Box::new) })
    };
    let value = encoding::decode(body, charset).ok().and_then(|text| serde_json::from_str(&text).ok());
    let refusal = value.as_ref().and_then(OauthError::recognise);
    match (status, refusal, value) {
        (408 | 429, refusal, _) => not_now(refusal),
        (_, Some(refusal), Some(value)) => match refusal.reason() {
            Reason::Unavailable => not_now(Some(refusal)),
            // An unknown error code: only the status can decide.
            Reason::Other if passes(status) => not_now(Some(refusal)),
            _ => Ok((400, value.to_string().into_bytes())),
        },
        (200, None, Some(Value::Object(object))) => usable(object)
            .map(|object| (200, Value::Object(object).to_string().into_bytes()))
            .ok_or(HttpFailure::Unreadable { status }),
        // Of the network, which wants a sign-in of its own.
        (511, ..) => Err(HttpFailure::Unreadable { status }),
        (500.., ..) => not_now(None),
        _ => Err(HttpFailure::Unreadable { status }),
    }
}

/// Converts a response to the form that the OAuth library accepts: numbers as numbers, and only the used members of a
/// token response. One invalid member must not make the others unusable.
fn usable(mut object: Map<String, Value>) -> Option<Map<String, Value>> {
    if object.contains_key("access_token") {
        object.retain(|name, value| {
            !value.is_null()
                && matches!(
                    name.as_str(),
                    "access_token" | "token_type" | "expires_in" | "refresh_token" | "id_token"
                )
        });
        for name in ["refresh_token", "id_token"] {
            if let Some(token) = object.get_mut(name).filter(|token| !token.is_string()) {
                // Kept as an empty string, so that the unusable token is reported.
                *token = Value::String(String::new());
            }
        }
    }
    // Version 1 endpoints write numbers as strings, others with a fraction.
    for key in ["expires_in", "interval"] {
        match object.get(key) {
            Some(Value::Null) => {
                object.remove(key);
            }
            Some(value) => {
                let seconds = seconds(value)?;
                object.insert(key.to_owned(), seconds.into());
            }
            None => {}
        }
    }
    Some(object)
}

/// Reads whole seconds from a number or a string. Negative values become 0.
fn seconds(value: &Value) -> Option<u64> {
    let encoding = match value {
        Value::Number(number) => number.to_string(),
        Value::String(encoding) => encoding.trim().to_owned(),
        _ => return None,
    };
    if let Ok(seconds) = encoding.parse() {
        return Some(seconds);
    }
    let seconds: f64 = encoding.parse().ok().filter(|seconds: &f64| seconds.is_finite())?;
    Some(Duration::try_from_secs_f64(seconds.max(0.0)).map_or(u64::MAX, |time| time.as_secs()))
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpFailure;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpFailure>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Display for HttpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HttpClient(error) => error.fmt(f),
            Self::Timeout => f.write_str("the sign-in service did not respond in time"),
            Self::NotNow { status, .. } => write!(f, "the sign-in service responded with status {status}"),
            Self::Unreadable { status } => {
                write!(f, "the response with status {status} is not from a sign-in service")
            }
        }
    }
}

impl std::error::Error for HttpFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::HttpClient(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use partner_center_test_support::{FakeServer, Reply};
    use serde_json::json;

    use super::super::reason::{ERRORS, NUMBERS, SUBERRORS};
    use super::*;

    fn read(body: &[u8]) -> Option<Value> {
        let (status, body) = judge(200, None, body, None).ok()?;
        assert_eq!(status, 200);
        serde_json::from_slice(&body).ok()
    }

    #[test]
    fn numbers_may_be_strings_or_fractions_and_byte_order_marks_are_stripped() {
        assert_eq!(read(b"\xEF\xBB\xBF{\"a\":1}").unwrap(), json!({"a": 1}));
        for (written, seconds) in [
            ("3599", 3599),
            ("3599.0", 3599),
            ("3599.9", 3599),
            ("\"3599\"", 3599),
            ("\" 3599.0 \"", 3599),
            ("3.599e3", 3599),
            ("0", 0),
            ("-5", 0),
            ("1e300", u64::MAX),
        ] {
            for name in ["expires_in", "interval"] {
                let body = format!(r#"{{"{name}":{written}}}"#);
                assert_eq!(read(body.as_bytes()).unwrap(), json!({name: seconds}), "{body}");
            }
        }
        assert_eq!(read(br#"{"expires_in":null,"interval":null}"#).unwrap(), json!({}));
        for bad in [
            r#"{"expires_in":"soon"}"#,
            r#"{"expires_in":"NaN"}"#,
            r#"{"expires_in":[]}"#,
            "<html>",
            "",
            "[]",
        ] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn an_invalid_member_of_a_token_response_does_not_affect_the_others() {
        let odd = json!({
            "access_token": "a", "token_type": "Bearer", "expires_in": null, "refresh_token": 7,
            "scope": ["a", "b"], "ext_expires_in": {}, "error": "", "resource": null, "id_token": [],
        });
        let read = read(odd.to_string().as_bytes()).unwrap();
        let kept = json!({"access_token": "a", "token_type": "Bearer", "refresh_token": "", "id_token": ""});
        assert_eq!(read, kept);
    }

    #[test]
    fn an_error_body_must_name_its_error() {
        assert!(judge(400, None, br#"{"error":"invalid_grant"}"#, None).is_ok());
        for body in [r#"{"error":{"code":"x"}}"#, r#"{"message":"x"}"#, r#"{"error":""}"#, "<html>", ""] {
            for status in [302, 400, 401, 403, 404, 418] {
                let failure = judge(status, None, body.as_bytes(), None).unwrap_err();
                assert!(matches!(failure, HttpFailure::Unreadable { .. }), "{status} {body}: {failure:?}");
            }
            for status in [408, 429, 500, 501, 502, 503, 504, 599] {
                let failure = judge(status, None, body.as_bytes(), None).unwrap_err();
                assert!(matches!(failure, HttpFailure::NotNow { .. }), "{status} {body}: {failure:?}");
            }
        }
    }

    /// Every line of the table of meanings, as a body with its reason.
    fn every_line() -> Vec<(Value, Reason)> {
        let mut lines: Vec<(Value, Reason)> = Vec::new();
        for (error, reason) in ERRORS {
            lines.push((json!({"error": error}), *reason));
        }
        for (suberror, reason) in SUBERRORS {
            for error in ["invalid_grant", "interaction_required"] {
                lines.push((json!({"error": error, "suberror": suberror}), *reason));
            }
        }
        for (first, last, reason) in NUMBERS {
            for number in *first..=*last {
                // The number alone, as encoding, as the second of two, in the description only, and with a contradicting
                // sub-error.
                for body in [
                    json!({"error": "invalid_grant", "error_codes": [number]}),
                    json!({"error": "interaction_required", "error_codes": [number.to_string()]}),
                    json!({"error": "invalid_grant", "error_codes": [70000, number]}),
                    json!({"error": "invalid_request", "error_description": format!("AADSTS{number}: no.")}),
                    json!({"error": "invalid_grant", "suberror": "basic_action", "error_codes": [number]}),
                ] {
                    lines.push((body, *reason));
                }
            }
        }
        lines
    }

    // Sign-in errors x status, driven by the one table.
    #[test]
    fn the_meaning_of_an_error_does_not_depend_on_its_status() {
        let lines = every_line();
        assert!(lines.len() > 200, "the table is incomplete");
        for (body, reason) in lines {
            for status in [200, 400, 401, 403, 500, 503] {
                let wait = Some(Duration::from_secs(7));
                match judge(status, wait, body.to_string().as_bytes(), None) {
                    Err(HttpFailure::NotNow { status: seen, retry_after, refusal }) => {
                        assert_eq!((reason, seen), (Reason::Unavailable, status), "{body}");
                        assert_eq!((retry_after, refusal.unwrap().reason()), (wait, reason), "{body}");
                    }
                    Ok((seen, judged)) => {
                        assert_ne!(reason, Reason::Unavailable, "{status} {body}");
                        let refusal: OauthError = serde_json::from_slice(&judged).unwrap();
                        assert_eq!((seen, refusal.reason()), (400, reason), "{status} {body}");
                    }
                    Err(other) => panic!("{status} {body}: {other:?}"),
                }
            }
        }
        for (status, passes) in [(200, false), (400, false), (403, false), (500, true), (503, true)] {
            let unknown = judge(status, None, br#"{"error":"something_new"}"#, None);
            assert_eq!(
                unknown.is_err(),
                passes,
                "{status}: an unknown error code is classified by its status"
            );
        }
    }

    #[tokio::test]
    async fn a_host_that_never_responds_times_out() {
        let server = FakeServer::scripted([Reply::Stall(Vec::new())]);
        let mut settings = partner_center_client::HttpSettings::new("test");
        settings.plain_only = true;
        let clock = Arc::new(crate::clock::ManualClock::new());
        let mut http = Http::new(HttpClient::new(&settings).unwrap(), clock);
        assert_eq!(http.longest_request, Duration::from_secs(30));
        http.longest_request = Duration::from_millis(50);
        let failure =
            http.exchange(http::Request::get(server.url()).body(Vec::new()).unwrap()).await.unwrap_err();
        assert!(matches!(failure, HttpFailure::Timeout), "{failure:?}");
    }
}
