//! Faults that replace the regular response.

use std::time::Duration;

use http::{HeaderValue, StatusCode, header};

use super::{ErrorResponse, Fault, RetryAfter};
use crate::clock::Clock;
use crate::entra::{self, Entra, OauthError};
use crate::error_shape::{ErrorShape, page};
use crate::host::Origins;
use crate::recorder::RecordedRequest;
use crate::response::{JSON, ServiceResponse};

/// Returns the response of the first fault that replaces it; `None` for the regular response.
pub(crate) fn replacement(
    faults: &[Fault],
    request: &RecordedRequest,
    entra: &Entra,
    clock: &Clock,
    origins: &Origins,
) -> Option<ServiceResponse> {
    faults.iter().find_map(|fault| match fault {
        Fault::Error(error) => Some(error_response(error, clock)),
        Fault::ExpiredToken => Some(expired()),
        Fault::RevokeToken => {
            let token = request.header("authorization").and_then(|value| value.split_once(' '));
            token.inspect(|(_, token)| entra.revoke_access_token(token.trim()));
            Some(expired())
        }
        Fault::Aadsts(number) => Some(aadsts(*number, request, clock)),
        Fault::AadstsWithStatus { number, status } => {
            let mut response = aadsts(*number, request, clock);
            response.status = StatusCode::from_u16(*status).unwrap_or(response.status);
            Some(response)
        }
        Fault::Html => Some(ServiceResponse {
            ids: false,
            ..ServiceResponse::new(StatusCode::OK, Some("text/html"), page(StatusCode::OK))
        }),
        Fault::NoContent => Some(ServiceResponse::new(StatusCode::NO_CONTENT, None, "")),
        Fault::EmptyBody => Some(ServiceResponse::new(StatusCode::OK, Some(JSON), "")),
        Fault::Redirect { to } => {
            let to = to.as_deref().unwrap_or(&origins.foreign_host).trim_end_matches('/');
            let location = HeaderValue::from_str(&format!("{to}{}", request.path_and_query())).ok()?;
            Some(ServiceResponse::new(StatusCode::FOUND, None, "").with(header::LOCATION, location))
        }
        _ => None,
    })
}

fn expired() -> ServiceResponse {
    ServiceResponse::fault(StatusCode::UNAUTHORIZED, 400, "Access denied.")
}

fn aadsts(number: u32, request: &RecordedRequest, clock: &Clock) -> ServiceResponse {
    let error = OauthError::about(number, Entra::CLIENT_ID);
    error.to_response(clock, entra::ids(request), request.path().ends_with("/oauth2/token"))
}

fn error_response(error: &ErrorResponse, clock: &Clock) -> ServiceResponse {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (usual_shape, usual_code) = match error.status {
        400 => (ErrorShape::Fault, 2000),
        401 => (ErrorShape::Fault, 400),
        403 => (ErrorShape::Fault, 900150),
        404 => (ErrorShape::Fault, 1000),
        429 | 504 => (ErrorShape::Gateway, 0),
        502 => (ErrorShape::Html, 0),
        _ => (ErrorShape::Fault, 800003),
    };
    let throttled = status == StatusCode::TOO_MANY_REQUESTS;
    let wait = error.retry_after.or_else(|| throttled.then_some(RetryAfter::Seconds(1)));
    let code = error.code.unwrap_or(usual_code);
    let message = match wait {
        Some(RetryAfter::Seconds(seconds) | RetryAfter::Date(seconds)) if throttled => {
            format!("Rate limit is exceeded. Try again in {seconds} seconds.")
        }
        _ => message(status, code).to_owned(),
    };
    let shape = error.body.unwrap_or(usual_shape);
    let response = ServiceResponse::error(status, shape, code, &message);
    let response = match wait {
        Some(RetryAfter::Seconds(seconds)) => response.with(header::RETRY_AFTER, HeaderValue::from(seconds)),
        Some(RetryAfter::Date(seconds)) => {
            let date = httpdate::fmt_http_date(clock.now() + Duration::from_secs(seconds));
            match HeaderValue::from_str(&date) {
                Ok(date) => response.with(header::RETRY_AFTER, date),
                Err(_) => response,
            }
        }
        Some(RetryAfter::Absent) | None => response,
    };
    if shape == ErrorShape::Fault {
        return response.with(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The messages of the service, as far as they are known.
fn message(status: StatusCode, code: u32) -> &'static str {
    match (status.as_u16(), code) {
        (408, _) => "The request timed out.",
        (429, _) => "Rate limit is exceeded.",
        (503, _) => "The service is unavailable.",
        (504, _) => "The gateway did not receive a response in time.",
        (_, 400 | 2032) => "Access denied.",
        (_, 1000) => "Resource not found",
        (_, 1002) => "Authorization Failed.",
        (_, 2000) => "Tenant Id must be a GUID.",
        (_, 20002) => "The partner does not have a commerce relationship with the customer.",
        (_, 60003) => "Tenant not found.",
        (_, 800001) => "The partner token is missing.",
        (_, 800002) => "Invalid input.",
        (_, 800003) => "Unexpected service error.",
        (_, 900150) => "The supplied role does not have the rights to perform the operation.",
        (_, 900308) => "Insufficient privileges to perform the operation.",
        (_, 900309) => "The request was blocked by a Conditional Access policy.",
        (_, 900329) => "This resource does not support application-only access.",
        (_, 900420) => "The audience of the token is no longer supported.",
        (_, 900421) => "The token lacks the MFA claim.",
        _ => "An error has occurred.",
    }
}
