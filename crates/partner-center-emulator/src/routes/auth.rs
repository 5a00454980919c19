//! The gate in front of every route: is there a token, and may its bearer do this?

use http::{HeaderMap, StatusCode, header};

use super::{Refusal, refuse};
use crate::state::State;

/// Whom an operation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Applications alone, and applications with a user.
    Application,
    /// Applications with a user only: all analytics.
    UserOnly,
}

pub(super) fn admit(state: &State, headers: &HeaderMap, access: Access) -> Result<(), Refusal> {
    let _ = (state, access);
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty());
    let Some((_, _token)) = bearer else {
        return Err(refuse(StatusCode::UNAUTHORIZED, 800_001, "The partner token is missing."));
    };
    Ok(())
}
