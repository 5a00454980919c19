//! Authorization: checks the bearer token and whether it allows the operation.

use http::{HeaderMap, StatusCode, header};

use super::{RouteError, error};
use crate::entra::{Bearer, TokenProblem};
use crate::state::State;

/// The tokens that an operation accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// App-only and App+User tokens.
    Application,
    /// App+User tokens only: all analytics.
    UserOnly,
}

pub(super) fn admit(state: &State, headers: &HeaderMap, access: Access) -> Result<(), RouteError> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty());
    let Some((_, token)) = bearer else {
        return Err(error(StatusCode::UNAUTHORIZED, 800001, "The partner token is missing."));
    };
    let unauthorized = |code, description| Err(error(StatusCode::UNAUTHORIZED, code, description));
    match state.entra.judge(token.trim(), &state.origins.api) {
        Ok(Bearer::User) => Ok(()),
        Ok(Bearer::Application) if access == Access::Application => Ok(()),
        Ok(Bearer::Application) => {
            let description = "This resource does not support application-only access.";
            Err(error(StatusCode::FORBIDDEN, 900329, description))
        }
        Err(TokenProblem::Unknown | TokenProblem::Expired) => unauthorized(400, "Access denied."),
        Err(TokenProblem::Audience) => {
            unauthorized(900420, "The audience of the token is no longer supported.")
        }
        Err(TokenProblem::MfaMissing) => unauthorized(900421, "The token lacks the MFA claim."),
    }
}
