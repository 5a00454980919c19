//! Processes a request: records, throttles, delays and routes it, and applies faults.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use uuid::Uuid;

use super::send::{self, Body, ConnectionAborted};
use super::socket::ResetSwitch;
use crate::entra;
use crate::faults::{self, Fault};
use crate::host::Host;
use crate::recorder::RecordedRequest;
use crate::response::{JSON, ServiceResponse};
use crate::rng::Rng;
use crate::routes::{self, Operation};
use crate::state::State;

pub(super) async fn handle(
    state: &Arc<State>,
    host: Host,
    reset: &ResetSwitch,
    request: Request<Incoming>,
) -> Result<Response<Body>, ConnectionAborted> {
    let (parts, body) = request.into_parts();
    let _counted = (host == Host::Api).then(|| state.metrics.request());
    let recorded = state.recorder(host).arrived(state.clock.now(), parts);
    let ids = Ids::of(state, &recorded);
    let form = if host == Host::Authority { form(&recorded, body).await } else { Bytes::new() };
    // The gateway throttles before faults apply.
    let throttled = if host == Host::Api { throttle(state, &recorded) } else { None };
    let faults = if throttled.is_some() { Vec::new() } else { select_faults(state, host, &recorded).await };
    if faults.contains(&Fault::Reset) {
        reset.request_reset();
        return Err(ConnectionAborted);
    }
    let replacement = faults::replacement(&faults, &recorded, &state.entra, &state.clock, &state.origins);
    let mut response = match (throttled, replacement, host) {
        (Some(response), ..) | (None, Some(response), _) => response,
        (None, None, Host::Api) => api(state, &recorded, ids.as_ref().err().copied()).await,
        (None, None, Host::Authority) => {
            entra::respond(&state.entra, &state.origins.authority, &recorded, &form)
        }
        // Success, so that the client continues and its test can detect the request.
        (None, None, Host::Foreign) => {
            let body = r#"{"totalCount":0,"items":[],"attributes":{"objectType":"Collection"}}"#;
            ServiceResponse::new(StatusCode::OK, Some(JSON), body)
        }
    };
    faults::edit(&mut response, &faults, &recorded, &state.origins);
    recorded.responded(response.status.as_u16());
    let ids = match ids {
        Ok(ids) if !faults.contains(&Fault::OwnIds) => ids,
        _ => Ids::fresh(state, &recorded),
    };
    Ok(send::response(state, response, &ids, recorded.headers(), &faults, reset))
}

fn throttle(state: &State, recorded: &RecordedRequest) -> Option<ServiceResponse> {
    let customer = Operation::of(recorded.path()).and_then(Operation::customer);
    let admitted = state.throttle.admit(state.clock.unix_seconds(), customer);
    admitted.err().map(ServiceResponse::throttled)
}

/// Selects the faults of a request, then waits for the latency and slow starts.
async fn select_faults(state: &State, host: Host, recorded: &RecordedRequest) -> Vec<Fault> {
    let faults = state.faults().plan(host, recorded);
    if !faults.is_empty() {
        let names: Vec<String> = faults.iter().map(Fault::to_string).collect();
        recorded.faulted(names.join("+"));
    }
    let late = faults.iter().filter_map(|fault| match fault {
        Fault::SlowStart { ms } => Some(Duration::from_millis(*ms)),
        _ => None,
    });
    let latency = if host == Host::Api { state.settings.latency } else { Duration::ZERO };
    let wait = late.sum::<Duration>() + latency;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    faults
}

async fn api(
    state: &Arc<State>,
    recorded: &RecordedRequest,
    bad_id: Option<&'static str>,
) -> ServiceResponse {
    if let Some(header) = bad_id {
        let description = format!("The header {header} must be a GUID.");
        return ServiceResponse::fault(StatusCode::BAD_REQUEST, 2000, &description);
    }
    if Operation::of(recorded.path()).is_some_and(Operation::scans_all_customers) {
        let (state, recorded) = (Arc::clone(state), recorded.clone());
        let respond = move || routes::respond(&state, recorded.method(), recorded.uri(), recorded.headers());
        return tokio::task::spawn_blocking(respond).await.unwrap_or_else(|_| {
            ServiceResponse::fault(StatusCode::INTERNAL_SERVER_ERROR, 800003, "Unexpected error.")
        });
    }
    routes::respond(state, recorded.method(), recorded.uri(), recorded.headers())
}

/// Reads a body sent to the sign-in host. Returns an empty body if it was too long or incomplete.
async fn form(recorded: &RecordedRequest, body: Incoming) -> Bytes {
    // Token requests have a few kilobytes at most; the longest parameter is an assertion.
    const LONGEST_FORM: usize = 64 * 1024;
    let Ok(body) = Limited::new(body, LONGEST_FORM).collect().await else { return Bytes::new() };
    let body = body.to_bytes();
    recorded.carried(body.clone());
    body
}

/// The ids of a response: those of the request, or new ones if it has none.
pub(super) struct Ids {
    pub(super) request: HeaderValue,
    pub(super) correlation: HeaderValue,
    pub(super) vector: HeaderValue,
}

pub(super) const REQUEST_ID: &str = "ms-requestid";
pub(super) const CORRELATION_ID: &str = "ms-correlationid";

impl Ids {
    /// Returns the name of the header as an error if an id is not a GUID.
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
        let mut rng = Rng::new(state.settings.seed, STREAM, recorded.number());
        let mut id = || {
            let id = uuid::Builder::from_random_bytes(
                Uuid::from_u64_pair(rng.number(), rng.number()).into_bytes(),
            );
            text(&id.into_uuid().to_string())
        };
        let (request, correlation) = (id(), id());
        Self { request, correlation, vector: text(&format!("{:016x}.0", rng.number())) }
    }
}

fn guid(headers: &HeaderMap, name: &str) -> Option<Result<HeaderValue, ()>> {
    let value = headers.get(name)?;
    let is_guid = value.to_str().is_ok_and(|text| Uuid::try_parse(text).is_ok());
    Some(if is_guid { Ok(value.clone()) } else { Err(()) })
}

/// The value must be ASCII.
fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or_else(|_| HeaderValue::from_static(""))
}
