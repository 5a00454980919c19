//! One request, from arrival to answer: recorded, throttled, delayed, routed.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use uuid::Uuid;

use super::Infallible;
use super::send::{self, Body};
use super::socket::ResetSwitch;
use crate::answer::{Answer, JSON};
use crate::draw::Draw;
use crate::entra;
use crate::recorder::RecordedRequest;
use crate::routes::{self, Operation};
use crate::state::{Host, State};

pub(super) async fn handle(
    state: &Arc<State>,
    host: Host,
    _reset: &ResetSwitch,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let recorded = state.recorder(host).arrived(&parts.method, &parts.uri, &parts.headers);
    let ids = Ids::of(state, &recorded);
    let answer = match host {
        Host::Api => api(state, &recorded, ids.as_ref().err().copied()).await,
        Host::Authority => authority(state, &recorded, body).await,
        // Success, so that a client that went astray notices nothing and its test can.
        Host::Elsewhere => {
            let body = r#"{"totalCount":0,"items":[],"attributes":{"objectType":"Collection"}}"#;
            Answer::new(StatusCode::OK, Some(JSON), body)
        }
    };
    recorded.answered(answer.status.as_u16());
    let ids = ids.unwrap_or_else(|_| Ids::fresh(state, &recorded));
    Ok(send::response(state, answer, &ids, recorded.headers()))
}

async fn api(state: &Arc<State>, recorded: &RecordedRequest, bad_id: Option<&'static str>) -> Answer {
    let operation = Operation::of(recorded.path());
    let customer = operation.and_then(Operation::customer);
    // The gateway throttles before anybody looks at the token.
    if let Err(seconds) = state.throttle.admit(state.clock.unix_seconds(), customer) {
        return Answer::throttled(seconds);
    }
    if !state.settings.latency.is_zero() {
        tokio::time::sleep(state.settings.latency).await;
    }
    if let Some(header) = bad_id {
        let description = format!("The header {header} must be a GUID.");
        return Answer::fault(StatusCode::BAD_REQUEST, 2000, &description);
    }
    if operation.is_some_and(Operation::walks_the_book) {
        let (state, recorded) = (Arc::clone(state), recorded.clone());
        let walk = move || routes::answer(&state, recorded.method(), recorded.uri(), recorded.headers());
        return tokio::task::spawn_blocking(walk).await.unwrap_or_else(|_| {
            Answer::fault(StatusCode::INTERNAL_SERVER_ERROR, 800003, "Unexpected error.")
        });
    }
    routes::answer(state, recorded.method(), recorded.uri(), recorded.headers())
}

async fn authority(state: &State, recorded: &RecordedRequest, body: Incoming) -> Answer {
    // Token requests are a few kilobytes at most: an assertion is the longest thing in them.
    const LONGEST_FORM: usize = 64 * 1024;
    let Ok(body) = Limited::new(body, LONGEST_FORM).collect().await else {
        return Answer::new(StatusCode::PAYLOAD_TOO_LARGE, None, "");
    };
    let body = body.to_bytes();
    recorded.carried(body.clone());
    entra::answer(&state.entra, &state.origins.authority, recorded, &body)
}

/// The ids an answer bears: the request's own, or new ones where it has none.
pub(super) struct Ids {
    pub(super) request: HeaderValue,
    pub(super) correlation: HeaderValue,
    pub(super) vector: HeaderValue,
}

pub(super) const REQUEST_ID: &str = "ms-requestid";
pub(super) const CORRELATION_ID: &str = "ms-correlationid";

impl Ids {
    /// The name of the header that is not a GUID, if one is not.
    fn of(state: &State, recorded: &RecordedRequest) -> Result<Self, &'static str> {
        let given = |name: &'static str, shown: &'static str| match guid(recorded.headers(), name) {
            Some(Err(())) => Err(shown),
            Some(Ok(value)) => Ok(Some(value)),
            None => Ok(None),
        };
        let (request, correlation) =
            (given(REQUEST_ID, "MS-RequestId")?, given(CORRELATION_ID, "MS-CorrelationId")?);
        let fresh = Self::fresh(state, recorded);
        Ok(Self {
            request: request.unwrap_or(fresh.request),
            correlation: correlation.unwrap_or(fresh.correlation),
            vector: fresh.vector,
        })
    }

    fn fresh(state: &State, recorded: &RecordedRequest) -> Self {
        const STREAM: u64 = 10;
        let mut draw = Draw::new(state.settings.seed, STREAM, recorded.number());
        let mut id = || {
            let id = uuid::Builder::from_random_bytes(
                Uuid::from_u64_pair(draw.number(), draw.number()).into_bytes(),
            );
            text(&id.into_uuid().to_string())
        };
        let (request, correlation) = (id(), id());
        Self { request, correlation, vector: text(&format!("{:016x}.0", draw.number())) }
    }
}

fn guid(headers: &HeaderMap, name: &str) -> Option<Result<HeaderValue, ()>> {
    let value = headers.get(name)?;
    let is_guid = value.to_str().is_ok_and(|text| Uuid::try_parse(text).is_ok());
    Some(if is_guid { Ok(value.clone()) } else { Err(()) })
}

/// Only ever given ASCII.
fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or_else(|_| HeaderValue::from_static(""))
}
