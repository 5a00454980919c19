//! The endpoints of the sign-in host: token, device code, and the page where a user enters a device code. The page of
//! `authorize` is in the module of that name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::grants::{DEVICE_CODE_SECONDS, TokenRequest};
use super::{Device, DeviceStatus, Entra, MOST_CODES, OauthError, authorize, remove_oldest};
use crate::lock;
use crate::recorder::RecordedRequest;
use crate::response::{JSON, ServiceResponse};
use crate::rng::{Rng, mix};

pub(crate) fn respond(
    entra: &Entra,
    origin: &str,
    request: &RecordedRequest,
    body: &[u8],
) -> ServiceResponse {
    let path: Vec<&str> = request.path().trim_start_matches('/').split('/').collect();
    let form = || form_urlencoded::parse(body).into_owned().collect::<Vec<(String, String)>>();
    let post = request.method() == Method::POST;
    let (result, v1) = match path.as_slice() {
        [_, "oauth2", .., "token" | "devicecode"] if !post => (Err(OauthError::new(900561)), false),
        [_, "oauth2", "v2.0", "token"] | [_, "oauth2", "token"] => {
            let v1 = path.len() == 3;
            let endpoint = format!("{origin}{}", request.path());
            let basic = basic(request.headers());
            (entra.grant(&TokenRequest { form: form(), basic, v1, endpoint: &endpoint }), v1)
        }
        [_, "oauth2", "v2.0", "devicecode"] => (entra.start_device(&form(), origin), false),
        [_, "oauth2", "v2.0", "authorize"] => return authorize::respond(entra, request, body),
        ["device"] => return entra.device_page(request.query().unwrap_or_default()),
        _ => {
            return outside(ServiceResponse::new(
                StatusCode::NOT_FOUND,
                Some("text/plain"),
                "Nothing is served here.",
            ));
        }
    };
    let response = match result {
        Ok(value) => ServiceResponse::json(StatusCode::OK, JSON, &value),
        Err(refusal) => {
            if !refusal.is_pending() {
                lock(&entra.state).counts.refused += 1;
            }
            refusal.to_response(&entra.clock, ids(request), v1)
        }
    };
    outside(response).with(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

/// Removes the `MS-*` ids, which the sign-in host does not send.
pub(super) fn outside(response: ServiceResponse) -> ServiceResponse {
    ServiceResponse { ids: false, ..response }
}

/// Trace and correlation id. The correlation id is the client's if it sent one.
pub(crate) fn ids(request: &RecordedRequest) -> [Uuid; 2] {
    let mut draw = Rng::new(mix(17), 0, request.number());
    let mut id =
        || uuid::Builder::from_u128(Uuid::from_u64_pair(draw.number(), draw.number()).as_u128()).into_uuid();
    let (trace, correlation) = (id(), id());
    let given = request.header("client-request-id").and_then(|given| given.parse().ok());
    [trace, given.unwrap_or(correlation)]
}

/// Client id and secret of a Basic header. Both are form-encoded, as OAuth specifies.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, secret) = decoded.split_once(':')?;
    let plain = |part: &str| {
        form_urlencoded::parse(format!("={part}").as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((plain(client_id)?, plain(secret)?))
}

impl OauthError {
    /// Whether it is `authorization_pending`, which is not a failure.
    fn is_pending(&self) -> bool {
        self.number() == 70016
    }
}

impl Entra {
    fn start_device(&self, form: &[(String, String)], origin: &str) -> Result<Value, OauthError> {
        let get = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let mut state = lock(&self.state);
        state.counts.device_authorization += 1;
        let client_id = get("client_id").ok_or_else(|| OauthError::about(900144, "client_id"))?;
        let app = state.application(client_id).ok_or_else(|| OauthError::about(700016, client_id))?;
        if !app.public {
            return Err(OauthError::new(7000218));
        }
        let client_id = app.client_id.clone();
        let (user_code, device_code) = (state.code(self.key, 9), state.code(self.key, 64));
        remove_oldest(&mut state.devices, MOST_CODES, |device| device.serial);
        let issued = self.clock.unix_seconds();
        let device = Device {
            user_code: user_code.clone(),
            client_id,
            issued,
            serial: state.serial,
            polls: 0,
            status: DeviceStatus::Pending,
        };
        state.devices.insert(device_code.clone(), device);
        let page = format!("{origin}/device");
        let number = |value: u64| {
            if self.settings.numbers_as_strings { json!(value.to_string()) } else { json!(value) }
        };
        Ok(json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": page,
            "expires_in": number(DEVICE_CODE_SECONDS),
            "interval": number(u64::from(self.settings.device_interval.unwrap_or(5))),
            "message": format!(
                "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
            ),
        }))
    }

    /// `/device?user_code=ABC` approves a device sign-in; with `&answer=decline`, declines it.
    fn device_page(&self, query: &str) -> ServiceResponse {
        let get = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let text = match (get("user_code"), get("answer").as_deref()) {
            (None, _) => {
                "Add ?user_code=CODE to this address to approve a sign-in, and &answer=decline to decline it."
            }
            (Some(code), Some("decline")) if self.decline_device_code(&code) => "Declined.",
            (Some(code), None | Some("approve")) if self.approve_device_code(&code) => "Signed in.",
            _ => "No such code is waiting.",
        };
        outside(ServiceResponse::new(StatusCode::OK, Some("text/plain; charset=utf-8"), text))
    }
}
